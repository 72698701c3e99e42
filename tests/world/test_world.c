/*
 * The deterministic world over many seeds.
 *
 *   make run-tests/world/test_world                          some seeds
 *   GANTRY_WORLD_SEEDS=17 make run-tests/world/test_world    one, again
 *   GANTRY_WORLD_SEEDS=1-5000 ...                            a range
 *   GANTRY_WORLD_TRACE=1 ...                                 and what happens in it
 */
#include "tests/world/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/checkout.h"
#include "tests/support/suite.h"

/* Each takes about a second under the sanitizers; `make world` runs thousands. */
#define SEEDS 12

/* One for all worlds: reading the definitions takes longer than a world. */
static struct definitions definitions;

static char *run_seed(uint64_t seed, bool aloud, struct world_counts *counts)
{
    struct world_options o = {
        .seed = seed, .aloud = aloud, .definitions = &definitions};
    struct world_result result;

    world_run(&o, &result);
    world_counts_add(counts, &result.counts);
    return result.breach;
}

START_TEST(test_seed)
{
    struct world_counts counts = {0};
    AUTO_FREE char *breach = run_seed((uint64_t)_i + 1, false, &counts);

    ck_assert_msg(!breach,
                  "seed %d: %s\n    again: GANTRY_WORLD_TRACE=1 GANTRY_WORLD_SEEDS=%d "
                  "make run-tests/world/test_world",
                  _i + 1, breach, _i + 1);
}
END_TEST

/* A seed replays exactly, or a failure could not be looked into. */
START_TEST(test_replay)
{
    struct world_options o = {.seed = 15, .definitions = &definitions};
    struct world_result a, b;

    world_run(&o, &a);
    world_run(&o, &b);
    ck_assert_uint_eq(a.digest, b.digest);
    ck_assert_uint_eq(a.counts.steps, b.counts.steps);
    o.seed = 23;
    world_run(&o, &b);
    ck_assert_uint_ne(a.digest, b.digest);
}
END_TEST

/* ---- the checks themselves ---- */

#define PLANT_SEEDS 40
#define FLAVOURS 8
#define KILLS 3 /* where there are two controllers, at times */

/* A bug, and the check that must find it, in worlds of some flavour. */
static const struct {
    enum plant plant;
    const char *name, *check;
    uint64_t flavour; /* 0: peace */
} plants[] = {
    {PLANT_RUN_TWICE, "containers run twice", "twice", 0},
    {PLANT_BIND_ELSEWHERE, "gangs on one node", "overcommit", 0},
    {PLANT_OVERBOOK, "one-pod jobs on one node", "overcommit", 0},
    {PLANT_OVERBOOK, "jobs of several users on one node", "owner", 0},
    {PLANT_ID_REUSED, "every job is job 1", "id", 0},
    {PLANT_STATE_BACK, "completed is configuring", "transition", 0},
    {PLANT_EXIT_FALSIFIED, "exit code 77", "exit", 0},
    {PLANT_FINALIZER_STAYS, "pods are not released", "stray", 0},
    {PLANT_BIND_LOST, "rank 1 is not bound", "gang", 0},
    {PLANT_HALF_GANG, "half a gang stays", "gang", 0},
    {PLANT_CHATTER, "statuses written twice", "writes", 0},
    {PLANT_SIGNAL_AGAIN, "signals are sent twice", "signal", 0},
    {PLANT_DEAF, "ends are not recorded", "lost", 0},
    {PLANT_LEASE_SHORT, "a leader for a second", "leader", KILLS},
};

/* Found by its check in one of the first worlds; in others a consequence of it may be
 * noticed first. */
START_TEST(test_plant)
{
    struct world_options o = {.plant = plants[_i].plant, .definitions = &definitions};
    bool found = false;

    for (uint64_t i = 1; i <= PLANT_SEEDS && !found; i++) {
        struct world_result result;
        o.seed = FLAVOURS * i + plants[_i].flavour;
        world_run(&o, &result);
        found = result.breach && str_starts(result.breach, plants[_i].check);
        free(result.breach);
    }
    ck_assert_msg(found, "%s: no breach of %s", plants[_i].name, plants[_i].check);
}
END_TEST

/* ---- a range of seeds, outside of the suite ---- */

static int run_range(const char *range)
{
    struct world_counts c = {0};
    bool aloud = getenv("GANTRY_WORLD_TRACE") != NULL;
    char *end;
    uint64_t first = strtoull(range, &end, 10);
    uint64_t last = *end == '-' ? strtoull(end + 1, NULL, 10) : first;
    uint64_t failed = 0;

    for (uint64_t seed = first; seed <= last; seed++) {
        AUTO_FREE char *breach = run_seed(seed, aloud, &c);
        if (!breach)
            continue;
        failed++;
        printf("seed %" PRIu64
               ": %s; again: GANTRY_WORLD_TRACE=1 GANTRY_WORLD_SEEDS=%" PRIu64
               " make run-tests/world/test_world\n",
               seed, breach, seed);
        fflush(stdout);
    }
    printf("%" PRIu64 " seeds, %" PRIu64 " failed: %" PRIu64 " steps, %" PRIu64
           " jobs, %" PRIu64 " containers run, %" PRIu64
           " writes of the controller, %" PRIu64 " faults, %" PRIu64 " kills, %" PRIu64
           " losses of machines, %" PRIu64 " outages, %" PRIu64 " preemptions\n",
           c.seeds, failed, c.steps, c.jobs, c.runs, c.requests, c.faults, c.kills,
           c.losses, c.outages, c.preemptions);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(void)
{
    const char *range = getenv("GANTRY_WORLD_SEEDS");
    int rc;

    checkout_enter();
    definitions_load(&definitions);
    if (range)
        rc = run_range(range);
    else
        rc = suite_main("world", (struct suite_row[]){
                                     {test_seed, SEEDS},
                                     {test_replay, 1},
                                     {test_plant, ARRAY_LEN(plants)},
                                     {NULL, 0},
                                 });
    definitions_fini(&definitions);
    return rc;
}

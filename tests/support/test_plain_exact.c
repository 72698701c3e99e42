/* The plain planner at exact break points: against the one in slots where all lies on
 * their boundaries, and against a look at every time there is. */
#include "tests/support/plain_exact.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/timeline.h"
#include "tests/support/plain_plan_private.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define NOW_SEC 6000
#define NODES_MAX 9
#define JOBS 12
#define GPU RES_FIXED

struct fixture {
    struct rng rng;
    size_t n_nodes;
    struct plain_plan *slots;
    struct plain_exact *exact;
    struct resvec capacity[NODES_MAX];
    int64_t unit_sec; /* all times are multiples of it */
    /* What has been taken, for the look at every time. */
    struct taken {
        size_t node;
        struct resvec each;
        int64_t begin_sec, end_sec;
    } taken[NODES_MAX * (JOBS + 2)];
    size_t n_taken;
};

static struct resvec draw_amount(struct fixture *f, uint64_t most)
{
    struct resvec each = {{0}};

    each.v[GPU] = 1 + (int64_t)rng_below(&f->rng, most);
    each.v[RES_CPU] = 1000 * (1 + (int64_t)rng_below(&f->rng, most));
    each.v[RES_MEM] = (1 + (int64_t)rng_below(&f->rng, most)) << 30;
    return each;
}

/* From one to so many units. */
static int64_t draw_time(struct fixture *f, uint64_t most)
{
    return f->unit_sec * (1 + (int64_t)rng_below(&f->rng, most));
}

static void note(struct fixture *f, struct taken taken)
{
    f->taken[f->n_taken++] = taken;
}

/* A running job takes some of what the node has. */
static void hold_node(struct fixture *f, size_t node, uint64_t most)
{
    const struct resvec each = draw_amount(f, 4);
    int64_t end_sec =
        rng_below(&f->rng, 8) == 0 ? TIME_NEVER : NOW_SEC + draw_time(f, most);

    plain_plan_hold(f->slots, node,
                    &(struct plain_held){.each = each, .end_sec = end_sec}, 1);
    plain_exact_hold(f->exact, node, &each, end_sec);
    note(f, (struct taken){node, each, NOW_SEC, end_sec});
}

static void begin(struct fixture *f, uint64_t seed, int64_t unit_sec,
                  int64_t window_sec, uint64_t most)
{
    *f = (struct fixture){.unit_sec = unit_sec};
    rng_seed(&f->rng, seed);
    f->n_nodes = 1 + rng_below(&f->rng, NODES_MAX);
    f->slots = plain_plan_new(NOW_SEC, window_sec, f->n_nodes);
    f->exact = plain_exact_new(NOW_SEC, f->n_nodes);
    for (size_t i = 0; i < f->n_nodes; i++) {
        f->capacity[i] = (struct resvec){{0}};
        f->capacity[i].v[GPU] = f->capacity[i].v[RES_PODS] = 8;
        f->capacity[i].v[RES_CPU] = 8000;
        f->capacity[i].v[RES_MEM] = INT64_C(8) << 30;
        plain_plan_set_node(f->slots, i, &f->capacity[i]);
        plain_exact_set_node(f->exact, i, &f->capacity[i]);
        hold_node(f, i, most);
        hold_node(f, i, most);
    }
}

static void end(struct fixture *f)
{
    plain_plan_free(f->slots);
    plain_exact_free(f->exact);
}

static struct plain_job draw_job(struct fixture *f, uint64_t most)
{
    size_t nodes = 1 + rng_below(&f->rng, f->n_nodes);
    struct plain_job job = {
        .each = draw_amount(f, 8), .min = nodes, .length_sec = draw_time(f, most)};

    job.max = rng_below(&f->rng, 3) == 0 ? nodes + 1 : nodes;
    plain_plan_ask(f->slots, &job.each, nodes, 1);
    plain_exact_ask(f->exact, &job.each, nodes);
    return job;
}

/* ---- on boundaries of slots ---- */

#define UNITS 30
/* All slots up to there are a minute wide. */
#define MINUTES_SEC (64 * TIMELINE_MINUTE_SEC)

/* Plans a job in both; false: it has no place before the last slot. */
static bool plan_alike(struct fixture *f, const char *where)
{
    const struct plain_job job = draw_job(f, UNITS);
    struct plain_place slots = {0}, exact = {0};
    bool fits = plain_plan_find(f->slots, &job, SIZE_MAX, &slots) &&
                slots.start_sec != PLAN_FAR &&
                slots.start_sec + job.length_sec <= NOW_SEC + MINUTES_SEC;

    if (fits) {
        ck_assert_msg(plain_exact_find(f->exact, &job, &exact), "%s", where);
        ck_assert_msg(exact.start_sec == slots.start_sec && exact.n == slots.n, "%s",
                      where);
        for (size_t i = 0; i < exact.n; i++)
            ck_assert_msg(exact.nodes[i] == slots.nodes[i], "%s", where);
        plain_plan_take(f->slots, &job, &slots);
        plain_exact_take(f->exact, &job, &exact);
    }
    plain_place_fini(&slots);
    plain_place_fini(&exact);
    return fits;
}

START_TEST(test_alike_on_boundaries)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", 1000);
    size_t compared = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        AUTO_FREE char *where = xasprintf("seed %llu", (unsigned long long)seed);
        struct fixture f;

        begin(&f, seed, TIMELINE_MINUTE_SEC, MINUTES_SEC, UNITS);
        for (size_t i = 0; i < JOBS; i++)
            compared += plan_alike(&f, where);
        end(&f);
    }
    ck_assert(seeds.alone || compared > 4 * (seeds.last - seeds.first));
}
END_TEST

/* ---- at any second ---- */

static bool has_room(const struct fixture *f, size_t node, const struct plain_job *job,
                     int64_t at_sec)
{
    struct resvec left = f->capacity[node];

    for (size_t i = 0; i < f->n_taken; i++) {
        const struct taken *t = &f->taken[i];

        if (t->node == node && t->begin_sec <= at_sec && at_sec < t->end_sec)
            resvec_sub(&left, &t->each);
    }
    return resvec_fits(&job->each, &left);
}

/* Is there room from then on, and whenever something else begins? */
static bool has_room_from(const struct fixture *f, size_t node,
                          const struct plain_job *job, int64_t start_sec)
{
    bool room = has_room(f, node, job, start_sec);

    for (size_t i = 0; i < f->n_taken && room; i++) {
        int64_t sec = f->taken[i].begin_sec;

        if (sec > start_sec && sec < start_sec + job->length_sec)
            room = has_room(f, node, job, sec);
    }
    return room;
}

static size_t count_from(const struct fixture *f, const struct plain_job *job,
                         int64_t start_sec)
{
    size_t n = 0;

    for (size_t node = 0; node < f->n_nodes; node++)
        n += has_room_from(f, node, job, start_sec);
    return n;
}

/* The first time that has enough nodes: now, or when something ends. */
static int64_t first_start(const struct fixture *f, const struct plain_job *job)
{
    int64_t first = TIME_NEVER;

    if (count_from(f, job, NOW_SEC) >= job->min)
        return NOW_SEC;
    for (size_t i = 0; i < f->n_taken; i++) {
        int64_t sec = f->taken[i].end_sec;

        if (sec < first && count_from(f, job, sec) >= job->min)
            first = sec;
    }
    return first;
}

/* In the slots it takes all that it touches. */
static void take_in_slots(struct fixture *f, const struct plain_job *job,
                          const struct plain_place *exact)
{
    int64_t end_sec = exact->start_sec + job->length_sec;
    struct plain_place place = *exact;

    place.first = plain_slot_of(f->slots, exact->start_sec);
    place.last = place.given = plain_slot_of(f->slots, end_sec - 1) + 1;
    plain_plan_take(f->slots, job, &place);
}

/* So long at most, all of them one after the other within the window. */
#define LENGTH_SEC 20000
#define WINDOW_SEC (4 * 86400)

static void plan_exactly(struct fixture *f, const char *where)
{
    const struct plain_job job = draw_job(f, LENGTH_SEC);
    struct plain_place slots = {0}, exact = {0};
    int64_t first = first_start(f, &job);

    ck_assert_msg(plain_exact_find(f->exact, &job, &exact) == (first != TIME_NEVER),
                  "%s", where);
    if (first == TIME_NEVER)
        return;
    ck_assert_msg(exact.start_sec == first, "%s", where);
    ck_assert_msg(exact.n == MIN(count_from(f, &job, first), job.max), "%s", where);
    ck_assert_msg(plain_plan_find(f->slots, &job, SIZE_MAX, &slots), "%s", where);
    ck_assert_msg(slots.start_sec >= first, "%s", where); /* starts and ends round up */
    for (size_t i = 0; i < exact.n; i++) {
        ck_assert_msg(has_room_from(f, exact.nodes[i], &job, first), "%s", where);
        note(f,
             (struct taken){exact.nodes[i], job.each, first, first + job.length_sec});
    }
    plain_exact_take(f->exact, &job, &exact);
    take_in_slots(f, &job, &exact);
    plain_place_fini(&slots);
    plain_place_fini(&exact);
}

START_TEST(test_first_of_all_times)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", 1000);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        AUTO_FREE char *where = xasprintf("seed %llu", (unsigned long long)seed);
        struct fixture f;

        begin(&f, seed, 1, WINDOW_SEC, LENGTH_SEC);
        for (size_t i = 0; i < JOBS; i++)
            plan_exactly(&f, where);
        end(&f);
    }
}
END_TEST

int main(void)
{
    return suite_main("support/plain_exact", (struct suite_row[]){
                                                 {test_alike_on_boundaries, 1},
                                                 {test_first_of_all_times, 1},
                                                 {NULL, 0},
                                             });
}

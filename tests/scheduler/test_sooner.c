/*
 * What would let a job start at once is true: over random clusters at rest, a job whose
 * limit is made as short as it was told, or that asks for as few nodes, starts in the
 * next step. GANTRY_CLUSTERS sets how many are tried, GANTRY_SEED runs one alone.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/cluster_text.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define CLUSTERS 300
#define NODES 8
#define RUNNING 10
#define WAITING 12
#define NOW_SEC 6000
#define LINE_MAX_ 256

struct trial {
    struct rng rng;
    struct sched *s;
    struct restable res;
};

static int draw(struct trial *t, int bound)
{
    return (int)rng_below(&t->rng, (uint64_t)bound);
}

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

static void tell(struct trial *t, const char *line)
{
    struct err err;

    ck_assert_msg(cluster_text_line(&t->res, line, apply, t->s, &err) == 0, "%s: %s",
                  line, err.msg);
}

/* Gangs of one to four nodes, some on parts of one. */
static void submit(struct trial *t, int number)
{
    char line[LINE_MAX_];
    int nodes = 1 + draw(t, 4), cpu = nodes > 1 || draw(t, 2) ? 8 : 1 + draw(t, 7);

    snprintf(line, sizeof(line), "job %d submit=%d nodes=%d cpu=%d time=%d", number,
             number, nodes, cpu, 10 + draw(t, 600));
    tell(t, line);
}

static size_t starts_of(struct trial *t, int64_t now_sec, const char *uid)
{
    struct decisions decisions;
    size_t n = 0;

    sched_step(t->s, now_sec, (struct sched_budget){0}, &decisions);
    for (size_t i = 0; i < decisions.n; i++)
        n += decisions.items[i].kind == DECIDE_START &&
             (uid == NULL || str_eq(decisions.items[i].job_uid, uid));
    return n;
}

/* Running jobs, which started at different times, and those that wait behind them. */
static void fill(struct trial *t, uint64_t seed, bool hints)
{
    struct sched_config config = sched_config_default();

    rng_seed(&t->rng, seed);
    restable_init(&t->res);
    t->s = sched_new(&config);
    if (!hints)
        sched_leave_hints(t->s);
    tell(t, "partition batch default");
    tell(t, "node n[1-8] cpu=8");
    for (int i = 1; i <= RUNNING; i++) {
        submit(t, i);
        starts_of(t, 60 * i, NULL);
    }
    for (int i = 1; i <= WAITING; i++)
        submit(t, RUNNING + i);
    starts_of(t, NOW_SEC, NULL);
}

static struct sooner told(const struct trial *t, int number)
{
    AUTO_FREE char *uid = xasprintf("job-%d", number);

    return sched_job_sooner(t->s, uid);
}

/* In the same cluster made anew, it takes the hint. */
static void take(uint64_t seed, int number, struct sooner hint)
{
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    struct change change = {.kind = CHANGE_JOB};
    struct trial t;

    fill(&t, seed, true);
    change.u.job = job_copy(sched_job(t.s, uid));
    if (hint.nodes > 0)
        change.u.job->min_pods = change.u.job->max_pods = hint.nodes;
    else
        change.u.job->limit_sec = hint.limit_sec;
    sched_apply(t.s, &change);
    ck_assert_msg(starts_of(&t, NOW_SEC, uid) == 1,
                  "seed %" PRIu64 ": job %d waits on, %s", seed, number,
                  hint.nodes > 0 ? "with fewer nodes" : "with a shorter limit");
    sched_free(t.s);
}

static size_t try_seed(uint64_t seed)
{
    struct trial t;
    size_t n = 0;

    fill(&t, seed, true);
    for (int i = RUNNING + 1; i <= RUNNING + WAITING; i++) {
        struct sooner hint = told(&t, i);

        if (hint.nodes > 0)
            take(seed, i, (struct sooner){.nodes = hint.nodes});
        if (hint.limit_sec > 0)
            take(seed, i, (struct sooner){.limit_sec = hint.limit_sec});
        n += (hint.nodes > 0) + (hint.limit_sec > 0);
    }
    sched_free(t.s);
    return n;
}

START_TEST(test_hints_are_true)
{
    const struct seeds seeds = seeds_of("GANTRY_CLUSTERS", CLUSTERS);
    size_t n = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        n += try_seed(seed);
    ck_assert_msg(seeds.alone || n > seeds.last / 3, "only %zu hints", n);
}
END_TEST

static int64_t planned_sec(const struct trial *t, int number)
{
    AUTO_FREE char *uid = xasprintf("job-%d", number);

    return sched_job(t->s, uid)->plan.start_sec;
}

/* Who does not read them is told none; all else is the same. Returns how many that
 * spares. */
static size_t leave_out(uint64_t seed)
{
    struct trial with, without;
    size_t n = 0;

    fill(&with, seed, true);
    fill(&without, seed, false);
    for (int i = RUNNING + 1; i <= RUNNING + WAITING; i++) {
        const struct sooner none = {0}, hint = told(&with, i), left = told(&without, i);

        n += !sooner_equal(&hint, &none);
        ck_assert_msg(sooner_equal(&left, &none) &&
                          planned_sec(&with, i) == planned_sec(&without, i),
                      "seed %" PRIu64 ": job %d", seed, i);
    }
    sched_free(with.s);
    sched_free(without.s);
    return n;
}

START_TEST(test_without)
{
    const struct seeds seeds = seeds_of("GANTRY_CLUSTERS", CLUSTERS);
    size_t n = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        n += leave_out(seed);
    ck_assert_msg(seeds.alone || n > seeds.last / 3, "only %zu hints", n);
}
END_TEST

int main(void)
{
    return suite_main(
        "scheduler/sooner",
        (struct suite_row[]){{test_hints_are_true, 1}, {test_without, 1}, {NULL, 0}});
}

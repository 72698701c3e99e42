/*
 * What would let a job start at once is true: over random clusters at rest, a job whose
 * limit is made as short as it was told, or that asks for as few nodes, starts in the
 * next step, with QOS limits as without. GANTRY_CLUSTERS sets how many are tried,
 * GANTRY_SEED runs one alone.
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

/* What a cluster has beside nodes and jobs. */
enum with {
    WITH_NOTHING,
    WITH_LIMITS,      /* QOS, one for each job, and GPUs of two types */
    WITH_SAFE_LIMITS, /* and with limits_safe */
    N_WITH,
};

/* Each counts something else: which nodes, which GPUs, how much, how many, how long. */
static const char *const qos[] = {
    "qos q0",
    "qos q1 grpTRES=node=3",
    "qos q2 grpTRES=gres/gpu:h100=6",
    "qos q3 grpTRES=cpu=24",
    "qos q4 grpJobs=3",
    "qos q5 grpTRESRunMins=cpu=9000",
    "qos q6 grpTRESMins=cpu=9000",
    "qos q7 grpTRES=node=4,gres/gpu:a100=4",
};

struct trial {
    struct rng rng;
    struct sched *s;
    struct restable res;
    enum with with;
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

/* Some are under a limit on GPUs of a type, and take any. */
static void add_limited(struct trial *t, struct str *line)
{
    str_addf(line, " qos=q%d", draw(t, (int)ARRAY_LEN(qos)));
    if (draw(t, 2))
        str_addf(line, " x/gpu=%d", 1 + draw(t, 4));
    if (draw(t, 4) == 0)
        str_addf(line, " type=%s", draw(t, 2) ? "h100" : "a100");
}

/* Gangs of one to four nodes, some on parts of one. */
static void submit(struct trial *t, int number)
{
    STR_AUTO struct str line;
    int nodes = 1 + draw(t, 4), cpu = nodes > 1 || draw(t, 2) ? 8 : 1 + draw(t, 7);

    str_init(&line, LINE_MAX_);
    str_addf(&line, "job %d submit=%d nodes=%d cpu=%d time=%d", number, number, nodes,
             cpu, 10 + draw(t, 600));
    if (t->with != WITH_NOTHING)
        add_limited(t, &line);
    tell(t, line.s);
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

static void tell_cluster(struct trial *t)
{
    tell(t, "partition batch default");
    if (t->with == WITH_NOTHING) {
        tell(t, "node n[1-8] cpu=8");
        return;
    }
    tell(t, "node n[1-5] cpu=8 x/gpu=4 type=h100");
    tell(t, "node n[6-8] cpu=8 x/gpu=2 type=a100");
    for (size_t i = 0; i < ARRAY_LEN(qos); i++)
        tell(t, qos[i]);
}

/* Running jobs, which started at different times, and those that wait behind them. */
static void fill(struct trial *t, uint64_t seed, enum with with, bool hints)
{
    struct sched_config config = sched_config_default();

    config.limits_safe = with == WITH_SAFE_LIMITS;
    rng_seed(&t->rng, seed);
    restable_init(&t->res);
    t->with = with;
    t->s = sched_new(&config);
    if (!hints)
        sched_leave_hints(t->s);
    tell_cluster(t);
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
static void take(uint64_t seed, enum with with, int number, struct sooner hint)
{
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    struct change change = {.kind = CHANGE_JOB};
    struct trial t;

    fill(&t, seed, with, true);
    change.u.job = job_copy(sched_job(t.s, uid));
    if (hint.nodes > 0)
        change.u.job->min_pods = change.u.job->max_pods = hint.nodes;
    else
        change.u.job->limit_sec = hint.limit_sec;
    sched_apply(t.s, &change);
    ck_assert_msg(starts_of(&t, NOW_SEC, uid) == 1,
                  "seed %" PRIu64 ", with %d: job %d waits on, %s", seed, (int)with,
                  number, hint.nodes > 0 ? "with fewer nodes" : "with a shorter limit");
    sched_free(t.s);
}

static size_t try_seed(uint64_t seed, enum with with)
{
    struct trial t;
    size_t n = 0;

    fill(&t, seed, with, true);
    for (int i = RUNNING + 1; i <= RUNNING + WAITING; i++) {
        struct sooner hint = told(&t, i);

        if (hint.nodes > 0)
            take(seed, with, i, (struct sooner){.nodes = hint.nodes});
        if (hint.limit_sec > 0)
            take(seed, with, i, (struct sooner){.limit_sec = hint.limit_sec});
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
        n += try_seed(seed, (enum with)_i);
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
static size_t leave_out(uint64_t seed, enum with kind)
{
    struct trial with, without;
    size_t n = 0;

    fill(&with, seed, kind, true);
    fill(&without, seed, kind, false);
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
        n += leave_out(seed, (enum with)_i);
    ck_assert_msg(seeds.alone || n > seeds.last / 3, "only %zu hints", n);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/sooner",
                      (struct suite_row[]){{test_hints_are_true, N_WITH},
                                           {test_without, N_WITH},
                                           {NULL, 0}});
}

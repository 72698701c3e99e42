/*
 * bench_slices - how long the longest step is where all jobs are to be looked at: what
 * those that run have used is charged when a period ends, and those that wait are
 * counted anew when a limit on them changes.
 *
 * 5,000 full nodes, 5,800 running jobs, 100,000 pending ones, of 1,000 users of 100
 * accounts in three QOS. Each figure is the processor time of the steps that it takes,
 * in slices, beside the same all in one step; the median of some rounds. No
 * user may wait with more jobs than there are, so that nothing else comes of it. A new
 * job is checked as a limit has changed, and again after each slice until it has its
 * answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "tests/support/gpu_cluster.h"

#define NODES 5000
#define RUNNING 5800
#define PENDING 100000
#define ACCOUNTS 100
#define MEMBERS 10
#define ROUNDS 9
#define PERIOD_SEC 300
#define NOW_SEC (INT64_C(1700000000) / PERIOD_SEC * PERIOD_SEC)

struct bench {
    struct rng rng;
    struct restable res;
    int gpu;
    struct sched *s;
    int64_t now_sec, until_us;
    int64_t most; /* of the limit that changes */
};

static int64_t monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- the cluster ---- */

/* Each time another limit on jobs that wait. */
static void put_qos(struct bench *b, int number)
{
    struct qos *qos = qos_new();

    qos->name = xasprintf("qos-%d", number);
    limits_set(&qos->limits, LIMIT_MAX_SUBMIT_JOBS_PER_USER, TRES_NONE, NULL,
               ++b->most);
    gpu_cluster_tell(b->s, CHANGE_QOS, qos);
}

static struct job *make_job(struct bench *b, int number)
{
    struct job *job = job_new();
    int account = (int)rng_below(&b->rng, ACCOUNTS);

    job->uid = xasprintf("job-%d", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->job_id = number;
    job->account = xasprintf("account-%d", account);
    job->user = xasprintf("user-%d-%d", account, (int)rng_below(&b->rng, MEMBERS));
    job->qos = xasprintf("qos-%d", (int)rng_below(&b->rng, 3));
    job->submit_sec = NOW_SEC - 1000000 + number;
    job->one_per_node = true;
    job->each.v[RES_PODS] = 1;
    job->each.v[RES_CPU] = 4000;
    job->each.v[RES_MEM] = INT64_C(32) << 30;
    job->each.v[b->gpu] = 4;
    job->limit_sec = 7 * 86400;
    return job;
}

static void add_running(struct bench *b, int number)
{
    struct job *job = make_job(b, number);

    gpu_cluster_run(job, (size_t)number % NODES, 1, NOW_SEC - 3600);
    gpu_cluster_tell(b->s, CHANGE_JOB, job);
}

/* No job has a promise, and none that waits fits: what is left of a step is short. */
static void begin(struct bench *b)
{
    struct sched_config config = sched_config_default();

    config.reservation_depth = 0;
    config.max_job_test = 100;
    config.calc_period_sec = PERIOD_SEC;
    config.decay_half_life_sec = 7 * 86400;
    rng_seed(&b->rng, 1);
    b->now_sec = NOW_SEC;
    b->most = PENDING;
    b->gpu = gpu_cluster_resources(&b->res);
    b->s = gpu_cluster_core(&config, &b->res);
    for (int i = 0; i < ACCOUNTS; i++)
        gpu_cluster_tell(b->s, CHANGE_ACCOUNT, gpu_cluster_account(i, MEMBERS));
    for (int i = 0; i < 3; i++)
        put_qos(b, i);
    for (int i = 0; i < NODES; i++)
        gpu_cluster_tell(b->s, CHANGE_NODE, gpu_cluster_node((size_t)i, b->gpu));
    for (int i = 0; i < RUNNING; i++)
        add_running(b, i);
    for (int i = 0; i < PENDING; i++) {
        struct job *job = make_job(b, RUNNING + i);

        job->min_pods = job->max_pods = NODES;
        gpu_cluster_tell(b->s, CHANGE_JOB, job);
    }
}

/* ---- what is measured ---- */

static bool is_spent(void *arg, int64_t ahead_us)
{
    const struct bench *b = arg;

    return monotonic_us() + ahead_us >= b->until_us;
}

/* Never, but before a walk. */
static bool is_walk(void *arg, int64_t ahead_us)
{
    (void)arg;
    return ahead_us > 0;
}

static enum sched_progress step(struct bench *b, bool (*spent)(void *, int64_t),
                                double *ret_ms)
{
    struct sched_budget budget = {spent, b};
    enum sched_progress progress;
    struct decisions decisions;
    double start = cpu_ms();

    b->until_us = monotonic_us() + SCHED_STEP_US;
    progress = sched_step(b->s, b->now_sec, budget, &decisions);
    *ret_ms = cpu_ms() - start;
    return progress;
}

/* Until there is nothing left to do. */
static double longest_step(struct bench *b)
{
    enum sched_progress progress;
    double longest = 0;

    do {
        double ms;

        progress = step(b, is_spent, &ms);
        longest = MAX(longest, ms);
    } while (progress == SCHED_MORE);
    return longest;
}

/* Or the first one, if that does all that comes before a walk. */
static double measure(struct bench *b, bool in_slices)
{
    double ms;

    if (in_slices)
        return longest_step(b);
    step(b, is_walk, &ms);
    longest_step(b);
    return ms;
}

static double charge(struct bench *b, bool in_slices)
{
    b->now_sec += PERIOD_SEC;
    return measure(b, in_slices);
}

static double settle(struct bench *b, bool in_slices)
{
    put_qos(b, (int)rng_below(&b->rng, 3));
    return measure(b, in_slices);
}

static double check_new(struct bench *b, struct job *job, bool *ret_waits)
{
    STR_AUTO struct str message;
    double start = cpu_ms();

    str_init(&message, 4096);
    sched_check_new(b->s, job, sched_partition(b->s, "batch"), &message, ret_waits);
    return cpu_ms() - start;
}

/* Where limits have just changed: in all until it has its answer; or (`longest`) the
 * longest check and step until then. */
static double check_meanwhile(struct bench *b, bool longest)
{
    struct job *job = make_job(b, RUNNING + PENDING);
    double all = 0, most = 0, ms;
    bool waits;

    put_qos(b, (int)rng_below(&b->rng, 3));
    for (;;) {
        ms = check_new(b, job, &waits);
        all += ms;
        most = MAX(most, ms);
        if (!waits)
            break;
        step(b, is_spent, &ms);
        all += ms;
        most = MAX(most, ms);
    }
    job_free(job);
    longest_step(b);
    return longest ? most : all;
}

/* By who cannot wait. */
static double check_at_once(struct bench *b, bool changed)
{
    struct job *job = make_job(b, RUNNING + PENDING);
    double ret;

    if (changed)
        put_qos(b, (int)rng_below(&b->rng, 3));
    ret = check_new(b, job, NULL);
    job_free(job);
    longest_step(b);
    return ret;
}

static int compare(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

static double median_of(struct bench *b, double (*figure)(struct bench *, bool),
                        bool how)
{
    double ms[ROUNDS];

    for (int i = 0; i < ROUNDS; i++)
        ms[i] = figure(b, how);
    qsort(ms, ROUNDS, sizeof(*ms), compare);
    return ms[ROUNDS / 2];
}

int main(void)
{
    static const struct {
        const char *name, *beside;
        double (*figure)(struct bench *, bool), (*reference)(struct bench *, bool);
        bool how, reference_how;
    } rows[] = {
        {"a period is charged, longest step", "all in one step", charge, charge, true,
         false},
        {"a limit changes, longest step", "all in one step", settle, settle, true,
         false},
        {"a job checked then, longest step", "at once", check_meanwhile, check_at_once,
         true, true},
        {"a job checked then, in all", "at rest", check_meanwhile, check_at_once, false,
         false},
    };
    struct bench b = {0};

    begin(&b);
    longest_step(&b);
    printf("slices: %d nodes, %d jobs run, %d wait\n", NODES, RUNNING, PENDING);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double ms = median_of(&b, rows[i].figure, rows[i].how);

        printf("  %-36s %8.3f ms, %s %.3f\n", rows[i].name, ms, rows[i].beside,
               median_of(&b, rows[i].reference, rows[i].reference_how));
    }
    sched_free(b.s);
    return 0;
}

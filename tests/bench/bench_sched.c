/*
 * bench_sched - the core beside a plain planner, in one run.
 *
 * 1,000 nodes of 8 GPUs and 10,000 pending jobs, once of one pod each and once of gangs
 * of mixed sizes. The plain planner is a loop over jobs and nodes, written for clarity:
 * it must start the same jobs on the same nodes. Prints figures, never fails on time.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/loop.h"
#include "base/rng.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "tests/support/gpu_cluster.h"

#define NODES 1000
#define JOBS 10000
#define ENDS 50
#define PLANNED 500 /* sched_config_default().max_job_test */
#define NOW_SEC 1000000

struct bench {
    struct loop *loop;
    struct rng rng;
    struct restable res;
    int gpu;
    bool limits; /* jobs have time limits, and all of them are planned */
};

/* Mixed: gangs of 1 to 8 nodes with 1, 2, 4 or 8 GPUs each; else one pod with one GPU.
 */
static struct job *make_job(struct bench *b, int number, bool mixed)
{
    struct job *job = job_new();

    job->uid = xasprintf("job-%d", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->user = xstrdup("ann");
    job->job_id = number;
    job->submit_sec = NOW_SEC - (int64_t)rng_below(&b->rng, 600000);
    job->one_per_node = true;
    job->each.v[RES_PODS] = 1;
    job->each.v[RES_CPU] = 4000;
    job->each.v[RES_MEM] = INT64_C(16) << 30;
    job->each.v[b->gpu] = 1;
    if (mixed) {
        job->min_pods = job->max_pods = 1 + (int64_t)rng_below(&b->rng, 8);
        job->each.v[b->gpu] = INT64_C(1) << rng_below(&b->rng, 4);
    }
    if (b->limits)
        job->limit_sec = 900 + (int64_t)rng_below(&b->rng, 2 * 86400);
    return job;
}

/* ---- the plain planner ---- */

/* Nobody has a time limit: what is free now, and what is free of jobs that wait. */
struct plain_node {
    const struct node *node;
    struct resvec now, far;
};

struct plain_job {
    const struct job *job;
    int64_t priority;
    bool started;
    size_t n_nodes;
    size_t nodes[8];
};

struct plain {
    struct plain_node nodes[NODES];
    struct plain_job jobs[JOBS];
    int gpu;
};

static int plain_job_compare(const void *left, const void *right)
{
    const struct plain_job *a = left, *b = right;

    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    return a->job->job_id < b->job->job_id ? -1 : 1;
}

/* True if node a is the better fit. */
static bool plain_better(const struct plain *p, bool now, size_t a, size_t b)
{
    const int64_t *x = now ? p->nodes[a].now.v : p->nodes[a].far.v;
    const int64_t *y = now ? p->nodes[b].now.v : p->nodes[b].far.v;

    if (x[p->gpu] != y[p->gpu])
        return x[p->gpu] < y[p->gpu];
    if (x[RES_CPU] != y[RES_CPU])
        return x[RES_CPU] < y[RES_CPU];
    return hostname_compare(p->nodes[a].node->name, p->nodes[b].node->name) < 0;
}

static bool plain_taken(const struct plain_job *job, size_t node)
{
    for (size_t i = 0; i < job->n_nodes; i++) {
        if (job->nodes[i] == node)
            return true;
    }
    return false;
}

static bool plain_fits(const struct plain *p, const struct plain_job *job, bool now,
                       size_t node)
{
    return !plain_taken(job, node) &&
           resvec_fits(&job->job->each, &p->nodes[node].far) &&
           (!now || resvec_fits(&job->job->each, &p->nodes[node].now));
}

/* Now, or in the place of others once they have ended. */
static bool plain_place(struct plain *p, struct plain_job *job, bool now)
{
    job->n_nodes = 0;
    while ((int64_t)job->n_nodes < job->job->min_pods) {
        size_t best = NODES;

        for (size_t i = 0; i < NODES; i++) {
            if (plain_fits(p, job, now, i) &&
                (best == NODES || plain_better(p, now, i, best)))
                best = i;
        }
        if (best == NODES)
            return false;
        job->nodes[job->n_nodes++] = best;
    }
    for (size_t i = 0; i < job->n_nodes; i++) {
        resvec_sub(&p->nodes[job->nodes[i]].far, &job->job->each);
        if (now)
            resvec_sub(&p->nodes[job->nodes[i]].now, &job->job->each);
    }
    return true;
}

/* Returns how many were started. */
static size_t plain_plan(struct plain *p)
{
    size_t waiting = 0;

    qsort(p->jobs, JOBS, sizeof(p->jobs[0]), plain_job_compare);
    for (size_t i = 0; i < JOBS; i++) {
        p->jobs[i].started = plain_place(p, &p->jobs[i], true);
        if (!p->jobs[i].started && waiting++ < PLANNED)
            plain_place(p, &p->jobs[i], false);
    }
    return JOBS - waiting;
}

static struct plain *plain_new(const struct sched *s, const struct bench *b)
{
    struct plain *p = xcalloc(1, sizeof(*p));

    p->gpu = b->gpu;
    for (int i = 0; i < NODES; i++) {
        p->nodes[i].node = gpu_cluster_node((size_t)i, b->gpu);
        p->nodes[i].now = p->nodes[i].far = p->nodes[i].node->capacity;
    }
    for (int i = 0; i < JOBS; i++) {
        AUTO_FREE char *uid = xasprintf("job-%d", i + 1);

        p->jobs[i].job = job_copy(sched_job(s, uid));
        p->jobs[i].priority = sched_job_priority(s, uid, NOW_SEC);
    }
    return p;
}

static void plain_free(struct plain *p)
{
    for (int i = 0; i < NODES; i++)
        node_free((struct node *)p->nodes[i].node);
    for (int i = 0; i < JOBS; i++)
        job_free((struct job *)p->jobs[i].job);
    free(p);
}

/* The core's decision for the same job has the same set of nodes. */
static bool plain_agrees(const struct plain *p, const struct plain_job *job,
                         const struct decision *d)
{
    if (strcmp(job->job->uid, d->job_uid) != 0 || job->n_nodes != d->n_slots)
        return false;
    for (size_t i = 0; i < d->n_slots; i++) {
        bool found = false;

        for (size_t k = 0; k < job->n_nodes; k++)
            found |= strcmp(p->nodes[job->nodes[k]].node->name, d->slots[i].node) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* Starts come in the order of the queue. */
static size_t count_differences(const struct plain *p,
                                const struct decisions *decisions)
{
    size_t at = 0, differ = 0;

    for (size_t i = 0; i < decisions->n; i++) {
        if (decisions->items[i].kind != DECIDE_START)
            continue;
        while (at < JOBS && !p->jobs[at].started)
            at++;
        differ += at == JOBS || !plain_agrees(p, &p->jobs[at++], &decisions->items[i]);
    }
    for (; at < JOBS; at++)
        differ += p->jobs[at].started;
    return differ;
}

/* ---- measuring ---- */

static double ms_since(const struct bench *b, int64_t start_ms)
{
    int64_t ms = loop_fresh_mono_ms(b->loop) - start_ms;

    /* The clock has whole milliseconds. */
    return ms > 0 ? (double)ms : 0.5;
}

static struct sched *fill(struct bench *b, bool mixed)
{
    struct sched_config config = sched_config_default();
    struct sched *s;
    int64_t start_ms = loop_fresh_mono_ms(b->loop);
    size_t before = mallinfo2().uordblks;
    double ms;

    config.window_sec = 60 * 86400;
    config.max_job_test = b->limits ? JOBS : PLANNED;
    s = gpu_cluster_core(&config, &b->res);
    for (int i = 0; i < NODES; i++)
        gpu_cluster_tell(s, CHANGE_NODE, gpu_cluster_node((size_t)i, b->gpu));
    for (int i = 1; i <= JOBS; i++)
        gpu_cluster_tell(s, CHANGE_JOB, make_job(b, i, mixed));
    ms = ms_since(b, start_ms);
    printf("  apply:      %6.0f ms, %.0f changes/s, %.1f MB\n", ms,
           (NODES + JOBS) / ms * 1000,
           (double)(mallinfo2().uordblks - before) / (1 << 20));
    return s;
}

static void step(const struct bench *b, struct sched *s, struct decisions *ret,
                 const char *name)
{
    struct sched_budget whole = {NULL, NULL};
    int64_t start_ms = loop_fresh_mono_ms(b->loop);
    double ms;

    sched_step(s, NOW_SEC, whole, ret);
    ms = ms_since(b, start_ms);
    printf("  %-11s %6.0f ms, %.0f jobs considered/s, %zu decisions\n", name, ms,
           JOBS / ms * 1000, ret->n);
}

/* Ends running jobs one by one; each step starts what fits then. */
static void step_after_ends(const struct bench *b, struct sched *s)
{
    struct sched_budget whole = {NULL, NULL};
    int64_t start_ms = loop_fresh_mono_ms(b->loop);
    struct decisions decisions;
    size_t started = 0, ended = 0;

    for (int i = 1; i <= JOBS && ended < ENDS; i++) {
        AUTO_FREE char *uid = xasprintf("job-%d", i);
        struct change change = {.kind = CHANGE_JOB_GONE, .u.key = uid};

        if (sched_job(s, uid)->phase != JOB_STARTING)
            continue;
        sched_apply(s, &change);
        sched_step(s, NOW_SEC, whole, &decisions);
        ended++;
        for (size_t k = 0; k < decisions.n; k++)
            started += decisions.items[k].kind == DECIDE_START;
    }
    printf("  after an end: %.2f ms a step (%zu ends, %zu starts)\n",
           ms_since(b, start_ms) / (double)ended, ended, started);
}

static bool run(struct bench *b, bool mixed)
{
    struct sched *s = fill(b, mixed);
    struct plain *p = plain_new(s, b);
    struct decisions decisions;
    int64_t start_ms;
    size_t started, differ;
    double ms;

    step(b, s, &decisions, "first step:");
    start_ms = loop_fresh_mono_ms(b->loop);
    started = plain_plan(p);
    ms = ms_since(b, start_ms);
    printf("  plain loop: %6.0f ms, %zu starts\n", ms, started);
    differ = count_differences(p, &decisions);
    printf("  decisions that differ from the plain loop's: %zu\n", differ);
    step_after_ends(b, s);
    plain_free(p);
    sched_free(s);
    return differ == 0;
}

/* The cold plan of a long queue, and what an end costs then. */
static void run_plan(struct bench *b)
{
    struct decisions decisions;
    struct sched *s;
    size_t planned = 0;

    b->limits = true;
    s = fill(b, true);
    step(b, s, &decisions, "first step:");
    for (size_t i = 0; i < decisions.n; i++)
        planned += decisions.items[i].kind == DECIDE_REASON &&
                   decisions.items[i].planned_sec != TIME_UNSET;
    printf("  told a start: %zu\n", planned);
    step_after_ends(b, s);
    sched_free(s);
}

int main(void)
{
    struct err err = ERR_INIT;
    struct bench b = {.loop = loop_new(&err)};
    bool agree;

    if (b.loop == NULL) {
        fprintf(stderr, "bench_sched: %s\n", err.msg);
        return EXIT_FAILURE;
    }
    b.gpu = gpu_cluster_resources(&b.res);
    rng_seed(&b.rng, 1);
    printf("scheduler: %d nodes, %d pending jobs of one pod\n", NODES, JOBS);
    agree = run(&b, false);
    printf("scheduler: %d nodes, %d pending gangs of 1 to 8 nodes\n", NODES, JOBS);
    agree &= run(&b, true);
    printf(
        "scheduler: the same with time limits of 15 minutes to 2 days, all planned\n");
    run_plan(&b);
    loop_free(b.loop);
    return agree ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * bench_plan - what a plan of the whole queue costs, from nothing and after a change.
 *
 *     bench_plan [--pending N] [--classes N] [--cold] [--flags TEXT]
 *
 * 5,000 nodes of 8 GPUs, 64 CPUs and 512 GiB, full of running jobs. The mix of jobs,
 * from one seed: half of them lie on a fraction of one node (1, 2 or 4 GPUs), half on
 * 1, 2, 4 ... 128 whole nodes; time limits from 15 minutes to 7 days, evenly by their
 * logarithm. Each asks for one of 8 or 32 amounts for each node (demand classes), half
 * of them fractions. Every job is promised a start; the window reaches far enough.
 *
 * Cold: all jobs are new. After a change: a running job ended, a job arrived, or a node
 * may not be used any more, or again; the
 * core is stepped a job at a time, and the time is taken when the last job has started
 * that the change lets start ("starts"), and at rest. A minute later: time has moved on
 * by one, and nothing else; in slices again. Beside it the plain planner
 * (tests/support/plain_plan.h) plans the first jobs of the same queue: it must find the
 * same places. All times are processor time of this one thread. Prints figures,
 * never fails on time; exit status 1: plans differ, 2: wrong use.
 */
#include <getopt.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/sched.h"
#include "tests/support/plain_plan.h"

#define NODES 5000
#define GPUS 8
#define NOW_SEC (INT64_C(1700000000) / 60 * 60)
#define DAY_SEC 86400
#define LIMIT_MIN_SEC 900
#define LIMIT_MAX_SEC (7 * DAY_SEC)
#define SLICE_US 10000
#define COLD_MAX_US 60000000   /* a cold plan is given up after this */
#define CHANGES 200            /* of each kind, as many as there is time for */
#define CHANGES_MAX_US 3000000 /* in all of them; but of ends: */
#define ENDS_MIN 6             /* at least, the first of which makes room for tables */
#define PLAIN_JOBS 40

struct bench {
    struct rng rng;
    struct restable res;
    int gpu;
    size_t pending, classes;
    bool cold_only;
    int64_t window_sec;
    size_t running; /* jobs have the numbers after these */
    int64_t slice_until_us;
};

/* Of this process, so that other programs on the machine count for little. */
static int64_t cpu_us(void)
{
    return (int64_t)((double)clock() * 1e6 / CLOCKS_PER_SEC);
}

/* A budget asks after each job: the processor time would be a tenth of what it cuts in
 * slices, as it takes a system call. */
static int64_t monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- the mix ---- */

static struct resvec class_of(const struct bench *b, size_t class)
{
    static const int64_t fractions[] = {1, 2, 4, 2};
    size_t half = b->classes / 2, i = class % half;
    int64_t gpus = class < half ? fractions[i % ARRAY_LEN(fractions)] : GPUS;
    struct resvec each = {{0}};

    each.v[RES_PODS] = 1;
    each.v[b->gpu] = gpus;
    each.v[RES_CPU] = gpus * (8000 - 250 * (int64_t)i);
    each.v[RES_MEM] = (gpus * (64 - (int64_t)i)) << 30;
    return each;
}

static int64_t draw_limit(struct bench *b)
{
    double part = (double)rng_below(&b->rng, 1 << 20) / (1 << 20);

    return (int64_t)(LIMIT_MIN_SEC *
                     exp(part * log((double)LIMIT_MAX_SEC / LIMIT_MIN_SEC)));
}

static struct job *job_of(struct bench *b, size_t number, size_t class, int64_t nodes)
{
    struct job *job = job_new();

    job->uid = xasprintf("job-%zu", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->user = xstrdup("ann");
    job->job_id = (int64_t)number;
    job->submit_sec = NOW_SEC - 1000000 + (int64_t)number;
    job->one_per_node = true;
    job->min_pods = job->max_pods = nodes;
    job->each = class_of(b, class);
    job->limit_sec = draw_limit(b);
    return job;
}

static struct job *draw_job(struct bench *b, size_t number)
{
    size_t class = rng_below(&b->rng, b->classes);
    int64_t nodes = class < b->classes / 2 ? 1 : INT64_C(1) << rng_below(&b->rng, 8);

    return job_of(b, number, class, nodes);
}

/* ---- the cluster ---- */

static void tell(struct sched *s, enum change_kind kind, void *what)
{
    struct change change = {.kind = kind, .u.job = what};

    sched_apply(s, &change);
}

static struct node *make_node(const struct bench *b, size_t position)
{
    struct node *node = node_new();

    node->name = xasprintf("n%zu", position);
    node->ready = true;
    node->capacity.v[RES_CPU] = 64000;
    node->capacity.v[RES_MEM] = INT64_C(512) << 30;
    node->capacity.v[RES_PODS] = 110;
    node->capacity.v[b->gpu] = GPUS;
    return node;
}

/* A job that runs on `nodes` nodes from `first` on, some part of its time. */
static void add_running(struct bench *b, struct sched *s, size_t class, size_t first,
                        size_t nodes)
{
    struct job *job = job_of(b, ++b->running, class, (int64_t)nodes);

    job->phase = JOB_RUNNING;
    job->partition = xstrdup("batch");
    job->start_sec = NOW_SEC - (int64_t)rng_below(&b->rng, (uint64_t)job->limit_sec);
    job->alloc = xcalloc(nodes, sizeof(*job->alloc));
    job->n_alloc = nodes;
    for (size_t i = 0; i < nodes; i++)
        job->alloc[i] = (struct slot){.node = xasprintf("n%zu", first + i),
                                      .pods = 1,
                                      .each = job->each,
                                      .first_rank = (int64_t)i};
    tell(s, CHANGE_JOB, job);
}

/* One node in four is shared; the others lie in gangs of up to 16. No GPU is idle. */
static void fill_nodes(struct bench *b, struct sched *s)
{
    size_t half = b->classes / 2;

    for (size_t at = 0; at < NODES;) {
        size_t class = rng_below(&b->rng, half), n = 1;

        if (rng_below(&b->rng, 3) > 0) {
            for (int64_t used = 0; used < GPUS; used += class_of(b, class).v[b->gpu])
                add_running(b, s, class, at, 1);
        } else {
            n = MIN(NODES - at, (size_t)1 << rng_below(&b->rng, 5));
            add_running(b, s, half + class, at, n);
        }
        at += n;
    }
}

static struct sched *make_core(struct bench *b)
{
    struct sched_config config = sched_config_default();
    struct partition *part = partition_new();
    struct sched *s;

    config.window_sec = b->window_sec;
    config.reservation_depth = config.max_job_test = INT64_MAX;
    s = sched_new(&config);
    tell(s, CHANGE_RESOURCES, &b->res);
    part->name = xstrdup("batch");
    part->is_default = true;
    tell(s, CHANGE_PARTITION, part);
    for (size_t i = 0; i < NODES; i++)
        tell(s, CHANGE_NODE, make_node(b, i));
    fill_nodes(b, s);
    for (size_t i = 1; i <= b->pending; i++)
        tell(s, CHANGE_JOB, draw_job(b, b->running + i));
    return s;
}

static const struct job *job_at(const struct sched *s, size_t number)
{
    AUTO_FREE char *uid = xasprintf("job-%zu", number);

    return sched_job(s, uid);
}

/* ---- cold ---- */

static bool slice_spent(void *arg, int64_t ahead_us)
{
    const struct bench *b = arg;

    return monotonic_us() + ahead_us >= b->slice_until_us;
}

static double memory_mb(void)
{
    struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd) / (1 << 20);
}

static size_t count_planned(const struct bench *b, const struct sched *s,
                            int64_t *ret_latest_sec)
{
    size_t n = 0;

    *ret_latest_sec = NOW_SEC;
    for (size_t i = 1; i <= b->pending; i++) {
        const struct job *job = job_at(s, b->running + i);

        if (job->phase != JOB_PENDING || job->plan.start_sec == TIME_UNSET)
            continue;
        n++;
        if (job->plan.start_sec != PLAN_FAR)
            *ret_latest_sec = MAX(*ret_latest_sec, job->plan.start_sec);
    }
    return n;
}

/* False: it took too long, and was given up. */
static bool plan_cold(struct bench *b, struct sched *s)
{
    struct sched_budget budget = {slice_spent, b};
    int64_t spent_us = 0, worst_us = 0, latest_sec;
    enum sched_progress progress;
    struct decisions decisions;
    size_t planned, started;

    do {
        int64_t start_us = cpu_us(), us;

        b->slice_until_us = monotonic_us() + SLICE_US;
        progress = sched_step(s, NOW_SEC, budget, &decisions);
        us = cpu_us() - start_us;
        spent_us += us;
        worst_us = MAX(worst_us, us);
    } while (progress == SCHED_MORE && spent_us < COLD_MAX_US);
    started = sched_count(s, JOB_STARTING);
    planned = count_planned(b, s, &latest_sec);
    printf("  cold:    %8.0f jobs/s, %zu planned in %.2f s%s, worst slice %.1f ms, "
           "%.0f MB\n"
           "           %zu started, last start on day %.1f\n",
           (double)(planned + started) / (double)spent_us * 1e6, planned,
           (double)spent_us / 1e6, progress == SCHED_MORE ? " (given up)" : "",
           (double)worst_us / 1000, memory_mb(), started,
           (double)(latest_sec - NOW_SEC) / DAY_SEC);
    return progress == SCHED_IDLE;
}

/* ---- after a change ---- */

static bool at_once(void *arg, int64_t ahead_us)
{
    (void)arg;
    (void)ahead_us;
    return true;
}

struct tally {
    const char *name;
    size_t n, starts;
    double starts_us, starts_worst_us; /* until the last start that it allows */
    double rest_us, step_worst_us;
};

static void print_tally(const struct tally *t)
{
    double n = t->n > 0 ? (double)t->n : 1;

    printf("  %-8s %8.2f ms until all starts (worst %.2f), %.1f ms until rest, worst "
           "step %.2f ms; of %zu, %zu starts\n",
           t->name, t->starts_us / n / 1000, t->starts_worst_us / 1000,
           t->rest_us / n / 1000, t->step_worst_us / 1000, t->n, t->starts);
}

/* From the change, which has taken so long, to rest. */
static void follow(struct sched *s, struct tally *t, double us)
{
    struct sched_budget budget = {at_once, NULL};
    enum sched_progress progress;
    struct decisions decisions;
    double starts_us = us;
    bool first = true;

    do {
        int64_t start_us = cpu_us();
        double step_us;
        size_t starts = 0;

        progress = sched_step(s, NOW_SEC, budget, &decisions);
        step_us = (double)(cpu_us() - start_us);
        us += step_us;
        t->step_worst_us = MAX(t->step_worst_us, step_us);
        for (size_t i = 0; i < decisions.n; i++)
            starts += decisions.items[i].kind == DECIDE_START;
        t->starts += starts;
        if (starts > 0 || first)
            starts_us = us;
        first = false;
    } while (progress == SCHED_MORE);
    t->n++;
    t->starts_us += starts_us;
    t->starts_worst_us = MAX(t->starts_worst_us, starts_us);
    t->rest_us += us;
}

static void end_one(struct bench *b, struct sched *s, struct tally *t)
{
    size_t number;
    int64_t start_us;

    do
        number = 1 + rng_below(&b->rng, b->running);
    while (job_at(s, number) == NULL);
    AUTO_FREE char *uid = xasprintf("job-%zu", number);
    start_us = cpu_us();
    tell(s, CHANGE_JOB_GONE, uid);
    follow(s, t, (double)(cpu_us() - start_us));
}

static void add_one(struct bench *b, struct sched *s, struct tally *t)
{
    struct job *job = draw_job(b, b->running + b->pending + t->n + 1);
    int64_t start_us = cpu_us();

    tell(s, CHANGE_JOB, job);
    follow(s, t, (double)(cpu_us() - start_us));
}

static void turn_node(struct bench *b, struct sched *s, size_t i, bool on,
                      struct tally *t)
{
    struct node *node = make_node(b, i);
    int64_t start_us;

    node->unschedulable = !on;
    start_us = cpu_us();
    tell(s, CHANGE_NODE, node);
    follow(s, t, (double)(cpu_us() - start_us));
}

/* A node is cordoned, and then it is not. */
static void turn_one(struct bench *b, struct sched *s, struct tally *t)
{
    size_t i = (size_t)rng_below(&b->rng, NODES);

    turn_node(b, s, i, false, t);
    turn_node(b, s, i, true, t);
}

static void plan_after_changes(struct bench *b, struct sched *s)
{
    struct tally ends = {.name = "ended:"}, arrivals = {.name = "arrived:"};
    struct tally turns = {.name = "turned:"};

    for (int i = 0; i < CHANGES && (i < ENDS_MIN || ends.rest_us < CHANGES_MAX_US); i++)
        end_one(b, s, &ends);
    print_tally(&ends);
    for (int i = 0; i < CHANGES && arrivals.rest_us < CHANGES_MAX_US; i++)
        add_one(b, s, &arrivals);
    print_tally(&arrivals);
    for (int i = 0; i < CHANGES && turns.rest_us < CHANGES_MAX_US; i++)
        turn_one(b, s, &turns);
    print_tally(&turns);
}

/* ---- a minute later ---- */

static void plan_a_minute_later(struct bench *b, struct sched *s)
{
    struct sched_budget budget = {slice_spent, b};
    int64_t spent_us = 0, worst_us = 0;
    enum sched_progress progress;
    struct decisions decisions;

    do {
        int64_t start_us = cpu_us(), us;

        b->slice_until_us = monotonic_us() + SLICE_US;
        progress = sched_step(s, NOW_SEC + 60, budget, &decisions);
        us = cpu_us() - start_us;
        spent_us += us;
        worst_us = MAX(worst_us, us);
    } while (progress == SCHED_MORE && spent_us < COLD_MAX_US);
    printf("  minute:  %8.1f ms until rest, worst slice %.1f ms\n",
           (double)spent_us / 1000, (double)worst_us / 1000);
}

/* ---- the plain planner ---- */

static struct plain_plan *plain_cluster(const struct bench *b, const struct sched *s)
{
    struct plain_plan *p = plain_plan_new(NOW_SEC, b->window_sec, NODES);

    for (size_t i = 0; i < NODES; i++) {
        struct node *node = make_node(b, i);

        plain_plan_set_node(p, i, &node->capacity);
        node_free(node);
    }
    for (size_t i = 1; i <= b->running + b->pending; i++) {
        const struct job *job = job_at(s, i);

        plain_plan_ask(p, &job->each, (size_t)job->min_pods, 1);
        for (size_t k = 0; i <= b->running && k < job->n_alloc; k++)
            plain_plan_hold(
                p, strtoul(job->alloc[k].node + 1, NULL, 10),
                &(struct plain_held){.each = job->each,
                                     .end_sec = job->start_sec + job->limit_sec + 60},
                1);
    }
    return p;
}

static bool agrees(const struct job *job, const struct plain_place *place)
{
    const struct slot *slots = job->n_alloc > 0 ? job->alloc : job->plan.slots;
    size_t n = job->n_alloc > 0 ? job->n_alloc : job->plan.n_slots;
    int64_t start = job->n_alloc > 0 ? NOW_SEC : job->plan.start_sec;

    if (start != place->start_sec || n != place->n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (strtoul(slots[i].node + 1, NULL, 10) != place->nodes[i])
            return false;
    }
    return true;
}

/* Of the first jobs of the queue. Returns how many have another place in the core. */
static size_t plan_plainly(const struct bench *b, const struct sched *s)
{
    struct plain_plan *p = plain_cluster(b, s);
    size_t n = MIN(b->pending, PLAIN_JOBS), differ = 0;
    int64_t start_us = cpu_us(), us;

    for (size_t i = 1; i <= n; i++) {
        const struct job *job = job_at(s, b->running + i);
        struct plain_job plain = {.each = job->each,
                                  .min = (size_t)job->min_pods,
                                  .max = (size_t)job->max_pods,
                                  .length_sec = book_length(job->limit_sec)};
        struct plain_place place = {0};

        if (plain_plan_find(p, &plain, SIZE_MAX, &place))
            plain_plan_take(p, &plain, &place);
        differ += !agrees(job, &place);
        plain_place_fini(&place);
    }
    us = MAX(cpu_us() - start_us, 1);
    printf(
        "  plainly: %8.0f jobs/s, the first %zu; planned elsewhere by the core: %zu\n",
        (double)n / (double)us * 1e6, n, differ);
    plain_plan_free(p);
    return differ;
}

/* ---- all of it ---- */

static bool run(struct bench *b, size_t pending, size_t classes)
{
    struct sched *s;
    size_t differ = 0;

    rng_seed(&b->rng, 1);
    b->running = 0;
    b->pending = pending;
    b->classes = classes;
    /* About 50 days of work for 10,000 jobs. */
    b->window_sec = (20 + (int64_t)pending / 160) * DAY_SEC;
    s = make_core(b);
    printf("plan: %d nodes, %zu running, %zu pending, %zu classes, window %lld days\n",
           NODES, b->running, pending, classes, (long long)(b->window_sec / DAY_SEC));
    if (plan_cold(b, s) && !b->cold_only) {
        if (pending <= 10000)
            differ = plan_plainly(b, s);
        plan_after_changes(b, s);
        plan_a_minute_later(b, s);
    }
    sched_free(s);
    malloc_trim(0);
    return differ == 0;
}

static int refuse(const char *what)
{
    fprintf(
        stderr,
        "bench_plan: %s\n"
        "usage: bench_plan [--pending N] [--classes 8|32] [--cold] [--flags TEXT]\n",
        what);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"pending", required_argument, NULL, 'p'},
                                            {"classes", required_argument, NULL, 'c'},
                                            {"flags", required_argument, NULL, 'f'},
                                            {"cold", no_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    static const size_t sizes[] = {1000, 10000, 100000}, classes[] = {8, 32};
    size_t pending = 0, class = 0;
    struct bench b = {0};
    bool agree = true;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'p')
            pending = strtoul(optarg, NULL, 10);
        else if (c == 'c')
            class = strtoul(optarg, NULL, 10);
        else if (c == 'o')
            b.cold_only = true;
        else if (c == 'f')
            printf("plan: built with %s\n", optarg);
        else
            return refuse("unknown option");
    }
    if (pending > 1000000 || (class != 0 && class != 8 && class != 32))
        return refuse("a size out of range");
    setvbuf(stdout, NULL, _IOLBF, 0);
    restable_init(&b.res);
    b.gpu = restable_intern(&b.res, "nvidia.com/gpu");
    for (size_t i = 0; i < ARRAY_LEN(sizes) && pending == 0; i++) {
        for (size_t k = 0; k < ARRAY_LEN(classes); k++)
            agree &=
                (class != 0 && class != classes[k]) || run(&b, sizes[i], classes[k]);
    }
    for (size_t k = 0; k < ARRAY_LEN(classes) && pending != 0; k++)
        agree &= (class != 0 && class != classes[k]) || run(&b, pending, classes[k]);
    return agree ? EXIT_SUCCESS : EXIT_FAILURE;
}

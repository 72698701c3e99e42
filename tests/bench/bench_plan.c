/*
 * bench_plan - what a plan of the whole queue costs, from nothing and after a change.
 *
 *     bench_plan [--pending N] [--classes N] [--cold] [--limits] [--flags TEXT]
 *
 * 5,000 full nodes of 8 GPUs, and a queue: half of the jobs on fractions of nodes, of
 * 15 minutes to 7 days, with 8 or 32 amounts that they ask for (tests/support/mix.h).
 *
 * Cold: all jobs are new; it is done three times, and of each piece of work between two
 * looks at the budget the shortest counts (tests/support/stepwatch.h). After a change:
 * a running job ended, a job arrived, or a node may not be used any more, or again; the
 * core is stepped a job at a time, and the time is taken when the last job has started
 * that the change lets start ("starts"), and at rest. A minute later: time has moved on
 * by one, and nothing else; in slices again. Beside it the plain planner
 * (tests/support/plain_plan.h) plans the first jobs of the same queue: it must find the
 * same places. Exactly: the whole queue once more, at exact break points in place of
 * slots (tests/support/plain_exact.h): how much later do jobs begin in slots, and end,
 * and what part of the GPUs' time is used until the last one begins? (Of 10,000 jobs
 * that takes a minute.) Times of changes and plain plans are processor time. Prints
 * figures, never fails on time; exit status 1: plans differ, 2: wrong use.
 *
 * With --limits the jobs are under limits, and nothing is planned plainly.
 */
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/sched.h"
#include "tests/support/gpu_cluster.h"
#include "tests/support/inflation.h"
#include "tests/support/mix.h"
#include "tests/support/plain_plan.h"
#include "tests/support/stepwatch.h"

#define NODES 5000
#define TAKES 3                /* of a cold plan */
#define CHANGES 200            /* of each kind, as many as there is time for */
#define CHANGES_MAX_US 3000000 /* in all of them; but of ends: */
#define ENDS_MIN 6             /* at least, the first of which makes room for tables */
#define PLAIN_JOBS 40
#define PLAIN_PENDING 10000 /* of a longer queue nothing is planned plainly */

struct bench {
    struct mix mix;
    bool cold_only, limited;
};

/* Of this process, so that other programs on the machine count for little. */
static int64_t cpu_us(void)
{
    return (int64_t)((double)clock() * 1e6 / CLOCKS_PER_SEC);
}

/* ---- cold ---- */

static double memory_mb(void)
{
    struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd) / (1 << 20);
}

static size_t count_planned(const struct bench *b, const struct sched *s,
                            int64_t *ret_latest_sec)
{
    size_t n = 0;

    *ret_latest_sec = MIX_NOW_SEC;
    for (size_t i = 1; i <= b->mix.pending; i++) {
        const struct job *job = mix_job_at(s, b->mix.running + i);

        if (job->phase != JOB_PENDING || job->plan.start_sec == TIME_UNSET)
            continue;
        n++;
        if (job->plan.start_sec != PLAN_FAR)
            *ret_latest_sec = MAX(*ret_latest_sec, job->plan.start_sec);
    }
    return n;
}

/* Equal plans, equal sum: what only makes them faster does not change it. */
static uint64_t sum_of_plans(const struct bench *b, const struct sched *s)
{
    uint64_t sum = HASH_NOTHING;

    for (size_t i = 1; i <= b->mix.pending; i++) {
        const struct job *job = mix_job_at(s, b->mix.running + i);
        const struct slot *slots = job->n_alloc > 0 ? job->alloc : job->plan.slots;
        size_t n = job->n_alloc > 0 ? job->n_alloc : job->plan.n_slots;

        sum = hash_bytes(sum, &job->plan.start_sec, sizeof(job->plan.start_sec));
        for (size_t k = 0; k < n; k++)
            sum = hash_bytes(sum, slots[k].node, strlen(slots[k].node));
    }
    return sum;
}

static void print_cold(const struct bench *b, const struct sched *s,
                       struct stepwatch_times t)
{
    int64_t latest_sec;
    size_t planned = count_planned(b, s, &latest_sec);
    size_t started = sched_count(s, JOB_STARTING);

    printf(
        "  cold:    %8.0f jobs/s, %zu planned in %.2f s, longest step %.1f ms, piece "
        "%.1f, %.0f MB\n"
        "           %zu started, last start on day %.1f, sum of plans %016llx\n",
        (double)(planned + started) / t.all * 1e3, planned, t.all / 1e3, t.step, t.over,
        memory_mb(), started, (double)(latest_sec - MIX_NOW_SEC) / MIX_DAY_SEC,
        (unsigned long long)sum_of_plans(b, s));
}

/* The core of the last take. */
static struct sched *plan_cold(struct bench *b, size_t pending, size_t classes)
{
    struct stepwatch watch = {0};
    struct stepwatch_times times;
    struct sched *s = NULL;

    for (int i = 0; i < TAKES; i++) {
        if (s != NULL)
            sched_free(s);
        mix_init(&b->mix, NODES, pending, classes);
        b->mix.limited = b->limited;
        s = mix_core(&b->mix);
        stepwatch_take(&watch);
        stepwatch_to_rest(&watch, s, MIX_NOW_SEC);
    }
    times = stepwatch_since(&watch, 0);
    stepwatch_free(&watch);
    printf("plan: %d nodes, %zu running, %zu pending, %zu classes, window %lld days\n",
           NODES, b->mix.running, pending, classes,
           (long long)(b->mix.window_sec / MIX_DAY_SEC));
    print_cold(b, s, times);
    return s;
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

        progress = sched_step(s, MIX_NOW_SEC, budget, &decisions);
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
        number = 1 + rng_below(&b->mix.rng, b->mix.running);
    while (mix_job_at(s, number) == NULL);
    AUTO_FREE char *uid = xasprintf("job-%zu", number);
    start_us = cpu_us();
    gpu_cluster_tell(s, CHANGE_JOB_GONE, uid);
    follow(s, t, (double)(cpu_us() - start_us));
}

static void add_one(struct bench *b, struct sched *s, struct tally *t)
{
    struct job *job = mix_draw_job(&b->mix, b->mix.running + b->mix.pending + t->n + 1);
    int64_t start_us = cpu_us();

    gpu_cluster_tell(s, CHANGE_JOB, job);
    follow(s, t, (double)(cpu_us() - start_us));
}

static void turn_node(struct bench *b, struct sched *s, size_t i, bool on,
                      struct tally *t)
{
    struct node *node = mix_node(&b->mix, i);
    int64_t start_us;

    node->unschedulable = !on;
    start_us = cpu_us();
    gpu_cluster_tell(s, CHANGE_NODE, node);
    follow(s, t, (double)(cpu_us() - start_us));
}

/* A node is cordoned, and then it is not. */
static void turn_one(struct bench *b, struct sched *s, struct tally *t)
{
    size_t i = (size_t)rng_below(&b->mix.rng, NODES);

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

/* Once, as the core is another one after it. */
static void plan_a_minute_later(struct sched *s)
{
    struct stepwatch watch = {0};
    struct stepwatch_times t;

    stepwatch_take(&watch);
    stepwatch_to_rest(&watch, s, MIX_NOW_SEC + 60);
    t = stepwatch_since(&watch, 0);
    stepwatch_free(&watch);
    printf("  minute:  %8.1f ms until rest, longest step %.1f ms, piece %.1f\n", t.all,
           t.step, t.over);
}

/* ---- the plain planner ---- */

static struct plain_plan *plain_cluster(const struct bench *b, const struct sched *s)
{
    struct plain_plan *p = plain_plan_new(MIX_NOW_SEC, b->mix.window_sec, NODES);

    for (size_t i = 0; i < NODES; i++) {
        struct node *node = mix_node(&b->mix, i);

        plain_plan_set_node(p, i, &node->capacity);
        node_free(node);
    }
    for (size_t i = 1; i <= b->mix.running + b->mix.pending; i++) {
        const struct job *job = mix_job_at(s, i);

        plain_plan_ask(p, &job->each, (size_t)job->min_pods, 1);
        for (size_t k = 0; i <= b->mix.running && k < job->n_alloc; k++)
            plain_plan_hold(
                p, mix_position(job->alloc[k].node),
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
    int64_t start = job->n_alloc > 0 ? MIX_NOW_SEC : job->plan.start_sec;

    if (start != place->start_sec || n != place->n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (mix_position(slots[i].node) != place->nodes[i])
            return false;
    }
    return true;
}

/* Of the first jobs of the queue. Returns how many have another place in the core. */
static size_t plan_plainly(const struct bench *b, const struct sched *s)
{
    struct plain_plan *p = plain_cluster(b, s);
    size_t n = MIN(b->mix.pending, PLAIN_JOBS), differ = 0;
    int64_t start_us = cpu_us(), us;

    for (size_t i = 1; i <= n; i++) {
        const struct job *job = mix_job_at(s, b->mix.running + i);
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

/* ---- at exact break points ---- */

static double days(double sec)
{
    return sec / MIX_DAY_SEC;
}

static void print_inflation(const struct inflation *found)
{
    const struct plan_sums *slots = &found->slots, *exact = &found->exact;

    printf("           in slots %zu begin later, %zu earlier; mean wait %.4f times as "
           "long (%.3f for %.3f days),\n"
           "           makespan %.4f (%.2f for %.2f days), use of GPUs until the last "
           "start %.4f (%.2f for %.2f %%)\n",
           found->later, found->earlier, slots->wait_sec / exact->wait_sec,
           days(slots->wait_sec), days(exact->wait_sec),
           (double)slots->makespan_sec / (double)exact->makespan_sec,
           days((double)slots->makespan_sec), days((double)exact->makespan_sec),
           slots->used / exact->used, 100 * slots->used, 100 * exact->used);
}

/* False: some job has no start. */
static bool plan_exactly(const struct bench *b, const struct sched *s)
{
    int64_t start_us = cpu_us(), us;
    struct inflation found;
    bool ok = inflation_find(&b->mix, s, &found);

    us = MAX(cpu_us() - start_us, 1);
    printf("  exactly: %8.0f jobs/s, all %zu at exact break points%s\n",
           (double)b->mix.pending / (double)us * 1e6, b->mix.pending,
           ok ? "" : "; SOME HAVE NO START");
    if (ok)
        print_inflation(&found);
    return ok;
}

/* ---- all of it ---- */

static bool run(struct bench *b, size_t pending, size_t classes)
{
    struct sched *s = plan_cold(b, pending, classes);
    size_t differ = 0;

    if (!b->cold_only) {
        if (pending <= PLAIN_PENDING && !b->limited)
            differ = plan_plainly(b, s) + !plan_exactly(b, s);
        plan_after_changes(b, s);
        plan_a_minute_later(s);
    }
    sched_free(s);
    malloc_trim(0);
    return differ == 0;
}

static int refuse(const char *what)
{
    fprintf(stderr,
            "bench_plan: %s\n"
            "usage: bench_plan [--pending N] [--classes 8|32] [--cold] [--limits] "
            "[--flags TEXT]\n",
            what);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"pending", required_argument, NULL, 'p'},
                                            {"classes", required_argument, NULL, 'c'},
                                            {"flags", required_argument, NULL, 'f'},
                                            {"cold", no_argument, NULL, 'o'},
                                            {"limits", no_argument, NULL, 'l'},
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
        else if (c == 'l')
            b.limited = true;
        else if (c == 'f')
            printf("plan: built with %s\n", optarg);
        else
            return refuse("unknown option");
    }
    if (pending > 1000000 || (class != 0 && class != 8 && class != 32))
        return refuse("a size out of range");
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < ARRAY_LEN(sizes) && pending == 0; i++) {
        for (size_t k = 0; k < ARRAY_LEN(classes); k++)
            agree &=
                (class != 0 && class != classes[k]) || run(&b, sizes[i], classes[k]);
    }
    for (size_t k = 0; k < ARRAY_LEN(classes) && pending != 0; k++)
        agree &= (class != 0 && class != classes[k]) || run(&b, pending, classes[k]);
    return agree ? EXIT_SUCCESS : EXIT_FAILURE;
}

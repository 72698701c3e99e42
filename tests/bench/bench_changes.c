/*
 * bench_changes - the longest step after each kind of change, and how long it takes
 * until all is planned again.
 *
 * 5,000 nodes of 8 GPUs that 6,000 jobs fill, and 10,000 that wait (or as many as are
 * said: bench_changes 100000), of 1,000 accounts in three QOS, every tenth of them an
 * array of 20 tasks; all are promised a start. With limits those of users and accounts
 * are bounded, wide enough that most is planned all the same. Each change is made to
 * the same core, one after the other, with a step of the same second before it and
 * steps of 9 ms after it until there is nothing left to do. What is applied is told
 * apart. All is done three times, and of each piece of work between two looks at the
 * budget the shortest counts (tests/support/stepwatch.h): with the longest step, and
 * the longest piece that was not announced, by which one may be longer than 9 ms.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/joined.h"
#include "base/rng.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "tests/support/gpu_cluster.h"
#include "tests/support/stepwatch.h"

#define NODES 5000
#define RUNNING 6000
#define PENDING 10000
#define ACCOUNTS 1000
#define USERS 4 /* of each account */
#define QOS 3
#define CORDONED 1000
#define FOREIGN 20 /* small pods of others, on each node */
#define TAKES 3
#define NOW_SEC INT64_C(1700000040)

struct bench {
    struct rng rng;
    struct restable res;
    int gpu, n_pending;
    bool limits;
    struct sched *s;
    struct stepwatch *watch;
    int64_t now_sec, most;
    int next_job;
};

static int draw(struct bench *b, int bound)
{
    return (int)rng_below(&b->rng, (uint64_t)bound);
}

/* ---- the cluster ---- */

static void put_node(struct bench *b, int number, bool ready, bool cordoned)
{
    struct node *node = gpu_cluster_node((size_t)number, b->gpu);

    node->ready = ready;
    node->unschedulable = cordoned;
    gpu_cluster_tell(b->s, CHANGE_NODE, node);
}

static void put_foreign(struct bench *b, int number)
{
    struct foreign_pod *pod = foreign_pod_new();

    pod->uid = xasprintf("pod-%d", number);
    pod->node = xasprintf("n%d", number % NODES);
    pod->use.v[RES_PODS] = 1;
    gpu_cluster_tell(b->s, CHANGE_FOREIGN_POD, pod);
}

static void put_partition(struct bench *b, int64_t max_nodes)
{
    struct partition *part = gpu_cluster_partition();

    part->max_nodes = max_nodes;
    gpu_cluster_tell(b->s, CHANGE_PARTITION, part);
}

static void put_account(struct bench *b, int number, int64_t shares)
{
    struct account *a = gpu_cluster_account(number, USERS);

    a->shares = shares;
    if (b->limits)
        limits_set(&a->limits, LIMIT_GRP_JOBS, TRES_NONE, NULL, 40);
    gpu_cluster_tell(b->s, CHANGE_ACCOUNT, a);
}

/* Each time another limit, where there are any, and another priority. */
static void put_qos(struct bench *b, int number)
{
    struct qos *qos = qos_new();

    qos->name = xasprintf("qos-%d", number);
    qos->priority = number * 100 + ++b->most % 7;
    if (b->limits)
        limits_set(&qos->limits, LIMIT_MAX_SUBMIT_JOBS_PER_USER, TRES_NONE, NULL,
                   1000000 + b->most);
    gpu_cluster_tell(b->s, CHANGE_QOS, qos);
}

/* ---- its jobs ---- */

static struct job *make_job(struct bench *b)
{
    struct job *job = job_new();
    int number = b->next_job, account = draw(b, ACCOUNTS), size = draw(b, 8);

    b->next_job += 40; /* ids of its tasks */
    job->uid = xasprintf("job-%d", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->job_id = number;
    job->account = xasprintf("account-%d", account);
    job->user = xasprintf("user-%d-%d", account, draw(b, USERS));
    job->qos = xasprintf("qos-%d", draw(b, QOS));
    job->submit_sec = NOW_SEC - 1000000 + number;
    job->one_per_node = true;
    job->min_pods = job->max_pods =
        size < 4 ? 1 : INT64_C(1) << (size - 4 + draw(b, 3));
    job->each.v[RES_PODS] = 1;
    job->each.v[b->gpu] = size < 4 ? INT64_C(1) << size : 8;
    job->each.v[RES_CPU] = 4000 * job->each.v[b->gpu];
    job->each.v[RES_MEM] = (INT64_C(16) << 30) * job->each.v[b->gpu];
    job->limit_sec = 900 * (1 + draw(b, 4 * 24 * 7));
    return job;
}

static void add_running(struct bench *b, int node)
{
    struct job *job = make_job(b);

    job->min_pods = job->max_pods = 1;
    job->each.v[b->gpu] = node < NODES / 5 ? 4 : 8;
    gpu_cluster_run(job, (size_t)node, 1,
                    NOW_SEC - draw(b, (int)MIN(job->limit_sec, 3600)));
    gpu_cluster_tell(b->s, CHANGE_JOB, job);
}

static void add_pending(struct bench *b, int64_t tasks)
{
    struct job *job = make_job(b);

    if (tasks > 0) {
        job->min_pods = job->max_pods = 1;
        for (int64_t i = 0; i < tasks; i++)
            taskset_add(&job_array(job)->left, i);
    }
    gpu_cluster_tell(b->s, CHANGE_JOB, job);
}

static void begin(struct bench *b)
{
    struct sched_config config = sched_config_default();

    rng_seed(&b->rng, 1);
    b->now_sec = NOW_SEC;
    b->next_job = 1;
    b->gpu = gpu_cluster_resources(&b->res);
    b->s = gpu_cluster_core(&config, &b->res);
    for (int i = 0; i < ACCOUNTS; i++)
        put_account(b, i, 1);
    for (int i = 0; i < QOS; i++)
        put_qos(b, i);
    for (int i = 0; i < NODES; i++)
        put_node(b, i, true, false);
    for (int i = 0; i < FOREIGN * NODES; i++)
        put_foreign(b, i);
    for (int i = 0; i < RUNNING; i++)
        add_running(b, i % NODES);
    for (int i = 0; i < b->n_pending; i++)
        add_pending(b, i % 10 == 0 ? 20 : 0);
}

/* ---- the changes ---- */

static void nothing(struct bench *b)
{
    (void)b;
}

static void lose_node(struct bench *b)
{
    put_node(b, 17, false, false);
}

static void find_node(struct bench *b)
{
    put_node(b, 17, true, false);
}

static void cordon(struct bench *b)
{
    for (int i = 0; i < CORDONED; i++)
        put_node(b, 3 * i, true, true);
}

static void uncordon(struct bench *b)
{
    for (int i = 0; i < CORDONED; i++)
        put_node(b, 3 * i, true, false);
}

static void reserve(struct bench *b, int64_t cpu_milli)
{
    struct reservation *resv = reservation_new();

    resv->name = xstrdup("weekend");
    resv->start_sec = b->now_sec + 86400;
    resv->end_sec = resv->start_sec + 2 * 86400;
    resv->node_count = 500;
    resv->want.v[RES_CPU] = cpu_milli;
    resv->ignore_jobs = true;
    gpu_cluster_tell(b->s, CHANGE_RESERVATION, resv);
}

static void reserve_nodes(struct bench *b)
{
    reserve(b, 0);
}

static void reserve_cores(struct bench *b)
{
    reserve(b, 500 * 2000);
}

static void unreserve(struct bench *b)
{
    sched_apply(b->s,
                &(struct change){.kind = CHANGE_RESERVATION_GONE, .u.key = "weekend"});
}

static void change_qos(struct bench *b)
{
    put_qos(b, 1);
}

static void change_partition(struct bench *b)
{
    put_partition(b, 200);
}

static void change_account(struct bench *b)
{
    put_account(b, 7, 5);
}

static void add_array(struct bench *b)
{
    add_pending(b, 1000);
}

static void add_job(struct bench *b)
{
    add_pending(b, 0);
}

/* Every second one that waits. */
static void cancel(struct bench *b)
{
    for (int i = RUNNING; i < RUNNING + b->n_pending; i += 2) {
        AUTO_FREE char *uid = xasprintf("job-%d", 1 + 40 * i);

        sched_apply(b->s, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = uid});
    }
}

/* Every tenth that runs. */
static void end_many(struct bench *b)
{
    for (int i = 0; i < RUNNING; i += 10) {
        AUTO_FREE char *uid = xasprintf("job-%d", 1 + 40 * i);

        sched_apply(b->s, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = uid});
    }
}

static void pass_minute(struct bench *b)
{
    b->now_sec += 60;
}

static const struct {
    const char *name;
    void (*change)(struct bench *);
} rows[] = {
    {"all planned from nothing", nothing},
    {"the next minute", pass_minute},
    {"a node is lost", lose_node},
    {"it is back", find_node},
    {"1,000 nodes cordoned", cordon},
    {"they are back", uncordon},
    {"a reservation of 500 nodes", reserve_nodes},
    {"it is gone", unreserve},
    {"one of two cores of each", reserve_cores},
    {"it is gone", unreserve},
    {"a QOS changes", change_qos},
    {"an account's shares change", change_account},
    {"a partition allows 200 nodes", change_partition},
    {"a job comes", add_job},
    {"an array of 1,000 comes", add_array},
    {"600 jobs end", end_many},
    {"half of all that wait are gone", cancel},
};

/* ---- what is measured ---- */

static void show(const char *name, struct stepwatch_times t, double told_ms)
{
    printf("  %-30s longest step %5.1f ms, piece %4.1f; %8.1f in all, %5zu steps; told "
           "in %.1f\n",
           name, t.step, t.over, t.all, t.n_steps, told_ms);
    fflush(stdout);
}

/* Told of as the last take comes by. */
static void take(struct bench *b, double told_ms[])
{
    stepwatch_take(b->watch);
    begin(b);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t start_ns = stepwatch_now_ns();
        size_t from = b->watch->at;

        rows[i].change(b);
        told_ms[i] = MIN(told_ms[i], (double)(stepwatch_now_ns() - start_ns) / 1e6);
        stepwatch_to_rest(b->watch, b->s, b->now_sec);
        if (b->watch->take == TAKES)
            show(rows[i].name, stepwatch_since(b->watch, from), told_ms[i]);
    }
    sched_free(b->s);
}

static void measure(int n_pending, bool limits)
{
    struct stepwatch watch = {0};
    double told_ms[ARRAY_LEN(rows)];

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        told_ms[i] = INFINITY;
    printf("changes: %d nodes, %d jobs wait%s\n", NODES, n_pending,
           limits ? ", under limits" : "");
    for (int i = 0; i < TAKES; i++)
        take(&(struct bench){.n_pending = n_pending, .limits = limits, .watch = &watch},
             told_ms);
    stepwatch_free(&watch);
}

int main(int argc, char **argv)
{
    int n_pending = argc > 1 ? atoi(argv[1]) : PENDING;

    free_joined(); /* as the controller */
    measure(n_pending, false);
    measure(n_pending, true);
    return 0;
}

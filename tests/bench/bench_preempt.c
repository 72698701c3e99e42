/*
 * What it costs that jobs may preempt: 10,000 of a high QOS come to nodes which 5,000
 * jobs of a low one fill, some of them several nodes, some a part of one. Processor
 * time until everybody who is to end has been told so, and the longest step; then of
 * the next minute, in which nobody has ended yet.
 *
 *   by QOS            the high one lists the low one
 *   only by priority  likewise, but all those that run have the higher priority
 *   in vain           on each node something runs that may not be preempted
 *   side by side      one gang of 600 nodes, which are to be neighbours, comes alone
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "tests/support/gpu_cluster.h"
#include "tests/support/stepwatch.h"

#define NODES_MAX 8000
#define RUNNING 5000
#define PENDING 10000
#define GANG_NODES 600
#define NOW_SEC 10000000
#define TAKES 3

struct bench {
    struct rng rng;
    struct restable res;
    struct sched *s;
    int gpu;
    size_t nodes, jobs; /* so far */
    bool older;         /* those that run, than those that wait */
    bool shielded;      /* what runs on each node beside them may not be preempted */
    bool gang;          /* one alone comes, for nodes side by side */
    struct stepwatch *watch;
};

static int64_t draw(struct bench *b, int64_t bound)
{
    return (int64_t)rng_below(&b->rng, (uint64_t)bound);
}

/* ---- the cluster and its jobs ---- */

static struct job *make_job(struct bench *b, const char *qos, int64_t nodes,
                            int64_t gpus)
{
    struct job *job = job_new();

    job->job_id = (int64_t)++b->jobs;
    job->uid = xasprintf("job-%zu", b->jobs);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->user = xasprintf("user-%d", (int)draw(b, 100));
    job->qos = xstrdup(qos);
    job->one_per_node = true;
    job->min_pods = job->max_pods = nodes;
    job->each.v[RES_PODS] = 1;
    job->each.v[RES_CPU] = 4000 * gpus;
    job->each.v[RES_MEM] = INT64_C(16) << 30;
    job->each.v[b->gpu] = gpus;
    job->limit_sec = 900 * (1 + draw(b, 4 * 24 * 7));
    job->submit_sec = NOW_SEC - 3600;
    return job;
}

/* On nodes from that one on. */
static void add_running(struct bench *b, const char *qos, size_t from, int64_t nodes,
                        int64_t gpus)
{
    struct job *job = make_job(b, qos, nodes, gpus);

    gpu_cluster_run(job, from, (size_t)nodes,
                    NOW_SEC - draw(b, MIN(job->limit_sec, 3600)));
    if (b->older)
        job->submit_sec -= 30 * 86400;
    gpu_cluster_tell(b->s, CHANGE_JOB, job);
}

/* Jobs that share a node, or one of several. */
static void add_full_nodes(struct bench *b)
{
    int64_t kind = draw(b, 4), nodes = kind == 0 ? 2 + draw(b, 3) : 1;
    int64_t gpus = kind == 1 ? INT64_C(1) << draw(b, 3) : NODE_GPUS;
    int64_t shield = b->shielded ? 1 : 0;
    size_t from = b->nodes;

    for (int64_t i = 0; i < nodes; i++)
        gpu_cluster_tell(b->s, CHANGE_NODE, gpu_cluster_node(b->nodes++, b->gpu));
    for (int64_t i = 0; i < nodes * shield; i++)
        add_running(b, "shield", from + (size_t)i, 1, 1);
    if (gpus == NODE_GPUS)
        gpus -= shield;
    for (int64_t left = NODE_GPUS - shield; left >= gpus; left -= gpus)
        add_running(b, "low", from, nodes, gpus);
}

static void add_qos(struct bench *b, const char *name, int64_t priority,
                    const char *preempts)
{
    struct qos *qos = qos_new();

    qos->name = xstrdup(name);
    qos->priority = priority;
    if (preempts != NULL) {
        qos->preempt = xcalloc(1, sizeof(*qos->preempt));
        qos->preempt[qos->n_preempt++] = xstrdup(preempts);
    }
    gpu_cluster_tell(b->s, CHANGE_QOS, qos);
}

static void add_rules(struct bench *b)
{
    add_qos(b, "low", 0, NULL);
    add_qos(b, "high", 0, "low");
    add_qos(b, "shield", 0, NULL);
}

static void fill(struct bench *b)
{
    while (b->jobs < RUNNING && b->nodes < NODES_MAX)
        add_full_nodes(b);
    if (b->gang) {
        struct job *job = make_job(b, "high", GANG_NODES, NODE_GPUS);

        job->contiguous = true;
        gpu_cluster_tell(b->s, CHANGE_JOB, job);
        return;
    }
    for (int i = 0; i < PENDING; i++) {
        int64_t kind = draw(b, 4), nodes = kind == 0 ? 2 + draw(b, 3) : 1;

        gpu_cluster_tell(
            b->s, CHANGE_JOB,
            make_job(b, "high", nodes,
                     kind == 1 && !b->shielded ? INT64_C(1) << draw(b, 3) : NODE_GPUS));
    }
}

static void begin(struct bench *b, int64_t mode)
{
    struct sched_config config = sched_config_default();

    rng_seed(&b->rng, 1);
    config.preempt_type = PREEMPT_BY_QOS;
    config.preempt_mode = mode;
    b->gpu = gpu_cluster_resources(&b->res);
    b->s = gpu_cluster_core(&config, &b->res);
    add_rules(b);
    fill(b);
}

/* ---- what is measured ---- */

static const struct kind {
    const char *name;
    int64_t mode;
    bool older, shielded, gang;
} kinds[] = {
    {.name = "by QOS", .mode = PREEMPT_REQUEUE},
    {"only by priority", PREEMPT_REQUEUE | PREEMPT_PRIORITY, .older = true},
    {"in vain", PREEMPT_REQUEUE, .shielded = true},
    {"side by side", PREEMPT_REQUEUE, .gang = true},
    {"these in vain", PREEMPT_REQUEUE, .shielded = true, .gang = true},
};

struct found {
    struct stepwatch_times times;
    size_t victims;
};

static struct found run_to_rest(struct bench *b, int64_t now_sec)
{
    struct found f = {0};
    size_t from = b->watch->at;
    enum sched_progress progress;
    struct decisions decisions;

    do {
        progress = stepwatch_step(b->watch, b->s, now_sec, &decisions);
        for (size_t i = 0; i < decisions.n; i++)
            f.victims += decisions.items[i].kind == DECIDE_PREEMPT;
    } while (progress == SCHED_MORE);
    f.times = stepwatch_since(b->watch, from);
    return f;
}

static void show(const char *what, size_t nodes, const struct found *f)
{
    printf(
        "  %-17s %5zu nodes %8.0f ms, %5zu steps, the longest %4.1f ms, piece %4.1f; "
        "%zu end\n",
        what, nodes, f->times.all, f->times.n_steps, f->times.step, f->times.over,
        f->victims);
    fflush(stdout);
}

static void measure(const struct kind *kind)
{
    struct stepwatch watch = {0};

    for (int i = 0; i < TAKES; i++) {
        struct bench b = {.older = kind->older,
                          .shielded = kind->shielded,
                          .gang = kind->gang,
                          .watch = &watch};
        struct found now, next;

        stepwatch_take(&watch);
        begin(&b, kind->mode);
        now = run_to_rest(&b, NOW_SEC);
        next = run_to_rest(&b, NOW_SEC + 60);
        if (watch.take == TAKES) {
            show(kind->name, b.nodes, &now);
            show("the next minute", b.nodes, &next);
        }
        sched_free(b.s);
    }
    stepwatch_free(&watch);
}

int main(void)
{
    printf("preemption: %d jobs that may preempt, about %d that run\n", PENDING,
           RUNNING);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        measure(&kinds[i]);
    return 0;
}

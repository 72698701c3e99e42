#include "tests/support/mix.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/gpu_cluster.h"

#define LIMIT_MIN_SEC 900
#define LIMIT_MAX_SEC (7 * MIX_DAY_SEC)
#define GANGS 8 /* of 1, 2, 4 ... nodes */
static_assert(1 << (GANGS - 1) == MIX_GANG_MAX, "the largest of them");

#define USERS 100
#define ACCOUNTS 10
#define USER_JOBS 400
#define USER_GPUS (INT64_C(2) * MIX_GANG_MAX * NODE_GPUS)
#define ACCOUNT_GPUS (6 * USER_GPUS)

void mix_init(struct mix *m, size_t nodes, size_t pending, size_t classes)
{
    *m = (struct mix){.nodes = nodes, .pending = pending, .classes = classes};
    /* About 50 days of work for 10,000 jobs of 5,000 nodes. */
    m->window_sec = (20 + (int64_t)(pending * 5000 / nodes) / 160) * MIX_DAY_SEC;
    rng_seed(&m->rng, 1);
    m->gpu = gpu_cluster_resources(&m->res);
}

size_t mix_position(const char *node)
{
    return strtoul(node + 1, NULL, 10);
}

static struct resvec class_of(const struct mix *m, size_t class)
{
    static const int64_t fractions[] = {1, 2, 4, 2};
    size_t half = m->classes / 2, i = class % half;
    int64_t gpus = class < half ? fractions[i % ARRAY_LEN(fractions)] : NODE_GPUS;
    struct resvec each = {{0}};

    each.v[RES_PODS] = 1;
    each.v[m->gpu] = gpus;
    each.v[RES_CPU] = gpus * (8000 - 250 * (int64_t)i);
    each.v[RES_MEM] = (gpus * (64 - (int64_t)i)) << 30;
    return each;
}

static int64_t draw_limit(struct mix *m)
{
    double part = (double)rng_below(&m->rng, 1 << 20) / (1 << 20);

    return (int64_t)(LIMIT_MIN_SEC *
                     exp(part * log((double)LIMIT_MAX_SEC / LIMIT_MIN_SEC)));
}

static struct job *job_of(struct mix *m, size_t number, size_t class, int64_t nodes)
{
    struct job *job = job_new();

    job->uid = xasprintf("job-%zu", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->user = m->limited ? xasprintf("u%zu", number % USERS) : xstrdup("ann");
    if (m->limited)
        job->account = xasprintf("a%zu", number % USERS % ACCOUNTS);
    job->job_id = (int64_t)number;
    job->submit_sec = MIX_NOW_SEC - 1000000 + (int64_t)number;
    job->one_per_node = true;
    job->min_pods = job->max_pods = nodes;
    job->each = class_of(m, class);
    job->limit_sec = draw_limit(m);
    return job;
}

struct job *mix_draw_job(struct mix *m, size_t number)
{
    size_t class = rng_below(&m->rng, m->classes);
    int64_t nodes =
        class < m->classes / 2 ? 1 : INT64_C(1) << rng_below(&m->rng, GANGS);

    return job_of(m, number, class, nodes);
}

/* ---- the cluster ---- */

struct node *mix_node(const struct mix *m, size_t position)
{
    return gpu_cluster_node(position, m->gpu);
}

/* A job that runs on `nodes` nodes from `first` on, some part of its time. */
static void add_running(struct mix *m, struct sched *s, size_t class, size_t first,
                        size_t nodes)
{
    struct job *job = job_of(m, ++m->running, class, (int64_t)nodes);

    gpu_cluster_run(job, first, nodes,
                    MIX_NOW_SEC -
                        (int64_t)rng_below(&m->rng, (uint64_t)job->limit_sec));
    gpu_cluster_tell(s, CHANGE_JOB, job);
}

/* One node in four is shared; the others lie in gangs of up to 16. No GPU is idle. */
static void fill_nodes(struct mix *m, struct sched *s)
{
    size_t half = m->classes / 2;

    for (size_t at = 0; at < m->nodes;) {
        size_t class = rng_below(&m->rng, half), n = 1;

        if (rng_below(&m->rng, 3) > 0) {
            for (int64_t used = 0; used < NODE_GPUS;
                 used += class_of(m, class).v[m->gpu])
                add_running(m, s, class, at, 1);
        } else {
            n = MIN(m->nodes - at, (size_t)1 << rng_below(&m->rng, 5));
            add_running(m, s, half + class, at, n);
        }
        at += n;
    }
}

static struct account *make_account(size_t number)
{
    struct account *account = account_new();

    account->name = xasprintf("a%zu", number);
    limits_set(&account->limits, LIMIT_GRP_TRES, TRES_GPU, NULL, ACCOUNT_GPUS);
    for (size_t i = number; i < USERS; i += ACCOUNTS) {
        AUTO_FREE char *user = xasprintf("u%zu", i);

        account_add(account, user, NULL, NULL);
    }
    account_sort(account);
    return account;
}

static void add_limits(struct sched *s)
{
    struct qos *qos = qos_new();

    qos->name = xstrdup("normal");
    limits_set(&qos->limits, LIMIT_MAX_JOBS_PER_USER, TRES_NONE, NULL, USER_JOBS);
    limits_set(&qos->limits, LIMIT_MAX_TRES_PER_USER, TRES_GPU, NULL, USER_GPUS);
    gpu_cluster_tell(s, CHANGE_QOS, qos);
    for (size_t i = 0; i < ACCOUNTS; i++)
        gpu_cluster_tell(s, CHANGE_ACCOUNT, make_account(i));
}

struct sched *mix_core(struct mix *m)
{
    struct sched_config config = sched_config_default();
    struct sched *s;

    config.window_sec = m->window_sec;
    config.reservation_depth = config.max_job_test = INT64_MAX;
    s = gpu_cluster_core(&config, &m->res);
    if (m->limited)
        add_limits(s);
    for (size_t i = 0; i < m->nodes; i++)
        gpu_cluster_tell(s, CHANGE_NODE, mix_node(m, i));
    fill_nodes(m, s);
    for (size_t i = 1; i <= m->pending; i++)
        gpu_cluster_tell(s, CHANGE_JOB, mix_draw_job(m, m->running + i));
    return s;
}

const struct job *mix_job_at(const struct sched *s, size_t number)
{
    AUTO_FREE char *uid = xasprintf("job-%zu", number);

    return sched_job(s, uid);
}

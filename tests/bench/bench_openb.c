/*
 * bench_openb - how full the core packs a real cluster, beside three plain policies.
 *
 * The openb cluster (1,213 nodes, 6,212 GPUs of seven types) gets the pods of a
 * workload in a random order, until they have asked for as many GPUs as there are; who
 * does not fit is left out, nobody leaves. GPU shares count as whole GPUs. Printed for
 * each workload, over so many seeds: the part of the GPUs that is allocated, and how
 * many of the free ones are stranded: on nodes on which no pod of the workload that
 * asks for a GPU would fit any more.
 *
 * The core is asked in one step, with all pods waiting in that order. The others are
 * loops over nodes: random takes any that fits, first-fit the first, best-fit the one
 * with the least left of all three resources, as parts of the largest node's.
 *
 *   bench_openb [--traces DIR] [--seeds N]
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/rng.h"
#include "base/util.h"
#include "cmd/gantry-sim/ledger.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/rows.h"
#include "scheduler/sched.h"

struct options {
    const char *traces;
    int64_t seeds;
    bool help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"traces", 0, OPT_STRING, NULL, AT(traces), "DIR",
     "where openb_*.csv.gz lie (../shared/traces)", 0, 0},
    {"seeds", 0, OPT_INT, NULL, AT(seeds), "N", "orders of each workload (10)", 1,
     1000},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {0},
};

/* As published for the same cluster with GPU sharing, averaged over ten seeds: best-fit
 * and a policy that minds fragmentation, GPU allocation in percent. */
static const struct {
    const char *name;
    double best_fit, fgd;
} workloads[] = {{"default", 92.86, 95.23},
                 {"gpuspec33", 80.39, 87.84},
                 {"multigpu50", 95.62, 97.09}};

enum policy { CORE, RANDOM, FIRST_FIT, BEST_FIT, POLICIES };
static const char *const policy_names[POLICIES] = {"core", "random", "first-fit",
                                                   "best-fit"};

struct pods {
    struct work *items;
    size_t n, cap;
};

struct bench {
    struct options options;
    struct pool pool;
    struct pods pods;
    size_t *order; /* of the pods, for this seed */
    size_t n;      /* of them, until all GPUs are asked for */
    struct rng rng;
};

/* What came of one order. */
struct outcome {
    struct resvec *free; /* of each node */
    int64_t allocated;   /* GPUs */
};

/* ---- the pods ---- */

/* The columns that count; times do not. */
static int read_pod(const char *const *names, char *const *fields, size_t n,
                    struct work *pod, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        int rc = 0;
        if (strcmp(names[i], "num_gpu") == 0)
            rc = row_number(fields[i], 1, &pod->gpus, err);
        else if (strcmp(names[i], "cpu_milli") == 0)
            rc = row_number(fields[i], 1, &pod->cpu_milli, err);
        else if (strcmp(names[i], "memory_mib") == 0)
            rc = row_number(fields[i], INT64_C(1) << 20, &pod->mem_bytes, err);
        else if (strcmp(names[i], "gpu_spec") == 0 && *fields[i])
            pod->gpu_types = xstrdup(fields[i]);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int read_pods(struct pods *pods, struct lines *lines, struct err *err)
{
    char *line, *names[ROW_FIELDS_MAX], *fields[ROW_FIELDS_MAX];
    int rc = lines_next(lines, &line, err);
    AUTO_FREE char *header = rc == 1 ? xstrdup(line) : xstrdup("");
    size_t n, got;
    if (row_cells(header, names, &n, err) < 0)
        return -1;
    while (rc == 1 && (rc = lines_next(lines, &line, err)) == 1) {
        struct work pod = work_new();
        pod.row = lines_number(lines);
        if (row_cells(line, fields, &got, err) < 0)
            return err_prefix(err, "line %zu", pod.row);
        if (got != n)
            return err_set(err, ERR_INVALID, "line %zu is cut", pod.row);
        if (read_pod((const char *const *)names, fields, n, &pod, err) < 0)
            return err_prefix(err, "line %zu", pod.row);
        GROW(pods->items, pods->n, pods->cap);
        pods->items[pods->n++] = pod;
    }
    return rc;
}

static void pods_fini(struct pods *pods)
{
    for (size_t i = 0; i < pods->n; i++)
        free(pods->items[i].gpu_types);
    free(pods->items);
    *pods = (struct pods){0};
}

/* ---- orders ---- */

static void shuffle(struct bench *b, uint64_t seed)
{
    int64_t asked = 0;
    rng_seed(&b->rng, seed);
    for (size_t i = 0; i < b->pods.n; i++)
        b->order[i] = i;
    for (size_t i = b->pods.n; i > 1; i--) {
        size_t k = rng_below(&b->rng, i), other = b->order[i - 1];
        b->order[i - 1] = b->order[k];
        b->order[k] = other;
    }
    const int64_t gpus = b->pool.total.v[b->pool.resources.gpu];
    for (b->n = 0; b->n < b->pods.n && asked < gpus; b->n++)
        asked += b->pods.items[b->order[b->n]].gpus;
}

static struct resvec need_of(const struct bench *b, const struct work *pod)
{
    struct resvec need = {0};
    need.v[RES_CPU] = pod->cpu_milli;
    need.v[RES_MEM] = pod->mem_bytes;
    need.v[b->pool.resources.gpu] = pod->gpus;
    need.v[RES_PODS] = 1;
    return need;
}

/* "V100M16|T4" has the node's type, or the pod takes any. */
static bool type_suits(const struct work *pod, const struct node *node)
{
    const char *types = pod->gpu_types;
    if (!types || pod->gpus == 0)
        return true;
    for (size_t len; *types; types += len + (types[len] == '|')) {
        len = strcspn(types, "|");
        if (node->gpu_type && strlen(node->gpu_type) == len &&
            strncmp(node->gpu_type, types, len) == 0)
            return true;
    }
    return false;
}

static bool fits(const struct bench *b, const struct outcome *o, const struct work *pod,
                 size_t node)
{
    struct resvec need = need_of(b, pod);
    return type_suits(pod, b->pool.nodes[node]) && resvec_fits(&need, &o->free[node]);
}

static void take(const struct bench *b, struct outcome *o, const struct work *pod,
                 size_t node)
{
    struct resvec need = need_of(b, pod);
    resvec_sub(&o->free[node], &need);
    o->allocated += pod->gpus;
}

/* ---- plain policies ---- */

/* What is left on the node, as parts of the largest; smaller is better. */
static double left_of(const struct bench *b, const struct outcome *o, size_t node)
{
    const int counted[] = {RES_CPU, RES_MEM, b->pool.resources.gpu};
    double left = 0;
    for (size_t i = 0; i < ARRAY_LEN(counted); i++)
        left +=
            (double)o->free[node].v[counted[i]] / (double)b->pool.largest.v[counted[i]];
    return left;
}

/* The node that a plain policy takes; the pool's n: none fits. */
static size_t choose(struct bench *b, const struct outcome *o, enum policy policy,
                     const struct work *pod)
{
    size_t best = b->pool.n;
    double best_left = INFINITY;
    uint64_t n_fit = 0;
    for (size_t i = 0; i < b->pool.n; i++) {
        if (!fits(b, o, pod, i))
            continue;
        if (policy == FIRST_FIT)
            return i;
        if (policy == RANDOM && rng_below(&b->rng, ++n_fit) == 0)
            best = i;
        if (policy == BEST_FIT && left_of(b, o, i) < best_left) {
            best = i;
            best_left = left_of(b, o, i);
        }
    }
    return best;
}

static void run_plain(struct bench *b, enum policy policy, struct outcome *o)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct work *pod = &b->pods.items[b->order[i]];
        size_t node = choose(b, o, policy, pod);
        if (node < b->pool.n)
            take(b, o, pod, node);
    }
}

/* ---- the core ---- */

static struct sched *core_new(const struct bench *b)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    pool_tell(&b->pool, s, 0);
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = pool_job(&b->pool, &b->pods.items[b->order[i]], i);
        sched_apply(s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
    }
    return s;
}

static void run_core(struct bench *b, struct outcome *o)
{
    struct sched *s = core_new(b);
    struct ledger *names = ledger_new(&b->pool);
    struct decisions ds;
    enum sched_progress progress;
    do {
        progress = sched_step(s, 0, (struct sched_budget){0}, &ds);
        for (size_t i = 0; i < ds.n; i++) {
            const struct decision *d = &ds.items[i];
            if (d->kind != DECIDE_START)
                continue;
            size_t pod = b->order[strtoul(d->job_uid, NULL, 10)];
            int64_t node = ledger_find(names, d->slots[0].node);
            if (node < 0 || !fits(b, o, &b->pods.items[pod], (size_t)node))
                abort(); /* the core gave out what is not there */
            take(b, o, &b->pods.items[pod], (size_t)node);
        }
    } while (progress == SCHED_MORE);
    ledger_free(names);
    sched_free(s);
}

/* ---- figures ---- */

/* Free GPUs of nodes that no pod with GPUs fits any more. */
static int64_t stranded(const struct bench *b, const struct outcome *o)
{
    int64_t sum = 0;
    for (size_t i = 0; i < b->pool.n; i++) {
        bool useful = false;
        for (size_t k = 0; k < b->pods.n && !useful; k++)
            useful = b->pods.items[k].gpus > 0 && fits(b, o, &b->pods.items[k], i);
        sum += useful ? 0 : o->free[i].v[b->pool.resources.gpu];
    }
    return sum;
}

struct sums {
    double allocated, stranded, least, most; /* parts of 1 */
};

static void run_policy(struct bench *b, enum policy policy, struct sums *sums)
{
    const double gpus = (double)b->pool.total.v[b->pool.resources.gpu];
    struct outcome o = {.free = xcalloc(b->pool.n, sizeof(*o.free))};
    for (size_t i = 0; i < b->pool.n; i++)
        o.free[i] = b->pool.nodes[i]->capacity;
    if (policy == CORE)
        run_core(b, &o);
    else
        run_plain(b, policy, &o);
    double part = (double)o.allocated / gpus;
    sums->allocated += part;
    sums->least = MIN(sums->least, part);
    sums->most = MAX(sums->most, part);
    sums->stranded += (double)stranded(b, &o) / gpus;
    free(o.free);
}

static int run_workload(struct bench *b, size_t which, struct err *err)
{
    const double seeds = (double)b->options.seeds;
    struct sums sums[POLICIES];
    AUTO_FREE char *path =
        xasprintf("%s/openb_pods_%s.csv.gz", b->options.traces, workloads[which].name);
    struct lines *lines = lines_open(path, err);
    if (!lines)
        return -1;
    int rc = read_pods(&b->pods, lines, err);
    lines_close(lines);
    if (rc < 0)
        return err_prefix(err, "%s", path);
    for (size_t p = 0; p < POLICIES; p++)
        sums[p] = (struct sums){.least = 1};
    b->order = xcalloc(b->pods.n + 1, sizeof(*b->order));
    for (int64_t seed = 1; seed <= b->options.seeds; seed++) {
        shuffle(b, (uint64_t)seed);
        for (size_t p = 0; p < POLICIES; p++)
            run_policy(b, (enum policy)p, &sums[p]);
    }
    printf("%s: %zu pods; published, with GPU sharing: best-fit %.2f %%, FGD %.2f %%\n",
           workloads[which].name, b->pods.n, workloads[which].best_fit,
           workloads[which].fgd);
    for (size_t p = 0; p < POLICIES; p++)
        printf("  %-10s allocated %6.2f %% (%.2f to %.2f), stranded %5.2f %%\n",
               policy_names[p], 100 * sums[p].allocated / seeds, 100 * sums[p].least,
               100 * sums[p].most, 100 * sums[p].stranded / seeds);
    fflush(stdout);
    free(b->order);
    pods_fini(&b->pods);
    return 0;
}

static int run(struct bench *b, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/openb_nodes.csv.gz", b->options.traces);
    if (access(path, R_OK) != 0) {
        printf("openb is skipped: %s is not there; --traces names its folder\n", path);
        return 0;
    }
    if (pool_read(&b->pool, path, err) < 0)
        return -1;
    printf("openb: %zu nodes, %" PRId64 " GPUs, asked for once, %" PRId64 " seeds\n",
           b->pool.n, b->pool.total.v[b->pool.resources.gpu], b->options.seeds);
    for (size_t i = 0; i < ARRAY_LEN(workloads); i++)
        if (run_workload(b, i, err) < 0)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    struct bench b = {.options = {.traces = "../shared/traces", .seeds = 10}};
    struct err err = ERR_INIT;
    int rc = opt_parse(table, argc, argv, &b.options, &err);
    if (b.options.help) {
        opt_help(table, "bench_openb [OPTION...]",
                 "How full the core packs a real cluster, beside plain policies.",
                 stdout);
        return EXIT_SUCCESS;
    }
    pool_init(&b.pool);
    if (rc >= 0)
        rc = run(&b, &err);
    pool_fini(&b.pool);
    if (rc < 0)
        fprintf(stderr, "bench_openb: %s\n", err.msg);
    return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

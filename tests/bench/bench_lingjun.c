/*
 * bench_lingjun - under how many leaf switches gangs of a real workload lie, on a real
 * topology.
 *
 * The cluster is lingjun (847 hosts under 48 leaf switches, ASW, of three layers), 8
 * GPUs each; the workload itp2021, whose submissions come faster by as much as the
 * cluster is larger than one of 160 nodes. Printed for gangs of so many nodes, with
 * topologyPlugin flat and tree: the mean number of leaves that they had, against the
 * fewest on which so many nodes are, and how many of them had no more than that. Fails
 * when the tree has more than flat; never on time.
 *
 *   bench_lingjun [--traces DIR] [--every N]
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/figures.h"
#include "cmd/gantry-sim/lines.h"
#include "cmd/gantry-sim/rows.h"
#include "crds/settings.h"

#define GPUS 8
#define BUSY_NODES 160 /* that the workload keeps busy */
#define SIZES 16       /* of gangs: up to twice, four times, ... as many nodes */

struct options {
    const char *traces;
    int64_t every;
    bool help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"traces", 0, OPT_STRING, NULL, AT(traces), "DIR",
     "where lingjun_topo.csv.gz and itp2021.csv.gz lie (../shared/traces)", 0, 0},
    {"every", 0, OPT_INT, NULL, AT(every), "N",
     "one job in N only, on as much less time (1)", 1, 10000},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {0},
};

/* Layers from the top down: columns of the file, and keys of labels. */
static const char *const layers[] = {"DSW", "PSW", "ASW"};

#define FLAT "topologyPlugin: flat"
#define TREE "{topologyPlugin: tree, topologyLabels: 'DSW,PSW,ASW'}"

struct bench {
    struct options options;
    struct workload load;
    struct pool pool;
    size_t *leaf;       /* of each node of the pool: number of its leaf */
    int64_t *leaf_size; /* nodes, the largest first */
    size_t n_leaves;
};

/* Of gangs of a size. */
struct row {
    int64_t gangs, leaves, fewest, at_fewest;
};

/* ---- the cluster ---- */

static int add_host(struct bench *b, char *line, const size_t *columns, size_t n,
                    struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    size_t got;
    if (row_cells(line, fields, &got, err) < 0)
        return -1;
    if (got != n)
        return err_set(err, ERR_INVALID, "not as many fields as columns");
    struct node *node = node_new();
    node->name = xasprintf("n%zu", b->pool.n + 1);
    node->capacity.v[b->pool.resources.gpu] = GPUS;
    for (size_t i = 0; i < ARRAY_LEN(layers); i++)
        labels_add(&node->labels, &node->n_labels, layers[i], fields[columns[i]]);
    pool_take(&b->pool, node);
    return 0;
}

static int find_columns(char *header, size_t *ret_columns, size_t *ret_n,
                        struct err *err)
{
    char *fields[ROW_FIELDS_MAX];
    if (row_cells(header, fields, ret_n, err) < 0)
        return -1;
    if (*ret_n > ROW_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "more than %d columns", ROW_FIELDS_MAX);
    for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
        size_t k = 0;
        while (k < *ret_n && strcmp(fields[k], layers[i]) != 0)
            k++;
        if (k == *ret_n)
            return err_set(err, ERR_INVALID, "there is no column %s", layers[i]);
        ret_columns[i] = k;
    }
    return 0;
}

static int read_hosts(struct bench *b, const char *path, struct err *err)
{
    size_t columns[ARRAY_LEN(layers)] = {0}, n = 0;
    struct lines *l = lines_open(path, err);
    char *line;
    int rc = l ? lines_next(l, &line, err) : -1;
    if (rc > 0)
        rc = find_columns(line, columns, &n, err) < 0 ? -1 : 1;
    while (rc > 0 && (rc = lines_next(l, &line, err)) > 0)
        if (add_host(b, line, columns, n, err) < 0)
            rc = -1;
    lines_close(l);
    return rc;
}

static int size_compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return *a > *b ? -1 : *a < *b;
}

static const char *leaf_name(const struct node *node)
{
    return labels_find(node->labels, node->n_labels, layers[ARRAY_LEN(layers) - 1]);
}

static void number_leaves(struct bench *b)
{
    b->leaf = xcalloc(b->pool.n + 1, sizeof(*b->leaf));
    b->leaf_size = xcalloc(b->pool.n + 1, sizeof(*b->leaf_size));
    for (size_t i = 0; i < b->pool.n; i++) {
        size_t k = 0;
        while (k < i &&
               strcmp(leaf_name(b->pool.nodes[k]), leaf_name(b->pool.nodes[i])) != 0)
            k++;
        b->leaf[i] = k < i ? b->leaf[k] : b->n_leaves++;
        b->leaf_size[b->leaf[i]]++;
    }
    qsort(b->leaf_size, b->n_leaves, sizeof(*b->leaf_size), size_compare);
}

/* ---- the workload ---- */

/* One job in so many, and faster: what is left keeps the cluster as busy. */
static void hurry(struct bench *b)
{
    size_t n = 0;
    int64_t every = b->options.every;
    for (size_t i = 0; i < b->load.n; i++) {
        struct work work = b->load.jobs[i];
        if (i % (size_t)every != 0) {
            free(work.gpu_types);
            continue;
        }
        work.submit_sec = work.submit_sec * BUSY_NODES / (int64_t)b->pool.n / every;
        b->load.jobs[n++] = work;
    }
    b->load.n = n;
}

/* ---- figures ---- */

static int64_t fewest_leaves(const struct bench *b, int64_t nodes)
{
    int64_t held = 0;
    size_t n = 0;
    while (n < b->n_leaves && held < nodes)
        held += b->leaf_size[n++];
    return (int64_t)n;
}

static int64_t leaves_of(const struct bench *b, const struct tale *tale)
{
    AUTO_FREE bool *seen = xcalloc(b->n_leaves + 1, sizeof(*seen));
    int64_t n = 0;
    for (size_t i = 0; i < tale->n_shares; i++) {
        size_t leaf = b->leaf[tale->shares[i].node];
        n += !seen[leaf];
        seen[leaf] = true;
    }
    return n;
}

static size_t size_class(size_t nodes)
{
    size_t k = 0;
    while ((size_t)2 << k < nodes && k < SIZES - 1)
        k++;
    return k;
}

static void print_rows(const struct row *rows)
{
    for (size_t k = 0; k < SIZES; k++) {
        const struct row *row = &rows[k];
        if (row->gangs == 0)
            continue;
        printf("    up to %2zu nodes %6" PRId64 " gangs: %5.2f leaves, %5.2f possible;"
               " %5.1f %% on the fewest\n",
               (size_t)2 << k, row->gangs, (double)row->leaves / (double)row->gangs,
               (double)row->fewest / (double)row->gangs,
               100.0 * (double)row->at_fewest / (double)row->gangs);
    }
}

/* Leaves over the fewest possible, of all gangs together. */
static double count_leaves(const struct bench *b, const struct history *h)
{
    struct row rows[SIZES] = {{0}};
    int64_t over = 0, gangs = 0;
    for (size_t i = 0; i < h->n; i++) {
        const struct tale *tale = &h->tales[i];
        if (tale->n_shares < 2)
            continue;
        struct row *row = &rows[size_class(tale->n_shares)];
        int64_t leaves = leaves_of(b, tale);
        int64_t fewest = fewest_leaves(b, (int64_t)tale->n_shares);
        row->gangs++;
        row->leaves += leaves;
        row->fewest += fewest;
        row->at_fewest += leaves == fewest;
        over += leaves - fewest;
        gangs++;
    }
    print_rows(rows);
    return gangs > 0 ? (double)over / (double)gangs : 0;
}

static int run_plugin(struct bench *b, const char *name, const char *text,
                      double *ret_over, struct err *err)
{
    struct settings settings;
    struct history h;
    struct figures f;
    const struct replay in = {
        .pool = &b->pool, .load = &b->load, .config = &settings.sched};
    settings_default(&settings);
    if (settings_parse(&settings, text, strlen(text), name, err) < 0)
        return -1;
    if (engine_run(&in, &h, err) < 0) {
        history_fini(&h);
        return -1;
    }
    figures_make(&f, &b->pool, &b->load, &h);
    printf("  topology/%s: wait %.0f s (p99 %.0f), %.1f %% used until the last "
           "submission, %" PRId64 " promises broken\n",
           name, f.wait_mean, f.wait_p99, 100 * f.utilisation_arrivals, f.broken);
    *ret_over = count_leaves(b, &h);
    printf("    leaves over the fewest possible: %.3f a gang\n", *ret_over);
    fflush(stdout);
    figures_fini(&f);
    history_fini(&h);
    return 0;
}

/* ---- all of it ---- */

static void complain(void *arg, size_t row, const char *what)
{
    (void)arg;
    printf("row %zu is left out: %s\n", row, what);
}

static int run(struct bench *b, bool *ret_worse, struct err *err)
{
    AUTO_FREE char *hosts = xasprintf("%s/lingjun_topo.csv.gz", b->options.traces);
    AUTO_FREE char *jobs = xasprintf("%s/itp2021.csv.gz", b->options.traces);
    double flat = 0, tree = 0;
    if (access(hosts, R_OK) != 0 || access(jobs, R_OK) != 0) {
        printf("lingjun is skipped: %s or %s is not there; --traces names their "
               "folder\n",
               hosts, jobs);
        return 0;
    }
    if (read_hosts(b, hosts, err) < 0)
        return err_prefix(err, "%s", hosts);
    const struct workload_file file = {.path = jobs, .complain = complain};
    if (workload_read(&b->load, &file, err) < 0)
        return -1;
    number_leaves(b);
    hurry(b);
    printf("lingjun: %zu hosts under %zu leaf switches; %zu jobs of itp2021\n",
           b->pool.n, b->n_leaves, b->load.n);
    if (run_plugin(b, "flat", FLAT, &flat, err) < 0 ||
        run_plugin(b, "tree", TREE, &tree, err) < 0)
        return -1;
    *ret_worse = tree > flat;
    return 0;
}

int main(int argc, char **argv)
{
    struct bench b = {.options = {.traces = "../shared/traces", .every = 1}};
    struct err err = ERR_INIT;
    bool worse = false;
    int rc = opt_parse(table, argc, argv, &b.options, &err);
    if (b.options.help) {
        opt_help(table, "bench_lingjun [OPTION...]",
                 "Leaf switches of gangs, with and without the topology.", stdout);
        return EXIT_SUCCESS;
    }
    pool_init(&b.pool);
    if (rc >= 0)
        rc = run(&b, &worse, &err);
    workload_fini(&b.load);
    pool_fini(&b.pool);
    free(b.leaf);
    free(b.leaf_size);
    if (rc < 0)
        fprintf(stderr, "bench_lingjun: %s\n", err.msg);
    else if (worse)
        fprintf(stderr, "bench_lingjun: more leaves with the topology than without\n");
    return rc < 0 || worse ? EXIT_FAILURE : EXIT_SUCCESS;
}

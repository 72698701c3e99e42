/*
 * bench_traces - the core on a recorded workload, beside EASY in the same run.
 *
 * itp2021 (61 days, 69,351 jobs) on 160 and 176 nodes of 8 GPUs, limits as derived
 * there; first come, first served, but for the last policy, which is shipped as an
 * example. EASY is written for clarity in tests/support/easy.c, once as it is and once
 * with gaps offered to the shortest limit first. Prints figures, mean and longest wait
 * also against EASY's, and how far off the starts were that had been told; fails when a
 * promise was broken that nothing excuses, or the waits are longer than they are to be
 * beside a reference's; never on time.
 *
 *   bench_traces [--traces DIR] [--nodes N] [--only WORD]
 */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/figures.h"
#include "crds/settings.h"
#include "tests/support/easy.h"

#define GPUS "8"

struct options {
    const char *traces, *only;
    int64_t nodes;
    bool help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"traces", 0, OPT_STRING, NULL, AT(traces), "DIR",
     "where itp2021.csv.gz lies (../shared/traces)", 0, 0},
    {"nodes", 0, OPT_INT, NULL, AT(nodes), "N", "that many only (160, then 176)", 1,
     100000},
    {"only", 0, OPT_STRING, NULL, AT(only), "WORD",
     "those policies only whose name has it", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {0},
};

#define ALL "reservationDepth: 1000000, bfMaxJobTest: 1000000"

/* So much of that of a reference, a row, and of EASY's longest; all 0: no aim. */
struct aim {
    size_t beside;
    double mean, p99, longest;
};
#define NO_AIM     \
    {              \
        0, 0, 0, 0 \
    }
#define BESIDE_EASY   \
    {                 \
        0, 0.75, 1, 0 \
    }
#define BESIDE_SHORTEST \
    {                   \
        1, 0.5, 1, 1.25 \
    }

/* A reference, or settings for the core: a text, or a file of them. */
static const struct policy_row {
    const char *name;
    const char *settings, *file; /* both NULL: a reference */
    enum easy_order order;
    double mean[2], p99[2]; /* orientation: on 160 and 176 nodes; 0: none */
    struct aim aim;
} policies[] = {
    {"EASY (plain)", NULL, NULL, EASY_FIRST_COME, {8395, 1825}, {71373, 30032}, NO_AIM},
    {"EASY head, shortest first (plain)",
     NULL,
     NULL,
     EASY_SHORTEST,
     {6675, 1598},
     {74429, 23782},
     NO_AIM},
    {"core, one promise, gaps by queue",
     "schedulerParameters: {reservationDepth: 1,"
     " backfillOrder: queue}",
     NULL,
     0,
     {8017, 1785},
     {72353, 27571},
     NO_AIM},
    {"core, every job promised, by queue",
     "schedulerParameters: {" ALL ", backfillOrder: queue}",
     NULL,
     0,
     {8346, 1839},
     {68410, 24497},
     NO_AIM},
    {"core, every job promised, by area",
     "schedulerParameters: {" ALL ", backfillOrder: area}",
     NULL,
     0,
     {5707, 1385},
     {68144, 20390},
     BESIDE_EASY},
    {"core, defaults", "", NULL, 0, {0, 0}, {0, 0}, BESIDE_EASY},
    {"core, policies/short-jobs.yaml",
     NULL,
     "manifests/policies/short-jobs.yaml",
     0,
     {2761, 783},
     {60121, 17990},
     BESIDE_SHORTEST},
};
#define REFERENCES 2 /* the first ones */

struct bench {
    struct options options;
    struct workload load;
    struct {
        double mean, p99, longest; /* of the size at work; 0: not run */
    } references[REFERENCES];
    bool broken, missed;
};

static void complain(void *arg, size_t row, const char *what)
{
    (void)arg;
    printf("row %zu is left out: %s\n", row, what);
}

static double cpu_sec(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6;
}

static bool is_reference(const struct policy_row *row)
{
    return !row->settings && !row->file;
}

static int read_settings(const struct policy_row *row, struct settings *s,
                         struct err *err)
{
    settings_default(s);
    if (row->file)
        return settings_load(s, row->file, err);
    return settings_parse(s, row->settings, strlen(row->settings), row->name, err);
}

static int replay(const struct bench *b, const struct policy_row *row,
                  const struct pool *pool, struct history *h, struct err *err)
{
    struct settings settings;
    if (is_reference(row)) {
        easy_run(pool, &b->load, row->order, h);
        return 0;
    }
    if (read_settings(row, &settings, err) < 0) {
        history_init(h, 0);
        return -1;
    }
    const struct replay in = {
        .pool = pool, .load = &b->load, .config = &settings.sched};
    return engine_run(&in, h, err);
}

static void print_orientation(const struct policy_row *row, size_t size,
                              const struct figures *f)
{
    if (size > 1 || row->mean[size] == 0)
        return;
    printf("  %-34s %8.0f %8.0f            (mean %+.1f %%, p99 %+.1f %%)\n",
           "  orientation", row->mean[size], row->p99[size],
           100 * (f->wait_mean / row->mean[size] - 1),
           100 * (f->wait_p99 / row->p99[size] - 1));
}

static void print_forecasts(const struct figures *f)
{
    static const char *const words[HORIZONS] = {"under 1 h", "1 h to 6 h", "6 h to 1 d",
                                                "1 d to 7 d", "7 d and more"};
    if (f->forecasts.n == 0)
        return;
    printf("      first start told, by how far ahead; the real one was later by (s)\n");
    printf("      %-14s %7s", "", "jobs");
    for (size_t k = 0; k < OFFS; k++)
        printf("     p%-3zu", off_percent[k]);
    printf("\n");
    for (size_t i = 0; i < HORIZONS; i++) {
        if (f->ahead[i].n == 0)
            continue;
        printf("      %-14s %7" PRId64, words[i], f->ahead[i].n);
        for (size_t k = 0; k < OFFS; k++)
            printf(" %8" PRId64, f->ahead[i].off[k]);
        printf("\n");
    }
}

static bool is_missed(double is, double of, double most)
{
    return most > 0 && is > most * of;
}

/* If the references were run. */
static void check_aim(struct bench *b, const struct aim *aim, const struct figures *f)
{
    const double mean = b->references[aim->beside].mean;
    const double p99 = b->references[aim->beside].p99;
    const double longest = b->references[0].longest;

    if (aim->mean == 0 || mean == 0 || longest == 0)
        return;
    printf("      aim: mean %.2f of %s (at most %.2f), p99 %.2f (%.2f)",
           f->wait_mean / mean, policies[aim->beside].name, aim->mean,
           f->wait_p99 / p99, aim->p99);
    if (aim->longest > 0)
        printf(", longest %.2f of EASY (%.2f)", f->wait_max / longest, aim->longest);
    const bool missed = is_missed(f->wait_mean, mean, aim->mean) ||
                        is_missed(f->wait_p99, p99, aim->p99) ||
                        is_missed(f->wait_max, longest, aim->longest);
    printf("%s\n", missed ? ": missed" : "");
    b->missed |= missed;
}

static void print_figures(const struct bench *b, const struct policy_row *row,
                          const struct figures *f, double spent)
{
    const double mean = b->references[0].mean, longest = b->references[0].longest;

    printf("  %-34s %8.0f %8.0f %8.0f", row->name, f->wait_mean, f->wait_p99,
           f->wait_max);
    if (mean > 0)
        printf("  %5.2f %5.2f", f->wait_mean / mean, f->wait_max / longest);
    else
        printf("  %5s %5s", "-", "-");
    printf("  %5.1f %% %7" PRId64 " %6" PRId64 " %8.1f\n",
           100 * f->utilisation_arrivals, f->promised, f->broken, spent);
}

static int run_policy(struct bench *b, const struct policy_row *row,
                      const struct pool *pool, size_t size, struct err *err)
{
    struct history h;
    struct figures f;
    const double before = cpu_sec();
    if (replay(b, row, pool, &h, err) < 0) {
        history_fini(&h);
        return -1;
    }
    const double spent = cpu_sec() - before;
    figures_make(&f, pool, &b->load, &h);
    if (is_reference(row)) {
        b->references[row - policies].mean = f.wait_mean;
        b->references[row - policies].p99 = f.wait_p99;
        b->references[row - policies].longest = f.wait_max;
    }
    print_figures(b, row, &f, spent);
    print_orientation(row, size, &f);
    if (size < 2)
        check_aim(b, &row->aim, &f);
    if (!is_reference(row))
        print_forecasts(&f);
    fflush(stdout);
    b->broken |= f.broken > 0;
    figures_fini(&f);
    history_fini(&h);
    return 0;
}

/* `size` is the column of the orientation; 2: there is none. */
static int run_size(struct bench *b, int64_t nodes, size_t size, struct err *err)
{
    AUTO_FREE char *count = xasprintf("%" PRId64, nodes);
    const struct groups groups = {count, GPUS, NULL, NULL};
    struct pool pool;
    int rc;
    pool_init(&pool);
    rc = pool_add(&pool, &groups, err);
    memset(b->references, 0, sizeof(b->references));
    printf("%" PRId64 " nodes of " GPUS " GPUs, waits in seconds\n", nodes);
    printf("  %-34s %8s %8s %8s  %11s  %7s %7s %6s %8s\n", "policy", "mean", "p99",
           "longest", "/EASY: m, l", "used", "promise", "broken", "CPU s");
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(policies); i++)
        if (!b->options.only || strstr(policies[i].name, b->options.only))
            rc = run_policy(b, &policies[i], &pool, size, err);
    pool_fini(&pool);
    return rc;
}

static int run(struct bench *b, struct err *err)
{
    static const int64_t sizes[] = {160, 176};
    AUTO_FREE char *path = xasprintf("%s/itp2021.csv.gz", b->options.traces);
    int rc = 0;
    if (access(path, R_OK) != 0) {
        printf("itp2021 is skipped: %s is not there; --traces names its folder\n",
               path);
        return 0;
    }
    const struct workload_file file = {.path = path, .complain = complain};
    if (workload_read(&b->load, &file, err) < 0)
        return -1;
    printf("itp2021: %zu jobs\n", b->load.n);
    if (b->options.nodes > 0) {
        const int64_t n = b->options.nodes;
        return run_size(b, n, n == sizes[0] ? 0 : n == sizes[1] ? 1 : 2, err);
    }
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(sizes); i++)
        rc = run_size(b, sizes[i], i, err);
    return rc;
}

int main(int argc, char **argv)
{
    struct bench b = {.options = {.traces = "../shared/traces"}};
    struct err err = ERR_INIT;
    int rc = opt_parse(table, argc, argv, &b.options, &err);
    if (b.options.help) {
        opt_help(table, "bench_traces [OPTION...]",
                 "The core on recorded workloads, beside references.", stdout);
        return EXIT_SUCCESS;
    }
    if (rc >= 0)
        rc = run(&b, &err);
    workload_fini(&b.load);
    if (rc < 0)
        fprintf(stderr, "bench_traces: %s\n", err.msg);
    else if (b.broken)
        fprintf(stderr, "bench_traces: promises were broken\n");
    else if (b.missed)
        fprintf(stderr, "bench_traces: some waits are longer than is the aim\n");
    return rc < 0 || b.broken || b.missed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* gantry-sim - options, files in, figures out. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/explain.h"
#include "cmd/gantry-sim/figures.h"
#include "cmd/gantry-sim/outages.h"
#include "cmd/gantry-sim/report.h"
#include "cmd/gantry-sim/svg.h"
#include "cmd/gantry-sim/wiring.h"
#include "crds/settings.h"

#define COMPLAINTS_MAX 10
#define RUNS_MAX 8
#define SVG_BYTES_MAX (256u << 20)

enum { EXIT_FAILED = 1, EXIT_USE = 2 };

static const struct opt_exit exits[] = {
    {0, "replayed (with broken rows or without), or help was asked for"},
    {EXIT_FAILED, "failed while running: a file cannot be written, or the core erred"},
    {EXIT_USE, "wrong use: an option, or a file that one names"},
    {0, NULL},
};

struct options {
    const char *workload, *cluster, *topology, *outages, *snapshot, *config;
    struct groups groups;
    const char *svg;
    bool compare, json, help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"workload", 'w', OPT_STRING, NULL, AT(workload), "FILE",
     "jobs to replay: CSV or Standard Workload Format, plain or gzip", 0, 0},
    {"nodes", 'N', OPT_STRING, NULL, AT(groups.nodes), "N[,N...]",
     "how many nodes the cluster has; of several groups, a list", 0, 0},
    {"gpus", 0, OPT_STRING, NULL, AT(groups.gpus), "[TYPE:]N[,...]",
     "GPUs of each node; an item for each group, or one for all", 0, 0},
    {"cpus", 0, OPT_STRING, NULL, AT(groups.cpus), "N[,...]",
     "CPUs of each node (none)", 0, 0},
    {"memory", 0, OPT_STRING, NULL, AT(groups.memory), "SIZE[,...]",
     "memory of each node, such as 1Ti (none)", 0, 0},
    {"cluster", 0, OPT_STRING, NULL, AT(cluster), "FILE",
     "in place of these: nodes as CSV, or Kubernetes' objects (*.yaml, *.json)", 0, 0},
    {"topology", 0, OPT_STRING, NULL, AT(topology), "FILE",
     "switches or blocks, in the form of topology.conf", 0, 0},
    {"outages", 0, OPT_STRING, NULL, AT(outages), "FILE",
     "nodes that are lost and come back, as CSV: time_s,node,state (down, up)", 0, 0},
    {"snapshot", 0, OPT_STRING, NULL, AT(snapshot), "FILE",
     "what a controller saved at SIGUSR1: print what it decides", 0, 0},
    {"config", 'c', OPT_STRING, "GANTRY_CONFIG", AT(config), "FILE",
     "settings, gantry.yaml", 0, 0},
    {"compare", 0, OPT_FLAG, NULL, AT(compare), NULL,
     "replay with each of the settings files that follow, side by side", 0, 0},
    {"svg", 0, OPT_STRING, NULL, AT(svg), "FILE",
     "draw nodes and queue over time (of one replay)", 0, 0},
    {"json", 0, OPT_FLAG, NULL, AT(json), NULL, "print JSON", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {0},
};

struct program {
    struct options options;
    struct pool pool;
    struct workload load;
    struct outages outages;
    size_t n_complaints;
    struct settings settings[RUNS_MAX];
    struct run runs[RUNS_MAX];
    size_t n;
};

static void print_help(void)
{
    opt_help(table,
             "gantry-sim [OPTION...] -w FILE {-N N | --cluster FILE} [--compare "
             "SETTINGS...]\n"
             "       gantry-sim --snapshot FILE [--config FILE] [--json]",
             "Replays a recorded workload through Gantry's scheduling core, in virtual "
             "time.\nExample: gantry-sim -w jobs.csv.gz -N 160 --gpus a100:8",
             stdout);
    workload_help(stdout);
    settings_help(stdout);
    opt_help_exits(exits, stdout);
}

/* ---- files in ---- */

static void complain(void *arg, size_t row, const char *what)
{
    struct program *p = arg;
    if (p->n_complaints++ < COMPLAINTS_MAX)
        fprintf(stderr, "gantry-sim: %s:%zu: left out: %s\n", p->options.workload, row,
                what);
}

static int read_workload(struct program *p, struct err *err)
{
    int rc = workload_read(&p->load, p->options.workload, complain, p, err);
    if (p->n_complaints > COMPLAINTS_MAX)
        fprintf(stderr, "gantry-sim: %s: %zu more rows are broken\n",
                p->options.workload, p->n_complaints - COMPLAINTS_MAX);
    return rc;
}

static int add_run(struct program *p, const char *config, struct err *err)
{
    if (p->n == RUNS_MAX)
        return err_set(err, ERR_INVALID, "--compare: at most %d settings", RUNS_MAX);
    settings_default(&p->settings[p->n]);
    if (config && settings_load(&p->settings[p->n], config, err) < 0)
        return -1;
    p->runs[p->n++].name = config ? config : "default";
    return 0;
}

static int read_settings(struct program *p, char **operands, struct err *err)
{
    if (!p->options.compare && *operands)
        return err_set(err, ERR_INVALID, "unexpected argument \"%s\"", *operands);
    if (!p->options.compare)
        return add_run(p, p->options.config, err);
    if (!*operands)
        return err_set(err, ERR_INVALID, "--compare: settings files are missing");
    for (; *operands; operands++)
        if (add_run(p, *operands, err) < 0)
            return -1;
    return 0;
}

static int read_pool(struct program *p, struct err *err)
{
    const char *path = p->options.cluster;
    if (!path)
        return pool_add(&p->pool, &p->options.groups, err);
    bool objects =
        str_ends(path, ".yaml") || str_ends(path, ".yml") || str_ends(path, ".json");
    int rc = objects ? pool_read_objects(&p->pool, path, &p->settings[0], err)
                     : pool_read(&p->pool, path, err);
    return rc < 0 ? -1 : pool_check_names(&p->pool, err);
}

/* With --compare each settings file says how the topology is used, if it is. */
static int read_topology(struct program *p, struct err *err)
{
    enum topology_kind kind;
    struct topology_labels labels;
    if (!p->options.topology)
        return 0;
    if (wiring_read(p->options.topology, &p->pool, &kind, &labels, err) < 0)
        return -1;
    for (size_t i = 0; i < p->n; i++) {
        p->settings[i].sched.topology_labels = labels;
        p->settings[i].sched.block_sizes = (struct block_sizes){0};
        if (!p->options.compare)
            p->settings[i].sched.topology_kind = kind;
    }
    return 0;
}

static int read_all(struct program *p, char **operands, struct err *err)
{
    const struct options *o = &p->options;
    if (!o->workload)
        return err_set(err, ERR_INVALID, "--workload is missing: what is to run?");
    if (!o->groups.nodes && !o->cluster)
        return err_set(err, ERR_INVALID, "--nodes is missing: on how many?");
    if (o->cluster &&
        (o->groups.nodes || o->groups.gpus || o->groups.cpus || o->groups.memory))
        return err_set(
            err, ERR_INVALID,
            "--cluster: has all nodes; not with --nodes, --gpus and the like");
    if (o->svg && o->compare)
        return err_set(err, ERR_INVALID, "--svg: one replay only, without --compare");
    if (read_settings(p, operands, err) < 0)
        return -1;
    if (read_pool(p, err) < 0 || read_topology(p, err) < 0)
        return -1;
    if (o->outages && outages_read(&p->outages, o->outages, &p->pool, err) < 0)
        return -1;
    return read_workload(p, err);
}

/* ---- printing ---- */

static void print_json(const struct json *all)
{
    AUTO_FREE char *text = json_text(all, NULL);
    puts(text);
}

/* Also of what was written before the last buffer. */
static int flush_output(struct err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    return err_set(err, ERR_IO, "standard output cannot be written");
}

/* ---- the replay ---- */

static void show_progress(void *arg, size_t ended, size_t waiting, int64_t now_sec)
{
    const struct program *p = arg;
    fprintf(stderr, "\r%3zu %%  day %" PRId64 ", %zu waiting \033[K",
            ended * 100 / p->load.n, (now_sec - p->load.jobs[0].submit_sec) / 86400,
            waiting);
}

/* Why jobs never started, by the first of them. */
static void say_never(const struct program *p, const struct history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        if (h->tales[i].fate != FATE_WAITS)
            continue;
        fprintf(stderr, "gantry-sim: %s:%zu: never started: %s\n", p->options.workload,
                p->load.jobs[i].row, reason_word(h->tales[i].reason));
        return;
    }
}

static int draw(const struct program *p, const struct history *h, struct err *err)
{
    STR_AUTO struct str picture;
    str_init(&picture, SVG_BYTES_MAX);
    svg_draw(&p->pool, &p->load, h, &picture);
    if (picture.overflow)
        return err_set(err, ERR_TOO_LARGE, "--svg: more than %u MiB",
                       SVG_BYTES_MAX >> 20);
    if (files_write(p->options.svg, picture.s, picture.len, 0644, err) < 0)
        return err_prefix(err, "--svg");
    return 0;
}

static int replay(struct program *p, size_t i, struct err *err)
{
    const bool terminal = isatty(STDERR_FILENO);
    const struct replay in = {.pool = &p->pool,
                              .load = &p->load,
                              .config = &p->settings[i].sched,
                              .outages = p->outages.items,
                              .n_outages = p->outages.n,
                              .progress = terminal ? show_progress : NULL,
                              .arg = p};
    struct history h;
    int rc = engine_run(&in, &h, err);
    if (terminal)
        fprintf(stderr, "\r\033[K");
    if (rc == 0) {
        say_never(p, &h);
        figures_make(&p->runs[i].figures, &p->pool, &p->load, &h);
        if (p->options.svg)
            rc = draw(p, &h, err);
    }
    history_fini(&h);
    return rc;
}

static void print(const struct program *p)
{
    if (p->options.json) {
        JSON_AUTO struct json *all = report_json(p->runs, p->n, &p->load);
        print_json(all);
        return;
    }
    printf("%zu rows: %zu jobs, %zu broken, %zu never ran; %zu nodes\n\n",
           p->load.n_rows, p->load.n, p->load.n_broken, p->load.n_idle, p->pool.n);
    report_text(p->runs, p->n, stdout);
}

static int run(struct program *p, struct err *err)
{
    for (size_t i = 0; i < p->n; i++)
        if (replay(p, i, err) < 0)
            return -1;
    print(p);
    return 0;
}

/* ---- a snapshot ---- */

static int run_snapshot(struct program *p, char **operands, struct err *err)
{
    const struct options *o = &p->options;
    if (o->workload || o->cluster || o->groups.nodes || o->topology || o->outages ||
        o->svg || o->compare)
        return err_set(err, ERR_INVALID,
                       "--snapshot: has jobs and nodes; only --config and --json go "
                       "with it");
    if (read_settings(p, operands, err) < 0)
        return -1;
    JSON_AUTO struct json *explained =
        explain(o->snapshot, o->config ? &p->settings[0].sched : NULL, err);
    if (!explained)
        return -1;
    if (o->json)
        print_json(explained);
    else
        explain_text(explained, stdout);
    return 0;
}

static void close_program(struct program *p)
{
    for (size_t i = 0; i < p->n; i++)
        figures_fini(&p->runs[i].figures);
    outages_fini(&p->outages);
    workload_fini(&p->load);
    pool_fini(&p->pool);
}

static int fail(int status, const struct err *err)
{
    fprintf(stderr, "gantry-sim: %s\n", err->msg);
    return status;
}

int main(int argc, char **argv)
{
    static struct program p;
    struct err err = ERR_INIT;
    int status = 0;
    int first =
        opt_parse_as(table, OPT_CUT | OPT_ANYWHERE, argc, argv, &p.options, &err);
    if (first < 0)
        return fail(EXIT_USE, &err);
    if (p.options.help) {
        print_help();
        return 0;
    }
    pool_init(&p.pool);
    if (p.options.snapshot)
        status = run_snapshot(&p, argv + first, &err) < 0 ? fail(EXIT_USE, &err) : 0;
    else if (read_all(&p, argv + first, &err) < 0)
        status = fail(EXIT_USE, &err);
    else if (run(&p, &err) < 0)
        status = fail(EXIT_FAILED, &err);
    if (status == 0 && flush_output(&err) < 0)
        status = fail(EXIT_FAILED, &err);
    close_program(&p);
    return status;
}

/* gantry-sim - options, files in, figures out. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/explain.h"
#include "cmd/gantry-sim/figures.h"
#include "cmd/gantry-sim/inputs.h"
#include "cmd/gantry-sim/outfile.h"
#include "cmd/gantry-sim/report.h"
#include "cmd/gantry-sim/svg.h"

#define JOB_TEXT_MAX 4096
#define SVG_BYTES_MAX (256u << 20)

enum { EXIT_FAILED = 1, EXIT_USE = 2 };

static const struct opt_exit exits[] = {
    {0, "replayed (with broken rows or without), or help was asked for"},
    {EXIT_FAILED, "failed while running: a file cannot be written, or the core erred"},
    {EXIT_USE, "wrong use: an option, or a file that one names"},
    {0, NULL},
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"workload", 'w', OPT_STRING, NULL, AT(workload), "FILE",
     "jobs to replay: CSV, what sacct -P prints, or Standard Workload Format; plain or "
     "gzip",
     0, 0},
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
     "what a controller saved at SIGUSR1: print what it decides; or the cluster of a "
     "--workload",
     0, 0},
    {"replay", 0, OPT_FLAG, NULL, AT(replay), NULL,
     "replay the queue of the snapshot, as --compare and --svg do anyway", 0, 0},
    {"config", 'c', OPT_STRING, "GANTRY_CONFIG", AT(config), "FILE",
     "settings, gantry.yaml", 0, 0},
    {"compare", 0, OPT_FLAG, NULL, AT(compare), NULL,
     "replay with each of the settings files that follow, side by side", 0, 0},
    {"begin", 0, OPT_STRING, NULL, AT(begin), "TIME",
     "when the first job is submitted, such as 2026-11-27T08:00:00Z, for a cluster "
     "whose reservations have dates (a file's own clock begins at the epoch)",
     0, 0},
    {"svg", 0, OPT_STRING, NULL, AT(svg), "FILE",
     "draw nodes and queue over time (of one replay)", 0, 0},
    {"json", 0, OPT_FLAG, NULL, AT(json), NULL, "print JSON", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    {0},
};

struct program {
    struct options options;
    struct inputs in;
    struct run runs[SETTINGS_MAX];
    size_t at; /* which of the settings are being replayed */
    int svg;   /* descriptor; -1: none */
    char *picture;
    size_t picture_len;
};

static void print_help(void)
{
    opt_help(table,
             "gantry-sim [OPTION...] -w FILE {-N N | --cluster FILE | --snapshot FILE} "
             "[--compare SETTINGS...]\n"
             "       gantry-sim --snapshot FILE {--replay | --compare SETTINGS...}\n"
             "       gantry-sim --snapshot FILE [--config FILE] [--json]",
             "Replays a recorded workload through Gantry's scheduling core, in virtual "
             "time.\nExample: gantry-sim -w jobs.csv.gz -N 160 --gpus a100:8",
             stdout);
    workload_help(stdout);
    settings_help(stdout);
    opt_help_exits(exits, stdout);
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
    const struct workload *load = &p->in.load;
    fprintf(stderr, "\r%s %3zu %%  day %" PRId64 ", %zu waiting \033[K",
            p->in.names[p->at], ended * 100 / load->n,
            (now_sec - workload_begin(load)) / 86400, waiting);
}

static const char *what_of(const struct unstarted *one)
{
    if (one->refused)
        return "refused";
    return one->again ? "never started again" : "never started";
}

/* Why jobs were refused, or never started: a line a reason, with the first job of it,
 * what it was told and how many more there are; and of which settings, where there are
 * several. */
static void say_never(const struct program *p, size_t run)
{
    const struct figures *f = &p->runs[run].figures;
    for (size_t i = 0; i < f->n_never; i++) {
        const struct unstarted *one = &f->never[i];
        STR_AUTO struct str line;
        str_init(&line, JOB_TEXT_MAX);
        inputs_say_job(&p->in, one->first, &line);
        str_addf(&line, ": %s: %s", what_of(one), reason_word(one->reason));
        if (one->message && *one->message)
            str_addf(&line, ": %s", one->message);
        if (one->jobs > 1)
            str_addf(&line, "; and %" PRId64 " more of that reason", one->jobs - 1);
        if (p->in.n > 1)
            str_addf(&line, " (%s)", p->runs[run].name);
        fprintf(stderr, "gantry-sim: %s\n", line.s);
    }
}

/* Once, of several settings by the first. */
static void say_faults(const struct program *p, const struct history *h)
{
    const struct options *o = &p->options;
    for (size_t i = 0; p->at == 0 && i < h->n_faults; i++)
        fprintf(stderr, "gantry-sim: %s: %s\n", o->cluster ? o->cluster : o->snapshot,
                h->faults[i]);
}

static void say_restless(const struct program *p, const struct history *h)
{
    if (h->n_restless > 0)
        fprintf(stderr,
                "gantry-sim: %s: plans did not come to rest in %zu second%s, and were "
                "left as they were: please report this\n",
                p->in.names[p->at], h->n_restless, h->n_restless == 1 ? "" : "s");
}

static int draw(struct program *p, const struct history *h, struct err *err)
{
    STR_AUTO struct str picture;
    str_init(&picture, SVG_BYTES_MAX);
    svg_draw(&p->in.pool, &p->in.load, h, &picture);
    p->picture = TAKE(picture.s);
    p->picture_len = picture.len;
    if (picture.overflow)
        return err_set(err, ERR_TOO_LARGE, "--svg: more than %u MiB",
                       SVG_BYTES_MAX >> 20);
    return 0;
}

static int replay(struct program *p, size_t i, struct err *err)
{
    const bool terminal = isatty(STDERR_FILENO);
    const struct replay in = {.pool = &p->in.pool,
                              .load = &p->in.load,
                              .config = &p->in.settings[i].sched,
                              .outages = p->in.outages.items,
                              .n_outages = p->in.outages.n,
                              .progress = terminal ? show_progress : NULL,
                              .arg = p};
    struct history h;
    p->at = i;
    int rc = engine_run(&in, &h, err);
    if (terminal)
        fprintf(stderr, "\r\033[K");
    if (rc == 0) {
        p->runs[i].name = p->in.names[i];
        figures_make(&p->runs[i].figures, &p->in.pool, &p->in.load, &h);
        say_faults(p, &h);
        say_restless(p, &h);
        say_never(p, i);
        if (p->options.svg)
            rc = draw(p, &h, err);
    }
    history_fini(&h);
    return rc;
}

static void print(const struct program *p)
{
    const struct workload *load = &p->in.load;
    if (p->options.json) {
        JSON_AUTO struct json *all = report_json(p->runs, p->in.n, load);
        print_json(all);
        return;
    }
    printf("%zu rows: %zu jobs, %zu broken, %zu never ran; %zu node%s\n\n",
           load->n_rows, load->n, load->n_broken, load->n_idle, p->in.pool.n,
           p->in.pool.n == 1 ? "" : "s");
    report_text(p->runs, p->in.n, stdout);
}

static int run(struct program *p, struct err *err)
{
    if (p->options.svg && (p->svg = outfile_open(p->options.svg, err)) < 0)
        return err_prefix(err, "--svg");
    for (size_t i = 0; i < p->in.n; i++)
        if (replay(p, i, err) < 0)
            return -1;
    print(p);
    if (p->svg < 0)
        return 0;
    int fd = p->svg;
    p->svg = -1;
    if (flush_output(err) < 0)
        return -1;
    return outfile_write(fd, p->options.svg, p->picture, p->picture_len, err) < 0
               ? err_prefix(err, "--svg")
               : 0;
}

/* ---- a snapshot, explained ---- */

static int run_snapshot(struct program *p, char **operands, struct err *err)
{
    const struct options *o = &p->options;
    if (inputs_settings(&p->in, operands, err) < 0)
        return -1;
    JSON_AUTO struct json *explained =
        explain(o->snapshot, o->config ? &p->in.settings[0].sched : NULL, err);
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
    for (size_t i = 0; i < p->in.n; i++)
        figures_fini(&p->runs[i].figures);
    inputs_fini(&p->in);
    free(p->picture);
    if (p->svg >= 0)
        close(p->svg);
}

static int fail(int status, const struct err *err)
{
    fprintf(stderr, "gantry-sim: %s\n", err->msg);
    return status;
}

/* The picture would take the place of what it is drawn of. */
static int check_svg(const struct options *o, struct err *err)
{
    const char *const paths[] = {o->workload, o->cluster,  o->topology,
                                 o->outages,  o->snapshot, o->config};
    bool same = false;
    for (size_t i = 0; o->svg && i < ARRAY_LEN(paths); i++)
        same |= paths[i] && outfile_is(o->svg, paths[i]);
    return same ? err_set(err, ERR_INVALID,
                          "--svg: %s is read, and would be lost; name another file",
                          o->svg)
                : 0;
}

/* Returns the exit status; what was wrong has been said. */
static int work(struct program *p, char **operands, struct err *err)
{
    const bool explains = options_explain(&p->options);
    if (options_check(&p->options, err) < 0 || check_svg(&p->options, err) < 0 ||
        (!explains && inputs_read(&p->in, operands, err) < 0))
        return fail(EXIT_USE, err);
    if (explains)
        return run_snapshot(p, operands, err) < 0 ? fail(EXIT_USE, err) : 0;
    return run(p, err) < 0 ? fail(EXIT_FAILED, err) : 0;
}

int main(int argc, char **argv)
{
    static struct program p = {.svg = -1};
    struct err err = ERR_INIT;
    int status = 0;
    int first = opt_parse_as(table, OPT_CUT | OPT_ANYWHERE | OPT_ONCE, argc, argv,
                             &p.options, &err);
    if (first < 0)
        return fail(EXIT_USE, &err);
    inputs_init(&p.in, &p.options);
    if (p.options.help)
        print_help();
    else if (p.options.version)
        puts(GANTRY_VERSION);
    else
        status = work(&p, argv + first, &err);
    if (status == 0 && flush_output(&err) < 0)
        status = fail(EXIT_FAILED, &err);
    close_program(&p);
    return status;
}

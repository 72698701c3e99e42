/* sinfo - partitions and nodes, as Slurm shows them. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/hidden.h"
#include "cmd/gantry/iterate.h"
#include "cmd/gantry/nodegroup.h"
#include "cmd/gantry/nodejson.h"
#include "cmd/gantry/refused.h"
#include "cmd/gantry/resvs.h"
#include "cmd/gantry/slurmjson.h"

/* '#' is a width: of the longest value, and at least the column's own. */
#define FORMAT "%#P %.5a %.10l %.6D %.6t %N"
#define FORMAT_LONG "%#P %.5a %.10l %.10s %.4r %.8h %.10g %.6D %.11T %N"
#define FORMAT_SUMMARY "%#P %.5a %.10l %.16F %N"
#define FORMAT_NODE "%#N %.6D %.#P %6t"
#define FORMAT_NODE_LONG "%#N %.6D %.#P %.11T %4c %.8z %.6m %.8d %.6w %.8f %20E"
#define FORMAT_REASON "%20E %9u %19H %N"
#define FORMAT_REASON_LONG "%20E %12U %19H %6t %N"
#define PARTITION_WIDTH 9
#define NODE_WIDTH 9
#define SORT "#P,-t"
#define SORT_NODE "N"
#define TEXT_MAX 4096

struct options {
    struct api_options api;
    const char *format, *format2, *nodes, *partitions, *sort, *states;
    int64_t iterate_sec, verbose;
    bool all, dead, exact, hide, local, long_, by_node, noconvert, noheader, reasons;
    bool reservation, responding, summarize, help, usage, version;
    const char *json; /* "" without a version */
    const char *controller_ns;
    const char *refused; /* where values of refused options go */
    bool refused_flag;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"all", 'a', OPT_FLAG, "SINFO_ALL", AT(all), NULL, "hidden partitions too", 0, 0},
    {"clusters", 'M', OPT_STRING, NULL, AT(refused), "LIST", "refused: one cluster", 0,
     0},
    {"controller-namespace", 0, OPT_STRING, "GANTRY_CONTROLLER_NAMESPACE",
     AT(controller_ns), "NAME",
     "namespace of the controller (else gantry-system), which tells what GPUs are", 0,
     0},
    {"dead", 'd', OPT_FLAG, NULL, AT(dead), NULL, "nodes that do not respond", 0, 0},
    {"exact", 'e', OPT_FLAG, NULL, AT(exact), NULL,
     "only nodes of equal size in a line", 0, 0},
    {"federation", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"format", 'o', OPT_STRING, "SINFO_FORMAT", AT(format), "FORMAT",
     "columns by letter: \"%P %.5a %N\"", 0, 0},
    {"Format", 'O', OPT_STRING, NULL, AT(format2), "FORMAT",
     "columns by name: \"nodelist:10,statelong,gres:20\"", 0, 0},
    {"help", 0, OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"hide", 0, OPT_FLAG, NULL, AT(hide), NULL, "no hidden partitions", 0, 0},
    {"iterate", 'i', OPT_INT, NULL, AT(iterate_sec), "SECONDS", "again and again", 1,
     1000000},
    {"json", 0, OPT_OPTIONAL, NULL, AT(json), "VERSION", "as JSON, Slurm's schema", 0,
     0},
    {"list-reasons", 'R', OPT_FLAG, NULL, AT(reasons), NULL,
     "why nodes are down or drained", 0, 0},
    {"local", 0, OPT_FLAG, NULL, AT(local), NULL, "this cluster only", 0, 0},
    {"long", 'l', OPT_FLAG, NULL, AT(long_), NULL, "more columns", 0, 0},
    {"Node", 'N', OPT_FLAG, NULL, AT(by_node), NULL, "a line for each node", 0, 0},
    {"nodes", 'n', OPT_STRING, NULL, AT(nodes), "HOSTLIST", "these nodes", 0, 0},
    {"noconvert", 0, OPT_FLAG, NULL, AT(noconvert), NULL,
     "sizes in megabytes (they are)", 0, 0},
    {"noheader", 'h', OPT_FLAG, NULL, AT(noheader), NULL, "no headings", 0, 0},
    {"partition", 'p', OPT_STRING, "SINFO_PARTITION", AT(partitions), "LIST",
     "these partitions", 0, 0},
    {"reservation", 'T', OPT_FLAG, NULL, AT(reservation), NULL, "reservations", 0, 0},
    {"responding", 'r', OPT_FLAG, NULL, AT(responding), NULL, "nodes that respond", 0,
     0},
    {"sort", 'S', OPT_STRING, "SINFO_SORT", AT(sort), "LIST",
     "order, by letters of --format: \"#P,-t\"", 0, 0},
    {"states", 't', OPT_STRING, NULL, AT(states), "LIST",
     "nodes in these states: idle,mix,drain", 0, 0},
    {"summarize", 's', OPT_FLAG, NULL, AT(summarize), NULL, "a line for each partition",
     0, 0},
    {"usage", 0, OPT_FLAG, NULL, AT(usage), NULL, "a line of usage", 0, 0},
    {"verbose", 'v', OPT_COUNT, NULL, AT(verbose), NULL, "say what is asked", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    {"yaml", 0, OPT_OPTIONAL, NULL, AT(refused), "VERSION", "refused: --json is there",
     0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

static const struct refused refused[] = {
    {"clusters", REFUSED_CLUSTERS},
    {"federation", REFUSED_CLUSTERS},
    {"yaml", "not supported; --json prints the same as JSON"},
    {0},
};

/* ---- what is to be shown ---- */

struct sinfo {
    const struct cli *cli;
    struct options o;
    struct names partitions, node_names;
    struct node_states states;
    struct nodecolumns shared;
    struct api api;
};

static void sinfo_fini(struct sinfo *s)
{
    names_fini(&s->partitions);
    names_fini(&s->node_names);
    node_states_fini(&s->states);
    users_free(s->shared.users);
    api_close(&s->api);
}

static const char *own_format(const struct options *o)
{
    if (o->reasons)
        return o->long_ ? FORMAT_REASON_LONG : FORMAT_REASON;
    if (o->by_node)
        return o->long_ ? FORMAT_NODE_LONG : FORMAT_NODE;
    if (o->summarize)
        return FORMAT_SUMMARY;
    return o->long_ ? FORMAT_LONG : FORMAT;
}

static size_t widest_name(const struct nodelist *nodes)
{
    size_t width = NODE_WIDTH;

    for (size_t i = 0; i < nodes->n; i++)
        width = MAX(width, strlen(nodes->rows[i].name));
    return width;
}

static size_t widest_partition(const struct partlist *parts)
{
    size_t width = PARTITION_WIDTH;

    for (size_t i = 0; i < parts->n; i++) {
        const struct partition *p = parts->parts[i].model;
        width = MAX(width, strlen(p->name) + (p->is_default ? 1 : 0));
    }
    return width;
}

/* Puts widths in place of '#'. */
static void fill_widths(const char *text, const struct partlist *parts,
                        const struct nodelist *nodes, struct str *out)
{
    for (; *text; text++) {
        if (*text == '#')
            str_addf(out, "%zu",
                     text[1] == 'N' ? widest_name(nodes) : widest_partition(parts));
        else
            str_addc(out, *text);
    }
}

static int make_format(const struct sinfo *s, const struct partlist *parts,
                       const struct nodelist *nodes, struct format *ret,
                       struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    if (s->o.format2)
        return format_parse_names(ret, nodecolumns, s->o.format2, err);
    if (s->o.format)
        return format_parse_letters(ret, nodecolumns, s->o.format, err);
    fill_widths(own_format(&s->o), parts, nodes, &text);
    return format_parse_letters(ret, nodecolumns, text.s, err);
}

static int read_nodes(struct sinfo *s, struct err *err)
{
    HOSTLIST_AUTO struct hostlist list = {0};

    if (!s->o.nodes)
        return 0;
    if (hostlist_parse(&list, s->o.nodes, err) < 0)
        return err_prefix(err, "--nodes");
    for (size_t i = 0; i < list.n; i++)
        names_parse(&s->node_names, list.names[i]);
    return 0;
}

/* Reads the line, and tries the format and the order without a server. */
static int read_line(struct sinfo *s, int argc, char **argv, struct err *err)
{
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &s->o, err);
    const struct partlist no_parts = {0};
    const struct nodelist no_nodes = {0};
    FORMAT_AUTO struct format format = {0};
    struct nodegroups none = {0};

    if (first < 0)
        return -1;
    if (first < argc)
        return err_set(err, ERR_INVALID, "Unrecognized option: %s", argv[first]);
    if (s->o.format && s->o.format2) {
        if (s->o.format != getenv("SINFO_FORMAT"))
            return err_set(err, ERR_INVALID,
                           "Options -o(--format) and -O(--Format) are mutually "
                           "exclusive. Please remove one and retry.");
        s->o.format = NULL;
    }
    names_parse(&s->partitions, s->o.partitions);
    if (read_nodes(s, err) < 0 ||
        (s->o.states && node_states_parse(&s->states, s->o.states, err) < 0) ||
        make_format(s, &no_parts, &no_nodes, &format, err) < 0)
        return -1;
    return nodegroups_sort(&none, s->o.sort ? s->o.sort : SORT, &s->shared, err);
}

/* ---- showing it ---- */

static int fetch(struct sinfo *s, struct partlist *parts, struct nodelist *nodes,
                 struct err *err)
{
    JOBLIST_AUTO struct joblist jobs;
    int rc = -1;

    joblist_init(&jobs);
    if (partlist_fetch(parts, &s->api, err) == 0 &&
        nodelist_ask_gpus(nodes, &s->api, s->o.controller_ns, err) == 0 &&
        nodelist_fetch(nodes, &s->api, err) == 0 &&
        resvs_mark(nodes, &s->api, err) == 0 &&
        joblist_fetch(&jobs, &s->api, &(struct jobquery){NULL, NULL, parts, JOB_WHOLE},
                      err) == 0) {
        nodelist_settle(nodes, &jobs);
        rc = (!s->o.all || s->o.hide) && !s->o.partitions
                 ? hidden_drop(parts, &s->api, err)
                 : 0;
    }
    return rc;
}

static void print_lines(const struct sinfo *s, const struct format *format,
                        const struct nodegroups *groups)
{
    STR_AUTO struct str text;

    str_init(&text, COLUMNS_LINE_MAX);
    if (!s->o.noheader) {
        if ((s->o.long_ && !s->o.format && !s->o.format2) || s->o.iterate_sec > 0)
            iterate_stamp(s->cli, s->shared.style.now_sec);
        format_heading(format, &text);
    }
    for (size_t i = 0; i < groups->n; i++)
        format_row(format, &groups->list[i], &s->shared, &text);
    fwrite(text.s, 1, text.len, s->cli->out);
}

static void print_json(const struct sinfo *s, const struct nodegroups *groups)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, s->cli, "sinfo");
    for (size_t i = 0; i < groups->n; i++)
        slurmjson_item(&doc, nodejson_group(&groups->list[i]));
    slurmjson_end(&doc, s->shared.style.now_sec);
}

static int show_lists(struct sinfo *s, const struct partlist *parts,
                      const struct nodelist *nodes, struct err *err)
{
    FORMAT_AUTO struct format format = {0};
    NODEGROUPS_AUTO struct nodegroups groups = {0};
    const bool grouped_by_us = s->o.json != NULL;

    if (grouped_by_us
            ? format_parse_letters(&format, nodecolumns, "%P %t %E %G %N", err) < 0
            : make_format(s, parts, nodes, &format, err) < 0)
        return -1;
    const struct nodegroup_spec spec = {.format = &format,
                                        .shared = &s->shared,
                                        .partitions = &s->partitions,
                                        .node_names = &s->node_names,
                                        .states = &s->states,
                                        .exact = s->o.exact,
                                        .by_node = s->o.by_node,
                                        .dead = s->o.dead,
                                        .responding = s->o.responding,
                                        .with_reason = s->o.reasons};
    nodegroups_make(&groups, &spec, parts, nodes);
    if (nodegroups_sort(&groups,
                        s->o.sort      ? s->o.sort
                        : s->o.by_node ? SORT_NODE
                                       : SORT,
                        &s->shared, err) < 0)
        return -1;
    if (grouped_by_us)
        print_json(s, &groups);
    else
        print_lines(s, &format, &groups);
    return 0;
}

static int show(void *arg)
{
    struct sinfo *s = arg;
    PARTLIST_AUTO struct partlist parts = {0};
    NODELIST_AUTO struct nodelist nodes;
    struct err err = ERR_INIT;

    nodelist_init(&nodes);
    if (fetch(s, &parts, &nodes, &err) < 0) {
        fprintf(s->cli->err, "slurm_load_node error: %s\n", err.msg);
        return EXIT_ERROR;
    }
    s->shared.style.now_sec = loop_now_sec(s->api.loop);
    return show_lists(s, &parts, &nodes, &err) < 0 ? cli_error(s->cli, "%s", err.msg)
                                                   : EXIT_DONE;
}

/* ---- -T ---- */

#define RESV_WIDTH 9

static void moment_of(int64_t sec, char ret[SLURMTIME_MAX])
{
    const struct slurmtime_style style = {0};

    if (sec != TIME_UNSET)
        slurmtime_moment(&style, sec, ret);
    else
        snprintf(ret, SLURMTIME_MAX, "N/A");
}

static void print_resv(const struct sinfo *s, int width, const struct resv *r)
{
    char start[SLURMTIME_MAX], end[SLURMTIME_MAX], length[SLURMTIME_MAX] = "N/A";

    moment_of(r->start_sec, start);
    moment_of(r->end_sec, end);
    if (r->start_sec != TIME_UNSET && r->end_sec != TIME_UNSET)
        slurmtime_elapsed(r->end_sec - r->start_sec, length);
    fprintf(s->cli->out, "%-*s  %8s  %19s  %19s  %11s  %s\n", width, r->name, r->state,
            start, end, length, r->nodes);
}

static int show_resvs(void *arg)
{
    struct sinfo *s = arg;
    RESVLIST_AUTO struct resvlist list = {0};
    struct err err = ERR_INIT;
    int width = RESV_WIDTH;

    if (resvlist_fetch(&list, &s->api, &err) < 0) {
        fprintf(s->cli->err, "slurm_load_reservations error: %s\n", err.msg);
        return EXIT_ERROR;
    }
    if (list.n == 0) {
        fprintf(s->cli->out, "No reservations in the system\n");
        return EXIT_DONE;
    }
    for (size_t i = 0; i < list.n; i++)
        width = MAX(width, (int)strlen(list.resvs[i].name));
    if (!s->o.noheader)
        fprintf(s->cli->out, "%-*s  %8s  %19s  %19s  %11s  %s\n", width, "RESV_NAME",
                "STATE", "START_TIME", "END_TIME", "DURATION", "NODELIST");
    for (size_t i = 0; i < list.n; i++)
        print_resv(s, width, &list.resvs[i]);
    return EXIT_DONE;
}

static int run(struct sinfo *s)
{
    struct err err = ERR_INIT;

    if (api_open(&s->api, s->cli, &s->o.api, &err) < 0)
        return cli_error(s->cli, "%s", err.msg);
    if (s->o.reservation)
        return iterate(&s->api, s->o.iterate_sec, show_resvs, s);
    if (s->o.verbose > 0)
        cli_say(s->cli, "listing partitions, nodes and jobs at %s", s->api.server);
    return iterate(&s->api, s->o.iterate_sec, show, s);
}

int cmd_sinfo(const struct cli *cli, int argc, char **argv)
{
    struct sinfo s = {.cli = cli};
    struct err err = ERR_INIT;
    int rc = EXIT_DONE;

    s.shared = (struct nodecolumns){.users = users_new(),
                                    .style = {.format = cli_env("SLURM_TIME_FORMAT")}};
    if (refused_check(refused, table, argc, argv, &err) < 0 ||
        read_line(&s, argc, argv, &err) < 0)
        rc = cli_error(cli, "%s", err.msg);
    else if (s.o.help || s.o.usage)
        opt_help(table, "sinfo [OPTION...]", "Partitions and nodes, and their states.",
                 cli->out);
    else if (s.o.version)
        fprintf(cli->out, GANTRY_VERSION "\n");
    else
        rc = run(&s);
    sinfo_fini(&s);
    return rc;
}

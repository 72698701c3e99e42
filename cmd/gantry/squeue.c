/* squeue - the jobs in the queue, as Slurm shows them. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/fetch.h"
#include "cmd/gantry/iterate.h"
#include "cmd/gantry/jobcolumns.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/jobjson.h"
#include "cmd/gantry/jobsort.h"
#include "cmd/gantry/refused.h"
#include "cmd/gantry/slurmjson.h"
#include "cmd/gantry/whoami.h"

#define FORMAT "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R"
#define FORMAT_LONG "%.18i %.9P %.8j %.8u %.8T %.10M %.9l %.6D %R"
#define FORMAT_START "%.18i %.9P %.8j %.8u %.2t %.19S %.6D %20Y %R"
#define SORT "P,t,-p"
/* A job that waits longer than this for its id waits for a controller. */
#define UNNUMBERED_SEC 10

struct options {
    struct api_options api;
    const char *accounts, *format, *format2, *jobs, *licenses, *names, *nodes;
    const char *partitions, *qos, *reservations, *sort, *states, *users;
    int64_t iterate_sec, verbose;
    bool all, array, array_unique, hide, local, long_, me, noconvert, noheader;
    bool priority, start, help, usage, version;
    const char *json;    /* "" without a version */
    const char *refused; /* where values of refused options go */
    bool refused_flag;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"account", 'A', OPT_STRING, "SQUEUE_ACCOUNT", AT(accounts), "LIST",
     "jobs of these accounts", 0, 0},
    {"all", 'a', OPT_FLAG, "SQUEUE_ALL", AT(all), NULL, "jobs of hidden partitions too",
     0, 0},
    {"array", 'r', OPT_FLAG, "SQUEUE_ARRAY", AT(array), NULL,
     "a line for each task of an array", 0, 0},
    {"array-unique", 0, OPT_FLAG, "SQUEUE_ARRAY_UNIQUE", AT(array_unique), NULL,
     "a line for each pending task of an array", 0, 0},
    {"clusters", 'M', OPT_STRING, NULL, AT(refused), "LIST", "refused: one cluster", 0,
     0},
    {"federation", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"format", 'o', OPT_STRING, "SQUEUE_FORMAT", AT(format), "FORMAT",
     "columns by letter: \"%.18i %.9P %j\"", 0, 0},
    {"Format", 'O', OPT_STRING, "SQUEUE_FORMAT2", AT(format2), "FORMAT",
     "columns by name: \"jobid:8,name,tres-alloc:40\"", 0, 0},
    {"help", 0, OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"hide", 0, OPT_FLAG, NULL, AT(hide), NULL, "no jobs of hidden partitions", 0, 0},
    {"iterate", 'i', OPT_INT, NULL, AT(iterate_sec), "SECONDS", "again and again", 1,
     1000000},
    {"jobs", 'j', OPT_STRING, NULL, AT(jobs), "LIST", "these jobs: 42,43_1,44+1", 0, 0},
    {"json", 0, OPT_OPTIONAL, NULL, AT(json), "VERSION", "as JSON, Slurm's schema", 0,
     0},
    {"licenses", 'L', OPT_STRING, "SQUEUE_LICENSES", AT(licenses), "LIST",
     "jobs that ask for these licences", 0, 0},
    {"local", 0, OPT_FLAG, "SQUEUE_LOCAL", AT(local), NULL, "this cluster only", 0, 0},
    {"long", 'l', OPT_FLAG, NULL, AT(long_), NULL, "with state and time limit", 0, 0},
    {"me", 0, OPT_FLAG, NULL, AT(me), NULL, "my jobs", 0, 0},
    {"name", 'n', OPT_STRING, "SQUEUE_NAMES", AT(names), "LIST", "jobs of these names",
     0, 0},
    {"noconvert", 0, OPT_FLAG, NULL, AT(noconvert), NULL, "sizes in megabytes", 0, 0},
    {"nodelist", 'w', OPT_STRING, NULL, AT(nodes), "HOSTLIST", "jobs on these nodes", 0,
     0},
    {"noheader", 'h', OPT_FLAG, NULL, AT(noheader), NULL, "no headings", 0, 0},
    {"partition", 'p', OPT_STRING, "SQUEUE_PARTITION", AT(partitions), "LIST",
     "jobs of these partitions", 0, 0},
    {"priority", 'P', OPT_FLAG, "SQUEUE_PRIORITY", AT(priority), NULL,
     "a pending job once for each of its partitions", 0, 0},
    {"qos", 'q', OPT_STRING, "SQUEUE_QOS", AT(qos), "LIST", "jobs of these QOS", 0, 0},
    {"reservation", 'R', OPT_STRING, NULL, AT(reservations), "LIST",
     "jobs in these reservations", 0, 0},
    {"sibling", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"sort", 'S', OPT_STRING, "SQUEUE_SORT", AT(sort), "LIST",
     "order, by letters of --format: \"P,t,-p\"", 0, 0},
    {"start", 0, OPT_FLAG, NULL, AT(start), NULL,
     "pending jobs with their planned start and nodes", 0, 0},
    {"states", 't', OPT_STRING, "SQUEUE_STATES", AT(states), "LIST",
     "jobs in these states (PD,R,...), or \"all\"", 0, 0},
    {"steps", 's', OPT_OPTIONAL, NULL, AT(refused), "LIST", "refused: no steps", 0, 0},
    {"usage", 0, OPT_FLAG, NULL, AT(usage), NULL, "a line of usage", 0, 0},
    {"user", 'u', OPT_STRING, "SQUEUE_USERS", AT(users), "LIST",
     "jobs of these users, by name or number", 0, 0},
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
    {"sibling", REFUSED_CLUSTERS},
    {"steps", "jobs have no steps to list"},
    {"yaml", "not supported; --json prints the same as JSON"},
    {0},
};

/* ---- what is to be shown ---- */

struct squeue {
    const struct cli *cli;
    struct options o;
    struct jobfilter filter;
    struct format format;
    struct jobsort sort;
    struct jobcolumns shared;
    struct api api;
};

static void squeue_fini(struct squeue *q)
{
    jobfilter_fini(&q->filter);
    format_fini(&q->format);
    users_free(q->shared.users);
    api_close(&q->api);
}

/* What stands in the environment gives way to what the line says. */
static bool from_environment(const char *value, const char *variable)
{
    return value && value == getenv(variable);
}

static int read_format(struct squeue *q, struct err *err)
{
    struct options *o = &q->o;
    const bool weak = from_environment(o->format, "SQUEUE_FORMAT"),
               weak2 = from_environment(o->format2, "SQUEUE_FORMAT2");

    if (o->format && !weak && o->long_)
        return err_set(err, ERR_INVALID,
                       "Options -o(--format) and -l(--long) are mutually exclusive. "
                       "Please remove one and retry.");
    if (o->format && o->format2 && !weak && !weak2)
        return err_set(err, ERR_INVALID,
                       "Options -o(--format) and -O(--Format) are mutually exclusive. "
                       "Please remove one and retry.");
    if (o->format2 && (!weak2 || (!o->long_ && !o->start && (!o->format || weak))))
        return format_parse_names(&q->format, jobcolumns, o->format2, err);
    if (o->format && !(weak && (o->long_ || o->start)))
        return format_parse_letters(&q->format, jobcolumns, o->format, err);
    return format_parse_letters(&q->format, jobcolumns,
                                o->start   ? FORMAT_START
                                : o->long_ ? FORMAT_LONG
                                           : FORMAT,
                                err);
}

static int read_filter(struct squeue *q, struct err *err)
{
    const struct options *o = &q->o;
    struct jobfilter *f = &q->filter;
    const char *states = o->states ? o->states : o->start ? "PD" : NULL;

    names_parse(&f->partitions, o->partitions);
    names_parse(&f->accounts, o->accounts);
    names_parse(&f->qos, o->qos);
    names_parse(&f->job_names, o->names);
    names_parse(&f->licenses, o->licenses);
    names_parse(&f->reservations, o->reservations);
    jobfilter_users(f, o->me ? NULL : o->users);
    if (o->nodes && hostlist_parse(&f->nodes, o->nodes, err) < 0)
        return err_prefix(err, "--nodelist");
    if (o->jobs && jobfilter_jobs(f, o->jobs, err) < 0)
        return -1;
    /* Slurm's --json shows whatever there is. */
    f->any_state = o->json && !states;
    return states ? jobfilter_states(f, states, err) : 0;
}

static int read_line(struct squeue *q, int argc, char **argv, struct err *err)
{
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &q->o, err);

    if (first < 0)
        return -1;
    if (first < argc)
        return err_set(err, ERR_INVALID, "Unrecognized option: %s", argv[first]);
    if (q->o.help || q->o.usage || q->o.version)
        return 0;
    q->sort.users = q->shared.users;
    if (read_filter(q, err) < 0 || read_format(q, err) < 0)
        return -1;
    return jobsort_parse(&q->sort,
                         q->o.sort    ? q->o.sort
                         : q->o.start ? "S"
                                      : SORT,
                         err);
}

/* ---- showing it ---- */

/* Copies of a pending job that names several partitions, one for each. */
static void split_row(const struct jobrow *r, struct joblist *list,
                      const struct jobrow ***rows, size_t *n, size_t *cap)
{
    const char *s = r->partition;

    while (*s) {
        const size_t len = strcspn(s, ",");
        struct jobrow *copy = arena_alloc(list->arena, sizeof(*copy));
        char *name = arena_alloc(list->arena, len + 1);
        memcpy(name, s, len);
        *copy = *r;
        copy->partition = name;
        GROW(*rows, *n, *cap);
        (*rows)[(*n)++] = copy;
        s += len + strspn(s + len, ",");
    }
}

/* Rows to be shown. */
struct chosen {
    const struct jobrow **rows;
    size_t n, cap;
};

static void add_row(const struct squeue *q, struct joblist *list, struct chosen *to,
                    const struct jobrow *r)
{
    if (q->o.priority && strchr(r->partition, ',')) {
        split_row(r, list, &to->rows, &to->n, &to->cap);
        return;
    }
    GROW(to->rows, to->n, to->cap);
    to->rows[to->n++] = r;
}

/* Of the tasks that an array's row stands for, those that -j means. */
static struct taskset left_of(const struct squeue *q, const struct jobrow *r)
{
    const struct job_ref whole = {.id = r->array_id, .all = true};
    struct taskset ret = {{0}};

    if (q->filter.n_jobs == 0)
        return job_ref_left(&whole, r);
    for (size_t i = 0; i < q->filter.n_jobs; i++) {
        struct taskset some = job_ref_left(&q->filter.jobs[i], r);
        taskset_join(&ret, &some);
    }
    return ret;
}

static struct jobrow *copy_row(const struct jobrow *r, struct joblist *list)
{
    struct jobrow *copy = arena_alloc(list->arena, sizeof(*copy));

    *copy = *r;
    return copy;
}

/* One row for all of its tasks, or one each. */
static void add_array(const struct squeue *q, struct joblist *list, struct chosen *to,
                      const struct jobrow *r)
{
    struct taskset left = left_of(q, r);
    STR_AUTO struct str text;

    str_init(&text, TASKSET_TEXT_MAX);
    if (!q->o.array && !q->o.array_unique) {
        struct jobrow *copy = copy_row(r, list);
        taskset_format(&left, &text);
        copy->array_left = arena_strdup(list->arena, text.s);
        add_row(q, list, to, copy);
        return;
    }
    for (int64_t i = taskset_next(&left, 0); i >= 0; i = taskset_next(&left, i + 1)) {
        struct jobrow *copy = copy_row(r, list);
        copy->array_task = i;
        add_row(q, list, to, copy);
    }
}

static const struct jobrow **choose(const struct squeue *q, struct joblist *list,
                                    size_t *ret_n)
{
    struct chosen to = {0};

    for (size_t i = 0; i < list->n; i++) {
        const struct jobrow *r = &list->rows[i];
        if (!jobfilter_shows(&q->filter, r))
            continue;
        if (jobrow_is_array(r) && r->array_left)
            add_array(q, list, &to, r);
        else
            add_row(q, list, &to, r);
    }
    jobsort_rows(&q->sort, to.rows, to.n);
    *ret_n = to.n;
    return to.rows;
}

static void print_lines(const struct squeue *q, const struct jobrow *const *rows,
                        size_t n)
{
    STR_AUTO struct str line;

    str_init(&line, COLUMNS_LINE_MAX);
    if (!q->o.noheader) {
        if (q->o.long_ || q->o.iterate_sec > 0)
            iterate_stamp(q->cli, q->shared.style.now_sec);
        format_heading(&q->format, &line);
    }
    for (size_t i = 0; i < n; i++) {
        format_row(&q->format, rows[i], &q->shared, &line);
        if (line.len < COLUMNS_LINE_MAX / 256)
            continue;
        fwrite(line.s, 1, line.len, q->cli->out);
        str_reset(&line);
    }
    fwrite(line.s, 1, line.len, q->cli->out);
}

static void print_json(const struct squeue *q, const struct jobrow *const *rows,
                       size_t n)
{
    struct slurmjson doc;

    slurmjson_begin(&doc, q->cli, "jobs");
    for (size_t i = 0; i < n; i++)
        slurmjson_item(&doc, jobjson(rows[i], q->shared.users));
    slurmjson_end(&doc, q->shared.style.now_sec);
}

/* One job was asked for by its id, and there is none of that id. */
static bool is_missing(const struct squeue *q, const struct joblist *list)
{
    const struct job_ref *j = q->filter.jobs;

    if (q->filter.n_jobs != 1)
        return false;
    for (size_t i = 0; i < list->n; i++)
        if (list->rows[i].id == j->id || list->rows[i].array_id == j->id)
            return false;
    return true;
}

static void tell_unnumbered(const struct squeue *q, const struct joblist *list)
{
    if (list->unnumbered > 0 &&
        list->oldest_unnumbered_sec < q->shared.style.now_sec - UNNUMBERED_SEC)
        cli_say(q->cli, "%zu job%s wait%s for a number; is gantry-controller running?",
                list->unnumbered, list->unnumbered == 1 ? "" : "s",
                list->unnumbered == 1 ? "s" : "");
}

/* What of the jobs is shown and compared. */
static unsigned shown_about(const struct squeue *q)
{
    return JOB_APART | jobsort_about(&q->sort) |
           (q->o.json ? JOB_WHOLE : format_about(&q->format));
}

static int show(void *arg)
{
    struct squeue *q = arg;
    JOBLIST_AUTO struct joblist list;
    struct err err = ERR_INIT;
    size_t n;

    joblist_init(&list);
    q->filter.hides = (!q->o.all || q->o.hide) && !q->o.partitions;
    if (jobfilter_fetch(&q->filter, &q->api, q->o.api.namespace_, shown_about(q), &list,
                        &err) < 0) {
        fprintf(q->cli->err, "slurm_load_jobs error: %s\n", err.msg);
        return EXIT_ERROR;
    }
    q->shared.style.now_sec = q->sort.now_sec = loop_now_sec(q->api.loop);
    if (is_missing(q, &list)) {
        fprintf(q->cli->err, "slurm_load_jobs error: Invalid job id specified\n");
        return EXIT_ERROR;
    }
    const struct jobrow **rows = choose(q, &list, &n);
    if (q->o.json)
        print_json(q, rows, n);
    else
        print_lines(q, rows, n);
    free((void *)rows);
    tell_unnumbered(q, &list);
    return EXIT_DONE;
}

/* ---- what only the server knows ---- */

static void note_node(void *arg, const struct json_text *values)
{
    struct jobfilter *f = arg;
    struct arena *memory = arena_new();
    const char *name = json_text_str(values[0], memory);

    for (size_t i = 0; name && i < f->nodes.n; i++)
        if (f->nodes.names[i] && str_eq(f->nodes.names[i], name))
            free(TAKE(f->nodes.names[i]));
    arena_free(memory);
}

static void note_nothing(void *arg)
{
    (void)arg;
}

/* Fails for the first node of -w that does not exist. Who may not list nodes is not
 * told. */
static int check_nodes(struct squeue *q, struct err *err)
{
    static const char *const paths[] = {"metadata.name"};
    struct jobfilter wanted = {0};
    const struct fetch fetch = {.resource = &kc_nodes,
                                .paths = paths,
                                .n_paths = 1,
                                .item = note_node,
                                .again = note_nothing,
                                .arg = &wanted};
    int rc = 0;

    for (size_t i = 0; i < q->filter.nodes.n; i++)
        hostlist_add(&wanted.nodes, q->filter.nodes.names[i]);
    if (fetch_all(&q->api, &fetch, NULL) == 0)
        for (size_t i = 0; i < wanted.nodes.n && rc == 0; i++)
            if (wanted.nodes.names[i])
                rc = err_set(err, ERR_NOT_FOUND, "Invalid node name %s",
                             wanted.nodes.names[i]);
    jobfilter_fini(&wanted);
    return rc;
}

static int ask_who(struct squeue *q, struct err *err)
{
    AUTO_FREE char *me = whoami(&q->api, err);

    if (!me)
        return -1;
    q->filter.users.list = xcalloc(1, sizeof(*q->filter.users.list));
    q->filter.users.list[0] = TAKE(me);
    q->filter.users.n = 1;
    return 0;
}

static int run(struct squeue *q)
{
    struct err err = ERR_INIT;

    if (api_open(&q->api, q->cli, &q->o.api, &err) < 0)
        return cli_error(q->cli, "%s", err.msg);
    q->shared.noconvert = q->o.noconvert;
    if (q->o.verbose > 0)
        cli_say(q->cli, "listing jobs of %s at %s",
                q->o.api.namespace_ ? q->o.api.namespace_ : "all namespaces",
                q->api.server);
    if ((q->o.me && ask_who(q, &err) < 0) ||
        (q->filter.nodes.n > 0 && check_nodes(q, &err) < 0))
        return cli_error(q->cli, "%s", err.msg);
    return iterate(&q->api, q->o.iterate_sec, show, q);
}

int cmd_squeue(const struct cli *cli, int argc, char **argv)
{
    struct squeue q = {.cli = cli};
    struct err err = ERR_INIT;
    int rc = EXIT_DONE;

    q.shared = (struct jobcolumns){.users = users_new(),
                                   .style = {.format = cli_env("SLURM_TIME_FORMAT")},
                                   .cluster = SLURMJSON_CLUSTER};
    if (refused_check(refused, table, argc, argv, &err) < 0 ||
        read_line(&q, argc, argv, &err) < 0)
        rc = cli_error(cli, "%s", err.msg);
    else if (q.o.help || q.o.usage)
        opt_help(table, "squeue [OPTION...]",
                 "Jobs in the queue: pending, running and completing ones.", cli->out);
    else if (q.o.version)
        fprintf(cli->out, GANTRY_VERSION "\n");
    else
        rc = run(&q);
    squeue_fini(&q);
    return rc;
}

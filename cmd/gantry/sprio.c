/* sprio - the terms that make up the priorities of waiting jobs. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/columns.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/jobsort.h"
#include "cmd/gantry/refused.h"

#define FORMAT_BEGIN "%.15i %9r "
#define FORMAT_USER "%.8u "
#define FORMAT_LONG \
    "%.8u %.10o %.10Y %.10S %.10A %.10B %.10F %.10J %.10P %.10n %.10Q %.11N %.20T"
#define FORMAT_MAX 256

struct options {
    struct api_options api;
    const char *format, *jobs, *partitions, *users;
    int64_t verbose;
    bool long_, noheader, help, usage, version;
    const char *refused; /* where values of refused options go */
    bool refused_flag;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"clusters", 'M', OPT_STRING, NULL, AT(refused), "LIST", "refused: one cluster", 0,
     0},
    {"federation", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"format", 'o', OPT_STRING, "SPRIO_FORMAT", AT(format), "FORMAT",
     "columns by letter: \"%.15i %.10Y %.10A\"", 0, 0},
    {"help", 0, OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"jobs", 'j', OPT_STRING, NULL, AT(jobs), "LIST", "these jobs: 42,43", 0, 0},
    {"local", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0, 0},
    {"long", 'l', OPT_FLAG, NULL, AT(long_), NULL, "all terms, and whose jobs they are",
     0, 0},
    {"noheader", 'h', OPT_FLAG, NULL, AT(noheader), NULL, "no headings", 0, 0},
    {"norm", 'n', OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: no weights", 0, 0},
    {"partition", 'p', OPT_STRING, NULL, AT(partitions), "LIST",
     "jobs of these partitions", 0, 0},
    {"sibling", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"sort", 'S', OPT_STRING, NULL, AT(refused), "LIST", "refused: by job id", 0, 0},
    {"usage", 0, OPT_FLAG, NULL, AT(usage), NULL, "a line of usage", 0, 0},
    {"user", 'u', OPT_STRING, NULL, AT(users), "LIST",
     "jobs of these users, by name or number", 0, 0},
    {"verbose", 'v', OPT_COUNT, NULL, AT(verbose), NULL, "say what is asked", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    {"weights", 'w', OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: no weights", 0,
     0},
    API_OPT_ROWS(struct options, api),
    {0},
};

#define REFUSED_WEIGHTS \
    "weights stand in the controller's gantry.yaml, which is not asked for"

static const struct refused refused[] = {
    {"clusters", REFUSED_CLUSTERS},
    {"federation", REFUSED_CLUSTERS},
    {"local", REFUSED_CLUSTERS},
    {"sibling", REFUSED_CLUSTERS},
    {"norm", REFUSED_WEIGHTS},
    {"weights", REFUSED_WEIGHTS},
    {"sort", "jobs are listed by their ids"},
    {0},
};

/* ---- columns ---- */

#define CELL(name) \
    static void name(const void *row, const void *shared, struct str *out)

#define NUMBER(name, value)                 \
    CELL(name)                              \
    {                                       \
        const struct jobrow *r = row;       \
        (void)shared;                       \
        str_addf(out, "%" PRId64, (value)); \
    }
NUMBER(priority_cell, r->priority)
NUMBER(age_cell, r->factors.age)
NUMBER(assoc_cell, r->factors.assoc)
NUMBER(fairshare_cell, r->factors.fairshare)
NUMBER(size_cell, r->factors.job_size)
NUMBER(partition_term_cell, r->factors.partition)
NUMBER(qos_term_cell, r->factors.qos)
NUMBER(site_cell, r->factors.site)
NUMBER(kept_cell, r->factors.kept)
NUMBER(short_cell, r->factors.short_limit)
NUMBER(small_cell, r->factors.small_size)
/* Off the others, as it was when they were found. */
NUMBER(nice_cell, r->factors.nice)

/* Of all TRES together. */
CELL(tres_cell)
{
    const struct jobrow *r = row;

    (void)shared;
    if (r->factors.tres != 0)
        str_addf(out, "%" PRId64, r->factors.tres);
}

#define TEXT(name, value)                     \
    CELL(name)                                \
    {                                         \
        const struct jobrow *r = row;         \
        const char *text = (value);           \
        (void)shared;                         \
        str_add(out, text ? text : "(null)"); \
    }
TEXT(user_cell, r->user ? r->user : "")
TEXT(account_cell, r->account)
TEXT(qos_cell, r->qos)
TEXT(partition_cell, r->partition ? r->partition : "")

CELL(id_cell)
{
    (void)shared;
    jobrow_id(row, out);
}

static const struct column columns[] = {
    {'A', NULL, "AGE", age_cell, 0},
    {'B', NULL, "ASSOC", assoc_cell, 0},
    {'F', NULL, "FAIRSHARE", fairshare_cell, 0},
    {'i', NULL, "JOBID", id_cell, 0},
    {'J', NULL, "JOBSIZE", size_cell, 0},
    {'K', NULL, "KEPT", kept_cell, 0},
    {'L', NULL, "SHORT", short_cell, 0},
    {'M', NULL, "SMALL", small_cell, 0},
    {'n', NULL, "QOSNAME", qos_cell, 0},
    {'N', NULL, "NICE", nice_cell, 0},
    {'o', NULL, "ACCOUNT", account_cell, 0},
    {'P', NULL, "PARTITION", partition_term_cell, 0},
    {'Q', NULL, "QOS", qos_term_cell, 0},
    {'r', NULL, "PARTITION", partition_cell, 0},
    {'S', NULL, "SITE", site_cell, 0},
    {'T', NULL, "TRES", tres_cell, 0},
    {'u', NULL, "USER", user_cell, 0},
    {'Y', NULL, "PRIORITY", priority_cell, 0},
    {0},
};

/* ---- which ---- */

struct sprio {
    const struct cli *cli;
    struct options o;
    struct jobfilter filter;
    struct api api;
};

/* A job that is not eligible, or not yet, has no priority to take apart. */
static bool is_shown(const struct sprio *s, const struct jobrow *r, int64_t now_sec)
{
    int64_t since_sec = jobrow_eligible_sec(r);

    return r->priority > 0 && since_sec != TIME_UNSET && since_sec <= now_sec &&
           jobfilter_shows(&s->filter, r);
}

static const struct jobrow **choose(const struct sprio *s, const struct joblist *list,
                                    size_t *ret_n)
{
    static const struct jobsort by_id = {0};
    const struct jobrow **rows = xcalloc(list->n + 1, sizeof(*rows));
    int64_t now_sec = loop_now_sec(s->api.loop);
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (is_shown(s, &list->rows[i], now_sec))
            rows[n++] = &list->rows[i];
    }
    jobsort_rows(&by_id, rows, n);
    *ret_n = n;
    return rows;
}

/* ---- lines ---- */

/* Terms whose weight is 0 unless a site says otherwise have a column where a job has
 * them. */
static void add_terms(const struct jobrow *const *rows, size_t n, struct str *format)
{
    bool assoc = false, size = false, is_short = false, small = false;
    bool tres = false, kept = false;

    for (size_t i = 0; i < n; i++) {
        assoc |= rows[i]->factors.assoc != 0;
        size |= rows[i]->factors.job_size != 0;
        tres |= rows[i]->factors.tres != 0;
        kept |= rows[i]->factors.kept != 0;
        is_short |= rows[i]->factors.short_limit != 0;
        small |= rows[i]->factors.small_size != 0;
    }
    str_addf(format, "%%.10Y %%.10S %%.10A%s %%.10F%s %%.10P %%.10Q%s%s%s%s",
             assoc ? " %.10B" : "", size ? " %.10J" : "", tres ? " %.20T" : "",
             is_short ? " %.10L" : "", small ? " %.10M" : "", kept ? " %.10K" : "");
}

static void default_format(const struct sprio *s, const struct jobrow *const *rows,
                           size_t n, struct str *format)
{
    str_add(format, FORMAT_BEGIN);
    if (s->o.long_) {
        str_add(format, FORMAT_LONG);
        return;
    }
    if (s->o.users)
        str_add(format, FORMAT_USER);
    add_terms(rows, n, format);
}

static int print(const struct sprio *s, const struct jobrow *const *rows, size_t n,
                 struct err *err)
{
    FORMAT_AUTO struct format format = {0};
    STR_AUTO struct str text, lines;

    str_init(&text, FORMAT_MAX);
    str_init(&lines, COLUMNS_LINE_MAX);
    default_format(s, rows, n, &text);
    if (format_parse_letters(&format, columns,
                             s->o.format && !s->o.long_ ? s->o.format : text.s,
                             err) < 0)
        return -1;
    if (!s->o.noheader)
        format_heading(&format, &lines);
    for (size_t i = 0; i < n; i++)
        format_row(&format, rows[i], NULL, &lines);
    fwrite(lines.s, 1, lines.len, s->cli->out);
    return 0;
}

static int show(struct sprio *s, struct err *err)
{
    JOBLIST_AUTO struct joblist list;
    size_t n;

    joblist_init(&list);
    if (jobfilter_fetch(&s->filter, &s->api, s->o.api.namespace_, JOB_WHOLE, &list,
                        err) < 0)
        return -1;
    const struct jobrow **rows = choose(s, &list, &n);
    int rc = print(s, rows, n, err);
    free((void *)rows);
    return rc;
}

static int read_filter(struct sprio *s, struct err *err)
{
    names_parse(&s->filter.partitions, s->o.partitions);
    jobfilter_users(&s->filter, s->o.users);
    if (jobfilter_states(&s->filter, job_state_word(JOB_STATE_PENDING), err) < 0)
        return -1;
    return s->o.jobs ? jobfilter_jobs(&s->filter, s->o.jobs, err) : 0;
}

static int read_line(struct sprio *s, int argc, char **argv, struct err *err)
{
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &s->o, err);

    if (first < 0)
        return -1;
    if (first < argc)
        return err_set(err, ERR_INVALID, "Unrecognized option: %s", argv[first]);
    return read_filter(s, err);
}

static int run(struct sprio *s, struct err *err)
{
    if (api_open(&s->api, s->cli, &s->o.api, err) < 0)
        return -1;
    if (s->o.verbose > 0)
        cli_say(s->cli, "listing jobs of %s at %s",
                s->o.api.namespace_ ? s->o.api.namespace_ : "all namespaces",
                s->api.server);
    return show(s, err);
}

int cmd_sprio(const struct cli *cli, int argc, char **argv)
{
    struct sprio s = {.cli = cli};
    struct err err = ERR_INIT;
    int rc = refused_check(refused, table, argc, argv, &err);

    if (rc == 0)
        rc = read_line(&s, argc, argv, &err);
    if (rc == 0 && (s.o.help || s.o.usage))
        opt_help(table, "sprio [OPTION...]",
                 "What the priorities of waiting jobs are made of: the terms, and what "
                 "they come to.",
                 cli->out);
    else if (rc == 0 && s.o.version)
        fprintf(cli->out, GANTRY_VERSION "\n");
    else if (rc == 0)
        rc = run(&s, &err);
    rc = rc < 0 ? cli_error(cli, "%s", err.msg) : EXIT_DONE;
    jobfilter_fini(&s.filter);
    api_close(&s.api);
    return rc;
}

/* sshare - the tree of accounts: shares, what was used, and the fair share of each. */
#include <stdlib.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/listing.h"
#include "cmd/gantry/refused.h"
#include "cmd/gantry/sharecolumns.h"
#include "cmd/gantry/sharejson.h"
#include "cmd/gantry/slurmjson.h"
#include "cmd/gantry/whoami.h"

/* Slurm's default fields: with a partition's behind the user's. */
#define FIELDS_BEGIN "Account,User"
#define FIELDS_SHORT ",RawShares,NormShares,RawUsage,EffectvUsage,FairShare"
#define FIELDS_LONG ",RawShares,NormShares,RawUsage,NormUsage,EffectvUsage,FairShare"
#define FIELDS_MINUTES ",GrpTRESMins,TRESRunMins"
#define FORMAT_MAX 512

struct options {
    struct api_options api;
    const char *format, *accounts, *users;
    int64_t verbose;
    bool all, long_, partition, noheader, noheader_h, parsable, parsable2, users_only;
    bool helpformat, help, usage, version;
    const char *json;    /* NULL: as lines */
    const char *refused; /* where values of refused options go */
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"accounts", 'A', OPT_STRING, NULL, AT(accounts), "LIST", "these accounts", 0, 0},
    {"all", 'a', OPT_FLAG, NULL, AT(all), NULL, "all users", 0, 0},
    {"clusters", 'M', OPT_STRING, NULL, AT(refused), "LIST", "refused: one cluster", 0,
     0},
    {"format", 'o', OPT_STRING, NULL, AT(format), "FORMAT",
     "fields, apart by commas: \"Account,User%20,FairShare\"", 0, 0},
    {"help", 0, OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"helpformat", 'e', OPT_FLAG, NULL, AT(helpformat), NULL, "the fields of --format",
     0, 0},
    {"json", 0, OPT_OPTIONAL, NULL, AT(json), "VERSION", "as JSON, Slurm's schema", 0,
     0},
    {"long", 'l', OPT_FLAG, NULL, AT(long_), NULL,
     "with normalised usage, and minutes that running jobs have left", 0, 0},
    {"noheader", 'n', OPT_FLAG, NULL, AT(noheader), NULL, "no headings", 0, 0},
    {"no-header", 'h', OPT_FLAG, NULL, AT(noheader_h), NULL, "likewise", 0, 0},
    {"parsable", 'p', OPT_FLAG, NULL, AT(parsable), NULL, "'|' behind each field", 0,
     0},
    {"parsable2", 'P', OPT_FLAG, NULL, AT(parsable2), NULL, "'|' between fields", 0, 0},
    {"partition", 'm', OPT_FLAG, NULL, AT(partition), NULL,
     "with partitions of members", 0, 0},
    {"usage", 0, OPT_FLAG, NULL, AT(usage), NULL, "a line of usage", 0, 0},
    {"users", 'u', OPT_STRING, NULL, AT(users), "LIST",
     "these users, by name or number (else oneself)", 0, 0},
    {"Users", 'U', OPT_FLAG, NULL, AT(users_only), NULL, "users only, no accounts", 0,
     0},
    {"verbose", 'v', OPT_COUNT, NULL, AT(verbose), NULL, "say what is asked", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

static const struct refused refused[] = {
    {"clusters", REFUSED_CLUSTERS},
    {0},
};

/* ---- which ---- */

struct sshare {
    const struct cli *cli;
    struct options o;
    struct names accounts, users;
    char *me; /* NULL: nobody is meant by default */
    struct api api;
    struct listing listing;
};

/* By default oneself, and who is one in the namespace at hand. */
static bool means_member(const struct sshare *s, const struct share_row *row)
{
    const struct member *m = row->member;
    STR_AUTO struct str name;

    str_init(&name, FORMAT_MAX);
    if (s->o.all)
        return true;
    if (s->me)
        return m->user ? str_eq(m->user, s->me) : str_eq(m->ns, s->api.ns);
    share_row_user(row, &name);
    return names_has(&s->users, name.s);
}

static bool is_shown(const struct sshare *s, const struct share_row *row)
{
    if (s->accounts.n > 0 && !names_has(&s->accounts, share_row_account(row)))
        return false;
    return row->member ? means_member(s, row) : !s->o.users_only;
}

/* One more than an account that is shown above it. */
static void print_rows(const struct sshare *s, const struct shares *shares,
                       struct str *out)
{
    AUTO_FREE int *indents = xcalloc(shares->n, sizeof(*indents));

    for (size_t i = 0; i < shares->n; i++) {
        const struct share_row *row = &shares->rows[i];
        const struct share_row *above = share_row_parent(row);

        if (above && is_shown(s, above))
            indents[i] = indents[above - shares->rows] + 1;
        const struct share_line line = {row, indents[i]};
        if (is_shown(s, row))
            listing_row(&s->listing, &line, out);
    }
}

static void print_json(const struct sshare *s, const struct shares *shares)
{
    struct slurmjson doc;

    slurmjson_begin_in(&doc, s->cli, "shares", "shares");
    for (size_t i = 0; i < shares->n; i++)
        if (is_shown(s, &shares->rows[i]))
            slurmjson_item(&doc, sharejson(&shares->rows[i], i + 1));
    slurmjson_end(&doc, loop_now_sec(s->api.loop));
}

/* ---- what is asked ---- */

/* Where the line has no format. */
static int take_fields(struct sshare *s, const struct shares *shares, struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, FORMAT_MAX);
    if (s->o.format)
        return 0;
    str_add(&text, FIELDS_BEGIN);
    str_add(&text, s->o.partition ? ",Partition" : "");
    str_add(&text, s->o.long_ ? FIELDS_LONG : FIELDS_SHORT);
    if (s->o.long_)
        str_addf(&text, "%s" FIELDS_MINUTES, shares->rules.classic ? "" : ",LevelFS");
    return listing_parse(&s->listing, share_fields, text.s, err);
}

static int add_jobs(struct sshare *s, struct shares *shares, struct err *err)
{
    JOBFILTER_AUTO struct jobfilter filter = {0};
    JOBLIST_AUTO struct joblist list;

    joblist_init(&list);
    if (jobfilter_states(&filter, job_state_word(JOB_STATE_RUNNING), err) < 0 ||
        jobfilter_fetch(&filter, &s->api, NULL, JOB_WHOLE, &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        if (jobfilter_shows(&filter, &list.rows[i]))
            shares_add_job(shares, &list.rows[i], loop_now_sec(s->api.loop));
    return 0;
}

static void say_names(const struct sshare *s, const char *what,
                      const struct names *names)
{
    fprintf(s->cli->out, "%s requested:\n", what);
    for (size_t i = 0; i < names->n; i++)
        fprintf(s->cli->out, "\t: %s\n", names->list[i]);
    if (names->n == 0)
        fprintf(s->cli->out, "\t: %s\n", s->me && *what == 'U' ? s->me : "all");
}

static int show(struct sshare *s, struct err *err)
{
    SHARES_AUTO struct shares shares = {0};
    STR_AUTO struct str lines;

    str_init(&lines, LISTING_MAX);
    if (shares_fetch(&shares, &s->api, err) < 0 || take_fields(s, &shares, err) < 0)
        return -1;
    if ((s->o.json || listing_has(&s->listing, "TRESRunMins")) &&
        add_jobs(s, &shares, err) < 0)
        return -1;
    if (s->o.json) {
        print_json(s, &shares);
        return 0;
    }
    if (s->o.verbose > 0) {
        say_names(s, "Users", &s->users);
        say_names(s, "Accounts", &s->accounts);
    }
    if (!s->o.noheader && !s->o.noheader_h)
        listing_heading(&s->listing, &lines);
    print_rows(s, &shares, &lines);
    fwrite(lines.s, 1, lines.len, s->cli->out);
    return 0;
}

static int read_line(struct sshare *s, int argc, char **argv, struct err *err)
{
    struct jobfilter given = {0};
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &s->o, err);

    if (first < 0)
        return -1;
    if (first < argc)
        return err_set(err, ERR_INVALID, "Unrecognized option: %s", argv[first]);
    names_parse(&s->accounts, s->o.accounts);
    jobfilter_users(&given, s->o.users);
    s->users = given.users;
    s->listing.style = s->o.parsable2  ? LISTING_PARSABLE2
                       : s->o.parsable ? LISTING_PARSABLE
                                       : LISTING_WIDE;
    return s->o.format ? listing_parse(&s->listing, share_fields, s->o.format, err) : 0;
}

static int run(struct sshare *s, struct err *err)
{
    if (api_open(&s->api, s->cli, &s->o.api, err) < 0)
        return -1;
    if (!s->o.all && s->users.n == 0 && !(s->me = whoami(&s->api, err)))
        return -1;
    return show(s, err);
}

static void tell(const struct sshare *s)
{
    STR_AUTO struct str text;

    str_init(&text, LISTING_MAX);
    if (s->o.help || s->o.usage) {
        opt_help(table, "sshare [OPTION...]",
                 "Shares and usage of accounts and their members, and the fair shares "
                 "that follow.",
                 s->cli->out);
        return;
    }
    if (s->o.helpformat)
        listing_names(share_fields, &text);
    fprintf(s->cli->out, "%s", s->o.version ? GANTRY_VERSION "\n" : text.s);
}

int cmd_sshare(const struct cli *cli, int argc, char **argv)
{
    struct sshare s = {.cli = cli};
    struct err err = ERR_INIT;
    int rc = refused_check(refused, table, argc, argv, &err);

    if (rc == 0)
        rc = read_line(&s, argc, argv, &err);
    if (rc == 0 && (s.o.help || s.o.usage || s.o.version || s.o.helpformat))
        tell(&s);
    else if (rc == 0)
        rc = run(&s, &err);
    rc = rc < 0 ? cli_error(cli, "%s", err.msg) : EXIT_DONE;
    names_fini(&s.accounts);
    names_fini(&s.users);
    free(s.me);
    api_close(&s.api);
    return rc;
}

/* scancel - cancels or signals jobs, by their ids or by what they are. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/signo.h"
#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/jobaction.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/refused.h"
#include "cmd/gantry/users.h"
#include "cmd/gantry/whoami.h"

struct options {
    struct api_options api;
    const char *accounts, *names, *nodes, *partitions, *qos, *reservations, *states;
    const char *users, *signal;
    int64_t verbose;
    bool batch, ctld, full, interactive, me, quiet, help, usage, version;
    const char *refused;
    bool refused_flag;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"account", 'A', OPT_STRING, "SCANCEL_ACCOUNT", AT(accounts), "NAME",
     "jobs of this account", 0, 0},
    {"batch", 'b', OPT_FLAG, "SCANCEL_BATCH", AT(batch), NULL,
     "with --signal: to the script alone", 0, 0},
    {"clusters", 'M', OPT_STRING, NULL, AT(refused), "LIST", "refused: one cluster", 0,
     0},
    {"ctld", 0, OPT_FLAG, "SCANCEL_CTLD", AT(ctld), NULL,
     "by way of the controller, as always here", 0, 0},
    {"full", 'f', OPT_FLAG, "SCANCEL_FULL", AT(full), NULL,
     "with --signal: to the script and all its processes", 0, 0},
    {"help", 0, OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"hurry", 'H', OPT_FLAG, "SCANCEL_HURRY", AT(refused_flag), NULL,
     "refused: no burst buffers", 0, 0},
    {"interactive", 'i', OPT_FLAG, "SCANCEL_INTERACTIVE", AT(interactive), NULL,
     "ask before each job", 0, 0},
    {"jobname", 0, OPT_STRING, NULL, AT(names), "NAME", "as --name", 0, 0},
    {"me", 0, OPT_FLAG, NULL, AT(me), NULL, "my jobs", 0, 0},
    {"name", 'n', OPT_STRING, "SCANCEL_NAME", AT(names), "NAME", "jobs of this name", 0,
     0},
    {"nodelist", 'w', OPT_STRING, NULL, AT(nodes), "HOSTLIST", "jobs on these nodes", 0,
     0},
    {"partition", 'p', OPT_STRING, "SCANCEL_PARTITION", AT(partitions), "NAME",
     "jobs of this partition", 0, 0},
    {"qos", 'q', OPT_STRING, "SCANCEL_QOS", AT(qos), "NAME", "jobs of this QOS", 0, 0},
    {"quiet", 'Q', OPT_FLAG, NULL, AT(quiet), NULL,
     "say nothing of jobs that have ended", 0, 0},
    {"reservation", 'R', OPT_STRING, NULL, AT(reservations), "NAME",
     "jobs in this reservation", 0, 0},
    {"sibling", 0, OPT_STRING, NULL, AT(refused), "NAME", "refused: one cluster", 0, 0},
    {"signal", 's', OPT_STRING, NULL, AT(signal), "SIGNAL",
     "send this signal instead of ending the job", 0, 0},
    {"state", 't', OPT_STRING, "SCANCEL_STATE", AT(states), "STATE",
     "jobs in this state: PENDING, RUNNING or SUSPENDED", 0, 0},
    {"usage", 0, OPT_FLAG, NULL, AT(usage), NULL, "a line of usage", 0, 0},
    {"user", 'u', OPT_STRING, "SCANCEL_USER", AT(users), "NAME", "jobs of this user", 0,
     0},
    {"verbose", 'v', OPT_COUNT, "SCANCEL_VERBOSE", AT(verbose), NULL,
     "say what is done", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    {"wckey", 0, OPT_STRING, "SCANCEL_WCKEY", AT(refused), "KEY", "refused: no wckeys",
     0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

static const struct refused refused[] = {
    {"clusters", REFUSED_CLUSTERS},
    {"hurry", "there are no burst buffers"},
    {"sibling", REFUSED_CLUSTERS},
    {"wckey", "jobs have no wckeys"},
    {0},
};

struct scancel {
    const struct cli *cli;
    struct options o;
    struct jobaction action;
    int signo; /* 0: none */
    struct jobfilter filter;
    char **ids; /* as they stand on the line, one each */
    size_t n_ids, cap_ids;
    struct api api;
    struct joblist list;
    bool failed;
};

static void scancel_fini(struct scancel *s)
{
    for (size_t i = 0; i < s->n_ids; i++)
        free(s->ids[i]);
    free(s->ids);
    jobfilter_fini(&s->filter);
    joblist_fini(&s->list);
    api_close(&s->api);
}

/* ---- the line ---- */

/* "12", "12_3", "12_[3-5]", "12+1": a number, then what the list of jobs will tell. */
static bool is_job_id(const char *text)
{
    const size_t len = strspn(text, "0123456789");

    return len > 0 && len <= 18 && strtoll(text, NULL, 10) > 0 &&
           (text[len] == '\0' || text[len] == '_' || text[len] == '+');
}

static int add_ids(struct scancel *s, const char *text, struct err *err)
{
    for (const char *at = text; *at;) {
        const size_t bracket = strcspn(at, "[");
        size_t len = strcspn(at, ",");
        if (bracket < len) /* commas within are part of the tasks' list */
            len = bracket + strcspn(at + bracket, "]") + strlen("]");
        len = MIN(len, strlen(at));
        AUTO_FREE char *id = xstrndup(at, len);
        if (strchr(id, '.'))
            return err_set(err, ERR_INVALID,
                           "Invalid job id %s: steps are not supported", id);
        if (!is_job_id(id))
            return err_set(err, ERR_INVALID, "Invalid job id %s", id);
        GROW(s->ids, s->n_ids, s->cap_ids);
        s->ids[s->n_ids++] = TAKE(id);
        at += len + (at[len] == ',');
    }
    return 0;
}

static int read_action(struct scancel *s, struct err *err)
{
    s->action = (struct jobaction){.type = "Cancel"};
    if (!s->o.signal) {
        if (s->o.batch || s->o.full)
            return err_set(err, ERR_INVALID,
                           "%s says whom --signal is for: name one, or leave it out",
                           s->o.full ? "--full" : "--batch");
        return 0;
    }
    s->signo = signo_parse(s->o.signal);
    if (s->signo == 0)
        return err_set(err, ERR_INVALID, "Unknown job signal: %s", s->o.signal);
    /* SIGKILL for more than the script is the end of the job, as Slurm has it. */
    if (s->signo != SIGKILL || s->o.batch)
        s->action =
            (struct jobaction){.type = "Signal",
                               .signal = signo_name(s->signo),
                               .scope = s->o.batch && !s->o.full ? "Batch" : "All"};
    return 0;
}

static int read_states(struct scancel *s, struct err *err)
{
    struct err why = ERR_INIT;

    s->filter.any_state = !s->o.states;
    if (!s->o.states)
        return 0;
    if (jobfilter_states(&s->filter, s->o.states, &why) == 0) {
        bool fine = s->filter.n_states > 0;
        for (size_t i = 0; i < s->filter.n_states; i++)
            fine = fine && (str_eq(s->filter.states[i]->code, "PD") ||
                            str_eq(s->filter.states[i]->code, "R") ||
                            str_eq(s->filter.states[i]->code, "S"));
        if (fine)
            return 0;
    }
    return err_set(err, ERR_INVALID,
                   "Invalid job state specified: %s; valid job states are PENDING, "
                   "RUNNING, and SUSPENDED",
                   s->o.states);
}

static bool has_filter(const struct options *o)
{
    return o->accounts || o->names || o->nodes || o->partitions || o->qos ||
           o->reservations || o->states || o->users || o->me;
}

static int read_filter(struct scancel *s, struct err *err)
{
    const struct options *o = &s->o;
    struct jobfilter *f = &s->filter;

    names_parse(&f->partitions, o->partitions);
    names_parse(&f->accounts, o->accounts);
    names_parse(&f->qos, o->qos);
    names_parse(&f->job_names, o->names);
    names_parse(&f->reservations, o->reservations);
    jobfilter_users(f, o->me ? NULL : o->users);
    if (o->nodes && hostlist_parse(&f->nodes, o->nodes, err) < 0)
        return err_prefix(err, "--nodelist");
    return read_states(s, err);
}

static int read_line(struct scancel *s, int argc, char **argv, struct err *err)
{
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &s->o, err);

    if (first < 0)
        return -1;
    if (s->o.help || s->o.usage || s->o.version)
        return 0;
    if (refused_check(refused, table, argc, argv, err) < 0)
        return -1;
    for (int i = first; i < argc; i++)
        if (add_ids(s, argv[i], err) < 0)
            return -1;
    if (s->n_ids == 0 && !has_filter(&s->o))
        return err_set(err, ERR_INVALID, "No job identification provided");
    return read_action(s, err) < 0 ? -1 : read_filter(s, err);
}

/* ---- one job ---- */

#define NO_SUCH_JOB "Invalid job id specified"
#define IS_OVER "Job/step already completing or completed"

static void complain(struct scancel *s, const char *id, const char *why)
{
    cli_error(s->cli, "Kill job error on job id %s: %s", id, why);
    s->failed = true;
}

/* Of standard input; no answer is no. */
static bool asked_yes(struct scancel *s, const struct jobrow *r, const char *id)
{
    char line[64] = "";

    if (!s->o.interactive)
        return true;
    fprintf(s->cli->out, "Cancel job_id=%s name=%s partition=%s [y/n]? ", id,
            r->name ? r->name : "", r->partition ? r->partition : "");
    fflush(s->cli->out);
    if (!fgets(line, sizeof(line), s->cli->in))
        return false;
    return line[0] == 'y' || line[0] == 'Y';
}

/* Why the job cannot be sent the signal, in Slurm's words where it has some; NULL: it
 * can, or is to be cancelled. Without --batch and --full a signal is for tasks alone,
 * which of a template are its containers. */
static const char *unsignalled(const struct scancel *s, const struct jobrow *r,
                               const struct jobaction *action)
{
    const bool later = action->component && *action->component > 0;

    if (!s->action.signal)
        return NULL;
    if (!job_word_is(r->word, JOB_STATE_RUNNING) &&
        !job_word_is(r->word, JOB_STATE_CONFIGURING))
        return "Job can not be altered now, try again later";
    if (s->o.batch && !s->o.full && (!r->is_script || later))
        return "Job script not specified";
    if (r->is_script && later)
        return "it has no job steps, and the script is the first component's";
    if (!s->o.batch && !s->o.full && r->is_script)
        return "it has no job steps: --batch signals its script, --full that and all "
               "its processes";
    return NULL;
}

/* `tasks`: of an array, those that are meant; NULL: all. */
static void act(struct scancel *s, const struct jobrow *r, const char *id,
                const struct jobaction *action)
{
    const char *why = unsignalled(s, r, action);
    struct err err = ERR_INIT;

    if (!asked_yes(s, r, id))
        return;
    if (s->o.verbose > 0 && s->signo)
        cli_say(s->cli, "Signal %d to job %s", s->signo, id);
    else if (s->o.verbose > 0)
        cli_say(s->cli, "Terminating job %s", id);
    if (why)
        complain(s, id, why);
    else if (jobaction_add(&s->api, r->ns, r->object, r->uid, action, &err) == 0)
        return;
    else if (err.code == ERR_NOT_FOUND)
        complain(s, id, NO_SUCH_JOB);
    else
        complain(s, id, err.msg);
}

static void cancel(struct scancel *s, const struct jobrow *r, const char *id,
                   const char *tasks)
{
    struct jobaction action = s->action;

    action.tasks = tasks;
    act(s, r, id, &action);
}

/* ---- which jobs ---- */

/* What of a named job there is to do something to. */
struct hit {
    size_t found, over;
};

/* The row is of the job that is named, or of one of the tasks. An array's row stands
 * for those of its tasks that have none of their own. */
static void hit_row(struct scancel *s, const struct jobrow *r,
                    const struct job_ref *ref, struct hit *hit)
{
    struct taskset left = job_ref_left(ref, r);
    STR_AUTO struct str tasks, id;

    str_init(&tasks, TASKSET_TEXT_MAX);
    str_init(&id, TASKSET_TEXT_MAX);
    taskset_format(&left, &tasks);
    jobrow_id(r, &id);
    hit->found++;
    if (s->action.signal && ref->all && jobrow_is_array(r))
        return; /* they do not run */
    if (r->word->kind == JOB_KIND_FINAL) {
        hit->over++;
    } else if (jobfilter_shows(&s->filter, r)) {
        cancel(s, r, id.s, tasks.len > 0 ? tasks.s : NULL);
    }
}

/* The whole of an array in one action, which reaches all its tasks, also those that are
 * being split off. */
static const struct jobrow *find_array(const struct scancel *s,
                                       const struct job_ref *ref)
{
    const bool every = !s->action.signal && ref->all && !s->o.states && !s->o.nodes;

    for (size_t i = 0; every && i < s->list.n; i++)
        if (s->list.rows[i].id == ref->id && jobrow_is_array(&s->list.rows[i]) &&
            s->list.rows[i].word->kind != JOB_KIND_FINAL)
            return &s->list.rows[i];
    return NULL;
}

/* ---- components ---- */

/* The rows of a heterogeneous job, one behind the other, and those that are meant. */
struct couple {
    const struct jobrow *rows;
    size_t n;
    bool meant[COMPONENTS_MAX];
    bool all; /* that are not over */
};

/* `ref`: NULL: whatever the filter shows. */
static void couple_init(struct couple *c, const struct scancel *s,
                        const struct jobrow *first, const struct job_ref *ref,
                        struct hit *hit)
{
    *c = (struct couple){
        .rows = first, .n = MIN((size_t)first->het_size, COMPONENTS_MAX), .all = true};
    for (size_t i = 0; i < c->n; i++) {
        const bool named = !ref || job_ref_means(ref, &first[i]);
        const bool over = first[i].word->kind == JOB_KIND_FINAL;
        hit->found += named;
        hit->over += named && over;
        c->meant[i] = named && !over && jobfilter_shows(&s->filter, &first[i]);
        c->all &= over || c->meant[i];
    }
}

/* A component of a job that runs is signalled alone, or ends alone. `named`: as it is
 * on the line; NULL: it is not. */
static void cancel_component(struct scancel *s, const struct jobrow *r,
                             const char *named)
{
    struct jobaction action = s->action;
    STR_AUTO struct str id;

    str_init(&id, TASKSET_TEXT_MAX);
    jobrow_id(r, &id);
    action.component = &r->het_offset;
    if (r->word->kind == JOB_KIND_PENDING)
        complain(s, named ? named : id.s, JOB_REF_COMPONENT_WORDS);
    else
        act(s, r, named ? named : id.s, &action);
}

/* The first component ends all others with it; one that a filter shows stands for the
 * whole job also while that waits. `named`: the only one, as it is on the line. */
static void cancel_couple(struct scancel *s, const struct couple *c, const char *named)
{
    const bool waits = c->rows[0].word->kind == JOB_KIND_PENDING;
    const bool ends = c->meant[0] && !s->action.signal && !(named && waits);
    AUTO_FREE char *whole = xasprintf("%" PRId64, c->rows[0].het_id);

    if (ends || (c->all && !named)) {
        act(s, &c->rows[0], named ? named : whole, &s->action);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        if (c->meant[i])
            cancel_component(s, &c->rows[i], named);
}

/* Does the name stand for one of them alone? */
static bool is_of_one(const struct job_ref *ref, const struct jobrow *first)
{
    return ref->component >= 0 || ref->id != first->het_id;
}

/* Returns how many rows it has. */
static size_t hit_couple(struct scancel *s, const struct jobrow *first, const char *id,
                         const struct job_ref *ref, struct hit *hit)
{
    struct couple c;

    couple_init(&c, s, first, ref, hit);
    cancel_couple(s, &c, ref && is_of_one(ref, first) ? id : NULL);
    return c.n;
}

/* ---- which of them ---- */

static void cancel_rows(struct scancel *s, const char *id, const struct job_ref *ref)
{
    struct hit hit = {0};

    for (size_t i = 0; i < s->list.n; i++) {
        const struct jobrow *r = &s->list.rows[i];
        if (r->het_offset == 0)
            i += hit_couple(s, r, id, ref, &hit) - 1;
        else if (job_ref_means(ref, r) && !jobrow_is_shell(r))
            hit_row(s, r, ref, &hit);
    }
    if (hit.found == 0)
        complain(s, id, NO_SUCH_JOB);
    else if (hit.found == hit.over && !s->o.quiet)
        complain(s, id, IS_OVER);
}

static void cancel_id(struct scancel *s, const char *id)
{
    struct job_ref ref;
    const struct jobrow *array;

    if (!job_ref_parse(id, &ref))
        complain(s, id, NO_SUCH_JOB);
    else if ((array = find_array(s, &ref)) != NULL)
        cancel(s, array, id, NULL);
    else
        cancel_rows(s, id, &ref);
}

static void cancel_matching(struct scancel *s)
{
    for (size_t i = 0; i < s->list.n; i++) {
        const struct jobrow *r = &s->list.rows[i];
        const struct job_ref ref = {.id = jobrow_is_array(r) ? r->array_id : r->id,
                                    .all = true};
        struct hit hit = {0};
        if (r->het_offset == 0)
            i += hit_couple(s, r, NULL, NULL, &hit) - 1;
        else if (r->word->kind != JOB_KIND_FINAL && jobfilter_shows(&s->filter, r))
            hit_row(s, r, &ref, &hit);
    }
}

/* Without ids one's own jobs are meant, unless --user names somebody. */
static int add_me(struct scancel *s, struct err *err)
{
    if (!s->o.me && (s->n_ids > 0 || s->o.users))
        return 0;
    AUTO_FREE char *me = whoami(&s->api, err);
    if (!me)
        return -1;
    names_parse(&s->filter.users, me);
    return 0;
}

/* Jobs that are named by their ids are looked for among all: one that has ended is told
 * from one that is unknown. */
static int fetch(struct scancel *s, struct err *err)
{
    struct jobfilter all = {.any_state = true};

    return jobfilter_fetch(s->n_ids > 0 ? &all : &s->filter, &s->api,
                           s->o.api.namespace_, JOB_WHOLE | JOB_APART, &s->list, err);
}

static int cancel_all(struct scancel *s)
{
    struct err err = ERR_INIT;

    if (api_open(&s->api, s->cli, &s->o.api, &err) < 0 || add_me(s, &err) < 0 ||
        fetch(s, &err) < 0)
        return cli_error(s->cli, "%s", err.msg);
    for (size_t i = 0; i < s->n_ids; i++)
        cancel_id(s, s->ids[i]);
    if (s->n_ids == 0)
        cancel_matching(s);
    return s->failed ? EXIT_ERROR : EXIT_DONE;
}

static void answer_about(const struct cli *cli, const struct options *o)
{
    static const struct opt_exit exits[] = {
        {0, "all jobs that were meant are being cancelled, or signalled"},
        {1, "wrong use, or one of them could not be"},
        {0, NULL},
    };

    if (o->version) {
        fprintf(cli->out, GANTRY_VERSION "\n");
    } else if (o->usage) {
        fprintf(cli->out, "Usage: scancel [OPTION...] [JOB_ID...]\n");
    } else {
        opt_help(table, "scancel [OPTION...] [JOB_ID...]",
                 "Cancels jobs, or signals them: those of the ids (12 13, 12,13), or "
                 "all that the options name; without\nids and --user one's own. Only "
                 "jobs that all options name are meant. A signal is for a template's "
                 "containers\nor, with --batch or --full, for a script.",
                 cli->out);
        opt_help_exits(exits, cli->out);
    }
}

int cmd_scancel(const struct cli *cli, int argc, char **argv)
{
    struct scancel s = {.cli = cli};
    struct err err = ERR_INIT;
    int status = EXIT_DONE;

    joblist_init(&s.list);
    if (read_line(&s, argc, argv, &err) < 0)
        status = cli_error(cli, "%s", err.msg);
    else if (s.o.help || s.o.usage || s.o.version)
        answer_about(cli, &s.o);
    else
        status = cancel_all(&s);
    scancel_fini(&s);
    return status;
}

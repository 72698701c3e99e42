/* scontrol update JobId=... - changes of jobs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/depcircle.h"
#include "cmd/gantry/jobvalue.h"
#include "cmd/gantry/payers.h"
#include "cmd/gantry/resvs.h"
#include "cmd/gantry/scontrol.h"

#define NO_SUCH(key, why)               \
    {                                   \
        key, why, CHANGE_REFUSED, false \
    }

static const struct change_row job_rows[] = {
    {"JobId", NULL, CHANGE_SELECTS, true},
    {"Job", NULL, CHANGE_SELECTS, true},
    {"TimeLimit", "timeLimit", CHANGE_TIME, true},
    {"Comment", "comment", CHANGE_TEXT, true},
    {"Nice", "nice", CHANGE_INT, true},
    {"ArrayTaskThrottle", "array", CHANGE_INT, true},
    {"Account", "account", CHANGE_TEXT, false},
    {"Contiguous", "contiguous", CHANGE_BOOL, false},
    {"CpusPerTask", "cpusPerTask", CHANGE_INT, false},
    {"Deadline", "deadline", CHANGE_TEXT, false},
    {"Dependency", "dependency", CHANGE_TEXT, false},
    {"EligibleTime", "begin", CHANGE_TEXT, false},
    {"ExcNodeList", "exclude", CHANGE_TEXT, false},
    {"Features", "constraint", CHANGE_TEXT, false},
    {"Gres", "gpusPerNode", CHANGE_GPUS, false},
    {"JobName", "jobName", CHANGE_TEXT, false},
    {"Licenses", "licenses", CHANGE_TEXT, false},
    {"MinMemoryCPU", "memPerCpu", CHANGE_TEXT, false},
    {"MinMemoryNode", "memPerNode", CHANGE_TEXT, false},
    {"Name", "jobName", CHANGE_TEXT, false},
    {"NodeList", "nodeList", CHANGE_TEXT, false},
    {"NumNodes", "nodes", CHANGE_TEXT, false},
    {"NumTasks", "ntasks", CHANGE_INT, false},
    {"OverSubscribe", "overSubscribe", CHANGE_BOOL, false},
    {"Partition", "partition", CHANGE_TEXT, false},
    {"Priority", "priority", CHANGE_INT, false},
    {"QOS", "qos", CHANGE_TEXT, false},
    {"ReqNodeList", "nodeList", CHANGE_TEXT, false},
    {"ReqNodes", "nodes", CHANGE_TEXT, false},
    {"ReqProcs", "ntasks", CHANGE_INT, false},
    {"Requeue", "requeue", CHANGE_BOOL, false},
    {"ReservationName", "reservation", CHANGE_TEXT, false},
    {"Shared", "overSubscribe", CHANGE_BOOL, false},
    {"SiteFactor", "siteFactor", CHANGE_INT, true},
    {"StartTime", "begin", CHANGE_TEXT, false},
    {"StdErr", "error", CHANGE_TEXT, false},
    {"StdIn", "input", CHANGE_TEXT, false},
    {"StdOut", "output", CHANGE_TEXT, false},
    {"Switches", "switches", CHANGE_TEXT, false},
    {"TasksPerNode", "ntasksPerNode", CHANGE_INT, false},
    {"TimeMin", "timeMin", CHANGE_TIME, false},
    {"TresPerJob", "gpus", CHANGE_GPUS, false},
    {"TresPerNode", "gpusPerNode", CHANGE_GPUS, false},
    {"TresPerTask", "gpusPerTask", CHANGE_GPUS, false},
    {"WorkDir", "workDir", CHANGE_TEXT, false},
    NO_SUCH("AdminComment", "there is Comment"),
    NO_SUCH("BurstBuffer", "there are no burst buffers"),
    NO_SUCH("ClusterFeatures", "there is one cluster"),
    NO_SUCH("Clusters", "there is one cluster"),
    NO_SUCH("Container", "the image of a job cannot be changed"),
    NO_SUCH("CoreSpec", "no cores are set apart"),
    NO_SUCH("DelayBoot", "nodes are not booted"),
    NO_SUCH("EndTime", "TimeLimit is what ends a job"),
    NO_SUCH("MailType", "no mail is sent"),
    NO_SUCH("MailUser", "no mail is sent"),
    NO_SUCH("MinCPUsNode", "CpusPerTask is what sizes a job"),
    NO_SUCH("MinTmpDiskNode", "disks are not counted"),
    NO_SUCH("Network", "there is nothing to choose"),
    NO_SUCH("NumCPUs", "CpusPerTask and NumNodes are what sizes a job"),
    NO_SUCH("Prefer", "not supported"),
    NO_SUCH("Reboot", "nodes are not rebooted"),
    NO_SUCH("ReqCores", "cores are not chosen"),
    NO_SUCH("ReqSockets", "sockets are not chosen"),
    NO_SUCH("ReqThreads", "threads are not chosen"),
    NO_SUCH("ResetAccrueTime", "not supported"),
    NO_SUCH("SystemComment", "there is Comment"),
    NO_SUCH("ThreadSpec", "no threads are set apart"),
    NO_SUCH("UserID", "a job's user cannot be changed"),
    NO_SUCH("WCKey", "jobs have no wckey"),
    {0},
};

/* ---- what a change says of each job: the same, or by what the job has ---- */

/* "now" is the submission in the spec, and this moment to who writes it here. */
static int put_moment(const struct scontrol *s, const struct change_row *row,
                      const struct change *c, struct json *spec, struct err *err)
{
    char text[TIME_TEXT_MAX];
    int64_t sec;

    if (time_parse(c->value, loop_now_sec(s->api.loop), &sec, NULL) < 0)
        return err_set(err, ERR_INVALID, "Invalid time specification: %s", c->value);
    time_format_rfc3339(sec, text);
    json_set(spec, row->field, json_new_string(text));
    return 0;
}

static bool is_moment(const struct change_row *row)
{
    return str_eq(row->field, "begin") || str_eq(row->field, "deadline");
}

static bool is_throttle(const struct change_row *row)
{
    return str_eq(row->field, "array");
}

/* "+30": 30 more than now. */
static bool is_step(const struct change_row *row, const struct change *c)
{
    return c->sign && str_eq(row->field, "timeLimit");
}

static int read_throttle(const struct change *c, struct err *err)
{
    const size_t digits = strspn(c->value, "0123456789");

    if (digits == 0 || digits > 9 || c->value[digits] != '\0')
        return err_set(err, ERR_INVALID, "Invalid ArrayTaskThrottle value: %s",
                       c->value);
    return 0;
}

static int read_step(const struct change *c, int64_t *ret_sec, struct err *err)
{
    const char *text = c->value + strspn(c->value, "+-");

    if (duration_parse(text, ret_sec, NULL) < 0 || *ret_sec == DURATION_UNLIMITED)
        return err_set(err, ERR_INVALID, "Invalid TimeLimit value: %c%s", c->sign,
                       text);
    if (c->sign == '-')
        *ret_sec = -*ret_sec;
    return 0;
}

/* Does it make sense, and is there what it names? */
static int check_value(struct scontrol *s, const struct change_row *row,
                       const struct change *c, struct err *err)
{
    if (str_eq(row->field, "reservation"))
        return resvs_check_names(&s->api, c->value, err);
    if (str_eq(row->field, "qos"))
        return payers_check_qos(&s->api, c->value, err);
    if (str_eq(row->field, "account"))
        return payers_check_account(&s->api, c->value, err);
    if (row->type == CHANGE_TEXT && *c->value &&
        jobvalue_check(row->field, c->value, err) < 0)
        return err_prefix(err, "Invalid %s value", row->key);
    return 0;
}

/* Puts what is the same for all jobs. -1: some value, of these or others, is wrong. */
static int put_shared(struct scontrol *s, const struct changes *changes,
                      struct json *spec, struct err *err)
{
    int64_t step;
    int rc = 0;

    for (size_t i = 0; i < changes->n && rc == 0; i++) {
        const struct change *c = &changes->list[i];
        const struct change_row *row = change_row_find(job_rows, c->key);
        if (is_throttle(row))
            rc = read_throttle(c, err);
        else if (is_step(row, c))
            rc = read_step(c, &step, err);
        else if (is_moment(row) && *c->value)
            rc = put_moment(s, row, c, spec, err);
        else if ((rc = check_value(s, row, c, err)) == 0)
            rc = change_put(row, c, spec, err);
    }
    return rc;
}

static int add_to_limit(const struct jobrow *r, const struct change *c,
                        struct json *spec, struct err *err)
{
    const char *text = c->value + strspn(c->value, "+-");
    char limit[DURATION_TEXT_MAX];
    int64_t sec;

    if (read_step(c, &sec, err) < 0)
        return -1;
    if (r->limit_sec == LIMIT_UNLIMITED || r->limit_sec == LIMIT_UNSET)
        return err_set(err, ERR_INVALID, "Invalid TimeLimit value: %c%s", c->sign,
                       text);
    sec += r->limit_sec;
    if (sec <= 0)
        return err_set(err, ERR_INVALID,
                       "Invalid TimeLimit value: %c%s leaves nothing of the limit",
                       c->sign, text);
    duration_format(sec, limit);
    json_set(spec, "timeLimit", json_new_string(limit));
    return 0;
}

/* The limit stands behind the array's indices; of its tasks nothing changes. */
static int put_throttle(const struct jobrow *r, const struct change *c,
                        struct json *spec, struct err *err)
{
    if (r->array_id < 0)
        return err_set(err, ERR_INVALID, "Job %" PRId64 " is no array", r->id);
    if (!jobrow_is_array(r) || !r->array)
        return 0;
    AUTO_FREE char *array =
        xasprintf("%.*s%%%s", (int)strcspn(r->array + (r->array[0] == '['), "%]"),
                  r->array + (r->array[0] == '['), c->value);
    json_set(spec, "array", json_new_string(array));
    return 0;
}

/* What is asked for, of each job that is named. */
struct asked {
    struct scontrol *s;
    const struct changes *changes;
    const struct joblist *jobs; /* all there are */
    const struct partlist *parts;
    const struct json *shared;
    size_t failed;
};

/* Why the job cannot be changed so; NULL: it can be tried. */
static const char *job_objection(const struct asked *by, const struct jobrow *r,
                                 const struct change_row *row, const struct change *c)
{
    if (row->type == CHANGE_SELECTS)
        return NULL;
    if (r->word->kind == JOB_KIND_FINAL)
        return "Job/step already completing or completed";
    if (r->word->kind != JOB_KIND_PENDING && !row->running)
        return "Job is no longer pending execution";
    if (str_eq(row->field, "dependency") && depcircle_closes(by->jobs, r, c->value))
        return "Circular job dependency";
    if (!str_eq(row->field, "partition"))
        return NULL;
    for (const char *s = c->value; *s; s += strcspn(s, ","), s += *s == ',') {
        AUTO_FREE char *name = xstrndup(s, strcspn(s, ","));
        if (!partlist_find(by->parts, name))
            return "Invalid partition name specified";
    }
    return NULL;
}

/* Adds to `spec` what is for this job alone. -1: said why it cannot be changed. */
static int finish_spec(const struct asked *by, const struct jobrow *r,
                       struct json *spec)
{
    struct err err = ERR_INIT;

    for (size_t i = 0; i < by->changes->n; i++) {
        const struct change *c = &by->changes->list[i];
        const struct change_row *row = change_row_find(job_rows, c->key);
        const char *why = job_objection(by, r, row, c);
        if (why) {
            scontrol_job_fail(by->s, r, why);
            return -1;
        }
        if ((is_throttle(row) && put_throttle(r, c, spec, &err) < 0) ||
            (is_step(row, c) && add_to_limit(r, c, spec, &err) < 0)) {
            cli_error(by->s->cli, "%s", err.msg);
            return -1;
        }
    }
    return 0;
}

static int update_job(const struct asked *by, const struct jobrow *r)
{
    struct json *spec = json_copy(by->shared);

    if (finish_spec(by, r, spec) < 0) {
        json_free(spec);
        return -1;
    }
    return scontrol_patch_job(by->s, r, spec);
}

/* One that was held for the sake of the change is then held as its array is, whether
 * it could be changed or not. */
static int update_task(const struct asked *by, const struct jobrow *r)
{
    const int rc = update_job(by, r);
    const char *hold;

    if (!scontrol_is_apart(by->s, r, &hold) || str_eq(hold, r->hold))
        return rc;
    struct json *spec = json_new_object();
    json_set(spec, "hold", hold ? json_new_string(hold) : json_new_null());
    return scontrol_patch_job(by->s, r, spec) < 0 ? -1 : rc;
}

/* ---- one component ---- */

/* The time limit and nothing else. */
static bool only_limit(const struct changes *changes)
{
    bool only = true;

    for (size_t i = 0; i < changes->n && only; i++) {
        const struct change_row *row = change_row_find(job_rows, changes->list[i].key);
        only = row->type == CHANGE_SELECTS || str_eq(row->field, "timeLimit");
    }
    return only;
}

/* As if it were a job by itself. */
static int update_component(const struct asked *by, const struct jobrow *r,
                            int64_t component)
{
    JSON_AUTO struct json *spec = json_copy(by->shared);
    struct jobrow alone = *r;

    alone.id = r->het_id + component;
    alone.het_offset = component;
    if (scontrol_component_limit(r, component, &alone.limit_sec) < 0)
        alone.limit_sec = LIMIT_UNSET;
    if (finish_spec(by, &alone, spec) < 0)
        return -1;
    return scontrol_patch_component(by->s, r, component, json_str(spec, "timeLimit"));
}

static bool on_component(void *arg, const struct jobrow *r, int64_t component)
{
    struct asked *by = arg;

    if (!only_limit(by->changes))
        return false;
    by->failed += update_component(by, r, component) < 0;
    return true;
}

int scontrol_update_jobs(struct scontrol *s, const struct changes *changes,
                         const char *which)
{
    JOBLIST_AUTO struct joblist jobs;
    PARTLIST_AUTO struct partlist parts = {0};
    AUTO_FREE char *word = xstrdup(which);
    char *words[] = {word, NULL};
    JSON_AUTO struct json *shared = json_new_object();
    struct err err = ERR_INIT;
    size_t n, missing, failed;

    joblist_init(&jobs);
    if (scontrol_check_changes(s, job_rows, changes) != 0 ||
        scontrol_jobs(s, 0, &jobs, &parts) < 0)
        return EXIT_ERROR;
    if (put_shared(s, changes, shared, &err) < 0) {
        cli_error(s->cli, "%s", err.msg);
        return EXIT_ERROR;
    }
    if (scontrol_set_apart(s, &jobs, &parts, words) < 0)
        return EXIT_ERROR;
    struct asked asked = {s, changes, &jobs, &parts, shared, 0};
    const struct scontrol_components components = {on_component, &asked};
    const struct jobrow **rows =
        scontrol_pick(s, &jobs, words, &components, &n, &missing);
    failed = asked.failed;
    for (size_t i = 0; i < n; i++)
        failed += update_task(&asked, rows[i]) < 0;
    free((void *)rows);
    return missing + failed > 0 ? EXIT_ERROR : EXIT_DONE;
}

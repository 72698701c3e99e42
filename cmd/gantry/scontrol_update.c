/* scontrol update - changes of jobs, nodes and partitions. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/changes.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/whoami.h"

/* ---- jobs ---- */

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
    {"OverSubscribe", "exclusive", CHANGE_NOT, false},
    {"Partition", "partition", CHANGE_TEXT, false},
    {"Priority", "priority", CHANGE_INT, false},
    {"QOS", "qos", CHANGE_TEXT, false},
    {"ReqNodeList", "nodeList", CHANGE_TEXT, false},
    {"ReqNodes", "nodes", CHANGE_TEXT, false},
    {"ReqProcs", "ntasks", CHANGE_INT, false},
    {"Requeue", "requeue", CHANGE_BOOL, false},
    {"ReservationName", "reservation", CHANGE_TEXT, false},
    {"Shared", "exclusive", CHANGE_NOT, false},
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
    NO_SUCH("SiteFactor", "not supported"),
    NO_SUCH("SystemComment", "there is Comment"),
    NO_SUCH("ThreadSpec", "no threads are set apart"),
    NO_SUCH("UserID", "a job's user cannot be changed"),
    NO_SUCH("WCKey", "jobs have no wckey"),
    {0},
};

/* ---- what a change says of each job: the same, or by what the job has ---- */

/* "now" is the submission in the spec, and this moment to who writes it here. */
static int put_begin(const struct scontrol *s, const struct change *c,
                     struct json *spec, struct err *err)
{
    char text[TIME_TEXT_MAX];
    int64_t sec;

    if (time_parse(c->value, loop_now_sec(s->api.loop), &sec, NULL) < 0)
        return err_set(err, ERR_INVALID, "Invalid time specification: %s", c->value);
    time_format_rfc3339(sec, text);
    json_set(spec, "begin", json_new_string(text));
    return 0;
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

/* Puts what is the same for all jobs. -1: some value, of these or others, is wrong. */
static int put_shared(const struct scontrol *s, const struct changes *changes,
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
        else if (str_eq(row->field, "begin") && *c->value)
            rc = put_begin(s, c, spec, err);
        else
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

/* Why the job cannot be changed so; NULL: it can be tried. */
static const char *job_objection(const struct jobrow *r, const struct change_row *row,
                                 const struct change *c, const struct partlist *parts)
{
    if (row->type == CHANGE_SELECTS)
        return NULL;
    if (r->word->kind == JOB_KIND_FINAL)
        return "Job/step already completing or completed";
    if (r->word->kind != JOB_KIND_PENDING && !row->running)
        return "Job is no longer pending execution";
    if (!str_eq(row->field, "partition"))
        return NULL;
    for (const char *s = c->value; *s; s += strcspn(s, ","), s += *s == ',') {
        AUTO_FREE char *name = xstrndup(s, strcspn(s, ","));
        if (!partlist_find(parts, name))
            return "Invalid partition name specified";
    }
    return NULL;
}

/* Adds to `spec` what is for this job alone. -1: said why it cannot be changed. */
static int finish_spec(struct scontrol *s, const struct jobrow *r,
                       const struct changes *changes, const struct partlist *parts,
                       struct json *spec)
{
    struct err err = ERR_INIT;

    for (size_t i = 0; i < changes->n; i++) {
        const struct change *c = &changes->list[i];
        const struct change_row *row = change_row_find(job_rows, c->key);
        const char *why = job_objection(r, row, c, parts);
        if (why) {
            scontrol_job_fail(s, r, why);
            return -1;
        }
        if ((is_throttle(row) && put_throttle(r, c, spec, &err) < 0) ||
            (is_step(row, c) && add_to_limit(r, c, spec, &err) < 0)) {
            cli_error(s->cli, "%s", err.msg);
            return -1;
        }
    }
    return 0;
}

static int update_job(struct scontrol *s, const struct jobrow *r,
                      const struct changes *changes, const struct partlist *parts,
                      const struct json *shared)
{
    struct json *spec = json_copy(shared);

    if (finish_spec(s, r, changes, parts, spec) < 0) {
        json_free(spec);
        return -1;
    }
    return scontrol_patch_job(s, r, spec);
}

/* One that was held for the sake of the change is then held as its array is, whether
 * it could be changed or not. */
static int update_task(struct scontrol *s, const struct jobrow *r,
                       const struct changes *changes, const struct partlist *parts,
                       const struct json *shared)
{
    const int rc = update_job(s, r, changes, parts, shared);
    const char *hold;

    if (!scontrol_is_apart(s, r, &hold) || str_eq(hold, r->hold))
        return rc;
    struct json *spec = json_new_object();
    json_set(spec, "hold", hold ? json_new_string(hold) : json_new_null());
    return scontrol_patch_job(s, r, spec) < 0 ? -1 : rc;
}

/* All words are understood, and change something. */
static int check_words(const struct scontrol *s, const struct change_row *table,
                       const struct changes *changes)
{
    size_t n = 0;

    for (size_t i = 0; i < changes->n; i++) {
        const struct change *c = &changes->list[i];
        const struct change_row *row = change_row_find(table, c->key);
        if (!row)
            return scontrol_fail(s, "Update of this parameter is not supported: %s=%s",
                                 c->key, c->value);
        if (row->type == CHANGE_REFUSED)
            return scontrol_fail(
                s, "Update of this parameter is not supported: %s=%s (%s)", c->key,
                c->value, row->field);
        n += row->type != CHANGE_SELECTS;
    }
    return n == 0 ? scontrol_fail(s, "No changes specified") : 0;
}

static int update_jobs(struct scontrol *s, const struct changes *changes,
                       const char *which)
{
    JOBLIST_AUTO struct joblist jobs;
    PARTLIST_AUTO struct partlist parts = {0};
    AUTO_FREE char *word = xstrdup(which);
    char *words[] = {word, NULL};
    JSON_AUTO struct json *shared = json_new_object();
    struct err err = ERR_INIT;
    size_t n, missing, failed = 0;

    joblist_init(&jobs);
    if (check_words(s, job_rows, changes) != 0 ||
        scontrol_jobs(s, 0, &jobs, &parts) < 0)
        return EXIT_ERROR;
    if (put_shared(s, changes, shared, &err) < 0) {
        cli_error(s->cli, "%s", err.msg);
        return EXIT_ERROR;
    }
    if (scontrol_set_apart(s, &jobs, &parts, words) < 0)
        return EXIT_ERROR;
    const struct jobrow **rows = scontrol_pick(s, &jobs, words, &n, &missing);
    for (size_t i = 0; i < n; i++)
        failed += update_task(s, rows[i], changes, &parts, shared) < 0;
    free((void *)rows);
    return missing + failed > 0 ? EXIT_ERROR : EXIT_DONE;
}

/* ---- partitions ---- */

static const struct change_row partition_rows[] = {
    {"PartitionName", NULL, CHANGE_SELECTS, true},
    {"Default", "default", CHANGE_BOOL, true},
    {"DefaultTime", "defaultTime", CHANGE_TIME, true},
    {"MaxCPUsPerNode", "maxCPUsPerNode", CHANGE_MOST, true},
    {"MaxNodes", "maxNodes", CHANGE_MOST, true},
    {"MaxTime", "maxTime", CHANGE_TIME, true},
    {"MinNodes", "minNodes", CHANGE_INT, true},
    {"Nodes", "nodes", CHANGE_TEXT, true},
    {"PriorityJobFactor", "priorityJobFactor", CHANGE_INT, true},
    {"PriorityTier", "priorityTier", CHANGE_INT, true},
    {"State", "state", CHANGE_WORD, true},
    {0},
};

static int update_partition(struct scontrol *s, const struct changes *changes,
                            const char *name)
{
    const struct kc_ref ref = {&api_partitions, NULL, name, NULL};
    JSON_AUTO struct json *patch = json_build("{'spec':{}}");
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (check_words(s, partition_rows, changes) != 0)
        return EXIT_ERROR;
    for (size_t i = 0; i < changes->n; i++)
        if (change_put(change_row_find(partition_rows, changes->list[i].key),
                       &changes->list[i], json_get(patch, "spec"), &err) < 0)
            return cli_error(s->cli, "%s", err.msg);
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (api_patch(&s->api, &ref, KC_PATCH_MERGE, patch, &a, &err) == 0)
        return EXIT_DONE;
    if (a.reason == KC_REASON_NOT_FOUND)
        return scontrol_fail(s, "slurm_update error: Invalid partition name specified");
    return scontrol_fail(s, "slurm_update error: %s", err.msg);
}

/* ---- nodes ---- */

/* What becomes of a node. */
enum node_change { NODE_KEEP, NODE_DRAIN, NODE_RESUME };

struct node_update {
    enum node_change change;
    const char *reason; /* NULL: not given */
    char *by;           /* "alice@2026-11-26T00:09:19Z" */
};

static int read_state(const struct scontrol *s, const char *state,
                      enum node_change *ret)
{
    static const char *const back[] = {"RESUME", "UNDRAIN", "IDLE"};

    if (strcasecmp(state, "DRAIN") == 0) {
        *ret = NODE_DRAIN;
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(back); i++) {
        if (strcasecmp(state, back[i]) == 0) {
            *ret = NODE_RESUME;
            return 0;
        }
    }
    return scontrol_fail(
        s,
        "Invalid input: State=%s (valid are DRAIN, RESUME and UNDRAIN; "
        "whether a node is down is for its kubelet to say)",
        state);
}

static int read_node_words(const struct scontrol *s, const struct changes *changes,
                           struct node_update *ret)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct change *c = &changes->list[i];
        if (scontrol_is(c->key, "NodeName"))
            continue;
        if (scontrol_is(c->key, "Reason"))
            ret->reason = c->value;
        else if (!scontrol_is(c->key, "State"))
            return scontrol_fail(s,
                                 "Update of this parameter is not supported: %s=%s "
                                 "(State and Reason are)",
                                 c->key, c->value);
        else if (read_state(s, c->value, &ret->change) != 0)
            return EXIT_ERROR;
    }
    if (ret->change == NODE_KEEP && !ret->reason)
        return scontrol_fail(s, "No changes specified");
    if (ret->change == NODE_DRAIN && (!ret->reason || !*ret->reason))
        return scontrol_fail(s, "You must specify a reason when DOWNING or DRAINING a "
                                "node. Request denied");
    return 0;
}

static struct json *node_patch(const struct node_update *u)
{
    struct json *patch = json_build("{'metadata':{'annotations':{}}}");
    struct json *annotations = json_at(patch, "metadata.annotations");
    const bool resume = u->change == NODE_RESUME;

    if (u->change != NODE_KEEP)
        json_set_at(patch, "spec.unschedulable",
                    resume ? json_new_null() : json_new_bool(true));
    json_set(annotations, NODE_ANNOTATION_REASON,
             resume ? json_new_null() : json_new_string(u->reason));
    json_set(annotations, NODE_ANNOTATION_REASON_BY,
             resume ? json_new_null() : json_new_string(u->by));
    return patch;
}

static int update_node(struct scontrol *s, const char *name,
                       const struct node_update *u)
{
    const struct kc_ref ref = {&kc_nodes, NULL, name, NULL};
    JSON_AUTO struct json *patch = node_patch(u);
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (api_patch(&s->api, &ref, KC_PATCH_MERGE, patch, &a, &err) == 0)
        return EXIT_DONE;
    return scontrol_fail(s, "slurm_update error: %s", err.msg);
}

/* The rows of the nodes that are named, "ALL" for all. NULL: said why. */
static const struct noderow **find_nodes(struct scontrol *s,
                                         const struct nodelist *nodes,
                                         const char *which, size_t *ret_n)
{
    HOSTLIST_AUTO struct hostlist names = {0};
    struct err err = ERR_INIT;

    if (strcasecmp(which, "ALL") == 0)
        for (size_t i = 0; i < nodes->n; i++)
            hostlist_add(&names, nodes->rows[i].name);
    else if (hostlist_parse(&names, which, &err) < 0) {
        scontrol_fail(s, "slurm_update error: %s", err.msg);
        return NULL;
    }
    const struct noderow **rows = xcalloc(names.n + 1, sizeof(struct noderow *));
    for (size_t i = 0; i < names.n; i++) {
        rows[i] = nodelist_find(nodes, names.names[i]);
        if (!rows[i]) {
            scontrol_fail(s, "slurm_update error: Invalid node name specified: %s",
                          names.names[i]);
            free((void *)rows);
            return NULL;
        }
    }
    *ret_n = names.n;
    return rows;
}

/* As Slurm, which resumes only what was out. */
static int may_resume(const struct scontrol *s, const struct noderow *const *rows,
                      size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!rows[i]->model->unschedulable)
            return scontrol_fail(s,
                                 "slurm_update error: Invalid node state specified: %s "
                                 "is not drained",
                                 rows[i]->name);
    return 0;
}

static int update_found(struct scontrol *s, const struct nodelist *nodes,
                        const char *which, const struct node_update *u)
{
    size_t n = 0;
    const struct noderow **rows = find_nodes(s, nodes, which, &n);
    int rc = rows ? EXIT_DONE : EXIT_ERROR;

    if (rows && u->change == NODE_RESUME)
        rc = may_resume(s, rows, n);
    for (size_t i = 0; rc == EXIT_DONE && i < n; i++)
        rc = update_node(s, rows[i]->name, u);
    free((void *)rows);
    return rc;
}

static int update_nodes(struct scontrol *s, const struct changes *changes,
                        const char *which)
{
    NODELIST_AUTO struct nodelist nodes = {0};
    struct node_update u = {0};
    struct err err = ERR_INIT;
    char now[TIME_TEXT_MAX];

    if (read_node_words(s, changes, &u) != 0 || scontrol_connect(s) < 0)
        return EXIT_ERROR;
    nodelist_init(&nodes);
    AUTO_FREE char *me = whoami(&s->api, &err);
    if (!me || nodelist_fetch(&nodes, &s->api, &err) < 0)
        return scontrol_fail(s, "slurm_update error: %s", err.msg);
    time_format_rfc3339(loop_now_sec(s->api.loop), now);
    AUTO_FREE char *by = xasprintf("%s@%s", me, now);
    u.by = by;
    return update_found(s, &nodes, which, &u);
}

/* ---- which ---- */

/* JobName without a JobId says which jobs. */
static const struct change *job_named(struct changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct change *c = &changes->list[i];
        if (strcasecmp(c->key, "JobName") != 0)
            continue;
        free(c->key);
        c->key = xstrdup("JobId");
        return c;
    }
    return NULL;
}

static int update_named(struct scontrol *s, const struct changes *changes,
                        const char *name)
{
    AUTO_FREE char *which = xasprintf("jobname=%s", name);

    return update_jobs(s, changes, which);
}

int scontrol_update(struct scontrol *s, int argc, char **argv)
{
    CHANGES_AUTO struct changes changes = {0};
    struct err err = ERR_INIT;
    const struct change *c;

    if (changes_parse(&changes, argc - 1, argv + 1, &err) < 0)
        return scontrol_fail(s, "%s", err.msg);
    if ((c = changes_find(&changes, "JobId")) || (c = changes_find(&changes, "Job")))
        return update_jobs(s, &changes, c->value);
    if ((c = job_named(&changes)))
        return update_named(s, &changes, c->value);
    if ((c = changes_find(&changes, "NodeName")))
        return update_nodes(s, &changes, c->value);
    if ((c = changes_find(&changes, "PartitionName")))
        return update_partition(s, &changes, c->value);
    if (changes_find(&changes, "ReservationName") ||
        changes_find(&changes, "Reservation"))
        return scontrol_update_resv(s, &changes);
    if (changes_find(&changes, "StepId"))
        return scontrol_fail(s, "there are no job steps to update");
    return scontrol_fail(s, "No valid entity in update command: the line must include "
                            "\"NodeName\", \"PartitionName\", "
                            "\"ReservationName\" or \"JobId\"");
}

#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "crds/array.h"
#include "crds/choice.h"
#include "crds/constraint.h"
#include "crds/convert_private.h"
#include "crds/dependency.h"
#include "crds/jobstate.h"
#include "crds/licenses.h"
#include "crds/switches.h"
#include "crds/rules.h"
#include "crds/warning.h"

static int read_identity(const struct json *object, struct job *job, struct err *err)
{
    const struct json *meta = json_get(object, "metadata");
    const char *name = json_str(meta, "name");
    if (!name)
        return err_set(err, ERR_INVALID, "metadata.name: a BatchJob needs a name");
    job->name = xstrdup(name);
    job->job_name = xstrdup_null(json_str(object, "spec.jobName"));
    job->uid = xstrdup(json_str_or(meta, "uid", ""));
    job->ns = xstrdup(json_str_or(meta, "namespace", ""));
    job->user = xstrdup(json_str_or(object, "spec.user", ""));
    job->job_id = json_int_or(object, "status.jobID", 0);
    return names_read(object, "spec.groups", &job->groups, &job->n_groups, err);
}

/* ---- arrays ---- */

/* As far as status tells: who lists all BatchJobs knows more. */
static int read_array(const struct convert *c, const struct json *object,
                      struct job *job, struct err *err)
{
    const char *text = NULL;
    struct array array;
    const char *owner = array_task_read(object, &job->array_id, &job->array_task);
    if (text_read(object, "spec.array", &text, err) < 0)
        return -1;
    if (!text || !*text)
        return 0;
    if (array_parse(text, &array, err) < 0)
        return err_prefix(err, "spec.array");
    job->tasks_limit = array.limit;
    if (owner) /* it has been made */
        return 0;
    if (array_check(&array.tasks, text, c->max_array_size, err) < 0)
        return err_prefix(err, "spec.array");
    struct array_status status;
    array_status_read(json_at(object, "status.array"), &status);
    array_status_sets(&status, &array.tasks, job_array(job));
    return 0;
}

/* ---- policy ---- */

/* "": absent. */
static int read_word(const struct json *object, const char *path, const char **ret,
                     struct err *err)
{
    const char *text = NULL;
    if (json_read_str(object, path, &text, err) == JSON_WRONG_TYPE)
        return -1;
    *ret = text ? text : "";
    return 0;
}

static int read_partitions(const struct json *object, struct job *job, struct err *err)
{
    static const struct choice choice = {.right = "batch,debug"};
    const char *text;
    if (read_word(object, "spec.partition", &text, err) < 0)
        return -1;
    if (choice_parse(&choice, text, &job->partitions, &job->n_partitions, err) < 0)
        return err_prefix(err, "spec.partition");
    return 0;
}

static int read_borrowing(const struct json *object, struct job *job, struct err *err)
{
    const char *text;
    struct warning warning;
    if (text_read(object, "spec.signal", &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    if (warning_parse(text, &warning, err) < 0)
        return err_prefix(err, "spec.signal");
    if (warning.borrows)
        job->borrow_sec = warning.before_sec;
    return 0;
}

static int read_reservations(const struct json *object, struct job *job,
                             struct err *err)
{
    static const struct choice choice = {"lab,course", RESERVATIONS_MAX,
                                         "reservations"};
    const char *text;
    if (read_word(object, "spec.reservation", &text, err) < 0)
        return -1;
    if (choice_parse(&choice, text, &job->reservations, &job->n_reservations, err) < 0)
        return err_prefix(err, "spec.reservation");
    return 0;
}

/* One, or several: then which it has is in status. */
static int read_qos(const struct json *object, struct job *job, struct err *err)
{
    const char *text;
    if (read_word(object, "spec.qos", &text, err) < 0)
        return -1;
    return choice_parse_qos(text, job, err) < 0 ? err_prefix(err, "spec.qos") : 0;
}

/* An empty name is as good as none. */
static int read_names(const struct json *object, struct job *job, struct err *err)
{
    const char *account = NULL;
    if (json_read_str(object, "spec.account", &account, err) == JSON_WRONG_TYPE)
        return -1;
    if (account && *account)
        job->account = xstrdup(account);
    if (read_qos(object, job, err) < 0 || read_borrowing(object, job, err) < 0)
        return -1;
    return read_reservations(object, job, err);
}

static int read_hold(const struct json *object, struct job *job, struct err *err)
{
    const char *word = NULL;
    if (json_read_str(object, "spec.hold", &word, err) == JSON_WRONG_TYPE)
        return -1;
    if (!word)
        return 0;
    if (strcmp(word, "User") != 0 && strcmp(word, "Admin") != 0)
        return err_set(err, ERR_INVALID, "spec.hold: \"%s\" is neither User nor Admin",
                       word);
    job->hold = word[0] == 'U' ? HOLD_USER : HOLD_ADMIN;
    return 0;
}

static int read_requeue(const struct json *object, struct job *job, struct err *err)
{
    bool requeue = true;
    if (json_read_bool(object, "spec.requeue", &requeue, err) == JSON_WRONG_TYPE)
        return -1;
    job->no_requeue = !requeue;
    return 0;
}

/* sbatch(1): nice within +-2147483645; priority 0 is a hold of its own. */
static int read_numbers(const struct json *object, struct job *job, struct err *err)
{
    const struct number_field fields[] = {
        {"spec.nice", &job->nice, -2147483645, 2147483645},
        {"spec.siteFactor", &job->site_factor, -2147483645, 2147483645},
        {"spec.priority", &job->priority, 0, 4294967294},
    };
    return numbers_read(object, fields, ARRAY_LEN(fields), err);
}

/* When it was submitted, and from when on it may start. What begin calls "now" is the
 * submission. A requeued job also waits for status.eligibleTime, its back-off. */
static int read_times(const struct json *object, struct job *job, struct err *err)
{
    const char *begin = NULL;
    int64_t created = time_read(object, "metadata.creationTimestamp");
    int64_t submit = time_read(object, "status.submitTime");
    job->submit_sec = submit != TIME_UNSET    ? submit
                      : created != TIME_UNSET ? created
                                              : 0;
    if (json_read_str(object, "spec.begin", &begin, err) == JSON_WRONG_TYPE)
        return -1;
    if (begin && time_parse(begin, job->submit_sec, &job->eligible_sec, err) < 0)
        return err_prefix(err, "spec.begin");
    if (json_int_or(object, "status.attempt", 0) > 0)
        job->eligible_sec =
            MAX(job->eligible_sec, time_read(object, "status.eligibleTime"));
    return 0;
}

/* What status says of its dependencies, as far as they are still the same. */
static int read_dependency(const struct json *object, struct job *job, struct err *err)
{
    const char *text = NULL, *found = json_str(object, "status.dependency");
    bool ends = false;
    enum json_found given = json_read_bool(object, "spec.killOnInvalidDep", &ends, err);
    if (given == JSON_WRONG_TYPE ||
        text_read(object, "spec.dependency", &text, err) < 0)
        return -1;
    if (given == JSON_FOUND)
        job->hopeless = ends ? HOPELESS_ENDS : HOPELESS_STAYS;
    if (!text)
        return 0;
    if (dependency_parse(text, &job->depends, &job->n_depends, &job->depends_any, err) <
        0)
        return err_prefix(err, "spec.dependency");
    if (found)
        dependency_recall(found, job->depends, job->n_depends);
    return 0;
}

static int read_licenses(const struct json *object, struct job *job, struct err *err)
{
    const char *text = NULL;
    if (text_read(object, "spec.licenses", &text, err) < 0)
        return -1;
    if (text && licenses_parse_asked(text, &job->licenses, &job->n_licenses,
                                     &job->any_license, err) < 0)
        return err_prefix(err, "spec.licenses");
    return 0;
}

/* A start may have shrunk the limit. It holds until another one is asked for. While it
 * waits it is what QOS and account allow for now. */
static void read_limit_in_force(const struct json *object, struct job *job)
{
    if (strcmp(json_str_or(object, "status.state", "PENDING"), "PENDING") == 0)
        return;
    const char *limit = json_str(object, "status.timeLimit");
    const char *asked = json_str_or(object, "status.timeLimitAsked", "");
    if (limit && strcmp(asked, json_str_or(object, "spec.timeLimit", "")) == 0)
        duration_parse(limit, &job->limit_sec, NULL);
}

static int read_limits(const struct json *object, struct job *job, struct err *err)
{
    const char *deadline;
    /* Of a job that has started, the limit alone may be changed. */
    bool waits = strcmp(json_str_or(object, "status.state", "PENDING"), "PENDING") == 0;
    int64_t created = time_read(object, "metadata.creationTimestamp");
    if (duration_read(object, "spec.timeLimit", &job->limit_sec, err) < 0 ||
        duration_read(object, "spec.timeMin", &job->time_min_sec, err) < 0 ||
        text_read(object, "spec.deadline", &deadline, err) < 0)
        return -1;
    if (job->limit_sec == 0 || job->time_min_sec == 0)
        return err_set(err, ERR_INVALID, "spec.%s: must be more than nothing",
                       job->limit_sec == 0 ? "timeLimit" : "timeMin");
    if (waits && job->limit_sec != LIMIT_UNSET && job->time_min_sec > job->limit_sec)
        return err_set(err, ERR_INVALID,
                       "spec.timeMin: must not be more than spec.timeLimit");
    if (deadline && time_parse(deadline, created != TIME_UNSET ? created : 0,
                               &job->deadline_sec, err) < 0)
        return err_prefix(err, "spec.deadline");
    return 0;
}

static int read_policy(const struct json *object, struct job *job, struct err *err)
{
    if (read_names(object, job, err) < 0 || read_partitions(object, job, err) < 0 ||
        read_hold(object, job, err) < 0 || read_requeue(object, job, err) < 0 ||
        read_numbers(object, job, err) < 0 || read_times(object, job, err) < 0 ||
        read_dependency(object, job, err) < 0 || read_licenses(object, job, err) < 0)
        return -1;
    if (choice_check(job, err) < 0)
        return err_prefix(err, "spec.qos");
    return read_limits(object, job, err);
}

/* ---- where ---- */

static int read_constraint(const struct json *object, struct job *job, struct err *err)
{
    const char *text;
    CONSTRAINT_AUTO struct constraint c = {0};
    if (text_read(object, "spec.constraint", &text, err) < 0)
        return -1;
    if (!text || !*text)
        return 0;
    if (constraint_parse(text, &c, err) < 0)
        return err_prefix(err, "spec.constraint");
    if (!alternatives_require(c.any, c.n_any, job))
        return err_set(err, ERR_INVALID,
                       "spec.constraint: too many alternatives beside those of the "
                       "template's node affinity");
    job->constraint = xstrdup(text);
    job->same = TAKE(c.same);
    job->n_same = c.n_same;
    job->counts = TAKE(c.counts);
    job->n_counts = c.n_counts;
    c.n_same = c.n_counts = 0;
    return 0;
}

static int read_switches(const struct json *object, struct job *job, struct err *err)
{
    const char *text = NULL;
    if (text_read(object, "spec.switches", &text, err) < 0)
        return -1;
    if (text &&
        switches_parse(text, &job->most_switches, &job->switch_wait_sec, err) < 0)
        return err_prefix(err, "spec.switches");
    return 0;
}

static int read_where(const struct json *object, const struct json *template,
                      struct job *job, struct err *err)
{
    if (json_read_bool(object, "spec.exclusive", &job->exclusive, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.exclusiveUser", &job->exclusive_user, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.overSubscribe", &job->oversubscribe, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.contiguous", &job->contiguous, err) ==
            JSON_WRONG_TYPE ||
        hostlist_read(object, "spec.nodeList", &job->node_list, &job->n_node_list,
                      err) < 0 ||
        hostlist_read(object, "spec.exclude", &job->exclude, &job->n_exclude, err) < 0)
        return -1;
    if (podspec_filters(json_get(template, "spec"), job, err) < 0 ||
        read_switches(object, job, err) < 0)
        return -1;
    return read_constraint(object, job, err);
}

/* ---- the attempt that status tells of ---- */

static enum job_phase phase_of(enum job_state state)
{
    switch (state) {
    case JOB_STATE_NONE:
    case JOB_STATE_PENDING:
        return JOB_PENDING;
    case JOB_STATE_CONFIGURING:
        return JOB_STARTING;
    case JOB_STATE_RUNNING:
        return JOB_RUNNING;
    case JOB_STATE_COMPLETING:
        return JOB_COMPLETING;
    case JOB_STATE_COMPLETED:
    case JOB_STATE_CANCELLED:
    case JOB_STATE_FAILED:
    case JOB_STATE_TIMEOUT:
    case JOB_STATE_NODE_FAIL:
    case JOB_STATE_DEADLINE:
    case JOB_STATE_OUT_OF_MEMORY:
    case JOB_STATE_PREEMPTED:
        break;
    }
    return JOB_ENDED;
}

/* Where it runs, or ran. */
static void read_place(const struct json *object, struct job *job)
{
    job->partition = xstrdup_null(json_str(object, "status.partition"));
    job->reservation = xstrdup_null(json_str(object, "status.reservation"));
    job->license = xstrdup_null(json_str(object, "status.license"));
    if (job->n_qos_list > 0)
        job->qos = xstrdup_null(json_str(object, "status.qos"));
}

/* What it held is for its bill alone: where that cannot be read there is none. */
static void read_end(const struct convert *c, const struct json *object,
                     enum job_state state, struct job *job)
{
    const struct json *placement = json_at(object, "status.placement");
    job->failed = state != JOB_STATE_COMPLETED;
    job->end_sec = time_read(object, "status.endTime");
    read_place(object, job);
    if (json_is(placement, JSON_ARRAY))
        convert_placement_from_json(c, placement, &job->alloc, &job->n_alloc, NULL);
    if (job->start_sec == TIME_UNSET)
        job->start_sec = job->end_sec;
}

static int read_run(const struct convert *c, const struct json *object, struct job *job,
                    struct err *err)
{
    enum job_state state;
    const char *word = json_str(object, "status.state");
    const struct json *placement = json_at(object, "status.placement");
    if (job_state_parse(word, &state) < 0)
        return err_set(err, ERR_INVALID, "status.state: \"%s\" is no state of a job",
                       word);
    job->phase = phase_of(state);
    /* All tasks of an array are jobs of their own: itself it holds nothing. */
    if (job->phase == JOB_RUNNING && job->array_id == 0 &&
        *json_str_or(object, "spec.array", ""))
        job->phase = JOB_ASIDE;
    if (job->phase == JOB_PENDING) {
        convert_plan_read(c, json_get(object, "status"), &job->plan);
        return 0;
    }
    job->start_sec = time_read(object, "status.startTime");
    if (job->phase == JOB_ENDED) {
        read_end(c, object, state, job);
        return 0;
    }
    read_limit_in_force(object, job);
    job->preempted_by = json_int_or(json_get(object, "status"), "preemptedBy", 0);
    job->preempt_sec = time_read(object, "status.preemptEndTime");
    read_place(object, job);
    if (!placement || json_is(placement, JSON_NULL))
        return 0;
    if (convert_placement_from_json(c, placement, &job->alloc, &job->n_alloc, err) < 0)
        return err_prefix(err, "status.placement");
    return 0;
}

/* Where the job does not say how many nodes it gets, that is a multiple. */
static int read_segment(const struct json *object, struct job *job, struct err *err)
{
    const struct number_field field = {"spec.segment", &job->segment, 1, PODS_MAX};
    if (number_read(object, &field, err) < 0 ||
        json_read_bool(object, "spec.spreadSegments", &job->spread_segments, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.consolidateSegments", &job->consolidate_segments,
                       err) == JSON_WRONG_TYPE)
        return -1;
    if (job->segment == 0 && (job->spread_segments || job->consolidate_segments))
        return err_set(err, ERR_INVALID, "spec.%s: there is no segment; give one, too",
                       job->spread_segments ? "spreadSegments" : "consolidateSegments");
    if (job->segment == 0 ||
        job->max_pods / job->segment * job->segment >= MAX(job->min_pods, job->segment))
        return 0;
    if (job->min_pods == job->max_pods)
        return err_set(err, ERR_INVALID,
                       "spec.segment: %" PRId64 " does not divide %" PRId64 " nodes",
                       job->segment, job->max_pods);
    return err_set(err, ERR_INVALID,
                   "spec.segment: no multiple of %" PRId64 " is from %" PRId64
                   " to %" PRId64 " nodes",
                   job->segment, job->min_pods, job->max_pods);
}

int request_read(const struct convert *c, const struct json *batchjob, struct job *job,
                 struct err *err)
{
    JSON_AUTO struct json *template = convert_template(c, batchjob);
    if (read_where(batchjob, template, job, err) < 0)
        return -1;
    if (shape_read(c, batchjob, template, job, err) < 0)
        return -1;
    return read_segment(batchjob, job, err);
}

static int read_job(const struct convert *c, const struct json *object, struct job *job,
                    struct err *err)
{
    if (rules_hold("BatchJob", object, err) < 0 ||
        read_identity(object, job, err) < 0 || read_array(c, object, job, err) < 0 ||
        read_policy(object, job, err) < 0)
        return -1;
    int rc = convert_n_components(object) > 0 ? components_read(c, object, job, err)
                                              : request_read(c, object, job, err);
    if (rc < 0)
        return -1;
    return read_run(c, object, job, err);
}

struct job *convert_job(const struct convert *c, const struct json *batchjob,
                        struct err *err)
{
    struct job *ret = job_new();
    if (read_job(c, batchjob, ret, err) == 0)
        return ret;
    job_free(ret);
    return NULL;
}

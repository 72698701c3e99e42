#include "cmd/gantry-controller/statusdoc.h"

#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "scheduler/reason.h"

#define TEXT_MAX (64u << 10)

static struct json *text_or_null(const char *text)
{
    return text && *text ? json_new_string(text) : json_new_null();
}

static struct json *time_or_null(int64_t sec)
{
    char text[TIME_TEXT_MAX];
    if (sec == TIME_UNSET)
        return json_new_null();
    time_format_rfc3339(sec, text);
    return json_new_string(text);
}

static struct json *length_or_null(int64_t sec)
{
    char text[DURATION_TEXT_MAX];
    if (sec == LIMIT_UNSET)
        return json_new_null();
    duration_format(sec, text);
    return json_new_string(text);
}

/* When a condition's status last changed, the job's own times tell. */
static void add_condition(struct json *list, const char *type, const char *status,
                          const char *reason, const char *message, int64_t since_sec)
{
    char when[TIME_TEXT_MAX];
    time_format_rfc3339(since_sec == TIME_UNSET ? 0 : since_sec, when);
    json_append(list, json_build("{'type':%s,'status':%s,'reason':%s,'message':%s,"
                                 "'lastTransitionTime':%s}",
                                 type, status, reason, message ? message : "", when));
}

/* "RaisedSignal:9(Killed)" is no condition reason; "RaisedSignal" is. */
char *status_end_reason(const struct jstatus *s)
{
    const char *reason = s->reason && *s->reason ? s->reason : "Cancelled";
    return xstrndup(reason, strcspn(reason, ":"));
}

static void add_end_condition(struct json *list, const struct jstatus *s)
{
    if (s->state == JOB_STATE_COMPLETED) {
        add_condition(list, "Complete", "True", "Completed", NULL, s->end_sec);
        return;
    }
    AUTO_FREE char *word = status_end_reason(s);
    add_condition(list, "Failed", "True", word, s->message, s->end_sec);
}

static struct json *conditions(const struct jstatus *s)
{
    struct json *list = json_new_array();
    int64_t accepted_sec =
        s->accepted_since_sec != TIME_UNSET ? s->accepted_since_sec : s->submit_sec;
    if (s->refusal)
        add_condition(list, "Accepted", "False", s->refusal_reason, s->refusal,
                      accepted_sec);
    else
        add_condition(list, "Accepted", "True", "Accepted", NULL, accepted_sec);
    if (s->state == JOB_STATE_PENDING && s->plan.start_sec != TIME_UNSET)
        add_condition(
            list, "Planned", "True", s->plan.promised ? "Promised" : "Forecast", NULL,
            s->planned_since_sec != TIME_UNSET ? s->planned_since_sec : s->submit_sec);
    if (s->start_sec != TIME_UNSET)
        add_condition(list, "GangStarted", "True", "AllBound", NULL, s->start_sec);
    if (job_state_is_final(s->state))
        add_end_condition(list, s);
    return list;
}

static void set_placement(const struct convert *c, struct json *status,
                          const struct jstatus *s, const struct slot *counts)
{
    if (s->n_placement == 0) {
        static const char *const fields[] = {"placement", "nodeList", "batchHost",
                                             "allocTRES"};
        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
            json_set(status, fields[i], json_new_null());
        return;
    }
    STR_AUTO struct str nodes, tres;
    str_init(&nodes, TEXT_MAX);
    str_init(&tres, TEXT_MAX);
    convert_nodes(s->placement, s->n_placement, &nodes);
    convert_tres(c, counts ? counts : s->placement, s->n_placement, &tres);
    json_set(status, "placement",
             convert_placement_to_json(c, s->placement, s->n_placement));
    json_set(status, "nodeList", json_new_string(nodes.s));
    json_set(status, "batchHost", json_new_string(s->placement[0].node));
    json_set(status, "allocTRES", json_new_string(tres.s));
}

/* As squeue names jobs; 0: null. */
static struct json *number_or_null(int64_t number)
{
    AUTO_FREE char *text = number > 0 ? xasprintf("%" PRId64, number) : NULL;
    return text_or_null(text);
}

static struct json *ahead_or_null(const struct ahead *a, int64_t frees)
{
    if (a->jobs == AHEAD_NONE)
        return json_new_null();
    struct json *ret = json_build("{'jobs':%i,'gpus':%i}", a->jobs, a->gpus);
    json_set(ret, "next", number_or_null(a->job_id));
    json_set(ret, "frees", number_or_null(frees));
    return ret;
}

static struct json *sooner_or_null(const struct sooner *sooner)
{
    if (sooner->limit_sec == 0 && sooner->nodes == 0)
        return json_new_null();
    struct json *ret = json_new_object();
    char limit[DURATION_TEXT_MAX];
    duration_format(sooner->limit_sec, limit);
    json_set(ret, "timeLimit", text_or_null(sooner->limit_sec > 0 ? limit : NULL));
    json_set(ret, "nodes", number_or_null(sooner->nodes));
    return ret;
}

static void set_pending(const struct convert *c, struct json *status,
                        const struct jstatus *s)
{
    if (s->state != JOB_STATE_PENDING || !s->reason) {
        json_set(status, "pending", json_new_null());
        json_set(status, "plannedStartTime", json_new_null());
        return;
    }
    struct json *pending =
        json_build("{'class':%s}", wait_class_word(jstatus_class(s)));
    convert_plan_write(c, &s->plan, status, pending);
    json_set(pending, "ahead", ahead_or_null(&s->ahead, s->sooner.frees));
    json_set(pending, "sooner", sooner_or_null(&s->sooner));
    json_set(status, "pending", pending);
}

static void set_req_tres(const struct convert *c, struct json *status,
                         const struct job *model)
{
    if (!model)
        return;
    STR_AUTO struct str tres;
    str_init(&tres, TEXT_MAX);
    convert_req_tres(c, model, &tres);
    json_set(status, "reqTRES", text_or_null(tres.s));
}

static struct json *count_or_null(int64_t n)
{
    return n > 0 ? json_new_int(n) : json_new_null();
}

/* Held, or while it waits asked for. */
static void set_tally(const struct convert *c, struct json *status,
                      const struct job *model, const struct jstatus *s,
                      const struct slot *counts)
{
    struct tally tally = {0};
    if (s->n_placement > 0)
        tally = convert_tally(c, counts ? counts : s->placement, s->n_placement);
    else if (model)
        tally = convert_req_tally(c, model);
    json_set(status, "numNodes", count_or_null(tally.nodes));
    json_set(status, "numGPUs", count_or_null(tally.gpus));
}

static struct json *exit_or_null(const struct jstatus *s)
{
    if (s->exit_code < 0)
        return json_new_null();
    AUTO_FREE char *text = xasprintf("%d:%d", s->exit_code, MAX(s->exit_signal, 0));
    return json_new_string(text);
}

static struct json *action_or_null(const struct jstatus *s)
{
    if (!s->last_action)
        return json_new_null();
    return json_build("{'id':%s,'outcome':%s}", s->last_action,
                      s->last_outcome ? s->last_outcome : ACTION_DONE);
}

static void set_preemption(struct json *status, const struct preemption *p)
{
    const char *mode = p->by == 0   ? NULL
                       : p->requeue ? PREEMPT_MODE_REQUEUE
                                    : PREEMPT_MODE_CANCEL;
    json_set(status, "preemptedBy", count_or_null(p->by));
    json_set(status, "preemptMode", text_or_null(mode));
    json_set(status, "preemptEligibleTime", time_or_null(p->from_sec));
    json_set(status, "preemptTime", time_or_null(p->since_sec));
    json_set(status, "preemptEndTime", time_or_null(p->end_sec));
}

/* A merge patch keeps what it does not name. */
static struct json *factors(const struct priority *p)
{
    const struct {
        const char *name;
        int64_t value;
    } terms[] = {
        {"age", p->age},
        {"fairshare", p->fairshare},
        {"assoc", p->assoc},
        {"jobSize", p->job_size},
        {"partition", p->partition},
        {"qos", p->qos},
        {"tres", p->tres},
        {"site", p->site},
        {"kept", p->kept},
        {"shortLimit", p->short_limit},
        {"smallSize", p->small_size},
        {"nice", p->nice},
    };
    struct json *ret = json_new_object();
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
        any |= terms[i].value != 0;
        json_set(ret, terms[i].name,
                 terms[i].value == 0 ? json_new_null() : json_new_int(terms[i].value));
    }
    if (any)
        return ret;
    json_free(ret);
    return json_new_null();
}

static void set_array(struct json *status, const struct bjob *job,
                      const struct jstatus *want)
{
    static const struct array_status none;
    if (job->array)
        json_set(
            status, "array",
            array_status_write(want->array ? want->array : &none, &job->array->tasks));
    if (job->array || job->task)
        json_set(status, "arrayJobID",
                 json_new_int(job->task ? job->task->array_id : want->job_id));
    if (job->task)
        json_set(status, "arrayTaskID", json_new_int(job->task->index));
}

static void set_components(const struct convert *c, struct json *status,
                           const struct bjob *job, const struct jstatus *want,
                           const struct slot *counts)
{
    if (!bjob_is_het(job))
        return;
    struct json *list = json_new_array();
    for (size_t i = 0; i < job->n_works; i++)
        json_append(list, status_component(c, job, want, counts, i));
    json_set(status, "hetJobID", json_new_int(want->job_id));
    json_set(status, "components", list);
}

struct json *status_patch(const struct convert *c, const struct bjob *job,
                          const struct jstatus *want, const struct slot *counts)
{
    struct json *status = json_new_object();
    json_set(status, "state", text_or_null(job_state_word(want->state)));
    json_set(status, "jobID", json_new_int(want->job_id));
    json_set(status, "reason", text_or_null(want->reason));
    json_set(status, "message", text_or_null(want->message));
    json_set(status, "priority",
             want->priority == PRIORITY_UNSET ? json_new_null()
                                              : json_new_int(want->priority));
    json_set(status, "priorityFactors", factors(&want->factors));
    json_set(status, "attempt", json_new_int(want->attempt));
    json_set(status, "restarts", json_new_int(want->restarts));
    json_set(status, "submitTime", time_or_null(want->submit_sec));
    json_set(status, "eligibleTime", time_or_null(want->eligible_sec));
    json_set(
        status, "accrueTime",
        time_or_null(want->accrue_sec != ACCRUES_NOT ? want->accrue_sec : TIME_UNSET));
    json_set(status, "accrueLimit", text_or_null(want->lacks_age));
    json_set(status, "startTime", time_or_null(want->start_sec));
    json_set(status, "endTime", time_or_null(want->end_sec));
    json_set(status, "exitCode", exit_or_null(want));
    set_preemption(status, &want->preempted);
    json_set(status, "lastAction", action_or_null(want));
    set_pending(c, status, want);
    json_set(status, "partition", text_or_null(want->partition));
    json_set(status, "reservation", text_or_null(want->reservation));
    json_set(status, "license", text_or_null(want->license));
    json_set(status, "account", text_or_null(want->account));
    json_set(status, "qos", text_or_null(want->qos));
    json_set(status, "dependency", text_or_null(want->dependency));
    json_set(status, "timeLimit", length_or_null(want->limit_sec));
    json_set(status, "timeLimitAsked", text_or_null(want->limit_asked));
    json_set(status, "conditions", conditions(want));
    json_set(status, "observedGeneration", json_new_int(job->generation));
    set_array(status, job, want);
    set_components(c, status, job, want, counts);
    set_placement(c, status, want, counts);
    set_req_tres(c, status, job->model);
    set_tally(c, status, job->model, want, counts);
    struct json *patch = json_build("{'metadata':{'uid':%s,'resourceVersion':%s}}",
                                    job->uid, job->version_text);
    json_set(patch, "status", status);
    return patch;
}

/* Status as the API server has it. */
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-controller/jstatus.h"

int64_t jstatus_time(const struct json *object, const char *path)
{
    int64_t sec;
    const char *text = json_str(object, path);
    return text && time_parse_rfc3339(text, &sec, NULL) == 0 ? sec : TIME_UNSET;
}

/* "2:15" is exit code 2 by signal 15. */
static void read_exit(const char *text, struct jstatus *s)
{
    char *end;
    if (!text)
        return;
    s->exit_code = (int)strtol(text, &end, 10);
    s->exit_signal = *end == ':' ? (int)strtol(end + 1, NULL, 10) : 0;
}

static void read_condition(const struct json *c, struct jstatus *s)
{
    const char *type = json_str(c, "type");
    bool is_true = str_eq(json_str(c, "status"), "True");
    if (str_eq(type, "Accepted"))
        s->accepted_since_sec = jstatus_time(c, "lastTransitionTime");
    if (str_eq(type, "Accepted") && str_eq(json_str(c, "status"), "False")) {
        text_set(&s->refusal, json_str_or(c, "message", "refused"));
        text_set(&s->refusal_reason, json_str_or(c, "reason", "BadConstraints"));
    }
    if (str_eq(type, "Planned") && is_true)
        s->planned_since_sec = jstatus_time(c, "lastTransitionTime");
}

static void read_conditions(const struct json *status, struct jstatus *s)
{
    const struct json *conditions = json_get(status, "conditions");
    for (size_t i = 0; i < json_len(conditions); i++)
        read_condition(json_item(conditions, i), s);
}

static void read_ahead(const struct json *object, struct ahead *ret)
{
    const char *next = json_str_or(object, "next", "0");
    if (!json_is(object, JSON_OBJECT))
        return;
    *ret = (struct ahead){.jobs = json_int_or(object, "jobs", 0),
                          .gpus = json_int_or(object, "gpus", 0),
                          .job_id = strtoll(next, NULL, 10)};
}

static void read_sooner(const struct json *pending, struct sooner *ret)
{
    const char *limit = json_str(pending, "sooner.timeLimit");
    *ret = (struct sooner){
        .nodes = strtoll(json_str_or(pending, "sooner.nodes", "0"), NULL, 10),
        .frees = strtoll(json_str_or(pending, "ahead.frees", "0"), NULL, 10)};
    if (limit)
        duration_parse(limit, &ret->limit_sec, NULL);
}

static void read_factors(const struct json *object, struct priority *ret)
{
    *ret = (struct priority){.age = json_int_or(object, "age", 0),
                             .fairshare = json_int_or(object, "fairshare", 0),
                             .assoc = json_int_or(object, "assoc", 0),
                             .job_size = json_int_or(object, "jobSize", 0),
                             .partition = json_int_or(object, "partition", 0),
                             .qos = json_int_or(object, "qos", 0),
                             .tres = json_int_or(object, "tres", 0),
                             .site = json_int_or(object, "site", 0),
                             .kept = json_int_or(object, "kept", 0),
                             .short_limit = json_int_or(object, "shortLimit", 0),
                             .small_size = json_int_or(object, "smallSize", 0),
                             .nice = json_int_or(object, "nice", 0)};
}

static struct preemption read_preemption(const struct json *status)
{
    return (struct preemption){
        .by = json_int_or(status, "preemptedBy", 0),
        .requeue = str_eq(json_str(status, "preemptMode"), PREEMPT_MODE_REQUEUE),
        .from_sec = jstatus_time(status, "preemptEligibleTime"),
        .since_sec = jstatus_time(status, "preemptTime"),
        .end_sec = jstatus_time(status, "preemptEndTime"),
    };
}

static void read_component_ends(const struct json *list, struct component_ends *ends)
{
    for (size_t i = 1; i < MIN(json_len(list), (size_t)COMPONENTS_MAX); i++) {
        const struct json *component = json_item(list, i);
        const char *state = json_str(component, "state");
        int64_t at_sec = jstatus_time(component, "endTime");
        if (!state || at_sec == TIME_UNSET)
            continue;
        component_ends_add(ends, i, at_sec);
        if (str_eq(json_str(component, "reason"), COMPONENT_CANCEL_REASON))
            ends->cancelled |= UINT32_C(1) << i;
        if (strcmp(state, COMPONENT_ENDING) != 0)
            ends->gone |= UINT32_C(1) << i;
    }
}

bool jstatus_read(const struct convert *c, const struct json *status, bool is_array,
                  struct jstatus *s)
{
    jstatus_init(s);
    const bool known = job_state_parse(json_str(status, "state"), &s->state) == 0;
    s->job_id = json_int_or(status, "jobID", 0);
    s->attempt = json_int_or(status, "attempt", 0);
    s->restarts = json_int_or(status, "restarts", 0);
    s->priority = json_int_or(status, "priority", PRIORITY_UNSET);
    read_factors(json_get(status, "priorityFactors"), &s->factors);
    s->reason = xstrdup_null(json_str(status, "reason"));
    s->message = xstrdup_null(json_str(status, "message"));
    s->never = s->reason && jstatus_class(s) != WAIT_NEVER &&
               str_eq(json_str(status, "pending.class"), wait_class_word(WAIT_NEVER));
    s->last_action = xstrdup_null(json_str(status, "lastAction.id"));
    s->last_outcome = xstrdup_null(json_str(status, "lastAction.outcome"));
    s->partition = xstrdup_null(json_str(status, "partition"));
    s->reservation = xstrdup_null(json_str(status, "reservation"));
    s->license = xstrdup_null(json_str(status, "license"));
    s->account = xstrdup_null(json_str(status, "account"));
    s->qos = xstrdup_null(json_str(status, "qos"));
    s->dependency = xstrdup_null(json_str(status, "dependency"));
    if (json_str(status, "timeLimit"))
        duration_parse(json_str(status, "timeLimit"), &s->limit_sec, NULL);
    s->limit_asked = xstrdup_null(json_str(status, "timeLimitAsked"));
    s->submit_sec = jstatus_time(status, "submitTime");
    s->eligible_sec = jstatus_time(status, "eligibleTime");
    s->lacks_age = xstrdup_null(json_str(status, "accrueLimit"));
    s->accrue_sec = s->lacks_age ? ACCRUES_NOT : jstatus_time(status, "accrueTime");
    s->start_sec = jstatus_time(status, "startTime");
    s->end_sec = jstatus_time(status, "endTime");
    s->preempted = read_preemption(status);
    if (s->state == JOB_STATE_PENDING) {
        convert_plan_read(c, status, &s->plan);
        read_ahead(json_at(status, "pending.ahead"), &s->ahead);
        read_sooner(json_get(status, "pending"), &s->sooner);
    }
    read_exit(json_str(status, "exitCode"), s);
    if (is_array) {
        struct array_status array;
        array_status_read(json_get(status, "array"), &array);
        jstatus_set_array(s, &array);
    }
    read_component_ends(json_get(status, "components"), &s->ends);
    read_conditions(status, s);
    const struct json *placement = json_get(status, "placement");
    if (json_is(placement, JSON_ARRAY))
        convert_placement_from_json(c, placement, &s->placement, &s->n_placement, NULL);
    return known;
}

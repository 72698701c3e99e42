#include "cmd/gantry-controller/jstatus.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void text_set(char **field, const char *text)
{
    char *copy = xstrdup_null(text);
    free(*field);
    *field = copy;
}

struct preemption preemption_none(void)
{
    return (struct preemption){
        .from_sec = TIME_UNSET, .since_sec = TIME_UNSET, .end_sec = TIME_UNSET};
}

void jstatus_init(struct jstatus *s)
{
    *s = (struct jstatus){.priority = PRIORITY_UNSET,
                          .limit_sec = LIMIT_UNSET,
                          .submit_sec = TIME_UNSET,
                          .eligible_sec = TIME_UNSET,
                          .accrue_sec = TIME_UNSET,
                          .start_sec = TIME_UNSET,
                          .end_sec = TIME_UNSET,
                          .preempted = preemption_none(),
                          .plan = {.start_sec = TIME_UNSET},
                          .planned_since_sec = TIME_UNSET,
                          .accepted_since_sec = TIME_UNSET,
                          .ahead = {.jobs = AHEAD_NONE},
                          .exit_code = -1,
                          .exit_signal = -1};
}

void jstatus_fini(struct jstatus *s)
{
    free(s->reason);
    free(s->message);
    free(s->last_action);
    free(s->last_outcome);
    free(s->refusal);
    free(s->refusal_reason);
    free(s->partition);
    free(s->reservation);
    free(s->license);
    free(s->account);
    free(s->qos);
    free(s->dependency);
    free(s->limit_asked);
    free(s->lacks_age);
    free(s->array);
    slots_unref(s->placement);
    plan_clear(&s->plan);
}

void jstatus_copy(struct jstatus *to, const struct jstatus *from)
{
    *to = *from;
    to->reason = xstrdup_null(from->reason);
    to->message = xstrdup_null(from->message);
    to->last_action = xstrdup_null(from->last_action);
    to->last_outcome = xstrdup_null(from->last_outcome);
    to->refusal = xstrdup_null(from->refusal);
    to->refusal_reason = xstrdup_null(from->refusal_reason);
    to->partition = xstrdup_null(from->partition);
    to->reservation = xstrdup_null(from->reservation);
    to->license = xstrdup_null(from->license);
    to->account = xstrdup_null(from->account);
    to->qos = xstrdup_null(from->qos);
    to->dependency = xstrdup_null(from->dependency);
    to->limit_asked = xstrdup_null(from->limit_asked);
    to->lacks_age = xstrdup_null(from->lacks_age);
    to->placement = slots_ref(from->placement);
    to->plan = plan_copy(&from->plan);
    to->array = NULL;
    if (from->array)
        jstatus_set_array(to, from->array);
}

void jstatus_set_array(struct jstatus *s, const struct array_status *array)
{
    static const struct array_status none;
    if (array_status_equal(array, &none)) {
        free(TAKE(s->array));
        return;
    }
    if (!s->array)
        s->array = xcalloc(1, sizeof(*s->array));
    *s->array = *array;
}

bool arrays_equal(const struct array_status *a, const struct array_status *b)
{
    return a && b ? array_status_equal(a, b) : a == b;
}

static bool slots_equal(const struct slot *a, size_t n_a, const struct slot *b,
                        size_t n_b)
{
    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++)
        if (strcmp(a[i].node, b[i].node) != 0 || a[i].pods != b[i].pods ||
            a[i].component != b[i].component || a[i].first_rank != b[i].first_rank ||
            a[i].tasks != b[i].tasks || a[i].cpu_milli != b[i].cpu_milli ||
            a[i].alone != b[i].alone || a[i].owned != b[i].owned ||
            memcmp(&a[i].each, &b[i].each, sizeof(a[i].each)) != 0)
            return false;
    return true;
}

static bool further_equal(const struct plan *a, const struct plan *b)
{
    bool equal = a->n_further == b->n_further;

    for (size_t i = 0; equal && i < a->n_further; i++)
        equal = plan_equal(&a->further[i], &b->further[i]);
    return equal;
}

bool plan_equal(const struct plan *a, const struct plan *b)
{
    return a->start_sec == b->start_sec && a->promised == b->promised &&
           str_eq(a->partition, b->partition) &&
           str_eq(a->reservation, b->reservation) && str_eq(a->license, b->license) &&
           str_eq(a->qos, b->qos) &&
           slots_equal(a->slots, a->n_slots, b->slots, b->n_slots) &&
           further_equal(a, b);
}

void component_ends_add(struct component_ends *ends, size_t component, int64_t at_sec)
{
    ends->over |= UINT32_C(1) << component;
    ends->at_sec[component] = at_sec;
}

bool component_ends_equal(const struct component_ends *a,
                          const struct component_ends *b)
{
    return a->over == b->over && a->cancelled == b->cancelled && a->gone == b->gone &&
           memcmp(a->at_sec, b->at_sec, sizeof(a->at_sec)) == 0;
}

static bool ahead_equal(const struct ahead *a, const struct ahead *b)
{
    return a->jobs == b->jobs && a->gpus == b->gpus && a->job_id == b->job_id;
}

enum wait_class jstatus_class(const struct jstatus *s)
{
    return s->never ? WAIT_NEVER : reason_class(reason_parse(s->reason));
}

static bool preemption_equal(const struct preemption *a, const struct preemption *b)
{
    return a->by == b->by && a->requeue == b->requeue && a->from_sec == b->from_sec &&
           a->since_sec == b->since_sec && a->end_sec == b->end_sec;
}

bool jstatus_equal(const struct jstatus *a, const struct jstatus *b)
{
    return a->state == b->state && a->job_id == b->job_id && a->attempt == b->attempt &&
           a->restarts == b->restarts && a->submit_sec == b->submit_sec &&
           a->eligible_sec == b->eligible_sec && a->start_sec == b->start_sec &&
           a->end_sec == b->end_sec && a->exit_code == b->exit_code &&
           a->exit_signal == b->exit_signal && str_eq(a->reason, b->reason) &&
           a->never == b->never && str_eq(a->message, b->message) &&
           str_eq(a->last_action, b->last_action) && str_eq(a->refusal, b->refusal) &&
           str_eq(a->refusal_reason, b->refusal_reason) &&
           str_eq(a->partition, b->partition) &&
           str_eq(a->reservation, b->reservation) && str_eq(a->license, b->license) &&
           !priority_is_news(&a->factors, &b->factors) &&
           str_eq(a->account, b->account) && str_eq(a->qos, b->qos) &&
           str_eq(a->dependency, b->dependency) && a->limit_sec == b->limit_sec &&
           str_eq(a->limit_asked, b->limit_asked) && a->accrue_sec == b->accrue_sec &&
           str_eq(a->lacks_age, b->lacks_age) && plan_equal(&a->plan, &b->plan) &&
           ahead_equal(&a->ahead, &b->ahead) && sooner_equal(&a->sooner, &b->sooner) &&
           arrays_equal(a->array, b->array) &&
           preemption_equal(&a->preempted, &b->preempted) &&
           component_ends_equal(&a->ends, &b->ends) &&
           slots_equal(a->placement, a->n_placement, b->placement, b->n_placement);
}

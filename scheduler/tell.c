#include "scheduler/tell.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "scheduler/accrue.h"
#include "scheduler/check.h"
#include "scheduler/eligible.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"

/* Of what status says (crds): names are cut to less. */
#define QOS_LIST_TEXT_MAX 4096

/* A job that may start in several partitions waits for the most hopeful one. */
static const int hope[] = {
    [REASON_NONE] = 0,
    [REASON_PARTITION_CONFIG] = 1,
    [REASON_ACCOUNT_NOT_ALLOWED] = 2,
    [REASON_QOS_NOT_ALLOWED] = 2,
    [REASON_BAD_CONSTRAINTS] = 2,
    [REASON_PARTITION_NODE_LIMIT] = 2,
    [REASON_PARTITION_TIME_LIMIT] = 2,
    [REASON_MAX_MEM_PER_LIMIT] = 2,
    [REASON_INVALID_ACCOUNT] = 2, /* where it is of a partition; likewise: */
    [REASON_INVALID_QOS] = 2,
    [REASON_QOS_USAGE_THRESHOLD] = 3,
    [REASON_PARTITION_INACTIVE] = 3,
    [REASON_PARTITION_DOWN] = 3,
    [REASON_CONSTRAINTS] = 4,
    [REASON_REQ_NODE_NOT_AVAIL] = 4,
    [REASON_PRIORITY] = 5,
    [REASON_RESOURCES] = 6,
    [REASON_LICENSES] = 6,
    [REASON_RESERVATION] = 5,
    [REASON_RESERVATION_DELETED] = 2,
    /* These are of the job, not of a partition; nothing competes with them. */
    [REASON_DEPENDENCY] = 7,
    [REASON_DEPENDENCY_NEVER] = 7,
    [REASON_BEGIN_TIME] = 7,
    [REASON_JOB_HELD_USER] = 7,
    [REASON_JOB_HELD_ADMIN] = 7,
    [REASON_CLEANING] = 7,
    [REASON_DEADLINE] = 2, /* in one of several partitions */
    [REASON_JOB_ARRAY_TASK_LIMIT] = 7,
};

static int hope_of(enum reason reason)
{
    if (reason < REASON_LIMITS)
        return hope[reason];
    return reason_class(reason) == WAIT_NEVER ? 2 : 4;
}

const char *tell_qos(const struct sched *s, const struct job *job)
{
    const struct qos *qos = policy_qos(&s->policy, job);

    return qos != NULL ? qos->name : job_qos(job);
}

/* With who pays for it: of several QOS all that it names, as it names them. */
static void add_decision(struct sched *s, const struct job *job,
                         struct decision *decision)
{
    STR_AUTO struct str list;

    str_init(&list, QOS_LIST_TEXT_MAX);
    for (size_t i = 0; i < job->n_qos_list; i++)
        str_addf(&list, "%s%s", i == 0 ? "" : ",", job->qos_list[i]);
    decision->account = policy_account(&s->policy, job);
    decision->qos = list.len > 0 ? list.s : tell_qos(s, job);
    decided_add(&s->decided, decision);
}

/* In the first partition, if it is there, with the QOS that it waits with. */
static int64_t bound_of(struct sched *s, struct jobrec *rec)
{
    const struct partrec *part = pass_partition(s, rec->job, 0);
    size_t worn = guise_rest(s, rec);
    int64_t bound_sec = check_bound(rec->job, part != NULL ? part->part : NULL);

    guise_wear(s, rec, worn);
    return bound_sec;
}

/* Behind the last slot but one nobody knows when; and who is planned there may leave no
 * room there for others. */
static bool is_beyond_window(const struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;

    return plan->start_sec == PLAN_FAR ||
           (plan->start_sec == TIME_UNSET && rec->nowhere && !rec->unsure);
}

/* NULL: the message says it all. Whose time is in a reservation waits for that. */
static char *add_window(const struct sched *s, const struct jobrec *rec,
                        enum reason reason, const char *message)
{
    char window[DURATION_TEXT_MAX];

    if (reason_class(reason) != WAIT_NOT_FREE || !is_beyond_window(rec))
        return NULL;
    duration_format(s->config.window_sec, window);
    return xasprintf("%s; start later than the window of %s", message, window);
}

/* What an array's followers are promised, as one number. */
static uint64_t number_of(const struct plan *plans, size_t n)
{
    uint64_t hash = HASH_NOTHING;

    for (size_t i = 0; i < n; i++) {
        const struct plan *plan = &plans[i];

        hash = hash_bytes(hash, &plan->start_sec, sizeof(plan->start_sec));
        hash = hash_bytes(hash, plan->partition, strlen(plan->partition) + 1);
        for (size_t k = 0; k < plan->n_slots; k++)
            hash =
                hash_bytes(hash, plan->slots[k].node, strlen(plan->slots[k].node) + 1);
    }
    return hash;
}

/* Is it what it was told last? `further`: number_of. */
static bool was_told(const struct jobrec *rec, const struct decision *d,
                     uint64_t further)
{
    return rec->reason == d->reason && str_eq(rec->message, d->message) &&
           rec->told_plan_sec == d->planned_sec && rec->told_promised == d->promised &&
           rec->told_eligible_sec == d->eligible_sec &&
           (!d->promised || rec->told_placed == rec->placed) &&
           rec->told_accrue_sec == d->accrue_sec &&
           rec->told_bound_sec == d->bound_sec &&
           str_eq(rec->told_lack, d->lacks_age) &&
           rec->told_depends == depend_states(rec->job) &&
           rec->told_further == further &&
           !priority_is_news(&d->priority, &rec->told_priority) &&
           sooner_equal(&d->sooner, &rec->told_sooner) &&
           !ahead_is_news(&d->ahead, &rec->told_ahead);
}

static void note_told(struct jobrec *rec, const struct decision *d, uint64_t further)
{
    jobrec_reset_told(rec);
    rec->reason = d->reason;
    rec->message = xstrdup(d->message);
    rec->told_plan_sec = d->planned_sec;
    rec->told_promised = d->promised;
    rec->told_eligible_sec = d->eligible_sec;
    rec->told_placed = rec->placed;
    rec->told_accrue_sec = d->accrue_sec;
    rec->told_bound_sec = d->bound_sec;
    rec->told_lack = xstrdup_null(d->lacks_age);
    rec->told_priority = d->priority;
    rec->told_ahead = d->ahead;
    rec->told_sooner = d->sooner;
    rec->told_depends = depend_states(rec->job);
    rec->told_further = further;
}

/* Tells it so, unless it was told that last. */
static void tell_as(struct sched *s, struct jobrec *rec, enum reason reason,
                    const char *message, const struct priority *priority)
{
    const struct plan *plan = &rec->job->plan;
    bool dated = plan->start_sec != PLAN_FAR;
    AUTO_FREE struct plan *further = xcalloc(rec->n_followers + 1, sizeof(*further));
    size_t n_further = follower_promises(rec, further, FURTHER_SLOTS_MAX);
    const uint64_t number = number_of(further, n_further);
    struct decision decision = {
        .kind = DECIDE_REASON,
        .job_uid = rec->uid,
        .reason = reason,
        .message = message,
        .priority = *priority,
        .planned_sec = dated ? plan->start_sec : TIME_UNSET,
        .promised = plan->promised,
        .partition = dated ? plan->partition : NULL,
        .reservation = dated ? plan->reservation : NULL,
        .license = dated ? plan->license : NULL,
        .chosen_qos = dated ? plan->qos : NULL,
        .slots = plan->slots,
        .n_slots = dated ? plan->n_slots : 0,
        .further = further,
        .n_further = n_further,
        .sooner = rec->sooner,
        .waits_for_nodes = reason == REASON_RESOURCES || reason == REASON_PRIORITY,
        .eligible_sec = eligible_told(rec->job),
        .accrue_sec = accrue_since(rec->job),
        .bound_sec = bound_of(s, rec),
        .lacks_age = rec->job->accrue_sec == ACCRUES_NOT ? rec->lacks_age : NULL,
    };

    if (decision.waits_for_nodes)
        decision.ahead = rec->ahead;

    if (was_told(rec, &decision, number))
        return;
    note_told(rec, &decision, number);
    add_decision(s, rec->job, &decision);
}

void tell_job(struct sched *s, struct jobrec *rec, enum reason reason,
              const char *message, const struct priority *priority)
{
    AUTO_FREE char *longer = add_window(s, rec, reason, message);

    tell_as(s, rec, reason, longer != NULL ? longer : message, priority);
}

void tell_array(struct sched *s, struct jobrec *rec)
{
    AUTO_FREE char *message = xstrdup_null(rec->message);
    const struct priority priority = rec->told_priority;

    if (!rec->gone && rec->job->phase == JOB_PENDING && message != NULL)
        tell_as(s, rec, rec->reason, message, &priority);
}

void tell_give_up(struct sched *s, struct jobrec *rec, enum reason reason,
                  const char *message)
{
    const struct decision decision = {.kind = DECIDE_GIVE_UP,
                                      .job_uid = rec->uid,
                                      .reason = reason,
                                      .message = message,
                                      .planned_sec = TIME_UNSET};

    if (rec->end_told)
        return;
    rec->end_told = true;
    decided_add(&s->decided, &decision);
}

void tell_splits(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;

    if (job->array == NULL || !depend_by_task(s, job) || !depend_is_open(job) ||
        circle_is_in(s, rec))
        return;
    for (int64_t i = taskset_next(&job->array->left, 0); i >= 0;
         i = taskset_next(&job->array->left, i + 1)) {
        enum depend_state state = depend_of_task(s, job, i);
        const struct decision decision = {.kind = DECIDE_SPLIT,
                                          .job_uid = rec->uid,
                                          .task = i,
                                          .met = state == DEPEND_MET,
                                          .planned_sec = TIME_UNSET};

        if (state == DEPEND_OPEN)
            continue;
        taskset_remove(&job->array->left, i);
        taskset_add(&job->array->out, i);
        decided_add(&s->decided, &decision);
    }
}

static void tell_if_last(struct sched *s, struct jobrec *rec)
{
    if (--rec->untried == 0)
        tell_job(s, rec, rec->found, rec->found_message, &rec->found_priority);
}

void tell_passed(struct sched *s, struct jobrec *rec)
{
    if (rec->array == NULL)
        tell_if_last(s, rec);
}

/* Is it more hopeful than what has been found so far (> 0), or as hopeful (0)? */
static int compare_found(const struct jobrec *rec, enum reason reason, bool planned)
{
    int more = hope_of(reason) - hope_of(rec->found);

    return more != 0 ? more : (int)planned - (int)rec->found_planned;
}

static void note_found(struct sched *s, const struct entry *entry, enum reason reason,
                       bool planned)
{
    struct jobrec *rec = entry->rec;

    free(rec->found_message);
    rec->found = reason;
    rec->found_planned = planned;
    rec->found_listed = entry->listed;
    rec->found_message = xstrdup(s->message.s);
}

/* Of equals the first that was tried has the best priority, and the first that the job
 * names the reason: with time the queue is in another order, and whoever waits for
 * nothing that time brings is not told anew. */
void tell_found(struct sched *s, const struct entry *entry, enum reason reason,
                bool planned)
{
    struct jobrec *rec = entry->rec;
    int more = compare_found(rec, reason, planned);

    if (rec->array != NULL)
        return; /* nobody knows it */
    if (rec->untried <= 1 && more > 0) {
        rec->untried = 0;
        tell_job(s, rec, reason, s->message.s, &entry->priority);
        return;
    }
    if (more > 0)
        rec->found_priority = entry->priority;
    if (more > 0 || (more == 0 && entry->listed < rec->found_listed))
        note_found(s, entry, reason, planned);
    tell_if_last(s, rec);
}

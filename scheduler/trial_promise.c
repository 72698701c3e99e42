/* Before when a job may be planned, and whether it is promised that. */
#include "scheduler/trial_private.h"

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/check.h"
#include "scheduler/component.h"
#include "scheduler/eligible.h"

/* In the last walk, or in the one before where the job has other choices than this one,
 * of which some have been looked at already. */
static bool was_in_vain(const struct sched *s, const struct jobrec *rec)
{
    uint64_t walk =
        rec->walk == s->pass.number && s->pass.running ? rec->walk_before : rec->walk;

    return walk != 0 && walk + 1 >= s->pass.number;
}

/* What was in vain in the last walk is so still, but where room has grown since: a
 * window begins before that ends. */
static size_t before_claim(const struct sched *s, const struct jobrec *rec)
{
    int64_t grown_sec = MAX(s->grown_sec, s->pass.grown_sec);
    size_t first, last = s->timeline.n_slots;

    if (jobrec_switches_until(s, rec->job) != INT64_MIN) /* time alone helps it */
        return MAX(rec->claim.first, 1);
    if (was_in_vain(s, rec) && grown_sec != TIME_NEVER)
        timeline_span(&s->timeline, s->timeline.bounds[0], grown_sec, &first, &last);
    return MIN(MAX(rec->claim.first, 1), last);
}

size_t trial_before_deadline(const struct sched *s, const struct entry *entry)
{
    const struct timeline *tl = &s->timeline;
    int64_t latest = check_latest(entry->rec->job, entry->part->part);
    size_t first, last = tl->n_slots;

    if (latest < tl->bounds[0])
        return 1;
    if (latest != TIME_NEVER)
        timeline_span(tl, tl->bounds[0], latest + 1, &first, &last);
    return last;
}

/* No room is kept for part of a job. */
bool trial_reserves(const struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;

    if (job->array != NULL && s->config.max_job_array_resv == 0)
        return false;
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job alone;
        const struct qos *qos = policy_qos(&s->policy, component_alone(job, i, &alone));

        if (qos != NULL && (qos->flags & QOS_NO_RESERVE) != 0)
            return false;
    }
    return entry->priority.total >= allowance_least_priority(s, job, entry->part->part);
}

size_t trial_before(const struct sched *s, const struct entry *entry, size_t n_waiting)
{
    const struct jobrec *rec = entry->rec;
    size_t before = trial_before_deadline(s, entry);

    if (!trial_reserves(s, entry))
        return 1;
    if (rec->claim.on)
        return MIN(before, before_claim(s, rec));
    return n_waiting < (size_t)s->config.max_job_test ? before : 1;
}

/* As in Slurm the wait counts from when it could have started. A threshold of its own
 * (MinPrioThreshold, of QOS or account), which who has a plan is above, replaces that
 * of all. */
static bool is_ripe(const struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;

    return s->now_sec - s->config.min_age_reserve_sec >= eligible_since(job) &&
           (entry->priority.total >= s->config.min_prio_reserve ||
            allowance_least_priority(s, job, entry->part->part) > 0);
}

bool trial_may_promise(const struct sched *s, const struct entry *entry,
                       size_t n_promised)
{
    return n_promised < (size_t)s->config.reservation_depth &&
           (entry->rec->job->plan.promised || is_ripe(s, entry));
}

bool trial_promise(struct sched *s, const struct entry *entry, size_t n_promised)
{
    struct plan *plan = &entry->rec->job->plan;

    if (plan->start_sec == TIME_UNSET || plan->start_sec == PLAN_FAR ||
        !trial_may_promise(s, entry, n_promised))
        return false;
    plan->promised = true;
    starts_enlist(s, entry->rec);
    return true;
}

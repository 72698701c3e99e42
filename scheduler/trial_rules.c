/* What rules a job out in a partition, whatever is free. */
#include "scheduler/trial_private.h"

#include "base/util.h"
#include "scheduler/access.h"
#include "scheduler/allowance.h"
#include "scheduler/charge.h"
#include "scheduler/check.h"
#include "scheduler/component.h"
#include "scheduler/eligible.h"

/* Fair shares are found anew in each period. */
static enum reason check_threshold(struct sched *s, const struct job *job,
                                   const struct partrec *part)
{
    enum reason reason =
        policy_check_threshold(&s->policy, job, part->part, &s->message);

    if (reason != REASON_NONE)
        s->pass.begin_sec = MIN(s->pass.begin_sec, charge_next_period(s, s->now_sec));
    return reason;
}

/* Whether the partition that it is in takes a component, with its account and QOS. */
static enum reason check_component_there(struct sched *s, const struct entry *entry,
                                         size_t component)
{
    const struct job *job = entry->rec->job, *own = job_component(job, component);
    const struct partrec *part = entry->part;
    struct job alone;
    enum reason reason;

    component_alone(job, component, &alone);
    str_reset(&s->message);
    check_say_component(component, &s->message);
    if (own->n_partitions > 0)
        part = cluster_partition(&s->cluster, own->partitions[0]);
    if (part == NULL)
        return check_missing(&s->cluster, own->partitions[0], &s->message);
    reason = policy_check_partition(&s->policy, &alone, part->part, &s->message);
    if (reason == REASON_NONE)
        reason = access_check(&s->policy, &alone, part->part, &s->message);
    if (reason == REASON_NONE)
        reason = check_threshold(s, &alone, part);
    if (reason != REASON_NONE)
        return reason;
    str_reset(&s->message);
    return own->n_partitions > 0
               ? check_component_partition(job, component, entry->part->part,
                                           part->part, &s->message)
               : REASON_NONE;
}

static enum reason check_components_there(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    enum reason reason = REASON_NONE;

    for (size_t i = 1; i <= job->n_others && reason == REASON_NONE; i++)
        reason = check_component_there(s, entry, i);
    return reason;
}

/* In another partition, whose limit is shorter, it may be over by its deadline yet. */
static enum reason check_in_time(struct sched *s, const struct entry *entry)
{
    if (check_latest(entry->rec->job, entry->part->part) >= s->now_sec)
        return REASON_NONE;
    str_addf(&s->message, "cannot be over by its deadline in partition %s",
             entry->part->part->name);
    return REASON_DEADLINE;
}

/* Others of its array may have started since it was looked at, such as the one that a
 * singleton waits for. */
static enum reason check_next_task(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;

    if (job->array == NULL || job->n_depends == 0)
        return REASON_NONE;
    depend_look(s, rec, s->now_sec, &s->pass.begin_sec);
    eligible_look(job, s->now_sec);
    return depend_check(s, rec, &s->message);
}

/* Who is promised a start keeps it while others run that are over by then. */
static enum reason check_counts(struct sched *s, const struct entry *entry,
                                const struct job *job)
{
    const struct partition *part = entry->part->part;

    return trial_stands(entry) ? allowance_check_own(s, job, part, NULL, 0, &s->message)
                               : allowance_check(s, job, part, &s->message);
}

/* A limit keeps it back; but no end of another job helps whom no nodes could hold. */
static enum reason check_ever(struct sched *s, const struct entry *entry,
                              enum reason limit)
{
    const struct fit *fit;

    if (reason_class(limit) == WAIT_NEVER)
        return limit;
    fit = check_nodes(&s->placer, &s->cluster, trial_shape(s, entry), entry->part);
    if (fit->verdict == REASON_NONE || reason_class(fit->verdict) != WAIT_NEVER)
        return limit;
    str_reset(&s->message);
    str_add(&s->message, fit->message);
    return fit->verdict;
}

enum reason trial_ruled_out(struct sched *s, const struct entry *entry)
{
    struct job view;
    const struct job *job = job_with_license(entry->rec->job, entry->license, &view);
    const struct fit *fit;
    enum reason reason;

    reason = check_next_task(s, entry->rec);
    if (reason == REASON_NONE)
        reason = policy_check_partition(&s->policy, entry->rec->job, entry->part->part,
                                        &s->message);
    if (reason == REASON_NONE)
        reason =
            access_check(&s->policy, entry->rec->job, entry->part->part, &s->message);
    if (reason == REASON_NONE)
        reason = check_partition(entry->rec->job, entry->part->part, &s->message);
    if (reason == REASON_NONE)
        reason = check_in_time(s, entry);
    if (reason == REASON_NONE)
        reason = check_components_there(s, entry);
    if (reason == REASON_NONE)
        reason = check_threshold(s, entry->rec->job, entry->part);
    if (reason == REASON_NONE)
        reason = license_check(&s->config.licenses, job, &s->message);
    if (reason == REASON_NONE)
        reason = check_counts(s, entry, job);
    if (reason >= REASON_LIMITS && entry->rec->array == NULL)
        allowance_hold_back(s, entry->rec);
    if (reason >= REASON_LIMITS)
        return check_ever(s, entry, reason);
    if (reason == REASON_NONE)
        reason =
            reserve_check(s, entry->rec->job, entry->part, entry->resv, &s->message);
    if (reason != REASON_NONE)
        return reason;
    fit = check_nodes(&s->placer, &s->cluster, trial_shape(s, entry), entry->part);
    if (fit->verdict != REASON_NONE) {
        str_add(&s->message, fit->message);
        return fit->verdict;
    }
    if (trial_stands(entry))
        return REASON_NONE;
    reason = allowance_check_tres(s, job, entry->part->part, NULL, 0, &s->message);
    if (reason >= REASON_LIMITS && entry->rec->array == NULL)
        allowance_hold_back(s, entry->rec);
    return reason;
}

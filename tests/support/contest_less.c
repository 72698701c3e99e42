/* A victim less: is each needed? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/contest_private.h"

struct job *contest_find_job(struct copies *all, const char *uid)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].kind == CHANGE_JOB &&
            strcmp(all->items[i].u.job->uid, uid) == 0)
            return all->items[i].u.job;
    }
    return NULL;
}

struct job *contest_find_number(struct copies *all, int64_t number)
{
    AUTO_FREE char *uid = xasprintf("job-%" PRId64, number);

    return contest_find_job(all, uid);
}

bool contest_meet(const struct slot *a, size_t n_a, const struct slot *b, size_t n_b)
{
    for (size_t i = 0; i < n_a; i++) {
        for (size_t k = 0; k < n_b; k++) {
            if (strcmp(a[i].node, b[k].node) == 0)
                return true;
        }
    }
    return false;
}

/* Promises that may be broken for a job, and were, are so here, too. False: others have
 * moved or started as well in the step, and cannot be told from it. */
static bool follow_step(struct contest *c, struct copies *before, const struct job *by)
{
    const char *part = by->n_partitions > 0 ? by->partitions[0] : "a";

    for (size_t i = 0; i < before->n; i++) {
        struct job *job = before->items[i].u.job;
        const struct job *now;

        if (before->items[i].kind != CHANGE_JOB || job == by ||
            job->phase != JOB_PENDING)
            continue;
        now = sched_job(c->h.s, job->uid);
        if (now->phase != JOB_PENDING)
            return false;
        if (now->plan.start_sec == job->plan.start_sec)
            continue;
        if (!job->plan.promised || now->plan.start_sec < job->plan.start_sec ||
            !contest_has_right(c, before, by->qos, part, now->qos, job->plan.partition))
            return false;
        plan_clear(&job->plan);
    }
    return true;
}

static int64_t plan_start(struct sched *s, const char *uid, int64_t now_sec)
{
    const struct job *job;
    struct decisions decisions;

    while (sched_step(s, now_sec, (struct sched_budget){0}, &decisions) == SCHED_MORE)
        ;
    job = sched_job(s, uid);
    if (job->phase != JOB_PENDING)
        return now_sec;
    return job->plan.start_sec != TIME_UNSET ? job->plan.start_sec : INT64_MAX;
}

/* Pods with so many units differ in what each takes. */
static bool is_same_slot(const struct slot *a, const struct slot *b)
{
    return strcmp(a->node, b->node) == 0 && a->pods == b->pods &&
           a->component == b->component &&
           memcmp(&a->each, &b->each, sizeof(a->each)) == 0;
}

static bool is_planned_as(const struct job *a, const struct job *b)
{
    if (a->phase != b->phase || a->plan.n_slots != b->plan.n_slots)
        return false;
    for (size_t i = 0; i < a->plan.n_slots; i++) {
        if (!is_same_slot(&a->plan.slots[i], &b->plan.slots[i]))
            return false;
    }
    return a->plan.start_sec == b->plan.start_sec;
}

/* By its plan, or by what it has got. */
static bool lies_on(const struct job *job, const struct plan *plan)
{
    return contest_meet(job->plan.slots, job->plan.n_slots, plan->slots,
                        plan->n_slots) ||
           contest_meet(job->alloc, job->n_alloc, plan->slots, plan->n_slots);
}

/* In another core, does somebody have nodes of the plan that `by` had, who has others
 * here? */
static bool is_replaced(struct contest *c, struct copies *before, const struct job *by,
                        const struct sched *s)
{
    for (size_t i = 0; i < before->n; i++) {
        const struct job *job = before->items[i].u.job, *here, *there;

        if (before->items[i].kind != CHANGE_JOB || job->phase != JOB_PENDING ||
            job->job_id == by->job_id)
            continue;
        here = sched_job(c->h.s, job->uid);
        there = sched_job(s, job->uid);
        if (!is_planned_as(here, there) && lies_on(there, &by->plan))
            return true;
    }
    return false;
}

void contest_check_needed(struct contest *c, size_t spared,
                          const struct contest_taken *taken, size_t n)
{
    COPIES_AUTO struct copies all = copies_again(&c->before);
    struct sched_config config = c->config;
    struct sched *fresh;
    struct job *job = contest_find_number(&all, taken[spared].by);
    AUTO_FREE char *uid = xstrdup(job->uid);
    const struct job *was = contest_find_job(&c->before, uid);

    if (!follow_step(c, &all, job))
        return;
    c->n_checked++;
    plan_clear(&job->plan);
    for (size_t i = 0; i < n; i++) {
        struct job *victim = contest_find_job(&all, taken[i].uid);

        victim->preempted_by = i != spared ? taken[i].by : 0;
        victim->preempt_sec = i != spared ? taken[i].end_sec : TIME_UNSET;
    }
    fresh = sched_new(&config);
    copies_apply(&all, fresh);
    config.preempt_type = PREEMPT_BY_NOBODY;
    sched_apply(fresh, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    course_check(&c->h, plan_start(fresh, uid, c->h.now_sec) >
                                sched_job(c->h.s, uid)->plan.start_sec ||
                            is_replaced(c, &c->before, was, fresh));
    sched_free(fresh);
}

/* In another core: does that job start no later than promised before, and all others
 * where and when they were? */
static bool keeps_promises(struct contest *c, const struct copies *before,
                           int64_t number, struct sched *s)
{
    for (size_t i = 0; i < before->n; i++) {
        const struct job *job = before->items[i].u.job;

        if (before->items[i].kind != CHANGE_JOB || job->phase != JOB_PENDING ||
            !job->plan.promised)
            continue;
        if (plan_start(s, job->uid, c->h.now_sec) > job->plan.start_sec ||
            (job->job_id != number && !is_planned_as(sched_job(s, job->uid), job)))
            return false;
    }
    return true;
}

void contest_check_together(struct contest *c, const struct contest_taken *spared)
{
    COPIES_AUTO struct copies after = copies_of(c->h.s);
    struct copies all = copies_again(&after);
    struct sched_config config = c->config;
    struct job *victim = contest_find_job(&all, spared->uid);
    struct sched *fresh;

    c->n_together++;
    victim->preempted_by = 0;
    victim->preempt_sec = TIME_UNSET;
    plan_clear(&contest_find_number(&all, spared->by)->plan);
    fresh = sched_new(&config);
    copies_apply(&all, fresh);
    config.preempt_type = PREEMPT_BY_NOBODY;
    sched_apply(fresh, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    course_check(&c->h, !keeps_promises(c, &after, spared->by, fresh));
    sched_free(fresh);
    copies_fini(&all);
}

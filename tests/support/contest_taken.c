/* The rules of preemption, said once more. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/timeline.h"
#include "tests/support/contest_private.h"

static const struct qos *find_qos(const struct copies *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct change *c = &all->items[i];

        if (c->kind == CHANGE_QOS && strcmp(c->u.qos->name, name) == 0)
            return c->u.qos;
    }
    return NULL;
}

static bool lists(const struct qos *qos, const char *name)
{
    for (size_t i = 0; i < qos->n_preempt; i++) {
        if (strcmp(qos->preempt[i], name) == 0)
            return true;
    }
    return false;
}

bool contest_has_right(struct contest *c, const struct copies *all, const char *own,
                       const char *part, const char *other, const char *other_part)
{
    if (c->config.preempt_type == PREEMPT_BY_PARTITION)
        return strcmp(part, "b") == 0 && strcmp(other_part, "a") == 0;
    if (strcmp(own, other) == 0)
        return find_qos(all, own)->preempt_mode & PREEMPT_WITHIN;
    return lists(find_qos(all, own), other);
}

static void check_right(struct contest *c, const struct copies *all,
                        const struct job *by, const struct job *victim)
{
    const char *part = by->phase == JOB_PENDING ? by->plan.partition : by->partition;
    int64_t exempt = find_qos(all, victim->qos)->preempt_exempt_sec;

    if (exempt == LIMIT_UNSET)
        exempt = c->config.preempt_exempt_sec;
    course_check(&c->h, victim->phase == JOB_RUNNING);
    course_check(&c->h, victim->start_sec + exempt <= c->h.now_sec);
    course_check(&c->h, contest_has_right(c, all, by->qos, part, victim->qos,
                                          victim->partition));
}

static bool is_alone(const struct contest_taken *taken, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (taken[i].by != taken[0].by)
            return false;
    }
    return true;
}

#define END_SLACK_SEC 60

/* The minute in which all of them are sure to be gone. */
static int64_t gone_sec(const struct contest_taken *taken, size_t n)
{
    int64_t sec = 0;

    for (size_t i = 0; i < n; i++)
        sec = MAX(sec, taken[i].end_sec + END_SLACK_SEC);
    return timeline_minute(sec + TIMELINE_MINUTE_SEC - 1);
}

static bool any_yields_to(const struct copies *all, int64_t number)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].kind == CHANGE_JOB &&
            all->items[i].u.job->preempted_by == number &&
            all->items[i].u.job->n_alloc > 0)
            return true;
    }
    return false;
}

/* Those that run on, and those for whom others end and who are promised their room, are
 * within the limit on jobs of their QOS; each component is one. One that has begun, and
 * is back in the queue while they are late to go, is promised none. */
static void check_limit(struct contest *c, const struct copies *all,
                        const struct job *by)
{
    const struct limit *limit =
        limits_find(&find_qos(all, by->qos)->limits, LIMIT_GRP_JOBS, TRES_NONE, NULL);
    size_t n = 0;

    for (size_t i = 0; i < all->n && limit != NULL; i++) {
        const struct job *job = all->items[i].u.job;

        if (all->items[i].kind != CHANGE_JOB || strcmp(job->qos, by->qos) != 0)
            continue;
        if ((job->n_alloc > 0 && job->preempted_by == 0) ||
            (job->plan.promised && any_yields_to(all, job->job_id)))
            n += job->n_others + 1;
    }
    course_check(&c->h, limit == NULL || n <= (size_t)limit->amount);
}

bool contest_is_taken_over(struct contest *c, const struct job *job)
{
    return sched_job_broken(c->h.s, job->uid) == BROKEN_PREEMPTION;
}

void contest_check_taken(struct contest *c, const struct contest_taken *taken, size_t n)
{
    COPIES_AUTO struct copies all = copies_of(c->h.s);
    bool alone = is_alone(taken, n);

    for (size_t i = 0; i < n; i++) {
        const struct job *victim = contest_find_job(&all, taken[i].uid);
        const struct job *by = contest_find_number(&all, taken[i].by);

        course_check(&c->h, by != NULL && victim != NULL &&
                                victim->preempted_by == taken[i].by);
        check_right(c, &all, by, victim);
        check_limit(c, &all, by);
        if (!alone || by->phase != JOB_PENDING) {
            contest_check_together(c, &taken[i]);
            continue;
        }
        if (contest_is_taken_over(c, by))
            continue;
        course_check(&c->h, by->plan.promised);
        course_check(&c->h, by->plan.start_sec <= gone_sec(taken, n));
        course_check(&c->h, contest_meet(by->plan.slots, by->plan.n_slots,
                                         victim->alloc, victim->n_alloc));
        contest_check_needed(c, i, taken, n);
    }
}

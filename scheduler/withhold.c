#include "scheduler/withhold.h"

#include "base/util.h"

static bool is_still_to_end(const struct jobrec *victim, const struct decision *d)
{
    return victim != NULL && !victim->gone && victim->job->phase == JOB_RUNNING &&
           victim->job->preempted_by == d->preempted_by;
}

void withhold_bring(struct sched *s)
{
    for (size_t i = 0; i < s->withheld.n; i++) {
        const struct decision *d = &s->withheld.items[i];
        struct jobrec *victim = jobrec_find(s, d->job_uid);

        if (is_still_to_end(victim, d))
            decided_add(&s->decided, d);
        else if (victim != NULL)
            victim->withheld = false;
    }
    decided_reset(&s->withheld);
}

static size_t count_victims(const struct decided *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++)
        n += d->items[i].kind == DECIDE_PREEMPT;
    return n;
}

/* NULL: it is something else. */
static struct jobrec *victim_of(struct sched *s, const struct decision *d)
{
    return d->kind == DECIDE_PREEMPT ? jobrec_find(s, d->job_uid) : NULL;
}

static bool may_keep(struct sched *s, enum sched_progress progress)
{
    size_t n = count_victims(&s->decided);

    if (n == 0)
        return false;
    if (s->withheld_sec == TIME_UNSET)
        s->withheld_sec = s->now_sec;
    return progress == SCHED_MORE && n < WITHHOLD_MAX &&
           s->now_sec - s->withheld_sec < WITHHOLD_SEC;
}

bool withhold_keep(struct sched *s, enum sched_progress progress)
{
    struct decided *d = &s->decided;
    size_t n = 0;

    if (!may_keep(s, progress))
        return false;
    for (size_t i = 0; i < d->n; i++) {
        struct jobrec *victim = victim_of(s, &d->items[i]);

        if (victim != NULL) {
            victim->withheld = true;
            decided_add(&s->withheld, &d->items[i]);
        } else {
            d->items[n++] = d->items[i];
        }
    }
    d->n = n;
    return true;
}

void withhold_tell(struct sched *s)
{
    for (size_t i = 0; i < s->decided.n; i++) {
        struct jobrec *victim = victim_of(s, &s->decided.items[i]);

        if (victim == NULL)
            continue;
        victim->withheld = false;
        s->end_sec = MIN(s->end_sec, victim->job->preempt_sec);
    }
    s->withheld_sec = TIME_UNSET;
}

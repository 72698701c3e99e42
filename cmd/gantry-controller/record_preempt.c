/* A job that is to end for another, which waits for that one's number. */
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/record_private.h"

static bool has_number(const struct record *r)
{
    return !r || !r->job || r->job->status.job_id > 0;
}

void record_let_victims_end(struct record *r)
{
    struct record *victim, *tmp;
    if (!r->awaited || !has_number(r))
        return;
    r->awaited = false;
    HASH_ITER (hh, r->ctl->records, victim, tmp)
        if (str_eq(victim->preemptor, r->uid))
            record_reconcile(victim);
}

void record_preempt(struct record *r, const struct decision *d)
{
    struct record *by = record_find(r->ctl, d->preemptor_uid);
    r->preemption = (struct preemption){.by = d->preempted_by,
                                        .requeue = d->requeue,
                                        .from_sec = d->preempt_from_sec,
                                        .since_sec = TIME_UNSET,
                                        .end_sec = d->preempt_sec};
    text_set(&r->preemptor, d->preemptor_uid);
    if (by)
        by->awaited = !has_number(by);
}

bool record_is_preempted(const struct record *r)
{
    return r->preemption.by != 0 && has_number(record_find(r->ctl, r->preemptor));
}

bool record_is_over_time(const struct record *r)
{
    return r->timed_out && (r->preemption.by == 0 || record_is_preempted(r));
}

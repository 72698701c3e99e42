#include "scheduler/book.h"
#include "scheduler/follower.h"
#include "scheduler/starts_private.h"

#include "base/util.h"

static bool is_wanted(struct jobrec *rec)
{
    const struct job *job = rec->job;

    return !rec->gone && job->phase == JOB_PENDING && job->job_id != 0 &&
           (!job->plan.promised || rec->changed) &&
           follower_array(rec)->waiter.by == NULL;
}

static void enlist(struct sched *s, struct jobrec *rec)
{
    bool wanted = is_wanted(rec);

    if (wanted == rec->listed)
        return;
    rec->listed = wanted;
    if (wanted) {
        GROW(s->list, s->n_list, s->list_cap);
        rec->list_at = s->n_list;
        s->list[s->n_list++] = rec;
    } else {
        s->list[rec->list_at] = s->list[--s->n_list];
        s->list[rec->list_at]->list_at = rec->list_at;
    }
}

void starts_enlist(struct sched *s, struct jobrec *rec)
{
    enlist(s, rec);
    for (size_t i = 0; i < rec->n_made; i++)
        enlist(s, rec->followers[i]);
}

void starts_look_through_list(struct sched *s, int64_t now_sec)
{
    for (size_t i = s->n_list; i-- > 0;) {
        struct jobrec *rec = s->list[i];

        enum reason reason = jobrec_check(s, rec, now_sec);

        rec->may_start = reason == REASON_NONE;
        rec->changed = false;
        if (!rec->may_start || !rec->job->plan.promised)
            book_cancel_plan(s, rec, broken_of_reason(reason));
        else
            starts_enlist(s, rec); /* no longer */
    }
}

/* What becomes of a promise, and of a turn, where a rule stops its job. */
#include "scheduler/pass_private.h"

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/tell.h"
#include "scheduler/trial.h"

/* Whoever comes before it would have had the place first. */
void pass_lose_place(struct sched *s, const struct jobrec *rec)
{
    const bool promised = rec->job->plan.promised;

    s->pass.moved |= promised;
    s->pass.stopped |= promised && s->pass.n_waiting > 0;
}

/* In another partition, where nothing keeps it from starting? */
static bool moves_over(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    size_t n = rec->job->n_partitions > 1 ? pass_choices(s, rec) : 0;

    for (size_t i = 0; i < n; i++) {
        struct partrec *part = pass_partition(s, rec->job, i);
        struct entry other;

        if (part == NULL || part == entry->part)
            continue;
        other = pass_entry(s, rec, part, i, s->pass.now_sec);
        if (!str_eq(other.resv, entry->resv) || other.qos_at != entry->qos_at ||
            !str_eq(other.license, entry->license))
            continue;
        str_reset(&s->message);
        if (trial_ruled_out(s, &other) == REASON_NONE && book_move_over(s, rec, part))
            return true;
    }
    return false;
}

/* Its promise is kept all the same, if it can be in another partition. */
static bool keeps_promise(struct sched *s, const struct entry *entry)
{
    AUTO_FREE char *said = xstrdup(s->message.s);
    bool keeps = entry->rec->job->plan.promised && moves_over(s, entry);

    str_reset(&s->message);
    str_add(&s->message, said);
    return keeps;
}

/* Where it is planned in this one of its choices. */
static void give_up_there(struct sched *s, const struct entry *entry,
                          struct jobrec *rec, enum reason reason)
{
    struct entry own = *entry;

    own.rec = rec;
    if (!trial_is_planned_there(&own) || keeps_promise(s, &own))
        return;
    pass_lose_place(s, rec);
    book_cancel_plan(s, rec, broken_of_reason(reason));
}

bool pass_rule_out(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    const bool promised = rec->job->plan.promised && trial_is_planned_there(entry);
    enum reason reason;

    str_reset(&s->message);
    reason = trial_ruled_out(s, entry);
    if (reason == REASON_NONE)
        return false;
    s->pass.refused |= s->held.any;
    give_up_there(s, entry, rec, reason);
    for (size_t i = 0; i < rec->n_followers && promised; i++)
        give_up_there(s, entry, rec->followers[i], reason);
    tell_found(s, entry, reason, false);
    return true;
}

bool pass_meets_limit(struct sched *s, struct entry *entry)
{
    if (!s->held.any || !pass_rule_out(s, entry))
        return false;
    s->pass.n_waiting -= entry->waits;
    entry->waits = false;
    entry->done = true;
    return true;
}

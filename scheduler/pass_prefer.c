/* Of equal starts a job has that of the choice that comes first in the queue, in
 * whatever order room has come about: else what it is promised, and told, would depend
 * on whether others before it started in the walk or ahead of it (starts.h). */
#include "scheduler/pass_private.h"

#include "base/util.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

static size_t place_of(const struct sched *s, const struct entry *entry)
{
    return (size_t)(entry - s->pass.queue.entries);
}

void pass_prefer_note(const struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;

    if (!trial_is_planned_there(entry))
        return;
    rec->walk_planned = s->pass.number;
    rec->planned_at = place_of(s, entry);
}

void pass_prefer_none(const struct sched *s, struct jobrec *rec)
{
    rec->walk_planned = s->pass.number;
    rec->planned_at = 0;
}

/* Whatever starts now does so in the first one anyway; and where others end for a job
 * it stays. */
static bool comes_before_plan(const struct sched *s, const struct entry *entry)
{
    const struct jobrec *rec = entry->rec;

    return rec->claim.on && rec->claim.first > 0 && !trial_is_planned_there(entry) &&
           !yield_any(rec) &&
           (rec->walk_planned != s->pass.number ||
            rec->planned_at > place_of(s, entry));
}

void pass_prefer(struct sched *s, const struct entry *entry, const struct seeker *by)
{
    const size_t first = entry->rec->claim.first;
    struct seeker hopeful;

    if (!comes_before_plan(s, entry) || !trial_reserves(s, entry) ||
        first >= trial_before_deadline(s, entry))
        return;
    hopeful = trial_hopeful(s, entry->rec, by);
    if (window_find(&s->window, &hopeful, first, first + 1))
        trial_move_over(s, entry, by);
}

/* A turn in which victims are looked for, or not yet. */
#include "scheduler/pass_private.h"

#include "scheduler/piece.h"
#include "scheduler/preempt.h"
#include "scheduler/trial.h"

/* So many walks in a row nobody is preempted for a job. */
#define PUT_OFF_MAX 2
/* So long it takes to look for victims, rarely longer (make bench-plan). */
#define HUNT_US 6000

/* It waits for other tasks of its array, not for nodes. */
static bool is_at_task_limit(const struct sched *s, const struct jobrec *rec)
{
    return rec->job->tasks_limit > 0 &&
           crews_active(&s->crews, rec->job) >= rec->job->tasks_limit;
}

bool pass_is_limited(const struct sched *s, const struct entry *entry)
{
    return trial_limited(entry, NULL) != REASON_NONE || is_at_task_limit(s, entry->rec);
}

/* Not where something is left to it now: whoever makes room may do so before that is
 * used up. */
static bool may_not_hunt(const struct sched *s, const struct entry *entry)
{
    return trial_is_limited_later(entry) ? is_at_task_limit(s, entry->rec)
                                         : pass_is_limited(s, entry);
}

/* Where promises have moved, the walk to come may find room that nobody has to make;
 * but it is not waited for over and over. */
static bool is_put_off(const struct sched *s, const struct entry *entry)
{
    return s->pass.moved && entry->rec->put_off < PUT_OFF_MAX &&
           !preempt_goes_on(s, entry);
}

static void count_put_off(const struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;

    if (preempt_goes_on(s, entry))
        return;
    rec->put_off = s->pass.moved && rec->put_off < PUT_OFF_MAX ? rec->put_off + 1 : 0;
}

/* One of a shape does for all. */
static void note_vain(struct pass *pass, struct entry *entry)
{
    size_t i = 0;

    while (i < pass->n_vain && (pass->vain[i]->rec->shape != entry->rec->shape ||
                                pass->vain[i]->part != entry->part))
        i++;
    if (i == pass->n_vain && i < VAIN_MAX)
        pass->vain[pass->n_vain++] = entry;
}

/* True: its turn is over, or goes on. */
static bool hunt_now(struct sched *s, struct entry *entry, const struct seeker *by,
                     int64_t now_sec)
{
    switch (preempt_run(s, entry, by, now_sec)) {
    case HUNTED:
        return false;
    case HUNTED_STARTED:
        pass_note_started(s, entry);
        return true;
    case HUNTED_ON:
        entry->hunted = false;
        s->pass.again = entry;
        return true;
    }
    return false;
}

bool pass_hunt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    bool off = is_put_off(s, entry);
    struct seeker by;

    entry->hunted = true;
    count_put_off(s, entry);
    if (!preempt_may_hunt(s, entry) || may_not_hunt(s, entry) ||
        pass_is_held(s, entry->rec))
        return false;
    by = trial_seeker(s, entry);
    if (!off && hunt_now(s, entry, &by, now_sec))
        return true;
    hunters_add(s, &s->pass.all, entry);
    note_vain(&s->pass, entry);
    if (off)
        hunters_add(s, &s->pass.late, entry);
    return false;
}

/* Are victims to be looked for? Where that is its turn's end, perhaps. */
static bool may_hunt(const struct sched *s, const struct entry *entry)
{
    if (s->pass.stopped || entry->rec->array != NULL || entry->hunted ||
        !preempt_may_hunt(s, entry))
        return false;
    if (s->pass.round == ROUND_WHOLE)
        return !s->pass.forecasts;
    return s->pass.round >= ROUND_HUNT && s->pass.round != ROUND_FORECAST &&
           entry->waits && !is_put_off(s, entry) && !may_not_hunt(s, entry);
}

/* Where a turn may end in a start as well it is not known yet whether anybody is to be
 * preempted: that is found once it is (preempt_run). */
bool pass_has_leave(struct sched *s, const struct entry *entry, int64_t now_sec,
                    struct sched_budget budget)
{
    if (!may_hunt(s, entry))
        return true;
    if ((s->pass.round != ROUND_WHOLE || preempt_goes_on(s, entry)) &&
        !preempt_muster(s, entry, now_sec, budget))
        return false;
    return piece_has_time(s, PIECE_HUNT, HUNT_US, budget);
}

/*
 * Who may be preempted, and could start earlier than promised, is promised a start now;
 * it starts in the next walk.
 *
 * A start on other nodes, or at another time, leaves what was promised to it to others,
 * and what those leave may be what somebody lacked who waits before it: that one would
 * end it at once.
 *
 *     low      is promised n1     starts on n2 instead
 *     second   is promised n2     is promised n1 in its place
 *     high     waits for n2,      may end low, and has n2 then
 *              which is second's
 *
 * So all of that is seen first, and `high` has the room that nobody has begun in.
 */
#include "scheduler/pass_private.h"

#include "scheduler/yield.h"

/* So many times; where plans go on to move it starts. */
#define HELD_MAX 3

static bool is_prey(const struct sched *s, const struct entry *entry)
{
    return !yield_any(entry->rec) && hunters_any(s, &s->pass.all, entry);
}

static void hold(const struct sched *s, struct jobrec *rec)
{
    rec->held++;
    rec->walk_held = s->pass.number;
}

bool pass_holds(const struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;

    if (!rec->job->plan.promised || rec->held >= HELD_MAX || !is_prey(s, entry))
        return false;
    hold(s, rec);
    return true;
}

bool pass_is_held(const struct sched *s, struct jobrec *rec)
{
    if (!rec->claim.on || rec->claim.first > 0)
        rec->held = 0;
    if (rec->held == 0)
        return false;
    if (rec->walk_held != s->pass.number && s->pass.moved && rec->held < HELD_MAX)
        hold(s, rec);
    return rec->walk_held == s->pass.number;
}

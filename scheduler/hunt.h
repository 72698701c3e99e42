/*
 * hunt - one search for victims of a job that waits (preempt.h).
 *
 *   find plans   promises and forecasts that may be broken for it: hunt_plans.c
 *   try          those of the herd that are marked as taken are cut on the timeline, as
 *                if they ended: hunt_try.c
 *   may have     whether it may have what it then finds: hunt_may.c
 *
 * A try that is in vain leaves no trace. One that is not has decided who ends.
 */
#ifndef GANTRY_SCHEDULER_HUNT_H
#define GANTRY_SCHEDULER_HUNT_H

#include "scheduler/core.h"
#include "scheduler/victims.h"

/* `victims` has been begun for `herd`. */
struct hunt {
    const struct entry *entry;
    const struct seeker *by;
    struct seeker apart; /* `by`, in the last attempt for components */
    struct preempt_side side;
    int64_t now_sec;
    struct herd *herd;
    struct victims *victims;
    size_t n_victims;      /* that it may end */
    struct jobrec **plans; /* that may be broken; freed by the caller */
    size_t n_plans, plans_cap;
    size_t n_lifted;         /* the first ones: they are off the timeline */
    size_t before;           /* slot: it is to start earlier */
    size_t n_tries, n_known; /* so far; of the first ones it is known: in vain */
    bool whole;              /* none is put off */
    bool behind;             /* it is to start once all that are taken are gone */
    size_t from;             /* slot: it is to start no earlier */
    bool started, found, put_off;
    bool others; /* of some that were tried another one would have the room: they are
                    out from then on */
};

/* Who may be preempted as far as plans go: a job that is planned, as a side. */
struct preempt_side hunt_plan_side(struct sched *s, const struct hunt *h,
                                   struct jobrec *rec);
/* The slot behind that from which on others yield their room to it, of which a promise
 * may have a part since, or to some that start with that, whose promises may be broken;
 * 0: there are none. */
size_t hunt_yielded(struct sched *s, struct hunt *h);
/* Into `plans`, and to the victims as what is free on nodes. */
void hunt_find_plans(struct sched *s, struct hunt *h);
/* Plans on nodes that it was given go first, and those for licences that it wants. */
void hunt_lift_plans(struct sched *s, struct hunt *h);
/* Once it has its own, those that were lifted are put where there is room. */
void hunt_put_plans_back(struct sched *s, struct hunt *h);

/* The slot from which on all that are taken are gone; 0: nobody is. */
size_t hunt_gone(const struct hunt *h);
/* True: it would start, in the window that was found last, later than the victims are
 * gone, who would have run on until then. It is asked again when they would be gone in
 * time. */
bool hunt_is_too_soon(struct sched *s, const struct hunt *h);
/* The room that is made for it before that slot: would one who waits before it, and may
 * preempt it, have that instead? It would be ended for it at once. Not if it would fit
 * no more once those whose promises are broken had begun, and were ended for this job
 * at once. Returns the slot from which on none of them would, as they are to start by
 * then; SIZE_MAX: one of them has no plan; 0: there are none. */
size_t hunt_others(struct sched *s, const struct hunt *h, size_t before);
/* May it have these slots in that window: by its limits then, and has each component
 * its nodes of none but those that it may preempt? */
bool hunt_may_have(struct sched *s, const struct hunt *h, const struct slot *slots,
                   size_t n);

/* With as few of those that are taken as will do. True: it is decided who ends, and the
 * job has started, or is promised their room. */
bool hunt_try(struct sched *s, struct hunt *h);

#endif

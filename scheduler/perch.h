/*
 * perch - a node, while victims are chosen: who would have to end there for one more
 * pod, or one more unit of a kind, of the job that asks (victims.h).
 */
#ifndef GANTRY_SCHEDULER_PERCH_H
#define GANTRY_SCHEDULER_PERCH_H

#include "scheduler/victims.h"

static inline struct victim *victim_of(const struct victims *v,
                                       const struct share *share)
{
    return &v->herd->victims[share->victim];
}

/* Is it one whose end would free something there? */
static inline bool perch_may_end(const struct victims *v, const struct share *share)
{
    const struct victim *victim = victim_of(v, share);

    return !victim->out && !victim->taken;
}

bool price_is_lower(struct price a, struct price b);
/* The price; those who would have to end are left `tried`. False: nobody would do. */
bool perch_weigh(struct victims *v, const struct seeker *by, struct perch *p,
                 struct price *ret);
/* Has it room for a pod, once those that are taken are gone? Each slot that it is
 * looked for in, about 0.2 us, is one of the looks that are left. */
bool perch_has_room(const struct victims *v, const struct seeker *by,
                    const struct perch *p, int64_t *looks);
/* Nobody there is `tried` any more. */
void perch_let_go(struct victims *v, const struct perch *p);
/* The least that its price may be; far cheaper than to weigh it. False: nobody would
 * do. */
bool perch_bound(const struct victims *v, const struct seeker *by,
                 const struct perch *p, struct price *ret);

#endif

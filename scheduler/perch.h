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

bool price_is_lower(struct price a, struct price b);
/* The price; those who would have to end are left `tried`. False: nobody would do. */
bool perch_weigh(struct victims *v, const struct seeker *by, struct perch *p,
                 struct price *ret);
/* Has it room for a pod, once those that are taken are gone? */
bool perch_has_room(const struct victims *v, const struct seeker *by,
                    const struct perch *p);
/* Nobody there is `tried` any more. */
void perch_let_go(struct victims *v, const struct perch *p);
/* The least that its price may be; far cheaper than to weigh it. False: nobody would
 * do. */
bool perch_bound(const struct victims *v, const struct seeker *by,
                 const struct perch *p, struct price *ret);

#endif

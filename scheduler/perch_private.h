/*
 * perch_private - what perch.c and perch_bound.c share: what is asked of a node, and
 * what is free on it.
 */
#ifndef GANTRY_SCHEDULER_PERCH_PRIVATE_H
#define GANTRY_SCHEDULER_PERCH_PRIVATE_H

#include "scheduler/perch.h"

/* Asked for, or free. */
struct need {
    struct resvec amount;
    int64_t seats;
};

static inline bool need_fits(const struct need *need, const struct need *free_)
{
    return free_->seats >= need->seats && resvec_fits(&need->amount, &free_->amount);
}

/* What its items, and one more of a kind, ask of a node. */
struct need perch_need(const struct job *like, const struct perch *p, size_t kind);
/* In a slot, once those that are taken or tried are gone. */
void perch_free_in(const struct victims *v, const struct seeker *by,
                   const struct perch *p, size_t slot, struct need *ret);

#endif

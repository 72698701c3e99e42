/*
 * placement_near - the inside of a search for nodes that are near each other:
 * placement_near.c tries one set of them after the other, placement_leaves.c says what
 * the leaves of a switch hold and which of them a gang takes, placement_bounds.c what
 * there is room for where it may not have all of them, placement_sets.c tries any of
 * them there.
 */
#ifndef GANTRY_SCHEDULER_PLACEMENT_NEAR_H
#define GANTRY_SCHEDULER_PLACEMENT_NEAR_H

#include "scheduler/placement_private.h"

/* What a set of candidates has room for, and what it is worth. */
struct share {
    int64_t nodes, required;
    int64_t times, also;
    int64_t cost, devices;
};

/* Of one leaf. */
struct leaf {
    struct share share;
    size_t turn; /* of its candidates in the set under way; 0: they are not in it */
};

struct near_search {
    struct placer *p;
    const struct cluster *c;
    const struct placement *at;
    const struct order *o;
    const struct topology *t;
    struct kept all;
    struct leaf *leaves;
    struct share whole;
    struct share want;
    size_t top;     /* the highest level that is looked at, and */
    size_t found;   /* the one on which it was found; 0: nowhere, or on the top one */
    size_t *picked; /* leaves; scratch for as many as there are */
};

/* ---- shares ---- */

void share_add(struct share *sum, const struct share *one);
bool share_covers(const struct share *have, const struct share *want);
/* What others need least first. */
int share_compare_worth(const struct share *a, const struct share *b);
/* Of all candidates, by leaf and in all. */
void near_add_up(struct near_search *s);
/* What the gang is to have: as much as it would get anywhere. */
struct share near_wanted(const struct near_search *s);
struct share near_share_under(const struct near_search *s,
                              const struct topology_group *group);

/* ---- leaves of a switch ---- */

struct pick {
    const struct leaf *leaf;
    size_t index;
};

/* Those with nodes of its list, then the largest, then the first; freed by the caller.
 */
struct pick *near_list_leaves(const struct near_search *s,
                              const struct topology_group *group, size_t *ret_n);
/* The fewest leaves under a switch that hold the gang, the one that is not wholly taken
 * last, into `picked`. 0: it does not hold it. */
size_t near_pick_leaves(struct near_search *s, const struct topology_group *group);

/* ---- within bounds ---- */

/* Are so many leaves no more than there may be? */
bool near_is_few(const struct near_search *s, size_t leaves);
/* The gang is to have no more than the leaves that it may have hold, or a block of the
 * top level. False: that is too little. `ret_room`: what that is. */
bool near_want_within(struct near_search *s, struct room *ret_room);
/* Of what a job takes as many as it gets, nodes or pods that share them: how many the
 * gang is to have, and how many would do. */
int64_t near_many(const struct near_search *s);
int64_t near_least(const struct near_search *s);
/* The gang is to have so many, of a divided job with all units. */
void near_want_many(struct near_search *s, int64_t n);

/* ---- sets of leaves, tried ---- */

/* On the first `n` of those that are picked, the last of them last. */
bool near_try_picked(struct near_search *s, const struct topology_group *group,
                     size_t n, struct room *room);
/* On any, as many as there may be: the least that will do, or more. */
bool near_try_sets(struct near_search *s, struct room *room);

#endif

/*
 * match - several claimants, each of whom needs so many of the nodes that are open to
 * it: if there is any way to serve them all, each node going to one, it is found.
 *
 * Each is given one node after the other. Where none is free for it, somebody who has
 * one that it could have takes another one instead, and where none is free for him
 * likewise somebody else: a row of claimants, the last of whom takes a free one.
 */
#ifndef GANTRY_SCHEDULER_MATCH_H
#define GANTRY_SCHEDULER_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/nodeset.h"

#define CLAIMANTS_MAX 16

struct claimant {
    node_set open, given;
    const uint64_t *fixed; /* that it must have, and so does not give away; lent */
    int64_t need;
    size_t component; /* whose it is, to the caller */
};

/* Sets have so many words. */
struct match {
    struct claimant of[CLAIMANTS_MAX];
    size_t n, words;
    node_set taken; /* given to any */
};

/* `open`, `fixed` and `need` of each are then to be filled in. */
void match_init(struct match *m, size_t n, size_t words);
void match_fini(struct match *m);
/* Gives each what it needs at least. False: that cannot be, and there is nothing for
 * `ret_short`. */
bool match_all(struct match *m, size_t *ret_short);

#endif

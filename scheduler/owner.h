/*
 * owner - nodes that are one user's over coming time: Slurm's --exclusive=user, and
 * Exclusive=USER of a partition.
 *
 * A job of that kind takes what it asks for, but its nodes are its user's while it is
 * there. To all others they are as if it had them alone: it takes a row of seats
 * (demand.h). To jobs of the same user they are open as far as anything is free there:
 * in which slots the seats that are taken are all their user's own.
 *
 *   slots                     | 0 | 1 | 2 | 3 | 4 | 5 |
 *   ann, 2 CPUs, =user        |=======|                    a row of seats
 *   ann, 2 CPUs                   |===============|        one seat
 *   n1, 8 CPUs: to bob        | x | x | o | o | o | o |    4 CPUs are free from 2 on
 *     to ann                  | o | o | o | o | o | o |    6, 4, 6 and 8 CPUs
 *     to ann, =user           | o | o | o | o | o | o |
 *     to bob, =user           | x | x | x | x | x | o |
 *
 * So what others are planned by is never more than there is, and what is not used of a
 * node is its user's to use, now and by plan. A job that has its nodes alone shares
 * them with nobody, and so do components of one that is heterogeneous look for nodes of
 * their own. A job without a user is its namespace's. A pod that a job has left behind
 * has a seat too: whose it was is not known any more.
 *
 * Who sits where is kept by position while any job or partition is known of this kind;
 * until then nothing is, and nothing is looked at. Records are the core's.
 */
#ifndef GANTRY_SCHEDULER_OWNER_H
#define GANTRY_SCHEDULER_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "scheduler/model.h"
#include "scheduler/nodeset.h"

struct jobrec;
struct owner;
struct sched;
struct seeker;
struct use;

/* What one job takes of a node's seats. */
struct tenant {
    struct jobrec *rec;
    struct owner *owner;
    size_t component;
    int64_t seats;
};

struct tenants {
    struct tenant *items;
    size_t n, cap;
};

/* A node where it has tenants, and how many of them are to be beside each other only:
 * if any are, it is its own. */
struct abode {
    size_t position;
    size_t n, n_private;
};

/* A user, or a namespace. */
struct owner {
    char *key;
    struct abode *places; /* by position */
    size_t n_places, cap;
    size_t n_owned; /* places that are its own */
    UT_hash_handle hh;
};

/* All zero is ready. */
struct owners {
    bool on;
    struct owner *all;     /* hash by key; kept to the end */
    struct tenants *nodes; /* by position */
    size_t n_nodes;
    int64_t *seats; /* scratch: by slot */
};

/* Where a user may be beside its own, though nobody else may: what a search sees of it.
 * All zero is ready for owner_see. */
struct owner_view {
    size_t n, cap;
    uint32_t *positions;
    uint64_t *open; /* [n][slot_words]: in which slots */
    size_t slot_words;
    node_set nodes; /* scratch */
};

void owners_fini(struct owners *o);
/* A job or a partition of that kind has come: from now on it matters who is where. */
void owners_begin(struct sched *s);
/* The timeline is made anew: nobody is anywhere. */
void owners_empty(struct sched *s);

/* The first `n` of s->uses are about to be taken for the job's claim, whose slots are
 * set: knows which of them are beside mates (use.mates). */
void owners_enter(struct sched *s, struct jobrec *rec, size_t n);
void owners_leave(struct sched *s, struct jobrec *rec);
/* Of a job that is not on the timeline: is nobody where that use would be, as long, who
 * is not to be beside it? What is free is for others to know. */
bool owner_admits(struct sched *s, const struct job *job, const struct use *use,
                  size_t first, size_t last);

/* Whose a job is that may be beside others of its user; NULL: none that matters. */
struct owner *owner_of(struct sched *s, const struct job *job, enum sharing sharing);
/* Are there nodes that may be open to a job of it, and to nobody else? Those of its
 * own, and to one that is to be among its user's jobs all where these are. */
static inline bool owner_has(const struct owner *owner, enum sharing sharing)
{
    return owner != NULL &&
           (sharing == SHARES_WITH_ALL ? owner->n_owned : owner->n_places) > 0;
}
bool owner_has_for(const struct seeker *by);

/* How many seats the owner has on a node in each slot; lent until the next call. */
const int64_t *owner_seats(struct sched *s, const struct owner *owner, size_t position);

/* How many in one slot. */
int64_t owner_seats_in(struct sched *s, const struct owner *owner, size_t position,
                       size_t slot);

/* What a seeker's owner has. */
void owner_see(struct owner_view *view, const struct seeker *by);
/* Its nodes that are open in all of some slots, `slots` being a bit each from one on,
 * within a word of 64; NULL: none. Lent until the next call. */
const uint64_t *owner_view_set(struct owner_view *view, size_t slot, uint64_t slots,
                               size_t words);
static inline const uint64_t *owner_open(struct owner_view *view, size_t slot,
                                         uint64_t slots, size_t words)
{
    return view->n == 0 ? NULL : owner_view_set(view, slot, slots, words);
}
/* All of these, so that they come before others. */
static inline const uint64_t *owner_home(struct owner_view *view, size_t words)
{
    return owner_open(view, 0, 0, words);
}
void owner_view_fini(struct owner_view *view);

#endif

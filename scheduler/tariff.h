/*
 * tariff - the nodes that more may be had of, that of the lowest price first
 * (victims.h); of equal ones that of the first position.
 *
 * To weigh a node is dear. So each stands by what it costs at least (perch_bound) until
 * it comes first, and by its price from then on: a heap, of which few are weighed.
 * Nodes come into it one by one, only until one of them costs nothing: none is cheaper.
 * Who is taken changes the prices of his other nodes, which are said (tariff_move) and
 * looked at before the next one is asked for; what stood there of them is passed over.
 *
 *     [ in the heap, or not to be had | not looked at yet ]
 *       0                               n_seen              n_perches
 */
#ifndef GANTRY_SCHEDULER_TARIFF_H
#define GANTRY_SCHEDULER_TARIFF_H

#include <stddef.h>

struct perch;
struct seeker;
struct stand;
struct victims;

struct tariff {
    struct stand *heap; /* base/heap.h */
    size_t n, cap;
    size_t n_seen;
    size_t *moved; /* perches to be looked at, by index */
    size_t n_moved, moved_cap;
};

void tariff_fini(struct tariff *t);
/* All are to be looked at: another slot, or another kind of unit. */
void tariff_begin(struct victims *v);
/* Something else is free there now, or it was given pods. */
void tariff_move(struct victims *v, const struct perch *p);
/* The one of the lowest price; NULL: no more is to be had of any. */
struct perch *tariff_lowest(struct victims *v, const struct seeker *by);

#endif

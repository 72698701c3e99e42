/*
 * tariff - the nodes that more may be had of, that of the lowest price first
 * (victims.h); of equal ones that of the first position.
 *
 * To weigh a node is dear. So each stands by what it costs at least (perch_bound) until
 * it comes first, and by its price from then on: a heap, of which few are weighed. Who
 * is taken changes the prices of his other nodes, which are said (tariff_move) and
 * looked at before the next one is asked for.
 */
#ifndef GANTRY_SCHEDULER_TARIFF_H
#define GANTRY_SCHEDULER_TARIFF_H

#include <stdbool.h>
#include <stddef.h>

struct perch;
struct seeker;
struct victims;

#define TARIFF_OUT SIZE_MAX /* perch.at: it is not among them */

struct tariff {
    size_t *heap; /* perches, by index */
    size_t n, cap;
    size_t *moved; /* to be looked at; or all: */
    size_t n_moved, moved_cap;
    bool anew;
};

void tariff_fini(struct tariff *t);
/* All are to be looked at: another slot, or another kind of unit. */
void tariff_begin(struct victims *v);
/* Something else is free there now, or it was given pods. */
void tariff_move(struct victims *v, struct perch *p);
/* The one of the lowest price, which is known; NULL: no more is to be had of any. */
struct perch *tariff_lowest(struct victims *v, const struct seeker *by);

#endif

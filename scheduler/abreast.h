/*
 * abreast - victims for a gang that wants nodes side by side: the neighbours on which
 * fewest have to end.
 *
 *     n1 [a]  n2 [b]  n3 [c  n4 ..]  n5 [d]     two nodes: c alone ends; one pod after
 *             |-----|                           the other would have those of a and d,
 *                     |-----------|             which are no neighbours
 *
 * A frame of as many nodes as it needs is moved over all rows of neighbours. What a
 * node costs at least (perch_bound) is who may have to end there; who has several nodes
 * of the frame counts once. Of the cheapest frame each node is looked at closely, and
 * the frame is given up if one has no room whoever ends there.
 *
 * It is an estimate (victims.h): all who may end in the frame are taken, and the caller
 * spares those who need not.
 */
#ifndef GANTRY_SCHEDULER_ABREAST_H
#define GANTRY_SCHEDULER_ABREAST_H

#include "scheduler/victims.h"

/* One pod a node, side by side, and no other rule on which nodes. */
bool abreast_suits(const struct seeker *by);
/* Takes those of the cheapest frame, of nobody taken yet; they are gone from v->from
 * on, which moves on if one of them goes later. False: no frame has room. */
bool abreast_count_out(struct victims *v, const struct seeker *by);

#endif

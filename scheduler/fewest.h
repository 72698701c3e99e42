/*
 * fewest - of victims that were chosen pod by pod (victims.h): would fewer do for the
 * whole gang, or as many that are cheaper?
 *
 *     n1  [ a ]    n3  [ c ]    n5  [ e ...     four nodes are wanted: each pod by
 *     n2  [ b ]    n4  [ d ]    n6    ...       itself has the cheapest in a, b, c and
 *                               n7    ...       d; e alone does for all
 *                               n8    ... ]
 *
 * Those that free most nodes are tried first; then all sets of no more than the best so
 * far, the smallest first, within it by cost, as long as looks and visits last: so it
 * is exact where few run, and no worse than what was chosen anywhere. They are to be
 * gone from the same slot on.
 *
 * For gangs of one pod a node that take any nodes; for others the choice stands.
 */
#ifndef GANTRY_SCHEDULER_FEWEST_H
#define GANTRY_SCHEDULER_FEWEST_H

#include "scheduler/victims.h"

/* At slots of nodes, whether there is room: 0.2 us each, and a node that has many plans
 * is looked at in some hundred slots. Of many victims hardly all sets can be tried, and
 * not much is lost. */
#define FEWEST_LOOKS 4096
#define FEWEST_FEW 64 /* of more: */
#define FEWEST_LOOKS_OF_MANY 1024
/* At victims that are not tried: some ns each. */
#define FEWEST_VISITS 16384

/* Of what victims_choose has chosen. True: others are taken now. */
bool fewest_choose(struct victims *v, const struct seeker *by);

#endif

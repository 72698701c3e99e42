/*
 * bulk - of victims that were chosen pod by pod (victims.h): would fewer do that make
 * room for many each?
 *
 *     n1  [a][b][c][d][e][f][g][h]     eight tasks of one GPU are wanted: each by
 *     n2  [ i ...................]     itself costs one job on either node, but i alone
 *                                      makes room for all of them
 *
 * A node is weighed for as many as it may get, for half of these, and so on; where
 * the fewest end for each of them is first, and then it goes on with what is left.
 * It is an estimate as well: what takes fewer, or as many that are cheaper, stands.
 *
 * For pods, or units of one kind, of which a node may have several, on any nodes.
 */
#ifndef GANTRY_SCHEDULER_BULK_H
#define GANTRY_SCHEDULER_BULK_H

#include "scheduler/victims.h"

/* At nodes, some 1 us each; of clusters that take more the choice stands. */
#define BULK_LOOKS 4096

/* Of what victims_choose has chosen. True: others are taken now. */
bool bulk_choose(struct victims *v, const struct seeker *by);

#endif

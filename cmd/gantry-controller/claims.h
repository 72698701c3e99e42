/*
 * claims - volumes that wait for their first consumer.
 *
 * Such a claim is bound when it is known where its pod goes: the default scheduler says
 * so by an annotation on the claim, and binds the pod when the volume is there. Pods of
 * ours are not its; so once all pods of an attempt are made, each claim of a rank that
 * has no volume yet gets the rank's node, and no rank is bound before all have theirs.
 * A claim that somebody gave another node is left as it is: the launch deadline ends
 * the wait. A pod that was made on its node at once counts as started only then, too.
 * Volumes that were made beforehand are not chosen from: where a class has no
 * provisioner, its claims must name their volumes (spec.volumeName).
 *
 *   read -- has a volume, on that node --> the next claim; the last: the rank goes on
 *        -- has one elsewhere -----------> the launch has failed; the core knows now
 *        -- has none, and no node -------> write the node, then read again
 *        -- has a node, is not there ----> read again after RETRY_MS
 */
#ifndef GANTRY_CONTROLLER_CLAIMS_H
#define GANTRY_CONTROLLER_CLAIMS_H

struct controller;
struct record;

/* Sees to the claims of the attempt under way, all of whose pods are made. */
void claims_tend(struct record *r);
/* Gives up all that are under way. */
void claims_free(struct controller *ctl);

#endif

/*
 * nodecap - how much of each node one job may have: MaxMemPerNode of its partition, and
 * MaxTRESPerNode of its QOS and account.
 *
 * A pod that has more by itself never starts, and is told so (check.h, allowance.h).
 * Of a job with several pods or units on a node no more lie there than keep within it:
 * to such a job a node has no more free than that.
 */
#ifndef GANTRY_SCHEDULER_NODECAP_H
#define GANTRY_SCHEDULER_NODECAP_H

#include <stdbool.h>

#include "base/str.h"
#include "scheduler/cluster.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

/* Takes from what is free on a node whatever a component of a job may not have of it in
 * the partition, but leaves what one of its pods asks for. */
void nodecap_bound(const struct job *like, const struct partition *part,
                   struct resvec *space);
/* May it have so much on one node? Of one pod, always. */
bool nodecap_admits(const struct job *like, const struct partition *part,
                    const struct resvec *amount);
/* Why it waits, if nothing else keeps it from the nodes that there are: Slurm's reason
 * for the limit, or for the memory of a node. REASON_NONE: nothing is bound. */
enum reason nodecap_reason(const struct job *like, const struct partition *part);
/* Appends "; of each node it may have mem=8G": what is bound. */
void nodecap_say(const struct cluster *c, const struct job *like,
                 const struct partition *part, struct str *message);

#endif

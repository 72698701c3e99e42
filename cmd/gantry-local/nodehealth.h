/*
 * nodehealth - calls nodes unknown that no longer renew their Lease.
 *
 * A node program that was killed cannot say so. As the node controller of a real
 * cluster does: where a Lease in kube-node-lease has not changed for 40 s, the node of
 * that name gets condition Ready "Unknown" (NodeStatusUnknown). A node that lives posts
 * its status again. Time is this server's own, from its start: clocks of nodes do not
 * matter, nor does a machine that was asleep.
 */
#ifndef GANTRY_LOCAL_NODEHEALTH_H
#define GANTRY_LOCAL_NODEHEALTH_H

#include "base/log.h"
#include "base/loop.h"

#define NODEHEALTH_GRACE_SEC 40

struct apiserver;
struct nodehealth;

/* All lent; log NULL: silent. */
struct nodehealth *nodehealth_new(struct loop *loop, struct apiserver *server,
                                  struct log *log);
void nodehealth_free(struct nodehealth *h); /* before the server; NULL is fine */

#endif

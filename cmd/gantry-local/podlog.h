/*
 * podlog - pods/<name>/log: what the pod's node serves is passed on.
 *
 * The node's endpoint is asked as a kube-apiserver asks a kubelet (nodedial.h), by a
 * connection for each request; refusals are in a real server's words. What the client
 * does not take is not taken from the node either: PODLOG_UNSENT_MAX waits here, and
 * what the system's buffers hold.
 */
#ifndef GANTRY_LOCAL_PODLOG_H
#define GANTRY_LOCAL_PODLOG_H

#include "cmd/gantry-local/call.h"

#define PODLOG_UNSENT_MAX (256u << 10)

/* Leaves the exchange in call->exchange, or has answered. */
int verb_log(struct call *call);

/* All that is open ends; nothing waits for the loop any more. */
void podlogs_end(struct apiserver *server);

#endif

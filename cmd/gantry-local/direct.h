/*
 * direct - the in-process transport: bytes straight into an app's handler.
 *
 * Implements kubeclient/transport.h over an API server, or a node's log endpoint, for
 * tests in virtual time.
 * Requests are handed to the server from a posted callback, answers come back as the
 * bytes that a socket would have carried. All requests come from `user`.
 */
#ifndef GANTRY_LOCAL_DIRECT_H
#define GANTRY_LOCAL_DIRECT_H

#include "cmd/gantry-local/apiserver.h"
#include "kubeclient/transport.h"

/* Server and loop must outlive the transport. */
struct transport *direct_new(struct loop *loop, struct apiserver *server,
                             const char *user, bool is_admin);

/* The same to any app (app.h). */
struct transport *direct_app_new(struct loop *loop, struct api_app *app,
                                 const char *user, bool is_admin);

#endif

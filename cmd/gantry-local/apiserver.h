/*
 * apiserver - the embedded Kubernetes API server: requests in, answers out, no sockets.
 *
 *   http.c (libevent, TLS)  --+
 *                             +--> apiserver_handle --> verbs --> store (bytes)
 *   direct.c (in-process)   --+        kinds, schema, patch, apply, table, discovery
 *
 * A watch or a followed log stays open as an api_exchange (app.h).
 */
#ifndef GANTRY_LOCAL_APISERVER_H
#define GANTRY_LOCAL_APISERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/rng.h"
#include "cmd/gantry-local/app.h"

/* A request body, and an answer that is not a stream or list, never exceed this (etcd's
 * limit is 1.5 MiB, the API server's request limit 3 MiB). */
#define API_BODY_MAX (3u << 20)
/* A watcher that lags by more unsent bytes than this is cut. */
#define API_WATCH_UNSENT_MAX (4u << 20)

struct apiserver;
struct durable;

struct apiserver_config {
    struct loop *loop;       /* clock for timestamps, timers for watches */
    struct rng rng;          /* uids, generated names */
    size_t history_events;   /* events kept for watches to resume; 0: 10,000 */
    int64_t bookmark_sec;    /* 0: 60 */
    struct durable *durable; /* lent; NULL: objects end with the server */
};

/* ERR_TOO_LARGE: more history than 10,000,000 events. ERR_INVALID: what is kept is
 * damaged. */
struct apiserver *apiserver_new(const struct apiserver_config *config, struct err *err);
void apiserver_free(struct apiserver *server); /* ends what is open */

/* How nodes are reached, for pods/log; lent, and outlives the server. Without it
 * pods/log is refused. */
struct node_dialer;
void apiserver_dial_nodes(struct apiserver *server, struct node_dialer *dialer);

/* From now on events go an hour after they came (expire.h). */
void apiserver_expire_events(struct apiserver *server);

/* As a front end sees it; the server's own. */
struct api_app *apiserver_app(struct apiserver *server);

/* Answers into the sink. Returns NULL when the answer is complete (the sink has been
 * ended), else the open exchange. */
struct api_exchange *apiserver_handle(struct apiserver *server,
                                      const struct api_request *request,
                                      struct api_sink *sink);
/* The peer went away: nothing more is written to its sink. */
void apiserver_close(struct api_exchange *exchange);

/* Forgets all history, so that every watch must relist (410): for tests. */
void apiserver_compact(struct apiserver *server);

#endif

/*
 * apiserver - the embedded Kubernetes API server: requests in, answers out, no sockets.
 *
 *   http.c (libevent, TLS)  --+
 *                             +--> apiserver_handle --> verbs --> store (bytes)
 *   direct.c (in-process)   --+        kinds, schema, patch, apply, table, discovery
 *
 * The server does not know how a request came: a front end gives it an api_request and
 * an api_sink to answer into. Most requests are answered before apiserver_handle
 * returns; a watch stays open as an api_exchange until the server ends it or the front
 * end closes it.
 */
#ifndef GANTRY_LOCAL_APISERVER_H
#define GANTRY_LOCAL_APISERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/rng.h"

/* A request body, and an answer that is not a stream or list, never exceed this (etcd's
 * limit is 1.5 MiB, the API server's request limit 3 MiB). */
#define API_BODY_MAX (3u << 20)
/* A watcher that lags by more unsent bytes than this is cut. */
#define API_WATCH_UNSENT_MAX (4u << 20)

struct apiserver;
struct api_exchange;

struct api_request {
    const char *method;
    const char *path;         /* without query, still percent-encoded */
    const char *query;        /* without '?', still encoded; "" */
    const char *content_type; /* "" */
    const char *accept;       /* "" */
    const char *user_agent;   /* "": the part before '/' is the default field manager */
    const char *body;
    size_t body_len;
    /* who: set by the front end after authentication */
    const char *user;
    bool is_admin; /* group system:masters: may impersonate */
};

struct api_head {
    int status;
    const char *content_type;
    const char *warning;     /* sent as `Warning: 299 - "..."`; NULL */
    int64_t retry_after_sec; /* -1: none */
};

struct api_sink {
    const struct api_sink_ops *ops;
};

struct api_sink_ops {
    void (*head)(struct api_sink *sink, const struct api_head *head);
    /* Returns the bytes that still wait to be sent to this peer. */
    size_t (*data)(struct api_sink *sink, const char *bytes, size_t len);
    /* The answer is complete; the sink may be freed by this call. */
    void (*end)(struct api_sink *sink);
    /* Instead of end: the peer lags too far behind, and is to see its connection break.
     */
    void (*cut)(struct api_sink *sink);
};

struct apiserver_config {
    struct loop *loop;     /* clock for timestamps, timers for watches */
    struct rng rng;        /* uids, generated names */
    size_t history_events; /* events kept for watches to resume; 0: 10,000 */
    int64_t bookmark_sec;  /* 0: 60 */
};

/* ERR_TOO_LARGE: more history than 10,000,000 events. */
struct apiserver *apiserver_new(const struct apiserver_config *config, struct err *err);
void apiserver_free(struct apiserver *server); /* ends what is open */

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

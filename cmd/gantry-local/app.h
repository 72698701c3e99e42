/*
 * app - what a front end serves: requests in, answers out, no sockets.
 *
 *   http.c (libevent, TLS) --+
 *                            +--> app: the API server, or a node's log endpoint
 *   direct.c (in-process)  --+
 *
 * An app does not know how a request came: the front end gives it an api_request and an
 * api_sink to answer into. Most requests are answered before `handle` returns; a stream
 * stays open as an api_exchange until the app ends it or the front end closes it.
 */
#ifndef GANTRY_LOCAL_APP_H
#define GANTRY_LOCAL_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct api_request {
    const char *method;
    const char *path;         /* without query, still percent-encoded */
    const char *query;        /* without '?', still encoded; "" */
    const char *content_type; /* "" */
    const char *accept;       /* "" */
    const char *user_agent;   /* "": the part before '/' is the default field manager */
    const char *host; /* where it was sent, "127.0.0.1:6443"; NULL: by no socket */
    const char *body;
    size_t body_len;
    /* who: set by the front end after authentication */
    const char *user;
    const char *uid;           /* of the user; NULL or "": none */
    const char *const *groups; /* his, up to a NULL; NULL: system:authenticated, and
                                * system:masters of who is_admin */
    bool is_admin;             /* group system:masters: may impersonate */
};

struct api_head {
    int status;
    const char *content_type;
    const char *warning;     /* each line is sent as `Warning: 299 - "..."`; NULL */
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
    /* Instead of end: the peer lags too far behind, or the answer cannot be finished,
     * and the peer is to see its connection break. */
    void (*cut)(struct api_sink *sink);
};

/* Embedded as the first field of every stream. */
struct api_exchange {
    const struct api_exchange_ops *ops;
};

struct api_exchange_ops {
    /* The peer went away: nothing more is written to its sink. Frees the exchange. */
    void (*close)(struct api_exchange *x);
    /* What was written has been sent; may end the sink. NULL: of no interest. */
    void (*drained)(struct api_exchange *x);
};

/* Embedded by every app. */
struct api_app {
    /* Answers into the sink. Returns NULL when the answer is complete (the sink has
     * been ended), else the open exchange. */
    struct api_exchange *(*handle)(struct api_app *app,
                                   const struct api_request *request,
                                   struct api_sink *sink);
};

#endif

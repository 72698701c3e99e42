/*
 * transport - how requests travel: the first of Gantry's two seams (the clock is the
 * other).
 *
 * The client library above speaks Kubernetes; a transport only moves one HTTP exchange.
 * There are two: kubeclient/transport_curl.h (libcurl, real servers) and gantry-local's
 * in-process one (bytes handed to the API server's handler, for tests in virtual time).
 * Tests wrap a transport in another that loses, delays and repeats.
 *
 * Contract: after transport_start returns a call, exactly one of these ends it: `done`
 * is called once, or the caller cancels it (then no callback follows). Callbacks never
 * run from within transport_start. Order: `head` once, `data` any number of times,
 * `done` last; where the exchange fails early, only `done`. A call may be cancelled
 * from within its own callbacks.
 */
#ifndef GANTRY_KUBECLIENT_TRANSPORT_H
#define GANTRY_KUBECLIENT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct transport;
struct transport_call;

struct transport_request {
    const char *method;         /* "GET", "POST", "PUT", "PATCH", "DELETE" */
    const char *path;           /* with query: "/api/v1/pods?limit=500" */
    const char *content_type;   /* of the body; NULL without one */
    const char *accept;         /* NULL: application/json */
    const char *const *headers; /* more of them, "Name: value", up to a NULL; they go
                                 * before the usual ones of that name. NULL: none */
    const char *body;           /* lent until transport_start returns */
    size_t body_len;
    bool stream;         /* a watch or a followed log: no limit on size; quiet for
                          * quiet_sec means dead */
    int64_t quiet_sec;   /* streams: 180 is three bookmark intervals; 0: never */
    int64_t timeout_sec; /* whole exchange; 0: 60 s for ordinary requests, none for
                            streams */
};

struct transport_head {
    int status;               /* HTTP */
    const char *content_type; /* lent; "" when absent */
    int64_t retry_after_sec;  /* -1 when absent */
    const char *warning;      /* texts of all Warning: 299, a line each; NULL */
    bool renewed; /* of a 401: the credential was renewed since the request was sent, so
                   * that the same request may pass now */
};

/* How an exchange ended, as far as the transport can tell. */
enum transport_end {
    TRANSPORT_DONE,     /* a whole answer arrived */
    TRANSPORT_NOT_SENT, /* it certainly did not reach the server: refused, no route, TLS
                         */
    TRANSPORT_CUT, /* it may have: reset, timeout, or the answer ended in the middle */
};

struct transport_events {
    void (*head)(void *arg, const struct transport_head *head);
    void (*data)(void *arg, const char *bytes, size_t len);
    /* `why` is one line for people; "" for TRANSPORT_DONE. */
    void (*done)(void *arg, enum transport_end end, const char *why);
};

struct transport_ops {
    /* NULL and err only for a request that cannot be put at all (bad path, past
     * ceilings). */
    struct transport_call *(*start)(struct transport *t,
                                    const struct transport_request *req,
                                    const struct transport_events *events, void *arg,
                                    struct err *err);
    void (*cancel)(struct transport_call *call);
    void (*free)(struct transport *t);
    /* NULL: cannot wait. */
    void (*pause)(struct transport_call *call, bool paused);
};

/* Embedded as the first field of every transport; likewise transport_call, which
 * carries its transport so that wrappers nest. */
struct transport {
    const struct transport_ops *ops;
};

struct transport_call {
    struct transport *transport;
};

static inline struct transport_call *transport_start(
    struct transport *t, const struct transport_request *req,
    const struct transport_events *events, void *arg, struct err *err)
{
    return t->ops->start(t, req, events, arg, err);
}

static inline void transport_cancel(struct transport_call *call)
{
    call->transport->ops->cancel(call);
}

/* No `data` comes while it is paused: for who passes on what comes to one who does not
 * take it. A little that is on the way may still come, and `done` if all has come. */
static inline void transport_pause(struct transport_call *call, bool paused)
{
    if (call->transport->ops->pause)
        call->transport->ops->pause(call, paused);
}

/* All calls must have ended or been cancelled. NULL is fine. */
static inline void transport_free(struct transport *t)
{
    if (t)
        t->ops->free(t);
}

#endif

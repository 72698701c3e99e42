/*
 * faulty - a transport that loses, delays, repeats and breaks what another carries.
 *
 * Wraps any transport (kubeclient/transport.h) and keeps its contract towards the
 * client. What happens to a request is drawn when it starts, from the given chances:
 *
 *   client --start--> [ unsent | lost ]                   never arrives
 *                     [ refused ]                         answered without the server
 *                     [ slow ] ----> server ----> [ slow ]
 *                     [ cut ] -----> server --x           happened, answer lost
 *                     [ broken ] --> server ----> 500     happened, answer says 500
 *                     [ late ] --x       ...  ----> server    happens after the client
 *                                                         was told that it was cut
 *
 * Streams are refused, cut in the middle of a line, held back, and repeat lines.
 */
#ifndef GANTRY_TESTS_SUPPORT_FAULTY_H
#define GANTRY_TESTS_SUPPORT_FAULTY_H

#include "base/loop.h"
#include "base/rng.h"
#include "kubeclient/transport.h"

/* Chances in ten thousand. Of ordinary requests, one of the first group at most; those
 * of `refused` include 409 for writes, 429, 500, 503 and 504. Of the second, `refused`
 * and `cut` are per stream, `slow` and `repeat` per piece of it. */
struct faulty_rates {
    unsigned unsent, lost, refused, slow, cut, broken, late;
    unsigned stream_refused, stream_cut, stream_slow, stream_repeat;
};

enum faulty_verdict {
    FAULTY_PASS,     /* to be drawn as any */
    FAULTY_NEVER,    /* does not arrive, and no answer comes */
    FAULTY_ORPHAN,   /* arrives, at once or late; no answer comes */
    FAULTY_SLOW,     /* arrives, the answer comes within 15 s */
    FAULTY_CONFLICT, /* is answered with 409 Conflict and does not arrive */
};

struct faulty_hooks {
    /* Asked of each request but GETs, first of all. NULL: PASS. */
    enum faulty_verdict (*write)(void *arg, const struct transport_request *req);
    /* A fault is about to happen to the request. */
    void (*fault)(void *arg, const char *what, const struct transport_request *req);
    /* A request is about to arrive though its sender has given up on it. */
    void (*late)(void *arg, const struct transport_request *req);
};

struct faulty_options {
    struct loop *loop;
    struct transport *inner; /* lent, must outlive this one */
    struct rng rng;          /* copied */
    struct faulty_rates rates;
    struct faulty_hooks hooks;
    void *arg;
};

struct faulty;

struct faulty *faulty_new(const struct faulty_options *options);
/* Drops what is still on its way. All calls must have ended or been cancelled. */
void faulty_free(struct faulty *f);
struct transport *faulty_transport(struct faulty *f); /* lent */

void faulty_set_rates(struct faulty *f, const struct faulty_rates *rates);
/* As if the cable were out: what is under way is cut, nothing more is sent. */
void faulty_block(struct faulty *f, bool blocked);

#endif

/*
 * writer - writes that wait their turn: few in flight, one per item, the newest state
 * wins.
 *
 * An item is one thing in the API that its owner keeps true (a pod's status, a Lease).
 * The owner says that something is to be written (writer_want); when its turn comes the
 * item is asked for the request, so that changes meanwhile travel in one write. A write
 * that did not come through for a passing cause is asked for again, after 1 s doubling
 * to 30 s.
 *
 *   idle -- want --> queued -- a slot is free --> in flight -- done --> idle
 *                      ^                              |
 *                      +--- wanted meanwhile, retry --+
 */
#ifndef GANTRY_LOCAL_WRITER_H
#define GANTRY_LOCAL_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/rng.h"
#include "kubeclient/client.h"

struct writer;
struct writer_item;

enum writer_next { WRITER_DONE, WRITER_RETRY };

struct writer_item_ops {
    /* Starts the next request with `done` and `arg`; NULL: nothing is to be written. */
    struct kc_call *(*start)(struct writer_item *item, struct kc_client *client,
                             kc_done_fn *done, void *arg);
    /* How it ended. May want the item again; must not end it. */
    enum writer_next (*done)(struct writer_item *item, const struct kc_result *result);
};

/* Embedded by owners; zero it before writer_item_init. */
struct writer_item {
    const struct writer_item_ops *ops;
    struct writer *writer;
    TAILQ_ENTRY(writer_item) link;
    struct kc_call *call;     /* in flight */
    struct loop_timer *retry; /* made with the first failure */
    unsigned failures;        /* in a row */
    bool urgent;              /* before all that is not: Leases */
    bool queued;
    bool again; /* wanted while in flight */
};

/* All lent. Lines about the server's state go to `log` (NULL: silent), one per change.
 */
struct writer *writer_new(struct kc_client *client, struct log *log,
                          const struct rng *rng, size_t max_in_flight);
void writer_free(struct writer *w); /* all items must have ended; NULL is fine */

void writer_item_init(struct writer_item *item, struct writer *w,
                      const struct writer_item_ops *ops, bool urgent);
/* Takes it out; a request in flight is let go. */
void writer_item_fini(struct writer_item *item);

void writer_want(struct writer_item *item);
/* `fn` is called whenever the last write has ended. */
void writer_on_idle(struct writer *w, loop_fn *fn, void *arg);
/* Nothing is queued or in flight (items that wait for a retry do not count). */
bool writer_is_idle(const struct writer *w);

/* The same request may pass later: no answer, too busy, not allowed at present. */
bool writer_is_passing(const struct kc_result *result);

#endif

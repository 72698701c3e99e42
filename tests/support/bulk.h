/*
 * bulk - many creates of one kind, a fixed number of them in flight: what a benchmark
 * fills a cluster with, and the reference for how fast our client can.
 *
 * The documents are the caller's and are sent in their order. The first create that
 * does not succeed stops the rest: a figure over failed writes would be none.
 */
#ifndef GANTRY_TESTS_SUPPORT_BULK_H
#define GANTRY_TESTS_SUPPORT_BULK_H

#include "base/err.h"
#include "kubeclient/client.h"

struct bulk {
    struct kc_client *client;
    struct kc_ref ref;    /* the collection */
    struct json **bodies; /* lent */
    size_t count, in_flight_max;

    size_t sent, in_flight, created;
    struct err err; /* code ERR_NONE while all is well */
};

/* Sends the first ones. `b` must stay until bulk_ended. */
void bulk_begin(struct bulk *b);
/* All were created, or one failed and nothing is in flight any more. */
bool bulk_ended(const struct bulk *b);

#endif

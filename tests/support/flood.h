/*
 * flood - an app (cmd/gantry-local/app.h) whose one answer is a long stream: for tests
 * of front ends and transports.
 *
 * It writes FLOOD_PART bytes at a time, and no more until those are sent: lines of
 * "0000000\n", counting.
 */
#ifndef GANTRY_TESTS_SUPPORT_FLOOD_H
#define GANTRY_TESTS_SUPPORT_FLOOD_H

#include "cmd/gantry-local/app.h"

#define FLOOD_PART 65536

struct flood {
    struct api_app app;
    struct api_exchange exchange;
    struct api_sink *sink; /* NULL: no stream is open */
    size_t written, total;
    bool closed; /* the peer went away */
};

/* Serves one stream of `total` bytes, a multiple of FLOOD_PART. */
void flood_init(struct flood *f, size_t total);

#endif

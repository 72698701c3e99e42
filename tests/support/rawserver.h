/*
 * rawserver - a server on loopback that plays canned bytes, whatever they are: for
 * tests of how a transport takes answers that no proper server gives. It runs on the
 * test's real loop.
 *
 * Each request that arrives, on whatever connection, takes the next row of the script;
 * one past the end finds its connection closed.
 */
#ifndef GANTRY_TESTS_SUPPORT_RAWSERVER_H
#define GANTRY_TESTS_SUPPORT_RAWSERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

enum raw_then { RAW_KEEP, RAW_CLOSE, RAW_RESET };

struct raw_answer {
    const char *bytes; /* NULL ends the script; "" says nothing */
    size_t len;        /* 0: strlen(bytes) */
    size_t filler;     /* bytes 'x' behind them */
    enum raw_then then;
};

struct rawserver;

struct rawserver *rawserver_new(struct loop *loop, const struct raw_answer *script);
void rawserver_free(struct rawserver *s);
int rawserver_port(const struct rawserver *s);
/* All that was asked, head and body, one request behind another. */
const char *rawserver_heard(const struct rawserver *s);
size_t rawserver_requests(const struct rawserver *s);
size_t rawserver_connections(const struct rawserver *s); /* made so far */

/* A port of loopback on which nobody listens. */
int rawserver_closed_port(void);

#endif

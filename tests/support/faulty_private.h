/*
 * faulty_private - what the files of the faulty transport share.
 *
 *   faulty.c         what happens to a request: drawn, begun, cancelled
 *   faulty_call.c    one request on its way, there and back
 *   faulty_inject.c  answers that no server gave
 */
#ifndef GANTRY_TESTS_SUPPORT_FAULTY_PRIVATE_H
#define GANTRY_TESTS_SUPPORT_FAULTY_PRIVATE_H

#include "base/str.h"
#include "tests/support/faulty.h"

#define FAULTY_BYTES_MAX (64u << 20)
#define FAULTY_SLOW_MS 15000

enum fate {
    FATE_FINE,
    FATE_UNSENT,
    FATE_LOST,
    FATE_REFUSED,
    FATE_SLOW,
    FATE_CUT,
    FATE_BROKEN,
    FATE_LATE,
    FATE_ORPHAN,
    FATE_NEVER,
    FATE_CONFLICT,
};

struct faulty {
    struct transport base;
    struct faulty_options o;
    struct faulty_call *calls;
    bool blocked;
};

/*
 *   start -- timer --> to the server -- answer --> timer --> to the client
 *
 * A call whose client was told its end, or cancelled it, has no `events` any more; it
 * lives on while its request still is to arrive.
 */
struct faulty_call {
    struct transport_call base;
    struct faulty_call *prev, *next;
    struct faulty *f;
    const struct transport_events *events;
    void *arg;
    struct transport_request req; /* strings are its own */
    enum fate fate;
    bool sent;
    bool telling; /* within a callback of the client: a cancel must leave the struct */
    struct transport_call *inner;
    struct loop_timer *timer;

    struct transport_head head; /* strings are its own */
    bool has_head, head_told;
    struct str bytes; /* not yet told */
    bool ended;
    enum transport_end end;
    int64_t cut_after; /* streams: bytes that still pass; -1: no cut */
    char last;         /* streams: the last byte told */
};

uint64_t faulty_draw(struct faulty *f, uint64_t bound);
bool faulty_chance(struct faulty *f, unsigned in_ten_thousand);
void faulty_note(struct faulty_call *c, const char *what);

void faulty_call_send(struct faulty_call *c); /* to the server */
void faulty_call_wait(struct faulty_call *c, int64_t ms);
void faulty_call_stop(struct faulty_call *c); /* the server's answer is not awaited */
void faulty_call_end(struct faulty_call *c, enum transport_end end);
/* Tells the client all that there is; frees the call when that was the end. */
void faulty_call_tell(struct faulty_call *c);
void faulty_call_flush(
    struct faulty_call *c); /* of a stream: tells what it held back */
void faulty_call_free(struct faulty_call *c);

/* Puts an answer into the call that no server gave: of a server that refuses, of one
 * that fails after (or before) it did what was asked, a 409. */
void faulty_refuse(struct faulty_call *c);
void faulty_break_answer(struct faulty_call *c);
void faulty_conflict(struct faulty_call *c);

#endif

/*
 * transcript - a transport for tests that plays a script: which requests must come, in
 * order and to the byte, and what each is served, in virtual time.
 *
 *   static const struct exchange script[] = {
 *       {"GET /api/v1/nodes/n1", .status = 429, .retry_after = "2"},
 *       {"GET /api/v1/nodes/n1", .pause_ms = {2000, 2500},
 *        .say = {"{'kind': 'No", "de'}"}},
 *       {0},
 *   };
 *   struct transcript *t = transcript_new("busy once", script);
 *   kc_get(t->client, &node, done, &got);
 *   transcript_run(t);
 *   transcript_free(t);
 *
 * In bodies, expected and served, single quotes stand for double ones. A request that
 * is not the script's next one, or one that never comes, fails the test with the
 * transcript's name and the number of the exchange.
 *
 * Like every transport it keeps time: an ordinary exchange that has not ended after 60
 * s (or the request's timeout_sec), and a stream silent for quiet_sec, end as CUT.
 */
#ifndef GANTRY_TESTS_SUPPORT_TRANSCRIPT_H
#define GANTRY_TESTS_SUPPORT_TRANSCRIPT_H

#include "kubeclient/client.h"

#define TRANSCRIPT_START_MS INT64_C(1800000000000)
#define TRANSCRIPT_CHUNKS 10

/* How a served exchange ends, beside what a transport can tell. */
enum exchange_end {
    END_DONE = TRANSPORT_DONE,
    END_NOT_SENT = TRANSPORT_NOT_SENT,
    END_CUT = TRANSPORT_CUT,
    END_NEVER, /* stays open until the client cancels it or its time is over */
};

struct exchange {
    /* What must come. */
    const char *ask;  /* "GET /path?query"; NULL ends the script */
    const char *type; /* content type of the body; NULL: no body may come */
    const char *body;
    const char *accept; /* NULL: not looked at */
    /* From the end of the last exchange (or the start) to this request: at least and
     * less than. {0, 0}: not looked at. */
    int64_t pause_ms[2];
    int64_t timeout_sec; /* the request's; 0: not looked at */

    /* What is served. */
    int64_t delay_ms;        /* before the head */
    int status;              /* 0: 200, but no head at all if it was NOT_SENT */
    bool headless;           /* it ends before a head came */
    const char *head_type;   /* NULL: "application/json" */
    const char *retry_after; /* NULL: absent */
    const char *warning;
    bool renewed;
    size_t filler; /* so many bytes 'x' come before the chunks */
    /* Chunks, each from a callback of its own; "~250" is a pause of 250 ms. */
    const char *say[TRANSCRIPT_CHUNKS];
    enum exchange_end end;
    const char *why; /* NULL: "connection refused", "connection reset" */
};

struct transcript {
    struct loop *loop;
    struct transport *transport;
    struct kc_client *client; /* of that transport; jitter from one seed */
    size_t asked;             /* exchanges that began */
    size_t cancelled;         /* that the client ended itself */
    int64_t over_ms;          /* when the last one ended */
};

struct transcript *transcript_new(const char *name, const struct exchange *script);
/* Runs until all exchanges have begun and served what they have, and what is due then
 * is done. A request that does not come within an hour fails the test. */
void transcript_run(struct transcript *t);
/* Lets time pass: nothing but the script's rest may be asked. */
void transcript_advance(struct transcript *t, int64_t ms);
/* Fails unless the whole script was asked, and nothing is still open. The client must
 * have been left without caches. */
void transcript_free(struct transcript *t);

/* Heap; single quotes become double ones. */
char *transcript_text(const char *quoted);

#endif

/*
 * conform_ask - one request and its whole answer, or an open watch, over any transport;
 * the loop runs meanwhile, a real or a virtual one.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_ASK_H
#define GANTRY_TESTS_SUPPORT_CONFORM_ASK_H

#include "base/json.h"
#include "base/loop.h"
#include "base/str.h"
#include "kubeclient/transport.h"

/* What is waited for comes within this, or not at all. */
#define CONFORM_WAIT_MS 10000

struct conform_answer {
    int code;
    char *type;    /* content type */
    char *warning; /* NULL */
    int64_t retry_after_sec;
    struct str bytes;
};

void conform_answer_fini(struct conform_answer *answer);

/* -1: there was no whole answer, and nothing of it is to be freed. */
int conform_ask(struct loop *loop, struct transport *transport,
                const struct transport_request *request, struct conform_answer *ret,
                struct err *err);

struct conform_watch;

/* Returns when the server has begun to answer. */
struct conform_watch *conform_watch_open(struct loop *loop, struct transport *transport,
                                         const char *path, const char *accept,
                                         struct err *err);
void conform_watch_close(struct conform_watch *watch); /* NULL is fine */
/* The next `count` events, fewer when the stream ended or no more came in time. */
struct json *conform_watch_take(struct conform_watch *watch, size_t count);
int conform_watch_code(const struct conform_watch *watch); /* HTTP; 0: cut before it */
bool conform_watch_ended(const struct conform_watch *watch);

/* Lets `ms` pass. */
void conform_pause(struct loop *loop, int64_t ms);

#endif

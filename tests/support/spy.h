/*
 * spy - a transport around another, for tests: it writes down the writes that pass and
 * spoils those it is told to.
 *
 *   spy_spoil(spy, &(struct spy_rule){"POST", "/pods", SPY_REFUSE, 403, "Forbidden",
 *                                     "exceeded quota", 1});
 *   ... spy_count(spy, "POST", "/pods") ...
 *
 * Reads (GET) are counted by themselves.
 */
#ifndef GANTRY_TESTS_SUPPORT_SPY_H
#define GANTRY_TESTS_SUPPORT_SPY_H

#include <stddef.h>

#include "base/json.h"
#include "base/loop.h"
#include "kubeclient/transport.h"

enum spy_fate {
    SPY_REFUSE,       /* answered in the server's place with a Status */
    SPY_LOSE_REQUEST, /* the server never has it, the connection breaks */
    SPY_LOSE_ANSWER,  /* the server carries it out, the connection breaks */
};

#define SPY_ALWAYS (-1)

struct spy_rule {
    const char *method, *path_end; /* the path, without query, ends so; constants */
    enum spy_fate fate;
    int status; /* SPY_REFUSE */
    const char *reason, *message;
    int times; /* how many requests it is for; SPY_ALWAYS */
};

/* `inner` is taken over. */
struct transport *spy_new(struct loop *loop, struct transport *inner);
/* The first rule that is about a request and has times left decides. */
void spy_spoil(struct transport *spy, const struct spy_rule *rule);
void spy_spare(struct transport *spy); /* forgets all rules */

/* Changes every pod that is made, as admission does on a server: a LimitRange, a
 * webhook. NULL: none any more. */
void spy_admit(struct transport *spy, void (*change)(struct json *pod));

/* Writes since the start or the last spy_forget, spoilt ones too; reads where `method`
 * is "GET". `method` NULL: any write. `path_end` "": any. */
size_t spy_count(const struct transport *spy, const char *method, const char *path_end);
void spy_forget(struct transport *spy);
/* All writes, "POST /api/v1/namespaces/default/pods\n" each. Lent. */
const char *spy_text(const struct transport *spy);

#endif

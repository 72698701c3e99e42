/*
 * ask - an API server, asked one thing after another: for commands, which have nothing
 * else to do meanwhile.
 *
 * Each call runs the loop until its answer is there. A server that is not there is an
 * error at once (ERR_UNAVAILABLE), not waited for.
 */
#ifndef GANTRY_LOCAL_ASK_H
#define GANTRY_LOCAL_ASK_H

#include "base/json.h"
#include "base/loop.h"
#include "base/str.h"
#include "kubeclient/client.h"

struct ask;

/* NULL and err: what is wrong with the kubeconfig. `loop` is lent. */
struct ask *ask_open(struct loop *loop, const char *kubeconfig, struct err *err);
void ask_close(struct ask *a);               /* NULL is fine */
const char *ask_server(const struct ask *a); /* "https://127.0.0.1:6443" */

struct ask_request {
    const char *method;
    const char *path;        /* with query */
    const char *type;        /* of the body; NULL without one */
    const struct json *body; /* NULL */
};
/* The error's code says how it was refused: ERR_NOT_FOUND, ERR_EXISTS, ... */
int ask_send(struct ask *a, const struct ask_request *request, struct err *err);

/* A list as text, at most `limit` items of it (0: all). */
int ask_list(struct ask *a, const struct kc_resource *resource, int limit,
             struct str *ret, struct err *err);

#endif

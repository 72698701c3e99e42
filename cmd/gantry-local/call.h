/*
 * call - one request on its way through the server.
 *
 * apiserver.c parses path, query and Accept into it, finds the verb, and sends the
 * refusal if the verb returned -1. A verb that returns 0 has answered, or has left an
 * open watch in `exchange`.
 */
#ifndef GANTRY_LOCAL_CALL_H
#define GANTRY_LOCAL_CALL_H

#include <sys/queue.h>

#include "base/loop.h"
#include "base/rng.h"
#include "base/str.h"
#include "cmd/gantry-local/apiserver.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/media.h"
#include "cmd/gantry-local/status_error.h"
#include "cmd/gantry-local/store.h"
#include "cmd/gantry-local/table.h"

#define CALL_PARTS_MAX 32
#define CALL_PARAMS_MAX 64
/* What one list or discovery answer may have. */
#define ANSWER_BYTES_MAX (512u << 20)

struct node_dialer;
struct podlog;
struct watches;
struct durable;
struct crd_end;
struct protection;

TAILQ_HEAD(podlog_list, podlog);

struct apiserver {
    struct api_app app;
    struct loop *loop;
    struct rng rng;
    struct store *store;
    struct kinds *kinds;
    struct watches *watches;
    struct durable *durable; /* NULL: objects end with the server */
    struct podlog_list podlogs;
    struct node_dialer *dialer; /* lent; NULL: no node is reached */
    struct expire *expire;      /* NULL: events stay */
    struct garbage *garbage;
    struct crd_end *crd_end;
    struct protection *protection;
};

struct param {
    char *key;
    char *value;
};

struct call {
    struct apiserver *server;
    const struct api_request *req;
    struct api_sink *sink;

    char *parts[CALL_PARTS_MAX]; /* of the path, decoded */
    size_t n_parts;
    struct param params[CALL_PARAMS_MAX];
    size_t n_params;
    struct media_choice answer_as; /* JSON until call_negotiate has been asked */

    /* A request for a resource; pointers into parts. */
    const struct kind *kind;
    struct table *table;
    const char *ns;   /* NULL: none in the path */
    const char *name; /* NULL: the collection */
    const char *sub;  /* "": none */
    bool is_watch;    /* by the query or the path */
    bool watch_path;  /* /api/v1/watch/...: may name an object */

    char *warning; /* lines; NULL */
    struct refusal refusal;
    struct api_exchange *exchange;
};

/* Splits and decodes path and query. */
int call_parse(struct call *call);
void call_fini(struct call *call);

/* Settles on how the answer looks, by what is offered; 406. */
int call_negotiate(struct call *call, const struct media_offer *offer);
/* For people: by the query, or as those programs are asked for that show what comes. */
bool call_is_pretty(const struct call *call);

/* Query parameters: NULL when absent. */
const char *call_param(const struct call *call, const char *key);
const char *call_param_or(const struct call *call, const char *key,
                          const char *otherwise);
/* Absent is false; "", "1", "true" are true, as Go's ParseBool has it. */
bool call_flag(const struct call *call, const char *key);
/* 0 and `otherwise` when absent; -1 and a 400 for what is no number. */
int call_number(struct call *call, const char *key, int64_t otherwise, int64_t *ret);

/* The table that holds a kind's objects. */
struct table *call_table(struct apiserver *server, const struct kind *kind);
/* One more warning; or several, a line each. */
void call_warn(struct call *call, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif

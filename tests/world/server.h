/*
 * server - the API server of a world, as one sees it who stands beside it: asked at
 * once, watched without delay or fault. Users and the cluster's own keepers ask it so,
 * and the ledger of what is true is made from its watches.
 */
#ifndef GANTRY_TESTS_WORLD_SERVER_H
#define GANTRY_TESTS_WORLD_SERVER_H

#include "base/json.h"
#include "base/loop.h"
#include "base/rng.h"
#include "cmd/gantry-local/apiserver.h"

/* The definitions that a world's server serves, read once for many worlds. */
struct definitions {
    struct json *batchjobs, *partitions, *qos, *accounts, *reservations;
};
/* From the folder crds/; aborts with a message when it is not there. */
void definitions_load(struct definitions *d);
void definitions_fini(struct definitions *d);

struct server;

struct server *server_new(struct loop *loop, const struct rng *rng, size_t history,
                          const struct definitions *d);
void server_free(struct server *s);
struct apiserver *server_api(struct server *s); /* lent */

/* Returns the HTTP status. `ret` may be NULL; it gets the answer (json_free), NULL when
 * that was no JSON. PATCH is a merge patch, except on a status: there it is strategic
 * for core kinds. */
int server_ask(struct server *s, const char *method, const char *path,
               const struct json *body, struct json **ret);

/* `type` is ADDED, MODIFIED or DELETED. Called in the middle of the write that makes
 * the event, so it must not ask the server. */
typedef void server_event_fn(void *arg, const char *type, const struct json *object);
void server_watch(struct server *s, const char *path, server_event_fn *fn, void *arg);

#endif

/*
 * apitest - the embedded API server on a virtual loop, asked directly: for tests.
 *
 *   struct apitest *t = apitest_new();
 *   ck_assert_int_eq(apitest_request(t, "POST", "/api/v1/namespaces",
 *                                    "{'metadata': {'name': 'a'}}"), 201);
 *   apitest_expect(t, "step", "metadata.name=a|status.phase=Active");
 *
 * Bodies are JSON in which single quotes stand for double ones. The clock starts at
 * APITEST_START_SEC and only moves by apitest_advance.
 */
#ifndef GANTRY_TESTS_SUPPORT_APITEST_H
#define GANTRY_TESTS_SUPPORT_APITEST_H

#include "base/json.h"
#include "base/loop.h"
#include "base/str.h"
#include "cmd/gantry-local/apiserver.h"

#define APITEST_START_SEC 1800000000 /* 2027-01-15T08:00:00Z */

struct apitest {
    struct loop *loop;
    struct apiserver *server;
    /* the last answer */
    int status;
    struct json *body; /* NULL when it is no JSON */
    struct str text;
    char *content_type;
    char *warning; /* NULL */
};

struct apitest_request {
    const char *method;
    const char *path;   /* with query */
    const char *type;   /* of the body; NULL: application/json */
    const char *accept; /* NULL: none */
    const char *body;   /* NULL: none */
    const char *user;   /* NULL: "admin", who is an administrator */
};

struct apitest *apitest_new(void);
/* With a history of that many events. */
struct apitest *apitest_new_history(size_t events);
void apitest_free(struct apitest *t);

/* Return the HTTP status. The request must not stay open. */
int apitest_request(struct apitest *t, const char *method, const char *path,
                    const char *body);
int apitest_send(struct apitest *t, const struct apitest_request *req);

/* What stands at a path, whose numbers index lists ("items.0.metadata.name"); NULL. */
struct json *apitest_at(const struct json *json, const char *path);
/* Fails the test, naming `what`, unless all parts hold, which are joined by '|':
 * "path=text" (strings bare, others as JSON), "path~part of the text", "path!"
 * (absent), "path#3" (length). */
void apitest_expect(const struct apitest *t, const char *what, const char *parts);
void apitest_expect_in(const struct json *json, const char *what, const char *parts);

void apitest_advance(struct apitest *t, int64_t sec);
/* resourceVersion of the last answer's object or list. */
const char *apitest_version(const struct apitest *t);

/* An open watch and what came by it. */
struct apitest_watch;
struct apitest_watch *apitest_watch(struct apitest *t, const char *path,
                                    const char *accept);
void apitest_watch_free(struct apitest_watch *w); /* closes it, if it is open */
/* The next event, lent until the following call; NULL: none yet. */
const struct json *apitest_watch_next(struct apitest_watch *w);
/* Fails unless the next event is of `type` and the parts hold in it. */
void apitest_watch_expect(struct apitest_watch *w, const char *type, const char *parts);
bool apitest_watch_ended(const struct apitest_watch *w); /* also when cut */
bool apitest_watch_was_cut(const struct apitest_watch *w);
/* The peer reads nothing from now on: its bytes count as unsent. */
void apitest_watch_stall(struct apitest_watch *w);

#endif

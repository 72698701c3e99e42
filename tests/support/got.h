/*
 * got - what a call of the client brought, kept for looking at: for tests.
 *
 *   struct got got = {0};
 *   kc_get(client, &ref, got_done, &got);
 */
#ifndef GANTRY_TESTS_SUPPORT_GOT_H
#define GANTRY_TESTS_SUPPORT_GOT_H

#include "kubeclient/client.h"

struct got {
    int times; /* that the callback came */
    enum kc_outcome outcome;
    enum kc_reason reason;
    int http_status;
    int64_t retry_after_sec;
    bool has_status;
    char *body;     /* compact JSON; NULL: none */
    char *text;     /* the bytes; NULL: none */
    struct err err; /* by kc_result_err; ERR_NONE when ok */
};

/* A kc_done_fn; `arg` is a struct got, all zero before. */
void got_done(void *arg, const struct kc_result *result);
void got_fini(struct got *got);

/* Fails the test, naming `what`, unless the call has ended, once, with success and this
 * body (single quotes for double ones; NULL: none). */
void got_expect_ok(const struct got *got, const char *what, const char *body);
/* Likewise with this outcome, reason and line of kc_result_err. */
void got_expect(const struct got *got, const char *what, enum kc_outcome outcome,
                enum kc_reason reason, const char *line);

#endif

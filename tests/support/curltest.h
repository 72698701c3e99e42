/*
 * curltest - the curl transport and whom it talks to, on one real loop: canned bytes
 * (rawserver), or the API server over TLS.
 */
#ifndef GANTRY_TESTS_SUPPORT_CURLTEST_H
#define GANTRY_TESTS_SUPPORT_CURLTEST_H

#include "base/str.h"
#include "cmd/gantry-local/apiserver.h"
#include "cmd/gantry-local/http.h"
#include "kubeclient/transport_curl.h"
#include "tests/support/rawserver.h"

/* ---- what came of one exchange ---- */

struct heard {
    struct transport_call *call;
    int heads, dones;
    int status;
    char *content_type, *warning;
    int64_t retry_after_sec;
    bool renewed;
    struct str text;
    enum transport_end end;
    char *why;
    /* A callback that cancels the call: 'h', 'd', 'e'; or one of another. */
    char cancel_at;
    struct heard *cancels;
};

extern const struct transport_events heard_events; /* `arg` is a struct heard */

void heard_init(struct heard *h);
void heard_fini(struct heard *h);
bool heard_is_done(const struct heard *h);
bool heard_line(const struct heard *h); /* a whole one has come */
/* Fails, naming `name`, unless it has ended, once, in this way. `why` is a part of the
 * line, which only a whole answer has not. */
void heard_expect(const struct heard *h, const char *name, enum transport_end end,
                  const char *why);

/* ---- a transport and whom it talks to ---- */

struct curltest {
    struct loop *loop;
    struct kc_config config;
    struct transport *transport;
    struct rawserver *raw; /* one of the two */
    char dir[32];
    struct auth *auth;
    struct apiserver *server;
    struct http *http;
};

void curltest_init_bare(struct curltest *r); /* the loop alone */
/* `scheme` "http" or "https"; the token is "s3cret". */
void curltest_init_raw(struct curltest *r, const char *scheme,
                       const struct raw_answer *script);
void curltest_init_tls(struct curltest *r);
void curltest_fini(struct curltest *r);
/* A fresh transport, after r->config has changed. */
void curltest_connect(struct curltest *r);

void curltest_start(struct curltest *r, struct heard *h,
                    const struct transport_request *req);
/* Fails if it does not hold within half a minute. */
void curltest_wait(struct curltest *r, bool (*holds)(const struct heard *h),
                   const struct heard *h);
/* heard_init, start, and wait for the end. */
void curltest_ask(struct curltest *r, struct heard *h,
                  const struct transport_request *req);

#endif

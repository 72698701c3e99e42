#include "kubeclient/client.h"

#include <stdlib.h>

#include "base/util.h"
#include "tests/support/got.h"
#include "tests/support/suite.h"
#include "tests/support/transcript.h"

#define NODE "GET /api/v1/nodes/n1"
#define POST "POST /x"
#define BUSY \
    "{'kind':'Status','apiVersion':'v1','reason':'TooManyRequests','message':'m'}"
#define DOWN \
    "{'kind':'Status','apiVersion':'v1','reason':'ServiceUnavailable','message':'m'}"
#define OK_SAY         \
    {                  \
        "{'ok'", ":1}" \
    }
#define OK_BODY "{'ok':1}"

static const struct kc_ref node = {&kc_nodes, NULL, "n1", NULL};

/* What the client repeats by itself, and when. The last exchange stands beside it. */
static const struct {
    const char *name;
    struct exchange script[8];
    /* ok when `line` is NULL */
    enum kc_outcome outcome;
    enum kc_reason reason;
    const char *line;
} repeats[] = {
    {"429 once",
     {{NODE, .status = 429, .retry_after = "2", .say = {BUSY}},
      {NODE, .pause_ms = {2000, 2500}, .say = OK_SAY}},
     .line = NULL},
    {"429 to the end",
     {{NODE, .status = 429, .retry_after = "1", .say = {BUSY}},
      {NODE, .status = 429, .retry_after = "1", .pause_ms = {1000, 1500}},
      {NODE, .status = 429, .retry_after = "0", .pause_ms = {1000, 1500}},
      {NODE, .status = 429, .retry_after = "60", .pause_ms = {0, 500}},
      {NODE, .status = 429, .retry_after = "3", .pause_ms = {60000, 60500}},
      {NODE, .status = 429, .retry_after = "1", .pause_ms = {3000, 3500},
       .say = {BUSY}}},
     KC_REFUSED,
     KC_REASON_TOO_MANY_REQUESTS,
     "429 TooManyRequests: m"},
    {"429 of a write",
     {{POST, .status = 429, .retry_after = "1", .say = {BUSY}},
      {POST, .pause_ms = {1000, 1500}, .say = OK_SAY}},
     .line = NULL},
    {"429 without a time",
     {{NODE, .status = 429, .say = {BUSY}}},
     KC_REFUSED,
     KC_REASON_TOO_MANY_REQUESTS,
     "429 TooManyRequests: m"},
    {"429 for too long",
     {{NODE, .status = 429, .retry_after = "61", .say = {BUSY}}},
     KC_REFUSED,
     KC_REASON_TOO_MANY_REQUESTS,
     "429 TooManyRequests: m"},
    {"503 of the server",
     {{POST, .status = 503, .retry_after = "1", .say = {DOWN}},
      {POST, .pause_ms = {1000, 1500}, .say = OK_SAY}},
     .line = NULL},
    /* Whoever answers so may have passed the request on. */
    {"503 of a proxy",
     {{POST, .status = 503, .retry_after = "1", .say = {"gone"}}},
     KC_UNKNOWN,
     KC_REASON_SERVICE_UNAVAILABLE,
     "outcome unknown: 503 ServiceUnavailable: the answer is not a Kubernetes Status "
     "(application/json): gone"},
    {"503 that timed out",
     {{POST, .status = 503, .retry_after = "1",
       .say =
           {"{'kind':'Status','apiVersion':'v1','reason':'Timeout','message':'m'}"}}},
     KC_UNKNOWN,
     KC_REASON_TIMEOUT,
     "outcome unknown: 503 Timeout: m"},
    {"500 with a time",
     {{NODE, .status = 500, .retry_after = "1", .say = {"{}"}}},
     KC_UNKNOWN,
     KC_REASON_INTERNAL,
     "outcome unknown: 500 InternalError: the answer is not a Kubernetes Status "
     "(application/json): {}"},
    {"not sent, once",
     {{NODE, .end = END_NOT_SENT}, {NODE, .pause_ms = {250, 500}, .say = OK_SAY}},
     .line = NULL},
    {"not sent, to the end",
     {{NODE, .end = END_NOT_SENT},
      {NODE, .end = END_NOT_SENT, .pause_ms = {250, 500}},
      {NODE, .end = END_NOT_SENT, .pause_ms = {500, 1000}},
      {NODE, .end = END_NOT_SENT, .pause_ms = {1000, 2000}},
      {NODE, .end = END_NOT_SENT, .pause_ms = {2000, 4000}},
      {NODE, .end = END_NOT_SENT, .pause_ms = {4000, 8000}, .why = "no route"}},
     KC_REFUSED,
     KC_REASON_NO_CONNECTION,
     "no connection: no route"},
    {"not sent, a write",
     {{POST, .end = END_NOT_SENT}},
     KC_REFUSED,
     KC_REASON_NO_CONNECTION,
     "no connection: connection refused"},
    {"all sorts of trouble count together",
     {{NODE, .end = END_NOT_SENT},
      {NODE, .status = 429, .retry_after = "1", .pause_ms = {250, 500}},
      {NODE, .end = END_NOT_SENT, .pause_ms = {1000, 1500}},
      {NODE, .status = 401, .renewed = true, .pause_ms = {1000, 2000}},
      {NODE, .status = 503, .retry_after = "1", .pause_ms = {0, 1}, .say = {DOWN}},
      {NODE, .end = END_NOT_SENT, .pause_ms = {1000, 1500}},
      {NODE, .pause_ms = {4000, 8000}, .say = OK_SAY}},
     .line = NULL},
    {"401 with the old token",
     {{POST, .status = 401, .renewed = true, .say = {"who?"}},
      {POST, .pause_ms = {0, 1}, .say = OK_SAY}},
     .line = NULL},
    {"401 with the new token too",
     {{NODE, .status = 401, .renewed = true, .say = {"who?"}},
      {NODE, .status = 401, .renewed = true, .say = {"whoever"}}},
     KC_REFUSED,
     KC_REASON_UNAUTHORIZED,
     "401 Unauthorized: the answer is not a Kubernetes Status (application/json): "
     "whoever"},
    {"401 with the only token",
     {{NODE, .status = 401}},
     KC_REFUSED,
     KC_REASON_UNAUTHORIZED,
     "401 Unauthorized: the answer is empty"},
    /* A request that may have arrived is its sender's to repeat. */
    {"cut before the head",
     {{NODE, .headless = true, .end = END_CUT}},
     KC_UNKNOWN,
     KC_REASON_OTHER,
     "outcome unknown: connection reset"},
    {"cut after the head",
     {{POST, .status = 201, .end = END_CUT}},
     KC_UNKNOWN,
     KC_REASON_OTHER,
     "outcome unknown: connection reset"},
    {"cut in the middle of a refusal",
     {{POST, .status = 409, .say = {"{'kind':'Sta"}, .end = END_CUT}},
     KC_UNKNOWN,
     KC_REASON_OTHER,
     "outcome unknown: connection reset"},
    {"no answer in time",
     {{POST, .delay_ms = 61000, .say = OK_SAY}},
     KC_UNKNOWN,
     KC_REASON_OTHER,
     "outcome unknown: no whole answer in time"},
};

static void ask(struct transcript *t, const struct exchange *first, struct got *got)
{
    if (str_eq(first->ask, NODE))
        kc_get(t->client, &node, got_done, got);
    else
        kc_raw(t->client, "POST", "/x", NULL, NULL, got_done, got);
}

START_TEST(test_repeat)
{
    const char *name = repeats[_i].name;
    struct transcript *t = transcript_new(name, repeats[_i].script);
    struct got got = {0};

    ask(t, repeats[_i].script, &got);
    transcript_run(t);
    if (repeats[_i].line)
        got_expect(&got, name, repeats[_i].outcome, repeats[_i].reason,
                   repeats[_i].line);
    else
        got_expect_ok(&got, name, OK_BODY);
    transcript_advance(t, 3600000);
    ck_assert_int_eq(got.times, 1);
    got_fini(&got);
    transcript_free(t);
}
END_TEST

/* ---- what cannot be sent ---- */

START_TEST(test_bad_path)
{
    static const struct exchange nothing[] = {{0}};
    struct transcript *t = transcript_new("bad path", nothing);
    struct got got = {0};

    kc_raw(t->client, "GET", "version", NULL, NULL, got_done, &got);
    ck_assert_int_eq(got.times, 0);
    transcript_run(t);
    got_expect(&got, "bad path", KC_REFUSED, KC_REASON_BAD_REQUEST,
               "a request's path begins with '/', not \"version\"");
    got_fini(&got);
    transcript_free(t);
}
END_TEST

START_TEST(test_oversize)
{
    static const struct exchange script[] = {
        {NODE, .filler = (64u << 20) + 1, .say = {"x"}, .end = END_NEVER}, {0}};
    struct transcript *t = transcript_new("oversize", script);
    struct got got = {0};

    kc_get(t->client, &node, got_done, &got);
    transcript_run(t);
    got_expect(&got, "oversize", KC_UNKNOWN, KC_REASON_TOO_LARGE,
               "outcome unknown: the answer is longer than 64 MiB");
    ck_assert_uint_eq(t->cancelled, 1);
    got_fini(&got);
    transcript_free(t);
}
END_TEST

/* ---- cancelling ---- */

struct canceller {
    struct kc_client *client;
    struct kc_call *first, *second;
    int told;
};

/* In the order of these: its own call, another one, all of them. */
static void cancel_own(void *arg, const struct kc_result *result)
{
    struct canceller *c = arg;

    (void)result;
    c->told++;
    kc_cancel(c->first);
}

static void cancel_other(void *arg, const struct kc_result *result)
{
    struct canceller *c = arg;

    (void)result;
    c->told++;
    kc_cancel(c->second);
    c->second = NULL;
}

static void free_client(void *arg, const struct kc_result *result)
{
    struct canceller *c = arg;

    c->told++;
    kc_client_free(c->client);
    ck_assert_str_eq(json_str(result->body, "kind"), "Node");
}

static void start_another(void *arg, const struct kc_result *result)
{
    struct canceller *c = arg;

    (void)result;
    if (c->told++ == 0)
        kc_get(c->client, &node, start_another, c);
}

#define KIND_NODE .say = {"{'kind':'Node'}"}

static const struct {
    const char *name;
    struct exchange script[3];
    kc_done_fn *done;
    int told;
    size_t cancelled;
    bool two; /* calls from the start */
} cancels[] = {
    {"its own", {{NODE, KIND_NODE}}, cancel_own, 1, 0, false},
    {"another's",
     {{NODE, KIND_NODE}, {NODE, .delay_ms = 10, KIND_NODE}},
     cancel_other,
     1,
     1,
     true},
    {"another's that waits to repeat",
     {{NODE, .delay_ms = 10, KIND_NODE}, {NODE, .end = END_NOT_SENT}},
     cancel_other,
     1,
     0,
     true},
    {"all", {{NODE, KIND_NODE}, {NODE, .delay_ms = 10}}, free_client, 1, 1, true},
    {"none, but begins one",
     {{NODE, KIND_NODE}, {NODE, KIND_NODE}},
     start_another,
     2,
     0,
     false},
};

START_TEST(test_cancel_from_callback)
{
    struct transcript *t = transcript_new(cancels[_i].name, cancels[_i].script);
    struct canceller c = {.client = t->client};

    c.first = kc_get(t->client, &node, cancels[_i].done, &c);
    if (cancels[_i].two)
        c.second = kc_get(t->client, &node, cancels[_i].done, &c);
    transcript_run(t);
    transcript_advance(t, 3600000);
    ck_assert_int_eq(c.told, cancels[_i].told);
    ck_assert_uint_eq(t->cancelled, cancels[_i].cancelled);
    if (cancels[_i].done == free_client)
        t->client = NULL;
    transcript_free(t);
}
END_TEST

/* At once; while the answer arrives; while it waits to repeat. */
START_TEST(test_cancel)
{
    static const struct {
        const char *name;
        struct exchange script[2];
        int64_t after_ms;
    } rows[] = {
        {"at once", {{.ask = NODE}}, -1},
        {"before the head", {{NODE, .delay_ms = 100}}, 50},
        {"in the body", {{NODE, .say = {"{", "~100", "}"}}}, 50},
        {"in a pause", {{NODE, .end = END_NOT_SENT}}, 50},
    };
    struct transcript *t = transcript_new(rows[_i].name, rows[_i].script);
    struct got got = {0};
    struct kc_call *call = kc_get(t->client, &node, got_done, &got);

    if (rows[_i].after_ms >= 0)
        transcript_advance(t, rows[_i].after_ms);
    kc_cancel(call);
    transcript_advance(t, 3600000);
    ck_assert_int_eq(got.times, 0);
    transcript_free(t);
}
END_TEST

START_TEST(test_free_with_calls)
{
    static const struct exchange script[] = {{NODE, .delay_ms = 10},
                                             {POST, .end = END_NOT_SENT},
                                             {NODE, .end = END_NEVER},
                                             {0}};
    struct transcript *t = transcript_new("free", script);
    struct got got = {0};

    for (size_t i = 0; i < 3; i++)
        ask(t, &script[i], &got);
    transcript_advance(t, 1);
    kc_client_free(TAKE(t->client));
    transcript_advance(t, 3600000);
    ck_assert_int_eq(got.times, 1); /* a write is not repeated */
    got_fini(&got);
    transcript_free(t);
}
END_TEST

/* A client that is to give up asks once where nobody listens; what a server asks to be
 * repeated is. */
START_TEST(test_give_up_unsent)
{
    static const struct exchange script[] = {
        {NODE, .status = 429, .retry_after = "1"},
        {NODE, .end = END_NOT_SENT, .pause_ms = {1000, 1500}, .why = "no route"},
        {0}};
    struct transcript *t = transcript_new("give up", script);
    struct got got = {0};

    kc_client_give_up_unsent(t->client);
    ask(t, &script[0], &got);
    transcript_run(t);
    got_expect(&got, "give up", KC_REFUSED, KC_REASON_NO_CONNECTION,
               "no connection: no route");
    got_fini(&got);
    transcript_free(t);
}
END_TEST

static bool may_write(void *arg)
{
    return *(const bool *)arg;
}

/* A guarded client reads at any time, and writes when it may: what it was told to
 * repeat, too. */
START_TEST(test_guard_writes)
{
    static const struct exchange script[] = {
        {NODE, .say = OK_SAY},
        {POST, .status = 429, .retry_after = "1", .say = {BUSY}},
        {NODE, .say = OK_SAY},
        {0}};
    struct transcript *t = transcript_new("guard", script);
    struct got got[4] = {{0}};
    bool may = false;

    kc_client_guard_writes(t->client, may_write, &may);
    ask(t, &script[0], &got[0]);
    ask(t, &script[1], &got[1]);
    transcript_advance(t, 100);
    got_expect_ok(&got[0], "a read", OK_BODY);
    got_expect(&got[1], "a write", KC_REFUSED, KC_REASON_NO_CONNECTION,
               "no connection: not sent: it is not ours to write");
    may = true;
    ask(t, &script[1], &got[2]);
    transcript_advance(t, 100);
    ck_assert_int_eq(got[2].times, 0);
    may = false;
    transcript_advance(t, 2000);
    got_expect(&got[2], "a write's repetition", KC_REFUSED, KC_REASON_NO_CONNECTION,
               "no connection: not sent: it is not ours to write");
    ask(t, &script[2], &got[3]);
    transcript_run(t);
    got_expect_ok(&got[3], "another read", OK_BODY);
    for (size_t i = 0; i < ARRAY_LEN(got); i++)
        got_fini(&got[i]);
    transcript_free(t);
}
END_TEST

/* ---- warnings ---- */

struct warned {
    char *text;
    struct kc_call *call;
};

static void on_warning(void *arg, const char *text)
{
    struct warned *w = arg;
    AUTO_FREE char *before = w->text;

    w->text = before ? xasprintf("%s; %s", before, text) : xstrdup(text);
    if (w->call)
        kc_cancel(TAKE(w->call));
}

/* Nobody listens; somebody does; who listens ends the call. */
START_TEST(test_warning)
{
    static const struct exchange script[] = {
        {NODE, .warning = "v1 is old, use v2\nand soon", .say = OK_SAY}, {0}};
    struct transcript *t = transcript_new("warning", script);
    struct warned warned = {0};
    struct got got = {0};

    if (_i > 0)
        kc_client_on_warning(t->client, on_warning, &warned);
    struct kc_call *call = kc_get(t->client, &node, got_done, &got);
    if (_i == 2)
        warned.call = call;
    transcript_run(t);
    if (_i < 2)
        got_expect_ok(&got, "warning", OK_BODY);
    ck_assert_int_eq(got.times, _i < 2);
    if (_i > 0)
        ck_assert_str_eq(warned.text, "v1 is old, use v2; and soon");
    free(warned.text);
    got_fini(&got);
    transcript_free(t);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/client",
                      (struct suite_row[]){
                          {test_repeat, ARRAY_LEN(repeats)},
                          {test_bad_path, 1},
                          {test_oversize, 1},
                          {test_cancel_from_callback, ARRAY_LEN(cancels)},
                          {test_cancel, 4},
                          {test_free_with_calls, 1},
                          {test_give_up_unsent, 1},
                          {test_guard_writes, 1},
                          {test_warning, 3},
                          {NULL, 0},
                      });
}

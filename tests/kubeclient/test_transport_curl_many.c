#include "kubeclient/transport_curl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/curltest.h"
#include "tests/support/suite.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define OK "HTTP/1.1 200 OK\r\n"

static const struct transport_request get = {.method = "GET", .path = "/x"};
static const struct transport_request quick = {
    .method = "GET", .path = "/x", .timeout_sec = 1};

#define MANY 150
#define STREAMS 20

/* Writes and watches at once, over HTTP/1.1: more than there are connections. */
START_TEST(test_many)
{
    const struct transport_request watch = {
        .method = "GET", .path = MAPS "?watch=1", .stream = true};
    const struct transport_request create = {
        .method = "POST",
        .path = MAPS,
        .content_type = "application/json",
        .body = "{\"metadata\":{\"generateName\":\"m-\"}}",
        .body_len = strlen("{\"metadata\":{\"generateName\":\"m-\"}}")};
    struct heard w[STREAMS], h[MANY];
    struct curltest r;

    curltest_init_tls(&r);
    for (size_t i = 0; i < STREAMS; i++) {
        heard_init(&w[i]);
        curltest_start(&r, &w[i], &watch);
    }
    for (size_t i = 0; i < MANY; i++) {
        heard_init(&h[i]);
        curltest_start(&r, &h[i], &create);
    }
    for (size_t i = 0; i < MANY; i++) {
        curltest_wait(&r, heard_is_done, &h[i]);
        heard_expect(&h[i], "create", TRANSPORT_DONE, "");
        ck_assert_int_eq(h[i].status, 201);
        heard_fini(&h[i]);
    }
    for (size_t i = 0; i < STREAMS; i++)
        curltest_wait(&r, heard_line, &w[i]);
    /* The server dies. */
    http_free(TAKE(r.http));
    for (size_t i = 0; i < STREAMS; i++) {
        curltest_wait(&r, heard_is_done, &w[i]);
        ck_assert_int_eq(w[i].end, TRANSPORT_CUT);
        heard_fini(&w[i]);
    }
    curltest_fini(&r);
}
END_TEST

/* ---- cancelling ---- */

#define WHOLE                                     \
    {                                             \
        .bytes = OK "Content-Length: 2\r\n\r\nok" \
    }

/* From within each of its callbacks; before it has begun. */
START_TEST(test_cancel_own)
{
    static const struct raw_answer script[] = {WHOLE, WHOLE, {0}};
    static const char at[] = {'h', 'd', 'e', '\0'};
    struct heard h, other;
    struct curltest r;

    curltest_init_raw(&r, "http", script);
    heard_init(&h);
    h.cancel_at = at[_i];
    curltest_start(&r, &h, &get);
    if (h.cancel_at == '\0')
        transport_cancel(h.call);
    curltest_ask(&r, &other, &get);
    heard_expect(&other, "another call", TRANSPORT_DONE, "");
    ck_assert_int_eq(h.heads, at[_i] != '\0');
    ck_assert_int_eq(h.dones, at[_i] == 'e');
    ck_assert_uint_eq(h.text.len, at[_i] == 'd' || at[_i] == 'e' ? 2 : 0);
    heard_fini(&h);
    heard_fini(&other);
    curltest_fini(&r);
}
END_TEST

/* From within another call's callbacks: while it waits, while its answer may have
 * arrived too, while both have run out of time and the other is yet to be told. */
START_TEST(test_cancel_other)
{
    static const struct {
        struct raw_answer script[3];
        char at;
        const struct transport_request *request;
    } rows[] = {
        {{WHOLE, {.bytes = ""}}, 'h', &get},           {{WHOLE, WHOLE}, 'h', &get},
        {{WHOLE, {.bytes = ""}}, 'e', &get},           {{WHOLE, WHOLE}, 'e', &get},
        {{{.bytes = ""}, {.bytes = ""}}, 'e', &quick},
    };
    struct heard h[2];
    struct curltest r;

    curltest_init_raw(&r, "http", rows[_i].script);
    for (size_t i = 0; i < 2; i++) {
        heard_init(&h[i]);
        h[i].cancel_at = rows[_i].at;
        h[i].cancels = &h[1 - i]; /* whichever comes first */
        curltest_start(&r, &h[i], rows[_i].request);
    }
    while (!h[0].dones && !h[1].dones)
        loop_poll(r.loop, 100);
    loop_poll(r.loop, 0);
    ck_assert_int_eq(h[0].dones + h[1].dones, 1);
    heard_fini(&h[0]);
    heard_fini(&h[1]);
    curltest_fini(&r);
}
END_TEST

/* Many that wait for a connection, all cancelled, and the next one passes. */
START_TEST(test_cancel_many)
{
    struct raw_answer script[66] = {{0}};
    struct heard h[MANY], last;
    struct curltest r;

    for (size_t i = 0; i < 64; i++)
        script[i] = (struct raw_answer){.bytes = ""};
    script[64] = (struct raw_answer)WHOLE;
    curltest_init_raw(&r, "http", script);
    for (size_t i = 0; i < MANY; i++) {
        heard_init(&h[i]);
        curltest_start(&r, &h[i], &get);
    }
    while (rawserver_requests(r.raw) < 64)
        loop_poll(r.loop, 100);
    for (size_t i = 0; i < MANY; i++) {
        transport_cancel(h[i].call);
        ck_assert_int_eq(h[i].heads + h[i].dones, 0);
        heard_fini(&h[i]);
    }
    curltest_ask(&r, &last, &get);
    heard_expect(&last, "the last", TRANSPORT_DONE, "");
    ck_assert_uint_eq(rawserver_connections(r.raw), 65);
    heard_fini(&last);
    curltest_fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("kubeclient/transport_curl_many", (struct suite_row[]){
                                                            {test_many, 1},
                                                            {test_cancel_own, 4},
                                                            {test_cancel_other, 5},
                                                            {test_cancel_many, 1},
                                                            {NULL, 0},
                                                        });
}

#include "kubeclient/transport_curl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/curltest.h"
#include "tests/support/suite.h"

static const struct transport_request post = {.method = "POST",
                                              .path = "/x",
                                              .content_type = "text/plain",
                                              .body = "hello",
                                              .body_len = 5};

/* ---- no connection ---- */

START_TEST(test_closed_port)
{
    static const struct raw_answer nothing[] = {{0}};
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "http", nothing);
    free(r.config.server);
    r.config.server =
        xasprintf("%s://127.0.0.1:%d", _i ? "https" : "http", rawserver_closed_port());
    curltest_connect(&r);
    curltest_ask(&r, &h, &post);
    heard_expect(&h, "closed port", TRANSPORT_NOT_SENT, "connect to 127.0.0.1 port");
    ck_assert_int_eq(h.heads, 0);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

/* Who listens speaks no TLS: says something else, says nothing, hangs up. */
START_TEST(test_no_tls)
{
    static const struct {
        struct raw_answer answer;
        const char *why;
    } rows[] = {
        {{.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n"}, "time"},
        {{.bytes = ""}, "time"},
    };
    const struct raw_answer script[] = {rows[_i].answer, {0}};
    struct transport_request req = post;
    struct heard h;
    struct curltest r;

    curltest_init_raw(&r, "https", script);
    req.timeout_sec = 1;
    curltest_ask(&r, &h, &req);
    heard_expect(&h, "no TLS", TRANSPORT_NOT_SENT, rows[_i].why);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

/* ---- TLS and tokens, against the API server ---- */

#define CERTIFICATE "certificate"

static void no_change(struct curltest *r)
{
    (void)r;
}

static void other_ca(struct curltest *r)
{
    char dir[] = "/tmp/gantry-curl-XXXXXX";
    struct err err = ERR_INIT;
    struct auth *other;

    ck_assert(mkdtemp(dir) != NULL);
    other = auth_open(dir, loop_now_sec(r->loop), &err);
    ck_assert_msg(other != NULL, "%s", err.msg);
    AUTO_FREE char *path = xasprintf("%s/pki/ca.crt", dir);
    STR_AUTO struct str pem;
    str_init(&pem, 1 << 20);
    ck_assert_int_eq(str_read_file(&pem, path, &err), 0);
    free(r->config.ca_pem);
    r->config.ca_pem = str_take(&pem);
    auth_free(other);
    AUTO_FREE char *command = xasprintf("rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static void no_ca(struct curltest *r)
{
    free(TAKE(r->config.ca_pem));
}

static void malformed_ca(struct curltest *r)
{
    free(r->config.ca_pem);
    r->config.ca_pem = xstrdup("-----BEGIN CERTIFICATE-----\n!\n");
}

static void insecure(struct curltest *r)
{
    no_ca(r);
    r->config.insecure = true;
}

static void other_name(struct curltest *r)
{
    r->config.tls_server_name = xstrdup("elsewhere.example");
}

static void right_name(struct curltest *r)
{
    r->config.tls_server_name = xstrdup("localhost");
}

static void wrong_token(struct curltest *r)
{
    free(r->config.token);
    r->config.token = xstrdup("wrong");
}

static void no_token(struct curltest *r)
{
    free(TAKE(r->config.token));
}

static const struct {
    const char *name;
    void (*change)(struct curltest *r);
    enum transport_end end;
    int status;
    const char *why;
} accesses[] = {
    {"as it should be", no_change, TRANSPORT_DONE, 200, ""},
    {"another CA", other_ca, TRANSPORT_NOT_SENT, 0, CERTIFICATE},
    {"the system's CAs", no_ca, TRANSPORT_NOT_SENT, 0, CERTIFICATE},
    {"a malformed CA", malformed_ca, TRANSPORT_NOT_SENT, 0, CERTIFICATE},
    {"no check", insecure, TRANSPORT_DONE, 200, ""},
    {"another name", other_name, TRANSPORT_NOT_SENT, 0, "elsewhere.example"},
    {"one of its names", right_name, TRANSPORT_DONE, 200, ""},
    {"wrong token", wrong_token, TRANSPORT_DONE, 401, ""},
    {"no token", no_token, TRANSPORT_DONE, 401, ""},
};

START_TEST(test_access)
{
    const struct transport_request version = {.method = "GET", .path = "/version"};
    struct heard h;
    struct curltest r;

    curltest_init_tls(&r);
    accesses[_i].change(&r);
    curltest_connect(&r);
    curltest_ask(&r, &h, &version);
    heard_expect(&h, accesses[_i].name, accesses[_i].end, accesses[_i].why);
    ck_assert_msg(h.status == accesses[_i].status, "%s: %d", accesses[_i].name,
                  h.status);
    ck_assert(!h.renewed);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    ck_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* The token's file holds another one since the server stopped to take the old. */
START_TEST(test_token_file)
{
    const struct transport_request version = {.method = "GET", .path = "/version"};
    struct heard h;
    struct curltest r;

    curltest_init_tls(&r);
    AUTO_FREE char *right = xstrdup(r.config.token);
    r.config.token_file = xasprintf("%s/mounted", r.dir);
    wrong_token(&r);
    write_text(r.config.token_file, "wrong\n");
    curltest_connect(&r);
    curltest_ask(&r, &h, &version);
    ck_assert_int_eq(h.status, 401);
    ck_assert(!h.renewed); /* nobody has put another there */
    heard_fini(&h);
    write_text(r.config.token_file, right);
    curltest_ask(&r, &h, &version);
    ck_assert_int_eq(h.status, 401); /* it still sent the old one */
    ck_assert(h.renewed);
    heard_fini(&h);
    curltest_ask(&r, &h, &version);
    ck_assert_int_eq(h.status, 200);
    heard_fini(&h);
    curltest_fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("kubeclient/transport_curl_tls",
                      (struct suite_row[]){
                          {test_closed_port, 2},
                          {test_no_tls, 2},
                          {test_access, ARRAY_LEN(accesses)},
                          {test_token_file, 1},
                          {NULL, 0},
                      });
}

/* What no client of ours sends: the server answers or hangs up, and goes on. */
#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"

/* A peer that waits longer for bytes or the end has failed the test. */
#define PATIENCE_SEC 20
/* Descriptors of the server in the test of too many connections. */
#define FEW_FILES 96
#define STRANGERS 200

static char root[] = "/tmp/gantry-test-XXXXXX";

/* ---- the server ---- */

struct rig {
    struct program server;
    int port;
    char *token;
    SSL_CTX *tls;
};

/* What stands behind `key` in the kubeconfig, up to the end of its line; heap. */
static char *value_of(const char *text, const char *key)
{
    const char *at = strstr(text, key);

    ck_assert_msg(at != NULL, "%s: %s", key, text);
    return xstrndup(at + strlen(key), strcspn(at + strlen(key), "\"\n"));
}

static void rig_init_limited(struct rig *r, unsigned files)
{
    static const char *const args[PROGRAM_ARGS_MAX] = {
        "gantry-local", "serve", "--port", "0", "--dir", "@/live"};
    AUTO_FREE char *path = xasprintf("%s/live/kubeconfig", root);
    struct err err = ERR_INIT;
    STR_AUTO struct str text;

    program_start_limited(&r->server, root, args, files);
    program_until(&r->server, "export KUBECONFIG=");
    str_init(&text, 65536);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    AUTO_FREE char *port = value_of(text.s, "https://127.0.0.1:");
    r->port = atoi(port);
    r->token = value_of(text.s, "token: \"");
    r->tls = SSL_CTX_new(TLS_client_method());
    ck_assert_ptr_nonnull(r->tls);
}

static void rig_init(struct rig *r)
{
    rig_init_limited(r, 0);
}

/* It lives, and ends as it should. */
static void rig_fini(struct rig *r)
{
    ck_assert_msg(program_stop(&r->server) == 0, "%s", r->server.said.s);
    program_fini(&r->server);
    SSL_CTX_free(r->tls);
    free(r->token);
}

/* ---- a peer ---- */

static int connect_to(const struct rig *r)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)r->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_SEC};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

/* All that comes until the other side ends; sends `text` first. */
static void exchange(const struct rig *r, const char *text, size_t len,
                     struct str *said)
{
    const int fd = connect_to(r);
    SSL *ssl = SSL_new(r->tls);
    char bytes[4096];
    int n;

    SSL_set_fd(ssl, fd);
    ck_assert_int_eq(SSL_connect(ssl), 1);
    /* The server may hang up before it has read all. */
    SSL_write(ssl, text, (int)len);
    while ((n = SSL_read(ssl, bytes, sizeof(bytes))) > 0)
        str_addn(said, bytes, (size_t)n);
    ERR_clear_error();
    SSL_free(ssl);
    close(fd);
}

static void expect_served(const struct rig *r, const char *name)
{
    AUTO_FREE char *request = xasprintf("GET /version HTTP/1.1\r\n"
                                        "Authorization: Bearer %s\r\n"
                                        "Connection: close\r\n\r\n",
                                        r->token);
    STR_AUTO struct str said;

    str_init(&said, 1 << 20);
    exchange(r, request, strlen(request), &said);
    ck_assert_msg(said.len > 0 && strncmp(said.s, "HTTP/1.1 200 ", 13) == 0 &&
                      strstr(said.s, "gitVersion"),
                  "after %s: %s", name, said.s);
}

/* ---- garbage ---- */

#define CLOSE "Connection: close\r\n\r\n"

static const struct {
    const char *name;
    const char *text;  /* '@' is "Authorization: Bearer <token>" and its line's end */
    size_t filler;     /* so many bytes 'a' behind the text, then an empty line */
    const char *start; /* of the answer; "": none need come */
} rows[] = {
    {"a word", "GARBAGE\r\n\r\n", 0, ""},
    {"a version past all numbers",
     "GET /version HTTP/999999999999999999991.1\r\n@" CLOSE, 0, "HTTP/1.1 505 "},
    {"a version of old", "GET /version HTTP/0.9\r\n@" CLOSE, 0, "HTTP/1.1 505 "},
    {"no HTTP", "\x16\x03\x01\x02\xff\r\n\r\n", 0, ""},
    {"a line without an end", "GET /", 200000, ""},
    {"a header without a colon", "GET /version HTTP/1.1\r\nnothing\r\n\r\n", 0, ""},
    {"a header too large", "GET /version HTTP/1.1\r\n@X: ", 100000,
     "HTTP/1.1 400 Bad Request"},
    {"an unknown method", "BREW /version HTTP/1.1\r\n@" CLOSE, 0, "HTTP/1.1 501 "},
    {"an unknown version", "GET /version HTTP/9.9\r\n@" CLOSE, 0, ""},
    {"no token", "GET /version HTTP/1.1\r\n" CLOSE, 0, "HTTP/1.1 401 "},
    {"another's token", "GET /version HTTP/1.1\r\nAuthorization: Bearer 0123\r\n" CLOSE,
     0, "HTTP/1.1 401 "},
    {"a body of words",
     "POST /api/v1/namespaces HTTP/1.1\r\n@Content-Length: x\r\n" CLOSE, 0,
     "HTTP/1.1 4"},
    {"a body below none",
     "POST /api/v1/namespaces HTTP/1.1\r\n@Content-Length: -1\r\n" CLOSE, 0,
     "HTTP/1.1 4"},
    {"a body past all bounds",
     "POST /api/v1/namespaces HTTP/1.1\r\n@Content-Length: 99999999999\r\n" CLOSE, 0,
     "HTTP/1.1 413 "},
    {"chunks of words",
     "POST /api/v1/namespaces HTTP/1.1\r\n@Transfer-Encoding: chunked\r\n" CLOSE
     "zz\r\n",
     0, "HTTP/1.1 4"},
    {"a path of a stranger", "GET http://example.com/version HTTP/1.1\r\n@" CLOSE, 0,
     "HTTP/1.1 200 "},
    {"a path with a bad escape", "GET /api/v1/%zz HTTP/1.1\r\n@" CLOSE, 0,
     "HTTP/1.1 400 "},
    {"a path that climbs", "GET /api/../../etc/passwd HTTP/1.1\r\n@" CLOSE, 0,
     "HTTP/1.1 404 "},
};

static void add_request(const struct rig *r, size_t i, struct str *out)
{
    const char *at = strchr(rows[i].text, '@');

    str_addf(out, "%.*s", (int)(at ? at - rows[i].text : 0), rows[i].text);
    if (at)
        str_addf(out, "Authorization: Bearer %s\r\n", r->token);
    str_add(out, at ? at + 1 : rows[i].text);
    for (size_t k = 0; k < rows[i].filler; k++)
        str_addc(out, 'a');
    if (rows[i].filler)
        str_add(out, "\r\n\r\n");
}

START_TEST(test_garbage)
{
    struct rig r;

    rig_init(&r);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        STR_AUTO struct str request, said;

        str_init(&request, 1 << 20);
        str_init(&said, 1 << 20);
        add_request(&r, i, &request);
        exchange(&r, request.s, request.len, &said);
        ck_assert_msg(
            strncmp(said.s ? said.s : "", rows[i].start, strlen(rows[i].start)) == 0,
            "%s: %s", rows[i].name, said.s);
        expect_served(&r, rows[i].name);
    }
    rig_fini(&r);
}
END_TEST

/* Bytes that are no TLS: the server hangs up. */
START_TEST(test_no_tls)
{
    static const char *const texts[] = {"GET /version HTTP/1.1\r\n\r\n", "\n\n\n\n\n\n",
                                        "\x16\x03\x01\xff\xff\xff\xff\xff\xff\xff"};
    struct rig r;
    char bytes[256];

    rig_init(&r);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const int fd = connect_to(&r);
        ck_assert_int_gt(send(fd, texts[i], strlen(texts[i]), MSG_NOSIGNAL), 0);
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof(bytes), 0) > 0)
            ;
        close(fd);
        expect_served(&r, texts[i]);
    }
    rig_fini(&r);
}
END_TEST

/* ---- too much ---- */

/* What a watcher sends meanwhile is read up to a bound, and then no more: the rest
 * stays with the kernels, whose buffers are far smaller than what it has to send. */
#define CHATTER_BYTES ((size_t)64 << 20)
#define CHATTER_PAUSE_MS 500

static SSL *open_watch(const struct rig *r, int fd)
{
    AUTO_FREE char *request = xasprintf("GET /api/v1/namespaces?watch=1 HTTP/1.1\r\n"
                                        "Authorization: Bearer %s\r\n\r\n",
                                        r->token);
    SSL *ssl = SSL_new(r->tls);
    char head[4096];

    SSL_set_fd(ssl, fd);
    ck_assert_int_eq(SSL_connect(ssl), 1);
    ck_assert_int_gt(SSL_write(ssl, request, (int)strlen(request)), 0);
    ck_assert_int_gt(SSL_read(ssl, head, sizeof(head)), 0);
    return ssl;
}

START_TEST(test_chatty_watcher)
{
    static char chatter[65536];
    const struct timeval pause = {.tv_usec = CHATTER_PAUSE_MS * 1000};
    struct rig r;
    size_t sent = 0;

    rig_init(&r);
    const int fd = connect_to(&r);
    SSL *ssl = open_watch(&r, fd);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &pause, sizeof(pause));
    memset(chatter, 'a', sizeof(chatter));
    while (sent < CHATTER_BYTES && SSL_write(ssl, chatter, sizeof(chatter)) > 0)
        sent += sizeof(chatter);
    ck_assert_uint_lt(sent, CHATTER_BYTES);
    expect_served(&r, "a watcher that talks");
    ERR_clear_error();
    SSL_free(ssl);
    close(fd);
    rig_fini(&r);
}
END_TEST

/* ---- too many ---- */

/* More idle strangers than the server has descriptors; each says nothing. */
START_TEST(test_idle_strangers)
{
    struct rig r;
    int fds[STRANGERS];
    char byte;

    rig_init_limited(&r, FEW_FILES);
    for (size_t i = 0; i < STRANGERS; i++)
        fds[i] = connect_to(&r);
    expect_served(&r, "strangers");
    /* The oldest had to go, and the log says so, once. */
    ck_assert_int_le(recv(fds[0], &byte, 1, 0), 0);
    program_until(&r.server, "closed, oldest first");
    for (size_t i = 0; i < STRANGERS; i++)
        close(fds[i]);
    expect_served(&r, "strangers that went");
    rig_fini(&r);
}
END_TEST

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(void)
{
    if (!mkdtemp(root))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    const int status = suite_main("gantry-local/bad_http", (struct suite_row[]){
                                                               {test_garbage, 1},
                                                               {test_no_tls, 1},
                                                               {test_chatty_watcher, 1},
                                                               {test_idle_strangers, 1},
                                                               {NULL, 0},
                                                           });
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}

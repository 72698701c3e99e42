/*
 * fuzz_http - bytes to the front end, over TLS, as one connection's requests: what is
 * answered is HTTP, and when the peer has gone no exchange is left open.
 *
 * The app behind it answers at once, but to paths with "watch" in them it answers as
 * long as the connection lasts.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/util.h"
#include "cmd/gantry-local/http.h"
#include "tests/support/tempdir.h"

/* Turns of the loop without anything to do, until a peer is sure to wait in vain. */
#define IDLE_TURNS 3
#define END_TURNS 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct app {
    struct api_app app;
    int open;
};

struct exchange {
    struct api_exchange base;
    struct app *app;
};

static struct rig {
    struct loop *loop;
    struct auth *auth;
    struct http *http;
    SSL_CTX *tls;
    struct app app;
    char *dir;
} rig;

/* ---- the app ---- */

static void close_exchange(struct api_exchange *x)
{
    ((struct exchange *)x)->app->open--;
    free(x);
}

static const struct api_exchange_ops exchange_ops = {close_exchange, NULL};

static struct api_exchange *handle(struct api_app *app, const struct api_request *req,
                                   struct api_sink *sink)
{
    const struct api_head head = {
        .status = 200, .content_type = "application/json", .retry_after_sec = -1};

    assert(req->path && req->query && req->content_type && req->accept && req->body);
    sink->ops->head(sink, &head);
    sink->ops->data(sink, "{}\n", 3);
    if (!strstr(req->path, "watch")) {
        sink->ops->end(sink);
        return NULL;
    }
    struct exchange *x = xcalloc(1, sizeof(*x));
    x->base.ops = &exchange_ops;
    x->app = (struct app *)app;
    x->app->open++;
    return &x->base;
}

/* ---- the server, once ---- */

static void close_rig(void)
{
    http_free(rig.http);
    auth_free(rig.auth);
    SSL_CTX_free(rig.tls);
    loop_free(rig.loop);
    tempdir_free(rig.dir);
}

static void open_rig(void)
{
    struct err err = ERR_INIT;

    if (rig.http)
        return;
    signal(SIGPIPE, SIG_IGN);
    rig.dir = xstrdup("/tmp/gantry-fuzz-XXXXXX"); /* tempdir_new is for tests alone */
    if (!mkdtemp(rig.dir))
        abort();
    AUTO_FREE char *path = tempdir_path(rig.dir, "auth");
    rig.app.app.handle = handle;
    rig.loop = loop_new(&err);
    rig.auth = auth_open(path, loop_now_sec(rig.loop), &err);
    assert(rig.auth != NULL);
    rig.http = http_new(&(struct http_config){.loop = rig.loop,
                                              .app = &rig.app.app,
                                              .tls = auth_tls(rig.auth),
                                              .user = "fuzz"},
                        &err);
    assert(rig.http != NULL);
    rig.tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(rig.tls, SSL_MODE_ENABLE_PARTIAL_WRITE);
    atexit(close_rig);
}

/* ---- a peer ---- */

struct peer {
    SSL *ssl;
    const uint8_t *rest;
    size_t left;
    char head[8]; /* of what was said */
    size_t said;
    bool over;
};

static void note_said(struct peer *p, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && p->said < sizeof(p->head) - 1; i++)
        p->head[p->said++] = bytes[i];
}

static bool must_wait(const struct peer *p, int rc)
{
    const int why = SSL_get_error(p->ssl, rc);

    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

static bool peer_write(struct peer *p)
{
    const int n = SSL_write(p->ssl, p->rest, (int)p->left);

    if (n > 0) {
        p->rest += n;
        p->left -= (size_t)n;
    } else if (!must_wait(p, n)) {
        p->left = 0; /* it hung up before it had all */
    }
    ERR_clear_error();
    return n > 0;
}

/* Reads and writes what can be; false: nothing could. */
static bool peer_turn(struct peer *p)
{
    char bytes[4096];
    const bool wrote = p->left > 0 && peer_write(p);
    const int n = SSL_read(p->ssl, bytes, sizeof(bytes));

    if (n > 0)
        note_said(p, bytes, (size_t)n);
    else
        p->over = !must_wait(p, n);
    ERR_clear_error();
    return wrote || n > 0;
}

static void exchange(struct peer *p, int fd)
{
    int idle = 0;

    while (!p->over && idle < IDLE_TURNS) {
        const bool moved = peer_turn(p);
        idle = moved || !SSL_is_init_finished(p->ssl) ? 0 : idle + 1;
        loop_poll(rig.loop, idle > 1 ? 1 : 0);
    }
    SSL_shutdown(p->ssl);
    close(fd);
}

static int connect_to_rig(void)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)http_port(rig.http)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
        abort();
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct peer p = {.rest = data, .left = size};

    open_rig();
    const int fd = connect_to_rig();
    p.ssl = SSL_new(rig.tls);
    SSL_set_fd(p.ssl, fd);
    SSL_set_connect_state(p.ssl);
    exchange(&p, fd);
    SSL_free(p.ssl);
    for (int i = 0; rig.app.open > 0 && i < END_TURNS; i++)
        loop_poll(rig.loop, 1);
    assert(rig.app.open == 0);
    /* Where libevent itself refuses, it does so in the version that it has read. */
    assert(strncmp(p.head, "HTTP/", MIN(p.said, strlen("HTTP/"))) == 0);
    return 0;
}

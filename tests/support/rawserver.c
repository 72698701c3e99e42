#include "tests/support/rawserver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/str.h"
#include "base/util.h"

#define HEARD_MAX (1u << 20)
#define REQUEST_MAX (1u << 20)
#define PIECE 16384

struct peer {
    struct rawserver *s;
    struct peer *next;
    int fd;
    struct loop_io *io;
    bool writing;
    struct str in;
    const struct raw_answer *answer; /* being sent; NULL */
    size_t sent;
};

struct rawserver {
    struct loop *loop;
    const struct raw_answer *script;
    int fd;
    struct loop_io *io;
    struct peer *peers;
    struct str heard;
    size_t requests, connections;
};

static void on_peer(void *arg, int fd, unsigned ready);

static void peer_wait(struct peer *p, bool writing)
{
    struct err err = ERR_INIT;

    if (p->io && p->writing == writing)
        return;
    loop_io_free(p->io);
    p->writing = writing;
    p->io = loop_io_new(p->s->loop, p->fd, writing ? LOOP_WRITE : LOOP_READ, on_peer, p,
                        &err);
    ck_assert_msg(p->io != NULL, "%s", err.msg);
}

static void peer_free(struct peer *p)
{
    struct peer **at = &p->s->peers;

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    loop_io_free(p->io);
    close(p->fd);
    str_fini(&p->in);
    free(p);
}

/* ---- answers ---- */

static size_t answer_len(const struct raw_answer *a)
{
    return a->len ? a->len : strlen(a->bytes);
}

static void answered(struct peer *p)
{
    const struct linger hard = {.l_onoff = 1};

    switch (p->answer->then) {
    case RAW_KEEP:
        p->answer = NULL;
        peer_wait(p, false);
        break;
    case RAW_RESET:
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        peer_free(p);
        break;
    case RAW_CLOSE:
        peer_free(p);
        break;
    }
}

static ssize_t send_piece(struct peer *p)
{
    char filler[PIECE];
    size_t len = answer_len(p->answer);

    if (p->sent < len)
        return send(p->fd, p->answer->bytes + p->sent, len - p->sent, MSG_NOSIGNAL);
    memset(filler, 'x', sizeof(filler));
    return send(p->fd, filler, MIN(sizeof(filler), len + p->answer->filler - p->sent),
                MSG_NOSIGNAL);
}

static void write_more(struct peer *p)
{
    size_t total = answer_len(p->answer) + p->answer->filler;

    while (p->sent < total) {
        ssize_t n = send_piece(p);
        if (n < 0 && errno == EAGAIN) {
            peer_wait(p, true);
            return;
        }
        if (n < 0) { /* it went away */
            peer_free(p);
            return;
        }
        p->sent += (size_t)n;
    }
    answered(p);
}

/* ---- requests ---- */

/* Length of a whole request at the beginning of what came; 0: not yet. */
static size_t whole_request(const struct str *in)
{
    const char *end = strstr(in->s, "\r\n\r\n");
    const char *length = strcasestr(in->s, "\r\ncontent-length:");
    size_t head, body = 0;

    if (end == NULL)
        return 0;
    head = (size_t)(end - in->s) + 4;
    if (length && length < end)
        body = (size_t)atol(length + strlen("\r\ncontent-length:"));
    return in->len >= head + body ? head + body : 0;
}

static void take_request(struct peer *p)
{
    struct rawserver *s = p->s;
    size_t len = whole_request(&p->in);
    const struct raw_answer *next = &s->script[s->requests];

    if (len == 0)
        return;
    str_addn(&s->heard, p->in.s, len);
    str_drop(&p->in, len);
    if (next->bytes == NULL) {
        peer_free(p);
        return;
    }
    s->requests++;
    p->answer = next;
    p->sent = 0;
    write_more(p);
}

static void on_peer(void *arg, int fd, unsigned ready)
{
    struct peer *p = arg;
    char bytes[PIECE];
    ssize_t n;

    if (ready & LOOP_WRITE) {
        write_more(p);
        return;
    }
    n = recv(fd, bytes, sizeof(bytes), 0);
    if (n > 0) {
        str_addn(&p->in, bytes, (size_t)n);
        take_request(p);
    } else if (n == 0 || errno != EAGAIN) {
        peer_free(p);
    }
}

static void on_connection(void *arg, int fd, unsigned ready)
{
    struct rawserver *s = arg;
    int peer = accept(fd, NULL, NULL);
    struct peer *p;

    (void)ready;
    if (peer < 0)
        return;
    fcntl(peer, F_SETFL, O_NONBLOCK);
    p = xcalloc(1, sizeof(*p));
    p->s = s;
    p->fd = peer;
    p->next = s->peers;
    s->peers = p;
    s->connections++;
    str_init(&p->in, REQUEST_MAX);
    peer_wait(p, false);
}

/* ---- life ---- */

static int listen_anywhere(void)
{
    const struct sockaddr_in any = {.sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert(fd >= 0 && bind(fd, (const struct sockaddr *)&any, sizeof(any)) == 0);
    ck_assert(listen(fd, 128) == 0);
    return fd;
}

static int port_of(int fd)
{
    struct sockaddr_in at = {0};
    socklen_t len = sizeof(at);

    ck_assert(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    return ntohs(at.sin_port);
}

int rawserver_closed_port(void)
{
    int fd = listen_anywhere();
    int port = port_of(fd);

    close(fd);
    return port;
}

struct rawserver *rawserver_new(struct loop *loop, const struct raw_answer *script)
{
    struct rawserver *s = xcalloc(1, sizeof(*s));
    struct err err = ERR_INIT;

    s->loop = loop;
    s->script = script;
    s->fd = listen_anywhere();
    s->io = loop_io_new(loop, s->fd, LOOP_READ, on_connection, s, &err);
    ck_assert_msg(s->io != NULL, "%s", err.msg);
    str_init(&s->heard, HEARD_MAX);
    return s;
}

void rawserver_free(struct rawserver *s)
{
    while (s->peers)
        peer_free(s->peers);
    loop_io_free(s->io);
    close(s->fd);
    str_fini(&s->heard);
    free(s);
}

int rawserver_port(const struct rawserver *s)
{
    return port_of(s->fd);
}

const char *rawserver_heard(const struct rawserver *s)
{
    return s->heard.s;
}

size_t rawserver_requests(const struct rawserver *s)
{
    return s->requests;
}

size_t rawserver_connections(const struct rawserver *s)
{
    return s->connections;
}

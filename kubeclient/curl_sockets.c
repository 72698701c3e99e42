#include "kubeclient/curl_sockets.h"

#include <stdlib.h>

#include "base/util.h"

/* One descriptor that libcurl watches, in a list. */
struct watched {
    struct curl_sockets *sockets;
    struct watched *prev, *next;
    struct loop_io *io;
    curl_socket_t fd;
};

struct curl_sockets {
    struct loop *loop;
    CURLM *multi;
    struct loop_timer *timer;
    struct watched *watched;
    loop_fn *acted;
    void *arg;
};

static void act(struct curl_sockets *s, curl_socket_t fd, int events)
{
    int running;

    curl_multi_socket_action(s->multi, fd, events, &running);
    s->acted(s->arg);
}

static void on_timer(void *arg)
{
    act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static void on_ready(void *arg, int fd, unsigned ready)
{
    struct watched *w = arg;
    int events = (ready & LOOP_READ ? CURL_CSELECT_IN : 0) |
                 (ready & LOOP_WRITE ? CURL_CSELECT_OUT : 0);

    act(w->sockets, fd, events);
}

static struct watched *watched_add(struct curl_sockets *s, curl_socket_t fd)
{
    struct watched *w = xcalloc(1, sizeof(*w));

    w->sockets = s;
    w->fd = fd;
    w->next = s->watched;
    if (w->next)
        w->next->prev = w;
    s->watched = w;
    curl_multi_assign(s->multi, fd, w);
    return w;
}

static void watched_remove(struct watched *w)
{
    if (w->prev)
        w->prev->next = w->next;
    else
        w->sockets->watched = w->next;
    if (w->next)
        w->next->prev = w->prev;
    loop_io_free(w->io);
    free(w);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
                     void *socket_arg)
{
    struct curl_sockets *s = arg;
    struct watched *w = socket_arg;
    unsigned events =
        (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);

    (void)easy; /* the signature is libcurl's */
    if (what == CURL_POLL_REMOVE) {
        if (w)
            watched_remove(w);
        curl_multi_assign(s->multi, fd, NULL);
        return 0;
    }
    if (w == NULL)
        w = watched_add(s, fd);
    if (w->io)
        loop_io_free(TAKE(w->io));
    if (events)
        w->io = loop_io_new(s->loop, fd, events, on_ready, w, NULL);
    return events && w->io == NULL ? -1 : 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
    struct curl_sockets *s = arg;

    (void)multi; /* the signature is libcurl's */
    if (timeout_ms < 0)
        loop_timer_stop(s->timer);
    else
        loop_timer_start(s->timer, timeout_ms);
    return 0;
}

struct curl_sockets *curl_sockets_new(struct loop *loop, loop_fn *acted, void *arg,
                                      struct err *err)
{
    CURLM *multi = curl_multi_init();
    struct curl_sockets *s;

    if (multi == NULL) {
        err_set(err, ERR_IO, "libcurl cannot start");
        return NULL;
    }
    s = xcalloc(1, sizeof(*s));
    s->loop = loop;
    s->multi = multi;
    s->acted = acted;
    s->arg = arg;
    s->timer = loop_timer_new(loop, on_timer, s);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, s);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, s);
    return s;
}

void curl_sockets_free(struct curl_sockets *s)
{
    if (s == NULL)
        return;
    curl_multi_cleanup(s->multi);
    while (s->watched)
        watched_remove(s->watched);
    loop_timer_free(s->timer);
    free(s);
}

CURLM *curl_sockets_multi(const struct curl_sockets *s)
{
    return s->multi;
}

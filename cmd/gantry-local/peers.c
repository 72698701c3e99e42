#include "cmd/gantry-local/peers.h"

#include <stdlib.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "base/util.h"

/* Descriptors for everything else: the loop, files, streams of a terminal. */
#define RESERVE 64
/* A TLS connection takes some 30 kB. */
#define PEERS_MAX 10000

/* Belongs to its SSL. */
struct peer {
    TAILQ_ENTRY(peer) link;
    struct peers *peers; /* NULL: they are gone */
    struct bufferevent *bev;
    bool admitted;
    bool shed; /* told to go, and still counted */
};

TAILQ_HEAD(peer_list, peer);

struct peers {
    struct log *log;
    struct evconnlistener **listeners;
    size_t n_listeners, cap_listeners;
    size_t n, max;
    int index;             /* of SSL's data, where a peer is found */
    struct peer_list list; /* oldest first */
    bool resting;          /* so are the listeners */
    bool told;             /* the log knows that there are too many */
};

static size_t default_max(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
        return PEERS_MAX;
    if (files.rlim_cur <= 2 * RESERVE)
        return MAX((size_t)files.rlim_cur / 2, 1);
    return MIN((size_t)files.rlim_cur - RESERVE, PEERS_MAX);
}

static void rest(struct peers *p, bool resting)
{
    p->resting = resting;
    for (size_t i = 0; i < p->n_listeners; i++)
        if (resting)
            evconnlistener_disable(p->listeners[i]);
        else
            evconnlistener_enable(p->listeners[i]);
}

static void remove_peer(struct peers *p, struct peer *peer)
{
    TAILQ_REMOVE(&p->list, peer, link);
    p->n--;
    if (p->n < p->max / 2)
        p->told = false;
    if (!p->resting || p->n >= p->max)
        return;
    rest(p, false);
}

static void on_ssl_freed(void *ssl, void *data, CRYPTO_EX_DATA *all, int index,
                         long argl, void *argp)
{
    struct peer *peer = data;

    (void)ssl;
    (void)all;
    (void)index;
    (void)argl;
    (void)argp;
    if (peer && peer->peers)
        remove_peer(peer->peers, peer);
    free(peer);
}

struct peers *peers_new(struct log *log, size_t max)
{
    struct peers *p = xcalloc(1, sizeof(*p));

    p->log = log;
    p->max = max ? max : default_max();
    /* Never given back: connections may outlive the peers in the loop's hands. */
    p->index = SSL_get_ex_new_index(0, NULL, NULL, NULL, on_ssl_freed);
    TAILQ_INIT(&p->list);
    return p;
}

void peers_free(struct peers *p)
{
    struct peer *peer;

    if (!p)
        return;
    TAILQ_FOREACH(peer, &p->list, link)
    {
        peer->peers = NULL;
    }
    free(p->listeners);
    free(p);
}

void peers_watch(struct peers *p, struct evconnlistener *listener)
{
    GROW(p->listeners, p->n_listeners, p->cap_listeners);
    p->listeners[p->n_listeners++] = listener;
}

/* ---- too many ---- */

static struct peer *oldest_stranger(struct peers *p)
{
    struct peer *peer;

    TAILQ_FOREACH(peer, &p->list, link)
    {
        if (!peer->admitted && !peer->shed)
            return peer;
    }
    return NULL;
}

static void complain(struct peers *p)
{
    if (!p->told)
        log_warn(p->log,
                 "%zu connections are open, and more would leave no descriptors: those "
                 "that show no token are closed, oldest first (ulimit -n raises this)",
                 p->n);
    p->told = true;
}

/* `newest` has had no time to show anything yet. */
static void make_room(struct peers *p, const struct peer *newest)
{
    struct peer *stranger = oldest_stranger(p);

    complain(p);
    rest(p, true);
    if (!stranger || stranger == newest)
        return;
    stranger->shed = true;
    /* The loop sees the end of the stream and takes the connection down. */
    shutdown(bufferevent_getfd(stranger->bev), SHUT_RDWR);
}

void peers_add(struct peers *p, struct bufferevent *bev)
{
    struct peer *peer = xcalloc(1, sizeof(*peer));

    peer->peers = p;
    peer->bev = bev;
    TAILQ_INSERT_TAIL(&p->list, peer, link);
    p->n++;
    SSL_set_ex_data(bufferevent_openssl_get_ssl(bev), p->index, peer);
    if (p->n >= p->max)
        make_room(p, peer);
}

void peers_admit(struct peers *p, struct bufferevent *bev)
{
    struct peer *peer = SSL_get_ex_data(bufferevent_openssl_get_ssl(bev), p->index);

    if (peer)
        peer->admitted = true;
}

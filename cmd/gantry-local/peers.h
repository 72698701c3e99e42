/*
 * peers - the connections of the HTTP front end, so many and no more.
 *
 * Past the limit of descriptors accept(2) fails at once and for ever, and the loop
 * spins. So the listeners rest while `max` connections are open, and the oldest whose
 * peer has not shown the token is closed to make room: idle strangers keep nobody out.
 */
#ifndef GANTRY_LOCAL_PEERS_H
#define GANTRY_LOCAL_PEERS_H

#include <stddef.h>

#include "base/log.h"

struct bufferevent;
struct evconnlistener;
struct peers;

/* `max` 0: as many as the process may have descriptors, but some. `log` (NULL: silent)
 * is lent. */
struct peers *peers_new(struct log *log, size_t max);
/* Connections that are still there are forgotten, not closed. NULL is fine. */
void peers_free(struct peers *p);

/* Where connections come from, one call for each; lent. */
void peers_watch(struct peers *p, struct evconnlistener *listener);
/* A new connection, over TLS; it counts until its SSL is freed. */
void peers_add(struct peers *p, struct bufferevent *bev);
/* Its peer has shown the token. */
void peers_admit(struct peers *p, struct bufferevent *bev);

#endif

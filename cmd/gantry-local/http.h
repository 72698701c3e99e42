/*
 * http - the front end for real clients: HTTP/1.1 over TLS on loopback, where nothing
 * else is asked for.
 *
 * libevent's evhttp, with its known traps closed: its timeouts would cut quiet watches
 * (both are cleared on streams), and it would read without bound what a peer sends
 * during a watch (a read watermark). A stream's connection is closed behind it.
 */
#ifndef GANTRY_LOCAL_HTTP_H
#define GANTRY_LOCAL_HTTP_H

#include "base/log.h"
#include "base/loop.h"
#include "cmd/gantry-local/app.h"
#include "cmd/gantry-local/auth.h"

struct http;

struct http_config {
    struct loop *loop; /* a real one */
    struct api_app *app;
    struct ssl_ctx_st *tls;  /* server side */
    const struct auth *auth; /* whose token is asked for; NULL: whom TLS lets in */
    const char *user;        /* who everybody let in is */
    const char *address;     /* IPv4; NULL: 127.0.0.1 */
    bool anywhere;           /* else addresses of 127.0.0.0/8 alone */
    int port;                /* 0: any that is free */
    struct log *log;         /* NULL: silent */
    size_t max_connections;  /* 0: what descriptors allow */
    int idle_sec;            /* until a connection without requests is closed; 0: 600 */
};

/* Listens. What the config points to must outlive the server. NULL and
 * err; ERR_EXISTS: the port is taken. */
struct http *http_new(const struct http_config *config, struct err *err);
/* Breaks what is open. */
void http_free(struct http *http);
int http_port(const struct http *http);

/* From now on nothing is sent: whole answers and what streams say are held back, until
 * http_release. For an app whose answers must wait for something; called from within
 * its `handle`, or later. */
void http_hold(struct http *http);
void http_release(struct http *http);
/* It will take long: what is held answers 500, since what came of it is not known,
 * streams wait on, and requests are answered 503 with `why`; until http_release. */
void http_refuse(struct http *http, const char *why);

/* Listens on one more address, on any free port, which is returned. -1 and err. */
int http_listen(struct http *http, const char *address, struct err *err);

#endif

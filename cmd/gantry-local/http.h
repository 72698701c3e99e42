/*
 * http - the front end for real clients: HTTP/1.1 over TLS on loopback.
 *
 * libevent's evhttp, with its known traps closed: its timeouts would cut quiet watches
 * (both are cleared on streams), and it would read without bound what a peer sends
 * during a watch (a read watermark). A stream's connection is closed behind it.
 */
#ifndef GANTRY_LOCAL_HTTP_H
#define GANTRY_LOCAL_HTTP_H

#include "cmd/gantry-local/apiserver.h"
#include "cmd/gantry-local/auth.h"

struct http;

struct http_config {
    struct loop *loop; /* a real one */
    struct apiserver *server;
    const struct auth *auth;
    const char *user;       /* who everybody with the token is */
    int port;               /* 0: any that is free */
    struct log *log;        /* NULL: silent */
    size_t max_connections; /* 0: what descriptors allow */
};

/* Listens on 127.0.0.1. What the config points to must outlive the server. NULL and
 * err; ERR_EXISTS: the port is taken. */
struct http *http_new(const struct http_config *config, struct err *err);
/* Breaks what is open. */
void http_free(struct http *http);
int http_port(const struct http *http);

#endif

/*
 * transport_curl - the transport to real servers: libcurl's multi interface on the
 * loop.
 *
 * HTTP/2 where the server has it (many calls on one connection), else HTTP/1.1 with
 * kept-alive connections, at most 64. Only the configured CA is trusted
 * (CAPATH is cleared, since the OpenSSL backend would load the built-in one beside the
 * blob). GET and LIST accept gzip; streams do not (kubernetes-1.37 notes: libcurl 7.88
 * fails on several gzip members). TCP keep-alive 30 s/5 s and TCP_USER_TIMEOUT notice
 * dead peers. A stream's quiet limit uses LOW_SPEED. The bearer token is read again
 * from its file every minute and after a 401.
 *
 * libcurl sends a request again by itself when a kept connection dies under it, or when
 * an HTTP/2 server refuses its stream by GOAWAY; it does not say which. So only a GET
 * goes again: a write ends as CUT, though a refused one could be repeated safely.
 *
 * Ceilings: an ordinary answer RESPONSE_MAX (64 MiB); header block 64 KiB.
 */
#ifndef GANTRY_KUBECLIENT_TRANSPORT_CURL_H
#define GANTRY_KUBECLIENT_TRANSPORT_CURL_H

#include "base/loop.h"
#include "kubeclient/config.h"
#include "kubeclient/transport.h"

#define TRANSPORT_RESPONSE_MAX (64u << 20)

/* `config` is copied; `user_agent` is "gantry-controller/0.1 (linux/amd64)". The loop
 * must be a real one and outlive the transport. NULL and err on failure. */
struct transport *transport_curl_new(struct loop *loop, const struct kc_config *config,
                                     const char *user_agent, struct err *err);

#endif

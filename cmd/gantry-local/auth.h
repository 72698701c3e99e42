/*
 * auth - who gets in: a CA of our own, a server certificate, one random token.
 *
 *   DIR/pki/         certificates (pki.h)
 *   DIR/token        256 random bits in hex; reused
 *   DIR/kubeconfig   server, CA and token; written at every start
 *   DIR/port         of the last start
 *   DIR/lock         held while open: one server for each directory
 *
 * Secrets are of mode 0600, and every file is written beside its place and renamed into
 * it, so that no reader sees half of one.
 */
#ifndef GANTRY_LOCAL_AUTH_H
#define GANTRY_LOCAL_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ssl_ctx_st;

struct auth;

/* Opens DIR, making it (mode 0700) and what is missing in it. NULL and err: what cannot
 * be made, or a file that is there but damaged, by path; ERR_EXISTS: another process
 * serves DIR; ERR_FORBIDDEN: DIR is not ours alone. */
struct auth *auth_open(const char *dir, int64_t now_sec, struct err *err);
void auth_free(struct auth *auth);

/* Server side TLS, 1.2 at least; auth's own. */
struct ssl_ctx_st *auth_tls(const struct auth *auth);

/* Is this the value of an Authorization header that lets in? Takes as long for every
 * token. NULL: no. */
bool auth_admits(const struct auth *auth, const char *authorization);

/* The port of the last time; 0: none is known. */
int auth_kept_port(const struct auth *auth);
/* Writes DIR/kubeconfig for https://127.0.0.1:port, and keeps the port. */
int auth_write_kubeconfig(const struct auth *auth, int port, struct err *err);
const char *auth_kubeconfig_path(const struct auth *auth);

#endif

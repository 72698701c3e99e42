/*
 * pki - a certificate authority of our own, and the server certificate that it signs.
 *
 *   DIR/pki/ca.crt, ca.key    made once, reused
 *   DIR/pki/server.crt, .key  likewise; made anew when missing or about to expire
 *   DIR/pki/client.crt, .key  likewise, for who asks servers that trust this CA
 *
 * Keys are of mode 0600.
 */
#ifndef GANTRY_LOCAL_PKI_H
#define GANTRY_LOCAL_PKI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ssl_ctx_st;

struct pki {
    char *ca_pem;           /* what clients are to trust */
    struct ssl_ctx_st *tls; /* server side, 1.2 at least */
};

/* Opens DIR/pki, making what is missing. A file that is there but damaged is an error
 * that says what to remove. */
int pki_open(struct pki *ret, const char *dir, int64_t now_sec, struct err *err);
void pki_fini(struct pki *pki); /* a zeroed one is fine */

/* The subject of the client certificates that are made here. */
#define PKI_CLIENT_NAME "gantry-local apiserver"

/* The client certificate of DIR and its key, in PEM, heap; pki_open comes first. */
int pki_open_client(const char *dir, int64_t now_sec, char **ret_cert, char **ret_key,
                    struct err *err);

/* Server side: who shows no client certificate signed by one of `ca_pem` is not let in;
 * with `ours_only` it must be PKI_CLIENT_NAME's, too. */
int pki_require_client(struct ssl_ctx_st *tls, const char *ca_pem, bool ours_only,
                       struct err *err);

#endif

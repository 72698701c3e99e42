/*
 * pki - a certificate authority of our own, and the server certificate that it signs.
 *
 *   DIR/pki/ca.crt, ca.key    made once, reused
 *   DIR/pki/server.crt, .key  likewise; made anew when missing or about to expire
 *
 * Keys are of mode 0600.
 */
#ifndef GANTRY_LOCAL_PKI_H
#define GANTRY_LOCAL_PKI_H

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

#endif

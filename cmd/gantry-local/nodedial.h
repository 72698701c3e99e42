/*
 * nodedial - how the API server reaches a node's own endpoint (its logs).
 *
 * One transport for each request, freed with it. In life it is libcurl's, with the API
 * server's client certificate; tests give a direct one.
 */
#ifndef GANTRY_LOCAL_NODEDIAL_H
#define GANTRY_LOCAL_NODEDIAL_H

#include "base/loop.h"
#include "kubeclient/transport.h"

struct node_endpoint {
    const char *address; /* IPv4 */
    int port;
    const char *ca_pem; /* what its certificate is to be signed by; NULL: not checked,
                           as a kube-apiserver does by default */
};

struct node_dialer {
    /* NULL and err. */
    struct transport *(*dial)(struct node_dialer *d, const struct node_endpoint *to,
                              struct err *err);
    void (*free)(struct node_dialer *d);
};

/* `cert_pem` and `key_pem` are who we are; copied. */
struct node_dialer *nodedial_curl_new(struct loop *loop, const char *cert_pem,
                                      const char *key_pem);

/* NULL is fine. */
static inline void nodedial_free(struct node_dialer *d)
{
    if (d)
        d->free(d);
}

#endif

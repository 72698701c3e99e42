/*
 * nodelogs - the log endpoint of a node program: HTTPS on each node's own loopback
 * address, or on the one address of all, for the API server and nobody else.
 *
 * Its certificate is from a CA of its own (DIR/pki), which the Nodes name; who asks
 * shows a client certificate.
 */
#ifndef GANTRY_LOCAL_NODELOGS_H
#define GANTRY_LOCAL_NODELOGS_H

#include "base/log.h"
#include "base/loop.h"
#include "cmd/gantry-local/kubelet.h"

struct nodelogs;

struct nodelogs_config {
    struct loop *loop; /* a real one */
    struct log *log;   /* NULL: silent */
    const char *dir;
    /* PEM: who signs the API server's client certificate. */
    const char *client_ca;
    /* It signs others', too: only that of gantry-local's API server is let in. */
    bool ours_only;
    int port; /* of the one address of all; 0: any that is free */
};

/* NULL and err. */
struct nodelogs *nodelogs_new(const struct nodelogs_config *config, struct err *err);
/* Before the kubelet. NULL is fine. */
void nodelogs_free(struct nodelogs *n);

/* For kubelet_options. */
const char *nodelogs_serving_ca(const struct nodelogs *n);
/* Listens for all of the kubelet's nodes, and has them tell where. -1 and err. */
int nodelogs_serve(struct nodelogs *n, struct kubelet *k, struct err *err);

#endif

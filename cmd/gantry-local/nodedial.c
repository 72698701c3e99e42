#include "cmd/gantry-local/nodedial.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/transport_curl.h"

#define USER_AGENT "gantry-local-apiserver/0.1 (linux)"
/* Nodes have the certificates that pki.h makes: they name this host, not the loopback
 * address of the day. */
#define CERTIFICATE_HOST "localhost"

struct curl_dialer {
    struct node_dialer base;
    struct loop *loop;
    char *cert_pem, *key_pem;
};

static struct transport *dial(struct node_dialer *base, const struct node_endpoint *to,
                              struct err *err)
{
    const struct curl_dialer *d = (const struct curl_dialer *)base;
    AUTO_FREE char *server = xasprintf("https://%s:%d", to->address, to->port);
    static char host[] = CERTIFICATE_HOST;
    AUTO_FREE char *ca = xstrdup_null(to->ca_pem);
    const struct kc_config config = {
        .server = server,
        .tls_server_name = ca ? host : NULL,
        .ca_pem = ca,
        .insecure = !ca,
        .client_cert_pem = d->cert_pem,
        .client_key_pem = d->key_pem,
    };

    return transport_curl_new(d->loop, &config, USER_AGENT, err);
}

static void curl_dialer_free(struct node_dialer *base)
{
    struct curl_dialer *d = (struct curl_dialer *)base;

    explicit_bzero(d->key_pem, strlen(d->key_pem));
    free(d->cert_pem);
    free(d->key_pem);
    free(d);
}

struct node_dialer *nodedial_curl_new(struct loop *loop, const char *cert_pem,
                                      const char *key_pem)
{
    struct curl_dialer *d = xcalloc(1, sizeof(*d));

    d->base.dial = dial;
    d->base.free = curl_dialer_free;
    d->loop = loop;
    d->cert_pem = xstrdup(cert_pem);
    d->key_pem = xstrdup(key_pem);
    return &d->base;
}

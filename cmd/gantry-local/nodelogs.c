#include "cmd/gantry-local/nodelogs.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/http.h"
#include "cmd/gantry-local/pki.h"

struct nodelogs {
    struct loop *loop;
    struct log *log;
    int port;
    struct pki pki;
    struct http *http; /* NULL until it serves */
};

struct nodelogs *nodelogs_new(const struct nodelogs_config *config, struct err *err)
{
    struct nodelogs *n = xcalloc(1, sizeof(*n));

    n->loop = config->loop;
    n->log = config->log;
    n->port = config->port;
    if (pki_open(&n->pki, config->dir, loop_now_sec(config->loop), err) == 0 &&
        pki_require_client(n->pki.tls, config->client_ca, config->ours_only, err) == 0)
        return n;
    nodelogs_free(n);
    return NULL;
}

void nodelogs_free(struct nodelogs *n)
{
    if (!n)
        return;
    http_free(n->http);
    pki_fini(&n->pki);
    free(n);
}

const char *nodelogs_serving_ca(const struct nodelogs *n)
{
    return n->pki.ca_pem;
}

int nodelogs_serve(struct nodelogs *n, struct kubelet *k, struct err *err)
{
    const struct http_config config = {.loop = n->loop,
                                       .app = kubelet_logs(k),
                                       .tls = n->pki.tls,
                                       .user = "apiserver",
                                       .address = kubelet_address(k, 0),
                                       .anywhere = true,
                                       .port = n->port,
                                       .log = n->log};

    n->http = http_new(&config, err);
    if (!n->http)
        return -1;
    for (size_t i = 0; i < kubelet_count(k); i++) {
        const bool shared = strcmp(kubelet_address(k, i), config.address) == 0;
        const int port = shared ? http_port(n->http)
                                : http_listen(n->http, kubelet_address(k, i), err);

        if (port < 0)
            return -1;
        kubelet_set_log_port(k, i, port);
    }
    return 0;
}

/*
 * curl_target - a server's address, taken apart once into what libcurl wants for each
 * request.
 */
#ifndef GANTRY_KUBECLIENT_CURL_TARGET_H
#define GANTRY_KUBECLIENT_CURL_TARGET_H

#include <stdbool.h>

#include "base/err.h"

struct curl_target {
    char *base;        /* URL without a slash at the end; paths are put behind it */
    char *connect_to;  /* "::host:port" where the URL names another host; NULL */
    char *host_header; /* "Host: ..." likewise; NULL */
    bool https;
    bool loopback; /* never through a proxy */
};

/* `tls_server_name` NULL: the server's own host. libcurl takes the name for SNI and the
 * certificate from the URL alone, so a different one stands there, and the connection
 * is aimed elsewhere. */
int curl_target_init(struct curl_target *target, const char *server,
                     const char *tls_server_name, struct err *err);
void curl_target_fini(struct curl_target *target);

#endif

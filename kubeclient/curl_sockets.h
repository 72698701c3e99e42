/*
 * curl_sockets - a libcurl multi handle on the loop: its sockets and its timer.
 *
 * `acted` is called after libcurl has worked, outside of all of its callbacks, so that
 * whatever is done there may start and cancel transfers.
 */
#ifndef GANTRY_KUBECLIENT_CURL_SOCKETS_H
#define GANTRY_KUBECLIENT_CURL_SOCKETS_H

#include <curl/curl.h>

#include "base/loop.h"

struct curl_sockets;

/* Makes the multi handle, too. NULL and err on failure. */
struct curl_sockets *curl_sockets_new(struct loop *loop, loop_fn *acted, void *arg,
                                      struct err *err);
/* All easy handles must have been removed. */
void curl_sockets_free(struct curl_sockets *s);
CURLM *curl_sockets_multi(const struct curl_sockets *s);

#endif

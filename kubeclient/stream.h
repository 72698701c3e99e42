/*
 * stream - a long answer as it comes: a container's log, followed.
 *
 * A started stream ends in exactly one of `refused` and `ended`, or by kc_stream_free,
 * which may be called from every callback. However long nothing comes, it stays.
 */
#ifndef GANTRY_KUBECLIENT_STREAM_H
#define GANTRY_KUBECLIENT_STREAM_H

#include "kubeclient/client.h"

struct kc_stream;

struct kc_stream_ops {
    void (*bytes)(void *arg, const char *bytes, size_t len);
    /* The answer was none of 200, or there was no connection. */
    void (*refused)(void *arg, const struct kc_result *result);
    /* `cut`: NULL when all of it came, else why it broke. */
    void (*ended)(void *arg, const char *cut);
};

/* GET `path`, with its query. `ops` must stay. NULL and err: not started. */
struct kc_stream *kc_stream_start(struct kc_client *client, const char *path,
                                  const struct kc_stream_ops *ops, void *arg,
                                  struct err *err);
void kc_stream_free(struct kc_stream *s); /* NULL is fine */

#endif

/*
 * probe - is the API server there, and does it take our credentials?
 *
 * Every daemon asks before it begins. Wrong credentials stay wrong: 401 and 403 end the
 * probe as refused. A server that does not answer may come yet, and so may a custom
 * resource that it does not serve: what is missing is logged once, and asked for again
 * every PROBE_RETRY_MS.
 */
#ifndef GANTRY_KUBECLIENT_PROBE_H
#define GANTRY_KUBECLIENT_PROBE_H

#include "base/log.h"
#include "kubeclient/client.h"

#define PROBE_RETRY_MS 2000

struct kc_probe;

/* Lists one object of `resource`. `done` is called once: `refusal` is NULL when the
 * server answered, else one line for people. */
struct kc_probe *kc_probe_new(struct kc_client *client,
                              const struct kc_resource *resource, struct log *log,
                              void (*done)(void *arg, const char *refusal), void *arg);
void kc_probe_free(
    struct kc_probe *p); /* NULL is fine; may be called from within `done` */

#endif

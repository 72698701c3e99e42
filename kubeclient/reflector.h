/*
 * reflector - the list and watch of one collection: what cache.h draws, without the
 * objects. It keeps only the position (resourceVersion) and tells what it sees.
 *
 * Between list_begin and list_end every object that exists is told at least once; what
 * was known before and was not told has vanished. A list that fails begins again with
 * another list_begin. Outside of a list, events come in the order of the server, each
 * once: one that is not newer than the position is a repetition and is dropped.
 */
#ifndef GANTRY_KUBECLIENT_REFLECTOR_H
#define GANTRY_KUBECLIENT_REFLECTOR_H

#include "kubeclient/cache.h"
#include "kubeclient/client.h"

struct kc_reflector;

struct kc_reflector_ops {
    void (*list_begin)(void *arg);
    void (*object)(void *arg, bool deleted, const struct json *object);
    void (*list_end)(void *arg);
    void (*trouble)(void *arg, const char *line);
};

/* Starts at once. `ops` must stay, `spec` is copied. */
struct kc_reflector *kc_reflector_new(struct kc_client *client,
                                      const struct kc_cache_spec *spec,
                                      const struct kc_reflector_ops *ops, void *arg);
void kc_reflector_free(struct kc_reflector *r);
const char *kc_reflector_version(const struct kc_reflector *r);
void kc_reflector_relist(struct kc_reflector *r);

#endif

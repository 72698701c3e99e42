/*
 * cache - a local copy of one resource, kept true by list and watch.
 *
 * The cache turns each object into the caller's own small struct (`make`) and forgets
 * the tree: ten thousand objects cost what is kept of them. It asks for a streaming
 * list (sendInitialEvents, kubernetes-notes §2) and falls back to a paged LIST when
 * that is refused; afterwards it follows the watch, reconnecting from the last
 * resourceVersion.
 *
 *             +--------- 410, or error that needs a fresh list --------+
 *             v                                                        |
 *   IDLE -> LISTING -- initial-events-end / last page --> WATCHING ----+
 *             ^   |                                        |    ^
 *             +---+ back-off 0.8 s .. 30 s, jittered       +----+ clean end: rewatch
 *
 * After a relist, objects that vanished meanwhile are told as deleted, so the caller
 * sees one consistent history per object. An object deleted and made again under the
 * same name (uid differs) is told as deleted, then added. A cut or malformed watch line
 * is dropped and the watch resumes from the last whole event. One line may have at most
 * CACHE_LINE_MAX bytes; a longer one ends the watch with a report.
 */
#ifndef GANTRY_KUBECLIENT_CACHE_H
#define GANTRY_KUBECLIENT_CACHE_H

#include "kubeclient/client.h"

#define CACHE_LINE_MAX (8u << 20)

struct kc_cache;

enum kc_change { KC_ADDED, KC_MODIFIED, KC_DELETED };

struct kc_cache_ops {
    /* Makes the caller's item of an object; NULL: keep nothing of it (then it is not
     * told; an item that was there is told as deleted). Items of a paged list carry no
     * kind. */
    void *(*make)(void *arg, const struct json *object);
    /* `old_item` is NULL for ADDED, `new_item` NULL for DELETED. For MODIFIED, both.
     * Items are the cache's; old_item is freed when the callback returns. `object` is
     * the whole document as it came, lent; NULL when a deletion was inferred by a
     * relist. */
    void (*changed)(void *arg, enum kc_change change, void *old_item, void *new_item,
                    const struct json *object);
    void (*free_item)(void *item);
    /* The first list is complete (called once), then after every later relist too. */
    void (*synced)(void *arg);
    /* Something went wrong and is being retried; one line. */
    void (*trouble)(void *arg, const char *line);
};

struct kc_cache_spec {
    const struct kc_resource *resource;
    const char *ns;             /* NULL: all */
    const char *label_selector; /* NULL */
    const char *field_selector; /* NULL */
    int64_t watch_sec;          /* timeoutSeconds; 0: 300 to 600 at random */
};

/* Strings of the spec are copied. `ops` must stay. Starts at once. */
struct kc_cache *kc_cache_new(struct kc_client *client,
                              const struct kc_cache_spec *spec,
                              const struct kc_cache_ops *ops, void *arg);
/* Frees all items, without telling. Not from within the cache's own callbacks (in which
 * kc_cache_relist is fine). */
void kc_cache_free(struct kc_cache *cache);

bool kc_cache_is_synced(const struct kc_cache *cache);
/* Item by namespace (NULL for cluster-scoped) and name; NULL when absent. */
void *kc_cache_find(const struct kc_cache *cache, const char *ns, const char *name);
/* Lists that have begun so far, with the one under way: what became known of an object
 * by other ways while there were N is not in doubt before the end of list N + 1. */
uint64_t kc_cache_lists(const struct kc_cache *cache);
/* The last one that is complete; 0: none. */
uint64_t kc_cache_listed(const struct kc_cache *cache);
size_t kc_cache_count(const struct kc_cache *cache);
/* Calls fn on each item, in no order; fn must not end the cache. */
void kc_cache_each(const struct kc_cache *cache, void (*fn)(void *arg, void *item),
                   void *arg);
/* resourceVersion of the last event or list, "" before. */
const char *kc_cache_version(const struct kc_cache *cache);
/* Throws the copy's position away and lists afresh (rv unset: consistent). */
void kc_cache_relist(struct kc_cache *cache);

#endif

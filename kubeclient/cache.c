#include "kubeclient/cache.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/util.h"
#include "kubeclient/reflector.h"

/* "namespace/name": 63 + 1 + 253 by Kubernetes' rules, with room. */
#define KEY_MAX 400

struct entry {
    UT_hash_handle hh;
    void *item;
    char *uid;
    char *version;
    uint64_t round; /* of the list that saw it last */
    char key[];     /* "namespace/name", "/name" */
};

struct kc_cache {
    const struct kc_cache_ops *ops;
    void *arg;
    struct kc_reflector *reflector;
    struct entry *entries;  /* by key */
    uint64_t round, listed; /* the last list that has begun; that is complete */
    bool listing;
    bool synced;
};

/* ---- entries ---- */

static int make_key(char ret[KEY_MAX], const char *ns, const char *name)
{
    int n = snprintf(ret, KEY_MAX, "%s/%s", ns ? ns : "", name);

    return n < KEY_MAX ? 0 : -1;
}

static struct entry *entry_find(const struct kc_cache *cache, const char *key)
{
    struct entry *e = NULL;

    HASH_FIND_STR(cache->entries, key, e);
    return e;
}

static struct entry *entry_add(struct kc_cache *cache, const char *key)
{
    size_t len = strlen(key);
    struct entry *e = xcalloc(1, sizeof(*e) + len + 1);

    memcpy(e->key, key, len + 1);
    HASH_ADD_STR(cache->entries, key, e);
    return e;
}

static void entry_free(struct entry *e)
{
    free(e->uid);
    free(e->version);
    free(e);
}

static void entry_note(struct kc_cache *cache, struct entry *e,
                       const struct json *object)
{
    free(e->uid);
    free(e->version);
    e->uid = xstrdup(json_str_or(object, "metadata.uid", ""));
    e->version = xstrdup(json_str_or(object, "metadata.resourceVersion", ""));
    e->round = cache->round;
}

/* ---- telling ---- */

static void tell(struct kc_cache *cache, enum kc_change change, void *old_item,
                 void *new_item, const struct json *object)
{
    cache->ops->changed(cache->arg, change, old_item, new_item, object);
    if (old_item)
        cache->ops->free_item(old_item);
}

/* `object` NULL: inferred. */
static void entry_delete(struct kc_cache *cache, struct entry *e,
                         const struct json *object)
{
    void *item = e->item;

    HASH_DEL(cache->entries, e);
    entry_free(e);
    tell(cache, KC_DELETED, item, NULL, object);
}

static void store(struct kc_cache *cache, const char *key, struct entry *e,
                  const struct json *object)
{
    void *item = cache->ops->make(cache->arg, object);
    void *old = e ? e->item : NULL;

    if (item == NULL) {
        if (e)
            entry_delete(cache, e, object);
        return;
    }
    if (e == NULL)
        e = entry_add(cache, key);
    e->item = item;
    entry_note(cache, e, object);
    tell(cache, old ? KC_MODIFIED : KC_ADDED, old, item, object);
}

/* ---- what the reflector sees ---- */

static void on_list_begin(void *arg)
{
    struct kc_cache *cache = arg;

    cache->round++;
    cache->listing = true;
}

static void on_object(void *arg, bool deleted, const struct json *object)
{
    struct kc_cache *cache = arg;
    const char *name = json_str_or(object, "metadata.name", "");
    const char *uid = json_str_or(object, "metadata.uid", "");
    const char *version = json_str_or(object, "metadata.resourceVersion", "");
    char key[KEY_MAX];
    struct entry *e;

    if (name[0] == '\0' ||
        make_key(key, json_str(object, "metadata.namespace"), name) < 0) {
        cache->ops->trouble(cache->arg, "dropped an object without a proper name");
        return;
    }
    e = entry_find(cache, key);
    if (deleted) {
        /* The deletion of a predecessor says nothing about this one. */
        if (e && strcmp(e->uid, uid) == 0)
            entry_delete(cache, e, object);
        return;
    }
    if (e && strcmp(e->uid, uid) != 0) {
        entry_delete(cache, e, NULL);
        e = NULL;
    }
    if (e && cache->listing && version[0] && strcmp(e->version, version) == 0)
        e->round = cache->round; /* nothing happened to it meanwhile */
    else
        store(cache, key, e, object);
}

static void on_list_end(void *arg)
{
    struct kc_cache *cache = arg;
    struct entry *e, *next;

    HASH_ITER (hh, cache->entries, e, next) {
        if (e->round != cache->round)
            entry_delete(cache, e, NULL);
    }
    cache->listing = false;
    cache->listed = cache->round;
    cache->synced = true;
    cache->ops->synced(cache->arg);
}

static void on_trouble(void *arg, const char *line)
{
    struct kc_cache *cache = arg;

    cache->ops->trouble(cache->arg, line);
}

static const struct kc_reflector_ops reflector_ops = {on_list_begin, on_object,
                                                      on_list_end, on_trouble};

/* ---- life ---- */

struct kc_cache *kc_cache_new(struct kc_client *client,
                              const struct kc_cache_spec *spec,
                              const struct kc_cache_ops *ops, void *arg)
{
    struct kc_cache *cache = xcalloc(1, sizeof(*cache));

    assert(ops->make && ops->changed && ops->free_item && ops->synced && ops->trouble);
    cache->ops = ops;
    cache->arg = arg;
    cache->reflector = kc_reflector_new(client, spec, &reflector_ops, cache);
    return cache;
}

void kc_cache_free(struct kc_cache *cache)
{
    struct entry *e, *next;

    if (cache == NULL)
        return;
    kc_reflector_free(cache->reflector);
    HASH_ITER (hh, cache->entries, e, next) {
        HASH_DEL(cache->entries, e);
        cache->ops->free_item(e->item);
        entry_free(e);
    }
    free(cache);
}

/* ---- reading ---- */

bool kc_cache_is_synced(const struct kc_cache *cache)
{
    return cache->synced;
}

void *kc_cache_find(const struct kc_cache *cache, const char *ns, const char *name)
{
    char key[KEY_MAX];
    struct entry *e = make_key(key, ns, name) == 0 ? entry_find(cache, key) : NULL;

    return e ? e->item : NULL;
}

uint64_t kc_cache_lists(const struct kc_cache *cache)
{
    return cache->round;
}

uint64_t kc_cache_listed(const struct kc_cache *cache)
{
    return cache->listed;
}

size_t kc_cache_count(const struct kc_cache *cache)
{
    return HASH_COUNT(cache->entries);
}

void kc_cache_each(const struct kc_cache *cache, void (*fn)(void *arg, void *item),
                   void *arg)
{
    struct entry *e, *next;

    HASH_ITER (hh, cache->entries, e, next) {
        fn(arg, e->item);
    }
}

const char *kc_cache_version(const struct kc_cache *cache)
{
    return kc_reflector_version(cache->reflector);
}

void kc_cache_relist(struct kc_cache *cache)
{
    kc_reflector_relist(cache->reflector);
}

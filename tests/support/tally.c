#include "tests/support/tally.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"

struct tally {
    struct kc_cache *cache;
    tally_fn *meets;
    size_t count;
};

static void *make(void *arg, const struct json *object)
{
    struct tally *t = arg;
    bool *item = xmalloc(sizeof(*item));

    *item = t->meets(object);
    return item;
}

static void changed(void *arg, enum kc_change change, void *old_item, void *new_item,
                    const struct json *object)
{
    struct tally *t = arg;
    const bool *was = old_item, *is = new_item;

    (void)change, (void)object; /* the items say it all */
    t->count += is && *is;
    t->count -= was && *was;
}

static void synced(void *arg)
{
    (void)arg; /* asked for by tally_is_synced */
}

static void trouble(void *arg, const char *line)
{
    (void)arg;
    fprintf(stderr, "  watch: %s\n", line);
}

static const struct kc_cache_ops ops = {make, changed, free, synced, trouble};

struct tally *tally_new(struct kc_client *client, const struct kc_cache_spec *spec,
                        tally_fn *meets)
{
    struct tally *t = xcalloc(1, sizeof(*t));

    t->meets = meets;
    t->cache = kc_cache_new(client, spec, &ops, t);
    return t;
}

void tally_free(struct tally *t)
{
    if (!t)
        return;
    kc_cache_free(t->cache);
    free(t);
}

bool tally_is_synced(const struct tally *t)
{
    return kc_cache_is_synced(t->cache);
}

size_t tally_count(const struct tally *t)
{
    return t->count;
}

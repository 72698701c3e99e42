#include "tests/support/cachetest.h"

#include <stdlib.h>

#include <check.h>

#include "base/util.h"

/* ---- what is told ---- */

static void add_word(struct cachetest *t, const char *word)
{
    if (t->text.len > 0)
        str_addc(&t->text, '|');
    str_add(&t->text, word);
}

static void *make_item(void *arg, const struct json *object)
{
    struct cachetest_item *item;

    (void)arg;
    if (json_at(object, "metadata.labels"))
        return NULL; /* labelled: not kept */
    item = xcalloc(1, sizeof(*item));
    item->name = xstrdup(json_str(object, "metadata.name"));
    item->version = xstrdup(json_str_or(object, "metadata.resourceVersion", "-"));
    return item;
}

static void free_item(void *arg)
{
    struct cachetest_item *item = arg;

    free(item->name);
    free(item->version);
    free(item);
}

static void on_changed(void *arg, enum kc_change change, void *old_item, void *new_item,
                       const struct json *object)
{
    struct cachetest *t = arg;
    const struct cachetest_item *old = old_item, *new = new_item;
    AUTO_FREE char *word = NULL;

    switch (change) {
    case KC_ADDED:
        ck_assert(old == NULL && new != NULL &&object != NULL);
        word = xasprintf("added %s %s", new->name, new->version);
        break;
    case KC_MODIFIED:
        ck_assert(old != NULL && new != NULL &&object != NULL);
        word = xasprintf("modified %s %s>%s", new->name, old->version, new->version);
        break;
    case KC_DELETED:
        ck_assert(old != NULL && new == NULL);
        word = xasprintf("%s %s %s", object ? "deleted" : "vanished", old->name,
                         old->version);
        ck_assert(kc_cache_find(t->cache, "a", old->name) == NULL);
        break;
    }
    if (new)
        ck_assert(kc_cache_find(t->cache, "a", new->name) == new);
    add_word(t, word);
}

static void on_synced(void *arg)
{
    struct cachetest *t = arg;

    add_word(t, "synced");
    ck_assert(kc_cache_is_synced(t->cache));
    if (t->relist_when_synced)
        kc_cache_relist(t->cache);
    t->relist_when_synced = false;
}

static void on_trouble(void *arg, const char *line)
{
    add_word(arg, line);
}

static const struct kc_cache_ops ops = {make_item, on_changed, free_item, on_synced,
                                        on_trouble};

const struct kc_cache_spec cachetest_spec = {
    .resource = &kc_configmaps, .ns = "a", .watch_sec = 300};

/* ---- life ---- */

void cachetest_init(struct cachetest *c, const char *name,
                    const struct exchange *script, const struct kc_cache_spec *spec)
{
    *c = (struct cachetest){.t = transcript_new(name, script)};
    str_init(&c->text, 1 << 20);
    c->cache = kc_cache_new(c->t->client, spec, &ops, c);
    ck_assert_uint_eq(c->t->asked, 0);
    ck_assert_str_eq(kc_cache_version(c->cache), "");
}

void cachetest_fini(struct cachetest *c)
{
    kc_cache_free(c->cache);
    transcript_free(c->t);
    str_fini(&c->text);
}

void cachetest_expect(const struct cachetest *c, const char *name, const char *told)
{
    ck_assert_msg(str_eq(c->text.s, told), "%s: told\n  %s\nnot\n  %s", name, c->text.s,
                  told);
}

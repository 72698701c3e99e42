#include "cmd/gantry-local/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/util.h"

struct entry {
    struct object *object; /* its key is the entry's; NULL in a past that lacks it */
    UT_hash_handle hh;
};

struct table {
    char *name;
    struct entry *entries;
    UT_hash_handle hh;
};

struct listener {
    store_event_fn *fn;
    void *arg;
};

struct store {
    struct table *tables;
    int64_t version;
    int64_t forgotten; /* positions from here on can be resumed */
    struct store_event *ring;
    size_t ring_cap;
    size_t ring_at; /* oldest event */
    size_t ring_n;
    struct listener keeper; /* fn NULL: none */
    struct listener *listeners;
    size_t n_listeners, listeners_cap;
};

struct store *store_new(int64_t first_version, size_t history_events)
{
    struct store *s = xcalloc(1, sizeof(*s));

    s->version = first_version;
    s->forgotten = first_version;
    s->ring_cap = history_events;
    s->ring = xcalloc(history_events, sizeof(*s->ring));
    return s;
}

static void event_fini(struct store_event *e)
{
    object_unref(e->object);
    object_unref(e->previous);
}

void store_compact(struct store *s)
{
    while (s->ring_n > 0) {
        event_fini(&s->ring[s->ring_at]);
        s->ring_at = (s->ring_at + 1) % s->ring_cap;
        s->ring_n--;
    }
    s->forgotten = s->version;
}

static void table_free(struct table *t)
{
    struct entry *e, *tmp;

    HASH_ITER (hh, t->entries, e, tmp) {
        HASH_DEL(t->entries, e);
        object_unref(e->object);
        free(e);
    }
    free(t->name);
    free(t);
}

void store_free(struct store *s)
{
    struct table *t, *tmp;

    if (!s)
        return;
    store_compact(s);
    HASH_ITER (hh, s->tables, t, tmp) {
        HASH_DEL(s->tables, t);
        table_free(t);
    }
    free(s->listeners);
    free(s->ring);
    free(s);
}

struct table *store_table(struct store *s, const char *name)
{
    struct table *t;

    HASH_FIND_STR(s->tables, name, t);
    if (t)
        return t;
    t = xcalloc(1, sizeof(*t));
    t->name = xstrdup(name);
    HASH_ADD_KEYPTR(hh, s->tables, t->name, strlen(t->name), t);
    return t;
}

size_t table_count(const struct table *table)
{
    return HASH_COUNT(table->entries);
}

const char *table_name(const struct table *table)
{
    return table->name;
}

bool table_has_namespace(const struct table *table, const char *ns)
{
    for (const struct entry *e = table->entries; e; e = e->hh.next)
        if (strcmp(e->object->ns, ns) == 0)
            return true;
    return false;
}

int64_t store_version(const struct store *s)
{
    return s->version;
}

int64_t store_next_version(const struct store *s)
{
    return s->version + 1;
}

static struct entry *entry_find(const struct entry *entries, const char *key)
{
    struct entry *e;

    HASH_FIND_STR(entries, key, e);
    return e;
}

struct object *table_find(const struct table *table, const char *ns, const char *name)
{
    AUTO_FREE char *key = xasprintf("%s/%s", ns ? ns : "", name);
    const struct entry *e = entry_find(table->entries, key);

    return e ? e->object : NULL;
}

/* Puts the object (its reference is taken over) in the place of its key; returns the
 * reference that was there. */
static struct object *entries_put(struct entry **entries, struct object *take)
{
    struct entry *e = entry_find(*entries, take->key);
    struct object *old = NULL;

    if (e) {
        old = e->object;
        HASH_DEL(*entries, e);
    } else {
        e = xcalloc(1, sizeof(*e));
    }
    e->object = take;
    HASH_ADD_KEYPTR(hh, *entries, take->key, strlen(take->key), e);
    return old;
}

/* The event's references are the history's from here on. */
static void remember(struct store *s, const struct store_event *event)
{
    if (s->ring_n == s->ring_cap) {
        s->forgotten = s->ring[s->ring_at].version;
        event_fini(&s->ring[s->ring_at]);
        s->ring_at = (s->ring_at + 1) % s->ring_cap;
        s->ring_n--;
    }
    s->ring[(s->ring_at + s->ring_n) % s->ring_cap] = *event;
    s->ring_n++;
    if (s->keeper.fn)
        s->keeper.fn(s->keeper.arg, event);
    for (size_t i = 0; i < s->n_listeners; i++)
        s->listeners[i].fn(s->listeners[i].arg, event);
}

void store_put(struct store *s, struct table *table, struct object *take)
{
    assert(take->version == s->version + 1);
    s->version++;
    struct object *old = entries_put(&table->entries, take);
    const struct store_event event = {.version = s->version,
                                      .change = old ? CHANGE_MODIFIED : CHANGE_ADDED,
                                      .table = table,
                                      .object = object_ref(take),
                                      .previous = old};
    remember(s, &event);
}

void store_remove(struct store *s, struct table *table, struct object *take_last)
{
    struct entry *e = entry_find(table->entries, take_last->key);

    assert(e);
    s->version++;
    const struct store_event event = {.version = s->version,
                                      .change = CHANGE_DELETED,
                                      .table = table,
                                      .object = take_last,
                                      .previous = e->object};
    HASH_DEL(table->entries, e);
    free(e);
    remember(s, &event);
}

void store_keep(struct store *s, store_event_fn *fn, void *arg)
{
    s->keeper = (struct listener){fn, arg};
}

void store_restore(struct table *table, struct object *take)
{
    object_unref(entries_put(&table->entries, take));
}

void store_listen(struct store *s, store_event_fn *fn, void *arg)
{
    GROW(s->listeners, s->n_listeners, s->listeners_cap);
    s->listeners[s->n_listeners++] = (struct listener){fn, arg};
}

bool store_reaches(const struct store *s, int64_t version)
{
    return version >= s->forgotten && version <= s->version;
}

static const struct store_event *ring_event(const struct store *s, size_t i)
{
    return &s->ring[(s->ring_at + i) % s->ring_cap];
}

void store_replay(const struct store *s, const struct table *table, int64_t version,
                  store_event_fn *fn, void *arg)
{
    for (size_t i = 0; i < s->ring_n; i++) {
        const struct store_event *e = ring_event(s, i);
        if (e->table == table && e->version > version)
            fn(arg, e);
    }
}

static void list_add(struct object_list *list, struct object *o)
{
    GROW(list->items, list->n, list->cap);
    list->items[list->n++] = object_ref(o);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp((*(struct object *const *)a)->key, (*(struct object *const *)b)->key);
}

/* What stood otherwise at `version` than now: walking back from the newest event, the
 * last one seen of a key (the oldest after `version`) says what was before it. The
 * references are borrowed from the history. */
static struct entry *past_entries(const struct store *s, const struct table *table,
                                  int64_t version)
{
    struct entry *past = NULL, *e;

    for (size_t i = s->ring_n; i-- > 0;) {
        const struct store_event *event = ring_event(s, i);
        if (event->version <= version)
            break;
        if (event->table != table)
            continue;
        e = entry_find(past, event->object->key);
        if (!e) {
            e = xcalloc(1, sizeof(*e));
            HASH_ADD_KEYPTR(hh, past, event->object->key, strlen(event->object->key),
                            e);
        }
        e->object = event->previous;
    }
    return past;
}

static bool in_namespace(const struct object *o, const char *ns)
{
    return !ns || strcmp(o->ns, ns) == 0;
}

void store_list(const struct store *s, const struct table *table, const char *ns,
                int64_t version, struct object_list *ret)
{
    struct entry *past = past_entries(s, table, version);
    struct entry *e, *tmp;

    *ret = (struct object_list){0};
    for (e = table->entries; e; e = e->hh.next)
        if (in_namespace(e->object, ns) && !entry_find(past, e->object->key))
            list_add(ret, e->object);
    HASH_ITER (hh, past, e, tmp) {
        if (e->object && in_namespace(e->object, ns))
            list_add(ret, e->object);
        HASH_DEL(past, e);
        free(e);
    }
    if (ret->n > 0)
        qsort(ret->items, ret->n, sizeof(*ret->items), compare_keys);
}

void object_list_fini(struct object_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        object_unref(list->items[i]);
    free(list->items);
    *list = (struct object_list){0};
}

void store_each_table(struct store *s, void (*fn)(void *arg, struct table *table),
                      void *arg)
{
    for (struct table *t = s->tables; t; t = t->hh.next)
        fn(arg, t);
}

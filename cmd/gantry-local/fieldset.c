#include "cmd/gantry-local/fieldset.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

/* Sets stand four levels down in an object that must parse again (JSON_DEPTH_MAX): what
 * lies deeper is owned as a whole. */
#define FIELDSET_DEPTH_MAX 52

/* What the server says, or what says which object it is. */
static const char *const unowned_meta[] = {
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "selfLink",
    "managedFields",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
};

/* ---- elements ---- */

bool fieldset_is_granular(const struct schema *s, const struct json *value)
{
    if (json_is(value, JSON_OBJECT))
        return !schema_map_is_atomic(s);
    return json_is(value, JSON_ARRAY) && schema_list_type(s) != LIST_ATOMIC;
}

/* A key that an item lacks has its default. */
static char *item_key(const struct schema *s, const struct json *item)
{
    JSON_AUTO struct json *keys = json_new_object();
    const char *const *names = schema_list_keys(s);
    AUTO_FREE char *text = NULL;

    if (schema_list_type(s) == LIST_SET) {
        text = json_text(item, NULL);
        return xasprintf("v:%s", text);
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        const struct schema *field = schema_field(schema_items(s), names[i]);
        const struct json *v = json_get(item, names[i]);
        if (v == NULL && field != NULL)
            v = field->default_value;
        if (v != NULL)
            json_set(keys, names[i], json_copy(v));
    }
    text = json_text(keys, NULL);
    return xasprintf("k:%s", text);
}

static void add_element(struct elements *e, char *key, const struct schema *s,
                        struct json *value, size_t index)
{
    e->items[e->n] = (struct element){key, s, value, index};
    if (!json_get(e->index, key))
        json_set(e->index, key, json_new_int((int64_t)e->n));
    e->n++;
}

void elements_init(struct elements *e, const struct schema *s, const struct json *value)
{
    *e = (struct elements){.index = json_new_object()};
    if (!fieldset_is_granular(s, value))
        return;
    e->items = xcalloc(json_len(value) + 1, sizeof(*e->items));
    for (json_each (it, value))
        add_element(e, xasprintf("f:%s", it.key), schema_field(s, it.key), it.val, 0);
    for (size_t i = 0; json_is(value, JSON_ARRAY) && i < json_len(value); i++)
        add_element(e, item_key(s, json_item(value, i)), schema_items(s),
                    json_item(value, i), i);
}

void elements_fini(struct elements *e)
{
    for (size_t i = 0; i < e->n; i++)
        free(e->items[i].key);
    free(e->items);
    json_free(e->index);
}

const struct element *elements_find(const struct elements *e, const char *key)
{
    const struct json *at = json_get(e->index, key);

    return at == NULL ? NULL : &e->items[json_int(at)];
}

/* ---- sets ---- */

static bool is_dot(const char *key)
{
    return strcmp(key, ".") == 0;
}

bool fieldset_is_member(const struct json *set)
{
    return set != NULL && (json_len(set) == 0 || json_get(set, ".") != NULL);
}

static bool is_pointer(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->n_props; i++)
        if (strcmp(s->props[i].name, name) == 0)
            return s->props[i].numbers.pointer;
    return false;
}

/* Is what is new in `parent` a member itself, beside what is in it? Kubernetes compares
 * with an empty object of the type, in which structs (and lists that are never left
 * out) are there already. */
static bool appears(const struct schema *parent, const struct element *e)
{
    const char *name = e->key == NULL ? "metadata" : e->key + 2;

    if (e->key == NULL || strcmp(e->key, "f:metadata") == 0)
        return false;
    if (e->key[0] == 'k' || parent == NULL || !parent->is_core)
        return true;
    if (json_is(e->value, JSON_ARRAY) || (e->schema && e->schema->additional))
        return !schema_requires(parent, name);
    return is_pointer(parent, name);
}

/* How a set comes to be. */
enum how {
    NAMED,   /* by an apply, which owns what it names */
    BROUGHT, /* by an update, which owns what it brings */
    INSIDE,  /* in something that an update brings: all of it is new */
};

/* A list whose items are owned one by one, and there are none. */
static bool is_empty_list(const struct element *e)
{
    return json_is(e->value, JSON_ARRAY) && json_len(e->value) == 0 &&
           fieldset_is_granular(e->schema, e->value);
}

static struct json *set_of(const struct schema *parent, const struct element *of,
                           enum how how, unsigned depth)
{
    struct json *set = json_new_object();
    const bool is_item = of->key != NULL && of->key[0] == 'k';
    ELEMENTS_AUTO struct elements e;

    if (how == BROUGHT && appears(parent, of))
        how = INSIDE;
    elements_init(&e, depth < FIELDSET_DEPTH_MAX ? of->schema : NULL,
                  depth < FIELDSET_DEPTH_MAX ? of->value : NULL);
    if (e.n > 0 && (how == INSIDE || (how == NAMED && is_item)))
        json_set(set, ".", json_new_object());
    for (size_t i = 0; i < e.n; i++)
        if (!is_empty_list(&e.items[i]))
            json_set(set, e.items[i].key,
                     set_of(of->schema, &e.items[i], how, depth + 1));
    return set;
}

/* A set without members is none. */
static struct json *or_null(struct json *set)
{
    if (json_len(set) > 0)
        return set;
    json_free(set);
    return NULL;
}

static struct json *without_unowned(struct json *set)
{
    struct json *meta = json_get(set, "f:metadata");

    json_del(set, "f:apiVersion");
    json_del(set, "f:kind");
    for (size_t i = 0; meta != NULL && i < ARRAY_LEN(unowned_meta); i++) {
        AUTO_FREE char *key = xasprintf("f:%s", unowned_meta[i]);
        json_del(meta, key);
    }
    if (meta != NULL && json_len(meta) == 0)
        json_del(set, "f:metadata");
    return or_null(set);
}

struct json *fieldset_of_object(const struct schema *s, const struct json *object)
{
    const struct element root = {.schema = s, .value = (struct json *)object};

    return without_unowned(set_of(NULL, &root, NAMED, 0));
}

/* NULL: no difference. */
static struct json *changed(const struct schema *parent, const struct json *before,
                            const struct element *after, unsigned depth)
{
    const struct schema *s = after->schema;
    struct json *set;

    if (before == NULL || json_type(before) != json_type(after->value) ||
        !fieldset_is_granular(s, before) || depth >= FIELDSET_DEPTH_MAX)
        return before != NULL && json_equal(before, after->value)
                   ? NULL
                   : set_of(parent, after, BROUGHT, depth);
    set = json_new_object();
    ELEMENTS_AUTO struct elements old;
    ELEMENTS_AUTO struct elements new;
    elements_init(&old, s, before);
    elements_init(&new, s, after->value);
    for (size_t i = 0; i < new.n; i++) {
        const struct element *was = elements_find(&old, new.items[i].key);
        struct json *sub =
            changed(s, was == NULL ? NULL : was->value, &new.items[i], depth + 1);
        json_set(set, new.items[i].key, sub);
    }
    return or_null(set);
}

struct json *fieldset_changed(const struct schema *s, const struct json *before,
                              const struct json *after)
{
    const struct element root = {.schema = s, .value = (struct json *)after};
    struct json *set = changed(NULL, before, &root, 0);

    return set == NULL ? NULL : without_unowned(set);
}

struct json *fieldset_union(struct json *set, const struct json *other)
{
    if (set == NULL)
        return other == NULL ? NULL : json_copy(other);
    for (json_each (it, other)) {
        struct json *own = json_get(set, it.key);

        if (own == NULL) {
            json_set(set, it.key, json_copy(it.val));
        } else if (!is_dot(it.key)) {
            bool member = fieldset_is_member(own) || fieldset_is_member(it.val);
            fieldset_union(own, it.val);
            if (member && json_len(own) > 0 && json_get(own, ".") == NULL)
                json_set(own, ".", json_new_object());
        }
    }
    return set;
}

static void minus_at(struct json *set, const struct json *other);

/* One element of both: NULL in `set` when nothing is left of it. */
static void minus_element(struct json *set, const char *key, const struct json *other)
{
    struct json *own = json_get(set, key);
    bool stays = fieldset_is_member(own) && !fieldset_is_member(other);

    if (json_len(other) == 0) {
        json_del(set, key); /* taken as a whole */
        return;
    }
    json_del(own, ".");
    minus_at(own, other);
    if (stays && json_len(own) > 0)
        json_set(own, ".", json_new_object());
    else if (!stays && json_len(own) == 0)
        json_del(set, key);
}

static void minus_at(struct json *set, const struct json *other)
{
    for (json_each (it, other))
        if (!is_dot(it.key) && json_get(set, it.key) != NULL)
            minus_element(set, it.key, it.val);
}

struct json *fieldset_minus(struct json *set, const struct json *other)
{
    if (set == NULL || other == NULL)
        return set;
    minus_at(set, other);
    return or_null(set);
}

static void keep_existing(struct json *set, const struct schema *s,
                          const struct json *value)
{
    JSON_AUTO struct json *gone = json_new_array();
    ELEMENTS_AUTO struct elements e;

    elements_init(&e, s, value);
    for (json_each (it, set)) {
        const struct element *found;

        if (is_dot(it.key))
            continue;
        found = elements_find(&e, it.key);
        bool leads = json_len(it.val) > 0 && !fieldset_is_member(it.val);
        if (found != NULL && json_len(it.val) > 0)
            keep_existing(it.val, found->schema, found->value);
        if (found == NULL || (leads && json_len(it.val) == 0))
            json_append(gone, json_new_string(it.key));
    }
    for (size_t i = 0; i < json_len(gone); i++)
        json_del(set, json_string(json_item(gone, i)));
    if (json_len(set) == 1 && json_get(set, ".") != NULL)
        json_del(set, "."); /* a member without any in it */
}

struct json *fieldset_existing(struct json *set, const struct schema *s,
                               const struct json *value)
{
    if (set == NULL)
        return NULL;
    keep_existing(set, s, value);
    return or_null(set);
}

void fieldset_path_add(struct str *path, const char *key)
{
    const char *text = key + 2;
    size_t n = 0;

    if (key[0] == 'f') {
        str_addf(path, ".%s", text);
        return;
    }
    str_addc(path, '[');
    if (key[0] == 'v') {
        str_addf(path, "=%s", text);
    } else {
        JSON_AUTO struct json *keys = json_parse_str(text, NULL);
        for (json_each (it, keys)) {
            str_addf(path, "%s%s=", n++ > 0 ? "," : "", it.key);
            json_print(it.val, path);
        }
    }
    str_addc(path, ']');
}

/*
 * patch_strategic - Kubernetes' strategic merge: as a merge patch, but lists of core
 * kinds merge by their key, and these directives stand among the fields:
 *
 *   $patch: replace | delete | merge       of the object (or list item) they stand in
 *   $retainKeys: [a, b]                    all other fields go
 *   $deleteFromPrimitiveList/<field>: [..] these values go
 *   $setElementOrder/<field>: [..]         the order of what is listed
 */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/patch.h"

#define DELETE_PREFIX "$deleteFromPrimitiveList/"
#define ORDER_PREFIX "$setElementOrder/"

static int merge_map(struct json *doc, const struct json *patch, const struct schema *s,
                     struct err *err);

static const char *directive(const struct json *patch)
{
    return json_str_or(patch, "$patch", "");
}

/* The patch's value where there is nothing to merge it with: directives are done with.
 */
static struct json *fresh(const struct json *patch, const struct schema *s,
                          struct err *err)
{
    JSON_AUTO struct json *out = NULL;

    if (!json_is(patch, JSON_OBJECT))
        return json_copy(patch);
    out = json_new_object();
    return merge_map(out, patch, s, err) == 0 ? TAKE(out) : NULL;
}

/* ---- lists ---- */

static bool has_value(const struct json *list, const struct json *value, size_t *ret_at)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (json_equal(json_item(list, i), value)) {
            *ret_at = i;
            return true;
        }
    return false;
}

static void merge_scalars(struct json *list, const struct json *patch)
{
    size_t at;

    for (size_t i = 0; i < json_len(patch); i++)
        if (!has_value(list, json_item(patch, i), &at))
            json_append(list, json_copy(json_item(patch, i)));
}

static bool find_item(const struct json *list, const char *key,
                      const struct json *value, size_t *ret_at)
{
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *have = json_get(json_item(list, i), key);
        if (have != NULL && json_equal(have, value)) {
            *ret_at = i;
            return true;
        }
    }
    return false;
}

static int merge_item(struct json *list, const struct json *item,
                      const struct schema *s, struct err *err)
{
    const char *key = schema_merge_key(s);
    const struct json *value = json_get(item, key);
    size_t at = 0;

    if (value == NULL)
        return err_set(
            err, ERR_INVALID,
            "map: an item of the patch does not contain declared merge key: %s", key);
    bool found = find_item(list, key, value, &at);
    if (strcmp(directive(item), "delete") == 0) {
        for (; found; found = find_item(list, key, value, &at))
            json_array_del(list, at);
        return 0;
    }
    if (found)
        return merge_map(json_item(list, at), item, schema_items(s), err);
    struct json *new = fresh(item, schema_items(s), err);
    if (new == NULL)
        return -1;
    json_append(list, new);
    return 0;
}

/* An item {"$patch": "replace"} says that the others are the whole list. */
static bool replaces_list(const struct json *patch)
{
    for (size_t i = 0; i < json_len(patch); i++)
        if (strcmp(directive(json_item(patch, i)), "replace") == 0 &&
            json_len(json_item(patch, i)) == 1)
            return true;
    return false;
}

/* The list merged, or NULL with err. `old` may be absent. */
static struct json *merge_list(const struct json *old, const struct json *patch,
                               const struct schema *s, struct err *err)
{
    bool replaces = replaces_list(patch);
    JSON_AUTO struct json *out =
        json_is(old, JSON_ARRAY) && !replaces ? json_copy(old) : json_new_array();

    if (schema_merges_scalars(s)) {
        merge_scalars(out, patch);
        return TAKE(out);
    }
    if (schema_merge_key(s) == NULL)
        return json_copy(patch);
    for (size_t i = 0; i < json_len(patch); i++) {
        const struct json *item = json_item(patch, i);
        if (replaces && strcmp(directive(item), "replace") == 0)
            continue;
        if (merge_item(out, item, s, err) != 0)
            return NULL;
    }
    return TAKE(out);
}

static bool order_rank(const struct json *order, const struct json *item,
                       const char *key, size_t *ret)
{
    if (key == NULL)
        return has_value(order, item, ret);
    return json_get(item, key) != NULL &&
           find_item(order, key, json_get(item, key), ret);
}

/* Items that the order names take, in its sequence, the places that such items have;
 * all others stay where they are. */
static void set_order(struct json *doc, const char *field, const struct json *order,
                      const struct schema *s)
{
    struct json *list = json_get(doc, field);
    const char *key = schema_merge_key(schema_field(s, field));
    JSON_AUTO struct json *old = json_is(list, JSON_ARRAY) ? json_copy(list) : NULL;
    size_t next = 0;
    size_t rank;

    for (size_t o = 0; o < json_len(order); o++)
        for (size_t i = 0; i < json_len(old); i++) {
            if (!order_rank(order, json_item(old, i), key, &rank) || rank != o)
                continue;
            size_t unused;
            while (!order_rank(order, json_item(old, next), key, &unused))
                next++;
            json_array_set(list, next++, json_copy(json_item(old, i)));
        }
}

/* ---- maps ---- */

static void delete_values(struct json *doc, const char *field,
                          const struct json *values)
{
    struct json *list = json_get(doc, field);
    size_t at;

    for (size_t i = 0; json_is(list, JSON_ARRAY) && i < json_len(values); i++)
        while (has_value(list, json_item(values, i), &at))
            json_array_del(list, at);
}

static void retain_keys(struct json *doc, const struct json *keys)
{
    JSON_AUTO struct json *gone = json_new_array();

    for (json_each (it, doc)) {
        JSON_AUTO struct json *name = json_new_string(it.key);
        size_t at;
        if (!has_value(keys, name, &at))
            json_append(gone, json_ref(name));
    }
    for (size_t i = 0; i < json_len(gone); i++)
        json_del(doc, json_string(json_item(gone, i)));
}

static void clear(struct json *doc)
{
    JSON_AUTO struct json *none = json_new_array();

    retain_keys(doc, none);
}

static int merge_field(struct json *doc, const char *key, const struct json *patch,
                       const struct schema *s, struct err *err)
{
    const struct schema *field = schema_field(s, key);
    struct json *old = json_get(doc, key);
    struct json *new;

    if (json_is(patch, JSON_NULL)) {
        json_del(doc, key);
        return 0;
    }
    if (json_is(patch, JSON_OBJECT) && strcmp(directive(patch), "delete") == 0) {
        json_del(doc, key);
        return 0;
    }
    if (json_is(patch, JSON_OBJECT) && json_is(old, JSON_OBJECT))
        return merge_map(old, patch, field, err);
    new = json_is(patch, JSON_ARRAY) ? merge_list(old, patch, field, err)
                                     : fresh(patch, field, err);
    if (new == NULL)
        return err_prefix(err, "%s", key);
    json_set(doc, key, new);
    return 0;
}

/* Directives that act once the fields are merged, or before. */
static int run_directive(struct json *doc, const char *key, const struct json *value,
                         const struct schema *s, struct err *err)
{
    if (str_starts(key, DELETE_PREFIX)) {
        delete_values(doc, key + strlen(DELETE_PREFIX), value);
        return 0;
    }
    if (str_starts(key, ORDER_PREFIX)) {
        set_order(doc, key + strlen(ORDER_PREFIX), value, s);
        return 0;
    }
    if (strcmp(key, "$patch") == 0 || strcmp(key, "$retainKeys") == 0)
        return 0;
    return err_set(err, ERR_INVALID, "unknown directive \"%.80s\"", key);
}

static int merge_map(struct json *doc, const struct json *patch, const struct schema *s,
                     struct err *err)
{
    const char *how = directive(patch);
    const struct json *retain = json_get(patch, "$retainKeys");

    if (strcmp(how, "replace") == 0 || strcmp(how, "delete") == 0)
        clear(doc);
    else if (json_get(patch, "$patch") != NULL && strcmp(how, "merge") != 0)
        return err_set(err, ERR_INVALID, "unknown patch strategy \"%.80s\"", how);
    if (strcmp(how, "delete") == 0)
        return 0;
    if (json_is(retain, JSON_ARRAY))
        retain_keys(doc, retain);
    for (json_each (it, patch))
        if (it.key[0] != '$' && merge_field(doc, it.key, it.val, s, err) != 0)
            return -1;
    for (json_each (it2, patch))
        if (it2.key[0] == '$' && run_directive(doc, it2.key, it2.val, s, err) != 0)
            return -1;
    return 0;
}

struct json *patch_strategic(const struct json *doc, const struct json *patch,
                             const struct schema *schema, struct err *err)
{
    JSON_AUTO struct json *out = NULL;

    if (!json_is(patch, JSON_OBJECT) || !json_is(doc, JSON_OBJECT)) {
        err_set(err, ERR_INVALID, "a strategic merge patch must be an object");
        return NULL;
    }
    out = json_copy(doc);
    return merge_map(out, patch, schema, err) == 0 ? TAKE(out) : NULL;
}

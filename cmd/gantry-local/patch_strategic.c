/*
 * patch_strategic - Kubernetes' strategic merge: as a merge patch, but lists of core
 * kinds merge by their key, and these directives stand among the fields:
 *
 *   $patch: replace | delete               of the object (or list item) they stand in
 *   $retainKeys: [a, b]                    all other fields go
 *   $deleteFromPrimitiveList/<field>: [..] these values go
 *   $setElementOrder/<field>: [..]         the order of what is listed
 */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/patch_strategic_priv.h"

#define DELETE_PREFIX "$deleteFromPrimitiveList/"
#define ORDER_PREFIX "$setElementOrder/"

/* A list that nothing was there for: what is said of items that are not is dropped. */
static int fresh_list(const struct json *patch, const struct schema *s,
                      struct json **ret, struct err *err)
{
    JSON_AUTO struct json *out = json_new_array();

    for (size_t i = 0; i < json_len(patch); i++) {
        const struct json *item = json_item(patch, i);
        if (json_is(item, JSON_OBJECT) && json_get(item, "$patch"))
            continue;
        struct json *made;
        if (strategic_fresh(item, schema_items(s), &made, err) != 0)
            return -1;
        json_append(out, made);
    }
    *ret = TAKE(out);
    return 0;
}

int strategic_fresh(const struct json *patch, const struct schema *s, struct json **ret,
                    struct err *err)
{
    *ret = NULL;
    if (json_is(patch, JSON_ARRAY))
        return fresh_list(patch, s, ret, err);
    if (!json_is(patch, JSON_OBJECT)) {
        *ret = json_copy(patch);
        return 0;
    }
    if (json_get(patch, "$patch"))
        return 0;
    JSON_AUTO struct json *out = json_new_object();
    if (strategic_merge_map(out, patch, s, err) != 0)
        return -1;
    *ret = TAKE(out);
    return 0;
}

/* ---- directives of a map ---- */

static bool contains(const struct json *list, const char *text)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (json_is(json_item(list, i), JSON_STRING) &&
            strcmp(json_string(json_item(list, i)), text) == 0)
            return true;
    return false;
}

/* Fields that `keys` does not name go; NULL names none. */
static void keep_keys(struct json *doc, const struct json *keys)
{
    JSON_AUTO struct json *gone = json_new_array();

    for (json_each (it, doc))
        if (!contains(keys, it.key))
            json_append(gone, json_new_string(it.key));
    for (size_t i = 0; i < json_len(gone); i++)
        json_del(doc, json_string(json_item(gone, i)));
}

int strategic_unknown(const struct json *map, struct err *err)
{
    AUTO_FREE char *text = gotext_value(map);

    return err_set(err, ERR_INVALID, "unknown patch type: %s in map: %s",
                   json_str_or(map, "$patch", ""), text);
}

/* What Kubernetes holds against the client, unlike its other refusals of patches. */
static int bad_request(struct err *err, const char *why)
{
    err_set(err, ERR_INVALID, "%s", why);
    if (err)
        err->http_status = 400;
    return -1;
}

static int retain_keys(struct json *doc, const struct json *patch, struct err *err)
{
    const struct json *keys = json_get(patch, "$retainKeys");

    if (!keys)
        return 0;
    for (json_each (it, patch))
        if (!json_is(keys, JSON_ARRAY) ||
            (it.key[0] != '$' && !json_is(it.val, JSON_NULL) &&
             !contains(keys, it.key)))
            return bad_request(err, "invalid patch format of retainKeys");
    keep_keys(doc, keys);
    return 0;
}

/* The whole map is said anew, or to be empty. */
static int replace_map(struct json *doc, const struct json *patch, struct err *err)
{
    const char *how = json_str_or(patch, "$patch", "");
    const bool replaces = strcmp(how, "replace") == 0;

    if (!replaces && strcmp(how, "delete") != 0)
        return strategic_unknown(patch, err);
    keep_keys(doc, NULL);
    for (json_each (it, patch))
        if (replaces && strcmp(it.key, "$patch") != 0)
            json_set(doc, it.key, json_copy(it.val));
    return 0;
}

/* ---- fields ---- */

static int set_list(struct json *doc, const char *field, const struct json *patch,
                    const struct json *order, const struct schema *s, struct err *err)
{
    const struct json *old = json_get(doc, field);
    const struct schema *list = schema_field(s, field);
    struct json *merged = NULL;

    if (json_is(old, JSON_ARRAY) || order)
        merged = strategic_merge_list(old, patch, order, list, err);
    else
        (void)strategic_fresh(patch, list, &merged, err);
    if (!merged)
        return -1;
    json_set(doc, field, merged);
    return 0;
}

/* Each list whose order is said, with what the patch says of its items. */
static int set_orders(struct json *doc, const struct json *patch,
                      const struct schema *s, struct err *err)
{
    for (json_each (it, patch)) {
        const char *field = it.key + strlen(ORDER_PREFIX);
        if (!str_starts(it.key, ORDER_PREFIX))
            continue;
        const struct json *items = json_get(patch, field);
        if (!items && !json_get(doc, field))
            continue;
        if (set_list(doc, field, json_is(items, JSON_ARRAY) ? items : NULL, it.val, s,
                     err) != 0)
            return -1;
    }
    return 0;
}

static bool has_order(const struct json *patch, const char *field)
{
    AUTO_FREE char *key = xasprintf("%s%s", ORDER_PREFIX, field);

    return json_get(patch, key) && json_is(json_get(patch, field), JSON_ARRAY);
}

static int merge_field(struct json *doc, const char *field, const struct json *patch,
                       const struct schema *s, struct err *err)
{
    struct json *old = json_get(doc, field);

    if (json_is(patch, JSON_NULL)) {
        json_del(doc, field);
        return 0;
    }
    if (json_is(patch, JSON_ARRAY))
        return set_list(doc, field, patch, NULL, s, err);
    if (json_is(patch, JSON_OBJECT) && json_is(old, JSON_OBJECT) &&
        !schema_is_replaced(schema_field(s, field)))
        return strategic_merge_map(old, patch, schema_field(s, field), err);
    struct json *made;
    if (strategic_fresh(patch, schema_field(s, field), &made, err) != 0)
        return -1;
    json_set(doc, field, made);
    return 0;
}

static int merge_fields(struct json *doc, const struct json *patch,
                        const struct schema *s, struct err *err)
{
    for (json_each (it, patch)) {
        const bool deletes = str_starts(it.key, DELETE_PREFIX);
        if (deletes)
            strategic_delete_values(json_get(doc, it.key + strlen(DELETE_PREFIX)),
                                    it.val);
        else if (it.key[0] == '$') {
            if (strcmp(it.key, "$retainKeys") != 0 && !str_starts(it.key, ORDER_PREFIX))
                return err_set(err, ERR_INVALID, "unknown directive \"%.80s\"", it.key);
        } else if (!has_order(patch, it.key) &&
                   merge_field(doc, it.key, it.val, s, err) != 0)
            return -1;
    }
    return 0;
}

int strategic_merge_map(struct json *doc, const struct json *patch,
                        const struct schema *s, struct err *err)
{
    if (json_get(patch, "$patch"))
        return replace_map(doc, patch, err);
    if (retain_keys(doc, patch, err) != 0 || set_orders(doc, patch, s, err) != 0)
        return -1;
    return merge_fields(doc, patch, s, err);
}

struct json *patch_strategic(const struct json *doc, const struct json *patch,
                             const struct schema *schema, struct err *err)
{
    JSON_AUTO struct json *out = NULL;

    if (!json_is(patch, JSON_OBJECT) || !json_is(doc, JSON_OBJECT)) {
        err_set(err, ERR_INVALID, "a strategic merge patch must be an object");
        return NULL;
    }
    if (strcmp(json_str_or(patch, "$patch", ""), "delete") == 0) {
        /* Nothing is left that would say what it is. */
        AUTO_FREE char *why = xasprintf(
            "the name of the object (%s based on URL) was undeterminable: name "
            "must be provided",
            json_str_or(doc, "metadata.name", ""));
        bad_request(err, why);
        return NULL;
    }
    out = json_copy(doc);
    return strategic_merge_map(out, patch, schema, err) == 0 ? TAKE(out) : NULL;
}

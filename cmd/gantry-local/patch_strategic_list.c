/*
 * patch_strategic_list - lists under the strategic merge.
 *
 * What the patch names (or its $setElementOrder) comes out in the patch's order, all
 * else in its old order; between the two an item that stood before the other in the
 * old list stays before it, and where one of them is new, the patch's goes first:
 *
 *   old a b c, patch c d a   ->   b c d a   (b before c, as it was)
 *   old a,     patch b       ->   b a
 */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/patch_strategic_priv.h"

#define NOWHERE ((size_t)-1)

/* ---- items: by their key, or (key NULL) by their value ---- */

static const struct json *identity(const struct json *item, const char *key)
{
    return key ? json_get(item, key) : item;
}

static bool is_same(const struct json *a, const struct json *b, const char *key)
{
    const struct json *of_a = identity(a, key), *of_b = identity(b, key);

    return of_a && of_b && json_equal(of_a, of_b);
}

/* Where the list has the item of that identity; NOWHERE. */
static size_t find(const struct json *list, const struct json *item, const char *key)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (is_same(json_item(list, i), item, key))
            return i;
    return NOWHERE;
}

static const char *directive(const struct json *item)
{
    return json_str_or(item, "$patch", "");
}

static bool has_directive(const struct json *item)
{
    return json_is(item, JSON_OBJECT) && json_get(item, "$patch");
}

/* ---- order ---- */

/* The items of `list` that `order` names (or does not), in its sequence. */
static struct json *part(const struct json *list, const struct json *order,
                         const char *key)
{
    struct json *out = json_new_array();

    for (size_t o = 0; o < json_len(order); o++) {
        const struct json *wanted = json_item(order, o);
        if (find(order, wanted, key) != o)
            continue; /* named before, or by nothing */
        for (size_t i = 0; i < json_len(list); i++)
            if (is_same(json_item(list, i), wanted, key))
                json_append(out, json_ref(json_item(list, i)));
    }
    return out;
}

static struct json *rest(const struct json *list, const struct json *order,
                         const char *key)
{
    struct json *out = json_new_array();

    for (size_t i = 0; i < json_len(list); i++)
        if (find(order, json_item(list, i), key) == NOWHERE)
            json_append(out, json_ref(json_item(list, i)));
    return out;
}

static bool stood_before(const struct json *old, const struct json *a,
                         const struct json *b, const char *key)
{
    const size_t at_a = find(old, a, key), at_b = find(old, b, key);

    return at_a != NOWHERE && at_b != NOWHERE && at_a < at_b;
}

static struct json *in_order(const struct json *merged, const struct json *order,
                             const struct json *old, const char *key)
{
    JSON_AUTO struct json *named = part(merged, order, key);
    JSON_AUTO struct json *others = rest(merged, order, key);
    struct json *out = json_new_array();
    size_t n = 0, o = 0;

    while (n < json_len(named) || o < json_len(others)) {
        const bool take_other =
            n == json_len(named) ||
            (o < json_len(others) &&
             stood_before(old, json_item(others, o), json_item(named, n), key));
        json_append(
            out, json_ref(take_other ? json_item(others, o++) : json_item(named, n++)));
    }
    return out;
}

static int no_list(const struct json *order, struct err *err)
{
    static const char *const words[] = {
        [JSON_NULL] = "<nil>",     [JSON_BOOL] = "bool",     [JSON_INT] = "int64",
        [JSON_DOUBLE] = "float64", [JSON_STRING] = "string", [JSON_ARRAY] = "",
        [JSON_OBJECT] = "map"};

    return err_set(err, ERR_INVALID, "expected a []interface {}, but received a %s",
                   words[json_type(order)]);
}

static int wrong_order(const struct json *patch, const struct json *order,
                       struct err *err)
{
    AUTO_FREE char *items = gotext_value(patch);
    AUTO_FREE char *wanted = gotext_value(order);

    return err_set(err, ERR_INVALID,
                   "The order in patch list:\n%s\n doesn't match $setElementOrder "
                   "list:\n%s\n",
                   items, wanted);
}

/* The order must name the patch's items, in their sequence. */
static int check_order(const struct json *order, const struct json *patch,
                       const char *key, struct err *err)
{
    size_t at = 0;

    if (!json_is(order, JSON_ARRAY))
        return no_list(order, err);
    for (size_t i = 0; json_len(order) > 0 && i < json_len(patch); i++) {
        if (has_directive(json_item(patch, i)))
            continue;
        const size_t found = find(order, json_item(patch, i), key);
        if (found == NOWHERE || found < at)
            return wrong_order(patch, order, err);
        at = found;
    }
    return 0;
}

/* ---- scalars ---- */

static void add_missing(struct json *list, const struct json *more)
{
    for (size_t i = 0; i < json_len(more); i++)
        if (find(list, json_item(more, i), NULL) == NOWHERE)
            json_append(list, json_copy(json_item(more, i)));
}

void strategic_delete_values(struct json *list, const struct json *values)
{
    for (size_t i = json_len(list); i-- > 0;)
        if (find(values, json_item(list, i), NULL) != NOWHERE)
            json_array_del(list, i);
}

/* ---- items with keys ---- */

static int no_key(const struct json *item, const char *key, struct err *err)
{
    AUTO_FREE char *text = gotext_value(item);

    return err_set(err, ERR_INVALID, "map: %s does not contain declared merge key: %s",
                   text, key);
}

static int unknown_of_list(const struct json *item, struct err *err)
{
    if (strcmp(directive(item), "merge") == 0)
        return err_set(err, ERR_INVALID,
                       "merging lists cannot yet be specified in the patch");
    return strategic_unknown(item, err);
}

/* Carries out what is said of whole items; *ret_replaces: the old list goes. */
static int run_directives(struct json *list, const struct json *patch, const char *key,
                          bool *ret_replaces, struct err *err)
{
    *ret_replaces = false;
    for (size_t i = 0; i < json_len(patch); i++) {
        const struct json *item = json_item(patch, i);
        if (!json_is(item, JSON_OBJECT))
            return err_set(err, ERR_INVALID,
                           "an item of the patch is no object, but its list has such");
        if (!has_directive(item))
            continue;
        if (strcmp(directive(item), "replace") == 0) {
            *ret_replaces = true;
            continue;
        }
        if (strcmp(directive(item), "delete") != 0)
            return unknown_of_list(item, err);
        if (!json_get(item, key))
            return no_key(item, key, err);
        for (size_t at; (at = find(list, item, key)) != NOWHERE;)
            json_array_del(list, at);
    }
    return 0;
}

static int merge_item(struct json *list, const struct json *item,
                      const struct schema *s, struct err *err)
{
    const char *key = schema_merge_key(s);
    const size_t at = find(list, item, key);

    if (!json_get(item, key))
        return no_key(item, key, err);
    if (at != NOWHERE)
        return strategic_merge_map(json_item(list, at), item, schema_items(s), err);
    struct json *new;
    if (strategic_fresh(item, schema_items(s), &new, err) != 0)
        return -1;
    json_append(list, new);
    return 0;
}

static int merge_items(struct json *list, const struct json *patch,
                       const struct schema *s, struct err *err)
{
    bool replaces;

    if (run_directives(list, patch, schema_merge_key(s), &replaces, err) != 0)
        return -1;
    for (size_t i = json_len(list); replaces && i-- > 0;)
        json_array_del(list, i);
    for (size_t i = 0; i < json_len(patch); i++)
        if (!has_directive(json_item(patch, i)) &&
            merge_item(list, json_item(patch, i), s, err) != 0)
            return -1;
    return 0;
}

/* ---- any list ---- */

struct json *strategic_merge_list(const struct json *old, const struct json *patch,
                                  const struct json *order, const struct schema *s,
                                  struct err *err)
{
    const char *key = schema_merge_key(s);
    const bool scalars = schema_merges_scalars(s);
    const bool has_old = json_is(old, JSON_ARRAY);
    JSON_AUTO struct json *merged = has_old ? json_copy(old) : json_new_array();

    if (order && check_order(order, patch, key, err) != 0)
        return NULL;
    if (!key && !scalars)
        return json_copy(patch ? patch : old);
    if (scalars)
        add_missing(merged, patch);
    else if (merge_items(merged, patch, s, err) != 0)
        return NULL;
    return in_order(merged, order ? order : patch, old, key);
}

/*
 * schema_empty - what Kubernetes' own types leave out where it holds nothing.
 *
 * A core object passes through Go's types and protobuf on its way: empty lists and
 * maps, false, 0 and "" are gone afterwards, unless the field is one that is always
 * written (the table gives it a default, or requires it) or a pointer.
 */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

static bool requires_shown(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->n_shown_required; i++)
        if (strcmp(s->shown_required[i], name) == 0)
            return true;
    return schema_requires(s, name);
}

static bool is_zero(const struct json *v)
{
    switch (json_type(v)) {
    case JSON_BOOL:
        return !json_bool(v);
    case JSON_INT:
        return json_int(v) == 0;
    case JSON_STRING:
        return json_string_len(v) == 0;
    case JSON_NULL:
    case JSON_DOUBLE:
    case JSON_ARRAY:
    case JSON_OBJECT:
        return false;
    }
    return false;
}

/* An empty text where an object belongs is no empty object, but wrong. */
static bool is_scalar(const struct schema *s)
{
    return s->type == SCHEMA_STRING || s->type == SCHEMA_INTEGER ||
           s->type == SCHEMA_NUMBER || s->type == SCHEMA_BOOLEAN;
}

/* Is it left out of `parent`, holding `v`? */
static bool is_left_out(const struct schema *parent, const struct schema_prop *field,
                        const struct json *v)
{
    const struct schema *s = field->schema;

    if ((json_is(v, JSON_ARRAY) && s->type == SCHEMA_ARRAY) ||
        (json_is(v, JSON_OBJECT) && s->additional))
        return json_len(v) == 0 && !field->numbers.pointer &&
               !schema_requires(parent, field->name);
    /* Where there is a default, nothing stands for it. */
    const bool stays = s->default_value && is_zero(s->default_value);
    return is_scalar(s) && is_zero(v) && !field->numbers.pointer && !stays &&
           !requires_shown(parent, field->name);
}

/* A null among the texts of a map is an empty one, as Go reads it. */
static void settle_texts(struct json *map)
{
    JSON_AUTO struct json *names = json_new_array();

    for (json_each (it, map))
        if (json_is(it.val, JSON_NULL))
            json_append(names, json_new_string(it.key));
    for (size_t i = 0; i < json_len(names); i++)
        json_set(map, json_string(json_item(names, i)), json_new_string(""));
}

void schema_drop_empty(const struct schema *s, struct json *object)
{
    if (s == NULL)
        return;
    for (size_t i = 0; json_is(object, JSON_ARRAY) && i < json_len(object); i++)
        schema_drop_empty(s->items, json_item(object, i));
    if (!json_is(object, JSON_OBJECT))
        return;
    if (s->additional && s->additional->type == SCHEMA_STRING)
        settle_texts(object);
    for (json_each (it, object))
        schema_drop_empty(schema_field(s, it.key), it.val);
    for (size_t i = 0; i < s->n_props; i++) {
        const struct json *v = json_get(object, s->props[i].name);
        if (v != NULL && is_left_out(s, &s->props[i], v))
            json_del(object, s->props[i].name);
    }
}

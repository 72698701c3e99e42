/* schema_default - defaults put in, unknown fields taken out. */
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/schema_priv.h"

static bool is_default_null(const struct schema *s, const struct json *v)
{
    return json_is(v, JSON_NULL) && !s->nullable && s->type != SCHEMA_ANY;
}

/* Null in a field that cannot be null means "absent"; then its default applies. */
static void drop_nulls(const struct schema *s, struct json *object)
{
    for (size_t i = 0; i < s->n_props; i++) {
        const struct json *v = json_get(object, s->props[i].name);
        if (v != NULL && is_default_null(s->props[i].schema, v))
            json_del(object, s->props[i].name);
    }
}

/* What is no quantity stays: validation will say so. */
static void settle_quantity(struct json *object, const char *name)
{
    const struct json *value = json_get(object, name);
    char text[QUANTITY_TEXT_MAX];
    int64_t milli;

    if (json_is(value, JSON_STRING)) {
        if (quantity_canonical(json_string(value), text))
            json_set(object, name, json_new_string(text));
    } else if (quantity_read_milli(value, &milli, NULL) == 0) {
        AUTO_FREE char *plain = NULL;
        quantity_format_milli(milli, text);
        plain = xstrdup(text);
        if (quantity_canonical(plain, text))
            json_set(object, name, json_new_string(text));
    }
}

/* Core types keep quantities as text of one form: 0.5 and "0.5" become "500m". */
static void settle_quantities(const struct schema *s, struct json *object)
{
    /* Names are gathered first, as iteration stands no change. */
    JSON_AUTO struct json *names = json_new_array();

    for (json_each (it, object)) {
        const struct schema *field = schema_field(s, it.key);
        if (field != NULL && field->type == SCHEMA_QUANTITY)
            json_append(names, json_new_string(it.key));
    }
    for (size_t i = 0; i < json_len(names); i++)
        settle_quantity(object, json_string(json_item(names, i)));
}

void schema_default(const struct schema *s, struct json *object)
{
    if (s == NULL)
        return;
    if (json_is(object, JSON_ARRAY)) {
        for (size_t i = 0; i < json_len(object); i++)
            schema_default(s->items, json_item(object, i));
        return;
    }
    if (!json_is(object, JSON_OBJECT))
        return;
    drop_nulls(s, object);
    if (s->is_core)
        settle_quantities(s, object);
    for (size_t i = 0; i < s->n_props; i++) {
        const struct schema_prop *p = &s->props[i];
        if (p->schema->default_value != NULL && json_get(object, p->name) == NULL)
            json_set(object, p->name, json_copy(p->schema->default_value));
    }
    for (json_each (it, object))
        schema_default(schema_field(s, it.key), it.val);
}

struct prune {
    struct str path;
    unknown_fn *found;
    void *arg;
};

static void prune_node(struct prune *p, const struct schema *s, struct json *j,
                       bool is_root);

static bool is_root_field(const char *name)
{
    return strcmp(name, "apiVersion") == 0 || strcmp(name, "kind") == 0 ||
           strcmp(name, "metadata") == 0;
}

static const char *nearest_prop(const struct schema *s, const char *name)
{
    const char **names = xcalloc(s->n_props + 1, sizeof(*names));

    for (size_t i = 0; i < s->n_props; i++)
        names[i] = s->props[i].name;
    const char *near = opt_nearest(name, names);
    free(names);
    return near;
}

static void prune_object(struct prune *p, const struct schema *s, struct json *j,
                         bool is_root)
{
    size_t len = p->path.len;
    /* Deleting while iterating is not allowed: names are gathered first. */
    JSON_AUTO struct json *unknown = json_new_array();

    for (json_each (it, j)) {
        const struct schema *field = schema_field(s, it.key);

        if (field == NULL && (is_root || s->embedded) && is_root_field(it.key))
            continue;
        if (field == NULL && s->preserve_unknown)
            continue;
        str_addf(&p->path, "%s%s", len > 0 ? "." : "", it.key);
        if (field == NULL) {
            json_append(unknown, json_new_string(it.key));
            if (p->found != NULL)
                p->found(p->arg, p->path.s, nearest_prop(s, it.key));
        } else {
            prune_node(p, field, it.val, false);
        }
        p->path.len = len;
        p->path.s[len] = '\0';
    }
    for (size_t i = 0; i < json_len(unknown); i++)
        json_del(j, json_string(json_item(unknown, i)));
}

static void prune_node(struct prune *p, const struct schema *s, struct json *j,
                       bool is_root)
{
    size_t len = p->path.len;

    if (json_is(j, JSON_OBJECT) && (s->type != SCHEMA_ANY || s->n_props > 0))
        prune_object(p, s, j, is_root);
    for (size_t i = 0; json_is(j, JSON_ARRAY) && s->items != NULL && i < json_len(j);
         i++) {
        str_addf(&p->path, "[%zu]", i);
        prune_node(p, s->items, json_item(j, i), false);
        p->path.len = len;
        p->path.s[len] = '\0';
    }
}

void schema_prune(const struct schema *s, struct json *object, unknown_fn *found,
                  void *arg)
{
    struct prune p = {.found = found, .arg = arg};

    str_init(&p.path, 4096);
    prune_node(&p, s, object, true);
    str_fini(&p.path);
}

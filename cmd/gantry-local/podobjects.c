#include "cmd/gantry-local/podobjects.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/base64.h"

const char *podobject_word(enum value_kind kind)
{
    return kind == VALUE_SECRET ? "secret" : "configmap";
}

const struct podobject *podobjects_find(const struct podobjects *o,
                                        enum value_kind kind, const char *name)
{
    for (size_t i = 0; o && i < o->n; i++)
        if (o->items[i].kind == kind && strcmp(o->items[i].name, name) == 0)
            return &o->items[i];
    return NULL;
}

const struct podobject_entry *podobject_entry(const struct podobject *o,
                                              const char *key)
{
    for (size_t i = 0; i < o->n_entries; i++)
        if (strcmp(o->entries[i].key, key) == 0)
            return &o->entries[i];
    return NULL;
}

/* ---- which ones ---- */

static void note(struct podobjects *o, enum value_kind kind, const char *name,
                 bool in_volume)
{
    if (kind != VALUE_CONFIG_MAP && kind != VALUE_SECRET)
        return;
    if (podobjects_find(o, kind, name))
        return;
    GROW(o->items, o->n, o->cap);
    o->items[o->n++] =
        (struct podobject){.kind = kind, .name = xstrdup(name), .in_volume = in_volume};
}

static void note_container(struct podobjects *o, const struct container_spec *c)
{
    for (size_t i = 0; i < c->n_env_from; i++)
        note(o, c->env_from[i].from.kind, c->env_from[i].from.object, false);
    for (size_t i = 0; i < c->n_env; i++)
        note(o, c->env[i].from.kind, c->env[i].from.object, false);
}

/* Volumes first: what stands in one is noted as such. */
void podobjects_init(struct podobjects *o, const struct pod_spec *spec)
{
    *o = (struct podobjects){0};
    for (size_t i = 0; i < spec->n_volumes; i++)
        for (size_t k = 0; k < spec->volumes[i].n_parts; k++)
            note(o, spec->volumes[i].parts[k].kind, spec->volumes[i].parts[k].object,
                 true);
    for (size_t i = 0; i < spec->n_inits; i++)
        note_container(o, &spec->inits[i]);
    for (size_t i = 0; i < spec->n_mains; i++)
        note_container(o, &spec->mains[i]);
}

/* ---- what is in them ---- */

static void forget(struct podobject *o)
{
    for (size_t i = 0; i < o->n_entries; i++) {
        free(o->entries[i].key);
        free(o->entries[i].bytes);
    }
    free(o->entries);
    free(o->trouble);
    *o =
        (struct podobject){.kind = o->kind, .name = o->name, .in_volume = o->in_volume};
}

void podobjects_fini(struct podobjects *o)
{
    for (size_t i = 0; i < o->n; i++) {
        forget(&o->items[i]);
        free(o->items[i].name);
    }
    free(o->items);
    *o = (struct podobjects){0};
}

static void add_entries(struct podobject *o, const struct json *map, bool encoded)
{
    o->entries =
        xrealloc(o->entries, (o->n_entries + json_len(map) + 1) * sizeof(*o->entries));
    for (json_each (it, map)) {
        struct podobject_entry *e = &o->entries[o->n_entries];

        if (!json_is(it.val, JSON_STRING))
            continue;
        e->len = json_string_len(it.val);
        if (encoded) {
            e->bytes = base64_decode(json_string(it.val), &e->len);
        } else {
            e->bytes = xmalloc(e->len + 1);
            memcpy(e->bytes, json_string(it.val), e->len + 1);
        }
        if (!e->bytes)
            continue;
        e->key = xstrdup(it.key);
        o->n_entries++;
    }
}

void podobject_set(struct podobject *o, const struct json *object)
{
    forget(o);
    o->found = object != NULL;
    if (!object)
        return;
    o->immutable = json_bool_or(object, "immutable", false);
    add_entries(o, json_get(object, "data"), o->kind == VALUE_SECRET);
    add_entries(o, json_get(object, "binaryData"), true);
}

void podobject_fail(struct podobject *o, const char *why)
{
    forget(o);
    o->trouble = xstrdup(why);
}

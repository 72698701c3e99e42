#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/podspec_private.h"

#define ENV_MAX 2000
#define ENV_FROM_MAX 100

/* ---- where a value comes from ---- */

static void read_field(struct value_source *ret, const struct json *ref)
{
    ret->text = xstrdup(json_str_or(ref, "fieldPath", ""));
}

/* A divisor that is absent or zero is one unit. */
static void read_resource(struct value_source *ret, const struct json *ref)
{
    const struct json *divisor = json_get(ref, "divisor");

    ret->text = xstrdup(json_str_or(ref, "resource", ""));
    ret->object = xstrdup_null(json_str(ref, "containerName"));
    if (divisor && quantity_read_milli(divisor, &ret->divisor_milli, NULL) < 0)
        ret->divisor_milli = -1;
}

static void read_key(struct value_source *ret, const struct json *ref)
{
    ret->text = xstrdup(json_str_or(ref, "key", ""));
    ret->object = xstrdup(json_str_or(ref, "name", ""));
    ret->optional = json_bool_or(ref, "optional", false);
}

static const struct {
    const char *field;
    enum value_kind kind;
    void (*read)(struct value_source *ret, const struct json *ref);
} sources[] = {
    {"fieldRef", VALUE_FIELD, read_field},
    {"resourceFieldRef", VALUE_RESOURCE, read_resource},
    {"configMapKeyRef", VALUE_CONFIG_MAP, read_key},
    {"secretKeyRef", VALUE_SECRET, read_key},
};

bool podspec_read_source(struct value_source *ret, const struct json *from)
{
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        const struct json *ref = json_get(from, sources[i].field);

        if (!json_is(ref, JSON_OBJECT))
            continue;
        *ret = (struct value_source){.kind = sources[i].kind};
        sources[i].read(ret, ref);
        return true;
    }
    return false;
}

void podspec_free_source(struct value_source *from)
{
    free(from->text);
    free(from->object);
    *from = (struct value_source){0};
}

/* ---- variables ---- */

static int read_variable(struct pod_spec *spec, struct container_spec *c,
                         const struct json *j, struct err *err)
{
    const char *name = json_str(j, "name");
    const struct json *from = json_get(j, "valueFrom");
    struct env_spec *e = &c->env[c->n_env];

    if (!name || !*name || strchr(name, '='))
        return err_set(err, ERR_INVALID, "env[%zu].name: must be a variable's name",
                       c->n_env);
    c->n_env++;
    e->name = xstrdup(name);
    if (podspec_read_source(&e->from, from))
        return 0;
    if (json_len(from) > 0)
        podspec_need(
            spec, xasprintf("env %.100s from %.60s", name, json_iter_first(from).key));
    e->from.text = xstrdup(json_str_or(j, "value", ""));
    return 0;
}

static int read_variables(struct pod_spec *spec, struct container_spec *c,
                          const struct json *container, struct err *err)
{
    struct json *list = NULL;

    if (json_read_array(container, "env", &list, err) == JSON_WRONG_TYPE)
        return -1;
    if (json_len(list) > ENV_MAX)
        return err_set(err, ERR_TOO_LARGE, "env: more than %d variables", ENV_MAX);
    c->env = xcalloc(json_len(list) + 1, sizeof(*c->env));
    for (size_t i = 0; i < json_len(list); i++)
        if (read_variable(spec, c, json_item(list, i), err) < 0)
            return -1;
    return 0;
}

static int read_object(struct container_spec *c, const struct json *j, struct err *err)
{
    const struct json *map = json_get(j, "configMapRef");
    const struct json *ref = map ? map : json_get(j, "secretRef");
    struct env_from_spec *e = &c->env_from[c->n_env_from];

    if (!json_is(ref, JSON_OBJECT))
        return err_set(err, ERR_INVALID,
                       "envFrom[%zu]: must have configMapRef or secretRef",
                       c->n_env_from);
    c->n_env_from++;
    e->prefix = xstrdup(json_str_or(j, "prefix", ""));
    e->from.kind = map ? VALUE_CONFIG_MAP : VALUE_SECRET;
    e->from.object = xstrdup(json_str_or(ref, "name", ""));
    e->from.optional = json_bool_or(ref, "optional", false);
    return 0;
}

static int read_objects(struct container_spec *c, const struct json *container,
                        struct err *err)
{
    struct json *list = NULL;

    if (json_read_array(container, "envFrom", &list, err) == JSON_WRONG_TYPE)
        return -1;
    if (json_len(list) > ENV_FROM_MAX)
        return err_set(err, ERR_TOO_LARGE, "envFrom: more than %d", ENV_FROM_MAX);
    c->env_from = xcalloc(json_len(list) + 1, sizeof(*c->env_from));
    for (size_t i = 0; i < json_len(list); i++)
        if (read_object(c, json_item(list, i), err) < 0)
            return -1;
    return 0;
}

int podspec_read_env(struct pod_spec *spec, struct container_spec *c,
                     const struct json *container, struct err *err)
{
    if (read_objects(c, container, err) < 0)
        return -1;
    return read_variables(spec, c, container, err);
}

void podspec_free_env(struct container_spec *c)
{
    for (size_t i = 0; i < c->n_env; i++) {
        free(c->env[i].name);
        podspec_free_source(&c->env[i].from);
    }
    for (size_t i = 0; i < c->n_env_from; i++) {
        free(c->env_from[i].prefix);
        podspec_free_source(&c->env_from[i].from);
    }
    free(c->env);
    free(c->env_from);
}

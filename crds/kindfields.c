#include "crds/kindfields.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/util.h"
#include "base/yaml.h"
#include "crds/definitions.h"

#define KINDS_MAX 16

struct kindfields {
    struct json *docs[KINDS_MAX]; /* of `definitions`; NULL: of no kind */
};

struct kindfields *kindfields_new(void)
{
    struct kindfields *f = xcalloc(1, sizeof(*f));
    assert(n_definitions <= KINDS_MAX);
    for (size_t i = 0; i < n_definitions; i++) {
        const struct definition *d = &definitions[i];
        f->docs[i] = yaml_parse_one(d->text, (size_t)(d->end - d->text), d->file, NULL);
    }
    return f;
}

void kindfields_free(struct kindfields *f)
{
    for (size_t i = 0; f && i < KINDS_MAX; i++)
        json_free(f->docs[i]);
    free(f);
}

static const struct json *schema_of(const struct kindfields *f, const char *kind)
{
    for (size_t i = 0; i < n_definitions; i++)
        if (f->docs[i] && str_eq(json_str(f->docs[i], "spec.names.kind"), kind))
            return json_at(json_item(json_at(f->docs[i], "spec.versions"), 0),
                           "schema.openAPIV3Schema");
    return NULL;
}

/* ---- a walk through object and schema ---- */

/* `path` is where the value is, "spec.members[2]"; "": the object itself. */
static int check_value(const struct json *schema, const struct json *value,
                       const char *path, struct err *err);

static int refuse(const struct json *known, const char *path, struct err *err)
{
    const char *name = strrchr(path, '.') ? strrchr(path, '.') + 1 : path;
    AUTO_FREE const char **words = xcalloc(json_len(known) + 1, sizeof(*words));
    size_t n = 0;
    for (json_each (it, known))
        words[n++] = it.key;
    const char *near = opt_nearest(name, words);
    return err_set(err, ERR_INVALID, "unknown field \"%.256s\"%s%s%s", path,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static int check_fields(const struct json *schema, const struct json *object,
                        const char *path, struct err *err)
{
    const struct json *known = json_get(schema, "properties");
    const struct json *others = json_get(schema, "additionalProperties");
    for (json_each (it, object)) {
        const struct json *own = json_get(known, it.key);
        AUTO_FREE char *at = xasprintf("%s%s%s", path, *path ? "." : "", it.key);
        if (!own && !others)
            return refuse(known, at, err);
        if (check_value(own ? own : others, it.val, at, err) < 0)
            return -1;
    }
    return 0;
}

static int check_items(const struct json *schema, const struct json *list,
                       const char *path, struct err *err)
{
    for (size_t i = 0; i < json_len(list); i++) {
        AUTO_FREE char *at = xasprintf("%s[%zu]", path, i);
        if (check_value(schema, json_item(list, i), at, err) < 0)
            return -1;
    }
    return 0;
}

/* Values of another type than there should be are for whoever reads them. */
static int check_value(const struct json *schema, const struct json *value,
                       const char *path, struct err *err)
{
    const struct json *items = json_get(schema, "items");
    const bool closed = json_is(json_get(schema, "properties"), JSON_OBJECT) ||
                        json_is(json_get(schema, "additionalProperties"), JSON_OBJECT);
    if (json_bool_or(schema, "x-kubernetes-preserve-unknown-fields", false))
        return 0;
    if (json_is(value, JSON_ARRAY) && items)
        return check_items(items, value, path, err);
    if (json_is(value, JSON_OBJECT) && closed)
        return check_fields(schema, value, path, err);
    return 0;
}

int kindfields_check(const struct kindfields *f, const struct json *object,
                     struct err *err)
{
    const struct json *schema = schema_of(f, json_str_or(object, "kind", ""));
    return schema ? check_value(schema, object, "", err) : 0;
}

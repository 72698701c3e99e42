#include "kubeclient/config_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"

static const struct {
    const char *list; /* field of the file */
    const char *body; /* field of an entry */
} lists[] = {
    [LIST_CLUSTERS] = {"clusters", "cluster"},
    [LIST_USERS] = {"users", "user"},
    [LIST_CONTEXTS] = {"contexts", "context"},
};

/* ---- one file ---- */

static bool has_name_before(const struct json *list, size_t i, const char *name)
{
    for (size_t j = 0; j < i; j++)
        if (str_eq(json_str(json_item(list, j), "name"), name))
            return true;
    return false;
}

static int check_list(const struct json *doc, const char *path,
                      enum kubeconfig_list which, struct err *err)
{
    const char *list_name = lists[which].list;
    const char *body_name = lists[which].body;
    struct json *list = NULL;

    if (json_read_array(doc, list_name, &list, err) == JSON_WRONG_TYPE)
        return err_prefix(err, "%s", path);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *entry = json_item(list, i);
        const char *name = json_str(entry, "name");

        if (name == NULL || name[0] == '\0')
            return err_set(err, ERR_INVALID, "%s: %s[%zu]: has no name", path,
                           list_name, i);
        if (has_name_before(list, i, name))
            return err_set(err, ERR_INVALID, "%s: %s: \"%s\" stands there twice", path,
                           list_name, name);
        if (!json_is(json_get(entry, body_name), JSON_OBJECT))
            return err_set(err, ERR_INVALID, "%s: %s[\"%s\"].%s: expected a mapping",
                           path, list_name, name, body_name);
    }
    return 0;
}

static int check_file(const struct json *doc, const char *path, struct err *err)
{
    const char *context;

    if (!json_is(doc, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: expected a kubeconfig mapping, got %s",
                       path, json_type_name(json_type(doc)));
    if (!str_eq(json_str_or(doc, "kind", "Config"), "Config"))
        return err_set(err, ERR_INVALID, "%s: kind: expected Config, got %s", path,
                       json_str(doc, "kind"));
    if (json_read_str(doc, "current-context", &context, err) == JSON_WRONG_TYPE)
        return err_prefix(err, "%s", path);
    for (int which = 0; which < LIST_N; which++)
        if (check_list(doc, path, (enum kubeconfig_list)which, err) < 0)
            return -1;
    return 0;
}

/* An empty file is a configuration without entries, as kubectl has it. */
static struct json *parse_file(const struct str *text, const char *path,
                               struct err *err)
{
    if (text->s[strspn(text->s, " \t\r\n")] == '\0' && strlen(text->s) == text->len)
        return json_new_object();
    return yaml_parse_one(text->s, text->len, path, err);
}

int kubeconfig_add(struct kubeconfig *k, const char *path, struct err *err)
{
    STR_AUTO struct str text;
    JSON_AUTO struct json *doc = NULL;

    str_init(&text, YAML_BYTES_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    doc = parse_file(&text, path, err);
    if (doc == NULL || check_file(doc, path, err) < 0)
        return -1;
    if (k->n == k->cap) {
        k->cap += 4;
        k->docs = xrealloc(k->docs, k->cap * sizeof(*k->docs));
        k->paths = xrealloc(k->paths, k->cap * sizeof(*k->paths));
    }
    k->docs[k->n] = TAKE(doc);
    k->paths[k->n++] = xstrdup(path);
    return 0;
}

void kubeconfig_fini(struct kubeconfig *k)
{
    for (size_t i = 0; i < k->n; i++) {
        json_free(k->docs[i]);
        free(k->paths[i]);
    }
    free(k->docs);
    free(k->paths);
    *k = (struct kubeconfig){0};
}

/* ---- all files ---- */

bool kubeconfig_find(const struct kubeconfig *k, enum kubeconfig_list which,
                     const char *name, struct kubeconfig_entry *ret)
{
    for (size_t f = 0; f < k->n; f++) {
        const struct json *list = json_get(k->docs[f], lists[which].list);

        for (size_t i = 0; i < json_len(list); i++) {
            const struct json *entry = json_item(list, i);

            if (!str_eq(json_str(entry, "name"), name))
                continue;
            *ret =
                (struct kubeconfig_entry){k->paths[f], which, json_str(entry, "name"),
                                          json_get(entry, lists[which].body)};
            return true;
        }
    }
    return false;
}

const char *kubeconfig_current_context(const struct kubeconfig *k)
{
    for (size_t f = 0; f < k->n; f++) {
        const char *name = json_str(k->docs[f], "current-context");

        if (name && name[0])
            return name;
    }
    return NULL;
}

int kubeconfig_refuse(const struct kubeconfig_entry *e, const char *field,
                      struct err *err, const char *fmt, ...)
{
    STR_AUTO struct str why;
    va_list ap;

    str_init(&why, ERR_MSG_MAX);
    va_start(ap, fmt);
    str_vaddf(&why, fmt, ap);
    va_end(ap);
    return err_set(err, ERR_INVALID, "%s: %s[\"%s\"].%s.%s: %s", e->file,
                   lists[e->list].list, e->name, lists[e->list].body, field, why.s);
}

int kubeconfig_str(const struct kubeconfig_entry *e, const char *field,
                   const char **ret, struct err *err)
{
    const struct json *value = json_get(e->body, field);

    *ret = NULL;
    if (value == NULL || json_is(value, JSON_NULL))
        return 0;
    if (!json_is(value, JSON_STRING))
        return kubeconfig_refuse(e, field, err, "expected a string, got %s",
                                 json_type_name(json_type(value)));
    if (strlen(json_string(value)) != json_string_len(value))
        return kubeconfig_refuse(e, field, err, "has a NUL character");
    if (json_string_len(value) > 0)
        *ret = json_string(value);
    return 0;
}

#include "cmd/gantry-local/object.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Fields that read as "false" where they are absent. */
static const char *const bool_fields[] = {"spec.unschedulable", "spec.hostNetwork"};

static void print_field(const char *key, const struct json *val, struct str *out)
{
    JSON_AUTO struct json *name = json_new_string(key);

    json_print(name, out);
    str_addc(out, ':');
    json_print(val, out);
}

static void print_meta(struct object *o, const struct json *meta, struct str *out)
{
    o->meta_at = out->len;
    str_add(out, "{\"resourceVersion\":\"");
    o->version_at = out->len;
    str_addf(out, "%" PRId64, o->version);
    o->version_len = out->len - o->version_at;
    str_addc(out, '"');
    for (json_each (it, meta)) {
        if (strcmp(it.key, "resourceVersion") == 0)
            continue;
        str_addc(out, ',');
        print_field(it.key, it.val, out);
    }
    str_addc(out, '}');
    o->meta_end = out->len;
}

static void print_tree(struct object *o, const struct json *tree, struct str *out)
{
    str_add(out, "{\"apiVersion\":");
    json_print(json_get(tree, "apiVersion"), out);
    o->api_end = out->len;
    str_add(out, ",\"kind\":");
    json_print(json_get(tree, "kind"), out);
    str_add(out, ",\"metadata\":");
    print_meta(o, json_get(tree, "metadata"), out);
    for (json_each (it, tree)) {
        if (strcmp(it.key, "apiVersion") == 0 || strcmp(it.key, "kind") == 0 ||
            strcmp(it.key, "metadata") == 0)
            continue;
        str_addc(out, ',');
        print_field(it.key, it.val, out);
    }
    str_addc(out, '}');
}

/* What a field selector compares: the scalar as text, "" where there is none. */
static void field_value(const struct json *tree, const char *path, struct str *out)
{
    const struct json *v = json_at(tree, path);

    if (json_is(v, JSON_STRING)) {
        str_add(out, json_string(v));
        return;
    }
    if (json_is(v, JSON_INT) || json_is(v, JSON_BOOL)) {
        json_print(v, out);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(bool_fields); i++)
        if (strcmp(path, bool_fields[i]) == 0)
            str_add(out, "false");
}

static void add_text(struct str *text, const char *s)
{
    str_addn(text, s, strlen(s) + 1);
}

static void index_field(const struct json *tree, const char *path, struct str *text)
{
    add_text(text, path);
    field_value(tree, path, text);
    str_addn(text, "", 1);
}

/* Objects are kept long: without the room that a str has to grow. */
static char *take_exact(struct str *text)
{
    const size_t size = text->len + 1;

    return xrealloc(str_take(text), size);
}

/* Collects key and value texts one behind the other, then points into them: the text
 * may move while it grows. */
static void index_attrs(struct object *o, const struct json *tree,
                        const struct kind *kind)
{
    STR_AUTO struct str text;

    str_init(&text, OBJECT_BYTES_MAX);
    for (json_each (it, json_at(tree, "metadata.labels"))) {
        if (!json_is(it.val, JSON_STRING))
            continue;
        add_text(&text, it.key);
        add_text(&text, json_string(it.val));
        o->n_labels++;
    }
    index_field(tree, "metadata.name", &text);
    index_field(tree, "metadata.namespace", &text);
    for (size_t i = 0; i < kind->n_selectable; i++)
        index_field(tree, kind->selectable[i], &text);
    o->n_fields = 2 + kind->n_selectable;
    const struct json *owners = json_at(tree, "metadata.ownerReferences");
    o->n_owners = json_len(owners);
    for (size_t i = 0; i < o->n_owners; i++)
        add_text(&text, json_str_or(json_item(owners, i), "uid", ""));

    o->attr_text = take_exact(&text);
    o->labels = xcalloc(o->n_labels + o->n_fields, sizeof(*o->labels));
    o->fields = o->labels + o->n_labels;
    const char *p = o->attr_text;
    for (size_t i = 0; i < o->n_labels + o->n_fields; i++) {
        o->labels[i].key = p;
        p += strlen(p) + 1;
        o->labels[i].value = p;
        p += strlen(p) + 1;
    }
    o->owners = o->n_owners > 0 ? xcalloc(o->n_owners, sizeof(*o->owners)) : NULL;
    for (size_t i = 0; i < o->n_owners; i++) {
        o->owners[i].uid = p;
        o->owners[i].blocked =
            json_bool_or(json_item(owners, i), "blockOwnerDeletion", false);
        p += strlen(p) + 1;
    }
}

static void index_deletion(struct object *o, const struct json *tree)
{
    const struct json *finalizers = json_at(tree, "metadata.finalizers");

    o->is_deleting = json_at(tree, "metadata.deletionTimestamp") != NULL;
    for (size_t i = 0; i < json_len(finalizers); i++) {
        const struct json *item = json_item(finalizers, i);
        const char *word = json_is(item, JSON_STRING) ? json_string(item) : "";
        o->is_orphaning = o->is_orphaning || strcmp(word, FINALIZER_ORPHAN) == 0;
        o->is_foreground = o->is_foreground || strcmp(word, FINALIZER_FOREGROUND) == 0;
    }
}

struct object *object_new(struct json *tree, const struct kind *kind, int64_t version)
{
    struct object *o = xcalloc(1, sizeof(*o));
    STR_AUTO struct str bytes;
    AUTO_FREE char *digits = xasprintf("%" PRId64, version);

    json_set_at(tree, "metadata.resourceVersion", json_new_string(digits));
    o->refs = 1;
    o->version = version;
    str_init(&bytes, OBJECT_BYTES_MAX);
    print_tree(o, tree, &bytes);
    if (bytes.overflow) {
        free(o);
        return NULL;
    }
    o->len = bytes.len;
    o->bytes = take_exact(&bytes);
    o->ns = xstrdup(json_str_or(tree, "metadata.namespace", ""));
    o->key = xasprintf("%s/%s", o->ns, json_str_or(tree, "metadata.name", ""));
    o->name = o->key + strlen(o->ns) + 1;
    o->uid = xstrdup(json_str_or(tree, "metadata.uid", ""));
    index_attrs(o, tree, kind);
    index_deletion(o, tree);
    return o;
}

struct object *object_ref(struct object *object)
{
    object->refs++;
    return object;
}

void object_unref(struct object *object)
{
    if (!object || --object->refs > 0)
        return;
    free(object->key);
    free(object->ns);
    free(object->uid);
    free(object->bytes);
    free(object->labels);
    free(object->owners);
    free(object->attr_text);
    free(object);
}

void object_print(const struct object *o, const char *api_version, int64_t version,
                  struct str *out)
{
    size_t from = 0;

    /* Group and version need no escaping. */
    const size_t api_at = strlen("{\"apiVersion\":\"");
    const size_t api_len = o->api_end - 1 - api_at;
    if (strlen(api_version) != api_len ||
        memcmp(o->bytes + api_at, api_version, api_len) != 0) {
        str_addf(out, "{\"apiVersion\":\"%s\"", api_version);
        from = o->api_end;
    }
    if (version != o->version) {
        str_addn(out, o->bytes + from, o->version_at - from);
        str_addf(out, "%" PRId64, version);
        from = o->version_at + o->version_len;
    }
    str_addn(out, o->bytes + from, o->len - from);
}

void object_print_item(const struct object *o, struct str *out)
{
    const size_t from = o->meta_at - strlen("\"metadata\":");

    str_addc(out, '{');
    str_addn(out, o->bytes + from, o->len - from);
}

struct json *object_tree(const struct object *object)
{
    struct err err = ERR_INIT;
    struct json *tree = json_parse(object->bytes, object->len, &err);

    assert(tree);
    return tree;
}

static const char *attr_find(const struct attr *attrs, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(attrs[i].key, key) == 0)
            return attrs[i].value;
    return NULL;
}

const char *object_field(const struct object *object, const char *path)
{
    return attr_find(object->fields, object->n_fields, path);
}

const char *object_label(const struct object *object, const char *key)
{
    return attr_find(object->labels, object->n_labels, key);
}

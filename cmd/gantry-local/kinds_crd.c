/* kinds_crd - the kinds that a CustomResourceDefinition asks for. */
#include <stdarg.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/cellpick.h"
#include "cmd/gantry-local/kinds_priv.h"
#include "cmd/gantry-local/schema_priv.h"
#include "crds/rules.h"

#define SELECTABLE_MAX 8
#define PATH_BYTES 256

static bool is_label(const char *s)
{
    size_t len = s == NULL ? 0 : strlen(s);

    return len > 0 && len <= 63 && s[0] != '-' && s[len - 1] != '-' &&
           strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* Puts the field's path before the error, which begins with the path within. */
static int within(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static int within(struct err *err, const char *fmt, ...)
{
    STR_AUTO struct str path;
    va_list ap;

    str_init(&path, PATH_BYTES);
    va_start(ap, fmt);
    str_vaddf(&path, fmt, ap);
    va_end(ap);
    AUTO_FREE char *inner = xstrdup(err->msg);
    return err_set(err, err->code, "%s.%s", path.s, inner);
}

static int need(const struct json *crd, const char *path, struct err *err)
{
    if (json_str_or(crd, path, "")[0] == '\0')
        return err_set(err, ERR_INVALID, "%s: Required value", path);
    return 0;
}

static int check_names(const struct json *crd, struct err *err)
{
    const char *plural = json_str(crd, "spec.names.plural");
    const char *scope = json_str_or(crd, "spec.scope", "");
    AUTO_FREE char *name = NULL;

    if (need(crd, "spec.group", err) != 0 || need(crd, "spec.names.plural", err) != 0 ||
        need(crd, "spec.names.kind", err) != 0 || need(crd, "spec.scope", err) != 0)
        return -1;
    if (!is_label(plural))
        return err_set(
            err, ERR_INVALID,
            "spec.names.plural: Invalid value: \"%.80s\": must be a lowercase "
            "RFC 1123 label",
            plural);
    if (strcmp(scope, "Namespaced") != 0 && strcmp(scope, "Cluster") != 0)
        return err_set(err, ERR_INVALID,
                       "spec.scope: Unsupported value: \"%.80s\": supported values: "
                       "\"Cluster\", \"Namespaced\"",
                       scope);
    name = xasprintf("%s.%s", plural, json_str(crd, "spec.group"));
    if (strcmp(name, json_str_or(crd, "metadata.name", "")) != 0)
        return err_set(err, ERR_INVALID,
                       "metadata.name: must be spec.names.plural+\".\"+spec.group");
    return 0;
}

static char **copy_strings(const struct json *list, size_t *ret_n)
{
    char **out = xcalloc(json_len(list) + 1, sizeof(*out));

    *ret_n = 0;
    for (size_t i = 0; i < json_len(list); i++)
        if (json_is(json_item(list, i), JSON_STRING))
            out[(*ret_n)++] = xstrdup(json_string(json_item(list, i)));
    return out;
}

static char *lower_kind(const char *kind)
{
    char *s = xstrdup(kind);

    for (char *p = s; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return s;
}

static void fill_names(struct kind_entry *e, const struct json *crd)
{
    struct kind *k = &e->kind;
    const char *kind = json_str(crd, "spec.names.kind");
    const char *singular = json_str(crd, "spec.names.singular");
    const char *list_kind = json_str(crd, "spec.names.listKind");

    e->crd_name = xstrdup(json_str(crd, "metadata.name"));
    k->group = xstrdup(json_str(crd, "spec.group"));
    k->plural = xstrdup(json_str(crd, "spec.names.plural"));
    k->name = xstrdup(kind);
    k->singular = singular != NULL ? xstrdup(singular) : lower_kind(kind);
    k->list_name = list_kind != NULL ? xstrdup(list_kind) : xasprintf("%sList", kind);
    k->short_names =
        copy_strings(json_at(crd, "spec.names.shortNames"), &k->n_short_names);
    k->categories =
        copy_strings(json_at(crd, "spec.names.categories"), &k->n_categories);
    k->namespaced = strcmp(json_str(crd, "spec.scope"), "Namespaced") == 0;
    k->is_custom = true;
    k->is_ending = json_at(crd, "metadata.deletionTimestamp") != NULL;
}

static char *column_description(const struct json *row)
{
    const char *said = json_str_or(row, "description", "");

    return said[0] ? xstrdup(said)
                   : xasprintf("Custom resource definition column (in JSONPath "
                               "format): %s",
                               json_str_or(row, "jsonPath", ""));
}

static void add_column(struct kind_entry *e, const struct json *row)
{
    e->columns[e->kind.n_columns++] = (struct column){
        .name = xstrdup(json_str_or(row, "name", "")),
        .type = xstrdup(json_str_or(row, "type", "string")),
        .format = xstrdup(json_str_or(row, "format", "")),
        .description = column_description(row),
        .json_path = xstrdup(json_str_or(row, "jsonPath", "")),
        .priority = (int)json_int_or(row, "priority", 0),
    };
}

/* Without columns of its own a kind shows its age. */
static int fill_columns(struct kind_entry *e, const struct json *version,
                        struct err *err)
{
    const struct json *rows = json_get(version, "additionalPrinterColumns");
    JSON_AUTO struct json *age = json_build(
        "{'name': 'Age', 'type': 'date', 'jsonPath': '.metadata.creationTimestamp',"
        " 'description': 'CreationTimestamp is the time of creation, by the server.'}");

    e->columns = xcalloc(json_len(rows) + 1, sizeof(*e->columns));
    for (size_t i = 0; i < json_len(rows); i++) {
        const struct json *row = json_item(rows, i);
        if (json_str_or(row, "name", "")[0] == '\0' ||
            json_str_or(row, "jsonPath", "")[0] != '.')
            return err_set(err, ERR_INVALID,
                           "additionalPrinterColumns[%zu]: needs a name and a jsonPath "
                           "that begins with a dot",
                           i);
        add_column(e, row);
    }
    if (json_len(rows) == 0)
        add_column(e, age);
    e->kind.columns = e->columns;
    e->kind.cells = e->cells = cellpick_new(e->columns, e->kind.n_columns);
    return 0;
}

static int fill_selectable(struct kind_entry *e, const struct json *version,
                           struct err *err)
{
    const struct json *rows = json_get(version, "selectableFields");

    if (json_len(rows) > SELECTABLE_MAX)
        return err_set(err, ERR_INVALID,
                       "selectableFields: Too many: %zu: must have at "
                       "most %d items",
                       json_len(rows), SELECTABLE_MAX);
    e->kind.selectable = xcalloc(json_len(rows) + 1, sizeof(char *));
    for (size_t i = 0; i < json_len(rows); i++) {
        const char *path = json_str_or(json_item(rows, i), "jsonPath", "");
        if (path[0] != '.' || path[1] == '\0' || strpbrk(path, "[]*") != NULL)
            return err_set(err, ERR_INVALID,
                           "selectableFields[%zu].jsonPath: must be a simple path such "
                           "as .spec.color",
                           i);
        e->kind.selectable[e->kind.n_selectable++] = xstrdup(path + 1);
    }
    return 0;
}

static int fill_schema(struct kind_entry *e, const struct json *version,
                       const struct schema *meta, struct err *err)
{
    const struct json *openapi = json_at(version, "schema.openAPIV3Schema");
    struct kind *k = &e->kind;
    struct schema_pool *pool;

    if (openapi == NULL)
        return err_set(err, ERR_INVALID, "schema.openAPIV3Schema: Required value");
    e->owned = schema_parse(openapi, err);
    if (e->owned == NULL)
        return within(err, "schema");
    pool = e->owned->pool;
    e->owned->gvk =
        schema_pool_keep(pool, json_build("[{'group': %s, 'version': %s, 'kind': %s}]",
                                          k->group, k->version, k->name));
    schema_attach_meta(e->owned, meta);
    k->schema = e->owned;
    k->has_foreign_cel = e->owned->has_cel && !rules_know(k->group, k->name);
    return 0;
}

static int fill_path(const struct json *scale, const char *field, char **ret,
                     struct err *err)
{
    const char *path = json_str_or(scale, field, "");

    if (!path[0])
        return 0;
    if (path[0] != '.' || !path[1] || strpbrk(path, "[]*"))
        return err_set(err, ERR_INVALID,
                       "subresources.scale.%s: must be a simple path such as "
                       ".spec.replicas",
                       field);
    *ret = xstrdup(path + 1);
    return 0;
}

static int fill_scale(struct kind_entry *e, const struct json *version, struct err *err)
{
    const struct json *scale = json_at(version, "subresources.scale");
    struct scale_paths *paths = &e->kind.scale;

    if (!scale)
        return 0;
    if (fill_path(scale, "specReplicasPath", &paths->replicas, err) != 0 ||
        fill_path(scale, "statusReplicasPath", &paths->current, err) != 0 ||
        fill_path(scale, "labelSelectorPath", &paths->selector, err) != 0)
        return -1;
    if (!paths->replicas || !paths->current)
        return err_set(err, ERR_INVALID, "subresources.scale.%s: Required value",
                       paths->replicas ? "statusReplicasPath" : "specReplicasPath");
    return 0;
}

/* The best version to use in the place of a deprecated one. NULL: none. */
static const char *successor(const struct json *crd, const char *deprecated)
{
    const struct json *versions = json_at(crd, "spec.versions");
    const char *best = deprecated;

    for (size_t i = 0; i < json_len(versions); i++) {
        const struct json *v = json_item(versions, i);
        if (json_bool_or(v, "served", false) && !json_bool_or(v, "deprecated", false) &&
            kind_version_order(json_str(v, "name"), best) < 0)
            best = json_str(v, "name");
    }
    return best == deprecated ? NULL : best;
}

/* What users of a deprecated version are told. */
static char *deprecation(const struct kind *k, const struct json *crd,
                         const struct json *version)
{
    const char *said = json_str(version, "deprecationWarning");
    const char *next = successor(crd, k->version);

    if (!json_bool_or(version, "deprecated", false))
        return NULL;
    if (said)
        return xstrdup(said);
    if (!next)
        return xasprintf("%s/%s %s is deprecated", k->group, k->version, k->name);
    return xasprintf("%s/%s %s is deprecated; use %s/%s %s", k->group, k->version,
                     k->name, k->group, next, k->name);
}

static int fill_version(struct kind_entry *e, const struct json *crd,
                        const struct json *version, const struct schema *meta,
                        struct err *err)
{
    e->kind.version = xstrdup(json_str(version, "name"));
    e->kind.deprecated = deprecation(&e->kind, crd, version);
    e->kind.has_status = json_at(version, "subresources.status") != NULL;
    if (fill_schema(e, version, meta, err) != 0 || fill_columns(e, version, err) != 0)
        return -1;
    return fill_selectable(e, version, err) != 0 ? -1 : fill_scale(e, version, err);
}

static int check_versions(const struct json *versions, struct err *err)
{
    size_t stored = 0;

    for (size_t i = 0; i < json_len(versions); i++) {
        const struct json *v = json_item(versions, i);
        if (!is_label(json_str(v, "name")))
            return err_set(err, ERR_INVALID,
                           "spec.versions[%zu].name: must be a label such as v1", i);
        for (size_t k = 0; k < i; k++)
            if (strcmp(json_str(v, "name"), json_str(json_item(versions, k), "name")) ==
                0)
                return err_set(err, ERR_INVALID,
                               "spec.versions[%zu].name: Duplicate value: \"%s\"", i,
                               json_str(v, "name"));
        stored += json_bool_or(v, "storage", false);
    }
    if (stored != 1)
        return err_set(err, ERR_INVALID,
                       "spec.versions: must have exactly one version marked as storage "
                       "version");
    return 0;
}

int crd_kinds(const struct json *crd, const struct schema *meta,
              struct kind_entries *ret, struct err *err)
{
    const struct json *versions = json_at(crd, "spec.versions");

    if (check_names(crd, err) != 0 || check_versions(versions, err) != 0)
        return -1;
    for (size_t i = 0; i < json_len(versions); i++) {
        const struct json *version = json_item(versions, i);
        if (!json_bool_or(version, "served", false))
            continue;
        struct kind_entry *e = kind_entry_new();
        kind_entries_add(ret, e);
        fill_names(e, crd);
        if (fill_version(e, crd, version, meta, err) != 0)
            return within(err, "spec.versions[%zu]", i);
    }
    return 0;
}

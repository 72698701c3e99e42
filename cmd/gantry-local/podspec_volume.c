#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/podspec_private.h"

#define VOLUMES_MAX 256
#define PARTS_MAX 100
#define FILES_MAX 10000
#define MODE_DEFAULT 0644
#define PATH_BYTES_MAX 4000

bool podspec_is_inner_path(const char *path)
{
    if (!*path || *path == '/' || strlen(path) > PATH_BYTES_MAX)
        return false;
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strcmp(part, "..") == 0 || str_starts(part, "../"))
            return false;
    }
    return true;
}

/* ---- files ---- */

/* "a//./b/" is "a/b". */
static void clean_path(char *path)
{
    char *end = path;

    for (const char *part = path; *part; part += strspn(part, "/")) {
        const size_t len = strcspn(part, "/");

        if (len > 0 && !(len == 1 && *part == '.')) {
            if (end > path)
                *end++ = '/';
            memmove(end, part, len);
            end += len;
        }
        part += len;
    }
    *end = '\0';
}

/* Names that begin with two dots are the node's own (filetree.h). */
static int check_path(const char *path, struct err *err)
{
    if (podspec_is_inner_path(path) && !str_starts(path, ".."))
        return 0;
    return err_set(
        err, ERR_INVALID,
        "path \"%.200s\": must be relative, must not contain \"..\" nor begin"
        " with it",
        path);
}

static int add_file(struct volume_part *part, const struct json *item,
                    const struct value_source *take_from, struct err *err)
{
    struct volume_file *file = &part->files[part->n_files++];

    file->from = *take_from;
    file->path = xstrdup(json_str_or(item, "path", ""));
    file->mode = (int)json_int_or(item, "mode", -1);
    if (check_path(file->path, err) < 0)
        return -1;
    clean_path(file->path);
    return check_path(file->path, err);
}

static int read_items(struct volume_part *part, const struct json *list,
                      struct err *err)
{
    if (json_len(list) > FILES_MAX)
        return err_set(err, ERR_TOO_LARGE, "items: more than %d", FILES_MAX);
    part->files = xcalloc(json_len(list) + 1, sizeof(*part->files));
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *item = json_item(list, i);
        struct value_source from = {.kind = part->kind, .optional = part->optional};

        if (part->kind != VALUE_FIELD) {
            from.object = xstrdup(part->object);
            from.text = xstrdup(json_str_or(item, "key", ""));
        } else if (!podspec_read_source(&from, item)) {
            return err_set(err, ERR_INVALID,
                           "items[%zu]: must have fieldRef or resourceFieldRef", i);
        }
        if (add_file(part, item, &from, err) < 0)
            return err_prefix(err, "items[%zu]", i);
    }
    return 0;
}

static int read_object_files(struct volume_spec *v, const struct json *source,
                             enum value_kind kind, const char *name_field,
                             struct err *err)
{
    struct volume_part *part = &v->parts[v->n_parts++];
    const struct json *items = json_get(source, "items");

    part->kind = kind;
    part->object = xstrdup(json_str_or(source, name_field, ""));
    part->optional = json_bool_or(source, "optional", false);
    part->whole = json_len(items) == 0;
    return read_items(part, items, err);
}

static int read_config_map(struct volume_spec *v, const struct json *source,
                           struct err *err)
{
    return read_object_files(v, source, VALUE_CONFIG_MAP, "name", err);
}

static int read_secret(struct volume_spec *v, const struct json *source,
                       struct err *err)
{
    return read_object_files(v, source, VALUE_SECRET, "secretName", err);
}

static int read_projected_secret(struct volume_spec *v, const struct json *source,
                                 struct err *err)
{
    return read_object_files(v, source, VALUE_SECRET, "name", err);
}

static int read_downward(struct volume_spec *v, const struct json *source,
                         struct err *err)
{
    struct volume_part *part = &v->parts[v->n_parts++];

    part->kind = VALUE_FIELD;
    return read_items(part, json_get(source, "items"), err);
}

static const struct {
    const char *field;
    int (*read)(struct volume_spec *v, const struct json *source, struct err *err);
} projections[] = {
    {"configMap", read_config_map},
    {"secret", read_projected_secret},
    {"downwardAPI", read_downward},
};

static int read_projection(struct pod_spec *spec, struct volume_spec *v,
                           const struct json *j, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(projections); i++) {
        const struct json *source = json_get(j, projections[i].field);

        if (json_is(source, JSON_OBJECT))
            return projections[i].read(v, source, err);
    }
    if (json_len(j) > 0)
        podspec_need(spec, xasprintf("volume \"%.100s\" (projected %.60s)", v->name,
                                     json_iter_first(j).key));
    return 0;
}

/* ---- volumes ---- */

static void one_part(struct volume_spec *v, const struct json *source)
{
    v->kind = VOLUME_FILES;
    v->parts = xcalloc(1, sizeof(*v->parts));
    v->mode = (int)json_int_or(source, "defaultMode", MODE_DEFAULT);
}

static int config_map_volume(struct pod_spec *spec, struct volume_spec *v,
                             const struct json *source, struct err *err)
{
    (void)spec;
    one_part(v, source);
    return read_config_map(v, source, err);
}

static int secret_volume(struct pod_spec *spec, struct volume_spec *v,
                         const struct json *source, struct err *err)
{
    (void)spec;
    one_part(v, source);
    return read_secret(v, source, err);
}

static int downward_volume(struct pod_spec *spec, struct volume_spec *v,
                           const struct json *source, struct err *err)
{
    (void)spec;
    one_part(v, source);
    return read_downward(v, source, err);
}

static int projected_volume(struct pod_spec *spec, struct volume_spec *v,
                            const struct json *source, struct err *err)
{
    const struct json *list = json_get(source, "sources");

    if (json_len(list) > PARTS_MAX)
        return err_set(err, ERR_TOO_LARGE, "sources: more than %d", PARTS_MAX);
    v->kind = VOLUME_FILES;
    v->mode = (int)json_int_or(source, "defaultMode", MODE_DEFAULT);
    v->parts = xcalloc(json_len(list) + 1, sizeof(*v->parts));
    for (size_t i = 0; i < json_len(list); i++)
        if (read_projection(spec, v, json_item(list, i), err) < 0)
            return err_prefix(err, "sources[%zu]", i);
    return 0;
}

static int empty_volume(struct pod_spec *spec, struct volume_spec *v,
                        const struct json *source, struct err *err)
{
    const char *medium = json_str_or(source, "medium", "");
    const struct json *limit = json_get(source, "sizeLimit");

    v->kind = VOLUME_EMPTY;
    v->in_memory = str_eq(medium, "Memory");
    if (*medium && !v->in_memory)
        podspec_need(spec,
                     xasprintf("volume \"%.100s\" (medium %.60s)", v->name, medium));
    if (limit && !json_is(limit, JSON_NULL) &&
        quantity_read(limit, &v->size_bytes, err) < 0)
        return err_prefix(err, "sizeLimit");
    return 0;
}

static int host_volume(struct pod_spec *spec, struct volume_spec *v,
                       const struct json *source, struct err *err)
{
    (void)spec;
    v->kind = VOLUME_HOST;
    v->host_path = xstrdup(json_str_or(source, "path", ""));
    v->host_type = xstrdup(json_str_or(source, "type", ""));
    if (v->host_path[0] != '/' || strlen(v->host_path) > PATH_BYTES_MAX)
        return err_set(err, ERR_INVALID, "path \"%.200s\": must be absolute",
                       v->host_path);
    return 0;
}

static const struct {
    const char *field;
    int (*read)(struct pod_spec *spec, struct volume_spec *v, const struct json *source,
                struct err *err);
} volume_kinds[] = {
    {"configMap", config_map_volume}, {"secret", secret_volume},
    {"downwardAPI", downward_volume}, {"projected", projected_volume},
    {"emptyDir", empty_volume},       {"hostPath", host_volume},
};

static int read_volume(struct pod_spec *spec, struct volume_spec *v,
                       const struct json *j, struct err *err)
{
    const char *name = json_str(j, "name");

    if (!name || !*name || strchr(name, '/') || name[0] == '.')
        return err_set(err, ERR_INVALID, "name: must be a volume's name");
    v->name = xstrdup(name);
    v->size_bytes = -1;
    /* the API server's admission adds it to every pod */
    if (str_starts(name, "kube-api-access-"))
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(volume_kinds); i++) {
        const struct json *source = json_get(j, volume_kinds[i].field);

        if (json_is(source, JSON_OBJECT))
            return volume_kinds[i].read(spec, v, source, err);
    }
    for (json_each (it, j))
        if (strcmp(it.key, "name") != 0)
            podspec_need(spec, xasprintf("volume \"%.100s\" (%.60s)", name, it.key));
    return 0;
}

int podspec_read_volumes(struct pod_spec *spec, const struct json *podspec,
                         struct err *err)
{
    struct json *list = NULL;

    if (json_read_array(podspec, "volumes", &list, err) == JSON_WRONG_TYPE)
        return -1;
    if (json_len(list) > VOLUMES_MAX)
        return err_set(err, ERR_TOO_LARGE, "volumes: more than %d", VOLUMES_MAX);
    spec->volumes = xcalloc(json_len(list) + 1, sizeof(*spec->volumes));
    for (size_t i = 0; i < json_len(list); i++)
        if (read_volume(spec, &spec->volumes[spec->n_volumes++], json_item(list, i),
                        err) < 0)
            return err_prefix(err, "volumes[%zu]", i);
    return 0;
}

static void part_fini(struct volume_part *part)
{
    for (size_t i = 0; i < part->n_files; i++) {
        free(part->files[i].path);
        podspec_free_source(&part->files[i].from);
    }
    free(part->files);
    free(part->object);
}

void podspec_free_volumes(struct pod_spec *spec)
{
    for (size_t i = 0; i < spec->n_volumes; i++) {
        struct volume_spec *v = &spec->volumes[i];

        for (size_t k = 0; k < v->n_parts; k++)
            part_fini(&v->parts[k]);
        free(v->parts);
        free(v->name);
        free(v->host_path);
        free(v->host_type);
    }
    free(spec->volumes);
    spec->volumes = NULL;
    spec->n_volumes = 0;
}

/* ---- where they are mounted ---- */

static int find_volume(const struct pod_spec *spec, const char *name, size_t *ret,
                       struct err *err)
{
    for (size_t i = 0; i < spec->n_volumes; i++)
        if (strcmp(spec->volumes[i].name, name) == 0) {
            *ret = i;
            return 0;
        }
    return err_set(err, ERR_INVALID, "name \"%.100s\": the pod has no such volume",
                   name);
}

/* Only one of the two fields may be given; the API server sees to that. */
static int read_sub_path(struct mount_spec *m, const struct json *j, struct err *err)
{
    const char *plain = json_str_or(j, "subPath", "");
    const char *expr = json_str_or(j, "subPathExpr", "");

    m->expands = *expr;
    m->sub_path = xstrdup(*expr ? expr : plain);
    if (!*m->sub_path || podspec_is_inner_path(m->sub_path))
        return 0;
    return err_set(err, ERR_INVALID,
                   "subPath \"%.200s\": must be relative and must not contain \"..\"",
                   m->sub_path);
}

static int read_mount(struct pod_spec *spec, struct mount_spec *m, const struct json *j,
                      struct err *err)
{
    const char *path = json_str_or(j, "mountPath", "");
    const char *propagation = json_str_or(j, "mountPropagation", "None");

    m->path = *path == '/' ? xstrdup(path) : xasprintf("/%s", path);
    m->read_only = json_bool_or(j, "readOnly", false);
    m->recursive = m->read_only &&
                   !str_eq(json_str_or(j, "recursiveReadOnly", "Disabled"), "Disabled");
    if (str_eq(propagation, "Bidirectional"))
        podspec_need(spec, xasprintf("mountPropagation Bidirectional at %.200s", path));
    if (!podspec_is_inner_path(m->path + 1))
        return err_set(err, ERR_INVALID,
                       "mountPath \"%.200s\": must be below \"/\", without \"..\"",
                       path);
    if (find_volume(spec, json_str_or(j, "name", ""), &m->volume, err) < 0)
        return -1;
    return read_sub_path(m, j, err);
}

int podspec_read_mounts(struct pod_spec *spec, struct container_spec *c,
                        const struct json *container, struct err *err)
{
    struct json *list = NULL;

    if (json_read_array(container, "volumeMounts", &list, err) == JSON_WRONG_TYPE)
        return -1;
    if (json_len(list) > VOLUMES_MAX)
        return err_set(err, ERR_TOO_LARGE, "volumeMounts: more than %d", VOLUMES_MAX);
    c->mounts = xcalloc(json_len(list) + 1, sizeof(*c->mounts));
    for (size_t i = 0; i < json_len(list); i++)
        if (read_mount(spec, &c->mounts[c->n_mounts++], json_item(list, i), err) < 0)
            return err_prefix(err, "volumeMounts[%zu]", i);
    return 0;
}

void podspec_free_mounts(struct container_spec *c)
{
    for (size_t i = 0; i < c->n_mounts; i++) {
        free(c->mounts[i].path);
        free(c->mounts[i].sub_path);
    }
    free(c->mounts);
}

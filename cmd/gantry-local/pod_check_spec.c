/* pod_check_spec - what Kubernetes refuses in a pod spec as a whole: names that stand
 * twice, volumes and their mounts, host names, limits of time. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/check.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/pod_check_private.h"

struct spec {
    const struct check check;
    const struct json *spec;
    const char *field;
};

static const char *name_of(const struct json *j)
{
    return json_str_or(j, "name", "");
}

static bool has_name(const struct json *list, size_t before, const char *name)
{
    for (size_t i = 0; i < before && i < json_len(list); i++)
        if (strcmp(name_of(json_item(list, i)), name) == 0)
            return true;
    return false;
}

/* ---- containers ---- */

static void check_container_names(const struct spec *s)
{
    const struct json *init = json_get(s->spec, "initContainers");
    const struct json *main = json_get(s->spec, "containers");

    for (size_t i = 0; i < json_len(main); i++) {
        AUTO_FREE char *at = xasprintf("%s.containers[%zu].name", s->field, i);
        if (has_name(main, i, name_of(json_item(main, i))))
            check_duplicate(&s->check, at, name_of(json_item(main, i)));
    }
    for (size_t i = 0; i < json_len(init); i++) {
        const char *name = name_of(json_item(init, i));
        AUTO_FREE char *at = xasprintf("%s.initContainers[%zu].name", s->field, i);
        if (has_name(main, json_len(main), name) || has_name(init, i, name))
            check_duplicate(&s->check, at, name);
    }
}

static bool has_mount_path(const struct json *mounts, size_t before, const char *path)
{
    for (size_t i = 0; i < before; i++)
        if (strcmp(json_str_or(json_item(mounts, i), "mountPath", ""), path) == 0)
            return true;
    return false;
}

static void check_mounts(const struct spec *s, const struct json *container,
                         const char *where)
{
    const struct json *mounts = json_get(container, "volumeMounts");
    const struct json *volumes = json_get(s->spec, "volumes");

    for (size_t i = 0; i < json_len(mounts); i++) {
        const char *name = name_of(json_item(mounts, i));
        const char *path = json_str_or(json_item(mounts, i), "mountPath", "");
        AUTO_FREE char *name_at = xasprintf("%s.volumeMounts[%zu].name", where, i);
        AUTO_FREE char *path_at = xasprintf("%s.volumeMounts[%zu].mountPath", where, i);
        AUTO_FREE char *missing = xasprintf("Not found: \"%s\"", name);
        if (!has_name(volumes, json_len(volumes), name))
            s->check.found(s->check.arg,
                           &(struct cause){name_at, "FieldValueNotFound", missing});
        if (has_mount_path(mounts, i, path))
            check_invalid_text(&s->check, path_at, path, "must be unique");
    }
}

/* What `fieldRef` may name: a pod's own fields, and one label or annotation. */
static bool is_pod_field(const char *path)
{
    static const char *const paths[] = {"metadata.name",
                                        "metadata.namespace",
                                        "metadata.uid",
                                        "spec.nodeName",
                                        "spec.serviceAccountName",
                                        "status.hostIP",
                                        "status.hostIPs",
                                        "status.podIP",
                                        "status.podIPs",
                                        "metadata.labels[",
                                        "metadata.annotations["};

    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (str_ends(paths[i], "[") ? str_starts(path, paths[i])
                                    : strcmp(path, paths[i]) == 0)
            return true;
    return false;
}

static void check_variables(const struct spec *s, const struct json *container,
                            const char *where)
{
    const struct json *env = json_get(container, "env");

    for (size_t i = 0; i < json_len(env); i++) {
        const struct json *from = json_get(json_item(env, i), "valueFrom");
        const char *path = json_str(from, "fieldRef.fieldPath");
        AUTO_FREE char *from_at = xasprintf("%s.env[%zu].valueFrom", where, i);
        AUTO_FREE char *path_at = xasprintf("%s.fieldRef.fieldPath", from_at);
        if (from && json_str_or(json_item(env, i), "value", "")[0])
            check_invalid_text(&s->check, from_at, "",
                               "may not be specified when `value` is not empty");
        if (!path || is_pod_field(path))
            continue;
        AUTO_FREE char *why = xasprintf(
            "error converting fieldPath: field label not supported: %s", path);
        check_invalid_text(&s->check, path_at, path, why);
    }
}

static void check_containers(const struct spec *s)
{
    static const char *const lists[] = {"initContainers", "containers"};

    check_container_names(s);
    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *list = json_get(s->spec, lists[l]);
        for (size_t i = 0; i < json_len(list); i++) {
            AUTO_FREE char *where = xasprintf("%s.%s[%zu]", s->field, lists[l], i);
            check_mounts(s, json_item(list, i), where);
            check_variables(s, json_item(list, i), where);
        }
    }
}

/* ---- volumes ---- */

/* What a source must have. */
static const struct {
    const char *source, *field;
} sources[] = {
    {"configMap", "name"},
    {"secret", "secretName"},
    {"persistentVolumeClaim", "claimName"},
    {"hostPath", "path"},
};

static void check_source(const struct spec *s, const struct json *volume,
                         const char *where)
{
    bool first = true;

    for (json_each (it, volume)) {
        AUTO_FREE char *at = xasprintf("%s.%s", where, it.key);
        if (strcmp(it.key, "name") == 0)
            continue;
        if (!first)
            check_forbidden(&s->check, at, "may not specify more than 1 volume type");
        first = false;
    }
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        const struct json *source = json_get(volume, sources[i].source);
        AUTO_FREE char *at =
            xasprintf("%s.%s.%s", where, sources[i].source, sources[i].field);
        if (source && !json_str_or(source, sources[i].field, "")[0])
            check_required(&s->check, at, NULL);
    }
}

static void check_volumes(const struct spec *s)
{
    const struct json *volumes = json_get(s->spec, "volumes");

    for (size_t i = 0; i < json_len(volumes); i++) {
        const char *name = name_of(json_item(volumes, i));
        AUTO_FREE char *where = xasprintf("%s.volumes[%zu]", s->field, i);
        AUTO_FREE char *name_at = xasprintf("%s.name", where);
        if (has_name(volumes, i, name))
            check_duplicate(&s->check, name_at, name);
        check_label(&s->check, name_at, name);
        check_source(s, json_item(volumes, i), where);
    }
}

/* ---- the rest ---- */

/* Gt and Lt wait behind a feature gate, and are named only to who asks for them. */
static void check_tolerations(const struct spec *s)
{
    static const char effects[] = "NoSchedule|PreferNoSchedule|NoExecute";
    const struct json *list = json_get(s->spec, "tolerations");

    for (size_t i = 0; i < json_len(list); i++) {
        const char *operator= json_str_or(json_item(list, i), "operator", "");
        const char *effect = json_str_or(json_item(list, i), "effect", "");
        AUTO_FREE char *at = xasprintf("%s.tolerations[%zu]", s->field, i);
        AUTO_FREE char *operator_at = xasprintf("%s.operator", at);
        AUTO_FREE char *effect_at = xasprintf("%s.effect", at);
        if (operator[0] && !check_is_one_of(operator, "Equal|Exists"))
            check_unsupported(&s->check, operator_at, operator,
                              check_is_one_of(operator, "Lt|Gt") ? "Equal|Exists|Lt|Gt"
                                                                 : "Equal|Exists");
        if (effect[0] && !check_is_one_of(effect, effects))
            check_unsupported(&s->check, effect_at, effect, effects);
    }
}

static void check_claims(const struct spec *s)
{
    const struct json *claims = json_get(s->spec, "resourceClaims");

    for (size_t i = 0; i < json_len(claims); i++) {
        AUTO_FREE char *at = xasprintf("%s.resourceClaims[%zu].name", s->field, i);
        if (has_name(claims, i, name_of(json_item(claims, i))))
            check_duplicate(&s->check, at, name_of(json_item(claims, i)));
    }
}

static void check_gates(const struct spec *s)
{
    const struct json *gates = json_get(s->spec, "schedulingGates");

    for (size_t i = 0; i < json_len(gates); i++) {
        AUTO_FREE char *at = xasprintf("%s.schedulingGates[%zu]", s->field, i);
        if (has_name(gates, i, name_of(json_item(gates, i))))
            check_duplicate(&s->check, at, name_of(json_item(gates, i)));
    }
}

/* Two of a kind are told where the first stands. */
static void check_spread(const struct spec *s)
{
    const struct json *list = json_get(s->spec, "topologySpreadConstraints");

    for (size_t i = 0; i < json_len(list); i++)
        for (size_t k = i + 1; k < json_len(list); k++) {
            const char *key = json_str_or(json_item(list, i), "topologyKey", "");
            const char *action =
                json_str_or(json_item(list, i), "whenUnsatisfiable", "");
            AUTO_FREE char *at = xasprintf(
                "%s.topologySpreadConstraints[%zu].{topologyKey, whenUnsatisfiable}",
                s->field, i);
            AUTO_FREE char *both = xasprintf("{%s, %s}", key, action);
            if (str_eq(json_str(json_item(list, k), "topologyKey"), key) &&
                str_eq(json_str(json_item(list, k), "whenUnsatisfiable"), action))
                check_duplicate(&s->check, at, both);
        }
}

static void check_host_name(const struct spec *s, const char *name)
{
    const char *value = json_str_or(s->spec, name, "");
    AUTO_FREE char *at = xasprintf("%s.%s", s->field, name);

    if (value[0])
        check_label(&s->check, at, value);
}

static void check_deadline(const struct spec *s)
{
    const struct json *value = json_get(s->spec, "activeDeadlineSeconds");
    AUTO_FREE char *at = xasprintf("%s.activeDeadlineSeconds", s->field);

    if (json_is(value, JSON_INT) &&
        (json_int(value) < 1 || json_int(value) > INT32_MAX))
        check_invalid(&s->check, at, value,
                      "must be between 1 and 2147483647, inclusive");
}

void pod_check_whole(const struct json *spec, const char *field, cause_fn *found,
                     void *arg)
{
    const struct spec s = {{.found = found, .arg = arg}, spec, field};

    check_volumes(&s);
    check_containers(&s);
    check_host_name(&s, "hostname");
    check_host_name(&s, "subdomain");
    check_tolerations(&s);
    check_spread(&s);
    check_gates(&s);
    check_claims(&s);
    check_deadline(&s);
}

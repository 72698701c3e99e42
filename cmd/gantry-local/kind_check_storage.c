/* kind_check_storage - what is wrong with volumes, claims and their classes. */
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/names.h"

static void check_modes(const struct check *c, const char *why)
{
    const struct json *modes = json_at(c->after, "spec.accessModes");
    bool alone = false;

    if (json_len(modes) == 0)
        check_required(c, "spec.accessModes", why);
    for (size_t i = 0; i < json_len(modes); i++) {
        const char *mode = json_string(json_item(modes, i));
        alone |= strcmp(mode, "ReadWriteOncePod") == 0;
        if (strcmp(mode, "ReadOnlyMany") != 0 && strcmp(mode, "ReadWriteMany") != 0 &&
            strcmp(mode, "ReadWriteOnce") != 0 && strcmp(mode, "ReadWriteOncePod") != 0)
            check_unsupported(
                c, "spec.accessModes", mode,
                "ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod");
    }
    if (alone && json_len(modes) > 1)
        check_forbidden(c, "spec.accessModes",
                        "may not use ReadWriteOncePod with other access modes");
}

static void check_class_name(const struct check *c)
{
    const char *name = json_str_or(c->after, "spec.storageClassName", "");

    if (name[0])
        check_subdomain(c, "spec.storageClassName", name);
}

static void check_storage(const struct check *c, const char *field,
                          const struct json *amount)
{
    int64_t milli;

    if (quantity_read_milli(amount, &milli, NULL) == 0 && milli <= 0)
        check_invalid(c, field, amount, "must be greater than zero");
}

/* Kubernetes looks at a volume's twice, the second time as at any amount. */
static void check_amount(const struct check *c, const char *field,
                         const struct json *amount)
{
    int64_t milli;

    if (quantity_read_milli(amount, &milli, NULL) != 0 || milli >= 0)
        return;
    AUTO_FREE char *text = json_is(amount, JSON_STRING) ? xstrdup(json_string(amount))
                                                        : json_text(amount, NULL);
    AUTO_FREE char *message =
        xasprintf("Invalid value: %s: must be a valid resource quantity", text);
    c->found(c->arg, &(struct cause){field, "FieldValueInvalid", message});
}

/* ---- volumes ---- */

static const char *const sources[] = {
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "gcePersistentDisk",
    "photonPersistentDisk",
    "rbd",
    "portworxVolume",
    "quobyte",
    "scaleIO",
    "storageos",
    "vsphereVolume",
};

static void check_source(const struct check *c)
{
    const struct json *spec = json_get(c->after, "spec");
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        AUTO_FREE char *field = xasprintf("spec.%s", sources[i]);
        if (json_get(spec, sources[i]) && n++ > 0)
            check_forbidden(c, field, "may not specify more than 1 volume type");
        if (c->before &&
            !json_equal(json_at(c->before, field), json_at(c->after, field)))
            check_forbidden(c, "spec.persistentvolumesource",
                            "spec.persistentvolumesource is immutable after creation");
    }
    if (n == 0)
        check_required(c, "spec", "must specify a volume type");
}

static bool has_dots(const char *path)
{
    for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2)
        if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
            return true;
    return false;
}

static void check_places(const struct check *c)
{
    const char *host = json_str_or(c->after, "spec.hostPath.path", "");
    const char *nfs = json_str(c->after, "spec.nfs.path");

    if (has_dots(host))
        check_invalid_text(c, "spec.hostPath.path", host, "must not contain '..'");
    if (nfs && nfs[0] != '/')
        check_invalid_text(c, "spec.nfs.path", nfs, "must be an absolute path");
    if (json_at(c->after, "spec.local") && !json_at(c->after, "spec.nodeAffinity"))
        check_required(c, "spec.nodeAffinity", "Local volume requires node affinity");
    if (json_at(c->after, "spec.nodeAffinity") &&
        !json_at(c->after, "spec.nodeAffinity.required"))
        check_required(c, "spec.nodeAffinity.required",
                       "must specify required node constraints");
}

void volume_check(const struct check *c)
{
    const struct json *capacity = json_at(c->after, "spec.capacity");
    const struct json *storage = json_get(capacity, "storage");

    check_modes(c, NULL);
    if (json_len(capacity) == 0)
        check_required(c, "spec.capacity", NULL);
    if (!storage || json_len(capacity) > 1) {
        AUTO_FREE char *text = capacity ? json_text(capacity, NULL) : xstrdup("null");
        AUTO_FREE char *message =
            xasprintf("Unsupported value: %s: supported values: \"storage\"", text);
        c->found(c->arg,
                 &(struct cause){"spec.capacity", "FieldValueNotSupported", message});
    } else {
        check_storage(c, "spec.capacity[storage]", storage);
        check_amount(c, "spec.capacity[storage]", storage);
    }
    check_source(c);
    check_places(c);
    check_class_name(c);
    if (c->before && !json_equal(json_at(c->before, "spec.volumeMode"),
                                 json_at(c->after, "spec.volumeMode")))
        check_invalid(c, "volumeMode", json_at(c->after, "spec.volumeMode"),
                      "field is immutable");
}

/* ---- claims ---- */

/* A claim that is bound may ask for more; a binding may fill in the volume. */
static struct json *fixed_part(const struct json *claim, bool bound)
{
    struct json *spec = json_copy(json_get(claim, "spec"));

    json_del(spec, "volumeName");
    if (bound) {
        json_del(json_get(spec, "resources"), "requests");
        json_del(spec, "volumeAttributesClassName");
    }
    return spec;
}

static void check_claim_kept(const struct check *c)
{
    const bool bound = str_eq(json_str(c->before, "status.phase"), "Bound");
    const char *volume = json_str_or(c->before, "spec.volumeName", "");

    if (!c->before)
        return;
    JSON_AUTO struct json *was = fixed_part(c->before, bound);
    JSON_AUTO struct json *is = fixed_part(c->after, bound);
    if (!json_equal(was, is) ||
        (volume[0] && !str_eq(json_str(c->after, "spec.volumeName"), volume)))
        check_forbidden(c, "spec",
                        "spec is immutable after creation except resources.requests "
                        "and volumeAttributesClassName for bound claims");
}

void claim_check(const struct check *c)
{
    const struct json *storage = json_at(c->after, "spec.resources.requests.storage");

    check_modes(c, "at least 1 access mode is required");
    if (!storage)
        check_required(c, "spec.resources[storage]", NULL);
    else
        check_storage(c, "spec.resources[storage]", storage);
    check_class_name(c);
    check_selector(c, "spec.selector", json_at(c->after, "spec.selector"));
    check_claim_kept(c);
}

/* ---- classes ---- */

void storage_class_check(const struct check *c)
{
    static const char *const fixed[] = {"provisioner", "parameters", "reclaimPolicy",
                                        "volumeBindingMode"};
    const char *provisioner = json_str_or(c->after, "provisioner", "");
    AUTO_FREE char *lower = name_lower(provisioner);

    const char *why = name_refuse_qualified(lower);
    if (provisioner[0] && why)
        check_invalid_text(c, "provisioner", lower, why);
    for (json_each (it, json_get(c->after, "parameters")))
        if (!it.key[0])
            check_invalid_text(c, "parameters", "", "field can not be empty.");
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        if (c->before &&
            !json_equal(json_get(c->before, fixed[i]), json_get(c->after, fixed[i])))
            check_invalid(c, fixed[i], NULL, "field is immutable");
}

/* table_storage - columns of volumes, claims and their classes. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

static const struct {
    const char *mode, *brief;
} modes[] = {
    {"ReadWriteOnce", "RWO"},
    {"ReadOnlyMany", "ROX"},
    {"ReadWriteMany", "RWX"},
    {"ReadWriteOncePod", "RWOP"},
};

static bool has_word(const struct json *list, const char *word)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (json_is(json_item(list, i), JSON_STRING) &&
            strcmp(json_string(json_item(list, i)), word) == 0)
            return true;
    return false;
}

static struct json *access_modes(const struct json *list)
{
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < ARRAY_LEN(modes); i++)
        if (has_word(list, modes[i].mode))
            str_addf(&text, "%s%s", text.len > 0 ? "," : "", modes[i].brief);
    return json_new_string(text.s);
}

static struct json *phase(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    if (json_at(object, "metadata.deletionTimestamp") != NULL)
        return json_new_string("Terminating");
    return cell_text_or(object, "status.phase", "");
}

static struct json *attributes_class(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(object, "spec.volumeAttributesClassName", "<unset>");
}

static struct json *storage_class(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(object, "spec.storageClassName", "");
}

static struct json *volume_mode(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(object, "spec.volumeMode", "<unset>");
}

/* ---- volumes ---- */

static struct json *volume_modes(const struct json *volume, int64_t now_sec)
{
    (void)now_sec;
    return access_modes(json_at(volume, "spec.accessModes"));
}

static struct json *volume_capacity(const struct json *volume, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(volume, "spec.capacity.storage", "0");
}

static struct json *volume_claim(const struct json *volume, int64_t now_sec)
{
    const struct json *claim = json_at(volume, "spec.claimRef");

    (void)now_sec;
    if (claim == NULL)
        return json_new_string("");
    return cell_take(xasprintf("%s/%s", json_str_or(claim, "namespace", ""),
                               json_str_or(claim, "name", "")));
}

static struct json *volume_reason(const struct json *volume, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(volume, "status.reason", "");
}

/* ---- claims: what a volume gave them ---- */

static bool is_bound(const struct json *claim)
{
    return json_str_or(claim, "spec.volumeName", "")[0] != '\0';
}

static struct json *claim_volume(const struct json *claim, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(claim, "spec.volumeName", "");
}

static struct json *claim_capacity(const struct json *claim, int64_t now_sec)
{
    (void)now_sec;
    return is_bound(claim) ? cell_text_or(claim, "status.capacity.storage", "0")
                           : json_new_string("");
}

static struct json *claim_modes(const struct json *claim, int64_t now_sec)
{
    (void)now_sec;
    return access_modes(is_bound(claim) ? json_at(claim, "status.accessModes") : NULL);
}

/* ---- classes ---- */

static struct json *class_name(const struct json *class, int64_t now_sec)
{
    (void)now_sec;
    return cell_default_name(class, "storageclass.kubernetes.io/is-default-class");
}

static struct json *class_expansion(const struct json *class, int64_t now_sec)
{
    (void)now_sec;
    return json_new_bool(json_bool_or(class, "allowVolumeExpansion", false));
}

/* ---- the tables ---- */

static const struct core_column volumes[] = {
    {"Capacity", "string", 0, volume_capacity, NULL},
    {"Access Modes", "string", 0, volume_modes, NULL},
    {"Reclaim Policy", "string", 0, NULL, "spec.persistentVolumeReclaimPolicy"},
    {"Status", "string", 0, phase, NULL},
    {"Claim", "string", 0, volume_claim, NULL},
    {"StorageClass", "string", 0, storage_class, NULL},
    {"VolumeAttributesClass", "string", 0, attributes_class, NULL},
    {"Reason", "string", 0, volume_reason, NULL},
    TABLE_AGE,
    {"VolumeMode", "string", 1, volume_mode, NULL},
};
static const struct core_column claims[] = {
    {"Status", "string", 0, phase, NULL},
    {"Volume", "string", 0, claim_volume, NULL},
    {"Capacity", "string", 0, claim_capacity, NULL},
    {"Access Modes", "string", 0, claim_modes, NULL},
    {"StorageClass", "string", 0, storage_class, NULL},
    {"VolumeAttributesClass", "string", 0, attributes_class, NULL},
    TABLE_AGE,
    {"VolumeMode", "string", 1, volume_mode, NULL},
};
static const struct core_column classes[] = {
    {"Name", "string", 0, class_name, NULL},
    {"Provisioner", "string", 0, NULL, "provisioner"},
    {"ReclaimPolicy", "string", 0, NULL, "reclaimPolicy"},
    {"VolumeBindingMode", "string", 0, NULL, "volumeBindingMode"},
    {"AllowVolumeExpansion", "string", 0, class_expansion, NULL},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW("", "persistentvolumes", volumes),
    TABLE_ROW("", "persistentvolumeclaims", claims),
    TABLE_ROW("storage.k8s.io", "storageclasses", classes),
};

const struct core_tables table_storage = {rows, ARRAY_LEN(rows)};

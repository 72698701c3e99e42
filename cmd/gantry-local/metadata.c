#include "cmd/gantry-local/metadata.h"

#include <string.h>

#include "base/duration.h"
#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/names.h"

/* ObjectMeta; `inner` is what the values of a map or the items of a list are. */
static const struct {
    const char *name;
    enum json_type type, inner;
} meta_fields[] = {
    {"name", JSON_STRING, JSON_NULL},
    {"generateName", JSON_STRING, JSON_NULL},
    {"namespace", JSON_STRING, JSON_NULL},
    {"selfLink", JSON_STRING, JSON_NULL},
    {"uid", JSON_STRING, JSON_NULL},
    {"resourceVersion", JSON_STRING, JSON_NULL},
    {"generation", JSON_INT, JSON_NULL},
    {"creationTimestamp", JSON_STRING, JSON_NULL},
    {"deletionTimestamp", JSON_STRING, JSON_NULL},
    {"deletionGracePeriodSeconds", JSON_INT, JSON_NULL},
    {"labels", JSON_OBJECT, JSON_STRING},
    {"annotations", JSON_OBJECT, JSON_STRING},
    {"ownerReferences", JSON_ARRAY, JSON_OBJECT},
    {"finalizers", JSON_ARRAY, JSON_STRING},
    {"managedFields", JSON_ARRAY, JSON_OBJECT},
};

/* ---- shape ---- */

static int check_inner(const char *name, const struct json *value, enum json_type inner,
                       struct err *err)
{
    for (json_each (it, value))
        if (!json_is(it.val, inner))
            return err_set(err, ERR_INVALID, "metadata.%s.%s: expected %s, got %s",
                           name, it.key, json_type_name(inner),
                           json_type_name(json_type(it.val)));
    for (size_t i = 0; json_is(value, JSON_ARRAY) && i < json_len(value); i++)
        if (!json_is(json_item(value, i), inner))
            return err_set(err, ERR_INVALID, "metadata.%s[%zu]: expected %s, got %s",
                           name, i, json_type_name(inner),
                           json_type_name(json_type(json_item(value, i))));
    return 0;
}

int metadata_check(struct json *object, struct err *err)
{
    if (!json_get(object, "metadata") ||
        json_is(json_get(object, "metadata"), JSON_NULL))
        json_set(object, "metadata", json_new_object());
    struct json *meta = json_get(object, "metadata");
    if (!json_is(meta, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "metadata: expected object, got %s",
                       json_type_name(json_type(meta)));
    for (size_t i = 0; i < ARRAY_LEN(meta_fields); i++) {
        const struct json *value = json_get(meta, meta_fields[i].name);
        if (json_is(value, JSON_NULL)) {
            json_del(meta, meta_fields[i].name);
            continue;
        }
        if (value && !json_is(value, meta_fields[i].type))
            return err_set(err, ERR_INVALID, "metadata.%s: expected %s, got %s",
                           meta_fields[i].name, json_type_name(meta_fields[i].type),
                           json_type_name(json_type(value)));
        if (value && check_inner(meta_fields[i].name, value, meta_fields[i].inner, err))
            return -1;
    }
    return 0;
}

static bool is_meta_field(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(meta_fields); i++)
        if (strcmp(meta_fields[i].name, name) == 0)
            return true;
    return false;
}

static const char *nearest_meta_field(const char *name)
{
    const char *names[ARRAY_LEN(meta_fields) + 1] = {0};

    for (size_t i = 0; i < ARRAY_LEN(meta_fields); i++)
        names[i] = meta_fields[i].name;
    return opt_nearest(name, names);
}

void metadata_prune(struct json *object, unknown_fn *found, void *arg)
{
    struct json *meta = json_get(object, "metadata");
    JSON_AUTO struct json *copy = json_copy(meta);

    for (json_each (it, copy)) {
        if (is_meta_field(it.key))
            continue;
        AUTO_FREE char *path = xasprintf("metadata.%s", it.key);
        found(arg, path, nearest_meta_field(it.key));
        json_del(meta, it.key);
    }
}

void metadata_drop_empty(struct json *object)
{
    struct json *meta = json_get(object, "metadata");

    for (size_t i = 0; i < ARRAY_LEN(meta_fields); i++) {
        const struct json *value = json_get(meta, meta_fields[i].name);
        const bool holds = json_is(value, JSON_OBJECT) || json_is(value, JSON_ARRAY);
        if (holds && json_len(value) == 0)
            json_del(meta, meta_fields[i].name);
    }
}

/* ---- names ---- */

static void report(cause_fn *found, void *arg, const char *field, const char *value,
                   const char *why)
{
    AUTO_FREE char *message = xasprintf("Invalid value: \"%s\": %s", value, why);

    found(arg, &(struct cause){
                   .field = field, .reason = "FieldValueInvalid", .message = message});
}

/* Kinds whose names are not subdomains. */
static const struct {
    const char *group, *plural; /* NULL: all of the group */
    const char *(*refuse)(const char *name);
} name_rules[] = {
    {"", "namespaces", name_refuse_label},
    {"", "services", name_refuse_label},
    {"rbac.authorization.k8s.io", NULL, name_refuse_segment},
};

static void validate_name(const struct kind *kind, const char *name, cause_fn *found,
                          void *arg)
{
    const char *(*refuse)(const char *) = name_refuse_subdomain;

    for (size_t i = 0; i < ARRAY_LEN(name_rules) && !kind->is_custom; i++)
        if (strcmp(name_rules[i].group, kind->group) == 0 &&
            (!name_rules[i].plural || strcmp(name_rules[i].plural, kind->plural) == 0))
            refuse = name_rules[i].refuse;
    if (refuse(name))
        report(found, arg, "metadata.name", name, refuse(name));
}

static void validate_maps(const struct json *object, cause_fn *found, void *arg)
{
    size_t total = 0;

    names_check_labels(json_at(object, "metadata.labels"), "metadata.labels", found,
                       arg);
    for (json_each (it, json_at(object, "metadata.annotations"))) {
        const char *why = name_refuse_qualified(it.key);
        if (why)
            report(found, arg, "metadata.annotations", it.key, why);
        total += strlen(it.key) + json_string_len(it.val);
    }
    if (total > (256u << 10))
        found(arg, &(struct cause){.field = "metadata.annotations",
                                   .reason = "FieldValueTooLong",
                                   .message = "Too long: may not be more than 262144 "
                                              "bytes"});
}

static void report_controllers(const struct json *owners, const struct json *first,
                               const struct json *second, cause_fn *found, void *arg)
{
    AUTO_FREE char *all = json_text(owners, NULL);
    AUTO_FREE char *message = xasprintf(
        "Invalid value: %s: Only one reference can have Controller set to true. Found "
        "\"true\" in references for %s/%s and %s/%s",
        all, json_str_or(first, "kind", ""), json_str_or(first, "name", ""),
        json_str_or(second, "kind", ""), json_str_or(second, "name", ""));

    found(arg,
          &(struct cause){"metadata.ownerReferences", "FieldValueInvalid", message});
}

static void validate_owners(const struct json *object, cause_fn *found, void *arg)
{
    static const char *const required[] = {"apiVersion", "kind", "name", "uid"};
    const struct json *owners = json_at(object, "metadata.ownerReferences");
    const struct json *first = NULL;

    for (size_t i = 0; i < json_len(owners); i++) {
        const struct json *owner = json_item(owners, i);
        for (size_t k = 0; k < ARRAY_LEN(required); k++) {
            AUTO_FREE char *field =
                xasprintf("metadata.ownerReferences[%zu].%s", i, required[k]);
            if (json_str_or(owner, required[k], "")[0] == '\0')
                found(arg, &(struct cause){field, "FieldValueRequired",
                                           "Required value: must not be empty"});
        }
        if (!json_bool_or(owner, "controller", false))
            continue;
        if (first)
            report_controllers(owners, first, owner, found, arg);
        else
            first = owner;
    }
}

static bool list_has(const struct json *list, const char *word)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_string(json_item(list, i)), word))
            return true;
    return false;
}

static bool is_fully_named(const char *finalizer)
{
    static const char *const own[] = {"kubernetes", "orphan", "foregroundDeletion"};

    for (size_t k = 0; k < ARRAY_LEN(own); k++)
        if (strcmp(own[k], finalizer) == 0)
            return true;
    return strchr(finalizer, '/') != NULL;
}

/* Of these groups, and of custom kinds, finalizers may have any name. */
static bool has_any_finalizers(const struct kind *kind)
{
    return kind->is_custom || strcmp(kind->group, "apiextensions.k8s.io") == 0 ||
           strcmp(kind->group, "coordination.k8s.io") == 0;
}

/* Without a prefix only Kubernetes' own are known. */
static void validate_finalizer(const struct kind *kind, const char *word, size_t i,
                               cause_fn *found, void *arg)
{
    const char *fault = name_refuse_qualified(word);

    if (fault) {
        report(found, arg, "metadata.finalizers", word, fault);
        return;
    }
    if (is_fully_named(word) || has_any_finalizers(kind))
        return;
    AUTO_FREE char *field = xasprintf("metadata.finalizers[%zu]", i);
    report(found, arg, field, word,
           "name is neither a standard finalizer name nor is it fully qualified");
}

static void validate_finalizers(const struct kind *kind, const struct json *object,
                                const struct json *before, cause_fn *found, void *arg)
{
    const struct json *now = json_at(object, "metadata.finalizers");
    const struct json *then = json_at(before, "metadata.finalizers");

    for (size_t i = 0; i < json_len(now); i++) {
        const char *word = json_string(json_item(now, i));
        validate_finalizer(kind, word, i, found, arg);
        if (!before || !json_at(before, "metadata.deletionTimestamp") ||
            list_has(then, word))
            continue;
        AUTO_FREE char *message = xasprintf(
            "Forbidden: no new finalizers can be added if the object is being "
            "deleted, found new finalizers []string{\"%s\"}",
            word);
        found(arg, &(struct cause){.field = "metadata.finalizers",
                                   .reason = "FieldValueForbidden",
                                   .message = message});
    }
}

void metadata_validate(const struct kind *kind, const struct json *object,
                       const struct json *before, cause_fn *found, void *arg)
{
    if (!before)
        validate_name(kind, json_str_or(object, "metadata.name", ""), found, arg);
    validate_maps(object, found, arg);
    validate_owners(object, found, arg);
    validate_finalizers(kind, object, before, found, arg);
}

void metadata_warn(const struct kind *kind, const struct json *object,
                   const struct json *before, warn_fn *warn, void *arg)
{
    const struct json *now = json_at(object, "metadata.finalizers");

    for (size_t i = 0; kind->is_custom && i < json_len(now); i++) {
        const char *word = json_string(json_item(now, i));
        if (is_fully_named(word) ||
            list_has(json_at(before, "metadata.finalizers"), word))
            continue;
        AUTO_FREE char *line =
            xasprintf("metadata.finalizers: \"%s\": prefer a domain-qualified "
                      "finalizer name%s to "
                      "avoid accidental conflicts with other finalizer writers",
                      word, strchr(word, '.') ? " including a path (/)" : "");
        warn(arg, line);
    }
}

#define WARNING_MAX (64u << 10)

static bool are_objects(const struct json *list)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (!json_is(json_item(list, i), JSON_OBJECT))
            return false;
    return json_is(list, JSON_ARRAY);
}

/* All of an owner, as a text. */
static char *owner_text(const struct json *owner)
{
    return xasprintf("%s\n%s\n%s\n%s\n%d%d", json_str_or(owner, "uid", ""),
                     json_str_or(owner, "name", ""), json_str_or(owner, "kind", ""),
                     json_str_or(owner, "apiVersion", ""),
                     json_bool_or(owner, "controller", false),
                     json_bool_or(owner, "blockOwnerDeletion", false));
}

void metadata_join_owners(struct json *object, warn_fn *warn, void *arg)
{
    const struct json *owners = json_at(object, "metadata.ownerReferences");
    JSON_AUTO struct json *once = json_new_array();
    JSON_AUTO struct json *seen = json_new_object();
    STR_AUTO struct str twice;

    str_init(&twice, WARNING_MAX);
    if (!are_objects(owners))
        return;
    for (size_t i = 0; i < json_len(owners); i++) {
        struct json *owner = json_item(owners, i);
        AUTO_FREE char *text = owner_text(owner);
        if (!json_get(seen, text))
            json_append(once, json_ref(owner));
        else
            str_addf(&twice, "%s%s", twice.len > 0 ? ", " : "",
                     json_str_or(owner, "uid", ""));
        json_set(seen, text, json_new_bool(true));
    }
    if (json_len(once) == json_len(owners))
        return;
    AUTO_FREE char *line = xasprintf(
        ".metadata.ownerReferences contains duplicate entries; API server dedups owner "
        "references in 1.20+, and may reject such requests as early as 1.24; please "
        "fix your requests; duplicate UID(s) observed: %s",
        twice.s);
    json_set_at(object, "metadata.ownerReferences", TAKE(once));
    warn(arg, line);
}

/* ---- what the server says ---- */

static const char *const servers_own[] = {
    "uid",          "creationTimestamp",          "deletionTimestamp",
    "generation",   "deletionGracePeriodSeconds", "selfLink",
    "managedFields"};

void metadata_init(struct json *object, bool has_generation, struct rng *rng,
                   int64_t now_sec)
{
    struct json *meta = json_get(object, "metadata");
    char uid[37], now[TIME_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_LEN(servers_own); i++)
        if (strcmp(servers_own[i], "managedFields") != 0 &&
            (has_generation || strcmp(servers_own[i], "generation") != 0))
            json_del(meta, servers_own[i]);
    rng_uuid(rng, uid);
    time_format_rfc3339(now_sec, now);
    json_set(meta, "uid", json_new_string(uid));
    json_set(meta, "creationTimestamp", json_new_string(now));
    if (has_generation)
        json_set(meta, "generation", json_new_int(1));
}

void metadata_inherit(struct json *object, const struct json *before)
{
    static const char *const fixed[] = {"name", "namespace", "generateName"};
    struct json *meta = json_get(object, "metadata");
    const struct json *old = json_get(before, "metadata");

    for (size_t i = 0; i < ARRAY_LEN(servers_own); i++) {
        struct json *value = json_get(old, servers_own[i]);
        json_set(meta, servers_own[i], value ? json_copy(value) : NULL);
    }
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        struct json *value = json_get(old, fixed[i]);
        json_set(meta, fixed[i], value ? json_copy(value) : NULL);
    }
}

char *metadata_generate_name(const char *prefix, struct rng *rng)
{
    /* Kubernetes' alphabet: no vowels, nothing that looks like another. */
    static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
    char tail[6] = "";

    for (size_t i = 0; i < 5; i++)
        tail[i] = alphabet[rng_below(rng, sizeof(alphabet) - 1)];
    return xasprintf("%.58s%s", prefix, tail);
}

bool metadata_has_finalizers(const struct json *object)
{
    return json_len(json_at(object, "metadata.finalizers")) > 0;
}

bool metadata_has_finalizer(const struct json *object, const char *finalizer)
{
    return list_has(json_at(object, "metadata.finalizers"), finalizer);
}

void metadata_set_finalizer(struct json *object, const char *finalizer, bool there)
{
    struct json *list = json_at(object, "metadata.finalizers");

    for (size_t i = json_len(list); i-- > 0;)
        if (str_eq(json_string(json_item(list, i)), finalizer))
            json_array_del(list, i);
    if (there && !list) {
        list = json_new_array();
        json_set_at(object, "metadata.finalizers", list);
    }
    if (there)
        json_append(list, json_new_string(finalizer));
    if (json_len(list) == 0)
        json_del(json_get(object, "metadata"), "finalizers");
}

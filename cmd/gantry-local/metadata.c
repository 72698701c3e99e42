#include "cmd/gantry-local/metadata.h"

#include <ctype.h>
#include <string.h>

#include "base/duration.h"
#include "base/opt.h"
#include "base/util.h"

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

static bool is_lower_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool label_part(const char *s, size_t len)
{
    if (len == 0 || !is_lower_alnum(s[0]) || !is_lower_alnum(s[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_lower_alnum(s[i]) && s[i] != '-')
            return false;
    return true;
}

bool name_is_label(const char *name)
{
    return strlen(name) <= 63 && label_part(name, strlen(name));
}

bool name_is_subdomain(const char *name)
{
    if (strlen(name) > 253)
        return false;
    for (;;) {
        const size_t len = strcspn(name, ".");
        if (!label_part(name, len))
            return false;
        if (name[len] == '\0')
            return true;
        name += len + 1;
    }
}

/* The part of a label behind the slash, and label values: at most 63 of [-A-Za-z0-9_.],
 * letters or digits at both ends. */
static bool is_label_word(const char *s)
{
    const size_t len = strlen(s);

    if (len == 0 || len > 63 || !isalnum((unsigned char)s[0]) ||
        !isalnum((unsigned char)s[len - 1]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
            return false;
    return true;
}

static bool is_qualified_name(const char *s)
{
    const char *slash = strchr(s, '/');

    if (!slash)
        return is_label_word(s);
    AUTO_FREE char *prefix = xstrndup(s, (size_t)(slash - s));
    return name_is_subdomain(prefix) && is_label_word(slash + 1);
}

static void report(cause_fn *found, void *arg, const char *field, const char *value,
                   const char *why)
{
    AUTO_FREE char *message = xasprintf("Invalid value: \"%s\": %s", value, why);

    found(arg, &(struct cause){
                   .field = field, .reason = "FieldValueInvalid", .message = message});
}

#define SUBDOMAIN_RULE                                                               \
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "        \
    "characters, '-' or '.', and must start and end with an alphanumeric character " \
    "(e.g. 'example.com', regex used for validation is "                             \
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
#define QUALIFIED_RULE                                                                 \
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must "    \
    "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or " \
    "'123-abc', regex used for validation is "                                         \
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define VALUE_RULE                                                                  \
    "a valid label must be an empty string or consist of alphanumeric characters, " \
    "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. " \
    "'MyValue',  or 'my_value',  or '12345', regex used for validation is "         \
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

#define NAME_LENGTH "must be no more than 253 characters"
#define VALUE_LENGTH "must be no more than 63 bytes"

static void validate_name(const struct kind *kind, const char *name, cause_fn *found,
                          void *arg)
{
    const bool label =
        kind->group[0] == '\0' && (strcmp(kind->plural, "namespaces") == 0 ||
                                   strcmp(kind->plural, "services") == 0);

    if (label && !name_is_label(name))
        report(found, arg, "metadata.name", name, NAME_LABEL_RULE);
    else if (!label && !name_is_subdomain(name))
        report(found, arg, "metadata.name", name,
               strlen(name) > 253 ? NAME_LENGTH : SUBDOMAIN_RULE);
}

static void validate_maps(const struct json *object, cause_fn *found, void *arg)
{
    for (json_each (it, json_at(object, "metadata.labels"))) {
        const char *value = json_string(it.val);
        if (!is_qualified_name(it.key))
            report(found, arg, "metadata.labels", it.key, QUALIFIED_RULE);
        if (value[0] && !is_label_word(value))
            report(found, arg, "metadata.labels", value,
                   strlen(value) > 63 ? VALUE_LENGTH : VALUE_RULE);
    }
    size_t total = 0;
    for (json_each (it2, json_at(object, "metadata.annotations"))) {
        if (!is_qualified_name(it2.key))
            report(found, arg, "metadata.annotations", it2.key, QUALIFIED_RULE);
        total += strlen(it2.key) + json_string_len(it2.val);
    }
    if (total > (256u << 10))
        found(arg, &(struct cause){.field = "metadata.annotations",
                                   .reason = "FieldValueTooLong",
                                   .message = "Too long: may not be more than 262144 "
                                              "bytes"});
}

static void validate_owners(const struct json *object, cause_fn *found, void *arg)
{
    static const char *const required[] = {"apiVersion", "kind", "name", "uid"};
    const struct json *owners = json_at(object, "metadata.ownerReferences");
    size_t controllers = 0;

    for (size_t i = 0; i < json_len(owners); i++) {
        for (size_t k = 0; k < ARRAY_LEN(required); k++) {
            AUTO_FREE char *field =
                xasprintf("metadata.ownerReferences[%zu].%s", i, required[k]);
            if (json_str_or(json_item(owners, i), required[k], "")[0] == '\0')
                report(found, arg, field, "", "must not be empty");
        }
        controllers += json_bool_or(json_item(owners, i), "controller", false);
    }
    if (controllers > 1)
        report(found, arg, "metadata.ownerReferences", "[]",
               "Only one reference can have Controller set to true");
}

static bool list_has(const struct json *list, const char *word)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (strcmp(json_string(json_item(list, i)), word) == 0)
            return true;
    return false;
}

static void validate_finalizers(const struct json *object, const struct json *before,
                                cause_fn *found, void *arg)
{
    const struct json *now = json_at(object, "metadata.finalizers");
    const struct json *then = json_at(before, "metadata.finalizers");

    for (size_t i = 0; i < json_len(now); i++) {
        const char *word = json_string(json_item(now, i));
        if (!is_qualified_name(word))
            report(found, arg, "metadata.finalizers", word, QUALIFIED_RULE);
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
    validate_finalizers(object, before, found, arg);
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
        if (strcmp(servers_own[i], "managedFields") != 0)
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

#include "cmd/gantry-local/strategy.h"

#include <string.h>

#include "base/util.h"
#include "crds/rules.h"

/* Of a ConfigMap or Secret. */
#define DATA_BYTES_MAX (1u << 20)

/* Our own kinds: what the CRDs' CEL rules and the admission policies say elsewhere. */

static int gantry_admit(struct write *w)
{
    struct err err = ERR_INIT;
    const struct call *call = w->call;

    if (strcmp(call->kind->name, "BatchJob") != 0 || w->before)
        return 0;
    if (rules_admit_user(w->after, call->req->user, call->req->is_admin, &err) == 0)
        return 0;
    return refuse_forbidden(&w->call->refusal, call->kind,
                            json_str_or(w->after, "metadata.name", ""), "%s", err.msg);
}

static void found_violation(void *arg, const struct rules_violation *v)
{
    STR_AUTO struct str message;

    str_init(&message, 8192);
    str_add(&message, "Invalid value: ");
    if (v->value) {
        json_print(v->value, &message);
        str_add(&message, ": ");
    }
    str_add(&message, v->message);
    write_invalid(arg, v->field, "FieldValueInvalid", message.s);
}

static void gantry_validate(struct write *w)
{
    if (rules_know(w->call->kind->group, w->call->kind->name))
        rules_check(w->call->kind->name, w->after, w->before, found_violation, w);
}

/* ConfigMaps and Secrets: keys may be file names. */

static const char *refuse_key(const char *key)
{
    if (strcmp(key, ".") == 0 || strcmp(key, "..") == 0)
        return "must not be '.' or '..'";
    if (strlen(key) > 253)
        return "must be no more than 253 characters";
    if (!key[0] ||
        key[strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-._")])
        return "a valid config key must consist of alphanumeric characters, '-', '_' "
               "or "
               "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for "
               "validation is '[-._a-zA-Z0-9]+')";
    return NULL;
}

/* Returns the bytes of the values; in base64 they are four for three. */
static size_t check_data(struct write *w, const char *map, bool base64)
{
    size_t total = 0;

    for (json_each (it, json_get(w->after, map))) {
        const size_t len =
            json_is(it.val, JSON_STRING) ? strlen(json_string(it.val)) : 0;
        const char *why = refuse_key(it.key);
        total += base64 ? len / 4 * 3 : len;
        if (!why)
            continue;
        AUTO_FREE char *field = xasprintf("%s[%s]", map, it.key);
        AUTO_FREE char *message = xasprintf("Invalid value: \"%s\": %s", it.key, why);
        write_invalid(w, field, "FieldValueInvalid", message);
    }
    return total;
}

static void check_total(struct write *w, size_t total)
{
    if (total > DATA_BYTES_MAX)
        write_invalid(w, "data", "FieldValueTooLong",
                      "Too long: may not be more than 1048576 bytes");
}

static void configmap_validate(struct write *w)
{
    check_total(w, check_data(w, "data", false) + check_data(w, "binaryData", true));
}

static void secret_validate(struct write *w)
{
    check_total(w, check_data(w, "data", true));
}

static const struct strategy strategies[] = {
    {"", "configmaps", .validate = configmap_validate},
    {"", "secrets", .validate = secret_validate},
    {"", "pods", .has_generation = true, .prepare = pod_prepare, .admit = pod_admit,
     .validate = pod_validate},
    {"", "nodes", .keeps_status = true},
    {"", "namespaces", .prepare = namespace_prepare},
    {"apps", NULL, .has_generation = true, .is_unmanaged = true},
    {"batch", "jobs", .has_generation = true, .is_unmanaged = true,
     .orphans_dependents = true},
    {"batch", NULL, .has_generation = true, .is_unmanaged = true},
    {"policy", NULL, .has_generation = true},
    {"apiextensions.k8s.io", "customresourcedefinitions", .has_generation = true,
     .prepare = crd_prepare, .validate = crd_validate, .commit = crd_commit},
    {"gantry.dev", NULL, .has_generation = true, .admit = gantry_admit,
     .validate = gantry_validate},
};

static const struct strategy custom = {.has_generation = true};
static const struct strategy ordinary = {0};

const struct strategy *strategy_of(const struct kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(strategies); i++)
        if (strcmp(strategies[i].group, kind->group) == 0 &&
            (!strategies[i].plural || strcmp(strategies[i].plural, kind->plural) == 0))
            return &strategies[i];
    return kind->is_custom ? &custom : &ordinary;
}

/* kind_check_limit - what is wrong with quotas, limit ranges, disruption budgets,
 * priority and runtime classes. */
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/kind_check.h"

#define PRIORITY_MAX 1000000000

/* ---- quotas ---- */

static bool has_text(const struct json *list, const char *text)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (strcmp(json_string(json_item(list, i)), text) == 0)
            return true;
    return false;
}

static bool is_word(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

/* Things that are counted, not measured. */
static const char *const counted[] = {
    "pods",
    "resourcequotas",
    "services",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
    "replicationcontrollers",
};
static const char *const measured[] = {
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
};

static void check_quota_name(const struct check *c, const char *field,
                             const char *resource)
{
    if (strchr(resource, '/') || strstr(resource, "hugepages-") ||
        is_word(counted, ARRAY_LEN(counted), resource) ||
        is_word(measured, ARRAY_LEN(measured), resource))
        return;
    check_invalid_text(c, field, resource,
                       "must be a standard resource type or fully qualified");
    check_invalid_text(c, field, resource, "must be a standard resource for quota");
}

static void check_quota_amount(const struct check *c, const char *field,
                               const char *resource, const struct json *value)
{
    int64_t milli;

    if (quantity_read_milli(value, &milli, NULL) != 0)
        return; /* past what is counted here */
    if (milli < 0)
        check_invalid(c, field, value, "must be greater than or equal to 0");
    else if (milli % 1000 != 0 && is_word(counted, ARRAY_LEN(counted), resource))
        check_invalid(c, field, value, "must be an integer");
}

static const char *refuse_scopes(const struct check *c, const struct json *scopes)
{
    static const char *const known[] = {
        "BestEffort",           "NotBestEffort", "Terminating",
        "NotTerminating",       "PriorityClass", "CrossNamespacePodAffinity",
        "VolumeAttributesClass"};

    for (size_t i = 0; i < json_len(scopes); i++)
        if (!is_word(known, ARRAY_LEN(known), json_string(json_item(scopes, i))))
            return "unsupported scope";
    for (json_each (it, json_at(c->after, "spec.hard")))
        if (has_text(scopes, "BestEffort") && strcmp(it.key, "pods") != 0 &&
            !str_starts(it.key, "count/"))
            return "unsupported scope applied to resource";
    for (size_t i = 0; i < 4; i += 2)
        if (has_text(scopes, known[i]) && has_text(scopes, known[i + 1]))
            return "conflicting scopes";
    return NULL;
}

void quota_check(const struct check *c)
{
    const struct json *scopes = json_at(c->after, "spec.scopes");
    const char *why = refuse_scopes(c, scopes);

    for (json_each (it, json_at(c->after, "spec.hard"))) {
        AUTO_FREE char *field = xasprintf("spec.hard[%s]", it.key);
        check_quota_name(c, field, it.key);
        check_quota_amount(c, field, it.key, it.val);
    }
    if (why)
        check_invalid(c, "spec.scopes", scopes, why);
    check_fixed(c, "spec.scopes");
}

/* ---- limit ranges ---- */

/* Pairs of which the first may not exceed the second. */
static const struct order {
    const char *low, *high, *blamed;
    const char *quoted; /* whose value stands in the message */
    const char *low_word, *high_word;
} orders[] = {
    {"min", "max", "min", "min", "min", "max"},
    {"min", "defaultRequest", "defaultRequest", "defaultRequest", "min",
     "default request"},
    {"defaultRequest", "max", "defaultRequest", "defaultRequest", "default request",
     "max"},
    {"min", "default", "default", "min", "min", "default"},
    {"default", "max", "default", "max", "default", "max"},
    {"defaultRequest", "default", "defaultRequest", "defaultRequest", "default request",
     "default limit"},
};

static void check_order(const struct check *c, const char *item_at,
                        const struct json *item, const struct order *o)
{
    for (json_each (it, json_get(item, o->low))) {
        const struct json *high = json_get(json_get(item, o->high), it.key);
        int64_t low_milli, high_milli;
        if (!high || quantity_read_milli(it.val, &low_milli, NULL) != 0 ||
            quantity_read_milli(high, &high_milli, NULL) != 0 ||
            low_milli <= high_milli || !json_is(it.val, JSON_STRING) ||
            !json_is(high, JSON_STRING))
            continue;
        AUTO_FREE char *field = xasprintf("%s.%s[%s]", item_at, o->blamed, it.key);
        AUTO_FREE char *why =
            xasprintf("%s value %s is greater than %s value %s", o->low_word,
                      json_string(it.val), o->high_word, json_string(high));
        check_invalid(c, field, json_get(json_get(item, o->quoted), it.key), why);
    }
}

static void check_limit(const struct check *c, const char *at, const struct json *item)
{
    static const char *const types[] = {"Pod", "Container", "PersistentVolumeClaim"};
    static const char *const defaults[] = {"default", "defaultRequest"};
    const char *type = json_str_or(item, "type", "");
    AUTO_FREE char *type_at = xasprintf("%s.type", at);

    if (!is_word(types, ARRAY_LEN(types), type) && !strchr(type, '/'))
        check_invalid_text(c, type_at, type,
                           "must be a standard limit type or fully qualified");
    for (size_t i = 0; i < ARRAY_LEN(defaults) && strcmp(type, "Pod") == 0; i++) {
        AUTO_FREE char *field = xasprintf("%s.%s", at, defaults[i]);
        if (json_len(json_get(item, defaults[i])) > 0)
            check_forbidden(c, field, "may not be specified when `type` is 'Pod'");
    }
    for (size_t i = 0; i < ARRAY_LEN(orders); i++)
        check_order(c, at, item, &orders[i]);
}

void limit_range_check(const struct check *c)
{
    const struct json *limits = json_at(c->after, "spec.limits");

    for (size_t i = 0; i < json_len(limits); i++) {
        const char *type = json_str_or(json_item(limits, i), "type", "");
        AUTO_FREE char *at = xasprintf("spec.limits[%zu]", i);
        AUTO_FREE char *type_at = xasprintf("%s.type", at);
        for (size_t k = 0; k < i; k++)
            if (str_eq(json_str(json_item(limits, k), "type"), type))
                check_duplicate(c, type_at, type);
        check_limit(c, at, json_item(limits, i));
    }
}

/* ---- disruption budgets ---- */

static void say_both_set(const struct check *c)
{
    static const struct gotext_field fields[] = {
        {"minAvailable", "null", NULL},
        {"selector", "null", NULL},
        {"maxUnavailable", "null", NULL},
        {"unhealthyPodEvictionPolicy", "null", NULL},
        {NULL}};
    AUTO_FREE char *shown = gotext_struct(json_get(c->after, "spec"), fields);

    check_invalid_shown(c, "spec", shown,
                        "minAvailable and maxUnavailable cannot be both set");
}

static void check_conditions(const struct check *c)
{
    const struct json *list = json_at(c->after, "status.conditions");

    for (size_t i = 0; i < json_len(list); i++) {
        const char *type = json_str_or(json_item(list, i), "type", "");
        bool twice = false;
        for (size_t k = 0; k < i; k++)
            twice |= str_eq(json_str(json_item(list, k), "type"), type);
        AUTO_FREE char *at = xasprintf("status.conditions[%zu]", i);
        if (twice)
            check_duplicate(c, at, type);
    }
}

void budget_check(const struct check *c)
{
    const struct json *min = json_at(c->after, "spec.minAvailable");
    const struct json *max = json_at(c->after, "spec.maxUnavailable");

    if (min && max)
        say_both_set(c);
    check_count_or_percent(c, "spec.minAvailable", min);
    check_count_or_percent(c, "spec.maxUnavailable", max);
    check_selector(c, "spec.selector", json_at(c->after, "spec.selector"));
    check_conditions(c);
}

/* ---- priority classes ---- */

void priority_class_check(const struct check *c)
{
    const char *name = json_str_or(c->after, "metadata.name", "");
    AUTO_FREE char *reserved = xasprintf(
        "priority class names with 'system-' prefix are reserved for system use only. "
        "error: %s is not a known system priority class",
        name);

    if (str_starts(name, "system-"))
        check_forbidden(c, "metadata.name", reserved);
    else if (json_int_or(c->after, "value", 0) > PRIORITY_MAX)
        check_forbidden(c, "value",
                        "maximum allowed value of a user defined priority is "
                        "1000000000");
    if (c->before &&
        !json_equal(json_get(c->before, "value"), json_get(c->after, "value")))
        check_forbidden(c, "value", "may not be changed in an update.");
    check_fixed(c, "preemptionPolicy");
}

void runtime_class_check(const struct check *c)
{
    check_label(c, "handler", json_str_or(c->after, "handler", ""));
    if (c->before &&
        !json_equal(json_get(c->before, "handler"), json_get(c->after, "handler")))
        check_invalid(c, "handler", NULL, "field is immutable");
}

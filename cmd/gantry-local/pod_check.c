#include "cmd/gantry-local/pod_check.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/pod_check_private.h"

void pod_say(const struct at *at, const char *reason, const char *message,
             const char *fmt, ...)
{
    STR_AUTO struct str field;
    va_list ap;

    str_init(&field, 4096);
    str_addf(&field, "%s.", at->path);
    va_start(ap, fmt);
    str_vaddf(&field, fmt, ap);
    va_end(ap);
    at->found(at->arg, &(struct cause){field.s, reason, message});
}

/* ---- amounts ---- */

static const char *const lists[] = {"limits", "requests"};

/* Devices and huge pages: nobody gets a part of one, or more than there are. */
static bool is_exclusive(const char *resource)
{
    return str_starts(resource, "hugepages-") ||
           (strchr(resource, '/') && !strstr(resource, "kubernetes.io/"));
}

static bool is_standard(const char *resource)
{
    static const char *const names[] = {"cpu", "memory", "ephemeral-storage"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i], resource) == 0)
            return true;
    return false;
}

static void check_resource_name(const struct at *at, const char *list,
                                const char *resource)
{
    static const char *const rules[] = {
        "must be a standard resource type or fully qualified",
        "must be a standard resource for containers"};

    if (is_standard(resource) || is_exclusive(resource) || strchr(resource, '/'))
        return;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        AUTO_FREE char *message =
            xasprintf("Invalid value: \"%s\": %s", resource, rules[i]);
        pod_say(at, "FieldValueInvalid", message, "resources.%s[%s]", list, resource);
    }
}

static void check_amount(const struct at *at, const char *list, const char *resource,
                         const struct json *value)
{
    int64_t milli;
    const char *rule = NULL;

    if (quantity_read_milli(value, &milli, NULL) != 0)
        return; /* past what is counted here */
    if (milli < 0)
        rule = "must be greater than or equal to 0";
    else if (milli % 1000 != 0 && is_exclusive(resource))
        rule = "must be an integer";
    if (!rule)
        return;
    AUTO_FREE char *message =
        xasprintf("Invalid value: \"%s\": %s",
                  json_is(value, JSON_STRING) ? json_string(value) : "", rule);
    pod_say(at, "FieldValueInvalid", message, "resources.%s[%s]", list, resource);
}

/* A request against the limit of the same resource, which may be NULL. */
static void check_pair(const struct at *at, const char *resource,
                       const struct json *request, const struct json *limit)
{
    const bool exclusive = is_exclusive(resource);
    int64_t asked, allowed;

    if (!limit) {
        if (exclusive)
            pod_say(
                at, "FieldValueRequired",
                "Required value: Limit must be set for non overcommitable resources",
                "resources.limits");
        return;
    }
    if (quantity_read_milli(request, &asked, NULL) != 0 ||
        quantity_read_milli(limit, &allowed, NULL) != 0 ||
        (exclusive ? asked == allowed : asked <= allowed))
        return;
    AUTO_FREE char *message = xasprintf(
        "Invalid value: \"%s\": must be %s %s limit of %s", json_string(request),
        exclusive ? "equal to" : "less than or equal to", resource, json_string(limit));
    pod_say(at, "FieldValueInvalid", message, "resources.requests");
}

static void check_resources(const struct at *at)
{
    const struct json *resources = json_get(at->container, "resources");
    const struct json *limits = json_get(resources, "limits");

    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        for (json_each (it, json_get(resources, lists[i]))) {
            check_resource_name(at, lists[i], it.key);
            check_amount(at, lists[i], it.key, it.val);
        }
    for (json_each (it2, json_get(resources, "requests"))) {
        const struct json *limit = json_get(limits, it2.key);
        if (json_is(it2.val, JSON_STRING) && (!limit || json_is(limit, JSON_STRING)))
            check_pair(at, it2.key, it2.val, limit);
    }
}

/* ---- the rest ---- */

static void check_name(const struct at *at)
{
    const char *name = json_str_or(at->container, "name", "");

    if (!name[0] || name_is_label(name))
        return; /* an empty one is the schema's to refuse */
    AUTO_FREE char *message =
        xasprintf("Invalid value: \"%s\": " NAME_LABEL_RULE, name);
    pod_say(at, "FieldValueInvalid", message, "name");
}

static void check_image(const struct at *at)
{
    if (!json_str_or(at->container, "image", "")[0])
        pod_say(at, "FieldValueRequired", "Required value", "image");
}

static bool is_variable(const char *name)
{
    for (; *name; name++)
        if (*name == '=' || !isprint((unsigned char)*name))
            return false;
    return true;
}

static void check_env(const struct at *at)
{
    const struct json *env = json_get(at->container, "env");

    for (size_t i = 0; i < json_len(env); i++) {
        const char *name = json_str_or(json_item(env, i), "name", "");
        if (is_variable(name))
            continue;
        AUTO_FREE char *message =
            xasprintf("Invalid value: \"%s\": a valid environment variable name must "
                      "consist only of printable ASCII characters other than '='",
                      name);
        pod_say(at, "FieldValueInvalid", message, "env[%zu].name", i);
    }
}

static void check_ports(const struct at *at)
{
    const struct json *ports = json_get(at->container, "ports");

    for (size_t i = 0; i < json_len(ports); i++) {
        const int64_t port = json_int_or(json_item(ports, i), "containerPort", 0);
        if (port >= 1 && port <= 65535)
            continue;
        AUTO_FREE char *message =
            port == 0 ? xstrdup("Required value")
                      : xasprintf("Invalid value: %lld: must be between 1 and 65535, "
                                  "inclusive",
                                  (long long)port);
        pod_say(at, port == 0 ? "FieldValueRequired" : "FieldValueInvalid", message,
                "ports[%zu].containerPort", i);
    }
}

void pod_check(const struct json *spec, const char *field, cause_fn *found, void *arg)
{
    static const char *const kinds[] = {"initContainers", "containers"};

    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        const struct json *list = json_get(spec, kinds[k]);
        for (size_t i = 0; i < json_len(list); i++) {
            AUTO_FREE char *path = xasprintf("%s.%s[%zu]", field, kinds[k], i);
            const struct at at = {json_item(list, i), path, found, arg};
            check_name(&at);
            check_image(&at);
            check_ports(&at);
            check_env(&at);
            check_resources(&at);
            pod_check_probes(
                &at,
                k == 0 && !str_eq(json_str(at.container, "restartPolicy"), "Always"));
        }
    }
    pod_check_whole(spec, field, found, arg);
}

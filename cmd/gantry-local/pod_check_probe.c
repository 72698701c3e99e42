#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/pod_check_private.h"

enum { LIVENESS = 1, READINESS = 2, STARTUP = 4 };

static const struct {
    const char *field;
    unsigned kind;
} probes[] = {
    {"livenessProbe", LIVENESS},
    {"readinessProbe", READINESS},
    {"startupProbe", STARTUP},
};

/* ---- ports ---- */

static void check_port(const struct at *at, const struct json *port, const char *probe,
                       const char *handler)
{
    const int64_t number = json_is(port, JSON_INT) ? json_int(port) : 0;
    const bool is_name = json_is(port, JSON_STRING);
    const char *fault = is_name ? name_refuse_port(json_string(port))
                        : number >= 1 && number <= 65535
                            ? NULL
                            : "must be between 1 and 65535, inclusive";

    if (!fault)
        return;
    AUTO_FREE char *message =
        is_name ? xasprintf("Invalid value: \"%s\": %s", json_string(port), fault)
                : xasprintf("Invalid value: %" PRId64 ": %s", number, fault);
    pod_say(at, "FieldValueInvalid", message, "%s.%s.port", probe, handler);
}

/* ---- handlers ---- */

static void check_exec(const struct at *at, const struct json *exec, const char *probe)
{
    if (json_len(json_get(exec, "command")) == 0)
        pod_say(at, "FieldValueRequired", "Required value", "%s.exec.command", probe);
}

static void check_headers(const struct at *at, const struct json *headers,
                          const char *probe)
{
    for (size_t i = 0; i < json_len(headers); i++) {
        const char *name = json_str_or(json_item(headers, i), "name", "");
        AUTO_FREE char *message = xasprintf(
            "Invalid value: \"%s\": a valid HTTP header must consist of alphanumeric "
            "characters or '-' (e.g. 'X-Header-Name', regex used for validation is "
            "'[-A-Za-z0-9]+')",
            name);

        if (!*name ||
            strspn(name, "-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                         "0123456789") < strlen(name))
            pod_say(at, "FieldValueInvalid", message, "%s.httpGet.httpHeaders", probe);
    }
}

static void check_http(const struct at *at, const struct json *get, const char *probe)
{
    check_port(at, json_get(get, "port"), probe, "httpGet");
    check_headers(at, json_get(get, "httpHeaders"), probe);
}

static void check_tcp(const struct at *at, const struct json *tcp, const char *probe)
{
    check_port(at, json_get(tcp, "port"), probe, "tcpSocket");
}

static void check_grpc(const struct at *at, const struct json *grpc, const char *probe)
{
    check_port(at, json_get(grpc, "port"), probe, "grpc");
}

static const struct {
    const char *field;
    void (*check)(const struct at *at, const struct json *handler, const char *probe);
} handlers[] = {
    {"exec", check_exec},
    {"httpGet", check_http},
    {"tcpSocket", check_tcp},
    {"grpc", check_grpc},
};

static void check_handlers(const struct at *at, const struct json *probe,
                           const char *field)
{
    bool any = false;

    for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
        const struct json *handler = json_get(probe, handlers[i].field);

        if (!json_is(handler, JSON_OBJECT))
            continue;
        if (any)
            pod_say(at, "FieldValueForbidden",
                    "Forbidden: may not specify more than 1 handler type", "%s.%s",
                    field, handlers[i].field);
        else
            handlers[i].check(at, handler, field);
        any = true;
    }
    if (!any)
        pod_say(at, "FieldValueRequired", "Required value: must specify a handler type",
                "%s", field);
}

/* ---- numbers ---- */

static const struct {
    const char *field, *rule;
    unsigned kinds; /* of probes it is for */
    int64_t min, max;
} numbers[] = {
    {"initialDelaySeconds", "must be greater than or equal to 0", ~0u, 0, INT64_MAX},
    {"timeoutSeconds", "must be greater than or equal to 0", ~0u, 0, INT64_MAX},
    {"periodSeconds", "must be greater than or equal to 0", ~0u, 0, INT64_MAX},
    {"successThreshold", "must be greater than or equal to 0", ~0u, 0, INT64_MAX},
    {"failureThreshold", "must be greater than or equal to 0", ~0u, 0, INT64_MAX},
    {"terminationGracePeriodSeconds", "must be greater than 0", LIVENESS | STARTUP, 1,
     INT64_MAX},
    {"terminationGracePeriodSeconds", "must not be set for readinessProbes", READINESS,
     1, 0},
    {"successThreshold", "must be 1", LIVENESS | STARTUP, 1, 1},
};

static void check_numbers(const struct at *at, const struct json *probe, size_t p)
{
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const struct json *value = json_get(probe, numbers[i].field);
        const int64_t n = json_is(value, JSON_INT) ? json_int(value) : 0;

        if (!json_is(value, JSON_INT) || !(numbers[i].kinds & probes[p].kind) ||
            (n >= numbers[i].min && n <= numbers[i].max))
            continue;
        AUTO_FREE char *message =
            xasprintf("Invalid value: %" PRId64 ": %s", n, numbers[i].rule);
        pod_say(at, "FieldValueInvalid", message, "%s.%s", probes[p].field,
                numbers[i].field);
    }
}

void pod_check_probes(const struct at *at, bool is_init)
{
    for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
        const struct json *probe = json_get(at->container, probes[i].field);

        if (!json_is(probe, JSON_OBJECT))
            continue;
        if (is_init) {
            pod_say(at, "FieldValueForbidden",
                    "Forbidden: may not be set for init containers without "
                    "restartPolicy=Always",
                    "%s", probes[i].field);
            continue;
        }
        check_handlers(at, probe, probes[i].field);
        check_numbers(at, probe, i);
    }
}

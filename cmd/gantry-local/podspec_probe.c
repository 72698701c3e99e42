#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/podspec_private.h"

#define WORDS_MAX 1000
#define HEADERS_MAX 100

static const char *const fields[PROBE_TYPES] = {
    [PROBE_STARTUP] = "startupProbe",
    [PROBE_READINESS] = "readinessProbe",
    [PROBE_LIVENESS] = "livenessProbe",
};

static int command_read(struct probe_spec *p, const struct json *exec, struct err *err)
{
    const struct json *list = json_get(exec, "command");

    if (json_len(list) == 0 || json_len(list) > WORDS_MAX)
        return err_set(err, ERR_INVALID, "exec.command: must be 1 to %d words",
                       WORDS_MAX);
    p->command = xcalloc(json_len(list) + 1, sizeof(*p->command));
    for (size_t i = 0; i < json_len(list); i++) {
        if (!json_is(json_item(list, i), JSON_STRING))
            return err_set(err, ERR_INVALID, "exec.command[%zu]: expected a string", i);
        p->command[i] = xstrdup(json_string(json_item(list, i)));
    }
    return 0;
}

static int in_range(int64_t port)
{
    return port > 0 && port <= 65535 ? (int)port : 0;
}

/* A number, or the name of one of the container's; 0: there is none of that name. */
static int port_of(const struct json *container, const struct json *port)
{
    const struct json *list = json_get(container, "ports");

    if (json_is(port, JSON_INT))
        return in_range(json_int(port));
    for (size_t i = 0; json_is(port, JSON_STRING) && i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "name"), json_string(port)))
            return in_range(json_int_or(json_item(list, i), "containerPort", 0));
    return 0;
}

static void headers_read(struct probe_spec *p, const struct json *list)
{
    const size_t n = MIN(json_len(list), (size_t)HEADERS_MAX);

    p->headers = xcalloc(n + 1, sizeof(*p->headers));
    for (size_t i = 0, k = 0; i < n; i++) {
        const char *name = json_str_or(json_item(list, i), "name", "");
        const char *value = json_str_or(json_item(list, i), "value", "");

        if (*name && !strpbrk(name, "\r\n:") && !strpbrk(value, "\r\n"))
            p->headers[k++] = xasprintf("%s: %s", name, value);
    }
}

void podspec_read_http(struct probe_spec *p, const struct json *container,
                       const struct json *get)
{
    const char *path = json_str_or(get, "path", "/");

    p->action = PROBE_HTTP;
    p->https = str_eq(json_str(get, "scheme"), "HTTPS");
    p->host = xstrdup_null(json_str(get, "host"));
    p->port = port_of(container, json_get(get, "port"));
    p->path = xasprintf("%s%s", *path == '/' ? "" : "/", path);
    headers_read(p, json_get(get, "httpHeaders"));
}

static void numbers_read(struct probe_spec *p, const struct json *probe)
{
    p->initial_delay_sec =
        MIN(MAX(json_int_or(probe, "initialDelaySeconds", 0), (int64_t)0),
            (int64_t)INT_MAX);
    p->period_sec =
        MIN(MAX(json_int_or(probe, "periodSeconds", 10), (int64_t)1), (int64_t)INT_MAX);
    p->timeout_sec =
        MIN(MAX(json_int_or(probe, "timeoutSeconds", 1), (int64_t)1), (int64_t)INT_MAX);
    p->successes = MAX(json_int_or(probe, "successThreshold", 1), (int64_t)1);
    p->failures = MAX(json_int_or(probe, "failureThreshold", 3), (int64_t)1);
    p->grace_sec =
        MIN(json_int_or(probe, "terminationGracePeriodSeconds", -1), (int64_t)INT_MAX);
}

static int probe_read(struct pod_spec *spec, struct container_spec *c,
                      const struct json *container, enum probe_type type,
                      struct err *err)
{
    const struct json *probe = json_get(container, fields[type]);
    const struct json *exec = json_get(probe, "exec");
    const struct json *http = json_get(probe, "httpGet");
    const struct json *tcp = json_get(probe, "tcpSocket");
    struct probe_spec *p = &c->probes[type];

    if (json_len(probe) == 0)
        return 0;
    numbers_read(p, probe);
    if (exec) {
        p->action = PROBE_EXEC;
        return command_read(p, exec, err);
    }
    if (http) {
        podspec_read_http(p, container, http);
    } else if (tcp) {
        p->action = PROBE_TCP;
        p->host = xstrdup_null(json_str(tcp, "host"));
        p->port = port_of(container, json_get(tcp, "port"));
    } else {
        podspec_need(spec,
                     xasprintf("%s by %s of container \"%.100s\"", fields[type],
                               json_get(probe, "grpc") ? "grpc" : "nothing", c->name));
    }
    return 0;
}

int podspec_read_probes(struct pod_spec *spec, struct container_spec *c,
                        const struct json *container, struct err *err)
{
    for (enum probe_type type = 0; type < PROBE_TYPES; type++)
        if (probe_read(spec, c, container, type, err) < 0)
            return err_prefix(err, "%s", fields[type]);
    return 0;
}

void podspec_free_probe(struct probe_spec *p)
{
    words_free(p->command);
    words_free(p->headers);
    free(p->host);
    free(p->path);
}

void podspec_free_probes(struct container_spec *c)
{
    for (enum probe_type type = 0; type < PROBE_TYPES; type++)
        podspec_free_probe(&c->probes[type]);
}

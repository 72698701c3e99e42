#include "cmd/gantry-local/pod_warn.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "base/str.h"
#include "base/util.h"

#define LINE_MAX (64u << 10)

struct pod {
    const struct json *spec;
    const char *at; /* "spec.template.spec" */
    warn_fn *warn;
    void *arg;
};

static void say(const struct pod *pod, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* "spec." and what stands behind it. */
static void say(const struct pod *pod, const char *fmt, ...)
{
    STR_AUTO struct str line;
    va_list ap;

    str_init(&line, LINE_MAX);
    str_addf(&line, "%s.", pod->at);
    va_start(ap, fmt);
    str_vaddf(&line, fmt, ap);
    va_end(ap);
    pod->warn(pod->arg, line.s);
}

/* Calls `fn` for every container, with "containers[0]". */
typedef void container_fn(const struct pod *pod, const struct json *container,
                          const char *at);

static void each_container(const struct pod *pod, container_fn *fn)
{
    static const char *const lists[] = {"initContainers", "containers"};

    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *list = json_get(pod->spec, lists[l]);
        for (size_t i = 0; i < json_len(list); i++) {
            AUTO_FREE char *at = xasprintf("%s[%zu]", lists[l], i);
            fn(pod, json_item(list, i), at);
        }
    }
}

/* ---- where it may run ---- */

static void warn_labels(const struct pod *pod)
{
    static const struct {
        const char *old, *since, *now;
    } labels[] = {
        {"beta.kubernetes.io/arch", "v1.14", "kubernetes.io/arch"},
        {"beta.kubernetes.io/os", "v1.14", "kubernetes.io/os"},
        {"failure-domain.beta.kubernetes.io/region", "v1.17",
         "topology.kubernetes.io/region"},
        {"failure-domain.beta.kubernetes.io/zone", "v1.17",
         "topology.kubernetes.io/zone"},
        {"beta.kubernetes.io/instance-type", "v1.17",
         "node.kubernetes.io/instance-type"},
    };
    const struct json *selector = json_get(pod->spec, "nodeSelector");

    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        if (json_get(selector, labels[i].old))
            say(pod, "nodeSelector[%s]: deprecated since %s; use \"%s\" instead",
                labels[i].old, labels[i].since, labels[i].now);
}

static void warn_selectors(const struct pod *pod)
{
    static const char needed[] = "requiredDuringSchedulingIgnoredDuringExecution";
    static const char wished[] = "preferredDuringSchedulingIgnoredDuringExecution";
    static const struct {
        const char *affinity, *list, *selector;
    } rows[] = {
        {"", "topologySpreadConstraints", "labelSelector"},
        {"affinity.podAffinity.", needed, "labelSelector"},
        {"affinity.podAffinity.", wished, "podAffinityTerm.labelSelector"},
        {"affinity.podAntiAffinity.", needed, "labelSelector"},
        {"affinity.podAntiAffinity.", wished, "podAffinityTerm.labelSelector"},
    };

    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        AUTO_FREE char *at = xasprintf("%s%s", rows[r].affinity, rows[r].list);
        const struct json *list = json_at(pod->spec, at);
        for (size_t i = 0; i < json_len(list); i++)
            if (!json_is(json_at(json_item(list, i), rows[r].selector), JSON_OBJECT))
                say(pod, "%s[%zu].%s: a null labelSelector results in matching no pod",
                    at, i, rows[r].selector);
    }
}

/* ---- what stands twice ---- */

static bool is_repeated(const struct json *list, size_t i, const char *field)
{
    const char *value = json_str_or(json_item(list, i), field, "");

    for (size_t k = 0; k < i; k++)
        if (strcmp(json_str_or(json_item(list, k), field, ""), value) == 0)
            return true;
    return false;
}

static void warn_repeated(const struct pod *pod, const char *name, const char *field)
{
    const struct json *list = json_get(pod->spec, name);

    for (size_t i = 0; i < json_len(list); i++)
        if (is_repeated(list, i, field))
            say(pod, "%s[%zu].%s: duplicate %s \"%s\"", name, i, field, field,
                json_str_or(json_item(list, i), field, ""));
}

static void warn_nameless_secrets(const struct pod *pod)
{
    const struct json *list = json_get(pod->spec, "imagePullSecrets");

    for (size_t i = 0; i < json_len(list); i++)
        if (!json_str_or(json_item(list, i), "name", "")[0])
            say(pod, "imagePullSecrets[%zu].name: invalid empty name \"\"", i);
}

/* A later value may well be made of the one before: PATH=$(PATH):/opt/bin. */
static bool hides(const struct json *variable)
{
    const char *value = json_str_or(variable, "value", "");
    AUTO_FREE char *ref = xasprintf("$(%s)", json_str_or(variable, "name", ""));

    return json_get(variable, "valueFrom") || strcmp(value, ref) == 0 ||
           !strstr(value, ref);
}

static void warn_variables(const struct pod *pod, const struct json *container,
                           const char *at)
{
    const struct json *env = json_get(container, "env");

    for (size_t i = 0; i < json_len(env); i++)
        if (is_repeated(env, i, "name") && hides(json_item(env, i)))
            say(pod,
                "%s.env[%zu]: hides previous definition of \"%s\", which may be "
                "dropped when using apply",
                at, i, json_str_or(json_item(env, i), "name", ""));
}

/* ---- resources ---- */

static void warn_fraction(const struct pod *pod, const struct json *container,
                          const char *at, const char *resource)
{
    static const char *const lists[] = {"limits", "requests"};

    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        AUTO_FREE char *path = xasprintf("resources.%s", lists[l]);
        const struct json *value = json_get(json_at(container, path), resource);
        char text[QUANTITY_TEXT_MAX];
        int64_t milli = 0;
        if (!json_is(value, JSON_STRING) ||
            quantity_read_milli(value, &milli, NULL) != 0 || milli % 1000 == 0)
            continue;
        quantity_canonical(json_string(value), text);
        say(pod,
            "%s.%s[%s]: fractional byte value \"%s\" is invalid, must be an integer",
            at, path, resource, text);
    }
}

static void warn_resources(const struct pod *pod, const struct json *container,
                           const char *at)
{
    warn_fraction(pod, container, at, "memory");
    warn_fraction(pod, container, at, "ephemeral-storage");
}

static void warn_container(const struct pod *pod, const struct json *container,
                           const char *at)
{
    warn_resources(pod, container, at);
    warn_variables(pod, container, at);
}

/* ---- ports ---- */

struct port {
    const struct json *port;
    char at[64]; /* "containers[0].ports[1]" */
};

struct ports {
    struct port *items;
    size_t n, cap;
};

static const char *clash_of(const struct json *a, const struct json *b)
{
    const int64_t host_a = json_int_or(a, "hostPort", 0);
    const int64_t host_b = json_int_or(b, "hostPort", 0);
    const char *ip_a = json_str_or(a, "hostIP", "");
    const char *ip_b = json_str_or(b, "hostIP", "");

    if (json_int_or(a, "containerPort", 0) != json_int_or(b, "containerPort", 0) ||
        strcmp(json_str_or(a, "protocol", "TCP"), json_str_or(b, "protocol", "TCP")) !=
            0)
        return NULL;
    if (host_a == host_b && strcmp(ip_a, ip_b) == 0)
        return "duplicate";
    if (host_a == 0 || host_b == 0)
        return "overlapping";
    return host_a == host_b && !ip_a[0] != !ip_b[0] ? "dangerously ambiguous" : NULL;
}

static void warn_port(const struct pod *pod, const struct port *port,
                      const struct ports *before)
{
    const struct json *p = port->port;

    if (json_str_or(p, "hostIP", "")[0] && json_int_or(p, "hostPort", 0) == 0)
        say(pod,
            "%s: hostIP set without hostPort: {Name:%s HostPort:0 ContainerPort:%lld "
            "Protocol:%s HostIP:%s}",
            port->at, json_str_or(p, "name", ""),
            (long long)json_int_or(p, "containerPort", 0),
            json_str_or(p, "protocol", "TCP"), json_str_or(p, "hostIP", ""));
    for (size_t i = 0; i < before->n; i++) {
        const char *clash = clash_of(p, before->items[i].port);
        if (clash)
            say(pod, "%s: %s port definition with %s.%s", port->at, clash, pod->at,
                before->items[i].at);
    }
}

static void warn_ports(const struct pod *pod)
{
    static const char *const lists[] = {"initContainers", "containers"};
    struct ports all = {0};

    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *list = json_get(pod->spec, lists[l]);
        for (size_t i = 0; i < json_len(list); i++) {
            const struct json *ports = json_get(json_item(list, i), "ports");
            for (size_t k = 0; k < json_len(ports); k++) {
                struct port port = {.port = json_item(ports, k)};
                snprintf(port.at, sizeof(port.at), "%s[%zu].ports[%zu]", lists[l], i,
                         k);
                warn_port(pod, &port, &all);
                GROW(all.items, all.n, all.cap);
                all.items[all.n++] = port;
            }
        }
    }
    free(all.items);
}

/* ---- which pod ---- */

static const struct {
    const char *group, *plural, *at;
} places[] = {
    {"", "pods", "spec"},
    {"", "podtemplates", "template.spec"},
    {"", "replicationcontrollers", "spec.template.spec"},
    {"apps", "deployments", "spec.template.spec"},
    {"apps", "replicasets", "spec.template.spec"},
    {"apps", "statefulsets", "spec.template.spec"},
    {"apps", "daemonsets", "spec.template.spec"},
    {"batch", "jobs", "spec.template.spec"},
    {"batch", "cronjobs", "spec.jobTemplate.spec.template.spec"},
};

static const char *place_of(const struct kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (strcmp(places[i].group, kind->group) == 0 &&
            strcmp(places[i].plural, kind->plural) == 0)
            return places[i].at;
    return NULL;
}

void pod_warn(const struct kind *kind, const struct json *object,
              const struct json *before, warn_fn *warn, void *arg)
{
    const char *at = place_of(kind);
    const struct pod pod = {at ? json_at(object, at) : NULL, at, warn, arg};

    if (!pod.spec || (before && (strcmp(kind->plural, "pods") == 0 ||
                                 json_int_or(before, "metadata.generation", 0) ==
                                     json_int_or(object, "metadata.generation", 0))))
        return;
    warn_labels(&pod);
    warn_repeated(&pod, "hostAliases", "ip");
    warn_repeated(&pod, "imagePullSecrets", "name");
    warn_nameless_secrets(&pod);
    each_container(&pod, warn_container);
    warn_ports(&pod);
    warn_selectors(&pod);
}

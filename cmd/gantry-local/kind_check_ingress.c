/* kind_check_ingress - what is wrong with Ingresses and IngressClasses. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/names.h"

static void check_backend(const struct check *c, const char *field,
                          const struct json *backend)
{
    const struct json *service = json_get(backend, "service");
    const char *name = json_str_or(service, "name", "");
    const bool named = json_str_or(service, "port.name", "")[0] != '\0';
    const bool numbered = json_int_or(service, "port.number", 0) != 0;
    AUTO_FREE char *name_at = xasprintf("%s.service.name", field);
    AUTO_FREE char *number_at = xasprintf("%s.service.port.number", field);

    if (service && json_get(backend, "resource")) {
        check_invalid_text(c, field, "",
                           "cannot set both resource and service backends");
        return;
    }
    if (!service) {
        if (!json_get(backend, "resource"))
            check_invalid_text(c, field, "", "resource or service backend is required");
        return;
    }
    check_label(c, name_at, name);
    if (named && numbered)
        check_invalid_text(c, field, "", "cannot set both port name & port number");
    else if (numbered)
        check_port(c, number_at, json_int_or(service, "port.number", 0));
    else if (!named)
        check_required(c, field, "port name or number is required");
}

static void check_path(const struct check *c, const char *field,
                       const struct json *path)
{
    static const char *const parts[] = {"//", "/./", "/../", "%2f", "%2F"};
    const char *type = json_str_or(path, "pathType", "");
    const char *text = json_str_or(path, "path", "");
    const bool any = strcmp(type, "ImplementationSpecific") == 0;
    AUTO_FREE char *path_at = xasprintf("%s.path", field);
    AUTO_FREE char *backend_at = xasprintf("%s.backend", field);
    AUTO_FREE char *type_at = xasprintf("%s.pathType", field);

    if (!type[0])
        check_required(c, type_at, "pathType must be specified");
    if (!check_is_one_of(type, "Exact|ImplementationSpecific|Prefix"))
        return;
    if (text[0] ? text[0] != '/' : !any)
        check_invalid_text(c, path_at, text, "must be an absolute path");
    for (size_t i = 0; i < ARRAY_LEN(parts) && !any; i++) {
        AUTO_FREE char *why = xasprintf("must not contain '%s'", parts[i]);
        if (strstr(text, parts[i]))
            check_invalid_text(c, path_at, text, why);
    }
    check_backend(c, backend_at, json_get(path, "backend"));
}

static void check_host(const struct check *c, const char *field, const char *host)
{
    if (name_is_address(host))
        check_invalid_text(c, field, host, "must be a DNS name, not an IP address");
    else if (host[0])
        check_subdomain(c, field, str_starts(host, "*.") ? host + 2 : host);
}

static void check_rules(const struct check *c)
{
    const struct json *rules = json_at(c->after, "spec.rules");

    for (size_t i = 0; i < json_len(rules); i++) {
        const struct json *rule = json_item(rules, i);
        const struct json *paths = json_at(rule, "http.paths");
        AUTO_FREE char *host_at = xasprintf("spec.rules[%zu].host", i);
        check_host(c, host_at, json_str_or(rule, "host", ""));
        for (size_t p = 0; p < json_len(paths); p++) {
            AUTO_FREE char *at = xasprintf("spec.rules[%zu].http.paths[%zu]", i, p);
            check_path(c, at, json_item(paths, p));
        }
    }
}

static void check_tls(const struct check *c)
{
    const struct json *list = json_at(c->after, "spec.tls");

    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *hosts = json_get(json_item(list, i), "hosts");
        const char *secret = json_str_or(json_item(list, i), "secretName", "");
        AUTO_FREE char *secret_at = xasprintf("spec.tls[%zu].secretName", i);
        for (size_t h = 0; h < json_len(hosts); h++) {
            const char *host = json_string(json_item(hosts, h));
            AUTO_FREE char *at = xasprintf("spec.tls[%zu].hosts[%zu]", i, h);
            check_subdomain(c, at, str_starts(host, "*.") ? host + 2 : host);
        }
        if (secret[0])
            check_subdomain(c, secret_at, secret);
    }
}

void ingress_check(const struct check *c)
{
    const struct json *backend = json_at(c->after, "spec.defaultBackend");
    const char *class = json_str(c->after, "spec.ingressClassName");

    if (!backend && json_len(json_at(c->after, "spec.rules")) == 0)
        check_invalid(c, "spec", NULL,
                      "either `defaultBackend` or `rules` must be specified");
    if (backend)
        check_backend(c, "spec.defaultBackend", backend);
    check_rules(c);
    check_tls(c);
    if (class)
        check_subdomain(c, "spec.ingressClassName", class);
}

void ingress_class_check(const struct check *c)
{
    const char *controller = json_str_or(c->after, "spec.controller", "");

    if (!controller[0])
        check_required(c, "spec.controller", NULL);
    else
        check_domain_path(c, "spec.controller", controller);
    check_one_of(c, "spec.parameters.scope", "Cluster|Namespace");
    check_fixed(c, "spec.controller");
}

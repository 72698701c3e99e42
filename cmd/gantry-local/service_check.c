/* service_check - what is wrong with a Service by itself. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/service.h"

#define AFFINITY_SEC_MAX 86400

static const char *type_of(const struct check *c)
{
    return json_str_or(c->after, "spec.type", "");
}

static bool is_headless(const struct check *c)
{
    return str_eq(json_str(c->after, "spec.clusterIP"), "None");
}

/* ---- ports ---- */

static void check_target(const struct check *c, const char *field,
                         const struct json *target)
{
    if (json_is(target, JSON_INT))
        check_port(c, field, json_int(target));
    else if (json_is(target, JSON_STRING) && name_refuse_port(json_string(target)))
        check_invalid(c, field, target, name_refuse_port(json_string(target)));
}

static void check_one_port(const struct check *c, size_t i, const struct json *port,
                           bool many)
{
    const char *name = json_str_or(port, "name", "");
    AUTO_FREE char *name_at = xasprintf("spec.ports[%zu].name", i);
    AUTO_FREE char *port_at = xasprintf("spec.ports[%zu].port", i);
    AUTO_FREE char *target_at = xasprintf("spec.ports[%zu].targetPort", i);
    AUTO_FREE char *node_at = xasprintf("spec.ports[%zu].nodePort", i);

    if (!name[0] && many)
        check_required(c, name_at, NULL);
    else if (name[0])
        check_label(c, name_at, name);
    check_port(c, port_at, json_int_or(port, "port", 0));
    check_target(c, target_at, json_get(port, "targetPort"));
    if (strcmp(type_of(c), "ClusterIP") == 0 && json_int_or(port, "nodePort", 0) != 0)
        check_forbidden(c, node_at, "may not be used when `type` is 'ClusterIP'");
}

static bool same_number(const struct json *a, const struct json *b)
{
    return json_int_or(a, "port", 0) == json_int_or(b, "port", 0) &&
           str_eq(json_str(a, "protocol"), json_str_or(b, "protocol", ""));
}

static void say_port_twice(const struct check *c, size_t i, const struct json *port,
                           bool name)
{
    AUTO_FREE char *at = xasprintf("spec.ports[%zu]%s", i, name ? ".name" : "");
    /* What the port has besides is not looked at, and so not shown. */
    AUTO_FREE char *number =
        xasprintf("{\"Name\":\"\",\"Protocol\":\"%s\",\"AppProtocol\":null,"
                  "\"Port\":%" PRId64 ",\"TargetPort\":0,\"NodePort\":0}",
                  json_str_or(port, "protocol", ""), json_int_or(port, "port", 0));

    if (name)
        check_duplicate(c, at, json_str_or(port, "name", ""));
    else
        check_duplicate_shown(c, at, number);
}

static void check_port_twice(const struct check *c, const struct json *ports, size_t i)
{
    const struct json *port = json_item(ports, i);
    const char *name = json_str_or(port, "name", "");

    for (size_t k = 0; k < i; k++) {
        const bool named =
            name[0] && str_eq(json_str(json_item(ports, k), "name"), name);
        if (named || same_number(port, json_item(ports, k)))
            say_port_twice(c, i, port, named);
    }
}

static void check_ports(const struct check *c)
{
    const struct json *ports = json_at(c->after, "spec.ports");
    const size_t n = json_len(ports);

    if (n == 0 && !is_headless(c) && service_has_ip(c->after))
        check_required(c, "spec.ports", NULL);
    for (size_t i = 0; i < n; i++) {
        check_one_port(c, i, json_item(ports, i), n > 1);
        check_port_twice(c, ports, i);
    }
}

/* ---- addresses ---- */

static void check_cluster_ip(const struct check *c)
{
    const char *ip = json_str_or(c->after, "spec.clusterIP", "");
    const struct json *ips = json_at(c->after, "spec.clusterIPs");
    JSON_AUTO struct json *one = json_build("[%s]", ip);

    if (!service_has_ip(c->after)) {
        if (json_len(ips) > 0)
            check_forbidden(c, "spec.clusterIPs",
                            "may not be set for ExternalName services");
        return;
    }
    if (json_len(ips) > 0 && !ip[0])
        check_invalid(c, "spec.clusterIPs", ips,
                      "must be empty when `clusterIP` is not specified");
    else if (json_len(ips) > 0 && !json_equal(json_item(ips, 0), json_item(one, 0)))
        check_invalid(c, "spec.clusterIPs", ips, "first value must match `clusterIP`");
    if (json_len(ips) > 1)
        check_invalid(c, "spec.clusterIPs", ips,
                      "may specify no more than one IP for each IP family");
    else if (is_headless(c) && strcmp(type_of(c), "ClusterIP") != 0) {
        AUTO_FREE char *why =
            xasprintf("may not be set to 'None' for %s services", type_of(c));
        check_invalid_text(c, "spec.clusterIPs[0]", "None", why);
    } else if (ip[0] && !is_headless(c) && !name_is_address(ip))
        check_invalid_text(c, "spec.clusterIPs[0]", ip, NAME_ADDRESS_RULE);
}

static void check_kept(const struct check *c)
{
    const char *ip = json_str_or(c->after, "spec.clusterIP", "");
    const char *was = json_str_or(c->before, "spec.clusterIP", "");
    JSON_AUTO struct json *one = json_build("[%s]", ip);

    if (service_has_ip(c->after) && was[0] && strcmp(was, ip) != 0)
        check_invalid(c, "spec.clusterIPs[0]", one, "may not change once set");
}

static void check_external_ips(const struct check *c)
{
    const struct json *ips = json_at(c->after, "spec.externalIPs");

    for (size_t i = 0; i < json_len(ips); i++) {
        AUTO_FREE char *at = xasprintf("spec.externalIPs[%zu]", i);
        check_address(c, at, json_string(json_item(ips, i)));
    }
}

/* One address family is served. */
static void check_families(const struct check *c)
{
    const struct json *families = json_at(c->after, "spec.ipFamilies");
    const struct json *policy = json_at(c->after, "spec.ipFamilyPolicy");

    if (is_headless(c) && json_len(json_at(c->after, "spec.selector")) == 0)
        return;
    if (json_is(policy, JSON_STRING) &&
        strcmp(json_string(policy), "RequireDualStack") == 0)
        check_invalid(c, "spec.ipFamilyPolicy", policy,
                      "this cluster is not configured for dual-stack services");
    for (size_t i = 0; i < json_len(families); i++) {
        AUTO_FREE char *at = xasprintf("spec.ipFamilies[%zu]", i);
        if (strcmp(json_string(json_item(families, i)), "IPv4") != 0)
            check_invalid(c, at, json_item(families, i),
                          "not configured on this cluster");
    }
}

/* ---- the rest ---- */

static void check_affinity(const struct check *c)
{
    const char *path = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
    const struct json *sec = json_at(c->after, path);

    if (json_is(sec, JSON_INT) &&
        (json_int(sec) <= 0 || json_int(sec) > AFFINITY_SEC_MAX))
        check_invalid(c, path, sec, "must be greater than 0 and less than 86400");
}

static void check_external_name(const struct check *c)
{
    const char *name = json_str_or(c->after, "spec.externalName", "");

    if (strcmp(type_of(c), "ExternalName") != 0)
        return;
    if (name[0])
        check_subdomain(c, "spec.externalName", name);
    else
        check_required(c, "spec.externalName", NULL);
}

static void check_balancer(const struct check *c)
{
    static const char *const fields[][2] = {
        {"spec.loadBalancerSourceRanges", "spec.LoadBalancerSourceRanges"},
        {"spec.loadBalancerClass", "spec.loadBalancerClass"},
        {"spec.allocateLoadBalancerNodePorts", "spec.allocateLoadBalancerNodePorts"},
    };
    const struct json *policy = json_at(c->after, "spec.externalTrafficPolicy");

    for (size_t i = 0; i < ARRAY_LEN(fields) && strcmp(type_of(c), "LoadBalancer") != 0;
         i++)
        if (json_at(c->after, fields[i][0]))
            check_forbidden(c, fields[i][1],
                            "may only be used when `type` is 'LoadBalancer'");
    if (policy && !service_is_external(c->after))
        check_invalid(c, "spec.externalTrafficPolicy", policy,
                      "may only be set for externally-accessible services");
}

void service_check(const struct check *c)
{
    check_kept(c);
    check_ports(c);
    check_label_map(c, "spec.selector", json_at(c->after, "spec.selector"));
    check_affinity(c);
    check_cluster_ip(c);
    check_families(c);
    check_external_ips(c);
    check_external_name(c);
    check_balancer(c);
}

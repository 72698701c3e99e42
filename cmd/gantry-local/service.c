#include "cmd/gantry-local/service.h"

#include <string.h>

#include "base/util.h"

static bool has_type(const struct json *service, const char *type)
{
    return strcmp(json_str_or(service, "spec.type", ""), type) == 0;
}

bool service_has_ip(const struct json *service)
{
    return !has_type(service, "ExternalName");
}

bool service_has_node_ports(const struct json *service)
{
    return has_type(service, "NodePort") ||
           (has_type(service, "LoadBalancer") &&
            json_bool_or(service, "spec.allocateLoadBalancerNodePorts", true));
}

bool service_is_external(const struct json *service)
{
    return has_type(service, "NodePort") || has_type(service, "LoadBalancer") ||
           (has_type(service, "ClusterIP") &&
            json_len(json_at(service, "spec.externalIPs")) > 0);
}

/* ---- a change of type ---- */

static bool same_at(const struct json *a, const struct json *b, const char *path)
{
    return json_equal(json_at(a, path), json_at(b, path));
}

/* Nobody asked for another value, so it went with the type. */
static void drop_if_same(struct write *w, const char *field)
{
    AUTO_FREE char *path = xasprintf("spec.%s", field);

    if (json_at(w->after, path) && same_at(w->before, w->after, path))
        json_del(json_get(w->after, "spec"), field);
}

static struct json *port_named(const struct json *service, const char *name)
{
    const struct json *ports = json_at(service, "spec.ports");

    for (size_t i = 0; i < json_len(ports); i++)
        if (strcmp(json_str_or(json_item(ports, i), "name", ""), name) == 0)
            return json_item(ports, i);
    return NULL;
}

bool service_uses_node_port(const struct json *service, int64_t number)
{
    const struct json *ports = json_at(service, "spec.ports");

    for (size_t i = 0; i < json_len(ports); i++)
        if (json_int_or(json_item(ports, i), "nodePort", 0) == number)
            return true;
    return false;
}

static void each_port(struct write *w, void (*fn)(struct write *w, struct json *port,
                                                  const struct json *was))
{
    const struct json *ports = json_at(w->after, "spec.ports");

    for (size_t i = 0; i < json_len(ports); i++) {
        struct json *port = json_item(ports, i);
        if (json_is(port, JSON_OBJECT))
            fn(w, port, port_named(w->before, json_str_or(port, "name", "")));
    }
}

static void drop_node_port(struct write *w, struct json *port, const struct json *was)
{
    (void)w;
    if (same_at(port, was, "nodePort"))
        json_del(port, "nodePort");
}

static void keep_node_port(struct write *w, struct json *port, const struct json *was)
{
    const int64_t number = json_int_or(was, "nodePort", 0);

    if (number && json_int_or(port, "nodePort", 0) == 0 &&
        !service_uses_node_port(w->after, number))
        json_set(port, "nodePort", json_new_int(number));
}

static void drop_type_fields(struct write *w)
{
    static const char *const addresses[] = {"clusterIP", "clusterIPs", "ipFamilies",
                                            "ipFamilyPolicy", "internalTrafficPolicy"};

    for (size_t i = 0; i < ARRAY_LEN(addresses) && service_has_ip(w->before) &&
                       !service_has_ip(w->after);
         i++)
        drop_if_same(w, addresses[i]);
    if (service_has_node_ports(w->before) && !service_has_node_ports(w->after))
        each_port(w, drop_node_port);
    if (has_type(w->before, "LoadBalancer") && !has_type(w->after, "LoadBalancer")) {
        drop_if_same(w, "allocateLoadBalancerNodePorts");
        drop_if_same(w, "loadBalancerClass");
    }
    if (service_is_external(w->before) && !service_is_external(w->after))
        drop_if_same(w, "externalTrafficPolicy");
}

static void keep(struct write *w, const char *path)
{
    struct json *was = json_at(w->before, path);
    const struct json *is = json_at(w->after, path);
    const bool empty = !is || (json_is(is, JSON_STRING) && !json_string(is)[0]) ||
                       (json_is(is, JSON_ARRAY) && json_len(is) == 0);

    if (was && empty)
        json_set_at(w->after, path, json_copy(was));
}

/* One of the two fields of the address said anew speaks for the other. */
static void settle_address(struct write *w)
{
    struct json *spec = json_get(w->after, "spec");
    const char *ip = json_str_or(spec, "clusterIP", "");

    if (!same_at(w->before, w->after, "spec.clusterIP") && ip[0] &&
        same_at(w->before, w->after, "spec.clusterIPs"))
        json_set(spec, "clusterIPs", json_build("[%s]", ip));
    keep(w, "spec.clusterIP");
    keep(w, "spec.clusterIPs");
    keep(w, "spec.ipFamilies");
    keep(w, "spec.ipFamilyPolicy");
}

void service_prepare(struct write *w)
{
    if (!w->before || !json_is(json_get(w->after, "spec"), JSON_OBJECT))
        return;
    drop_type_fields(w);
    if (service_has_ip(w->before) && service_has_ip(w->after))
        settle_address(w);
    if (service_has_node_ports(w->before) && service_has_node_ports(w->after))
        each_port(w, keep_node_port);
}

int service_admit(struct write *w)
{
    struct json *spec = json_get(w->after, "spec");
    const char *ip = json_str_or(spec, "clusterIP", "");

    if (ip[0] && !json_get(spec, "clusterIPs"))
        json_set(spec, "clusterIPs", json_build("[%s]", ip));
    return 0;
}

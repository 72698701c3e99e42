/* kind_default_network - defaults of Services and NetworkPolicies. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_default_priv.h"

#define AFFINITY_SEC 10800

static void default_ports(struct json *service)
{
    const struct json *ports = json_at(service, "spec.ports");

    for (size_t i = 0; i < json_len(ports); i++) {
        struct json *port = json_item(ports, i);
        const struct json *target = json_get(port, "targetPort");
        if (json_get(port, "port") != NULL &&
            (target == NULL || (json_is(target, JSON_INT) && json_int(target) == 0)))
            json_set(port, "targetPort", json_copy(json_get(port, "port")));
    }
}

static void default_affinity(struct json *service)
{
    if (str_eq(json_str(service, "spec.sessionAffinity"), "ClientIP"))
        default_put(service, "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                    json_new_int(AFFINITY_SEC));
    else if (str_eq(json_str(service, "spec.sessionAffinity"), "None"))
        json_del(json_get(service, "spec"), "sessionAffinityConfig");
}

void default_service(struct json *service)
{
    const char *type = json_str_or(service, "spec.type", "");
    const bool balanced = strcmp(type, "LoadBalancer") == 0;
    const bool named = strcmp(type, "ExternalName") == 0;

    if (!json_is(json_get(service, "spec"), JSON_OBJECT))
        return;
    default_ports(service);
    default_affinity(service);
    if (!named)
        default_put(service, "spec.internalTrafficPolicy", json_new_string("Cluster"));
    if (balanced || strcmp(type, "NodePort") == 0 ||
        json_len(json_at(service, "spec.externalIPs")) > 0)
        default_put(service, "spec.externalTrafficPolicy", json_new_string("Cluster"));
    if (balanced)
        default_put(service, "spec.allocateLoadBalancerNodePorts", json_new_bool(true));
}

/* A policy is about what comes in, and about what goes out where it speaks of it. */
void default_network_policy(struct json *policy)
{
    struct json *types;

    if (!json_is(json_get(policy, "spec"), JSON_OBJECT) ||
        json_len(json_at(policy, "spec.policyTypes")) > 0)
        return;
    types = json_build("['Ingress']");
    if (json_len(json_at(policy, "spec.egress")) > 0)
        json_append(types, json_new_string("Egress"));
    json_set_at(policy, "spec.policyTypes", types);
}

/* table_network - columns of Services, endpoints, Ingresses and NetworkPolicies. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

#define WORDS_MAX 3
/* What a load balancer's addresses may take up. */
#define BALANCER_WIDTH 16

/* ---- services ---- */

static struct json *service_ports(const struct json *service, int64_t now_sec)
{
    const struct json *list = json_at(service, "spec.ports");
    STR_AUTO struct str ports;

    (void)now_sec;
    str_init(&ports, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *p = json_item(list, i);
        int64_t node_port = json_int_or(p, "nodePort", 0);
        str_addf(&ports, "%s%" PRId64, i > 0 ? "," : "", json_int_or(p, "port", 0));
        if (node_port != 0)
            str_addf(&ports, ":%" PRId64, node_port);
        str_addf(&ports, "/%s", json_str_or(p, "protocol", "TCP"));
    }
    return cell_take(str_take(&ports));
}

/* The addresses a load balancer got, a fresh array of strings. */
static struct json *balancer_words(const struct json *object)
{
    const struct json *list = json_at(object, "status.loadBalancer.ingress");
    struct json *words = json_new_array();

    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *one = json_item(list, i);
        const char *word = json_str_or(one, "ip", json_str_or(one, "hostname", ""));
        if (word[0] != '\0')
            json_append(words, json_new_string(word));
    }
    return words;
}

static char *join(const struct json *words)
{
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(words); i++)
        str_addf(&text, "%s%s", i > 0 ? "," : "",
                 json_is(json_item(words, i), JSON_STRING)
                     ? json_string(json_item(words, i))
                     : "");
    return str_take(&text);
}

static struct json *service_external_ip(const struct json *service, int64_t now_sec)
{
    const char *type = json_str_or(service, "spec.type", "");
    JSON_AUTO struct json *balancer = balancer_words(service);
    AUTO_FREE char *given = join(json_at(service, "spec.externalIPs"));
    AUTO_FREE char *got = join(balancer);

    (void)now_sec;
    if (strcmp(type, "ExternalName") == 0)
        return cell_text_or(service, "spec.externalName", "<none>");
    if (strcmp(type, "LoadBalancer") != 0)
        return json_new_string(given[0] != '\0' ? given : "<none>");
    if (got[0] == '\0' && given[0] == '\0')
        return json_new_string("<pending>");
    return cell_take(
        xasprintf("%s%s%s", got, got[0] != '\0' && given[0] != '\0' ? "," : "", given));
}

static struct json *service_selector(const struct json *service, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(service, "spec.selector"));
}

/* ---- endpoints ---- */

static void add_subset(struct json *words, const struct json *subset)
{
    const struct json *ports = json_get(subset, "ports");
    const struct json *addresses = json_get(subset, "addresses");
    const size_t n_ports = json_len(ports);

    for (size_t p = 0; p < MAX(n_ports, 1); p++)
        for (size_t a = 0; a < json_len(addresses); a++) {
            const char *ip = json_str_or(json_item(addresses, a), "ip", "");
            const int64_t port = json_int_or(json_item(ports, p), "port", 0);
            AUTO_FREE char *word =
                n_ports > 0 ? xasprintf("%s:%" PRId64, ip, port) : xstrdup(ip);
            json_append(words, json_new_string(word));
        }
}

static struct json *endpoints_addresses(const struct json *endpoints, int64_t now_sec)
{
    const struct json *subsets = json_get(endpoints, "subsets");
    JSON_AUTO struct json *words = json_new_array();

    (void)now_sec;
    for (size_t i = 0; i < json_len(subsets); i++)
        add_subset(words, json_item(subsets, i));
    return cell_words(words, WORDS_MAX);
}

/* Where there are none, its table says so in another way. */
static struct json *slice_words(const struct json *words)
{
    return json_len(words) > 0 ? cell_words(words, WORDS_MAX)
                               : json_new_string("<unset>");
}

static struct json *slice_ports(const struct json *slice, int64_t now_sec)
{
    const struct json *ports = json_get(slice, "ports");
    JSON_AUTO struct json *words = json_new_array();

    (void)now_sec;
    for (size_t i = 0; i < json_len(ports); i++) {
        const int64_t port = json_int_or(json_item(ports, i), "port", 0);
        AUTO_FREE char *word =
            port != 0 ? xasprintf("%" PRId64, port)
                      : xstrdup(json_str_or(json_item(ports, i), "name", "*"));
        json_append(words, json_new_string(word));
    }
    return slice_words(words);
}

static struct json *slice_endpoints(const struct json *slice, int64_t now_sec)
{
    const struct json *endpoints = json_get(slice, "endpoints");
    JSON_AUTO struct json *words = json_new_array();

    (void)now_sec;
    for (size_t i = 0; i < json_len(endpoints); i++) {
        const struct json *addresses = json_get(json_item(endpoints, i), "addresses");
        for (size_t a = 0; a < json_len(addresses); a++)
            json_append(words, json_copy(json_item(addresses, a)));
    }
    return slice_words(words);
}

/* ---- ingresses ---- */

static struct json *ingress_hosts(const struct json *ingress, int64_t now_sec)
{
    const struct json *rules = json_at(ingress, "spec.rules");
    JSON_AUTO struct json *words = json_new_array();

    (void)now_sec;
    for (size_t i = 0; i < json_len(rules); i++) {
        const char *host = json_str_or(json_item(rules, i), "host", "");
        if (host[0] != '\0')
            json_append(words, json_new_string(host));
    }
    return json_len(words) > 0 ? cell_words(words, WORDS_MAX) : json_new_string("*");
}

static struct json *ingress_address(const struct json *ingress, int64_t now_sec)
{
    JSON_AUTO struct json *words = balancer_words(ingress);
    AUTO_FREE char *text = join(words);

    (void)now_sec;
    if (strlen(text) > BALANCER_WIDTH)
        memcpy(text + BALANCER_WIDTH - 3, "...", sizeof("..."));
    return json_new_string(text);
}

static struct json *ingress_ports(const struct json *ingress, int64_t now_sec)
{
    (void)now_sec;
    return json_new_string(json_len(json_at(ingress, "spec.tls")) > 0 ? "80, 443"
                                                                      : "80");
}

static struct json *ingress_class_name(const struct json *class, int64_t now_sec)
{
    (void)now_sec;
    return cell_default_name(class, "ingressclass.kubernetes.io/is-default-class");
}

static struct json *ingress_class_parameters(const struct json *class, int64_t now_sec)
{
    const struct json *p = json_at(class, "spec.parameters");
    const char *group = json_str_or(p, "apiGroup", "");

    (void)now_sec;
    if (p == NULL)
        return json_new_string("<none>");
    return cell_take(xasprintf("%s%s%s/%s", json_str_or(p, "kind", ""),
                               group[0] != '\0' ? "." : "", group,
                               json_str_or(p, "name", "")));
}

static struct json *policy_pods(const struct json *policy, int64_t now_sec)
{
    (void)now_sec;
    return cell_selector(json_at(policy, "spec.podSelector"));
}

/* ---- the tables ---- */

static const struct core_column services[] = {
    {"Type", "string", 0, NULL, "spec.type"},
    {"Cluster-IP", "string", 0, NULL, "spec.clusterIP"},
    {"External-IP", "string", 0, service_external_ip, NULL},
    {"Port(s)", "string", 0, service_ports, NULL},
    TABLE_AGE,
    {"Selector", "string", 1, service_selector, NULL},
};
static const struct core_column endpoints[] = {
    {"Endpoints", "string", 0, endpoints_addresses, NULL},
    TABLE_AGE,
};
static const struct core_column slices[] = {
    {"AddressType", "string", 0, NULL, "addressType"},
    {"Ports", "string", 0, slice_ports, NULL},
    {"Endpoints", "string", 0, slice_endpoints, NULL},
    TABLE_AGE,
};
static const struct core_column ingresses[] = {
    {"Class", "string", 0, NULL, "spec.ingressClassName"},
    {"Hosts", "string", 0, ingress_hosts, NULL},
    {"Address", "string", 0, ingress_address, NULL},
    {"Ports", "string", 0, ingress_ports, NULL},
    TABLE_AGE,
};
static const struct core_column ingress_classes[] = {
    {"Name", "string", 0, ingress_class_name, NULL},
    {"Controller", "string", 0, NULL, "spec.controller"},
    {"Parameters", "string", 0, ingress_class_parameters, NULL},
    TABLE_AGE,
};
static const struct core_column policies[] = {
    {"Pod-Selector", "string", 0, policy_pods, NULL},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW("", "services", services),
    TABLE_ROW("", "endpoints", endpoints),
    TABLE_ROW("discovery.k8s.io", "endpointslices", slices),
    TABLE_ROW("networking.k8s.io", "ingresses", ingresses),
    TABLE_ROW("networking.k8s.io", "ingressclasses", ingress_classes),
    TABLE_ROW("networking.k8s.io", "networkpolicies", policies),
};

const struct core_tables table_network = {rows, ARRAY_LEN(rows)};

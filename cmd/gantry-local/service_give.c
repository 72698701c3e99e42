/* service_give - cluster IPs and node ports, given to Services that have none. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/service.h"

/* 10.96.0.0/16 but for its first and last address and the one that a cluster's own API
 * server has. */
#define RANGE_FIRST 0x0a600002u
#define RANGE_LAST 0x0a60fffeu

/* ---- what others have ---- */

/* Addresses and ports in use, as keys. */
struct taken {
    struct json *addresses, *ports;
};

static void take_from(struct taken *t, const struct json *service)
{
    const struct json *ips = json_at(service, "spec.clusterIPs");
    const struct json *ports = json_at(service, "spec.ports");
    char number[24];

    for (size_t i = 0; i < json_len(ips); i++)
        json_set(t->addresses, json_string(json_item(ips, i)), json_new_bool(true));
    for (size_t i = 0; i < json_len(ports); i++) {
        const int64_t port = json_int_or(json_item(ports, i), "nodePort", 0);
        snprintf(number, sizeof(number), "%" PRId64, port);
        if (port)
            json_set(t->ports, number, json_new_bool(true));
    }
}

static void taken_init(struct taken *t, const struct write *w)
{
    const struct store *store = w->call->server->store;
    struct object_list list = {0};

    *t = (struct taken){json_new_object(), json_new_object()};
    store_list(store, w->call->table, NULL, store_version(store), &list);
    for (size_t i = 0; i < list.n; i++) {
        if (list.items[i] == w->old)
            continue;
        JSON_AUTO struct json *service = object_tree(list.items[i]);
        take_from(t, service);
    }
    object_list_fini(&list);
}

static void taken_fini(struct taken *t)
{
    json_free(t->addresses);
    json_free(t->ports);
}

/* ---- giving ---- */

static void invalid_address(struct write *w, const char *ip, const char *why)
{
    AUTO_FREE char *message =
        xasprintf("Invalid value: [\"%s\"]: failed to allocate IP %s: %s", ip, ip, why);

    write_invalid(w, "spec.clusterIPs", "FieldValueInvalid", message);
}

static void claim_address(struct write *w, struct taken *t, const char *ip)
{
    struct in_addr parsed;

    if (inet_pton(AF_INET, ip, &parsed) != 1 ||
        ntohl(parsed.s_addr) < RANGE_FIRST - 1 || ntohl(parsed.s_addr) > RANGE_LAST)
        invalid_address(w, ip, "the provided network does not match the current range");
    else if (json_get(t->addresses, ip))
        invalid_address(w, ip, "provided IP is already allocated");
}

/* Any free one, looked for from a random place on. */
static void give_address(struct write *w, struct taken *t)
{
    const uint32_t n = RANGE_LAST - RANGE_FIRST + 1;
    const uint32_t start = (uint32_t)rng_below(&w->call->server->rng, n);
    char text[INET_ADDRSTRLEN];

    for (uint32_t i = 0; i < n; i++) {
        const struct in_addr ip = {htonl(RANGE_FIRST + (start + i) % n)};
        inet_ntop(AF_INET, &ip, text, sizeof(text));
        if (json_get(t->addresses, text))
            continue;
        json_set_at(w->after, "spec.clusterIP", json_new_string(text));
        json_set_at(w->after, "spec.clusterIPs", json_build("[%s]", text));
        return;
    }
    write_invalid(w, "spec.clusterIPs", "InternalError",
                  "Internal error: the range of addresses is full");
}

/* Without a selector a headless Service is about addresses of both families. */
static void fill_families(struct json *service)
{
    const bool headless = str_eq(json_str(service, "spec.clusterIP"), "None") &&
                          json_len(json_at(service, "spec.selector")) == 0;

    if (!json_at(service, "spec.ipFamilyPolicy"))
        json_set_at(service, "spec.ipFamilyPolicy",
                    json_new_string(headless ? "RequireDualStack" : "SingleStack"));
    const bool both =
        headless && !str_eq(json_str(service, "spec.ipFamilyPolicy"), "SingleStack");
    if (json_len(json_at(service, "spec.ipFamilies")) == 0)
        json_set_at(service, "spec.ipFamilies",
                    json_build(both ? "['IPv4', 'IPv6']" : "['IPv4']"));
}

static void settle_ip(struct write *w, struct taken *t)
{
    const char *ip = json_str_or(w->after, "spec.clusterIP", "");

    if (!ip[0])
        give_address(w, t);
    else if (strcmp(ip, "None") != 0 &&
             !json_equal(json_at(w->before, "spec.clusterIP"),
                         json_at(w->after, "spec.clusterIP")))
        claim_address(w, t, ip);
    fill_families(w->after);
}

static void claim_port(struct write *w, struct taken *t, size_t i, int64_t number)
{
    char key[24];

    snprintf(key, sizeof(key), "%" PRId64, number);
    const char *why =
        number < SERVICE_NODE_PORT_MIN || number > SERVICE_NODE_PORT_MAX
            ? "provided port is not in the valid range. The range of valid ports is "
              "30000-32767"
        : json_get(t->ports, key) ? "provided port is already allocated"
                                  : NULL;
    json_set(t->ports, key, json_new_bool(true));
    if (!why)
        return;
    AUTO_FREE char *field = xasprintf("spec.ports[%zu].nodePort", i);
    AUTO_FREE char *message = xasprintf("Invalid value: %s: %s", key, why);
    write_invalid(w, field, "FieldValueInvalid", message);
}

static void give_port(struct write *w, struct taken *t, struct json *port)
{
    const uint64_t n = SERVICE_NODE_PORT_MAX - SERVICE_NODE_PORT_MIN + 1;
    const uint64_t start = rng_below(&w->call->server->rng, n);
    char key[24];

    for (uint64_t i = 0; i < n; i++) {
        const int64_t number = SERVICE_NODE_PORT_MIN + (int64_t)((start + i) % n);
        snprintf(key, sizeof(key), "%" PRId64, number);
        if (json_get(t->ports, key))
            continue;
        json_set(t->ports, key, json_new_bool(true));
        json_set(port, "nodePort", json_new_int(number));
        return;
    }
    write_invalid(w, "spec.ports", "InternalError",
                  "Internal error: the range of ports is full");
}

static void settle_ports(struct write *w, struct taken *t)
{
    const struct json *ports = json_at(w->after, "spec.ports");

    for (size_t i = 0; i < json_len(ports); i++) {
        const int64_t number = json_int_or(json_item(ports, i), "nodePort", 0);
        if (number && !service_uses_node_port(w->before, number))
            claim_port(w, t, i, number);
    }
    for (size_t i = 0; i < json_len(ports); i++)
        if (json_int_or(json_item(ports, i), "nodePort", 0) == 0)
            give_port(w, t, json_item(ports, i));
}

/* Headless ones, of which jobs have many, need no look at the others. */
static bool needs_nothing(const struct json *service)
{
    return !service_has_ip(service) ||
           (str_eq(json_str(service, "spec.clusterIP"), "None") &&
            !service_has_node_ports(service));
}

int service_commit(struct write *w)
{
    struct taken taken;

    if (needs_nothing(w->after)) {
        if (service_has_ip(w->after))
            fill_families(w->after);
        return 0;
    }
    taken_init(&taken, w);
    settle_ip(w, &taken);
    if (service_has_node_ports(w->after))
        settle_ports(w, &taken);
    taken_fini(&taken);
    return json_len(w->causes) == 0
               ? 0
               : refuse_invalid(&w->call->refusal, w->call->kind,
                                json_str_or(w->after, "metadata.name", ""), w->causes);
}

/* kind_check_network - what is wrong with NetworkPolicies. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"

/* ---- addresses ---- */

struct cidr {
    unsigned char bytes[sizeof(struct in6_addr)];
    int family;
    unsigned bits;
};

static bool read_cidr(const char *text, struct cidr *ret)
{
    const char *slash = strchr(text, '/');
    AUTO_FREE char *address = slash ? xstrndup(text, (size_t)(slash - text)) : NULL;
    char *end;

    if (!slash || !slash[1])
        return false;
    ret->family = strchr(address, ':') ? AF_INET6 : AF_INET;
    ret->bits = (unsigned)strtoul(slash + 1, &end, 10);
    return slash[1] >= '0' && slash[1] <= '9' && *end == '\0' &&
           ret->bits <= (ret->family == AF_INET ? 32u : 128u) &&
           inet_pton(ret->family, address, ret->bytes) == 1;
}

static bool is_within(const struct cidr *part, const struct cidr *whole)
{
    if (part->family != whole->family || part->bits <= whole->bits)
        return false;
    for (unsigned i = 0; i < whole->bits; i++) {
        const unsigned mask = 0x80u >> (i % 8);
        if ((part->bytes[i / 8] & mask) != (whole->bytes[i / 8] & mask))
            return false;
    }
    return true;
}

/* ---- policies ---- */

static void check_policy_port(const struct check *c, const char *field,
                              const struct json *port)
{
    const struct json *number = json_get(port, "port");
    const struct json *end = json_get(port, "endPort");
    AUTO_FREE char *port_at = xasprintf("%s.port", field);
    AUTO_FREE char *end_at = xasprintf("%s.endPort", field);

    if (json_is(number, JSON_INT))
        check_port(c, port_at, json_int(number));
    if (!end)
        return;
    if (!number)
        check_invalid(c, end_at, end,
                      "may not be specified when `port` is not specified");
    else if (!json_is(number, JSON_INT))
        check_invalid(c, end_at, end,
                      "may not be specified when `port` is non-numeric");
    else if (json_int(end) < json_int(number))
        check_invalid(c, end_at, end, "must be greater than or equal to `port`");
    else
        check_port(c, end_at, json_int(end));
}

static void check_block(const struct check *c, const char *field,
                        const struct json *block)
{
    const struct json *except = json_get(block, "except");
    AUTO_FREE char *cidr_at = xasprintf("%s.cidr", field);
    struct cidr whole, part;

    if (!read_cidr(json_str_or(block, "cidr", ""), &whole)) {
        check_invalid(c, cidr_at, json_get(block, "cidr"),
                      "must be a valid CIDR value, (e.g. 10.9.8.0/24 or "
                      "2001:db8::/64)");
        return;
    }
    for (size_t i = 0; i < json_len(except); i++) {
        AUTO_FREE char *at = xasprintf("%s.except[%zu]", field, i);
        if (!read_cidr(json_string(json_item(except, i)), &part))
            check_invalid(c, at, json_item(except, i),
                          "must be a valid CIDR value, (e.g. 10.9.8.0/24 or "
                          "2001:db8::/64)");
        else if (!is_within(&part, &whole))
            check_invalid(c, at, json_item(except, i),
                          "must be a strict subset of `cidr`");
    }
}

static void check_peer(const struct check *c, const char *field,
                       const struct json *peer)
{
    static const char *const selectors[] = {"podSelector", "namespaceSelector"};
    const struct json *block = json_get(peer, "ipBlock");
    AUTO_FREE char *block_at = xasprintf("%s.ipBlock", field);
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(selectors); i++) {
        AUTO_FREE char *at = xasprintf("%s.%s", field, selectors[i]);
        n += json_get(peer, selectors[i]) != NULL;
        check_selector(c, at, json_get(peer, selectors[i]));
    }
    if (block)
        check_block(c, block_at, block);
    if (n == 0 && !block)
        check_required(c, field, "must specify a peer");
    else if (n > 0 && block)
        check_forbidden(c, field, "may not specify both ipBlock and another peer");
}

static void check_direction(const struct check *c, const char *direction,
                            const char *peers)
{
    AUTO_FREE char *path = xasprintf("spec.%s", direction);
    const struct json *rules = json_at(c->after, path);

    for (size_t i = 0; i < json_len(rules); i++) {
        const struct json *ports = json_get(json_item(rules, i), "ports");
        const struct json *list = json_get(json_item(rules, i), peers);
        for (size_t k = 0; k < json_len(ports); k++) {
            AUTO_FREE char *at = xasprintf("%s[%zu].ports[%zu]", path, i, k);
            check_policy_port(c, at, json_item(ports, k));
        }
        for (size_t k = 0; k < json_len(list); k++) {
            AUTO_FREE char *at = xasprintf("%s[%zu].%s[%zu]", path, i, peers, k);
            check_peer(c, at, json_item(list, k));
        }
    }
}

void network_policy_check(const struct check *c)
{
    const struct json *types = json_at(c->after, "spec.policyTypes");

    check_selector(c, "spec.podSelector", json_at(c->after, "spec.podSelector"));
    check_direction(c, "ingress", "from");
    check_direction(c, "egress", "to");
    for (size_t i = 0; i < json_len(types); i++) {
        const char *type = json_string(json_item(types, i));
        AUTO_FREE char *at = xasprintf("spec.policyTypes[%zu]", i);
        if (strcmp(type, "Ingress") != 0 && strcmp(type, "Egress") != 0)
            check_unsupported(c, at, type, "Ingress|Egress");
    }
}

/* kind_check_endpoints - what is wrong with endpoints, in both forms. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/names.h"

/* Kubernetes looks twice, in two ways. */
static void check_endpoint(const struct check *c, const char *field, const char *ip)
{
    if (!name_is_address(ip))
        check_invalid_text(c, field, ip, "must be a valid IP address");
    check_address(c, field, ip);
}

static void check_subset(const struct check *c, const char *field,
                         const struct json *subset)
{
    static const char *const lists[] = {"addresses", "notReadyAddresses"};
    const struct json *ports = json_get(subset, "ports");
    size_t n = 0;

    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *list = json_get(subset, lists[l]);
        n += json_len(list);
        for (size_t i = 0; i < json_len(list); i++) {
            AUTO_FREE char *at = xasprintf("%s.%s[%zu].ip", field, lists[l], i);
            check_endpoint(c, at, json_str_or(json_item(list, i), "ip", ""));
        }
    }
    if (n == 0)
        check_required(c, field, "must specify `addresses` or `notReadyAddresses`");
    for (size_t i = 0; i < json_len(ports); i++) {
        AUTO_FREE char *at = xasprintf("%s.ports[%zu].port", field, i);
        AUTO_FREE char *name_at = xasprintf("%s.ports[%zu].name", field, i);
        check_port(c, at, json_int_or(json_item(ports, i), "port", 0));
        if (json_len(ports) > 1 && !json_str_or(json_item(ports, i), "name", "")[0])
            check_required(c, name_at, NULL);
    }
}

void endpoints_check(const struct check *c)
{
    const struct json *subsets = json_get(c->after, "subsets");

    for (size_t i = 0; i < json_len(subsets); i++) {
        AUTO_FREE char *at = xasprintf("subsets[%zu]", i);
        check_subset(c, at, json_item(subsets, i));
    }
}

static void check_slice_addresses(const struct check *c, size_t i,
                                  const struct json *addresses)
{
    const bool names = str_eq(json_str(c->after, "addressType"), "FQDN");

    for (size_t k = 0; k < json_len(addresses); k++) {
        AUTO_FREE char *at = xasprintf("endpoints[%zu].addresses[%zu]", i, k);
        if (names)
            check_subdomain(c, at, json_string(json_item(addresses, k)));
        else
            check_address(c, at, json_string(json_item(addresses, k)));
    }
}

static bool has_name_before(const struct json *ports, size_t i, const char *name)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(json_str_or(json_item(ports, k), "name", ""), name) == 0)
            return true;
    return false;
}

void endpoint_slice_check(const struct check *c)
{
    const struct json *endpoints = json_get(c->after, "endpoints");
    const struct json *ports = json_get(c->after, "ports");

    for (size_t i = 0; i < json_len(endpoints); i++)
        check_slice_addresses(c, i, json_get(json_item(endpoints, i), "addresses"));
    for (size_t i = 0; i < json_len(ports); i++) {
        const char *name = json_str_or(json_item(ports, i), "name", "");
        AUTO_FREE char *at = xasprintf("ports[%zu].name", i);
        if (name[0])
            check_label(c, at, name);
        if (has_name_before(ports, i, name))
            check_duplicate(c, at, name);
    }
    if (c->before && !json_equal(json_get(c->before, "addressType"),
                                 json_get(c->after, "addressType")))
        check_invalid(c, "addressType", NULL, "field is immutable");
}

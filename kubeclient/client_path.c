#include "kubeclient/client.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

const struct kc_resource kc_pods = {"", "v1", "pods", "Pod", true};
const struct kc_resource kc_nodes = {"", "v1", "nodes", "Node", false};
const struct kc_resource kc_services = {"", "v1", "services", "Service", true};
const struct kc_resource kc_configmaps = {"", "v1", "configmaps", "ConfigMap", true};
const struct kc_resource kc_namespaces = {"", "v1", "namespaces", "Namespace", false};
const struct kc_resource kc_leases = {"coordination.k8s.io", "v1", "leases", "Lease",
                                      true};
const struct kc_resource kc_events = {"events.k8s.io", "v1", "events", "Event", true};

/* RFC 3986's unreserved characters stand for themselves everywhere. */
static bool is_unreserved(unsigned char c)
{
    return c < 0x80 && (isalnum(c) || (c != 0 && strchr("-._~", c) != NULL));
}

void kc_escape(const char *value, struct str *out)
{
    for (const char *p = value; *p; p++) {
        if (is_unreserved((unsigned char)*p))
            str_addc(out, *p);
        else
            str_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
    }
}

static void add_part(const char *part, struct str *out)
{
    str_addc(out, '/');
    kc_escape(part, out);
}

void kc_path(const struct kc_ref *ref, struct str *out)
{
    const struct kc_resource *r = ref->resource;

    assert(ref->ns == NULL || r->namespaced);
    assert(ref->subresource == NULL || ref->name != NULL);
    str_add(out, r->group[0] ? "/apis" : "/api");
    if (r->group[0])
        add_part(r->group, out);
    add_part(r->version, out);
    if (ref->ns) {
        str_add(out, "/namespaces");
        add_part(ref->ns, out);
    }
    add_part(r->plural, out);
    if (ref->name)
        add_part(ref->name, out);
    if (ref->subresource)
        add_part(ref->subresource, out);
}

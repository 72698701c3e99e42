#include "cmd/gantry-local/hosts.h"

#include <string.h>

#include "base/util.h"

#define DOMAIN "cluster.local"

/* What others say of their pods becomes lines of a file: nothing else may get in. */
static bool is_name(const char *s)
{
    return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(s);
}

static bool is_address(const char *s)
{
    return *s && strspn(s, "0123456789abcdefABCDEF.:") == strlen(s);
}

/* ---- the file ---- */

/* What a cluster's DNS calls `name` in the namespace, the longest first. */
static void add_names(struct str *out, const char *name, const char *ns)
{
    str_addf(out, "%s.%s.svc." DOMAIN " %s.%s.svc %s.%s %s", name, ns, name, ns, name,
             ns, name);
}

static void add_pod(const struct hosts *h, const char *hostname, const char *ip,
                    struct str *out)
{
    AUTO_FREE char *name = xasprintf("%s.%s", hostname, h->subdomain);

    if (!is_address(ip) || !is_name(hostname))
        return;
    str_addf(out, "%s\t", ip);
    if (*h->subdomain) {
        add_names(out, name, h->ns);
        str_addc(out, ' ');
    }
    str_addf(out, "%s\n", hostname);
}

static void add_service(const struct hosts *h, const char *ip, struct str *out)
{
    if (!is_address(ip) || !is_name(h->subdomain))
        return;
    str_addf(out, "%s\t", ip);
    add_names(out, h->subdomain, h->ns);
    str_addc(out, '\n');
}

void hosts_text(const struct hosts *h, const char *machine, struct str *out)
{
    str_add(out, "# This pod's own; kept up to date while it runs.\n");
    add_pod(h, h->hostname, h->ip, out);
    for (size_t i = 0; i < h->n_peers; i++)
        add_pod(h, h->peers[i].hostname, h->peers[i].ip, out);
    if (*h->subdomain) {
        add_service(h, h->ip, out);
        for (size_t i = 0; i < h->n_peers; i++)
            add_service(h, h->peers[i].ip, out);
    }
    for (size_t i = 0; h->aliases && i < h->aliases->n; i++)
        str_addf(out, "%s\t%s\n", h->aliases->items[i].name,
                 h->aliases->items[i].value);
    str_addf(out, "# The machine's:\n%s", machine);
}

/* ---- one name ---- */

/* Takes `part` off the front; NULL: it is not there, or does not end there. */
static const char *skip(const char *at, const char *part)
{
    const size_t len = strlen(part);

    if (strncmp(at, part, len) != 0 || (at[len] != '.' && at[len] != '\0'))
        return NULL;
    return at[len] ? at + len + 1 : at + len;
}

/* Is it "", "ns", "ns.svc" or "ns.svc.cluster.local"? */
static bool is_tail(const char *at, const char *ns)
{
    if (!*at)
        return true;
    at = skip(at, ns);
    return at && (!*at || strcmp(at, "svc") == 0 || strcmp(at, "svc." DOMAIN) == 0);
}

static const char *address_of(const struct hosts *h, const char *hostname)
{
    if (strcmp(hostname, h->hostname) == 0)
        return h->ip;
    for (size_t i = 0; i < h->n_peers; i++)
        if (strcmp(hostname, h->peers[i].hostname) == 0)
            return is_address(h->peers[i].ip) ? h->peers[i].ip : "";
    return "";
}

/* A name without port. Bare ones are left alone: a pod's name has other uses, too. */
static enum hosts_answer resolve(const struct hosts *h, const char *name,
                                 const char **ret)
{
    AUTO_FREE char *hostname = xstrndup(name, strcspn(name, "."));
    const char *tail = name + strlen(hostname);

    *ret = address_of(h, hostname);
    tail = *tail && *h->subdomain ? skip(tail + 1, h->subdomain) : NULL;
    if (!tail || !is_tail(tail, h->ns))
        return HOSTS_NO_NAME;
    return **ret ? HOSTS_KNOWN : HOSTS_UNKNOWN;
}

enum hosts_answer hosts_resolve(const struct hosts *h, const char *name,
                                struct str *out)
{
    const char *port = name + strcspn(name, ":");
    AUTO_FREE char *bare = xstrndup(name, (size_t)(port - name));
    const char *ip;
    const enum hosts_answer answer =
        is_name(bare) ? resolve(h, bare, &ip) : HOSTS_NO_NAME;

    if (strspn(port, ":0123456789") != strlen(port))
        return HOSTS_NO_NAME;
    if (answer == HOSTS_KNOWN)
        str_addf(out, "%s%s", ip, port);
    return answer;
}

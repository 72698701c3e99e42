/*
 * hosts - a pod's own /etc/hosts, and what a name in it stands for. Pure.
 *
 *   127.4.2.7  a-0.svc1.ns.svc.cluster.local a-0.svc1.ns.svc a-0.svc1.ns a-0.svc1 a-0
 *   127.4.2.7  svc1.ns.svc.cluster.local svc1.ns.svc svc1.ns svc1
 *
 * The pod comes first, then the peers of its subdomain, each with the names that a
 * cluster's DNS would give it and its bare host name besides; then the Service's names
 * with each of their addresses; then the pod's hostAliases; then the machine's own
 * lines.
 */
#ifndef GANTRY_LOCAL_HOSTS_H
#define GANTRY_LOCAL_HOSTS_H

#include <stddef.h>

#include "base/str.h"
#include "cmd/gantry-local/podspec.h"

struct hosts_peer {
    const char *hostname;
    const char *ip; /* "": it has none yet */
};

/* A pod and those of its subdomain. All lent. */
struct hosts {
    const char *ns, *hostname, *ip;
    const char *subdomain; /* "": none, and no peers */
    const struct hosts_peer *peers;
    size_t n_peers;              /* without the pod itself */
    const struct pairs *aliases; /* name: address, value: names; NULL */
};

/* `machine`: the text of the machine's file. */
void hosts_text(const struct hosts *h, const char *machine, struct str *out);

enum hosts_answer { HOSTS_KNOWN, HOSTS_UNKNOWN, HOSTS_NO_NAME };

/* The address of a name, appended; "name:port" keeps its port. Unknown: it names a pod
 * of the subdomain of which no address is known yet. No name: it is none of the
 * subdomain's, or a bare host name. */
enum hosts_answer hosts_resolve(const struct hosts *h, const char *name,
                                struct str *out);

#endif

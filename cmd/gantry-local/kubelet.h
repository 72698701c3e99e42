/*
 * kubelet - a set of nodes in one process: a small virtual kubelet.
 *
 * An ordinary API client: registers its Nodes, renews their Leases, watches pods, runs
 * those that are bound to its nodes through an executor, and reports their status. It
 * works on any API server. It has no clock and no socket of its own (loop, client), so
 * a cluster of them fits into a test in virtual time.
 *
 *   watch (one for all nodes) --> pods --> executor
 *                                  |
 *   Node, Lease, pod status  <-- writer (few in flight, the newest state wins)
 *
 * With one node the watch asks for its pods only (spec.nodeName=...). Field selectors
 * cannot say "one of these", so with several nodes all pods are watched and others' are
 * dropped as they come.
 *
 * Rules:
 * - A pod that does not fit what is free here fails as under a kubelet (OutOfcpu, ...).
 * - No pod is run twice: one that was started by an earlier life of this program, as
 * its status says, is reported Failed/NodeRestarted.
 * - Every write is repeatable: statuses are absolute and carry the pod's uid, deletes
 * have it as a precondition.
 * - What a pod uses is free again only when its last container has ended.
 */
#ifndef GANTRY_LOCAL_KUBELET_H
#define GANTRY_LOCAL_KUBELET_H

#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/rng.h"
#include "cmd/gantry-local/app.h"
#include "cmd/gantry-local/executor.h"
#include "cmd/gantry-local/prober.h"
#include "cmd/gantry-local/nodegroups.h"
#include "kubeclient/client.h"

#define KUBELET_PODS_PER_NODE 110

struct kubelet;

/* Lent; strings are copied. */
struct kubelet_options {
    struct loop *loop;
    struct kc_client *client;
    struct executor *executor;
    struct prober *prober; /* NULL: probes are not asked, and count as passed */
    struct log *log;       /* NULL: silent */
    struct rng rng;        /* copied: jitter */

    const char *name_prefix;  /* "n": nodes n1, n2, ... */
    struct nodegroups groups; /* their type: label gantry.dev/gpu-type */
    /* each node */
    int64_t cpu_milli;
    int64_t mem_bytes;
    const char *gpu_resource; /* DOMAIN/NAME */

    /* All nodes' address, of this machine, as others reach it; NULL: each has one of
     * its own on loopback. */
    const char *address;

    int64_t lease_sec; /* between two renewals, 1 or more */
    /* What the certificate of the log endpoint is signed by (PEM), told in the Nodes'
     * annotation gantry.dev/serving-ca; NULL: no logs are served. */
    const char *serving_ca;

    loop_fn *registered; /* called when all nodes are, as ready; NULL */
    void *registered_arg;
};

/* Are the options in range? Looks at no pointer but the texts. */
int kubelet_check(const struct kubelet_options *o, struct err *err);
/* Starts at once. NULL and err for options out of range. */
struct kubelet *kubelet_new(const struct kubelet_options *options, struct err *err);

/* Ends orderly: asks all containers to end, kills them after `grace_sec`, reports what
 * can be reported within five seconds more, nodes as not ready, then calls `stopped`
 * once. */
void kubelet_stop(struct kubelet *k, int64_t grace_sec, loop_fn *stopped, void *arg);

/* Ends at once, as if the machine had gone: containers are dropped, nothing is written.
 * NULL is fine. */
void kubelet_free(struct kubelet *k);

/* The kubelet's log endpoint, for a front end that must be freed before the kubelet. It
 * answers whom it is asked by: to let in only the API server is the front end's. */
struct api_app *kubelet_logs(struct kubelet *k);
/* Node i's address, 0 <= i < count; and where on it that front end listens. */
size_t kubelet_count(const struct kubelet *k);
const char *kubelet_address(const struct kubelet *k, size_t i);
void kubelet_set_log_port(struct kubelet *k, size_t i, int port);

/* Pods whose containers run or are about to, of all nodes (tests wait on it). */
size_t kubelet_active_pods(const struct kubelet *k);

#endif

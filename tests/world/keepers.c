#include "tests/world/keepers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define PERIOD_MS 10000
#define SILENCE_MS 40000
#define EVICT_MS 300000
#define SCRAP_MS 60000
#define ORPHAN_MS 40000

struct silence {
    char *node;
    int64_t since_ms;
};

struct keepers {
    struct keepers_options o;
    struct loop_timer *timer, *foreign;
    struct silence *silences; /* one for each node there ever was */
    size_t n_silences, cap_silences;
    int64_t n_foreign;
    bool calm, paused;
};

/* ---- the node controller ---- */

/* Since when the node is silent; NEVER_MS: it is not. */
static int64_t silent_since(struct keepers *k, const char *node)
{
    bool silent = k->o.is_silent(k->o.arg, node);
    size_t i = 0;

    while (i < k->n_silences && strcmp(k->silences[i].node, node) != 0)
        i++;
    if (i == k->n_silences) {
        GROW(k->silences, k->n_silences, k->cap_silences);
        k->silences[k->n_silences++] = (struct silence){xstrdup(node), NEVER_MS};
    }
    if (!silent)
        k->silences[i].since_ms = NEVER_MS;
    else if (k->silences[i].since_ms == NEVER_MS)
        k->silences[i].since_ms = loop_now_ms(k->o.loop);
    return k->silences[i].since_ms;
}

static void mark_unknown(struct keepers *k, const char *node)
{
    AUTO_FREE char *path = xasprintf("/api/v1/nodes/%s/status", node);
    JSON_AUTO struct json *patch =
        json_build("{'status': {'conditions': [{'type': 'Ready', 'status': 'Unknown',"
                   " 'reason': 'NodeStatusUnknown', 'message': 'silent'}]}}");

    server_ask(k->o.server, "PATCH", path, patch, NULL);
    journal_note(k->o.journal, "node %s is called not ready", node);
}

static void delete_pod(struct keepers *k, struct pod_fact *p, int64_t grace_sec)
{
    AUTO_FREE char *path = xasprintf("/api/v1/namespaces/%s/pods/%s", p->ns, p->name);
    JSON_AUTO struct json *options = json_new_object();

    if (grace_sec >= 0)
        json_set(options, "gracePeriodSeconds", json_new_int(grace_sec));
    p->meddled = true;
    server_ask(k->o.server, "DELETE", path, options, NULL);
}

static void evict_from(struct keepers *k, const char *node)
{
    struct pod_fact *p, *next;

    HASH_ITER (hh, k->o.ledger->pods, p, next) {
        if (!pod_holds(p) || p->deleting || strcmp(p->node, node) != 0)
            continue;
        journal_note(k->o.journal, "pod %s is evicted from %s", p->name, node);
        delete_pod(k, p, -1);
    }
}

static void scrap(struct keepers *k, const char *node)
{
    AUTO_FREE char *path = xasprintf("/api/v1/nodes/%s", node);
    AUTO_FREE char *lease = xasprintf(
        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/%s", node);

    journal_note(k->o.journal, "node %s is deleted", node);
    server_ask(k->o.server, "DELETE", path, NULL, NULL);
    server_ask(k->o.server, "DELETE", lease, NULL, NULL);
}

static void keep_node(struct keepers *k, const struct node_fact *n)
{
    int64_t since_ms = silent_since(k, n->name), now_ms = loop_now_ms(k->o.loop);

    if (since_ms == NEVER_MS || n->gone)
        return;
    if (n->ready && now_ms - since_ms >= SILENCE_MS)
        mark_unknown(k, n->name);
    else if (!n->ready && now_ms - n->ready_ms >= EVICT_MS)
        evict_from(k, n->name);
    if (now_ms - since_ms >= SCRAP_MS && k->o.is_scrapped(k->o.arg, n->name))
        scrap(k, n->name);
}

/* ---- the collector ---- */

static void collect(struct keepers *k, struct pod_fact *p)
{
    const struct node_fact *n = ledger_node(k->o.ledger, p->node);
    AUTO_FREE char *status =
        xasprintf("/api/v1/namespaces/%s/pods/%s/status", p->ns, p->name);
    JSON_AUTO struct json *failed =
        json_build("{'status': {'phase': 'Failed', 'reason': 'NodeGone',"
                   " 'message': 'its node is gone'}}");

    if (!n || !n->gone || loop_now_ms(k->o.loop) - n->silent_ms < ORPHAN_MS)
        return;
    journal_note(k->o.journal, "pod %s is collected", p->name);
    if (!p->terminal)
        server_ask(k->o.server, "PATCH", status, failed, NULL);
    delete_pod(k, p, 0);
}

/* ---- the default scheduler ---- */

static bool holds(void *arg, const struct pod_fact *p)
{
    (void)arg;
    return pod_holds(p);
}

static bool fits(struct keepers *k, const struct node_fact *n, const struct pod_fact *p)
{
    struct amounts used = {0};

    ledger_use(k->o.ledger, n->name, holds, NULL, &used);
    bool yes = n->ready && amounts_lacking(&n->allocatable, &used, &p->use) == NULL;
    amounts_fini(&used);
    return yes;
}

static void schedule(struct keepers *k, const struct pod_fact *p)
{
    AUTO_FREE char *path =
        xasprintf("/api/v1/namespaces/%s/pods/%s/binding", p->ns, p->name);
    const struct node_fact *n;

    for (n = k->o.ledger->nodes; n; n = n->hh.next)
        if (fits(k, n, p))
            break;
    if (!n)
        return;
    JSON_AUTO struct json *binding =
        json_build("{'apiVersion': 'v1', 'kind': 'Binding', 'metadata': {'name': %s},"
                   " 'target': {'kind': 'Node', 'name': %s}}",
                   p->name, n->name);
    journal_note(k->o.journal, "foreign pod %s goes to %s", p->name, n->name);
    server_ask(k->o.server, "POST", path, binding, NULL);
}

static void make_foreign(struct keepers *k)
{
    AUTO_FREE char *name = xasprintf("foreign-%" PRId64, ++k->n_foreign);
    AUTO_FREE char *seconds = xasprintf("%d", 10 + (int)rng_below(&k->o.rng, 900));
    AUTO_FREE char *cpu = xasprintf("%d", 1 + (int)rng_below(&k->o.rng, 4));
    AUTO_FREE char *gpus = xasprintf("%d", (int)rng_below(&k->o.rng, 3));
    JSON_AUTO struct json *pod = json_build(
        "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': %s, 'annotations':"
        " {'gantry.dev/run-seconds': %s}}, 'spec': {'restartPolicy': 'Never',"
        " 'containers': [{'name': 'main', 'image': 'x', 'resources': {'limits':"
        " {'cpu': %s, 'nvidia.com/gpu': %s}}}]}}",
        name, seconds, cpu, gpus);

    server_ask(k->o.server, "POST", "/api/v1/namespaces/default/pods", pod, NULL);
}

static void on_foreign(void *arg)
{
    struct keepers *k = arg;

    if (!k->paused)
        make_foreign(k);
    loop_timer_start(k->foreign, 1000 * (10 + (int64_t)rng_below(&k->o.rng, 300)));
}

/* ---- rounds ---- */

static void keep_pod(struct keepers *k, struct pod_fact *p)
{
    bool is_foreign = !p->job && str_starts(p->name, "foreign-");

    if (p->gone)
        return;
    if (p->node && !(p->deleting && p->meddled && p->terminal))
        collect(k, p);
    if (is_foreign && !p->node && !k->calm)
        schedule(k, p);
    if (is_foreign && (p->terminal || k->calm) && !p->deleting)
        delete_pod(k, p, -1);
}

static void on_round(void *arg)
{
    struct keepers *k = arg;
    struct node_fact *n, *next_node;
    struct pod_fact *p, *next_pod;

    loop_timer_start(k->timer, PERIOD_MS);
    if (k->paused)
        return;
    HASH_ITER (hh, k->o.ledger->nodes, n, next_node) {
        keep_node(k, n);
    }
    HASH_ITER (hh, k->o.ledger->pods, p, next_pod) {
        keep_pod(k, p);
    }
}

struct keepers *keepers_new(const struct keepers_options *options)
{
    struct keepers *k = xcalloc(1, sizeof(*k));

    k->o = *options;
    k->timer = loop_timer_new(k->o.loop, on_round, k);
    k->foreign = loop_timer_new(k->o.loop, on_foreign, k);
    loop_timer_start(k->timer, PERIOD_MS);
    if (k->o.foreign_pods)
        loop_timer_start(k->foreign, PERIOD_MS);
    return k;
}

void keepers_free(struct keepers *k)
{
    for (size_t i = 0; i < k->n_silences; i++)
        free(k->silences[i].node);
    free(k->silences);
    loop_timer_free(k->timer);
    loop_timer_free(k->foreign);
    free(k);
}

void keepers_pause(struct keepers *k, bool paused)
{
    k->paused = paused;
}

void keepers_calm(struct keepers *k)
{
    k->calm = true;
    loop_timer_stop(k->foreign);
}

bool keepers_are_calm(const struct keepers *k)
{
    const struct pod_fact *p;
    const struct node_fact *n;

    for (p = k->o.ledger->pods; p; p = p->hh.next)
        if (!p->job && !p->gone)
            return false;
    for (n = k->o.ledger->nodes; n; n = n->hh.next)
        if (!n->ready)
            return false;
    return k->calm;
}

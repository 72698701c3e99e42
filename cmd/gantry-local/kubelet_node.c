#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"
#include "cmd/gantry-local/nodeobject.h"

#define LEASE_NS "kube-node-lease"
/* A node controller (40 s of patience in older ones, 50 s since) may have called the
 * node unknown when it was silent for longer: then the status is posted again. */
#define SILENCE_MS 40000
#define LEASE_DURATION_MIN_SEC 40
#define REFRESH_MS 300000

static struct node_facts facts(const struct knode *node)
{
    return (struct node_facts){
        .name = node->name,
        .address = node->address,
        .log_port = node->log_port,
        .serving_ca = node->kubelet->serving_ca,
        .gpu_type = node->group->gpu_type,
        .capacity = &node->group->capacity,
        .ready = node->ready,
        .ready_since_ms = node->ready_since_ms,
    };
}

/* A little less than `ms`, so that nodes made together do not stay together. */
static int64_t jittered(struct kubelet *k, int64_t ms)
{
    return ms - (int64_t)rng_below(&k->rng, (uint64_t)ms / 10 + 1);
}

/* ---- the Node object ---- */

static struct knode *of_object(struct writer_item *item)
{
    return (struct knode *)(void *)((char *)item - offsetof(struct knode, object));
}

static struct kc_call *object_start(struct writer_item *item, struct kc_client *client,
                                    kc_done_fn *done, void *arg)
{
    struct knode *node = of_object(item);
    struct node_facts f = facts(node);
    struct kc_ref ref = {.resource = &kc_nodes, .name = node->name};
    struct kc_ref all = {.resource = &kc_nodes};
    struct kc_ref status = {
        .resource = &kc_nodes, .name = node->name, .subresource = "status"};
    JSON_AUTO struct json *body = NULL;

    switch (node->stage) {
    case KNODE_NEW:
        body = nodeobject_new(&f);
        return kc_create(client, &all, body, done, arg);
    case KNODE_LABELS:
        body = nodeobject_metadata_patch(&f);
        return kc_patch(client, &ref, KC_PATCH_MERGE, body, done, arg);
    case KNODE_STATUS:
        break;
    case KNODE_UP:
        if (!node->status_due)
            return NULL;
        break;
    }
    node->status_due = false;
    body = nodeobject_status_patch(&f, loop_now_ms(node->kubelet->loop));
    return kc_patch(client, &status, KC_PATCH_STRATEGIC, body, done, arg);
}

static void note_uid(struct knode *node, const struct kc_result *result)
{
    const char *uid = json_str(result->body, "metadata.uid");

    if (uid && !str_eq(uid, node->uid)) {
        free(node->uid);
        node->uid = xstrdup(uid);
        node->has_lease = false; /* an older one belongs to another Node */
    }
}

static void now_up(struct knode *node)
{
    struct kubelet *k = node->kubelet;

    loop_timer_start(node->refresh, jittered(k, REFRESH_MS));
    if (node->stage == KNODE_UP)
        return;
    node->stage = KNODE_UP;
    writer_want(&node->lease);
    k->n_registered++;
    if (k->n_registered < k->n_nodes)
        return;
    if (k->registered)
        k->registered(k->registered_arg);
    log_info(k->log, "%zu node%s registered: %s1%s%s", k->n_nodes,
             k->n_nodes > 1 ? "s" : "", k->name_prefix, k->n_nodes > 1 ? " to " : "",
             k->n_nodes > 1 ? k->nodes[k->n_nodes - 1].name : "");
}

static void not_up(struct knode *node)
{
    if (node->stage == KNODE_UP)
        node->kubelet->n_registered--;
    node->stage = KNODE_NEW;
}

static enum writer_next object_ok(struct knode *node, const struct kc_result *result)
{
    note_uid(node, result);
    if (node->stage == KNODE_STATUS || node->stage == KNODE_UP)
        now_up(node);
    else
        node->stage = KNODE_STATUS;
    writer_want(&node->object);
    return WRITER_DONE;
}

static enum writer_next object_done(struct writer_item *item,
                                    const struct kc_result *result)
{
    struct knode *node = of_object(item);
    struct kubelet *k = node->kubelet;

    if (result->outcome == KC_OK)
        return object_ok(node, result);
    if (result->outcome == KC_REFUSED && result->reason == KC_REASON_ALREADY_EXISTS) {
        node->stage = KNODE_LABELS;
        writer_want(item);
        return WRITER_DONE;
    }
    node->status_due = true;
    if (result->outcome == KC_REFUSED && result->reason == KC_REASON_NOT_FOUND)
        not_up(node); /* somebody deleted it */
    else if (!writer_is_passing(result))
        log_error(k->log, "node %s: %s: %s; trying on", node->name,
                  kc_reason_name(result->reason), result->message);
    return WRITER_RETRY;
}

static const struct writer_item_ops object_ops = {object_start, object_done};

static void want_status(struct knode *node)
{
    node->status_due = true;
    writer_want(&node->object);
}

static void refresh_due(void *arg)
{
    want_status(arg);
}

void knode_set_ready(struct knode *node, bool ready)
{
    node->ready = ready;
    node->ready_since_ms = loop_now_ms(node->kubelet->loop);
    want_status(node);
}

void knode_set_log_port(struct knode *node, int port)
{
    node->log_port = port;
    want_status(node);
}

/* ---- its Lease ---- */

static struct knode *of_lease(struct writer_item *item)
{
    return (struct knode *)(void *)((char *)item - offsetof(struct knode, lease));
}

static struct kc_call *lease_start(struct writer_item *item, struct kc_client *client,
                                   kc_done_fn *done, void *arg)
{
    struct knode *node = of_lease(item);
    struct lease_facts f = {
        .node = node->name,
        .node_uid = node->uid,
        .duration_sec = MAX(LEASE_DURATION_MIN_SEC, 4 * node->kubelet->lease_sec),
    };
    JSON_AUTO struct json *body =
        nodeobject_lease(&f, loop_now_ms(node->kubelet->loop));
    struct kc_ref ref = {.resource = &kc_leases, .ns = LEASE_NS};

    if (!node->has_lease)
        return kc_create(client, &ref, body, done, arg);
    ref.name = node->name;
    return kc_patch(client, &ref, KC_PATCH_MERGE, body, done, arg);
}

static void renewed(struct knode *node)
{
    int64_t now_ms = loop_mono_ms(node->kubelet->loop);
    int64_t period_ms = node->kubelet->lease_sec * 1000;
    bool first = node->renewed_ms == 0;

    if (!first && now_ms - node->renewed_ms > MAX(SILENCE_MS, 2 * period_ms))
        want_status(node);
    node->renewed_ms = now_ms;
    /* the first period at random spreads nodes that were registered together */
    if (first)
        period_ms = 1 + (int64_t)rng_below(&node->kubelet->rng, (uint64_t)period_ms);
    loop_timer_start(node->lease_timer, jittered(node->kubelet, period_ms));
}

static enum writer_next lease_done(struct writer_item *item,
                                   const struct kc_result *result)
{
    struct knode *node = of_lease(item);
    bool refused = result->outcome == KC_REFUSED;

    if (result->outcome == KC_OK) {
        node->has_lease = true;
        renewed(node);
        return WRITER_DONE;
    }
    if (refused && result->reason == KC_REASON_ALREADY_EXISTS) {
        node->has_lease = true;
        writer_want(item);
        return WRITER_DONE;
    }
    if (refused && result->reason == KC_REASON_NOT_FOUND) {
        node->has_lease = false;
        want_status(node); /* the Node may have gone, too */
    }
    return WRITER_RETRY;
}

static const struct writer_item_ops lease_ops = {lease_start, lease_done};

static void lease_due(void *arg)
{
    struct knode *node = arg;

    writer_want(&node->lease);
}

/* ---- life ---- */

static uint32_t hash(const char *s)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 16777619u;
    return h;
}

/* Loopback addresses, 253 for each node; node programs with other names lie elsewhere,
 * so that several on one machine seldom share. 127.0.0.x is left to others. */
static void set_address(struct knode *node, size_t index, const char *address)
{
    size_t block = hash(node->kubelet->name_prefix) % 64000 + index;

    node->net[0] = 127;
    node->net[1] = (uint8_t)(1 + block / 256 % 254);
    node->net[2] = (uint8_t)(block % 256);
    if (address)
        snprintf(node->address, sizeof(node->address), "%s", address);
    else
        snprintf(node->address, sizeof(node->address), "%u.%u.%u.1", node->net[0],
                 node->net[1], node->net[2]);
    node->next_ip = 2;
}

void knode_init(struct knode *node, struct kubelet *k, const struct kgroup *group,
                size_t index, const char *address)
{
    *node = (struct knode){.kubelet = k, .group = group};
    node->name = xasprintf("%s%zu", k->name_prefix, index + 1);
    set_address(node, index, address);
    TAILQ_INIT(&node->pods);
    writer_item_init(&node->object, k->writer, &object_ops, false);
    writer_item_init(&node->lease, k->writer, &lease_ops, true);
    node->refresh = loop_timer_new(k->loop, refresh_due, node);
    node->lease_timer = loop_timer_new(k->loop, lease_due, node);
    knode_set_ready(node, true);
}

void knode_fini(struct knode *node)
{
    while (!TAILQ_EMPTY(&node->pods))
        kpod_free(TAILQ_FIRST(&node->pods));
    writer_item_fini(&node->object);
    writer_item_fini(&node->lease);
    loop_timer_free(node->refresh);
    loop_timer_free(node->lease_timer);
    amounts_fini(&node->used);
    free(node->name);
    free(node->uid);
}

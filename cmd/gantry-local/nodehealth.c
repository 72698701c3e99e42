#include "cmd/gantry-local/nodehealth.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/call.h"

#define LEASES_NS "kube-node-lease"
#define LOOK_MS 5000
#define GRACE_MS (NODEHEALTH_GRACE_SEC * 1000)

/* The Lease of a node, as it was when it was seen to have changed last. */
struct sign {
    char *name;
    int64_t version;
    int64_t seen_ms; /* monotonic */
    bool late;       /* its node was called unknown */
    bool there;      /* at this look */
    UT_hash_handle hh;
};

struct nodehealth {
    struct loop *loop;
    struct apiserver *server;
    struct log *log;
    struct loop_timer *timer;
    struct sign *signs;
    int64_t looked_ms;
    struct api_sink sink; /* of our own requests */
    int status;
};

/* ---- our own requests ---- */

static void sink_head(struct api_sink *sink, const struct api_head *head)
{
    struct nodehealth *h =
        (struct nodehealth *)((char *)sink - offsetof(struct nodehealth, sink));

    h->status = head->status;
}

static size_t sink_data(struct api_sink *sink, const char *bytes, size_t len)
{
    (void)sink;
    (void)bytes;
    (void)len;
    return 0;
}

static void sink_end(struct api_sink *sink)
{
    (void)sink;
}

static const struct api_sink_ops sink_ops = {sink_head, sink_data, sink_end, sink_end};

static void patch_status(struct nodehealth *h, const char *node,
                         const struct json *patch)
{
    AUTO_FREE char *path = xasprintf("/api/v1/nodes/%s/status", node);
    STR_AUTO struct str body;

    str_init(&body, API_BODY_MAX);
    json_print(patch, &body);
    const struct api_request request = {.method = "PATCH",
                                        .path = path,
                                        .query = "",
                                        .content_type =
                                            "application/strategic-merge-patch+json",
                                        .accept = "",
                                        .user_agent = "node-health",
                                        .body = body.s,
                                        .body_len = body.len,
                                        .user = "system:node-health",
                                        .is_admin = true};
    apiserver_handle(h->server, &request, &h->sink);
}

/* ---- nodes ---- */

static bool is_ready(const struct json *node)
{
    const struct json *list = json_at(node, "status.conditions");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), "Ready"))
            return str_eq(json_str(json_item(list, i), "status"), "True");
    return false;
}

static struct table *table_of(const struct nodehealth *h, const char *group,
                              const char *plural)
{
    return call_table(h->server, kinds_find(h->server->kinds, group, "v1", plural));
}

static void call_unknown(struct nodehealth *h, const char *name)
{
    const struct object *o = table_find(table_of(h, "", "nodes"), "", name);
    JSON_AUTO struct json *node = o ? object_tree(o) : NULL;
    char now[TIME_TEXT_MAX];

    if (!node || !is_ready(node))
        return;
    time_format_rfc3339(loop_now_sec(h->loop), now);
    JSON_AUTO struct json *patch = json_build(
        "{'status': {'conditions': [{'type': 'Ready', 'status': 'Unknown',"
        " 'reason': 'NodeStatusUnknown', 'message': 'the node program does not renew"
        " its Lease', 'lastTransitionTime': %s}]}}",
        now);
    patch_status(h, name, patch);
    if (h->status == 200)
        log_warn(h->log, "node %s: no sign of life for %d s", name,
                 NODEHEALTH_GRACE_SEC);
}

/* ---- looking ---- */

static void note_lease(struct nodehealth *h, const struct object *lease, int64_t now_ms)
{
    struct sign *s;

    HASH_FIND_STR(h->signs, lease->name, s);
    if (!s) {
        s = xcalloc(1, sizeof(*s));
        s->name = xstrdup(lease->name);
        HASH_ADD_KEYPTR(hh, h->signs, s->name, strlen(s->name), s);
    }
    s->there = true;
    if (s->version == lease->version)
        return;
    s->version = lease->version;
    s->seen_ms = now_ms;
    s->late = false;
}

static void drop_sign(struct nodehealth *h, struct sign *s)
{
    HASH_DEL(h->signs, s);
    free(s->name);
    free(s);
}

static void note_leases(struct nodehealth *h, int64_t now_ms)
{
    const struct store *store = h->server->store;
    struct object_list list;

    store_list(store, table_of(h, "coordination.k8s.io", "leases"), LEASES_NS,
               store_version(store), &list);
    for (size_t i = 0; i < list.n; i++)
        note_lease(h, list.items[i], now_ms);
    object_list_fini(&list);
}

static void look(void *arg)
{
    struct nodehealth *h = arg;
    const int64_t now_ms = loop_mono_ms(h->loop);
    const bool slept = now_ms - h->looked_ms > 2 * LOOK_MS;
    struct sign *s, *tmp;

    h->looked_ms = now_ms;
    note_leases(h, now_ms);
    HASH_ITER (hh, h->signs, s, tmp) {
        if (!s->there) {
            drop_sign(h, s);
            continue;
        }
        s->there = false;
        if (slept)
            s->seen_ms = now_ms;
        if (s->late || now_ms - s->seen_ms < GRACE_MS)
            continue;
        s->late = true;
        call_unknown(h, s->name);
    }
    loop_timer_start(h->timer, LOOK_MS);
}

struct nodehealth *nodehealth_new(struct loop *loop, struct apiserver *server,
                                  struct log *log)
{
    struct nodehealth *h = xcalloc(1, sizeof(*h));

    h->loop = loop;
    h->server = server;
    h->log = log;
    h->sink.ops = &sink_ops;
    h->looked_ms = loop_mono_ms(loop);
    h->timer = loop_timer_new(loop, look, h);
    loop_timer_start(h->timer, LOOK_MS);
    return h;
}

void nodehealth_free(struct nodehealth *h)
{
    struct sign *s, *tmp;

    if (!h)
        return;
    HASH_ITER (hh, h->signs, s, tmp)
        drop_sign(h, s);
    loop_timer_free(h->timer);
    free(h);
}

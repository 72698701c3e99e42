#include "tests/world/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/util.h"
#include "crds/convert.h"

#define MERGE_PATCH "application/merge-patch+json"

struct wire {
    struct transport base;
    struct transport *inner;
    enum plant plant;
    bool admission;
    struct wire_counts counts;
};

/* ---- which request it is ---- */

enum kind {
    OTHER,
    MAKE_POD,
    BIND_POD,
    PATCH_POD,
    DELETE_POD,
    WRITE_STATUS,
    WRITE_LEASE,
};

static const struct {
    const char *method, *part; /* of the path, without query; "$": at its end */
    enum kind kind;
} kinds[] = {
    {"POST", "/pods$", MAKE_POD},           {"POST", "/binding$", BIND_POD},
    {"PATCH", "/pods/", PATCH_POD},         {"DELETE", "/pods/", DELETE_POD},
    {"PATCH", "/batchjobs/", WRITE_STATUS}, {"PUT", "/leases/", WRITE_LEASE},
    {"POST", "/leases$", WRITE_LEASE},
};

static bool path_has(const char *path, const char *part)
{
    size_t len = strlen(part);
    AUTO_FREE char *bare = xstrndup(path, strcspn(path, "?"));
    AUTO_FREE char *end = xstrndup(part, len - 1);

    return part[len - 1] == '$' ? str_ends(bare, end) : strstr(bare, part) != NULL;
}

static enum kind kind_of(const struct transport_request *req)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(req->method, kinds[i].method) == 0 &&
            path_has(req->path, kinds[i].part))
            return kinds[i].kind;
    return OTHER;
}

/* ---- bugs ---- */

/* Changes the body; or leaves only what changes nothing, as a merge patch of `path`. */
struct edit {
    struct json *body;
    struct transport_request *req;
    char *path; /* owned; NULL: as it was */
};

/* The answer will be the object as it is, and sound like a success. */
static void undo(struct edit *e)
{
    const char *query = strchr(e->req->path, '?');
    size_t len = query ? (size_t)(query - e->req->path) : strlen(e->req->path);

    if (path_has(e->req->path, "/binding$"))
        len -= strlen("/binding");
    e->path = xstrndup(e->req->path, len);
    e->req->path = e->path;
    e->req->method = "PATCH";
    e->req->content_type = MERGE_PATCH;
    json_free(e->body);
    e->body = json_new_object();
}

static void set_text(struct edit *e, const char *path, const char *text)
{
    json_set_at(e->body, path, json_new_string(text));
}

static void bind_elsewhere(struct edit *e)
{
    set_text(e, "target.name", "a1");
}

static void overbook(struct edit *e)
{
    if (!json_str(e->body, "spec.nodeName"))
        return;
    set_text(e, "spec.nodeName", "a1");
    json_set(json_at(e->body, "metadata.annotations"), "gantry.dev/node",
             json_new_string("a1"));
}

static void reuse_id(struct edit *e)
{
    json_set_at(e->body, "status.jobID", json_new_int(1));
}

static void go_back(struct edit *e)
{
    if (str_eq(json_str(e->body, "status.state"), "COMPLETED"))
        set_text(e, "status.state", "CONFIGURING");
}

static void falsify_exit(struct edit *e)
{
    if (json_str(e->body, "status.exitCode"))
        set_text(e, "status.exitCode", "77:0");
}

static void lose_bind(struct edit *e)
{
    if (str_ends(json_str_or(e->body, "metadata.name", ""), "-1"))
        undo(e);
}

static void refuse_bind(struct edit *e)
{
    if (str_ends(json_str_or(e->body, "metadata.name", ""), "-1"))
        set_text(e, "metadata.uid", "of another");
}

static void signal_again(struct edit *e)
{
    struct json *notes = json_at(e->body, "metadata.annotations");
    const struct json *list = json_get(notes, ANNOTATION_SIGNALS);
    AUTO_FREE char *twice =
        list ? xasprintf("%s%s", json_string(list), json_string(list)) : NULL;

    if (twice)
        json_set(notes, ANNOTATION_SIGNALS, json_new_string(twice));
}

static void shorten_lease(struct edit *e)
{
    json_set_at(e->body, "spec.leaseDurationSeconds", json_new_int(1));
}

static const struct {
    enum plant plant;
    enum kind kind;
    void (*edit)(struct edit *e);
} bugs[] = {
    {PLANT_BIND_ELSEWHERE, BIND_POD, bind_elsewhere},
    {PLANT_OVERBOOK, MAKE_POD, overbook},
    {PLANT_ID_REUSED, WRITE_STATUS, reuse_id},
    {PLANT_STATE_BACK, WRITE_STATUS, go_back},
    {PLANT_EXIT_FALSIFIED, WRITE_STATUS, falsify_exit},
    {PLANT_FINALIZER_STAYS, PATCH_POD, undo},
    {PLANT_BIND_LOST, BIND_POD, lose_bind},
    {PLANT_HALF_GANG, BIND_POD, refuse_bind},
    {PLANT_HALF_GANG, DELETE_POD, undo},
    {PLANT_LEASE_SHORT, WRITE_LEASE, shorten_lease},
    {PLANT_SIGNAL_AGAIN, PATCH_POD, signal_again},
};

/* ---- admission ---- */

static void default_memory(struct json *container)
{
    if (!json_at(container, "resources.requests"))
        json_set_at(container, "resources.requests", json_new_object());
    struct json *requests = json_at(container, "resources.requests");
    if (!json_get(requests, "memory"))
        json_set(requests, "memory", json_new_string("1Gi"));
}

static void admit(struct json *pod)
{
    const struct json *containers = json_at(pod, "spec.containers");

    for (size_t i = 0; i < json_len(containers); i++)
        default_memory(json_item(containers, i));
}

/* ---- the transport ---- */

static void count(struct wire *w, enum kind kind)
{
    w->counts.pods_made += kind == MAKE_POD;
    w->counts.pods_bound += kind == BIND_POD;
    w->counts.statuses += kind == WRITE_STATUS;
}

static void ignore_head(void *arg, const struct transport_head *head)
{
    (void)arg;
    (void)head;
}

static void ignore_data(void *arg, const char *bytes, size_t len)
{
    (void)arg;
    (void)bytes;
    (void)len;
}

static void ignore_done(void *arg, enum transport_end end, const char *why)
{
    (void)arg;
    (void)end;
    (void)why;
}

static const struct transport_events ignore = {ignore_head, ignore_data, ignore_done};

static void edit_request(struct edit *e, enum plant plant, enum kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(bugs); i++)
        if (bugs[i].plant == plant && bugs[i].kind == kind)
            bugs[i].edit(e);
}

/* A call that nothing comes of; the others are the inner transport's own. */
static struct transport_call *never(struct wire *w)
{
    struct transport_call *call = xcalloc(1, sizeof(*call));

    call->transport = &w->base;
    return call;
}

static struct transport_call *wire_start(struct transport *t,
                                         const struct transport_request *req,
                                         const struct transport_events *events,
                                         void *arg, struct err *err)
{
    struct wire *w = (struct wire *)t;
    enum kind kind = kind_of(req);

    count(w, kind);
    bool admits = w->admission && kind == MAKE_POD;
    if ((w->plant == PLANT_NONE && !admits) || kind == OTHER)
        return transport_start(w->inner, req, events, arg, err);
    if (w->plant == PLANT_CHATTER && kind == WRITE_STATUS) {
        count(w, kind);
        transport_start(w->inner, req, &ignore, NULL, err);
    }
    struct transport_request edited = *req;
    struct edit e = {.body = json_parse(req->body, req->body_len, err), .req = &edited};
    if (w->plant == PLANT_DEAF &&
        str_eq(json_str(e.body, "status.state"), "COMPLETED")) {
        json_free(e.body);
        return never(w);
    }
    if (admits)
        admit(e.body);
    edit_request(&e, w->plant, kind);
    AUTO_FREE char *text = json_text(e.body, &edited.body_len);
    edited.body = text;
    struct transport_call *call = transport_start(w->inner, &edited, events, arg, err);
    json_free(e.body);
    free(e.path);
    return call;
}

static void wire_cancel(struct transport_call *call)
{
    free(call);
}

static void free_op(struct transport *t)
{
    free(t);
}

static const struct transport_ops ops = {
    .start = wire_start, .cancel = wire_cancel, .free = free_op};

struct wire *wire_new(struct transport *inner, enum plant plant, bool admission)
{
    struct wire *w = xcalloc(1, sizeof(*w));

    w->base.ops = &ops;
    w->inner = inner;
    w->plant = plant;
    w->admission = admission;
    return w;
}

void wire_free(struct wire *w)
{
    free(w);
}

struct transport *wire_transport(struct wire *w)
{
    return &w->base;
}

const struct wire_counts *wire_counts(const struct wire *w)
{
    return &w->counts;
}

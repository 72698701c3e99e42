#include "cmd/gantry-local/protection.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/metadata.h"

struct protection {
    struct apiserver *server;
    struct loop_timer *turn;
};

static bool claim_is_used(struct apiserver *server, const struct object *o,
                          const struct json *claim);
static bool volume_is_used(struct apiserver *server, const struct object *o,
                           const struct json *volume);

static const struct guarded {
    const char *plural, *finalizer;
    bool (*is_used)(struct apiserver *server, const struct object *o,
                    const struct json *tree);
} guarded[] = {
    {"persistentvolumeclaims", "kubernetes.io/pvc-protection", claim_is_used},
    {"persistentvolumes", "kubernetes.io/pv-protection", volume_is_used},
};

/* ---- when they are made ---- */

static int admit(struct write *w, const struct guarded *g)
{
    if (!w->before && !metadata_has_finalizer(w->after, g->finalizer))
        metadata_set_finalizer(w->after, g->finalizer, true);
    return 0;
}

int claim_admit(struct write *w)
{
    return admit(w, &guarded[0]);
}

int volume_admit(struct write *w)
{
    if (str_eq(json_str(w->after, "spec.persistentVolumeReclaimPolicy"), "Recycle"))
        call_warn(w->call,
                  "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is "
                  "deprecated. Instead, the recommended approach is to use dynamic "
                  "provisioning.");
    return admit(w, &guarded[1]);
}

void volume_prepare(struct write *w)
{
    const char *was = json_str_or(w->before, "status.phase", "");
    char now[TIME_TEXT_MAX];

    if (w->before && strcmp(was, json_str_or(w->after, "status.phase", was)) == 0)
        return;
    time_format_rfc3339(loop_now_sec(w->call->server->loop), now);
    json_set_at(w->after, "status.lastPhaseTransitionTime", json_new_string(now));
    protection_look(w->call->server);
}

/* ---- who uses them ---- */

static bool names_claim(const struct json *pod, const char *claim)
{
    const struct json *volumes = json_at(pod, "spec.volumes");

    for (size_t i = 0; i < json_len(volumes); i++) {
        const struct json *v = json_item(volumes, i);
        AUTO_FREE char *made = xasprintf("%s-%s", json_str_or(pod, "metadata.name", ""),
                                         json_str_or(v, "name", ""));
        if (str_eq(json_str(v, "persistentVolumeClaim.claimName"), claim) ||
            (json_get(v, "ephemeral") && strcmp(made, claim) == 0))
            return true;
    }
    return false;
}

/* A pod that is on no node can still be kept from it. */
static bool claim_is_used(struct apiserver *server, const struct object *o,
                          const struct json *claim)
{
    const struct kind *pods = kinds_find(server->kinds, "", "v1", "pods");
    struct object_list list;
    bool found = false;

    (void)claim;
    store_list(server->store, call_table(server, pods), o->ns,
               store_version(server->store), &list);
    for (size_t i = 0; i < list.n && !found; i++) {
        JSON_AUTO struct json *pod = object_tree(list.items[i]);
        found = json_str_or(pod, "spec.nodeName", "")[0] && names_claim(pod, o->name);
    }
    object_list_fini(&list);
    return found;
}

static bool volume_is_used(struct apiserver *server, const struct object *o,
                           const struct json *volume)
{
    (void)server;
    (void)o;
    return strcmp(json_str_or(volume, "status.phase", ""), "Bound") == 0;
}

/* ---- letting go ---- */

static void look_at(struct apiserver *server, const struct guarded *g,
                    const struct kind *kind, struct object *o)
{
    JSON_AUTO struct json *tree = object_tree(o);

    if (!json_at(tree, "metadata.deletionTimestamp") ||
        !metadata_has_finalizer(tree, g->finalizer) || g->is_used(server, o, tree))
        return;
    metadata_set_finalizer(tree, g->finalizer, false);
    struct object *left = object_new(
        tree, kind,
        delete_is_due(tree) ? o->version : store_next_version(server->store));
    if (left)
        delete_or_put(server, kind, left, tree);
    object_unref(left);
}

static void take_turn(void *arg)
{
    struct protection *p = arg;
    struct store *store = p->server->store;

    for (size_t i = 0; i < ARRAY_LEN(guarded); i++) {
        const struct kind *kind =
            kinds_find(p->server->kinds, "", "v1", guarded[i].plural);
        struct object_list list;
        store_list(store, call_table(p->server, kind), NULL, store_version(store),
                   &list);
        for (size_t k = 0; k < list.n; k++)
            look_at(p->server, &guarded[i], kind, list.items[k]);
        object_list_fini(&list);
    }
}

void protection_look(struct apiserver *server)
{
    loop_timer_start(server->protection->turn, 0);
}

void protection_touched(struct apiserver *server, const struct kind *kind)
{
    static const char *const touching[] = {"pods", "persistentvolumeclaims",
                                           "persistentvolumes"};

    for (size_t i = 0; !kind->group[0] && i < ARRAY_LEN(touching); i++)
        if (strcmp(kind->plural, touching[i]) == 0)
            protection_look(server);
}

struct protection *protection_new(struct apiserver *server)
{
    struct protection *p = xcalloc(1, sizeof(*p));

    p->server = server;
    p->turn = loop_timer_new(server->loop, take_turn, p);
    return p;
}

void protection_free(struct protection *p)
{
    if (!p)
        return;
    loop_timer_free(p->turn);
    free(p);
}

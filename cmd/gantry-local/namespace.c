/* namespace - where namespaced objects live: from the start, while ending, and gone. */
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/strategy.h"

static const char *const fixed[] = {"default", "kube-system", "kube-public",
                                    "kube-node-lease"};
static const char *const at_start[] = {"default", "kube-system", "kube-node-lease",
                                       "gantry-system"};

bool namespace_is_fixed(const char *ns)
{
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        if (strcmp(fixed[i], ns) == 0)
            return true;
    return false;
}

static void fill(struct json *ns)
{
    const char *name = json_str_or(ns, "metadata.name", "");

    if (!json_at(ns, "metadata.labels"))
        json_set_at(ns, "metadata.labels", json_new_object());
    json_set(json_at(ns, "metadata.labels"), "kubernetes.io/metadata.name",
             json_new_string(name));
    json_set_at(ns, "spec.finalizers", json_build("['kubernetes']"));
    json_set_at(ns, "status.phase",
                json_new_string(json_at(ns, "metadata.deletionTimestamp")
                                    ? "Terminating"
                                    : "Active"));
}

void namespace_prepare(struct write *w)
{
    fill(w->after);
}

static const struct kind *namespaces_kind(const struct apiserver *server)
{
    return kinds_find(server->kinds, "", "v1", "namespaces");
}

void namespaces_create(struct apiserver *server)
{
    const struct kind *kind = namespaces_kind(server);

    for (size_t i = 0; i < ARRAY_LEN(at_start); i++) {
        if (table_find(call_table(server, kind), "", at_start[i]))
            continue; /* of an earlier life */
        JSON_AUTO struct json *ns = json_build(
            "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': %s}}",
            at_start[i]);
        metadata_init(ns, false, &server->rng, loop_now_sec(server->loop));
        fill(ns);
        store_put(server->store, call_table(server, kind),
                  object_new(ns, kind, store_next_version(server->store)));
    }
}

int namespace_admit(struct write *w)
{
    struct call *call = w->call;
    struct apiserver *server = call->server;
    const struct kind *kind = namespaces_kind(server);

    if (!call->ns)
        return 0;
    const struct object *o = table_find(call_table(server, kind), "", call->ns);
    if (!o)
        return refuse_not_found(&call->refusal, kind, call->ns);
    JSON_AUTO struct json *ns = object_tree(o);
    if (!json_at(ns, "metadata.deletionTimestamp"))
        return 0;
    AUTO_FREE char *message = xasprintf("namespace %s is being terminated", call->ns);
    JSON_AUTO struct json *causes =
        json_build("[{'reason': 'NamespaceTerminating', 'message': %s,"
                   " 'field': 'metadata.namespace'}]",
                   message);
    refuse_forbidden(&call->refusal, call->kind,
                     json_str_or(w->after, "metadata.name", ""),
                     "unable to create new content in namespace %s because it is being "
                     "terminated",
                     call->ns);
    refusal_causes(&call->refusal, causes);
    return -1;
}

/* ---- the end ---- */

void namespace_purge(struct call *call, const char *ns)
{
    const struct kinds *kinds = call->server->kinds;

    for (size_t i = 0; i < kinds_count(kinds); i++)
        if (kinds_at(kinds, i)->namespaced)
            delete_all(call, kinds_at(kinds, i), ns);
}

struct look {
    const char *ns;
    bool found;
};

static void look_for(void *arg, struct table *table)
{
    struct look *look = arg;

    look->found = look->found || table_has_namespace(table, look->ns);
}

void namespace_sweep(struct apiserver *server, const char *ns)
{
    const struct kind *kind = namespaces_kind(server);
    struct table *table = call_table(server, kind);
    struct object *o = table_find(table, "", ns);
    struct look look = {.ns = ns};

    if (!o)
        return;
    JSON_AUTO struct json *tree = object_tree(o);
    if (!json_at(tree, "metadata.deletionTimestamp") || metadata_has_finalizers(tree))
        return;
    store_each_table(server->store, look_for, &look);
    if (!look.found)
        store_remove(server->store, table, object_ref(o));
}

#include "cmd/gantry-local/crd_end.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/strategy.h"
#include "cmd/gantry-local/watch.h"

#define FINALIZER "customresourcecleanup.apiextensions.k8s.io"

struct crd_end {
    struct apiserver *server;
    struct loop_timer *turn;
};

static const struct kind *definitions_kind(const struct apiserver *server)
{
    return kinds_find(server->kinds, "apiextensions.k8s.io", "v1",
                      "customresourcedefinitions");
}

bool crd_end_is_definition(const struct kind *kind)
{
    return strcmp(kind->group, "apiextensions.k8s.io") == 0 &&
           strcmp(kind->plural, "customresourcedefinitions") == 0;
}

/* ---- conditions ---- */

enum step { PENDING, IN_PROGRESS, COMPLETED };

static const struct {
    const char *status, *reason, *message;
} steps[] = {
    [PENDING] =
        {"True", "InstanceDeletionPending",
         "CustomResourceDefinition marked for deletion; CustomResource deletion "
         "will begin soon"},
    [IN_PROGRESS] = {"True", "InstanceDeletionInProgress",
                     "CustomResource deletion is in progress"},
    [COMPLETED] = {"False", "InstanceDeletionCompleted", "removed all instances"},
};

static struct json *terminating(const struct json *crd)
{
    const struct json *conditions = json_at(crd, "status.conditions");

    for (size_t i = 0; i < json_len(conditions); i++)
        if (str_eq(json_str(json_item(conditions, i), "type"), "Terminating"))
            return json_item(conditions, i);
    return NULL;
}

static void set_step(struct json *crd, enum step step, int64_t now_sec)
{
    struct json *condition = terminating(crd);
    char now[TIME_TEXT_MAX];

    time_format_rfc3339(now_sec, now);
    if (!condition) {
        if (!json_at(crd, "status.conditions"))
            json_set_at(crd, "status.conditions", json_new_array());
        condition = json_build("{'type': 'Terminating', 'status': ''}");
        json_append(json_at(crd, "status.conditions"), condition);
    }
    if (!str_eq(json_str(condition, "status"), steps[step].status)) {
        json_set(condition, "status", json_new_string(steps[step].status));
        json_set(condition, "lastTransitionTime", json_new_string(now));
    }
    json_set(condition, "reason", json_new_string(steps[step].reason));
    json_set(condition, "message", json_new_string(steps[step].message));
}

/* ---- the steps ---- */

bool crd_end_mark(struct json *crd, int64_t now_sec)
{
    char now[TIME_TEXT_MAX];

    if (json_at(crd, "metadata.deletionTimestamp"))
        return false;
    time_format_rfc3339(now_sec, now);
    json_set_at(crd, "metadata.deletionTimestamp", json_new_string(now));
    metadata_set_finalizer(crd, FINALIZER, true);
    set_step(crd, PENDING, now_sec);
    return true;
}

static void put(struct apiserver *server, struct json *crd)
{
    const struct kind *kind = definitions_kind(server);
    struct object *o = object_new(crd, kind, store_next_version(server->store));

    /* Shorter than it was when it was marked, or nearly. */
    if (o)
        store_put(server->store, call_table(server, kind), o);
}

/* The kinds, which now say that nothing new is made of them. */
static void serve_anew(struct apiserver *server, const struct json *crd)
{
    struct err err = ERR_INIT;

    if (kinds_add_crd(server->kinds, crd, &err) == 0)
        watches_kinds_changed(server->watches);
}

static const struct kind *any_kind(const struct apiserver *server,
                                   const struct json *crd)
{
    for (size_t i = 0; i < kinds_count(server->kinds); i++) {
        const struct kind *k = kinds_at(server->kinds, i);
        if (str_eq(json_str(crd, "spec.group"), k->group) &&
            str_eq(json_str(crd, "spec.names.plural"), k->plural))
            return k;
    }
    return NULL;
}

void crd_end_purge(struct call *call, const char *name)
{
    struct apiserver *server = call->server;
    struct table *table = call_table(server, definitions_kind(server));
    const struct object *o = table_find(table, "", name);

    if (!o)
        return;
    JSON_AUTO struct json *crd = object_tree(o);
    if (!metadata_has_finalizer(crd, FINALIZER))
        return;
    set_step(crd, IN_PROGRESS, loop_now_sec(server->loop));
    put(server, crd);
    serve_anew(server, crd);
    const struct kind *kind = any_kind(server, crd);
    if (kind)
        delete_all(call, kind, NULL);
    crd_end_look(server);
}

/* Lets the definition go, or what else holds it go on doing so. */
static void let_go(struct apiserver *server, struct object *o, struct json *crd)
{
    struct table *table = call_table(server, definitions_kind(server));

    if (json_len(json_at(crd, "metadata.finalizers")) > 1) {
        metadata_set_finalizer(crd, FINALIZER, false);
        set_step(crd, COMPLETED, loop_now_sec(server->loop));
        put(server, crd);
        return;
    }
    store_remove(server->store, table, object_ref(o));
    crd_removed(server, crd);
}

static void take_turn(void *arg)
{
    struct crd_end *e = arg;
    struct store *store = e->server->store;
    struct object_list list;

    store_list(store, call_table(e->server, definitions_kind(e->server)), NULL,
               store_version(store), &list);
    for (size_t i = 0; i < list.n; i++) {
        JSON_AUTO struct json *crd = object_tree(list.items[i]);
        if (json_at(crd, "metadata.deletionTimestamp") &&
            metadata_has_finalizer(crd, FINALIZER) &&
            table_count(store_table(store, list.items[i]->name)) == 0)
            let_go(e->server, list.items[i], crd);
    }
    object_list_fini(&list);
}

void crd_end_look(struct apiserver *server)
{
    loop_timer_start(server->crd_end->turn, 0);
}

struct crd_end *crd_end_new(struct apiserver *server)
{
    struct crd_end *e = xcalloc(1, sizeof(*e));

    e->server = server;
    e->turn = loop_timer_new(server->loop, take_turn, e);
    return e;
}

void crd_end_free(struct crd_end *e)
{
    if (!e)
        return;
    loop_timer_free(e->turn);
    free(e);
}

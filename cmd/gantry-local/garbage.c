#include "cmd/gantry-local/garbage.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/ownership.h"
#include "cmd/gantry-local/patch.h"

/* Objects looked at before others have their turn. The next turn is a millisecond
 * later: a timer that is due at once would run again before the loop looks at its
 * sockets. */
#define TURN 100
#define REST_MS 1
/* Who Kubernetes says has changed what the collector changes. */
#define MANAGER "kube-controller-manager"

struct garbage {
    struct apiserver *server;
    struct ownership *ownership;
    struct loop_timer *turn;
};

/* ---- rules ---- */

enum garbage_verdict garbage_judge(const struct owner_count *owners,
                                   bool has_dependents)
{
    if (owners->unknown > 0)
        return GARBAGE_KEEP;
    if (owners->solid > 0)
        return owners->absent + owners->ending > 0 ? GARBAGE_LOOSEN : GARBAGE_KEEP;
    return owners->ending > 0 && has_dependents ? GARBAGE_DELETE_FOREGROUND
                                                : GARBAGE_DELETE;
}

/* ---- what is there ---- */

/* In the version that is said, else in any; NULL: not served. */
static const struct kind *kind_named(const struct kinds *kinds,
                                     const struct json *reference)
{
    const char *api_version = json_str_or(reference, "apiVersion", "");
    const char *slash = strchr(api_version, '/');
    const size_t group_len = slash ? (size_t)(slash - api_version) : 0;
    const char *version = slash ? slash + 1 : api_version;
    const struct kind *found = NULL;

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *kind = kinds_at(kinds, i);
        if (strlen(kind->group) != group_len ||
            strncmp(kind->group, api_version, group_len) != 0 ||
            !str_eq(kind->name, json_str(reference, "kind")))
            continue;
        if (strcmp(kind->version, version) == 0)
            return kind;
        found = found ? found : kind;
    }
    return found;
}

static bool awaits_dependents(const struct object *o)
{
    return o->is_deleting && o->is_foreground;
}

/* Seen to go, from where the dependent would look for it. */
static bool has_gone(const struct node *owner, const struct object *dependent)
{
    return owner->gone_from &&
           (!owner->gone_from[0] || strcmp(owner->gone_from, dependent->ns) == 0);
}

static void count_owner(struct garbage *g, const struct node *node, size_t i,
                        const struct json *reference, struct owner_count *count)
{
    const struct object *dependent = node->object;
    const struct kind *kind = kind_named(g->server->kinds, reference);
    const struct object *owner = NULL;

    if (has_gone(node->owners[i].owner, dependent)) {
        count->absent++;
        return;
    }
    if (!kind || (kind->namespaced && !dependent->ns[0])) {
        count->unknown++;
        return;
    }
    owner =
        table_find(call_table(g->server, kind), kind->namespaced ? dependent->ns : "",
                   json_str_or(reference, "name", ""));
    if (!owner || strcmp(owner->uid, dependent->owners[i].uid) != 0)
        count->absent++;
    else if (awaits_dependents(owner))
        count->ending++;
    else
        count->solid++;
}

static bool is_solid(struct garbage *g, const struct node *node, size_t i,
                     const struct json *reference)
{
    struct owner_count count = {0};

    count_owner(g, node, i, reference, &count);
    return count.solid > 0;
}

/* ---- what is done ---- */

/* The object as `tree` has it, in its place. False: that cannot be. */
static bool rewrite(struct garbage *g, const struct node *node, struct json *tree)
{
    struct apiserver *server = g->server;
    const struct kind *kind = kind_named(server->kinds, tree);
    JSON_AUTO struct json *before = object_tree(node->object);

    if (!kind)
        return false;
    AUTO_FREE char *api_version = kind_api_version(kind);
    const struct apply_request req = {.schema = kind->schema,
                                      .manager = MANAGER,
                                      .api_version = api_version,
                                      .subresource = "",
                                      .now_sec = loop_now_sec(server->loop)};
    managed_update(&req, before, tree);
    struct object *o = object_new(tree, kind, store_next_version(server->store));
    if (!o)
        return false;
    delete_or_put(server, kind, o, tree);
    object_unref(o);
    return true;
}

static void drop_finalizer(struct garbage *g, const struct node *node,
                           const char *finalizer)
{
    JSON_AUTO struct json *tree = object_tree(node->object);

    metadata_set_finalizer(tree, finalizer, false);
    rewrite(g, node, tree);
}

static void set_owners(struct json *tree, struct json *take_owners)
{
    json_set(json_get(tree, "metadata"), "ownerReferences",
             json_len(take_owners) > 0 ? json_ref(take_owners) : NULL);
    json_free(take_owners);
}

/* Takes the references to one that is about to go out of a dependent. */
static bool forget_owner(struct garbage *g, const struct node *dependent,
                         const char *uid)
{
    JSON_AUTO struct json *tree = object_tree(dependent->object);
    const struct json *owners = json_at(tree, "metadata.ownerReferences");
    struct json *kept = json_new_array();

    for (size_t i = 0; i < json_len(owners); i++)
        if (!str_eq(json_str(json_item(owners, i), "uid"), uid))
            json_append(kept, json_copy(json_item(owners, i)));
    set_owners(tree, kept);
    return rewrite(g, dependent, tree);
}

/* A dependent that is not the node itself; NULL: none. */
static const struct node *other_dependent(const struct node *node)
{
    const struct link *link;

    TAILQ_FOREACH(link, &node->dependents, of_owner)
    if (link->dependent != node)
        return link->dependent;
    return NULL;
}

/* Some dependents forget the node; when none is left it goes. What changes a dependent
 * queues the node again. */
static void orphan(struct garbage *g, const struct node *node)
{
    const struct node *dependent = NULL;

    for (int i = 0; i < TURN; i++) {
        dependent = other_dependent(node);
        if (!dependent || !forget_owner(g, dependent, node->uid))
            break;
    }
    if (!other_dependent(node))
        drop_finalizer(g, node, FINALIZER_ORPHAN);
}

/* Ends the deletion of one that waits, if nothing blocks it any more. */
static void end_if_alone(struct garbage *g, const struct node *node)
{
    const struct link *link;

    TAILQ_FOREACH(link, &node->dependents, of_owner)
    if (link->blocked && link->dependent != node)
        return;
    drop_finalizer(g, node, FINALIZER_FOREGROUND);
}

/* Owners and dependents that wait for each other would do so for ever: this one blocks
 * its owners no longer. */
static void unblock_owners(struct garbage *g, const struct node *node)
{
    JSON_AUTO struct json *tree = object_tree(node->object);
    struct json *owners = json_at(tree, "metadata.ownerReferences");

    for (size_t i = 0; i < json_len(owners); i++)
        if (json_bool_or(json_item(owners, i), "blockOwnerDeletion", false))
            json_set(json_item(owners, i), "blockOwnerDeletion", json_new_bool(false));
    rewrite(g, node, tree);
}

static bool is_in_circle(const struct node *node)
{
    const struct link *link;

    TAILQ_FOREACH(link, &node->dependents, of_owner)
    if (link->dependent->object && awaits_dependents(link->dependent->object))
        return true;
    return false;
}

static void remove_object(struct garbage *g, const struct node *node,
                          enum propagation propagation)
{
    struct call call = {.server = g->server, .refusal = REFUSAL_INIT};
    const struct delete_options options = {.propagation = propagation, .grace_sec = -1};
    JSON_AUTO struct json *tree = object_tree(node->object);
    const struct kind *kind = kind_named(g->server->kinds, tree);
    struct object *object = object_ref(node->object), *left = NULL;

    /* A refusal (a namespace that may not go) stands. */
    if (kind)
        delete_object(&call, kind, object, &options, &left);
    object_unref(left);
    object_unref(object);
    refusal_fini(&call.refusal);
}

static enum propagation own_propagation(const struct object *o)
{
    if (o->is_orphaning)
        return PROPAGATE_ORPHAN;
    return o->is_foreground ? PROPAGATE_FOREGROUND : PROPAGATE_BACKGROUND;
}

static void keep_solid(struct garbage *g, const struct node *node)
{
    JSON_AUTO struct json *tree = object_tree(node->object);
    const struct json *owners = json_at(tree, "metadata.ownerReferences");
    struct json *kept = json_new_array();

    for (size_t i = 0; i < json_len(owners); i++)
        if (is_solid(g, node, i, json_item(owners, i)))
            json_append(kept, json_copy(json_item(owners, i)));
    set_owners(tree, kept);
    rewrite(g, node, tree);
}

static enum garbage_verdict judge(struct garbage *g, const struct node *node)
{
    const struct object *o = node->object;
    JSON_AUTO struct json *meta =
        json_parse(o->bytes + o->meta_at, o->meta_end - o->meta_at, NULL);
    const struct json *owners = json_get(meta, "ownerReferences");
    struct owner_count count = {0};

    for (size_t i = 0; i < node->n_owners; i++)
        count_owner(g, node, i, json_item(owners, i), &count);
    return garbage_judge(&count, !TAILQ_EMPTY(&node->dependents));
}

static void act(struct garbage *g, const struct node *node)
{
    switch (judge(g, node)) {
    case GARBAGE_KEEP:
        return;
    case GARBAGE_LOOSEN:
        keep_solid(g, node);
        return;
    case GARBAGE_DELETE:
        remove_object(g, node, own_propagation(node->object));
        return;
    case GARBAGE_DELETE_FOREGROUND:
        if (is_in_circle(node))
            unblock_owners(g, node);
        remove_object(g, node, PROPAGATE_FOREGROUND);
        return;
    }
}

static void look_at(struct garbage *g, const struct node *node)
{
    const struct object *o = node->object;

    if (!o)
        return;
    if (o->is_deleting && o->is_orphaning)
        orphan(g, node);
    else if (awaits_dependents(o))
        end_if_alone(g, node);
    else if (!o->is_deleting && o->n_owners > 0)
        act(g, node);
}

/* ---- turns ---- */

static void wake(struct garbage *g)
{
    if (!ownership_is_settled(g->ownership) && !loop_timer_armed(g->turn))
        loop_timer_start(g->turn, 0);
}

static void turn_due(void *arg)
{
    struct garbage *g = arg;
    struct node *node;

    loop_timer_start(g->turn, REST_MS); /* so that no event of this turn wakes it */
    for (int i = 0; i < TURN && (node = ownership_next(g->ownership)); i++) {
        look_at(g, node);
        ownership_done(g->ownership, node);
    }
    if (ownership_is_settled(g->ownership))
        loop_timer_stop(g->turn);
}

static void on_event(void *arg, const struct store_event *event)
{
    struct garbage *g = arg;

    ownership_note(g->ownership, event);
    wake(g);
}

static void restore_table(void *arg, struct table *table)
{
    struct garbage *g = arg;
    struct store *store = g->server->store;
    struct object_list list;

    store_list(store, table, NULL, store_version(store), &list);
    for (size_t i = 0; i < list.n; i++)
        ownership_restore(g->ownership, list.items[i]);
    object_list_fini(&list);
}

struct garbage *garbage_new(struct apiserver *server)
{
    struct garbage *g = xcalloc(1, sizeof(*g));

    g->server = server;
    g->ownership = ownership_new();
    g->turn = loop_timer_new(server->loop, turn_due, g);
    store_each_table(server->store, restore_table, g);
    store_listen(server->store, on_event, g);
    wake(g);
    return g;
}

void garbage_free(struct garbage *g)
{
    if (!g)
        return;
    loop_timer_free(g->turn);
    ownership_free(g->ownership);
    free(g);
}

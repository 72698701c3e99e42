#include "cmd/gantry-local/ownership.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct ownership {
    struct node *nodes; /* by uid */
    struct node_list queue;
};

struct ownership *ownership_new(void)
{
    struct ownership *o = xcalloc(1, sizeof(*o));

    TAILQ_INIT(&o->queue);
    return o;
}

/* ---- nodes ---- */

static struct node *node_find(struct ownership *o, const char *uid)
{
    struct node *n;

    HASH_FIND_STR(o->nodes, uid, n);
    return n;
}

static struct node *node_of(struct ownership *o, const char *uid)
{
    struct node *n = node_find(o, uid);

    if (n)
        return n;
    n = xcalloc(1, sizeof(*n));
    n->uid = xstrdup(uid);
    TAILQ_INIT(&n->dependents);
    HASH_ADD_KEYPTR(hh, o->nodes, n->uid, strlen(n->uid), n);
    return n;
}

static void node_free(struct ownership *o, struct node *n)
{
    HASH_DEL(o->nodes, n);
    object_unref(n->object);
    free(n->owners);
    free(n->gone_from);
    free(n->uid);
    free(n);
}

void ownership_free(struct ownership *o)
{
    struct node *n, *tmp;

    if (!o)
        return;
    HASH_ITER (hh, o->nodes, n, tmp)
        node_free(o, n);
    free(o);
}

static bool awaits_collector(const struct object *object)
{
    return object && object->is_deleting &&
           (object->is_orphaning || object->is_foreground);
}

static void drop_if_idle(struct ownership *o, struct node *n)
{
    if (!n->is_queued && !n->is_held && n->n_owners == 0 &&
        TAILQ_EMPTY(&n->dependents) && !awaits_collector(n->object))
        node_free(o, n);
}

static void look_at(struct ownership *o, struct node *n)
{
    if (n->is_queued)
        return;
    n->is_queued = true;
    TAILQ_INSERT_TAIL(&o->queue, n, queue);
}

static void look_at_dependents(struct ownership *o, const struct node *owner)
{
    struct link *link;

    TAILQ_FOREACH(link, &owner->dependents, of_owner)
    look_at(o, link->dependent);
}

/* ---- links ---- */

static void link_owners(struct ownership *o, struct node *n)
{
    const struct object *object = n->object;

    n->n_owners = object->n_owners;
    n->owners = xcalloc(MAX(n->n_owners, 1), sizeof(*n->owners));
    for (size_t i = 0; i < n->n_owners; i++) {
        struct link *link = &n->owners[i];
        *link = (struct link){.owner = node_of(o, object->owners[i].uid),
                              .dependent = n,
                              .blocked = object->owners[i].blocked};
        TAILQ_INSERT_TAIL(&link->owner->dependents, link, of_owner);
    }
}

/* An owner that waits for the end of its dependents may be done. */
static void unlink_owners(struct ownership *o, struct node *n)
{
    for (size_t i = 0; i < n->n_owners; i++) {
        struct node *owner = n->owners[i].owner;
        TAILQ_REMOVE(&owner->dependents, &n->owners[i], of_owner);
        if (awaits_collector(owner->object))
            look_at(o, owner);
        else if (owner != n)
            drop_if_idle(o, owner);
    }
    free(TAKE(n->owners));
    n->n_owners = 0;
}

static bool same_owners(const struct object *a, const struct object *b)
{
    if (a->n_owners != b->n_owners)
        return false;
    for (size_t i = 0; i < a->n_owners; i++)
        if (strcmp(a->owners[i].uid, b->owners[i].uid) != 0 ||
            a->owners[i].blocked != b->owners[i].blocked)
            return false;
    return true;
}

/* ---- events ---- */

static void set_object(struct node *n, struct object *object)
{
    object_unref(n->object);
    n->object = object ? object_ref(object) : NULL;
}

static void note_present(struct ownership *o, struct object *object,
                         const struct object *previous)
{
    const bool asked = awaits_collector(object);
    struct node *n = object->n_owners > 0 || asked ? node_of(o, object->uid)
                                                   : node_find(o, object->uid);

    if (!n)
        return;
    set_object(n, object);
    if (!previous || !same_owners(object, previous)) {
        unlink_owners(o, n);
        link_owners(o, n);
        look_at(o, n);
    }
    if (asked && !awaits_collector(previous)) {
        look_at(o, n);
        look_at_dependents(o, n);
    }
    drop_if_idle(o, n);
}

static void note_gone(struct ownership *o, const struct object *object)
{
    struct node *n = node_find(o, object->uid);

    if (!n)
        return;
    n->gone_from = xstrdup(object->ns);
    set_object(n, NULL);
    look_at_dependents(o, n);
    unlink_owners(o, n);
    drop_if_idle(o, n);
}

void ownership_note(void *ownership, const struct store_event *event)
{
    if (event->change == CHANGE_DELETED)
        note_gone(ownership, event->object);
    else
        note_present(ownership, event->object, event->previous);
}

void ownership_restore(struct ownership *o, struct object *object)
{
    note_present(o, object, NULL);
}

/* ---- the queue ---- */

struct node *ownership_next(struct ownership *o)
{
    struct node *n = TAILQ_FIRST(&o->queue);

    if (!n)
        return NULL;
    TAILQ_REMOVE(&o->queue, n, queue);
    n->is_queued = false;
    n->is_held = true;
    return n;
}

void ownership_done(struct ownership *o, struct node *n)
{
    n->is_held = false;
    drop_if_idle(o, n);
}

bool ownership_is_settled(const struct ownership *o)
{
    return TAILQ_EMPTY(&o->queue);
}

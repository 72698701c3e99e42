/*
 * ownership - who owns whom among the stored objects, as a graph told by their uids.
 *
 *   owner <--- link --- dependent        a node for each uid that is either, or that
 *                                        awaits what the collector does for it
 *
 * Follows the store's events. Says of which nodes the neighbourhood has changed, so
 * that somebody looks at them anew (garbage.h), and decides nothing itself.
 */
#ifndef GANTRY_LOCAL_OWNERSHIP_H
#define GANTRY_LOCAL_OWNERSHIP_H

#include <stdbool.h>
#include <sys/queue.h>

#include <uthash.h>

#include "cmd/gantry-local/store.h"

struct node;

struct link {
    struct node *owner, *dependent;
    bool blocked; /* owner.blocked */
    TAILQ_ENTRY(link) of_owner;
};
TAILQ_HEAD(link_list, link);

struct node {
    char *uid;
    struct object *object; /* NULL: named by dependents alone */
    char *gone_from; /* the namespace it has been removed from; NULL: it was not seen */
    struct link *owners;
    size_t n_owners;
    struct link_list dependents;
    bool is_queued;
    bool is_held; /* between ownership_next and ownership_done */
    TAILQ_ENTRY(node) queue;
    UT_hash_handle hh;
};
TAILQ_HEAD(node_list, node);

struct ownership;

struct ownership *ownership_new(void);
void ownership_free(struct ownership *o); /* NULL is fine */

/* An object that is there from an earlier life. */
void ownership_restore(struct ownership *o, struct object *object);
/* A store_event_fn. */
void ownership_note(void *ownership, const struct store_event *event);

/* A node to look at, in the order in which that became so; NULL: none. It lives until
 * ownership_done. */
struct node *ownership_next(struct ownership *o);
void ownership_done(struct ownership *o, struct node *node);
bool ownership_is_settled(const struct ownership *o); /* no node to look at */

#endif

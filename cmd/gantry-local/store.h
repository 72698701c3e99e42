/*
 * store - all objects, one resourceVersion, and the recent past.
 *
 *   table (one per resource) --- "ns/name" -> object          the present
 *   history (one ring)       --- event, event, event, ...     what watches resume from
 *
 * Every write takes the next resourceVersion, adds one event to the history and tells
 * the listener. When the ring is full the oldest event is forgotten, and positions
 * before it can no longer be resumed (410). An event holds the object before and after,
 * so the state at any position that the history reaches can be had again.
 */
#ifndef GANTRY_LOCAL_STORE_H
#define GANTRY_LOCAL_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/gantry-local/object.h"

struct store;
struct table; /* the objects of one resource; made on first use, stays */

enum change { CHANGE_ADDED, CHANGE_MODIFIED, CHANGE_DELETED };

struct store_event {
    int64_t version;
    enum change change;
    struct table *table;
    struct object
        *object; /* after; DELETED: the last content, perhaps at an older version */
    struct object *previous; /* before; NULL for ADDED */
};
typedef void store_event_fn(void *arg, const struct store_event *event);

/* Positions count up from `first_version`; nothing before it can be resumed. */
struct store *store_new(int64_t first_version, size_t history_events);
void store_free(struct store *store);

/* `name` is what keeps resources apart: "pods", "batchjobs.gantry.dev". */
struct table *store_table(struct store *store, const char *name);
size_t table_count(const struct table *table);
const char *table_name(const struct table *table);
/* Is there any object in the namespace? */
bool table_has_namespace(const struct table *table, const char *ns);

int64_t store_version(const struct store *store); /* of the last write */
/* What the next write must carry: store_version + 1. */
int64_t store_next_version(const struct store *store);

struct object *table_find(const struct table *table, const char *ns, const char *name);
/* Adds or replaces; takes the reference over. The object carries store_next_version. */
void store_put(struct store *store, struct table *table, struct object *take);
/* Removes what table_find found. `take_last` is its last content: the object itself, or
 * a later one. */
void store_remove(struct store *store, struct table *table, struct object *take_last);

/* Told of each event after the store has changed, in the order of the calls. */
void store_listen(struct store *store, store_event_fn *fn, void *arg);
/* As store_listen, but one alone, told first: who keeps objects on the disk. */
void store_keep(struct store *store, store_event_fn *fn, void *arg);

/* An object of an earlier life, at its own version: no event. Takes the reference over.
 * Only before the first write. */
void store_restore(struct table *table, struct object *take);

/* May a reader at `version` go on from there? */
bool store_reaches(const struct store *store, int64_t version);
/* Calls fn for each event of `table` after `version`, oldest first. */
void store_replay(const struct store *store, const struct table *table, int64_t version,
                  store_event_fn *fn, void *arg);
void store_compact(struct store *store);

/* Objects in the order of their keys; holds a reference to each. */
struct object_list {
    struct object **items;
    size_t n;
    size_t cap;
};
/* Of one namespace (NULL: all), as they stood at `version`, which the store must reach.
 */
void store_list(const struct store *store, const struct table *table, const char *ns,
                int64_t version, struct object_list *ret);
void object_list_fini(struct object_list *list);

/* Calls fn with each table; fn may remove objects, not add tables. */
void store_each_table(struct store *store, void (*fn)(void *arg, struct table *table),
                      void *arg);

#endif

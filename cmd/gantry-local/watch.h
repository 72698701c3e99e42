/*
 * watch - open watches, told of every event of their resource.
 *
 *   initial events (ADDED) [bookmark: initial-events-end] --+
 *   replay of the history after resourceVersion N ----------+--> events as they happen,
 *                                                                bookmarks, end at
 * timeout
 *
 * A watcher whose peer leaves more than API_WATCH_UNSENT_MAX bytes unread, beyond what
 * the initial events were, is cut.
 */
#ifndef GANTRY_LOCAL_WATCH_H
#define GANTRY_LOCAL_WATCH_H

#include "cmd/gantry-local/call.h"

struct watches *watches_new(struct apiserver *server, int64_t bookmark_sec);
/* Ends what is open. */
void watches_free(struct watches *w);

/* Of what the path and query select; of the one object that the path names. Leaves the
 * exchange in call->exchange, or has ended it (410). */
int verb_watch(struct call *call);

/* After kinds have changed: watches of kinds that are gone end. */
void watches_kinds_changed(struct watches *w);

#endif

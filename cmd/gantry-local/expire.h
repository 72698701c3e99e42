/*
 * expire - events are kept for an hour, as on a real server, then go.
 *
 * Ages are told by resourceVersions: every few minutes the store's is noted, and what
 * is not newer than the note of an hour ago is older than an hour. So nothing is
 * parsed, and after a restart events live an hour more.
 */
#ifndef GANTRY_LOCAL_EXPIRE_H
#define GANTRY_LOCAL_EXPIRE_H

#include "base/loop.h"
#include "cmd/gantry-local/store.h"

struct expire;

/* Begins at once. Both are lent. */
struct expire *expire_new(struct loop *loop, struct store *store);
void expire_free(struct expire *e); /* NULL is fine */

#endif

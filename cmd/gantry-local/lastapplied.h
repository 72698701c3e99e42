/*
 * lastapplied - the annotation in which kubectl keeps what it applied last.
 *
 * Who turned from client-side to server-side applies may turn back: as Kubernetes does,
 * an apply by the manager "kubectl" writes the annotation anew where there is one.
 */
#ifndef GANTRY_LOCAL_LASTAPPLIED_H
#define GANTRY_LOCAL_LASTAPPLIED_H

#include "base/json.h"
#include "cmd/gantry-local/schema.h"

/* The fields that other managers give up to an apply by this one (a set, heap; NULL:
 * none): those that the annotation names and that are still as it says. So the first
 * server-side apply may change what a client-side apply wrote. */
struct json *lastapplied_yielding(const char *manager, const struct json *before,
                                  const struct schema *schema);
/* `before` is the object that was (NULL: none), `applied` what the manager wants, and
 * `merged` what becomes of both, which gets the annotation. */
void lastapplied_update(const char *manager, const struct json *before,
                        const struct json *applied, struct json *merged);

#endif

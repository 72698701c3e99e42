/*
 * crd_end - definitions on their way out: their objects go first, then they.
 *
 *   DELETE --> Terminating, with a finalizer --> objects are deleted --> none is left
 *              (nothing new of the kind)         (theirs may hold them)   --> gone
 *
 * The last step is taken in a turn of the loop of its own: whoever deletes the last
 * object still holds its kind.
 */
#ifndef GANTRY_LOCAL_CRD_END_H
#define GANTRY_LOCAL_CRD_END_H

#include "cmd/gantry-local/call.h"

struct crd_end;
struct crd_end *crd_end_new(struct apiserver *server);
void crd_end_free(struct crd_end *e); /* NULL is fine */

bool crd_end_is_definition(const struct kind *kind);

/* On the first request to delete a definition: marks it, and returns true. False: it is
 * marked. */
bool crd_end_mark(struct json *crd, int64_t now_sec);

/* After the mark is stored: begins the end of all objects of the definition `name`. */
void crd_end_purge(struct call *call, const char *name);

/* Soon looks for definitions that nothing holds any more. */
void crd_end_look(struct apiserver *server);

#endif

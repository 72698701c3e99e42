/*
 * kindfields - which fields the objects of Gantry's kinds have, as their definitions
 * (definitions.h) say: for whoever reads objects that no API server has seen.
 */
#ifndef GANTRY_CRDS_KINDFIELDS_H
#define GANTRY_CRDS_KINDFIELDS_H

#include "base/err.h"
#include "base/json.h"

struct kindfields;

struct kindfields *kindfields_new(void);
void kindfields_free(struct kindfields *f); /* NULL is fine */

/* ERR_INVALID: the first field that the object's kind does not have, where it is, and
 * the nearest one that there is. Of metadata, and of kinds that are not Gantry's, any
 * field may be. */
int kindfields_check(const struct kindfields *f, const struct json *object,
                     struct err *err);

#endif

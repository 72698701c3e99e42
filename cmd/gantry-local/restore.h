/*
 * restore - fills a server's store with what an earlier life of it kept.
 */
#ifndef GANTRY_LOCAL_RESTORE_H
#define GANTRY_LOCAL_RESTORE_H

#include "base/err.h"
#include "cmd/gantry-local/objectdb.h"

struct apiserver;

/* The store must be empty and nobody listen. ERR_INVALID: what is kept cannot be what
 * was written, or is of a kind that is not known. */
int restore(struct apiserver *server, struct objectdb *db, struct err *err);

#endif

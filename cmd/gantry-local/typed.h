/*
 * typed - an applied configuration against its type: fields that the type has not.
 *
 * Unlike other writes an apply is refused for them, as its fields become owned.
 */
#ifndef GANTRY_LOCAL_TYPED_H
#define GANTRY_LOCAL_TYPED_H

#include "cmd/gantry-local/call.h"

/* Refuses, naming each such field by its path (`.spec.containers[name="c"].x`) and the
 * object as `said_ns`/name; nothing is taken out of the object then. */
int typed_check(struct call *call, struct json *object, const char *said_ns);

#endif

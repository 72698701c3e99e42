/*
 * about - what the server says of itself: health, version, discovery, OpenAPI, and who
 * may do what. Paths that name no object.
 */
#ifndef GANTRY_LOCAL_ABOUT_H
#define GANTRY_LOCAL_ABOUT_H

#include "cmd/gantry-local/call.h"

/* Answers, or returns -1 with the call's refusal. */
typedef int about_fn(struct call *call);

/* For the call's method and path; NULL: it is no such path. */
about_fn *about_find(const struct call *call);

#endif

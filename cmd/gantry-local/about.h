/*
 * about - what the server says of itself: health, version, discovery, OpenAPI, and who
 * may do what. Paths that name no object.
 */
#ifndef GANTRY_LOCAL_ABOUT_H
#define GANTRY_LOCAL_ABOUT_H

#include "cmd/gantry-local/call.h"

/* False: the call's method and path are none of these. Else *ret_rc is 0 where it was
 * answered, or -1 with the call's refusal. */
bool about_serve(struct call *call, int *ret_rc);

#endif

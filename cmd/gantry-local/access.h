/*
 * access - who asks, and what he may do: reviews of that are answered, never stored.
 *
 * Everybody may do everything, but only administrators act in another's name.
 */
#ifndef GANTRY_LOCAL_ACCESS_H
#define GANTRY_LOCAL_ACCESS_H

#include <stddef.h>

#include "cmd/gantry-local/app.h"

/* The groups of who sent the request: lent, *ret_n of them and a NULL. */
const char *const *access_groups(const struct api_request *req, size_t *ret_n);

#endif

/*
 * openwatches - a transport around another, for tests: it knows which streams are open,
 * and how often what was asked for otherwise.
 */
#ifndef GANTRY_TESTS_SUPPORT_OPENWATCHES_H
#define GANTRY_TESTS_SUPPORT_OPENWATCHES_H

#include <stddef.h>

#include "kubeclient/transport.h"

/* `inner` is taken over. */
struct transport *openwatches_new(struct transport *inner);
/* Streams that are open and have `part` in their path. */
size_t openwatches_count(const struct transport *t, const char *part);
/* Other requests so far that have it. */
size_t openwatches_asked(const struct transport *t, const char *part);

#endif

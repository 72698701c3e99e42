/*
 * refusal - which refusals of the API server pass by themselves.
 *
 * A server that is busy, starting or away takes the same write later; a quota, an
 * admission policy or a webhook that says no will say it again.
 */
#ifndef GANTRY_CONTROLLER_REFUSAL_H
#define GANTRY_CONTROLLER_REFUSAL_H

#include <stdbool.h>

#include "kubeclient/client.h"

/* A write whose refusal passes, or whose outcome was unknown, is looked at again after
 * this. */
#define RETRY_MS 1000

bool refusal_passes(enum kc_reason reason);

#endif

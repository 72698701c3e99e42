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

/* After this, what was refused for now or came to an unknown end is looked at again. */
#define RETRY_MS 1000

bool refusal_passes(enum kc_reason reason);
/* A write that was refused and will be, though what it was for is there, unchanged. */
bool refusal_stays(const struct kc_result *result);

#endif

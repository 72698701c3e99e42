/*
 * event - one store of events, two APIs: v1 and events.k8s.io/v1.
 *
 * Events are stored in the core form, whichever API they came by, since `kubectl
 * describe` looks for them there by involvedObject. The other form has the same facts
 * under other names.
 */
#ifndef GANTRY_LOCAL_EVENT_H
#define GANTRY_LOCAL_EVENT_H

#include "base/json.h"

/* Rewrites an Event of events.k8s.io/v1 as one of v1, and back, in place. */
void event_to_core(struct json *event);
void event_from_core(struct json *event);
/* The path in the core form of one in the other: "regarding.name" is
 * "involvedObject.name". Fresh. */
char *event_core_path(const char *path);

#endif

/*
 * publish - one of the ConfigMaps that tell people what gantry.yaml says
 * (crds/published.h), in the controller's namespace.
 *
 * It is read when the controller begins and whenever its settings change, and written
 * where it says something else; where there is nothing to tell it is not made. What
 * fails is tried again.
 */
#ifndef GANTRY_CONTROLLER_PUBLISH_H
#define GANTRY_CONTROLLER_PUBLISH_H

#include "base/log.h"
#include "crds/published.h"
#include "kubeclient/client.h"

struct publish;

/* `settings` are lent, and read whenever they are needed. Nothing is asked yet. */
struct publish *publish_new(struct kc_client *client, struct log *log, const char *ns,
                            enum published map, const struct settings *settings);
void publish_free(struct publish *p); /* NULL is fine */
/* The settings have come, or changed. */
void publish_want(struct publish *p);

#endif

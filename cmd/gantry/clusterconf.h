/*
 * clusterconf - what the controller tells people of gantry.yaml (crds/published.h).
 *
 * Its ConfigMaps are in its own namespace, which a command is told where it is not
 * gantry-system: option --controller-namespace, or GANTRY_CONTROLLER_NAMESPACE.
 */
#ifndef GANTRY_CLI_CLUSTERCONF_H
#define GANTRY_CLI_CLUSTERCONF_H

#include "cmd/gantry/api.h"
#include "crds/published.h"

/* `ns` NULL: the controller's usual one. What no map says has its default. */
int clusterconf_fetch(struct api *c, const char *ns, enum published map,
                      struct sched_config *ret, struct err *err);

#endif

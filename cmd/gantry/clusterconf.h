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

/* Read over what is in `settings`: what no map says stays. `ns` NULL: the controller's
 * usual one. */
int clusterconf_fetch(struct api *c, const char *ns, enum published map,
                      struct settings *settings, struct err *err);

#endif

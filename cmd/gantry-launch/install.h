/*
 * install - a copy of this program for another container of the pod.
 *
 * An init container of Gantry's image puts it into an emptyDir volume, from where the
 * script's container, of any image, runs it.
 */
#ifndef GANTRY_LAUNCH_INSTALL_H
#define GANTRY_LAUNCH_INSTALL_H

#include "base/err.h"

/* Writes DIR/gantry-launch, mode 0755; it is complete when it has that name. */
int install_self(const char *dir, struct err *err);

#endif

/*
 * controller - the daemon without its process: watch, decide, act, all on one loop.
 *
 *   caches (nodes, partitions, batchjobs, pods, services) --> records --> core
 *                                                               ^          | decisions
 *                 lanes <-- status writes, pod writes, clean-up +----------+
 *
 * Nothing is decided before all caches are synced. Everything is rebuilt from the
 * API: a controller may be freed at any moment (killed) and another goes on.
 */
#ifndef GANTRY_CONTROLLER_CONTROLLER_H
#define GANTRY_CONTROLLER_CONTROLLER_H

#include "base/log.h"
#include "base/loop.h"
#include "crds/settings.h"
#include "kubeclient/client.h"

struct controller;

/* Lent: loop, client and log must outlive the controller; settings are copied. */
struct controller *controller_new(struct loop *loop, struct kc_client *client,
                                  struct log *log, const struct settings *settings);
/* Cancels what is under way; nothing more is written. NULL is fine. */
void controller_free(struct controller *ctl);

/* Those of the core hold from now on; the others are kept from the start. */
void controller_configure(struct controller *ctl, const struct settings *settings);

/* Writes all that the core knows (crds/snapshot.h) to a file, for gantry-sim. */
int controller_save(const struct controller *ctl, const char *path, struct err *err);

/* Calls fn once when the caches are synced. */
void controller_on_synced(struct controller *ctl, loop_fn *fn, void *arg);
bool controller_is_synced(const struct controller *ctl);
/* Jobs that are pending, starting or running, as the core has them. */
size_t controller_active_jobs(const struct controller *ctl);

#endif

/*
 * licensemap - ConfigMap `licenses` in the controller's namespace: which licences there
 * are, for who may not read gantry.yaml (`scontrol show lic`).
 *
 *   data: {licenses: "ansys:2,matlab:10"}
 *
 * It is read when the controller begins and whenever its settings change, and written
 * where it says something else; without licences it is not made. What fails is tried
 * again.
 */
#ifndef GANTRY_CONTROLLER_LICENSEMAP_H
#define GANTRY_CONTROLLER_LICENSEMAP_H

#include "base/log.h"
#include "kubeclient/client.h"
#include "scheduler/license.h"

struct licensemap;

/* `table` is lent, and read whenever it is needed. Nothing is asked yet. */
struct licensemap *licensemap_new(struct kc_client *client, struct log *log,
                                  const char *ns, const struct license_table *table);
void licensemap_free(struct licensemap *m); /* NULL is fine */
/* The table has come, or changed. */
void licensemap_want(struct licensemap *m);

#endif

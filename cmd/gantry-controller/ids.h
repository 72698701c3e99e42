/*
 * ids - job ids, unique for the cluster's life.
 *
 * Ids come in blocks from ConfigMap `job-ids` (data.next: the first id not yet given
 * out) in the controller's namespace. A block is ours once a fenced write of a larger
 * `next` has succeeded; a write whose outcome is unknown gives nothing up but the block
 * (gaps are allowed, reuse is not). The namespace and the ConfigMap are made when
 * absent. A ConfigMap whose text is no number is reported and left alone: guessing
 * would reuse ids. One that was deleted or put back to an older state gives no id out
 * that a job has or that came from here.
 */
#ifndef GANTRY_CONTROLLER_IDS_H
#define GANTRY_CONTROLLER_IDS_H

#include <stdint.h>

#include "base/log.h"
#include "kubeclient/client.h"

#define IDS_BLOCK 1000
#define IDS_RUN_MAX 100

struct ids;

/* `ready` is called whenever ids are at hand again after ids_take had none. */
struct ids *ids_new(struct kc_client *client, struct log *log, const char *ns,
                    loop_fn *ready, void *arg);
void ids_free(struct ids *ids);
/* A job has this id. */
void ids_seen(struct ids *ids, int64_t id);
/* The first of the next `n` ids, at most IDS_RUN_MAX, or 0 when so many in a row are
 * not at hand yet (a block is then on its way). */
int64_t ids_take(struct ids *ids, int64_t n);

#endif

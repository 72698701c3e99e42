/*
 * snapshot - all that a core knows, as text: saved from a live controller, read by the
 * simulator.
 *
 * One JSON object a line. The first names the form and the time; each other one is a
 * change (sched_snapshot): {"node": {...}}, {"job": {...}}. Keys are the names of
 * scheduler/model.h's members; amounts carry the resources' names; times are seconds
 * since the epoch; what is not there has its default. So a reader of model.h can read
 * it, and change it, too.
 *
 *   {"gantrySnapshot": 1, "now": 1790000000}
 *   {"config": {"window_sec": 604800, ...}}
 *   {"resources": ["cpu", "memory", "ephemeral-storage", "pods", "nvidia.com/gpu"],
 *    "gpu": "nvidia.com/gpu"}
 *   {"node": {"name": "n1", "capacity": {"cpu": 96000, "nvidia.com/gpu": 8}, ...}}
 *
 * What was read from it gives a core that decides as the one did that was saved
 * (sched.h's law; so when it was at rest).
 */
#ifndef GANTRY_CRDS_SNAPSHOT_H
#define GANTRY_CRDS_SNAPSHOT_H

#include "base/err.h"
#include "base/str.h"
#include "scheduler/sched.h"

/* More is neither written nor read. */
#define SNAPSHOT_BYTES_MAX (1u << 30)

void snapshot_write(const struct sched *s, int64_t now_sec, struct str *out);

/* Gets each change; an upsert's struct is its to keep. */
typedef void snapshot_fn(void *arg, const struct change *change);

/* ERR_INVALID says "name:line: what". Some changes may have been given by then. */
int snapshot_read(const char *text, size_t len, const char *name, snapshot_fn *fn,
                  void *arg, int64_t *ret_now_sec, struct err *err);

#endif

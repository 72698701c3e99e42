/*
 * estimate - when a job would start: the scheduling core over what the server has now.
 *
 * Nodes, pods, partitions, QOS, accounts and jobs are read once, by the conversion that
 * the controller uses, and the core plans the job behind them. Of the controller's
 * configuration file there is what it tells (clusterconf.h); the rest (weights, the
 * name of the GPU resource) is taken at its default. So it is an estimate, as sbatch(1)
 * says of --test-only.
 */
#ifndef GANTRY_CLI_ESTIMATE_H
#define GANTRY_CLI_ESTIMATE_H

#include "cmd/gantry/api.h"

struct estimate {
    int64_t start_sec; /* TIME_UNSET: it has no planned start, for this reason: */
    const char *reason;
    char *message;
    char *nodes;     /* a hostlist */
    char *partition; /* NULL with no start */
    int64_t cpus;
};
void estimate_fini(struct estimate *e);

/* `job`: a BatchJob as the server would store it; `controller_ns`: as clusterconf.h has
 * it. ERR_FORBIDDEN: one of the lists may
 * not be read. ERR_INVALID: the controller would not take it. */
int estimate_start(struct api *c, const char *controller_ns, const struct json *job,
                   struct estimate *ret, struct err *err);

/* Says it to the person: Slurm's sentence, but for the job's number, which it gets when
 * it is submitted; else why it would wait, or why that is not known. -1: why it would
 * be rejected, of a field by its name in the object. */
int estimate_tell(const struct cli *cli, struct api *c, const char *controller_ns,
                  const struct json *job, struct err *err);

#endif

/*
 * convert_ask - Slurm's shape fields as they stand in spec, and what they come to.
 *
 * ask_read takes the fields as they are. ask_divide makes pods of them as sbatch would:
 *
 *   nodes 4                          4 equal pods; so many for each node asked for
 *   nodes 4, ntasks 16, gpus 8       likewise, of 4 tasks and 2 GPUs
 *   ntasks 16                        16 units, on as few nodes as fit
 *   gpus 16                          likewise; each node has the job's one task
 *   nodes 2-4, ntasks 16             16 units, on as many nodes as there are
 *   ntasks 16, spread                likewise
 *   nodes 2-4, useMinNodes           2 equal pods; with ntasks as many as it takes
 *   nodes 1-4, constraint a*2        2 to 4 nodes; without nodes 2
 *   ntasks 16, gpus 8                16 units of a task and 8 of a GPU: where they fit
 *                                    so, two tasks with each GPU; else each node has
 *                                    one of both at least, the first as many as fit
 *   nodes 2, ntasks 3, gpus 4        3 units of a task; each node has 2 GPUs
 *   nodes 2, ntasks 4, gpus 3        3 units of a GPU; each node has 2 tasks
 *   nodes 3, ntasks 5, gpus 16       likewise, 5 units of a task and 16 of a GPU
 *   ntasks 16, gpus 8, cpusPerGpu 2  8 units of two tasks and a GPU, with two CPUs
 *   ntasks 1, gpus 16                one node: a task is on one, with its GPUs
 *
 * Amounts have ceilings (convert_private.h), so that no sum overflows.
 */
#ifndef GANTRY_CRDS_CONVERT_ASK_H
#define GANTRY_CRDS_CONVERT_ASK_H

#include "crds/convert_private.h"

/* 0: not given. */
struct ask {
    int64_t min_nodes, max_nodes;
    int64_t counted_nodes; /* of the constraint's counted features together */
    int64_t tasks, tasks_per_node, cpus_per_task;
    int64_t gpus, gpus_per_node, gpus_per_task, cpus_per_gpu;
    int64_t mem_per_node, mem_per_cpu, mem_per_gpu;
    bool spread;    /* over as many nodes as there are */
    bool few;       /* on as few of a range of nodes as will do */
    char *gpu_type; /* NULL: any */
};

void ask_fini(struct ask *ask);
int ask_read(const struct json *batchjob, struct ask *ret, struct err *err);
/* `job->each` holds the template's own request, to which is added. */
int ask_divide(const struct convert *c, const struct ask *ask, struct job *job,
               struct err *err);

#endif

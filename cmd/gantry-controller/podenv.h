/*
 * podenv - the variables of a pod: what Slurm, torchrun and MPI programs look for.
 *
 * They stand before the author's own, so that those may speak of them ("$(RANK)"); one
 * that he set himself is his.
 *
 *   SLURM_*                   as in Slurm's batch environment; SLURM_PROCID is that of
 *                             the pod's first task
 *   RANK, WORLD_SIZE          of pods, for frameworks that are started once per pod
 *   MASTER_ADDR, MASTER_PORT  rank 0, by its name in the job's Service
 *   PET_*                     torchrun's options: it starts PET_NPROC_PER_NODE workers
 *
 * The pods of a component of a heterogeneous job see each other alone so, as under
 * `srun --het-group`. Of all of them they know
 *
 *   SLURM_HET_SIZE            how many components there are
 *   ..._HET_GROUP_n           the n-th one's id, nodes, tasks and request, where it
 *                             stands, and MASTER_ADDR
 */
#ifndef GANTRY_CONTROLLER_PODENV_H
#define GANTRY_CONTROLLER_PODENV_H

#include "base/json.h"
#include "cmd/gantry-controller/podbuild.h"

#define MASTER_PORT 29500 /* torchrun's default */

void podenv_set(struct json *container, const struct pod_plan *plan, int64_t rank);

#endif

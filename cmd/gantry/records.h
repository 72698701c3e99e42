/*
 * records - scontrol's records of a job, a node, a partition and a reservation, line by
 * line as Slurm has them (slurm-semantics §10).
 */
#ifndef GANTRY_CLI_RECORDS_H
#define GANTRY_CLI_RECORDS_H

#include "cmd/gantry/block.h"
#include "cmd/gantry/jobrow.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/parts.h"
#include "cmd/gantry/resvs.h"
#include "cmd/gantry/users.h"

void block_job(struct block *b, const struct jobrow *r, struct users *users,
               int64_t now_sec);
void block_node(struct block *b, const struct noderow *n, const struct partlist *parts,
                struct users *users);
void block_partition(struct block *b, const struct partition *p,
                     const struct nodelist *nodes);
void block_resv(struct block *b, const struct resv *r, const struct nodelist *nodes);

#endif

/*
 * gpu_cluster - what benches make their clusters of.
 *
 * Nodes `n0`, `n1` ... of 8 GPUs, 64 CPUs and 512 GiB in one partition, `batch`, which
 * is the default; accounts `account-0` ... with users `user-<account>-0` ... of theirs.
 * What is made is the caller's, until a core is told of it.
 */
#ifndef GANTRY_TESTS_SUPPORT_GPU_CLUSTER_H
#define GANTRY_TESTS_SUPPORT_GPU_CLUSTER_H

#include "scheduler/sched.h"

#define NODE_GPUS 8

/* Makes the resources that there are; returns which of them is the GPU. */
int gpu_cluster_resources(struct restable *res);
/* A core that knows these, and the partition. */
struct sched *gpu_cluster_core(const struct sched_config *config, struct restable *res);
/* `what` is the core's from then on: a node, a job ... */
void gpu_cluster_tell(struct sched *s, enum change_kind kind, void *what);

struct partition *gpu_cluster_partition(void);
/* Ready. */
struct node *gpu_cluster_node(size_t number, int gpu);
struct account *gpu_cluster_account(int number, int users);
/* The job, of one pod a node, has run since then on so many nodes from that one on. */
void gpu_cluster_run(struct job *job, size_t node, size_t n, int64_t start_sec);

#endif

/*
 * cluster_private - what the parts of cluster.h share: `cluster.c` and its names,
 * `cluster_node.c` nodes and usage, `cluster_pod.c` foreign pods, `cluster_part.c`
 * partitions, `cluster_settle.c` what follows of them together.
 */
#ifndef GANTRY_SCHEDULER_CLUSTER_PRIVATE_H
#define GANTRY_SCHEDULER_CLUSTER_PRIVATE_H

#include "scheduler/cluster.h"

/* Each takes its record out of the cluster, and frees it. */
void noderec_free(struct cluster *c, struct noderec *rec);
void partrec_free(struct cluster *c, struct partrec *rec);
void podrec_free(struct cluster *c, struct podrec *rec);

/* The record of that name, made where there is none. */
struct noderec *noderec_get(struct cluster *c, const char *name);
/* Counts one slot or foreign pod, and no longer. */
void noderec_use(struct noderec *rec, const struct resvec *use);
void noderec_unuse(struct cluster *c, struct noderec *rec, const struct resvec *use);

/* Taints in the same order. */
bool taints_equal(const struct node *a, const struct node *b);

/* Which resources are devices, by their names and what quota.h has of them. */
void cluster_settle_devices(struct cluster *c);

#endif

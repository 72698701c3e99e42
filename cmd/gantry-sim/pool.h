/*
 * pool - the nodes that a workload is replayed on.
 *
 * Built from groups of equal nodes, "160 nodes with a100:8, 96 CPUs and 1Ti", or read
 * from a file. What nodes are not said to have, they have none of. Nodes without a name
 * are called n1, n2, ... by their place.
 */
#ifndef GANTRY_SIM_POOL_H
#define GANTRY_SIM_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/gantry-sim/workload.h"
#include "crds/settings.h"
#include "scheduler/sched.h"

#define POOL_NODES_MAX 100000
/* Of one node. */
#define POOL_GPUS_MAX 1024
#define POOL_CPU_MILLI_MAX (INT64_C(1) << 30)
#define POOL_MEMORY_MAX (INT64_C(1) << 50)

struct pool {
    struct restable resources;
    struct node **nodes;
    size_t n, cap;
    struct partition **partitions; /* none: there is one, "batch", of all nodes */
    size_t n_partitions, cap_partitions;
    struct qos **qos;
    size_t n_qos, cap_qos;
    struct account **accounts; /* sorted by name */
    size_t n_accounts, cap_accounts;
    struct reservation **reservations;
    size_t n_reservations, cap_reservations;
    struct foreign_pod **pods; /* of no job, for ever */
    size_t n_pods, cap_pods;
    char *passed_over; /* columns that mean nothing here, "rack, row"; NULL: none */
    bool dated; /* the workload's clock is real time, as in reservations' objects */
    bool saved; /* times are the cluster's own: what was used stays as of when */
    struct resvec total;   /* of all */
    struct resvec largest; /* of each resource, the most that one node has */
};

/* As the command line gives them: lists, an item for each group; a list of one item is
 * for all groups. NULL: none. */
struct groups {
    const char *nodes;  /* "160" or "160,16" */
    const char *gpus;   /* "8", "a100:8", "a100:8,h100:8" */
    const char *cpus;   /* quantities: "96" */
    const char *memory; /* sizes: "1Ti", "512G" */
};

void pool_init(struct pool *p);
void pool_fini(struct pool *p);
/* Nodes of all groups; ERR_INVALID names the option. */
int pool_add(struct pool *p, const struct groups *groups, struct err *err);
/* Nodes from CSV, a row for each or, with a column `count`, for several: name, gpus,
 * gpu_type, cpus, memory_mib (or sn, gpu, model, cpu_milli); others are passed over.
 * Plain or gzip. A file that is wrong anywhere is refused: path, line, what. */
int pool_read(struct pool *p, const char *path, struct err *err);
/* Nodes, partitions, QOS, accounts and reservations from YAML or JSON, as `kubectl get
 * -o yaml` prints them; other kinds are refused, and so are two of a kind with one
 * name (nodes: pool_check_names), and preempt lists and parents of accounts that lead
 * nowhere. When a reservation was made counts only if the pool is dated: otherwise it
 * is there from the beginning. A node that does not say whether it is ready is. A
 * reservation's times are those of the workload's clock, which begins at the epoch;
 * what was used of an account was used right before the first job. */
int pool_read_objects(struct pool *p, const char *path, const struct settings *settings,
                      struct err *err);
/* Does it take new jobs? Not if it is not ready, or cordoned. */
bool pool_is_open(const struct node *node);
/* Two nodes of one name would be one to the core: ERR_INVALID. */
int pool_check_names(const struct pool *p, struct err *err);
/* Has it no more than any node can? */
bool pool_within(const struct pool *p, const struct node *node);
/* The resource that all figures and pictures are of: GPUs, or, without any in the pool,
 * CPUs (in thousandths). */
int pool_measure(const struct pool *p);
/* One node, taken over, as ready; one that says nothing of pods has room for any
 * number. */
void pool_take(struct pool *p, struct node *node);

/* All of it, to a core that has none yet; `start_sec`: before the first job. */
void pool_tell(const struct pool *p, struct sched *s, int64_t start_sec);
/* The job as the core is to have it, submitted and pending; its uid is its number in
 * the workload, its job id one more. One that a node could hold is one pod (as many as
 * it names nodes). A larger one is spread over as few nodes as it needs when they are
 * empty: as pods of a whole node each and a smaller one, in units of one GPU (without
 * GPUs, one CPU) and its share of the rest. One that was saved is as it was, but for
 * its uid. */
struct job *pool_job(const struct pool *p, const struct work *work, size_t number);

#endif

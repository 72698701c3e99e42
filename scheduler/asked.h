/*
 * asked - what all jobs ask for that wait or run, and so what a node is worth to them.
 *
 * Where a pod fits on several nodes, it should leave what others need. Two things are
 * known of that, in devices (GPUs and the like):
 *
 *   - stranded: what is free on a node beside too little cpu or memory. A device needs
 *     three quarters of what jobs with devices ask for beside each on the average.
 *
 *                 8 GPUs free, cpu for 3   -->  5 stranded
 *                 2 GPUs free, cpu for 3   -->  none
 *
 *   - pressure: jobs that may not use every node (a GPU type, labels, taints, lists)
 *     ask for so many devices, of so many on the nodes that they may use; that part is
 *     added to each of these nodes. What may go anywhere adds nothing.
 *
 * A pod costs what is stranded more behind it than before, and half the pressure for
 * each device that it takes; placement (placement.h) takes the cheapest nodes. So a job
 * that takes any type leaves alone what typed jobs wait for, and one that needs little
 * cpu goes where little of it is left.
 *
 * Counted are all jobs that wait, start or run: that one starts changes nothing. A
 * price holds from one asked_settle to the next.
 */
#ifndef GANTRY_SCHEDULER_ASKED_H
#define GANTRY_SCHEDULER_ASKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "scheduler/cluster.h"
#include "scheduler/model.h"

/* Of a device; pressures and costs are in these parts. */
#define DEVICE_WHOLE 1024

struct taste;

struct asked {
    struct taste *tastes;    /* hash by filters */
    __int128 v[RES_MAX];     /* by jobs that ask for devices */
    bool changed;            /* since the last settling */
    uint64_t set_gen;        /* cluster.set_gen of that */
    uint64_t gen;            /* moves with every settling that had something to do */
    bool is_device[RES_MAX]; /* likewise */
    /* Parts of devices that go with a thousandth of a cpu, and with a MiB, in 2^32nds;
     * 0: with none of it as much as one likes. */
    int64_t per_cpu, per_mib;
    int64_t *pressure; /* by position; NULL: there is none */
};

void asked_fini(struct asked *a);
/* Counts a job, or with -1 no longer, whose filters and request are what they were. */
void asked_count(struct asked *a, const struct job *job, int sign);
/* Sets prices for the cluster, which is settled, as things are now. */
void asked_settle(struct asked *a, const struct cluster *c);

/* What a pod asks for, or a node has left, of what counts here. */
struct beside {
    int64_t devices, cpu, mem;
};

/* Of the first `n` amounts. */
struct beside asked_beside(const struct cluster *c, const int64_t *amounts, int n);
/* Of a pod on a node, to others. */
int64_t asked_cost(const struct asked *a, size_t position, const struct beside *pod,
                   const struct beside *left);

#endif

/*
 * life - random changes to a small cluster, of all that a core knows of: each call is
 * one, told by way of a course.
 *
 * Nodes are n1 to n5, partitions a to c, reservations p to r, jobs 1 to 12; what is
 * named may be there or not.
 */
#ifndef GANTRY_TESTS_SUPPORT_LIFE_H
#define GANTRY_TESTS_SUPPORT_LIFE_H

#include "tests/support/course.h"

#define LIFE_JOBS 12
#define LIFE_NODES 5

struct life {
    struct course h;
    /* The test's marks of a job, a bit for each component; gone when it is told anew.
     */
    uint32_t ended[LIFE_JOBS + 1];
    /* What a node was told with last, but whether it may be used; "": it is gone. */
    char nodes[LIFE_NODES + 1][128];
};

/* The settings of a seed. All terms of the priority count; in every third few jobs are
 * promised a start. */
struct sched_config life_settings(uint64_t seed);

/* Some nodes and partitions. The course is for course_fini. */
void life_begin(struct life *l, uint64_t seed);

void life_node(struct life *l);
/* Nothing of a node changes but whether it may be used. */
void life_turn_node(struct life *l);
void life_partition(struct life *l);
void life_policy(struct life *l); /* QOS and accounts */
void life_reservation(struct life *l);
void life_foreign(struct life *l); /* a pod of no job */
void life_reconfigure(struct life *l);

void life_job(struct life *l); /* one that waits */
/* A job found running, as after a restart; perhaps on a node that is not known. */
void life_running(struct life *l);
/* One that is known to the core only for those that depend on it. */
void life_outsider(struct life *l);
/* A job the core has started goes on: running, completing, ended (it may still say
 * where it was), gone; while it runs, a component of it may: ended, gone. Of tasks of
 * its that have started one is gone first. */
void life_progress(struct life *l);

#endif

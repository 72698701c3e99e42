/*
 * guise - a job that names several QOS, as it is with each of them.
 *
 * By its QOS a job has another priority, other limits, and perhaps another shape: how
 * much of a node it may have, which bounds of a partition it need not keep. While it
 * waits it may have any of those that it names. Everything asks for the job's QOS in
 * many places; so a job looks, at any time, as it is with one of them:
 *
 *   while one of its choices is tried    with the QOS of that
 *   else, while it has a plan            with the QOS of its plan
 *   else                                 with the first of them (policy_qos_ranked)
 *
 * What it is with each, its guises, is found when it comes, and when limits change.
 * Once it starts it has one QOS as any other job, and no guises. Those of an array are
 * its followers' too. A job that names one QOS has none: then nothing happens here.
 */
#ifndef GANTRY_SCHEDULER_GUISE_H
#define GANTRY_SCHEDULER_GUISE_H

#include "scheduler/core.h"

/* Of one component. */
struct guise_part {
    int64_t lifts;
    struct node_cap *caps;
    size_t n_caps;
};

/* What is the guise's own of a job; the job that looks so is lent it. */
struct guise {
    int64_t wall_sec;
    struct wall *walls;
    size_t n_walls;
    struct guise_part parts[COMPONENTS_MAX];
    struct shape *shape; /* held */
};

/* Binds a job that has come (allowance_bound) and gives it its shape, if it waits; with
 * guises, if it names several QOS: then it looks as it did with that of `old`. */
void guise_make(struct sched *s, struct jobrec *rec, struct job *old,
                const struct guise *old_guises);
/* Gives back what was made of a job, which may be another one by now than the record's.
 * NULL is fine. */
void guise_free(struct sched *s, struct job *job, struct guise *guises);
/* Limits have changed: likewise anew. A plan goes if its guise has another shape. */
void guise_bind_anew(struct sched *s, struct jobrec *rec);

/* It looks as with the i-th of its QOS from now on; returns with which it did. */
size_t guise_wear(struct sched *s, struct jobrec *rec, size_t i);
/* As with that of its plan, or the first. */
size_t guise_rest(struct sched *s, struct jobrec *rec);
/* It starts with the i-th of its QOS. */
void guise_settle(struct sched *s, struct jobrec *rec, size_t i);

#endif

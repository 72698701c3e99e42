/*
 * check - may a job start at all, and if not: Slurm's reason and one plain sentence.
 *
 * In order, the first that holds: its deadline cannot be met any more, held, cleaning,
 * dependency (depend.h), begin time; for each partition its limits and state; then
 * whether nodes exist, and are up, that could hold it. What is busy is not looked at:
 * that is placement's question. Messages name what is needed and what is there, and
 * nothing that changes by itself.
 */
#ifndef GANTRY_SCHEDULER_CHECK_H
#define GANTRY_SCHEDULER_CHECK_H

#include <stdint.h>

#include "base/str.h"
#include "scheduler/cluster.h"
#include "scheduler/components.h"
#include "scheduler/model.h"
#include "scheduler/placement.h"
#include "scheduler/reason.h"
#include "scheduler/shape.h"

/* Each returns REASON_NONE, or a reason with its sentence appended to `message`. */
enum reason check_held(const struct job *job, struct str *message);
/* Of an array or a task: may it have another one beside `active` that hold nodes? */
enum reason check_tasks(const struct job *job, int64_t active, struct str *message);
enum reason check_begin(const struct job *job, int64_t now_sec, struct str *message);
enum reason check_partition(const struct job *job, const struct partition *part,
                            struct str *message);
/* Of a component that is in a partition of its own, its job being in `first`. Takes
 * back what it has said where there is no reason. */
enum reason check_component_partition(const struct job *job, size_t component,
                                      const struct partition *first,
                                      const struct partition *part,
                                      struct str *message);
/* "component 1: ", in front of what is said of it. */
void check_say_component(size_t component, struct str *message);
/* The reason when a partition does not exist; `name` NULL: none asked, no default. */
enum reason check_missing(const struct cluster *c, const char *name,
                          struct str *message);

/* Could the partition's nodes ever hold such a job (fit.verdict)? Worked out when nodes
 * or partitions have changed, remembered otherwise. */
const struct fit *check_nodes(struct placer *p, const struct cluster *c,
                              struct shape *shape, const struct partrec *part);
/* Would a job of one component fit on so many nodes, if all were up and empty? */
bool check_fits_on(struct placer *p, const struct cluster *c, struct shape *shape,
                   const struct partrec *part, int64_t max_nodes);

/* Resources or Priority, and its sentence, for a job that could start but for what is
 * in use or planned. `now` is the window of the present alone. */
enum reason check_busy(struct placer *p, const struct cluster *c,
                       const struct placement *now, const struct seeker *by,
                       struct str *message);

/* The same of a heterogeneous job; the seekers' limits are of the present alone. */
enum reason check_components_busy(const struct components *all, struct str *message);

/* The time limit that is asked for: the job's, else the partition's default or what the
 * job's QOS and account allow, the shorter of both, else the longest that the partition
 * allows. A job that waits with a least limit asks for no more than all these allow. */
int64_t check_limit(const struct job *job, const struct partition *part);
/* Of a component: its own, or the job's; a job of the first partition. */
int64_t check_component_limit(const struct job *job, size_t component,
                              const struct partition *first);
/* It, where the job's QOS or account sets it: LIMIT_UNSET where they do not. */
int64_t check_bound(const struct job *job, const struct partition *part);
/* The least that it would do with. */
int64_t check_least_limit(const struct job *job, const struct partition *part);
/* For how long a job is planned that starts then: its least limit where it has one, and
 * one without a limit until its deadline. */
int64_t check_length(const struct job *job, const struct partition *part,
                     int64_t start_sec);
/* Of a component, which is over with the job at the latest. */
int64_t check_component_length(const struct job *job, size_t component,
                               const struct partition *first, int64_t start_sec);
/* The largest limit in force for a start then; it may be less, to fit, where the job
 * has a least one. */
int64_t check_largest(const struct job *job, const struct partition *part,
                      int64_t start_sec);
/* When it may start at the latest, to be over by its deadline; TIME_NEVER: whenever. */
int64_t check_latest(const struct job *job, const struct partition *part);

#endif

/*
 * jobrow - a BatchJob as a row of a list (joblist.h): what commands show of it and pick
 * it by.
 *
 * Strings are the list's, NULL where absent. Times are seconds since the epoch,
 * TIME_UNSET where there is none. Effective values (partition, limit) take the
 * partitions' defaults in.
 */
#ifndef GANTRY_CLI_JOBROW_H
#define GANTRY_CLI_JOBROW_H

#include <stdint.h>

#include "base/arena.h"
#include "cmd/gantry/jobwords.h"
#include "cmd/gantry/parts.h"
#include "scheduler/priority.h"

struct jobrow {
    const char *ns, *object, *uid; /* of the BatchJob */
    const char *created, *version;
    const char *labels, *owners; /* JSON; NULL: none, or not asked for */
    /* spec, as it stands; numbers that may be text are text */
    const char *name, *user, *account, *qos, *asked_partition, *reservation, *licenses;
    const char *array;
    const char *comment, *constraint, *req_nodes, *exc_nodes, *dependency, *switches;
    const char *time_limit, *time_min, *begin, *deadline, *hold, *signal;
    const char *nodes, *gpus, *gpus_per_node, *gpus_per_task;
    const char *mem_per_node, *mem_per_cpu, *mem_per_gpu;
    /* of a whole heterogeneous job, spec's and status': JSON */
    const char *components, *found_components;
    const char *work_dir, *input, *output, *error;
    int64_t ntasks, ntasks_per_node, cpus_per_task, cpus_per_gpu, replicas, nice;
    bool requeue, exclusive, exclusive_user, oversubscribe, contiguous;
    bool is_script; /* else its pods are made from a template */
    /* status */
    int64_t id;             /* 0: not given yet */
    int64_t array_id;       /* of the array that it is, or is a task of; -1: neither */
    int64_t array_task;     /* -1: it is no task */
    int64_t het_id;         /* heterogeneous: the job's number; -1: it is not */
    int64_t het_offset;     /* which component it is (hetrow.h); -1: all of them */
    int64_t het_size;       /* how many it has; -1: not known */
    const char *array_left; /* of an array: tasks that have no row of their own */
    const char *state, *reason, *message, *ran_partition, *ran_reservation, *node_list,
        *batch_host;
    const char *has_license;                  /* where it takes any of several; NULL */
    const char *has_account, *has_qos;        /* also by default; NULL: not known yet */
    const char *found_dependency;             /* with states; NULL: not known yet */
    const char *limit_in_force, *limit_asked; /* of a start that may have shrunk it */
    const char *planned_nodes, *req_tres, *alloc_tres, *exit_code, *placement;
    int64_t num_nodes, num_gpus, priority, restarts, attempt;
    struct priority factors; /* terms of the priority; its total is 0 */
    int64_t deadline_sec;
    int64_t submit_sec, eligible_sec, planned_sec, start_sec, end_sec, suspend_sec;
    int64_t accrue_sec;       /* since when it gains age, under limits on that; else: */
    const char *accrue_limit; /* the one that keeps it from that */
    int64_t preempt_from_sec; /* since when it might have been told to, and: */
    int64_t preempt_sec;      /* since when it has been told to end for another job */
    int64_t grace_end_sec;    /* and then: by when it is ended. All of a whole object */
    bool promised;
    /* what follows from it */
    const struct job_word *word;
    const char *partition; /* where it runs, else as asked, else the default one */
    const char *tres;      /* held, else asked for */
    int64_t limit_sec;     /* LIMIT_UNSET: not known; LIMIT_UNLIMITED */
    int64_t created_sec;
    int64_t cpus, mem_bytes; /* held, else asked for; of all nodes */
};

/* What follows from what was read; `arena` has what must live as long as the row. */
void jobrow_finish(struct jobrow *r, const struct partlist *parts, struct arena *arena);

/* Whether the job has left PENDING and holds or held nodes. */
bool jobrow_has_started(const struct jobrow *r);
/* Run time so far, without what is after its end; 0 before the start. */
int64_t jobrow_used_sec(const struct jobrow *r, int64_t now_sec);
/* When it ends or ended, by its limit or its grace time: TIME_UNSET unknown,
 * LIMIT_UNLIMITED never. */
int64_t jobrow_end_sec(const struct jobrow *r);
/* When it started or is planned to; TIME_UNSET. */
int64_t jobrow_start_sec(const struct jobrow *r);
/* Since when it gains age; TIME_UNSET: it does not. */
int64_t jobrow_accrue_sec(const struct jobrow *r);
/* Since when it is eligible, or from when on; TIME_UNSET: it is held, or waits for
 * another job. */
int64_t jobrow_eligible_sec(const struct jobrow *r);
/* "42", "42_3", "42_[4-9%2]", "42+1". */
void jobrow_id(const struct jobrow *r, struct str *out);
/* Is it an array: one row for all of its tasks that have no BatchJob of their own? */
bool jobrow_is_array(const struct jobrow *r);
/* Is it an array all of whose tasks have, or had, their own? Slurm has no record of
 * it. */
bool jobrow_is_shell(const struct jobrow *r);
/* The numbers of all components: "42-44". */
void jobrow_het_ids(const struct jobrow *r, struct str *out);
/* Those tasks: "4-9%2", cut as Slurm cuts it. */
void jobrow_tasks(const struct jobrow *r, struct str *out);
int64_t jobrow_task_limit(const struct jobrow *r); /* 0: none */
/* Nodes asked for, at least and at most; of a started job what it holds. */
void jobrow_node_range(const struct jobrow *r, int64_t *ret_min, int64_t *ret_max);
/* Leaf switches at most, 0: any number, and how long it waits for so few; LIMIT_UNSET:
 * it does not say. */
void jobrow_switches(const struct jobrow *r, int64_t *ret_most, int64_t *ret_wait_sec);
/* The number behind `name`= in "cpu=8,mem=64G,node=2", -1: not there. */
int64_t jobrow_tres(const struct jobrow *r, const char *name);
/* CPUs that it asks for on each node; of a row of the whole object (JOB_WHOLE). */
int64_t jobrow_min_cpus(const struct jobrow *r);

#endif

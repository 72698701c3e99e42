/*
 * jobcells - what each of squeue's columns (jobcolumns.h) shows of a job.
 *
 * By what they show: names, identity and state (jobcells.c), times and priority
 * (jobcells_time.c), sizes (jobcells_size.c), files (jobcells_file.c).
 */
#ifndef GANTRY_CLI_JOBCELLS_H
#define GANTRY_CLI_JOBCELLS_H

#include <stdint.h>

#include "cmd/gantry/jobcolumns.h"

/* A cell by its name, and what it is made of. */
#define JOBCELL(name)                                                      \
    void name(const void *row, const void *shared __attribute__((unused)), \
              struct str *out)
#define ROW const struct jobrow *r = row
#define SHARED const struct jobcolumns *s = shared

column_fn jobcell_null, jobcell_na, jobcell_federation, jobcell_zero, jobcell_any,
    jobcell_any3, jobcell_nothing, jobcell_no_time, jobcell_not_set, jobcell_account,
    jobcell_name, jobcell_user, jobcell_partition, jobcell_qos, jobcell_comment,
    jobcell_reservation, jobcell_licenses, jobcell_dependency, jobcell_feature,
    jobcell_req_nodes, jobcell_exc_nodes, jobcell_work_dir, jobcell_reason, jobcell_id,
    jobcell_raw_id, jobcell_array_id, jobcell_array_task, jobcell_het_id,
    jobcell_het_offset, jobcell_het_ids, jobcell_uid, jobcell_gid, jobcell_group,
    jobcell_state, jobcell_code, jobcell_reason_list, jobcell_node_list,
    jobcell_batch_host, jobcell_planned_nodes, jobcell_requeue, jobcell_restarts,
    jobcell_exit_code, jobcell_batch_flag, jobcell_cluster, jobcell_used, jobcell_limit,
    jobcell_left, jobcell_min_time, jobcell_submit, jobcell_eligible, jobcell_accrue,
    jobcell_start, jobcell_end, jobcell_deadline, jobcell_preempt_time,
    jobcell_pending_time, jobcell_priority_share, jobcell_priority, jobcell_nice,
    jobcell_nodes, jobcell_max_nodes, jobcell_cpus, jobcell_min_cpus, jobcell_tasks,
    jobcell_tasks_per_node, jobcell_cpus_per_task, jobcell_memory,
    jobcell_over_subscribe, jobcell_contiguous, jobcell_switches, jobcell_switch_wait,
    jobcell_tres, jobcell_gpus_job, jobcell_gpus_node, jobcell_gpus_task,
    jobcell_cpus_per_tres, jobcell_mem_per_tres, jobcell_stdout, jobcell_stderr,
    jobcell_stdin;

/* A text, or what stands where there is none: "(null)". */
void jobcell_add_text(const char *text, const char *otherwise, struct str *out);
void jobcell_add_number(int64_t n, struct str *out);

#endif

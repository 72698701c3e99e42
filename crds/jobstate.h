/*
 * jobstate - Slurm's job states as status.state has them (slurm-semantics §1.1).
 *
 *               +---------- requeued: attempt ended, job again pending ----------+
 *               v                                                                |
 *   (new) --> PENDING --start--> CONFIGURING --bound--> RUNNING --kill--> COMPLETING
 *               |     (gangs only)                         |                 |
 *               |                                all ended +-----------------+
 *               +--cancelled--> CANCELLED                  |
 *               +--too late--> DEADLINE                    +--> COMPLETED, FAILED, ...
 */
#ifndef GANTRY_CRDS_JOBSTATE_H
#define GANTRY_CRDS_JOBSTATE_H

#include <stdbool.h>
#include <stdint.h>

enum job_state {
    JOB_STATE_NONE, /* no status yet */
    JOB_STATE_PENDING,
    JOB_STATE_CONFIGURING,
    JOB_STATE_RUNNING,
    JOB_STATE_COMPLETING,
    JOB_STATE_COMPLETED,
    JOB_STATE_CANCELLED,
    JOB_STATE_FAILED,
    JOB_STATE_TIMEOUT,
    JOB_STATE_NODE_FAIL,
    JOB_STATE_DEADLINE,
    JOB_STATE_OUT_OF_MEMORY,
    JOB_STATE_PREEMPTED,
};
enum { JOB_STATES = JOB_STATE_PREEMPTED + 1 };

const char *job_state_word(enum job_state s); /* "PENDING"; "" for NONE */
/* NONE for NULL and "", -1 for a word that is none of ours. */
int job_state_parse(const char *word, enum job_state *ret);
/* COMPLETED and all that follow it. */
bool job_state_is_final(enum job_state s);
/* CONFIGURING, RUNNING, COMPLETING: an attempt holds its placement. */
bool job_state_is_active(enum job_state s);

/* How long a job that goes back to the queue waits there after a failed launch or a
 * lost node: 10 s, doubled by each of its restarts before, 300 s at most. Ours: Slurm
 * waits requeue_delay. */
int64_t job_backoff_sec(int64_t restarts);

#endif

/*
 * payers - who pays for a job that runs: settled by its start.
 *
 * A job may name no account and no QOS, and has those that are its user's by default.
 * While it waits that is whoever is so now; from its start on it stays with those that
 * it was started for, as in Slurm, where both are settled when it is submitted: what it
 * holds counts for them, and is paid by them, whoever its user's are then. Likewise of
 * each component.
 */
#ifndef GANTRY_SCHEDULER_PAYERS_H
#define GANTRY_SCHEDULER_PAYERS_H

#include "scheduler/policy.h"

/* The job starts: it names them from now on. Of several QOS it has one already. */
void payers_settle(const struct policy *p, struct job *job);
/* A job that runs, or has ended, is told anew, in the words of its owner: it keeps
 * those that it was started for. */
void payers_keep(const struct job *old, struct job *job);

#endif

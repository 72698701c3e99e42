/*
 * session - golden files of commands and what they said: for tests of the client.
 *
 *   # what cannot start, and why
 *   $ squeue -h -j 3
 *                    3      main      big    alice PD       0:00      4 (Resources)
 *   $ squeue -j 99
 *   ! slurm_load_jobs error: Invalid job id specified
 *   [1]
 *
 * Standard output stands as it came, standard error behind "! ", an exit status other
 * than 0 in brackets; output without an end of line is followed by a line "\". What
 * the scheduler says of a job (scontrol's SystemComment) is its own tests' affair and
 * stands as "SystemComment=...". With
 * GANTRY_REWRITE_GOLDENS=1 the file is written anew, its commands and comments kept.
 */
#ifndef GANTRY_TESTS_SUPPORT_SESSION_H
#define GANTRY_TESTS_SUPPORT_SESSION_H

#include "tests/support/clitest.h"

/* Runs the commands of the file (as clitest_run does) and fails unless each says what
 * stands there. */
void session_play(struct clitest *t, const char *path);

#endif

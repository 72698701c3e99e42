/*
 * simtest - gantry-sim as a program, for its tests.
 */
#ifndef GANTRY_TESTS_SUPPORT_SIMTEST_H
#define GANTRY_TESTS_SUPPORT_SIMTEST_H

#include "base/str.h"
#include "tests/support/program.h"

/* Its arguments. */
#define SIM(...)                     \
    (const char *[PROGRAM_ARGS_MAX]) \
    {                                \
        "gantry-sim", __VA_ARGS__    \
    }

/* Runs it; an '@' in the arguments is `root`. Its exit status, and what it said in
 * `said`. */
int simtest_run(const char *root, const char *const *args, struct str *said);
/* The text is in there. */
void simtest_expect(const struct str *said, const char *line);
/* A file of that name beneath `root`. */
void simtest_write(const char *root, const char *name, const char *text);
/* A cluster (cluster_text.h), as a controller saves it at 600. */
void simtest_save(const char *path, const char *cluster);
/* The same of two nodes of 8 CPUs, on one of which job 9 runs for an hour, and three
 * jobs that wait: 1 for both nodes, 2 for one and half an hour, 3 for more than there
 * is. */
void simtest_save_state(const char *path);
/* These jobs, on so many nodes of 8 CPUs ("-N2"), as JSON behind what is said of them,
 * in `said`, which begins here. */
void simtest_replay_rows(const char *jobs, const char *nodes, struct str *said);

#endif

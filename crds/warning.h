/*
 * warning - Slurm's text for a signal before a job's time limit ends (sbatch --signal).
 *
 *   [[R][B]:]SIG[@SEC]   B: for the batch script alone; R: the job may borrow nodes of
 *                        reservations, and is warned when it has to give them back;
 *                        SIG as base/signo.h has it; SEC before the end, 60 where it
 *                        is left out
 */
#ifndef GANTRY_CRDS_WARNING_H
#define GANTRY_CRDS_WARNING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/siglist.h"

struct warning {
    struct siglist_item signal; /* signo 0: none */
    int64_t before_sec;
    bool borrows;
};

/* -1: it is no such text; `ret` is then as it was. */
int warning_parse(const char *text, struct warning *ret, struct err *err);

#endif

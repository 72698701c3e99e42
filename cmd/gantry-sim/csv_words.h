/*
 * csv_words - columns of a workload that say in Slurm's words what else a job asks for.
 */
#ifndef GANTRY_SIM_CSV_WORDS_H
#define GANTRY_SIM_CSV_WORDS_H

#include "base/err.h"
#include "scheduler/model.h"

/* What stands there, to the job; never "". ERR_INVALID: it makes no sense. */
typedef int csv_words_fn(const char *text, struct job *like, struct err *err);

csv_words_fn csv_licenses, csv_constraint, csv_switches, csv_nice, csv_exclusive,
    csv_job_name, csv_dependency, csv_array;

#endif

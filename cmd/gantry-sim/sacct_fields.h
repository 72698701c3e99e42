/*
 * sacct_fields - what sacct prints of a job, field by field.
 *
 *   Submit               2026-10-01T09:00:00, by a clock without zones (taken as UTC),
 *                        or seconds (SLURM_TIME_FORMAT=%s)
 *   Elapsed, Timelimit   1-12:00:00
 *   ReqTRES              billing=8,cpu=8,gres/gpu:a100=1,gres/gpu=1,mem=64G,node=1
 *   JobID                12, 12_7, 12_[8-20%4] (tasks that wait), 12.batch (a step)
 */
#ifndef GANTRY_SIM_SACCT_FIELDS_H
#define GANTRY_SIM_SACCT_FIELDS_H

#include <stdio.h>

#include "cmd/gantry-sim/rows.h"

/* How it is to be printed, for people. */
#define SACCT                                                            \
    "sacct -aPXo JobID,State,Submit,Eligible,Elapsed,Timelimit,ReqTRES," \
    "AllocTRES,User,Account,Partition,QOS"

/* On its way to be a job. */
struct sacct_row {
    struct reader *reader;
    struct work *job;
    const char *asked, *had; /* TRES; lent from the line */
    bool step;               /* of a job that has a row of its own; set by JobID */
    bool unended, off;       /* by its state; cancelled, or the like */
    bool idle;               /* it was, before it ran */
};

typedef int sacct_fn(struct sacct_row *row, char *text, struct err *err);

struct sacct_field {
    const char *name;
    sacct_fn *set; /* ERR_INVALID: it makes no sense */
};

/* In whatever case, as sacct takes it; NULL: nothing is known of it. */
const struct sacct_field *sacct_field(const char *name);
/* Which field it cannot do without; NULL: none is missing. Some may be NULL. */
const char *sacct_lacks(const struct sacct_field *const *fields, size_t n);
/* Once all fields are set: what it asked for, or else had, and how long it runs. */
int sacct_settle(struct sacct_row *row, struct err *err);
void sacct_help(FILE *out);

#endif

/*
 * jobtasks - arrays and their tasks in a list of jobs, so that each task stands there
 * once, whatever the controller is in the middle of.
 *
 * A task that is split off (crds/array.h) is in the array's status at one moment, has
 * a BatchJob at another, and a number at a third. From its BatchJob on it is a row of
 * its own, pending while it has no number; what its array says of it then counts no
 * more.
 */
#ifndef GANTRY_CLI_JOBTASKS_H
#define GANTRY_CLI_JOBTASKS_H

#include "cmd/gantry/joblist.h"

/* Of a job without a number: if it is a task, whose and which, and for the time being
 * its array's number. */
void jobtasks_name(struct jobrow *r);
/* Each task once; one without a number stands as its array does, as far as that is in
 * the list. */
void jobtasks_settle(struct joblist *list);

#endif

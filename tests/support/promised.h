/*
 * promised - what jobs are promised in a history, against what there is.
 *
 * At rest each promise, those to further tasks of arrays too, lies in a partition and
 * on nodes that are there, and at its start these have room, and there are licences,
 * for all that are promised them for the same time or hold them until then. How long
 * that is at least is known from time limits alone, so nothing that holds is refused;
 * what jobs in reservations have is looked at when it begins.
 */
#ifndef GANTRY_TESTS_SUPPORT_PROMISED_H
#define GANTRY_TESTS_SUPPORT_PROMISED_H

#include "scheduler/license.h"
#include "tests/support/course.h"

/* After a step that left nothing to do; fails the test with the history. */
void promised_check(struct course *h, const struct license_table *licenses);

#endif

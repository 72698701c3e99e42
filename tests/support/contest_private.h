/* Shared by the parts of contest.h. */
#ifndef GANTRY_TESTS_SUPPORT_CONTEST_PRIVATE_H
#define GANTRY_TESTS_SUPPORT_CONTEST_PRIVATE_H

#include "tests/support/contest.h"

/* ---- contest_taken.c ---- */

/* By QOS or partition alone, one with that QOS in that partition over another. */
bool contest_has_right(struct contest *c, const struct copies *all, const char *own,
                       const char *part, const char *other, const char *other_part);

/* ---- contest_less.c ---- */

/* NULL: there is none. */
struct job *contest_find_job(struct copies *all, const char *uid);
struct job *contest_find_number(struct copies *all, int64_t number);
/* Do these have a node together? */
bool contest_meet(const struct slot *a, size_t n_a, const struct slot *b, size_t n_b);
/* As things were before the step, but nobody is preempted any more, all of the victims
 * but one yield, and who they ended for has no plan: it is to start later, or has that
 * start only as another one has had its place. Who is promised one is lifted alone, and
 * changes places with nobody. */
void contest_check_needed(struct contest *c, size_t spared,
                          const struct contest_taken *taken, size_t n);
/* Where some make room for several, or who they made room for has started elsewhere: as
 * things are behind the step, but one of them runs on and who it ended for has no plan.
 * That one is to start later, or others are to make way. */
void contest_check_together(struct contest *c, const struct contest_taken *spared);

#endif

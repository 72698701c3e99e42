/*
 * contest - a random cluster on which some may preempt others, of one seed, and the
 * rules that hold where some are to end for one who waits: a course (course.h) with
 *
 *   nodes        n1 to n4, of 8 CPUs and 4 GPUs
 *   partitions   a, and b of a higher tier, without n4
 *   QOS          low, normal and high; who may preempt whom is drawn
 *
 * A rule that is broken prints the seed and the script, and ends the test.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONTEST_H
#define GANTRY_TESTS_SUPPORT_CONTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/copies.h"
#include "tests/support/course.h"

#define CONTEST_JOBS 40 /* a history has no more */

struct contest {
    struct course h;
    struct sched_config config;
    int next_job;
    size_t n_preempted, n_checked, n_together, n_begun;
    struct copies before;          /* the step */
    struct job *begun;             /* in the last step, and nothing else */
    bool served[CONTEST_JOBS + 1]; /* by number: others have ended for it; and then: */
    bool lost[CONTEST_JOBS + 1];   /* that room, to others; or it has had it */
};

/* One that is to end, as was decided. */
struct contest_taken {
    const char *uid;
    int64_t by, end_sec;
};

/* The cluster, with jobs that run. The course has begun, and next_job is a number. */
void contest_set_up(struct contest *c);
/* One more that waits. */
void contest_add_waiting(struct contest *c);

/* All those that one step has told to end, of `before`: each may be preempted for whom
 * it is, is needed for that, and makes room in time. */
void contest_check_taken(struct contest *c, const struct contest_taken *taken,
                         size_t n);
/* One that may preempt it has come meanwhile, and has the place that was promised to
 * it, or a part of that. */
bool contest_is_taken_over(struct contest *c, const struct job *job);

#endif

/*
 * circle - pending jobs that wait for each other: none of them ever starts.
 *
 *      job 1 --afterok:3--> job 3 --after:2--> job 2 --afterany:1--> job 1
 *
 * Slurm refuses a dependency that closes a circle ("Circular job dependency"), and so
 * does scontrol; what is written past it is told here: DependencyNeverSatisfied, with
 * the whole circle. As nothing has failed for good, nobody is ended for it, and all
 * wait again as soon as one of them is changed, or cancelled. A job that waits for one
 * of a circle is in none: it goes on waiting.
 *
 * Of several dependencies of which one will do ("?") all have to be on such jobs. A
 * singleton waits for earlier jobs, of which it is none, and closes no circle. An array
 * counts as one job while it is one record.
 *
 * Only a job that waits for a later number than its own can close one: as long as there
 * is none, which is so unless somebody has changed a dependency, nobody is looked at.
 *
 * Which circles there are follows from the jobs as they are, and is found anew before
 * each walk. Of a job that is in several it is the one of its first dependency.
 */
#ifndef GANTRY_SCHEDULER_CIRCLE_H
#define GANTRY_SCHEDULER_CIRCLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct job;
struct jobrec;
struct knot;
struct sched;

/* Who waits for others, while circles are sought: scratch. */
struct circles {
    size_t n_early; /* pending jobs that wait for a later one */
    uint64_t round; /* jobs of this one are in a circle: jobrec.circle */
    struct knot *knots;
    size_t n_knots, cap;
};

void circles_fini(struct circles *circles);
/* Does it wait for a later one, so that it may close a circle? */
bool circle_is_early(const struct job *job);
/* Finds them all, with dependencies as they are now. */
void circles_find(struct sched *s, int64_t now_sec);
bool circle_is_in(const struct sched *s, const struct jobrec *rec);
/* Appends the way from one that is in one back to itself: "job 2, which waits for ...".
 */
void circle_say(const struct sched *s, const struct jobrec *rec, struct str *out);

#endif

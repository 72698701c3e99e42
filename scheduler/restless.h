/*
 * restless - plans that do not come to rest.
 *
 * A walk that moves a plan is followed by another one, as others may move up. That
 * ends, after a few (bench_changes: 5 walks; 18 in some random cases of 20 jobs), but
 * where a rule of ours were wrong two plans could change places for ever: a replay
 * would hang, and a controller take all of a processor. So of walks in which nothing
 * was told in between only so many are made in one second; the plan stands as it is
 * then, and the next second goes on. It is counted, and never happens in any of the
 * tests.
 */
#ifndef GANTRY_SCHEDULER_RESTLESS_H
#define GANTRY_SCHEDULER_RESTLESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESTLESS_WALKS 256

struct sched;

struct restless {
    uint64_t told; /* sched.told */
    int64_t sec;
    unsigned walks, most; /* in that second; RESTLESS_WALKS, or as a test wants */
    size_t seconds;       /* so far, that were given up */
};

/* Has the last walk of that second been made? */
bool restless_is_over(const struct sched *s, int64_t now_sec);
/* A walk has begun. */
void restless_note(struct sched *s, int64_t now_sec);

#endif

/*
 * twins - of jobs that are alike the one starts that is first in the queue.
 *
 * Gaps are offered to one job at a time, with all other promises in their places. So
 * whose way is blocked by the promise of its like, further back, has no use of a gap
 * in which that one may start:
 *
 *     first    is promised n1 at 2400
 *     second   is promised n2 at 3000, which is free now: `first` would run beyond that
 *
 * Who is about to start before its time has instead the place of the last of those that
 * are before it in the queue and would start no later than it was promised; each of
 * these has that of the one before it, and the first starts (all of that by
 * exchange.h). Nobody is later than it was promised, and what is taken, of nodes and of
 * limits, is the same; where somebody would be later all stays as it is.
 *
 * Alike are jobs that may have each other's places, now and later: of one shape,
 * partition, QOS and length, and where there are limits, or nodes that are one user's,
 * of one user and account.
 */
#ifndef GANTRY_SCHEDULER_TWINS_H
#define GANTRY_SCHEDULER_TWINS_H

#include "scheduler/core.h"

/* So many that are alike pass places on, those whose places come first: it takes about
 * a microsecond each, and each is to be told. */
#define TWINS_MAX 64

/* What a job is promised, as its line has it (line.h). */
struct twins_mark {
    int64_t start_sec; /* TIME_UNSET: nothing, or it may start now */
    int64_t length_sec;
    uint32_t first, demand, need;
};

struct twins {
    struct jobrec *recs[TWINS_MAX]; /* in the order of the queue */
    size_t n;
};

/* Of a job that is about to be lifted. */
struct twins_mark twins_mark(const struct sched *s, const struct jobrec *rec);
/* It could start now: who of its like is before it, and may have its place? False:
 * nobody. */
bool twins_find(struct sched *s, const struct entry *entry,
                const struct twins_mark *mark, struct twins *ret);
/* It is promised a start now: they have that in its stead. */
void twins_pass_on(struct sched *s, struct jobrec *rec, const struct twins *twins);

#endif

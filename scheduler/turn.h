/*
 * turn - whose turn it is when gaps are offered (ours; Slurm has the queue only).
 *
 * A gap is room that nobody has been promised, or that is free earlier than it was
 * promised to somebody. It is offered to waiting jobs one after the other, promised
 * ones among them, within a priority tier in one of these orders:
 *
 *   queue   as they wait
 *   limit   the shortest time limit first
 *   area    the smallest limit x size first, where the size is the largest share that
 *           the job asks for of anything in the cluster: of its GPUs, CPUs, memory, or
 *           nodes if it is exclusive
 *
 * Who asks for as much as another comes as in the queue. While jobs wait without a
 * promise, the first of the queue is offered each gap before all others. Whoever the
 * gap goes to, no promise is delayed: the order is about who gains, never about who
 * loses.
 */
#ifndef GANTRY_SCHEDULER_TURN_H
#define GANTRY_SCHEDULER_TURN_H

#include <stddef.h>
#include <stdint.h>

#include "scheduler/queue.h"

enum backfill_order { BACKFILL_QUEUE, BACKFILL_LIMIT, BACKFILL_AREA };

struct turn {
    int64_t tier; /* larger first */
    int64_t size; /* smaller first */
    size_t entry; /* its number: of the queue, by place */
};

/* Which of two entries comes first, of one tier and size: as for qsort. */
typedef int turn_settle_fn(void *arg, size_t left, size_t right);

struct turns {
    struct turn *items; /* a heap of those to come, once they are begun */
    size_t n, cap;
    turn_settle_fn *settle;
    void *arg;
};

void turns_fini(struct turns *t);
void turns_clear(struct turns *t);
void turns_add(struct turns *t, const struct turn *turn);
/* All have been added. `settle` NULL: the one of the smaller number. */
void turns_begin(struct turns *t, turn_settle_fn *settle, void *arg);
/* One more of a queue, by its number there: instead of turns_add and turns_begin, for
 * those who want to pause on the way. */
void turns_put(struct turns *t, const struct entry *entry, size_t number);
/* The entry whose turn it is; there is one more. */
size_t turns_next(struct turns *t);

/* What the order goes by, of a job with that limit (LIMIT_UNLIMITED) whose shape has
 * that share (shape.h); 0 for all where that is the queue. */
int64_t turn_size(enum backfill_order order, int64_t limit_sec, int64_t share);

#endif

/*
 * follower - what is kept for the tasks of an array that come behind its next one.
 *
 * An array is one record, which is tried, planned and told of as its next task. So that
 * lesser jobs do not overtake its other tasks, some of them have places of their own in
 * the queue, right behind it: followers. Each is a record that nobody outside knows,
 * with the array's shape, a view of its job, and its own plan and claim; it is tried,
 * planned and lifted like any job, but told of nobody, and nobody ends for it.
 *
 *   array   left 4-99      next task    promised at 600 on n1   <- what people are told
 *     +0001                the second   promised at 600 on n2
 *     +0002                the third    promised at 1380 on n1
 *
 * Tasks are alike: whichever place is free first, the task of the lowest index starts
 * there, and the places behind it move up (follower_sort): the earliest place is given
 * up then, as if tasks that are jobs of their own had changed places before. Together
 * with the next task there are no more than `max_job_array_resv`, or than tasks are
 * left.
 * Where no more of them may be under way, a place begins when another one, or a task
 * that runs, is over (crew.h). Of a singleton the next task alone has one, since it
 * waits for no place but for the end of another.
 *
 * From outside promises come, and go, with the array's job (`plan.further`): all of
 * them in a snapshot, in decisions those first ones that have few slots together.
 */
#ifndef GANTRY_SCHEDULER_FOLLOWER_H
#define GANTRY_SCHEDULER_FOLLOWER_H

#include "scheduler/core.h"

/* The array that a follower stands behind; any other is that itself. */
static inline struct jobrec *follower_array(struct jobrec *rec)
{
    return rec->array != NULL ? rec->array : rec;
}

/* As many followers as may be, from now on; those that are too many lose their places,
 * the last ones first. Of a job that is no array: none. */
void follower_settle(struct sched *s, struct jobrec *array);
/* Likewise of the array of a task, which may have left its place to another; 0: none.
 */
void follower_settle_of(struct sched *s, int64_t array_id);
/* Promised places first, earlier ones before later ones, and of these those with the
 * licence that it would rather have; the first is the array's own, unless others end
 * for that. True: it has another one than before. */
bool follower_sort(struct sched *s, struct jobrec *array);

/* The array's job is about to be another one: their places leave the timeline. */
void follower_lift(struct sched *s, struct jobrec *array);
/* It is another one, or the same anew: their places are entered again, if it keeps its
 * own (`kept`); promises that have come with it take their stead. */
void follower_put(struct sched *s, struct jobrec *array, bool kept);
/* Limits have changed, by which it may have another shape. */
void follower_bind_anew(struct sched *s, struct jobrec *array);
/* It looks other than before from the queue. */
void follower_change(struct sched *s, struct jobrec *array);

/* What followers are promised, lent, into `ret`, which has room for all; no more than
 * make so many slots together. Returns how many. */
size_t follower_promises(const struct jobrec *array, struct plan *ret, size_t most);
/* The job of a record with what its followers are promised, for a snapshot. In `view`,
 * if need be, `plan.further` of which the caller frees. */
const struct job *follower_view(const struct jobrec *rec, struct job *view);
/* With their array. */
void follower_free(struct sched *s, struct jobrec *array);

#endif

/*
 * queue_stand - where the jobs of a queue_case stand in its queue.
 *
 * A job has as many choices as it has reservations (those that it names; or those that
 * draw it in, and then none), for each licence of which it takes any, and for each QOS.
 * With those of them that are in a reservation which has begun it stands before all
 * others; with the rest where its number has it:
 *
 *     job 1: none     job 2: r0, none     job 3: r0        r0 has begun
 *
 *     queue: 2 (r0), 3 (r0), 1, 2 (none)
 */
#ifndef GANTRY_TESTS_SUPPORT_QUEUE_STAND_H
#define GANTRY_TESTS_SUPPORT_QUEUE_STAND_H

#include "tests/support/queue_case.h"

struct stand {
    size_t number; /* of the job that waits, from 1 */
    bool reserved;
};

#define STANDS_MAX (2 * (QUEUE_JOBS_MAX + 2))

/* Which of the reservations that draw it in, or that it names, is its i-th; behind the
 * former comes NULL: none. `ret_n`: how many there are of all these. */
const struct plain_resv *queue_choice_in(const struct queue_case *q,
                                         const struct job *job, size_t i,
                                         size_t *ret_n);
/* How many it has with each of its QOS, and with all of them. */
size_t queue_choices_but_qos(const struct queue_case *q, const struct job *job);
size_t queue_choices(const struct queue_case *q, const struct job *job);

/* Does the job's i-th choice stand there? Does any? */
bool stand_has(const struct queue_case *q, const struct stand *stand, size_t i);
bool stand_has_any(const struct queue_case *q, const struct stand *stand);
/* It has no other one behind that. */
bool stand_is_last(const struct queue_case *q, const struct stand *stand);
/* Those of the first `n` jobs, in order; `ret` has room for all. Returns how many. */
size_t stands_line_up(const struct queue_case *q, size_t n, struct stand *ret);

#endif

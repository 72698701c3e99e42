/*
 * plain_exact - the plain planner without a grid, to see what the grid costs.
 *
 * Time is not cut into slots: a node is another from the very second at which something
 * on it begins or ends, and a job may begin at any such second. Lengths, the order of
 * the queue and which of the open nodes a job gets are as in plain_plan.h, for jobs
 * with a time limit, of one component, without licences or reservations. Where all of a
 * plan lies on boundaries of slots, both planners plan the same.
 *
 *   n1  | 2 GPUs | 0 ----------| 8 ---------------        pieces of time
 *   n2  | 0 --------------| 4 --------| 8 --------
 *   4 GPUs for so long: |=======|
 *   n1 from             |              o-------->        spells: when it may begin
 *   n2 from                    o---------------->
 *
 * What a place has of slots is not set. Times in seconds.
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_EXACT_H
#define GANTRY_TESTS_SUPPORT_PLAIN_EXACT_H

#include "tests/support/plain_plan.h"

struct plain_exact;

struct plain_exact *plain_exact_new(int64_t now_sec, size_t n_nodes);
void plain_exact_free(struct plain_exact *e);
/* Positions count from 0. */
void plain_exact_set_node(struct plain_exact *e, size_t position,
                          const struct resvec *capacity);
/* What runs takes its part of a node from now until `end_sec`; TIME_NEVER: for ever. */
void plain_exact_hold(struct plain_exact *e, size_t position, const struct resvec *each,
                      int64_t end_sec);
/* So many pods are asked for by a job that waits or runs. */
void plain_exact_ask(struct plain_exact *e, const struct resvec *each, size_t pods);

/* The first place; false: there is none. Takes nothing. `ret` is freed with
 * plain_place_fini. */
bool plain_exact_find(struct plain_exact *e, const struct plain_job *job,
                      struct plain_place *ret);
void plain_exact_take(struct plain_exact *e, const struct plain_job *job,
                      const struct plain_place *place);

#endif

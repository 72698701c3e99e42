/*
 * loop_queue - what a loop runs next: posted callbacks, then the timer that is due
 * first.
 *
 * Private to base/loop*.c; reads no clock and knows no descriptors, so that both forms
 * of the loop run callbacks in the same order. Times are the loop's monotonic
 * milliseconds. Timers are a binary heap by (due, armed): a cluster of nodes has ten
 * thousand of them, so starting one costs no system call. Each timer knows its place in
 * the heap, hence can be taken out from within any callback.
 */
#ifndef GANTRY_BASE_LOOP_QUEUE_H
#define GANTRY_BASE_LOOP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

struct loop_post {
    loop_fn *fn;
    void *arg;
};

struct loop_timer {
    struct loop *loop;
    loop_fn *fn;
    void *arg;
    int64_t due_ms;
    uint64_t armed; /* the how-manieth arming of the queue this was */
    size_t pos;     /* in the heap, or LOOP_QUEUE_IDLE */
};

#define LOOP_QUEUE_IDLE SIZE_MAX

struct loop_queue {
    struct loop_post *posts; /* posts[head..n) wait */
    size_t head, n_posts, cap_posts;
    struct loop_timer **heap;
    size_t n_heap, cap_heap;
    uint64_t armed;
};

void loop_queue_fini(struct loop_queue *q);
void loop_queue_post(struct loop_queue *q, loop_fn *fn, void *arg);
/* Arms or moves the timer. */
void loop_queue_start(struct loop_queue *q, struct loop_timer *t, int64_t due_ms);
void loop_queue_stop(struct loop_queue *q, struct loop_timer *t);
/* When the next callback is due: `mono_ms` if a post waits, INT64_MAX if nothing does,
 * never before `mono_ms`. */
int64_t loop_queue_due(const struct loop_queue *q, int64_t mono_ms);
bool loop_queue_empty(const struct loop_queue *q);
/* Runs the first callback that is due at `mono_ms`; false when none is. */
bool loop_queue_run_one(struct loop_queue *q, int64_t mono_ms);

#endif

/*
 * loop_private - what base/loop.c (clock, timers, running) and base/loop_source.c
 * (descriptors, signals, children) share.
 */
#ifndef GANTRY_BASE_LOOP_PRIVATE_H
#define GANTRY_BASE_LOOP_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/loop_queue.h"

TAILQ_HEAD(child_list, loop_child);

struct clock {
    int64_t now_ms;
    int64_t mono_ms;
    bool stale; /* real loop: read again when next asked */
};

struct loop {
    struct clock *clock; /* apart, since reading the time of a const loop may read it */
    struct loop_queue queue;
    bool stop;
    size_t n_sources; /* timers, ios, signals, children not yet freed */

    /* The real loop only. The timer is a descriptor, since libevent's own timers stand
     * still while the machine sleeps. */
    struct event_base *base;
    int timer_fd;
    struct event *timer_event;
    int64_t timer_ms; /* what timer_fd is set to; INT64_MAX: not set */

    struct event *child_event; /* SIGCHLD; made with the first child */
    struct child_list running;
    struct child_list ended;
    bool child_check_posted;
};

/* Forgets the children that nobody waits for any more. */
void loop_children_fini(struct loop *loop);

#endif

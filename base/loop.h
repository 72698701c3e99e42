/*
 * loop - the event loop, and with it the only clock there is.
 *
 * A daemon has one loop; callbacks are short and run one at a time. Two forms with
 * one interface: the real loop (libevent: timers, descriptors, signals, child exits)
 * and the virtual loop, whose clock jumps to the next timer, so that a day passes in
 * a moment and the same seed gives the same history. The virtual loop has no
 * descriptors, signals or children: those calls fail on it.
 *
 * loop_now_ms is wall time since the Unix epoch, read once per wake-up: all that one
 * callback does happens at one moment. loop_mono_ms is for durations (boot time: a
 * suspend counts); on the virtual loop both advance together.
 *
 * Order: callbacks that are due at the same millisecond run in the order in which they
 * were armed. A source may be stopped or freed from within any callback, its own
 * included.
 */
#ifndef GANTRY_BASE_LOOP_H
#define GANTRY_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct loop;
struct loop_timer;
struct loop_io;
struct loop_signal;
struct loop_child;
struct event_base;

typedef void loop_fn(void *arg);
typedef void loop_io_fn(void *arg, int fd, unsigned ready);
typedef void loop_signal_fn(void *arg, int signo);
/* `status` is as waitpid(2) gives it. */
typedef void loop_child_fn(void *arg, pid_t pid, int status);

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop *loop_new(struct err *err); /* NULL and err on failure */
/* The clock starts at `now_ms`. Cannot fail. */
struct loop *loop_new_virtual(int64_t now_ms);
/* Frees the loop; all its sources must have been freed. NULL is fine. */
void loop_free(struct loop *loop);
bool loop_is_virtual(const struct loop *loop);

int64_t loop_now_ms(const struct loop *loop);
int64_t loop_now_sec(const struct loop *loop);
int64_t loop_mono_ms(const struct loop *loop);
/* A fresh monotonic reading in the middle of a callback, for work budgets only; the
 * virtual loop returns its standing clock. */
int64_t loop_fresh_mono_ms(const struct loop *loop);

/* Runs until loop_stop. The virtual loop also returns when nothing is armed. */
void loop_run(struct loop *loop);
/* Ends the present run or poll after the present callback; between two, the next one.
 */
void loop_stop(struct loop *loop);
/* Virtual only: runs the next due callback (jumping to its time) if that is due at or
 * before `until_ms`; else sets the clock to until_ms and returns false. */
bool loop_step(struct loop *loop, int64_t until_ms);
/* Real loop: handles what is ready within at most `wait_ms`, then returns. Tests wait
 * on conditions with it. */
void loop_poll(struct loop *loop, int64_t wait_ms);

/* Runs `fn` once, after the present callback, in order of posting. */
void loop_post(struct loop *loop, loop_fn *fn, void *arg);

/* A timer is armed by loop_timer_start (again: moves it) and fires once. */
struct loop_timer *loop_timer_new(struct loop *loop, loop_fn *fn, void *arg);
void loop_timer_start(struct loop_timer *t, int64_t delay_ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_armed(const struct loop_timer *t);
void loop_timer_free(struct loop_timer *t); /* NULL is fine */

/* Calls `fn` while `fd` is ready for any of `events` (level-triggered). NULL on
 * failure. The descriptor stays the caller's. */
struct loop_io *loop_io_new(struct loop *loop, int fd, unsigned events, loop_io_fn *fn,
                            void *arg, struct err *err);
void loop_io_free(struct loop_io *io);

struct loop_signal *loop_signal_new(struct loop *loop, int signo, loop_signal_fn *fn,
                                    void *arg, struct err *err);
void loop_signal_free(struct loop_signal *s);

/* Calls `fn` once when child `pid` has ended (before this call, too), reaping it; then
 * the watch is spent but still has to be freed. Freeing it earlier leaves the child to
 * be reaped by nobody but the loop. ERR_NOT_FOUND: no child of this process, or reaped.
 * A child reaped by others meanwhile reads as exit code 255. */
struct loop_child *loop_child_new(struct loop *loop, pid_t pid, loop_child_fn *fn,
                                  void *arg, struct err *err);
void loop_child_free(struct loop_child *c);

/* The libevent base, for the one HTTP server that is built on libevent; NULL when
 * virtual. */
struct event_base *loop_event_base(struct loop *loop);

#endif

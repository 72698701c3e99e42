/*
 * next_private - what the files of next.h share: next.c (where a job stands, a start
 * that was decided), next_attempt.c (an attempt under way, and how it ends),
 * next_signal.c (signals for it), next_wait.c (a job that waits), next_array.c (an
 * array), next_want.c (the edits of the wanted status).
 *
 * All of them only change `n`; what is persisted is in `v`.
 */
#ifndef GANTRY_CONTROLLER_NEXT_PRIVATE_H
#define GANTRY_CONTROLLER_NEXT_PRIVATE_H

#include "cmd/gantry-controller/next.h"

/* ---- next_want.c ---- */

void want_reason(struct job_next *n, const char *reason, const char *message);
/* Whether it is taken in. */
void want_refusal(const struct job_view *v, struct job_next *n);
enum requeue {
    REQUEUE_NOW,
    REQUEUE_SOON,     /* its node went down: that must be known before the job starts */
    REQUEUE_BACK_OFF, /* it may have been its own fault */
    REQUEUE_DELAYED,  /* as configured: it was preempted */
};

/* Back to the queue, eligible by then. */
void want_requeue(const struct job_view *v, struct job_next *n, enum requeue when);
/* It has ended: now, unless its pods were only being cleaned up since. */
void want_final(const struct job_view *v, struct job_next *n, enum job_state state);
/* It ends now, and its pods are to be cleaned up. */
void want_completing(const struct job_view *v, struct job_next *n, const char *reason,
                     const char *message);
void want_standing(const struct job_view *v, struct job_next *n);
void want_attempt(const struct job_view *v, struct job_next *n, enum job_state state);

#define COMPONENT_REFUSED \
    "Refused: a component of a job ends by itself only while that runs"
#define NO_COMPONENT "Refused: the job has no such component"
#define HOLD_REFUSED \
    "Refused: only tasks of an array are held so; spec.hold holds a job"
void action_done(struct job_next *n, const struct action *action, const char *outcome);
/* What becomes of it where nothing runs; of a signal that. */
const char *action_outcome(const struct action *action, const char *of_signal);
/* True: spec.hold is to be written first, and nothing else. */
bool hold_first(const struct job_view *v, struct job_next *n);
void act_on_pending(const struct job_view *v, struct job_next *n,
                    const struct action *action);

/* ---- next_attempt.c ---- */

/* CONFIGURING or RUNNING; `want` already holds its placement. */
void next_attempt(const struct job_view *v, struct job_next *n);
void next_completing(const struct job_view *v, struct job_next *n);

/* ---- next_signal.c ---- */

/* For the attempt under way. False: it waits until its pods run. */
bool signal_attempt(const struct job_view *v, struct job_next *n,
                    const struct action *action);
/* SIGTERM, once, if it is preempted, which status says, and has no signal for that. */
void signal_preempted(const struct job_view *v, struct job_next *n);
/* What spec.signal says, once, if its time has come. */
void signal_before_limit(const struct job_view *v, struct job_next *n);

/* ---- next_wait.c ---- */

/* Why it waits, when it is to start, who is ahead. */
void next_waiting(const struct job_view *v, struct job_next *n);
/* The same, of one that no action waits for and that is not given up. */
void wait_on(const struct job_view *v, struct job_next *n);
/* It is not to start any more. */
void give_up(const struct job_view *v, struct job_next *n);

/* ---- next_array.c ---- */

/* An array that has an id, in whatever state. */
void next_array(const struct job_view *v, struct job_next *n);

#endif

/*
 * next_cases - the transitions of a job as tables: what is persisted and seen, and
 * what comes of it. tests/gantry-controller/test_next.c makes a view of each row.
 */
#ifndef GANTRY_TESTS_SUPPORT_NEXT_CASES_H
#define GANTRY_TESTS_SUPPORT_NEXT_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/gantry-controller/next.h"

#define CREATED 900
#define NOW 1000

/* When and where a waiting job is to start; start_sec 0: no plan. */
struct given_plan {
    int64_t start_sec;
    bool promised;
    const char *node; /* NULL: n1 */
};

struct given_ahead {
    bool waits; /* for nodes; else nobody is ahead of it */
    struct ahead ahead;
};

/* What is not said is as of a job of attempt 1 that may be requeued and has its id. */
struct given {
    enum job_state state;
    const char *reason, *message;
    int64_t eligible_sec; /* 0: CREATED */
    int restarts, attempt;
    const char *last_action;
    int exit_code; /* recorded; 0: none */
    bool no_end;   /* COMPLETING, and status does not say since when; or: */
    bool no_start; /* when it began */

    const char *actions; /* "1:Cancel 2:Requeue 3:USR1 4:USR1/Batch 5:Cancel+1" */
    const char *deaf;    /* a node that passes no signals */
    const char *warning; /* "USR1", before the limit; NULL: none */
    bool warns;          /* its time has come */
    bool own_signal;     /* which tells it that it is preempted */
    bool no_requeue, deleting, held, unknown, is_script, is_array;
    const char *refusal; /* of the spec */
    const char *closed;  /* no partition takes it in */
    const char *refused; /* so says status, for another reason */

    const char *ranks; /* of the attempt under way; NULL: none */
    const char *failure;
    int64_t launching_sec; /* how long; 0: just now */
    int start;             /* pods of the core's START; 0: none */
    int64_t assigned_id;
    bool unanswered;       /* whether it is taken in is not known */
    bool undecided;        /* the core's first word may still come */
    const char *queue;     /* partitions; NULL: none */
    bool unbound;          /* the one pod of the START is to be */
    int64_t amended_milli; /* CPUs that each pod was found to ask for; 0: as planned */
    bool timed_out, given_up;
    bool couple;     /* all ranks but the first are of component 1 */
    bool ends;       /* the core says END of that; or status says so already, and: */
    bool over, gone; /* that all its pods have ended */
    int64_t preempted_by;  /* so the core says; 0: it does not */
    bool preempt_requeues; /* likewise, or so says status */
    bool yields;           /* so says status of a job that runs: for job 9 */
    bool grace_over;       /* of who is preempted */
    const char *core_reason, *core_message, *note;
    int64_t priority;
    struct given_plan had, told; /* in status, by the core */
    struct given_ahead had_ahead, told_ahead;
    struct sooner had_sooner, told_sooner;
};

/*
 * `then` is what differs from the persisted status, in this order, and what is to be
 * done: "STATE id=7 attempt=2 restarts=1 partition=.. reason=.. message=.. submit=+0
 * eligible=+10 start=+0 end=+0 ahead=1/8/41 plan=+60 promise=+60 exit=0:0 action=1
 * (outcome, if that is not Done) pods=2 cpus=500 preempted=9/requeue over=-5 cancelled
 * gone refusal=.. as=.. write kill-component only-reason only-wait hold launch kill
 * drop signal=1:USR1/All (limit:USR1/All: of spec.signal)".
 * Times are seconds from now; "-" is: none any more.
 */
struct next_case {
    const char *what;
    struct given given;
    const char *then;
};

/* A job that waits, and its START; one whose pods begin, or run; what it is sent, and
 * is warned of; its ending, and what is over. */
extern const struct next_case next_cases_waits[], next_cases_runs[];
extern const struct next_case next_cases_signals[], next_cases_ends[];
extern const size_t n_next_cases_waits, n_next_cases_runs;
extern const size_t n_next_cases_signals, n_next_cases_ends;

#endif

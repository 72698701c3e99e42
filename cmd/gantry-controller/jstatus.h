/*
 * jstatus - status of a BatchJob, the part that decides.
 *
 * As it is persisted (bjob.h), or as it is to be (next.h). Strings are heap strings,
 * NULL when absent; times are seconds, TIME_UNSET when absent. jstatus_fini frees what
 * it holds, not itself.
 */
#ifndef GANTRY_CONTROLLER_JSTATUS_H
#define GANTRY_CONTROLLER_JSTATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "crds/array.h"
#include "crds/convert.h"
#include "crds/jobstate.h"
#include "scheduler/ahead.h"
#include "scheduler/model.h"
#include "scheduler/priority.h"
#include "scheduler/reason.h"
#include "scheduler/sooner.h"

#define AHEAD_NONE (-1)

/* It is to end early, for another job. */
struct preemption {
    int64_t by;        /* that job's id; 0: it is not */
    bool requeue;      /* back to the queue, if it may; else it is over */
    int64_t from_sec;  /* since when it might have been; TIME_UNSET; likewise: */
    int64_t since_sec; /* when its pods are told */
    int64_t end_sec;   /* when they are killed at the latest */
};

/* Components that have ended while the job runs on, by their own time limit or because
 * they were cancelled; a bit each. */
struct component_ends {
    uint32_t over;
    uint32_t cancelled;             /* of these */
    uint32_t gone;                  /* of these: their pods have ended */
    int64_t at_sec[COMPONENTS_MAX]; /* of these: when that was; else 0 */
};

struct jstatus {
    enum job_state state;
    int64_t job_id; /* 0: none */
    int64_t attempt, restarts;
    char *reason, *message;
    bool never;              /* it waits for good, though that reason says less */
    int64_t priority;        /* PRIORITY_UNSET */
    struct priority factors; /* its terms, but for the total */
    char *account, *qos;     /* that it has, also by default */
    char *dependency;        /* with states: crds/dependency.h */
    int64_t limit_sec;       /* in force, where a start may shrink it; LIMIT_UNSET */
    char *limit_asked;       /* the spec's then; NULL: none */
    int64_t submit_sec, start_sec, end_sec; /* TIME_UNSET */
    /* Since when it is eligible; after a requeue from when on. TIME_UNSET: it is not,
     * or only once it may begin. */
    int64_t eligible_sec;
    /* While it waits under limits on who gains age: since when it does, and with
     * ACCRUES_NOT by which of them it does not. TIME_UNSET: none is on it. */
    int64_t accrue_sec;
    char *lacks_age;
    char *partition;   /* where it waits (a list), runs or ran last */
    char *reservation; /* in which it runs or ran last; NULL: none */
    char *license;     /* that it has or had, where it takes any of several; NULL */
    const struct slot *placement;
    size_t n_placement;
    struct preemption preempted; /* of the run now or last */
    struct plan plan;            /* while pending: when and where it is to start */
    int64_t planned_since_sec;   /* since when there has been a plan; TIME_UNSET */
    struct ahead ahead;          /* while it waits for nodes; else jobs is AHEAD_NONE */
    struct sooner sooner;        /* while it waits */
    int exit_code, exit_signal;  /* -1: none recorded */
    char *last_action, *last_outcome;
    char *refusal;              /* message of condition Accepted=False; NULL */
    char *refusal_reason;       /* and its reason */
    int64_t accepted_since_sec; /* since when Accepted is as it is; TIME_UNSET: ever */
    struct array_status *array; /* NULL: no task is of any state yet */
    struct component_ends ends; /* of the run now or last */
};

/* Words of status.preemptMode. */
#define PREEMPT_MODE_REQUEUE "REQUEUE"
#define PREEMPT_MODE_CANCEL "CANCEL"
/* Of a job that runs on. */
struct preemption preemption_none(void);

/* Words of the state of a component that has ended before its job. */
#define COMPONENT_ENDING "COMPLETING"
#define COMPONENT_TIMEOUT "TIMEOUT"
#define COMPONENT_CANCELLED "CANCELLED"
/* Why it ends, or has. */
#define COMPONENT_LIMIT_REASON "TimeLimit"
#define COMPONENT_CANCEL_REASON "None"

void jstatus_init(struct jstatus *s);
void jstatus_fini(struct jstatus *s);
/* From status of an object, which is an array or not. False: its state is
 * none of ours; the rest is read all the same. */
bool jstatus_read(const struct convert *c, const struct json *status, bool is_array,
                  struct jstatus *s);
/* A time of status or metadata; TIME_UNSET: there is none. */
int64_t jstatus_time(const struct json *object, const char *path);
void jstatus_copy(struct jstatus *to,
                  const struct jstatus *from); /* to is uninitialised */
void jstatus_set_array(struct jstatus *s, const struct array_status *array);
bool arrays_equal(const struct array_status *a, const struct array_status *b);
/* A component has ended. */
void component_ends_add(struct component_ends *ends, size_t component, int64_t at_sec);
bool component_ends_equal(const struct component_ends *a,
                          const struct component_ends *b);
bool plan_equal(const struct plan *a, const struct plan *b);
/* Of one that waits for a reason. */
enum wait_class jstatus_class(const struct jstatus *s);
bool jstatus_equal(const struct jstatus *a, const struct jstatus *b);
/* NULL-safe: frees the old text. */
void text_set(char **field, const char *text);

#endif

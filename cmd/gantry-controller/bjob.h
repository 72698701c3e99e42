/*
 * bjob - what the controller keeps of one BatchJob as the API server has it.
 *
 * Made from the object once per version and never changed afterwards; a newer version
 * replaces it whole. Of the pod template only the text is kept (a tree would cost forty
 * times as much). `status` is the persisted status: the truth that an attempt resumes
 * from.
 */
#ifndef GANTRY_CONTROLLER_BJOB_H
#define GANTRY_CONTROLLER_BJOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/siglist.h"
#include "crds/array.h"
#include "crds/convert.h"
#include "crds/jobstate.h"
#include "crds/rules.h"
#include "crds/warning.h"
#include "kubeclient/client.h"
#include "scheduler/ahead.h"
#include "scheduler/model.h"
#include "scheduler/priority.h"

extern const struct kc_resource bjob_resource;

/* Commands on a job, as data (api.md: spec.actions). */
enum action_type {
    ACTION_CANCEL,
    ACTION_REQUEUE,
    ACTION_REQUEUE_HOLD,
    ACTION_SIGNAL,
    ACTION_HOLD, /* of tasks of an array, which are split off */
    ACTION_OTHER
};

struct action {
    char *id;
    enum action_type type;
    struct siglist_item signal; /* of SIGNAL */
    struct taskset *only;       /* of an array: for these of its tasks, none where
                                   they cannot be read; NULL: all */
};

#define ACTION_DONE "Done" /* an outcome; others say why not */

#define AHEAD_NONE (-1)

/* It is to end early, for another job. */
struct preemption {
    int64_t by;        /* that job's id; 0: it is not */
    bool requeue;      /* back to the queue, if it may; else it is over */
    int64_t from_sec;  /* since when it might have been; TIME_UNSET; likewise: */
    int64_t since_sec; /* when its pods are told */
    int64_t end_sec;   /* when they are killed at the latest */
};

/* status, the part that decides. Strings are heap strings, NULL when absent. */
struct jstatus {
    enum job_state state;
    int64_t job_id; /* 0: none */
    int64_t attempt, restarts;
    char *reason, *message;
    int64_t priority;        /* PRIORITY_UNSET */
    struct priority factors; /* its terms, but for the total */
    char *account, *qos;     /* that it has, also by default */
    char *dependency;        /* with states: crds/dependency.h */
    int64_t limit_sec;       /* in force, where a start may shrink it; LIMIT_UNSET */
    char *limit_asked;       /* the spec's then; NULL: none */
    int64_t submit_sec, eligible_sec, start_sec, end_sec; /* TIME_UNSET */
    /* While it waits under limits on who gains age: since when it does, and with
     * ACCRUES_NOT by which of them it does not. TIME_UNSET: none is on it. */
    int64_t accrue_sec;
    char *lacks_age;
    char *partition;   /* where it waits (a list), runs or ran last */
    char *reservation; /* in which it runs or ran last; NULL: none */
    struct slot *placement;
    size_t n_placement;
    struct preemption preempted; /* of the run now or last */
    struct plan plan;            /* while pending: when and where it is to start */
    int64_t planned_since_sec;   /* since when there has been a plan; TIME_UNSET */
    struct ahead ahead;          /* while it waits for nodes; else jobs is AHEAD_NONE */
    int exit_code, exit_signal;  /* -1: none recorded */
    char *last_action, *last_outcome;
    char *refusal;              /* message of condition Accepted=False; NULL */
    char *refusal_reason;       /* and its reason */
    int64_t accepted_since_sec; /* since when Accepted is as it is; TIME_UNSET: ever */
    struct array_status *array; /* NULL: no task is of any state yet */
};

/* Words of status.preemptMode. */
#define PREEMPT_MODE_REQUEUE "REQUEUE"
#define PREEMPT_MODE_CANCEL "CANCEL"
/* Of a job that runs on. */
struct preemption preemption_none(void);

void jstatus_init(struct jstatus *s);
void jstatus_fini(struct jstatus *s);
void jstatus_copy(struct jstatus *to,
                  const struct jstatus *from); /* to is uninitialised */
void jstatus_set_array(struct jstatus *s, const struct array_status *array);
bool arrays_equal(const struct array_status *a, const struct array_status *b);
bool plan_equal(const struct plan *a, const struct plan *b);
bool jstatus_equal(const struct jstatus *a, const struct jstatus *b);
/* NULL-safe: frees the old text. */
void text_set(char **field, const char *text);

/* Of a BatchJob that is a task of an array: whose, and which. */
struct bjob_task {
    char *array_uid;
    int64_t array_id, index;
    int64_t count, first, last, step; /* of all tasks of the array */
};

/* What the pods of a component are made of. */
struct work {
    char *name;          /* of the component; NULL: the job has none */
    char *partition;     /* of its own; NULL: it is where the job is */
    char *template_text; /* a script's too */
    char **env;          /* SLURM_* variables that repeat the request: "NAME=value" */
    size_t n_env;
    uint64_t kin; /* the same where the server sees the pods alike: namespace, template
                     and request of one pod */
};

struct bjob {
    char *ns, *name, *uid;
    char *time_limit;   /* spec.timeLimit; NULL */
    char *job_name;     /* for people: spec.jobName, else name */
    char *partition;    /* spec.partition; NULL: the default */
    uint64_t version;   /* resourceVersion, comparable within a resource (1.35) */
    char *version_text; /* as it came, for preconditions */
    int64_t generation;
    int64_t created_sec;
    bool deleting;
    struct job *model;  /* NULL: refused, see refusal */
    char *refusal;      /* what is wrong with spec */
    struct work *works; /* of the components; of a job that has none, its own */
    size_t n_works;
    char **claims; /* of volumes that any of them names */
    size_t n_claims;
    bool is_script; /* it runs in rank 0, the others wait (crds/convert.h) */
    struct action *actions;
    size_t n_actions;
    struct warning warning; /* spec.signal */
    bool requeue;
    int64_t ttl_sec; /* -1: keep */
    struct jstatus status;
    struct array *array;    /* of an array; NULL: it is none */
    struct bjob_task *task; /* NULL: it is none */
    char *spec_text;        /* of an array: what its tasks are made of */
    char *actions_text;     /* spec.actions of an array or task; NULL: none */
    bool unknown_state; /* another Gantry's word, a newer one's: all is left as it is */
};

/* NULL only when the object is no BatchJob at all (no uid, no name). A spec that cannot
 * be converted gives a bjob with `refusal`. */
struct bjob *bjob_parse(const struct convert *c, const struct json *object,
                        struct err *err);
void bjob_free(struct bjob *b);

/* Has it components, each with an id of its own: the job's, and those that follow? */
bool bjob_is_het(const struct bjob *b);
/* How many ids it has. */
int64_t bjob_n_ids(const struct bjob *b);

/* The first action that was not carried out yet; NULL: none. */
const struct action *bjob_next_action(const struct bjob *b);
/* Likewise, the first that ends an attempt: signals and holds let it go on. */
const struct action *bjob_next_ending(const struct bjob *b);
/* May a start shrink its limit? */
bool bjob_shrinks(const struct bjob *b);
/* Does a start settle what its pod alone would not tell: that, or in which of several
 * reservations it is? */
bool bjob_chooses(const struct bjob *b);
/* Of an array, those that have not been split off. */
struct taskset bjob_tasks_left(const struct bjob *b, const struct array_status *status);
/* Pods that an attempt of this placement has. */
int64_t slots_pods(const struct slot *slots, size_t n);

#endif

/*
 * next - what a job needs next: the transitions, apart from all effects.
 *
 * job_next looks at what is persisted (bjob), at the attempt's ranks and at the core's
 * decision, and answers with the status that should be persisted, and what to do to
 * pods once it is. Called after every change of any of these, as often as one likes.
 *
 *   persisted      seen                              -> status wanted         pods
 *   (none)         an id is at hand, and the core
 *                  said why it waits                 -> PENDING
 *                  or start decided, several pods    -> CONFIGURING (intent)
 *                  or it is not taken in             -> PENDING, Accepted=False
 *                  (refused only where that is sure: doubt.h)
 *   PENDING        given up, for a reason            -> by `causes` (next_wait.c)
 *   PENDING        start decided, several pods       -> CONFIGURING (intent)
 *   PENDING        start decided, one pod            ->                       launch
 *                  ... its pod is bound              -> RUNNING
 *   CONFIGURING    pods missing or unbound           ->                       launch
 *                  all bound                         -> RUNNING
 *                  refused, or past its deadline     -> COMPLETING            then kill
 *   RUNNING        all ended with 0                  -> COMPLETED
 *                  the script ended with 0, others wait -> COMPLETING         then kill
 *                  the time of a component is over  -> of it COMPLETING       then kill
 *                  ... all its ranks have ended     -> of it TIMEOUT
 *                  one failed or vanished, time over,
 *                  cancelled, requeued, preempted
 *                  and its grace time over           -> COMPLETING            then kill
 *   COMPLETING     a rank still runs                 ->                       kill
 *                  all ended                         -> by `endings` (next_attempt.c)
 *
 * An action (spec.actions) that waits comes before all of these but COMPLETING:
 *
 *   PENDING        Cancel                            -> CANCELLED
 *   (final)        Requeue                           -> PENDING
 *   any            RequeueHold                       as Requeue, behind spec.hold
 *   CONFIGURING    Signal                            it waits until all pods run; what
 *                                                    ends the attempt overtakes it
 *   RUNNING        Signal                            ->                       signal
 *                  all pods were sent it             -> lastAction
 *   any other      Signal                            -> lastAction: refused
 *
 * Behind those, while RUNNING: when the time of spec.signal has come and one lacks it,
 * signal. One that is preempted with a grace time is sent SIGTERM, or that signal, and
 * runs on; however it ends meanwhile, it was preempted. Where nobody can signal its
 * pods they are deleted with that time.
 *
 * An array (next_array.c) has no attempts; its state follows from its tasks. Only there
 * Hold is an action: the tasks that it names are split off, held, and it is done once
 * all of them are.
 *
 *   some are not split off                           -> PENDING
 *   all are split off, and some have not ended       -> RUNNING
 *   all have ended     one not well                  -> FAILED
 *                      else one was cancelled        -> CANCELLED
 *                      else                          -> COMPLETED
 *
 * The reason that stands with COMPLETING decides what the end is, so that a restart in
 * the middle ends the same way.
 */
#ifndef GANTRY_CONTROLLER_NEXT_H
#define GANTRY_CONTROLLER_NEXT_H

#include "cmd/gantry-controller/attempt.h"
#include "cmd/gantry-controller/bjob.h"

/* Of an array (tasks.h). */
struct array_view {
    struct array_status status;
    bool splitting;       /* BatchJobs of tasks are being made */
    bool spreading;       /* the action that is next has not come to all its tasks */
    struct taskset deaf;  /* tasks that it cannot come to */
    struct taskset fresh; /* tasks whose BatchJobs have no number yet */
    const char *failure;  /* why one could not be made; NULL */
    int exit_code, exit_signal; /* the highest of those that ended; -1: none */
};

struct job_view {
    const struct bjob *job;
    const struct attempt *attempt; /* number 0: none under way */
    const struct slot *start; /* the core's START that is not persisted yet; NULL */
    size_t n_start;
    int64_t start_limit_sec; /* in force from it on */
    bool unbound;            /* one pod, too, is to be made unbound, behind an intent */
    const struct slot *amended; /* of the attempt under way; NULL: as planned */
    size_t n_amended;
    const char *partition, *reservation, *license; /* of that START; NULL */
    int64_t assigned_id; /* id set aside for a job that has none; 0 */
    bool unanswered;     /* whether it is taken in is not known: it stays as it is */
    bool undecided;      /* its first write waits for what the core says */
    int64_t submit_sec;  /* when it was made, or its array was submitted */
    const char *queue;   /* where it waits: partitions, as a list; NULL: none there */
    const char *refusal, *refusal_reason; /* why it is not taken in; NULL: it is */
    const char *end_reason;               /* the core says END; NULL: it does not */
    const char *end_message;              /* and then, or NULL */
    uint32_t ends; /* components that the core says END of, a bit each */
    const struct preemption *preemption; /* the core says PREEMPT; NULL */
    int64_t requeue_delay_sec;           /* until who was preempted may start again */
    const char *reason, *message;        /* the core's, for a pending job; NULL */
    bool never;                          /* jstatus */
    const char *note;                    /* to be said behind that; NULL */
    const struct plan *plan;             /* likewise */
    const struct ahead *ahead;   /* likewise; NULL too where it waits for no nodes */
    const struct sooner *sooner; /* likewise; NULL: nothing is known */
    int64_t priority;
    const struct priority *factors; /* NULL where the core has not spoken */
    const char *account, *qos;      /* likewise, and where it has none */
    const char *dependency;         /* likewise, with states */
    int64_t eligible_sec; /* likewise, and where it is not; it may lie ahead */
    int64_t accrue_sec;   /* as jstatus has them; likewise: */
    const char *lacks_age;
    int64_t bound_sec; /* the time limit that it has unasked; LIMIT_UNSET */
    const struct array_view *array; /* NULL: it is none */
    const struct action *inherited; /* that its array was given, for it too; NULL */
    bool given_up;                  /* the core says GIVE_UP, for `reason` */
    uint32_t warns;                 /* those for which the time of spec.signal has come:
                                     * components, a bit each, or WARNS_ALL */
    bool own_signal;  /* which says, rather than SIGTERM, that it is preempted */
    const char *deaf; /* a node of the attempt where nobody can signal its pods; NULL */
    int64_t now_sec;
};

#define WARNS_ALL UINT32_MAX

/* To be put into the lists (base/siglist.h) of the pods that lack it. */
struct job_signal {
    bool on;
    struct siglist_item item;
    const char *id;    /* the job's; NULL: of spec.signal */
    int64_t component; /* for this one alone; -1: for all */
    bool wakes;        /* behind SIGCONT, which nobody has asked for */
};

struct job_next {
    bool write;       /* persist `want` */
    bool only_reason; /* reason, message or priority alone: it can wait */
    bool only_wait;   /* of that, not why it waits, but for how long: likewise more */
    struct jstatus want;  /* jstatus_fini in any case */
    bool hold;            /* write spec.hold (User) first; `write` is false then */
    bool inherit;         /* likewise its array's action into spec.actions */
    bool splits;          /* its tasks wait for the write */
    struct taskset apart; /* of an array: to be split off, held */
    bool launch;          /* make and bind what is missing */
    bool kill;            /* delete the attempt's pods that have not ended */
    uint32_t kill_only;   /* likewise those of components, a bit each */
    struct job_signal signal;
    bool drop_start; /* forget the core's decision: the job is not to start */
};

void job_next(const struct job_view *v, struct job_next *ret);
/* May pods still be made and bound? What job_next says of `launch`, for a write whose
 * turn has come; far cheaper. */
bool job_may_launch(const struct job_view *v);

#endif

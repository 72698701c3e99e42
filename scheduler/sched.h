/*
 * sched - the scheduling core: told of changes, asked to step, answers with decisions.
 *
 * Pure: no I/O, no clock, no environment. The same changes and the same now_sec give
 * the same decisions, and a fresh core told sched_snapshot's changes decides as this
 * one does, after any history.
 *
 *   changes --> sched_apply --> [ model, queue ] --> sched_step(now) --> decisions
 *
 * A step, readable aloud: end what must end; start who may start at once with all
 * promises in their places (starts.h); then the walk: recompute priorities; order the
 * queue; for each job: may it start at all; does it fit now: start it; else plan when
 * and where it will, and say why it waits.
 *
 * A waiting job is given the first room on the timeline (book.h) that is long enough
 * for its time limit; jobs behind it in the queue are planned, and started, around it:
 * backfill. Two kinds of plan, in the order of the queue:
 *   - the first `reservation_depth` are promises. They last from step to step, and are
 *     moved to an earlier time only, one by one, when room appears; who comes later,
 *     and be it with a higher priority, is planned around them. A promise is given up
 *     when its room is gone (a node is lost, a job outlasts its limit, a pod of others
 *     appears) or the job may not start any more (held, its shape changed).
 *     Who has waited less than `min_age_reserve_sec`, or has less priority than
 *     `min_prio_reserve`, is promised nothing for the time being and takes no place
 *     among these first.
 *   - the others, up to `max_job_test`, are forecasts, made anew in every walk once all
 *     starts and promises are in their places: they keep room from nobody. With one
 *     promise this is EASY backfill.
 * What is behind those starts where it fits, and has no plan.
 *
 * Gaps are offered in the order of the queue, or, as `backfill_order` says, the
 * shortest limit or the smallest area first (turn.h). Then a walk goes through the
 * queue to promise a start to those of its first jobs that have none, next through all
 * others in the order of gaps, promised ones as well: each is started, or moved to an
 * earlier time. Forecasts come last, as jobs wait. While some wait without a promise,
 * the first of the queue is tried before all others.
 *
 * A job that does not fit now waits with reason Resources; one that would fit if
 * nothing were planned there, with Priority. A job of several partitions is tried once
 * in each, as an entry of its own; it has the most hopeful of the reasons found, and
 * the earliest of the plans.
 *
 * For a job that still waits, running ones may have to end (preempt.h): then its room
 * is promised to it, from their end on.
 *
 * A job that waits for nodes is told who is ahead of it (ahead.h), again only when that
 * has changed by enough to matter.
 *
 * A step that yields goes on later where it stopped, with what has changed meanwhile
 * counted at once but the order kept; changes lead to one more walk after it. So the
 * law above holds at rest, that is when the step returned SCHED_IDLE.
 *
 * After a START decision the core itself counts the allocation as used and has the job
 * as STARTING; it stays so until a change says otherwise. So the caller applies a job
 * only with a state that is later than what it knows of the decision.
 *
 * A START of an array is one of its next task, which the core has from then on as a job
 * of its own, STARTING, with the uid job_task_uid. The caller says that this is gone
 * when it tells of the task under the task's own uid, or the task does not start. The
 * array waits on without that task, so that in one step as many start as fit; without
 * any left it is ASIDE. It is told of as its next task; up to `max_job_array_resv` of
 * its tasks are planned, in places of which only a snapshot says more (follower.h).
 *
 * Queue order: who may preempt another stands before it (lift.h); who is in a
 * reservation that has begun, or whose jobs may run before (FLEX), before all others;
 * priority_tier of the partition, then priority (priority.h), then job_id; the tasks of
 * an array stand where its job_id does, by their indices.
 */
#ifndef GANTRY_SCHEDULER_SCHED_H
#define GANTRY_SCHEDULER_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/ahead.h"
#include "scheduler/broken.h"
#include "scheduler/license.h"
#include "scheduler/model.h"
#include "scheduler/preempt_rules.h"
#include "scheduler/priority.h"
#include "scheduler/reason.h"
#include "scheduler/reservation.h"
#include "scheduler/sooner.h"
#include "scheduler/tresweight.h"
#include "scheduler/topology.h"
#include "scheduler/turn.h"
#include "scheduler/usagereset.h"

struct sched;

struct sched_config {
    int64_t priority_weight_age;       /* slurm.conf PriorityWeightAge; default 1000 */
    int64_t priority_weight_partition; /* PriorityWeightPartition; default 1000 */
    int64_t priority_weight_qos;       /* PriorityWeightQOS; default 1000 */
    int64_t priority_weight_short_limit; /* ours (priority.h); default 0 */
    int64_t priority_weight_small_size;  /* likewise */
    int64_t priority_weight_job_size;    /* PriorityWeightJobSize; default 0 */
    int64_t priority_weight_fairshare;   /* PriorityWeightFairshare; default 1000 */
    int64_t priority_weight_assoc;       /* PriorityWeightAssoc; default 0 */
    struct tres_weights priority_weight_tres; /* PriorityWeightTRES; default none */
    bool priority_favor_small;    /* PriorityFavorSmall: small jobs, not large */
    int64_t priority_max_age_sec; /* PriorityMaxAge; default 7 days */
    int64_t decay_half_life_sec;  /* PriorityDecayHalfLife; default 7 days; 0: none */
    int64_t calc_period_sec;      /* PriorityCalcPeriod; default 5 minutes */
    bool limits_safe;             /* AccountingStorageEnforce=safe: allowance.h */
    int64_t priority_flags;       /* PriorityFlags: priority.h */
    enum usage_reset usage_reset; /* PriorityUsageResetPeriod; default never */
    int64_t usage_reset_sec;      /* of NOW: when that was; TIME_UNSET */
    int64_t fair_share_damping; /* FairShareDampeningFactor: fairclassic.h; default 1 */
    int64_t over_time_sec;      /* OverTimeLimit; default 0; LIMIT_UNLIMITED */
    int64_t resv_over_run_sec;  /* ResvOverRun; likewise */
    int64_t window_sec;         /* SchedulerParameters bf_window; default 7 days */
    int64_t reservation_depth; /* so many that wait are promised a start; default all */
    int64_t min_age_reserve_sec; /* bf_min_age_reserve: who waits less, and ... */
    int64_t min_prio_reserve;   /* ... bf_min_prio_reserve: has less priority, is not */
    int64_t max_job_test;       /* bf_max_job_test: so many are planned; default all */
    int64_t max_job_array_resv; /* bf_max_job_array_resv: of an array's tasks as many;
                                   0: they start at once or wait; default 20 */
    enum backfill_order backfill_order; /* who is offered gaps first; default area */
    bool kill_invalid_depend;      /* kill_invalid_depend: who waits in vain is ended */
    struct license_table licenses; /* Licenses: how many there are */
    enum topology_kind topology_kind;       /* TopologyPlugin; default flat */
    int64_t max_switch_wait_sec;            /* max_switch_wait; default 300 */
    struct topology_labels topology_labels; /* of its levels; as topology.h has them */
    struct block_sizes block_sizes;         /* BlockSizes; none */
    enum preempt_type preempt_type; /* PreemptType; default: nobody is preempted */
    int64_t preempt_mode;           /* PreemptMode: preempt_rules.h; default OFF */
    int64_t preempt_exempt_sec;     /* PreemptExemptTime; default 0 */
    bool preempt_youngest_first;    /* PreemptParameters=youngest_first */
    /* min_exempt_priority: who has a higher one is not preempted; default INT64_MAX:
     * nobody has. */
    int64_t preempt_min_exempt_priority;
    bool preempt_reclaim_licenses; /* reclaim_licenses: reclaim.h */
    /* requeue_delay: when one that was preempted is eligible again; default 120.
     * Whoever puts it back says so. */
    int64_t requeue_delay_sec;
};

struct sched_config sched_config_default(void);
/* Lent parts of it. */
struct topology_rules sched_config_topology(const struct sched_config *config);

enum change_kind {
    CHANGE_NODE,
    CHANGE_NODE_GONE,
    CHANGE_PARTITION,
    CHANGE_PARTITION_GONE,
    CHANGE_QOS,
    CHANGE_QOS_GONE,
    CHANGE_ACCOUNT,
    CHANGE_ACCOUNT_GONE,
    CHANGE_RESERVATION,
    CHANGE_RESERVATION_GONE,
    CHANGE_JOB,
    CHANGE_JOB_GONE,
    CHANGE_FOREIGN_POD,
    CHANGE_FOREIGN_POD_GONE,
    CHANGE_RESOURCES, /* the names behind resvec indices, for messages */
    CHANGE_CONFIG,
};

/* Upserts carry the whole new state; *_GONE carry a key: the uid of a job or pod, else
 * the name. */
struct change {
    enum change_kind kind;
    union {
        struct node *node;
        struct partition *partition;
        struct qos *qos;
        struct account *account;
        struct reservation *reservation;
        struct job *job;
        struct foreign_pod *pod;
        const struct restable *resources;  /* copied */
        const struct sched_config *config; /* likewise */
        const char *key;                   /* lent */
    } u;
};

enum decision_kind {
    DECIDE_START, /* place it: `slots`, `partition`, `limit_sec` */
    DECIDE_END,   /* past its limit and OverTimeLimit, its reservation or grace time */
    DECIDE_GIVE_UP, /* a pending job is to end as `reason` says, which stays */
    DECIDE_SPLIT, /* a task of an array, `task`, is to wait by itself: what it waits for
                     is met, or can never be */
    DECIDE_PREEMPT, /* a running job makes room for `preempted_by` */
    DECIDE_REASON,  /* what is said of a pending job is not what was told last */
};

/* So much of the places of an array is kept where that is written down: who goes on
 * from there plans the others anew. */
#define FURTHER_SLOTS_MAX 256

/* All pointers live until the next step or sched_free. */
struct decision {
    enum decision_kind kind;
    const char *job_uid;
    size_t component;      /* END: that is over, while the others go on; 0: the job */
    const char *partition; /* START: where; REASON: where it is planned */
    /* START: in which it runs; NULL: in none. REASON: in which of several it is
     * planned, else NULL. */
    const char *reservation;
    /* START, and REASON where planned: which of the licences of which it takes any;
     * NULL: it has no choice. */
    const char *license;
    int64_t limit_sec;        /* START: the limit in force; LIMIT_UNLIMITED */
    const struct slot *slots; /* START, and REASON where planned: in rank order */
    size_t n_slots;
    /* REASON, GIVE_UP; END: a limit on usage, else NONE: that on its time */
    enum reason reason;
    /* REASON, GIVE_UP: one plain sentence: what it needs, what is there. END: which
     * other limit than its own ends it; NULL: none. */
    const char *message;
    struct priority priority; /* START, REASON */
    /* START, REASON: that it has, also by default; NULL. REASON: of a job that names
     * several QOS all of them, with commas between. */
    const char *account, *qos;
    /* START, and REASON where planned: which of several QOS that it names; NULL: it
     * names but one. */
    const char *chosen_qos;
    int64_t planned_sec; /* REASON: when it is to start; TIME_UNSET: not planned */
    /* REASON, of an array with a plan: what is promised to tasks behind the next one,
     * as far as that has FURTHER_SLOTS_MAX slots in all. */
    const struct plan *further;
    size_t n_further;
    bool promised;        /* REASON: and not later */
    bool waits_for_nodes; /* REASON: it may start, and `ahead` says who is before it */
    struct ahead ahead;
    struct sooner sooner; /* REASON: what would let it start at once */
    /* START, REASON: since when it is eligible, or from when on (eligible.h);
     * TIME_UNSET: it is not. */
    int64_t eligible_sec;
    /* REASON: since when it gains age under limits on that; TIME_UNSET: none is on it;
     * ACCRUES_NOT: it does not, by the limit that is said there. */
    int64_t accrue_sec;
    const char *lacks_age;
    /* START, REASON: the time limit that its QOS or account set it, since it asks for
     * none; LIMIT_UNSET: they set none. */
    int64_t bound_sec;
    int64_t task;         /* SPLIT; START: of an array, else -1 */
    bool met;             /* SPLIT: it waits for no other job any more */
    int64_t preempted_by; /* PREEMPT: the job id of who is to have its nodes, and: */
    const char *preemptor_uid;
    int64_t preempt_from_sec; /* PREEMPT: since when it might have been preempted */
    bool requeue;        /* PREEMPT: back to the queue, if it may; else it is over */
    int64_t preempt_sec; /* PREEMPT: when it is ended, if it still runs */
};

struct decisions {
    const struct decision *items;
    size_t n;
};

/* The caller's stopwatch: true when the step should yield, or would have to before so
 * many microseconds are over. NULL fn: never. Asked about once per job considered, once
 * before a walk, and now and then while its queue is filled and its timeline is made;
 * before what is not cut in slices whether there is room for it (piece.h: what has
 * waited for a step with more room once needs none). */
struct sched_budget {
    bool (*spent)(void *arg, int64_t ahead_us);
    void *arg;
};
/* Of a step, in microseconds, so that what else its caller has to do never waits longer
 * than 10 ms: it ends at the first look behind that, or before what takes longer than
 * is left (bench_changes: no step is longer than 9.0 ms). */
#define SCHED_STEP_US 9000
static inline bool sched_is_spent(struct sched_budget budget)
{
    return budget.spent != NULL && budget.spent(budget.arg, 0);
}
static inline bool sched_has_room(struct sched_budget budget, int64_t us)
{
    return budget.spent == NULL || !budget.spent(budget.arg, us);
}

enum sched_progress {
    SCHED_IDLE, /* nothing to do until the next change or sched_next_wake */
    SCHED_MORE, /* yielded: step again soon */
};

struct sched *sched_new(const struct sched_config *config);
void sched_free(struct sched *s);
/* Nobody reads what would let jobs start at once (sooner.h): from now on it is neither
 * worked out nor told. */
void sched_leave_hints(struct sched *s);

/* Takes the struct inside an upsert over, whatever it is. An unknown key in *_GONE is
 * nothing. Never fails: what cannot be (a slot on an unknown node) is kept and counted
 * as soon as the node appears. */
void sched_apply(struct sched *s, const struct change *change);

enum sched_progress sched_step(struct sched *s, int64_t now_sec,
                               struct sched_budget budget, struct decisions *ret);

/* When the passing of time alone may change a decision (a begin time, a time limit, a
 * planned start; with jobs waiting, the next minute), or earlier; INT64_MAX: never.
 * `now_sec`: there is something to do now. */
int64_t sched_next_wake(const struct sched *s, int64_t now_sec);

/* Emits upserts (lent, to be copied) that rebuild the core: configuration, resources,
 * nodes, partitions, QOS, accounts, reservations, foreign pods, jobs. */
void sched_snapshot(const struct sched *s,
                    void (*emit)(void *arg, const struct change *change), void *arg);

/* What is used and free on a node now; false if it is unknown. */
bool sched_node_usage(const struct sched *s, const char *node, struct resvec *ret_used,
                      struct resvec *ret_free);
/* How many allocations of jobs there are on a node now. */
size_t sched_node_slots(const struct sched *s, const char *node);
/* Priority of a job at a time; -1 if it is unknown. */
int64_t sched_job_priority(const struct sched *s, const char *job_uid, int64_t now_sec);
/* Why a pending job waits, as last told: REASON_NONE and "" for one that was not
 * considered yet or does not wait. Lent until the next apply or step. False if it is
 * unknown. */
bool sched_job_reason(const struct sched *s, const char *job_uid,
                      enum reason *ret_reason, const char **ret_message);
/* With what has been used of it; lent until the next apply or step. NULL: there is none
 * of that name. */
const struct qos *sched_qos(const struct sched *s, const char *name);
/* Appends which preempt lists lead from that QOS back to it, so that it preempts
 * nobody. False: none do. */
bool sched_say_circle(const struct sched *s, const char *qos, struct str *out);
/* Likewise that it is in percent, and of several partitions, so that jobs of all but
 * one of these wait. False: it is not. */
bool sched_say_relative(const struct sched *s, const char *qos, struct str *out);
/* Likewise that its WITHIN does nothing, as preemption goes by partitions. False: it
 * has none, or that is not so. */
bool sched_say_within(const struct sched *s, const char *qos, struct str *out);
/* Likewise why an account is in no tree, so that its jobs wait. False: it is in the
 * tree, there is none of that name, or accounts have changed since the last step. */
bool sched_say_account_fault(const struct sched *s, const char *account,
                             struct str *out);
/* With what its members have used; lent until the next apply or step. NULL: there is
 * none of that name. */
const struct account *sched_account(const struct sched *s, const char *name);
/* With the nodes that were chosen for it; likewise lent. */
const struct reservation *sched_reservation(const struct sched *s, const char *name);
/* One that clashes with it (reserve.h); NULL: none. */
const struct reservation *sched_reservation_clash(const struct sched *s,
                                                  const char *name);
/* What it holds of the i-th of the nodes that were chosen for it (portion.h); false: it
 * has them whole. */
bool sched_reservation_holds(const struct sched *s, const char *name, size_t i,
                             struct resvec *ret);
/* The job that runs into it; 0, -1: reserve.h. */
int64_t sched_reservation_run_into(const struct sched *s, const char *name);
/* Appends that it does not act, has its nodes whole though it asks for less of them, or
 * keeps no licences, as there are too many of them. */
void sched_say_idle_reservation(const struct sched *s, const char *name,
                                struct str *out);
/* Is it under way, or over, and no job runs in it, by its name, or waits for it? One
 * that has been so for its purge_sec may go (PURGE_COMP). False: there is none. */
bool sched_reservation_idle(const struct sched *s, const char *name, int64_t now_sec);
/* What slots of a job count for, as one pod each, where it has nodes alone: to be let
 * go with slots_unref. NULL: for no more than what their pods ask for. */
const struct slot *sched_counts(const struct sched *s, const struct job *job,
                                const struct slot *slots, size_t n);
/* Above 0, and another one whenever nodes or partitions have changed. */
uint64_t sched_cluster_gen(const struct sched *s);
/* Up to when jobs have been charged to accounts; TIME_UNSET: never yet. */
int64_t sched_charged_sec(const struct sched *s);
/* The partition of jobs that name none, nor a reservation that has one; NULL: there is
 * none. Lent until the next apply. */
const char *sched_default_partition(const struct sched *s);
/* The i-th of those of such a job: of several reservations each has its own, which may
 * be the same (reserve_partition). Lent likewise. NULL: there is none. */
const char *sched_unnamed_partition(const struct sched *s, const struct job *job,
                                    size_t i);
size_t sched_n_unnamed_partitions(const struct job *job);
/* Lent until the next apply; NULL: there is none of that name. */
const struct partition *sched_partition(const struct sched *s, const char *name);
/* The first that `takes`: the partition itself, its alternate, the alternate of that.
 * NULL: none of them, or there is no partition (NULL). */
typedef bool sched_takes_fn(const void *arg, const struct partition *part);
const struct partition *sched_taker(const struct sched *s, const struct partition *part,
                                    sched_takes_fn *takes, const void *arg);
/* Appends what a partition names that is not there: nodes, or its QOS, while which its
 * jobs wait, or its alternate. False: nothing, or there is none of that name. */
bool sched_say_missing(const struct sched *s, const char *partition, struct str *out);
/* Who was ahead of a job that waits for nodes in the last walk; none for others. */
struct ahead sched_job_ahead(const struct sched *s, const char *job_uid);
/* What a waiting job was told last of what would let it start at once. */
struct sooner sched_job_sooner(const struct sched *s, const char *job_uid);
/* The job as the core has it, lent until the next apply or step; NULL: unknown. */
const struct job *sched_job(const struct sched *s, const char *job_uid);
/* The QOS of a component, also by default; NULL: none. Lent until the next change. */
const char *sched_component_qos(const struct sched *s, const struct job *job,
                                size_t component);
/* Do limits of QOS and accounts let a new job be queued in a partition? REASON_NONE, or
 * the reason with its sentence appended. Jobs count as soon as they are applied as
 * pending. While jobs are counted anew, as limits have changed, who is under a limit on
 * how many are queued is not answered: `ret_waits` is set, with REASON_NONE, and it is
 * to be asked about again once steps have counted all. NULL: the answer cannot wait,
 * and all are counted at once. */
enum reason sched_check_new(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message,
                            bool *ret_waits);
/* Is something of that left to steps? */
bool sched_is_counting(const struct sched *s);
/* What Slurm says of one that they keep out. */
#define SCHED_LIMITED_TEXT                                                           \
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time " \
    "limits)"
/* The account that the job has, also by default; NULL: none. Lent until the next
 * change; true after a step. */
const char *sched_job_account(const struct sched *s, const char *job_uid);
/* Would it go back to the queue, where it runs, if it were preempted? */
bool sched_job_returns(const struct sched *s, const char *job_uid);
/* When its time limit ends it, if it runs on; INT64_MAX: never, or it does not run. */
int64_t sched_job_end(const struct sched *s, const char *job_uid);
/* Likewise of a component, by its own limit or with the job. */
int64_t sched_component_end(const struct sched *s, const char *job_uid,
                            size_t component);
/* Promises that this has broken, so far. */
size_t sched_broken_promises(const struct sched *s, enum broken cause);
/* What broke a promise of the job last; BROKEN_NOT: nothing, since it came. */
enum broken sched_job_broken(const struct sched *s, const char *job_uid);
/* Seconds in which plans did not come to rest: there is none, unless a rule of ours is
 * wrong (restless.h). */
size_t sched_restless(const struct sched *s);
size_t sched_count(const struct sched *s, enum job_phase phase);

#endif

/*
 * model - what the scheduler knows: nodes, partitions, jobs, foreign pods.
 *
 * One data model in the middle. Objects of the API become these structs once, in crds/;
 * nothing here knows JSON. Units: cpu in thousandths, memory in bytes, everything else
 * in counts; times in seconds since the epoch. "Not given" is a value of its own
 * (TIME_UNSET, LIMIT_UNSET, NICE...), never zero by accident.
 *
 * Structs made by *_new or *_copy are freed by *_free with all they hold. Strings are
 * heap strings of the struct that holds them.
 */
#ifndef GANTRY_SCHEDULER_MODEL_H
#define GANTRY_SCHEDULER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/limits.h"
#include "scheduler/select.h"
#include "scheduler/taskset.h"
#include "scheduler/used.h"

#define TIME_UNSET INT64_MIN
#define PRIORITY_UNSET (-1)

/* ---- resources ---- */

#define RES_MAX 16
#define RES_NAME_MAX 64

/* The first entries of every table; extended resources follow in order of appearance.
 */
enum { RES_CPU, RES_MEM, RES_EPHEMERAL, RES_PODS, RES_FIXED };

/* Names of the resource kinds a cluster has; append-only, so an index never changes. */
struct restable {
    int n;
    int gpu; /* which of them is GPUs; -1: none */
    char name[RES_MAX][RES_NAME_MAX];
};

/* What a pod uses counts itself as well: one of RES_PODS. */
struct resvec {
    int64_t v[RES_MAX];
};

/* "cpu", "memory", "ephemeral-storage", "pods". */
void restable_init(struct restable *t);
/* Index of a name, made if new; -1 when the table is full or the name too long. */
int restable_intern(struct restable *t, const char *name);
int restable_find(const struct restable *t, const char *name); /* -1: unknown */

void resvec_add(struct resvec *a, const struct resvec *b);
void resvec_sub(struct resvec *a, const struct resvec *b);
/* Adds `n` times as much, up to more than any node has; takes it away where n < 0. */
void resvec_add_times(struct resvec *a, const struct resvec *b, int64_t n);
bool resvec_fits(const struct resvec *need, const struct resvec *free_);
/* How many times `need` fits into `free_`; INT64_MAX for an empty need. */
int64_t resvec_times(const struct resvec *need, const struct resvec *free_);
bool resvec_is_zero(const struct resvec *a);

/* ---- nodes ---- */

struct node {
    char *name;
    struct resvec capacity; /* allocatable */
    struct label *labels;   /* sorted by key */
    size_t n_labels;
    struct taint *taints;
    size_t n_taints;
    char *gpu_type;     /* NULL: none known */
    bool ready;         /* condition Ready is True */
    bool unschedulable; /* cordoned: Slurm's DRAIN */
    int64_t weight;     /* nodes with less are taken before it; Slurm's, default 1 */
};

/* ---- partitions ---- */

/* What a second of one of a resource costs: of a CPU, a MiB, a node, a device, a
 * licence. */
#define BILLING_NODE "node"
#define BILLING_LICENSE "license/" /* with its name behind */
struct billing_weight {
    char *resource; /* a name of the restable's, or BILLING_* */
    char *gpu_type; /* of GPUs: NULL: every type */
    int64_t nano;   /* billionths */
};

enum part_state { PART_UP, PART_DOWN, PART_DRAIN, PART_INACTIVE };

#define LIMIT_UNSET (-1)
#define LIMIT_UNLIMITED INT64_MAX /* DURATION_UNLIMITED */

/* Which jobs may use a partition. An empty allow list allows all; a deny list counts
 * where its allow list is empty. All are sorted. An account stands for those below it.
 */
struct access {
    char **allow_accounts, **deny_accounts;
    size_t n_allow_accounts, n_deny_accounts;
    char **allow_qos, **deny_qos;
    size_t n_allow_qos, n_deny_qos;
    char **allow_namespaces;
    size_t n_allow_namespaces;
    char **allow_groups, **deny_groups; /* of who submitted */
    size_t n_allow_groups, n_deny_groups;
    bool operators; /* operators only (RootOnly) */
};

/* What a partition says of amounts that its jobs ask for, or do not: variant.h. Bytes,
 * and CPUs; 0: nothing. */
struct part_amounts {
    int64_t def_cpus_per_gpu;
    int64_t def_mem_per_node, def_mem_per_cpu, def_mem_per_gpu; /* one of these */
    int64_t max_mem_per_cpu, max_mem_per_node;                  /* likewise */
    int64_t max_cpus_per_node; /* of all its jobs together: quota.h */
};

/* So many alternates, each that of the one before: those of a circle end, too. */
#define ALTERNATES_MAX 16

struct partition {
    char *name;
    struct term selector; /* no requirements and no node_names: every node */
    char **node_names;    /* in addition to the selector, a list; sorted */
    size_t n_node_names;
    bool is_default;
    enum part_state state;
    int64_t priority_tier;          /* higher first, before any priority */
    int64_t priority_job_factor;    /* 0..65535 */
    int64_t max_time_sec;           /* LIMIT_UNLIMITED */
    int64_t default_time_sec;       /* LIMIT_UNSET: max_time_sec */
    int64_t over_time_sec;          /* LIMIT_UNSET: the configuration's */
    int64_t min_nodes;              /* 0: none */
    int64_t max_nodes;              /* LIMIT_UNLIMITED */
    struct billing_weight *billing; /* none: as billing.h says */
    size_t n_billing;
    struct access access;
    char *qos;     /* of all its jobs, besides their own; NULL: none */
    int64_t lifts; /* its bounds that jobs need not keep by that, by the core alone */
    struct part_amounts amounts;
    bool exclusive;         /* each job has its nodes alone */
    bool exclusive_user;    /* or beside others of its user only */
    int64_t oversubscribe;  /* so many jobs may have a CPU: oversubscribe.h; 0: one */
    bool oversubscribe_all; /* whether they ask for it or not: FORCE */
    bool req_resv;          /* for jobs of a reservation only */
    bool hidden;            /* not shown to who does not ask; nothing to plan */
    bool lln;               /* the least loaded nodes first, not those that fit best */
    char *alternate;        /* takes new jobs while this one does not; NULL: none */
    int64_t preempt_mode;   /* of its jobs, as with QOS */
    int64_t grace_sec;
};

/* ---- QOS and accounts ---- */

/* Flags of a QOS, by Slurm's words (qos_flag). */
#define QOS_OVER_PART_QOS 1 /* its limits come before those of the partition's QOS */
#define QOS_DENY_ON_LIMIT 2 /* a job that is itself over limits is not taken in */
#define QOS_NO_RESERVE 32   /* no room is kept for jobs that wait */
#define QOS_NO_DECAY 64     /* what has been used of it does not fade */
/* What its jobs may use is times its usage factor, where limits are safe. */
#define QOS_USAGE_FACTOR_SAFE 128
#define QOS_REQUIRES_RESERVATION 256 /* it is for jobs that name one */
#define QOS_ENFORCE_USAGE_THRESHOLD 512
#define QOS_RELATIVE 1024 /* its limits on TRES are percent: relative.h */
/* Bounds of partitions that its jobs need not keep: */
#define QOS_PART_TIME_LIMIT 4 /* the longest time limit */
#define QOS_PART_MAX_NODES 8
#define QOS_PART_MIN_NODES 16
#define QOS_LIFTS (QOS_PART_TIME_LIMIT | QOS_PART_MAX_NODES | QOS_PART_MIN_NODES)

/* What jobs have used, and when that is true: usage.h. */
struct usage {
    struct used past; /* at `usage_sec` */
    struct used
        recent; /* of jobs that have ended since, as it will be at `recent_sec` */
};
struct usage_time {
    int64_t usage_sec;  /* TIME_UNSET: nothing has been charged */
    int64_t recent_sec; /* TIME_UNSET: nothing is recent */
    /* While jobs are being charged up to usage_sec (charge.h): since when those owe who
     * have not been yet; TIME_UNSET: since their start. USAGE_SETTLED: nobody does. */
    int64_t owed_sec;
};
#define USAGE_SETTLED INT64_MAX
#define USAGE_NEVER ((struct usage_time){TIME_UNSET, TIME_UNSET, USAGE_SETTLED})

#define SHARE_ONE 1000000 /* a whole fair share */

struct qos {
    char *name; /* first, so that lists of named structs can be searched alike */
    int64_t priority;
    int64_t usage_factor;    /* thousandths of what its jobs would be charged else */
    int64_t limit_factor;    /* thousandths: times limits of accounts on TRES held;
                                LIMIT_UNSET: as another one in force has it, or one */
    int64_t usage_threshold; /* of SHARE_ONE, least fair share; LIMIT_UNSET: none */
    int64_t flags;
    struct limits limits;
    struct usage usage;
    struct usage_time as_of;
    char **preempt; /* whose jobs its own may preempt; sorted */
    size_t n_preempt;
    int64_t preempt_mode;       /* of its jobs: preempt_rules.h; 0: as configured */
    int64_t preempt_exempt_sec; /* so long they are let run; LIMIT_UNSET: likewise */
    int64_t grace_sec;          /* from the first signal to the kill */
    bool in_circle;             /* worked out: its lists lead back to it; and: */
    char *relative_to; /* a partition (relative.h); NULL: all nodes, if to any */
};

/* Which QOS the jobs of an account or a member may have. */
struct qos_choice {
    char *by_default; /* of jobs that name none; NULL: as with the account above */
    char **allowed;   /* sorted; none: likewise */
    size_t n_allowed;
};

/* Shares of an account or a member that stands as its parent does. */
#define SHARES_PARENT (-1)
#define SHARES_DEFAULT 1
#define ACCOUNT_ROOT "root"

/* Who may charge an account: a user, or all who submit in a namespace; in one partition
 * only, or in all. Slurm's association of a user. Its usage is as of when its account
 * says. */
struct member {
    char *user, *ns;  /* one of them */
    char *partition;  /* NULL: all */
    int64_t shares;   /* SHARES_PARENT */
    int64_t priority; /* PRIORITY_UNSET: the account's */
    struct usage usage;
    bool former; /* no member any more; its usage stays with the account */
    struct limits limits;
    struct qos_choice qos;
};

/* A node of the tree of accounts, and its members. Jobs are charged to members. The
 * root has no object of its own, unless somebody makes one. */
struct account {
    char *name;             /* first */
    char *parent;           /* NULL: root */
    int64_t shares;         /* SHARES_PARENT */
    int64_t priority;       /* PRIORITY_UNSET: the parent's; the root's is 0 */
    struct member *members; /* sorted: member_compare */
    size_t n_members;
    struct limits limits;
    struct qos_choice qos;
    struct usage_time as_of;
};

/* ---- jobs ---- */

/* Among the groups of a job: an operator has submitted it. */
#define GROUP_OPERATORS "gantry.dev:operators"

enum job_hold { HOLD_NONE, HOLD_USER, HOLD_ADMIN };

/* Of a job that waits under limits on how many gain age: it does not, for now; or that
 * is still to be seen. */
#define ACCRUES_NOT INT64_MAX
#define ACCRUES_UNSEEN (INT64_MAX - 1)
#define ELIGIBLE_NOT INT64_MAX

/* As the core sees it. STARTING and RUNNING hold their allocation; COMPLETING holds
 * what is left of it until the pods are proven gone. The last two are nothing to plan:
 * the core knows them for the jobs that depend on them. One that comes as ENDED with
 * what it held pays for it, up to its end, and holds nothing. */
enum job_phase {
    JOB_PENDING,
    JOB_STARTING,
    JOB_RUNNING,
    JOB_COMPLETING,
    JOB_ASIDE, /* not taken in yet */
    JOB_ENDED, /* see `failed` */
};

/* Slurm's dependencies: what another job must have done. */
enum depend_kind {
    DEPEND_AFTER,        /* started, `delay_sec` ago, or ended */
    DEPEND_AFTER_ANY,    /* ended */
    DEPEND_AFTER_OK,     /* ended well */
    DEPEND_AFTER_NOT_OK, /* ended otherwise */
    DEPEND_SINGLETON,    /* no earlier job of the user has the same name */
    DEPEND_AFTER_CORR,   /* the task of the same index has ended well */
};

/* MET and FAILED are for good, whatever becomes of the other job. */
enum depend_state { DEPEND_NEW, DEPEND_OPEN, DEPEND_MET, DEPEND_FAILED };

#define DEPEND_WHOLE (-1)
struct depend {
    enum depend_kind kind;
    int64_t job_id; /* 0: of a singleton */
    int64_t task;   /* of that array; DEPEND_WHOLE: the job as a whole */
    int64_t delay_sec;
    enum depend_state state;
    /* Of an aftercorr: that array as it went, all of it well or ill. NULL: it is there,
     * or what it has come to stands in the state. */
    struct job_array *was;
};

/* What becomes of a job whose dependencies can never be met. */
enum depend_hopeless { HOPELESS_BY_CONFIG, HOPELESS_STAYS, HOPELESS_ENDS };

/* Pods of equal size on one node. Lists of them are shared, and do not change: see
 * slots_new. */
struct slot {
    const char *node;
    int64_t pods;
    struct resvec each;
    int64_t first_rank;
    int64_t tasks;     /* Slurm's, of each of the pods */
    int64_t component; /* of a heterogeneous job; else 0 */
    /* What each counts for, where that is more CPUs than it takes: other jobs have them
     * as well (oversubscribe.h). 0: it counts for what it takes. */
    int64_t cpu_milli;
    bool alone; /* once it is held: no other job's are beside it, and it counts for all
                   of the node; that does not change with its partition */
    bool owned; /* likewise: no other user's are, and it counts for what it takes */
};

/* So many of a licence (license.h). */
struct license {
    char *name; /* first */
    int64_t count;
};

/* A place and a time that is kept for a pending job. */
#define PLAN_FAR INT64_MAX
struct plan {
    int64_t start_sec; /* TIME_UNSET: none; PLAN_FAR: when, nobody knows yet */
    bool promised;     /* kept from step to step; else a forecast */
    bool yielded;      /* then: others have ended early for the job (yield.h) */
    char *partition;
    /* Which one, where the job names several, or is to be drawn in; else NULL. */
    char *reservation;
    char *license;            /* likewise */
    char *qos;                /* likewise */
    const struct slot *slots; /* in rank order */
    size_t n_slots;
    /* Of an array, and promised to tasks behind the next one; the core has these as
     * followers (follower.h). */
    struct plan *further;
    size_t n_further;
};

/* What lies on the nodes of a divided job one by one: tasks or GPUs, or both in a
 * fixed proportion. */
struct unit {
    int64_t count;      /* of the job */
    int64_t most;       /* in one pod */
    int64_t tasks;      /* Slurm's, in each further one of a pod */
    struct resvec each; /* what each further one of a pod asks for */
};
#define UNITS_MAX 2

/* Features that so many of a job's nodes must have: one of the alternatives each. */
struct feature_count {
    char *text; /* in Slurm's words, for people */
    struct term *any;
    size_t n_any;
    int64_t count;
};

/* Components of a heterogeneous job. */
#define COMPONENTS_MAX 16

/* So many QOS a job may name, and in so many ways it may be run: in each of its
 * partitions and reservations, with each of its QOS and of the licences of which it
 * takes any. Each is tried, in each walk. */
#define QOS_LIST_MAX 8
#define CHOICES_MAX 256

/* The longest time limit that QOS and account allow in one partition; or
 * LIMIT_UNLIMITED. */
struct wall {
    int64_t limit_sec;
};

/* The highest priority that a job has had in a partition while it waits. */
struct reached {
    char *partition;
    int64_t priority;
};

/* So much of each node a job may have in a partition; of 0, all that there is. */
struct node_cap {
    char *partition;
    struct resvec most;
    int64_t reason; /* why it waits that does not fit so: an enum reason */
};

/* The tasks of an array, each in one of these sets. */
struct job_array {
    struct taskset left; /* not split off */
    struct taskset out;  /* split off, and not ended */
    struct taskset well; /* have ended well */
    struct taskset ill;  /* have ended otherwise */
};

#define PAID_SO_FAR INT64_MAX

struct job {
    /* identity */
    char *uid; /* the object's */
    char *ns;
    char *name;
    char *job_name; /* Slurm's, for people; NULL: `name` */
    char *user;
    char **groups; /* of who submitted it, as the API server knows them; sorted */
    size_t n_groups;
    int64_t job_id; /* 0: not yet given; such a job waits */
    /* A task that was split off an array: that one's job id, and its index. */
    int64_t array_id; /* 0: it is none */
    int64_t array_task;
    /* An array is one job for those of its tasks that have not been split off. When it
     * starts, the next of them is split off. */
    struct job_array *array; /* NULL: it is none */
    int64_t tasks_limit;     /* of it or of its tasks, also in a task: that may hold
                                nodes at a time; 0: no limit */

    /* policy */
    char **partitions; /* as asked; none: the default partition */
    size_t n_partitions;
    char *account, *qos; /* as asked; NULL: the default */
    /* Where it asks for several QOS, two at least, each once: it has whichever it can
     * start with first. `qos` is that one then, from its start on; NULL before. */
    char **qos_list;
    size_t n_qos_list;
    int64_t
        qos_at; /* of them, by the core alone: with which it is looked at (guise.h) */
    int64_t submit_sec;
    int64_t eligible_sec; /* not before; TIME_UNSET: at once */
    /* By the core alone: since when, or from when on (eligible.h); ELIGIBLE_NOT: it is
     * held, or waits for another job; TIME_UNSET: it is still to be found. */
    int64_t eligible_since_sec;
    int64_t limit_sec;    /* LIMIT_UNSET: the partition's */
    int64_t time_min_sec; /* a limit that would do; LIMIT_UNSET: none less */
    int64_t deadline_sec; /* to be over by then; TIME_UNSET: whenever */
    int64_t nice;
    int64_t priority;    /* PRIORITY_UNSET: computed */
    int64_t site_factor; /* a term of it */
    bool raised;         /* by the core alone: its place in the queue is (overtake.h) */
    int64_t reached;     /* the highest that it has had while it waits; 0: none */
    struct reached *reached_in; /* likewise in each of several partitions */
    size_t n_reached_in;
    enum job_hold hold;
    bool no_requeue; /* sbatch --no-requeue: what ends it early ends it for good */
    struct depend *depends; /* all must be met, or with depends_any one of them */
    size_t n_depends;
    bool depends_any;
    enum depend_hopeless hopeless;
    char **reservations; /* as asked: it is to run in one of them, whichever is first */
    size_t n_reservations;
    int64_t borrow_sec;       /* the warning with which it gives back nodes of others'
                         * reservations (--signal=R:); LIMIT_UNSET: it borrows none */
    struct license *licenses; /* that it takes; each once, sorted by name */
    size_t n_licenses;
    bool any_license; /* one of these, whichever is free first: sorted as asked */

    /* shape: min_pods..max_pods equal pods; one_per_node is Slurm's way (a pod is a
     * node's share of the job), otherwise several may share a node */
    int64_t min_pods, max_pods;
    bool one_per_node;
    bool exclusive;            /* no other job's pods on its nodes */
    bool exclusive_user;       /* no other user's */
    bool oversubscribe;        /* other jobs may have its CPUs as well */
    bool contiguous;           /* its nodes have neighbouring positions (cluster.h) */
    int64_t segment;           /* so many of its nodes each lie in one block; 0: any */
    bool spread_segments;      /* each in a block of its own */
    bool consolidate_segments; /* all in one larger block */
    int64_t most_switches;     /* leaves that it would have at most; 0: any number */
    int64_t switch_wait_sec;   /* it waits for that so long; LIMIT_UNSET: as it may */
    struct resvec each;
    int cpus; /* the resource that its CPUs are counted in: RES_CPU; a variant that
                       shares them takes less of that (oversubscribe.h) */
    int64_t added_milli; /* of its CPUs in `each`, what the server adds to a pod: nobody
                            shares that; may be negative */
    int64_t tasks;       /* Slurm's, in `each` */
    char *gpu_type;      /* NULL: any */
    bool own_cpus; /* it says how many; else a partition may (variant.h); likewise: */
    bool own_mem;

    /* A divided job (n_units > 0, one_per_node): its units lie on min_pods..max_pods
     * nodes, one of each kind at least in a pod. A pod with k of units[0] and m of
     * units[1] asks for each + (k - 1) x units[0].each + (m - 1) x units[1].each, so
     * its pods may differ. On as few nodes as fit; `spread`: on as many. */
    struct unit *units;
    size_t n_units; /* at most UNITS_MAX */
    bool spread;

    /* where: all of node_all, and one of node_any if there are any */
    struct term node_all;
    struct term *node_any;
    size_t n_node_any;
    struct term *same; /* one of these, the same on all its nodes */
    size_t n_same;
    struct feature_count *counts; /* a node counts for one of them */
    size_t n_counts;
    char *constraint; /* Slurm's words for what is among these; NULL: none */
    char **node_list; /* nodes it must have (Slurm's -w); sorted */
    size_t n_node_list;
    char **exclude; /* nodes it must not have; sorted */
    size_t n_exclude;
    struct toleration *tolerations;
    size_t n_tolerations;

    /* A heterogeneous job: components that start together, each of a shape of its own;
     * unless it is exclusive, on nodes that they may share. It is itself the first; of
     * the others only "shape" and "where" are read, `lifts`, `caps`, and what they may
     * name or else have of the job's: `account`, `qos`, the first of `partitions`,
     * `limit_sec`; `exclusive`, `exclusive_user` and `oversubscribe` are the job's.
     * With a limit of its own one may end before the job, and with the job it does:
     * then `end_sec`, and `gone`. */
    struct job *others;
    size_t n_others; /* below COMPONENTS_MAX */

    /* run */
    enum job_phase phase;
    int64_t start_sec; /* TIME_UNSET while pending; ENDED without a start: its end */
    int64_t end_sec;   /* COMPLETING and ENDED; TIME_UNSET: not known */
    bool failed;       /* ENDED: not well */
    bool gone;         /* of a component: it has ended, and holds nothing any more */
    char *partition;   /* where it runs; NULL while pending */
    char *reservation; /* in which it runs, or ran; NULL: not said (job_reservation) */
    char *license;     /* of any_license: that it has; NULL: not said (job_licenses) */
    const struct slot *alloc; /* in rank order */
    size_t n_alloc;
    struct plan plan;     /* while pending: what was promised */
    int64_t preempted_by; /* the job that its nodes are freed for; 0: none */
    int64_t preempt_sec;  /* and then: when it is ended, if it still runs */
    /* By the core alone: it has paid into all that are open, while it runs (charge.h);
     * or up to its end, once it has ended. */
    bool charged;
    /* Up to when it has been charged, whoever pays from then on: kept by the core,
     * which may be told as the job comes. TIME_UNSET: it has not, or nobody knows;
     * PAID_SO_FAR: up to the end of the period now. */
    int64_t paid_sec;

    /* From its QOS and account, by the core alone: the longest time limit that they
     * allow (to who has a least one also by minutes of a TRES), and which bounds of
     * partitions it need not keep by its own QOS (QOS_LIFTS); that of each component
     * too. */
    int64_t wall_sec;   /* LIMIT_UNLIMITED; of several partitions in the first: */
    struct wall *walls; /* in each of them; none: in all the same */
    size_t n_walls;
    int64_t lifts;
    struct node_cap *caps; /* of each component too: nodecap.h */
    size_t n_caps;
    /* Likewise, while it waits: since when it gains age, at the earliest (accrue.h);
     * ACCRUES_*; TIME_UNSET: no limit is on that. */
    int64_t accrue_sec;
};

/* ---- pods that are not ours ---- */

struct foreign_pod {
    char *uid;
    char *node;
    struct resvec use;
    bool of_job; /* left of a job of ours that is gone: exclusive jobs wait for it */
    char *partition; /* that this was in, whose CPUs it still has; NULL: none */
};

struct node *node_new(void);
struct node *node_copy(const struct node *n);
void node_free(struct node *n);        /* NULL is fine; so for all below */
struct partition *partition_new(void); /* UP, unlimited */
struct partition *partition_copy(const struct partition *p);
void partition_bill(struct partition *p, const char *resource, const char *gpu_type,
                    int64_t nano);
void partition_free(struct partition *p);
struct qos *qos_new(void);
struct qos *qos_copy(const struct qos *q);
void qos_free(struct qos *q);
int64_t qos_flag(const char *word); /* 0: there is none of that name */
struct account *account_new(void);
struct account *account_copy(const struct account *a);
void account_free(struct account *a);
bool qos_choice_equal(const struct qos_choice *a, const struct qos_choice *b);
bool usage_equal(const struct usage *a, const struct usage *b);
struct usage usage_copy(const struct usage *u);
void usage_fini(struct usage *u);
/* Adds one of default shares; `user` or `ns`, the other NULL. Lent until the next. */
struct member *account_add(struct account *a, const char *user, const char *ns,
                           const char *partition);
void account_sort(struct account *a);
/* The name of the account above; NULL: it is the root. */
const char *account_parent(const struct account *a);
/* Where a member of the same would be, or is. */
size_t account_member_place(const struct account *a, const struct member *key);
/* By users, then namespaces, each by name; the one of all partitions before those of
 * one. 0: they are of the same. */
int member_compare(const struct member *a, const struct member *b);
struct job *job_new(void); /* pending, one pod, nothing asked */
struct job *job_copy(const struct job *j);
void job_free(struct job *j);
struct foreign_pod *foreign_pod_new(void);
struct foreign_pod *foreign_pod_copy(const struct foreign_pod *p);
void foreign_pod_free(struct foreign_pod *p);

/* Adds a kind of unit, no bound on those of one pod; lent until the next. */
struct unit *job_add_unit(struct job *j, int64_t count, const struct resvec *each);
/* The fewest of the kinds: no job has more pods. INT64_MAX: it is not divided. */
int64_t job_least_units(const struct job *j);
/* The job in equal shares: where one of two kinds is a multiple of the other, with one
 * kind instead, a share of both. `ret` is lent, for as long as `j` and `ret_unit` stay.
 * False: there are no such shares. */
bool job_unite(const struct job *j, struct job *ret, struct unit *ret_unit);
/* Does a job have its nodes alone there? Once it holds nodes that stays as it began.
 * `part` NULL: in none that is known. */
bool job_is_alone(const struct job *j, const struct partition *part);
/* Likewise: beside whom it is there. */
enum sharing {
    SHARES_WITH_ALL,
    SHARES_WITH_USER, /* with other jobs of its user, however these share */
    SHARES_WITH_NONE,
};
enum sharing job_sharing(const struct job *j, const struct partition *part);
/* Of a shape: may no other user's pods be there? Then it is planned on vacant nodes. */
static inline bool job_is_private(const struct job *like)
{
    return like->exclusive || like->exclusive_user;
}
/* The QOS that it has, by name; of several that it is looked at with. NULL: that which
 * it has by default. */
const char *job_qos(const struct job *j);
/* Which of several it names so; its `n_qos_list`: none. */
size_t job_qos_named(const struct job *j, const char *name);
/* The longest time limit that its QOS, the partition's and its account allow there. */
int64_t job_wall(const struct job *j, const struct partition *part);
/* What bounds a job in a partition, but for those that their QOS lift. */
int64_t job_max_time(const struct job *j, const struct partition *part);
int64_t job_max_nodes(const struct job *j, const struct partition *part);
int64_t job_min_nodes(const struct job *j, const struct partition *part);
/* Adds a component; lent until the next. */
struct job *job_add_component(struct job *j);
/* Drops those behind the first `n` of its others. */
void job_cut_components(struct job *j, size_t n);
/* Amounts of one component, a pod's or a unit's: with the CPUs that count. */
struct resvec component_counts(const struct job *j, const struct resvec *v);
/* What it asks for at least, over all pods, and counts for; INT64_MAX where that is
 * more. */
struct resvec job_ask(const struct job *j);
/* Does a component of it ask for a GPU type? And what such components ask for. */
bool job_asks_type(const struct job *j, const char *gpu_type);
struct resvec job_ask_typed(const struct job *j, const char *gpu_type);
/* Of one component, or of a job that is but one: what it would take. */
struct resvec component_ask(const struct job *j);
/* By index: the job itself is the first one. */
const struct job *job_component(const struct job *j, size_t component);
/* Does a component other than the first have a time limit of its own? */
bool job_is_uneven(const struct job *j);
/* Is a slot of its allocation still held? */
bool job_holds(const struct job *j, const struct slot *slot);
/* Is it the job's number? Components have those that follow that of the job. */
bool job_has_id(const struct job *j, int64_t job_id);
/* How many nodes its counted features are of together. */
int64_t job_counted_nodes(const struct job *j);
/* How many nodes it needs at least, in whatever partition; a component of it. */
int64_t job_least_nodes(const struct job *j);
int64_t component_least_nodes(const struct job *j);

/* The reservation that it runs in or is planned in, or the only one that it names.
 * NULL: none, or it is not settled yet which of several. */
const char *job_reservation(const struct job *j);
/* Does it run in this one, or may it yet? */
bool job_names_reservation(const struct job *j, const char *name);
/* Some licences, lent. */
struct license_list {
    const struct license *items;
    size_t n;
};
/* Those that it has, or is to have by its plan. Where it takes any of several and it is
 * not settled yet which: none. */
struct license_list job_licenses(const struct job *j);
/* In how many ways it may take its licences; and its i-th. NULL: there is one way. */
size_t job_license_choices(const struct job *j);
const char *job_license_choice(const struct job *j, size_t i);
/* The job as it is with that one (NULL: as it is), lent; in `view`, if need be. */
const struct job *job_with_license(const struct job *j, const char *license,
                                   struct job *view);
/* The name that people gave it. */
const char *job_name(const struct job *j);
/* Does anybody own it? Otherwise it is its namespace's. */
bool job_has_user(const struct job *j);
/* The array that it is, or is a task of; 0: neither. */
int64_t job_array_id(const struct job *j);
/* Makes it an array, of no tasks yet, if it is none. Lent. */
struct job_array *job_array(struct job *j);
/* As which the core has a task that it has started (sched.h); to be freed. */
char *job_task_uid(const char *array_uid, int64_t task);
/* How many tasks the job stands for: 1 where it is no array. */
int64_t job_tasks(const struct job *j);
struct job_array *job_array_copy(const struct job_array *array); /* NULL is fine */
/* Of two jobs, either of which may be no array. */
bool job_arrays_equal(const struct job *a, const struct job *b);
/* Is the same asked for, whatever the states? */
bool depends_equal(const struct job *a, const struct job *b);

/* Adds some of a licence, to those of the same name where it has them. */
void licenses_add(struct license **licenses, size_t *n, const char *name,
                  int64_t count);
void licenses_free(struct license *licenses, size_t n);

/* Empties what these hold, not the struct itself. */
void feature_counts_free(struct feature_count *counts, size_t n);
void node_caps_free(struct node_cap *caps, size_t n);
struct reached *reached_copy(const struct reached *list, size_t n);
void reached_free(struct reached *list, size_t n);
struct node_cap *node_caps_copy(const struct node_cap *caps, size_t n);
/*
 * A list of slots is made whole, with the names of their nodes, and never changes. So
 * it is shared by all who have it: a plan, the decision that tells of it, the job that
 * starts there, copies of these. It goes when the last of them lets it go; they are
 * counted without locks. A view of a part of it (component.h) is not a list.
 */
/* Copies them, and what they lend. NULL: of none. */
const struct slot *slots_new(const struct slot *from, size_t n);
const struct slot *slots_ref(const struct slot *slots); /* NULL is none */
void slots_unref(const struct slot *slots);             /* likewise */
/* To be changed, and made a list again: the same, with names lent. Free with free. */
struct slot *slots_draft(const struct slot *slots, size_t n);
/* What each of its pods counts for: under limits, for those who pay, and for people. */
struct resvec slot_counts(const struct slot *slot);
void plan_clear(struct plan *plan);            /* to none */
void plans_free(struct plan *plans, size_t n); /* with their array */
struct plan plan_copy(const struct plan *plan);
struct plan *plans_copy(const struct plan *plans, size_t n); /* NULL: none */

bool partition_has_node(const struct partition *p, const struct node *n);
/* Do jobs without a partition go there rather than to `other` (NULL: nowhere)? Of those
 * that say they are the default the first by name is it. */
bool partition_is_default_before(const struct partition *p,
                                 const struct partition *other);
/* It takes no new jobs; those that are queued there stay. */
bool partition_is_closed(const struct partition *p);

#endif

/*
 * ledger - what is true of a world: every job, pod and node as the server has them, and
 * what runs on the machines, with the history that the checks need.
 *
 * Written by the server's own watches in the middle of each write, so nothing is missed
 * and nothing is late. Facts are never forgotten: an object that is gone stays with
 * `gone` set. What the controller believes is nowhere in here.
 */
#ifndef GANTRY_TESTS_WORLD_LEDGER_H
#define GANTRY_TESTS_WORLD_LEDGER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "cmd/gantry-local/amounts.h"
#include "crds/array.h"
#include "crds/jobstate.h"
#include "tests/world/server.h"

#define NEVER_MS INT64_MIN
#define AFTER_CORR "aftercorr:" /* of dependencies, those that users give */

struct node_fact {
    UT_hash_handle hh;
    char *name;
    struct amounts allocatable;
    bool gone, ready;
    int64_t ready_ms;  /* since when it is as `ready` says */
    int64_t silent_ms; /* when it was last seen not to be ready, or gone; NEVER_MS */
};

struct pod_fact {
    UT_hash_handle hh;
    char *uid, *ns, *name;
    struct job_fact *job; /* NULL: foreign */
    int64_t attempt, rank;
    struct amounts use;
    char *planned;   /* annotation gantry.dev/node; NULL */
    char *partition; /* likewise gantry.dev/partition */
    char *node;      /* NULL: unbound */
    bool gone, deleting, terminal, succeeded, accounted;
    int exit_code, exit_signal;         /* -1: none */
    int64_t made_ms, bound_ms, over_ms; /* NEVER_MS; over: terminal or gone */
    bool late;    /* made by a request that arrived after its sender had given up */
    bool stuck;   /* its container does not end, whatever is done to it */
    bool meddled; /* somebody other than the controller deleted it */
    bool just_bound;
    bool made_bound;     /* made on its node */
    bool bound_blind;    /* to a node that was not ready */
    unsigned noted;      /* what of it stands in the trace already */
    bool reported;       /* its node said that it took it on */
    int starts, running; /* of its container, on the machine */
    char *signals;       /* its list (base/siglist.h); NULL: none yet */
    bool list_broken;    /* what was in it is not, or is in it twice */
    int had[NSIG];       /* how often its container has had each signal */
    int again;           /* one that it has had more often than its list says; 0 */
};

struct part_fact {
    UT_hash_handle hh;
    char *name;
    int64_t closed_ms; /* since when it takes no new jobs; NEVER_MS: it does */
    int64_t max_cpus;  /* of a node, that its jobs have together; 0: any number */
    int64_t max_nodes; /* that each has; likewise */
};

/* Of nobody who has jobs here. */
struct resv_fact {
    UT_hash_handle hh;
    char *name;
    char *node;               /* "": none is chosen */
    int64_t made_ms;          /* or chosen */
    int64_t start_ms, end_ms; /* at the latest: it may be deleted before */
};

/* status, and what else moves. */
struct job_view_fact {
    enum job_state state;
    int64_t job_id, attempt, restarts;
    int64_t preempted_by; /* 0: nobody */
};

struct job_fact {
    UT_hash_handle hh;
    char *uid, *ns, *name;
    char *partition; /* spec.partition, perhaps a list; NULL: the default */
    char *qos;       /* of several: that it has; NULL: none, or it is not known yet */
    char *qos_asked; /* spec.qos; NULL: none */
    char *account;   /* likewise */
    char *user;      /* likewise: it is its namespace's */
    bool exclusive_user;
    int64_t made_ms;
    bool is_range;           /* spec.nodes is "1-3" or the like, or ntasks decides */
    int64_t pods_asked;      /* for a range of nodes: what it was given last */
    int64_t first_pods;      /* of those, of the first component; 0: it has none */
    int64_t part_limit_sec;  /* of the second one; -1: none of its own */
    bool part_over;          /* status says that the second one has ended by itself */
    int64_t limit_sec;       /* spec.timeLimit; -1: none */
    int64_t least_limit_sec; /* spec.timeMin, or the same */
    int64_t deadline_sec;    /* -1: none */
    int64_t licenses;        /* of the one that there is */
    bool says_more;  /* its start may say more than its node: a limit, or which QOS */
    int64_t ttl_sec; /* -1: none */
    int exit_wanted; /* what its simulated pods end with by themselves */
    int cancels, requeues; /* actions asked so far */
    int64_t actions_left;  /* of all, how many status does not know of */
    bool requeue;
    bool held;             /* spec.hold */
    int64_t yielded_to;    /* who it was preempted for last; 0: nobody */
    int64_t yielded_ms;    /* and when */
    int64_t after_id;      /* of dependency aftercorr: on whom; 0: none */
    struct taskset worked; /* of an array: its tasks that were COMPLETED at some time */
    bool is_array;
    struct taskset tasks;       /* of an array */
    struct array_status states; /* likewise, of those that have been split off */
    char *array_uid;            /* of a task: whose; NULL: it is none */
    int64_t index;
    bool gone, deleting;
    int64_t generation;
    struct job_view_fact now, was;
    int64_t intent_ms;          /* when status took on `now.attempt` */
    int64_t start_sec, end_sec; /* -1 */
    int64_t state_writes;       /* changes of its state */
    int64_t status_writes;      /* changes of anything in its status */
    char *exit, *reason;
    struct pod_fact **pods; /* all there ever were */
    size_t n_pods, cap_pods;
};

/* Called after a fact has changed; the server must not be asked. */
struct ledger_ops {
    void (*job)(void *arg, struct job_fact *job);
    void (*pod)(void *arg, struct pod_fact *pod);
};

struct ledger {
    const struct loop *loop;
    struct job_fact *jobs;
    struct pod_fact *pods;
    struct node_fact *nodes;
    struct part_fact *parts;
    struct resv_fact *resvs;
    int64_t high_jobs;  /* of QOS high that may run at a time; 0: any number; so: */
    int64_t side_nodes; /* for those of partition side */
    int64_t lab_jobs, red_cpus, red_nodes; /* for accounts: teams.h */
    const struct ledger_ops *ops;
    void *arg;
    int64_t services; /* of gangs, that are there */
    bool changed;     /* set by every event; the reader clears it */
    char **late;      /* names of pods whose create arrived late */
    size_t n_late, cap_late;
};

void ledger_init(struct ledger *l, struct server *s, const struct loop *loop,
                 const struct ledger_ops *ops, void *arg);
void ledger_fini(struct ledger *l);

struct job_fact *ledger_job(const struct ledger *l, const char *uid); /* NULL */
/* The first that was made of those with a job id; NULL. */
struct job_fact *ledger_numbered(const struct ledger *l, int64_t job_id);
struct pod_fact *ledger_pod(const struct ledger *l, const char *uid);
struct node_fact *ledger_node(const struct ledger *l, const char *name);
struct part_fact *ledger_part(const struct ledger *l, const char *name);
/* A pod of that name, made from now on, is late. */
void ledger_expect_late(struct ledger *l, const char *pod_name);

/* Bound and not over. */
bool pod_holds(const struct pod_fact *p);
/* Its node was silent or gone at some time since the pod was bound: nobody could know
 * what it did. */
bool pod_unseen(const struct ledger *l, const struct pod_fact *p);
/* What the pods that `count` says yes to hold on a node; `ret` is empty before. */
void ledger_use(const struct ledger *l, const char *node,
                bool (*count)(void *arg, const struct pod_fact *p), void *arg,
                struct amounts *ret);

#endif

/*
 * record - the controller's memory of each job, and the pieces that work on it.
 *
 * Memory is never the truth: a record is rebuilt from the API (BatchJob status, and the
 * pods labelled with its uid). Private to this folder.
 *
 *   bjob (newest version seen, by watch or by the answer to our own write)
 *   start (the core's decision until its intent is persisted)
 *   attempt (ranks: what is known of the pods of the attempt under way)
 *
 * Who calls whom: watches and answers change a record, then call record_reconcile,
 * which asks next.h what is to be done and queues it in lanes; a ticket whose turn has
 * come asks again, so that what changed meanwhile is in it.
 */
#ifndef GANTRY_CONTROLLER_RECORD_H
#define GANTRY_CONTROLLER_RECORD_H

#include <uthash.h>

#include "cmd/gantry-controller/attempt.h"
#include "cmd/gantry-controller/bjob.h"
#include "cmd/gantry-controller/intake.h"
#include "cmd/gantry-controller/lanes.h"
#include "cmd/gantry-controller/next.h"
#include "cmd/gantry-controller/start.h"
#include "cmd/gantry-controller/tasks.h"
#include "cmd/gantry-controller/told.h"
#include "cmd/gantry-controller/volumes.h"
#include "scheduler/sched.h"

struct controller;
struct service;
struct making;

struct record {
    struct controller *ctl;
    char *uid; /* key */
    UT_hash_handle hh;
    struct bjob *job; /* NULL: not seen (its pods are strays), or deleted */
    struct start start;
    struct attempt attempt;
    struct intake intake;
    struct tie tie;
    uint64_t outlooks; /* how often intake or tie has changed */
    struct told told;
    bool timed_out;
    char *end_reason, *end_message; /* then: by which limit, and its sentence or NULL */
    uint32_t ends; /* the core's END of components, a bit each, until status says it */
    struct preemption preemption; /* the core's PREEMPT, until status says it */
    char *preemptor;              /* then: the uid of the job that it ends for */
    bool awaited;                 /* others end once its own number is stored */
    bool given_up;                /* the core's GIVE_UP, for `reason` */
    enum reason reason;
    char *message;
    struct plan plan;   /* the core's, as told last */
    struct ahead ahead; /* likewise */
    struct sooner sooner;
    int64_t priority; /* PRIORITY_UNSET: the core has not spoken yet */
    struct priority factors;
    char *account, *qos;  /* NULL: none */
    int64_t eligible_sec; /* TIME_UNSET: it is not */
    int64_t accrue_sec;   /* as jstatus has them: */
    char *lacks_age;
    int64_t bound_sec;   /* the time limit that QOS or account set it; LIMIT_UNSET */
    char *dependency;    /* with states; NULL: it has none */
    int64_t assigned_id; /* while status has none; 0 */
    int64_t seen_sec;    /* when it was first seen, if it had no id */
    uint64_t sure_at;    /* the look after which it may be refused, doubt.h; 0: none */
    bool id_first;       /* its first status was refused: nothing is to hang on it */

    struct ticket ticket; /* of the status write, or of the delete at its ttl */
    bool status_busy;     /* a write, the read after one, or the wait for that */
    bool dirty;           /* in controller.dirty */
    struct record *next_dirty;
    size_t ops;              /* pod writes queued or under way */
    uint64_t status_version; /* of the object that the last write was decided on */
    struct kc_call *status_call;
    struct loop_timer *retry;   /* NULL until first needed */
    struct loop_timer *warning; /* until spec.signal is due; NULL */

    struct pod **pods; /* the cache's items with this uid, in no order */
    size_t n_pods, cap_pods;

    struct service *service; /* the cache's item; NULL */
    char *service_uid;       /* by watch or by the answer to our create; NULL: none */
    struct making *making;   /* the create under way; NULL */

    struct tasks tasks;

    bool quota_turn, quota_waits; /* to make its pods, quota.c */
};

struct record *record_get(struct controller *ctl, const char *uid); /* made if new */
struct record *record_find(const struct controller *ctl, const char *uid);
/* Takes a version of the object over if it is newer than what is known. */
void record_update(struct record *r, struct bjob *take);
/* Brings attempt, core and pods in line with the newest version (record_update does;
 * again once all caches are synced). */
void record_settle(struct record *r);
void record_vanished(struct record *r);
/* Partitions have changed: which of them have it now? */
void record_ask_partitions(struct record *r);
/* One of its claims, or its volume, has changed: where may it start now? */
void record_ask_volumes(struct record *r);
/* Frees the record if nothing holds it any more. */
void record_drop_if_empty(struct record *r);
void record_free(struct record *r);
/* The server will not have its status: what is not persisted is given up. */
void record_unwritten(struct record *r);
void record_begin_start(struct record *r, const struct decision *d);
/* It is to end for another, as soon as that one's number is stored: else nobody might
 * ever have the number that its status would name. */
void record_preempt(struct record *r, const struct decision *d);
/* Takes over what was decided for it before it had a record. */
void record_take_start(struct record *r, struct start *take);
/* Takes over what a START or REASON decision says of the job itself. */
void record_stand(struct record *r, const struct decision *d);
/* Takes the plan of a REASON decision over, and who is ahead. */
void record_plan(struct record *r, const struct decision *d);
/* Has record_run called in this turn of the loop, once, however often it is asked. */
void record_reconcile(struct record *r);
/* Asks next.h and queues what it says. */
void record_run(struct record *r);
void record_next(const struct record *r, struct job_next *ret);
/* May pods of the start or attempt under way still be made and bound? */
bool record_may_launch(const struct record *r);
void record_add_pod(struct record *r, struct pod *pod);
void record_remove_pod(struct record *r, const struct pod *pod);
/* Is this pod one that the job's status (or the start under way) expects? */
bool record_expects(const struct record *r, const struct pod *pod);
/* Is what a pod that is expected has counted with its job? Not that of a component that
 * has ended before the others: where its node was silent then, some may still run
 * there. */
bool record_holds(const struct record *r, const struct pod *pod);
/* Is it of the attempt that a finished job ended with? */
bool record_keeps(const struct record *r, const struct pod *pod);
/* Where the attempt under way is placed. */
const struct slot *record_slots(const struct record *r, size_t *ret_n);
const char *record_partition(const struct record *r);
const char *record_reservation(const struct record *r);
const char *record_license(const struct record *r);
/* Of several that it names; where it names but one perhaps NULL. */
const char *record_qos(const struct record *r);

#endif

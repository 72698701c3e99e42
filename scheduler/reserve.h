/*
 * reserve - the reservations that the core knows: their nodes, and who may use them.
 *
 * Nodes are settled at the beginning of each walk. Where they are to be chosen, the
 * core takes nodes that are up and under no pressure, in its partition and with its
 * features, in no other reservation at that time (unless either may overlap), on which
 * nobody runs into its time and pods of others leave some CPU (unless ignore_jobs), and
 * whose lasting taints somebody tolerates: a job that names it, or, as who runs there
 * has to, everybody, where all such nodes have them. Of these come first those that it
 * shares with no other, then those with the fewest taints PreferNoSchedule that no job
 * that names it tolerates, then those of the least weight, then those of which pods of
 * others have least, in quarters of a node, then those with the fewest promises to
 * break, then by name. It takes all or none: a reservation without is tried again in
 * each walk. Chosen nodes that go down, or come under pressure, are replaced (unless
 * static_alloc), as many of them as there are others for; so are used ones (replace).
 * What was chosen is part of the snapshot, and whoever stores reservations stores it.
 *
 * One that is to hold portions of its nodes (portion.h) gets as few as have as much
 * free in its time as it holds of each; jobs may run there, and others hold portions
 * beside it.
 */
#ifndef GANTRY_SCHEDULER_RESERVE_H
#define GANTRY_SCHEDULER_RESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/cluster.h"
#include "scheduler/fence.h"
#include "scheduler/reason.h"
#include "scheduler/reservation.h"
#include "scheduler/revisit.h"
#include "scheduler/sched.h"

struct entry;
struct jobrec;
struct sched;
struct seeker;

/* Slots of the timeline, the last excluded. */
struct held_span {
    size_t first, last;
};

struct resvrec {
    struct reservation *resv;
    node_set nodes;
    size_t n_nodes;
    struct lot
        lot; /* of one that holds portions of them; LOT_NONE: it has them whole */
    struct held_span *spans; /* in which it holds them, of the timeline of now */
    size_t n_spans, spans_cap;
    bool overfull; /* jobs in it have more of a node than it holds of that */
};

struct tally; /* reserve_private.h */

/* Who is in the way of those that lack nodes, one job after the other. A step that has
 * no time left stops between two jobs. Until all are counted nothing is decided;
 * whoever changes meanwhile is taken out before, and counted again behind the last one.
 * Where nodes, rules or reservations change it begins anew. */
struct counting {
    bool running;
    uint64_t gen, rules_gen; /* of the cluster and the rules that it is of */
    struct tally *tallies;   /* of those that lack nodes */
    size_t n;
    uint32_t round;
    struct jobrec *next;     /* NULL: all have been looked at */
    struct revisits changed; /* or come, meanwhile */
};

/* Those that lack nodes choose them, one after the other, by what was counted, and once
 * more as long as one of them has others by that: what one leaves another may have that
 * could not be served before. So it is the same as if all were chosen anew. */
struct service {
    bool running; /* some have chosen; closures and the timeline do not know yet */
    size_t next, round;
    bool moved, any; /* some have others: in this round, or in any */
};

struct reserve {
    struct resvrec *recs; /* by name */
    size_t n, cap;
    struct closure closures[RESV_MAX]; /* of those that act */
    struct fence **fences;             /* of the timeline of now */
    size_t n_fences, fences_cap;
    int64_t next_sec; /* when one begins or ends next; TIME_NEVER */
    bool changed;     /* since they were settled */
    bool lends;       /* one of those that act lends its nodes */
    bool magnetic;    /* one draws jobs in: magnet.h */
    uint64_t gen;     /* cluster.gen of that */
    struct counting counting;
    struct service service;
};

void reserve_fini(struct reserve *r);
void reserve_drop_fences(struct reserve *r);
/* Takes it over. Keeps the nodes that were chosen, where it is the same. True: it
 * changes something. */
bool reserve_put(struct reserve *r, struct reservation *resv);
bool reserve_drop(struct reserve *r, const char *name);
/* NULL: there is none of that name. */
const struct resvrec *reserve_find(const struct reserve *r, const char *name);

/* One that has nodes of this one at the same time, though neither may share them; NULL:
 * none, or not of those that act. As of the last walk. */
const struct reservation *reserve_clash(const struct sched *s, const char *name);

/* Is one of the slots on its nodes? They are settled. */
bool reserve_has_slot_of(const struct sched *s, const struct resvrec *rec,
                         const struct slot *slots, size_t n);

/* The first, by number, of the jobs that run on its nodes and will into its time, but
 * for its own and those that borrow them; 0: none, or it takes no notice of them; -1:
 * the next walk tells. */
int64_t reserve_run_into(const struct sched *s, const char *name);

/* Appends that it does not act, has its nodes whole though it asks for less of them, or
 * keeps no licences, where there are too many before it. */
void reserve_say_idle(const struct reserve *r, const char *name, struct str *out);

/* Before a walk, the cluster being settled: who is in the way is counted, and those
 * that lack nodes choose them. False: the budget is spent, and it is to be called
 * again. */
bool reserve_prepare(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* Its part of that which is done in slices. */
bool reserve_count(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* The job is about to change, or one of the places of its array, or has come; once a
 * walk runs that is nothing. */
void reserve_uncount(struct sched *s, struct jobrec *rec);
/* The job is about to be freed. */
void reserve_skip(struct sched *s, struct jobrec *rec);
/* It is to begin anew. */
void reserve_uncount_all(struct reserve *r);
/* Resolves and chooses nodes, at the beginning of a walk; the cluster is settled. Where
 * it changes something the timeline is void. */
void reserve_settle(struct sched *s);
/* Would that choose nothing? */
bool reserve_is_settled(const struct sched *s);
/* Fences are made for the timeline of now from here on. */
void reserve_renew(struct sched *s, int64_t now_sec);
/* Of a timeline that is made anew: licences are kept for them. */
void reserve_keep(struct sched *s);
/* What is shut to the job where it is to run in the partition and the reservation of
 * that name (NULL: in none); NULL: nothing. */
const struct fence *reserve_fence(struct sched *s, const struct job *job,
                                  const struct partrec *part, const char *name);
/* The same, if that were its time limit. */
const struct fence *reserve_fence_within(struct sched *s, const struct job *job,
                                         const char *name, int64_t limit_sec);

/* Resources that reservations hold portions of are to have columns, before the cluster
 * is settled. */
void reserve_want_columns(struct sched *s);
/* Takes what they hold of a timeline that is made anew, before anything else is. */
void reserve_hold(struct sched *s, int64_t now_sec);
/* Do they hold it in the same slots still, after timeline_advance? */
bool reserve_holds_on(struct sched *s, int64_t now_sec);
/* Once all that jobs hold is on it: what those in one that has become smaller have more
 * than it holds is taken of what is open as well, as long as they have it. */
void reserve_hold_excess(struct sched *s);
/* Is it such a one (NULL: it is none)? With its jobs that changes. */
bool reserve_is_overfull(const struct sched *s, const char *name);
/* The lot of jobs in the reservation of that name (NULL: in none). */
struct lot reserve_lot(const struct sched *s, const char *name);
/* That of which such a job takes on a node: on one that the reservation has no more it
 * takes of what is open, as others do. */
struct lot reserve_lot_on(const struct sched *s, const char *name, size_t position);

/* The one that a job is to run in which names it; NULL: in none, or that one is over
 * and nobody needs it any more. */
const struct resvrec *reserve_own(const struct sched *s, const char *name);
/* The i-th of the partitions that a job may be in: of those that it names; as in Slurm
 * who names none is in that of each of its reservations; in the default one where that
 * has none, or the job names none. NULL: that is not there. */
struct partrec *reserve_partition(const struct sched *s, const struct job *job,
                                  size_t i);
/* Whether there is one of that name or not. NULL: it is the default one. */
const char *reserve_partition_name(const struct sched *s, const struct job *job,
                                   size_t i);
/* Of so many, of which several may be the same. */
size_t reserve_n_partitions(const struct job *job);
/* May jobs in the reservation of that name (NULL: in none) begin now? Those in one that
 * is to come are planned as others are: in Slurm they are not in the queue yet. */
bool reserve_is_on(const struct sched *s, const char *name);
/* The nodes that a job in that one would rather have, as it may have others too; NULL:
 * it is all the same to it. */
const uint64_t *reserve_home(const struct sched *s, const char *name);
/* The only nodes that a job in that one may have; NULL: it may have any. */
const uint64_t *reserve_within(const struct sched *s, const char *name);
/* Is it for this job in a partition (NULL: in none), with all of its components? */
bool reserve_admits(const struct sched *s, const struct reservation *r,
                    const struct job *job, const struct partrec *part);
/* May the job run in that reservation, now or in time? */
enum reason reserve_check(const struct sched *s, const struct job *job,
                          const struct partrec *part, const char *name,
                          struct str *message);
/* Why the job does not start, where reservations are the reason; s->message says it.
 * REASON_NONE: they are not. */
enum reason reserve_why(struct sched *s, const struct entry *entry,
                        const struct seeker *by);
/* Have jobs in the reservation of that name (NULL: in none) nodes that may have been
 * lent to others? */
bool reserve_claims(const struct sched *s, const char *name);
/* And may they have those back that another one has, or is planned on? */
bool reserve_claims_from(const struct sched *s, const char *name,
                         const struct job *other);
/* The name, of whoever starts now and names it; NULL: that reservation is over, and
 * nobody needs it any more. */
const char *reserve_running_in(const struct sched *s, const char *name);
/* Does it replace what is used, so that nodes are to be chosen once a job has started
 * in it? */
bool reserve_replaces(const struct sched *s, const char *name);
/* When the occurrence is over that a job runs in that started then; TIME_NEVER: it is
 * in none. */
int64_t reserve_end(const struct sched *s, const struct job *job);

#endif

/*
 * herd - the running jobs that one side may preempt, the cheapest first, and what would
 * be free of them on each node.
 *
 * Many jobs of one QOS may wait at once: the herd is found once for all of them, and
 * holds while the walk goes on in the same second and nothing is told to the core. What
 * differs from one that asks to the next is asked of each of them anew (herd_muster).
 *
 *   by QOS          a herd for each QOS
 *   by partition    for each partition
 *   a job whose components have QOS or partitions of their own, or in a reservation
 *   that lends its nodes: for that job
 */
#ifndef GANTRY_SCHEDULER_HERD_H
#define GANTRY_SCHEDULER_HERD_H

#include "scheduler/preempt_rules.h"
#include "scheduler/sched.h"
#include "scheduler/timeline.h"

struct jobrec;
struct claim;
struct partrec;
struct sched;

#define HERDS_MAX 8 /* at once; another one takes the place of the oldest */

struct victim {
    struct jobrec *rec;
    struct preempt_side side;
    int64_t cost;      /* the lower the sooner; then: */
    int64_t work;      /* that is lost: node-seconds */
    size_t nodes;      /* that it holds */
    int64_t since_sec; /* it may be preempted */
    int64_t end_sec;   /* when it is ended, if it is taken */
    size_t from;       /* the slot from which on its room is free then */
    bool requeue;
    bool out; /* of no use for who asks */
    bool taken;
    bool tried; /* scratch */
};

#define VICTIM_NONE SIZE_MAX

/* What is free on a node if a victim ends, or, with VICTIM_NONE, if a plan goes. */
struct share {
    size_t position, victim;
    struct use use;
    size_t first, last; /* slots */
};

/* By node, and there in the order of the victims. */
struct shares {
    struct share *items;
    size_t n, cap;
};

/* How far it has been found. */
enum herd_stage { HERD_VICTIMS, HERD_SHARES, HERD_FOUND };

struct herd {
    const void *of; /* struct qos, struct partition or struct job */
    enum herd_stage stage;
    size_t next;     /* to go on with: of those that hold nodes, or of the victims */
    uint64_t number; /* another one whenever it is found anew; from 1 on */
    uint64_t walk, told;
    int64_t now_sec;
    struct victim *victims;
    size_t n, cap;
    size_t gone; /* the slot from which on all of them may be */
    /* Who has that priority, or a lower one, may have none of them; INT64_MIN: nobody
     * is known to. They are all out, and none is taken. */
    int64_t vain_priority;
    bool all_out;
    struct shares shares;
};

struct herds {
    struct herd items[HERDS_MAX];
    size_t n, oldest;
    uint64_t number;  /* of the last one */
    unsigned n_begun; /* so often one was since the last one was found */
};

void herds_fini(struct herds *h);
/* Those that a side may preempt, as far as priorities do not forbid it. They are found
 * in slices. NULL: the budget is spent; what is told before it goes on makes it begin
 * anew, and if that happens over and over, it is not cut. Lent until the next is asked
 * for. */
struct herd *herd_of(struct sched *s, const struct preempt_side *by, int64_t now_sec,
                     struct sched_budget budget);
/* Has it been, to the end? */
bool herd_is_found(struct sched *s, const struct preempt_side *by, int64_t now_sec);
/* Goes on with one: herd_fill.c. */
bool herd_fill(struct sched *s, struct herd *h, const struct preempt_side *by,
               struct sched_budget budget);
/* Who of them may be taken for a start before that slot: all others are `out`. Nobody
 * is taken yet. Returns how many may. */
size_t herd_muster(struct herd *h, const struct sched *s, const struct preempt_side *by,
                   size_t before);

/* May a plan give way to the side? What nobody was promised may be planned anew; a
 * promise, as far as priorities do not forbid it, also of room that others yield to its
 * job: it would be taken as soon as that runs. */
bool herd_may_lift(struct sched *s, const struct herd *h, const struct preempt_side *by,
                   struct jobrec *rec);

/* A component of a job as a side of its own. */
struct preempt_side herd_component_side(const struct sched *s,
                                        const struct preempt_side *whole,
                                        size_t component);
/* May it be preempted by a component, or a job whose components are alike, as far as
 * the two are concerned, and reservations are not? Of a heterogeneous job all
 * components that have not ended must qualify, each by its own QOS and partition; and
 * so */
bool herd_is_prey(const struct sched *s, const struct preempt_side *own,
                  const struct preempt_side *victim);
/* one component preempts by its own, for its own nodes: */
bool herd_component_may_have(const struct sched *s, const struct preempt_side *by,
                             size_t component, const struct preempt_side *victim);
/* for any of them. */
bool herd_may_have(const struct sched *s, const struct preempt_side *by,
                   const struct preempt_side *victim);

/* Has it, in a reservation, nodes that may have been lent to others? */
bool herd_claims(const struct sched *s, const struct preempt_side *by);
/* Does the other one have, or is planned on, nodes that it may have back? */
bool herd_claims_from(const struct sched *s, const struct preempt_side *by,
                      const struct preempt_side *victim);

/* Have its components QOS or partitions of their own? */
bool herd_is_apart(const struct job *job);
/* Do priorities of jobs count for any of its components? */
bool herd_asks_priority(const struct sched *s, const struct preempt_side *by);

/* For how long one is let run at least: as long as any of its components. */
int64_t herd_exempt_sec(const struct sched *s, const struct preempt_side *victim);

/* Does one that may be preempted go back to the queue? Where a component's mode is
 * REQUEUE all of them do, as in Slurm. */
bool herd_requeues(const struct sched *s, const struct preempt_side *victim);
/* From its warning to its end: as long as any of its components has. */
int64_t herd_grace_sec(const struct sched *s, const struct preempt_side *victim);

/* A job as a side, where it runs, or would; NULL: nowhere. Without its priority. */
struct preempt_side herd_side(const struct sched *s, const struct jobrec *rec,
                              const struct partrec *part);

/* A job's uses, from a slot on until its claim is over. */
void shares_add(struct shares *shares, size_t victim, const struct use *uses, size_t n,
                size_t first, const struct claim *claim);
/* All have been added. */
void shares_sort(struct shares *shares);
/* Those of a node, whose position is behind those asked for before; `next` is 0 at
 * first. */
const struct share *shares_at(const struct shares *shares, size_t position,
                              size_t *next, size_t *ret_n);
/* Adds what it frees in a slot, if it does so there. */
static inline void share_give(const struct share *share, size_t slot,
                              struct resvec *amount, int64_t *seats)
{
    if (slot < share->first || slot >= share->last)
        return;
    resvec_add(amount, &share->use.amount);
    *seats += share->use.seats;
}

#endif

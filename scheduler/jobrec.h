/*
 * jobrec - what the core knows of a job beside what was said of it: what it takes, what
 * it waits for, what was told of it last; and what follows of that.
 */
#ifndef GANTRY_SCHEDULER_JOBREC_H
#define GANTRY_SCHEDULER_JOBREC_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "base/str.h"
#include "scheduler/ahead.h"
#include "scheduler/broken.h"
#include "scheduler/held.h"
#include "scheduler/magnet.h"
#include "scheduler/priority.h"
#include "scheduler/reason.h"
#include "scheduler/revisit.h"
#include "scheduler/sooner.h"
#include "scheduler/timeline.h"

struct sched;

#define CLAIM_NOWHERE UINT32_MAX

/* What a claim takes of a limit. */
struct pledged {
    struct pledge *of;
    size_t component;
    struct amounts amounts; /* of nodes: those of the component as well */
    __int128 most;          /* of a plan: so much may be held as it starts */
};

/* The slots of the timeline in which a job's allocation, or its plan, is taken. */
struct claim {
    bool on;
    bool planned; /* not held */
    enum sharing sharing;
    size_t first, last;
    size_t given;  /* one past the last slot in which it has licences */
    size_t *lasts; /* of components that end at different times; NULL: all at once */
    int64_t start_sec; /* of a plan */
    int64_t end_sec;   /* when it is over; it lasts to the end of a slot */
    size_t line;       /* of a plan: in sched.lines; else in sched.holding */
    size_t crew;       /* one past its place among those of its array, if it is there */
    uint64_t cut; /* sched.cuts that its slots are of; else it is to be looked at */
    /* Of its nodes, in the order of its slots; CLAIM_NOWHERE: of no known node. */
    uint32_t *positions;
    size_t n_positions;
    uint64_t positions_gen;  /* cluster.set_gen that they are of; 0: to be looked up */
    struct pledged *pledged; /* allowance_pledge */
    size_t n_pledged, pledged_cap;
};

/* Behind the last slot of what is one of its uses. */
static inline size_t claim_last(const struct claim *claim, const struct use *use)
{
    return claim->lasts != NULL ? claim->lasts[use->component] : claim->last;
}

struct task_key {
    int64_t array_id, task;
};

/* Where a job fitted by one of its choices, it would have had more than it may. */
struct limited {
    enum reason reason; /* NONE: it was not so */
    bool now;   /* only now, beside what is planned: it may be planned for later */
    bool later; /* only by when it could be planned: it may start before */
    char *message;
};

struct jobrec {
    char *uid;
    struct job *job;
    int64_t job_id;          /* in sched.by_id; 0: it is not there */
    struct task_key task;    /* in sched.by_task; of array 0: likewise */
    struct shape *shape;     /* while pending */
    struct guise *guises;    /* likewise, where it names several QOS: guise.h */
    struct magnets magnets;  /* likewise: reservations that draw it in */
    struct take *takes;      /* of limits: allowance.h */
    struct waiter waiter;    /* for one of them: it need not be looked at */
    uint32_t bound, settled; /* in that round of sched.settling */
    uint32_t counted;        /* likewise of reserve.counting */
    size_t revisit_at[REVISIT_KINDS]; /* in their lists, from 1 on; 0: it is in none */
    uint32_t version;   /* moves whenever queue entries of this job become void */
    bool end_told;      /* END, or GIVE_UP */
    uint32_t ends_told; /* END of components: a bit each */
    bool gone;          /* kept, unseen, until the pass that may refer to it is over */
    size_t gone_at;     /* then: in sched.gone */
    size_t n_started;   /* of an array: so many of its tasks, by this core */
    struct jobrec *array;      /* of a follower (follower.h); NULL: it is none */
    struct jobrec **followers; /* of an array: those that are in use first */
    size_t n_followers, n_made, followers_cap;
    struct claim claim;
    bool listed; /* in sched.list, at: */
    size_t list_at;
    bool judge; /* it runs, or has changed, since it was seen if limits on what is used
                   end it */
    bool pays;  /* in sched.payers, at: */
    size_t pays_at;
    uint64_t gathered; /* candidates.gen: it is one of those, wherever it may start */
    struct yielders *yields; /* that it is among, at: */
    size_t yield_at;
    size_t n_victims; /* that yield to it; while it is in sched.by_id */
    bool changed;     /* since it was looked at last */
    bool may_start;   /* of those listed: as far as it is itself concerned */

    /* Its promise may not be broken by jobs of this QOS, while this was told. */
    const void *kept_from;
    uint64_t kept_told;

    enum broken broken; /* what broke a promise of it last */
    uint64_t prolonged; /* sched.made when its limit was raised last as it ran; 0 */

    bool withheld;      /* that it is to end for another one is not told yet */
    unsigned put_off;   /* so many walks in a row nobody was preempted for it */
    unsigned held;      /* so many times it was promised a start now: pass_hold.c */
    uint64_t walk_held; /* the last walk in which it was */
    uint64_t walk;      /* in which its plan was looked at last; and before it: */
    uint64_t walk_before;
    uint64_t walk_promised; /* likewise in which it has been counted as promised */
    uint64_t walk_planned;  /* and that has come by the choice its plan is in, which */
    size_t planned_at;      /* stands there in the queue */

    size_t knot;         /* while circles are sought */
    uint64_t circle;     /* circles.round: it is in one, and waits for: */
    int64_t circle_next; /* job id */

    char *lacks_age; /* which limit keeps it from gaining age; NULL: none does */

    /* What was told last. */
    enum reason reason;
    char *message;
    int64_t told_eligible_sec; /* eligible_told */
    int64_t told_accrue_sec;   /* accrue_since, and: */
    char *told_lack;
    int64_t told_bound_sec;
    int64_t told_plan_sec; /* TIME_UNSET: none */
    bool told_promised;
    uint64_t told_placed; /* placed, of a promise */
    struct priority told_priority;
    struct ahead told_ahead;
    struct sooner told_sooner;
    uint64_t told_depends; /* depend_states */
    uint64_t told_further; /* of an array: what followers are promised, as one number */

    /* Of this pass: choices still to be tried, the most hopeful reason so far. */
    size_t untried;
    bool joined; /* a crowd: some entry of it waits for nodes */
    struct ahead ahead;
    struct sooner sooner; /* over its choices */
    enum reason found;
    bool found_planned;    /* where it is planned */
    uint32_t found_listed; /* which of its choices */
    char *found_message;
    struct limited *limited; /* by choice, at its last trial */
    size_t n_limited;
    uint64_t placed; /* moves whenever its plan is another: when, where */
    bool refused;    /* by a limit, at the last trial, some place at some time */
    bool declined;   /* then: nodes that are more than it may have by itself */
    bool nowhere;    /* some choice has no place in all of the window; and: */
    bool unsure; /* some choice was not looked at in all of it, or a limit is on it */
    struct priority found_priority;
    UT_hash_handle hh, hh_id, hh_task;
};

/* Why it may not start, as far as it is itself concerned; the sentence is in
 * s->message. Moves the walk's begin_sec to when time alone may change that. */
enum reason jobrec_check(struct sched *s, struct jobrec *rec, int64_t now_sec);
/* Up to when a job waits for few switches (topology.h) rather than start on more, from
 * when it might have started on: what it asks for (of components the longest), but no
 * longer than the settings let it. INT64_MIN: any number will do. */
int64_t jobrec_switches_until(const struct sched *s, const struct job *job);
/* The time limit of a job that holds nodes: its own, else its partition's; LIMIT_UNSET:
 * that is not there. */
int64_t jobrec_limit(const struct sched *s, const struct job *job);
/* When a job that holds nodes ends, by its limit, its reservation or preemption, or has
 * ended: what others are planned by, though it may run over its limit, and its pods may
 * take a while to go. TIME_NEVER: unknown. */
int64_t jobrec_end(const struct sched *s, const struct jobrec *rec);
/* Likewise of a component. */
int64_t jobrec_component_end(const struct sched *s, const struct jobrec *rec,
                             size_t component);
/* Appends what else than its time limit that is by; nothing where it is that. */
void jobrec_say_end(const struct sched *s, const struct jobrec *rec, struct str *out);
/* When a running job is to be told that its time is up: likewise, but with what it may
 * run over its limit; TIME_NEVER: not (again). */
int64_t jobrec_end_to_tell(const struct sched *s, const struct jobrec *rec);
/* Likewise that a component's own time is up, while the job runs on. */
int64_t jobrec_component_end_to_tell(const struct sched *s, const struct jobrec *rec,
                                     size_t component);
/* The first of all these. */
int64_t jobrec_next_end(const struct sched *s, const struct jobrec *rec);

/* NULL: unknown, or gone. */
struct jobrec *jobrec_find(const struct sched *s, const char *uid);
/* The array of which it is a task; NULL: it is none, or its array is not there. */
const struct job *jobrec_array(const struct sched *s, const struct job *job);
/* Made if new. */
struct jobrec *jobrec_get(struct sched *s, const char *uid);
/* It is gone, or there again. */
void jobrec_put_away(struct sched *s, struct jobrec *rec);
void jobrec_bring_back(struct sched *s, struct jobrec *rec);
void jobrec_free(struct sched *s, struct jobrec *rec);
/* Puts it into sched.by_id and by_task, or takes it out. */
void jobrec_list(struct sched *s, struct jobrec *rec);
void jobrec_unlist(struct sched *s, struct jobrec *rec);
/* By its job id, by that of one of its components too, or as the task of an array;
 * NULL: not known. */
struct jobrec *jobrec_numbered(const struct sched *s, int64_t job_id);
const struct job *jobrec_by_id(const struct sched *s, int64_t job_id);
const struct job *jobrec_by_task(const struct sched *s, int64_t array_id, int64_t task);
/* Forgets what was told of the job. */
void jobrec_reset_told(struct jobrec *rec);

#endif

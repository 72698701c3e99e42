/*
 * core - the inside of struct sched, shared by the files that are parts of it: sched.c
 * (the step), apply.c (changes), jobrec.c, pass.c (the walk through the queue) and its
 * parts, trial.h, tell.h, book.h and query.c.
 */
#ifndef GANTRY_SCHEDULER_CORE_H
#define GANTRY_SCHEDULER_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "base/str.h"
#include "scheduler/ahead.h"
#include "scheduler/asked.h"
#include "scheduler/circle.h"
#include "scheduler/cluster.h"
#include "scheduler/crew.h"
#include "scheduler/decide.h"
#include "scheduler/depend.h"
#include "scheduler/held.h"
#include "scheduler/horizon.h"
#include "scheduler/hunters.h"
#include "scheduler/lift.h"
#include "scheduler/line.h"
#include "scheduler/magnet.h"
#include "scheduler/placement.h"
#include "scheduler/policy.h"
#include "scheduler/queue.h"
#include "scheduler/reserve.h"
#include "scheduler/sched.h"
#include "scheduler/shape.h"
#include "scheduler/sooner.h"
#include "scheduler/starts.h"
#include "scheduler/timeline.h"
#include "scheduler/turn.h"
#include "scheduler/variant.h"
#include "scheduler/victims.h"
#include "scheduler/window.h"

#define CLAIM_NOWHERE UINT32_MAX

/* What a claim takes of a limit. */
struct pledged {
    struct pledge *of;
    size_t component;
    struct amounts amounts; /* of nodes: those of the component as well */
};

/* The slots of the timeline in which a job's allocation, or its plan, is taken. */
struct claim {
    bool on;
    bool planned; /* not held */
    bool alone;   /* nobody else on its nodes */
    size_t first, last;
    size_t given;  /* one past the last slot in which it has licences */
    size_t *lasts; /* of components that end at different times; NULL: all at once */
    int64_t start_sec; /* of a plan */
    int64_t end_sec;   /* when it is over; it lasts to the end of a slot */
    size_t line;       /* of a plan: in sched.lines; else in sched.holding */
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

/* What is being counted anew: allowance_settle.c. */
struct settling {
    struct jobrec *next; /* NULL: all have been looked at */
    uint32_t round;
    bool binds, counts; /* jobs were bound, or counted, before or are now */
    bool again;         /* jobs that had been looked at have changed */
    unsigned n_own;     /* checks of new jobs that have counted for themselves */
};

/* What is being charged: charge_settle.c. */
struct charging {
    bool running;
    int64_t at_sec; /* up to then */
    bool grown;     /* accounts have former members more: all is to be settled anew */
    size_t next;    /* of sched.payers */
};

/* Where a job fitted by one of its choices, it would have had more than it may. */
struct limited {
    enum reason reason; /* NONE: it was not so */
    bool now; /* only now, beside what is planned: it may be planned for later */
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
    uint32_t version;        /* moves whenever queue entries of this job become void */
    bool end_told;           /* END, or GIVE_UP */
    uint32_t ends_told;      /* END of components: a bit each */
    bool gone;        /* kept, unseen, until the pass that may refer to it is over */
    size_t n_started; /* of an array: so many of its tasks, by this core */
    struct jobrec *array;      /* of a follower (follower.h); NULL: it is none */
    struct jobrec **followers; /* of an array: those that are in use first */
    size_t n_followers, n_made, followers_cap;
    struct claim claim;
    bool listed; /* in sched.list, at: */
    size_t list_at;
    bool pays; /* in sched.payers, at: */
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

    bool withheld;    /* that it is to end for another one is not told yet */
    unsigned put_off; /* so many walks in a row nobody was preempted for it */
    uint64_t walk;    /* the last one in which its plan was looked at; and before it: */
    uint64_t walk_before;
    uint64_t walk_promised; /* likewise in which it has been counted as promised */

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
    bool found_planned; /* where it is planned */
    char *found_message;
    struct limited *limited; /* by choice, at its last trial */
    size_t n_limited;
    uint64_t placed; /* moves whenever its plan is another: when, where */
    bool refused;    /* by a limit, at the last trial, some place at some time */
    bool nowhere;    /* some choice has no place in all of the window; and: */
    bool unsure; /* some choice was not looked at in all of it, or a limit is on it */
    struct priority found_priority;
    UT_hash_handle hh, hh_id, hh_task;
};

/* How far the timeline has come to be one of now; meanwhile all changes are entered. */
enum renewal {
    RENEWED,
    RENEW_HELD,  /* made anew: pods of others and what jobs hold are entered */
    RENEW_PLANS, /* then plans, and what is open is worked out */
    RENEW_MOVE,  /* cut anew: what is on it is brought to the slots that it is in now */
};

/* The walk goes through the queue once, or, where gaps are not offered in its order,
 * thrice, and once to put them in that order. Where some who wait may preempt others
 * that do it goes so through one section of it after the other (hunters.h), but for the
 * last two rounds. Where some are promised nothing, all
 * starts and promises are found first, as if those had no plans, which they are given
 * in a round of its own: a forecast is in nobody's way. */
enum round {
    ROUND_WHOLE,   /* each job in its turn: ruled out, started, planned, told why */
    ROUND_PROMISE, /* as they wait: ruled out, or promised a start if it is their due */
    ROUND_TURNS,   /* none: that order is made */
    ROUND_OFFER,   /* in the order of gaps: started, or planned, all others */
    ROUND_HUNT,    /* as they wait: victims are looked for, as others are behind them */
    ROUND_FORECAST, /* as they wait: planned, who has no promise */
    ROUND_TELL,     /* as they wait: told why */
};

/* Who may be to gain age: accrue.h. */
struct accruals {
    bool running;
    struct jobrec *fill_next; /* to go on with; NULL: that was the last job */
    struct queue queue;       /* by submission */
    bool ordered;             /* it is whole, and in order */
    size_t next;
};

/* One walk through the queue. */
/* So many of those who have looked for victims in vain are known, of a shape each. */
#define VAIN_MAX 16

struct pass {
    bool running;
    int64_t now_sec; /* when it began: what age and eligibility are judged by */
    bool mustered;   /* who may be preempted for the next entry has been found */
    bool fresh;      /* in this step nothing has been done yet but to look for starts */
    bool filling;    /* the queue, or the timeline, is not whole; to go on with: */
    struct jobrec *fill_next; /* NULL: that was the last job */
    uint64_t gen;             /* cluster.gen that the entries are of */
    uint64_t rules_gen;       /* when it began */
    bool starts_first; /* once the timeline is made: nobody could be looked at before */
    struct accruals accruals; /* seen to before the queue is filled */
    struct queue queue;
    bool ordered;       /* it is whole, and in order */
    struct turns turns; /* of the entries to come, in ROUND_OFFER */
    enum round round;
    size_t next;            /* entry, or turn, to go on with */
    size_t first, last;     /* the section of the queue, as far as it is known */
    struct hunters hunters; /* of the section; of all of them: */
    struct hunters late;    /* whose hunts are put off to the next walk */
    struct hunters all;     /* and these, and who has found nobody, of whom some are: */
    struct entry *vain[VAIN_MAX];
    size_t n_vain;
    bool spared;       /* nobody has ended for one, as others would have had the room */
    bool cut_short;    /* the walk ends before who may be preempted by one put off */
    bool was_cut;      /* so did the one before it */
    uint64_t number;   /* of the walk */
    int64_t grown_sec; /* until when room had grown since the walk before began */
    struct entry *again; /* an array's, which waits on after a start; NULL */
    bool moved;          /* what is free is not what earlier jobs saw: walk again */
    bool stopped;        /* a rule has cost a job its place, which is for those before
                            it first: nobody else is tried any more in this walk */
    size_t n_waiting;    /* entries of jobs that may start, but cannot now */
    bool refused;        /* others may not start: by what a start may change */
    size_t n_promised;   /* jobs, from the front of the queue, with a promise */
    bool forecasts;      /* some may be promised nothing, though it could be dated */
    size_t n_looked;     /* in ROUND_FORECAST: those of n_waiting that it has come by */
    size_t n_hinted;     /* entries that were looked at for sooner.h */
    struct jobrec **arrays; /* in the queue, with followers */
    size_t n_arrays, arrays_cap;
    int64_t begin_sec; /* first begin time to come */
};

struct sched {
    struct sched_config config;
    struct cluster cluster;
    struct policy policy;
    struct held held; /* of limits: allowance.h */
    struct settling settling;
    struct reserve reserve;
    int64_t now_sec;     /* of the last step; TIME_UNSET: there was none */
    int64_t charged_sec; /* up to when jobs have been charged: charge.h; likewise */
    bool charge_again;   /* somebody has come who ran before that */
    bool usage_moved;    /* jobs have been charged since allowance_end_over */
    struct charging charging;
    struct jobrec **payers; /* jobs that are charged while they run: all that do */
    size_t n_payers, payers_cap;
    struct norms norms;  /* of this pass */
    struct jobrec *jobs; /* hash by uid */
    struct jobrec *by_id, *by_task;
    struct crews crews;
    struct singles singles;
    struct circles circles;
    size_t n_depending; /* pending jobs with dependencies */
    size_t n_phase[JOB_ENDED + 1];
    size_t n_gone;
    struct shape *shapes;
    struct placer placer;
    struct asked asked;
    struct timeline timeline;
    uint64_t timeline_gen; /* cluster.gen that it is of; 0: it is to be made anew */
    enum renewal renewal;
    uint64_t made, cuts;       /* so often it was made anew; or cut */
    struct podrec *renew_pod;  /* to go on with; NULL: that was the last one */
    struct jobrec *renew_next; /* likewise */
    size_t n_renewed;          /* entries of the queue */
    bool raised;               /* somebody's place in the queue is: overtake.h */
    bool belated;              /* the minute of a plan has passed: made anew it is */
    enum broken sliding;    /* what makes those entered so come later; NOT: nothing */
    struct horizon horizon; /* of the timeline, while room on it only shrinks */
    bool grown;             /* it has grown: the horizon is void */
    bool freed;             /* it has grown since all were looked at who may start */
    int64_t grown_sec;      /* until when, since the walk began; TIME_NEVER: for ever */
    struct lines lines;     /* of planned jobs */
    struct stairwell stairs;
    struct candidates candidates; /* scratch of starts.h */
    size_t n_first_looks; /* at lines, since nobody was left who may start at once */
    struct jobrec **list; /* pending without a promise, or changed: starts.h */
    size_t n_list, list_cap;
    struct jobrec **holding; /* what they hold is on the timeline */
    size_t n_holding, holding_cap;
    struct yielders *yielding;      /* preempted, and still holding nodes */
    struct herds herds;             /* who may be preempted */
    struct victims victims;         /* scratch: who is to be */
    struct lifts lifts;             /* of the queue of this walk */
    struct hunters hunters;         /* of the last walk, and who has come since */
    uint64_t told;                  /* moves with each change that is applied */
    size_t n_broken[BROKEN_CAUSES]; /* promises, by what broke them */
    struct window window;           /* scratch, like the next */
    node_set own;
    struct use *uses;
    size_t uses_cap;
    struct pledge_bound *bounds;
    size_t bounds_cap;
    struct crowds crowds;
    struct decided decided;
    struct decided withheld; /* victims: withhold.h; the first of them: */
    int64_t withheld_sec;    /* was decided then; TIME_UNSET: there is none */
    struct str message;      /* scratch */
    struct pass pass;
    bool yielded;       /* between the first starts and the walk to come */
    bool dirty;         /* something changed since the pass began */
    bool rules_changed; /* partitions, QOS, accounts, settings: who may start at all */
    uint64_t rules_gen; /* moves with them; from 1 on */
    int64_t end_sec;    /* no running job reaches its limit before this */
    int64_t ends_sec;   /* when that was looked at last */
};

/* Begins a walk with an empty queue. */
void pass_begin(struct sched *s, int64_t now_sec);
/* Goes on filling the queue, and then sees to the timeline; or gives up, where nodes or
 * partitions are others by now: pass_run ends such a walk. False: the budget is spent.
 */
bool pass_fill(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* In how many ways a job may be run: in each of its partitions, there in each of its
 * reservations, or of those that draw it in (magnet.h), and then in none, with each of
 * the licences of which it takes any, and with each of its QOS. They are counted as
 * they are tried: by QOS, then by licences, then by reservations, then by partitions.
 */
size_t pass_choices(struct sched *s, struct jobrec *rec);
/* Which of its QOS the i-th is with, as it names them; 0: it names but one. */
size_t pass_qos(struct sched *s, struct jobrec *rec, size_t i);
/* The reservation of the i-th; NULL: none. */
const char *pass_reservation(struct sched *s, struct jobrec *rec, size_t i);
/* The licence of the i-th; NULL: it has no choice. */
const char *pass_license(struct sched *s, struct jobrec *rec, size_t i);
/* The partition of the i-th, which is the default one where the job names none; NULL:
 * it is not there, or has been named before. */
struct partrec *pass_partition(const struct sched *s, const struct job *job, size_t i);
/* In a partition, with the QOS that it is looked at with; NULL: in none. */
struct priority pass_priority(struct sched *s, struct jobrec *rec,
                              const struct partrec *part, int64_t now_sec);
/* The partition's; above all of them where others yield to it (yield.h). */
int64_t pass_tier(const struct jobrec *rec, const struct partrec *part);
/* turn.h */
int64_t pass_size(struct sched *s, const struct jobrec *rec,
                  const struct partrec *part);
/* Of its i-th choice. */
struct entry pass_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                        size_t i, int64_t now_sec);
/* A rule costs a job its plan in the walk: where that is promised the rest of the walk
 * is only about whom rules stop, and another one follows. */
void pass_lose_place(struct sched *s, const struct jobrec *rec);
/* Goes on until the end (true) or until the budget is spent (false). */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* Those who have come since it began may preempt others as well: it ends before
 * those. */
void pass_note_new(struct sched *s, int64_t now_sec);
/* Why it may not start, as far as it is itself concerned; the sentence is in
 * s->message. Moves the walk's begin_sec to when time alone may change that. */
enum reason jobrec_check(struct sched *s, struct jobrec *rec, int64_t now_sec);
/* Up to when a job waits for few switches (topology.h) rather than start on more, from
 * when it might have started on: what it asks for (of components the longest), but no
 * longer than the settings let it. INT64_MIN: any number will do. */
int64_t jobrec_switches_until(const struct sched *s, const struct job *job);
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

/* What priorities are measured by, as things are now. */
struct norms core_norms(const struct sched *s);
/* What speaks for a job in a partition (NULL: in none), where it asks for `ask`. */
struct grounds core_grounds(const struct sched *s, const struct job *job,
                            const struct partition *part, const struct job *ask);
/* Of one that need not have a shape: what it asks for there is worked out. */
struct priority core_priority(const struct sched *s, const struct norms *norms,
                              const struct job *job, const struct partrec *part,
                              int64_t now_sec);

/* NULL: unknown, or gone. */
struct jobrec *jobrec_find(const struct sched *s, const char *uid);
/* The array of which it is a task; NULL: it is none, or its array is not there. */
const struct job *jobrec_array(const struct sched *s, const struct job *job);
/* Made if new. */
struct jobrec *jobrec_get(struct sched *s, const char *uid);
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

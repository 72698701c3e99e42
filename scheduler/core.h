/*
 * core - the inside of struct sched, shared by the files that are parts of it: sched.c
 * (the step), apply.c (changes), jobrec.h, pass.h (the walk through the queue),
 * trial.h, tell.h, book.h and query.c.
 */
#ifndef GANTRY_SCHEDULER_CORE_H
#define GANTRY_SCHEDULER_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/asked.h"
#include "scheduler/circle.h"
#include "scheduler/cluster.h"
#include "scheduler/crew.h"
#include "scheduler/decide.h"
#include "scheduler/depend.h"
#include "scheduler/held.h"
#include "scheduler/horizon.h"
#include "scheduler/hunters.h"
#include "scheduler/jobrec.h"
#include "scheduler/lift.h"
#include "scheduler/line.h"
#include "scheduler/owner.h"
#include "scheduler/pass.h"
#include "scheduler/placement.h"
#include "scheduler/policy.h"
#include "scheduler/reserve.h"
#include "scheduler/restless.h"
#include "scheduler/revisit.h"
#include "scheduler/sched.h"
#include "scheduler/shape.h"
#include "scheduler/starts.h"
#include "scheduler/timeline.h"
#include "scheduler/variant.h"
#include "scheduler/victims.h"
#include "scheduler/window.h"

/* What is being counted anew: allowance_settle.c. */
struct settling {
    struct jobrec *next; /* NULL: all have been looked at */
    uint32_t round;
    bool binds, counts;      /* jobs were bound, or counted, before or are now */
    struct revisits changed; /* jobs, meanwhile */
};

/* What is being charged: charge_settle.c. */
struct charging {
    bool running;
    int64_t at_sec; /* up to then */
    bool grown;     /* accounts have former members more: all is to be settled anew */
    size_t next;    /* of sched.payers */
};

/* How far the timeline has come to be one of now; meanwhile all changes are entered. */
enum renewal {
    RENEWED,
    RENEW_HELD,  /* made anew: pods of others and what jobs hold are entered */
    RENEW_PLANS, /* then plans, and what is open is worked out */
    RENEW_MOVE,  /* cut anew: what is on it is brought to the slots that it is in now */
};

struct sched {
    struct sched_config config;
    bool without_hints; /* sched_leave_hints */
    struct cluster cluster;
    struct policy policy;
    struct held held; /* of limits: allowance.h */
    struct settling settling;
    struct reserve reserve;
    int64_t now_sec;     /* of the last step; TIME_UNSET: there was none */
    int64_t charged_sec; /* up to when jobs have been charged: charge.h; likewise */
    bool charge_again;   /* somebody has come who ran before that */
    bool usage_moved;    /* jobs have been charged since allowance_end_over; or: */
    bool users_moved;    /* some run, or have changed while they did (jobrec.judge) */
    struct charging charging;
    struct jobrec **payers; /* jobs that are charged while they run: all that do */
    size_t n_payers, payers_cap;
    struct norms norms;  /* of this pass */
    struct jobrec *jobs; /* hash by uid */
    struct jobrec *by_id, *by_task;
    uint64_t numbers; /* moves as a job gets its number, or loses it */
    struct crews crews;
    struct singles singles;
    struct circles circles;
    size_t n_depending; /* pending jobs with dependencies */
    size_t n_phase[JOB_ENDED + 1];
    struct jobrec **gone; /* those that are, until the walk is over */
    size_t n_gone, gone_cap;
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
    struct owners owners;           /* who is where, on the timeline */
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
    unsigned refused; /* by bit: what has waited for a step with more time, piece.h */
    struct restless restless;
    bool dirty;         /* something changed since the pass began */
    bool rules_changed; /* partitions, QOS, accounts, settings: who may start at all */
    uint64_t rules_gen; /* moves with them; from 1 on */
    int64_t end_sec;    /* no running job reaches its limit before this */
    int64_t ends_sec;   /* when that was looked at last */
};

/* What priorities are measured by, as things are now. */
struct norms core_norms(const struct sched *s);
/* What speaks for a job in a partition (NULL: in none), where it asks for `ask`. */
struct grounds core_grounds(const struct sched *s, const struct job *job,
                            const struct partition *part, const struct job *ask);
/* Of one that need not have a shape: what it asks for there is worked out. */
struct priority core_priority(const struct sched *s, const struct norms *norms,
                              const struct job *job, const struct partrec *part,
                              int64_t now_sec);

#endif

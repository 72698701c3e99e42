/*
 * pass - one walk through the queue, in rounds, which begins, goes on from step to step
 * and ends: pass.c and its parts (pass_*.c).
 */
#ifndef GANTRY_SCHEDULER_PASS_H
#define GANTRY_SCHEDULER_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/hunters.h"
#include "scheduler/queue.h"
#include "scheduler/sched.h"
#include "scheduler/turn.h"

struct jobrec;
struct partrec;

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

/* So many of those who have looked for victims in vain are known, of a shape each. */
#define VAIN_MAX 16

/* A search for victims that goes on in a turn of its own: preempt.h. */
struct hunting {
    const struct entry *entry; /* NULL: there is none */
    size_t n; /* of its tries, so many were in vain; as things were then: */
    uint64_t told, mutation;
    int64_t now_sec;
    unsigned n_begun; /* so often it has begun again, as they were others */
};

/* One walk through the queue. */
struct pass {
    bool running;
    int64_t now_sec; /* when it began: what age and eligibility are judged by */
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
    struct entry *again; /* has its turn again, as an array's does after a start, or one
                            whose search goes on; NULL */
    struct hunting hunting;
    bool moved;        /* what is free is not what earlier jobs saw: walk again */
    bool stopped;      /* a rule has cost a job its place, which is for those before
                            it first: nobody else is tried any more in this walk */
    size_t n_waiting;  /* entries of jobs that may start, but cannot now */
    bool refused;      /* others may not start: by what a start may change */
    size_t n_promised; /* jobs, from the front of the queue, with a promise */
    bool forecasts;    /* some may be promised nothing, though it could be dated */
    size_t n_entered;  /* entries of the last queue that was whole, and of those since
                          then that were promised a start before the walk */
    size_t n_looked;   /* in ROUND_FORECAST: those of n_waiting that it has come by */
    size_t n_hinted;   /* entries that were looked at for sooner.h */
    struct jobrec **arrays; /* in the queue, with followers */
    size_t n_arrays, arrays_cap;
    size_t n_ordered;  /* of these, behind the last entry */
    int64_t begin_sec; /* first begin time to come */
};

/* What comes before a walk, in slices. False: the budget is spent, and it is to be
 * called again. */
bool pass_prepare(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* Begins a walk with an empty queue. */
void pass_begin(struct sched *s, int64_t now_sec);
/* Goes on filling the queue, and then sees to the timeline; or gives up, where nodes,
 * partitions or reservations are others by now: pass_run ends such a walk. False: the
 * budget is spent. */
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
/* The partition of the i-th, where the job names none the one of its reservation
 * (reserve_partition); NULL: it is not there, or has been named before. */
struct partrec *pass_partition(const struct sched *s, const struct job *job, size_t i);
/* In a partition, with the QOS that it is looked at with; NULL: in none. */
struct priority pass_priority(struct sched *s, struct jobrec *rec,
                              const struct partrec *part, int64_t now_sec);
/* The partition's; above all of them in the reservation of that name (NULL: in none),
 * once that is on; above these where others yield to it (yield.h). */
int64_t pass_tier(const struct sched *s, const struct jobrec *rec,
                  const struct partrec *part, const char *resv);
/* Whoever yields to it. */
int64_t pass_place_tier(const struct sched *s, const struct partrec *part,
                        const char *resv);
/* turn.h */
int64_t pass_size(struct sched *s, const struct jobrec *rec,
                  const struct partrec *part);
/* Of its i-th choice. */
struct entry pass_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                        size_t i, int64_t now_sec);
/* Its plan is one that another job had: in this walk it moves to no other choice for an
 * equal start. */
void pass_prefer_none(const struct sched *s, struct jobrec *rec);
/* A rule costs a job its plan in the walk: where that is promised the rest of the walk
 * is only about whom rules stop, and another one follows. */
void pass_lose_place(struct sched *s, const struct jobrec *rec);
/* Goes on until the end (true) or until the budget is spent (false). */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* It could start now, earlier than it is planned: is it to be promised that first, and
 * to start in the next walk? */
bool pass_holds(const struct sched *s, const struct entry *entry);
/* Those who have come since it began may preempt others as well: it ends before
 * those. */
void pass_note_new(struct sched *s, int64_t now_sec);

#endif

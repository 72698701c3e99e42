/*
 * line - what is known of a planned job at a glance: may it start now?
 *
 * Each planned job has one: how many nodes of which demand it needs at least, up to
 * which slot if it began now, and the slot in which it is to start. Most lines are
 * above the stairs (stairs.h): with all plans in their places, the job cannot start
 * now. A look at each of 100,000 is a matter of microseconds, so lines lie in a row,
 * apart from what is wanted of few of them.
 */
#ifndef GANTRY_SCHEDULER_LINE_H
#define GANTRY_SCHEDULER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/likes.h"
#include "scheduler/stairs.h"

struct claim;
struct jobrec;
struct owner;
struct partrec;
struct sched;

/* So that most of those on one node are told without a look at the job. */
#define POSITION_MANY UINT32_MAX

/* Nodes and slots at least. All of them are read after each end: no word more. */
struct line {
    uint32_t demand, need;
    uint32_t end;   /* one past the last slot, if it began in the first; 0: the stairs
                     * say nothing of it, whose owner has nodes (owner.h) */
    uint32_t first; /* of its plan */
    uint32_t node;  /* the position of its only node; POSITION_MANY */
};

/* When a job has its turn (turn.h) in a partition. Thousands are read after an end, out
 * of order: two of them fill a line of the cache. */
struct line_turn {
    struct partrec *part; /* NULL: it is not there */
    int64_t tier, size;
    uint64_t gen : 63;    /* of the rules and the cluster that this is of */
    uint64_t several : 1; /* partitions or reservations that the job names */
};

#define LINES_FRESH 64

struct lines {
    struct line *items;
    struct jobrec **recs; /* whose they are */
    struct line_turn *turns;
    int64_t *lengths_sec;        /* that the job takes at least; LIMIT_UNSET: any */
    const struct owner **owners; /* of its job; NULL: none */
    /* False: it was not under the stairs when these were looked at last, and is not
     * unless those of its demand have risen since. */
    bool *hopeful;
    struct likes likes; /* by line_like_key */
    /* When its turn is, roughly: of one tier, who is smaller has no larger one.
     * 0: it is of another tier, or not known. */
    uint32_t *keys;
    int64_t tier;
    uint64_t keys_gen;
    size_t n, cap;
    /* Whose lines were put up since lines_forget_fresh, each once; some may be there no
     * more. One more than there is room for: all lines are to be looked at. */
    struct jobrec *fresh[LINES_FRESH];
    size_t n_fresh;
};

void lines_fini(struct lines *lines);
/* From now on only those put up from now on. */
static inline void lines_forget_fresh(struct lines *lines)
{
    lines->n_fresh = 0;
}
static inline bool lines_know_fresh(const struct lines *lines)
{
    return lines->n_fresh <= LINES_FRESH;
}
/* Likewise, but of those behind the first `n`, and of one job. */
void lines_forget_fresh_of(struct lines *lines, const struct jobrec *rec, size_t n);

/* What jobs that are alike have in common, as one number; as others may have it. */
uint64_t line_like_key(int64_t length_sec, uint32_t demand, uint32_t need);
/* There are none. */
void lines_reset(struct lines *lines);
/* Puts a line up for a job with a claim on the timeline, sees to it that it is of the
 * slots of now, and takes it down. */
void line_add(struct sched *s, struct jobrec *rec);
void line_move(struct sched *s, const struct claim *claim);
void line_drop(struct sched *s, struct jobrec *rec);
/* Another job has its claim. */
void line_hand_over(struct sched *s, struct jobrec *rec);

/* May the job start now? If not, it is sure that it cannot. Its own nodes count as open
 * from its start on. */
bool line_is_under(const struct lines *lines, size_t i, const struct stairwell *w);

/* Moves when turns are to be made anew. */
uint64_t lines_gen(const struct sched *s);
/* Of its i-th choice (pass_choices). */
struct line_turn line_turn_in(struct sched *s, struct jobrec *rec, size_t i);
/* Kept with its line, of a job that names one at most; lent until lines change. There
 * may be a hundred thousand: no job is looked at unless rules, cluster or the job have
 * changed. */
const struct line_turn *line_turn(struct sched *s, size_t line);
/* Keys of now, of the tier that many lines are of; most lines have them already. */
void lines_key(struct sched *s);
/* Of a size; from 1 on. And the size below which nobody has a larger key. */
uint32_t line_key(int64_t size);
int64_t line_key_size(uint32_t key);
/* The stairs say no more of jobs of an owner, who has come to have nodes for them. */
void lines_free_owner(struct lines *lines, const struct owner *owner);
/* Its turn is to be made anew: something of the job has changed that it is of. */
void line_forget_turn(struct sched *s, const struct jobrec *rec);

#endif

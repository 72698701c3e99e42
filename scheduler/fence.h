/*
 * fence - which nodes reservations shut to a job, over the slots of coming time.
 *
 * Jobs that the same reservations let through share a fence. In a slot that an
 * occurrence of another reservation touches, its nodes are shut:
 *
 *   slots                 | 0 | 1 | 2 | 3 |  4  |  5  |  6  |
 *   n1 reserved for ann           |=======|
 *   everybody else        | o | o | x | x |  o  |  o  |  o  |
 *   jobs in it            | x | x | o | o |  x  |  x  |  x  |
 *
 * A job is over with its limit, to the second, counted from the slot that it begins
 * with; what it may take longer to go away (book_length) shuts it out of nothing that
 * begins then. So it fits into a gap that is as long as its limit:
 *
 *   slots                 |  0  |  1  |  2  |  3  |
 *   n1 reserved                    |====|
 *   a job up to there     |========|                  over_sec
 *
 * A job in a reservation begins in one of its occurrences and is over when that is:
 * its end is cut off there (`ends`); one that was drawn in (magnet.h) begins only where
 * it is over by itself. So that it may take its time to go away, a
 * reservation stays shut to others for a minute behind its end, as far as they are
 * planned; once it is over, it is.
 *
 * One that floats shuts its nodes to whoever is longer than it is away, in each slot,
 * and lets all others through:
 *
 *   slots                 | 0 | 1 | 2 | 3 |  4  |  5  |  6  |
 *   n1 from now + 1:00 on                       |== its end
 *   jobs of 1:00          | o | o | o | o |  o  |  o  |  o  |
 *   longer ones           | x | x | x | o |  o  |  o  |  o  |   begun there it would
 *                                                              begin at its end
 *
 * Licences that a reservation keeps are shut likewise, to all but its own jobs.
 *
 * What a fence shuts is kept apart from what is free (timeline.h): without reservations
 * there is none, and nothing is looked at.
 */
#ifndef GANTRY_SCHEDULER_FENCE_H
#define GANTRY_SCHEDULER_FENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "scheduler/nodeset.h"
#include "scheduler/reservation.h"
#include "scheduler/timeline.h"

/* So many reservations act; those behind them, by name, do not: reserve_say_idle. */
#define RESV_MAX 1024
#define RESV_NONE SIZE_MAX
/* For so long behind its end a reservation is shut to others that are planned: whatever
 * runs in it is told to end then, whenever it began, and may take so long to go away
 * (book.h). */
#define FENCE_TAIL_SEC 60

/* One that acts, and its nodes. */
struct closure {
    const struct reservation *resv;
    const uint64_t *nodes; /* a set */
    bool beside; /* others may have what it does not hold of them (portion.h): it shuts
                  * them to nobody */
};

/* Whom a fence is for. */
struct pass_key {
    uint64_t through[RESV_MAX / 64]; /* reservations that do not shut it out */
    size_t in;                       /* the one that it has to stay in; RESV_NONE */
    size_t uncut; /* 1: and with which it may not be cut off; else 0 */
    size_t of;    /* that keeps licences for it; RESV_NONE: those that let it through;
                * RESV_MAX: none does */
};

/* What a slot shuts only to those who are not over before. */
struct late {
    int64_t first_sec, last_sec; /* when the first and last such occurrence begins;
                                  * first_sec TIME_NEVER: there is none */
    uint16_t row;                /* the set that is open without */
};

struct fence {
    struct pass_key key;
    const struct closure *closures; /* lent, as the timeline is */
    size_t n_closures;
    const struct timeline *tl;
    int64_t now_sec;
    size_t words;
    struct late *lates; /* by slot */
    uint64_t *mixed;    /* scratch */
    uint16_t *rows;     /* by slot: which set is open, from 1 on; 0: all nodes are */
    uint16_t *blocks;   /* by block: in all of its slots */
    uint16_t ever;      /* in one slot or another; 0: all nodes are */
    uint64_t *kept;     /* by slot: stock.h; NULL: no licences are kept from it */
    int64_t *ends; /* by slot: when a job that begins there is over; NULL: whenever */
    uint64_t *sets;
    size_t n_sets, sets_cap;
};

/* For the slots of a timeline, as things are at a time in its first slot. */
struct fence *fence_new(const struct pass_key *key, const struct closure *closures,
                        size_t n, const struct timeline *tl, int64_t now_sec);
void fence_free(struct fence *f); /* NULL is fine */

static inline const uint64_t *fence_set(const struct fence *f, uint16_t row)
{
    return row == 0 ? NULL : f->sets + (size_t)(row - 1) * f->words;
}

/* As stock_short has it. */
static inline const uint64_t *fence_kept(const struct fence *f)
{
    return f == NULL ? NULL : f->kept;
}

/* The nodes that are open throughout; NULL: all. So they are without a fence. */
static inline const uint64_t *fence_open(const struct fence *f, size_t slot)
{
    return f == NULL ? NULL : fence_set(f, f->rows[slot]);
}

/* The nodes that are open in one slot or another; NULL: all. */
static inline const uint64_t *fence_ever_open(const struct fence *f)
{
    return f == NULL ? NULL : fence_set(f, f->ever);
}

/* Those that are open to a job that is over then, and has begun in an earlier slot or
 * in this one; lent until the next call. */
const uint64_t *fence_open_to(const struct fence *f, size_t slot, int64_t over_sec);
/* The slots before this one are wholly before a time; no more than `last`. */
size_t fence_whole(const struct fence *f, int64_t over_sec, size_t last);

static inline const uint64_t *fence_open_in_block(const struct fence *f, size_t slot)
{
    return f == NULL ? NULL : fence_set(f, f->blocks[slot / BLOCK_SLOTS]);
}

/* Cuts off the end of what begins in a slot. */
static inline int64_t fence_end(const struct fence *f, size_t slot, int64_t end_sec)
{
    return f == NULL || f->ends == NULL || f->ends[slot] > end_sec ? end_sec
                                                                   : f->ends[slot];
}

/* Likewise of its licences: for as long as the reservation's nodes are shut to others
 * it may not have given them back, and they may be had from anywhere. */
static inline int64_t fence_license_end(const struct fence *f, size_t slot,
                                        int64_t end_sec)
{
    int64_t cut_sec = fence_end(f, slot, end_sec);

    return cut_sec < end_sec ? MIN(timeline_end(cut_sec, FENCE_TAIL_SEC), end_sec)
                             : end_sec;
}

/* When a job that begins in a slot is over, by its limit or with its reservation. */
int64_t fence_over(const struct fence *f, size_t slot, int64_t start_sec,
                   int64_t limit_sec);
/* Would one that may not be cut off be? It does not begin there. */
bool fence_bars_start(const struct fence *f, size_t slot, int64_t start_sec,
                      int64_t limit_sec);

/* Is a node open from a slot on, to a job that is over then? */
bool fence_admits(const struct fence *f, size_t position, size_t first,
                  int64_t over_sec);

/* A bit for each of those that keep licences from it in a slot, as stock.h has them,
 * if it is over then. */
uint64_t fence_keeps(const struct fence *f, size_t slot, int64_t over_sec);
/* The last slot, from one on up to before another, in which too little is free of what
 * a job takes that is over then; SLOT_NONE: in none. */
size_t fence_short(const struct fence *f, const struct stock *stock,
                   struct license_list takes, size_t first, size_t last,
                   int64_t over_sec);

#endif

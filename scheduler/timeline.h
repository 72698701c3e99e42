/*
 * timeline - what is free on each node over coming time.
 *
 * Time is cut into slots [bounds[i], bounds[i + 1]); the last one ends never. What is
 * taken counts in every slot that it touches, so nothing outlasts its assumed end.
 *
 *  this minute, 60 s each   120 s each         240 s each ...          far
 *   |---|----|----|--...--|--------|--...--|----------------|--...--|---------- ...
 *
 * A boundary is an absolute multiple of a power of two minutes, the more the farther
 * away. The boundaries of a later time contain those of an earlier one that are still
 * to come, so a start that was planned on one stays on one (planner.md §2).
 *
 * What is free is kept node by node (lane.h). For each demand (demand.h) and slot it is
 * known which nodes have room for one pod ("open"), and how many these are; and for
 * each block of slots which are open in all of them, so that a search passes through a
 * long time in few steps. Nodes are positions, as in cluster.h.
 *
 *   slots          | 0 | 1 | 2 | 3 |  4  |  5  |  6  |  7  |    8    |   ...
 *   lane of n1     |---- 8 GPUs ---|---- 2 ----|------------ 8 ----------
 *   lane of n2     |------- 0 -----------|---------------- 8 ------------
 *   4 GPUs: open   |n1 |n1 |n1 |n1 |     |n2   |n1n2 |n1n2 |n1n2     |
 *     in the block |--------------------- none ------------|---------- ...
 *
 * A node is vacant in a slot where as much is free as without any job: how much that is
 * is known of each node. Where a search finds many such nodes they need no looking at.
 *
 * It is full where it is open to no demand. Mostly a vacant node becomes full, or the
 * reverse; so that this is one change for all demands, the sets of open nodes are left
 * as if full nodes were vacant, and these are in a set of their own, to be taken off:
 *
 *   4 GPUs: shown  |n1 |n1 |n1 |n1 |n2   |n2   |n1n2 |n1n2 |n1n2     |
 *           full   |n2 |n2 |n2 |n2 |n2   |     |     |     |         |
 *
 * Demands that are new since all openings were worked out do not count in this, and
 * their sets are of open nodes as they are.
 *
 * Invariant: in a slot, free = capacity - all that is taken there; negative where more
 * runs than fits.
 */
#ifndef GANTRY_SCHEDULER_TIMELINE_H
#define GANTRY_SCHEDULER_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/demand.h"
#include "scheduler/lane.h"
#include "scheduler/model.h"
#include "scheduler/nodeset.h"
#include "scheduler/pledge.h"
#include "scheduler/rowtable.h"
#include "scheduler/stock.h"

#define TIME_NEVER INT64_MAX
#define SLOT_NONE SIZE_MAX
/* The narrowest slot. */
#define TIMELINE_MINUTE_SEC 60

/* Slots in a row. */
#define BLOCK_SLOTS 8

/* Which nodes are open, by demand. So many demands, and slots, have a place. */
struct openings {
    size_t demands_cap, slots_cap;
    uint16_t *rows;     /* by slot: where its sets lie, so that they need not move */
    size_t masked;      /* so many demands, the first, are shown as said above */
    uint64_t *vacant;   /* [row][words]: nodes without jobs */
    uint64_t *full;     /* likewise: that are open to none of the first `masked` */
    uint64_t *sets;     /* [demand][row][words]: shown as open */
    uint32_t *counts;   /* [demand][slot] */
    uint64_t *in_block; /* [demand][block][words]: in all of its slots, where it is */
    bool *is_known;     /* [demand][block] */
};

/* Nodes that begin or cease to be open to the same demands in the same slots; they are
 * of one word of the sets of nodes. */
struct flip {
    size_t first, last;
    bool vacant, full; /* they become so, or are so no more */
    uint64_t *moved;   /* sets of demands, one behind the other: MOVES of them */
};

/* To which they close, open, and are shown otherwise. */
enum { MOVE_CLOSED, MOVE_OPENED, MOVE_SHOWN, MOVES };

struct flips {
    struct flip *items;
    size_t n, cap;
    size_t word;
    uint64_t nodes;
};

/* What a use does to a row: some columns move. All else is zero. */
struct shift {
    int n;
    int column[COLUMNS_MAX];
    int64_t by[COLUMNS_MAX];
};

/* What a shift has made of a row; `over`: with less than nothing left; `clash`: with
 * somebody beside one who is to be alone. */
struct passage {
    uint64_t gen;
    uint32_t from, to;
    bool over, clash;
};

#define PASSAGES 64
/* Those of one shift, by the row they are from; of another generation: nothing. */
struct passages {
    struct shift shift;
    uint64_t gen; /* from 1 on, if there is any */
    struct passage items[PASSAGES];
};

/* The lane of a node in a chain of those whose next piece begins with the same slot. */
struct chain_link {
    size_t slot; /* SLOT_NONE: it has no piece any more */
    size_t piece;
    size_t before, next; /* positions; SIZE_MAX: none */
};

/* While openings are worked out: the lanes, by the first piece of slots to come. */
struct chains {
    size_t *first;            /* by slot; SIZE_MAX: none */
    struct chain_link *links; /* by position */
};

struct timeline {
    int64_t *bounds; /* n_slots of them; bounds[0] begins the present minute */
    size_t n_slots;
    uint16_t *places;     /* of the slots before timeline_advance, and of their end */
    uint64_t *stale;      /* a set of nodes: of lanes that are still cut as before it */
    size_t n_fresh;       /* so many words of it have none any more */
    struct rowtable rows; /* what is free somewhere at some time */
    size_t rows_limit;    /* when they are more, some are swept out */
    struct lane *lanes;   /* by position */
    uint32_t *vacancies;  /* likewise: the row that is free without jobs */
    uint64_t *met;        /* by row: a set of demands; the first `n_met` are known */
    size_t n_met, met_cap;
    struct openings open;
    size_t n_nodes, words;
    int n_res; /* columns of the lanes; the last one is the seats */
    struct demands demands;
    struct stock stock;     /* licences */
    struct pledges pledges; /* of limits */
    uint64_t *moved;        /* scratch, as in a flip; and of the take under way: */
    struct flips flips, flips_before;
    struct passages passages;
    size_t n_known; /* so many slots whose openings are worked out, and kept up */
    struct chains chains;
    uint64_t mutation;  /* moves with every take and give */
    uint64_t now_moved; /* moves with those that reach into the first slot */
    bool overcommitted; /* a take since timeline_reset went below zero */
};

/* What one job, or one foreign pod, takes on one node. */
struct use {
    size_t position;
    struct resvec amount;
    int64_t seats;    /* 0 for pods of others */
    bool mates;       /* whoever has other seats there is of the same user: owner.h */
    size_t component; /* of a heterogeneous job; else 0 */
};

void timeline_init(struct timeline *tl);
void timeline_fini(struct timeline *tl);

/* Cuts the slots of the window that begins at now_sec, with nothing on any node. Then
 * capacities, and after them uses, are filled in, and timeline_ready works out which
 * nodes are open. The first `n_res` resources are counted; others must not be asked
 * for. */
void timeline_reset(struct timeline *tl, int64_t now_sec, int64_t window_sec,
                    size_t n_nodes, int n_res);
void timeline_add_node(struct timeline *tl, size_t position,
                       const struct resvec *capacity);
/* Works out one more slot, and others as far as so many words go; true: that was all,
 * and from now on openings may be asked for. Between the calls uses may come and go; a
 * new demand makes it begin again. */
bool timeline_ready(struct timeline *tl, size_t words);
static inline bool timeline_is_ready(const struct timeline *tl)
{
    return tl->n_known == tl->n_slots;
}

/* Cuts the slots anew for a later time, in the same window. What is taken stays taken
 * as long as it was; it may be that long no more, since slots are finer, or in the far
 * slot no longer: the caller moves such ends. False: that cannot be, and the timeline
 * is to be reset. The lanes follow (timeline_renumber). */
bool timeline_advance(struct timeline *tl, int64_t now_sec, int64_t window_sec);
/* Brings some more lanes to the slots that timeline_advance has cut; true: that was
 * all. Until then uses may come and go, and what is free is not to be asked for. */
bool timeline_renumber(struct timeline *tl);
/* The slot that a slot (or the end of all) of before timeline_advance begins with. */
static inline size_t timeline_place(const struct timeline *tl, size_t slot)
{
    return tl->places[slot];
}

/* True if the slots of another time would be cut elsewhere. */
bool timeline_is_outdated(const struct timeline *tl, int64_t now_sec);
/* The minute that a time lies in. */
int64_t timeline_minute(int64_t sec);
/* From when on what begins in a slot is taken to run: in the first one from now, but
 * for a start that was due with the minute and comes so little late. It may though
 * nothing is wrong: of 100,000 jobs that wait the last has its turn 1.8 s behind the
 * minute, 3.3 s where all are planned anew under limits (bench_plan, two busy cores).
 * This is three times that. More would let jobs that are to be over when a reservation
 * begins run as far into it. */
#define TIMELINE_LATE_SEC 10
int64_t timeline_start(const struct timeline *tl, size_t slot, int64_t now_sec);
/* When what takes so long (LIMIT_UNLIMITED) is over; TIME_NEVER: beyond all time. */
static inline int64_t timeline_end(int64_t start_sec, int64_t length_sec)
{
    int64_t end;

    if (length_sec == LIMIT_UNLIMITED ||
        __builtin_add_overflow(start_sec, length_sec, &end))
        return TIME_NEVER;
    return end;
}

/* [start, end) in slots: *ret_last is one past the last that it touches. */
void timeline_span(const struct timeline *tl, int64_t start_sec, int64_t end_sec,
                   size_t *ret_first, size_t *ret_last);
/* All uses of one job at once. */
void timeline_take(struct timeline *tl, const struct use *uses, size_t n, size_t first,
                   size_t last);
void timeline_give(struct timeline *tl, const struct use *uses, size_t n, size_t first,
                   size_t last);
/* Takes the licences of a job, beside its uses; with sign 1 gives them back. */
void timeline_license(struct timeline *tl, const struct job *job, size_t first,
                      size_t last, int sign);
/* Is all of it free? */
bool timeline_has(const struct timeline *tl, const struct use *use, size_t first,
                  size_t last);
/* The least that is free of each resource over slots. */
void timeline_least(const struct timeline *tl, size_t position, size_t first,
                    size_t last, struct resvec *ret);

/* The index of the demand, made if new; holds until the next reset. */
size_t timeline_demand(struct timeline *tl, const struct resvec *each, bool private_);

/* What is free on a node in a slot: n_res - 1 amounts, lent until the next change. */
static inline const int64_t *timeline_row(const struct timeline *tl, size_t position,
                                          size_t slot)
{
    const struct lane *lane = &tl->lanes[position];

    return rowtable_at(&tl->rows, lane->rows[lane_find(lane, slot)]);
}

/* The nodes that are shown as open in a slot; those that are: without the full ones. */
static inline const uint64_t *timeline_shown(const struct timeline *tl, size_t demand,
                                             size_t slot)
{
    return tl->open.sets +
           (demand * tl->open.slots_cap + tl->open.rows[slot]) * tl->words;
}

/* NULL: none is to be taken off. */
static inline const uint64_t *timeline_full(const struct timeline *tl, size_t demand,
                                            size_t slot)
{
    return demand < tl->open.masked ? tl->open.full + tl->open.rows[slot] * tl->words
                                    : NULL;
}

/* Is the node open in a slot? */
static inline bool timeline_is_open(const struct timeline *tl, size_t demand,
                                    size_t slot, size_t position)
{
    const uint64_t *full = timeline_full(tl, demand, slot);

    return node_set_has(timeline_shown(tl, demand, slot), position) &&
           (full == NULL || !node_set_has(full, position));
}

/* What is free on a node wherever it is vacant: likewise. */
static inline const int64_t *timeline_vacancy(const struct timeline *tl,
                                              size_t position)
{
    return rowtable_at(&tl->rows, tl->vacancies[position]);
}

/* The nodes that are vacant in a slot. */
static inline const uint64_t *timeline_vacant(const struct timeline *tl, size_t slot)
{
    return tl->open.vacant + tl->open.rows[slot] * tl->words;
}

/* For each slot. */
static inline const uint32_t *timeline_counts(const struct timeline *tl, size_t demand)
{
    return tl->open.counts + demand * tl->open.slots_cap;
}

/* The demands to which a node is open throughout a piece of its lane: a set of them,
 * lent until the next change. */
const uint64_t *timeline_met(struct timeline *tl, size_t position, size_t piece);

/* The nodes that are open in all of the BLOCK_SLOTS slots from `slot` on, a multiple of
 * them; none of these is behind the last. Worked out when it is asked for. */
const uint64_t *timeline_open_in_block(const struct timeline *tl, size_t demand,
                                       size_t slot);

#endif

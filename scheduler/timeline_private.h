/*
 * timeline_private - the inside of the timeline: timeline_slots.c cuts time into slots,
 * timeline_take.c takes and gives, timeline_ready.c works out which nodes are open to
 * whom, timeline_open.c keeps that up, timeline.c keeps the lanes and puts all
 * together.
 */
#ifndef GANTRY_SCHEDULER_TIMELINE_PRIVATE_H
#define GANTRY_SCHEDULER_TIMELINE_PRIVATE_H

#include "scheduler/timeline.h"

void timeline_cut_slots(struct timeline *tl, int64_t now_sec, int64_t window_sec);

/* For as many demands as there are now, with their slots and blocks; what is open is to
 * be worked out. */
void openings_reset(struct timeline *tl);
void openings_fini(struct openings *open);

/* The slots are others, `places` says where those of before are; what was open in one
 * is open in those that it is cut into. False: they are too many. */
bool openings_advance(struct timeline *tl, size_t n_before);

/* So many rows more than there are on the lanes are kept at least. */
#define ROWS_SPARE 256

/* The demands that a row meets, a set: lent until one is asked for of a new row. */
const uint64_t *timeline_row_met(struct timeline *tl, uint32_t row);

/* With room for at least so many demands: a few more than there are now. */
void openings_make_room(struct timeline *tl, size_t n_demands);
/* Of demands from `from` on. */
void openings_forget_blocks(const struct timeline *tl, size_t from);

/* Lets some nodes of a word of their sets begin, or all cease, to be open. */
void openings_flip(struct timeline *tl, const struct flip *flip, size_t word,
                   uint64_t nodes);

/* The lane is of the slots of now, before others: see timeline_renumber. */
void timeline_freshen(struct timeline *tl, size_t position);

/* The lane is another: while openings are worked out, this is to be told. */
void timeline_rechain(struct timeline *tl, size_t position);

static inline uint64_t *openings_at(const struct timeline *tl, size_t demand,
                                    size_t slot)
{
    return tl->open.sets +
           (demand * tl->open.slots_cap + tl->open.rows[slot]) * tl->words;
}

static inline uint64_t *openings_vacant(const struct timeline *tl, size_t slot)
{
    return tl->open.vacant + tl->open.rows[slot] * tl->words;
}

/* By slot. */
static inline uint32_t *openings_counts(const struct timeline *tl, size_t demand)
{
    return tl->open.counts + demand * tl->open.slots_cap;
}

#endif

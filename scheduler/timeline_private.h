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

/* Of the demands of a word, those of the first `masked`. */
static inline uint64_t openings_masked(const struct timeline *tl, size_t word)
{
    size_t before = word * 64;

    if (tl->open.masked <= before)
        return 0;
    return tl->open.masked - before >= 64
               ? ~UINT64_C(0)
               : ~(~UINT64_C(0) << (tl->open.masked - before));
}

/* What a node is to all demands: those that its row meets, and that of its vacancy. */
struct standing {
    const uint64_t *met, *vacancy;
    bool full;
};

/* Lent until a row is made. */
struct standing openings_standing(struct timeline *tl, uint32_t row, uint32_t vacancy);

/* Of the demands of a word, those to which it is shown as open. */
static inline uint64_t openings_shown(const struct timeline *tl,
                                      const struct standing *s, size_t word)
{
    return s->met[word] | (s->full ? s->vacancy[word] & openings_masked(tl, word) : 0);
}

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

static inline uint64_t *openings_full(const struct timeline *tl, size_t slot)
{
    return tl->open.full + tl->open.rows[slot] * tl->words;
}

/* By slot. */
static inline uint32_t *openings_counts(const struct timeline *tl, size_t demand)
{
    return tl->open.counts + demand * tl->open.slots_cap;
}

#endif

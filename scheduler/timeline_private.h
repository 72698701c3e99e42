/*
 * timeline_private - the inside of the timeline: timeline_slots.c cuts time into slots,
 * timeline_take.c takes and gives, timeline_open.c keeps which nodes are open to whom,
 * timeline.c keeps the lanes and puts all together.
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

/* Lets some nodes of a word of their sets begin, or all cease, to be open. */
void openings_flip(struct timeline *tl, const struct flip *flip, size_t word,
                   uint64_t nodes);

#endif

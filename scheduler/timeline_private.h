/*
 * timeline_private - the inside of the timeline: timeline_slots.c cuts time into slots,
 * timeline_open.c keeps stretches and which nodes are open in them to whom, timeline.c
 * the lanes, and puts all together.
 */
#ifndef GANTRY_SCHEDULER_TIMELINE_PRIVATE_H
#define GANTRY_SCHEDULER_TIMELINE_PRIVATE_H

#include "scheduler/timeline.h"

void timeline_cut_slots(struct timeline *tl, int64_t now_sec, int64_t window_sec);

/* One stretch over all slots. */
void stretches_begin(struct timeline *tl);
/* Those in use become spare ones, and spare ones are freed. */
void stretches_drop(struct timeline *tl);
void stretches_drop_spares(struct timeline *tl);
/* From now on a stretch begins with the slot. */
void stretches_cut(struct timeline *tl, size_t slot);

/* Lets some nodes of a word of their sets begin or cease to be open. */
void stretches_flip(struct timeline *tl, const struct flip *flip, size_t word,
                    uint64_t nodes);

#endif

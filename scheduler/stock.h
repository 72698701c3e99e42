/*
 * stock - how many licences are free over the slots of coming time.
 *
 * What a job holds, or will by its plan, counts in every slot that it touches. Names
 * that nobody has set up are passed over: whoever asks for them is ruled out before
 * (license_check).
 */
#ifndef GANTRY_SCHEDULER_STOCK_H
#define GANTRY_SCHEDULER_STOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/lane.h"
#include "scheduler/license.h"
#include "scheduler/model.h"

/* All zero is empty. */
struct stock {
    const struct license_table *table; /* lent: as long as the stock is in use */
    struct lane lane;                  /* a column a licence; empty: there are none */
};

void stock_fini(struct stock *stock);
/* All of the table's are free at all times. */
void stock_reset(struct stock *stock, const struct license_table *table);
/* Slots are counted anew: lane.h, lane_renumber. */
void stock_renumber(struct stock *stock, const uint16_t *places);
/* Takes what the job asks for from slot `first` on up to before `last`, or with sign 1
 * gives it back. `last` may be `n_slots`, which is without end. False: less than
 * nothing is left. */
bool stock_change(struct stock *stock, const struct job *job, size_t first, size_t last,
                  size_t n_slots, int sign);
/* The last of the slots in which too little is free of something that the job asks for;
 * SIZE_MAX: in none. */
size_t stock_short(const struct stock *stock, const struct job *job, size_t first,
                   size_t last);

/* Those that are short in the first slot, as a sentence. */
void stock_say_short(const struct stock *stock, const struct job *job,
                     struct str *message);

#endif

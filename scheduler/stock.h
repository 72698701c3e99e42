/*
 * stock - how many licences are free over the slots of coming time.
 *
 * What a job holds, or will by its plan, counts in every slot that it touches. Names
 * that nobody has set up are passed over: whoever asks for them is ruled out before
 * (license_check).
 *
 * A reservation keeps some for its jobs, in the slots of its time: as many as it has
 * and they do not hold, or will by their plans. For everybody else those are not free.
 * Which keep some from whom, in which slots, fences say (fence.h).
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
#include "scheduler/rowtable.h"

/* What a reservation has that its jobs do not hold; less than 0 where they hold more.
 */
struct keep {
    char *resv; /* its name */
    struct lane left;
};

/* So many reservations keep licences; those behind them, by name, do not. */
#define KEEPS_MAX 64

/* All zero is empty. */
struct stock {
    const struct license_table *table; /* lent: as long as the stock is in use */
    struct rowtable rows;              /* of all lanes: a column a licence */
    struct lane lane;                  /* empty: there are no licences */
    struct keep *keeps;
    size_t n_keeps;
};

void stock_fini(struct stock *stock);
/* All of the table's are free at all times. */
void stock_reset(struct stock *stock, const struct license_table *table);
/* A reservation keeps these, if there is room for one more; the name is copied. */
void stock_keep(struct stock *stock, const char *resv, const struct license *licenses,
                size_t n);
/* Slots are counted anew: lane.h, lane_renumber. */
void stock_renumber(struct stock *stock, const uint16_t *places);
/* Takes what the job asks for from slot `first` on up to before `last`, or with sign 1
 * gives it back. `last` may be `n_slots`, which is without end. False: less than
 * nothing is left. */
bool stock_change(struct stock *stock, const struct job *job, size_t first, size_t last,
                  size_t n_slots, int sign);
/* The last of the slots in which too little is free of something that a job takes;
 * SIZE_MAX: in none. `kept`: by slot, a bit for each of the keeps that are not for the
 * job; NULL: they are none. */
size_t stock_short(const struct stock *stock, struct license_list takes,
                   const uint64_t *kept, size_t first, size_t last);

/* Is there enough of all of them in a slot, where those bits are kept from the job? */
bool stock_holds(const struct stock *stock, struct license_list takes, uint64_t kept,
                 size_t slot);

/* Does a job that takes them have some, in a slot from `first` on up to before `last`,
 * that are kept from it there? As one that should have been over does. */
bool stock_invades(const struct stock *stock, struct license_list takes,
                   const uint64_t *kept, size_t first, size_t last);

/* How many of one are too few in a slot, where those bits are kept; 0: there are
 * enough. */
int64_t stock_lack(const struct stock *stock, const struct license *need, uint64_t kept,
                   size_t slot);
/* So many more of one are free to somebody from whom those are kept, in a slot that a
 * job has them in, if it ends: of one in a reservation, which has them back, only what
 * it has beyond that. */
int64_t stock_brings(const struct stock *stock, const struct job *job, const char *name,
                     uint64_t kept, size_t slot);
/* Those that are short in the first slot, as a sentence. */
void stock_say_short(const struct stock *stock, struct license_list takes,
                     const uint64_t *kept, struct str *message);

#endif

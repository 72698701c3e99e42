/*
 * usage - what jobs have used of an account, member by member.
 *
 * Time is cut into periods (PriorityCalcPeriod). At the end of each, running jobs are
 * charged for the part of it that they ran: so much a second, each second faded until
 * then (decay.h). What a job used that ends within a period is `recent` until it ends:
 *
 *        usage_sec          job ends     recent_sec
 *   ---------|------------------|------------|---------> time
 *       end of a period                 end of the next
 *
 * All that an account's members have used is true at one time, `usage_sec`, and moves
 * on only when one of them is charged, so that a core that is told of the account at
 * any time goes on with the very same numbers. Who is charged for a time before
 * `usage_sec` was charged for it already: charging is safe to repeat.
 */
#ifndef GANTRY_SCHEDULER_USAGE_H
#define GANTRY_SCHEDULER_USAGE_H

#include <stdint.h>

#include "scheduler/model.h"

struct usage_rules {
    int64_t half_life_sec; /* 0: nothing fades */
    int64_t period_sec;    /* above 0 */
};

/* Something that costs `rate` thousandths of a billing of 1 each second. */
struct usage_charge {
    int64_t rate;
    int64_t from_sec, to_sec;
};

/* The last end of a period, now or before; the first, now or later. */
int64_t usage_period_before(const struct usage_rules *rules, int64_t now_sec);
int64_t usage_period_after(const struct usage_rules *rules, int64_t now_sec);

/* Moves an account on to the end of a period; nothing, if it is not before that.
 * Returns from when on its members are to be charged: TIME_UNSET: from the start of
 * each. */
int64_t usage_advance(const struct usage_rules *rules, struct account *account,
                      int64_t at_sec);
/* Charges a member for what lies behind `since_sec` and up to the account's time. */
void usage_add(const struct usage_rules *rules, const struct account *account,
               struct member *member, const struct usage_charge *charge,
               int64_t since_sec);
/* Charges a member for something that has ended, from the account's time on. Though it
 * cost nothing: the account's time moves on past its end. */
void usage_end(const struct usage_rules *rules, struct account *account,
               struct member *member, const struct usage_charge *charge);

#endif

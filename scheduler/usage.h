/*
 * usage - what jobs have used of a QOS, and of an account, member by member.
 *
 * Time is cut into periods (PriorityCalcPeriod). At the end of each, running jobs are
 * charged for the part of it that they ran: so much a second, each second faded until
 * then (decay.h). What a job used that ends within a period is `recent` until it ends:
 *
 *        usage_sec          job ends     recent_sec
 *   ---------|------------------|------------|---------> time
 *       end of a period                 end of the next
 *
 * All that is in one book (of an account's members, or of a QOS alone) is true at one
 * time, `usage_sec`, and moves on only when somebody in it is charged, so that a core
 * that is told of it at any time goes on with the very same numbers. Who is charged for
 * a time before `usage_sec` was charged for it already: charging is safe to repeat.
 * A reset (usagereset.h) forgets what lies before it, at the end of a period.
 */
#ifndef GANTRY_SCHEDULER_USAGE_H
#define GANTRY_SCHEDULER_USAGE_H

#include <stdint.h>

#include "scheduler/model.h"
#include "scheduler/usagereset.h"

struct usage_rules {
    int64_t half_life_sec; /* 0: nothing fades */
    int64_t period_sec;    /* above 0 */
    struct usage_reset_rule reset;
};

/* What a second costs, in thousandths of one (used.h). */
struct usage_rate {
    enum tres tres;
    const char *type; /* lent */
    int64_t rate;
};
#define USAGE_RATES_MAX 32

struct usage_charge {
    struct usage_rate rates[USAGE_RATES_MAX];
    size_t n;
    int64_t from_sec, to_sec;
};

/* Whose usage is true at one time; lent. */
struct usage_book {
    struct usage_time *as_of;
    struct usage *first; /* n of them, so many bytes apart */
    size_t n, stride;
};

/* The last end of a period, now or before (TIME_UNSET has none before it); the first,
 * now or later. */
int64_t usage_period_before(const struct usage_rules *rules, int64_t now_sec);
int64_t usage_period_after(const struct usage_rules *rules, int64_t now_sec);

/* The last reset that has taken effect by a time, an end of a period; TIME_UNSET: there
 * was none. */
int64_t usage_reset_at(const struct usage_rules *rules, int64_t sec);
/* Has the book something that is to be forgotten by then? */
bool usage_is_reset(const struct usage_rules *rules, struct usage_book book,
                    int64_t at_sec);

struct usage_book usage_book_of_account(struct account *account);
struct usage_book usage_book_of_qos(struct qos *qos);

/* Adds to what a second costs; nothing, if that is all there is room for. */
void usage_charge_add(struct usage_charge *charge, enum tres tres, const char *type,
                      int64_t rate);

/* Moves a book on to the end of a period; nothing, if it is not before that. Returns
 * from when on those in it are to be charged: TIME_UNSET: from the start of each. */
int64_t usage_advance(const struct usage_rules *rules, struct usage_book book,
                      int64_t at_sec);
/* Charges somebody in a book for what lies behind `since_sec` and up to its time. */
void usage_add(const struct usage_rules *rules, struct usage_book book,
               struct usage *usage, const struct usage_charge *charge,
               int64_t since_sec);
/* Charges for something that has ended, from the book's time on. Though it cost
 * nothing: the book's time moves on past its end. */
void usage_end(const struct usage_rules *rules, struct usage_book book,
               struct usage *usage, const struct usage_charge *charge);

#endif

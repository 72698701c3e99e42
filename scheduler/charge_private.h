/* What the files of charge share. */
#ifndef GANTRY_SCHEDULER_CHARGE_PRIVATE_H
#define GANTRY_SCHEDULER_CHARGE_PRIVATE_H

#include "scheduler/charge.h"
#include "scheduler/usage.h"

/* ---- charge.c ---- */

/* Is it charged as it is? NULL: there is none. */
bool charge_is_on(const struct job *job);
bool charge_has_payers(const struct sched *s);
/* Who pays for a job, or for a component as component_alone has it; lent until accounts
 * or QOS change. */
struct purse {
    struct usage_rules rules;
    struct usage_book book;
    struct usage *usage;
};
#define PURSES_MAX 3 /* its member, its QOS, its partition's */
size_t charge_purses(struct sched *s, const struct job *job,
                     struct purse ret[PURSES_MAX]);
/* Has a book something recent that is past by then? */
bool charge_is_due(const struct usage_time *as_of, int64_t at_sec);

/* ---- charge_settle.c ---- */

/* Up to when jobs are being charged that have not all paid, so that it stands;
 * TIME_UNSET: they are not. */
int64_t charge_open_sec(const struct sched *s);
/* Moves the book of one on to then, if something in it is due by then. */
void charge_move_due(const struct purse *p, int64_t at_sec);
/* What a job owes for up to `to_sec`, as its books move on to `at_sec`. Returns up to
 * when it has paid (job.paid_sec) by that. */
int64_t charge_pay(struct sched *s, const struct job *job, int64_t at_sec,
                   int64_t to_sec);

/* ---- charge_rate.c ---- */

/* What a job pays for each second: its TRES, its billing and the second itself, times
 * the usage factor of its own QOS. From its start to `to_sec`, or to its end. */
struct usage_charge charge_of(const struct sched *s, const struct job *job,
                              int64_t to_sec);
/* Where the job runs; NULL: nowhere, or in none that there still is. */
const struct partition *charge_part(const struct sched *s, const struct job *job);
/* Is it known when a job ended whose pods are being cleaned up? */
bool charge_has_end(const struct job *job);

#endif

/*
 * charge - jobs pay for what they hold: who is charged (policy.h), how much (each TRES,
 * billing.h, the QOS's usage factor), for which time (usage.h).
 *
 * A job is charged from its start until it has ended; not before it runs, nor while its
 * pods are being cleaned up. It is charged to the member that it was started for, and
 * where that is gone to a former one of its name; and likewise to its QOS and to its
 * partition's, whose own factor does not count. Of a heterogeneous job each component
 * is charged as a job of its own.
 *
 * Who begins to pay for a job that runs pays from the end of the last period on, not
 * for its past. Books cannot tell where that begins: the one that paid may be gone, or
 * there was none. So each job has up to when it has been charged, whoever paid
 * (`paid_sec`).
 */
#ifndef GANTRY_SCHEDULER_CHARGE_H
#define GANTRY_SCHEDULER_CHARGE_H

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/core.h"
#include "scheduler/usage.h"

/* Charges what has run up to now, once in each period, and ranks accounts by it; the
 * core is dirty if somebody stands otherwise than before. False: the budget is spent,
 * and the next step goes on; until then nothing is to be decided. */
bool charge_settle(struct sched *s, int64_t now_sec, struct sched_budget budget);
/* Notes that a job is charged from now on, or is no longer: `was` and `is` are two of
 * its states, NULL where there is none. One that comes as ENDED is charged for what its
 * account has not paid for yet. The end of `is` becomes that of its own work. */
void charge_change(struct sched *s, struct jobrec *rec, const struct job *was,
                   struct job *is);
/* An account or a QOS comes: who runs while there was none owes nothing yet. */
void charge_first_payers(struct sched *s);
/* The end of the period now; INT64_MAX: there is none, or no step has been yet. */
int64_t charge_next_period(const struct sched *s, int64_t now_sec);
/* How usage of a QOS (NULL: of accounts) fades, and is forgotten. */
struct usage_rules charge_rules(const struct sched *s, const struct qos *qos);
/* How fast what has been used of a QOS (NULL: of accounts) fades. */
int64_t charge_half_life(const struct sched *s, const struct qos *qos);
/* The end of the period now, if there is anybody to be charged then; else INT64_MAX. */
int64_t charge_next(const struct sched *s, int64_t now_sec);

#endif

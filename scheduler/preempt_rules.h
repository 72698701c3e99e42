/*
 * preempt_rules - whose jobs may be ended for whom: Slurm's preempt/qos and
 * preempt/partition_prio.
 *
 *                       by QOS                            by partition
 *   who may             his QOS lists the other's; or     his partition has the higher
 *                       it is the same, with WITHIN,      priority tier
 *                       and he has the higher priority
 *   mode, grace         of the victim's QOS               of the victim's partition
 *   exempt              of the victim's partition's QOS, else of its own (of its own
 *                       first, if that is OverPartQOS); and who has a higher
 *                       priority than preempt_min_exempt_priority
 *
 * By the one or the other, or by neither, a job in a reservation may have nodes of it
 * back that others have borrowed (reservation.h), at any time, with the warning that
 * they asked for. They go back to the queue if they may (sbatch, --signal).
 *
 * What is not said there is as configured; so is what a QOS says with OFF, while a
 * partition of that mode keeps its jobs. PRIORITY, in the configuration: not those of
 * a higher priority, and by QOS not those of the same either. QOS that lead back to
 * themselves by their lists are a circle: none of them preempts anybody.
 *
 * Suspending is refused by name: GPUs stay held, so it frees nothing.
 */
#ifndef GANTRY_SCHEDULER_PREEMPT_RULES_H
#define GANTRY_SCHEDULER_PREEMPT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/model.h"

struct sched_config;

enum preempt_type { PREEMPT_BY_NOBODY, PREEMPT_BY_QOS, PREEMPT_BY_PARTITION };

/* Bits of a PreemptMode; one of the first three, at most. */
enum preempt_mode {
    PREEMPT_OFF = 1,
    PREEMPT_CANCEL = 2,
    PREEMPT_REQUEUE = 4,
    PREEMPT_WITHIN = 8,
    PREEMPT_PRIORITY = 16,
};

/* A job where it runs, or would. */
struct preempt_side {
    const struct job *job;
    const struct partition *part;
    const struct qos *qos, *part_qos; /* NULL: none */
    int64_t priority;
    const char *resv; /* of who preempts: in which reservation; NULL: in none */
};

/* "REQUEUE,WITHIN", in capitals or not. */
int preempt_mode_parse(const char *words, int64_t *ret, struct err *err);
/* Appends them; nothing for 0. */
void preempt_mode_format(int64_t mode, struct str *out);

/* What preemption goes by of a QOS, its priority apart. */
bool preempt_rules_equal(const struct qos *a, const struct qos *b);
/* Sets `in_circle` of each. They are sorted by name. */
void preempt_find_circles(struct qos **qos, size_t n);
/* "QOS a preempts nobody: ..." */
void preempt_say_circle(struct qos *const *qos, size_t n, const struct qos *of,
                        struct str *out);

/* Do priorities of jobs count? */
bool preempt_asks_priority(const struct sched_config *c, const struct preempt_side *by);
/* As far as the two are concerned, whatever runs. */
bool preempt_may(const struct sched_config *c, const struct preempt_side *by,
                 const struct preempt_side *victim);
/* Anybody, whatever the others are? By partition nobody knows. */
bool preempt_may_any(const struct sched_config *c, const struct preempt_side *by);
/* One of CANCEL and REQUEUE, of a victim that may be preempted. */
enum preempt_mode preempt_mode_of(const struct sched_config *c,
                                  const struct preempt_side *victim);
int64_t preempt_grace_sec(const struct sched_config *c,
                          const struct preempt_side *victim);
/* For so long after its start it is let run. */
int64_t preempt_exempt_sec(const struct sched_config *c,
                           const struct preempt_side *victim);
/* What it costs: the least first. Tier, or the QOS's priority; then nodes. */
int64_t preempt_cost(const struct sched_config *c, const struct preempt_side *victim);

#endif

/*
 * intake - which partitions take a job in.
 *
 * A partition in state DRAIN or INACTIVE takes no new jobs; what is queued in it stays.
 * A job is new to a partition until its status names it: status.partition, unless
 * condition Accepted is False. So a restart decides nothing anew, and of a job that
 * moves only the new partition is asked. One that does not exist is left to the core,
 * which says so. A task of an array was taken in with it.
 *
 * Limits of its QOS and account may keep a new job out of them all: on how many jobs
 * are queued, and with DenyOnLimit on what it asks for. One that the core counts is in.
 * While the core counts all jobs anew, as limits have changed, the answer waits: until
 * the steps that do so are done the job stays as it was, a new one without a status,
 * and is in no queue. Then all of these are asked about, the first that came first
 * (cycle.c).
 *
 * While a partition takes no new jobs its alternate does, if it has one and that is
 * open (or has an alternate in its turn); when the partition opens again, those that
 * still wait go there.
 */
#ifndef GANTRY_CONTROLLER_INTAKE_H
#define GANTRY_CONTROLLER_INTAKE_H

#include <stdbool.h>

#include "cmd/gantry-controller/bjob.h"
#include "scheduler/sched.h"

/* Zeroed is none at all. Strings are heap strings. */
struct intake {
    char *queue; /* the partitions that have it, or where none does, that it asks for:
                    names apart by commas; NULL: none */
    bool alternate;      /* one in the queue takes the place of one that is asked for */
    char *refusal;       /* none has it: what its user is told; NULL */
    enum reason limited; /* it is limits that keep it out */
    bool waits;          /* there is no answer yet: all else is as it was before */
};

/* `started`: the core has decided its start, which is not persisted yet. Where the
 * answer waits `ret` says nothing else. */
void intake_decide(struct sched *sched, const struct bjob *job, bool started,
                   struct intake *ret);
bool intake_has(const struct intake *in, const char *partition);
/* Makes the job's partitions those that have it. */
void intake_partitions(const struct intake *in, struct job *model);
bool intake_equal(const struct intake *a, const struct intake *b);
void intake_fini(struct intake *in);

#endif

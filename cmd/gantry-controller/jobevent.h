/*
 * jobevent - which event tells of a change of a job's status.
 *
 * Events are for people (kubectl describe, kubectl events) and are gone after an hour:
 * nothing depends on them. One change is told once:
 *
 *   RUNNING begins                    Normal   Started       where; which attempt
 *   COMPLETING for another job        Normal   Preempted     for which; what follows
 *   it goes back to the queue         Normal   Requeued      why; Warning where the
 *                                                            cluster failed it
 *   COMPLETED                         Normal   Completed     how long it ran
 *   CANCELLED                         Normal   Cancelled
 *   any other end                     Warning  by its reason, as in condition Failed
 *   it is not taken in                Warning  by its reason, as in condition Accepted
 *   it can never start as it is       Warning  its reason: BadConstraints, ...
 *
 * Why else a job waits, and for how long, is told by its status alone: of a long queue
 * that would be news of thousands. An array has no attempts: its tasks tell theirs.
 */
#ifndef GANTRY_CONTROLLER_JOBEVENT_H
#define GANTRY_CONTROLLER_JOBEVENT_H

#include <stdbool.h>

#include "cmd/gantry-controller/bjob.h"

struct jobevent {
    bool warns;
    const char *action; /* what was done to the job; constant */
    char *reason;
    char *note; /* at most JOBEVENT_NOTE_MAX bytes */
};

#define JOBEVENT_NOTE_MAX 1000 /* the API's own limit is 1024 */

/* False: nothing is to be told of the change; `ret` is untouched. */
bool jobevent_of(const struct jstatus *was, const struct jstatus *is,
                 struct jobevent *ret);
void jobevent_fini(struct jobevent *e);

#endif

/*
 * statuswrite - writes of a job's status, and the delete at the end of its ttl.
 *
 * One write of a job at a time. Its content is decided when its turn comes, and it is
 * fenced by the resourceVersion it was decided on.
 *
 *   200      the answer is the newest version
 *   409      somebody wrote first: read it, decide again
 *   unknown  it may have happened: read it, decide again
 *   404      the job is gone; the watch will say so
 *   refused  tried again in a second, or in ten where the refusal will not pass
 *
 * An answer or a read that shows nothing newer is followed by a pause, too.
 */
#ifndef GANTRY_CONTROLLER_STATUSWRITE_H
#define GANTRY_CONTROLLER_STATUSWRITE_H

#include <stdbool.h>

struct job_next;
struct record;

/* What `next` wants (status, or a hold) is written when its lane's turn comes. */
void status_queue(struct record *r, const struct job_next *next);
/* Deletes the finished job when its ttl has passed. */
void status_expire(struct record *r);
/* Has it passed? */
bool status_has_expired(const struct record *r);

#endif

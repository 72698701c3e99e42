/*
 * depend_private - what the files of depend.h share: depend.c (what has become of those
 * that a job waits for), depend_say.c (that in words).
 */
#ifndef GANTRY_SCHEDULER_DEPEND_PRIVATE_H
#define GANTRY_SCHEDULER_DEPEND_PRIVATE_H

#include "scheduler/depend.h"
#include "scheduler/model.h"

struct jobrec;

/* The job, or the task, that it is on; NULL: not known as such. */
const struct job *depend_other(const struct sched *s, const struct depend *d);
/* Is that the job itself, or an array that ends no sooner than this task of it? */
bool depend_is_own(const struct job *job, const struct depend *d);
/* What an aftercorr is to the task of that index: afterok of the same one, or where
 * there is none (DEPEND_WHOLE: nor an index) of the whole. Others are as they are. */
struct depend depend_for(const struct sched *s, int64_t task, const struct depend *d);
/* Appends those in that state. */
void depend_say(const struct sched *s, const struct job *job, enum depend_state state,
                struct str *out);
/* Appends the circle that it is in. */
void depend_say_circle(const struct sched *s, const struct jobrec *rec,
                       struct str *out);

#endif

/* What the files of record share. */
#ifndef GANTRY_CONTROLLER_RECORD_PRIVATE_H
#define GANTRY_CONTROLLER_RECORD_PRIVATE_H

#include "cmd/gantry-controller/record.h"

/* ---- record.c ---- */

/* Where it is queued, and where its volumes are. Says whether anything is new. */
bool record_look_out(struct record *r);

/* ---- record_attempt.c ---- */

/* Brings start and attempt in line with the newest version of the object. */
void record_fit_attempt(struct record *r);
void record_forget_attempt(struct record *r);

/* ---- record_preempt.c ---- */

/* Is it to end now for another, whose number is stored? */
bool record_is_preempted(const struct record *r);
/* Is its time up? To the core that of who ends for another is up at once, while it
 * still waits for the number of that one. */
bool record_is_over_time(const struct record *r);
/* Those that were to end for it, once its number is stored or it is gone. */
void record_let_victims_end(struct record *r);

#endif

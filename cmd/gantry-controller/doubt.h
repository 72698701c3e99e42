/*
 * doubt - a new job is refused only once all that was there before it has been seen.
 *
 * Each kind is watched apart, so a job may be seen some milliseconds before the QOS,
 * the account, the partition or the reservation that was made, or changed, just before
 * it. Who submits it hears what its first status says, and sbatch withdraws a job that
 * can never start. So a first status that says this (class Never, or that there is no
 * such reservation), or that the job is not taken in, waits for a look: each of those
 * kinds is listed anew, as the server has it by then, and the core decides once more by
 * what that has brought. What is not there even so the job is told to lack, and it is
 * taken up when that comes. No other job waits for a look, and none that has had a
 * status.
 *
 * Looks are numbered from 1. One is under way at a time; who comes while it is waits
 * for the next. One whose lists fail goes on until they do not.
 */
#ifndef GANTRY_CONTROLLER_DOUBT_H
#define GANTRY_CONTROLLER_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/gantry-controller/policies.h"

struct controller;
struct record;

/* The controller's. Zeroed: there was no look yet. */
struct doubts {
    uint64_t begun, done;         /* the last look that is */
    bool wanted;                  /* another one, behind that */
    uint64_t lists[POLICY_COUNT]; /* which list of each it waits for */
};

/* Would the job be refused, and is that in doubt? */
bool doubt_holds(const struct record *r);
/* Has it looked into, if it is and has not been yet. */
void doubt_ask(struct record *r);
/* One of the kinds has been listed. */
void doubt_listed(struct controller *ctl);
/* The core has decided by all that it was told. */
void doubt_decided(struct controller *ctl);

#endif

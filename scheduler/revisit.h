/*
 * revisit - jobs that a look at all of them, cut in slices, is to come back to: they
 * have come, or changed, behind it.
 *
 *     looked at  | next                  a job that changes here joins the list, and is
 *     [. . x . . | . . . .]              looked at once the last one has been
 *          +--> [x]
 *
 * So a change costs a look at one job: a second look at all for its sake would find the
 * next change behind it, and never end where jobs change in each step.
 */
#ifndef GANTRY_SCHEDULER_REVISIT_H
#define GANTRY_SCHEDULER_REVISIT_H

#include <stddef.h>

struct jobrec;

/* What the look is for. */
enum revisit { REVISIT_LIMITS, REVISIT_RESERVE, REVISIT_KINDS };

/* Each job once. Zeroed at first. */
struct revisits {
    struct jobrec **items;
    size_t n, cap;
};

void revisit_add(struct revisits *r, enum revisit kind, struct jobrec *rec);
/* It is forgotten, or need not be looked at. */
void revisit_drop(struct revisits *r, enum revisit kind, struct jobrec *rec);
/* One of them, which is none of them then; NULL: there is none. */
struct jobrec *revisit_take(struct revisits *r, enum revisit kind);
/* All are dropped, and the memory freed. */
void revisit_fini(struct revisits *r, enum revisit kind);

#endif

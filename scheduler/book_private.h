/*
 * book_private - between book.c, which enters what one job or pod takes, and
 * book_renew.c, which makes the timeline one of now.
 */
#ifndef GANTRY_SCHEDULER_BOOK_PRIVATE_H
#define GANTRY_SCHEDULER_BOOK_PRIVATE_H

#include "scheduler/book.h"

/* Where and when a job takes what it takes: the slots first to before last, licences up
 * to before `given`. */
struct span {
    const struct slot *slots;
    size_t n;
    size_t first, last, given;
    int64_t end_sec;
};

struct span book_span(struct sched *s, const struct jobrec *rec);
/* There is more room than before, up to some time. */
void book_grow(struct sched *s, int64_t until_sec);
/* Has a reservation of others come where the plan lies? */
bool book_is_shut(struct sched *s, struct jobrec *rec);

#endif

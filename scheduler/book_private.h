/*
 * book_private - between book.c, which enters what a job or pod takes, those that know
 * what that is (book_uses.c) and when (book_span.c), whether there is room for it
 * (book_fits.c) and whether a plan's nodes may be the job's (book_bars.c), and
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
    /* Of a plan, as fences have it: when it is over, and its licences are back. */
    int64_t over_sec, licensed_sec;
};

/* The slots of an allocation or plan as uses, in `s->uses`; two of a component on one
 * node sit on one seat. What lies on no known node is left out. Returns how many. */
size_t book_find_uses(struct sched *s, struct jobrec *rec, const struct slot *slots,
                      size_t n, enum sharing sharing);
/* Where an allocation or plan is, by slot: positions, or CLAIM_NOWHERE. Lent. */
const uint32_t *book_positions(const struct sched *s, struct jobrec *rec,
                               const struct slot *slots, size_t n);
/* Of the reservation in which it is planned, or runs. */
const struct fence *book_fence(struct sched *s, const struct job *job);

struct span book_span(struct sched *s, const struct jobrec *rec);
/* Behind the last slot of a component, or of a use, of those of the whole job; and when
 * a component that is planned is over, as fences have it. */
size_t book_component_last(const struct sched *s, const struct jobrec *rec,
                           const struct span *span, size_t component);
int64_t book_component_over(const struct jobrec *rec, const struct span *span,
                            size_t component);
size_t book_use_last(const struct sched *s, const struct jobrec *rec,
                     const struct span *span, const struct use *use);
/* Moves a plan that no longer fits to when its nodes are free again, no earlier than it
 * was. False: they are not while it may still start. It is off the timeline. */
bool book_slide(struct sched *s, struct jobrec *rec);
/* There is more room than before, up to some time. */
void book_grow(struct sched *s, int64_t until_sec);
/* May the job not have the nodes of its plan any more, whatever is free: by the rules,
 * if they are not its partition's; else by what the nodes are? It waits. */
enum broken book_bars(struct sched *s, struct jobrec *rec);
/* Would it be kept in another partition of the job? It is in that one then; it is off
 * the timeline. */
bool book_stands_elsewhere(struct sched *s, struct jobrec *rec);
/* Likewise in another reservation that draws it in, or in none; from a time to come. */
bool book_is_drawn_elsewhere(struct sched *s, struct jobrec *rec);
/* Has a reservation of others come where the plan lies? */
bool book_is_shut(struct sched *s, struct jobrec *rec);
/* Have limits no room for it there any more? */
bool book_is_limited(struct sched *s, struct jobrec *rec);

#endif

/*
 * hunters - those who wait and may preempt: nobody whom one of them may end begins
 * before that one has had what is free, or has looked for victims in vain.
 *
 *     waits                 becomes free         begins          and so not
 *     high, two nodes       n1                   nobody yet      low on n1, to be ended
 *     low, one node                                              with the job on n2
 *                                                                for high a step later
 *
 * So they are before whom they may preempt in the queue (lift.h), and the walk through
 * it goes in sections: one ends before the first job that somebody in it may preempt
 * (pass_section.c). Whoever may start at once, before a walk (starts.h), does so only
 * where nobody who waited at the end of the last one, or has come since, may preempt
 * it; else its turn is in the walk. A walk ends before one whom somebody may preempt
 * that has come while it went on, and begins anew; but not for that twice in a row.
 *
 * Nor does one begin that leaves a promise by that: what others have of it, and leave
 * in their turn, is seen first (pass_hold.c).
 *
 * They are known as kinds, by the names of QOS and partition, with the highest priority
 * of each; a component is of a kind of its own. Who has victims already is none of
 * them: it has its room, unless one of them may take that, and it is to look for more.
 * Nor is who gets back nodes of its reservation that others have borrowed.
 */
#ifndef GANTRY_SCHEDULER_HUNTERS_H
#define GANTRY_SCHEDULER_HUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry;
struct jobrec;
struct sched;

/* Names are its own. */
struct hunter {
    char *qos, *part;
    int64_t priority;
};

/* All zero is none. */
struct hunters {
    struct hunter *items;
    size_t n, cap;
    /* Of the rules, at the end of the walk that they are of; 0: of none. */
    uint64_t gen;
};

void hunters_fini(struct hunters *h);
void hunters_clear(struct hunters *h);
/* One that waits is among them, if it may hunt at all. */
void hunters_add(struct sched *s, struct hunters *h, const struct entry *entry);
/* Likewise with each of its choices. */
void hunters_add_job(struct sched *s, struct hunters *h, struct jobrec *rec,
                     int64_t now_sec);
/* May one of them preempt it, as soon as it runs? */
bool hunters_any(const struct sched *s, const struct hunters *h,
                 const struct entry *entry);
/* Likewise those of the last walk; and true where they are not known. */
bool hunters_outrank(const struct sched *s, const struct entry *entry);

#endif

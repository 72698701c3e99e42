/*
 * magnet - reservations that draw a job in though it asks for none (flag MAGNETIC).
 *
 * As in Slurm a job that names no reservation is tried in each of these that it may
 * use, then outside: choices of its own (pass.h), of which the first with which it can
 * begin first is taken. It is then a job of that reservation as if it had named it; but
 * as it did not, it is not drawn into one with which it would be cut off: it has its
 * limit there, or its least one. Heterogeneous jobs are not drawn.
 *
 * What draws a job is looked at in each walk, and when the job has come or changed; so
 * it holds while choices are counted. Those of an array are its followers' too.
 */
#ifndef GANTRY_SCHEDULER_MAGNET_H
#define GANTRY_SCHEDULER_MAGNET_H

#include <stdbool.h>
#include <stddef.h>

struct entry;
struct job;
struct jobrec;
struct partrec;
struct reservation;
struct sched;

/* By name, and no more than leave a job CHOICES_MAX ways to be run. */
struct magnets {
    char **names;
    size_t n;
    bool known;
};

void magnets_forget(struct magnets *m);
/* Is it one that draws jobs in at all? */
bool magnet_is(const struct reservation *r);
/* Looks anew what draws the job; what it lends stays where it is the same. */
void magnets_look(struct sched *s, struct jobrec *rec);
/* Lent. */
const struct magnets *magnets_of(struct sched *s, struct jobrec *rec);
/* Does that one take it in with the QOS that it is looked at with, in a partition? */
bool magnet_admits(const struct sched *s, const struct job *job,
                   const struct partrec *part, const char *name);
/* Has the job been drawn into the one of that name (NULL: none), rather than asked for
 * it? */
bool magnet_draws(const struct job *job, const char *name);
/* A promise in one that draws the job no more is one outside from now on, which may not
 * have its nodes. */
void magnet_settle(struct sched *s, struct jobrec *rec);

#endif

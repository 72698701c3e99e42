/* What the files of starts share. */
#ifndef GANTRY_SCHEDULER_STARTS_PRIVATE_H
#define GANTRY_SCHEDULER_STARTS_PRIVATE_H

#include "scheduler/core.h"

/* One look for starts, in one of its rounds. */
struct search {
    struct sched *s;
    int64_t now_sec;
    enum round round;
    struct sched_budget budget;
    bool tested; /* all that wait are, and so are those who have no promise yet */
    bool behind; /* those come after the promises that the walk moves up */
};

/* What one has come to. */
enum outcome {
    SEARCH_DONE,
    SEARCH_TRIED, /* one that had no promise */
    SEARCH_AGAIN, /* a job has left its place, which others before it may use */
    SEARCH_ENDS,  /* somebody waits for the walk, and so does everybody behind */
    SEARCH_SPENT,
};

/* ---- starts.c ---- */

/* The candidate's, as the queue goes by it. */
int64_t starts_priority(struct sched *s, struct candidate *c);

/* ---- starts_gather.c ---- */

/* Makes sched.candidates anew, of the jobs listed and, where room has grown since, of
 * planned ones in that scope or a wider one. */
void starts_gather(struct sched *s, enum scope scope);
/* The same, where those of planned jobs do still: they are kept, and who was tried in
 * vain has a turn again. False: they do not. */
bool starts_gather_on(struct sched *s);

/* ---- starts_list.c ---- */

/* As a walk does before all else: who may not start loses its promise, and no forecast
 * is in the way. */
void starts_look_through_list(struct sched *s, int64_t now_sec);

/* ---- starts_offer.c ---- */

/* In a round: those without a promise, or those with one, or both. Who is promised a
 * start meanwhile is still to be looked at in its other choices. */
bool starts_wants(enum round round, const struct candidate *c);
/* The i-th of sched.candidates has its turn. */
enum outcome starts_offer(const struct search *search, size_t i);

#endif

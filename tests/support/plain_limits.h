/*
 * plain_limits - what limits leave over coming time, once more, written for clarity
 * only (scheduler/pledge.h, scheduler/trial_allow.c).
 *
 * A limit is on one group of jobs; of a limit for each user there are as many as there
 * are users. They are numbered in the order in which they are looked at. Of each there
 * is what jobs hold and what plans will, in each slot, and what is held now:
 *
 *   SUM     so many jobs, or so much of a resource; it has to be enough when somebody
 *           starts
 *   LEFT    a resource for as long as its time limit still lets a job hold it: of plans
 *           all of it, of what runs what is left then, which falls; times a factor, one
 *           as a job asks for it, another one as it runs, and of plans the greater
 *   NODES   nodes, each once, whoever is on it
 *
 * Who runs by the factor 0 has nothing of LEFT, and others' are nothing to it.
 *
 * A job that another limit stands for counts all the same, so that it may not be where
 * others start as planned who then would have too much. One limit may allow some jobs
 * more than others: each has its term of it.
 */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_LIMITS_H
#define GANTRY_TESTS_SUPPORT_PLAIN_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAIN_LIMITS 12

enum plain_limit_kind { PLAIN_SUM, PLAIN_LEFT, PLAIN_NODES };

/* What of a job counts, if it is no resource. */
#define PLAIN_OF_JOBS (-1)
#define PLAIN_OF_NODES (-2)

/* What jobs have of limits, the least first: those of another QOS more; or any, where
 * another limit stands for it. */
enum plain_term { PLAIN_USUAL, PLAIN_WIDE, PLAIN_ANY, PLAIN_TERMS };

struct plain_limit {
    enum plain_limit_kind kind;
    int of; /* a resource, or PLAIN_OF_* */
    int64_t most[PLAIN_TERMS];
};

/* Which limits a component counts for; with which terms; and thousandths of LEFT. */
struct plain_counts {
    bool for_[PLAIN_LIMITS];
    enum plain_term terms[PLAIN_LIMITS];
    int64_t asks, runs;
};

struct plain_plan;
struct plain_job;
struct plain_place;

void plain_limits_init(struct plain_plan *p);
void plain_limits_fini(struct plain_plan *p);
/* Before anything counts; no limit at all unless said. */
void plain_limits_set(struct plain_plan *p, size_t number,
                      const struct plain_limit *limit);

/* A job in a place, or with -1 no longer. */
void plain_limits_count(struct plain_plan *p, const struct plain_job *job,
                        const struct plain_place *place, int sign);

/* May the job wait for a start at all beside what is held now, by the least that it
 * asks for? */
bool plain_limits_may_wait(const struct plain_plan *p, const struct plain_job *job);
/* Do others leave room for that throughout these slots? */
bool plain_limits_may_begin(const struct plain_plan *p, const struct plain_job *job,
                            size_t first, size_t last);

/* The limit that a job would break with the nodes of a place. */
struct plain_broken {
    bool any, now;   /* is there one; by what is held now */
    const int *uses; /* how many jobs of it are on each node there; NULL: it is not on
                        nodes */
    int64_t left;    /* to it of other nodes, by what is held now */
};
struct plain_broken plain_limits_broken(const struct plain_plan *p,
                                        const struct plain_job *job,
                                        const struct plain_place *place);

#endif

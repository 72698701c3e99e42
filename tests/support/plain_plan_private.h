/* What the files of plain_plan share. */
#ifndef GANTRY_TESTS_SUPPORT_PLAIN_PLAN_PRIVATE_H
#define GANTRY_TESTS_SUPPORT_PLAIN_PLAN_PRIVATE_H

#include "scheduler/timeline.h"
#include "tests/support/plain_best.h"
#include "tests/support/plain_plan.h"

/* Who is on a node: beside nobody, beside others of the same user, beside anybody. */
struct plain_guests {
    int alone, private[PLAIN_USERS], social[PLAIN_USERS];
};

/* A node in one slot. */
struct plain_row {
    struct resvec free;
    struct plain_guests guests;
    int64_t cpu_of[PLAIN_PARTS]; /* that jobs of each partition have */
};

/* What counts for a limit in one slot. What falls is `held`, less `falls` in each
 * second since 1970. */
struct plain_level {
    __int128 planned, held, falls;
    int starts[PLAIN_TERMS]; /* of those planned, in this slot */
};

struct plain_plan {
    struct timeline grid; /* of no nodes: for its bounds only */
    size_t n_nodes;
    struct resvec total;
    struct resvec asked;    /* by jobs with devices */
    struct plain_row *rows; /* [slot][node] */
    int64_t *licenses;      /* that are free: [slot][number] */
    struct plain_limit limits[PLAIN_LIMITS];
    struct plain_level *levels; /* of limits: [slot][number] */
    int *uses;                  /* by jobs under a limit: [slot][number][node] */
    int64_t now_sec;
    int64_t bounds[PLAIN_PARTS]; /* of that; LIMIT_UNLIMITED */
    int64_t sharers[PLAIN_PARTS];
    struct resvec *capacity; /* by node */
    const struct plain_resv *resvs;
    size_t n_resvs;
    const struct plain_wiring *wiring; /* NULL: all nodes are equally near */
    bool owned;                        /* someone was to be beside one user's only */
};

struct plain_row *plain_row_at(const struct plain_plan *p, size_t slot, size_t node);
/* The slot that begins at or before a time. */
size_t plain_slot_of(const struct plain_plan *p, int64_t sec);
int64_t plain_devices_in(const struct resvec *v);
/* What a pod of the job takes of a node. */
struct resvec plain_takes(const struct plain_plan *p, const struct plain_job *job);
/* Is there room for one among what is free? No job has more CPUs than the node. */
bool plain_fits(const struct plain_plan *p, const struct plain_job *job, size_t node,
                const struct resvec *free_);
/* May the job have a pod on the node beside what its partition's jobs have there? Who
 * takes a node whole takes all its CPUs. */
bool plain_is_within_bound(const struct plain_plan *p, const struct plain_job *job,
                           size_t node, const struct plain_row *row);

const struct plain_job *plain_component(const struct plain_job *job, size_t c);
/* One past the last slot that it touches, if it is over so long behind its reservation
 * at the latest. */
size_t plain_last_of(const struct plain_plan *p, const struct plain_job *job,
                     size_t first, int64_t behind_sec);
/* A job comes to a node, or with -1 goes. */
void plain_come(struct plain_plan *p, struct plain_guests *guests,
                const struct plain_job *job, int sign);
/* Does none of those who are on a node mind the job, nor it them? */
bool plain_is_welcome(const struct plain_job *job, const struct plain_guests *guests);
/* Does the job come to a node before others, as at some time it is its user's, or, if
 * it is to be beside its user's jobs only, as one of these is there? */
bool plain_is_home(const struct plain_plan *p, const struct plain_job *job,
                   size_t node);
/* Could the node hold a pod of the job if it were empty? */
bool plain_could_hold(const struct plain_plan *p, const struct plain_job *job,
                      size_t node);
/* Is a node open to a component throughout those slots? */
bool plain_is_open(const struct plain_plan *p, const struct plain_job *job, size_t node,
                   size_t first, size_t last);
/* Nodes that are open to a component throughout a place, but for those that are shut to
 * it (NULL: none); spots freed by the caller. */
struct plain_open plain_list_open(const struct plain_plan *p,
                                  const struct plain_job *job,
                                  const struct plain_place *place, const bool *shut);
/* A pod of a component takes its part of a node in slots [first, last), or with -1
 * gives it back. */
void plain_change_node(struct plain_plan *p, const struct plain_job *one, size_t node,
                       size_t first, size_t last, int sign);
/* Each component on the nodes that it was given: sets of them, by node. */
bool plain_place_given(const struct plain_plan *p, const unsigned *given,
                       const struct plain_job *job, struct plain_place *place);
/* Places them in any way in which each has what it needs, also on nodes that several
 * share; false: there is none, or it was not found. */
bool plain_lodge(struct plain_plan *p, const struct plain_job *job,
                 struct plain_place *place);
/* Nodes for each component, into `place`, whose slots are known. False: there is no way
 * to give each what it needs, or it was not found (components.h). What the plan has is
 * the same again at the end. */
bool plain_together(struct plain_plan *p, const struct plain_job *job,
                    struct plain_place *place);

#endif

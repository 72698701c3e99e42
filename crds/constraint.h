/*
 * constraint - Slurm's text for the features that nodes of a job must have (sbatch -C).
 *
 *   a        a & b        a | b        (a | b) & c
 *   a*2      [a*2 & b]    [a | b]      c & [a | b]
 *
 * Read from left to right where there are no parentheses: a|b&c is (a|b)&c. Each node
 * satisfies it by itself, so with a|b nodes may differ; with [a|b] they may not: all
 * satisfy the same alternative. a*2 is asked of two nodes only, and (a&b)*2; a node
 * counts for one of several such features. Counts and brackets are joined by & alone,
 * and there is one pair of brackets at most.
 *
 * A node has the feature NAME when it has the label gantry.dev/feature-NAME, whatever
 * its value.
 */
#ifndef GANTRY_CRDS_CONSTRAINT_H
#define GANTRY_CRDS_CONSTRAINT_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/model.h"

#define FEATURE_LABEL "gantry.dev/feature-"

/* As in struct job; the job may take the lists over. */
struct constraint {
    struct term *any; /* alternatives of which each node satisfies one */
    size_t n_any;
    struct term *same;
    size_t n_same;
    struct feature_count *counts;
    size_t n_counts;
};
#define CONSTRAINT_AUTO __attribute__((cleanup(constraint_fini)))
void constraint_fini(struct constraint *c);

/* Nothing for "". -1: what is wrong with the text, and what would be right. */
int constraint_parse(const char *text, struct constraint *ret, struct err *err);
/* The same where nodes are looked at one by one: counts and [a|b] are refused. */
int constraint_parse_any(const char *text, struct term **ret, size_t *ret_n,
                         struct err *err);
/* "a100,ib", by name; "" for none. */
void constraint_features(const struct node *node, struct str *out);

#endif

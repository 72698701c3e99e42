/*
 * constraint - Slurm's text for the features that nodes of a job must have (sbatch -C).
 *
 *   a        a & b        a | b        (a | b) & c
 *
 * Read from left to right where there are no parentheses: a|b&c is (a|b)&c. Each node
 * satisfies it by itself, so with a|b nodes may differ. Slurm's counts (a*2) and
 * alternatives that hold for all nodes alike ([a|b]) are refused by name.
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

/* Alternatives of features that a node must have, to be freed with terms_free; none for
 * "". -1: what is wrong with the text, and what would be right. */
int constraint_parse(const char *text, struct term **ret, size_t *ret_n,
                     struct err *err);
/* "a100,ib", by name; "" for none. */
void constraint_features(const struct node *node, struct str *out);

#endif

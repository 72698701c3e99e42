/*
 * fairtree - Slurm's Fair Tree: who has had least of what is his, in order.
 *
 * A tree of accounts whose leaves are users (associations). Only shares and usage among
 * siblings matter: with S a node's part of the shares, and U its part of the usage, of
 * all children of the same parent, its level is S / U; without shares 0, without usage
 * infinite. Depth first, the higher level first, each user gets a rank, from the number
 * of users down to 1:
 *
 *   root (150 used of 2 shares)       level          rank
 *    +- a    1 share,  100 used       0.5 / 0.66
 *    |   +- ann  1 share, 100 used    1 / 1             1
 *    +- b    1 share,   50 used       0.5 / 0.33
 *        +- bob  2 shares, 50 used    0.66 / 1          2   equal levels of siblings:
 *        +- cem  1 share,   0 used    infinite          3   equal ranks
 *
 * Ties: users come before accounts; siblings that are users of one level have one rank;
 * an account tied with a user begins at that user's rank; tied accounts are one, with
 * the children of both. Whoever has the shares of his parent (SHARES_PARENT): a user
 * has an infinite level, an account is as if its children were its parent's own.
 *
 * Levels are products and quotients of doubles, each rounded once, so all machines have
 * the same. Memory is the tree's.
 */
#ifndef GANTRY_SCHEDULER_FAIRTREE_H
#define GANTRY_SCHEDULER_FAIRTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAIRTREE_ROOT 0
/* So many accounts one below the other: the walk calls itself as often. */
#define FAIRTREE_DEPTH_MAX 64

struct fairnode {
    size_t parent; /* as added */
    size_t above;  /* whose child it counts as: of no transparent account */
    bool is_user;
    int64_t shares; /* SHARES_PARENT */
    int64_t own;    /* usage charged to itself */

    /* What fairtree_sum finds. */
    int64_t usage;         /* own, and of all below */
    size_t first, n_below; /* children, in fairtree.below */
    int64_t shares_below;  /* sum */

    /* What ranking finds, besides fairtree.ranks. */
    double level; /* in a Fair Tree; or with DEPTH_OBLIVIOUS of all below an account */
    /* Without a Fair Tree, and of accounts, too: fairclassic.h. */
    double norm_shares, norm_usage, effective;
};

/* All zero: not begun. */
struct fairtree {
    struct fairnode *nodes; /* parents before children */
    size_t n, cap;
    int64_t *ranks; /* of each; what is asked for each of 100,000 jobs lies close by */
    size_t n_users;
    int64_t of;    /* ranks are out of so many; of a Fair Tree: users */
    size_t *below; /* children of each, kept in the order found last */
    bool grouped;  /* `below` is of these nodes */
};

void fairtree_fini(struct fairtree *t);
/* To a root alone, node FAIRTREE_ROOT. */
void fairtree_reset(struct fairtree *t);
/* Below an account that is there, less than FAIRTREE_DEPTH_MAX deep. Returns its index:
 * they count up from 1. */
size_t fairtree_add(struct fairtree *t, size_t parent, bool is_user, int64_t shares);
/* Usage is 0 or more, in any unit; where a sum is past int64, its end. */
void fairtree_set_usage(struct fairtree *t, size_t node, int64_t usage);
/* Finds children, usage and sums of shares anew. */
void fairtree_sum(struct fairtree *t);
/* The same, and levels and ranks. True if a user has another rank than before. */
bool fairtree_rank(struct fairtree *t);

#endif

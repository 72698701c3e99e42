#include "scheduler/fairclassic.h"

#include <math.h>

#include "scheduler/model.h"

/* Slurm's: how much it counts that the account above has had too much or too little. */
#define PARENT_COUNTS 5.0

static const struct fairnode *above_of(const struct fairtree *t,
                                       const struct fairnode *node)
{
    return &t->nodes[node->above];
}

static void find_norms(const struct fairtree *t, struct fairnode *node)
{
    const struct fairnode *above = above_of(t, node);
    double all = (double)t->nodes[FAIRTREE_ROOT].usage;

    node->norm_usage = all > 0 ? (double)node->usage / all : 0;
    if (node->shares == SHARES_PARENT)
        node->norm_shares = above->norm_shares;
    else if (above->shares_below > 0)
        node->norm_shares =
            above->norm_shares * (double)node->shares / (double)above->shares_below;
    else
        node->norm_shares = 0;
}

/* The usage for the shares of all below an account, that of its norm; without shares
 * nobody asks. */
static double level_of(const struct fairtree *t, const struct fairnode *above)
{
    double used = 0;

    if (above->norm_shares <= 0)
        return 0;
    for (size_t i = 0; i < above->n_below; i++) {
        const struct fairnode *node = &t->nodes[t->below[above->first + i]];

        if (node->shares != SHARES_PARENT)
            used += node->norm_usage;
    }
    return used / above->norm_shares;
}

static double oblivious(const struct fairtree *t, const struct fairnode *node)
{
    const struct fairnode *above = above_of(t, node);
    double own, parent, power = 1;

    if (node->norm_shares <= 0 || above->norm_shares <= 0 || above->effective <= 0 ||
        node->norm_usage <= 0)
        return node->norm_usage;
    parent = above->effective / above->norm_shares;
    own = node->norm_usage / node->norm_shares / above->level;
    if (log(parent) * log(own) < 0)
        power = 1 / (1 + pow(PARENT_COUNTS * log(parent), 2));
    return parent * pow(own, power) * node->norm_shares;
}

static double effective_of(const struct fairtree *t, const struct fairclassic *rules,
                           const struct fairnode *node)
{
    const struct fairnode *above = above_of(t, node);

    if (node->shares == SHARES_PARENT)
        return above->effective;
    if (node->above == FAIRTREE_ROOT)
        return node->norm_usage;
    if (rules->depth_oblivious)
        return oblivious(t, node);
    if (above->shares_below <= 0)
        return above->effective;
    return node->norm_usage + (above->effective - node->norm_usage) *
                                  (double)node->shares / (double)above->shares_below;
}

static int64_t factor_of(const struct fairclassic *rules, const struct fairnode *node)
{
    if (node->norm_shares <= 0)
        return 0;
    return (int64_t)floor(
        exp2(-(node->effective / node->norm_shares) / (double)rules->damping) *
        (double)FAIRCLASSIC_ONE);
}

bool fairclassic_rank(struct fairtree *t, const struct fairclassic *rules)
{
    struct fairnode *root = &t->nodes[FAIRTREE_ROOT];
    bool changed = false;

    fairtree_sum(t);
    t->of = FAIRCLASSIC_ONE;
    root->norm_shares = root->effective = 1;
    root->norm_usage = root->usage > 0 ? 1 : 0;
    for (size_t i = 1; i < t->n; i++)
        find_norms(t, &t->nodes[i]);
    for (size_t i = 0; i < t->n; i++) {
        struct fairnode *node = &t->nodes[i];
        int64_t before = t->ranks[i];

        if (i > 0)
            node->effective = effective_of(t, rules, node);
        if (rules->depth_oblivious)
            node->level = level_of(t, node);
        t->ranks[i] = factor_of(rules, node);
        changed |= node->is_user && t->ranks[i] != before;
    }
    return changed;
}

#include "scheduler/fairtree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

void fairtree_fini(struct fairtree *t)
{
    free(t->nodes);
    free(t->below);
    free(t->ranks);
    *t = (struct fairtree){0};
}

static size_t put(struct fairtree *t, const struct fairnode *node)
{
    size_t had = t->cap;

    GROW(t->nodes, t->n, t->cap);
    if (t->cap != had)
        t->ranks = xrealloc(t->ranks, t->cap * sizeof(*t->ranks));
    t->nodes[t->n] = *node;
    t->ranks[t->n] = 0;
    return t->n++;
}

void fairtree_reset(struct fairtree *t)
{
    t->n = 0;
    t->n_users = 0;
    t->grouped = false;
    put(t, &(struct fairnode){.shares = 1});
}

static bool is_transparent(const struct fairnode *node)
{
    return !node->is_user && node->shares == SHARES_PARENT;
}

size_t fairtree_add(struct fairtree *t, size_t parent, bool is_user, int64_t shares)
{
    const struct fairnode *under = &t->nodes[parent];
    struct fairnode node = {
        .parent = parent,
        .above = is_transparent(under) ? under->above : parent,
        .is_user = is_user,
        .shares = shares,
    };

    t->n_users += is_user;
    t->grouped = false;
    return put(t, &node);
}

void fairtree_set_usage(struct fairtree *t, size_t node, int64_t usage)
{
    t->nodes[node].own = usage;
}

/* ---- levels ---- */

/* Each node's children side by side: counted, placed, filled in. */
static void group(struct fairtree *t)
{
    size_t at = 0;

    t->grouped = true;
    t->below = xrealloc(t->below, (t->n + 1) * sizeof(*t->below));
    for (size_t i = 0; i < t->n; i++)
        t->nodes[i].n_below = 0;
    for (size_t i = 1; i < t->n; i++) {
        if (!is_transparent(&t->nodes[i]))
            t->nodes[t->nodes[i].above].n_below++;
    }
    for (size_t i = 0; i < t->n; i++) {
        t->nodes[i].first = at;
        at += t->nodes[i].n_below;
        t->nodes[i].n_below = 0;
    }
    for (size_t i = 1; i < t->n; i++) {
        struct fairnode *above = &t->nodes[t->nodes[i].above];

        if (!is_transparent(&t->nodes[i]))
            t->below[above->first + above->n_below++] = i;
    }
}

void fairtree_sum(struct fairtree *t)
{
    if (!t->grouped)
        group(t);
    for (size_t i = 0; i < t->n; i++) {
        t->nodes[i].usage = t->nodes[i].own;
        t->nodes[i].shares_below = 0;
    }
    for (size_t i = t->n - 1; i > 0; i--) {
        struct fairnode *node = &t->nodes[i], *parent = &t->nodes[node->parent];
        struct fairnode *above = &t->nodes[node->above];

        parent->usage = add_capped(parent->usage, node->usage);
        if (node->shares != SHARES_PARENT)
            above->shares_below = add_capped(above->shares_below, node->shares);
    }
}

static double level_of(const struct fairtree *t, const struct fairnode *node)
{
    const struct fairnode *above = &t->nodes[node->above];

    if (node->shares == SHARES_PARENT)
        return INFINITY;
    if (node->shares <= 0)
        return 0;
    if (node->usage <= 0)
        return INFINITY;
    return ((double)node->shares * (double)above->usage) /
           ((double)above->shares_below * (double)node->usage);
}

/* ---- ranks ---- */

struct ranking {
    struct fairtree *t;
    int64_t next; /* rank of the next user */
    int64_t last; /* rank that was given last */
    bool changed;
};

static int compare(const void *left, const void *right, void *arg)
{
    const struct fairtree *t = arg;
    size_t i = *(const size_t *)left, k = *(const size_t *)right;
    const struct fairnode *a = &t->nodes[i], *b = &t->nodes[k];

    if (a->level != b->level)
        return a->level > b->level ? -1 : 1;
    if (a->is_user != b->is_user)
        return a->is_user ? -1 : 1;
    return i < k ? -1 : i > k;
}

/* The order of one time is mostly that of the next. */
static void sort(struct fairtree *t, size_t *group, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (compare(&group[i - 1], &group[i], t) > 0) {
            qsort_r(group, n, sizeof(*group), compare, t);
            return;
        }
    }
}

static void rank_group(struct ranking *r, size_t *group, size_t n, bool tied);

/* The children of accounts of one level, as one group. */
static void rank_merged(struct ranking *r, const size_t *accounts, size_t n, bool tied)
{
    const struct fairtree *t = r->t;
    AUTO_FREE size_t *merged = NULL;
    size_t n_merged = 0;

    for (size_t i = 0; i < n; i++)
        n_merged += t->nodes[accounts[i]].n_below;
    merged = xcalloc(n_merged + 1, sizeof(*merged));
    n_merged = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fairnode *account = &t->nodes[accounts[i]];

        memcpy(&merged[n_merged], &t->below[account->first],
               account->n_below * sizeof(*merged));
        n_merged += account->n_below;
    }
    rank_group(r, merged, n_merged, tied);
}

/* `tied`: the first of them begins at the rank that was given last. */
static void rank_group(struct ranking *r, size_t *group, size_t n, bool tied)
{
    struct fairtree *t = r->t;
    size_t end;

    sort(t, group, n);
    for (size_t i = 0; i < n; i = end) {
        struct fairnode *node = &t->nodes[group[i]];

        end = i + 1;
        if (i > 0)
            tied = node->level == t->nodes[group[i - 1]].level;
        if (node->is_user) {
            r->last = tied ? r->last : r->next;
            r->next--;
            r->changed |= t->ranks[group[i]] != r->last;
            t->ranks[group[i]] = r->last;
            continue;
        }
        while (end < n && t->nodes[group[end]].level == node->level)
            end++;
        if (end == i + 1)
            rank_group(r, &t->below[node->first], node->n_below, tied);
        else
            rank_merged(r, &group[i], end - i, tied);
    }
}

bool fairtree_rank(struct fairtree *t)
{
    struct ranking r = {.t = t, .next = (int64_t)t->n_users};
    const struct fairnode *root = &t->nodes[FAIRTREE_ROOT];

    fairtree_sum(t);
    t->of = r.next;
    for (size_t i = 1; i < t->n; i++)
        t->nodes[i].level = level_of(t, &t->nodes[i]);
    rank_group(&r, &t->below[root->first], root->n_below, false);
    return r.changed;
}

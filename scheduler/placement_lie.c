/* Do nodes that were chosen once still lie as a job asks? */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

/* Side by side: no other one between the first and the last of them. */
static bool is_row(const uint64_t *nodes, size_t n_all)
{
    size_t first = n_all, last = 0, n = 0;

    for (size_t i = 0; i < n_all; i++) {
        if (!node_set_has(nodes, i))
            continue;
        first = MIN(first, i);
        last = i;
        n++;
    }
    return n == 0 || last - first + 1 == n;
}

/* How many of the nodes are on each leaf. To be freed. */
static int64_t *count_on_leaves(const struct cluster *c, const uint64_t *nodes)
{
    int64_t *counts = xcalloc(c->topology.n_leaves + 1, sizeof(*counts));

    for (size_t i = 0; i < c->n_order; i++)
        counts[c->topology.leaf[i]] += node_set_has(nodes, i);
    return counts;
}

static bool is_on_few(const struct cluster *c, const struct placement *at,
                      const int64_t *counts)
{
    int64_t leaves = 0;

    for (size_t i = 0; i < c->topology.n_leaves; i++)
        leaves += counts[i] > 0;
    return placement_most_leaves(at) == 0 || leaves <= placement_most_leaves(at);
}

static int64_t count_in(const struct topology_group *group, const int64_t *counts)
{
    int64_t sum = 0;

    for (size_t leaf = group->first; leaf < group->end; leaf++)
        sum += counts[leaf];
    return sum;
}

/* Whole ones in each block of that level, or one at most. */
static bool are_segments(const struct topology_level *level, const struct job *like,
                         const int64_t *counts)
{
    bool are = true;

    for (size_t i = 0; i < level->n; i++) {
        int64_t n = count_in(&level->groups[i], counts);

        are = are && n % like->segment == 0 &&
              (!like->spread_segments || n <= like->segment);
    }
    return are;
}

static bool are_in_one(const struct topology_level *level, const int64_t *counts)
{
    size_t n = 0;

    for (size_t i = 0; i < level->n; i++)
        n += count_in(&level->groups[i], counts) > 0;
    return n <= 1;
}

static bool are_near(struct placer *p, const struct cluster *c,
                     const struct placement *at, const int64_t *counts)
{
    const struct topology *t = &c->topology;
    const struct job *like = at->shape->like;
    size_t whole, level;

    if (!is_on_few(c, at, counts))
        return false;
    if (t->kind != TOPOLOGY_BLOCK || like->segment == 0)
        return true;
    level = placement_segment_level(p, c, at, &whole);
    return are_segments(&t->levels[level], like, counts) &&
           (!like->consolidate_segments || are_in_one(&t->levels[whole], counts));
}

bool placement_asks_lie(const struct job *like)
{
    return like->contiguous || like->most_switches > 0 || like->segment > 0;
}

bool placement_lies_well(struct placer *p, const struct cluster *c,
                         const struct placement *at, const uint64_t *nodes)
{
    AUTO_FREE int64_t *counts = NULL;

    if (at->shape->like->contiguous && !is_row(nodes, c->n_order))
        return false;
    if (c->topology.n_levels == 0)
        return true;
    counts = count_on_leaves(c, nodes);
    return are_near(p, c, at, counts);
}

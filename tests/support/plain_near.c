#include "tests/support/plain_near.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define LEAVES (PLAIN_LEVELS - 1)

/* Under one switch. */
struct option {
    size_t level, number;
    size_t *leaves; /* that it takes, the last one last */
    size_t n_leaves;
    int64_t nodes, cost, devices; /* of all nodes under it */
};

static bool is_under(const struct plain_wiring *w, const struct plain_spot *spot,
                     size_t level, size_t number)
{
    return w->under[level][spot->node] == number;
}

/* Nodes of a leaf that are under the switch: all or none. */
static size_t count_of(const struct plain_wiring *w, const struct plain_spot *spots,
                       size_t n, const struct option *o, size_t leaf)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += is_under(w, &spots[i], o->level, o->number) &&
                 is_under(w, &spots[i], LEAVES, leaf);
    return count;
}

/* The largest leaf that is not taken yet, the first of equals; or, of those that have
 * `want` nodes, the smallest. */
static size_t next_leaf(const size_t *counts, const bool *taken, size_t n, size_t want)
{
    size_t largest = SIZE_MAX, smallest = SIZE_MAX;

    for (size_t i = 0; i < n; i++) {
        if (taken[i])
            continue;
        if (largest == SIZE_MAX || counts[i] > counts[largest])
            largest = i;
        if (counts[i] >= want && (smallest == SIZE_MAX || counts[i] < counts[smallest]))
            smallest = i;
    }
    return smallest != SIZE_MAX ? smallest : largest;
}

static void take_leaves(const struct plain_wiring *w, const struct plain_spot *spots,
                        size_t n, size_t want, struct option *o)
{
    const size_t n_leaves = w->n_switches[LEAVES];
    size_t *counts = xcalloc(n_leaves, sizeof(*counts));
    bool *taken = xcalloc(n_leaves, sizeof(*taken));

    for (size_t i = 0; i < n_leaves; i++)
        counts[i] = count_of(w, spots, n, o, i);
    for (o->n_leaves = 0; want > 0;) {
        const size_t leaf = next_leaf(counts, taken, n_leaves, want);

        taken[leaf] = true;
        o->leaves[o->n_leaves++] = leaf;
        want -= MIN(counts[leaf], want);
    }
    free(counts);
    free(taken);
}

/* False: it has too few nodes. */
static bool look_at(const struct plain_wiring *w, const struct plain_spot *spots,
                    size_t n, size_t want, struct option *o)
{
    o->nodes = o->cost = o->devices = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_under(w, &spots[i], o->level, o->number))
            continue;
        o->nodes++;
        o->cost += spots[i].cost;
        o->devices += spots[i].devices;
    }
    if (o->nodes < (int64_t)want)
        return false;
    take_leaves(w, spots, n, want, o);
    return true;
}

/* Of a node on the average; there is one at least. */
static int64_t mean(int64_t sum, int64_t nodes)
{
    return sum / MAX(nodes, 1);
}

/* Fewer leaves; on the average less cost to others, then fewer devices (to a 1024th);
 * fewer nodes; then what is more to the left. */
static bool is_better(const struct option *a, const struct option *b)
{
    const int64_t better[][2] = {
        {(int64_t)a->n_leaves, (int64_t)b->n_leaves},
        {mean(a->cost, a->nodes), mean(b->cost, b->nodes)},
        {mean(a->devices * 1024, a->nodes), mean(b->devices * 1024, b->nodes)},
        {a->nodes, b->nodes},
    };

    for (size_t i = 0; i < ARRAY_LEN(better); i++) {
        if (better[i][0] != better[i][1])
            return better[i][0] < better[i][1];
    }
    return a->number < b->number;
}

static void give_turns(const struct plain_wiring *w, const struct option *o,
                       struct plain_spot *spots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        spots[i].turn = 0;
        for (size_t k = 0; k < o->n_leaves; k++) {
            if (is_under(w, &spots[i], o->level, o->number) &&
                is_under(w, &spots[i], LEAVES, o->leaves[k]))
                spots[i].turn = k + 1 < o->n_leaves ? 1 : 2;
        }
    }
}

/* ---- bounds ---- */

size_t plain_near_level(const struct plain_wiring *w, const bool *nodes, size_t n,
                        size_t want)
{
    for (size_t level = PLAIN_LEVELS; level-- > 1;) {
        for (size_t number = 0; number < w->n_switches[level]; number++) {
            size_t count = 0;

            for (size_t i = 0; i < n; i++)
                count += nodes[i] && w->under[level][i] == number;
            if (count >= want)
                return level;
        }
    }
    return 0;
}

/* Of a leaf, those under a switch: all or none. */
static size_t count_leaf(const struct plain_wiring *w, const struct plain_spot *spots,
                         size_t n, size_t level, size_t number, size_t leaf)
{
    const struct option o = {.level = level, .number = number};

    return count_of(w, spots, n, &o, leaf);
}

/* Under one switch, on so many leaves (0: any number), the largest there are. */
static size_t most_under(const struct plain_wiring *w, const struct plain_spot *spots,
                         size_t n, size_t level, size_t number, size_t leaves)
{
    const size_t n_leaves = w->n_switches[LEAVES];
    bool *taken = xcalloc(n_leaves + 1, sizeof(*taken));
    size_t sum = 0;

    for (size_t k = 0; k < n_leaves && (leaves == 0 || k < leaves); k++) {
        size_t best = 0, most = 0;

        for (size_t leaf = 0; leaf < n_leaves; leaf++) {
            const size_t count = count_leaf(w, spots, n, level, number, leaf);

            if (!taken[leaf] && count > most) {
                best = leaf;
                most = count;
            }
        }
        sum += most;
        taken[best] = true;
    }
    free(taken);
    return sum;
}

/* Under whichever switch of that level has most. */
static size_t most_under_one(const struct plain_wiring *w,
                             const struct plain_spot *spots, size_t n,
                             const struct plain_want *want)
{
    size_t most = 0;

    for (size_t number = 0; number < w->n_switches[want->top]; number++)
        most = MAX(most, most_under(w, spots, n, want->top, number, want->leaves));
    return most;
}

/* ---- all of it ---- */

/* The best switch of a level that holds so many within bounds; false: there is none. */
static bool best_on_level(const struct plain_wiring *w, const struct plain_spot *spots,
                          size_t n, size_t count, size_t leaves, struct option *best)
{
    size_t *scratch = xcalloc(w->n_switches[LEAVES] + 1, sizeof(*scratch));
    struct option o = {.level = best->level, .leaves = scratch};
    bool found = false;

    for (o.number = 0; o.number < w->n_switches[o.level]; o.number++) {
        if (!look_at(w, spots, n, count, &o) || (leaves > 0 && o.n_leaves > leaves) ||
            (found && !is_better(&o, best)))
            continue;
        memcpy(best->leaves, o.leaves, o.n_leaves * sizeof(*o.leaves));
        o.leaves = best->leaves;
        *best = o;
        o.leaves = scratch;
        found = true;
    }
    free(scratch);
    return found;
}

size_t plain_near(const struct plain_wiring *w, struct plain_spot *spots, size_t n,
                  const struct plain_want *want)
{
    struct option best = {.leaves =
                              xcalloc(w->n_switches[LEAVES] + 1, sizeof(*best.leaves))};
    size_t count = MIN(MIN(n, want->most), most_under_one(w, spots, n, want));
    bool found = false;

    for (size_t level = PLAIN_LEVELS;
         count >= want->least && level-- > want->top && !found;) {
        best.level = level;
        found = best_on_level(w, spots, n, count, want->leaves, &best);
    }
    if (found)
        give_turns(w, &best, spots, n);
    free(best.leaves);
    return found ? count : 0;
}

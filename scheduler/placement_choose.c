#include "scheduler/placement_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- orders of candidates ---- */

int candidate_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required != b->required)
        return a->required ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    if (a->turn != b->turn)
        return a->turn < b->turn ? -1 : 1;
    if (a->idle != b->idle)
        return a->idle > b->idle ? -1 : 1;
    if (a->cost != b->cost)
        return a->cost < b->cost ? -1 : 1;
    if (a->devices_then != b->devices_then)
        return a->devices_then < b->devices_then ? -1 : 1;
    if (a->devices != b->devices)
        return a->devices < b->devices ? -1 : 1;
    if (a->cpu != b->cpu)
        return a->cpu < b->cpu ? -1 : 1;
    if (a->beside != b->beside)
        return a->beside < b->beside ? -1 : 1;
    return a->position < b->position ? -1 : 1;
}

static int largest_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required == b->required && a->times != b->times)
        return a->times > b->times ? -1 : 1;
    return candidate_compare(a, b);
}

static int even_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required == b->required && a->also != b->also)
        return a->also > b->also ? -1 : 1;
    return candidate_compare(a, b);
}

/* Who can take least first; of equals the last by name. */
static int smallest_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->times != b->times)
        return a->times < b->times ? -1 : 1;
    return a->position > b->position ? -1 : a->position < b->position;
}

int candidate_compare_positions(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return a->position < b->position ? -1 : a->position > b->position;
}

int candidate_compare_weights(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required != b->required)
        return a->required ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    return candidate_compare_positions(a, b);
}

int candidate_compare_places(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    return a->place < b->place ? -1 : a->place > b->place;
}

/* Nodes are gathered in the order of their positions, and are mostly equal: then they
 * are in order already. */
void candidates_sort(struct candidate *items, size_t n,
                     int (*compare)(const void *, const void *))
{
    size_t sorted = MIN(n, 1);

    while (sorted < n && compare(&items[sorted - 1], &items[sorted]) <= 0)
        sorted++;
    if (sorted < n)
        qsort(items, n, sizeof(*items), compare);
}

struct kept candidates_keep(const struct placer *p)
{
    struct kept kept = {xmalloc((p->n + 1) * sizeof(*p->candidates)), p->n};

    if (p->n > 0)
        memcpy(kept.items, p->candidates, p->n * sizeof(*p->candidates));
    return kept;
}

void candidates_take_back(struct placer *p, const struct candidate *items, size_t n)
{
    if (n > 0)
        memcpy(p->candidates, items, n * sizeof(*items));
    p->n = n;
}

/* Brings the best `n` to the front. */
static void put_best_first(struct placer *p, size_t n)
{
    size_t best = 0;

    if (n > 1) {
        candidates_sort(p->candidates, p->n, candidate_compare);
        return;
    }
    for (size_t i = 1; i < p->n; i++) {
        if (candidate_compare(&p->candidates[i], &p->candidates[best]) < 0)
            best = i;
    }
    p->candidates[0] = p->candidates[best];
}

void choose_first(struct placer *p, const struct job *like, enum weight weight)
{
    if (like->n_units > 1)
        pair_sort(p, like, weight);
    else
        candidates_sort(p->candidates, p->n,
                        placement_is_plain(like) ? candidate_compare : largest_compare);
}

/* ---- choosing ---- */

/* One pod on each of the best nodes. */
bool choose_nodes(struct placer *p, const struct order *o, struct room *room)
{
    size_t n;

    room->pods = MIN((int64_t)p->n, MIN(o->items, o->most));
    if (room->pods < o->least)
        return false;
    n = (size_t)room->pods;
    if (n < p->n)
        put_best_first(p, n);
    for (size_t i = 0; i < n; i++)
        p->candidates[i].take = 1;
    p->n = n;
    return true;
}

struct order order_of(const struct job *like, const struct partition *part)
{
    struct order o = {.items = like->max_pods,
                      .enough = like->min_pods,
                      .least = placement_min_nodes(like, part),
                      .most = job_max_nodes(like, part)};

    if (like->n_units == 0)
        return o;
    o.items = o.enough = like->units[0].count;
    o.most = MIN(like->max_pods, o.most);
    return o;
}

/* Of the nodes from `first` on that hold `rest` items, the one left fullest by them.
 * They are equal, so it is the fullest one before, too. */
static struct candidate *last_node(struct placer *p, size_t first, int64_t rest)
{
    struct candidate *best = NULL;

    for (size_t i = first; i < p->n && p->candidates[i].times >= rest; i++) {
        if (best == NULL || candidate_compare(&p->candidates[i], best) < 0)
            best = &p->candidates[i];
    }
    return best;
}

/* Fills nodes, largest first, but leaves an item for each node that must still get one.
 */
bool choose_packed(struct placer *p, const struct order *o, struct room *room)
{
    int64_t used = 0;

    room->pods = 0;
    candidates_sort(p->candidates, p->n, largest_compare);
    for (size_t i = 0; i < p->n && used < o->most; i++) {
        int64_t rest = o->items - room->pods;
        int64_t owed = MAX(o->least - used - 1, 0);
        struct candidate *from = &p->candidates[i], *last = NULL;

        if (rest <= owed)
            break;
        if (owed == 0 && !from->required)
            last = last_node(p, i, rest);
        if (last != NULL) {
            struct candidate chosen = *last;

            *last = *from;
            *from = chosen;
        }
        from->take = MIN(from->times, rest - owed);
        room->pods += from->take;
        used++;
        if (room->pods == o->items)
            break;
    }
    p->n = (size_t)used;
    return room->pods >= o->enough && used >= o->least;
}

static int64_t sum_of(const struct placer *p, size_t n, bool even)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += even ? p->candidates[i].also : p->candidates[i].times;
    return sum;
}

/* Brings the `n` nodes to the front that are to share the items: the best fits of those
 * that can take an even share, where so many can; else the largest. */
static void put_sharers_first(struct placer *p, size_t n, int64_t items)
{
    int64_t share = (items + (int64_t)n - 1) / (int64_t)n;

    for (size_t i = 0; i < p->n; i++)
        p->candidates[i].also = MIN(p->candidates[i].times, share);
    candidates_sort(p->candidates, p->n, even_compare);
    if (sum_of(p, n, true) < items)
        candidates_sort(p->candidates, p->n, largest_compare);
}

/* As many nodes as there are, with shares as even as they can be: the smallest nodes
 * take what they can up to the mean of what is left, and the others the rest. */
bool choose_spread(struct placer *p, const struct order *o, struct room *room)
{
    size_t n = (size_t)MIN((int64_t)p->n, o->most);

    if (n == 0)
        return false;
    put_sharers_first(p, n, o->items);
    room->pods = MIN(sum_of(p, n, false), o->items);
    if (room->pods < o->items || (int64_t)n < o->least)
        return false;
    p->n = n;
    candidates_sort(p->candidates, n, smallest_compare);
    for (size_t i = 0, left = n; i < n; i++, left--) {
        struct candidate *to = &p->candidates[i];
        int64_t rest = room->pods;

        to->take = MIN(to->times, rest / (int64_t)left);
        room->pods -= to->take;
    }
    room->pods = o->items;
    return true;
}

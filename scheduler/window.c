#include "scheduler/window.h"

#include <stdlib.h>

#include "base/util.h"

void window_fini(struct window *w)
{
    free(w->nodes);
    free(w->fewer);
    *w = (struct window){0};
}

static int64_t end_of(const struct seeker *by, size_t first)
{
    return timeline_end(by->timeline->bounds[first], by->limit_sec);
}

static void span(struct window *w, const struct seeker *by, size_t first)
{
    const struct timeline *tl = by->timeline;

    timeline_span(tl, tl->bounds[first], end_of(by, first), &w->first, &w->last);
}

/* The same for a later slot than before: the end is later, too. */
static void span_later(struct window *w, const struct seeker *by, size_t first)
{
    int64_t end = end_of(by, first);

    w->first = first;
    w->last = MAX(w->last, first + 1);
    while (w->last < by->timeline->n_slots && by->timeline->bounds[w->last] < end)
        w->last++;
}

/* ---- sets of nodes, counted ---- */

static int64_t count_nodes(const uint64_t *set, size_t words)
{
    int64_t n = 0;

    for (size_t i = 0; i < words; i++) {
        if (set[i] != 0)
            n += __builtin_popcountll(set[i]);
    }
    return n;
}

/* Of the partition's nodes that the shape admits. */
static void set_all(const struct seeker *by, node_set set)
{
    for (size_t i = 0; i < by->timeline->words; i++)
        set[i] = by->part->nodes[i] & by->shape->admits[i];
}

/* Four words at a time, which most processors can. */
typedef uint64_t words4 __attribute__((vector_size(32), aligned(8), may_alias));

static bool is_within(const uint64_t *set, const uint64_t *open, size_t words)
{
    words4 shut = {0};
    uint64_t rest = 0;
    size_t i = 0;

    for (; i + 4 <= words; i += 4)
        shut |= *(const words4 *)&set[i] & ~*(const words4 *)&open[i];
    for (; i < words; i++)
        rest |= set[i] & ~open[i];
    return (shut[0] | shut[1] | shut[2] | shut[3] | rest) == 0;
}

/* What of `set` is open in a slot, in `ret` unless it is all of it. Returns how many
 * nodes are not. */
static int64_t keep_open(const struct seeker *by, size_t slot, const uint64_t *set,
                         node_set ret)
{
    const uint64_t *open = timeline_open(by->timeline, by->demand, slot);
    bool own = by->own != NULL && slot >= by->own_from;
    int64_t lost = 0;

    if (is_within(set, open, by->timeline->words))
        return 0;
    for (size_t i = 0; i < by->timeline->words; i++) {
        uint64_t shut = set[i] & ~open[i];

        ret[i] = set[i];
        if (shut != 0 && own)
            shut &= ~by->own[i];
        if (shut == 0)
            continue;
        ret[i] ^= shut;
        lost += __builtin_popcountll(shut);
    }
    return lost;
}

/* So few nodes are open in the whole cluster that no set of them is enough. */
static bool is_hopeless(const struct seeker *by, size_t slot)
{
    return (by->own == NULL || slot < by->own_from) &&
           (int64_t)timeline_count_open(by->timeline, by->demand, slot) < by->need;
}

static bool has_required(const struct seeker *by, const uint64_t *set)
{
    const struct shape *shape = by->shape;

    if (shape->like->n_node_list == 0)
        return true;
    for (size_t i = 0; i < by->timeline->words; i++) {
        if ((shape->required[i] & ~set[i]) != 0)
            return false;
    }
    return true;
}

static bool is_enough(const struct seeker *by, const uint64_t *set, int64_t n)
{
    return n >= by->need && has_required(by, set);
}

int64_t window_count(const struct window *w, const struct seeker *by)
{
    return count_nodes(w->nodes, by->timeline->words);
}

bool window_is_enough(const struct window *w, const struct seeker *by)
{
    return is_enough(by, w->nodes, window_count(w, by));
}

static void size_to(struct window *w, const struct seeker *by)
{
    size_t bytes = (by->timeline->words + 1) * sizeof(*w->nodes);

    w->nodes = xrealloc(w->nodes, bytes);
    w->fewer = xrealloc(w->fewer, bytes);
}

void window_set(struct window *w, const struct seeker *by, size_t first)
{
    const struct timeline *tl = by->timeline;

    size_to(w, by);
    span(w, by, first);
    set_all(by, w->nodes);
    for (size_t slot = w->first; slot < w->last; slot = tl->of[slot]->last)
        keep_open(by, slot, w->nodes, w->nodes);
}

/* ---- searching ---- */

static void swap_sets(struct window *w)
{
    node_set fewer = w->fewer;

    w->fewer = w->nodes;
    w->nodes = fewer;
}

/* From the last slot of the window back to slot `to`: narrows `nodes` to what is open.
 * Returns the slot that would leave too few, and then `nodes` are those open behind its
 * stretch; or SLOT_NONE. */
static size_t narrow(struct window *w, const struct seeker *by, size_t to)
{
    const struct timeline *tl = by->timeline;
    int64_t n = count_nodes(w->nodes, tl->words), lost;

    for (size_t slot = w->last; slot > to; slot = tl->of[slot - 1]->first) {
        if (is_hopeless(by, slot - 1))
            return slot - 1;
        lost = keep_open(by, slot - 1, w->nodes, w->fewer);
        if (lost == 0)
            continue;
        if (!is_enough(by, w->fewer, n - lost))
            return slot - 1;
        n -= lost;
        swap_sets(w);
    }
    return is_enough(by, w->nodes, n) ? SLOT_NONE : w->last - 1;
}

/* The last slot of the window in which alone there are too few nodes. */
static size_t last_hopeless(const struct window *w, const struct seeker *by)
{
    const struct timeline *tl = by->timeline;

    for (size_t slot = w->last; slot > w->first; slot = tl->of[slot - 1]->first) {
        if (is_hopeless(by, slot - 1))
            return slot - 1;
    }
    return SLOT_NONE;
}

/* The slot that leaves too few nodes for what the window has behind it, or SLOT_NONE:
 * the window is enough. `known`: `nodes` are those open up to before that slot; then
 * those behind the stretch that failed, up to it. 0: nothing is known. */
static size_t find_failed(struct window *w, const struct seeker *by, size_t *known)
{
    size_t failed;

    if (*known > w->first && narrow(w, by, *known) == SLOT_NONE)
        return SLOT_NONE;
    *known = 0;
    failed = last_hopeless(w, by);
    if (failed != SLOT_NONE)
        return failed;
    *known = w->last;
    set_all(by, w->nodes);
    return narrow(w, by, w->first);
}

/*
 * Where a slot leaves too few nodes for the slots behind it up to the window's end, no
 * window that begins there or before will do, since it covers them all:
 *
 *     begin         failed        last
 *       |  .  .  .  |x|============|           the nodes behind it are known
 *                     |============|----|      so that the next window to look at costs
 *                   begin              last    what it reaches farther
 */
bool window_find(struct window *w, const struct seeker *by, size_t first, size_t before)
{
    size_t failed, known = 0;

    if (first >= before) /* it may be behind the last slot */
        return false;
    size_to(w, by);
    span(w, by, first);
    while ((failed = find_failed(w, by, &known)) != SLOT_NONE) {
        first = by->timeline->of[failed]->last;
        if (first >= before)
            return false;
        span_later(w, by, first);
    }
    return true;
}

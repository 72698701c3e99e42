#include "scheduler/window.h"

#include <stdlib.h>

#include "base/util.h"

void window_fini(struct window *w)
{
    free(w->nodes);
    *w = (struct window){0};
}

static int64_t end_of(const struct seeker *by, size_t first)
{
    int64_t end;

    if (by->limit_sec == LIMIT_UNLIMITED ||
        __builtin_add_overflow(by->timeline->bounds[first], by->limit_sec, &end))
        return TIME_NEVER;
    return end;
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

/* Of the partition's nodes that the shape admits. */
static void set_all(const struct seeker *by, node_set set)
{
    for (size_t i = 0; i < by->timeline->words; i++)
        set[i] = by->part->nodes[i] & by->shape->admits[i];
}

/* True if that left fewer. */
static bool keep_open(const struct seeker *by, size_t slot, node_set set)
{
    const uint64_t *open = timeline_open(by->timeline, by->demand, slot);
    bool own = by->own != NULL && slot >= by->own_from;
    uint64_t lost = 0;

    for (size_t i = 0; i < by->timeline->words; i++) {
        uint64_t shut = own ? ~(open[i] | by->own[i]) : ~open[i];

        lost |= set[i] & shut;
        set[i] &= ~shut;
    }
    return lost != 0;
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

static bool is_enough(const struct seeker *by, const uint64_t *set)
{
    int64_t n = 0;

    for (size_t i = 0; i < by->timeline->words && n < by->need; i++) {
        if (set[i] != 0)
            n += __builtin_popcountll(set[i]);
    }
    return n >= by->need && has_required(by, set);
}

int64_t window_count(const struct window *w, const struct seeker *by)
{
    int64_t n = 0;

    for (size_t i = 0; i < by->timeline->words; i++)
        n += __builtin_popcountll(w->nodes[i]);
    return n;
}

static void size_to(struct window *w, const struct seeker *by)
{
    w->nodes = xrealloc(w->nodes, (by->timeline->words + 1) * sizeof(*w->nodes));
}

void window_set(struct window *w, const struct seeker *by, size_t first)
{
    size_to(w, by);
    span(w, by, first);
    set_all(by, w->nodes);
    for (size_t slot = w->first; slot < w->last; slot++)
        keep_open(by, slot, w->nodes);
}

bool window_is_enough(const struct window *w, const struct seeker *by)
{
    return is_enough(by, w->nodes);
}

/* Narrows the set to what is open up to before `w->last`. Returns the slot that left
 * too few, or SLOT_NONE. */
static size_t narrow(struct window *w, const struct seeker *by)
{
    set_all(by, w->nodes);
    for (size_t slot = w->first; slot < w->last; slot++) {
        if (slot > w->first && !timeline_has_edge(by->timeline, slot))
            continue;
        if ((keep_open(by, slot, w->nodes) || slot == w->first) &&
            !is_enough(by, w->nodes))
            return slot;
    }
    return SLOT_NONE;
}

/* The slots from some slot of the window up to `failed` leave too few nodes; the last
 * such slot. No window that begins there or before can reach beyond `failed`. */
static size_t last_hopeless(struct window *w, const struct seeker *by, size_t failed)
{
    size_t slot = failed;

    if (failed == w->first)
        return failed;
    set_all(by, w->nodes);
    for (;; slot--) {
        bool fewer = keep_open(by, slot, w->nodes);

        if (slot == w->first || ((fewer || slot == failed) && !is_enough(by, w->nodes)))
            return slot;
    }
}

bool window_find(struct window *w, const struct seeker *by, size_t first, size_t before)
{
    size_t failed;

    if (first >= before) /* it may be behind the last slot */
        return false;
    size_to(w, by);
    span(w, by, first);
    for (size_t begin = first; begin < before;) {
        span_later(w, by, begin);
        failed = narrow(w, by);
        if (failed == SLOT_NONE)
            return true;
        /* Where nothing changes, a later window only reaches farther. */
        begin = last_hopeless(w, by, failed) + 1;
        while (begin < before && !timeline_has_edge(by->timeline, begin))
            begin++;
    }
    return false;
}

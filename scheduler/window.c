#include "scheduler/window.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/crew.h"

void window_fini(struct window *w)
{
    free(w->nodes);
    free(w->fewer);
    owner_view_fini(&w->view);
    *w = (struct window){0};
}

int64_t window_end(const struct seeker *by, size_t first)
{
    return fence_end(by->fence, first,
                     timeline_end(by->timeline->bounds[first], by->limit_sec));
}

static int64_t limit_of(const struct seeker *by)
{
    return by->limit_sec != LIMIT_UNLIMITED ? by->limit_sec - book_length(0)
                                            : LIMIT_UNLIMITED;
}

int64_t window_over(const struct seeker *by, size_t first)
{
    return fence_over(by->fence, first,
                      timeline_start(by->timeline, first, by->now_sec), limit_of(by));
}

static bool may_begin(const struct seeker *by, size_t first)
{
    return by->fence == NULL ||
           !fence_bars_start(by->fence, first,
                             timeline_start(by->timeline, first, by->now_sec),
                             limit_of(by));
}

static void set_over(struct window *w, const struct seeker *by)
{
    w->over_sec = by->fence != NULL ? window_over(by, w->first) : TIME_NEVER;
    w->whole = fence_whole(by->fence, w->over_sec, w->last);
}

static void span(struct window *w, const struct seeker *by, size_t first)
{
    const struct timeline *tl = by->timeline;

    timeline_span(tl, tl->bounds[first], window_end(by, first), &w->first, &w->last);
    set_over(w, by);
}

/* The same for a later slot than before: the end is later, too. */
static void span_later(struct window *w, const struct seeker *by, size_t first)
{
    int64_t end = window_end(by, first);

    w->first = first;
    w->last = MAX(w->last, first + 1);
    while (w->last < by->timeline->n_slots && by->timeline->bounds[w->last] < end)
        w->last++;
    set_over(w, by);
}

/* ---- sets of nodes, counted ---- */

/* Of the partition's nodes that are ready for the shape. */
static void set_all(const struct seeker *by, node_set set)
{
    for (size_t i = 0; i < by->timeline->words; i++)
        set[i] = by->part->nodes[i] & by->shape->ready[i];
}

static bool has_own(const struct seeker *by, size_t slot)
{
    return by->own != NULL && slot >= by->own_from;
}

/* In a slot, or in a block of them: nodes that are shown as having room, those of them
 * that have none (NULL: they all have), nodes that no reservation shuts (NULL: all),
 * those open to its user (NULL: none); and do its own count as if they had room? */
struct opening {
    const uint64_t *shown, *full, *unshut, *owned;
    bool own;
};

static struct opening opening_of(struct window *w, const struct seeker *by, size_t slot)
{
    return (struct opening){timeline_shown(by->timeline, by->demand, slot),
                            timeline_full(by->timeline, by->demand, slot),
                            fence_open_to(by->fence, slot, w->over_sec),
                            owner_open(&w->view, slot, 1, by->timeline->words),
                            has_own(by, slot)};
}

_Static_assert(64 % BLOCK_SLOTS == 0, "a block is within a word of slots");
#define BLOCK ((UINT64_C(1) << BLOCK_SLOTS) - 1)

static struct opening block_of(struct window *w, const struct seeker *by, size_t slot)
{
    return (struct opening){timeline_open_in_block(by->timeline, by->demand, slot),
                            NULL, fence_open_in_block(by->fence, slot),
                            owner_open(&w->view, slot, BLOCK, by->timeline->words),
                            has_own(by, slot)};
}

/* Where there are reservations, or nodes of its user, or it has a place already. */
static int64_t keep_open_but_own(const struct seeker *by, const struct opening *in,
                                 const uint64_t *set, node_set ret)
{
    int64_t lost = 0;

    for (size_t i = 0; i < by->timeline->words; i++) {
        uint64_t shut = set[i] & ~in->shown[i];

        if (in->full != NULL)
            shut |= set[i] & in->full[i];
        if (in->own)
            shut &= ~by->own[i];
        if (in->owned != NULL)
            shut &= ~in->owned[i];
        if (in->unshut != NULL)
            shut |= set[i] & ~in->unshut[i];
        ret[i] = set[i] & ~shut;
        lost += shut != 0 ? __builtin_popcountll(shut) : 0;
    }
    return lost;
}

/* What of `set` is open, in `ret`. Returns how many nodes are not. The loop is inline,
 * once with and once without full nodes: it is the innermost of a search. */
static int64_t keep_open(const struct seeker *by, const struct opening *in,
                         const uint64_t *set, node_set ret)
{
    if (in->own || in->unshut != NULL || in->owned != NULL)
        return keep_open_but_own(by, in, set, ret);
    if (in->full == NULL)
        return node_set_split(set, in->shown, NULL, ret, by->timeline->words);
    return node_set_split(set, in->shown, in->full, ret, by->timeline->words);
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
    return node_set_count(w->nodes, by->timeline->words);
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
    int64_t n;

    size_to(w, by);
    owner_see(&w->view, by);
    span(w, by, first);
    set_all(by, w->nodes);
    n = window_count(w, by);
    for (size_t slot = w->first; slot < w->last && n > 0; slot++) {
        const struct opening in = opening_of(w, by, slot);

        n -= keep_open(by, &in, w->nodes, w->nodes);
    }
}

/* ---- searching ---- */

static void swap_sets(struct window *w)
{
    node_set fewer = w->fewer;

    w->fewer = w->nodes;
    w->nodes = fewer;
}

/* Narrows `nodes`, `n` of them, to what is open; false: that is too few, and they stay
 * as they are. */
static bool keep_enough(struct window *w, const struct seeker *by,
                        const struct opening *in, int64_t *n)
{
    int64_t lost = keep_open(by, in, w->nodes, w->fewer);

    if (lost == 0)
        return true;
    if (!is_enough(by, w->fewer, *n - lost))
        return false;
    *n -= lost;
    swap_sets(w);
    return true;
}

/* A whole block ends before the slot, begins at or behind `to`, and is to be looked at
 * in one way. */
static bool ends_block(const struct window *w, const struct seeker *by, size_t slot,
                       size_t to)
{
    return slot % BLOCK_SLOTS == 0 && slot >= to + BLOCK_SLOTS && slot <= w->whole &&
           has_own(by, slot - 1) == has_own(by, slot - BLOCK_SLOTS);
}

/* From the last slot of the window back to slot `to`: narrows `nodes` to what is open.
 * Returns the slot that would leave too few, and then `nodes` are those open behind it;
 * or SLOT_NONE. */
static size_t narrow(struct window *w, const struct seeker *by, size_t to)
{
    const struct timeline *tl = by->timeline;
    int64_t n = node_set_count(w->nodes, tl->words);

    for (size_t slot = w->last; slot > to;) {
        struct opening in;

        if (ends_block(w, by, slot, to)) {
            in = block_of(w, by, slot - BLOCK_SLOTS);
            if (keep_enough(w, by, &in, &n)) {
                slot -= BLOCK_SLOTS;
                continue;
            }
        }
        in = opening_of(w, by, slot - 1);
        if (!keep_enough(w, by, &in, &n))
            return slot - 1;
        slot--;
    }
    return is_enough(by, w->nodes, n) ? SLOT_NONE : w->last - 1;
}

/* The last slot of the window in which so few nodes are open in the whole cluster that
 * no set of them is enough. */
static size_t last_hopeless(const struct window *w, const struct seeker *by)
{
    const uint32_t *counts = timeline_counts(by->timeline, by->demand);
    size_t last = by->own != NULL ? MIN(w->last, by->own_from) : w->last;

    for (size_t slot = last; slot > w->first; slot--) {
        if (counts[slot - 1] + (int64_t)w->view.n < by->need)
            return slot - 1;
    }
    return SLOT_NONE;
}

/* One past the last slot in which its licences are not given back. */
static size_t given_of(const struct window *w, const struct seeker *by)
{
    const struct timeline *tl = by->timeline;
    int64_t begin = tl->bounds[w->first], end = timeline_end(begin, by->limit_sec);
    int64_t given = fence_license_end(by->fence, w->first, end);
    size_t first, last = w->last;

    if (given != fence_end(by->fence, w->first, end))
        timeline_span(tl, begin, given, &first, &last);
    return last;
}

/* Of one in a reservation they are not back before. */
static int64_t licenses_over(const struct window *w, const struct seeker *by)
{
    int64_t end = timeline_end(by->timeline->bounds[w->first], by->limit_sec);

    if (fence_end(by->fence, w->first, end) == end)
        return w->over_sec;
    return fence_license_end(by->fence, w->first, end);
}

/* The last slot of the window in which licences are short. Its own are taken to be
 * enough for it. */
static size_t last_unlicensed(const struct window *w, const struct seeker *by)
{
    size_t last = by->own != NULL ? MIN(w->last, by->own_from) : given_of(w, by);

    return fence_short(by->fence, &by->timeline->stock, by->takes, w->first, last,
                       licenses_over(w, by));
}

size_t window_unlicensed(struct window *w, const struct seeker *by, size_t first,
                         uint64_t *ret_kept)
{
    size_t slot;

    span(w, by, first);
    slot = last_unlicensed(w, by);
    if (slot != SLOT_NONE)
        *ret_kept = fence_keeps(by->fence, slot, licenses_over(w, by));
    return slot;
}

/* The last slot of the window in which too many others of its array are under way. */
static size_t last_thronged(const struct window *w, const struct seeker *by)
{
    return by->task != NULL ? crew_short(by->sched, by->task, w->first, w->last)
                            : SLOT_NONE;
}

/* Where one limit has no room for it beside others: the last slot of the window, or of
 * those in a row with it, since no window begins in these either. */
static size_t last_short(const struct window *w, const struct seeker *by,
                         const struct pledge_bound *bound, size_t last)
{
    const size_t from =
        pledge_goes_by_start(bound) ? w->first : MAX(w->first, w->unbound);
    size_t over = pledge_short(bound, by->timeline->bounds, from, last);

    return over >= last ? over : pledge_short_to(bound, over);
}

/* The same of all limits. Its own plan is taken to be within them. */
static size_t last_unpledged(struct window *w, const struct seeker *by)
{
    size_t last = by->own != NULL ? MIN(w->last, by->own_from) : w->last,
           found = SLOT_NONE;

    for (size_t i = 0; i < by->n_bounds; i++) {
        size_t over;

        if (by->own != NULL && pledge_is_for_ever(by->bounds[i].pledge))
            continue;
        over = last_short(w, by, &by->bounds[i], last);
        if (over != SLOT_NONE && by->own != NULL)
            over = MIN(over, by->own_from - 1);
        if (over != SLOT_NONE && (found == SLOT_NONE || over > found))
            found = over;
    }
    w->unbound = last;
    return found;
}

/* The last slot of the window in which anything but nodes is short; or the first, if it
 * may not begin there. */
static size_t last_short_of_others(struct window *w, const struct seeker *by)
{
    size_t failed = may_begin(by, w->first) ? last_unlicensed(w, by) : w->first;

    if (failed == SLOT_NONE)
        failed = last_thronged(w, by);
    return failed == SLOT_NONE ? last_unpledged(w, by) : failed;
}

/* The slot that leaves too few nodes for what the window has behind it, or SLOT_NONE:
 * the window is enough. `known`: `nodes` are those open up to before that slot; then
 * those behind the slot that failed, up to it. 0: nothing is known. */
static size_t find_failed(struct window *w, const struct seeker *by, size_t *known)
{
    size_t failed = last_short_of_others(w, by);

    if (failed != SLOT_NONE) {
        *known = 0;
        return failed;
    }
    if (*known > w->first && narrow(w, by, *known) == SLOT_NONE)
        return SLOT_NONE;
    *known = 0;
    failed = last_hopeless(w, by);
    if (failed != SLOT_NONE)
        return failed;
    *known = w->whole; /* behind that it depends on when a job is over */
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
    owner_see(&w->view, by);
    span(w, by, first);
    w->unbound = 0;
    while ((failed = find_failed(w, by, &known)) != SLOT_NONE) {
        first = failed + 1;
        if (first >= before)
            return false;
        span_later(w, by, first);
    }
    return true;
}

bool window_find_on(struct window *w, const struct seeker *by, size_t before)
{
    size_t failed;

    w->unbound = 0;
    failed = last_short_of_others(w, by);
    return failed == SLOT_NONE ||
           (failed < before && window_find(w, by, failed + 1, before));
}

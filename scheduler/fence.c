#include "scheduler/fence.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static bool is_through(const struct pass_key *key, size_t i)
{
    return (key->through[i / 64] >> (i % 64) & 1) != 0;
}

/* What of the slot is still to come, and where it ends. */
static int64_t begin_of(const struct fence *f, size_t slot)
{
    return slot == 0 ? MAX(f->tl->bounds[0], f->now_sec) : f->tl->bounds[slot];
}

static int64_t end_of(const struct fence *f, size_t slot)
{
    return slot + 1 < f->tl->n_slots ? f->tl->bounds[slot + 1] : TIME_NEVER;
}

/* Does it shut its nodes to the job? */
static bool shuts(const struct fence *f, size_t i)
{
    return !is_through(&f->key, i) && !f->closures[i].beside;
}

/* From when on an occurrence, with what is behind it, takes of the slot; TIME_NEVER: it
 * does not. What is over is over. One that floats does as long as nobody may begin
 * whose limit is longer. */
static int64_t touches_from(const struct fence *f, const struct reservation *r,
                            size_t slot)
{
    int64_t start, end, begin = begin_of(f, slot), from = begin;

    if (reservation_floats(r))
        return reservation_occurrence(r, from, &start, &end) ? begin : TIME_NEVER;
    from = MAX(from - FENCE_TAIL_SEC, f->now_sec);
    if (!reservation_occurrence(r, from, &start, &end) || start >= end_of(f, slot))
        return TIME_NEVER;
    return MAX(start, begin);
}

/* Does the slot begin in an occurrence? */
static bool begins_in(const struct fence *f, const struct reservation *r, size_t slot,
                      int64_t *ret_end)
{
    int64_t start, end, begin = begin_of(f, slot);

    *ret_end = TIME_NEVER;
    if (!reservation_occurrence(r, begin, &start, &end))
        return false;
    *ret_end = end;
    return start <= begin && slot + 1 < f->tl->n_slots;
}

/* What the one that a job has to stay in leaves open. */
static void open_within(struct fence *f, size_t slot, node_set set)
{
    const struct closure *in = &f->closures[f->key.in];
    size_t bytes = f->words * sizeof(*set);
    int64_t end;

    if (!begins_in(f, in->resv, slot, &end))
        memset(set, 0, bytes);
    else if (!in->resv->any_nodes)
        memcpy(set, in->nodes, bytes);
    f->ends[slot] = end;
}

static void shut(const struct fence *f, const uint64_t *nodes, node_set set)
{
    for (size_t k = 0; k < f->words; k++)
        set[k] &= ~nodes[k];
}

/* Those of one that floats anybody has who is not too long for it. */
static bool has_licenses_of(const struct fence *f, size_t i)
{
    const struct pass_key *key = &f->key;
    bool any = key->of == RESV_NONE || reservation_floats(f->closures[i].resv);

    return key->of == i || (any && is_through(key, i));
}

/* A bit for each of those that keep licences from it in the slot, if it is over then:
 * none where it is over as the slot begins. They are counted in their order, as stock.h
 * does. */
static uint64_t keeps_of(const struct fence *f, size_t slot, int64_t over_sec)
{
    size_t n_keeps = 0;
    uint64_t keeps = 0;

    if (f->tl->bounds[slot] >= over_sec)
        return 0;
    over_sec = MAX(over_sec, timeline_end(begin_of(f, slot), 1));
    for (size_t i = 0; i < f->n_closures && n_keeps < f->tl->stock.n_keeps; i++) {
        const struct reservation *r = f->closures[i].resv;

        if (r->n_licenses == 0)
            continue;
        if (!has_licenses_of(f, i) && touches_from(f, r, slot) < over_sec)
            keeps |= UINT64_C(1) << n_keeps;
        n_keeps++;
    }
    return keeps;
}

/* The row of a set: that of the last one, where it is the same. */
static uint16_t row_of(struct fence *f, const uint64_t *set)
{
    size_t bytes = f->words * sizeof(*set);
    const uint64_t *last = f->n_sets > 0 ? f->sets + (f->n_sets - 1) * f->words : NULL;

    if (last != NULL && memcmp(last, set, bytes) == 0)
        return (uint16_t)f->n_sets;
    if (f->sets == NULL || f->n_sets == f->sets_cap) {
        f->sets_cap = f->sets_cap * 2 + 8;
        f->sets = xrealloc(f->sets, f->sets_cap * bytes + 1);
    }
    memcpy(f->sets + f->n_sets++ * f->words, set, bytes);
    return (uint16_t)f->n_sets;
}

/* The set that is open to who is over then, in scratch. */
static const uint64_t *mix(const struct fence *f, size_t slot, int64_t over_sec)
{
    const uint64_t *open = fence_set(f, f->lates[slot].row);
    int64_t begin = begin_of(f, slot);

    memset(f->mixed, 0xff, f->words * sizeof(*f->mixed));
    if (open != NULL)
        memcpy(f->mixed, open, f->words * sizeof(*f->mixed));
    for (size_t i = 0; i < f->n_closures; i++) {
        int64_t from =
            shuts(f, i) ? touches_from(f, f->closures[i].resv, slot) : TIME_NEVER;

        if (from > begin && from < over_sec)
            shut(f, f->closures[i].nodes, f->mixed);
    }
    return f->mixed;
}

/* In all slots of the block; of one row, mostly. */
static uint16_t row_of_block(struct fence *f, size_t first, node_set set)
{
    bool same = true;

    for (size_t slot = first; slot < first + BLOCK_SLOTS; slot++)
        same = same && f->rows[slot] == f->rows[first];
    if (same)
        return f->rows[first];
    memset(set, 0xff, f->words * sizeof(*set));
    for (size_t slot = first; slot < first + BLOCK_SLOTS; slot++) {
        const uint64_t *open = fence_open(f, slot);

        for (size_t k = 0; open != NULL && k < f->words; k++)
            set[k] &= open[k];
    }
    return row_of(f, set);
}

/* In any of the slots. */
static uint16_t row_of_any(struct fence *f, node_set set)
{
    uint16_t last = 0;

    memset(set, 0, f->words * sizeof(*set));
    for (size_t slot = 0; slot < f->tl->n_slots; slot++) {
        const uint64_t *open = fence_open(f, slot);

        if (open == NULL)
            return 0;
        if (f->rows[slot] == last)
            continue;
        last = f->rows[slot];
        for (size_t k = 0; k < f->words; k++)
            set[k] |= open[k];
    }
    return row_of(f, set);
}

/* First what is shut from the begin of the slot on, in `set`; then all that is, where
 * something else begins in it. */
static void make_row(struct fence *f, size_t slot, node_set set)
{
    struct late *late = &f->lates[slot];
    int64_t begin = begin_of(f, slot);
    bool any = f->ends != NULL; /* it has to stay in one */

    *late = (struct late){.first_sec = TIME_NEVER};
    memset(set, 0xff, f->words * sizeof(*set));
    if (any)
        open_within(f, slot, set);
    for (size_t i = 0; i < f->n_closures; i++) {
        int64_t from =
            shuts(f, i) ? touches_from(f, f->closures[i].resv, slot) : TIME_NEVER;

        if (from == TIME_NEVER)
            continue;
        if (from > begin) {
            late->first_sec = MIN(late->first_sec, from);
            late->last_sec = MAX(late->last_sec, from);
        } else {
            any = true;
            shut(f, f->closures[i].nodes, set);
        }
    }
    f->rows[slot] = late->row = any ? row_of(f, set) : 0;
    if (late->first_sec != TIME_NEVER)
        f->rows[slot] = row_of(f, mix(f, slot, TIME_NEVER));
}

struct fence *fence_new(const struct pass_key *key, const struct closure *closures,
                        size_t n, const struct timeline *tl, int64_t now_sec)
{
    struct fence *f = xcalloc(1, sizeof(*f));
    AUTO_FREE uint64_t *set = xcalloc(tl->words + 1, sizeof(*set));

    *f = (struct fence){.key = *key,
                        .closures = closures,
                        .n_closures = n,
                        .tl = tl,
                        .now_sec = now_sec,
                        .words = tl->words};
    f->rows = xcalloc(tl->n_slots + 1, sizeof(*f->rows));
    f->lates = xcalloc(tl->n_slots + 1, sizeof(*f->lates));
    f->mixed = xcalloc(tl->words + 1, sizeof(*f->mixed));
    f->blocks = xcalloc(tl->n_slots / BLOCK_SLOTS + 1, sizeof(*f->blocks));
    if (key->in != RESV_NONE)
        f->ends = xcalloc(tl->n_slots, sizeof(*f->ends));
    for (size_t slot = 0; slot < tl->n_slots; slot++)
        make_row(f, slot, set);
    for (size_t i = 0; (i + 1) * BLOCK_SLOTS <= tl->n_slots; i++)
        f->blocks[i] = row_of_block(f, i * BLOCK_SLOTS, set);
    f->ever = row_of_any(f, set);
    if (tl->stock.n_keeps > 0)
        f->kept = xcalloc(tl->n_slots + 1, sizeof(*f->kept));
    for (size_t slot = 0; slot < tl->n_slots && f->kept != NULL; slot++)
        f->kept[slot] = keeps_of(f, slot, TIME_NEVER);
    return f;
}

void fence_free(struct fence *f)
{
    if (f == NULL)
        return;
    free(f->rows);
    free(f->lates);
    free(f->mixed);
    free(f->blocks);
    free(f->kept);
    free(f->ends);
    free(f->sets);
    free(f);
}

/* ---- asked ---- */

int64_t fence_over(const struct fence *f, size_t slot, int64_t start_sec,
                   int64_t limit_sec)
{
    return fence_end(f, slot, timeline_end(start_sec, MAX(limit_sec, 1)));
}

bool fence_bars_start(const struct fence *f, size_t slot, int64_t start_sec,
                      int64_t limit_sec)
{
    return f != NULL && f->key.uncut &&
           fence_over(f, slot, start_sec, limit_sec) <
               timeline_end(start_sec, MAX(limit_sec, 1));
}

const uint64_t *fence_open_to(const struct fence *f, size_t slot, int64_t over_sec)
{
    const struct late *late;

    if (f == NULL || f->tl->bounds[slot] >= over_sec)
        return NULL;
    late = &f->lates[slot];
    if (over_sec <= late->first_sec)
        return fence_set(f, late->row);
    return over_sec > late->last_sec ? fence_open(f, slot) : mix(f, slot, over_sec);
}

size_t fence_whole(const struct fence *f, int64_t over_sec, size_t last)
{
    size_t begin, whole;

    if (f == NULL || over_sec == TIME_NEVER)
        return last;
    timeline_span(f->tl, over_sec, TIME_NEVER, &whole, &begin);
    return MIN(whole, last);
}

bool fence_admits(const struct fence *f, size_t position, size_t first,
                  int64_t over_sec)
{
    for (size_t slot = first; f != NULL && slot < f->tl->n_slots; slot++) {
        const uint64_t *open = fence_open_to(f, slot, over_sec);

        if (f->tl->bounds[slot] >= over_sec)
            break;
        if (open != NULL && !node_set_has(open, position))
            return false;
    }
    return true;
}

uint64_t fence_keeps(const struct fence *f, size_t slot, int64_t over_sec)
{
    size_t whole = fence_whole(f, over_sec, slot + 1);

    if (f == NULL || f->kept == NULL || slot > whole)
        return 0;
    return slot < whole ? f->kept[slot] : keeps_of(f, slot, over_sec);
}

size_t fence_short(const struct fence *f, const struct stock *stock,
                   struct license_list takes, size_t first, size_t last,
                   int64_t over_sec)
{
    size_t whole, failed;

    if (f == NULL || f->kept == NULL || takes.n == 0)
        return stock_short(stock, takes, NULL, first, last);
    whole = MAX(fence_whole(f, over_sec, last), first);
    failed = stock_short(stock, takes, NULL, whole + 1, last);
    if (failed != SLOT_NONE)
        return failed;
    if (whole < last && !stock_holds(stock, takes, keeps_of(f, whole, over_sec), whole))
        return whole;
    return stock_short(stock, takes, f->kept, first, MIN(whole, last));
}

#include "scheduler/fence.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* What is being worked out. */
struct maker {
    struct fence *f;
    const struct closure *closures;
    size_t n;
    const struct timeline *tl;
    int64_t now_sec;
    uint64_t *set; /* scratch */
};

static bool is_through(const struct pass_key *key, size_t i)
{
    return (key->through[i / 64] >> (i % 64) & 1) != 0;
}

/* What of the slot is still to come, and where it ends. */
static int64_t begin_of(const struct maker *m, size_t slot)
{
    return slot == 0 ? MAX(m->tl->bounds[0], m->now_sec) : m->tl->bounds[slot];
}

static int64_t end_of(const struct maker *m, size_t slot)
{
    return slot + 1 < m->tl->n_slots ? m->tl->bounds[slot + 1] : TIME_NEVER;
}

/* Does an occurrence, with what is behind it, touch the slot? What is over is over. One
 * that floats does as long as nobody may begin whose limit is longer. */
static bool touches(const struct maker *m, const struct reservation *r, size_t slot)
{
    int64_t start, end, from = begin_of(m, slot);

    if (reservation_floats(r))
        return reservation_occurrence(r, from, &start, &end);
    from = MAX(from - FENCE_TAIL_SEC, m->now_sec);
    return reservation_occurrence(r, from, &start, &end) && start < end_of(m, slot);
}

/* Does the slot begin in an occurrence? */
static bool begins_in(const struct maker *m, const struct reservation *r, size_t slot,
                      int64_t *ret_end)
{
    int64_t start, end, begin = begin_of(m, slot);

    *ret_end = TIME_NEVER;
    if (!reservation_occurrence(r, begin, &start, &end))
        return false;
    *ret_end = end;
    return start <= begin && slot + 1 < m->tl->n_slots;
}

/* Works the slot out in `m->set`. False: all is open. */
static bool work_out_slot(struct maker *m, size_t slot)
{
    const struct pass_key *key = &m->f->key;
    size_t bytes = m->f->words * sizeof(*m->set);
    bool shut = false;
    int64_t end;

    memset(m->set, 0xff, bytes);
    if (key->in != RESV_NONE) {
        const struct closure *in = &m->closures[key->in];

        shut = true;
        if (!begins_in(m, in->resv, slot, &end))
            memset(m->set, 0, bytes);
        else if (!in->resv->any_nodes)
            memcpy(m->set, in->nodes, bytes);
        m->f->ends[slot] = end;
    }
    for (size_t i = 0; i < m->n; i++) {
        if (is_through(key, i) || !touches(m, m->closures[i].resv, slot))
            continue;
        shut = true;
        for (size_t k = 0; k < m->f->words; k++)
            m->set[k] &= ~m->closures[i].nodes[k];
    }
    return shut;
}

/* Those of one that floats anybody has who is not too long for it. */
static bool has_licenses_of(const struct maker *m, size_t i)
{
    const struct pass_key *key = &m->f->key;
    bool any = key->of == RESV_NONE || reservation_floats(m->closures[i].resv);

    return key->of == i || (any && is_through(key, i));
}

/* Those that keep licences are counted in their order, as stock.h does. */
static void shut_licenses(const struct maker *m)
{
    size_t n_keeps = 0;

    for (size_t i = 0; i < m->n; i++) {
        const struct reservation *r = m->closures[i].resv;
        uint64_t bit;

        if (r->n_licenses == 0 || n_keeps == m->tl->stock.n_keeps)
            continue;
        bit = UINT64_C(1) << n_keeps++;
        for (size_t slot = 0; slot < m->tl->n_slots; slot++) {
            if (!has_licenses_of(m, i) && touches(m, r, slot))
                m->f->kept[slot] |= bit;
        }
    }
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

/* In all slots of the block; of one row, mostly. */
static uint16_t row_of_block(struct maker *m, size_t first)
{
    struct fence *f = m->f;
    bool same = true;

    for (size_t slot = first; slot < first + BLOCK_SLOTS; slot++)
        same = same && f->rows[slot] == f->rows[first];
    if (same)
        return f->rows[first];
    memset(m->set, 0xff, f->words * sizeof(*m->set));
    for (size_t slot = first; slot < first + BLOCK_SLOTS; slot++) {
        const uint64_t *open = fence_open(f, slot);

        for (size_t k = 0; open != NULL && k < f->words; k++)
            m->set[k] &= open[k];
    }
    return row_of(f, m->set);
}

struct fence *fence_new(const struct pass_key *key, const struct closure *closures,
                        size_t n, const struct timeline *tl, int64_t now_sec)
{
    struct fence *f = xcalloc(1, sizeof(*f));
    AUTO_FREE uint64_t *set = xcalloc(tl->words + 1, sizeof(*set));
    struct maker m = {f, closures, n, tl, now_sec, set};

    f->key = *key;
    f->words = tl->words;
    f->rows = xcalloc(tl->n_slots + 1, sizeof(*f->rows));
    f->blocks = xcalloc(tl->n_slots / BLOCK_SLOTS + 1, sizeof(*f->blocks));
    if (key->in != RESV_NONE)
        f->ends = xcalloc(tl->n_slots, sizeof(*f->ends));
    if (tl->stock.n_keeps > 0) {
        f->kept = xcalloc(tl->n_slots + 1, sizeof(*f->kept));
        shut_licenses(&m);
    }
    for (size_t slot = 0; slot < tl->n_slots; slot++)
        f->rows[slot] = work_out_slot(&m, slot) ? row_of(f, set) : 0;
    for (size_t i = 0; (i + 1) * BLOCK_SLOTS <= tl->n_slots; i++)
        f->blocks[i] = row_of_block(&m, i * BLOCK_SLOTS);
    return f;
}

void fence_free(struct fence *f)
{
    if (f == NULL)
        return;
    free(f->rows);
    free(f->blocks);
    free(f->kept);
    free(f->ends);
    free(f->sets);
    free(f);
}

bool fence_admits(const struct fence *f, size_t position, size_t first, size_t last)
{
    for (size_t slot = first; f != NULL && slot < last; slot++) {
        const uint64_t *open = fence_open(f, slot);

        if (open != NULL && !node_set_has(open, position))
            return false;
    }
    return true;
}

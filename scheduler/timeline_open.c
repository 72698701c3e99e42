#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/nodeset.h"
#include "scheduler/timeline_private.h"

/* So many slots more than there are have a place: of a later time there may be a few
 * more. */
#define SLOTS_SPARE 32

/* ---- memory ---- */

void openings_fini(struct openings *open)
{
    free(open->rows);
    free(open->vacant);
    free(open->full);
    free(open->sets);
    free(open->counts);
    free(open->in_block);
    free(open->is_known);
    *open = (struct openings){0};
}

static size_t blocks_cap(const struct timeline *tl)
{
    return tl->open.slots_cap / BLOCK_SLOTS;
}

static void size_to(struct timeline *tl, size_t n_demands)
{
    struct openings *open = &tl->open;
    size_t slots = n_demands * open->slots_cap, blocks = n_demands * blocks_cap(tl);

    open->demands_cap = n_demands;
    open->sets = xrealloc(open->sets, (slots * tl->words + 1) * sizeof(*open->sets));
    open->counts = xrealloc(open->counts, (slots + 1) * sizeof(*open->counts));
    open->in_block =
        xrealloc(open->in_block, (blocks * tl->words + 1) * sizeof(*open->in_block));
    open->is_known = xrealloc(open->is_known, (blocks + 1) * sizeof(*open->is_known));
}

void openings_reset(struct timeline *tl)
{
    struct openings *open = &tl->open;

    open->slots_cap = tl->n_slots + SLOTS_SPARE;
    open->rows = xrealloc(open->rows, open->slots_cap * sizeof(*open->rows));
    open->vacant = xrealloc(open->vacant,
                            (open->slots_cap * tl->words + 1) * sizeof(*open->vacant));
    open->full =
        xrealloc(open->full, (open->slots_cap * tl->words + 1) * sizeof(*open->full));
    for (size_t slot = 0; slot < tl->n_slots; slot++)
        open->rows[slot] = (uint16_t)slot;
    size_to(tl, tl->demands.n);
}

void openings_make_room(struct timeline *tl, size_t n_demands)
{
    if (n_demands > tl->open.demands_cap)
        size_to(tl, n_demands + n_demands / 4 + 2);
}

/* ---- kept as it changes ---- */

/* Of the first row that it is not known of. */
static void find_met(struct timeline *tl)
{
    const struct demands *d = &tl->demands;
    const int64_t *row = rowtable_at(&tl->rows, (uint32_t)tl->n_met);
    uint64_t *met = tl->met + tl->n_met++ * d->words;
    size_t steps[COLUMNS_MAX];

    for (int column = 0; column < tl->n_res; column++)
        steps[column] = demands_step(d, column, row[column]);
    for (size_t word = 0; word < d->words; word++) {
        met[word] = ~UINT64_C(0);
        for (int column = 0; column < tl->n_res; column++)
            met[word] &= demands_met(d, column, steps[column])[word];
    }
}

const uint64_t *timeline_row_met(struct timeline *tl, uint32_t row)
{
    size_t words = tl->demands.words;

    if (row < tl->n_met)
        return tl->met + row * words;
    if (tl->rows.n * words > tl->met_cap) {
        tl->met_cap = tl->rows.cap * words;
        tl->met = xrealloc(tl->met, tl->met_cap * sizeof(*tl->met));
    }
    while (tl->n_met < tl->rows.n)
        find_met(tl);
    return tl->met + row * words;
}

static uint64_t *block_at(const struct timeline *tl, size_t demand, size_t block)
{
    return tl->open.in_block + (demand * blocks_cap(tl) + block) * tl->words;
}

static bool *known_at(const struct timeline *tl, size_t demand, size_t block)
{
    return tl->open.is_known + demand * blocks_cap(tl) + block;
}

struct standing openings_standing(struct timeline *tl, uint32_t row, uint32_t vacancy)
{
    struct standing ret = {.full = true};

    timeline_row_met(tl, (uint32_t)tl->rows.n - 1); /* so that all are known */
    ret.met = timeline_row_met(tl, row);
    ret.vacancy = timeline_row_met(tl, vacancy);
    for (size_t i = 0; i < tl->demands.words; i++)
        ret.full = ret.full && (ret.met[i] & openings_masked(tl, i)) == 0;
    return ret;
}

/* ---- flips ---- */

/* What was open in all slots of a block and is not now in one, is not in the block. */
static void close_blocks(const struct timeline *tl, size_t demand,
                         const struct flip *flip, size_t word, uint64_t nodes)
{
    size_t last = MIN((flip->last - 1) / BLOCK_SLOTS + 1, blocks_cap(tl));

    for (size_t block = flip->first / BLOCK_SLOTS; block < last; block++) {
        if (*known_at(tl, demand, block))
            block_at(tl, demand, block)[word] &= ~nodes;
    }
}

static void open_blocks(const struct timeline *tl, size_t demand,
                        const struct flip *flip)
{
    size_t last = MIN((flip->last - 1) / BLOCK_SLOTS + 1, blocks_cap(tl));

    for (size_t block = flip->first / BLOCK_SLOTS; block < last; block++)
        *known_at(tl, demand, block) = false;
}

/* Four counts at a time, which most processors can. */
typedef uint32_t counts4 __attribute__((vector_size(16), aligned(4), may_alias));

/* What the loops go by lies in locals: for all that the compiler knows, a set might be
 * part of the timeline itself. */
static void count_nodes(const struct timeline *tl, size_t demand,
                        const struct flip *flip, uint32_t by)
{
    uint32_t *counts = openings_counts(tl, demand);
    size_t slot = flip->first, last = flip->last;

    for (; slot + 4 <= last; slot += 4)
        *(counts4 *)&counts[slot] += by;
    for (; slot < last; slot++)
        counts[slot] += by;
}

/* Of sets that lie in rows, by slot. */
static void flip_rows(const struct timeline *tl, uint64_t *sets,
                      const struct flip *flip, uint64_t nodes)
{
    const uint16_t *rows = tl->open.rows;
    size_t words = tl->words, last = flip->last;

    for (size_t slot = flip->first; slot < last; slot++)
        sets[rows[slot] * words] ^= nodes;
}

static void flip_demands(const struct timeline *tl, const struct flip *flip, size_t i,
                         size_t word, uint64_t nodes)
{
    const struct openings *open = &tl->open;
    const uint64_t *moved = flip->moved + i;
    size_t words = tl->demands.words;
    uint32_t n = (uint32_t)__builtin_popcountll(nodes);

    for (uint64_t set = moved[MOVE_SHOWN * words]; set != 0; set &= set - 1) {
        size_t demand = i * 64 + (size_t)__builtin_ctzll(set);

        flip_rows(tl, open->sets + demand * open->slots_cap * tl->words + word, flip,
                  nodes);
    }
    for (uint64_t set = moved[MOVE_CLOSED * words]; set != 0; set &= set - 1) {
        size_t demand = i * 64 + (size_t)__builtin_ctzll(set);

        count_nodes(tl, demand, flip, -n);
        close_blocks(tl, demand, flip, word, nodes);
    }
    for (uint64_t set = moved[MOVE_OPENED * words]; set != 0; set &= set - 1) {
        size_t demand = i * 64 + (size_t)__builtin_ctzll(set);

        count_nodes(tl, demand, flip, n);
        open_blocks(tl, demand, flip);
    }
}

void openings_flip(struct timeline *tl, const struct flip *flip, size_t word,
                   uint64_t nodes)
{
    if (flip->vacant)
        flip_rows(tl, tl->open.vacant + word, flip, nodes);
    if (flip->full)
        flip_rows(tl, tl->open.full + word, flip, nodes);
    for (size_t i = 0; i < tl->demands.words; i++)
        flip_demands(tl, flip, i, word, nodes);
}

void openings_forget_blocks(const struct timeline *tl, size_t from)
{
    memset(known_at(tl, from, 0), 0,
           (tl->demands.n - from) * blocks_cap(tl) * sizeof(*tl->open.is_known));
}

const uint64_t *timeline_met(struct timeline *tl, size_t position, size_t piece)
{
    return timeline_row_met(tl, tl->lanes[position].rows[piece]);
}

/* Leaves in a set what is in another one and not in a third (NULL: that is empty). */
static void keep_open(uint64_t *set, const uint64_t *in, const uint64_t *out,
                      size_t words)
{
    size_t i = 0;

    for (; i + 2 <= words; i += 2) {
        words2 kept = *(const words2 *)&set[i] & *(const words2 *)&in[i];

        if (out != NULL)
            kept &= ~*(const words2 *)&out[i];
        *(words2 *)&set[i] = kept;
    }
    for (; i < words; i++)
        set[i] &= in[i] & ~(out != NULL ? out[i] : 0);
}

const uint64_t *timeline_open_in_block(const struct timeline *tl, size_t demand,
                                       size_t slot)
{
    size_t block = slot / BLOCK_SLOTS;
    uint64_t *ret = block_at(tl, demand, block);
    bool *is_known = known_at(tl, demand, block);

    if (*is_known)
        return ret;
    memset(ret, 0xff, tl->words * sizeof(*ret));
    for (size_t i = 0; i < BLOCK_SLOTS; i++)
        keep_open(ret, timeline_shown(tl, demand, slot + i),
                  timeline_full(tl, demand, slot + i), tl->words);
    *is_known = true;
    return ret;
}

/* ---- cut anew ---- */

/* Each slot that is still to come keeps its row; the others that it is cut into, and
 * `sources` says which, get one of those that nobody has. */
static void give_rows(struct timeline *tl, size_t n_before, size_t *sources)
{
    struct openings *open = &tl->open;
    AUTO_FREE uint16_t *rows = xmalloc(open->slots_cap * sizeof(*rows));
    AUTO_FREE bool *taken = xcalloc(open->slots_cap, sizeof(*taken));
    size_t spare = 0;

    for (size_t i = 0; i < n_before; i++) {
        for (size_t slot = tl->places[i]; slot < tl->places[i + 1]; slot++)
            sources[slot] = i;
        if (tl->places[i] < tl->places[i + 1])
            taken[open->rows[i]] = true;
    }
    for (size_t slot = 0; slot < tl->n_slots; slot++) {
        rows[slot] = open->rows[sources[slot]];
        if (slot == tl->places[sources[slot]])
            continue;
        while (taken[spare])
            spare++;
        rows[slot] = (uint16_t)spare++;
        memcpy(open->vacant + rows[slot] * tl->words,
               openings_vacant(tl, sources[slot]), tl->words * sizeof(*open->vacant));
        memcpy(open->full + rows[slot] * tl->words, openings_full(tl, sources[slot]),
               tl->words * sizeof(*open->full));
        for (size_t demand = 0; demand < tl->demands.n; demand++)
            memcpy(open->sets + (demand * open->slots_cap + rows[slot]) * tl->words,
                   openings_at(tl, demand, sources[slot]),
                   tl->words * sizeof(*open->sets));
    }
    memcpy(open->rows, rows, tl->n_slots * sizeof(*rows));
}

bool openings_advance(struct timeline *tl, size_t n_before)
{
    AUTO_FREE size_t *sources = NULL;
    AUTO_FREE uint32_t *before = NULL;

    if (tl->n_slots > tl->open.slots_cap)
        return false;
    sources = xcalloc(tl->n_slots, sizeof(*sources));
    before = xmalloc((n_before + 1) * sizeof(*before));
    give_rows(tl, n_before, sources);
    for (size_t demand = 0; demand < tl->demands.n; demand++) {
        uint32_t *counts = openings_counts(tl, demand);

        memcpy(before, counts, n_before * sizeof(*before));
        for (size_t slot = 0; slot < tl->n_slots; slot++)
            counts[slot] = before[sources[slot]];
    }
    openings_forget_blocks(tl, 0);
    return true;
}

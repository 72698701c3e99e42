#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline_private.h"

static void stretch_free(struct stretch *stretch)
{
    free(stretch->open);
    free(stretch->n_open);
    free(stretch);
}

void stretches_drop_spares(struct timeline *tl)
{
    struct stretch *stretch;

    while ((stretch = tl->spare) != NULL) {
        tl->spare = stretch->next_spare;
        stretch_free(stretch);
    }
}

void stretches_drop(struct timeline *tl)
{
    for (size_t slot = 0; tl->of != NULL && slot < tl->n_slots;) {
        struct stretch *stretch = tl->of[slot];

        slot = stretch->last;
        stretch->next_spare = tl->spare;
        tl->spare = stretch;
    }
    free(tl->of);
    tl->of = NULL;
}

static size_t open_bytes(const struct timeline *tl)
{
    return (tl->demands_cap * tl->words + 1) * sizeof(uint64_t);
}

static struct stretch *stretch_new(struct timeline *tl)
{
    struct stretch *stretch = tl->spare;

    if (stretch != NULL) {
        tl->spare = stretch->next_spare;
        return stretch;
    }
    stretch = xcalloc(1, sizeof(*stretch));
    stretch->open = xmalloc(open_bytes(tl));
    stretch->n_open = xcalloc(tl->demands_cap + 1, sizeof(*stretch->n_open));
    return stretch;
}

static void set_stretch(struct timeline *tl, struct stretch *stretch, size_t first,
                        size_t last)
{
    stretch->first = first;
    stretch->last = last;
    for (size_t slot = first; slot < last; slot++)
        tl->of[slot] = stretch;
}

void stretches_cut(struct timeline *tl, size_t slot)
{
    struct stretch *before, *behind;

    if (slot == tl->n_slots || tl->of[slot]->first == slot)
        return;
    before = tl->of[slot];
    behind = stretch_new(tl);
    if (!tl->filling) {
        memcpy(behind->open, before->open,
               tl->demands.n * tl->words * sizeof(*behind->open));
        memcpy(behind->n_open, before->n_open, tl->demands.n * sizeof(*behind->n_open));
    }
    set_stretch(tl, behind, slot, before->last);
    before->last = slot;
}

/* With room for at least so many demands: a few more than there are now. */
static void make_room(struct timeline *tl, size_t n_demands)
{
    if (n_demands <= tl->demands_cap)
        return;
    stretches_drop_spares(tl);
    tl->demands_cap = n_demands + n_demands / 2 + 8;
    for (size_t slot = 0; slot < tl->n_slots; slot = tl->of[slot]->last) {
        struct stretch *stretch = tl->of[slot];

        stretch->open = xrealloc(stretch->open, open_bytes(tl));
        stretch->n_open =
            xrealloc(stretch->n_open, (tl->demands_cap + 1) * sizeof(*stretch->n_open));
    }
}

void stretches_begin(struct timeline *tl)
{
    tl->of = xcalloc(tl->n_slots, sizeof(struct stretch *));
    set_stretch(tl, stretch_new(tl), 0, tl->n_slots);
}

/* ---- what is open to whom ---- */

/* A set of demands, in the scratch `tl->moved`: those of `from` and behind that the
 * row meets. */
static void find_met(struct timeline *tl, const int64_t *row, size_t from)
{
    const struct demands *d = &tl->demands;
    size_t steps[COLUMNS_MAX];

    for (int column = 0; column < tl->n_res; column++)
        steps[column] = demands_step(d, column, row[column]);
    for (size_t word = 0; word < d->words; word++) {
        uint64_t met = word < from / 64 ? 0 : ~UINT64_C(0);

        for (int column = 0; column < tl->n_res; column++)
            met &= demands_met(d, column, steps[column])[word];
        tl->moved[word] = word == from / 64 ? met & ~UINT64_C(0) << (from % 64) : met;
    }
}

/* In one stretch. */
static void flip_in(const struct timeline *tl, struct stretch *stretch,
                    const uint64_t *moved, size_t word, uint64_t nodes)
{
    uint32_t n = (uint32_t)__builtin_popcountll(nodes);

    for (size_t i = 0; i < tl->demands.words; i++) {
        for (uint64_t set = moved[i]; set != 0; set &= set - 1) {
            size_t demand = i * 64 + (size_t)__builtin_ctzll(set);
            uint64_t *open = &stretch->open[demand * tl->words + word];

            *open ^= nodes;
            stretch->n_open[demand] +=
                2 * (uint32_t)__builtin_popcountll(*open & nodes) - n;
        }
    }
}

void stretches_flip(struct timeline *tl, const struct flip *flip, size_t word,
                    uint64_t nodes)
{
    for (size_t slot = flip->first; slot < flip->last; slot = tl->of[slot]->last)
        flip_in(tl, tl->of[slot], flip->moved, word, nodes);
}

/* A lane's piece that begins with the slot: what the one before met is taken out. */
static void enter_piece(struct timeline *tl, size_t from, size_t position, size_t i,
                        size_t slot)
{
    const struct lane *lane = &tl->lanes[position];
    uint64_t node = UINT64_C(1) << (position % 64);

    if (i > 0) {
        find_met(tl, lane_row(lane, tl->n_res, i - 1), from);
        flip_in(tl, tl->of[slot], tl->moved, position / 64, node);
    }
    find_met(tl, lane_row(lane, tl->n_res, i), from);
    flip_in(tl, tl->of[slot], tl->moved, position / 64, node);
}

/* The pieces of all lanes by their first slots: chains of positions, one a slot. */
struct chains {
    size_t *first; /* by slot */
    size_t *next;  /* by position */
    size_t *piece; /* of the lane, that is next */
};

static void chain_next(const struct timeline *tl, struct chains *c, size_t position)
{
    const struct lane *lane = &tl->lanes[position];
    size_t slot;

    if (c->piece[position] == lane->n)
        return;
    slot = lane_first(lane, c->piece[position]);
    c->next[position] = c->first[slot];
    c->first[slot] = position;
}

/* A stretch is as the one before, but for the lanes that have a piece begin with it. */
static void work_out_stretch(struct timeline *tl, struct chains *c, size_t from,
                             size_t slot)
{
    size_t n = tl->demands.n - from;
    struct stretch *stretch = tl->of[slot];
    uint64_t *open = stretch->open + from * tl->words;

    if (slot == 0) {
        memset(open, 0, n * tl->words * sizeof(*open));
        memset(stretch->n_open + from, 0, n * sizeof(*stretch->n_open));
    } else {
        memcpy(open, tl->of[slot - 1]->open + from * tl->words,
               n * tl->words * sizeof(*open));
        memcpy(stretch->n_open + from, tl->of[slot - 1]->n_open + from,
               n * sizeof(*stretch->n_open));
    }
    for (size_t position = c->first[slot]; position != SIZE_MAX;) {
        size_t next = c->next[position];

        enter_piece(tl, from, position, c->piece[position]++, slot);
        chain_next(tl, c, position);
        position = next;
    }
}

/* For demands from `from` on. */
static void work_out(struct timeline *tl, size_t from)
{
    struct chains c;

    demands_settle(&tl->demands);
    make_room(tl, tl->demands.n);
    tl->moved = xrealloc(tl->moved, (tl->demands.words + 1) * sizeof(*tl->moved));
    c.first = xmalloc(tl->n_slots * sizeof(*c.first));
    memset(c.first, 0xff, tl->n_slots * sizeof(*c.first));
    c.next = xcalloc(tl->n_nodes + 1, sizeof(*c.next));
    c.piece = xcalloc(tl->n_nodes + 1, sizeof(*c.piece));
    for (size_t position = 0; position < tl->n_nodes; position++)
        chain_next(tl, &c, position);
    for (size_t slot = 0; slot < tl->n_slots; slot = tl->of[slot]->last)
        work_out_stretch(tl, &c, from, slot);
    free(c.first);
    free(c.next);
    free(c.piece);
}

void timeline_ready(struct timeline *tl)
{
    tl->filling = false;
    tl->overcommitted = false;
    work_out(tl, 0);
}

size_t timeline_demand(struct timeline *tl, const struct resvec *each, bool exclusive)
{
    size_t n = tl->demands.n, demand = demands_get(&tl->demands, each, exclusive);

    if (demand == n && !tl->filling)
        work_out(tl, n);
    return demand;
}

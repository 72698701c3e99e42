/*
 * Which nodes are open to whom, worked out from the lanes: slot by slot, each as the
 * one before but for the lanes that have a piece begin with it. What is taken meanwhile
 * is seen to in the slots that are done, and is on the lanes for those to come.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/nodeset.h"
#include "scheduler/timeline_private.h"

/* ---- pieces by the slots that they begin with ---- */

static void unchain(struct chains *c, size_t position)
{
    const struct chain_link *link = &c->links[position];

    if (link->slot == SLOT_NONE)
        return;
    if (link->before == SIZE_MAX)
        c->first[link->slot] = link->next;
    else
        c->links[link->before].next = link->next;
    if (link->next != SIZE_MAX)
        c->links[link->next].before = link->before;
}

/* By the first slot of its i-th piece; of none if there is no such piece. */
static void chain(struct timeline *tl, size_t position, size_t i)
{
    const struct lane *lane = &tl->lanes[position];
    struct chains *c = &tl->chains;
    struct chain_link *link = &c->links[position];

    link->slot = i < lane->n ? lane_first(lane, i) : SLOT_NONE;
    if (link->slot == SLOT_NONE)
        return;
    link->piece = i;
    link->before = SIZE_MAX;
    link->next = c->first[link->slot];
    if (link->next != SIZE_MAX)
        c->links[link->next].before = position;
    c->first[link->slot] = position;
}

void timeline_rechain(struct timeline *tl, size_t position)
{
    const struct lane *lane = &tl->lanes[position];
    size_t i;

    if (tl->n_known == 0 || timeline_is_ready(tl))
        return;
    unchain(&tl->chains, position);
    i = lane_find(lane, tl->n_known);
    chain(tl, position, lane_first(lane, i) < tl->n_known ? i + 1 : i);
}

static void chain_all(struct timeline *tl)
{
    struct chains *c = &tl->chains;

    c->first = xrealloc(c->first, tl->n_slots * sizeof(*c->first));
    memset(c->first, 0xff, tl->n_slots * sizeof(*c->first)); /* SIZE_MAX */
    c->links = xrealloc(c->links, (tl->n_nodes + 1) * sizeof(*c->links));
    for (size_t position = 0; position < tl->n_nodes; position++)
        chain(tl, position, 0);
}

/* ---- a slot ---- */

/* Of the demands of a word, those from `from` on. */
static uint64_t behind(size_t from, size_t word)
{
    if (word < from / 64)
        return 0;
    return word > from / 64 ? ~UINT64_C(0) : ~UINT64_C(0) << (from % 64);
}

static void put_in(uint64_t *set, size_t position, bool is_in)
{
    uint64_t bit = UINT64_C(1) << (position % 64);

    set[position / 64] = (set[position / 64] & ~bit) | (is_in ? bit : 0);
}

/* One more, or one less, where the piece meets demands unlike the one before. */
static void turn_counts(const struct timeline *tl, size_t slot, size_t word,
                        uint64_t met, uint64_t before)
{
    for (uint64_t set = met ^ before; set != 0; set &= set - 1) {
        size_t bit = (size_t)__builtin_ctzll(set);

        openings_counts(tl, word * 64 + bit)[slot] += met >> bit & 1 ? 1 : UINT32_MAX;
    }
}

static void turn_sets(const struct timeline *tl, size_t slot, size_t word,
                      uint64_t shown, size_t position)
{
    for (uint64_t set = shown; set != 0; set &= set - 1) {
        size_t demand = word * 64 + (size_t)__builtin_ctzll(set);

        openings_at(tl, demand, slot)[position / 64] ^= UINT64_C(1) << (position % 64);
    }
}

/* A lane's piece that begins with the slot, for demands from `from` on. */
static void enter_piece(struct timeline *tl, size_t from, size_t position, size_t i,
                        size_t slot)
{
    const struct lane *lane = &tl->lanes[position];
    uint32_t vacancy = tl->vacancies[position], row = lane->rows[i];
    struct standing is = openings_standing(tl, row, vacancy), was = is;

    if (i > 0)
        was = openings_standing(tl, lane->rows[i - 1], vacancy);
    put_in(openings_vacant(tl, slot), position, row == vacancy);
    put_in(openings_full(tl, slot), position, is.full);
    for (size_t word = from / 64; word < tl->demands.words; word++) {
        uint64_t some = behind(from, word), any = i > 0 ? some : 0;

        turn_counts(tl, slot, word, is.met[word] & some, was.met[word] & any);
        turn_sets(tl, slot, word,
                  (openings_shown(tl, &is, word) & some) ^
                      (openings_shown(tl, &was, word) & any),
                  position);
    }
}

/* As the one before; the first with nothing. */
static void copy_slot(struct timeline *tl, size_t from, size_t slot)
{
    size_t bytes = tl->words * sizeof(uint64_t), before = slot > 0 ? slot - 1 : 0;

    if (slot == 0) {
        memset(openings_vacant(tl, slot), 0, bytes);
        memset(openings_full(tl, slot), 0, bytes);
    } else {
        memcpy(openings_vacant(tl, slot), openings_vacant(tl, before), bytes);
        memcpy(openings_full(tl, slot), openings_full(tl, before), bytes);
    }
    for (size_t demand = from; demand < tl->demands.n; demand++) {
        uint64_t *open = openings_at(tl, demand, slot);
        uint32_t *counts = openings_counts(tl, demand);

        if (slot == 0)
            memset(open, 0, bytes);
        else
            memcpy(open, openings_at(tl, demand, before), bytes);
        counts[slot] = slot == 0 ? 0 : counts[before];
    }
}

static void work_out_slot(struct timeline *tl, size_t from, size_t slot)
{
    struct chains *c = &tl->chains;

    copy_slot(tl, from, slot);
    for (size_t position = c->first[slot], next; position != SIZE_MAX;
         position = next) {
        size_t piece = c->links[position].piece;

        next = c->links[position].next;
        enter_piece(tl, from, position, piece, slot);
        chain(tl, position, piece + 1);
    }
}

/* ---- all slots ---- */

static void begin(struct timeline *tl)
{
    while (!timeline_renumber(tl))
        ;
    demands_settle(&tl->demands);
    tl->n_met = 0;
    openings_make_room(tl, tl->demands.n);
    tl->moved =
        xrealloc(tl->moved, (MOVES * tl->demands.words + 1) * sizeof(*tl->moved));
    chain_all(tl);
}

bool timeline_ready(struct timeline *tl, size_t words)
{
    size_t slots = 1 + words / (tl->words * (tl->demands.n + 1) + 1);

    if (timeline_is_ready(tl))
        return true;
    if (tl->n_known == 0) {
        begin(tl);
        tl->open.masked = tl->demands.n;
        openings_forget_blocks(tl, 0);
    }
    for (; slots > 0 && !timeline_is_ready(tl); slots--)
        work_out_slot(tl, 0, tl->n_known++);
    return timeline_is_ready(tl);
}

/* The last demand, of which nothing is known in any slot. */
static void add_demand(struct timeline *tl)
{
    size_t demand = tl->demands.n - 1;

    begin(tl);
    for (size_t slot = 0; slot < tl->n_slots; slot++)
        work_out_slot(tl, demand, slot);
    openings_forget_blocks(tl, demand);
}

size_t timeline_demand(struct timeline *tl, const struct resvec *each, bool private_)
{
    size_t n = tl->demands.n, demand = demands_get(&tl->demands, each, private_);

    if (demand < n)
        return demand;
    if (timeline_is_ready(tl))
        add_demand(tl);
    else
        tl->n_known = 0;
    return demand;
}

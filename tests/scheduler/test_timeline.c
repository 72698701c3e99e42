/*
 * The timeline: where its slots are cut, what takes and gives do, and the windows found
 * on it and its stairs, which are those that a plain search over all slots and nodes
 * finds.
 */
#include "scheduler/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/stairs.h"
#include "scheduler/window.h"
#include "tests/support/suite.h"

#define DAY_SEC 86400
#define WEEK_SEC (7 * DAY_SEC)

static const struct {
    const char *name;
    int64_t now_sec, window_sec;
} cuts[] = {
    {"on a minute", 6000, WEEK_SEC},
    {"within a minute", 6059, WEEK_SEC},
    {"before the epoch", -1000001, DAY_SEC},
    {"no window at all", 1000, 0},
    {"a long one", 1700000000, 365 * (int64_t)DAY_SEC},
    {"the end of time", INT64_MAX, WEEK_SEC},
    {"its beginning", INT64_MIN, WEEK_SEC},
};

START_TEST(test_cut)
{
    struct timeline tl;

    timeline_init(&tl);
    timeline_reset(&tl, cuts[_i].now_sec, cuts[_i].window_sec, 0, 0);
    ck_assert_int_eq(tl.bounds[0], timeline_minute(cuts[_i].now_sec));
    ck_assert_int_ge(tl.bounds[tl.n_slots - 1], tl.bounds[0]);
    ck_assert_int_le(tl.bounds[tl.n_slots - 1] - tl.bounds[0],
                     cuts[_i].window_sec + 60);
    for (size_t i = 1; i < tl.n_slots; i++) {
        int64_t width = tl.bounds[i] - tl.bounds[i - 1];

        ck_assert_int_ge(width, 60);
        ck_assert_int_le(width, MAX(120, (tl.bounds[i] - tl.bounds[0]) / 16));
        ck_assert_int_eq(tl.bounds[i] % 60, 0);
    }
    timeline_fini(&tl);
}
END_TEST

static bool has_bound(const struct timeline *tl, int64_t sec)
{
    for (size_t i = 0; i < tl->n_slots; i++) {
        if (tl->bounds[i] == sec)
            return true;
    }
    return false;
}

/* What was planned on a boundary stays on one, however late it becomes. */
START_TEST(test_later_bounds_contain_earlier)
{
    struct timeline early, late;
    int64_t now = 1700000000 + _i * 12345;

    timeline_init(&early);
    timeline_init(&late);
    timeline_reset(&early, now, WEEK_SEC, 0, 0);
    for (int64_t later = now; later < now + WEEK_SEC; later += 7919) {
        timeline_reset(&late, later, WEEK_SEC, 0, 0);
        for (size_t i = 0; i < early.n_slots; i++)
            ck_assert(early.bounds[i] < late.bounds[0] ||
                      has_bound(&late, early.bounds[i]));
    }
    timeline_fini(&early);
    timeline_fini(&late);
}
END_TEST

START_TEST(test_span)
{
    static const struct {
        int64_t start, end;
        size_t first, last;
    } spans[] = {
        {0, 60, 0, 1},    {0, 61, 0, 2},   {59, 60, 0, 1},     {60, 120, 1, 2},
        {-500, -1, 0, 1}, {-500, 1, 0, 1}, {600, 660, 10, 11},
    };
    struct timeline tl;
    size_t first, last;

    timeline_init(&tl);
    timeline_reset(&tl, 30, DAY_SEC, 0, 0);
    for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
        timeline_span(&tl, spans[i].start, spans[i].end, &first, &last);
        ck_assert_uint_eq(first, spans[i].first);
        ck_assert_uint_eq(last, spans[i].last);
    }
    timeline_span(&tl, 0, TIME_NEVER, &first, &last);
    ck_assert_uint_eq(last, tl.n_slots);
    ck_assert(!timeline_is_outdated(&tl, 59));
    ck_assert(timeline_is_outdated(&tl, 60));
    timeline_fini(&tl);
}
END_TEST

/* ---- against a plain search ---- */

#define NODES 70 /* more than a word of bits */
#define ROUNDS 20

struct plain {
    struct rng rng;
    struct shape shape;
    struct job like;
    struct partrec part;
    struct timeline tl;
    struct use uses[400];
    size_t first[400], last[400], n_uses;
    bool lasting[400];
};

static int64_t draw(struct plain *p, int64_t bound)
{
    return (int64_t)rng_below(&p->rng, (uint64_t)bound);
}

static void put_sets(struct plain *p)
{
    size_t words = (NODES + 63) / 64;

    p->part.nodes = xcalloc(words, sizeof(*p->part.nodes));
    p->shape.ready = xcalloc(words, sizeof(*p->shape.ready));
    p->shape.required = xcalloc(words, sizeof(*p->shape.required));
    for (size_t i = 0; i < NODES; i++) {
        if (draw(p, 10) > 0)
            node_set_add(p->part.nodes, i);
        if (draw(p, 10) > 0)
            node_set_add(p->shape.ready, i);
    }
    if (draw(p, 4) == 0) {
        node_set_add(p->shape.required, (size_t)draw(p, NODES));
        p->like.n_node_list = 1;
    }
    p->shape.like = &p->like;
}

static void random_take(struct plain *p)
{
    size_t i = p->n_uses++;
    int64_t start = draw(p, 20000);
    bool lasting = draw(p, 8) == 0;

    p->uses[i] = (struct use){.position = (size_t)draw(p, NODES),
                              .seats = draw(p, 20) == 0 ? SEATS : draw(p, 2)};
    p->uses[i].amount.v[RES_CPU] = draw(p, 5000);
    timeline_span(&p->tl, start, start + 60 + draw(p, 20000), &p->first[i],
                  &p->last[i]);
    if (lasting) { /* a pod of others */
        p->uses[i].seats = 0;
        p->first[i] = 0;
        p->last[i] = p->tl.n_slots;
    }
    p->lasting[i] = lasting;
    timeline_take(&p->tl, &p->uses[i], 1, p->first[i], p->last[i]);
}

/* Free cpu and seats of a node in a slot, added up from all uses. */
static bool is_open(const struct plain *p, size_t node, size_t slot,
                    const struct seeker *by)
{
    int64_t cpu = 8000, seats = SEATS;

    if (by->own != NULL && slot >= by->own_from && node_set_has(by->own, node))
        return true;
    for (size_t i = 0; i < p->n_uses; i++) {
        if (p->uses[i].position == node && p->first[i] <= slot && slot < p->last[i]) {
            cpu -= p->uses[i].amount.v[RES_CPU];
            seats -= p->uses[i].seats;
        }
    }
    return cpu >= p->tl.demands.items[by->demand].each.v[RES_CPU] &&
           seats >= p->tl.demands.items[by->demand].seats;
}

static bool plain_fits(const struct plain *p, const struct seeker *by, size_t first)
{
    size_t last;
    int64_t n = 0;

    timeline_span(&p->tl, p->tl.bounds[first], p->tl.bounds[first] + by->limit_sec,
                  &first, &last);
    for (size_t node = 0; node < NODES; node++) {
        bool open =
            node_set_has(p->part.nodes, node) && node_set_has(p->shape.ready, node);

        for (size_t slot = first; slot < last && open; slot++)
            open = is_open(p, node, slot, by);
        n += open;
        if (!open && node_set_has(p->shape.required, node))
            return false;
    }
    return n >= by->need;
}

static size_t plain_find(const struct plain *p, const struct seeker *by, size_t before)
{
    for (size_t first = 0; first < before; first++) {
        if (plain_fits(p, by, first))
            return first;
    }
    return SLOT_NONE;
}

static void compare(struct plain *p, struct window *w)
{
    struct resvec each = {{0}};
    struct seeker by = {.timeline = &p->tl,
                        .shape = &p->shape,
                        .part = &p->part,
                        .limit_sec = 60 + draw(p, 15000),
                        .need = 1 + draw(p, 60)};
    uint64_t own[2] = {(uint64_t)draw(p, INT64_MAX), 5};
    size_t before = 1 + (size_t)draw(p, (int64_t)p->tl.n_slots), found;

    each.v[RES_CPU] = 1000 * (1 + draw(p, 8));
    by.demand = timeline_demand(&p->tl, &each, draw(p, 4) == 0);
    if (draw(p, 3) == 0) {
        by.own = own;
        by.own_from = (size_t)draw(p, (int64_t)p->tl.n_slots);
    }
    found = window_find(w, &by, 0, before) ? w->first : SLOT_NONE;
    ck_assert_uint_eq(found, plain_find(p, &by, before));
}

/* Counts and blocks are those of the sets. */
static void check_sets(const struct timeline *tl)
{
    for (size_t demand = 0; demand < tl->demands.n; demand++) {
        uint64_t all[(NODES + 63) / 64] = {0};

        for (size_t slot = 0; slot < tl->n_slots; slot++) {
            uint64_t open[(NODES + 63) / 64] = {0};

            for (size_t node = 0; node < NODES; node++) {
                if (timeline_is_open(tl, demand, slot, node))
                    node_set_add(open, node);
            }
            ck_assert_int_eq(timeline_counts(tl, demand)[slot],
                             node_set_count(open, tl->words));
            for (size_t i = 0; i < tl->words; i++)
                all[i] = slot % BLOCK_SLOTS == 0 ? open[i] : all[i] & open[i];
            if (slot % BLOCK_SLOTS == BLOCK_SLOTS - 1)
                ck_assert_mem_eq(
                    timeline_open_in_block(tl, demand, slot + 1 - BLOCK_SLOTS), all,
                    sizeof(all));
        }
    }
}

/* But for what is taken for ever, nothing is taken of vacant nodes. */
static void check_vacant(const struct plain *p)
{
    for (size_t slot = 0; slot < p->tl.n_slots; slot++) {
        uint64_t vacant[(NODES + 63) / 64] = {~UINT64_C(0), (1 << (NODES - 64)) - 1};

        for (size_t i = 0; i < p->n_uses; i++) {
            size_t node = p->uses[i].position;

            if (!p->lasting[i] && p->first[i] <= slot && slot < p->last[i] &&
                (p->uses[i].seats > 0 || p->uses[i].amount.v[RES_CPU] > 0))
                vacant[node / 64] &= ~(UINT64_C(1) << node % 64);
        }
        for (size_t word = 0; word < ARRAY_LEN(vacant); word++)
            ck_assert_uint_eq(timeline_vacant(&p->tl, slot)[word], vacant[word]);
    }
    for (size_t node = 0; node < NODES; node++) {
        int64_t cpu = 8000;

        for (size_t i = 0; i < p->n_uses; i++) {
            if (p->lasting[i] && p->uses[i].position == node)
                cpu -= p->uses[i].amount.v[RES_CPU];
        }
        ck_assert_int_eq(timeline_vacancy(&p->tl, node)[RES_CPU], cpu);
    }
}

/* How long each node stays open from now on, in the sets of all slots. */
static void check_stairs(struct timeline *tl, struct stairwell *w)
{
    stairwell_forget_risen(w);
    stairwell_build(w, tl);
    ck_assert_uint_eq(w->n, tl->demands.n);
    for (size_t demand = 0; demand < tl->demands.n; demand++) {
        const struct stairs *stairs = &w->stairs[demand];
        uint32_t nodes[1000] = {0};
        bool risen = false;

        ck_assert_uint_lt(tl->n_slots, ARRAY_LEN(nodes));
        for (size_t node = 0; node < NODES; node++) {
            uint32_t until = 0;

            while (until < tl->n_slots && timeline_is_open(tl, demand, until, node))
                nodes[++until]++;
            ck_assert_uint_eq(stairs->now.by_position[node], until);
            risen |= until > stairs->before.by_position[node];
        }
        ck_assert_int_eq(stairs->risen, risen);
        for (uint32_t end = 1; end <= tl->n_slots; end++) {
            ck_assert_uint_eq(stairs_nodes(stairs, end), nodes[end]);
            for (uint32_t need = 1; need <= NODES; need += 7)
                ck_assert((stairs_until(stairs, need) >= end) == (nodes[end] >= need));
        }
    }
}

/* Some minutes later, all is taken as it was. */
static void move_on(struct plain *p, int64_t *now_sec)
{
    *now_sec += 60 * draw(p, 40);
    ck_assert(timeline_advance(&p->tl, *now_sec, 30000));
    for (size_t i = 0; i < p->n_uses; i++) {
        p->first[i] = timeline_place(&p->tl, p->first[i]);
        p->last[i] = timeline_place(&p->tl, p->last[i]);
    }
    do
        random_take(p);
    while (!timeline_renumber(&p->tl));
}

/* Slot by slot; meanwhile uses come and go, and at times a new demand. */
static void make_ready(struct plain *p)
{
    struct resvec each = {{0}};
    size_t n = p->n_uses;

    while (!timeline_ready(&p->tl, 0)) {
        if (p->n_uses < n + 40 && draw(p, 4) == 0)
            random_take(p);
        if (draw(p, 4) == 0 && p->n_uses > 0) {
            p->n_uses--;
            timeline_give(&p->tl, &p->uses[p->n_uses], 1, p->first[p->n_uses],
                          p->last[p->n_uses]);
        }
        each.v[RES_CPU] = 700 * draw(p, 5);
        if (draw(p, 100) == 0)
            timeline_demand(&p->tl, &each, false);
    }
}

START_TEST(test_window)
{
    struct plain p = {0};
    struct window w = {0};
    struct stairwell stairs = {0};
    struct resvec capacity = {{0}};
    int64_t now_sec = 0;

    rng_seed(&p.rng, (uint64_t)_i + 1);
    timeline_init(&p.tl);
    put_sets(&p);
    timeline_reset(&p.tl, 0, 30000, NODES, RES_FIXED);
    capacity.v[RES_CPU] = 8000;
    for (size_t i = 0; i < NODES; i++)
        timeline_add_node(&p.tl, i, &capacity);
    for (int i = 0; i < 150; i++)
        random_take(&p);
    make_ready(&p);
    for (int i = 0; i < 12; i++) {
        compare(&p, &w);
        check_sets(&p.tl);
        check_vacant(&p);
        check_stairs(&p.tl, &stairs);
        random_take(&p);
        p.n_uses--;
        timeline_give(&p.tl, &p.uses[p.n_uses], 1, p.first[p.n_uses], p.last[p.n_uses]);
        random_take(&p);
        if (i % 3 == 2)
            move_on(&p, &now_sec);
    }
    stairwell_fini(&stairs);
    window_fini(&w);
    timeline_fini(&p.tl);
    free(p.part.nodes);
    free(p.shape.ready);
    free(p.shape.required);
}
END_TEST

START_TEST(test_advance_refused)
{
    static const int64_t later[] = {6000 - 60, 6000 + WEEK_SEC, INT64_MAX};
    struct timeline tl;

    timeline_init(&tl);
    ck_assert(!timeline_advance(&tl, 6000, WEEK_SEC));
    for (size_t i = 0; i < ARRAY_LEN(later); i++) {
        timeline_reset(&tl, 6000, WEEK_SEC, 0, 0);
        ck_assert(!timeline_advance(&tl, later[i], WEEK_SEC));
    }
    timeline_reset(&tl, 6000, WEEK_SEC, 0, 0);
    ck_assert(timeline_advance(&tl, 6000 + DAY_SEC, WEEK_SEC));
    ck_assert_int_eq(tl.bounds[0], 6000 + DAY_SEC);
    timeline_fini(&tl);
}
END_TEST

/* All that was taken and given back leaves no trace. */
START_TEST(test_give_undoes_take)
{
    struct plain p = {0};
    struct resvec capacity = {{0}}, least, each = {{0}};
    size_t demand;

    rng_seed(&p.rng, 7);
    timeline_init(&p.tl);
    timeline_reset(&p.tl, 0, 30000, NODES, RES_FIXED);
    capacity.v[RES_CPU] = 8000;
    for (size_t i = 0; i < NODES; i++)
        timeline_add_node(&p.tl, i, &capacity);
    ck_assert(timeline_ready(&p.tl, SIZE_MAX));
    each.v[RES_CPU] = 8000;
    demand = timeline_demand(&p.tl, &each, true);
    for (int i = 0; i < 300; i++)
        random_take(&p);
    ck_assert(p.tl.overcommitted);
    for (size_t i = 0; i < p.n_uses; i++)
        timeline_give(&p.tl, &p.uses[i], 1, p.first[i], p.last[i]);
    for (size_t slot = 0; slot < p.tl.n_slots; slot++) {
        for (size_t node = 0; node < NODES; node++) {
            timeline_least(&p.tl, node, slot, slot + 1, &least);
            ck_assert_int_eq(least.v[RES_CPU], 8000);
            ck_assert(timeline_is_open(&p.tl, demand, slot, node));
        }
    }
    timeline_fini(&p.tl);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/timeline", (struct suite_row[]){
                                                {test_cut, ARRAY_LEN(cuts)},
                                                {test_later_bounds_contain_earlier, 5},
                                                {test_span, 1},
                                                {test_window, ROUNDS},
                                                {test_advance_refused, 1},
                                                {test_give_undoes_take, 1},
                                                {NULL, 0},
                                            });
}

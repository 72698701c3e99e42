#include "scheduler/stairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static void treads_fini(struct treads *t)
{
    free(t->positions);
    free(t->by_position);
}

static void drop_stairs(struct stairwell *w)
{
    for (size_t i = 0; i < w->n; i++) {
        free(w->stairs[i].untils);
        treads_fini(&w->stairs[i].now);
        treads_fini(&w->stairs[i].before);
    }
    w->n = 0;
}

void stairwell_fini(struct stairwell *w)
{
    drop_stairs(w);
    free(w->stairs);
    free(w->counts);
    free(w->still);
    free(w->open);
    *w = (struct stairwell){0};
}

static struct treads treads_new(size_t n_nodes)
{
    return (struct treads){
        .positions = xmalloc((n_nodes + 1) * sizeof(uint32_t)),
        .by_position = xcalloc(n_nodes + 1, sizeof(uint32_t)),
    };
}

static struct stairs stairs_new(size_t n_nodes)
{
    return (struct stairs){
        .untils = xmalloc((n_nodes + 1) * sizeof(uint32_t)),
        .now = treads_new(n_nodes),
        .before = treads_new(n_nodes),
    };
}

static void treads_clear(struct treads *t)
{
    for (size_t i = 0; i < t->n; i++)
        t->by_position[t->positions[i]] = 0;
    t->n = 0;
}

/* What was now is before. */
static void turn_over(struct stairs *stairs)
{
    struct treads spare = stairs->before;

    treads_clear(&spare);
    stairs->before = stairs->now;
    stairs->now = spare;
}

static void size_to(struct stairwell *w, const struct timeline *tl)
{
    if (w->n_nodes != tl->n_nodes || w->n > tl->demands.n)
        drop_stairs(w);
    w->n_nodes = tl->n_nodes;
    for (size_t i = 0; i < w->n; i++)
        turn_over(&w->stairs[i]);
    while (w->n < tl->demands.n) {
        GROW(w->stairs, w->n, w->cap);
        w->stairs[w->n++] = stairs_new(w->n_nodes);
    }
    w->counts = xrealloc(w->counts, (tl->n_slots + 1) * sizeof(*w->counts));
    memset(w->counts, 0, (tl->n_slots + 1) * sizeof(*w->counts));
    w->still = xrealloc(w->still, (tl->demands.words + 1) * sizeof(*w->still));
    w->open = xrealloc(w->open, (tl->words + 1) * sizeof(*w->open));
}

/* ---- nodes ---- */

/* The nodes that are open now to any demand at all. */
static void find_open(struct stairwell *w, const struct timeline *tl)
{
    memset(w->open, 0, tl->words * sizeof(*w->open));
    for (size_t demand = 0; demand < tl->demands.n; demand++) {
        const uint64_t *shown = timeline_shown(tl, demand, 0);
        const uint64_t *full = timeline_full(tl, demand, 0);

        for (size_t i = 0; i < tl->words; i++)
            w->open[i] |= shown[i] & ~(full != NULL ? full[i] : 0);
    }
}

static void put(struct stairs *stairs, size_t position, size_t until)
{
    struct treads *now = &stairs->now;

    now->by_position[position] = (uint32_t)until;
    now->positions[now->n++] = (uint32_t)position;
    if (until > stairs->before.by_position[position])
        stairs->risen = stairs->rise = true;
}

/* The node has been open to `demands`, and is so no more. */
static void put_all(struct stairwell *w, size_t word, uint64_t demands, size_t position,
                    size_t until)
{
    for (; demands != 0; demands &= demands - 1)
        put(&w->stairs[word * 64 + (size_t)__builtin_ctzll(demands)], position, until);
}

/* Along its lane, until it is open to nobody of those to whom it is now. */
static void put_node(struct stairwell *w, struct timeline *tl, size_t position)
{
    const struct lane *lane = &tl->lanes[position];
    size_t words = tl->demands.words;
    uint64_t any = 1;

    memcpy(w->still, timeline_met(tl, position, 0), words * sizeof(*w->still));
    for (size_t i = 1; i < lane->n && any != 0; i++) {
        const uint64_t *met = timeline_met(tl, position, i);

        any = 0;
        for (size_t k = 0; k < words; k++) {
            put_all(w, k, w->still[k] & ~met[k], position, lane_first(lane, i));
            w->still[k] &= met[k];
            any |= w->still[k];
        }
    }
    for (size_t k = 0; k < words && any != 0; k++)
        put_all(w, k, w->still[k], position, tl->n_slots);
}

/* ---- steps ---- */

/* By counting: mostly they lie in the first slots, and there are many that are equal.
 */
static void order(struct stairwell *w, struct stairs *stairs)
{
    const struct treads *now = &stairs->now;
    size_t left = now->n;

    for (size_t i = 0; i < now->n; i++)
        w->counts[now->by_position[now->positions[i]]]++;
    for (uint32_t slot = 0; left > 0; slot++) {
        for (; w->counts[slot] > 0; w->counts[slot]--)
            stairs->untils[--left] = slot;
    }
}

void stairwell_build(struct stairwell *w, struct timeline *tl)
{
    size_to(w, tl);
    find_open(w, tl);
    for (size_t i = 0; i < tl->words; i++) {
        for (uint64_t set = w->open[i]; set != 0; set &= set - 1)
            put_node(w, tl, i * 64 + (size_t)__builtin_ctzll(set));
    }
    for (size_t i = 0; i < w->n; i++)
        order(w, &w->stairs[i]);
    w->mutation = tl->mutation;
}

void stairwell_forget_risen(struct stairwell *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->stairs[i].risen = false;
}

void stairwell_forget_rise(struct stairwell *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->stairs[i].rise = false;
}

uint32_t stairs_nodes(const struct stairs *stairs, uint32_t end)
{
    return (uint32_t)BISECT(stairs->now.n, i, stairs->untils[i] >= end);
}

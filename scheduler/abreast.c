#include "scheduler/abreast.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/perch.h"

/* So many frames are looked at closely, as nodes that a plan is in the way of are few:
 * the first one whatever it takes (1.5 ms for 600 nodes), others while so many looks
 * are left (perch.h). */
#define FRAMES_MAX 8
#define LOOKS_MAX 8192

/* Of a node: may it be in a frame, and who of it counts? */
struct cell {
    bool fits;
    size_t first, n; /* in frames.who */
};

struct frames {
    struct victims *v;
    const struct seeker *by;
    struct cell *cells; /* of each perch */
    size_t *who; /* victims, by their index in the herd: no more than it has shares */
    size_t n_who;
    int64_t looks; /* left */
    /* The one that is moved, up to before a perch: */
    size_t n;        /* nodes */
    uint32_t *nodes; /* of each victim: so many of these ask for his end */
    struct price price;
};

bool abreast_suits(const struct seeker *by)
{
    const struct job *like = by->shape->like;

    return like->contiguous && like->one_per_node && like->n_units == 0 &&
           like->n_others == 0 && like->n_node_list == 0 && like->n_counts == 0 &&
           like->n_same == 0 && like->segment == 0 && like->most_switches == 0;
}

/* ---- what each node costs ---- */

/* The cheapest of those who are there, so many: shares are in the order of victims. */
static void list_cheapest(struct frames *f, const struct perch *p, int64_t count)
{
    size_t last = VICTIM_NONE;

    for (size_t i = 0; i < p->n_shares && count > 0; i++) {
        const struct share *share = &p->shares[i];

        if (share->victim == last || !perch_may_end(f->v, share))
            continue;
        last = share->victim;
        f->who[f->n_who++] = last;
        count--;
    }
}

static void look_at(struct frames *f, size_t i)
{
    struct cell *cell = &f->cells[i];
    struct price price;

    cell->first = f->n_who;
    cell->fits = perch_bound(f->v, f->by, &f->v->perches[i], &price) &&
                 (!f->v->deal.free_only || price.count == 0);
    if (cell->fits)
        list_cheapest(f, &f->v->perches[i], price.count);
    cell->n = f->n_who - cell->first;
}

/* ---- the frame ---- */

static void count(struct frames *f, size_t victim, int by)
{
    const struct victim *one = &f->v->herd->victims[victim];
    bool was = f->nodes[victim] > 0, is;

    f->nodes[victim] += (uint32_t)by;
    is = f->nodes[victim] > 0;
    if (was == is)
        return;
    f->price.count += by;
    f->price.cost += by * one->cost;
    f->price.work += by * one->work;
}

static void count_cell(struct frames *f, size_t i, int by)
{
    const struct cell *cell = &f->cells[i];

    for (size_t k = 0; k < cell->n; k++)
        count(f, f->who[cell->first + k], by);
    f->n += (size_t)by;
}

/* The frame has ended before the i-th node, which it goes on to if it is a neighbour
 * and may have it: else it is empty. */
static void move_to(struct frames *f, size_t i)
{
    const struct perch *p = &f->v->perches[i];
    bool goes_on = f->cells[i].fits && i > 0 && p->position == p[-1].position + 1;

    while (f->n > 0 && (!goes_on || f->n == (size_t)f->by->need))
        count_cell(f, i - f->n, -1);
    if (f->cells[i].fits)
        count_cell(f, i, 1);
}

/* One past the cheapest frame, of equals the first; 0: there is none. */
static size_t find_cheapest(struct frames *f)
{
    struct price best = {0};
    size_t end = 0;

    for (size_t i = 0; i < f->v->n_perches; i++) {
        move_to(f, i);
        if (f->n < (size_t)f->by->need || (end > 0 && !price_is_lower(f->price, best)))
            continue;
        best = f->price;
        end = i + 1;
    }
    while (f->n > 0)
        count_cell(f, f->v->n_perches - f->n, -1);
    return end;
}

/* ---- the choice ---- */

static bool has_room(struct frames *f, const struct perch *p)
{
    bool has;

    for (size_t i = 0; i < p->n_shares; i++)
        victim_of(f->v, &p->shares[i])->tried = perch_may_end(f->v, &p->shares[i]);
    has = perch_has_room(f->v, f->by, p, &f->looks);
    perch_let_go(f->v, p);
    return has;
}

static bool check(struct frames *f, size_t first, size_t end)
{
    bool all = true;

    for (size_t i = first; i < end; i++) {
        f->cells[i].fits = has_room(f, &f->v->perches[i]);
        all &= f->cells[i].fits;
    }
    return all;
}

static void take(struct frames *f, size_t first, size_t end)
{
    struct victims *v = f->v;

    for (size_t i = first; i < end; i++) {
        struct perch *p = &v->perches[i];

        p->items[0] = 1;
        for (size_t k = 0; k < p->n_shares && f->cells[i].n > 0; k++) {
            struct victim *victim = victim_of(v, &p->shares[k]);

            victim->taken |= !victim->out;
            if (victim->taken)
                v->from = MAX(v->from, victim->from);
        }
    }
}

bool abreast_count_out(struct victims *v, const struct seeker *by)
{
    struct frames f = {.v = v, .by = by, .looks = LOOKS_MAX};
    bool fits = false;

    f.cells = xcalloc(v->n_perches + 1, sizeof(*f.cells));
    f.who = xcalloc(v->herd->shares.n + 1, sizeof(*f.who));
    f.nodes = xcalloc(v->herd->n + 1, sizeof(*f.nodes));
    for (size_t i = 0; i < v->n_perches; i++)
        look_at(&f, i);
    for (int i = 0; i < FRAMES_MAX && !fits && f.looks > 0; i++) {
        size_t end = find_cheapest(&f);

        if (end == 0)
            break;
        fits = check(&f, end - (size_t)by->need, end);
        if (fits)
            take(&f, end - (size_t)by->need, end);
    }
    free(f.cells);
    free(f.who);
    free(f.nodes);
    return fits;
}

#include "scheduler/perch.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/nodecap.h"
#include "scheduler/perch_private.h"

/* ---- is there room on a node ---- */

static bool is_lifted(const struct victims *v, const struct share *share)
{
    const struct victim *victim = victim_of(v, share);

    return victim->taken || victim->tried;
}

static int64_t seats_of(const struct job *like)
{
    return seats_needed(job_is_private(like) ? SEATS_ROW : 1);
}

struct need perch_need(const struct job *like, const struct perch *p, size_t kind)
{
    struct need need = {.amount = like->each, .seats = seats_of(like)};

    if (like->n_units == 0) {
        if (p->items[kind] > 0)
            need.amount = cluster_use(&like->each, p->items[kind] + 1);
        return need;
    }
    for (size_t k = 0; k < like->n_units; k++) {
        int64_t items = p->items[k] + (k == kind);

        resvec_add_times(&need.amount, &like->units[k].each, MAX(items - 1, 0));
    }
    return need;
}

/* Seats in a slot that others of the seeker's user have who stay; it does not mind
 * these. */
static int64_t seats_of_mates(const struct victims *v, const struct seeker *by,
                              const struct perch *p, size_t slot)
{
    struct resvec none = {0};
    int64_t gone = 0;

    if (!owner_has_for(by))
        return 0;
    for (size_t i = 0; i < p->n_shares; i++) {
        const struct jobrec *rec = victim_of(v, &p->shares[i])->rec;

        if (is_lifted(v, &p->shares[i]) &&
            owner_of(by->sched, rec->job, rec->claim.sharing) == by->owner)
            share_give(&p->shares[i], slot, &none, &gone);
    }
    return MAX(owner_seats_in(by->sched, by->owner, p->position, slot) - gone, 0);
}

void perch_free_in(const struct victims *v, const struct seeker *by,
                   const struct perch *p, size_t slot, struct need *ret)
{
    const struct timeline *tl = by->timeline;
    const int64_t *row = timeline_row(tl, p->position, slot);
    int seats = tl->n_res - 1;

    *ret = (struct need){.seats = row[seats] + seats_of_mates(v, by, p, slot)};
    memcpy(ret->amount.v, row, (size_t)seats * sizeof(*row));
    for (size_t i = 0; i < p->n_shares; i++) {
        if (is_lifted(v, &p->shares[i]))
            share_give(&p->shares[i], slot, &ret->amount, &ret->seats);
    }
    for (size_t i = 0; i < p->n_plans; i++)
        share_give(&p->plans[i], slot, &ret->amount, &ret->seats);
}

/* Of a node, in one slot after the other. */
struct look {
    const struct victims *v;
    const struct seeker *by;
    const struct perch *p;
    const struct need *need;
    size_t n; /* slots so far */
};

static bool has_room_in(struct look *look, size_t slot)
{
    struct need free_;

    look->n++;
    perch_free_in(look->v, look->by, look->p, slot, &free_);
    return need_fits(look->need, &free_);
}

/* From when on all that are taken, and tried here, are gone. */
static size_t begin_of(const struct victims *v, const struct perch *p)
{
    size_t from = v->from;

    for (size_t i = 0; i < p->n_shares; i++) {
        if (is_lifted(v, &p->shares[i]))
            from = MAX(from, p->shares[i].first);
    }
    return from;
}

/* Is there room again where a share ends, if it does before that slot? */
static bool has_room_behind(struct look *look, const struct share *shares, size_t n,
                            size_t from, size_t before)
{
    for (size_t i = 0; i < n; i++) {
        if (shares[i].last > from && shares[i].last < before &&
            !has_room_in(look, shares[i].last))
            return false;
    }
    return true;
}

/* Room changes where a piece of the node's lane begins and where a share ends. */
static bool has_room_throughout(struct look *look)
{
    const struct seeker *by = look->by;
    const struct perch *p = look->p;
    const struct timeline *tl = by->timeline;
    const struct lane *lane = &tl->lanes[p->position];
    size_t from = begin_of(look->v, p), first, last;

    if (!has_room_in(look, from))
        return false;
    timeline_span(tl, tl->bounds[from], window_end(by, from), &first, &last);
    if (!fence_admits(by->fence, p->position, from, window_over(by, from)))
        return false;
    for (size_t i = lane_find(lane, from) + 1;
         i < lane->n && lane_first(lane, i) < last; i++) {
        if (!has_room_in(look, lane_first(lane, i)))
            return false;
    }
    return has_room_behind(look, p->shares, p->n_shares, from, last) &&
           has_room_behind(look, p->plans, p->n_plans, from, last);
}

static bool has_room(const struct victims *v, const struct seeker *by,
                     const struct perch *p, const struct need *need)
{
    struct look look = {.v = v, .by = by, .p = p, .need = need};

    return has_room_throughout(&look);
}

bool perch_has_room(const struct victims *v, const struct seeker *by,
                    const struct perch *p, int64_t *looks)
{
    const struct job *like = by->shape->like;
    const struct need need = {like->each, seats_of(like)};
    struct look look = {.v = v, .by = by, .p = p, .need = &need};
    bool has = nodecap_admits(like, by->part->part, &need.amount) &&
               has_room_throughout(&look);

    *looks -= (int64_t)look.n;
    return has;
}

/* ---- the price of a node ---- */

/* How much of a need a share is, in thousandths of each thing that is asked for. */
static int64_t weight_of(const struct share *share, const struct need *need)
{
    int64_t weight = 0;

    for (int i = 0; i < RES_MAX; i++) {
        if (need->amount.v[i] > 0)
            weight +=
                (int64_t)((__int128)MIN(share->use.amount.v[i], need->amount.v[i]) *
                          1000 / need->amount.v[i]);
    }
    return weight;
}

/* The shares of victims on a node, into v->order: the cheapest first, or the largest.
 * Returns how many. */
static size_t put_in_order(struct victims *v, const struct perch *p,
                           const struct need *need, bool largest)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_shares; i++) {
        const struct share *share = &p->shares[i];
        const struct victim *victim = victim_of(v, share);
        size_t at = n;

        if (victim->taken || victim->out)
            continue;
        GROW(v->order, n, v->order_cap);
        while (largest && at > 0 &&
               weight_of(v->order[at - 1], need) < weight_of(share, need))
            at--;
        memmove(&v->order[at + 1], &v->order[at], (n - at) * sizeof(*v->order));
        v->order[at] = share;
        n++;
    }
    return n;
}

void perch_let_go(struct victims *v, const struct perch *p)
{
    for (size_t i = 0; i < p->n_shares; i++)
        victim_of(v, &p->shares[i])->tried = false;
}

/* Tries them until there is room, and then without each, the dearest first. The node
 * has no room unless somebody ends. `ret_n`: of how many. */
static bool try_in_order(struct victims *v, const struct seeker *by,
                         const struct perch *p, const struct need *need, bool largest,
                         size_t *ret_n)
{
    size_t n = *ret_n = put_in_order(v, p, need, largest);
    bool fits = false;

    for (size_t i = 0; i < n && !fits; i++) {
        victim_of(v, v->order[i])->tried = true;
        fits = has_room(v, by, p, need);
    }
    if (n == 1)
        return fits;
    for (size_t i = p->n_shares; fits && i-- > 0;) {
        struct victim *victim = victim_of(v, &p->shares[i]);

        if (!victim->tried)
            continue;
        victim->tried = false;
        victim->tried = !has_room(v, by, p, need);
    }
    return fits;
}

static struct price price_of_tried(const struct victims *v, const struct perch *p)
{
    struct price price = {0};

    for (size_t i = 0; i < p->n_shares; i++) {
        const struct share *share = &p->shares[i];
        const struct victim *victim = victim_of(v, share);

        if (!victim->tried || victim->taken ||
            (i > 0 && share[-1].victim == share->victim))
            continue;
        price.count++;
        price.cost += victim->cost;
        price.work += victim->work;
    }
    return price;
}

bool price_is_lower(struct price a, struct price b)
{
    if (a.count != b.count)
        return a.count < b.count;
    return a.cost != b.cost ? a.cost < b.cost : a.work < b.work;
}

bool perch_weigh(struct victims *v, const struct seeker *by, struct perch *p,
                 struct price *ret)
{
    const struct need need = perch_need(by->shape->like, p, v->deal.kind);
    struct price large;
    size_t n;

    *ret = (struct price){0};
    perch_let_go(v, p);
    if (!nodecap_admits(by->shape->like, by->part->part, &need.amount))
        return false;
    if (has_room(v, by, p, &need))
        return true;
    if (!try_in_order(v, by, p, &need, true, &n)) {
        perch_let_go(v, p);
        return false;
    }
    *ret = large = price_of_tried(v, p);
    if (n == 1)
        return true;
    perch_let_go(v, p);
    try_in_order(v, by, p, &need, false, &n);
    *ret = price_of_tried(v, p);
    if (price_is_lower(large, *ret)) {
        perch_let_go(v, p);
        try_in_order(v, by, p, &need, true, &n);
        *ret = large;
    }
    return true;
}

#include "scheduler/victims.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void victims_fini(struct victims *v)
{
    free(v->items);
    free(v->shares);
    free(v->perches);
    free(v->order);
    *v = (struct victims){0};
}

void victims_add(struct victims *v, const struct victim *victim)
{
    GROW(v->items, v->n, v->cap);
    v->items[v->n++] = *victim;
}

static int compare_by(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int victim_compare(const void *left, const void *right)
{
    const struct victim *a = left, *b = right;
    int order = compare_by(a->cost, b->cost);

    if (order == 0)
        order = compare_by(a->work, b->work);
    if (order == 0)
        order = compare_by(b->rec->job->job_id, a->rec->job->job_id);
    return order != 0 ? order : strcmp(a->rec->uid, b->rec->uid);
}

void victims_sort(struct victims *v)
{
    if (v->n > 0)
        qsort(v->items, v->n, sizeof(*v->items), victim_compare);
}

void victims_share(struct victims *v, size_t victim, const struct use *uses, size_t n,
                   size_t first, size_t last)
{
    for (size_t i = 0; i < n; i++) {
        GROW(v->shares, v->n_shares, v->shares_cap);
        v->shares[v->n_shares++] =
            (struct share){uses[i].position, victim, uses[i], first, last};
    }
}

/* ---- is there room on a node ---- */

static bool is_lifted(const struct victims *v, const struct share *share)
{
    const struct victim *victim =
        share->victim != VICTIM_NONE ? &v->items[share->victim] : NULL;

    return victim == NULL || victim->taken || victim->tried;
}

struct need {
    struct resvec amount;
    int64_t seats;
};

/* What its items, and one more of a kind, ask of a node. */
static struct need need_of(const struct job *like, const struct perch *p, size_t kind)
{
    struct need need = {.amount = like->each, .seats = like->exclusive ? SEATS : 1};

    if (like->n_units == 0) {
        need.amount = cluster_use(&like->each, p->items[kind] + 1);
        return need;
    }
    for (size_t k = 0; k < like->n_units; k++) {
        int64_t items = p->items[k] + (k == kind);

        resvec_add_times(&need.amount, &like->units[k].each, MAX(items - 1, 0));
    }
    return need;
}

static bool has_room_in(const struct victims *v, const struct timeline *tl,
                        const struct perch *p, const struct need *need, size_t slot)
{
    const int64_t *row = timeline_row(tl, p->position, slot);
    int seats = tl->n_res - 1;
    struct resvec free_ = {0};
    int64_t free_seats = row[seats];

    memcpy(free_.v, row, (size_t)seats * sizeof(*row));
    for (size_t i = 0; i < p->n_shares; i++) {
        const struct share *share = &v->shares[p->first_share + i];

        if (slot < share->first || slot >= share->last || !is_lifted(v, share))
            continue;
        resvec_add(&free_, &share->use.amount);
        free_seats += share->use.seats;
    }
    return free_seats >= need->seats && resvec_fits(&need->amount, &free_);
}

/* From when on all that are taken, and tried here, are gone. */
static size_t begin_of(const struct victims *v, const struct perch *p)
{
    size_t from = v->from;

    for (size_t i = 0; i < p->n_shares; i++) {
        const struct share *share = &v->shares[p->first_share + i];

        if (share->victim != VICTIM_NONE && is_lifted(v, share))
            from = MAX(from, share->first);
    }
    return from;
}

/* Room changes where a piece of the node's lane begins and where a share ends. */
static bool has_room(const struct victims *v, const struct seeker *by,
                     const struct perch *p, const struct need *need)
{
    const struct timeline *tl = by->timeline;
    const struct lane *lane = &tl->lanes[p->position];
    size_t from = begin_of(v, p), first, last;

    timeline_span(tl, tl->bounds[from], timeline_end(tl->bounds[from], by->limit_sec),
                  &first, &last);
    if (!has_room_in(v, tl, p, need, from) ||
        !fence_admits(by->fence, p->position, from, last))
        return false;
    for (size_t i = lane_find(lane, from) + 1;
         i < lane->n && lane_first(lane, i) < last; i++) {
        if (!has_room_in(v, tl, p, need, lane_first(lane, i)))
            return false;
    }
    for (size_t i = 0; i < p->n_shares; i++) {
        const struct share *share = &v->shares[p->first_share + i];

        if (share->last > from && share->last < last &&
            !has_room_in(v, tl, p, need, share->last))
            return false;
    }
    return true;
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

    v->order = xrealloc(v->order, (v->n_shares + 1) * sizeof(*v->order));
    for (size_t i = p->first_share; i < p->first_share + p->n_shares; i++) {
        size_t at = n;

        if (v->shares[i].victim == VICTIM_NONE || v->items[v->shares[i].victim].taken)
            continue;
        while (largest && at > 0 &&
               weight_of(&v->shares[v->order[at - 1]], need) <
                   weight_of(&v->shares[i], need))
            at--;
        memmove(&v->order[at + 1], &v->order[at], (n - at) * sizeof(*v->order));
        v->order[at] = i;
        n++;
    }
    return n;
}

static void let_go(struct victims *v, const struct perch *p)
{
    for (size_t i = 0; i < p->n_shares; i++) {
        size_t victim = v->shares[p->first_share + i].victim;

        if (victim != VICTIM_NONE)
            v->items[victim].tried = false;
    }
}

/* Tries them until there is room, and then without each, the dearest first. The node
 * has no room unless somebody ends. */
static bool try_in_order(struct victims *v, const struct seeker *by,
                         const struct perch *p, const struct need *need, bool largest)
{
    size_t n = put_in_order(v, p, need, largest);
    bool fits = false;

    for (size_t i = 0; i < n && !fits; i++) {
        v->items[v->shares[v->order[i]].victim].tried = true;
        fits = has_room(v, by, p, need);
    }
    for (size_t i = p->n_shares; fits && i-- > 0;) {
        size_t victim = v->shares[p->first_share + i].victim;

        if (victim == VICTIM_NONE || !v->items[victim].tried)
            continue;
        v->items[victim].tried = false;
        v->items[victim].tried = !has_room(v, by, p, need);
    }
    return fits;
}

static struct price price_of_tried(const struct victims *v, const struct perch *p)
{
    struct price price = {0};

    for (size_t i = 0; i < p->n_shares; i++) {
        const struct share *share = &v->shares[p->first_share + i];
        const struct victim *victim;

        if (share->victim == VICTIM_NONE ||
            (i > 0 && share[-1].victim == share->victim))
            continue;
        victim = &v->items[share->victim];
        if (!victim->tried || victim->taken)
            continue;
        price.count++;
        price.cost += victim->cost;
        price.work += victim->work;
    }
    return price;
}

static bool is_lower(struct price a, struct price b)
{
    if (a.count != b.count)
        return a.count < b.count;
    return a.cost != b.cost ? a.cost < b.cost : a.work < b.work;
}

/* Leaves those who would have to end for one more item `tried`; false: nobody would
 * do. */
static bool weigh(struct victims *v, const struct seeker *by, struct perch *p,
                  struct price *ret)
{
    struct need need = need_of(by->shape->like, p, v->kind);
    struct price large, cheap;

    *ret = (struct price){0};
    let_go(v, p);
    if (has_room(v, by, p, &need))
        return true;
    if (!try_in_order(v, by, p, &need, true)) {
        let_go(v, p);
        return false;
    }
    large = price_of_tried(v, p);
    let_go(v, p);
    try_in_order(v, by, p, &need, false);
    cheap = price_of_tried(v, p);
    *ret = cheap;
    if (is_lower(large, cheap)) {
        let_go(v, p);
        try_in_order(v, by, p, &need, true);
        *ret = large;
    }
    return true;
}

/* ---- the choice ---- */

static int share_compare(const void *left, const void *right)
{
    const struct share *a = left, *b = right;

    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    /* VICTIM_NONE is behind all. */
    if (a->victim != b->victim)
        return a->victim < b->victim ? -1 : 1;
    return compare_by((int64_t)a->first, (int64_t)b->first);
}

/* The nodes that the seeker may have, with what could be free on them. */
static void find_perches(struct victims *v, const struct cluster *c,
                         const struct seeker *by)
{
    size_t share = 0;

    if (v->n_shares > 0)
        qsort(v->shares, v->n_shares, sizeof(*v->shares), share_compare);
    v->n_perches = 0;
    for (size_t i = 0; i < by->timeline->n_nodes; i++) {
        struct perch perch = {.position = i};

        while (share < v->n_shares && v->shares[share].position < i)
            share++;
        perch.first_share = share;
        while (share < v->n_shares && v->shares[share].position == i)
            share++;
        perch.n_shares = share - perch.first_share;
        if (!c->order[i]->usable || !node_set_has(by->part->nodes, i) ||
            !node_set_has(by->shape->admits, i))
            continue;
        GROW(v->perches, v->n_perches, v->perches_cap);
        v->perches[v->n_perches++] = perch;
    }
}

static void know_price(struct victims *v, const struct seeker *by, struct perch *p)
{
    if (p->known)
        return;
    p->known = true;
    p->hopeless = !weigh(v, by, p, &p->price);
    let_go(v, p);
}

static struct perch *find_perch(const struct victims *v, size_t position)
{
    size_t low = 0, high = v->n_perches;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (v->perches[middle].position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low < v->n_perches && v->perches[low].position == position ? &v->perches[low]
                                                                      : NULL;
}

/* The other nodes of who ends have another price now. */
static void take(struct victims *v, struct victim *victim)
{
    const struct claim *claim = &victim->rec->claim;

    victim->taken = true;
    v->from = MAX(v->from, victim->from);
    for (size_t i = 0; i < claim->n_positions; i++) {
        struct perch *p = find_perch(v, claim->positions[i]);

        if (p != NULL)
            p->known = false;
    }
}

/* A node's first item is one of each kind. */
static void add_item(struct perch *p, size_t kind)
{
    bool first = p->items[kind] == 0;

    for (size_t k = 0; k < UNITS_MAX; k++)
        p->items[k] += first || k == kind;
}

static bool settle_on(struct victims *v, const struct seeker *by, struct perch *p)
{
    struct price price;
    bool fits = weigh(v, by, p, &price);

    for (size_t i = 0; fits && i < p->n_shares; i++) {
        size_t victim = v->shares[p->first_share + i].victim;

        if (victim != VICTIM_NONE && v->items[victim].tried && !v->items[victim].taken)
            take(v, &v->items[victim]);
    }
    let_go(v, p);
    if (fits)
        add_item(p, v->kind);
    p->known = false;
    return fits;
}

/* How it is counted out to nodes. */
struct deal {
    int64_t items; /* in all */
    int64_t per_node, nodes;
};

static struct deal deal_of(const struct seeker *by, size_t kind)
{
    const struct job *like = by->shape->like;

    if (like->n_units > 0)
        return (struct deal){like->units[kind].count, like->units[kind].most,
                             like->max_pods};
    if (like->one_per_node)
        return (struct deal){by->need, 1, INT64_MAX};
    return (struct deal){like->min_pods, INT64_MAX, by->part->part->max_nodes};
}

static struct perch *lowest(struct victims *v, const struct seeker *by,
                            const struct deal *deal, int64_t n_nodes)
{
    struct perch *best = NULL;

    for (size_t i = 0; i < v->n_perches; i++) {
        struct perch *p = &v->perches[i];
        int64_t items = p->items[v->kind];

        if (items >= deal->per_node || (items == 0 && n_nodes >= deal->nodes))
            continue;
        know_price(v, by, p);
        if (p->hopeless)
            continue;
        if (best == NULL || is_lower(p->price, best->price))
            best = p;
    }
    return best;
}

/* Nodes of the node list get an item each. Returns how many, -1: one has no room. */
static int64_t settle_required(struct victims *v, const struct seeker *by)
{
    int64_t n = 0;

    if (by->shape->like->n_node_list == 0)
        return 0;
    for (size_t i = 0; i < v->n_perches; i++) {
        if (!node_set_has(by->shape->required, v->perches[i].position))
            continue;
        if (!settle_on(v, by, &v->perches[i]))
            return -1;
        n++;
    }
    return n;
}

/* Those of a kind, of which each of `n_nodes` has one. */
static bool count_out(struct victims *v, const struct seeker *by, int64_t *n_nodes)
{
    const struct deal deal = deal_of(by, v->kind);

    for (int64_t n = *n_nodes; n < deal.items; n++) {
        struct perch *p = lowest(v, by, &deal, *n_nodes);

        if (p == NULL)
            return false;
        *n_nodes += p->items[v->kind] == 0;
        if (!settle_on(v, by, p))
            return false;
    }
    return true;
}

/* Nobody is taken, and all is as if those who will be were gone from that slot on. */
static void begin_from(struct victims *v, size_t from)
{
    v->from = from;
    for (size_t i = 0; i < v->n; i++)
        v->items[i].taken = false;
    for (size_t i = 0; i < v->n_perches; i++)
        memset(v->perches[i].items, 0, sizeof(v->perches[i].items));
}

static void forget_prices(struct victims *v)
{
    for (size_t i = 0; i < v->n_perches; i++)
        v->perches[i].known = false;
}

/* Of two kinds the second comes first, as where units are placed. */
static bool count_out_all(struct victims *v, const struct seeker *by)
{
    int64_t n_nodes;

    v->kind = 0;
    n_nodes = settle_required(v, by);
    if (n_nodes < 0)
        return false;
    for (size_t kinds = MAX(by->shape->like->n_units, 1); kinds > 0; kinds--) {
        v->kind = kinds - 1;
        forget_prices(v);
        if (!count_out(v, by, &n_nodes))
            return false;
    }
    return true;
}

/* The first slot behind another from which on somebody's room may be free; SLOT_NONE.
 */
static size_t next_from(const struct victims *v, size_t from)
{
    size_t next = SLOT_NONE;

    for (size_t i = 0; i < v->n; i++) {
        if (v->items[i].from > from)
            next = MIN(next, v->items[i].from);
    }
    return next;
}

/* What is free on the other nodes is looked at anew where somebody is taken who goes
 * later: all of them are to be free from one slot on. */
bool victims_choose(struct victims *v, const struct cluster *c, const struct seeker *by)
{
    size_t from = 0;

    find_perches(v, c, by);
    while (from != SLOT_NONE) {
        bool fits;

        begin_from(v, from);
        fits = count_out_all(v, by);
        if (fits && v->from == from)
            return true;
        from = v->from > from ? v->from : next_from(v, from);
    }
    return false;
}

void victims_take_all(struct victims *v)
{
    for (size_t i = 0; i < v->n; i++)
        v->items[i].taken = true;
    for (size_t i = 0; i < v->n_perches; i++)
        v->perches[i].items[0] = MAX(v->perches[i].items[0], 1);
}

bool victims_use(const struct victims *v, size_t position)
{
    const struct perch *p = find_perch(v, position);

    return p != NULL && p->items[0] > 0;
}

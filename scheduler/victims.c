#include "scheduler/victims.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/abreast.h"
#include "scheduler/core.h"
#include "scheduler/perch.h"

void victims_fini(struct victims *v)
{
    free(v->plans.items);
    free(v->perches);
    free(v->order);
    free(v->froms);
    tariff_fini(&v->tariff);
}

void victims_begin(struct victims *v, struct herd *herd)
{
    v->herd = herd;
    v->plans.n = 0;
    v->n_perches = 0;
    v->n_froms = 0;
}

void victims_add_from(struct victims *v, size_t from)
{
    GROW(v->froms, v->n_froms, v->froms_cap);
    v->froms[v->n_froms++] = from;
}

void victims_add_plan(struct victims *v, const struct use *uses, size_t n,
                      const struct claim *claim, bool yielded)
{
    if (yielded)
        victims_add_from(v, claim->first);
    shares_add(&v->plans, VICTIM_NONE, uses, n, claim->first, claim);
}

/* For any of its components. */
static bool may_use(const struct cluster *c, const struct seeker *by, size_t position)
{
    const struct job *like = by->shape->like;
    bool any = false;

    for (size_t i = 0; i <= like->n_others && !any; i++) {
        const struct shape *own = i == 0 ? by->shape : by->shape->others[i - 1];

        any = node_set_has(own->ready, position) &&
              node_set_has(cluster_component_partition(c, like, i, by->part)->nodes,
                           position);
    }
    return any;
}

/* With what could be free on each. */
void victims_gather(struct victims *v, const struct cluster *c, const struct seeker *by)
{
    size_t share = 0, plan = 0;

    shares_sort(&v->plans);
    v->n_perches = 0;
    for (size_t i = 0; i < by->timeline->n_nodes; i++) {
        struct perch perch = {.position = i};

        if (!c->order[i]->usable || !may_use(c, by, i))
            continue;
        perch.shares = shares_at(&v->herd->shares, i, &share, &perch.n_shares);
        perch.plans = shares_at(&v->plans, i, &plan, &perch.n_plans);
        GROW(v->perches, v->n_perches, v->perches_cap);
        v->perches[v->n_perches++] = perch;
    }
}

struct perch *victims_perch(const struct victims *v, size_t position)
{
    size_t at = BISECT(v->n_perches, i, v->perches[i].position < position);

    return at < v->n_perches && v->perches[at].position == position ? &v->perches[at]
                                                                    : NULL;
}

/* The other nodes of who ends have another price now. */
static void take(struct victims *v, struct victim *victim)
{
    const struct claim *claim = &victim->rec->claim;

    victim->taken = true;
    if (victim->from > v->from)
        tariff_begin(v);
    v->from = MAX(v->from, victim->from);
    for (size_t i = 0; i < claim->n_positions; i++) {
        struct perch *p = victims_perch(v, claim->positions[i]);

        if (p != NULL)
            tariff_move(v, p);
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
    bool fits = perch_weigh(v, by, p, &price);

    for (size_t i = 0; fits && i < p->n_shares; i++) {
        struct victim *victim = victim_of(v, &p->shares[i]);

        if (victim->tried && !victim->taken)
            take(v, victim);
    }
    perch_let_go(v, p);
    if (!fits)
        return false;
    v->deal.n_nodes += p->items[v->deal.kind] == 0;
    add_item(p, v->deal.kind);
    tariff_move(v, p);
    return true;
}

static void deal_begin(struct victims *v, const struct seeker *by, size_t kind)
{
    const struct job *like = by->shape->like;
    struct deal *deal = &v->deal;

    deal->kind = kind;
    deal->items = by->need;
    deal->per_node = 1;
    deal->most = INT64_MAX;
    if (like->n_units > 0) {
        deal->items = like->units[kind].count;
        deal->per_node = like->units[kind].most;
        deal->most = like->max_pods;
    } else if (!like->one_per_node) {
        deal->items = like->min_pods;
        deal->per_node = INT64_MAX;
        deal->most = by->part->part->max_nodes;
    }
    tariff_begin(v);
}

/* Nodes of the node list get an item each. False: one has no room. */
static bool settle_required(struct victims *v, const struct seeker *by)
{
    if (by->shape->like->n_node_list == 0)
        return true;
    for (size_t i = 0; i < v->n_perches; i++) {
        if (node_set_has(by->shape->required, v->perches[i].position) &&
            !settle_on(v, by, &v->perches[i]))
            return false;
    }
    return true;
}

/* Those of a kind, of which each node that is used has one. */
static bool count_out(struct victims *v, const struct seeker *by)
{
    for (int64_t n = v->deal.n_nodes; n < v->deal.items; n++) {
        struct perch *p = tariff_lowest(v, by);

        if (p == NULL || !settle_on(v, by, p))
            return false;
    }
    return true;
}

/* Nobody is taken, and all is as if those who will be were gone from that slot on. */
static void begin_from(struct victims *v, size_t from)
{
    v->from = from;
    for (size_t i = 0; i < v->herd->n; i++)
        v->herd->victims[i].taken = false;
    for (size_t i = 0; i < v->n_perches; i++)
        memset(v->perches[i].items, 0, sizeof(v->perches[i].items));
}

/* Of two kinds the second comes first, as where units are placed. */
static bool count_out_all(struct victims *v, const struct seeker *by)
{
    v->deal.n_nodes = 0;
    deal_begin(v, by, 0);
    if (!settle_required(v, by))
        return false;
    for (size_t kinds = MAX(by->shape->like->n_units, 1); kinds > 0; kinds--) {
        deal_begin(v, by, kinds - 1);
        if (!count_out(v, by))
            return false;
    }
    return true;
}

/* The first slot behind another from which on somebody's room may be free; SLOT_NONE.
 */
static size_t next_from(const struct victims *v, size_t from)
{
    size_t next = SLOT_NONE;

    for (size_t i = 0; i < v->herd->n; i++) {
        const struct victim *victim = &v->herd->victims[i];

        if (!victim->out && victim->from > from)
            next = MIN(next, victim->from);
    }
    for (size_t i = 0; i < v->n_froms; i++) {
        if (v->froms[i] > from)
            next = MIN(next, v->froms[i]);
    }
    return next;
}

/* Whoever may be taken is gone from that slot on, and not before. */
static bool all_go_from(const struct victims *v, size_t from)
{
    for (size_t i = 0; i < v->herd->n; i++) {
        const struct victim *victim = &v->herd->victims[i];

        if (!victim->out && victim->from != from)
            return false;
    }
    return true;
}

/* What is free on the other nodes is looked at anew where somebody is taken who goes
 * later: all of them are to be free from one slot on. So where that is the next slot,
 * whoever it is, nobody is taken before it. A node's price is of one more of one thing,
 * and components ask for several. */
bool victims_choose(struct victims *v, const struct seeker *by)
{
    size_t from = 0;

    if (by->shape->like->n_others > 0)
        return false;
    while (from != SLOT_NONE) {
        size_t next = next_from(v, from);
        bool fits;

        begin_from(v, from);
        v->deal.free_only = next != SLOT_NONE && all_go_from(v, next);
        fits = abreast_suits(by) ? abreast_count_out(v, by) : count_out_all(v, by);
        if (fits && v->from == from)
            return true;
        from = v->from > from ? v->from : next;
    }
    return false;
}

void victims_take_cheapest(struct victims *v, size_t n)
{
    for (size_t i = 0; i < v->herd->n; i++) {
        struct victim *victim = &v->herd->victims[i];

        victim->taken = n > 0 && !victim->out;
        n -= victim->taken;
    }
    for (size_t i = 0; i < v->n_perches; i++)
        v->perches[i].items[0] = MAX(v->perches[i].items[0], 1);
}

bool victims_use(const struct victims *v, size_t position)
{
    const struct perch *p = victims_perch(v, position);

    return p != NULL && p->items[0] > 0;
}

#include "scheduler/bulk.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/perch.h"

/* So many on one node, which cost that. */
struct load {
    int64_t items; /* 0: it has room for none */
    struct price price;
    bool known; /* of what is taken now */
};

struct search {
    struct victims *v;
    const struct seeker *by;
    struct load *loads; /* of each perch */
    int64_t left, n_nodes;
    int64_t looks; /* left */
};

/* ---- what a node would cost ---- */

static int compare_ratios(int64_t a, int64_t of_a, int64_t b, int64_t of_b)
{
    const __int128 x = (__int128)a * of_b, y = (__int128)b * of_a;

    return (x > y) - (x < y);
}

/* For each of its items fewer end, or as many that are cheaper; of equals more have
 * their room. */
static bool is_better(const struct load *a, const struct load *b)
{
    const struct price *x = &a->price, *y = &b->price;
    int order = compare_ratios(x->count, a->items, y->count, b->items);

    if (order == 0)
        order = compare_ratios(x->cost, a->items, y->cost, b->items);
    if (order == 0)
        order = compare_ratios(x->work, a->items, y->work, b->items);
    return order != 0 ? order < 0 : a->items > b->items;
}

static int64_t most_on(const struct search *q, const struct perch *p)
{
    const struct deal *deal = &q->v->deal;

    if (p->items[0] == 0 && q->n_nodes >= deal->most)
        return 0;
    return MIN(q->left, deal->per_node - p->items[0]);
}

/* Of so many at once: who would have to end are left `tried`. */
static bool weigh_items(struct search *q, struct perch *p, int64_t items,
                        struct price *ret)
{
    bool fits;

    p->items[0] += items - 1;
    fits = perch_weigh(q->v, q->by, p, ret);
    p->items[0] -= items - 1;
    q->looks--;
    return fits;
}

static void weigh(struct search *q, struct perch *p, struct load *load)
{
    bool free_ = false;

    *load = (struct load){.known = true};
    for (int64_t items = most_on(q, p); items > 0 && q->looks > 0 && !free_;
         items /= 2) {
        struct load one = {.items = items, .known = true};

        if (weigh_items(q, p, items, &one.price) &&
            (load->items == 0 || is_better(&one, load)))
            *load = one;
        free_ = one.items == load->items && load->price.count == 0;
    }
    perch_let_go(q->v, p);
}

/* ---- count them out ---- */

/* NULL: no node has room. */
static struct perch *find_best(struct search *q)
{
    struct victims *v = q->v;
    const struct load *best = NULL;

    for (size_t i = 0; i < v->n_perches; i++) {
        struct load *load = &q->loads[i];

        if (!load->known || load->items > most_on(q, &v->perches[i]))
            weigh(q, &v->perches[i], load);
        if (load->items > 0 && (best == NULL || is_better(load, best)))
            best = load;
    }
    return best != NULL ? &v->perches[best - q->loads] : NULL;
}

static void forget_all(struct search *q)
{
    for (size_t i = 0; i < q->v->n_perches; i++)
        q->loads[i].known = false;
}

/* His other nodes cost less now; where he goes later than others, all are different. */
static void take(struct search *q, struct victim *victim)
{
    const struct claim *claim = &victim->rec->claim;

    victim->taken = true;
    if (victim->from > q->v->from) {
        q->v->from = victim->from;
        forget_all(q);
    }
    for (size_t i = 0; i < claim->n_positions; i++) {
        const struct perch *p = victims_perch(q->v, claim->positions[i]);

        if (p != NULL)
            q->loads[p - q->v->perches].known = false;
    }
}

static void settle_on(struct search *q, struct perch *p)
{
    struct load *load = &q->loads[p - q->v->perches];
    const int64_t items = load->items;
    struct price price;

    weigh_items(q, p, items, &price);
    for (size_t i = 0; i < p->n_shares; i++) {
        struct victim *victim = victim_of(q->v, &p->shares[i]);

        if (victim->tried && !victim->taken)
            take(q, victim);
    }
    perch_let_go(q->v, p);
    q->n_nodes += p->items[0] == 0;
    p->items[0] += items;
    q->left -= items;
    load->known = false;
}

/* Nobody is taken yet, and all who will be are gone from that slot on. */
static bool count_out(struct search *q, size_t from)
{
    struct victims *v = q->v;

    v->from = from;
    q->left = v->deal.items;
    q->n_nodes = 0;
    for (size_t i = 0; i < v->herd->n; i++)
        v->herd->victims[i].taken = false;
    for (size_t i = 0; i < v->n_perches; i++)
        v->perches[i].items[0] = 0;
    forget_all(q);
    while (q->left > 0 && q->looks > 0) {
        struct perch *p = find_best(q);

        if (p == NULL)
            return false;
        settle_on(q, p);
    }
    return q->left == 0;
}

static bool count_out_all(struct search *q)
{
    struct victims *v = q->v;
    size_t from = v->from;
    bool fits;

    while ((fits = count_out(q, from)) && v->from != from)
        from = v->from;
    return fits;
}

/* ---- the choice of before ---- */

struct choice {
    bool *taken;    /* of each victim */
    int64_t *items; /* of each perch */
    size_t from;
};

static struct price price_of_taken(const struct victims *v)
{
    struct price price = {0};

    for (size_t i = 0; i < v->herd->n; i++) {
        const struct victim *victim = &v->herd->victims[i];

        if (!victim->taken)
            continue;
        price.count++;
        price.cost += victim->cost;
        price.work += victim->work;
    }
    return price;
}

static struct choice keep(const struct victims *v)
{
    struct choice choice = {.from = v->from};

    choice.taken = xcalloc(v->herd->n + 1, sizeof(*choice.taken));
    choice.items = xcalloc(v->n_perches + 1, sizeof(*choice.items));
    for (size_t i = 0; i < v->herd->n; i++)
        choice.taken[i] = v->herd->victims[i].taken;
    for (size_t i = 0; i < v->n_perches; i++)
        choice.items[i] = v->perches[i].items[0];
    return choice;
}

static void put_back(struct victims *v, const struct choice *choice)
{
    v->from = choice->from;
    for (size_t i = 0; i < v->herd->n; i++)
        v->herd->victims[i].taken = choice->taken[i];
    for (size_t i = 0; i < v->n_perches; i++)
        v->perches[i].items[0] = choice->items[i];
}

/* One alone is as few as can be. */
static bool is_suited(const struct victims *v, const struct seeker *by)
{
    const struct job *like = by->shape->like;

    return v->deal.per_node > 1 && like->n_units <= 1 && like->n_node_list == 0 &&
           price_of_taken(v).count > 1;
}

bool bulk_choose(struct victims *v, const struct seeker *by)
{
    struct search q = {.v = v, .by = by, .looks = BULK_LOOKS};
    struct price chosen;
    struct choice before;
    bool better;

    if (!is_suited(v, by))
        return false;
    chosen = price_of_taken(v);
    before = keep(v);
    q.loads = xcalloc(v->n_perches + 1, sizeof(*q.loads));
    better = count_out_all(&q) && price_is_lower(price_of_taken(v), chosen);
    if (!better)
        put_back(v, &before);
    free(q.loads);
    free(before.taken);
    free(before.items);
    return better;
}

#include "scheduler/lodging.h"

#include <stdlib.h>

#include "base/util.h"

/* How many states there are; more than may be: some number beyond. */
static size_t count_states(const int64_t *needs, size_t n)
{
    size_t states = 1;

    for (size_t i = 0; i < n && states <= LODGING_STATES_MAX; i++)
        states *= (size_t)MIN(needs[i], LODGING_STATES_MAX) + 1;
    return states;
}

bool lodging_is_for(const int64_t *needs, size_t n)
{
    return n <= LODGERS_MAX && count_states(needs, n) <= LODGING_STATES_MAX;
}

void lodging_init(struct lodging *l, const int64_t *needs, size_t n)
{
    *l = (struct lodging){.n = n, .most = UINT16_MAX - 1};
    for (size_t i = 0; i < n; i++)
        l->need[i] = needs[i];
}

void lodging_fini(struct lodging *l)
{
    free(l->items);
    *l = (struct lodging){0};
}

static bool is_like(const struct lodge *a, const struct lodge *b)
{
    return a->parties == b->parties && a->must == b->must && a->counts == b->counts;
}

/* A node that is used at all is so by one at least. */
void lodging_add(struct lodging *l, const struct lodge *lodge)
{
    int64_t left = 0;

    for (size_t i = 0; i < l->n; i++)
        left += l->need[i];
    for (size_t i = l->n_items; i-- > 0 && left > 0;)
        left -= is_like(&l->items[i], lodge);
    if (left <= 0 && lodge->must == 0 && !l->whole)
        return;
    GROW(l->items, l->n_items, l->cap);
    l->items[l->n_items++] = *lodge;
}

/* ---- by what is needed ---- */

struct search {
    struct lodging *l;
    size_t n_states;
    /* [node][state]: with so many nodes less one that count; 0: not known */
    uint16_t *in_vain;
    unsigned parties[1u << LODGERS_MAX]; /* in the order in which they are tried */
    size_t n_parties;
};

static void order_parties(struct search *w)
{
    w->n_parties = 0;
    for (size_t size = w->l->n + 1; size-- > 0;) {
        for (unsigned party = 0; party < 1u << w->l->n; party++) {
            if ((size_t)__builtin_popcount(party) == size)
                w->parties[w->n_parties++] = party;
        }
    }
}

/* What is still needed, as one number. */
static size_t state_of(const struct lodging *l, const int64_t *left)
{
    size_t state = 0;

    for (size_t i = 0; i < l->n; i++)
        state = state * (size_t)(l->need[i] + 1) + (size_t)left[i];
    return state;
}

static bool may_take(const struct lodge *lodge, unsigned party, const int64_t *left)
{
    bool needed = true;

    for (unsigned rest = party; rest != 0 && needed; rest &= rest - 1)
        needed = left[__builtin_ctz(rest)] > 0;
    return needed && (lodge->parties >> party & 1) != 0 && (lodge->must & ~party) == 0;
}

static void change_left(int64_t *left, unsigned party, int by)
{
    for (unsigned rest = party; rest != 0; rest &= rest - 1)
        left[__builtin_ctz(rest)] += by;
}

static uint16_t *vain_at(const struct search *w, size_t node, size_t state)
{
    return &w->in_vain[node * w->n_states + state];
}

static bool serve(struct search *w, size_t node, int64_t *left, uint16_t most);

/* With a party on that node. */
static bool serve_with(struct search *w, size_t node, unsigned party, int64_t *left,
                       uint16_t most)
{
    const bool counts = party != 0 && w->l->items[node].counts;
    bool served;

    if (!may_take(&w->l->items[node], party, left) || (counts && most == 0))
        return false;
    change_left(left, party, -1);
    served = serve(w, node + 1, left, (uint16_t)(most - counts));
    change_left(left, party, 1);
    return served;
}

/* From that node on, with so many of those that count. */
static bool serve(struct search *w, size_t node, int64_t *left, uint16_t most)
{
    const size_t state = state_of(w->l, left);
    const bool last = node == w->l->n_items;
    struct lodge *lodge = &w->l->items[node];
    /* Who must have a node behind it has not got that. */
    bool served = state == 0 && (last || lodge->must == 0);

    if (served || last || *vain_at(w, node, state) > most)
        return served;
    for (size_t i = 0; i < w->n_parties && !served; i++) {
        served = serve_with(w, node, w->parties[i], left, most);
        lodge->given = served ? w->parties[i] : 0;
    }
    if (!served)
        *vain_at(w, node, state) = (uint16_t)(most + 1);
    return served;
}

bool lodging_find(struct lodging *l)
{
    struct search w = {.l = l, .n_states = count_states(l->need, l->n)};
    int64_t left[LODGERS_MAX] = {0};
    bool served;

    for (size_t i = 0; i < l->n; i++)
        left[i] = l->need[i];
    for (size_t i = 0; i < l->n_items; i++)
        l->items[i].given = 0;
    order_parties(&w);
    w.in_vain = xcalloc(l->n_items * w.n_states + 1, sizeof(*w.in_vain));
    served = serve(&w, 0, left, l->most);
    free(w.in_vain);
    return served;
}

/* ---- by asking ---- */

struct division {
    struct search search; /* for its parties */
    lodging_fn *is_served;
    void *arg;
    size_t n_ways; /* that may still be tried */
};

/* Of each claimant, nodes that are or may become its. */
static bool has_enough(const struct lodging *l, size_t node)
{
    bool enough = true;

    for (size_t i = 0; i < l->n && enough; i++) {
        int64_t n = 0;

        for (size_t k = 0; k < l->n_items; k++)
            n += k < node ? l->items[k].given >> i & 1
                          : l->items[k].parties >> (1u << i) & 1;
        enough = n >= l->need[i];
    }
    return enough;
}

/* Is it part of no other one? */
static bool is_whole(const struct lodging *l, const struct lodge *lodge, unsigned party)
{
    bool whole = (lodge->parties >> party & 1) != 0 && (lodge->must & ~party) == 0;

    for (size_t i = 0; i < l->n && whole; i++)
        whole = (party >> i & 1) != 0 || (lodge->parties >> (party | 1u << i) & 1) == 0;
    return whole;
}

/* From that node on. */
static bool divide(struct division *d, size_t node)
{
    struct lodging *l = d->search.l;
    struct lodge *lodge = &l->items[node];
    bool served = false;

    if (d->n_ways == 0 || !has_enough(l, node))
        return false;
    if (node == l->n_items) {
        d->n_ways--;
        return d->is_served(d->arg, l);
    }
    for (size_t i = 0; i < d->search.n_parties && !served; i++) {
        if (!is_whole(l, lodge, d->search.parties[i]))
            continue;
        lodge->given = d->search.parties[i];
        served = divide(d, node + 1);
    }
    return served;
}

bool lodging_divide(struct lodging *l, lodging_fn *is_served, void *arg)
{
    struct division d = {{.l = l}, is_served, arg, LODGING_WAYS_MAX};

    order_parties(&d.search);
    return divide(&d, 0);
}

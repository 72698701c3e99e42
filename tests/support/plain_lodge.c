/*
 * Any way to give components nodes of which several may be on one: node by node each of
 * the sets of components that fit there together, larger ones first, until the nodes
 * behind it can do for the rest. Where nodes enough are not all, so many ways to divide
 * all nodes are tried (scheduler/lodging.h).
 */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/lodging.h"
#include "tests/support/plain_plan_private.h"

struct lodgings {
    struct plain_plan *p;
    const struct plain_job *job;
    const struct plain_place *place;
    size_t n_states;
    bool *fits;      /* [node][set of components] */
    bool *in_vain;   /* [node][what is still needed] */
    size_t n_ways;   /* to divide nodes that may still be tried */
    unsigned *given; /* by node: a set of components */
};

static size_t count_of(const struct lodgings *l)
{
    return l->job->n_others + 1;
}

static bool has(unsigned set, size_t c)
{
    return (set >> c & 1) != 0;
}

/* From component c on, those before it in their places. */
static bool fit_together(const struct lodgings *l, size_t node, unsigned set, size_t c)
{
    const struct plain_job *one;
    size_t first = l->place->first, last;
    bool fit;

    if (c == count_of(l))
        return true;
    if (!has(set, c))
        return fit_together(l, node, set, c + 1);
    one = plain_component(l->job, c);
    last = plain_last_of(l->p, one, first, 0);
    if (!plain_is_open(l->p, one, node, first, last))
        return false;
    plain_change_node(l->p, one, node, first, last, 1);
    fit = fit_together(l, node, set, c + 1);
    plain_change_node(l->p, one, node, first, last, -1);
    return fit;
}

static size_t state_of(const struct lodgings *l, const size_t *left)
{
    size_t state = 0;

    for (size_t c = 0; c < count_of(l); c++)
        state = state * (plain_component(l->job, c)->min + 1) + left[c];
    return state;
}

static bool serve(struct lodgings *l, size_t node, size_t *left);

/* With a set of components on the node, each of whom needs it. */
static bool serve_with(struct lodgings *l, size_t node, unsigned set, size_t *left)
{
    bool served = l->fits[node << PLAIN_COMPONENTS | set];

    for (size_t c = 0; c < count_of(l); c++)
        served &= !has(set, c) || left[c] > 0;
    if (!served)
        return false;
    for (size_t c = 0; c < count_of(l); c++)
        left[c] -= has(set, c);
    served = serve(l, node + 1, left);
    for (size_t c = 0; c < count_of(l); c++)
        left[c] += has(set, c);
    return served;
}

/* From that node on. */
static bool serve(struct lodgings *l, size_t node, size_t *left)
{
    const size_t state = state_of(l, left);

    if (state == 0 || node == l->p->n_nodes)
        return state == 0;
    if (l->in_vain[node * l->n_states + state])
        return false;
    for (size_t size = count_of(l) + 1; size-- > 0;) {
        for (unsigned set = 0; set < 1u << count_of(l); set++) {
            if ((size_t)__builtin_popcount(set) != size ||
                !serve_with(l, node, set, left))
                continue;
            l->given[node] = set;
            return true;
        }
    }
    l->in_vain[node * l->n_states + state] = true;
    return false;
}

static void look_at_nodes(struct lodgings *l)
{
    for (size_t node = 0; node < l->p->n_nodes; node++) {
        for (unsigned set = 0; set < 1u << count_of(l); set++)
            l->fits[node << PLAIN_COMPONENTS | set] = fit_together(l, node, set, 0);
    }
}

/* ---- ways to divide all nodes ---- */

static bool fits_on(const struct lodgings *l, size_t node, unsigned set)
{
    return l->fits[node << PLAIN_COMPONENTS | set];
}

/* Does it fit, and none with one more? */
static bool is_whole(const struct lodgings *l, size_t node, unsigned set)
{
    bool whole = fits_on(l, node, set);

    for (size_t c = 0; c < count_of(l); c++)
        whole &= has(set, c) || !fits_on(l, node, set | 1u << c);
    return whole;
}

/* Nodes that are, or from that one on may become, each component's. */
static bool has_enough(const struct lodgings *l, size_t node)
{
    bool enough = true;

    for (size_t c = 0; c < count_of(l); c++) {
        size_t n = 0;

        for (size_t i = 0; i < l->p->n_nodes; i++)
            n += i < node ? has(l->given[i], c) : fits_on(l, i, 1u << c);
        enough &= n >= plain_component(l->job, c)->min;
    }
    return enough;
}

/* From that node on. */
static bool divide(struct lodgings *l, size_t node, struct plain_place *place)
{
    if (l->n_ways == 0 || !has_enough(l, node))
        return false;
    if (node == l->p->n_nodes) {
        l->n_ways--;
        return plain_place_given(l->p, l->given, l->job, place);
    }
    for (size_t size = count_of(l) + 1; size-- > 0;) {
        for (unsigned set = 0; set < 1u << count_of(l); set++) {
            if ((size_t)__builtin_popcount(set) != size || !is_whole(l, node, set))
                continue;
            l->given[node] = set;
            if (divide(l, node + 1, place))
                return true;
        }
    }
    return false;
}

/* ---- all of it ---- */

static bool is_bound(const struct plain_plan *p, const struct plain_job *one,
                     const struct plain_place *place)
{
    const int64_t start = place->first == 0 ? p->now_sec : p->grid.bounds[place->first];

    return p->wiring != NULL &&
           ((p->wiring->blocks && (one->segments.size > 0 || one->max > 1)) ||
            (one->most_leaves > 0 && start < one->few_until_sec));
}

static bool is_any_bound(const struct lodgings *l)
{
    bool bound = false;

    for (size_t c = 0; c < count_of(l); c++)
        bound |= is_bound(l->p, plain_component(l->job, c), l->place);
    return bound;
}

bool plain_lodge(struct plain_plan *p, const struct plain_job *job,
                 struct plain_place *place)
{
    unsigned *given = xcalloc(p->n_nodes + 1, sizeof(*given));
    struct lodgings l = {
        p, job, place, .n_states = 1, .n_ways = LODGING_WAYS_MAX, .given = given};
    size_t left[PLAIN_COMPONENTS] = {0};
    bool served;

    for (size_t c = 0; c < count_of(&l); c++) {
        left[c] = plain_component(job, c)->min;
        l.n_states *= left[c] + 1;
    }
    l.fits = xcalloc((p->n_nodes + 1) << PLAIN_COMPONENTS, sizeof(*l.fits));
    l.in_vain = xcalloc((p->n_nodes + 1) * l.n_states, sizeof(*l.in_vain));
    look_at_nodes(&l);
    if (is_any_bound(&l))
        served = divide(&l, 0, place);
    else
        served = serve(&l, 0, left) && plain_place_given(p, given, job, place);
    free(given);
    free(l.fits);
    free(l.in_vain);
    return served;
}

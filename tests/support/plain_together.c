/*
 * Nodes for the components of a job: they choose in their order, of what those before
 * leave; one that finds too little chooses first the next time. Where that does not
 * help, nodes are matched with them one by one, none for two; and then, where they may
 * share nodes, in any way that there is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/plain_plan_private.h"

/* The nodes of each component. */
struct parts {
    struct plain_place of[PLAIN_COMPONENTS];
};

static void parts_fini(struct parts *parts)
{
    for (size_t c = 0; c < PLAIN_COMPONENTS; c++)
        plain_place_fini(&parts->of[c]);
}

/* On nodes that are not shut to it. */
static bool place_one(const struct plain_plan *p, const struct plain_job *one,
                      const struct plain_place *place, const bool *shut,
                      struct plain_place *ret)
{
    struct plain_open open;
    bool fits;

    *ret = *place;
    ret->last = plain_last_of(p, one, place->first, 0);
    open = plain_list_open(p, one, ret, shut);
    ret->n = 0;
    ret->nodes = xcalloc(p->n_nodes + 1, sizeof(*ret->nodes));
    fits = plain_best(p, one, &open, ret);
    free(open.spots);
    return fits;
}

/* What it has found is taken, or with -1 free again. */
static void occupy(struct plain_plan *p, const struct plain_job *one,
                   const struct plain_place *own, int sign)
{
    for (size_t i = 0; i < own->n; i++)
        plain_change_node(p, one, own->nodes[i], own->first, own->last, sign);
}

static void join(const struct parts *parts, size_t n, struct plain_place *place)
{
    place->n = 0;
    for (size_t c = 0; c < n; c++) {
        place->of[c] = parts->of[c].n;
        place->lasts[c] = parts->of[c].last;
        for (size_t i = 0; i < parts->of[c].n; i++)
            place->nodes[place->n++] = parts->of[c].nodes[i];
    }
}

/* ---- in an order ---- */

/* Returns how many of them find nodes, one after the other. */
static size_t place_in_order(struct plain_plan *p, const struct plain_job *job,
                             const size_t *order, struct plain_place *place)
{
    struct parts parts = {0};
    size_t n = job->n_others + 1, placed = 0;

    for (; placed < n; placed++) {
        const struct plain_job *one = plain_component(job, order[placed]);

        if (!place_one(p, one, place, NULL, &parts.of[order[placed]]))
            break;
        occupy(p, one, &parts.of[order[placed]], 1);
    }
    for (size_t i = 0; i < placed; i++)
        occupy(p, plain_component(job, order[i]), &parts.of[order[i]], -1);
    if (placed == n)
        join(&parts, n, place);
    parts_fini(&parts);
    return placed;
}

static void move_to_front(size_t *order, size_t i)
{
    const size_t c = order[i];

    for (; i > 0; i--)
        order[i] = order[i - 1];
    order[0] = c;
}

/* ---- one node after the other ---- */

#define NOBODY SIZE_MAX

struct match {
    size_t n_nodes, n;            /* components */
    size_t *owner;                /* by node: a component, NOBODY */
    bool *open[PLAIN_COMPONENTS]; /* by node */
};

static void match_init(struct match *m, const struct plain_plan *p,
                       const struct plain_job *job, const struct plain_place *place)
{
    *m = (struct match){.n_nodes = p->n_nodes, .n = job->n_others + 1};
    m->owner = xcalloc(p->n_nodes + 1, sizeof(*m->owner));
    for (size_t node = 0; node < p->n_nodes; node++)
        m->owner[node] = NOBODY;
    for (size_t c = 0; c < m->n; c++) {
        const struct plain_job *one = plain_component(job, c);
        struct plain_place own = *place;
        struct plain_open open;

        own.last = plain_last_of(p, one, place->first, 0);
        open = plain_list_open(p, one, &own, NULL);
        m->open[c] = xcalloc(p->n_nodes + 1, sizeof(bool));
        for (size_t i = 0; i < open.n; i++)
            m->open[c][open.spots[i].node] = true;
        free(open.spots);
    }
}

static void match_fini(struct match *m)
{
    for (size_t c = 0; c < m->n; c++)
        free(m->open[c]);
    free(m->owner);
}

/* The first node of an owner that a component could have; SIZE_MAX: there is none. */
static size_t first_of(const struct match *m, size_t c, size_t owner)
{
    for (size_t node = 0; node < m->n_nodes; node++) {
        if (m->owner[node] == owner && m->open[c][node])
            return node;
    }
    return SIZE_MAX;
}

/* The last in a row takes a free node, and gives one that it has to who asked it for
 * one, and so on. */
static void hand_on(struct match *m, const size_t *asked_by, size_t first, size_t last)
{
    size_t node = first_of(m, last, NOBODY);

    for (size_t c = last; c != first; c = asked_by[c]) {
        const size_t own = first_of(m, asked_by[c], c);

        m->owner[node] = c;
        node = own;
    }
    m->owner[node] = first;
}

/* One more node for a component, by the shortest row. */
static bool give_one(struct match *m, size_t who)
{
    size_t row[PLAIN_COMPONENTS] = {who}, asked_by[PLAIN_COMPONENTS], n = 1;
    bool seen[PLAIN_COMPONENTS] = {false};

    seen[who] = true;
    for (size_t i = 0; i < n; i++) {
        if (first_of(m, row[i], NOBODY) != SIZE_MAX) {
            hand_on(m, asked_by, who, row[i]);
            return true;
        }
        for (size_t c = 0; c < m->n; c++) {
            if (seen[c] || first_of(m, row[i], c) == SIZE_MAX)
                continue;
            seen[c] = true;
            asked_by[c] = row[i];
            row[n++] = c;
        }
    }
    return false;
}

/* Each gets what it needs at least. */
static bool give_all(struct match *m, const struct plain_job *job)
{
    for (size_t c = 0; c < m->n; c++) {
        for (size_t i = 0; i < plain_component(job, c)->min; i++) {
            if (!give_one(m, c))
                return false;
        }
    }
    return true;
}

/* Those of each node, as sets. */
static void list_owners(const struct match *m, unsigned *ret)
{
    for (size_t node = 0; node < m->n_nodes; node++)
        ret[node] = m->owner[node] != NOBODY ? 1u << m->owner[node] : 0;
}

/* ---- in any way ---- */

/* Each on the nodes that it was given. */
bool plain_place_given(const struct plain_plan *p, const unsigned *given,
                       const struct plain_job *job, struct plain_place *place)
{
    struct parts parts = {0};
    size_t placed = 0, n = job->n_others + 1;

    for (bool fits = true; fits && placed < n; placed += fits) {
        bool *shut = xcalloc(p->n_nodes + 1, sizeof(*shut));

        for (size_t node = 0; node < p->n_nodes; node++)
            shut[node] = (given[node] >> placed & 1) == 0;
        fits =
            place_one(p, plain_component(job, placed), place, shut, &parts.of[placed]);
        free(shut);
    }
    if (placed == n)
        join(&parts, n, place);
    parts_fini(&parts);
    return placed == n;
}

static bool place_any_way(struct plain_plan *p, const struct plain_job *job,
                          struct plain_place *place)
{
    unsigned *given = xcalloc(p->n_nodes + 1, sizeof(*given));
    struct match m;
    bool fits;

    match_init(&m, p, job, place);
    fits = give_all(&m, job);
    list_owners(&m, given);
    fits = fits && plain_place_given(p, given, job, place);
    match_fini(&m);
    free(given);
    return fits ||
           (!job->exclusive && !job->exclusive_user && plain_lodge(p, job, place));
}

bool plain_together(struct plain_plan *p, const struct plain_job *job,
                    struct plain_place *place)
{
    size_t order[PLAIN_COMPONENTS], n = job->n_others + 1;

    for (size_t c = 0; c < n; c++)
        order[c] = c;
    for (size_t attempt = 0; attempt < n; attempt++) {
        const size_t placed = place_in_order(p, job, order, place);

        if (placed == n || placed == 0)
            return placed == n;
        move_to_front(order, placed);
    }
    return place_any_way(p, job, place);
}

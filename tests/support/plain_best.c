#include "tests/support/plain_best.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/plain_plan_private.h"

/* 1024ths of devices that go with an amount, where so much is asked for beside all:
 * with one, three quarters of the average. */
static int64_t usable_with(const struct plain_plan *p, int64_t amount, int64_t asked)
{
    __int128 rate;

    if (asked == 0)
        return INT64_MAX;
    rate = ((__int128)plain_devices_in(&p->asked) * 1024 * 4 / 3 << 32) / asked;
    return (int64_t)(amount * rate >> 32);
}

static int64_t stranded(const struct plain_plan *p, const struct resvec *left)
{
    const int64_t mib = 1 << 20;
    int64_t parts = plain_devices_in(left) * 1024;

    parts -= MIN(
        parts, MIN(usable_with(p, left->v[RES_CPU], p->asked.v[RES_CPU]),
                   usable_with(p, left->v[RES_MEM] / mib, p->asked.v[RES_MEM] / mib)));
    return parts;
}

static int64_t cost_of(const struct plain_plan *p, const struct plain_job *job,
                       const struct resvec *left)
{
    const struct resvec takes = plain_takes(p, job);
    struct resvec rest = *left;

    resvec_sub(&rest, &takes);
    return stranded(p, &rest) - stranded(p, left);
}

/* How many nodes of its leaf are open to the job. */
static int64_t open_beside(const struct plain_plan *p, const struct plain_open *open,
                           size_t node)
{
    const size_t *leaf = p->wiring ? p->wiring->under[PLAIN_LEVELS - 1] : NULL;
    int64_t count = 0;

    for (size_t i = 0; leaf && i < open->n; i++)
        count += leaf[open->spots[i].node] == leaf[node];
    return count;
}

/* Is node a the better fit for the job there? */
static bool is_better(const struct plain_spot *a, const struct plain_spot *b)
{
    const int64_t better[][2] = {
        {a->rank, b->rank},
        {a->turn, b->turn},
        {a->cost, b->cost},
        {plain_devices_in(a->left_then), plain_devices_in(b->left_then)},
        {a->devices, b->devices},
        {a->left->v[RES_CPU], b->left->v[RES_CPU]},
        {a->beside, b->beside},
    };

    for (size_t i = 0; i < ARRAY_LEN(better); i++) {
        if (better[i][0] != better[i][1])
            return better[i][0] < better[i][1];
    }
    return a->node < b->node;
}

/* In the order of ranks: leaf by leaf. */
static bool is_before(const struct plain_plan *p, size_t a, size_t b)
{
    const size_t *leaf = p->wiring ? p->wiring->under[PLAIN_LEVELS - 1] : NULL;

    return leaf && leaf[a] != leaf[b] ? leaf[a] < leaf[b] : a < b;
}

static void add_node(const struct plain_plan *p, struct plain_place *place, size_t node)
{
    size_t i = place->n++;

    for (; i > 0 && is_before(p, node, place->nodes[i - 1]); i--)
        place->nodes[i] = place->nodes[i - 1];
    place->nodes[i] = node;
}

/* The best of those that have a turn. */
static void take_best(const struct plain_plan *p, const struct plain_open *open,
                      size_t want, struct plain_place *place)
{
    const struct plain_spot **best = xcalloc(want + 1, sizeof(struct plain_spot *));
    size_t n = 0;

    for (size_t k = 0; k < open->n; k++) {
        const struct plain_spot *spot = &open->spots[k];
        size_t i = n;

        while (i > 0 && is_better(spot, best[i - 1]))
            i--;
        if (i == want || spot->turn == 0)
            continue;
        n = MIN(n + 1, want);
        memmove(&best[i + 1], &best[i], (n - 1 - i) * sizeof(*best));
        best[i] = spot;
    }
    for (size_t i = 0; i < n; i++)
        add_node(p, place, best[i]->node);
    free(best);
}

/* Those nodes, in a reservation of that; freed by the caller. */
static bool *list_could(const struct plain_plan *p, const struct plain_job *job)
{
    bool *could = xcalloc(p->n_nodes + 1, sizeof(*could));

    for (size_t node = 0; node < p->n_nodes; node++)
        could[node] =
            plain_could_hold(p, job, node) && (job->in == NULL || job->in->nodes[node]);
    return could;
}

/* The level of the block that a job does not leave. */
static size_t top_of(const struct plain_plan *p, const struct plain_job *job)
{
    bool *could = list_could(p, job);
    size_t n = 0, top;

    for (size_t node = 0; node < p->n_nodes; node++)
        n += could[node];
    top = plain_near_level(p->wiring, could, p->n_nodes, MIN(n, job->max));
    free(could);
    return top;
}

/* Gives turns where the gang is to be. Returns on how many nodes. */
static size_t bring_near(const struct plain_plan *p, const struct plain_job *job,
                         const struct plain_place *place, struct plain_open *open)
{
    struct plain_want want = {.least = job->min, .most = job->max};
    int64_t start = place->first == 0 ? p->now_sec : p->grid.bounds[place->first];

    if (start < job->few_until_sec)
        want.leaves = job->most_leaves;
    if (p->wiring->blocks)
        want.top = top_of(p, job);
    return plain_near(p->wiring, open->spots, open->n, &want);
}

/* ---- in segments ---- */

static bool is_segmented(const struct plain_plan *p, const struct plain_job *job)
{
    return p->wiring && p->wiring->blocks && job->segments.size > 0;
}

struct block {
    size_t level, number;
};

static void take_in_block(const struct plain_plan *p, struct plain_open *open,
                          struct block block, size_t want, struct plain_place *place)
{
    for (size_t i = 0; i < open->n; i++)
        open->spots[i].turn =
            p->wiring->under[block.level][open->spots[i].node] == block.number;
    take_best(p, open, want, place);
}

/* False: too few. */
static bool take_segments(const struct plain_plan *p, const struct plain_job *job,
                          struct plain_open *open, struct plain_place *place)
{
    const struct plain_wiring *w = p->wiring;
    struct plain_segment_want want = {job->segments, .least = job->min,
                                      .most = job->max};
    bool *could = list_could(p, job);
    size_t *shares, n;

    plain_segment_levels(w, could, p->n_nodes, &want);
    shares = xcalloc(w->n_switches[want.level] + 1, sizeof(*shares));
    n = plain_segment_shares(w, open->spots, open->n, &want, shares);
    for (size_t b = 0; b < w->n_switches[want.level] && n > 0; b++)
        take_in_block(p, open, (struct block){want.level, b}, shares[b], place);
    free(shares);
    free(could);
    return n > 0;
}

/* ---- all of it ---- */

/* What each open node is to the job; in segments all leaves are alike. */
static void weigh(const struct plain_plan *p, const struct plain_job *job,
                  struct plain_open *open)
{
    for (size_t i = 0; i < open->n; i++) {
        struct plain_spot *spot = &open->spots[i];

        spot->cost = cost_of(p, job, spot->left);
        spot->devices = plain_devices_in(spot->left);
        spot->beside = is_segmented(p, job) ? 0 : open_beside(p, open, spot->node);
    }
}

static bool best_of(const struct plain_plan *p, const struct plain_job *job,
                    struct plain_open *open, struct plain_place *place)
{
    size_t n = MIN(open->n, job->max);

    weigh(p, job, open);
    if (is_segmented(p, job))
        return take_segments(p, job, open, place);
    if (n >= job->min && p->wiring && job->max > 1)
        n = bring_near(p, job, place, open);
    if (n >= job->min)
        take_best(p, open, n, place);
    return n >= job->min;
}

/* Those of a rank and of lower ones; spots freed by the caller. */
static struct plain_open list_up_to(const struct plain_open *open, int rank)
{
    struct plain_open some = {.spots = xcalloc(open->n + 1, sizeof(*some.spots))};

    for (size_t i = 0; i < open->n; i++) {
        if (open->spots[i].rank <= rank)
            some.spots[some.n++] = open->spots[i];
    }
    return some;
}

/* On nodes of the lowest ranks that will do, where it has as many as it would have of
 * all. */
bool plain_best(const struct plain_plan *p, const struct plain_job *job,
                struct plain_open *open, struct plain_place *place)
{
    bool fits = false;

    for (int rank = 0; rank < PLAIN_RANKS && !fits; rank++) {
        struct plain_open some = list_up_to(open, rank);

        if (some.n >= MIN(open->n, job->max))
            fits = best_of(p, job, &some, place);
        free(some.spots);
    }
    return fits;
}

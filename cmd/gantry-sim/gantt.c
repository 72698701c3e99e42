#include "cmd/gantry-sim/gantt.h"

#include <stdlib.h>

#include "base/util.h"

struct weaver {
    struct gantt *into;
    int what;           /* resource that lanes are of */
    int64_t unit;       /* of it, in a lane */
    size_t *first;      /* lane of each node, in `until_sec` */
    int64_t *until_sec; /* each lane is taken */
};

static int by_start(const void *a, const void *b)
{
    const struct bar *x = a, *y = b;
    if (x->start_sec != y->start_sec)
        return x->start_sec < y->start_sec ? -1 : 1;
    if (x->job != y->job)
        return x->job < y->job ? -1 : 1;
    return x->node < y->node ? -1 : x->node > y->node;
}

static int64_t lanes_of(const struct weaver *w, int64_t amount)
{
    return MAX((amount + w->unit - 1) / w->unit, 1);
}

static void weaver_init(struct weaver *w, const struct pool *pool)
{
    size_t all = 0;
    w->what = pool_measure(pool);
    w->unit = w->what == RES_CPU ? 1000 : 1;
    w->first = xcalloc(pool->n + 1, sizeof(*w->first));
    w->into->lanes = xcalloc(pool->n + 1, sizeof(*w->into->lanes));
    for (size_t i = 0; i < pool->n; i++) {
        w->into->lanes[i] = lanes_of(w, pool->nodes[i]->capacity.v[w->what]);
        w->first[i] = all;
        all += (size_t)w->into->lanes[i];
    }
    w->until_sec = xcalloc(all + 1, sizeof(*w->until_sec));
    for (size_t i = 0; i < all; i++)
        w->until_sec[i] = INT64_MIN;
}

/* Whole stays' shares, lanes not yet given: `count` is how many. */
static struct bar *shares_of(const struct weaver *w, const struct history *h,
                             size_t *ret_n)
{
    struct bar *all = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < history_stays(h); i++) {
        const struct stay stay = history_stay(h, i);
        for (size_t k = 0; stay.end_sec != TIME_UNSET && k < stay.n_shares; k++) {
            const struct slot *slot = &stay.shares[k].slot;
            GROW(all, n, cap);
            all[n++] = (struct bar){
                .job = stay.job,
                .node = stay.shares[k].node,
                .count = lanes_of(w, slot->pods * slot->each.v[w->what]),
                .start_sec = stay.start_sec,
                .end_sec = stay.end_sec,
            };
        }
    }
    if (n > 0)
        qsort(all, n, sizeof(*all), by_start);
    *ret_n = n;
    return all;
}

static void add_lane(struct gantt *g, const struct bar *share, int64_t lane)
{
    struct bar *last = g->n > 0 ? &g->bars[g->n - 1] : NULL;
    if (last && last->job == share->job && last->node == share->node &&
        last->lane + last->count == lane) {
        last->count++;
        return;
    }
    GROW(g->bars, g->n, g->cap);
    g->bars[g->n] = *share;
    g->bars[g->n].lane = lane;
    g->bars[g->n++].count = 1;
}

static void weave(struct weaver *w, const struct bar *share)
{
    int64_t left = share->count;
    int64_t *until = w->until_sec + w->first[share->node];
    for (int64_t i = 0; i < w->into->lanes[share->node] && left > 0; i++) {
        if (until[i] > share->start_sec)
            continue;
        until[i] = share->end_sec;
        add_lane(w->into, share, i);
        left--;
    }
}

void gantt_make(struct gantt *ret, const struct pool *pool, const struct history *h)
{
    struct weaver w = {.into = ret};
    size_t n;
    *ret = (struct gantt){.n = 0};
    weaver_init(&w, pool);
    struct bar *shares = shares_of(&w, h, &n);
    for (size_t i = 0; i < n; i++)
        weave(&w, &shares[i]);
    free(shares);
    free(w.first);
    free(w.until_sec);
}

void gantt_fini(struct gantt *g)
{
    free(g->bars);
    free(g->lanes);
    *g = (struct gantt){.n = 0};
}

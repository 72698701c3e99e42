/* Units of two kinds: tasks and GPUs, each divided by themselves. Where one is a
 * multiple of the other they lie in equal shares if they fit so. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

/* Who can take most first, by what `take` says. */
static int score_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->required == b->required && a->take != b->take)
        return a->take > b->take ? -1 : 1;
    return candidate_compare(a, b);
}

void pair_sort(struct placer *p, const struct job *like, enum weight weight)
{
    for (size_t i = 0; i < p->n; i++) {
        struct candidate *node = &p->candidates[i];
        int64_t first = share_of(node->times, like->units[0].count);
        int64_t second = share_of(node->also, like->units[1].count);

        node->take = first + second;
        if (weight == WEIGH_FIRST)
            node->take += first * SHARE_WHOLE;
        else if (weight == WEIGH_SECOND)
            node->take += second * SHARE_WHOLE;
    }
    candidates_sort(p->candidates, p->n, score_compare);
}

/* Of each kind, what nodes could take. */
struct sums {
    int64_t first, second;
};

static void sums_add(struct sums *sums, const struct candidate *node, int64_t sign)
{
    sums->first += sign * node->times;
    sums->second += sign * node->also;
}

static bool sums_cover(const struct sums *sums, const struct job *like)
{
    return sums->first >= like->units[0].count && sums->second >= like->units[1].count;
}

/* How many nodes from the front on hold all, `least` to `most`; 0: these do not. What
 * they could take is in `ret_sums`. */
static size_t count_enough(const struct placer *p, const struct job *like, size_t least,
                           size_t most, struct sums *ret_sums)
{
    size_t n = 0;

    *ret_sums = (struct sums){0};
    while (n < p->n && n < most && (n < least || !sums_cover(ret_sums, like)))
        sums_add(ret_sums, &p->candidates[n++], 1);
    return n >= least && sums_cover(ret_sums, like) ? n : 0;
}

static void exchange(struct candidate *a, struct candidate *b)
{
    struct candidate other = *a;

    *a = *b;
    *b = other;
}

/* What the nodes could take with another in the place of one of them. */
static struct sums sums_with(const struct sums *sums, const struct candidate *one,
                             const struct candidate *other)
{
    struct sums with = *sums;

    sums_add(&with, one, -1);
    sums_add(&with, other, 1);
    return with;
}

/* Where the first `n` nodes do not hold all, they may with one of the others. */
static bool change_one(struct placer *p, const struct job *like, size_t n,
                       struct sums *sums)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = n; k < p->n && !p->candidates[i].required; k++) {
            struct sums with = sums_with(sums, &p->candidates[i], &p->candidates[k]);

            if (!sums_cover(&with, like))
                continue;
            exchange(&p->candidates[i], &p->candidates[k]);
            *sums = with;
            return true;
        }
    }
    return false;
}

/* Puts in the place of the last of the `n` nodes the best fit of those that will do,
 * too. */
static void fit_last(struct placer *p, const struct job *like, size_t n,
                     const struct sums *sums)
{
    struct candidate *last = &p->candidates[n - 1], *best = last;

    for (size_t i = n; i < p->n && !last->required; i++) {
        const struct sums with = sums_with(sums, last, &p->candidates[i]);

        if (sums_cover(&with, like) && candidate_compare(&p->candidates[i], best) < 0)
            best = &p->candidates[i];
    }
    exchange(best, last);
}

/* The fewest nodes, `least` to `most`, that hold all, to the front; 0: there are none,
 * as far as is seen. */
static size_t seek(struct placer *p, const struct job *like, enum weight weight,
                   size_t least, size_t most, struct sums *ret_sums)
{
    size_t n;

    pair_sort(p, like, weight);
    n = count_enough(p, like, least, most, ret_sums);
    if (n == 0 && least <= most && change_one(p, like, most, ret_sums))
        n = most;
    return n;
}

/* The same with the weight that makes them fewest. With `spread` they are as many as
 * there may be. */
static size_t choose_fewest(struct placer *p, const struct job *like,
                            const struct order *o, struct room *room)
{
    size_t most = (size_t)MIN((int64_t)p->n, o->most), best = 0;
    size_t least = like->spread ? MAX(most, (size_t)o->least) : (size_t)o->least;
    enum weight weight = WEIGH_BOTH;
    struct sums sums;

    for (enum weight w = WEIGH_BOTH; w < WEIGHTS && (best == 0 || best > least); w++) {
        size_t n = seek(p, like, w, least, most, &sums);

        if (n > 0 && (best == 0 || n < best)) {
            best = n;
            weight = w;
        }
    }
    if (best == 0) {
        room->kind = sums.second < like->units[1].count;
        room->pods =
            room->kind == 1 ? sums.second : MIN(sums.first, like->units[0].count);
        return 0;
    }
    seek(p, like, weight, best, best, &sums);
    fit_last(p, like, best, &sums);
    return best;
}

/* Each node one of each kind, the first ones as many more as they have room for: of
 * the second kind, then beside these of the first. False: for which there is too little
 * room there, as in `room`. */
static bool deal(struct placer *p, const struct cluster *c, const struct placement *at,
                 struct room *room)
{
    const struct job *like = at->shape->like;
    int64_t first = like->units[0].count, second = like->units[1].count;

    for (size_t i = 0; i < p->n; i++) {
        struct candidate *node = &p->candidates[i];
        int64_t owed = (int64_t)(p->n - 1 - i);
        struct resvec space;

        placement_space(at, c, node->position, &space);
        node->also = MIN(node->also, second - owed);
        resvec_add_times(&space, &like->units[1].each, 1 - node->also);
        node->take = MIN(placement_units_in(like, 0, &space), first - owed);
        first -= node->take;
        second -= node->also;
    }
    room->kind = 0;
    room->pods = like->units[0].count - first;
    room->beside = first > 0;
    return first == 0 && second == 0;
}

/* On the fewest nodes that hold all of each kind, and where both take of the same there
 * and do not fit together, on more. */
static bool choose_apart(struct placer *p, const struct cluster *c,
                         const struct placement *at, const struct order *o,
                         const struct kept *all, struct room *room)
{
    size_t most = (size_t)MIN((int64_t)all->n, o->most), n;
    struct order order = *o;

    for (;; order.least = (int64_t)MIN(n + MAX(n / 8, 1), most)) {
        candidates_take_back(p, all->items, all->n);
        n = choose_fewest(p, at->shape->like, &order, room);
        if (n == 0)
            return false;
        p->n = n;
        candidates_sort(p->candidates, n, candidate_compare_positions);
        if (deal(p, c, at, room))
            return true;
        if (n >= most)
            return false;
    }
}

/* ---- in equal shares ---- */

/* Leaves those that hold a share, with how many. False: a required one does not. */
static bool count_shares(struct placer *p, const struct cluster *c,
                         const struct placement *at, const struct job *equal)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        struct candidate node = p->candidates[i];
        struct resvec space;

        placement_space(at, c, node.position, &space);
        node.times = placement_units_in(equal, 0, &space);
        if (node.times > 0)
            p->candidates[n++] = node;
        else if (node.required)
            return false;
    }
    p->n = n;
    return true;
}

/* Of each kind so many as the shares are of. */
static void count_units(struct placer *p, const struct job *like, int64_t shares)
{
    for (size_t i = 0; i < p->n; i++) {
        struct candidate *node = &p->candidates[i];

        node->also = node->take * (like->units[1].count / shares);
        node->take *= like->units[0].count / shares;
    }
}

static bool choose_equal(struct placer *p, const struct cluster *c,
                         const struct placement *at, const struct order *o,
                         struct room *room)
{
    const struct job *like = at->shape->like;
    struct order order = *o;
    struct job equal;
    struct unit share;

    if (!job_unite(like, &equal, &share))
        return false;
    order.items = order.enough = share.count;
    if (!count_shares(p, c, at, &equal) ||
        !(like->spread ? choose_spread(p, &order, room)
                       : choose_packed(p, &order, room)))
        return false;
    count_units(p, like, share.count);
    return true;
}

/* Equal shares may leave so much of each node unused that both kinds, each by itself,
 * lie on fewer: then they do. */
static void save_nodes(struct placer *p, const struct cluster *c,
                       const struct placement *at, const struct order *o,
                       const struct kept *all)
{
    struct kept equal = candidates_keep(p);
    struct order order = *o;
    struct room room;

    order.most = (int64_t)equal.n - 1;
    if (order.most < order.least || !choose_apart(p, c, at, &order, all, &room))
        candidates_take_back(p, equal.items, equal.n);
    free(equal.items);
}

bool choose_pair(struct placer *p, const struct cluster *c, const struct placement *at,
                 const struct order *o, struct room *room)
{
    struct kept all = candidates_keep(p);
    bool equal = choose_equal(p, c, at, o, room);
    bool fits = equal || choose_apart(p, c, at, o, &all, room);

    if (equal && !at->shape->like->spread)
        save_nodes(p, c, at, o, &all);
    free(all.items);
    return fits;
}

/*
 * Nodes of which features are counted: so many have one of them each, and each node
 * counts for one only.
 *
 * In segments the first ones that will do may be in more blocks than the job has
 * segments. Then they are taken block by block: that segment first which has most of
 * what is still lacking.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

/* Which candidate counts for which feature, while that is worked out. */
struct match {
    const struct placer *p;
    const struct placement *at;
    size_t first, end; /* the candidates that are looked at */
    size_t *owner;     /* of each candidate: the feature, or NOBODY */
    int64_t *lacking;  /* of each feature: candidates that are still to count for it */
    bool *seen;        /* features */
};
#define NOBODY SIZE_MAX

static bool match_one(struct match *m, size_t candidate);

/* One of those that count for the feature may do so for another one. */
static bool match_moves(struct match *m, size_t feature)
{
    for (size_t i = m->first; i < m->end; i++) {
        if (m->owner[i] == feature && match_one(m, i)) {
            m->lacking[feature]++;
            return true;
        }
    }
    return false;
}

/* Lets the candidate count for a feature that is not seen yet, if it can. */
static bool match_one(struct match *m, size_t candidate)
{
    const struct shape *shape = m->at->shape;
    size_t position = m->p->candidates[candidate].position;

    for (size_t f = 0; f < shape->like->n_counts; f++) {
        if (m->seen[f] || !node_set_has(shape->featured[f], position))
            continue;
        m->seen[f] = true;
        if (m->lacking[f] == 0 && !match_moves(m, f))
            continue;
        m->owner[candidate] = f;
        m->lacking[f]--;
        return true;
    }
    return false;
}

/* Of all candidates none counts for anything yet. */
static void match_reset(struct match *m)
{
    const struct job *like = m->at->shape->like;

    m->first = 0;
    m->end = m->p->n;
    for (size_t f = 0; f < like->n_counts; f++)
        m->lacking[f] = like->counts[f].count;
    for (size_t i = 0; i < m->end; i++)
        m->owner[i] = NOBODY;
}

static bool match_next(struct match *m, size_t candidate)
{
    memset(m->seen, 0, m->at->shape->like->n_counts * sizeof(*m->seen));
    return match_one(m, candidate);
}

/* One candidate after the other, those that the job would rather have first: none that
 * is left out could take the place of one behind it. Features that were seen in vain
 * are not looked at again until one more candidate counts. False: too few have one of
 * the features. */
static bool match_all(struct match *m, struct room *room)
{
    const struct job *like = m->at->shape->like;
    int64_t left = job_counted_nodes(like);

    match_reset(m);
    memset(m->seen, 0, like->n_counts * sizeof(*m->seen));
    for (size_t i = 0; i < m->end && left > 0; i++) {
        if (!match_one(m, i))
            continue;
        memset(m->seen, 0, like->n_counts * sizeof(*m->seen));
        left--;
    }
    for (size_t f = 0; f < like->n_counts && left > 0; f++) {
        if (m->lacking[f] == 0)
            continue;
        room->lacks = &like->counts[f];
        room->pods = like->counts[f].count - m->lacking[f];
        return false;
    }
    return true;
}

/* With those that count for its features as if they were in its node list. */
static bool choose_matched(const struct match *m, struct placer *p,
                           const struct cluster *c, const struct order *o,
                           struct room *room)
{
    struct order order = *o;
    int64_t required = 0;

    for (size_t i = 0; i < p->n; i++) {
        p->candidates[i].required |= m->owner[i] != NOBODY;
        required += p->candidates[i].required;
    }
    order.least = MAX(order.least, required);
    return choose_among(p, c, m->at, &order, room);
}

/* ---- block by block ---- */

/* Candidates of one block, in the order in which they are taken. */
struct stretch {
    size_t first, end;
    int64_t segments; /* that it still holds */
    bool listed;      /* has nodes of the job's list, of which none was looked at yet */
};

struct stretches {
    struct stretch *items;
    size_t n;
};

/* Puts the candidates in order of their blocks, and else as they are. */
static struct stretches stretches_find(struct placer *p, const struct cluster *c,
                                       const struct placement *at,
                                       const struct order *o)
{
    bool spread = at->shape->like->spread_segments;
    const struct topology_level *level = &c->topology.levels[o->level];
    struct stretches s = {xcalloc(level->n, sizeof(*s.items)), level->n};
    size_t *block = xmalloc(c->topology.n_leaves * sizeof(*block));
    struct kept all = candidates_keep(p);

    for (size_t i = 0; i < level->n; i++) {
        for (size_t leaf = level->groups[i].first; leaf < level->groups[i].end; leaf++)
            block[leaf] = i;
    }
    for (size_t i = 0; i < all.n; i++)
        s.items[block[c->topology.leaf[all.items[i].position]]].end++;
    for (size_t i = 1; i < s.n; i++)
        s.items[i].end += s.items[i - 1].end;
    for (size_t i = 0; i < s.n; i++)
        s.items[i].first = s.items[i].end;
    for (size_t i = all.n; i-- > 0;) {
        struct stretch *of = &s.items[block[c->topology.leaf[all.items[i].position]]];

        p->candidates[--of->first] = all.items[i];
        of->listed |= all.items[i].required;
    }
    for (size_t i = 0; i < s.n; i++) {
        s.items[i].segments = (int64_t)(s.items[i].end - s.items[i].first) / o->segment;
        if (spread)
            s.items[i].segments = MIN(s.items[i].segments, 1);
    }
    free(block);
    free(all.items);
    return s;
}

/* What a segment more of the block counts for: with what it has of the job's list the
 * first time. It counts on. */
static int64_t match_segment(struct match *m, const struct stretch *of, int64_t segment)
{
    int64_t taken = 0, counted = 0;

    m->first = of->first;
    m->end = of->end;
    for (size_t i = of->first; i < of->end && taken < segment; i++) {
        bool listed = m->p->candidates[i].required, counts;

        if (m->owner[i] != NOBODY || (listed && !of->listed))
            continue;
        counts = match_next(m, i);
        counted += counts;
        taken += counts || listed;
    }
    return counted;
}

/* The same, and takes it back. */
static int64_t try_segment(struct match *m, const struct stretch *of, int64_t segment)
{
    size_t n = of->end - of->first, n_counts = m->at->shape->like->n_counts;
    size_t *owner = xmalloc((n + 1) * sizeof(*owner));
    int64_t *lacking = xmalloc(n_counts * sizeof(*lacking)), counted;

    memcpy(owner, m->owner + of->first, n * sizeof(*owner));
    memcpy(lacking, m->lacking, n_counts * sizeof(*lacking));
    counted = match_segment(m, of, segment);
    memcpy(m->owner + of->first, owner, n * sizeof(*owner));
    memcpy(m->lacking, lacking, n_counts * sizeof(*lacking));
    free(owner);
    free(lacking);
    return counted;
}

/* Blocks with nodes of the job's list first. NULL: none has what is lacking. */
static struct stretch *best_stretch(struct match *m, const struct stretches *s,
                                    int64_t segment)
{
    struct stretch *best = NULL;
    int64_t most = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct stretch *of = &s->items[i];
        int64_t counted = of->segments > 0 ? try_segment(m, of, segment) : 0;

        if (counted > 0 && of->listed)
            return of;
        if (counted <= most)
            continue;
        best = of;
        most = counted;
    }
    return best;
}

static bool match_by_blocks(struct match *m, struct placer *p, const struct cluster *c,
                            const struct order *o)
{
    struct stretches s = stretches_find(p, c, m->at, o);
    int64_t left = job_counted_nodes(m->at->shape->like);
    struct stretch *best;

    match_reset(m);
    while (left > 0 && (best = best_stretch(m, &s, o->segment)) != NULL) {
        left -= match_segment(m, best, o->segment);
        best->segments--;
        best->listed = false;
    }
    free(s.items);
    return left == 0;
}

/* ---- those that count ---- */

/* The first ones, or those of the fewest segments. */
static bool choose_counting(struct match *m, struct placer *p, const struct cluster *c,
                            const struct order *o, struct room *room)
{
    struct kept all;
    bool fits;

    if (!match_all(m, room))
        return false;
    if (o->segment == 0 || m->at->shape->like->contiguous)
        return choose_matched(m, p, c, o, room);
    all = candidates_keep(p);
    fits = choose_matched(m, p, c, o, room);
    if (!fits) {
        candidates_take_back(p, all.items, all.n);
        fits = match_by_blocks(m, p, c, o) && choose_matched(m, p, c, o, room);
    }
    free(all.items);
    return fits;
}

bool choose_counted(struct placer *p, const struct cluster *c,
                    const struct placement *at, const struct order *o,
                    struct room *room)
{
    const struct job *like = at->shape->like;
    struct match m = {.p = p, .at = at};
    struct kept all;
    bool fits = false;

    if (like->n_counts == 0)
        return choose_among(p, c, at, o, room);
    all = candidates_keep(p);
    m.owner = xmalloc((p->n + 1) * sizeof(*m.owner));
    m.lacking = xmalloc(like->n_counts * sizeof(*m.lacking));
    m.seen = xmalloc(like->n_counts * sizeof(*m.seen));
    for (enum weight w = WEIGH_BOTH; w < WEIGHTS && !fits; w++) {
        candidates_take_back(p, all.items, all.n);
        choose_first(p, like, w);
        fits = choose_counting(&m, p, c, o, room);
        if (like->n_units < 2 || room->lacks != NULL)
            break;
    }
    free(m.owner);
    free(m.lacking);
    free(m.seen);
    free(all.items);
    return fits;
}

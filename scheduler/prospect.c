#include "scheduler/prospect.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"

/* Until then every job lasts that starts now, or later, and is not cut off. */
static int64_t shortest_end(const struct sched *s)
{
    return s->timeline.bounds[0] + book_length(0);
}

/* With its reservation. */
static bool is_cut_off(const struct sched *s, const struct seeker *by)
{
    return fence_end(by->fence, 0, TIME_NEVER) < shortest_end(s);
}

/* The nodes where a plan may give way that is there when all are gone, or where a short
 * job may be over before it; into s->own. */
static void mark_planned(struct sched *s, const struct herd *h,
                         const struct preempt_side *side)
{
    size_t now, early;

    timeline_span(&s->timeline, s->timeline.bounds[0], shortest_end(s), &now, &early);
    s->own = xrealloc(s->own, (s->timeline.words + 1) * sizeof(*s->own));
    memset(s->own, 0, s->timeline.words * sizeof(*s->own));
    for (size_t i = 0; i < s->lines.n; i++) {
        struct jobrec *rec = s->lines.recs[i];
        const struct claim *claim = &rec->claim;

        if (h->gone < claim->first || h->gone >= claim->last ||
            (claim->first < early && !herd_may_lift(s, h, side, rec)))
            continue;
        for (size_t k = 0; k < claim->n_positions; k++) {
            if (claim->positions[k] != CLAIM_NOWHERE)
                node_set_add(s->own, claim->positions[k]);
        }
    }
}

/* For one pod, when the shares of the herd are free as well. */
static bool has_room(const struct timeline *tl, const struct job *like,
                     const struct share *shares, size_t n, size_t position, size_t slot)
{
    const int64_t *row = timeline_row(tl, position, slot);
    int64_t seats = row[tl->n_res - 1];
    struct resvec free_ = {0};

    memcpy(free_.v, row, (size_t)(tl->n_res - 1) * sizeof(*row));
    for (size_t i = 0; i < n; i++)
        share_give(&shares[i], slot, &free_, &seats);
    return seats >= seats_needed(job_is_private(like) ? SEATS_ROW : 1) &&
           resvec_fits(&like->each, &free_);
}

/* What runs only ends, so that no slot has more room before all are gone, plans apart.
 */
static size_t count_nodes(struct sched *s, const struct herd *h,
                          const struct preempt_side *side, const struct seeker *by)
{
    const struct timeline *tl = &s->timeline;
    size_t next = 0, n_nodes = 0;

    mark_planned(s, h, side);
    for (size_t i = 0; i < tl->n_nodes; i++) {
        size_t n;
        const struct share *shares = shares_at(&h->shares, i, &next, &n);

        if (s->cluster.order[i]->usable && node_set_has(by->part->nodes, i) &&
            node_set_has(by->shape->ready, i))
            n_nodes += node_set_has(s->own, i) ||
                       has_room(tl, by->shape->like, shares, n, i, h->gone);
    }
    return n_nodes;
}

bool prospect_any(struct sched *s, const struct herd *herd,
                  const struct preempt_side *side, const struct jobrec *rec,
                  const struct seeker *by, struct fit *fit)
{
    const struct job *like = by->shape->like;
    bool by_node = like->one_per_node && like->n_units == 0;

    /* Each component asks for something else; and so do users who have nodes. */
    if (like->n_others > 0 || owner_has_for(by))
        return true;
    /* Its own plan is in the way of others of its shape, and not in its own. */
    if ((rec->claim.on && rec->claim.first <= herd->gone) || is_cut_off(s, by))
        return true;
    if (fit->herd != herd->number) {
        fit->herd = herd->number;
        fit->prospects = count_nodes(s, herd, side, by);
    }
    return fit->prospects >= (by_node ? (size_t)by->need : 1);
}

#include "scheduler/prospect.h"

#include <string.h>

#include "base/util.h"

/* When all of the herd are gone. What runs only ends, so that no slot before it has
 * more room, plans apart. */
static size_t all_gone(const struct herd *h)
{
    size_t slot = 0;

    for (size_t i = 0; i < h->n; i++)
        slot = MAX(slot, h->victims[i].from);
    return slot;
}

/* The nodes where somebody is planned then, into s->own. */
static void mark_planned(struct sched *s, size_t slot)
{
    s->own = xrealloc(s->own, (s->timeline.words + 1) * sizeof(*s->own));
    memset(s->own, 0, s->timeline.words * sizeof(*s->own));
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct claim *claim = &s->lines.items[i].rec->claim;

        if (slot < claim->first || slot >= claim->last)
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
    return seats >= (like->exclusive ? SEATS : 1) && resvec_fits(&like->each, &free_);
}

static size_t count_nodes(struct sched *s, const struct herd *h,
                          const struct seeker *by)
{
    const struct timeline *tl = &s->timeline;
    size_t slot = all_gone(h), next = 0, n_nodes = 0;

    mark_planned(s, slot);
    for (size_t i = 0; i < tl->n_nodes; i++) {
        size_t n;
        const struct share *shares = shares_at(&h->shares, i, &next, &n);

        if (s->cluster.order[i]->usable && node_set_has(by->part->nodes, i) &&
            node_set_has(by->shape->admits, i))
            n_nodes += node_set_has(s->own, i) ||
                       has_room(tl, by->shape->like, shares, n, i, slot);
    }
    return n_nodes;
}

bool prospect_any(struct sched *s, const struct herd *herd, const struct seeker *by,
                  struct fit *fit)
{
    const struct job *like = by->shape->like;
    bool by_node = like->one_per_node && like->n_units == 0;

    if (like->n_others > 0) /* each of them asks for something else */
        return true;
    if (fit->herd != herd->number) {
        fit->herd = herd->number;
        fit->prospects = count_nodes(s, herd, by);
    }
    return fit->prospects >= (by_node ? (size_t)by->need : 1);
}

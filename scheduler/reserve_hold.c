/* What reservations hold of nodes that they do not have whole (portion.h). */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/portion.h"
#include "scheduler/reserve_private.h"

void reserve_want_columns(struct sched *s)
{
    const struct reserve *r = &s->reserve;
    uint32_t kinds = 0;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        if (reservation_is_partial(r->recs[i].resv))
            kinds |= portion_kinds(&s->cluster, r->recs[i].resv);
    }
    portion_want(&s->cluster, kinds);
}

/* ---- lots ---- */

struct lot reserve_lot(const struct sched *s, const char *name)
{
    const struct resvrec *rec;

    if (name == NULL || s->cluster.portions.kinds == 0)
        return LOT_NONE;
    rec = reserve_own(s, name);
    return rec != NULL ? rec->lot : LOT_NONE;
}

struct lot reserve_lot_on(const struct sched *s, const char *name, size_t position)
{
    const struct lot lot = reserve_lot(s, name);
    const struct resvrec *rec = lot.number > 0 ? reserve_own(s, name) : NULL;

    return rec == NULL || rec->resv->flex || node_set_has(rec->nodes, position)
               ? lot
               : LOT_NONE;
}

/* The first that none before it has on one of its nodes, nor with FLEX; 0: there is
 * none left. */
static int free_lot(const struct sched *s, size_t at)
{
    const struct reserve *r = &s->reserve;
    const bool flex = r->recs[at].resv->flex;
    uint32_t taken = 0;

    for (size_t i = 0; i < at; i++) {
        const struct resvrec *before = &r->recs[i];

        if (flex && before->resv->flex && before->lot.number > 0)
            return 0; /* both together might have what a third one holds */
        if (flex || before->resv->flex || reserve_share_nodes(s, before, &r->recs[at]))
            taken |= UINT32_C(1) << before->lot.number;
    }
    for (int lot = 1; lot <= s->cluster.portions.n_lots; lot++) {
        if ((taken >> lot & 1) == 0)
            return lot;
    }
    return 0;
}

void reserve_give_lots(struct sched *s)
{
    struct reserve *r = &s->reserve;
    uint32_t flex = 0;

    for (size_t i = 0; i < r->n; i++) {
        struct resvrec *rec = &r->recs[i];

        rec->lot = LOT_NONE;
        if (i >= RESV_MAX || !reservation_is_partial(rec->resv))
            continue;
        rec->lot.number = free_lot(s, i);
        if (rec->lot.number > 0)
            rec->lot.kinds =
                portion_kinds(&s->cluster, rec->resv) & s->cluster.portions.kinds;
        if (rec->lot.number > 0 && rec->resv->flex)
            flex |= UINT32_C(1) << rec->lot.number;
    }
    portion_set_flex(&s->cluster, flex);
}

/* ---- on the timeline ---- */

static void add_span(struct resvrec *rec, size_t first, size_t last)
{
    if (rec->n_spans > 0 && rec->spans[rec->n_spans - 1].last >= first) {
        rec->spans[rec->n_spans - 1].last =
            MAX(rec->spans[rec->n_spans - 1].last, last);
        return;
    }
    GROW(rec->spans, rec->n_spans, rec->spans_cap);
    rec->spans[rec->n_spans++] = (struct held_span){first, last};
}

/* As fences have it: a while longer, as far as others are planned. */
static void find_spans(const struct sched *s, struct resvrec *rec, int64_t now_sec)
{
    const struct timeline *tl = &s->timeline;
    int64_t start, end, at = now_sec;
    size_t first, last = 0;

    rec->n_spans = 0;
    while (rec->lot.number > 0 && last < tl->n_slots &&
           reservation_occurrence(rec->resv, at, &start, &end)) {
        timeline_span(tl, MAX(start, now_sec), timeline_end(end, FENCE_TAIL_SEC),
                      &first, &last);
        add_span(rec, first, last);
        at = end;
    }
}

/* So that no job has the node alone meanwhile it has a seat, too. */
static void hold_of(struct sched *s, const struct resvrec *rec,
                    const struct resvec *held, const struct noderec *node)
{
    struct timeline *tl = &s->timeline;
    struct use use = {
        .position = node->position,
        .amount = portion_rest(&s->cluster, rec->lot, held, &node->room),
    };

    timeline_take(tl, &use, 1, 0, tl->n_slots);
    use.amount = portion_open(&s->cluster, rec->lot, held);
    use.seats = 1;
    for (size_t i = 0; i < rec->n_spans; i++)
        timeline_take(tl, &use, 1, rec->spans[i].first, rec->spans[i].last);
}

/* The first slot behind those in which its jobs have too much of a node: they run, so
 * these are the first ones. */
static size_t hold_excess_of(struct sched *s, const struct resvrec *rec,
                             const struct noderec *node)
{
    struct timeline *tl = &s->timeline;
    size_t slot = 0;

    for (; slot < tl->n_slots; slot++) {
        struct use use = {.position = node->position};
        struct resvec least, excess;

        timeline_least(tl, node->position, slot, slot + 1, &least);
        if (!portion_lacks(&s->cluster, rec->lot, &least, &excess))
            break;
        use.amount = portion_open(&s->cluster, rec->lot, &excess);
        timeline_take(tl, &use, 1, slot, slot + 1);
    }
    return slot;
}

void reserve_hold_excess(struct sched *s)
{
    struct reserve *r = &s->reserve;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        struct resvrec *rec = &r->recs[i];

        rec->overfull = false;
        for (size_t k = 0; k < rec->resv->n_chosen && rec->lot.number > 0; k++) {
            const struct noderec *node =
                cluster_node(&s->cluster, rec->resv->chosen[k]);

            if (node != NULL && node->position != POSITION_NONE && node->usable)
                rec->overfull |= hold_excess_of(s, rec, node) > 0;
        }
    }
}

bool reserve_is_overfull(const struct sched *s, const char *name)
{
    const struct resvrec *rec = name != NULL ? reserve_own(s, name) : NULL;

    return rec != NULL && rec->overfull;
}

void reserve_hold(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        struct resvrec *rec = &r->recs[i];
        const struct reservation *resv = rec->resv;

        find_spans(s, rec, now_sec);
        for (size_t k = 0; k < resv->n_chosen && rec->lot.number > 0; k++) {
            const struct resvec held = portion_of(&s->cluster, resv, resv->n_chosen, k);
            const struct noderec *node = cluster_node(&s->cluster, resv->chosen[k]);

            if (node != NULL && node->position != POSITION_NONE && node->usable)
                hold_of(s, rec, &held, node);
        }
    }
}

/* Those of before, where their slots are now. */
static bool are_placed(const struct timeline *tl, const struct resvrec *rec,
                       const struct held_span *before, size_t n)
{
    bool same = rec->n_spans == n;

    for (size_t i = 0; i < n && same; i++)
        same = rec->spans[i].first == timeline_place(tl, before[i].first) &&
               rec->spans[i].last == timeline_place(tl, before[i].last);
    return same;
}

bool reserve_holds_on(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;
    bool same = true;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX) && same; i++) {
        struct resvrec *rec = &r->recs[i];
        AUTO_FREE struct held_span *before = rec->spans;
        size_t n = rec->n_spans;

        rec->spans = NULL;
        rec->n_spans = rec->spans_cap = 0;
        find_spans(s, rec, now_sec);
        same = are_placed(&s->timeline, rec, before, n);
    }
    return same;
}

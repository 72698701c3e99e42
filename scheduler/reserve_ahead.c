/*
 * What reservations of cores or TRES that are still to come keep from a job: they are
 * on the timeline like jobs (reserve_hold.c), and no fence shuts their nodes to it.
 */
#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/portion.h"
#include "scheduler/reserve_private.h"

/* What it takes of what is open on the i-th of its nodes. */
static struct resvec open_held(const struct sched *s, const struct resvrec *rec,
                               size_t i)
{
    const struct resvec held =
        portion_of(&s->cluster, rec->resv, rec->resv->n_chosen, i);

    return portion_open(&s->cluster, rec->lot, &held);
}

/* Has a pod no room beside what is held, whoever else is there? */
static bool is_barred(const struct seeker *by, const struct noderec *node,
                      const struct resvec *held)
{
    struct resvec left = node->room;

    resvec_sub(&left, &node->foreign);
    resvec_sub(&left, held);
    return job_is_private(by->shape->like) ||
           !resvec_fits(&by->shape->like->each, &left);
}

/* With that beside what is free; its own plan is not in its way. */
static bool has_room(const struct seeker *by, size_t position, size_t first,
                     size_t last, const struct resvec *beside)
{
    struct resvec least;

    if (by->own != NULL && node_set_has(by->own, position))
        last = MIN(last, by->own_from);
    if (first >= last)
        return true;
    timeline_least(by->timeline, position, first, last, &least);
    if (beside != NULL)
        resvec_add(&least, beside);
    return resvec_fits(&by->shape->like->each, &least);
}

/* Has it room throughout but for what is held? */
static bool is_kept(const struct resvrec *rec, const struct seeker *by, size_t position,
                    size_t last, const struct resvec *held)
{
    size_t at = 0;

    if (has_room(by, position, 0, last, NULL))
        return false;
    for (size_t i = 0; i < rec->n_spans && rec->spans[i].first < last; i++) {
        const struct held_span *span = &rec->spans[i];

        if (!has_room(by, position, at, span->first, NULL) ||
            !has_room(by, position, span->first, MIN(span->last, last), held))
            return false;
        at = span->last;
    }
    return has_room(by, position, at, last, NULL);
}

/* Of the i-th of its nodes. */
static bool lacks_room(const struct sched *s, const struct resvrec *rec,
                       const struct seeker *by, size_t i, size_t last)
{
    const struct noderec *node = cluster_node(&s->cluster, rec->resv->chosen[i]);
    const struct resvec held = open_held(s, rec, i);

    return is_barred(by, node, &held) || is_kept(rec, by, node->position, last, &held);
}

size_t reserve_bars_ahead(const struct sched *s, const struct resvrec *rec,
                          const struct seeker *by, size_t last, const uint64_t *among,
                          node_set off)
{
    const struct reservation *resv = rec->resv;
    size_t n = 0;

    if (rec->lot.number == 0 || rec->n_spans == 0 || rec->spans[0].first == 0 ||
        rec->spans[0].first >= last)
        return 0;
    for (size_t i = 0; i < resv->n_chosen; i++) {
        const struct noderec *node = cluster_node(&s->cluster, resv->chosen[i]);

        if (node == NULL || node->position == POSITION_NONE ||
            !node_set_has(among, node->position) || !lacks_room(s, rec, by, i, last))
            continue;
        if (off != NULL)
            off[node->position / 64] &= ~(UINT64_C(1) << (node->position % 64));
        n++;
    }
    return n;
}

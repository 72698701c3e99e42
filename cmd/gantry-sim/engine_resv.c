/* Which nodes reservations have: named ones for ever, chosen ones as the core says; and
 * when they go. */
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"

static void keep(struct engine *e, size_t resv, const char *name, int64_t now_sec)
{
    const int64_t node = ledger_find(e->ledger, name);
    if (node >= 0)
        history_keep(e->history, resv, (size_t)node, now_sec);
}

static const struct partition *part_of(const struct engine *e,
                                       const struct reservation *r)
{
    return r->partition ? sched_partition(e->sched, r->partition) : NULL;
}

static void keep_all(struct engine *e, size_t resv, int64_t now_sec)
{
    const struct pool *p = e->in->pool;
    const struct reservation *r = p->reservations[resv];
    const struct partition *part = part_of(e, r);
    for (size_t i = 0; i < p->n; i++)
        if (!r->partition || (part && partition_has_node(part, p->nodes[i])))
            history_keep(e->history, resv, i, now_sec);
}

void engine_reserve(struct engine *e, int64_t now_sec)
{
    const struct pool *p = e->in->pool;
    e->chosen = xcalloc(p->n_reservations + 1, sizeof(*e->chosen));
    e->idle_sec = xcalloc(p->n_reservations + 1, sizeof(*e->idle_sec));
    for (size_t i = 0; i < p->n_reservations; i++) {
        const struct reservation *r = p->reservations[i];
        e->idle_sec[i] = TIME_UNSET;
        for (size_t k = 0; k < r->n_node_names && !reservation_chooses(r); k++)
            keep(e, i, r->node_names[k], now_sec);
        if (r->all_nodes)
            keep_all(e, i, now_sec);
    }
}

static void note_choice(struct engine *e, size_t resv, const struct reservation *r,
                        int64_t now_sec)
{
    struct choice_of *had = &e->chosen[resv];
    if (names_equal(had->nodes, had->n, r->chosen, r->n_chosen))
        return;
    for (size_t i = 0; i < had->n; i++)
        if (!names_have(r->chosen, r->n_chosen, had->nodes[i]))
            history_release(e->history, resv,
                            (size_t)ledger_find(e->ledger, had->nodes[i]), now_sec);
    for (size_t i = 0; i < r->n_chosen; i++)
        if (!names_have(had->nodes, had->n, r->chosen[i]))
            keep(e, resv, r->chosen[i], now_sec);
    names_free(had->nodes, had->n);
    had->nodes = names_copy(r->chosen, r->n_chosen);
    had->n = r->n_chosen;
}

static void note_idle(struct engine *e, size_t resv, int64_t now_sec)
{
    const char *name = e->in->pool->reservations[resv]->name;
    if (!sched_reservation_idle(e->sched, name, now_sec))
        e->idle_sec[resv] = TIME_UNSET;
    else if (e->idle_sec[resv] == TIME_UNSET)
        e->idle_sec[resv] = now_sec;
}

void engine_note_reservations(struct engine *e, int64_t now_sec)
{
    const struct pool *p = e->in->pool;
    for (size_t i = 0; i < p->n_reservations; i++) {
        const struct reservation *r =
            sched_reservation(e->sched, p->reservations[i]->name);
        if (r && reservation_chooses(r))
            note_choice(e, i, r, now_sec);
        if (r && r->purge_sec != LIMIT_UNSET)
            note_idle(e, i, now_sec);
    }
}

/* ---- PURGE_COMP ---- */

/* INT64_MAX: it stays, as things stand. */
static int64_t goes_sec(const struct engine *e, size_t resv)
{
    return e->idle_sec[resv] == TIME_UNSET
               ? INT64_MAX
               : e->idle_sec[resv] + e->in->pool->reservations[resv]->purge_sec;
}

static void purge(struct engine *e, size_t resv, int64_t now_sec)
{
    const char *name = e->in->pool->reservations[resv]->name;
    history_release_all(e->history, resv, now_sec);
    e->idle_sec[resv] = TIME_UNSET;
    sched_apply(e->sched,
                &(struct change){.kind = CHANGE_RESERVATION_GONE, .u.key = name});
}

void engine_purge(struct engine *e, int64_t now_sec)
{
    const struct pool *p = e->in->pool;
    for (size_t i = 0; i < p->n_reservations; i++)
        if (goes_sec(e, i) <= now_sec &&
            sched_reservation_idle(e->sched, p->reservations[i]->name, now_sec))
            purge(e, i, now_sec);
}

int64_t engine_next_purge(const struct engine *e)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < e->in->pool->n_reservations; i++)
        next = MIN(next, goes_sec(e, i));
    return next;
}

int64_t engine_next_idle(const struct engine *e, int64_t now_sec)
{
    const struct pool *p = e->in->pool;
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < p->n_reservations; i++) {
        const struct reservation *r = p->reservations[i];
        if (r->purge_sec != LIMIT_UNSET && r->start_sec > now_sec)
            next = MIN(next, r->start_sec);
    }
    return next;
}

void engine_forget_reservations(struct engine *e)
{
    for (size_t i = 0; i < e->in->pool->n_reservations; i++)
        names_free(e->chosen[i].nodes, e->chosen[i].n);
    free(e->chosen);
    free(e->idle_sec);
}

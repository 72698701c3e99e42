/*
 * The slots of a gang: what each node that was chosen gets, in rank order; and where
 * the last pod of a shape went, for the next one.
 */
#include "scheduler/placement_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/quota.h"

static void add_units(const struct unit *unit, int64_t n, struct slot *slot)
{
    slot->tasks += (n - 1) * unit->tasks;
    resvec_add_times(&slot->each, &unit->each, n - 1);
}

/* The pod, or pods, of a node. */
static struct slot slot_of(const struct job *like, const struct candidate *node)
{
    struct slot slot = {.pods = node->take, .each = like->each, .tasks = like->tasks};

    if (like->n_units == 0)
        return slot;
    slot.pods = 1;
    add_units(&like->units[0], node->take, &slot);
    if (like->n_units > 1)
        add_units(&like->units[1], node->also, &slot);
    return slot;
}

static void size_to(struct placer *p, size_t n)
{
    if (n <= p->slots_cap)
        return;
    p->slots_cap = n + n / 2;
    p->slots = xrealloc(p->slots, p->slots_cap * sizeof(*p->slots));
}

static const struct slot *slots_of(struct placer *p, const struct cluster *c,
                                   const struct job *like, size_t *ret_n)
{
    struct slot *slots;
    int64_t rank = 0;

    size_to(p, p->n);
    slots = p->slots;
    candidates_sort(p->candidates, p->n, candidate_compare_places);
    for (size_t i = 0; i < p->n; i++) {
        slots[i] = slot_of(like, &p->candidates[i]);
        slots[i].cpu_milli = oversubscribe_counts(like, &slots[i].each);
        quota_drop(c, &slots[i].each);
        slots[i].node = c->order[p->candidates[i].position]->name;
        slots[i].first_rank = rank;
        rank += slots[i].pods;
    }
    *ret_n = p->n;
    return slots_new(slots, p->n);
}

/* A job of one pod goes where the last one of its shape went, if nothing else happened
 * since and there is room: that node's rank by best fit was first and has only
 * improved, unless it costs more now. In a shorter window more nodes may be open
 * throughout, and a longer one ends where others may be fuller. */
static bool again_fits(struct placer *p, const struct cluster *c,
                       const struct placement *at, const struct fit *fit)
{
    size_t position = fit->last_position;

    if (fit->last_mutation != at->timeline->mutation ||
        (at->asked != NULL && fit->last_prices != at->asked->gen) ||
        fit->last_fence != at->fence || fit->last_slot != at->window->first ||
        at->window->last != fit->last_end || at->window->over_sec != fit->last_over ||
        !node_set_has(at->window->nodes, position))
        return false;
    p->n = 0;
    p->pod = asked_beside(c, at->shape->like->each.v, RES_MAX);
    candidate_add(p, c, at, position, false);
    if (p->n == 0 || p->candidates[0].cost > fit->last_cost)
        return false;
    p->candidates[0].take = 1;
    return true;
}

/* Nodes side by side: are there so many at all? Far cheaper than to judge each. */
static bool has_row(const struct cluster *c, const struct placement *at, int64_t enough)
{
    int64_t run = 0;

    for (size_t word = 0; word < c->words && run < enough; word++) {
        uint64_t set = placement_allowed_word(at, word);

        for (int i = 0; i < 64 && run < enough;) {
            uint64_t rest = ~(set >> i); /* what is shifted in is no node */
            int ones = rest == 0 ? 64 : __builtin_ctzll(rest);

            run += ones;
            i += ones;
            if (i == 64 || run >= enough)
                break;
            run = 0;
            i += set >> i == 0 ? 64 : __builtin_ctzll(set >> i);
        }
    }
    return run >= enough;
}

const struct slot *placement_find(struct placer *p, const struct cluster *c,
                                  const struct placement *at, size_t *ret_n)
{
    const struct job *like = at->shape->like;
    struct fit *fit = shape_fit(at->shape, at->part);
    /* Where it went is the best place again; of the least loaded nodes it is not. */
    bool single = like->max_pods == 1 && like->n_units == 0 && at->company == NULL &&
                  at->rather == NULL && at->home == NULL &&
                  !placement_has_rules(like) && !at->part->part->lln;
    struct room room;

    if (like->contiguous && !has_row(c, at, placement_min_nodes(like, at->part->part)))
        return NULL;
    if (!(single && again_fits(p, c, at, fit)) && !placement_choose(p, c, at, &room))
        return NULL;
    if (single) {
        /* Valid once the caller has taken the one slot: one mutation further. */
        fit->last_position = p->candidates[0].position;
        fit->last_cost = p->candidates[0].cost;
        fit->last_prices = at->asked != NULL ? at->asked->gen : 0;
        fit->last_slot = at->window->first;
        fit->last_fence = at->fence;
        fit->last_end = at->window->last;
        fit->last_over = at->window->over_sec;
        fit->last_mutation = at->timeline->mutation + 1;
    }
    return slots_of(p, c, like, ret_n);
}

/* A pod has one unit of each kind; the others are divided among them. */
bool placement_is_asked(const struct cluster *c, const struct job *like,
                        const struct slot *slots, size_t n)
{
    struct resvec has = {{0}}, asks = {{0}};
    int64_t pods = 0;

    for (size_t i = 0; i < n; i++) {
        resvec_add_times(&has, &slots[i].each, slots[i].pods);
        pods += slots[i].pods;
    }
    resvec_add_times(&asks, &like->each, pods);
    for (size_t i = 0; i < like->n_units; i++)
        resvec_add_times(&asks, &like->units[i].each, like->units[i].count - pods);
    quota_drop(c, &has);
    quota_drop(c, &asks);
    return memcmp(&has, &asks, sizeof(has)) == 0;
}

void placement_forget(const struct placement *at)
{
    shape_fit(at->shape, at->part)->last_mutation = 0;
}

void placement_positions(const struct placer *p, uint32_t *ret)
{
    for (size_t i = 0; i < p->n; i++)
        ret[i] = (uint32_t)p->candidates[i].position;
}

void placement_mark(const struct placer *p, node_set set)
{
    for (size_t i = 0; i < p->n; i++)
        node_set_add(set, p->candidates[i].position);
}

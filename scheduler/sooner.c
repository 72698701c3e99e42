#include "scheduler/sooner.h"

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/trial.h"

/* ---- a shorter limit ---- */

/* Limits up to `below_sec` are told in steps. */
static const struct step {
    int64_t below_sec, step_sec;
} steps[] = {
    {2 * 3600, 5 * 60}, {12 * 3600, 15 * 60}, {2 * 86400, 3600}, {INT64_MAX, 6 * 3600}};

static int64_t step_at(int64_t limit_sec)
{
    const struct step *step = steps;

    while (limit_sec >= step->below_sec)
        step++;
    return step->step_sec;
}

/* Of those that are told between two such limits, about the middle one; the upper one:
 * there is none. */
static int64_t between(int64_t low_sec, int64_t high_sec)
{
    const int64_t middle_sec = low_sec + (high_sec - low_sec) / 2;
    const int64_t told_sec = middle_sec - middle_sec % step_at(middle_sec);

    return MIN(MAX(told_sec, low_sec + step_at(low_sec)), high_sec);
}

/* Would it start now with that limit? */
static bool fits_with(struct sched *s, const struct entry *entry,
                      const struct seeker *by, int64_t limit_sec)
{
    struct seeker shorter = *by;
    const struct slot *slots;
    bool fits;
    size_t n;

    shorter.limit_sec = book_length(limit_sec);
    shorter.fence = reserve_fence_within(s, entry->rec->job, entry->resv, limit_sec);
    slots = trial_find_place(s, entry, &shorter, 1, &n);
    if (slots == NULL)
        return false;
    fits = trial_may_have(s, entry, &shorter, slots, n);
    slots_unref(slots);
    return fits;
}

/* Behind the window nothing is known. */
static int64_t find_limit(struct sched *s, const struct entry *entry,
                          const struct seeker *by)
{
    const struct timeline *tl = &s->timeline;
    const int64_t known_sec = tl->bounds[tl->n_slots - 1] - tl->bounds[0];
    int64_t low_sec = 0, limit_sec = steps[0].step_sec,
            high_sec = MIN(by->limit_sec, known_sec) - book_length(0);

    while (limit_sec < high_sec) {
        if (fits_with(s, entry, by, limit_sec))
            low_sec = limit_sec;
        else
            high_sec = limit_sec;
        limit_sec = between(low_sec, high_sec);
    }
    return low_sec;
}

/* ---- fewer nodes ---- */

/* Where gangs stay in one block it matters which. */
static bool takes_any(const struct sched *s, const struct job *like)
{
    return s->cluster.topology.kind != TOPOLOGY_BLOCK && like->one_per_node &&
           like->n_units == 0 && like->n_others == 0 && !like->contiguous &&
           like->segment == 0 && like->n_counts == 0 && like->n_node_list == 0 &&
           like->n_same == 0 && like->most_switches == 0;
}

/* Some QOS ask for so much at least. */
static bool may_have(struct sched *s, const struct entry *entry, int64_t n)
{
    struct job fewer = *entry->rec->job;

    fewer.min_pods = fewer.max_pods = n;
    str_reset(&s->message);
    return allowance_check_tres(s, &fewer, entry->part->part, NULL, 0, &s->message) ==
           REASON_NONE;
}

/* Nodes are not all: there are licences, limits, tasks of its array. */
static bool fits_on(struct sched *s, const struct seeker *by, int64_t n)
{
    struct seeker fewer = *by;

    fewer.need = n;
    return window_find(&s->window, &fewer, 0, 1);
}

/* The nodes of the window, a pod on each. */
static void fill_slots(const struct sched *s, const struct job *like,
                       struct slot *slots, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < s->cluster.n_order && k < n; i++) {
        if (node_set_has(s->window.nodes, i))
            slots[k++] = (struct slot){
                .node = s->cluster.order[i]->name, .pods = 1, .each = like->each};
    }
}

/* They are all that are open: some limits count which they are. Off the timeline, as
 * its plan counts by them as well. */
static bool may_have_these(struct sched *s, const struct entry *entry,
                           const struct seeker *by, size_t n)
{
    AUTO_FREE struct slot *slots = NULL;
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed, may;

    if (!s->held.any)
        return true;
    slots = xcalloc(n + 1, sizeof(*slots));
    fill_slots(s, by->shape->like, slots, n);
    book_strike(s, entry->rec);
    may = trial_may_have(s, entry, by, slots, n);
    book_enter(s, entry->rec);
    s->freed = freed;
    s->grown_sec = grown_sec;
    return may;
}

/* Its own count as open from its start on. */
static int64_t find_nodes(struct sched *s, const struct entry *entry,
                          const struct seeker *hopeful)
{
    int64_t n;

    if (!takes_any(s, hopeful->shape->like) || hopeful->need < 2)
        return 0;
    window_set(&s->window, hopeful, 0);
    n = window_count(&s->window, hopeful);
    if (n == 0 || n >= hopeful->need || n < hopeful->part->part->min_nodes)
        return 0;
    if (!may_have(s, entry, n) || !fits_on(s, hopeful, n))
        return 0;
    return may_have_these(s, entry, hopeful, (size_t)n) ? n : 0;
}

/* ---- whose end ---- */

static bool is_on_own(const struct sched *s, const struct claim *claim)
{
    for (size_t i = 0; i < claim->n_positions; i++) {
        uint32_t position = claim->positions[i];

        if (position != CLAIM_NOWHERE && node_set_has(s->own, position))
            return true;
    }
    return false;
}

/* s->own has the nodes of its plan. */
static int64_t find_last_end(const struct sched *s, const struct claim *plan)
{
    const struct jobrec *last = NULL;

    for (size_t i = 0; i < s->n_holding; i++) {
        const struct jobrec *rec = s->holding[i];
        const struct claim *claim = &rec->claim;

        if (rec->job_id == 0 || claim->last > plan->first || !is_on_own(s, claim))
            continue;
        if (last == NULL || claim->end_sec > last->claim.end_sec ||
            (claim->end_sec == last->claim.end_sec && rec->job_id < last->job_id))
            last = rec;
    }
    return last != NULL ? last->job_id : 0;
}

/* ---- all of it ---- */

struct sooner sooner_find(struct sched *s, const struct entry *entry,
                          const struct seeker *by)
{
    const struct jobrec *rec = entry->rec;
    struct sooner sooner = {.limit_sec = find_limit(s, entry, by)};
    struct seeker hopeful = trial_hopeful(s, rec, by);

    sooner.nodes = find_nodes(s, entry, &hopeful);
    if (rec->claim.on && rec->claim.planned)
        sooner.frees = find_last_end(s, &rec->claim);
    return sooner;
}

struct sooner sooner_best(struct sooner a, struct sooner b)
{
    return (struct sooner){.limit_sec = MAX(a.limit_sec, b.limit_sec),
                           .nodes = MAX(a.nodes, b.nodes),
                           .frees = a.frees != 0 ? a.frees : b.frees};
}

bool sooner_equal(const struct sooner *a, const struct sooner *b)
{
    return a->limit_sec == b->limit_sec && a->nodes == b->nodes && a->frees == b->frees;
}

#include "tests/support/plain_limits.h"

#include <stdlib.h>

#include "base/util.h"
#include "tests/support/plain_plan_private.h"

/* Behind the last slot stands what is held now. */
static struct plain_level *level_at(const struct plain_plan *p, size_t slot, size_t i)
{
    return &p->levels[slot * PLAIN_LIMITS + i];
}

/* How many jobs use each node. */
static int *uses_at(const struct plain_plan *p, size_t slot, size_t i)
{
    return &p->uses[(slot * PLAIN_LIMITS + i) * p->n_nodes];
}

void plain_limits_init(struct plain_plan *p)
{
    const size_t n = (p->grid.n_slots + 1) * PLAIN_LIMITS;

    p->levels = xcalloc(n, sizeof(*p->levels));
    p->uses = xcalloc(n * p->n_nodes + 1, sizeof(*p->uses));
    for (size_t i = 0; i < PLAIN_LIMITS; i++)
        p->limits[i] = (struct plain_limit){
            PLAIN_SUM, PLAIN_OF_JOBS, {INT64_MAX, INT64_MAX, INT64_MAX}};
}

void plain_limits_fini(struct plain_plan *p)
{
    free(p->levels);
    free(p->uses);
}

void plain_limits_set(struct plain_plan *p, size_t number,
                      const struct plain_limit *limit)
{
    p->limits[number] = *limit;
}

/* ---- what a component counts for ---- */

/* On one node: who has it alone has all but its memory. */
static int64_t on_node(const struct plain_plan *p, const struct plain_job *one,
                       const struct plain_limit *limit, size_t node)
{
    int64_t each = one->each.v[limit->of];

    return one->exclusive && limit->of != RES_MEM
               ? MAX(each, p->capacity[node].v[limit->of])
               : each;
}

/* `nodes` NULL: what it asks for at least. */
static int64_t amount_of(const struct plain_plan *p, const struct plain_job *one,
                         const struct plain_limit *limit, const size_t *nodes, size_t n)
{
    int64_t sum = 0;

    if (limit->of == PLAIN_OF_JOBS)
        return 1;
    if (limit->of == PLAIN_OF_NODES)
        return (int64_t)(nodes != NULL ? n : one->min);
    if (nodes == NULL)
        return one->each.v[limit->of] * (int64_t)one->min;
    for (size_t i = 0; i < n; i++)
        sum += on_node(p, one, limit, nodes[i]);
    return sum;
}

/* Of an amount over time; of one without end nothing is known. */
static __int128 factored(__int128 amount, int64_t factor)
{
    if (amount >= INT64_MAX)
        return factor > 0 ? INT64_MAX : 0;
    return MIN(amount * factor / 1000, (__int128)INT64_MAX);
}

/* As it asks for it, or as others beside its plan reckon with it. */
static __int128 need_of(const struct plain_plan *p, const struct plain_job *one,
                        const struct plain_limit *limit, const size_t *nodes, size_t n,
                        bool plans)
{
    const __int128 amount = amount_of(p, one, limit, nodes, n);
    const struct plain_counts *counts = &one->counts;

    if (limit->kind != PLAIN_LEFT)
        return amount;
    return factored(amount * one->own_sec,
                    plans ? MAX(counts->asks, counts->runs) : counts->asks);
}

static bool is_free(const struct plain_plan *p, const struct plain_job *one, size_t i)
{
    return p->limits[i].kind == PLAIN_LEFT && one->counts.runs == 0;
}

/* All components that count for it together, or each by itself who is free; `place`
 * NULL: at least. */
static __int128 need_together(const struct plain_plan *p, const struct plain_job *job,
                              size_t i, const struct plain_place *place, bool plans)
{
    const size_t *nodes = place != NULL ? place->nodes : NULL;
    __int128 sum = 0;

    for (size_t c = 0; c <= job->n_others; c++) {
        const struct plain_job *one = plain_component(job, c);
        const size_t n = place != NULL ? place->of[c] : 0;
        __int128 need = 0;

        if (one->counts.for_[i])
            need = need_of(p, one, &p->limits[i], nodes, n, plans);
        sum = is_free(p, one, i) ? MAX(sum, need) : sum + need;
        if (nodes != NULL)
            nodes += n;
    }
    return MIN(sum, (__int128)INT64_MAX);
}

static bool counts_for(const struct plain_job *job, size_t i)
{
    bool counts = false;

    for (size_t c = 0; c <= job->n_others; c++)
        counts |= plain_component(job, c)->counts.for_[i];
    return counts;
}

/* That of the component which has the least. */
static enum plain_term term_of(const struct plain_job *job, size_t i)
{
    enum plain_term term = PLAIN_ANY;

    for (size_t c = 0; c <= job->n_others; c++) {
        const struct plain_counts *counts = &plain_component(job, c)->counts;

        if (counts->for_[i])
            term = MIN(term, counts->terms[i]);
    }
    return term;
}

/* ---- counting ---- */

static void use_nodes(struct plain_plan *p, size_t slot, size_t i, const size_t *nodes,
                      size_t n, int sign)
{
    for (size_t k = 0; k < n; k++)
        uses_at(p, slot, i)[nodes[k]] += sign;
}

/* A component with its part of a place. */
struct part {
    const struct plain_job *one;
    const size_t *nodes;
    size_t n, first, last;
    int64_t due_sec, end_sec; /* of one that has started; else TIME_UNSET */
};

static struct part part_of(const struct plain_job *job, const struct plain_place *place,
                           size_t c)
{
    struct part part = {.one = plain_component(job, c),
                        .nodes = place->nodes,
                        .n = place->of[c],
                        .first = place->first,
                        .last = c == 0 ? place->last : place->lasts[c],
                        .due_sec = TIME_UNSET,
                        .end_sec = TIME_UNSET};

    for (size_t i = 0; i < c; i++)
        part.nodes += place->of[i];
    if (place->started) {
        part.due_sec = place->due_sec[c];
        part.end_sec = place->end_sec[c];
    }
    return part;
}

/* In one slot, or of what is held now. */
static void add_held(struct plain_plan *p, const struct part *part, size_t i,
                     size_t slot, int sign)
{
    const struct plain_limit *limit = &p->limits[i];
    const __int128 amount = amount_of(p, part->one, limit, part->nodes, part->n);
    struct plain_level *level = level_at(p, slot, i);
    const __int128 rate = amount * part->one->counts.runs;

    if (limit->kind == PLAIN_NODES) {
        use_nodes(p, slot, i, part->nodes, part->n, sign);
    } else if (limit->kind == PLAIN_SUM) {
        level->held += sign * amount;
    } else if (slot == p->grid.n_slots) { /* of what is late nothing is left */
        level->held += sign * factored(amount * MAX(part->due_sec - p->now_sec, 0),
                                       part->one->counts.runs);
    } else {
        level->held += sign * rate * MIN(part->end_sec, TIME_NEVER / 1000);
        level->falls += sign * rate;
    }
}

static void hold(struct plain_plan *p, const struct part *part, size_t i, int sign)
{
    for (size_t slot = part->first; slot < part->last; slot++)
        add_held(p, part, i, slot, sign);
    add_held(p, part, i, p->grid.n_slots, sign);
}

/* What another limit stands for needs no room by this one. */
static void plan(struct plain_plan *p, const struct part *part, size_t i, int sign)
{
    const struct plain_limit *limit = &p->limits[i];
    const enum plain_term term = part->one->counts.terms[i];
    __int128 need = need_of(p, part->one, limit, part->nodes, part->n, true);

    level_at(p, part->first, i)->starts[term] += sign;
    for (size_t slot = part->first; slot < part->last; slot++) {
        struct plain_level *level = level_at(p, slot, i);

        if (term != PLAIN_ANY)
            level->planned += sign * need;
        else
            level->held += sign * need * (limit->kind == PLAIN_LEFT ? 1000 : 1);
        if (limit->kind == PLAIN_NODES)
            use_nodes(p, slot, i, part->nodes, part->n, sign);
    }
}

void plain_limits_count(struct plain_plan *p, const struct plain_job *job,
                        const struct plain_place *place, int sign)
{
    for (size_t c = 0; c <= job->n_others; c++) {
        const struct part part = part_of(job, place, c);

        for (size_t i = 0; i < PLAIN_LIMITS; i++) {
            if (part.one->counts.for_[i] && !is_free(p, part.one, i))
                (place->started ? hold : plan)(p, &part, i, sign);
        }
    }
}

/* ---- asking ---- */

/* Each node once; of none: those that are in use. */
static __int128 nodes_with(const struct plain_plan *p, const int *uses,
                           const size_t *nodes, size_t n)
{
    __int128 sum = 0;

    for (size_t node = 0; node < p->n_nodes; node++)
        sum += uses[node] > 0;
    for (size_t k = 0; k < n; k++)
        sum += uses[nodes[k]] == 0;
    return sum;
}

static __int128 held_now(const struct plain_plan *p, size_t i)
{
    return level_at(p, p->grid.n_slots, i)->held;
}

/* Its own, each once. */
static __int128 own_nodes(const struct plain_place *place)
{
    __int128 sum = 0;

    for (size_t k = 0; k < place->n; k++) {
        size_t before = 0;

        while (before < k && place->nodes[before] != place->nodes[k])
            before++;
        sum += before == k;
    }
    return sum;
}

/* Others may have more than there is: it adds nothing to that. While it is not known on
 * which nodes it would be, it may be on theirs. */
static bool adds_nothing(const struct plain_plan *p, const struct plain_job *job,
                         size_t i, const struct plain_place *place, size_t slot)
{
    const int *uses;

    if (p->limits[i].kind != PLAIN_NODES)
        return need_together(p, job, i, place, true) == 0;
    if (place == NULL)
        return true;
    uses = uses_at(p, slot, i);
    return nodes_with(p, uses, place->nodes, place->n) == nodes_with(p, uses, NULL, 0);
}

/* What all would hold now with the job. */
static __int128 now_with(const struct plain_plan *p, const struct plain_job *job,
                         size_t i, const struct plain_place *place)
{
    if (p->limits[i].kind == PLAIN_NODES)
        return nodes_with(p, uses_at(p, p->grid.n_slots, i), place->nodes, place->n);
    return (is_free(p, job, i) ? 0 : held_now(p, i)) +
           need_together(p, job, i, place, false);
}

/* More nodes than anybody may have. */
static bool is_too_wide(const struct plain_plan *p, const struct plain_job *job,
                        size_t i, const struct plain_place *place)
{
    const __int128 nodes =
        place != NULL ? own_nodes(place) : need_together(p, job, i, NULL, false);

    return p->limits[i].kind == PLAIN_NODES &&
           nodes > p->limits[i].most[term_of(job, i)];
}

static bool is_broken_now(const struct plain_plan *p, const struct plain_job *job,
                          size_t i, const struct plain_place *place)
{
    const enum plain_term term = term_of(job, i);

    if (!counts_for(job, i) || term == PLAIN_ANY)
        return false;
    return is_too_wide(p, job, i, place) ||
           (!adds_nothing(p, job, i, place, p->grid.n_slots) &&
            now_with(p, job, i, place) > p->limits[i].most[term]);
}

bool plain_limits_may_wait(const struct plain_plan *p, const struct plain_job *job)
{
    for (size_t i = 0; i < PLAIN_LIMITS; i++) {
        if (is_broken_now(p, job, i, NULL))
            return false;
    }
    return true;
}

/* What all hold in a slot with the job, of which `need` is not held yet. */
static __int128 sum_with(const struct plain_plan *p, size_t i,
                         const struct plain_place *place, size_t slot, __int128 need)
{
    const struct plain_level *level = level_at(p, slot, i);

    if (p->limits[i].kind == PLAIN_NODES)
        return nodes_with(p, uses_at(p, slot, i), place->nodes, place->n);
    return level->planned + level->held + need;
}

/* What is left of a resource has to be enough as long as somebody is planned; as the
 * job starts alone, for what it asks for. In thousandths. */
static bool is_left_over(const struct plain_plan *p, const struct plain_job *job,
                         size_t i, const struct plain_place *place, size_t slot,
                         bool first)
{
    const struct plain_level *level = level_at(p, slot, i);
    const int64_t begin = p->grid.bounds[slot];
    const bool beside = level->planned != 0;
    const __int128 need = need_together(p, job, i, place, beside);

    if (is_free(p, job, i) || (!beside && (!first || term_of(job, i) == PLAIN_ANY)))
        return false;
    return (level->planned + need) * 1000 + (slot == 0
                                                 ? held_now(p, i) * 1000
                                                 : level->held - level->falls * begin) >
           (__int128)p->limits[i].most[PLAIN_USUAL] * 1000;
}

/* Beside others in one slot: the first, in which it starts itself, or not. */
static bool is_over(const struct plain_plan *p, const struct plain_job *job, size_t i,
                    const struct plain_place *place, size_t slot, bool first)
{
    const int64_t *most = p->limits[i].most;
    const __int128 need = need_together(p, job, i, place, false);
    __int128 sum;

    if (first && place != NULL && is_too_wide(p, job, i, place))
        return true;
    if (adds_nothing(p, job, i, place, slot))
        return false;
    if (p->limits[i].kind == PLAIN_LEFT)
        return is_left_over(p, job, i, place, slot, first);
    sum = sum_with(p, i, place, slot, need);
    if (first && sum > most[term_of(job, i)])
        return true;
    for (size_t term = 0; term < PLAIN_TERMS; term++) {
        if (level_at(p, slot, i)->starts[term] > 0 && sum > most[term])
            return true;
    }
    return false;
}

/* The last of the slots in which it is; SIZE_MAX: none. Who has to keep what nobody has
 * any of is not looked at. */
static size_t last_over(const struct plain_plan *p, const struct plain_job *job,
                        size_t i, const struct plain_place *place, size_t first,
                        size_t last)
{
    for (size_t slot = last; slot > first && counts_for(job, i); slot--) {
        if (is_over(p, job, i, place, slot - 1, slot - 1 == first))
            return slot - 1;
    }
    return SIZE_MAX;
}

bool plain_limits_may_begin(const struct plain_plan *p, const struct plain_job *job,
                            size_t first, size_t last)
{
    for (size_t i = 0; i < PLAIN_LIMITS; i++) {
        if (last_over(p, job, i, NULL, first, last) != SIZE_MAX)
            return false;
    }
    return true;
}

static struct plain_broken broken_by(const struct plain_plan *p, size_t i, size_t slot)
{
    return (struct plain_broken){
        .any = true,
        .now = slot == p->grid.n_slots,
        .uses = p->limits[i].kind == PLAIN_NODES ? uses_at(p, slot, i) : NULL};
}

static struct plain_broken broken_now(const struct plain_plan *p,
                                      const struct plain_job *job, size_t i)
{
    struct plain_broken broken = broken_by(p, i, p->grid.n_slots);

    if (broken.uses != NULL)
        broken.left = p->limits[i].most[term_of(job, i)] -
                      (int64_t)nodes_with(p, broken.uses, NULL, 0);
    return broken;
}

struct plain_broken plain_limits_broken(const struct plain_plan *p,
                                        const struct plain_job *job,
                                        const struct plain_place *place)
{
    const bool later = job->promised && place->first > 0;

    for (size_t i = 0; i < PLAIN_LIMITS && !later; i++) {
        if (is_broken_now(p, job, i, place))
            return broken_now(p, job, i);
    }
    for (size_t i = 0; i < PLAIN_LIMITS; i++) {
        size_t slot = last_over(p, job, i, place, place->first, place->last);

        if (slot != SIZE_MAX)
            return broken_by(p, i, slot);
    }
    return (struct plain_broken){0};
}

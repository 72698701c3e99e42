#include "scheduler/preempt.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/bulk.h"
#include "scheduler/fewest.h"
#include "scheduler/hunt.h"
#include "scheduler/prospect.h"
#include "scheduler/reclaim.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

/* So many victims are tried together first where the choice was in vain, then so many
 * times as many, and so on: those that will do are mostly among the cheapest. */
#define TRY_FIRST 256
#define TRY_TIMES 4
/* So often a search begins again that is cut in pieces, as things have changed. */
#define BEGIN_MAX 2
/* So often the search goes on without those whose room another one would have. */
#define OTHERS_MAX 8

void preempt_say(struct sched *s, const struct jobrec *rec)
{
    const struct qos *qos = policy_qos(&s->policy, rec->job);

    if (s->config.preempt_type != PREEMPT_BY_QOS || qos == NULL || !qos->in_circle)
        return;
    str_add(&s->message, "; ");
    preempt_say_circle(s->policy.qos, s->policy.n_qos, qos, &s->message);
}

/* Where pods may share nodes or differ, or nodes go together, the choice is a guess;
 * for components there is none. */
static bool is_guess(const struct sched *s, const struct hunt *h)
{
    const struct job *like = h->by->shape->like;

    return like->n_units > 0 || !like->one_per_node || placement_has_rules(like) ||
           like->n_others > 0 || like->most_switches > 0 ||
           s->cluster.topology.kind == TOPOLOGY_BLOCK;
}

/* ---- one try after the other ---- */

/* Has the next try been in vain before? */
static bool is_known(struct hunt *h)
{
    return h->n_tries++ < h->n_known;
}

/* Is the next try a piece of work of its own? Not where this one has put some out. */
static bool puts_off(struct hunt *h)
{
    h->put_off = h->n_tries > h->n_known && !h->whole && !h->others;
    return h->put_off;
}

/* The cheapest of them, more and more. */
static bool try_cheapest(struct sched *s, struct hunt *h)
{
    for (size_t n = MIN(TRY_FIRST, h->n_victims);;
         n = MIN(TRY_TIMES * n, h->n_victims)) {
        if (!is_known(h)) {
            victims_take_cheapest(h->victims, n);
            if (hunt_try(s, h))
                return true;
        }
        if (n >= h->n_victims || puts_off(h))
            return false;
    }
}

/* On a node of several components all of them would have to be allowed to preempt. */
static void try_apart(struct sched *s, struct hunt *h)
{
    h->apart = *h->by;
    h->apart.apart = true;
    h->by = &h->apart;
    h->found = try_cheapest(s, h);
}

/* For all pods together. */
static bool choose_fewer(const struct sched *s, struct hunt *h)
{
    return is_guess(s, h) ? bulk_choose(h->victims, h->by)
                          : fewest_choose(h->victims, h->by);
}

/* What looks better may not do, by rules that single nodes know nothing of. */
static bool try_chosen(struct sched *s, struct hunt *h)
{
    if (is_known(h) || !victims_choose(h->victims, h->by))
        return false;
    if (!choose_fewer(s, h))
        return hunt_try(s, h);
    return hunt_try(s, h) || (victims_choose(h->victims, h->by) && hunt_try(s, h));
}

static bool try_all(struct sched *s, struct hunt *h)
{
    const struct seeker *by = h->by;

    if (try_chosen(s, h))
        return true;
    if (!is_guess(s, h) || puts_off(h))
        return false;
    if (try_cheapest(s, h))
        return true;
    if (h->put_off || !herd_is_apart(h->entry->rec->job) || puts_off(h))
        return false;
    try_apart(s, h);
    h->by = by;
    return h->found;
}

/* The slot behind that in which anybody is gone whom it might end who started now: with
 * plans of those it starts by then, or not before. */
static size_t behind_grace(const struct sched *s, const struct hunt *h)
{
    return yield_gone(s, h->now_sec) + 1;
}

/* Without those whose room another one would have. */
static bool try_others(struct sched *s, struct hunt *h)
{
    bool found = try_all(s, h);

    for (size_t i = 1; i < OTHERS_MAX && !found && h->others; i++) {
        h->others = false;
        h->whole = true; /* who is out is known here only */
        h->n_known = 0;
        found = try_all(s, h);
    }
    return found;
}

/* One like it, which could have had as much at least, where nobody is to end. */
static bool was_in_vain(const struct sched *s, const struct hunt *h,
                        const struct fit *fit)
{
    return fit->vain_walk == s->pass.number && fit->vain_of == h->herd->of &&
           h->entry->resv == NULL && h->by->takes.n == 0 && !owner_has_for(h->by) &&
           h->side.priority <= fit->vain_priority &&
           h->by->limit_sec >= fit->vain_limit_sec;
}

static void note_in_vain(const struct sched *s, const struct hunt *h, struct fit *fit)
{
    if (h->entry->resv != NULL || h->by->takes.n > 0 || owner_has_for(h->by))
        return;
    fit->vain_walk = s->pass.number;
    fit->vain_of = h->herd->of;
    fit->vain_priority = h->side.priority;
    fit->vain_limit_sec = h->by->limit_sec;
}

static void hunt(struct sched *s, struct hunt *h)
{
    struct fit *fit = shape_fit(trial_shape(s, h->entry), h->entry->part);
    size_t yielded;

    if (!s->config.preempt_reclaim_licenses && reclaim_lacks(s, h->by))
        return;
    if (!h->whole && !herd_is_found(s, &h->side, h->now_sec)) {
        h->put_off = true;
        return;
    }
    h->herd = herd_of(s, &h->side, h->now_sec, (struct sched_budget){0});
    h->n_victims = herd_muster(h->herd, s, &h->side, h->before);
    yielded = hunt_yielded(s, h);
    if (h->n_victims == 0) {
        h->before = MIN(h->before, MAX(yielded, behind_grace(s, h)));
        if (yielded == 0 && was_in_vain(s, h, fit))
            return;
    }
    if (yielded == 0 && !prospect_any(s, h->herd, &h->side, h->entry->rec, h->by, fit))
        return;
    victims_begin(h->victims, h->herd);
    if (h->n_victims == 0)
        victims_add_from(h->victims, behind_grace(s, h) - 1);
    hunt_find_plans(s, h);
    if (h->n_victims + h->n_plans == 0)
        return;
    victims_gather(h->victims, &s->cluster, h->by);
    if (try_others(s, h) || h->put_off)
        return;
    if (h->n_victims == 0)
        note_in_vain(s, h, shape_fit(trial_shape(s, h->entry), h->entry->part));
}

static struct preempt_side side_of(const struct sched *s, const struct entry *entry)
{
    struct preempt_side side = herd_side(s, entry->rec, entry->part);

    side.priority = entry->priority.total;
    side.resv = entry->resv;
    return side;
}

bool preempt_may_hunt(const struct sched *s, const struct entry *entry)
{
    return (s->config.preempt_type != PREEMPT_BY_NOBODY ||
            reserve_claims(s, entry->resv)) &&
           !yield_serves(s, entry->rec);
}

bool preempt_muster(struct sched *s, const struct entry *entry, int64_t now_sec,
                    struct sched_budget budget)
{
    const struct preempt_side side = side_of(s, entry);

    return herd_of(s, &side, now_sec, budget) != NULL;
}

/* Before when it is to start: earlier than it would without. Who has no plan yet may
 * have one later in the walk. */
static size_t before_of(struct sched *s, const struct entry *entry,
                        const struct seeker *by)
{
    size_t before = trial_before_deadline(s, entry), n;
    const struct slot *slots;

    if (entry->rec->claim.on)
        return MIN(before, entry->rec->claim.first);
    if (s->pass.round != ROUND_HUNT)
        return before;
    slots = trial_find_place(s, entry, by, before, &n);
    if (slots == NULL)
        return before;
    slots_unref(slots);
    return s->window.first;
}

bool preempt_goes_on(const struct sched *s, const struct entry *entry)
{
    return s->pass.hunting.entry == entry;
}

/* The tries of before count if all is as it was. */
static void go_on(struct sched *s, struct hunt *h)
{
    struct hunting *old = &s->pass.hunting;

    if (old->entry != h->entry) {
        old->n_begun = 0;
    } else if (old->told == s->told && old->mutation == s->timeline.mutation &&
               old->now_sec == h->now_sec) {
        h->n_known = old->n;
    } else {
        h->whole = ++old->n_begun >= BEGIN_MAX;
    }
}

static void note_tries(struct sched *s, const struct hunt *h)
{
    struct hunting *now = &s->pass.hunting;

    now->entry = h->put_off ? h->entry : NULL;
    now->n = h->n_tries;
    now->told = s->told;
    now->mutation = s->timeline.mutation;
    now->now_sec = h->now_sec;
}

enum hunted preempt_run(struct sched *s, const struct entry *entry,
                        const struct seeker *by, int64_t now_sec)
{
    struct seeker bare = *by;
    struct hunt h = {
        .entry = entry, .by = &bare, .now_sec = now_sec, .victims = &s->victims};

    bare.n_bounds = 0; /* those that end count until then: hunt_may_have */
    if (!preempt_may_hunt(s, entry))
        return HUNTED;
    h.side = side_of(s, entry);
    h.before = before_of(s, entry, by);
    go_on(s, &h);
    hunt(s, &h);
    note_tries(s, &h);
    free(h.plans);
    return h.put_off ? HUNTED_ON : h.started ? HUNTED_STARTED : HUNTED;
}

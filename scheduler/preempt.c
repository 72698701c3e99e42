#include "scheduler/preempt.h"

#include <stdlib.h>

#include "base/util.h"
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

/* The cheapest of them, more and more. */
static bool try_cheapest(struct sched *s, struct hunt *h)
{
    size_t n = MIN(TRY_FIRST, h->n_victims);
    bool found;

    do {
        victims_take_cheapest(h->victims, n);
        found = hunt_try(s, h);
    } while (!found && n < h->n_victims && (n = MIN(TRY_TIMES * n, h->n_victims)) > 0);
    return found;
}

/* On a node of several components all of them would have to be allowed to preempt. */
static void try_apart(struct sched *s, struct hunt *h)
{
    h->apart = *h->by;
    h->apart.apart = true;
    h->by = &h->apart;
    try_cheapest(s, h);
}

static bool try_taken(struct sched *s, struct hunt *h, bool lacks)
{
    return (!lacks || reclaim_take(s, h->herd, h->by)) && hunt_try(s, h);
}

/* What looks better may not do, by rules that single nodes know nothing of. */
static bool try_chosen(struct sched *s, struct hunt *h, bool lacks)
{
    if (!victims_choose(h->victims, &s->cluster, h->by))
        return false;
    if (is_guess(s, h) || !fewest_choose(h->victims, h->by))
        return try_taken(s, h, lacks);
    return try_taken(s, h, lacks) ||
           (victims_choose(h->victims, &s->cluster, h->by) && try_taken(s, h, lacks));
}

static void hunt(struct sched *s, struct hunt *h)
{
    struct fit *fit = shape_fit(trial_shape(s, h->entry), h->entry->part);
    bool lacks = reclaim_lacks(s, h->by);

    if (lacks && !s->config.preempt_reclaim_licenses)
        return;
    h->herd = herd_of(s, &h->side, h->now_sec);
    h->n_victims = herd_muster(h->herd, s, &h->side, h->before);
    if (h->n_victims == 0 && trial_why_not_now(s, h->entry, h->by) != REASON_PRIORITY)
        return; /* no plan is in its way */
    if (!prospect_any(s, h->herd, &h->side, h->entry->rec, h->by, fit))
        return;
    victims_begin(h->victims, h->herd);
    hunt_find_plans(s, h);
    if (h->n_victims + h->n_plans == 0)
        return;
    if (try_chosen(s, h, lacks))
        return;
    if (is_guess(s, h) && !try_cheapest(s, h) && herd_is_apart(h->entry->rec->job))
        try_apart(s, h);
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
           !yield_any(entry->rec);
}

bool preempt_muster(struct sched *s, const struct entry *entry, int64_t now_sec)
{
    uint64_t number = s->herds.number;
    struct preempt_side side;

    if (!preempt_may_hunt(s, entry))
        return true;
    side = side_of(s, entry);
    herd_of(s, &side, now_sec);
    return s->herds.number == number;
}

/* Before when it is to start: earlier than it would without. Who has no plan yet may
 * have one later in the walk. */
static size_t before_of(struct sched *s, const struct entry *entry,
                        const struct seeker *by)
{
    size_t before = trial_before_deadline(s, entry), n;
    struct slot *slots;

    if (entry->rec->claim.on)
        return MIN(before, entry->rec->claim.first);
    if (s->pass.round != ROUND_HUNT)
        return before;
    slots = trial_find_place(s, entry, by, before, &n);
    if (slots == NULL)
        return before;
    slots_free(slots, n);
    return s->window.first;
}

bool preempt_run(struct sched *s, const struct entry *entry, const struct seeker *by,
                 int64_t now_sec)
{
    struct seeker bare = *by;
    struct hunt h = {
        .entry = entry, .by = &bare, .now_sec = now_sec, .victims = &s->victims};

    bare.n_bounds = 0; /* those that end count until then: hunt_may_have */
    if (!preempt_may_hunt(s, entry))
        return false;
    h.side = side_of(s, entry);
    h.before = before_of(s, entry, by);
    hunt(s, &h);
    free(h.plans);
    return h.started;
}

/* A turn in each round of the walk: may it start, does it fit, else why not. */
#include "scheduler/pass_private.h"

#include "base/util.h"
#include "scheduler/follower.h"
#include "scheduler/preempt.h"
#include "scheduler/tell.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

static void count_waiting(struct sched *s, struct entry *entry)
{
    s->pass.n_waiting += !entry->waits;
    entry->waits = true;
}

/* Of the jobs whose turn has come, not of their choices. */
static size_t promised_to_others(const struct sched *s, const struct jobrec *rec)
{
    return s->pass.n_promised - (rec->walk_promised == s->pass.number);
}

static void count_promise(struct sched *s, struct jobrec *rec)
{
    s->pass.n_promised += rec->walk_promised != s->pass.number;
    rec->walk_promised = s->pass.number;
}

/* It may have been promised a start with another one of its choices. */
static void uncount_promise(struct sched *s, struct jobrec *rec)
{
    s->pass.n_promised = promised_to_others(s, rec);
    rec->walk_promised = 0;
}

/* Has it been told in this round why it waits with that choice? It will be anew. */
static bool was_found(const struct pass *pass, const struct entry *entry)
{
    return entry->waits ? pass->round == ROUND_WHOLE && !pass->forecasts : entry->done;
}

static bool had_its_turn(const struct entry *entry, const struct entry *now)
{
    if (entry->tier != now->tier)
        return entry->tier > now->tier;
    return entry->size != now->size ? entry->size < now->size : entry < now;
}

static void offer_again(struct pass *pass, struct entry *first, const struct entry *now)
{
    const struct entry *end = pass->queue.entries + pass->last;

    for (struct entry *e = first; e < end && e->rec == now->rec; e++) {
        if (e != now && (!e->waits || !had_its_turn(e, now)))
            continue;
        e->done = false;
        turns_put(&pass->turns, e, (size_t)(e - pass->queue.entries));
        pass->next--;
    }
}

/* The next task of an array has its turn, as a job of its own would: with all choices
 * that stand side by side in the queue, from the first on. */
static void begin_again(struct sched *s, struct entry *entry)
{
    struct pass *pass = &s->pass;
    struct entry *first = entry;

    entry->done = false;
    while (first > pass->queue.entries + pass->first && first[-1].rec == entry->rec)
        first--;
    if (pass->round == ROUND_OFFER) {
        offer_again(pass, first, entry);
    } else if (pass->round > ROUND_OFFER || first == entry) {
        pass->again = entry;
    } else {
        for (struct entry *e = first; e < entry; e++) {
            entry->rec->untried += was_found(pass, e);
            e->done = false;
        }
        pass->next = (size_t)(first - pass->queue.entries);
    }
}

void pass_note_started(struct sched *s, struct entry *entry)
{
    uncount_promise(s, entry->rec);
    s->pass.n_waiting -= entry->waits;
    entry->waits = false;
    if (entry->rec->version == entry->version)
        begin_again(s, entry);
}

/* What was tried before a slot and found no place: is there none in the window? */
static void note_nowhere(const struct sched *s, struct jobrec *rec, size_t before)
{
    bool whole = before >= s->timeline.n_slots && !rec->refused;

    if (rec->job->plan.start_sec != TIME_UNSET)
        return;
    rec->nowhere |= whole;
    rec->unsure |= !whole;
}

/* How many wait before the entry. */
static size_t waiting_before(const struct pass *pass)
{
    return pass->round == ROUND_FORECAST ? pass->n_looked : pass->n_waiting;
}

/* Where limits say who gains age, it is the task's that starts first: the next ones
 * have their turn behind it without (accrue.h). */
static void age_anew(struct sched *s, struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    struct entry now;

    if (!s->held.of_accrual || follower_array(rec)->job->array == NULL)
        return;
    now = pass_entry(s, rec, entry->part, entry->listed, s->pass.now_sec);
    entry->priority = now.priority;
}

/* It starts (true), or is planned where it may be. */
static bool try_(struct sched *s, struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    struct seeker by = trial_seeker(s, entry);
    size_t before = trial_before(s, entry, waiting_before(&s->pass));

    if (pass_is_held(s, rec)) {
        entry->done = true;
        count_waiting(s, entry);
        return false;
    }
    age_anew(s, entry);
    entry->done = true;
    if (rec->walk != s->pass.number)
        rec->walk_before = rec->walk;
    if (trial_run_in_turn(s, entry, &by, before)) {
        rec->held = 0;
        pass_note_started(s, entry);
        return true;
    }
    if (rec->walk_held != s->pass.number)
        rec->held = 0;
    pass_prefer(s, entry, &by);
    pass_prefer_note(s, entry);
    note_nowhere(s, rec, before);
    count_waiting(s, entry);
    /* What a limit refuses may be allowed in the next walk, whatever has grown. */
    rec->walk = rec->refused || rec->declined ? 0 : s->pass.number;
    return false;
}

static void give_hints(struct sched *s, const struct entry *entry,
                       const struct seeker *by)
{
    struct jobrec *rec = entry->rec;

    if (s->without_hints || s->pass.n_hinted >= SOONER_MAX)
        return;
    s->pass.n_hinted++;
    rec->sooner = sooner_best(rec->sooner, sooner_find(s, entry, by));
}

/* It has its plan elsewhere, and did not ask for this: there it is told why. */
static bool is_vain_magnet(const struct entry *entry)
{
    return magnet_draws(entry->rec->job, entry->resv) && !trial_is_planned_there(entry);
}

static void tell_why(struct sched *s, const struct entry *entry,
                     const struct seeker *by)
{
    enum reason reason;

    if (is_vain_magnet(entry)) {
        tell_passed(s, entry->rec);
        return;
    }

    if (!pass_is_limited(s, entry)) {
        pass_join_crowd(s, entry, by->fence);
        give_hints(s, entry, by);
    }
    str_reset(&s->message);
    reason = trial_why_not_now(s, entry, by);
    yield_say(s, entry->rec);
    preempt_say(s, entry->rec);
    tell_found(s, entry, reason, trial_is_planned_there(entry));
}

/* Those who wait are told why, once nobody can make room for them. */
static void tell_or_preempt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    struct seeker by;

    if (entry->rec->array != NULL || /* a follower */
        pass_is_held(s, entry->rec) || (!entry->hunted && pass_hunt(s, entry, now_sec)))
        return;
    by = trial_seeker(s, entry);
    tell_why(s, entry, &by);
}

/* Who would have had the room of another one (hunt_may.c) might not, beside a promise
 * that was not there yet. */
static void promise(struct sched *s, const struct entry *entry)
{
    const struct plan *plan = &entry->rec->job->plan;
    const bool before = plan->promised;

    if (trial_promise(s, entry, promised_to_others(s, entry->rec)))
        count_promise(s, entry->rec);
    s->pass.moved |= s->pass.spared && plan->promised && !before;
}

/* Who is promised nothing: with a forecast it would be in the way of others. */
static bool is_forecast_later(const struct sched *s, const struct entry *entry)
{
    return !entry->rec->job->plan.promised &&
           !trial_may_promise(s, entry, promised_to_others(s, entry->rec));
}

/* Does it start? Else it is planned in the round of forecasts. */
static void try_now(struct sched *s, struct entry *entry)
{
    const struct seeker by = trial_seeker(s, entry);

    if (trial_run(s, entry, &by, 1))
        pass_note_started(s, entry);
    else
        count_waiting(s, entry);
}

static void go_whole(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (preempt_goes_on(s, entry)) {
        tell_or_preempt(s, entry, now_sec);
    } else if (pass_rule_out(s, entry)) {
        entry->done = true;
    } else if (is_forecast_later(s, entry)) {
        try_now(s, entry);
    } else if (!try_(s, entry)) {
        promise(s, entry);
        if (!s->pass.forecasts)
            tell_or_preempt(s, entry, now_sec);
    }
}

/* Where others wait without a promise, the first is tried before them all: they would
 * have what is free before its start for ever. */
static bool comes_first(const struct pass *pass)
{
    return pass->n_waiting == 0 && pass->forecasts;
}

/* The promises of before stay where they are, until their turn. */
static void go_promise(struct sched *s, struct entry *entry)
{
    struct pass *pass = &s->pass;
    struct jobrec *rec = entry->rec;

    if (pass_rule_out(s, entry)) {
        entry->done = true;
    } else if (!trial_may_promise(s, entry, promised_to_others(s, rec))) {
        pass_prefer_note(s, entry);
    } else if (rec->job->plan.promised && rec->walk != pass->number &&
               !comes_first(pass)) {
        count_promise(s, rec);
        count_waiting(s, entry);
        pass_prefer_note(s, entry);
    } else if (!try_(s, entry)) {
        promise(s, entry);
    }
}

static void go_offer(struct sched *s, struct entry *entry)
{
    if (pass_meets_limit(s, entry))
        return;
    if (s->pass.forecasts && !entry->rec->job->plan.promised)
        try_now(s, entry);
    else
        try_(s, entry);
}

/* All starts and promises are in their places. Whoever may have no plan has been tried
 * before. */
static void go_forecast(struct sched *s, struct entry *entry)
{
    if (entry->done || pass_meets_limit(s, entry))
        entry->done = true;
    else if (!entry->waits || trial_before(s, entry, s->pass.n_looked) > 1)
        try_(s, entry);
    else
        entry->rec->unsure = true;
    s->pass.n_looked += entry->waits;
}

/* As there are others behind the section. */
static void go_hunt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    bool array = entry->rec->job->array != NULL;

    if (entry->rec->array != NULL || (array && pass_meets_limit(s, entry)) ||
        pass_hunt(s, entry, now_sec))
        return;
    if (entry->rec->job->plan.promised)
        count_promise(s, entry->rec);
}

/* Tasks of an array may have started since its turn. */
static void go_tell(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (entry->rec->job->array == NULL || !pass_meets_limit(s, entry))
        tell_or_preempt(s, entry, now_sec);
}

void pass_consider(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (s->pass.stopped) {
        entry->done = entry->done || pass_rule_out(s, entry);
        return;
    }
    switch (s->pass.round) {
    case ROUND_WHOLE:
        go_whole(s, entry, now_sec);
        break;
    case ROUND_PROMISE:
        go_promise(s, entry);
        break;
    case ROUND_TURNS:
        break;
    case ROUND_OFFER:
        if (!entry->done)
            go_offer(s, entry);
        break;
    case ROUND_HUNT:
        if (entry->waits)
            go_hunt(s, entry, now_sec);
        break;
    case ROUND_FORECAST:
        go_forecast(s, entry);
        break;
    case ROUND_TELL:
        if (entry->waits)
            go_tell(s, entry, now_sec);
        break;
    }
}

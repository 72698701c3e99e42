#include "scheduler/starts_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/core.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/tell.h"
#include "scheduler/trial.h"

/* So many jobs without a promise are looked at; it takes about a microsecond each. */
#define LISTED_MAX 256
/* After so many looks at all lines the walk finds the others. */
#define LOOKS_MAX 256

/* ---- the list ---- */

static bool is_wanted(struct jobrec *rec)
{
    const struct job *job = rec->job;

    return !rec->gone && job->phase == JOB_PENDING && job->job_id != 0 &&
           (!job->plan.promised || rec->changed) &&
           follower_array(rec)->waiter.by == NULL;
}

static void enlist(struct sched *s, struct jobrec *rec)
{
    bool wanted = is_wanted(rec);

    if (wanted == rec->listed)
        return;
    rec->listed = wanted;
    if (wanted) {
        GROW(s->list, s->n_list, s->list_cap);
        rec->list_at = s->n_list;
        s->list[s->n_list++] = rec;
    } else {
        s->list[rec->list_at] = s->list[--s->n_list];
        s->list[rec->list_at]->list_at = rec->list_at;
    }
}

void starts_enlist(struct sched *s, struct jobrec *rec)
{
    enlist(s, rec);
    for (size_t i = 0; i < rec->n_made; i++)
        enlist(s, rec->followers[i]);
}

/* As a walk does before all else: who may not start loses its promise, and no forecast
 * is in the way. */
static void look_through_list(struct sched *s, int64_t now_sec)
{
    for (size_t i = s->n_list; i-- > 0;) {
        struct jobrec *rec = s->list[i];

        enum reason reason = jobrec_check(s, rec, now_sec);

        rec->may_start = reason == REASON_NONE;
        rec->changed = false;
        if (!rec->may_start || !rec->job->plan.promised)
            book_cancel_plan(s, rec, broken_of_reason(reason));
        else
            starts_enlist(s, rec); /* no longer */
    }
}

/* ---- whose turn it is ---- */

struct search {
    struct sched *s;
    int64_t now_sec;
    enum round round;
    struct sched_budget budget;
};

static int64_t priority_of_one(struct sched *s, struct candidate *c)
{
    size_t worn;

    if (c->priority >= 0)
        return c->priority;
    worn = guise_wear(s, c->rec, pass_qos(s, c->rec, c->listed));
    c->priority = pass_priority(s, c->rec, c->part, s->now_sec).total;
    guise_wear(s, c->rec, worn);
    return c->priority;
}

/* As in the queue. */
static int settle(void *arg, size_t left, size_t right)
{
    struct sched *s = arg;
    struct candidate *a = &s->candidates.items[left], *b = &s->candidates.items[right];
    int64_t x = priority_of_one(s, a), y = priority_of_one(s, b);
    int order;

    if (x != y)
        return x > y ? -1 : 1;
    order = queue_compare_jobs(a->rec->job, b->rec->job);
    if (order != 0)
        return order;
    if (a->rec != b->rec)
        return strcmp(a->rec->uid, b->rec->uid);
    return a->listed < b->listed ? -1 : a->listed > b->listed;
}

/* In a round: those without a promise, or those with one, or both. Who is promised a
 * start meanwhile is still to be looked at in its other choices. */
static bool is_wanted_in(enum round round, const struct candidate *c)
{
    const struct job *job = c->rec->job;

    return !c->done && job->phase == JOB_PENDING &&
           round != (job->plan.promised && !c->fresh ? ROUND_PROMISE : ROUND_OFFER);
}

/* There may be thousands: whether one is wanted is looked at when its turn comes. */
static void set_turns(const struct search *search, struct turns *turns, size_t first,
                      size_t last)
{
    const struct candidates *c = &search->s->candidates;

    turns_clear(turns);
    for (size_t i = first; i < last; i++) {
        const struct turn turn = {
            .tier = c->items[i].tier,
            .size = search->round == ROUND_OFFER ? c->items[i].size : 0,
            .entry = i,
        };

        turns_add(turns, &turn);
    }
    turns_begin(turns, settle, search->s);
}

/* ---- the search ---- */

/* One that has a promise: it starts (true), or keeps it as it is. */
static bool try_promised(struct sched *s, const struct entry *entry)
{
    struct seeker by;

    if (s->stairs.mutation != s->timeline.mutation)
        stairwell_build(&s->stairs, &s->timeline);
    if (!line_is_under(&s->lines, entry->rec->claim.line, &s->stairs))
        return false;
    by = trial_seeker(s, entry);
    return trial_run(s, entry, &by, 1);
}

/* One that has none, or has been given it a moment ago in another of its choices: it
 * starts or is promised a start; false: it waits without. Each line is of a promise. */
static bool try_listed(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    struct seeker by = trial_seeker(s, entry);
    size_t before;

    if (pass_choices(s, rec) > 1)
        rec->walk = 0; /* what it found in the last one was without that promise */
    before = trial_before(s, entry, s->lines.n);
    if (!trial_may_promise(s, entry, s->lines.n - rec->claim.on))
        before = 1; /* a forecast would be in the way of others */
    if (trial_run(s, entry, &by, before) || trial_limited(entry, NULL) != REASON_NONE ||
        !trial_reserves(s, entry) ||
        trial_promise(s, entry, s->lines.n - rec->claim.on))
        return true;
    if (!rec->job->plan.promised) /* nor is one so far off that nobody knows when */
        book_cancel_plan(s, rec, BROKEN_NOT);
    return false;
}

enum outcome {
    SEARCH_DONE,
    SEARCH_TRIED, /* one that had no promise */
    SEARCH_AGAIN, /* a job has left its place, which others before it may use */
    SEARCH_ENDS,  /* somebody waits for the walk, and so does everybody behind */
    SEARCH_SPENT,
};

/* Who has none and will be promised none has its turn in the order of gaps. */
static bool is_past_promises(const struct search *search, const struct entry *entry)
{
    return search->round == ROUND_PROMISE && !entry->rec->job->plan.promised &&
           !trial_may_promise(search->s, entry, search->s->lines.n);
}

/* Who may be preempted by others that wait has its turn in the walk, behind them; and
 * so, where the queue is the order, has whoever comes behind it. */
static enum outcome try_entry(const struct search *search, const struct candidate *c,
                              const struct entry *entry)
{
    struct sched *s = search->s;
    bool planned = c->rec->job->plan.promised && !c->fresh;

    str_reset(&s->message);
    if (trial_ruled_out(s, entry) != REASON_NONE)
        return SEARCH_DONE;
    if (hunters_outrank(s, entry))
        return planned && search->round != ROUND_WHOLE ? SEARCH_DONE : SEARCH_ENDS;
    if (planned)
        return try_promised(s, entry) ? SEARCH_AGAIN : SEARCH_DONE;
    if (is_past_promises(search, entry) || !try_listed(s, entry))
        return SEARCH_ENDS;
    /* Who is still without has been tried in vain, and is in each step to come: to
     * yield to that would be to get nowhere. */
    return trial_limited(entry, NULL) != REASON_NONE ? SEARCH_DONE : SEARCH_TRIED;
}

static enum outcome try_candidate(const struct search *search,
                                  const struct candidate *c)
{
    struct sched *s = search->s;
    const struct entry entry =
        pass_entry(s, c->rec, c->part, c->listed, search->now_sec);
    enum outcome outcome;

    guise_wear(s, c->rec, entry.qos_at);
    outcome = try_entry(search, c, &entry);
    guise_rest(s, c->rec);
    return outcome;
}

/* Of an array one task after the other, as long as they start. */
static enum outcome try_tasks(const struct search *search, const struct candidate *c)
{
    const struct jobrec *array = follower_array(c->rec);
    enum outcome outcome;
    size_t n_started;

    do {
        n_started = array->n_started;
        outcome = try_candidate(search, c);
        if (outcome == SEARCH_TRIED)
            outcome = sched_is_spent(search->budget) ? SEARCH_SPENT : SEARCH_DONE;
    } while (outcome == SEARCH_DONE && n_started != array->n_started &&
             c->rec->job->phase == JOB_PENDING);
    return outcome;
}

/* Who has just been promised a start in one of its choices is tried in the others as
 * well, whatever the time: in the next step it is one of those that have a promise. */
static enum outcome finish_choices(const struct search *search,
                                   const struct candidate *c)
{
    struct candidates *all = &search->s->candidates;
    enum outcome outcome = SEARCH_SPENT;

    for (size_t i = 0; i < all->n && outcome != SEARCH_ENDS; i++) {
        struct candidate *other = &all->items[i];

        if (other->rec != c->rec || !is_wanted_in(search->round, other))
            continue;
        other->done = true;
        outcome = try_tasks(search, other);
    }
    return outcome == SEARCH_ENDS ? SEARCH_ENDS : SEARCH_SPENT;
}

/* One of those kept has been tried. An array that has started a task waits still. */
static void note_offered(struct candidates *c, size_t i, enum outcome outcome)
{
    GROW(c->failed, c->n_failed, c->failed_cap);
    c->failed[c->n_failed++] = i;
    c->n_started += outcome == SEARCH_AGAIN;
}

static enum outcome offer_to(const struct search *search, size_t i)
{
    struct sched *s = search->s;
    struct candidate *candidate = &s->candidates.items[i];
    size_t n_fresh = s->lines.n_fresh;
    enum outcome outcome;

    candidate->done = true;
    outcome = try_tasks(search, candidate);
    if (outcome == SEARCH_SPENT)
        outcome = finish_choices(search, candidate);
    if (search->round == ROUND_OFFER) {
        note_offered(&s->candidates, i, outcome);
        lines_forget_fresh_of(&s->lines, candidate->rec, n_fresh);
    }
    return outcome;
}

static enum outcome search_turns(const struct search *search, struct turns *turns)
{
    struct candidates *c = &search->s->candidates;
    enum outcome outcome = SEARCH_DONE;

    while (turns->n > 0 && outcome == SEARCH_DONE) {
        size_t i = turns_next(turns);

        if (is_wanted_in(search->round, &c->items[i]))
            outcome = offer_to(search, i);
        else if (search->round == ROUND_OFFER)
            c->items[i].rec->gathered = 0;
    }
    c->told = search->s->told; /* by a start, perhaps */
    return outcome;
}

static enum outcome search_whole(struct search *search)
{
    struct candidates *c = &search->s->candidates;

    search->round = ROUND_WHOLE;
    set_turns(search, &c->turns, 0, c->n);
    return search_turns(search, &c->turns);
}

/* Those without a promise. */
static enum outcome search_listed(struct search *search)
{
    struct candidates *c = &search->s->candidates;

    search->round = ROUND_PROMISE;
    set_turns(search, &c->turns, c->n_planned, c->n);
    return search_turns(search, &c->turns);
}

static enum outcome search_planned(struct search *search)
{
    struct candidates *c = &search->s->candidates;

    search->round = ROUND_OFFER;
    if (!c->offered)
        set_turns(search, &c->offers, 0, c->n_planned);
    c->offered = true;
    return search_turns(search, &c->offers);
}

/* As the walk would: in one round, or in those of it that start jobs. */
static enum outcome search_rounds(struct search *search)
{
    enum outcome outcome;

    if (search->s->config.backfill_order == BACKFILL_QUEUE)
        return search_whole(search);
    outcome = search_listed(search);
    return outcome == SEARCH_DONE ? search_planned(search) : outcome;
}

static void gather(struct sched *s, enum scope scope)
{
    s->n_first_looks++;
    starts_gather(s, scope);
}

/* Where all of them have been tried in vain, others have their turn. */
static enum outcome search_some(struct search *search)
{
    struct sched *s = search->s;
    struct candidates *c = &s->candidates;
    enum outcome outcome;

    if (!starts_gather_on(s))
        gather(s, SCOPE_AT_HAND);
    outcome = search_rounds(search);
    while (outcome == SEARCH_DONE && c->left_out) {
        s->freed = true;
        gather(s, c->n_started > 0 ? SCOPE_AT_HAND : MIN(c->scope + 1, SCOPE_ALL));
        outcome = search_rounds(search);
    }
    return outcome;
}

/* Those that have no promise yet: they may have victims in the walk, and whom they
 * might preempt waits for it, whose turn soever comes first. */
static void note_hunters(struct sched *s, int64_t now_sec)
{
    for (size_t i = 0; i < s->n_list; i++) {
        if (s->list[i]->may_start)
            hunters_add_job(s, &s->hunters, s->list[i], now_sec);
    }
}

/* False: the budget is spent. */
static bool search_all(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct search search = {.s = s, .now_sec = now_sec, .budget = budget};
    enum outcome outcome;
    size_t n;

    s->norms = core_norms(s);
    asked_settle(&s->asked, &s->cluster);
    note_hunters(s, now_sec);
    do {
        n = s->n_list;
        outcome = search_some(&search);
        if (s->n_list > n) /* who stands behind the next task of an array */
            look_through_list(s, now_sec);
        if (outcome == SEARCH_AGAIN && sched_is_spent(budget))
            outcome = SEARCH_SPENT;
    } while (outcome == SEARCH_AGAIN && s->n_first_looks < LOOKS_MAX);
    s->freed |= outcome != SEARCH_DONE;
    if (outcome == SEARCH_SPENT)
        return false;
    s->candidates.kept = false;
    s->n_first_looks = 0;
    return true;
}

bool starts_are_ready(const struct sched *s, int64_t now_sec)
{
    return !s->rules_changed && !s->cluster.unsettled && s->timeline_gen != 0 &&
           s->timeline_gen == s->cluster.gen && s->renewal == RENEWED &&
           !s->timeline.overcommitted && !timeline_is_outdated(&s->timeline, now_sec);
}

/* What a walk under way has planned is not to be torn down. */
static bool is_in_use(const struct sched *s, const struct jobrec *rec)
{
    return s->pass.running && rec->claim.on && !rec->job->plan.promised;
}

bool starts_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    size_t unpromised = 0;

    for (size_t i = 0; i < s->n_list; i++) {
        unpromised += !s->list[i]->job->plan.promised;
        if (unpromised > LISTED_MAX || is_in_use(s, s->list[i]))
            return true;
    }
    look_through_list(s, now_sec);
    return s->n_list > LISTED_MAX || search_all(s, now_sec, budget);
}

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/starts_private.h"
#include "scheduler/trial.h"

bool starts_wants(enum round round, const struct candidate *c)
{
    const struct job *job = c->rec->job;

    return !c->done && job->phase == JOB_PENDING &&
           round != (job->plan.promised && !c->fresh ? ROUND_PROMISE : ROUND_OFFER);
}

/* One that has a promise: it starts, or another one that it has left its place to is to
 * start (true), or keeps it as it is. */
static bool try_promised(struct sched *s, const struct entry *entry)
{
    const uint64_t placed = entry->rec->placed;
    struct seeker by;

    if (s->stairs.mutation != s->timeline.mutation)
        stairwell_build(&s->stairs, &s->timeline);
    if (!line_is_under(&s->lines, entry->rec->claim.line, &s->stairs))
        return false;
    by = trial_seeker(s, entry);
    return trial_run(s, entry, &by, 1) || entry->rec->placed != placed;
}

/* The walk counts how many wait before one, in each of their choices: beside a promise
 * that stands nothing is counted. */
static bool is_tested(const struct search *search, const struct entry *entry)
{
    return search->tested || entry->rec->claim.on;
}

/* One that has none, or has been given it a moment ago in another of its choices: it
 * starts or is promised a start; false: it waits without. Each line is of a promise. */
static bool try_listed(const struct search *search, const struct entry *entry)
{
    struct sched *s = search->s;
    struct jobrec *rec = entry->rec;
    struct seeker by = trial_seeker(s, entry);
    size_t before;

    if (pass_choices(s, rec) > 1)
        rec->walk = 0; /* what it found in the last one was without that promise */
    before = trial_before(s, entry, 0);
    if (!is_tested(search, entry) ||
        !trial_may_promise(s, entry, s->lines.n - rec->claim.on))
        before = 1; /* a forecast would be in the way of others */
    if (trial_run(s, entry, &by, before) || trial_limited(entry, NULL) != REASON_NONE ||
        !trial_reserves(s, entry))
        return true;
    if (trial_promise(s, entry, s->lines.n - rec->claim.on)) {
        s->pass.n_entered += pass_choices(s, rec);
        return true;
    }
    if (!rec->job->plan.promised) /* nor is one so far off that nobody knows when */
        book_cancel_plan(s, rec, BROKEN_NOT);
    return false;
}

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
    if (is_past_promises(search, entry) || search->behind || !try_listed(search, entry))
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

/* Of the same job, and beside it in the queue. */
static bool are_beside(struct sched *s, struct candidate *a, struct candidate *b)
{
    return a->rec == b->rec && a->tier == b->tier &&
           starts_priority(s, a) == starts_priority(s, b);
}

/* The first of the job's choices from `from` on, up to the i-th, that stands beside it;
 * behind the i-th there is none. */
static size_t next_beside(struct sched *s, size_t from, size_t i)
{
    struct candidate *items = s->candidates.items;

    while (from < i && !are_beside(s, &items[from], &items[i]))
        from++;
    return from;
}

/* Where the choices of the i-th one's job begin. */
static size_t first_of(const struct candidates *c, size_t i)
{
    while (i > 0 && c->items[i - 1].rec == c->items[i].rec)
        i--;
    return i;
}

/* Those are still to be tried: finish_choices. */
static void put_back(struct sched *s, size_t from, size_t i)
{
    for (size_t k = from; k <= i; k = next_beside(s, k + 1, i))
        s->candidates.items[k].done = false;
}

/* Of an array one task after the other, as long as they start: each as a job of its own
 * would, with the choices first that come before this one. */
static enum outcome try_tasks(const struct search *search, size_t i)
{
    struct sched *s = search->s;
    struct candidate *items = s->candidates.items;
    const struct jobrec *array = follower_array(items[i].rec);
    enum outcome outcome = SEARCH_DONE;
    size_t k = i;

    while (k <= i && outcome == SEARCH_DONE) {
        const size_t n_started = array->n_started;

        outcome = try_candidate(search, &items[k]);
        if (outcome == SEARCH_TRIED)
            outcome = sched_is_spent(search->budget) ? SEARCH_SPENT : SEARCH_DONE;
        if (items[i].rec->job->phase != JOB_PENDING)
            return outcome;
        k = n_started != array->n_started ? first_of(&s->candidates, i) : k + 1;
        k = next_beside(s, k, i);
    }
    if (outcome == SEARCH_SPENT)
        put_back(s, k, i);
    return outcome;
}

/* Who has just been promised a start in one of its choices is tried in the others as
 * well, whatever the time: in the next step it is one of those that have a promise. */
static enum outcome finish_choices(const struct search *search,
                                   const struct candidate *c)
{
    struct candidates *all = &search->s->candidates;
    enum outcome outcome = SEARCH_SPENT;

    for (size_t i = 0; i < all->n && outcome != SEARCH_ENDS;) {
        struct candidate *other = &all->items[i];

        if (other->rec != c->rec || !starts_wants(search->round, other)) {
            i++;
            continue;
        }
        other->done = true;
        outcome = try_tasks(search, i);
        i = first_of(all, i); /* some may have to be tried again */
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

enum outcome starts_offer(const struct search *search, size_t i)
{
    struct sched *s = search->s;
    struct candidate *candidate = &s->candidates.items[i];
    size_t n_fresh = s->lines.n_fresh;
    enum outcome outcome;

    candidate->done = true;
    outcome = try_tasks(search, i);
    if (outcome == SEARCH_SPENT)
        outcome = finish_choices(search, candidate);
    if (search->round == ROUND_OFFER) {
        note_offered(&s->candidates, i, outcome);
        lines_forget_fresh_of(&s->lines, candidate->rec, n_fresh);
    }
    return outcome;
}

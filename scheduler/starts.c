#include "scheduler/starts_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/guise.h"
#include "scheduler/yield.h"

/* So many jobs without a promise are looked at; it takes about a microsecond each. */
#define LISTED_MAX 256
/* After so many looks at all lines the walk finds the others. */
#define LOOKS_MAX 256

/* ---- whose turn it is ---- */

int64_t starts_priority(struct sched *s, struct candidate *c)
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
    int64_t x = starts_priority(s, a), y = starts_priority(s, b);
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

static enum outcome search_turns(const struct search *search, struct turns *turns)
{
    struct candidates *c = &search->s->candidates;
    enum outcome outcome = SEARCH_DONE;

    while (turns->n > 0 && outcome == SEARCH_DONE) {
        size_t i = turns_next(turns);

        if (starts_wants(search->round, &c->items[i]))
            outcome = starts_offer(search, i);
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

/* So many for whom others end are looked at. */
#define SERVED_MAX 64

struct served {
    struct sched *s;
    int64_t now_sec;
    size_t n; /* looked at */
};

static bool note_served(void *arg, struct jobrec *rec)
{
    struct served *served = arg;

    hunters_add_job(served->s, &served->s->hunters, rec, served->now_sec);
    return ++served->n == SERVED_MAX;
}

/* Those that have no promise yet: they may have victims in the walk, and whom they
 * might preempt waits for it, whose turn soever comes first. So may those that they may
 * take the room from which others leave. */
static void note_hunters(struct sched *s, int64_t now_sec)
{
    struct served served = {.s = s, .now_sec = now_sec};

    for (size_t i = 0; i < s->n_list; i++) {
        if (s->list[i]->may_start)
            hunters_add_job(s, &s->hunters, s->list[i], now_sec);
    }
    yield_find(s, note_served, &served);
}

/* Who may wait in the next walk, in all of their choices: with those that have come
 * since the last queue was whole. */
static size_t count_entries(struct sched *s)
{
    size_t n = s->pass.n_entered;

    for (size_t i = 0; i < s->n_list; i++)
        n += pass_choices(s, s->list[i]);
    return n;
}

/* Has room, since the last walk or the one under way was begun? */
static bool has_grown(const struct sched *s)
{
    return s->grown_sec > s->now_sec ||
           (s->pass.running && s->pass.grown_sec > s->now_sec);
}

/* Does the walk move promises up before it comes to those without? So it is where the
 * queue is the order, and where some are promised nothing, of whom the first is tried
 * before all. A core that has not walked yet leaves all to the walk where some may
 * preempt others (hunters.h): so there it is to be as in the walk. */
static bool are_behind(const struct sched *s, size_t n_entries)
{
    const struct sched_config *c = &s->config;

    if (c->preempt_type == PREEMPT_BY_NOBODY || s->lines.n == 0 || !has_grown(s))
        return false;
    return c->backfill_order == BACKFILL_QUEUE || c->min_age_reserve_sec > 0 ||
           c->min_prio_reserve > 0 || n_entries > (size_t)c->reservation_depth;
}

static void look_ahead(struct search *search)
{
    struct sched *s = search->s;
    const size_t n = count_entries(s);

    search->tested = n <= (size_t)s->config.max_job_test;
    search->behind = are_behind(s, n);
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
        look_ahead(&search);
        outcome = search_some(&search);
        if (s->n_list > n) /* who stands behind the next task of an array */
            starts_look_through_list(s, now_sec);
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
           !s->timeline.overcommitted && !s->belated &&
           !timeline_is_outdated(&s->timeline, now_sec);
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
    starts_look_through_list(s, now_sec);
    return s->n_list > LISTED_MAX || search_all(s, now_sec, budget);
}

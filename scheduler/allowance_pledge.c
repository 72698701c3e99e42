/* What limits have room for over coming time (pledge.h). */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/book.h"

static bool counts_over_time(const struct limit *limit)
{
    return limit->kind < LIMIT_SUBMITS && limit_is_shared(limit);
}

bool limit_is_kept_for_plans(const struct sched *s, const struct limit *limit)
{
    return counts_over_time(limit) &&
           (!limit_is_of_usage(limit->kind) || s->config.limits_safe);
}

/* Does it have any of it? Who has nothing, or is free, may, though it is used up, or
 * others have too much: so nobody has to leave it some. */
static bool takes_part(const struct sched *s, const struct asking *a,
                       const struct limit *limit)
{
    if (!counts_over_time(limit) || asking_is_free(s, a, limit))
        return false;
    return limit_is_of_usage(limit->kind) ? asking_has(s, a, limit)
                                          : asking_holds(s, a, limit);
}

static enum pledge_kind kind_of(const struct sched *s, const struct limit *limit)
{
    if (limit_is_of_usage(limit->kind))
        return s->config.limits_safe ? PLEDGE_SPENT : PLEDGE_USED;
    if (limit_rows[limit->kind].what == WHAT_LEFT)
        return PLEDGE_LEFT;
    return limit_is_on_nodes(limit) ? PLEDGE_NODES : PLEDGE_SUM;
}

/* ---- what a claim takes ---- */

/* As it is, or as it will be by its plan; and in which partition. */
static const struct job *view_of(const struct sched *s, const struct jobrec *rec,
                                 struct job *view, const struct partition **ret_part)
{
    const struct job *job = rec->job;
    const struct partrec *part;

    if (job->n_alloc > 0) {
        *ret_part = places_part(s, job);
        return job;
    }
    *view = *job;
    view->phase = JOB_RUNNING;
    view->partition = job->plan.partition;
    view->alloc = job->plan.slots;
    view->n_alloc = job->plan.n_slots;
    part = cluster_partition(&s->cluster, job->plan.partition);
    *ret_part = part != NULL ? part->part : NULL;
    return view;
}

static void view_askings(const struct sched *s, const struct jobrec *rec,
                         struct job *view, struct askings *all)
{
    const struct partition *part;
    const struct job *job = view_of(s, rec, view, &part);

    askings_init(s, all, job, part, job->alloc, job->n_alloc);
    if (part != NULL)
        askings_measure(s, all, rec->job, part);
}

static bool goes_by_terms(enum pledge_kind kind)
{
    return kind != PLEDGE_LEFT;
}

/* When it ends by its limit; what is late goes on as long as is assumed. */
static int64_t end_of(const struct sched *s, const struct jobrec *rec,
                      const struct asking *a)
{
    int64_t end_sec;

    if (rec->claim.planned)
        return timeline_end(rec->job->plan.start_sec, a->least_sec);
    end_sec = jobrec_component_end(s, rec, a->component);
    return end_sec > s->timeline.bounds[0] ? end_sec
                                           : book_assumed_end(s, rec, a->component);
}

/* As pledge_take has it. */
static struct amounts used_of_job(const struct sched *s, const struct jobrec *rec,
                                  const struct asking *a, const struct limit *limit)
{
    const __int128 rate = asking_rate(s, a, limit, true);
    const int64_t end_sec = end_of(s, rec, a);
    struct amounts amounts = {0};

    if (a->job->phase == JOB_COMPLETING)
        return amounts;
    amounts.fading = -rate;
    if (rec->claim.planned)
        amounts.planned = -rate * rec->job->plan.start_sec;
    if (end_sec != TIME_NEVER)
        amounts.held = rate * end_sec;
    return amounts;
}

/* What is left until then in thousandths is a number still; it is more than any limit
 * allows. */
#define END_MOST_SEC (TIME_NEVER / 1000)

/* What it holds counts until it is assumed to end; so does, of what is left, a plan
 * that the limit only counts: it needs no room by this one. */
static struct amounts amounts_of(const struct sched *s, const struct jobrec *rec,
                                 const struct asking *a, const struct limit *limit,
                                 bool exempt)
{
    const enum pledge_kind kind = kind_of(s, limit);
    struct amounts amounts = {0};
    __int128 amount;

    if (kind == PLEDGE_NODES)
        return amounts;
    if (kind == PLEDGE_USED)
        return used_of_job(s, rec, a, limit);
    if (rec->claim.planned) {
        amount = asking_takes(s, a, limit);
        if (kind == PLEDGE_LEFT)
            amount *= 1000;
        *(exempt && !goes_by_terms(kind) ? &amounts.held : &amounts.planned) = amount;
    } else if (kind == PLEDGE_SUM) {
        amounts.held = asking_need(s, a, limit);
    } else if (kind == PLEDGE_LEFT && a->job->phase != JOB_COMPLETING) {
        amount = asking_amount(s, a, limit);
        amounts.fading = amount * asking_usage_factor(s, a);
        amounts.held =
            amounts.fading * MIN(book_assumed_end(s, rec, a->component), END_MOST_SEC);
    }
    return amounts;
}

static size_t last_of(const struct sched *s, const struct claim *claim,
                      const struct pledged *pledged)
{
    const enum pledge_kind kind = pledged->of->kind;

    /* Or one that never ends. */
    if (kind == PLEDGE_SPENT || (kind == PLEDGE_USED && pledged->amounts.held == 0))
        return s->timeline.n_slots;
    return claim->lasts != NULL ? claim->lasts[pledged->component] : claim->last;
}

/* Takes it, or gives it back; `all` are its components with their slots. */
static void move(struct sched *s, const struct claim *claim,
                 const struct pledged *pledged, const struct askings *all, int sign)
{
    const struct asking *a = &all->items[pledged->component];
    size_t last = last_of(s, claim, pledged), n_slots = s->timeline.n_slots;

    if (sign > 0)
        pledge_take(pledged->of, &pledged->amounts, claim->first, last, n_slots);
    else
        pledge_give(pledged->of, &pledged->amounts, claim->first, last, n_slots);
    if (pledged->of->kind == PLEDGE_NODES)
        pledge_use_nodes(pledged->of, a->slots, a->n_slots, claim->first, last, n_slots,
                         sign);
    if (claim->planned && goes_by_terms(pledged->of->kind))
        pledge_start(pledged->of, pledged->most, claim->first, n_slots, sign);
}

/* With how much in all it may start, itself as others have to reckon with it: what it
 * does not need itself to start may be lacking. */
static __int128 most_of(const struct sched *s, const struct asker *by,
                        const struct place_of *place, const struct limit *limit)
{
    const __int128 most = limit_allows(place, limit);

    if (!s->held.of_charged || kind_of(s, limit) != PLEDGE_SPENT)
        return most;
    return most + asker_takes(s, by, place, limit) - asker_need(s, by, place, limit);
}

/* By one place, whether or not its limits bind the job: so it is counted. */
static void pledge_at(struct sched *s, struct jobrec *rec, const struct asker *by,
                      const struct places *places, size_t at)
{
    const struct asking *a = by->one;
    const struct limits *limits = places->items[at].limits;
    struct claim *claim = &rec->claim;
    struct whose buffer;

    for (size_t i = 0; i < limits->n; i++) {
        const struct limit *limit = &limits->items[i];
        const bool exempt = asking_is_exempt(a, places, at, limit);
        struct pledged pledged = {.component = a->component, .most = PLEDGE_ANY};

        if (!takes_part(s, a, limit))
            continue;
        if (!exempt)
            pledged.most = most_of(s, by, &places->items[at], limit);
        pledged.of = pledges_get(&s->timeline.pledges, limit,
                                 asking_whose(s, a, limit, &buffer), kind_of(s, limit));
        pledged.amounts = amounts_of(s, rec, a, limit, exempt);
        GROW(claim->pledged, claim->n_pledged, claim->pledged_cap);
        claim->pledged[claim->n_pledged++] = pledged;
        move(s, claim, &pledged, by->all, 1);
    }
}

void allowance_pledge(struct sched *s, struct jobrec *rec)
{
    struct askings all;
    struct job view;

    rec->claim.n_pledged = 0;
    if (!s->held.any)
        return;
    if (!rec->claim.planned &&
        !allowance_has_room(s, rec, rec->claim.first, rec->claim.last))
        s->timeline.overcommitted = true;
    view_askings(s, rec, &view, &all);
    for (size_t i = 0; i < all.n; i++) {
        const struct asker by = {&all, &all.items[i]};
        struct places places;

        if (by.one->job->gone)
            continue;
        places_find(s, by.one->job, by.one->part, &places);
        for (size_t k = 0; k < places.n; k++)
            pledge_at(s, rec, &by, &places, k);
    }
}

void allowance_release(struct sched *s, struct jobrec *rec)
{
    struct claim *claim = &rec->claim;
    struct askings all;
    struct job view;

    if (claim->n_pledged == 0)
        return;
    view_askings(s, rec, &view, &all);
    for (size_t i = 0; i < claim->n_pledged; i++)
        move(s, claim, &claim->pledged[i], &all, -1);
    claim->n_pledged = 0;
}

/* ---- what binds a job ---- */

/* False: that was enough. */
typedef bool bind_fn(void *arg, const struct asker *by, const struct place_of *place,
                     const struct limit *limit, struct pledge_bound *bound);

/* What it allows, what of it has been used, and how the job uses it. */
static void bind_used(const struct sched *s, const struct asker *by,
                      const struct place_of *place, const struct limit *limit,
                      struct pledge_bound *bound)
{
    bound->room = (__int128)limit->amount * 1000;
    asker_uses(s, by, place, limit, true, &bound->uses);
    usage_past(s, place, limit, bound->pledge->key.whose, &bound->past);
}

/* What it leaves as the job starts, by when all that run have been charged; and what
 * the job takes of it then, with all of them. */
static void bind_spent(const struct sched *s, const struct asker *by,
                       const struct place_of *place, const struct limit *limit,
                       struct pledge_bound *bound)
{
    const int64_t spent = usage_spent(s, place, limit, bound->pledge->key.whose, true),
                  need = asker_need(s, by, place, limit);

    bound->room = (__int128)limit->amount - spent - need;
    bound->need = (__int128)spent +
                  (s->held.of_charged ? asker_takes(s, by, place, limit) : need);
}

/* What it leaves beside what the job takes; and what that needs less as it starts
 * alone. */
static void bind_left(const struct sched *s, const struct asker *by,
                      const struct place_of *place, const struct limit *limit,
                      struct pledge_bound *bound)
{
    const int64_t need = asker_need(s, by, place, limit),
                  takes = s->held.of_factors ? asker_takes(s, by, place, limit) : need,
                  held = held_of(&s->held, limit, bound->pledge->key.whose, s->now_sec);

    bound->room = ((__int128)limit->amount - takes) * 1000;
    bound->room_now = bound->room - (__int128)held * 1000;
    bound->alone = ((__int128)takes - need) * 1000;
}

/* False: nobody has any of it. */
bool pledge_bound_of(const struct sched *s, const struct asker *by,
                     const struct place_of *place, const struct limit *limit,
                     struct pledge_bound *ret)
{
    struct whose buffer;
    const char *whose = asking_whose(s, by->one, limit, &buffer);
    const struct pledge *pledge = pledges_find(&s->timeline.pledges, limit, whose);

    if (pledge == NULL)
        return false;
    *ret = (struct pledge_bound){.pledge = pledge};
    if (ret->pledge->kind == PLEDGE_USED) {
        bind_used(s, by, place, limit, ret);
        return true;
    }
    if (ret->pledge->kind == PLEDGE_SPENT) {
        bind_spent(s, by, place, limit, ret);
        return true;
    }
    if (ret->pledge->kind == PLEDGE_LEFT) {
        bind_left(s, by, place, limit, ret);
        return true;
    }
    ret->room = limit_allows(place, limit);
    if (ret->pledge->kind == PLEDGE_NODES)
        return true;
    ret->need = asker_need(s, by, place, limit);
    ret->room -= ret->need;
    return true;
}

/* While it is not known on which nodes a job would be, it may be on those that others
 * have. Who takes part binds others who are planned, also where it is not bound. */
static bool is_bound(const struct sched *s, const struct asking *a,
                     const struct limit *limit)
{
    return takes_part(s, a, limit) && (!limit_is_on_nodes(limit) || a->slots != NULL);
}

static bool bind_at(const struct sched *s, const struct asker *by,
                    const struct places *places, size_t at, bind_fn *fn, void *arg)
{
    const struct place_of *place = &places->items[at];

    for (size_t i = 0; i < place->limits->n; i++) {
        const struct limit *limit = &place->limits->items[i];
        struct pledge_bound bound;

        if (!is_bound(s, by->one, limit) ||
            !pledge_bound_of(s, by, place, limit, &bound))
            continue;
        bound.beside_planned = asking_is_exempt(by->one, places, at, limit);
        if (!fn(arg, by, place, limit, &bound))
            return false;
    }
    return true;
}

/* Every limit that binds any of them, in the order in which they are looked at; one
 * that only counts it, where it binds others who are planned. */
static void bind_all(const struct sched *s, const struct askings *all, bind_fn *fn,
                     void *arg)
{
    bool more = s->timeline.pledges.all != NULL;

    for (size_t i = 0; i < all->n && more; i++) {
        const struct asker by = {all, &all->items[i]};
        struct places places;

        places_find(s, by.one->job, by.one->part, &places);
        for (size_t k = 0; k < places.n && more; k++)
            more = bind_at(s, &by, &places, k, fn, arg);
    }
}

struct gathering {
    struct sched *s;
    size_t n;
};

static bool gather(void *arg, const struct asker *by, const struct place_of *place,
                   const struct limit *limit, struct pledge_bound *bound)
{
    struct gathering *g = arg;

    (void)by, (void)place, (void)limit;
    GROW(g->s->bounds, g->n, g->s->bounds_cap);
    g->s->bounds[g->n++] = *bound;
    return true;
}

size_t allowance_bounds(struct sched *s, const struct job *job,
                        const struct partition *part, const struct pledge_bound **ret)
{
    struct gathering g = {.s = s};
    struct askings all;

    if (s->held.any && s->timeline.pledges.all != NULL) {
        askings_init(s, &all, job, part, NULL, 0);
        askings_measure(s, &all, job, part);
        bind_all(s, &all, gather, &g);
    }
    *ret = s->bounds;
    return g.n;
}

/* ---- is there room? ---- */

struct looking {
    struct sched *s;
    size_t first, last;
    bool all, beside_planned;
    enum reason reason;
    struct str *message; /* NULL: none is asked for */
};

static bool is_short(struct sched *s, const struct asker *by,
                     const struct place_of *place, const struct limit *limit,
                     const struct pledge_bound *bound, const struct looking *l)
{
    AUTO_FREE const struct slot *slots = NULL;
    size_t n, slot;

    if (bound->pledge->kind != PLEDGE_NODES)
        return pledge_short(bound, s->timeline.bounds, l->first, l->last) != SIZE_MAX;
    slots = asker_slots(s, by, place, limit, &n);
    slot = pledge_short_nodes(bound, slots, n, l->first, l->last);
    if (slot == SIZE_MAX)
        return false;
    s->held.of_nodes = true;
    s->held.crowded = bound->pledge;
    s->held.crowded_slot = slot;
    return true;
}

/* What is too much of it. */
static int64_t said_of(const struct sched *s, const struct asker *by,
                       const struct place_of *place, const struct limit *limit,
                       enum pledge_kind kind)
{
    if (kind == PLEDGE_USED)
        return 0;
    return kind == PLEDGE_SPENT || kind == PLEDGE_LEFT
               ? asker_takes(s, by, place, limit)
               : asker_need(s, by, place, limit);
}

static void say_short(const struct looking *l, const struct asker *by,
                      const struct place_of *place, const struct limit *limit,
                      enum pledge_kind kind)
{
    const bool used = kind == PLEDGE_USED;

    allowance_say_broken(by, place, limit, said_of(l->s, by, place, limit, kind),
                         l->message);
    str_add(l->message,
            used ? " by when others are planned, if it goes on to its limit beside all "
                   "that run and are planned"
                 : "; jobs that are planned count as well");
}

static bool look(void *arg, const struct asker *by, const struct place_of *place,
                 const struct limit *limit, struct pledge_bound *bound)
{
    struct looking *l = arg;
    const enum pledge_kind kind = bound->pledge->kind;

    if (!l->all && (kind == PLEDGE_LEFT || pledge_is_for_ever(bound->pledge)))
        return true;
    bound->beside_planned |= l->beside_planned;
    if (!is_short(l->s, by, place, limit, bound, l))
        return true;
    if (!asking_is_bound(by->one, limit))
        l->s->held.kept_type = limit->type;
    l->reason = reason_of_limit(limit->kind, limit->tres, place->qos == NULL);
    if (l->message != NULL)
        say_short(l, by, place, limit, kind);
    return false;
}

static bool leave_room(struct sched *s, const struct jobrec *rec, size_t first,
                       size_t last, bool all)
{
    struct looking l = {.s = s,
                        .first = first,
                        .last = last,
                        .all = all,
                        .beside_planned = rec->job->n_alloc > 0,
                        .reason = REASON_NONE};
    struct askings askings;
    struct job view;

    if (!s->held.any || s->timeline.pledges.all == NULL)
        return true;
    view_askings(s, rec, &view, &askings);
    bind_all(s, &askings, look, &l);
    return l.reason == REASON_NONE;
}

bool allowance_has_room(struct sched *s, const struct jobrec *rec, size_t first,
                        size_t last)
{
    return leave_room(s, rec, first, last, false);
}

bool allowance_admits(struct sched *s, const struct jobrec *rec, size_t first,
                      size_t last)
{
    const struct partition *part;
    struct job view;
    const struct job *job = view_of(s, rec, &view, &part);

    str_reset(&s->message);
    return leave_room(s, rec, first, last, true) &&
           allowance_check_by(s, job, part, job->alloc, job->n_alloc,
                              s->timeline.bounds[first], &s->message) == REASON_NONE;
}

enum reason allowance_check_then(struct sched *s, const struct allowance_then *then,
                                 struct str *message)
{
    struct looking l = {.s = s,
                        .first = then->first,
                        .last = then->last,
                        .all = true,
                        .reason = REASON_NONE,
                        .message = message};
    struct askings askings;

    s->held.broken = NULL;
    s->held.crowded = NULL;
    s->held.kept_type = NULL;
    s->held.of_nodes = false;
    if (!s->held.any || s->timeline.pledges.all == NULL)
        return REASON_NONE;
    askings_init(s, &askings, then->job, then->part, then->slots, then->n_slots);
    askings_measure(s, &askings, then->job, then->part);
    bind_all(s, &askings, look, &l);
    return l.reason;
}

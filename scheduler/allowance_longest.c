/* How long a job may last that starts now, and would do with less time than it asks
 * for: as much is left to it of what jobs may still use. */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/book.h"

/* Of its rate, in the limit's unit, for so long; as whole seconds. */
static int64_t lasts(__int128 room, __int128 rate)
{
    return room <= 0 ? 0 : (int64_t)MIN(room / rate, (__int128)LIMIT_UNLIMITED);
}

static __int128 planned_of(const struct pledge *pledge)
{
    return pledge != NULL && pledge->levels.n > 0
               ? pledge->levels.items[pledge->levels.n - 1].of.planned
               : 0;
}

/* Without safe limits: as others start who are planned there has to be some left. */
static int64_t until_planned(const struct sched *s, const struct asker *by,
                             const struct place_of *place, const struct limit *limit)
{
    struct pledge_bound bound;

    return pledge_bound_of(s, by, place, limit, &bound)
               ? pledge_lasts(&bound, s->timeline.bounds)
               : LIMIT_UNLIMITED;
}

/* Of what has been used, with what plans may use and all that run. */
static int64_t until_used(const struct sched *s, const struct asking *a,
                          const struct place_of *place, const struct limit *limit,
                          bool masked)
{
    struct whose buffer;
    const char *whose = asking_whose(s, a, limit, &buffer);
    const __int128 planned =
        planned_of(pledges_find(&s->timeline.pledges, limit, whose));
    const __int128 amount = limit->tres == TRES_NONE ? 1 : asking_amount(s, a, limit);
    const __int128 rate = amount * asking_factor(s, a);

    if (rate == 0 || (masked && planned == 0))
        return LIMIT_UNLIMITED;
    return lasts((limit->amount - usage_spent(s, place, limit, whose) - planned) * 1000,
                 rate);
}

/* It is assumed to hold it until then at the latest. */
static int64_t before(const struct sched *s, int64_t end_sec)
{
    const int64_t slack_sec = book_length(0);

    return end_sec == TIME_NEVER ? LIMIT_UNLIMITED
                                 : end_sec - s->timeline.bounds[0] - slack_sec;
}

/* Of what those that run may still use, now and as others start who are planned. */
static int64_t until_left(const struct sched *s, const struct asking *a,
                          const struct limit *limit, bool masked)
{
    struct whose buffer;
    const char *whose = asking_whose(s, a, limit, &buffer);
    const struct pledge_bound bound = {
        .pledge = pledges_find(&s->timeline.pledges, limit, whose),
        .room = limit->amount};
    const int64_t amount = asking_amount(s, a, limit);
    int64_t longest = LIMIT_UNLIMITED;

    if (amount == 0)
        return LIMIT_UNLIMITED;
    if (!masked)
        longest =
            lasts(limit->amount - held_of(&s->held, limit, whose, s->now_sec), amount);
    if (bound.pledge != NULL)
        longest =
            MIN(longest, before(s, pledge_until(&bound, s->timeline.bounds, amount)));
    return longest;
}

static int64_t until_over(const struct sched *s, const struct asker *by,
                          const struct places *places, size_t at,
                          const struct limit *limit)
{
    const struct asking *a = by->one;
    const bool masked = places_mask(places, at, limit);

    if (limit->kind >= LIMIT_SUBMITS || !asking_is_bound(a, limit))
        return LIMIT_UNLIMITED;
    if (limit_is_of_usage(limit->kind) && !s->config.limits_safe)
        return until_planned(s, by, &places->items[at], limit);
    if (limit_is_of_usage(limit->kind))
        return until_used(s, a, &places->items[at], limit, masked);
    if (limit_rows[limit->kind].what != WHAT_LEFT)
        return LIMIT_UNLIMITED;
    if (limit_is_shared(limit))
        return until_left(s, a, limit, masked);
    return masked || asking_amount(s, a, limit) == 0
               ? LIMIT_UNLIMITED
               : lasts(limit->amount, asking_amount(s, a, limit));
}

static int64_t longest_of(const struct sched *s, const struct asker *by)
{
    const struct asking *a = by->one;
    int64_t longest = LIMIT_UNLIMITED;
    struct places places;

    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct limits *limits = places.items[i].limits;

        for (size_t k = 0; k < limits->n; k++)
            longest = MIN(longest, until_over(s, by, &places, i, &limits->items[k]));
    }
    return longest;
}

/* Up to the end that it asks for, and not only the least. */
static void ask_for_all(struct askings *all)
{
    for (size_t i = 0; i < all->n; i++)
        all->items[i].least_sec = all->items[i].limit_sec;
}

int64_t allowance_longest(struct sched *s, const struct job *job,
                          const struct partition *part, const struct slot *slots,
                          size_t n)
{
    struct askings all;
    int64_t longest, least_sec;

    if (!s->held.any || job->time_min_sec == LIMIT_UNSET)
        return LIMIT_UNLIMITED;
    askings_init(s, &all, job, part, slots, n);
    askings_measure(s, &all, job, part);
    least_sec = all.items[0].least_sec;
    ask_for_all(&all);
    longest = longest_of(s, &(struct asker){&all, &all.items[0]});
    return MAX(longest - longest % TIMELINE_MINUTE_SEC, least_sec);
}

/* How long a job may last that starts now, and would do with less time than it asks
 * for: as much is left to it of what jobs may still use. */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/book.h"

/* Without safe limits: as others start who are planned there has to be some left. */
static int64_t until_planned(const struct sched *s, const struct asker *by,
                             const struct place_of *place, const struct limit *limit)
{
    struct pledge_bound bound;

    return pledge_bound_of(s, by, place, limit, &bound)
               ? pledge_lasts(&bound, s->timeline.bounds)
               : LIMIT_UNLIMITED;
}

/* Of so much, with what has been used and may yet be by all that run: as that counts,
 * or as it is charged. */
static int64_t until_spent(const struct sched *s, const struct asker *by,
                           const struct place_of *place, const struct limit *limit,
                           __int128 most, bool charged)
{
    struct whose buffer;
    const char *whose = asking_whose(s, by->one, limit, &buffer);
    struct pledge_uses uses;

    asker_uses(s, by, place, limit, charged, &uses);
    most -= usage_spent(s, place, limit, whose, charged);
    return pledge_uses_last(&uses, most * 1000, 0);
}

/* Where limits are safe: as it starts, and as others start who are planned. */
static int64_t until_used(const struct sched *s, const struct asker *by,
                          const struct place_of *place, const struct limit *limit,
                          bool exempt)
{
    struct whose buffer;
    const struct pledge *pledge = pledges_find(
        &s->timeline.pledges, limit, asking_whose(s, by->one, limit, &buffer));
    const __int128 spare = pledge != NULL ? pledge_spare(pledge) : PLEDGE_ANY;
    int64_t longest = LIMIT_UNLIMITED;

    if (!exempt)
        longest = until_spent(s, by, place, limit, limit->amount, false);
    return spare == PLEDGE_ANY
               ? longest
               : MIN(longest, until_spent(s, by, place, limit, spare, true));
}

/* Beside plans each is assumed to hold it for so much longer. */
static int64_t until_starts(const struct sched *s, struct pledge_bound *bound)
{
    const int64_t slack_sec = book_length(0);
    int64_t until_sec;

    for (size_t i = 0; i < bound->uses.n; i++)
        bound->uses.items[i].lasts_sec = book_length(bound->uses.items[i].lasts_sec);
    until_sec = pledge_until(bound, s->timeline.bounds);
    return until_sec == TIME_NEVER ? LIMIT_UNLIMITED
                                   : until_sec - s->timeline.bounds[0] - slack_sec;
}

/* Of what those that run may still use, now and as others start who are planned. */
static int64_t until_left(const struct sched *s, const struct asker *by,
                          const struct place_of *place, const struct limit *limit,
                          bool exempt)
{
    struct whose buffer;
    const char *whose = asking_whose(s, by->one, limit, &buffer);
    struct pledge_bound bound = {.pledge =
                                     pledges_find(&s->timeline.pledges, limit, whose),
                                 .room = (__int128)limit->amount * 1000};
    int64_t longest = LIMIT_UNLIMITED;
    __int128 most;

    if (!exempt) {
        asker_uses(s, by, place, limit, false, &bound.uses);
        most = (__int128)limit->amount - held_of(&s->held, limit, whose, s->now_sec);
        longest = pledge_uses_last(&bound.uses, most * 1000, 0);
    }
    if (bound.pledge == NULL)
        return longest;
    asker_uses(s, by, place, limit, true, &bound.uses);
    return MIN(longest, until_starts(s, &bound));
}

/* What is each component's to keep, also as it is free. */
static int64_t until_own(const struct sched *s, const struct asking *a,
                         const struct limit *limit)
{
    const struct pledge_uses uses = {{{asking_rate(s, a, limit, false), a->least_sec}},
                                     1};

    return pledge_uses_last(&uses, (__int128)limit->amount * 1000, 0);
}

static int64_t until_over(const struct sched *s, const struct asker *by,
                          const struct places *places, size_t at,
                          const struct limit *limit)
{
    const struct asking *a = by->one;
    const struct place_of *place = &places->items[at];
    const bool exempt = asking_is_exempt(a, places, at, limit);
    const bool own = !limit_is_shared(limit) || asking_is_free(s, a, limit);

    if (limit->kind >= LIMIT_SUBMITS || !limit_is_over_time(limit->kind))
        return LIMIT_UNLIMITED;
    if (limit_is_of_usage(limit->kind) && !s->config.limits_safe)
        return own ? LIMIT_UNLIMITED : until_planned(s, by, place, limit);
    if (own)
        return exempt ? LIMIT_UNLIMITED : until_own(s, a, limit);
    if (limit_is_of_usage(limit->kind))
        return until_used(s, by, place, limit, exempt);
    return until_left(s, by, place, limit, exempt);
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
    int64_t longest = LIMIT_UNLIMITED, least_sec;

    if (!s->held.any || job->time_min_sec == LIMIT_UNSET)
        return LIMIT_UNLIMITED;
    askings_init(s, &all, job, part, slots, n);
    askings_measure(s, &all, job, part);
    least_sec = all.items[0].least_sec;
    ask_for_all(&all);
    for (size_t i = 0; i < all.n; i++)
        longest = MIN(longest, longest_of(s, &(struct asker){&all, &all.items[i]}));
    return MAX(longest - longest % TIMELINE_MINUTE_SEC, least_sec);
}

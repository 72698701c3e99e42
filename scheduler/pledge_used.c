/* What is used as time goes on: PLEDGE_USED. */
#include "scheduler/pledge_private.h"

#include "base/util.h"
#include "scheduler/decay.h"
#include "scheduler/timeline.h"

static __int128 used_in(const struct pledge *pledge, size_t slot, int64_t time)
{
    const struct amounts *of;

    if (pledge == NULL || pledge->levels.n == 0)
        return 0;
    of = &pledge->levels.items[levels_find(&pledge->levels, slot)].of;
    return of->planned + of->held - of->fading * time;
}

/* What has been used before that is still known at the begin of a period. */
static __int128 remembered(const struct pledge_past *past, int64_t time)
{
    const int64_t since = time - past->used_sec;
    const int64_t periods = since - since % past->period_sec;

    return (__int128)decay(past->used, periods, past->half_life_sec) * past->unit +
           past->recent;
}

static bool is_forgotten_by(const struct pledge_past *past, int64_t time)
{
    return past->reset_sec != TIME_UNSET && past->reset_sec <= time;
}

__int128 pledge_past_by(const struct pledge_past *past, int64_t time)
{
    return is_forgotten_by(past, time) ? 0 : remembered(past, time);
}

__int128 pledge_used_by(const struct pledge_bound *bound, const int64_t *times,
                        size_t slot)
{
    const struct pledge_past *past = &bound->past;
    const int64_t time = times[slot];
    const int64_t from = is_forgotten_by(past, time) ? past->reset_sec : past->now_sec;
    const size_t at = BISECT(slot, i, times[i + 1] <= from);

    return used_in(bound->pledge, slot, time) - used_in(bound->pledge, at, from) +
           pledge_past_by(past, time);
}

/* By the job itself, if it starts in a slot. */
static __int128 used_by_itself(const struct pledge_bound *bound, int64_t start_sec,
                               int64_t time)
{
    int64_t from_sec = start_sec;
    __int128 sum = 0;

    if (is_forgotten_by(&bound->past, time))
        from_sec = MAX(from_sec, bound->past.reset_sec);
    for (size_t i = 0; i < bound->uses.n; i++) {
        const struct pledge_use *use = &bound->uses.items[i];
        const int64_t end_sec = MIN(timeline_end(start_sec, use->lasts_sec), time);

        sum += end_sec > from_sec ? use->rate * (end_sec - from_sec) : 0;
    }
    return sum;
}

/* What is left by a slot in which somebody is planned has to be more than the job uses
 * by then, if it starts in the first. Returns the last slot before it from which on
 * that is too much as well. Where there is none left anyway it is not the job that does
 * harm. */
static size_t last_too_early(const struct pledge_bound *bound, const int64_t *times,
                             size_t first, size_t start)
{
    const __int128 left = bound->room - pledge_used_by(bound, times, start);

    if (left <= 0 || used_by_itself(bound, times[first], times[start]) < left)
        return SIZE_MAX;
    if (is_forgotten_by(&bound->past, times[start]))
        return first;
    return BISECT(start - 1, i,
                  used_by_itself(bound, times[i + 1], times[start]) >= left);
}

size_t pledge_last_using_up(const struct pledge_bound *bound, const int64_t *times,
                            size_t first)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < bound->pledge->n_terms; i++) {
        const struct pledge_term *term = &bound->pledge->terms[i];
        const struct levels *starts = &term->starts;

        if (term->most == PLEDGE_ANY)
            continue;
        for (size_t k = levels_find(starts, first) + 1; k < starts->n; k++) {
            const size_t over =
                last_too_early(bound, times, first, starts->items[k].first);

            if (over != SIZE_MAX && (found == SIZE_MAX || over > found))
                found = over;
        }
    }
    return found;
}

int64_t pledge_uses_last(const struct pledge_uses *uses, __int128 room,
                         int64_t from_sec)
{
    int64_t longest = from_sec, before;

    do {
        __int128 left = room, rate = 0;

        before = longest;
        for (size_t i = 0; i < uses->n; i++) {
            const struct pledge_use *use = &uses->items[i];

            if (use->lasts_sec > before)
                rate += use->rate;
            else if (use->lasts_sec > from_sec)
                left -= use->rate * (use->lasts_sec - from_sec);
        }
        if (rate == 0)
            return LIMIT_UNLIMITED;
        if (left > 0)
            longest = (int64_t)MIN(from_sec + left / rate, (__int128)LIMIT_UNLIMITED);
    } while (longest > before && longest < LIMIT_UNLIMITED);
    return longest;
}

/* So that some is left by then. */
static int64_t lasts_beside(const struct pledge_bound *bound, const int64_t *times,
                            size_t start)
{
    const __int128 left = bound->room - pledge_used_by(bound, times, start);
    int64_t from_sec = times[0];

    if (left <= 0 || used_by_itself(bound, times[0], times[start]) < left)
        return LIMIT_UNLIMITED;
    if (is_forgotten_by(&bound->past, times[start]))
        from_sec = MAX(bound->past.reset_sec, from_sec);
    return pledge_uses_last(&bound->uses, left - 1, from_sec - times[0]);
}

int64_t pledge_lasts(const struct pledge_bound *bound, const int64_t *times)
{
    int64_t longest = LIMIT_UNLIMITED;

    for (size_t i = 0; i < bound->pledge->n_terms; i++) {
        const struct pledge_term *term = &bound->pledge->terms[i];

        for (size_t k = 1; k < term->starts.n && term->most != PLEDGE_ANY; k++)
            longest =
                MIN(longest, lasts_beside(bound, times, term->starts.items[k].first));
    }
    return longest;
}

#include "scheduler/usage.h"

#include "base/util.h"
#include "scheduler/decay.h"

int64_t usage_period_before(const struct usage_rules *rules, int64_t now_sec)
{
    int64_t into = now_sec % rules->period_sec;

    return now_sec - (into < 0 ? into + rules->period_sec : into);
}

int64_t usage_period_after(const struct usage_rules *rules, int64_t now_sec)
{
    int64_t before = usage_period_before(rules, now_sec), after;

    if (before == now_sec || __builtin_add_overflow(before, rules->period_sec, &after))
        return before;
    return after;
}

static void fade_recent(const struct usage_rules *rules, struct account *account,
                        int64_t to_sec)
{
    for (size_t i = 0; i < account->n_members; i++) {
        struct member *m = &account->members[i];

        m->recent =
            decay(m->recent, to_sec - account->recent_sec, rules->half_life_sec);
    }
    account->recent_sec = to_sec;
}

int64_t usage_advance(const struct usage_rules *rules, struct account *account,
                      int64_t at_sec)
{
    int64_t since = account->usage_sec;
    bool recent = account->recent_sec != TIME_UNSET && account->recent_sec <= at_sec;

    if (since != TIME_UNSET && since >= at_sec)
        return since;
    if (recent)
        fade_recent(rules, account, at_sec);
    for (size_t i = 0; i < account->n_members; i++) {
        struct member *m = &account->members[i];

        if (since != TIME_UNSET)
            m->usage = decay(m->usage, at_sec - since, rules->half_life_sec);
        if (recent) {
            m->usage = add_capped(m->usage, m->recent);
            m->recent = 0;
        }
    }
    if (recent)
        account->recent_sec = TIME_UNSET;
    account->usage_sec = at_sec;
    return since;
}

/* What is left at a time of what a second cost 1, from one time on up to another. */
static int64_t seconds_left(const struct usage_rules *rules, int64_t from_sec,
                            int64_t to_sec, int64_t at_sec)
{
    if (to_sec <= from_sec)
        return 0;
    return decay_charge(at_sec - from_sec, rules->half_life_sec) -
           decay_charge(at_sec - to_sec, rules->half_life_sec);
}

static int64_t cost(int64_t rate, int64_t seconds)
{
    __int128 product = (__int128)MAX(rate, 0) * seconds / DECAY_ONE;

    return (int64_t)MIN(product, (__int128)INT64_MAX);
}

void usage_add(const struct usage_rules *rules, const struct account *account,
               struct member *member, const struct usage_charge *charge,
               int64_t since_sec)
{
    int64_t at = account->usage_sec;
    int64_t seconds = seconds_left(rules, MAX(charge->from_sec, since_sec),
                                   MIN(charge->to_sec, at), at);

    member->usage = add_capped(member->usage, cost(charge->rate, seconds));
}

void usage_end(const struct usage_rules *rules, struct account *account,
               struct member *member, const struct usage_charge *charge)
{
    int64_t from = MAX(charge->from_sec, account->usage_sec), at;

    if (charge->to_sec <= account->usage_sec)
        return;
    at = usage_period_after(rules, charge->to_sec);
    if (account->recent_sec == TIME_UNSET)
        account->recent_sec = at;
    else if (account->recent_sec < at)
        fade_recent(rules, account, at);
    at = account->recent_sec;
    member->recent =
        add_capped(member->recent,
                   cost(charge->rate, seconds_left(rules, from, charge->to_sec, at)));
}

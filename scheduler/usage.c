#include "scheduler/usage.h"

#include "base/util.h"
#include "scheduler/decay.h"

int64_t usage_period_before(const struct usage_rules *rules, int64_t now_sec)
{
    int64_t into = now_sec % rules->period_sec, before;

    into += into < 0 ? rules->period_sec : 0;
    return __builtin_sub_overflow(now_sec, into, &before) ? now_sec : before;
}

int64_t usage_period_after(const struct usage_rules *rules, int64_t now_sec)
{
    int64_t before = usage_period_before(rules, now_sec), after;

    if (before == now_sec || __builtin_add_overflow(before, rules->period_sec, &after))
        return before;
    return after;
}

int64_t usage_reset_at(const struct usage_rules *rules, int64_t sec)
{
    int64_t at = usage_reset_before(&rules->reset, sec), end;

    if (at == TIME_UNSET)
        return TIME_UNSET;
    end = usage_period_after(rules, at);
    if (end <= sec || rules->reset.every == USAGE_RESET_NOW)
        return end <= sec ? end : TIME_UNSET;
    return usage_period_after(rules, usage_reset_before(&rules->reset, at - 1));
}

/* ---- books ---- */

struct usage_book usage_book_of_account(struct account *account)
{
    return (struct usage_book){
        .as_of = &account->as_of,
        .first = account->n_members > 0 ? &account->members[0].usage : NULL,
        .n = account->n_members,
        .stride = sizeof(struct member),
    };
}

struct usage_book usage_book_of_qos(struct qos *qos)
{
    return (struct usage_book){.as_of = &qos->as_of, .first = &qos->usage, .n = 1};
}

static struct usage *usage_at(struct usage_book book, size_t i)
{
    return (struct usage *)((char *)book.first + i * book.stride);
}

bool usage_is_reset(const struct usage_rules *rules, struct usage_book book,
                    int64_t at_sec)
{
    const struct usage_time *as_of = book.as_of;

    return as_of->usage_sec != TIME_UNSET &&
           as_of->usage_sec < usage_reset_at(rules, at_sec);
}

/* What is recent of before a time. */
static void forget_recent(struct usage_book book, int64_t before_sec)
{
    struct usage_time *as_of = book.as_of;

    if (as_of->recent_sec == TIME_UNSET || as_of->recent_sec > before_sec)
        return;
    for (size_t i = 0; i < book.n; i++)
        used_fini(&usage_at(book, i)->recent);
    as_of->recent_sec = TIME_UNSET;
}

/* All of before a time. */
static void forget(struct usage_book book, int64_t before_sec)
{
    forget_recent(book, before_sec);
    if (book.as_of->usage_sec == TIME_UNSET || book.as_of->usage_sec >= before_sec)
        return;
    for (size_t i = 0; i < book.n; i++)
        used_fini(&usage_at(book, i)->past);
}

static void fade_recent(const struct usage_rules *rules, struct usage_book book,
                        int64_t to_sec)
{
    for (size_t i = 0; i < book.n; i++)
        used_fade(&usage_at(book, i)->recent, to_sec - book.as_of->recent_sec,
                  rules->half_life_sec);
    book.as_of->recent_sec = to_sec;
}

static void count_recent(struct usage *usage)
{
    used_add_all(&usage->past, &usage->recent);
    used_fini(&usage->recent);
}

int64_t usage_advance(const struct usage_rules *rules, struct usage_book book,
                      int64_t at_sec)
{
    struct usage_time *as_of = book.as_of;
    int64_t since = as_of->usage_sec, reset = usage_reset_at(rules, at_sec);
    bool recent;

    if (since != TIME_UNSET && since >= at_sec)
        return since;
    forget(book, reset);
    recent = as_of->recent_sec != TIME_UNSET && as_of->recent_sec <= at_sec;
    if (recent)
        fade_recent(rules, book, at_sec);
    for (size_t i = 0; i < book.n; i++) {
        struct usage *usage = usage_at(book, i);

        if (since != TIME_UNSET)
            used_fade(&usage->past, at_sec - since, rules->half_life_sec);
        if (recent)
            count_recent(usage);
    }
    if (recent)
        as_of->recent_sec = TIME_UNSET;
    as_of->usage_sec = at_sec;
    return MAX(since, reset);
}

/* ---- charges ---- */

void usage_charge_add(struct usage_charge *charge, enum tres tres, const char *type,
                      int64_t rate)
{
    for (size_t i = 0; i < charge->n; i++) {
        struct usage_rate *known = &charge->rates[i];

        if (known->tres == tres && str_eq(known->type, type)) {
            known->rate = add_capped(known->rate, rate);
            return;
        }
    }
    if (charge->n < USAGE_RATES_MAX)
        charge->rates[charge->n++] = (struct usage_rate){tres, type, rate};
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

static void add_cost(struct used *used, const struct usage_charge *charge,
                     int64_t seconds)
{
    for (size_t i = 0; i < charge->n; i++) {
        const struct usage_rate *rate = &charge->rates[i];

        used_add(used, rate->tres, rate->type, cost(rate->rate, seconds));
    }
}

void usage_add(const struct usage_rules *rules, struct usage_book book,
               struct usage *usage, const struct usage_charge *charge,
               int64_t since_sec)
{
    int64_t at = book.as_of->usage_sec;
    int64_t seconds = seconds_left(rules, MAX(charge->from_sec, since_sec),
                                   MIN(charge->to_sec, at), at);

    add_cost(&usage->past, charge, seconds);
}

void usage_end(const struct usage_rules *rules, struct usage_book book,
               struct usage *usage, const struct usage_charge *charge)
{
    struct usage_time *as_of = book.as_of;
    int64_t reset, from, at;

    if (charge->to_sec <= as_of->usage_sec)
        return;
    reset = usage_reset_at(rules, charge->to_sec);
    from = MAX(MAX(charge->from_sec, as_of->usage_sec), reset);
    forget_recent(book, reset);
    at = usage_period_after(rules, charge->to_sec);
    if (as_of->recent_sec == TIME_UNSET)
        as_of->recent_sec = at;
    else if (as_of->recent_sec < at)
        fade_recent(rules, book, at);
    at = as_of->recent_sec;
    add_cost(&usage->recent, charge, seconds_left(rules, from, charge->to_sec, at));
}

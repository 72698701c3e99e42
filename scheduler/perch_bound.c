#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/perch_private.h"

/* What a node has too little of, and the most of that which one victim has there. */
struct lack {
    size_t n;
    int res[RES_MAX];
    uint64_t amount[RES_MAX], most[RES_MAX];
};

static struct lack lack_of(const struct need *need, const struct need *free_)
{
    struct lack lack = {.n = 0};

    for (int i = 0; i < RES_MAX; i++) {
        int64_t asked = need->amount.v[i], has = free_->amount.v[i];

        if (asked <= 0 || asked <= has)
            continue;
        lack.res[lack.n] = i;
        lack.amount[lack.n] = (uint64_t)asked - (uint64_t)has;
        lack.most[lack.n++] = 0;
    }
    return lack;
}

/* The one behind the shares of the same victim. */
static size_t behind_victim(const struct perch *p, size_t share)
{
    size_t next = share + 1;

    while (next < p->n_shares && p->shares[next].victim == p->shares[share].victim)
        next++;
    return next;
}

/* From when on somebody's room may be free there: between these slots. */
static void begin_between(const struct victims *v, const struct perch *p,
                          size_t *ret_first, size_t *ret_last)
{
    size_t first = SLOT_NONE, last = v->from;

    for (size_t i = 0; i < p->n_shares; i++) {
        if (!perch_may_end(v, &p->shares[i]))
            continue;
        first = MIN(first, p->shares[i].first);
        last = MAX(last, p->shares[i].first);
    }
    *ret_first = MAX(first, v->from);
    *ret_last = last;
}

/* With what one victim has there, in all its shares. */
static void meet(const struct share *shares, size_t n, struct lack *lack)
{
    for (size_t k = 0; k < lack->n; k++) {
        uint64_t amount = 0;

        for (size_t i = 0; i < n; i++)
            amount += (uint64_t)MAX(shares[i].use.amount.v[lack->res[k]], 0);
        lack->most[k] = MAX(lack->most[k], amount);
    }
}

/* So many have to end at least, of those who have most of what is lacking in a slot;
 * SIZE_MAX: all of them would not do. */
static size_t least_count(const struct victims *v, const struct perch *p,
                          const struct need *need, const struct need *free_)
{
    struct lack lack = lack_of(need, free_);
    size_t least = 1;

    for (size_t i = 0, next; i < p->n_shares && lack.n > 0; i = next) {
        next = behind_victim(p, i);
        if (perch_may_end(v, &p->shares[i]))
            meet(&p->shares[i], next - i, &lack);
    }
    for (size_t k = 0; k < lack.n; k++) {
        if (lack.most[k] == 0)
            return SIZE_MAX;
        least = MAX(least, (size_t)((lack.amount[k] - 1) / lack.most[k] + 1));
    }
    return least;
}

/* Of the cheapest ones, so many. False: there are not as many. */
static bool price_of_cheapest(const struct victims *v, const struct perch *p,
                              size_t count, struct price *ret)
{
    size_t left = count;

    for (size_t i = 0; i < p->n_shares && left > 0; i = behind_victim(p, i)) {
        const struct victim *victim = victim_of(v, &p->shares[i]);

        if (!perch_may_end(v, &p->shares[i]))
            continue;
        ret->count++;
        ret->cost += victim->cost;
        ret->work += victim->work;
        left--;
    }
    return left == 0;
}

/* Where who ends is gone from different slots on, others may be as well in the later
 * ones: nobody knows how many are needed. */
static size_t count_of(const struct victims *v, const struct seeker *by,
                       const struct perch *p, const struct need *need)
{
    size_t first, last;
    struct need free_;

    if (p->n_shares <= 1)
        return 1;
    begin_between(v, p, &first, &last);
    if (first != last)
        return 1;
    perch_free_in(v, by, p, first, &free_);
    return least_count(v, p, need, &free_);
}

/* Where there is no room somebody has to end. */
bool perch_bound(const struct victims *v, const struct seeker *by,
                 const struct perch *p, struct price *ret)
{
    const struct need need = perch_need(by->shape->like, p, v->deal.kind);
    struct need free_;

    *ret = (struct price){0};
    perch_free_in(v, by, p, v->from, &free_);
    if (need_fits(&need, &free_))
        return true;
    return !v->deal.free_only &&
           price_of_cheapest(v, p, count_of(v, by, p, &need), ret);
}

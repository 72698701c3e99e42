/* What reservations shut to a job: their fences, and the licences kept for them. */
#include <string.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/core.h"
#include "scheduler/reserve.h"

static void let_through(struct pass_key *key, size_t i)
{
    key->through[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Jobs of one that may overlap others are kept out of maintenance all the same. */
static bool overlaps(const struct resvrec *own, const struct reservation *other)
{
    return own != NULL && (own->resv->maint || (own->resv->overlap && !other->maint));
}

/* Licences are not lent. */
static size_t licenses_of(const struct sched *s, const struct resvrec *own,
                          bool borrows)
{
    if (s->timeline.stock.n_keeps == 0)
        return RESV_NONE;
    if (own != NULL)
        return (size_t)(own - s->reserve.recs);
    return borrows ? RESV_MAX : RESV_NONE;
}

/* It is not too long for one that floats. */
static bool is_short(const struct reservation *r, int64_t limit_sec)
{
    return reservation_floats(r) && limit_sec <= r->float_sec;
}

static struct pass_key key_of(const struct sched *s, const struct job *job,
                              const char *name, int64_t limit_sec)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *own = reserve_own(s, name);
    struct pass_key key = {.in = RESV_NONE};
    bool borrows = false;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct resvrec *rec = &r->recs[i];
        bool is_in = rec == own;
        bool is_lent = !is_in && reservation_lends(rec->resv, job);

        if (is_in || is_lent || overlaps(own, rec->resv) ||
            is_short(rec->resv, limit_sec))
            let_through(&key, i);
        if (rec == own && !rec->resv->flex)
            key.in = i;
        borrows |= is_lent;
    }
    key.of = licenses_of(s, own, borrows);
    key.uncut = key.in != RESV_NONE && magnet_draws(job, name);
    return key;
}

const struct fence *reserve_fence(struct sched *s, const struct job *job,
                                  const struct partrec *part, const char *name)
{
    int64_t limit_sec = LIMIT_UNLIMITED;

    if (s->reserve.n == 0)
        return NULL;
    if (part != NULL)
        limit_sec = check_least_limit(job, part->part);
    return reserve_fence_within(s, job, name, limit_sec);
}

const struct fence *reserve_fence_within(struct sched *s, const struct job *job,
                                         const char *name, int64_t limit_sec)
{
    struct reserve *r = &s->reserve;
    struct pass_key key;
    struct fence *fence;

    if (r->n == 0)
        return NULL;
    key = key_of(s, job, name, limit_sec);
    for (size_t i = 0; i < r->n_fences; i++) {
        if (memcmp(&r->fences[i]->key, &key, sizeof(key)) == 0)
            return r->fences[i];
    }
    fence = fence_new(&key, r->closures, MIN(r->n, RESV_MAX), &s->timeline, s->now_sec);
    GROW(r->fences, r->n_fences, r->fences_cap);
    r->fences[r->n_fences++] = fence;
    return fence;
}

/* When the passing of time alone opens or shuts it. */
static int64_t next_of(const struct reservation *r, int64_t now_sec)
{
    int64_t start, end;

    if (!reservation_occurrence(r, now_sec, &start, &end))
        return TIME_NEVER;
    if (reservation_floats(r))
        return end - r->float_sec;
    return start > now_sec ? start : end;
}

void reserve_renew(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;

    reserve_drop_fences(r);
    r->next_sec = TIME_NEVER;
    r->lends = false;
    for (size_t i = 0; i < r->n; i++) {
        r->next_sec = MIN(r->next_sec, next_of(r->recs[i].resv, now_sec));
        if (i >= RESV_MAX)
            continue;
        r->closures[i] = (struct closure){r->recs[i].resv, r->recs[i].nodes,
                                          r->recs[i].lot.number > 0};
        r->lends |= r->recs[i].resv->delay_sec != LIMIT_UNSET;
    }
}

void reserve_keep(struct sched *s)
{
    const struct reserve *r = &s->reserve;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct reservation *resv = r->recs[i].resv;

        if (resv->n_licenses > 0)
            stock_keep(&s->timeline.stock, resv->name, resv->licenses,
                       resv->n_licenses);
    }
}

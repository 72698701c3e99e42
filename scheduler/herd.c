#include "scheduler/herd.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/yield.h"

/* So often one begins in slices before it is found in one go. */
#define BEGIN_MAX 2

/* ---- shares ---- */

void shares_add(struct shares *shares, size_t victim, const struct use *uses, size_t n,
                size_t first, const struct claim *claim)
{
    for (size_t i = 0; i < n; i++) {
        GROW(shares->items, shares->n, shares->cap);
        shares->items[shares->n++] = (struct share){uses[i].position, victim, uses[i],
                                                    first, claim_last(claim, &uses[i])};
    }
}

static int share_compare(const void *left, const void *right)
{
    const struct share *a = left, *b = right;

    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    if (a->victim != b->victim)
        return a->victim < b->victim ? -1 : 1;
    return compare_int64((int64_t)a->first, (int64_t)b->first);
}

void shares_sort(struct shares *shares)
{
    if (shares->n > 0)
        qsort(shares->items, shares->n, sizeof(*shares->items), share_compare);
}

const struct share *shares_at(const struct shares *shares, size_t position,
                              size_t *next, size_t *ret_n)
{
    size_t first;

    while (*next < shares->n && shares->items[*next].position < position)
        (*next)++;
    first = *next;
    while (*next < shares->n && shares->items[*next].position == position)
        (*next)++;
    *ret_n = *next - first;
    return *ret_n > 0 ? &shares->items[first] : NULL;
}

/* ---- herds ---- */

void herds_fini(struct herds *h)
{
    for (size_t i = 0; i < h->n; i++) {
        free(h->items[i].victims);
        free(h->items[i].shares.items);
    }
}

static bool is_fresh(const struct herd *h, const struct sched *s, int64_t now_sec)
{
    return h->walk == s->pass.number && h->told == s->told && h->now_sec == now_sec;
}

/* One to be filled; a stale one if there is any. */
static struct herd *herd_new(struct sched *s, int64_t now_sec)
{
    struct herds *all = &s->herds;

    for (size_t i = 0; i < all->n; i++) {
        if (!is_fresh(&all->items[i], s, now_sec))
            return &all->items[i];
    }
    if (all->n < HERDS_MAX)
        return &all->items[all->n++];
    all->oldest = (all->oldest + 1) % HERDS_MAX;
    return &all->items[all->oldest];
}

/* Those of one kind that ask have one in common. */
static const void *kind_of(const struct sched *s, const struct preempt_side *by)
{
    if (herd_is_apart(by->job) || herd_claims(s, by))
        return by->job;
    return s->config.preempt_type == PREEMPT_BY_QOS ? (const void *)by->qos
                                                    : (const void *)by->part;
}

/* As far as it has been found; NULL: not at all. */
static struct herd *look_up(struct sched *s, const struct preempt_side *by,
                            int64_t now_sec)
{
    const void *of = kind_of(s, by);

    for (size_t i = 0; i < s->herds.n; i++) {
        struct herd *h = &s->herds.items[i];

        if (h->of == of && is_fresh(h, s, now_sec))
            return h;
    }
    return NULL;
}

static struct herd *begin(struct sched *s, const struct preempt_side *by,
                          int64_t now_sec)
{
    struct herd *h = herd_new(s, now_sec);

    h->of = kind_of(s, by);
    h->number = ++s->herds.number;
    h->walk = s->pass.number;
    h->told = s->told;
    h->now_sec = now_sec;
    h->stage = HERD_VICTIMS;
    h->next = 0;
    h->n = h->shares.n = 0;
    h->gone = 0;
    h->vain_priority = INT64_MIN;
    h->all_out = false;
    s->herds.n_begun++;
    return h;
}

bool herd_is_found(struct sched *s, const struct preempt_side *by, int64_t now_sec)
{
    const struct herd *h = look_up(s, by, now_sec);

    return h != NULL && h->stage == HERD_FOUND;
}

struct herd *herd_of(struct sched *s, const struct preempt_side *by, int64_t now_sec,
                     struct sched_budget budget)
{
    struct herd *h = look_up(s, by, now_sec);

    if (h == NULL)
        h = begin(s, by, now_sec);
    if (s->herds.n_begun > BEGIN_MAX)
        budget = (struct sched_budget){0};
    return herd_fill(s, h, by, budget) ? h : NULL;
}

static void put_out(struct herd *h)
{
    for (size_t i = 0; i < h->n && !h->all_out; i++) {
        h->victims[i].taken = h->victims[i].tried = false;
        h->victims[i].out = true;
    }
    h->all_out = true;
}

/* Thousands may ask whose priority is too low for any of them. Who may have nodes of a
 * reservation back may so whatever his priority. */
static bool is_vain(const struct herd *h, const struct preempt_side *by)
{
    return by->resv == NULL && h->vain_priority > INT64_MIN &&
           by->priority <= h->vain_priority;
}

size_t herd_muster(struct herd *h, const struct sched *s, const struct preempt_side *by,
                   size_t before)
{
    bool asks_priority = herd_asks_priority(s, by), any = !asks_priority;
    size_t n = 0;

    if (asks_priority && is_vain(h, by)) {
        put_out(h);
        return 0;
    }
    h->all_out = false;
    for (size_t i = 0; i < h->n; i++) {
        struct victim *v = &h->victims[i];
        bool may = !asks_priority || herd_may_have(s, by, &v->side);

        any |= may;
        v->taken = v->tried = false;
        v->out = !may || v->from >= before || v->rec->job->preempted_by != 0 ||
                 v->rec->end_told || v->from >= v->rec->claim.last;
        n += !v->out;
    }
    if (!any && by->resv == NULL)
        h->vain_priority = MAX(h->vain_priority, by->priority);
    return n;
}

/* By QOS, what is found once holds for all that are of one. */
bool herd_may_lift(struct sched *s, const struct herd *h, const struct preempt_side *by,
                   struct jobrec *rec)
{
    bool by_qos = s->config.preempt_type == PREEMPT_BY_QOS;
    struct preempt_side side;

    if (!rec->job->plan.promised)
        return !yield_any(rec);
    if (by_qos && rec->kept_from == h->of && rec->kept_told == s->told)
        return false;
    side = herd_side(s, rec, cluster_partition(&s->cluster, rec->job->plan.partition));
    side.priority = INT64_MIN;
    if (herd_may_have(s, by, &side))
        return true;
    rec->kept_from = h->of;
    rec->kept_told = s->told;
    return false;
}

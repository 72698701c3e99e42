#include "scheduler/herd.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/yield.h"

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

static int compare_by(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int share_compare(const void *left, const void *right)
{
    const struct share *a = left, *b = right;

    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    if (a->victim != b->victim)
        return a->victim < b->victim ? -1 : 1;
    return compare_by((int64_t)a->first, (int64_t)b->first);
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

/* ---- who may be preempted ---- */

static bool is_exempt(struct sched *s, const struct herd *h, const struct victim *v)
{
    if (h->now_sec >= v->since_sec)
        return false;
    s->pass.begin_sec = MIN(s->pass.begin_sec, v->since_sec);
    return true;
}

/* How it would end. Who has borrowed nodes has said with which warning. */
static void set_ending(const struct sched *s, const struct herd *h, bool back,
                       struct victim *v)
{
    const struct job *job = v->rec->job;
    int64_t grace_sec = back ? job->borrow_sec : herd_grace_sec(s, &v->side);

    v->since_sec =
        timeline_end(job->start_sec, back ? 0 : herd_exempt_sec(s, &v->side));
    v->end_sec = timeline_end(h->now_sec, grace_sec);
    v->from = book_free_from(s, v->end_sec);
    v->requeue = back || herd_requeues(s, &v->side);
}

/* One that runs keeps the priority that it started with, unless running jobs' are
 * worked out as well. */
static int64_t priority_time(const struct sched *s, const struct herd *h,
                             const struct job *job)
{
    bool goes_on = (s->config.priority_flags & PRIORITY_CALCULATE_RUNNING) != 0;

    return goes_on ? h->now_sec : job->start_sec;
}

/* By their priority. */
static bool some_are_exempt(const struct sched *s)
{
    return s->config.preempt_min_exempt_priority < INT64_MAX;
}

static void add_running(struct sched *s, struct herd *h, const struct preempt_side *by,
                        struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part = cluster_partition(&s->cluster, job->partition);
    int64_t elapsed = MAX(h->now_sec - job->start_sec, 0);
    struct victim v = {.rec = rec};
    bool back;

    if (job->preempted_by != 0 || rec->end_told || job->start_sec == TIME_UNSET)
        return;
    v.side = herd_side(s, rec, part);
    v.side.priority = INT64_MIN;
    if (v.side.part == NULL || !herd_may_have(s, by, &v.side))
        return;
    if (herd_asks_priority(s, by) || some_are_exempt(s))
        v.side.priority = pass_priority(s, rec, part, priority_time(s, h, job)).total;
    back = herd_claims_from(s, by, &v.side);
    set_ending(s, h, back, &v);
    if ((!back && v.side.priority > s->config.preempt_min_exempt_priority) ||
        is_exempt(s, h, &v))
        return;
    v.cost =
        s->config.preempt_youngest_first ? elapsed : preempt_cost(&s->config, &v.side);
    v.nodes = job->n_alloc;
    v.work = elapsed * (int64_t)job->n_alloc;
    GROW(h->victims, h->n, h->cap);
    h->victims[h->n++] = v;
}

static int victim_compare(const void *left, const void *right)
{
    const struct victim *a = left, *b = right;
    int order = compare_by(a->cost, b->cost);

    if (order == 0)
        order = compare_by(a->work, b->work);
    if (order == 0)
        order = compare_by(b->rec->job->job_id, a->rec->job->job_id);
    return order != 0 ? order : strcmp(a->rec->uid, b->rec->uid);
}

static void gather(struct sched *s, struct herd *h, const struct preempt_side *by)
{
    struct preempt_side most = *by;

    most.priority = INT64_MAX;
    h->n = h->shares.n = 0;
    h->gone = 0;
    h->vain_priority = INT64_MIN;
    h->all_out = false;
    for (size_t i = 0; i < s->n_holding; i++) {
        if (s->holding[i]->job->phase == JOB_RUNNING)
            add_running(s, h, &most, s->holding[i]);
    }
    if (h->n > 0)
        qsort(h->victims, h->n, sizeof(*h->victims), victim_compare);
    for (size_t i = 0; i < h->n; i++) {
        struct jobrec *rec = h->victims[i].rec;
        size_t n = book_uses(s, rec);

        h->gone = MAX(h->gone, h->victims[i].from);
        shares_add(&h->shares, i, s->uses, n, h->victims[i].from, &rec->claim);
    }
    shares_sort(&h->shares);
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

struct herd *herd_of(struct sched *s, const struct preempt_side *by, int64_t now_sec)
{
    const void *of = kind_of(s, by);
    struct herd *h;

    for (size_t i = 0; i < s->herds.n; i++) {
        h = &s->herds.items[i];
        if (h->of == of && is_fresh(h, s, now_sec))
            return h;
    }
    h = herd_new(s, now_sec);
    h->of = of;
    h->number = ++s->herds.number;
    h->walk = s->pass.number;
    h->told = s->told;
    h->now_sec = now_sec;
    gather(s, h, by);
    return h;
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

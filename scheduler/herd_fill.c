/* Who may be preempted, and what would be free of them. */
#include "scheduler/herd.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"

/* Of jobs, between looks at the budget: some 0.4 us each, or 1.2 where priorities are
 * asked for. */
#define LOOK_JOBS 64

static bool is_spent(struct sched_budget budget, size_t n)
{
    return n % LOOK_JOBS == 0 && sched_is_spent(budget);
}

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
    int order = compare_int64(a->cost, b->cost);

    if (order == 0)
        order = compare_int64(a->work, b->work);
    if (order == 0)
        order = compare_int64(b->rec->job->job_id, a->rec->job->job_id);
    return order != 0 ? order : strcmp(a->rec->uid, b->rec->uid);
}

/* Their order is a piece of work of its own. */
static bool list_victims(struct sched *s, struct herd *h, const struct preempt_side *by,
                         struct sched_budget budget)
{
    struct preempt_side most = *by;

    most.priority = INT64_MAX;
    while (h->next < s->n_holding) {
        struct jobrec *rec = s->holding[h->next++];

        if (rec->job->phase == JOB_RUNNING)
            add_running(s, h, &most, rec);
        if (is_spent(budget, h->next))
            return false;
    }
    if (h->n > 0)
        qsort(h->victims, h->n, sizeof(*h->victims), victim_compare);
    h->stage = HERD_SHARES;
    h->next = 0;
    return !sched_is_spent(budget);
}

static bool add_shares(struct sched *s, struct herd *h, struct sched_budget budget)
{
    while (h->next < h->n) {
        const size_t i = h->next++;
        struct jobrec *rec = h->victims[i].rec;
        size_t n = book_uses(s, rec);

        h->gone = MAX(h->gone, h->victims[i].from);
        shares_add(&h->shares, i, s->uses, n, h->victims[i].from, &rec->claim);
        if (is_spent(budget, h->next))
            return false;
    }
    shares_sort(&h->shares);
    h->stage = HERD_FOUND;
    s->herds.n_begun = 0;
    return true;
}

bool herd_fill(struct sched *s, struct herd *h, const struct preempt_side *by,
               struct sched_budget budget)
{
    if (h->stage == HERD_VICTIMS && !list_victims(s, h, by, budget))
        return false;
    return h->stage == HERD_FOUND || add_shares(s, h, budget);
}

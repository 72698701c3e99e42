#include "tests/support/inflation.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "tests/support/gpu_cluster.h"
#include "tests/support/plain_exact.h"

/* From the limit to the last pod's end, as the core assumes it of what runs. */
#define END_SLACK_SEC 60

struct plan_sums plan_sums_of(const struct plan_span *spans, size_t n, size_t n_running,
                              int64_t gpus, int64_t until_sec)
{
    struct plan_sums sums = {0};
    double used = 0, waiting = (double)MAX(n - n_running, 1);

    for (size_t i = 0; i < n; i++) {
        const struct plan_span *span = &spans[i];
        int64_t from = MAX(span->start_sec, MIX_NOW_SEC);
        int64_t to = MIN(span->end_sec, until_sec);

        if (i >= n_running)
            sums.wait_sec += (double)(span->start_sec - MIX_NOW_SEC) / waiting;
        sums.makespan_sec = MAX(sums.makespan_sec, span->end_sec - MIX_NOW_SEC);
        used += to > from ? (double)span->gpus * (double)(to - from) : 0;
    }
    sums.used =
        used / ((double)gpus * (double)MAX(until_sec - MIX_NOW_SEC, INT64_C(1)));
    return sums;
}

static struct plan_span span_of(const struct mix *m, const struct job *job,
                                int64_t start_sec)
{
    return (struct plan_span){start_sec, start_sec + job->limit_sec,
                              job->min_pods * job->each.v[m->gpu]};
}

static struct plain_exact *exact_cluster(const struct mix *m, const struct sched *s)
{
    struct plain_exact *e = plain_exact_new(MIX_NOW_SEC, m->nodes);

    for (size_t i = 0; i < m->nodes; i++) {
        struct node *node = mix_node(m, i);

        plain_exact_set_node(e, i, &node->capacity);
        node_free(node);
    }
    for (size_t i = 1; i <= m->running + m->pending; i++) {
        const struct job *job = mix_job_at(s, i);

        plain_exact_ask(e, &job->each, (size_t)job->min_pods);
        for (size_t k = 0; i <= m->running && k < job->n_alloc; k++)
            plain_exact_hold(e, mix_position(job->alloc[k].node), &job->each,
                             job->start_sec + job->limit_sec + END_SLACK_SEC);
    }
    return e;
}

/* When a job begins at exact break points; it is taken there. False: never. */
static bool plan_exactly(struct plain_exact *e, const struct job *job,
                         int64_t *ret_start_sec)
{
    const struct plain_job plain = {.each = job->each,
                                    .min = (size_t)job->min_pods,
                                    .max = (size_t)job->max_pods,
                                    .length_sec = book_length(job->limit_sec)};
    struct plain_place place;

    if (!plain_exact_find(e, &plain, &place))
        return false;
    plain_exact_take(e, &plain, &place);
    *ret_start_sec = place.start_sec;
    plain_place_fini(&place);
    return true;
}

static bool start_of(const struct job *job, int64_t *ret_start_sec)
{
    if (job->n_alloc > 0)
        *ret_start_sec = MIX_NOW_SEC;
    else if (job->plan.start_sec != TIME_UNSET && job->plan.start_sec != PLAN_FAR)
        *ret_start_sec = job->plan.start_sec;
    else
        return false;
    return true;
}

/* The spans of both plans; false: some job has no start. */
static bool plan_both(const struct mix *m, const struct sched *s,
                      struct plan_span *slots, struct plan_span *exact)
{
    struct plain_exact *e = exact_cluster(m, s);
    bool ok = true;

    for (size_t i = 1; i <= m->running + m->pending && ok; i++) {
        const struct job *job = mix_job_at(s, i);
        int64_t in_slots = job->start_sec, exactly = job->start_sec;

        if (i > m->running)
            ok = start_of(job, &in_slots) && plan_exactly(e, job, &exactly);
        slots[i - 1] = span_of(m, job, in_slots);
        exact[i - 1] = span_of(m, job, exactly);
    }
    plain_exact_free(e);
    return ok;
}

/* Of both plans, each job in its place. */
static struct inflation compare(const struct mix *m, const struct plan_span *slots,
                                const struct plan_span *exact)
{
    size_t n = m->running + m->pending;
    int64_t gpus = (int64_t)m->nodes * NODE_GPUS, last_sec = MIX_NOW_SEC;
    struct inflation ret = {.jobs = m->pending};

    for (size_t i = m->running; i < n; i++) {
        last_sec = MAX(last_sec, exact[i].start_sec);
        ret.earlier += slots[i].start_sec < exact[i].start_sec;
        ret.later += slots[i].start_sec > exact[i].start_sec;
    }
    ret.slots = plan_sums_of(slots, n, m->running, gpus, last_sec);
    ret.exact = plan_sums_of(exact, n, m->running, gpus, last_sec);
    return ret;
}

bool inflation_find(const struct mix *m, const struct sched *s, struct inflation *ret)
{
    size_t n = m->running + m->pending;
    struct plan_span *slots = xcalloc(n + 1, sizeof(*slots));
    struct plan_span *exact = xcalloc(n + 1, sizeof(*exact));
    bool ok = plan_both(m, s, slots, exact);

    if (ok)
        *ret = compare(m, slots, exact);
    free(slots);
    free(exact);
    return ok;
}

#include "tests/support/easy.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/ends.h"

/* What one job has of a node. */
struct part {
    size_t node;
    int64_t gpus;
};

struct running {
    size_t job;
    int64_t limit_end_sec;
};

struct easy {
    const struct workload *load;
    struct history *history;
    int gpu;
    size_t n_nodes;
    int64_t per_node;
    int64_t *free;      /* of each node, now */
    int64_t *later;     /* scratch: at the time of the reservation */
    int64_t *spare;     /* of each node, then, besides the reservation */
    int64_t *usable;    /* scratch: what a job may have now */
    struct part *parts; /* scratch: one for each node */
    size_t n_parts;
    size_t *queue; /* waiting jobs as they came */
    size_t *order; /* the same, as they are tried */
    size_t n_waiting;
    struct running *running; /* by limit_end_sec */
    size_t n_running;
    struct ends ends;
    int64_t n_free; /* GPUs */
    enum easy_order kind;
};

static const struct work *work_of(const struct easy *e, size_t job)
{
    return &e->load->jobs[job];
}

static int64_t limit_of(const struct easy *e, size_t job)
{
    int64_t limit = work_of(e, job)->limit_sec;
    return limit == LIMIT_UNSET ? INT64_MAX / 4 : limit;
}

/* ---- placement ---- */

/* The node with the least free that has that much, and is not among the parts. */
static bool fullest_node(struct easy *e, const int64_t *free_, int64_t gpus,
                         size_t *ret)
{
    int64_t best = INT64_MAX;
    for (size_t i = 0; i < e->n_nodes; i++) {
        bool taken = false;
        if (free_[i] < gpus || free_[i] >= best)
            continue;
        for (size_t k = 0; k < e->n_parts && !taken; k++)
            taken = e->parts[k].node == i;
        if (taken)
            continue;
        best = free_[i];
        *ret = i;
    }
    return best < INT64_MAX;
}

/* Where `gpus` GPUs fit into `free_`; in e->parts. */
static bool place(struct easy *e, const int64_t *free_, int64_t gpus)
{
    size_t node = 0;
    int64_t whole = gpus / e->per_node, rest = gpus % e->per_node;
    e->n_parts = 0;
    for (size_t i = 0; i < e->n_nodes && (int64_t)e->n_parts < whole; i++)
        if (free_[i] == e->per_node)
            e->parts[e->n_parts++] = (struct part){i, e->per_node};
    if ((int64_t)e->n_parts < whole)
        return false;
    if (rest == 0)
        return true;
    if (!fullest_node(e, free_, rest, &node))
        return false;
    e->parts[e->n_parts++] = (struct part){node, rest};
    return true;
}

/* ---- starts and ends ---- */

static void queue_remove(size_t *queue, size_t n, size_t job)
{
    size_t i = 0;
    while (queue[i] != job)
        i++;
    memmove(queue + i, queue + i + 1, (n - i - 1) * sizeof(*queue));
}

static void start(struct easy *e, size_t job, int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    int64_t limit_end = now_sec + limit_of(e, job);
    size_t at = e->n_running++;
    tale_start(t, now_sec);
    t->shares = xcalloc(e->n_parts, sizeof(*t->shares));
    t->n_shares = e->n_parts;
    for (size_t i = 0; i < e->n_parts; i++) {
        t->shares[i].node = e->parts[i].node;
        t->shares[i].slot.pods = 1;
        t->shares[i].slot.each.v[e->gpu] = e->parts[i].gpus;
        e->free[e->parts[i].node] -= e->parts[i].gpus;
        e->n_free -= e->parts[i].gpus;
    }
    for (; at > 0 && e->running[at - 1].limit_end_sec > limit_end; at--)
        e->running[at] = e->running[at - 1];
    e->running[at] = (struct running){job, limit_end};
    ends_add(&e->ends,
             (struct end){MIN(limit_end, now_sec + work_of(e, job)->run_sec), job, 1});
    queue_remove(e->queue, e->n_waiting, job);
    queue_remove(e->order, e->n_waiting, job);
    e->n_waiting--;
}

static void end(struct easy *e, size_t job, int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    size_t at = 0;
    t->fate =
        work_of(e, job)->run_sec > limit_of(e, job) ? FATE_TIMEOUT : FATE_COMPLETED;
    t->end_sec = now_sec;
    for (size_t i = 0; i < t->n_shares; i++) {
        e->free[t->shares[i].node] += t->shares[i].slot.each.v[e->gpu];
        e->n_free += t->shares[i].slot.each.v[e->gpu];
    }
    while (e->running[at].job != job)
        at++;
    e->n_running--;
    memmove(e->running + at, e->running + at + 1,
            (e->n_running - at) * sizeof(*e->running));
}

static bool is_tried_before(const struct easy *e, size_t a, size_t b)
{
    if (e->kind == EASY_SHORTEST && limit_of(e, a) != limit_of(e, b))
        return limit_of(e, a) < limit_of(e, b);
    return a < b;
}

static void submit(struct easy *e, size_t job)
{
    size_t at = e->n_waiting;
    e->queue[e->n_waiting++] = job;
    for (; at > 0 && is_tried_before(e, job, e->order[at - 1]); at--)
        e->order[at] = e->order[at - 1];
    e->order[at] = job;
    tale_queue(&e->history->tales[job], work_of(e, job)->submit_sec);
}

/* ---- the pass ---- */

/* When the first job fits, by the limits of what runs; what is spare then in e->spare.
 * INT64_MAX: never. */
static int64_t reserve(struct easy *e, size_t job)
{
    int64_t gpus = work_of(e, job)->gpus;
    memcpy(e->later, e->free, e->n_nodes * sizeof(*e->later));
    for (size_t i = 0; i < e->n_running; i++) {
        const struct tale *t = &e->history->tales[e->running[i].job];
        for (size_t k = 0; k < t->n_shares; k++)
            e->later[t->shares[k].node] += t->shares[k].slot.each.v[e->gpu];
        bool more = i + 1 < e->n_running &&
                    e->running[i + 1].limit_end_sec == e->running[i].limit_end_sec;
        if (more || !place(e, e->later, gpus))
            continue;
        memcpy(e->spare, e->later, e->n_nodes * sizeof(*e->spare));
        for (size_t k = 0; k < e->n_parts; k++)
            e->spare[e->parts[k].node] -= e->parts[k].gpus;
        return e->running[i].limit_end_sec;
    }
    memcpy(e->spare, e->later, e->n_nodes * sizeof(*e->spare));
    return INT64_MAX;
}

/* May it start now, beside the reservation? */
static bool fits_beside(struct easy *e, size_t job, bool outlasts)
{
    for (size_t i = 0; i < e->n_nodes; i++)
        e->usable[i] = outlasts ? MIN(e->free[i], e->spare[i]) : e->free[i];
    return place(e, e->usable, work_of(e, job)->gpus);
}

/* What is free only shrinks in a pass, so what once failed fails again, and so does all
 * that is larger: `failed` has the smallest that did, within the reservation and past
 * it. */
static void backfill(struct easy *e, int64_t shadow_sec, int64_t now_sec)
{
    int64_t failed[2] = {INT64_MAX, INT64_MAX};
    const size_t first = e->queue[0];
    size_t i = 0;
    while (i < e->n_waiting && e->n_free > 0 && failed[0] > 1) {
        size_t job = e->order[i];
        int64_t gpus = work_of(e, job)->gpus;
        bool outlasts = now_sec + limit_of(e, job) > shadow_sec;
        if (job == first || gpus >= failed[outlasts]) {
            i++;
            continue;
        }
        if (!fits_beside(e, job, outlasts)) {
            failed[outlasts] = gpus;
            i++;
            continue;
        }
        for (size_t k = 0; outlasts && k < e->n_parts; k++)
            e->spare[e->parts[k].node] -= e->parts[k].gpus;
        start(e, job, now_sec); /* and the next one stands at i */
    }
}

static void pass(struct easy *e, int64_t now_sec)
{
    while (e->n_waiting > 0 && place(e, e->free, work_of(e, e->queue[0])->gpus))
        start(e, e->queue[0], now_sec);
    if (e->n_waiting > 1)
        backfill(e, reserve(e, e->queue[0]), now_sec);
}

/* ---- from event to event ---- */

static void take_sample(struct easy *e, int64_t now_sec)
{
    struct sample s = {.sec = now_sec,
                       .waiting = (int64_t)e->n_waiting,
                       .running = (int64_t)e->n_running,
                       .total = (int64_t)e->n_nodes * e->per_node,
                       .free = e->n_free};
    for (size_t i = 0; i < e->n_nodes; i++)
        s.fragments += e->free[i] < e->per_node ? e->free[i] : 0;
    history_add(e->history, &s);
}

static void easy_init(struct easy *e, const struct pool *pool)
{
    const size_t jobs = e->load->n + 1;
    e->gpu = pool->resources.gpu;
    e->n_nodes = pool->n;
    e->per_node = pool->largest.v[e->gpu];
    e->n_free = pool->total.v[e->gpu];
    e->free = xcalloc(e->n_nodes, sizeof(*e->free));
    e->later = xcalloc(e->n_nodes, sizeof(*e->later));
    e->spare = xcalloc(e->n_nodes, sizeof(*e->spare));
    e->usable = xcalloc(e->n_nodes, sizeof(*e->usable));
    e->parts = xcalloc(e->n_nodes + 1, sizeof(*e->parts));
    e->queue = xcalloc(jobs, sizeof(*e->queue));
    e->order = xcalloc(jobs, sizeof(*e->order));
    e->running = xcalloc(jobs, sizeof(*e->running));
    for (size_t i = 0; i < e->n_nodes; i++)
        e->free[i] = e->per_node;
}

static void easy_fini(struct easy *e)
{
    free(e->free);
    free(e->later);
    free(e->spare);
    free(e->usable);
    free(e->parts);
    free(e->queue);
    free(e->order);
    free(e->running);
    ends_fini(&e->ends);
}

void easy_run(const struct pool *pool, const struct workload *load,
              enum easy_order order, struct history *ret)
{
    struct easy e = {.load = load, .history = ret, .kind = order};
    size_t next = 0;
    history_init(ret, load->n);
    easy_init(&e, pool);
    while (next < load->n || e.ends.n > 0) {
        int64_t now_sec = e.ends.n > 0 ? ends_first(&e.ends)->sec : INT64_MAX;
        if (next < load->n)
            now_sec = MIN(now_sec, load->jobs[next].submit_sec);
        while (e.ends.n > 0 && ends_first(&e.ends)->sec == now_sec)
            end(&e, ends_take(&e.ends).job, now_sec);
        while (next < load->n && load->jobs[next].submit_sec == now_sec)
            submit(&e, next++);
        pass(&e, now_sec);
        take_sample(&e, now_sec);
    }
    easy_fini(&e);
}

#include "tests/support/plain_plan.h"

#include <stdlib.h>

#include "base/util.h"
#include "tests/support/plain_plan_private.h"

struct plain_plan *plain_plan_new(int64_t now_sec, int64_t window_sec, size_t n_nodes)
{
    struct plain_plan *p = xcalloc(1, sizeof(*p));

    timeline_init(&p->grid);
    timeline_reset(&p->grid, now_sec, window_sec, 0, 0);
    p->now_sec = now_sec;
    p->n_nodes = n_nodes;
    p->rows = xcalloc(p->grid.n_slots * n_nodes + 1, sizeof(*p->rows));
    p->licenses = xcalloc(p->grid.n_slots * PLAIN_LICENSES, sizeof(*p->licenses));
    plain_limits_init(p);
    p->capacity = xcalloc(n_nodes + 1, sizeof(*p->capacity));
    for (size_t i = 0; i < PLAIN_PARTS; i++)
        p->bounds[i] = LIMIT_UNLIMITED;
    for (size_t i = 0; i < PLAIN_PARTS; i++)
        p->sharers[i] = 1;
    return p;
}

void plain_plan_free(struct plain_plan *p)
{
    timeline_fini(&p->grid);
    free(p->rows);
    free(p->licenses);
    plain_limits_fini(p);
    free(p->capacity);
    free(p);
}

struct plain_row *plain_row_at(const struct plain_plan *p, size_t slot, size_t node)
{
    return &p->rows[slot * p->n_nodes + node];
}

void plain_plan_set_node(struct plain_plan *p, size_t position,
                         const struct resvec *capacity)
{
    resvec_add(&p->total, capacity);
    p->capacity[position] = *capacity;
    for (size_t slot = 0; slot < p->grid.n_slots; slot++)
        *plain_row_at(p, slot, position) = (struct plain_row){.free = *capacity};
}

void plain_plan_bound(struct plain_plan *p, size_t part, int64_t cpu_milli)
{
    p->bounds[part] = cpu_milli;
}

void plain_plan_share(struct plain_plan *p, size_t part, int64_t jobs)
{
    p->sharers[part] = jobs;
}

struct resvec plain_takes(const struct plain_plan *p, const struct plain_job *job)
{
    struct resvec takes = job->each;

    if (!job->exclusive)
        takes.v[RES_CPU] /= p->sharers[job->part];
    return takes;
}

bool plain_fits(const struct plain_plan *p, const struct plain_job *job, size_t node,
                const struct resvec *free_)
{
    const struct resvec takes = plain_takes(p, job);

    return resvec_fits(&takes, free_) &&
           job->each.v[RES_CPU] <= p->capacity[node].v[RES_CPU];
}

/* In one slot, of a pod of a job. */
static void change(struct plain_plan *p, struct plain_row *row,
                   const struct plain_job *job, const struct resvec *amount, int sign)
{
    for (int i = 0; i < RES_MAX; i++)
        row->free.v[i] -= sign * amount->v[i];
    plain_come(p, &row->guests, job, sign);
    row->cpu_of[job->part] += sign * amount->v[RES_CPU];
}

size_t plain_slot_of(const struct plain_plan *p, int64_t sec)
{
    size_t slot = p->grid.n_slots - 1;

    while (slot > 0 && p->grid.bounds[slot] > sec)
        slot--;
    return slot;
}

size_t plain_plan_last(const struct plain_plan *p, int64_t end_sec)
{
    size_t last = p->grid.n_slots - 1;

    return end_sec == TIME_NEVER ? last : MIN(plain_slot_of(p, end_sec - 1) + 1, last);
}

void plain_plan_hold(struct plain_plan *p, size_t position,
                     const struct plain_held *held, int sign)
{
    const struct plain_job job = {
        .exclusive_user = held->exclusive_user, .user = held->user, .part = held->part};

    for (size_t slot = 0; slot < plain_plan_last(p, held->end_sec); slot++)
        change(p, plain_row_at(p, slot, position), &job, &held->each, sign);
}

void plain_plan_set_license(struct plain_plan *p, size_t number, int64_t total)
{
    for (size_t slot = 0; slot < p->grid.n_slots; slot++)
        p->licenses[slot * PLAIN_LICENSES + number] = total;
}

static void change_licenses(struct plain_plan *p, const int64_t *licenses, size_t first,
                            size_t last, int sign)
{
    for (size_t slot = first; slot < last; slot++) {
        for (size_t i = 0; i < PLAIN_LICENSES; i++)
            p->licenses[slot * PLAIN_LICENSES + i] -= sign * licenses[i];
    }
}

void plain_plan_license(struct plain_plan *p, const int64_t *licenses, int64_t end_sec,
                        int sign)
{
    change_licenses(p, licenses, 0, plain_plan_last(p, end_sec), sign);
}

void plain_plan_reserve(struct plain_plan *p, const struct plain_resv *all, size_t n)
{
    p->resvs = all;
    p->n_resvs = n;
}

void plain_plan_wire(struct plain_plan *p, const struct plain_wiring *wiring)
{
    p->wiring = wiring;
}

int64_t plain_devices_in(const struct resvec *v)
{
    int64_t sum = 0;

    for (int i = RES_FIXED; i < RES_MAX; i++)
        sum += v->v[i];
    return sum;
}

void plain_plan_ask(struct plain_plan *p, const struct resvec *each, size_t pods,
                    int sign)
{
    if (plain_devices_in(each) == 0)
        return;
    for (int i = 0; i < RES_MAX; i++)
        p->asked.v[i] += sign * (int64_t)pods * each->v[i];
}

bool plain_is_within_bound(const struct plain_plan *p, const struct plain_job *job,
                           size_t node, const struct plain_row *row)
{
    int64_t more =
        job->exclusive ? p->capacity[node].v[RES_CPU] : plain_takes(p, job).v[RES_CPU];

    return row->cpu_of[job->part] + more <= p->bounds[job->part] &&
           job->each.v[RES_CPU] <= p->bounds[job->part];
}

const struct plain_job *plain_component(const struct plain_job *job, size_t c)
{
    return c == 0 ? job : &job->others[c - 1];
}

void plain_change_node(struct plain_plan *p, const struct plain_job *one, size_t node,
                       size_t first, size_t last, int sign)
{
    const struct resvec takes = plain_takes(p, one);

    for (size_t slot = first; slot < last; slot++)
        change(p, plain_row_at(p, slot, node), one, &takes, sign);
}

static void change_place(struct plain_plan *p, const struct plain_job *job,
                         const struct plain_place *place, int sign)
{
    const size_t *nodes = place->nodes;

    for (size_t c = 0; c <= job->n_others; nodes += place->of[c++]) {
        for (size_t i = 0; i < place->of[c]; i++)
            plain_change_node(p, plain_component(job, c), nodes[i], place->first,
                              c == 0 ? place->last : place->lasts[c], sign);
    }
    change_licenses(p, job->licenses, place->first, place->given, sign);
    plain_limits_count(p, job, place, sign);
}

void plain_plan_take(struct plain_plan *p, const struct plain_job *job,
                     const struct plain_place *place)
{
    change_place(p, job, place, 1);
}

void plain_plan_give(struct plain_plan *p, const struct plain_job *job,
                     const struct plain_place *place)
{
    change_place(p, job, place, -1);
}

/* Parts of the whole, 2^30 of them. */
static int64_t share_of(int64_t part, int64_t whole)
{
    return whole > 0 ? (int64_t)(((__int128)MIN(part, whole) << 30) / whole) : 0;
}

/* What all components ask for. */
static struct resvec ask_of(const struct plain_job *job, size_t *ret_nodes)
{
    struct resvec ask = {0};

    *ret_nodes = 0;
    for (size_t c = 0; c <= job->n_others; c++) {
        const struct plain_job *one = plain_component(job, c);

        resvec_add_times(&ask, &one->each, (int64_t)one->min);
        *ret_nodes += one->min;
    }
    return ask;
}

static __int128 area_of(const struct plain_plan *p, const struct plain_job *job)
{
    size_t nodes;
    const struct resvec ask = ask_of(job, &nodes);
    int64_t share = 0;

    if (job->exclusive)
        share = share_of((int64_t)nodes, (int64_t)p->n_nodes);
    for (int i = 0; i < RES_MAX; i++)
        share = MAX(share, share_of(ask.v[i], p->total.v[i]));
    return MIN((__int128)job->limit_sec * share, (__int128)INT64_MAX);
}

bool plain_plan_is_first(const struct plain_plan *p, enum backfill_order order,
                         const struct plain_job *a, const struct plain_job *b)
{
    switch (order) {
    case BACKFILL_QUEUE:
        return true;
    case BACKFILL_LIMIT:
        return a->limit_sec <= b->limit_sec;
    case BACKFILL_AREA:
        break;
    }
    return area_of(p, a) <= area_of(p, b);
}

void plain_place_fini(struct plain_place *place)
{
    free(place->nodes);
    *place = (struct plain_place){0};
}

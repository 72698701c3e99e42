#include "tests/support/plain_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline.h"

struct plain_row {
    struct resvec free;
    int64_t seats;               /* SEATS: nobody is there */
    int64_t cpu_of[PLAIN_PARTS]; /* that jobs of each partition have */
};

struct plain_plan {
    struct timeline grid; /* of no nodes: for its bounds only */
    size_t n_nodes;
    struct resvec total;
    struct resvec asked;    /* by jobs with devices */
    struct plain_row *rows; /* [slot][node] */
    int64_t *licenses;      /* that are free: [slot][number] */
    int64_t now_sec;
    int64_t bounds[PLAIN_PARTS]; /* of that; LIMIT_UNLIMITED */
    struct resvec *capacity;     /* by node */
    const struct plain_resv *resvs;
    size_t n_resvs;
    const struct plain_wiring *wiring; /* NULL: all nodes are equally near */
};

struct plain_plan *plain_plan_new(int64_t now_sec, int64_t window_sec, size_t n_nodes)
{
    struct plain_plan *p = xcalloc(1, sizeof(*p));

    timeline_init(&p->grid);
    timeline_reset(&p->grid, now_sec, window_sec, 0, 0);
    p->now_sec = now_sec;
    p->n_nodes = n_nodes;
    p->rows = xcalloc(p->grid.n_slots * n_nodes + 1, sizeof(*p->rows));
    p->licenses = xcalloc(p->grid.n_slots * PLAIN_LICENSES, sizeof(*p->licenses));
    p->capacity = xcalloc(n_nodes + 1, sizeof(*p->capacity));
    for (size_t i = 0; i < PLAIN_PARTS; i++)
        p->bounds[i] = LIMIT_UNLIMITED;
    return p;
}

void plain_plan_free(struct plain_plan *p)
{
    timeline_fini(&p->grid);
    free(p->rows);
    free(p->licenses);
    free(p->capacity);
    free(p);
}

static struct plain_row *row_at(const struct plain_plan *p, size_t slot, size_t node)
{
    return &p->rows[slot * p->n_nodes + node];
}

void plain_plan_set_node(struct plain_plan *p, size_t position,
                         const struct resvec *capacity)
{
    resvec_add(&p->total, capacity);
    p->capacity[position] = *capacity;
    for (size_t slot = 0; slot < p->grid.n_slots; slot++)
        *row_at(p, slot, position) =
            (struct plain_row){.free = *capacity, .seats = SEATS};
}

void plain_plan_bound(struct plain_plan *p, size_t part, int64_t cpu_milli)
{
    p->bounds[part] = cpu_milli;
}

/* In one slot, of a job in a partition. */
static void change(struct plain_row *row, const struct resvec *amount, int64_t seats,
                   size_t part, int sign)
{
    for (int i = 0; i < RES_MAX; i++)
        row->free.v[i] -= sign * amount->v[i];
    row->seats -= sign * seats;
    row->cpu_of[part] += sign * amount->v[RES_CPU];
}

/* The slot that begins at or before a time. */
static size_t slot_of(const struct plain_plan *p, int64_t sec)
{
    size_t slot = p->grid.n_slots - 1;

    while (slot > 0 && p->grid.bounds[slot] > sec)
        slot--;
    return slot;
}

size_t plain_plan_last(const struct plain_plan *p, int64_t end_sec)
{
    size_t last = p->grid.n_slots - 1;

    return end_sec == TIME_NEVER ? last : MIN(slot_of(p, end_sec - 1) + 1, last);
}

void plain_plan_hold(struct plain_plan *p, size_t position,
                     const struct plain_held *held, int sign)
{
    for (size_t slot = 0; slot < plain_plan_last(p, held->end_sec); slot++)
        change(row_at(p, slot, position), &held->each, 1, held->part, sign);
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

/* Are all of the job's licences free throughout? */
static bool is_licensed(const struct plain_plan *p, const struct plain_job *job,
                        size_t first, size_t last)
{
    for (size_t slot = first; slot < last; slot++) {
        for (size_t i = 0; i < PLAIN_LICENSES; i++) {
            if (job->licenses[i] > 0 &&
                p->licenses[slot * PLAIN_LICENSES + i] < job->licenses[i])
                return false;
        }
    }
    return true;
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

/* Does a reservation shut the node to the job in that slot? One that is over does
 * not. */
static bool is_shut(const struct plain_plan *p, const struct plain_job *job,
                    size_t node, size_t slot)
{
    int64_t begin = slot == 0 ? p->now_sec : p->grid.bounds[slot];
    bool is_last = slot + 1 == p->grid.n_slots;

    if (job->in != NULL && (is_last || !job->in->nodes[node] ||
                            begin < job->in->start_sec || begin >= job->in->end_sec))
        return true;
    for (size_t i = 0; i < p->n_resvs; i++) {
        const struct plain_resv *r = &p->resvs[i];

        if (r != job->in && r->nodes[node] && r->end_sec > p->now_sec &&
            begin < r->end_sec + r->tail_sec &&
            (is_last || r->start_sec < p->grid.bounds[slot + 1]))
            return true;
    }
    return false;
}

/* One past the last slot that a job touches. */
static size_t last_of(const struct plain_plan *p, const struct plain_job *job,
                      size_t first)
{
    int64_t end;

    if (job->length_sec == LIMIT_UNLIMITED ||
        __builtin_add_overflow(p->grid.bounds[first], job->length_sec, &end))
        end = TIME_NEVER;
    if (job->in != NULL && p->grid.bounds[first] < job->in->end_sec)
        end = MIN(end, job->in->end_sec);
    return end == TIME_NEVER ? p->grid.n_slots : slot_of(p, end - 1) + 1;
}

/* Who takes a node whole takes all its CPUs. */
static bool is_within_bound(const struct plain_plan *p, const struct plain_job *job,
                            size_t node, const struct plain_row *row)
{
    int64_t more = job->exclusive ? p->capacity[node].v[RES_CPU] : job->each.v[RES_CPU];

    return row->cpu_of[job->part] + more <= p->bounds[job->part];
}

static bool is_open(const struct plain_plan *p, const struct plain_job *job,
                    size_t node, size_t first, size_t last)
{
    if (job->allowed != NULL && !job->allowed[node])
        return false;
    for (size_t slot = first; slot < last; slot++) {
        const struct plain_row *row = row_at(p, slot, node);

        if (is_shut(p, job, node, slot) || !resvec_fits(&job->each, &row->free) ||
            row->seats < (job->exclusive ? SEATS : 1) ||
            !is_within_bound(p, job, node, row))
            return false;
    }
    return true;
}

static int64_t devices_in(const struct resvec *v)
{
    int64_t sum = 0;

    for (int i = RES_FIXED; i < RES_MAX; i++)
        sum += v->v[i];
    return sum;
}

void plain_plan_ask(struct plain_plan *p, const struct resvec *each, size_t pods,
                    int sign)
{
    if (devices_in(each) == 0)
        return;
    for (int i = 0; i < RES_MAX; i++)
        p->asked.v[i] += sign * (int64_t)pods * each->v[i];
}

/* 1024ths of devices that go with an amount, where so much is asked for beside all:
 * with one, three quarters of the average. */
static int64_t usable_with(const struct plain_plan *p, int64_t amount, int64_t asked)
{
    __int128 rate;

    if (asked == 0)
        return INT64_MAX;
    rate = ((__int128)devices_in(&p->asked) * 1024 * 4 / 3 << 32) / asked;
    return (int64_t)(amount * rate >> 32);
}

static int64_t stranded(const struct plain_plan *p, const struct resvec *left)
{
    const int64_t mib = 1 << 20;
    int64_t parts = devices_in(left) * 1024;

    parts -= MIN(
        parts, MIN(usable_with(p, left->v[RES_CPU], p->asked.v[RES_CPU]),
                   usable_with(p, left->v[RES_MEM] / mib, p->asked.v[RES_MEM] / mib)));
    return parts;
}

static int64_t cost_of(const struct plain_plan *p, const struct plain_job *job,
                       const struct resvec *left)
{
    struct resvec rest = *left;

    resvec_sub(&rest, &job->each);
    return stranded(p, &rest) - stranded(p, left);
}

/* What is left on a node in the last slot of a place; the last of all is not looked
 * at. */
static const struct resvec *left_then(const struct plain_plan *p,
                                      const struct plain_place *place, size_t node)
{
    size_t end = MIN(place->last, p->grid.n_slots - 1);

    return &row_at(p, MAX(end, place->first + 1) - 1, node)->free;
}

/* How many nodes of its leaf are open to the job. */
static int64_t open_beside(const struct plain_plan *p, const struct plain_spot *spots,
                           size_t n, size_t node)
{
    const size_t *leaf = p->wiring ? p->wiring->under[PLAIN_LEVELS - 1] : NULL;
    int64_t count = 0;

    for (size_t i = 0; leaf && i < n; i++)
        count += leaf[spots[i].node] == leaf[node];
    return count;
}

/* All that are open to a job. */
struct open {
    struct plain_spot *spots;
    size_t n;
};

/* Is node a the better fit for the job there? Its leaf has the earlier turn; less
 * stranded by it; fewer devices left over when it ends, and when it begins; less cpu;
 * fewer nodes open on its leaf; then the earlier name. */
static bool is_better(const struct plain_plan *p, const struct open *open,
                      const struct plain_place *place, const struct plain_spot *a,
                      const struct plain_spot *b)
{
    const struct resvec *left_a = &row_at(p, place->first, a->node)->free;
    const struct resvec *left_b = &row_at(p, place->first, b->node)->free;
    const int64_t better[][2] = {
        {a->turn, b->turn},
        {a->cost, b->cost},
        {devices_in(left_then(p, place, a->node)),
         devices_in(left_then(p, place, b->node))},
        {a->devices, b->devices},
        {left_a->v[RES_CPU], left_b->v[RES_CPU]},
        {open_beside(p, open->spots, open->n, a->node),
         open_beside(p, open->spots, open->n, b->node)},
    };

    for (size_t i = 0; i < ARRAY_LEN(better); i++) {
        if (better[i][0] != better[i][1])
            return better[i][0] < better[i][1];
    }
    return a->node < b->node;
}

/* In the order of ranks: leaf by leaf. */
static bool is_before(const struct plain_plan *p, size_t a, size_t b)
{
    const size_t *leaf = p->wiring ? p->wiring->under[PLAIN_LEVELS - 1] : NULL;

    return leaf && leaf[a] != leaf[b] ? leaf[a] < leaf[b] : a < b;
}

static void add_node(const struct plain_plan *p, struct plain_place *place, size_t node)
{
    size_t i = place->n++;

    for (; i > 0 && is_before(p, node, place->nodes[i - 1]); i--)
        place->nodes[i] = place->nodes[i - 1];
    place->nodes[i] = node;
}

/* The best of those that have a turn. */
static void take_best(const struct plain_plan *p, const struct open *open, size_t want,
                      struct plain_place *place)
{
    const struct plain_spot **best = xcalloc(want + 1, sizeof(struct plain_spot *));
    size_t n = 0;

    for (size_t k = 0; k < open->n; k++) {
        const struct plain_spot *spot = &open->spots[k];
        size_t i = n;

        while (i > 0 && is_better(p, open, place, spot, best[i - 1]))
            i--;
        if (i == want || spot->turn == 0)
            continue;
        n = MIN(n + 1, want);
        memmove(&best[i + 1], &best[i], (n - 1 - i) * sizeof(*best));
        best[i] = spot;
    }
    for (size_t i = 0; i < n; i++)
        add_node(p, place, best[i]->node);
    free(best);
}

static struct open list_open(const struct plain_plan *p, const struct plain_job *job,
                             const struct plain_place *place)
{
    struct open open = {.spots = xcalloc(p->n_nodes + 1, sizeof(*open.spots))};

    for (size_t node = 0; node < p->n_nodes; node++) {
        if (is_open(p, job, node, place->first, place->last))
            open.spots[open.n++] = (struct plain_spot){.node = node, .turn = 1};
    }
    return open;
}

/* Could the node hold a pod of the job if it were empty? */
static bool could_hold(const struct plain_plan *p, const struct plain_job *job,
                       size_t node)
{
    const struct plain_row empty = {.free = p->capacity[node], .seats = SEATS};

    return (job->allowed == NULL || job->allowed[node]) &&
           resvec_fits(&job->each, &empty.free) &&
           is_within_bound(p, job, node, &empty);
}

/* The level of the block that a job does not leave. */
static size_t top_of(const struct plain_plan *p, const struct plain_job *job)
{
    bool *could = xcalloc(p->n_nodes + 1, sizeof(*could));
    size_t n = 0, top;

    for (size_t node = 0; node < p->n_nodes; node++)
        n += could[node] = could_hold(p, job, node);
    top = plain_near_level(p->wiring, could, p->n_nodes, MIN(n, job->max));
    free(could);
    return top;
}

/* Gives turns where the gang is to be. Returns on how many nodes. */
static size_t bring_near(const struct plain_plan *p, const struct plain_job *job,
                         const struct plain_place *place, struct open *open)
{
    struct plain_want want = {.least = job->min, .most = job->max};
    int64_t start = place->first == 0 ? p->now_sec : p->grid.bounds[place->first];

    if (start < job->few_until_sec)
        want.leaves = job->most_leaves;
    if (p->wiring->blocks)
        want.top = top_of(p, job);
    return plain_near(p->wiring, open->spots, open->n, &want);
}

/* Those that suit it best, of those that are open, as many as it may have. False: too
 * few. */
static bool choose(const struct plain_plan *p, const struct plain_job *job,
                   struct open *open, struct plain_place *place)
{
    size_t n = MIN(open->n, job->max);

    for (size_t i = 0; i < open->n; i++) {
        struct plain_spot *spot = &open->spots[i];
        const struct resvec *left = &row_at(p, place->first, spot->node)->free;

        spot->cost = cost_of(p, job, left);
        spot->devices = devices_in(left);
    }
    if (n >= job->min && p->wiring && job->max > 1)
        n = bring_near(p, job, place, open);
    if (n >= job->min)
        take_best(p, open, n, place);
    return n >= job->min;
}

static bool fits_at(const struct plain_plan *p, const struct plain_job *job,
                    struct plain_place *place)
{
    struct open open;
    bool fits;

    place->last = last_of(p, job, place->first);
    open = list_open(p, job, place);
    place->n = 0;
    fits =
        is_licensed(p, job, place->first, place->last) && choose(p, job, &open, place);
    free(open.spots);
    place->start_sec =
        place->first < p->grid.n_slots - 1 ? p->grid.bounds[place->first] : PLAN_FAR;
    return fits;
}

bool plain_plan_find(const struct plain_plan *p, const struct plain_job *job,
                     size_t before, struct plain_place *ret)
{
    struct plain_place place = {.nodes = xcalloc(job->max + 1, sizeof(size_t))};

    for (; place.first < MIN(before, p->grid.n_slots); place.first++) {
        if (fits_at(p, job, &place)) {
            *ret = place;
            return true;
        }
    }
    plain_place_fini(&place);
    return false;
}

static void change_place(struct plain_plan *p, const struct plain_job *job,
                         const struct plain_place *place, int sign)
{
    for (size_t slot = place->first; slot < place->last; slot++) {
        for (size_t i = 0; i < place->n; i++)
            change(row_at(p, slot, place->nodes[i]), &job->each,
                   job->exclusive ? SEATS : 1, job->part, sign);
    }
    change_licenses(p, job->licenses, place->first, place->last, sign);
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
    return whole > 0 ? (MIN(part, whole) << 30) / whole : 0;
}

static __int128 area_of(const struct plain_plan *p, const struct plain_job *job)
{
    int64_t share = 0;

    if (job->exclusive)
        share = share_of((int64_t)job->min, (int64_t)p->n_nodes);
    for (int i = 0; i < RES_MAX; i++)
        share = MAX(share, share_of((int64_t)job->min * job->each.v[i], p->total.v[i]));
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

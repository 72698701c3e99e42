/*
 * The core's plans are those of the plain planner (tests/support/plain_plan.h),
 * exactly, start and nodes, over random small clusters and queues, a third of them with
 * a tree of switches, a third with blocks, some with partitions whose jobs have a bound
 * on the CPUs of each node, some jobs with components or in segments; and so is, after
 * jobs have ended and one has come, the set of jobs that start before the walk begins,
 * with all promises in their places, in whatever order gaps are offered.
 *
 * A failing case prints its seed; GANTRY_CASES sets how many are run, GANTRY_SEED runs
 * that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/fence.h"
#include "scheduler/timeline.h"
#include "tests/support/plain_plan.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define CASES 2000
#define NODES_MAX 80 /* more than a word of bits */
#define JOBS_MAX 24
#define NOW_SEC 6030
#define WINDOW_SEC (2 * 86400)

#define RESVS 2
#define COMPONENTS 3 /* of a job */

struct queue_case {
    uint64_t seed;
    struct rng rng;
    struct restable res;
    int gpu;
    enum backfill_order order;
    struct sched *s;
    struct plain_plan *plain;
    size_t n_nodes, n_running, n_pending;
    struct plain_place places[JOBS_MAX + 2]; /* by pending job, from 1 */
    bool odd[NODES_MAX]; /* partition "odd" has every other node; "all" has all */
    struct resvec capacity[NODES_MAX], used[NODES_MAX];
    int64_t licenses_left[PLAIN_LICENSES];
    bool reserved[RESVS][NODES_MAX];
    struct plain_resv resvs[RESVS];
    size_t n_resvs;
    /* By pending job, as places: the one that its place is in; NULL: none. */
    const struct plain_resv *placed_in[JOBS_MAX + 2];
    bool wired; /* a tree of switches, by labels */
    size_t under[PLAIN_LEVELS][NODES_MAX];
    struct plain_wiring wiring;
    size_t changes; /* that were compared */
};

static size_t draw(struct queue_case *q, size_t bound)
{
    return (size_t)rng_below(&q->rng, bound);
}

static void tell(struct queue_case *q, enum change_kind kind, void *what)
{
    struct change change = {.kind = kind, .u.job = what};

    sched_apply(q->s, &change);
}

/* ---- cluster and queue ---- */

#define SPINES 3
#define LEAVES 4 /* of each */

/* Somewhere in the tree. */
static void wire(struct queue_case *q, size_t i, struct node *node)
{
    size_t spine = draw(q, SPINES), leaf = spine * LEAVES + draw(q, LEAVES);
    AUTO_FREE char *spine_name = xasprintf("s%zu", spine);
    AUTO_FREE char *leaf_name = xasprintf("l%zu", leaf);

    q->under[1][i] = spine;
    q->under[2][i] = leaf;
    labels_add(&node->labels, &node->n_labels, "spine", spine_name);
    labels_add(&node->labels, &node->n_labels, "leaf", leaf_name);
    labels_sort(node->labels, node->n_labels);
}

static void begin_wiring(struct queue_case *q, enum topology_kind kind)
{
    if (!q->wired)
        return;
    q->wiring = (struct plain_wiring){{1, SPINES, SPINES * LEAVES},
                                      {q->under[0], q->under[1], q->under[2]},
                                      kind == TOPOLOGY_BLOCK};
    plain_plan_wire(q->plain, &q->wiring);
}

/* Each two of the leaves that there are make a larger block. */
static void pair_leaves(struct queue_case *q)
{
    size_t number[SPINES * LEAVES], n = 0;

    for (size_t leaf = 0; leaf < SPINES * LEAVES; leaf++) {
        bool there = false;

        for (size_t i = 0; i < q->n_nodes; i++)
            there |= q->under[2][i] == leaf;
        number[leaf] = n;
        n += there;
    }
    for (size_t i = 0; i < q->n_nodes; i++)
        q->under[1][i] = number[q->under[2][i]] / 2;
    q->wiring.n_switches[1] = n / 2 + 1;
}

static void add_nodes(struct queue_case *q)
{
    for (size_t i = 0; i < q->n_nodes; i++) {
        struct node *node = node_new();

        node->name = xasprintf("n%zu", i);
        node->ready = true;
        node->capacity.v[RES_CPU] = 1000 * (2 + (int64_t)draw(q, 7));
        node->capacity.v[RES_PODS] = 110;
        node->capacity.v[q->gpu] = (int64_t)draw(q, 5);
        q->capacity[i] = node->capacity;
        q->odd[i] = i % 2 == 1;
        if (q->wired)
            wire(q, i, node);
        plain_plan_set_node(q->plain, i, &node->capacity);
        tell(q, CHANGE_NODE, node);
    }
}

static void add_partition(struct queue_case *q, bool odd)
{
    struct partition *part = partition_new();

    part->name = xstrdup(odd ? "odd" : "all");
    part->is_default = !odd;
    if (draw(q, 4) == 0) {
        part->amounts.max_cpus_per_node = 1 + (int64_t)draw(q, 6);
        plain_plan_bound(q->plain, odd, 1000 * part->amounts.max_cpus_per_node);
    }
    if (draw(q, 4) == 0) {
        part->oversubscribe = 2 + (int64_t)draw(q, 3);
        part->oversubscribe_all = true;
        plain_plan_share(q->plain, odd, part->oversubscribe);
    }
    for (size_t i = 0; i < q->n_nodes && odd; i++) {
        AUTO_FREE char *name = xasprintf("n%zu", i);

        if (q->odd[i])
            names_add(&part->node_names, &part->n_node_names, name);
    }
    names_sort(part->node_names, part->n_node_names);
    tell(q, CHANGE_PARTITION, part);
}

static const char *const license_names[PLAIN_LICENSES] = {"ansys", "matlab"};

/* What the job takes, by number. */
static void licenses_of(const struct job *job, int64_t *ret)
{
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        ret[i] = 0;
        for (size_t k = 0; k < job->n_licenses; k++) {
            if (strcmp(job->licenses[k].name, license_names[i]) == 0)
                ret[i] = job->licenses[k].count;
        }
    }
}

static void set_licenses(struct queue_case *q, struct license_table *table)
{
    table->n = PLAIN_LICENSES;
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        struct license_total *item = &table->items[i];

        snprintf(item->name, sizeof(item->name), "%s", license_names[i]);
        item->total = 1 + (int64_t)draw(q, 3);
        q->licenses_left[i] = item->total;
    }
}

static void draw_licenses(struct queue_case *q, struct job *job)
{
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        if (draw(q, 5) == 0)
            licenses_add(&job->licenses, &job->n_licenses, license_names[i], 1);
    }
}

/* In such a case half of the jobs name all reservations, which have most nodes, and for
 * long: only where each job can run at all a change is compared. */
static bool is_of_several(const struct queue_case *q)
{
    return q->seed % 8 == 1;
}

/* In every third case, of some nodes, near and far; some overlap. */
static void add_reservations(struct queue_case *q)
{
    bool wide = is_of_several(q);

    q->n_resvs = wide ? RESVS : draw(q, 3) > 0 ? 0 : 1 + draw(q, RESVS);
    for (size_t i = 0; i < q->n_resvs; i++) {
        struct reservation *resv = reservation_new();

        resv->name = xasprintf("r%zu", i);
        resv->start_sec = NOW_SEC - 3000 + (int64_t)draw(q, draw(q, 2) ? 6000 : 200000);
        if (wide)
            resv->start_sec = NOW_SEC - 3000 + (int64_t)draw(q, 6000);
        resv->end_sec = resv->start_sec + 1 + (int64_t)draw(q, 20000) + wide * 100000;
        for (size_t k = 0; k < q->n_nodes; k++) {
            AUTO_FREE char *name = xasprintf("n%zu", k);

            q->reserved[i][k] = wide ? draw(q, 4) > 0 : draw(q, 3) == 0;
            if (q->reserved[i][k])
                names_add(&resv->node_names, &resv->n_node_names, name);
        }
        names_sort(resv->node_names, resv->n_node_names);
        q->resvs[i] = (struct plain_resv){resv->start_sec, resv->end_sec,
                                          FENCE_TAIL_SEC, q->reserved[i]};
        tell(q, CHANGE_RESERVATION, resv);
    }
    plain_plan_reserve(q->plain, q->resvs, q->n_resvs);
}

/* One, or several; in some cases none does name several. */
static void draw_reservations(struct queue_case *q, struct job *job)
{
    size_t first = draw(q, q->n_resvs), n = 1 + (q->seed % 2 ? draw(q, q->n_resvs) : 0);

    if (is_of_several(q))
        n = q->n_resvs;
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *name = xasprintf("r%zu", (first + i) % q->n_resvs);

        names_add(&job->reservations, &job->n_reservations, name);
    }
}

/* Mostly a divisor of what it asks for. */
static void draw_segments(struct queue_case *q, struct job *job)
{
    job->segment = 1 + (int64_t)draw(q, 3);
    if (draw(q, 8) > 0) {
        job->min_pods = job->segment * (1 + (int64_t)draw(q, 3));
        job->max_pods = job->min_pods + job->segment * (int64_t)draw(q, 2);
    }
    job->spread_segments = draw(q, 4) == 0;
    job->consolidate_segments = draw(q, 3) == 0;
}

static void draw_shape(struct queue_case *q, struct job *job)
{
    job->one_per_node = true;
    job->each.v[RES_PODS] = 1;
    job->each.v[RES_CPU] = 500 * (1 + (int64_t)draw(q, 8));
    job->each.v[q->gpu] = (int64_t)draw(q, 4);
    job->min_pods = job->max_pods = 1 + (int64_t)draw(q, draw(q, 2) == 0 ? 2 : 6);
    if (draw(q, 5) == 0)
        job->max_pods += (int64_t)draw(q, 3);
    if (draw(q, 3) == 0)
        draw_segments(q, job);
}

/* Beside the first, some in a partition of their own. */
static void draw_components(struct queue_case *q, struct job *job)
{
    for (size_t n = 1 + draw(q, COMPONENTS - 1); n > 0; n--) {
        struct job *other = job_add_component(job);

        draw_shape(q, other);
        if (draw(q, 3) == 0)
            names_add(&other->partitions, &other->n_partitions,
                      draw(q, 2) == 0 ? "odd" : "all");
        if (draw(q, 3) == 0)
            other->limit_sec = 60 + (int64_t)draw(q, 7200);
    }
}

static struct job *draw_job(struct queue_case *q, size_t number)
{
    struct job *job = job_new();

    job->uid = xasprintf("job-%zu", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->user = xstrdup("ann");
    job->job_id = (int64_t)number;
    draw_shape(q, job);
    job->exclusive = draw(q, 10) == 0;
    job->limit_sec = 60 + (int64_t)draw(q, draw(q, 2) == 0 ? 7200 : 86400);
    if (draw(q, 40) == 0)
        job->limit_sec = LIMIT_UNLIMITED;
    if (draw(q, 4) == 0) { /* it has waited since the epoch */
        job->most_switches = 1 + (int64_t)draw(q, 2);
        job->switch_wait_sec = NOW_SEC - 500 + (int64_t)draw(q, 5000);
    }
    draw_licenses(q, job);
    if (q->n_resvs > 0 && draw(q, is_of_several(q) ? 2 : 4) == 0)
        draw_reservations(q, job);
    return job;
}

static const struct plain_resv *resv_named(const struct queue_case *q, const char *name)
{
    return name != NULL ? &q->resvs[name[1] - '0'] : NULL;
}

/* The one that it is in, or the only one that it asks for; NULL: none. */
static const struct plain_resv *resv_of(const struct queue_case *q,
                                        const struct job *job)
{
    return resv_named(q, job_reservation(job));
}

/* Of what runs; what is late ends in this minute. Who has begun in a reservation is
 * over with it. */
static int64_t end_of(const struct queue_case *q, const struct job *job)
{
    const struct plain_resv *in = resv_of(q, job);
    int64_t end = job->limit_sec == LIMIT_UNLIMITED ? TIME_NEVER
                                                    : job->start_sec + job->limit_sec;

    if (in != NULL && job->start_sec >= in->start_sec && job->start_sec < in->end_sec)
        end = MIN(end, in->end_sec);
    return end == TIME_NEVER ? TIME_NEVER : MAX(end + 60, NOW_SEC + 30);
}

/* What runs has no more than there are. */
static bool take_licenses(struct queue_case *q, const struct job *job)
{
    int64_t takes[PLAIN_LICENSES];

    licenses_of(job, takes);
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        if (takes[i] > q->licenses_left[i])
            return false;
    }
    for (size_t i = 0; i < PLAIN_LICENSES; i++)
        q->licenses_left[i] -= takes[i];
    return true;
}

static void hold_plainly(struct queue_case *q, const struct job *job, size_t node,
                         int sign)
{
    const struct plain_held held = {.each = job->each, .end_sec = end_of(q, job)};
    int64_t takes[PLAIN_LICENSES];

    licenses_of(job, takes);
    plain_plan_license(q->plain, takes, end_of(q, job), sign);
    plain_plan_hold(q->plain, node, &held, sign);
    plain_plan_ask(q->plain, &job->each, (size_t)job->min_pods, sign);
}

/* One node each, shared where there is room. */
static void add_running(struct queue_case *q, size_t number)
{
    struct job *job = draw_job(q, number);
    size_t node = draw(q, q->n_nodes);
    struct resvec used = q->used[node];

    resvec_add(&used, &job->each);
    if (!resvec_fits(&used, &q->capacity[node]) || job->exclusive ||
        !take_licenses(q, job)) {
        job_free(job);
        return;
    }
    q->used[node] = used;
    job->phase = JOB_RUNNING;
    job->partition = xstrdup("all");
    if (job->n_reservations > 1)
        job->reservation = xstrdup(job->reservations[1]);
    job->start_sec = NOW_SEC - (int64_t)draw(q, 8000);
    job->alloc = xcalloc(1, sizeof(*job->alloc));
    job->n_alloc = 1;
    job->alloc[0] =
        (struct slot){.node = xasprintf("n%zu", node), .pods = 1, .each = job->each};
    hold_plainly(q, job, node, 1);
    tell(q, CHANGE_JOB, job);
}

static const struct job *job_at(const struct queue_case *q, size_t number)
{
    AUTO_FREE char *uid = xasprintf("job-%zu", number);

    return sched_job(q->s, uid);
}

static void shape_as(struct job *job, const struct job *other)
{
    job->one_per_node = other->one_per_node;
    job->each = other->each;
    job->min_pods = other->min_pods;
    job->max_pods = other->max_pods;
    job->segment = other->segment;
    job->spread_segments = other->spread_segments;
    job->consolidate_segments = other->consolidate_segments;
}

/* The same but for the time: what is remembered of one counts for the next. */
static void ask_as(struct job *job, const struct job *other)
{
    shape_as(job, other);
    job->exclusive = other->exclusive;
    job_cut_components(job, 0);
    for (size_t i = 0; i < other->n_others; i++) {
        struct job *component = job_add_component(job);

        shape_as(component, &other->others[i]);
        component->limit_sec = other->others[i].limit_sec;
        if (other->others[i].n_partitions > 0)
            names_add(&component->partitions, &component->n_partitions,
                      other->others[i].partitions[0]);
    }
}

static void ask_plainly(struct queue_case *q, const struct job *job, int sign)
{
    plain_plan_ask(q->plain, &job->each, (size_t)job->min_pods, sign);
    for (size_t i = 0; i < job->n_others; i++)
        plain_plan_ask(q->plain, &job->others[i].each, (size_t)job->others[i].min_pods,
                       sign);
}

static void begin_case(struct queue_case *q, uint64_t seed)
{
    struct sched_config config = sched_config_default();

    *q = (struct queue_case){.seed = seed};
    rng_seed(&q->rng, seed);
    restable_init(&q->res);
    q->gpu = restable_intern(&q->res, "x/gpu");
    set_licenses(q, &config.licenses);
    config.window_sec = WINDOW_SEC;
    config.reservation_depth = config.max_job_test = INT64_MAX;
    config.backfill_order = q->order = (enum backfill_order)(seed % 3);
    config.topology_kind = (enum topology_kind)(seed / 3 % 3);
    config.max_switch_wait_sec = INT64_MAX / 2;
    q->wired = config.topology_kind != TOPOLOGY_FLAT;
    if (config.topology_kind == TOPOLOGY_BLOCK && seed / 9 % 2 == 0)
        config.block_sizes = (struct block_sizes){.n = 2, .size = {2, 4}};
    ck_assert_int_eq(topology_labels_parse("spine,leaf", &config.topology_labels, NULL),
                     0);
    q->s = sched_new(&config);
    q->n_nodes = 2 + draw(q, draw(q, 20) == 0 ? NODES_MAX - 1 : 8);
    q->plain = plain_plan_new(NOW_SEC, WINDOW_SEC, q->n_nodes);
    for (size_t i = 0; i < PLAIN_LICENSES; i++)
        plain_plan_set_license(q->plain, i, q->licenses_left[i]);
    tell(q, CHANGE_RESOURCES, &q->res);
    begin_wiring(q, config.topology_kind);
    add_nodes(q);
    if (config.block_sizes.n > 0)
        pair_leaves(q);
    add_partition(q, false);
    add_partition(q, true);
    add_reservations(q);
    q->n_running = draw(q, 3 * q->n_nodes);
    q->n_pending = 1 + draw(q, JOBS_MAX);
    for (size_t i = 1; i <= q->n_running; i++)
        add_running(q, i);
    for (size_t i = 1; i <= q->n_pending; i++) {
        struct job *job = draw_job(q, q->n_running + i);

        if (draw(q, 6) == 0)
            draw_components(q, job);
        if (i > 1 && draw(q, 2) == 0)
            ask_as(job, job_at(q, q->n_running + i - 1));
        if (draw(q, 3) == 0)
            names_add(&job->partitions, &job->n_partitions, "odd");
        ask_plainly(q, job, 1);
        tell(q, CHANGE_JOB, job);
    }
}

static void end_case(struct queue_case *q)
{
    for (size_t i = 0; i < ARRAY_LEN(q->places); i++)
        plain_place_fini(&q->places[i]);
    sched_free(q->s);
    plain_plan_free(q->plain);
}

/* ---- comparing ---- */

/* Of one component, which is over with the job at the latest. */
static int64_t limit_of(const struct job *job, const struct job *one)
{
    return one->limit_sec != LIMIT_UNSET ? MIN(one->limit_sec, job->limit_sec)
                                         : job->limit_sec;
}

/* Of one component, which is of the job. */
static struct plain_job component_of(const struct queue_case *q, const struct job *job,
                                     const struct job *one)
{
    const struct job *named = one->n_partitions > 0 ? one : job;
    const bool odd =
        named->n_partitions > 0 && strcmp(named->partitions[0], "odd") == 0;

    return (struct plain_job){
        .each = one->each,
        .exclusive = job->exclusive,
        .min = (size_t)one->min_pods,
        .max = (size_t)one->max_pods,
        .limit_sec = job->limit_sec,
        .length_sec = book_length(limit_of(job, one)),
        .allowed = odd ? q->odd : NULL,
        .part = odd,
        .most_leaves = (size_t)one->most_switches,
        .few_until_sec = job->switch_wait_sec,
        .segments = {(size_t)one->segment, one->spread_segments,
                     one->consolidate_segments},
        .in = resv_of(q, job),
    };
}

/* `ret_others` has room for all. */
static struct plain_job plain_of(const struct queue_case *q, const struct job *job,
                                 struct plain_job *ret_others)
{
    struct plain_job plain = component_of(q, job, job);

    licenses_of(job, plain.licenses);
    for (size_t i = 0; i < job->n_others; i++)
        ret_others[i] = component_of(q, job, &job->others[i]);
    plain.others = ret_others;
    plain.n_others = job->n_others;
    return plain;
}

static void compare(const struct queue_case *q, const struct job *job,
                    const struct plain_place *place)
{
    bool started = job->phase == JOB_STARTING;
    const struct slot *slots = started ? job->alloc : job->plan.slots;
    size_t n = started ? job->n_alloc : job->plan.n_slots;
    int64_t start = started ? timeline_minute(NOW_SEC) : job->plan.start_sec;

    ck_assert_msg(start == place->start_sec && n == place->n,
                  "seed %" PRIu64 ", %s: at %" PRId64
                  " on %zu nodes, plainly at %" PRId64 " on %zu",
                  q->seed, job->uid, start, n, place->start_sec, place->n);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(strtoul(slots[i].node + 1, NULL, 10) == place->nodes[i],
                      "seed %" PRIu64 ", %s: on %s, plainly on n%zu", q->seed, job->uid,
                      slots[i].node, place->nodes[i]);
}

/* What has started in a reservation may take its time to go away behind that; and what
 * runs ends one day: in the last slot it is gone. */
static size_t last_of_started(const struct queue_case *q, const struct job *job,
                              int64_t limit_sec)
{
    const struct plain_resv *in = resv_of(q, job);
    int64_t left = limit_sec;

    if (in != NULL)
        left = MIN(left, in->end_sec - NOW_SEC);
    return plain_plan_last(q->plain,
                           timeline_end(timeline_minute(NOW_SEC), book_length(left)));
}

static void set_started(const struct queue_case *q, const struct job *job,
                        struct plain_place *place)
{
    place->last = place->given = last_of_started(q, job, job->limit_sec);
    for (size_t i = 0; i < job->n_others; i++)
        place->lasts[i + 1] = last_of_started(q, job, limit_of(job, &job->others[i]));
}

static void stay_in(struct plain_job *job, struct plain_job *others,
                    const struct plain_resv *in)
{
    job->in = in;
    for (size_t i = 0; i < job->n_others; i++)
        others[i].in = in;
}

/* In the reservation of several where it can begin first, else as they are listed.
 * False: nowhere. */
static bool find_plainly(const struct queue_case *q, const struct job *job,
                         struct plain_job *plain, struct plain_job *others,
                         struct plain_place *place)
{
    const struct plain_resv *best = plain->in;
    size_t before = SIZE_MAX;

    *place = (struct plain_place){.start_sec = TIME_UNSET};
    if (job->n_reservations < 2)
        plain_plan_find(q->plain, plain, SIZE_MAX, place);
    for (size_t i = 0; i < job->n_reservations && job->n_reservations > 1; i++) {
        struct plain_place here = {.start_sec = TIME_UNSET};

        stay_in(plain, others, resv_named(q, job->reservations[i]));
        if (!plain_plan_find(q->plain, plain, before, &here))
            continue;
        plain_place_fini(place);
        *place = here;
        before = here.first;
        best = plain->in;
    }
    stay_in(plain, others, best);
    return place->start_sec != TIME_UNSET;
}

/* Where the plain planner puts it, taken. False: in the last slot. */
static bool place_plainly(struct queue_case *q, size_t number)
{
    const struct job *job = job_at(q, q->n_running + number);
    struct plain_job others[COMPONENTS], plain = plain_of(q, job, others);
    struct plain_place *place = &q->places[number];

    if (!find_plainly(q, job, &plain, others, place))
        /* Segments of components may fit once those behind have taken nodes that
         * others of them would have chosen: then a later walk finds a place. */
        return job->n_others == 0 || job->plan.start_sec == TIME_UNSET;
    q->placed_in[number] = plain.in;
    if (place->start_sec == PLAN_FAR) {
        /* One that has just come is not promised that, and left to the walk. */
        ck_assert_msg(job->plan.start_sec == PLAN_FAR || number > q->n_pending,
                      "seed %" PRIu64 ", %s: plainly far, and not at %" PRId64, q->seed,
                      job->uid, job->plan.start_sec);
        return false;
    }
    if (place->first == 0)
        set_started(q, job, place);
    plain_plan_take(q->plain, &plain, place);
    return true;
}

static bool compare_place(struct queue_case *q, size_t number)
{
    if (!place_plainly(q, number))
        return false;
    compare(q, job_at(q, q->n_running + number), &q->places[number]);
    return true;
}

/* The order of the queue is that of the numbers. A place in the last slot is no promise
 * but made anew in each walk, around the promises of who comes behind: it ends the
 * comparison. */
static bool compare_all(struct queue_case *q)
{
    for (size_t i = 1; i <= q->n_pending; i++) {
        if (!compare_place(q, i))
            return false;
    }
    return true;
}

/* ---- after a change ---- */

static bool never(const struct queue_case *q, size_t number)
{
    return q->places[number].start_sec == TIME_UNSET;
}

/* Now, in the first of its reservations in which it fits. */
static bool find_plain_start(const struct queue_case *q, const struct job *job,
                             struct plain_job *plain, struct plain_job *others,
                             struct plain_place *place)
{
    bool found = job->n_reservations < 2 && plain_plan_find(q->plain, plain, 1, place);

    for (size_t i = 0; i < job->n_reservations && job->n_reservations > 1 && !found;
         i++) {
        stay_in(plain, others, resv_named(q, job->reservations[i]));
        found = plain_plan_find(q->plain, plain, 1, place);
    }
    return found;
}

/* Lifted alone: does it fit now? Else it is put back. */
static bool start_plainly(struct queue_case *q, size_t number, bool was_waiting)
{
    const struct job *job = job_at(q, q->n_running + number);
    struct plain_job others[COMPONENTS], plain = plain_of(q, job, others);
    struct plain_place *old = &q->places[number], place;

    if (!was_waiting || old->first == 0)
        return false;
    stay_in(&plain, others, q->placed_in[number]);
    plain_plan_give(q->plain, &plain, old);
    if (find_plain_start(q, job, &plain, others, &place)) {
        q->placed_in[number] = plain.in;
        plain_place_fini(old);
        *old = place;
        set_started(q, job, old);
    }
    stay_in(&plain, others, q->placed_in[number]);
    plain_plan_take(q->plain, &plain, old);
    return old->first == 0;
}

static void end_some(struct queue_case *q)
{
    for (size_t i = 1; i <= q->n_running; i++) {
        const struct job *job = job_at(q, i);
        AUTO_FREE char *uid = xasprintf("job-%zu", i);

        if (job == NULL || draw(q, 3) > 0)
            continue;
        hold_plainly(q, job, strtoul(job->alloc[0].node + 1, NULL, 10), -1);
        tell(q, CHANGE_JOB_GONE, uid);
    }
}

static bool at_once(void *arg, int64_t ahead_us)
{
    (void)arg;
    (void)ahead_us;
    return true;
}

/* A start, or a job, a step, up to before the walk. */
static void start_all(struct queue_case *q)
{
    struct sched_budget budget = {at_once, NULL};
    struct decisions decisions;

    do
        ck_assert_msg(sched_step(q->s, NOW_SEC, budget, &decisions) == SCHED_MORE,
                      "seed %" PRIu64 ": there is no walk", q->seed);
    while (!q->s->yielded);
}

/* The numbers of the first `n` jobs, in the order in which they are offered gaps. */
static void order_turns(const struct queue_case *q, size_t *turns, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        struct plain_job own[COMPONENTS], others[COMPONENTS];
        struct plain_job job = plain_of(q, job_at(q, q->n_running + i), own);
        size_t at = i - 1;

        for (; at > 0; at--) {
            struct plain_job other =
                plain_of(q, job_at(q, q->n_running + turns[at - 1]), others);

            if (plain_plan_is_first(q->plain, q->order, &other, &job))
                break;
            turns[at] = turns[at - 1];
        }
        turns[at] = i;
    }
}

/* What starts leaves its place to others, from the first one on. */
static void start_all_plainly(struct queue_case *q, const bool *waiting, size_t n)
{
    size_t turns[JOBS_MAX + 2], i = 0;

    order_turns(q, turns, n);
    while (i < n) {
        if (start_plainly(q, turns[i], waiting[turns[i]]))
            i = 0;
        else
            i++;
    }
}

/* The new job is the last of the queue; but where gaps are not offered in the queue's
 * order, it is promised its start before they are, and then offered them as well. */
static void compare_starts(struct queue_case *q, bool *waiting)
{
    bool in_queue = q->order == BACKFILL_QUEUE;
    size_t n = q->n_pending + 1;

    if (in_queue)
        start_all_plainly(q, waiting, q->n_pending);
    if (!place_plainly(q, n) || never(q, n))
        return; /* one that cannot be promised a start ends the search */
    waiting[n] = true;
    if (!in_queue)
        start_all_plainly(q, waiting, n);
    for (size_t i = 1; i <= n; i++) {
        if (!never(q, i))
            compare(q, job_at(q, q->n_running + i), &q->places[i]);
    }
}

static bool names_one_over(const struct queue_case *q, const struct job *job)
{
    bool over = false;

    for (size_t i = 0; i < job->n_reservations; i++)
        over |= resv_named(q, job->reservations[i])->end_sec <= NOW_SEC;
    return over;
}

static void change(struct queue_case *q)
{
    bool waiting[JOBS_MAX + 2] = {false};
    const struct job *other;
    struct job *job;

    for (size_t i = 1; i <= q->n_pending; i++) {
        if (never(q, i))
            return; /* it is in the way of who is behind */
        waiting[i] = job_at(q, q->n_running + i)->phase == JOB_PENDING;
    }
    end_some(q);
    job = draw_job(q, q->n_running + q->n_pending + 1);
    other = job_at(q, q->n_running + 1 + draw(q, q->n_pending));
    ask_as(job, other);           /* so that it may start at all */
    if (names_one_over(q, job)) { /* likewise */
        names_free(job->reservations, job->n_reservations);
        job->reservations = NULL;
        job->n_reservations = 0;
    }
    if (other->n_partitions > 0)
        names_add(&job->partitions, &job->n_partitions, other->partitions[0]);
    ask_plainly(q, job, 1);
    tell(q, CHANGE_JOB, job);
    start_all(q);
    /* One that cannot be promised a start ends the search, and is left to the walk. */
    other = job_at(q, q->n_running + q->n_pending + 1);
    if (other->phase == JOB_PENDING && !other->plan.promised)
        return;
    q->changes++;
    compare_starts(q, waiting);
}

static size_t run_case(uint64_t seed)
{
    struct sched_budget whole = {NULL, NULL};
    struct decisions decisions;
    struct queue_case q;

    begin_case(&q, seed);
    sched_step(q.s, NOW_SEC, whole, &decisions);
    if (compare_all(&q))
        change(&q);
    end_case(&q);
    return q.changes;
}

START_TEST(test_plans)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", CASES);
    size_t changes = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        changes += run_case(seed);
    ck_assert_msg(seeds.alone || changes > seeds.last / 20, "only %zu changes",
                  changes);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/plan",
                      (struct suite_row[]){{test_plans, 1}, {NULL, 0}});
}

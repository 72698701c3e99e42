#include "tests/support/queue_case.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/util.h"
#include "scheduler/timeline.h"
#include "tests/support/queue_private.h"
#include "tests/support/slot_list.h"

#define ID_MAX 10000

/* Mostly a divisor of what it asks for. */
static void draw_segments(struct queue_case *q, struct job *job)
{
    job->segment = 1 + (int64_t)queue_draw(q, 3);
    if (queue_draw(q, 8) > 0) {
        job->min_pods = job->segment * (1 + (int64_t)queue_draw(q, 3));
        job->max_pods = job->min_pods + job->segment * (int64_t)queue_draw(q, 2);
    }
    job->spread_segments = queue_draw(q, 4) == 0;
    job->consolidate_segments = queue_draw(q, 3) == 0;
}

static void draw_shape(struct queue_case *q, struct job *job)
{
    job->one_per_node = true;
    job->each.v[RES_PODS] = 1;
    job->each.v[RES_CPU] = 500 * (1 + (int64_t)queue_draw(q, 8));
    job->each.v[q->gpu] = (int64_t)queue_draw(q, 4);
    job->min_pods = job->max_pods =
        1 + (int64_t)queue_draw(q, queue_draw(q, 2) == 0 ? 2 : 6);
    if (queue_draw(q, 5) == 0)
        job->max_pods += (int64_t)queue_draw(q, 3);
    if (queue_draw(q, 3) == 0)
        draw_segments(q, job);
}

/* Beside the first, some in a partition of their own. */
static void draw_components(struct queue_case *q, struct job *job)
{
    for (size_t n = 1 + queue_draw(q, QUEUE_COMPONENTS - 1); n > 0; n--) {
        struct job *other = job_add_component(job);

        draw_shape(q, other);
        if (q->limited)
            other->max_pods = other->min_pods;
        if (queue_draw(q, 3) == 0)
            names_add(&other->partitions, &other->n_partitions,
                      queue_draw(q, 2) == 0 ? "odd" : "all");
        if (queue_draw(q, 3) == 0)
            other->limit_sec = 60 + (int64_t)queue_draw(q, 7200);
    }
}

static void add_qos(struct queue_case *q)
{
    for (size_t i = 0; i < QUEUE_QOS; i++) {
        struct qos *qos = qos_new();

        q->qos[i].name = i == 0 ? "brief" : "broad";
        q->qos[i].wall_sec = 60 + (int64_t)queue_draw(q, i == 0 ? 7200 : 86400);
        q->qos[i].priority = (int64_t)queue_draw(q, 2);
        qos->name = xstrdup(q->qos[i].name);
        qos->priority = q->qos[i].priority;
        limits_set(&qos->limits, LIMIT_MAX_WALL, TRES_NONE, NULL, q->qos[i].wall_sec);
        queue_tell(q, CHANGE_QOS, qos);
    }
}

/* A component with a limit of its own may be held against that of a QOS. */
static bool limits_components(const struct job *job)
{
    bool limits = false;

    for (size_t i = 0; i < job->n_others; i++)
        limits |= job->others[i].limit_sec != LIMIT_UNSET;
    return limits;
}

void queue_draw_qos(struct queue_case *q, struct job *job)
{
    size_t first;

    if (q->qos[0].name == NULL || queue_draw(q, 4) > 0 || job->qos != NULL ||
        limits_components(job))
        return;
    first = queue_draw(q, 2);
    for (size_t i = 0; i < QUEUE_QOS; i++)
        names_add(&job->qos_list, &job->n_qos_list, q->qos[i ^ first].name);
    job->limit_sec = LIMIT_UNSET;
}

static size_t qos_named(const struct queue_case *q, const char *name)
{
    return strcmp(q->qos[0].name, name) == 0 ? 0 : 1;
}

/* The one of the higher priority, else the one that is named first. */
size_t queue_qos_of(const struct queue_case *q, const struct job *job, size_t i)
{
    size_t first = qos_named(q, job->qos_list[0]), second = 1 - first;

    if (q->qos[second].priority > q->qos[first].priority)
        return i == 0 ? second : first;
    return i == 0 ? first : second;
}

struct job *queue_draw_job(struct queue_case *q, size_t number)
{
    struct job *job = job_new();

    job->uid = xasprintf("job-%zu", number);
    job->ns = xstrdup("default");
    job->name = xstrdup("train");
    job->user = xstrdup("ann");
    job->job_id = (int64_t)number;
    job->submit_sec = 100;
    if (q->seed % 2 == 1) { /* equal priorities: it is not the ids that count */
        job->job_id = ID_MAX - (int64_t)number * COMPONENTS_MAX;
        job->submit_sec += (int64_t)number;
    }
    draw_shape(q, job);
    job->exclusive = queue_draw(q, 10) == 0;
    if (q->limited)
        queue_draw_user(q, job);
    if (q->owned)
        queue_draw_owner(q, job);
    job->limit_sec = 60 + (int64_t)queue_draw(q, queue_draw(q, 2) == 0 ? 7200 : 86400);
    if (queue_draw(q, 40) == 0)
        job->limit_sec = LIMIT_UNLIMITED;
    if (queue_draw(q, 4) == 0) { /* from its submission on */
        job->most_switches = 1 + (int64_t)queue_draw(q, 2);
        job->switch_wait_sec = QUEUE_NOW_SEC - 500 + (int64_t)queue_draw(q, 5000);
    }
    queue_draw_licenses(q, job);
    if (q->n_resvs > 0 && queue_draw(q, queue_is_of_several(q) ? 2 : 4) == 0)
        queue_draw_reservations(q, job);
    return job;
}

size_t queue_user_of(const struct job *job)
{
    if (job->user == NULL)
        return 2;
    return strcmp(job->user, "bob") == 0 ? 1 : 0;
}

static bool is_owned_in(const struct queue_case *q, const struct job *named)
{
    return q->owned_part[named->n_partitions > 0 &&
                         strcmp(named->partitions[0], "odd") == 0];
}

/* Before it starts it is so of all of its components if of any. */
bool queue_is_owned(const struct queue_case *q, const struct job *job)
{
    bool owned = job->exclusive_user;

    for (size_t i = 0; i < job->n_alloc; i++)
        owned |= job->alloc[i].owned;
    if (job->phase != JOB_PENDING)
        return owned;
    owned |= is_owned_in(q, job);
    for (size_t i = 0; i < job->n_others; i++) {
        const struct job *other = &job->others[i];

        owned |= is_owned_in(q, other->n_partitions > 0 ? other : job);
    }
    return owned;
}

const struct plain_resv *queue_resv_named(const struct queue_case *q, const char *name)
{
    return name != NULL ? &q->resvs[name[1] - '0'] : NULL;
}

/* The one that it is in, or the only one that it asks for; NULL: none. */
const struct plain_resv *queue_resv_of(const struct queue_case *q,
                                       const struct job *job)
{
    return queue_resv_named(q, job_reservation(job));
}

/* Who has begun in a reservation is over with it. */
int64_t queue_due_of(const struct queue_case *q, const struct job *job)
{
    const struct plain_resv *in = queue_resv_of(q, job);
    int64_t due = job->limit_sec == LIMIT_UNLIMITED ? TIME_NEVER
                                                    : job->start_sec + job->limit_sec;

    if (in != NULL && job->start_sec >= in->start_sec && job->start_sec < in->end_sec)
        due = MIN(due, in->end_sec);
    return due;
}

/* Of what runs. What is late ends in this minute, or takes as long again as it is late.
 */
static int64_t end_of(const struct queue_case *q, const struct job *job)
{
    const int64_t due = queue_due_of(q, job);

    if (due == TIME_NEVER)
        return TIME_NEVER;
    for (int64_t slack = 60;; slack *= 2) {
        if (due + slack > QUEUE_NOW_SEC - QUEUE_NOW_SEC % 60)
            return MAX(due + slack, QUEUE_NOW_SEC + 30);
    }
}

/* What runs has no more than there are. */
static bool take_licenses(struct queue_case *q, const struct job *job)
{
    int64_t takes[PLAIN_LICENSES];

    queue_licenses_of(job, takes);
    for (size_t i = 0; i < PLAIN_LICENSES; i++) {
        if (takes[i] > q->licenses_left[i])
            return false;
    }
    for (size_t i = 0; i < PLAIN_LICENSES; i++)
        q->licenses_left[i] -= takes[i];
    return true;
}

/* One that has started counts for limits. */
static void count_plainly(struct queue_case *q, const struct job *job, size_t node,
                          int sign)
{
    const int64_t end_sec = end_of(q, job);
    const struct plain_job one = {.each = job->each,
                                  .counts = queue_counts_of(q, job, job)};
    const struct plain_place place = {.last = plain_plan_last(q->plain, end_sec),
                                      .nodes = &node,
                                      .n = 1,
                                      .of = {1},
                                      .started = true,
                                      .due_sec = {queue_due_of(q, job)},
                                      .end_sec = {end_sec}};

    plain_limits_count(q->plain, &one, &place, sign);
}

void queue_hold_plainly(struct queue_case *q, const struct job *job, size_t node,
                        int sign)
{
    const struct plain_held held = {.each = job->each,
                                    .exclusive_user = queue_is_owned(q, job),
                                    .user = queue_user_of(job),
                                    .end_sec = end_of(q, job)};
    int64_t takes[PLAIN_LICENSES];

    count_plainly(q, job, node, sign);
    queue_licenses_of(job, takes);
    plain_plan_license(q->plain, takes, end_of(q, job), sign);
    plain_plan_hold(q->plain, node, &held, sign);
    plain_plan_ask(q->plain, &job->each, (size_t)job->min_pods, sign);
}

/* One node each, shared where there is room. */
static void add_running(struct queue_case *q, size_t number)
{
    struct job *job = queue_draw_job(q, number);
    size_t node = queue_draw(q, q->n_nodes);
    struct resvec used = q->used[node];

    if (job->any_license)
        job->license = xstrdup(job->licenses[0].name);
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
    job->start_sec = QUEUE_NOW_SEC - (int64_t)queue_draw(q, 8000);
    slot_list_add_on(&job->alloc, &job->n_alloc, "n", node,
                     &(struct slot){.pods = 1,
                                    .each = job->each,
                                    .owned = q->owned_part[0] && number % 2 == 0});
    queue_hold_plainly(q, job, node, 1);
    queue_tell(q, CHANGE_JOB, job);
}

const struct job *queue_job_at(const struct queue_case *q, size_t number)
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
void queue_ask_as(struct job *job, const struct job *other)
{
    shape_as(job, other);
    job->exclusive = other->exclusive;
    job->exclusive_user = other->exclusive_user;
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

/* So small, and of so few kinds, that many are alike. */
static void draw_alike(struct queue_case *q, struct job *job)
{
    job->each.v[RES_CPU] = 1000 * (1 + (int64_t)queue_draw(q, 2));
    job->each.v[RES_MEM] = job->each.v[q->gpu] = 0;
    job->min_pods = job->max_pods = 1;
    job->segment = job->most_switches = 0;
    job->spread_segments = job->consolidate_segments = false;
    job->switch_wait_sec = LIMIT_UNSET;
    job->exclusive = queue_draw(q, 4) > 0;
    if (q->owned && !q->limited) { /* where it matters whose a job is */
        free(job->user);
        job->user = xstrdup("ann");
    }
    job->limit_sec = 3600 * (1 + (int64_t)queue_draw(q, 2));
}

void queue_ask_plainly(struct queue_case *q, const struct job *job, int sign)
{
    plain_plan_ask(q->plain, &job->each, (size_t)job->min_pods, sign);
    for (size_t i = 0; i < job->n_others; i++)
        plain_plan_ask(q->plain, &job->others[i].each, (size_t)job->others[i].min_pods,
                       sign);
}

void queue_case_begin(struct queue_case *q, uint64_t seed)
{
    struct sched_config config = sched_config_default();

    *q = (struct queue_case){.seed = seed,
                             .limited = seed % 5 == 2,
                             .owned = seed % 7 == 3,
                             .alike = seed % 11 == 4};
    rng_seed(&q->rng, seed);
    restable_init(&q->res);
    q->gpu = restable_intern(&q->res, "x/gpu");
    if (q->limited)
        q->res.gpu = q->gpu;
    queue_set_licenses(q, &config.licenses);
    config.window_sec = QUEUE_WINDOW_SEC;
    config.reservation_depth = config.max_job_test = INT64_MAX;
    config.backfill_order = q->order = (enum backfill_order)(seed % 3);
    /* The queue stays in the order of the numbers. */
    config.priority_weight_qos = config.priority_weight_fairshare = 0;
    config.topology_kind = (enum topology_kind)(seed / 3 % 3);
    config.max_switch_wait_sec = INT64_MAX / 2;
    q->wired = config.topology_kind != TOPOLOGY_FLAT;
    if (config.topology_kind == TOPOLOGY_BLOCK && seed / 9 % 2 == 0)
        config.block_sizes = (struct block_sizes){.n = 2, .size = {2, 4}};
    ck_assert_int_eq(topology_labels_parse("spine,leaf", &config.topology_labels, NULL),
                     0);
    q->s = sched_new(&config);
    q->n_nodes = 2 + queue_draw(q, queue_draw(q, 20) == 0 ? QUEUE_NODES_MAX - 1 : 8);
    q->plain = plain_plan_new(QUEUE_NOW_SEC, QUEUE_WINDOW_SEC, q->n_nodes);
    for (size_t i = 0; i < PLAIN_LICENSES; i++)
        plain_plan_set_license(q->plain, i, q->licenses_left[i]);
    queue_tell(q, CHANGE_RESOURCES, &q->res);
    queue_begin_wiring(q, config.topology_kind);
    queue_add_nodes(q);
    if (config.block_sizes.n > 0)
        queue_pair_leaves(q);
    queue_add_limits(q);
    queue_add_partition(q, false);
    queue_add_partition(q, true);
    queue_add_reservations(q);
    if (q->order == BACKFILL_QUEUE && seed % 2 == 0)
        add_qos(q);
    q->n_running = queue_draw(q, 3 * q->n_nodes);
    q->n_pending = 1 + queue_draw(q, QUEUE_JOBS_MAX);
    for (size_t i = 1; i <= q->n_running; i++)
        add_running(q, i);
    for (size_t i = 1; i <= q->n_pending; i++) {
        struct job *job = queue_draw_job(q, q->n_running + i);

        if (q->alike)
            draw_alike(q, job);
        if (queue_draw(q, 6) == 0 && !q->alike && !queue_limits_nodes(q))
            draw_components(q, job);
        if (i > 1 && queue_draw(q, 2) == 0)
            queue_ask_as(job, queue_job_at(q, q->n_running + i - 1));
        if (queue_draw(q, 3) == 0)
            names_add(&job->partitions, &job->n_partitions, "odd");
        queue_draw_qos(q, job);
        queue_ask_plainly(q, job, 1);
        queue_tell(q, CHANGE_JOB, job);
    }
}

void queue_case_end(struct queue_case *q)
{
    for (size_t i = 0; i < ARRAY_LEN(q->places); i++)
        plain_place_fini(&q->places[i]);
    ck_assert_msg(sched_restless(q->s) == 0, "seed %" PRIu64 ": no rest", q->seed);
    sched_free(q->s);
    plain_plan_free(q->plain);
}

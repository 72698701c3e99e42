/*
 * The core's plans are those of the plain planner (tests/support/plain_plan.h),
 * exactly, start and nodes, over random small clusters and queues
 * (tests/support/queue_case.h); and so is, after jobs have ended and one has come, the
 * set of jobs that start before the walk begins, with all promises in their places, in
 * whatever order gaps are offered. Where only some are promised a start, the others
 * start, or are forecast, as if forecasts were in nobody's way.
 *
 * A failing case prints its seed; GANTRY_CASES sets how many are run, GANTRY_SEED runs
 * that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/piece.h"
#include "scheduler/timeline.h"
#include "tests/support/plain_plan.h"
#include "tests/support/queue_case.h"
#include "tests/support/queue_like.h"
#include "tests/support/queue_stand.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define CASES 2000

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

    struct plain_job plain = {
        .each = one->each,
        .exclusive = job->exclusive,
        .exclusive_user = queue_is_owned(q, job),
        .user = queue_user_of(job),
        .stranger = job->n_others > 0,
        .min = (size_t)one->min_pods,
        .max = (size_t)one->max_pods,
        .limit_sec = job->limit_sec,
        .own_sec = limit_of(job, one),
        .length_sec = book_length(limit_of(job, one)),
        .allowed = odd ? q->odd : NULL,
        .part = odd,
        .most_leaves = (size_t)one->most_switches,
        .few_until_sec = job->submit_sec + job->switch_wait_sec,
        .segments = {(size_t)one->segment, one->spread_segments,
                     one->consolidate_segments},
        .in = queue_resv_of(q, job),
        .counts = queue_counts_of(q, job, one),
    };

    return plain;
}

/* `ret_others` has room for all. */
static struct plain_job plain_of(const struct queue_case *q, const struct job *job,
                                 struct plain_job *ret_others)
{
    struct plain_job plain = component_of(q, job, job);

    queue_licenses_of(job, plain.licenses);
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
    int64_t start = started ? timeline_minute(QUEUE_NOW_SEC) : job->plan.start_sec;

    ck_assert_msg(start == place->start_sec && n == place->n,
                  "seed %" PRIu64 ", %s: at %" PRId64
                  " on %zu nodes, plainly at %" PRId64 " on %zu",
                  q->seed, job->uid, start, n, place->start_sec, place->n);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(strtoul(slots[i].node + 1, NULL, 10) == place->nodes[i],
                      "seed %" PRIu64 ", %s: on %s, plainly on n%zu", q->seed, job->uid,
                      slots[i].node, place->nodes[i]);
}

/* One component of what has started, so long at most: in a reservation it may take its
 * time to go away behind that; and what runs ends one day: in the last slot it is
 * gone. Returns before which slot. */
static size_t start_component(const struct queue_case *q, const struct job *job,
                              size_t component, int64_t limit_sec,
                              struct plain_place *place)
{
    const struct plain_resv *in = queue_resv_of(q, job);
    int64_t left = limit_sec;

    if (in != NULL)
        left = MIN(left, in->end_sec - QUEUE_NOW_SEC);
    place->due_sec[component] = timeline_end(QUEUE_NOW_SEC, left);
    place->end_sec[component] =
        timeline_end(timeline_minute(QUEUE_NOW_SEC), book_length(left));
    if (in != NULL)
        place->end_sec[component] =
            MIN(place->end_sec[component], in->end_sec + in->tail_sec);
    return plain_plan_last(q->plain, place->end_sec[component]);
}

/* Its place is now. */
static void set_started(const struct queue_case *q, const struct job *job,
                        struct plain_place *place)
{
    place->started = true;
    place->last = place->given = start_component(q, job, 0, job->limit_sec, place);
    for (size_t i = 0; i < job->n_others; i++)
        place->lasts[i + 1] =
            start_component(q, job, i + 1, limit_of(job, &job->others[i]), place);
}

static void stay_in(struct plain_job *job, struct plain_job *others,
                    const struct plain_resv *in)
{
    job->in = in;
    for (size_t i = 0; i < job->n_others; i++)
        others[i].in = in;
}

/* The QOS of its i-th choice; NULL: it names but one. */
static const char *choice_qos(const struct queue_case *q, const struct job *job,
                              size_t i)
{
    return job->n_qos_list > 0
               ? q->qos[queue_qos_of(q, job, i / queue_choices_but_qos(q, job))].name
               : NULL;
}

/* Its time limit is that of the QOS. */
static void choose_qos(const struct queue_case *q, const struct job *job, size_t i,
                       struct plain_job *plain, struct plain_job *others)
{
    struct job view = *job;

    if (job->n_qos_list == 0)
        return;
    view.limit_sec =
        q->qos[queue_qos_of(q, job, i / queue_choices_but_qos(q, job))].wall_sec;
    plain->limit_sec = view.limit_sec;
    plain->own_sec = view.limit_sec;
    plain->length_sec = book_length(view.limit_sec);
    for (size_t k = 0; k < job->n_others; k++) {
        others[k].limit_sec = view.limit_sec;
        others[k].own_sec = limit_of(&view, &job->others[k]);
        others[k].length_sec = book_length(others[k].own_sec);
    }
}

/* Its reservations with the first licence, then those with the next one; then all of
 * them with the next QOS. */
static void choose(const struct queue_case *q, const struct job *job, size_t i,
                   struct plain_job *plain, struct plain_job *others)
{
    size_t n, license;
    const struct plain_resv *in = queue_choice_in(q, job, i, &n);
    struct job view;

    license = i / n % job_license_choices(job);
    choose_qos(q, job, i, plain, others);
    stay_in(plain, others, in);
    plain->uncut = in != NULL && job->n_reservations == 0;
    queue_licenses_of(job_with_license(job, job_license_choice(job, license), &view),
                      plain->licenses);
}

/* As it was placed. */
static void choose_as_placed(const struct queue_case *q, size_t number,
                             struct plain_job *plain, struct plain_job *others)
{
    stay_in(plain, others, q->placed_in[number]);
    memcpy(plain->licenses, q->placed_with[number], sizeof(plain->licenses));
}

static void note_choice(struct queue_case *q, size_t number,
                        const struct plain_job *plain, const char *qos)
{
    q->placed_by[number] = qos;
    q->placed_in[number] = plain->in;
    memcpy(q->placed_with[number], plain->licenses, sizeof(plain->licenses));
}

/* With that one of its choices with which it can begin first, else as they are listed:
 * which that is; before a slot. */
static size_t find_plainly(const struct queue_case *q, const struct stand *stand,
                           size_t before, struct plain_job *plain,
                           struct plain_job *others, struct plain_place *place)
{
    const struct job *job = queue_job_at(q, q->n_running + stand->number);
    size_t best = 0;
    bool refused = false;

    *place = (struct plain_place){.start_sec = TIME_UNSET};
    for (size_t i = 0; i < queue_choices(q, job); i++) {
        struct plain_place here = {.start_sec = TIME_UNSET};

        if (!stand_has(q, stand, i))
            continue;
        choose(q, job, i, plain, others);
        if (!plain_limits_may_wait(q->plain, plain) ||
            !plain_plan_find(q->plain, plain, before, &here)) {
            refused |= here.refused;
            continue;
        }
        plain_place_fini(place);
        *place = here;
        before = here.first;
        best = i;
    }
    place->refused = refused;
    choose(q, job, best, plain, others);
    return best;
}

/* One that has just come is not promised that, and left to the walk; and those who
 * start meanwhile may reach its limits. */
static void check_far(const struct queue_case *q, const struct stand *stand)
{
    const struct job *job = queue_job_at(q, q->n_running + stand->number);

    ck_assert_msg(job->plan.start_sec == PLAN_FAR || stand->number > q->n_pending ||
                      q->limited || !stand_is_last(q, stand),
                  "seed %" PRIu64 ", %s: plainly far, and not at %" PRId64, q->seed,
                  job->uid, job->plan.start_sec);
}

static bool has_place(const struct queue_case *q, size_t number)
{
    return q->places[number].n > 0;
}

/* Its place is lifted, or put back. */
static void lift_plainly(struct queue_case *q, size_t number, bool back)
{
    const struct job *job = queue_job_at(q, q->n_running + number);
    struct plain_job others[QUEUE_COMPONENTS], plain = plain_of(q, job, others);

    if (!has_place(q, number))
        return;
    choose_as_placed(q, number, &plain, others);
    if (back)
        plain_plan_take(q->plain, &plain, &q->places[number]);
    else
        plain_plan_give(q->plain, &plain, &q->places[number]);
}

/* Where the plain planner puts it, taken; who has a place from where he stood before
 * has one that is earlier. False: in the last slot, or refused. */
static bool place_plainly(struct queue_case *q, const struct stand *stand)
{
    const struct job *job = queue_job_at(q, q->n_running + stand->number);
    struct plain_job others[QUEUE_COMPONENTS], plain = plain_of(q, job, others);
    struct plain_place *old = &q->places[stand->number], place;
    size_t best;

    if (old->started)
        return true;
    lift_plainly(q, stand->number, false);
    best = find_plainly(q, stand, has_place(q, stand->number) ? old->first : SIZE_MAX,
                        &plain, others, &place);
    if (place.start_sec == TIME_UNSET || place.refused) {
        lift_plainly(q, stand->number, true);
        if (!has_place(q, stand->number))
            *old = place;
        return !place.refused;
    }
    q->left |= has_place(q, stand->number);
    plain_place_fini(old);
    *old = place;
    note_choice(q, stand->number, &plain, choice_qos(q, job, best));
    if (place.start_sec == PLAN_FAR) {
        check_far(q, stand);
        return false;
    }
    if (place.first == 0)
        set_started(q, job, old);
    plain_plan_take(q->plain, &plain, old);
    return true;
}

static bool never(const struct queue_case *q, size_t number)
{
    return q->places[number].start_sec == TIME_UNSET;
}

static void compare_choice(const struct queue_case *q, size_t number)
{
    const struct job *job = queue_job_at(q, q->n_running + number);
    int64_t takes[PLAIN_LICENSES];

    queue_licenses_of(job, takes);
    ck_assert_msg(memcmp(takes, q->placed_with[number], sizeof(takes)) == 0,
                  "seed %" PRIu64 ", %s: with other licences", q->seed, job->uid);
    ck_assert_msg(
        job->n_qos_list == 0 ||
            str_eq(job->n_alloc > 0 ? job->qos : job->plan.qos, q->placed_by[number]),
        "seed %" PRIu64 ", %s: with another QOS than %s", q->seed, job->uid,
        q->placed_by[number]);
}

/* Has somebody two stands? */
static bool any_twice(const struct queue_case *q)
{
    bool any = false;

    for (size_t i = 1; i <= q->n_pending && !any; i++)
        any = stand_has_any(q, &(struct stand){i, true}) &&
              stand_has_any(q, &(struct stand){i, false});
    return any;
}

/* All who have had their turn. Where somebody has left his place for an earlier one
 * others may have that by now; and so, perhaps, where not all have had their turn. */
static void compare_placed(const struct queue_case *q, bool whole)
{
    if (q->left || (!whole && any_twice(q)))
        return;
    for (size_t i = 1; i <= q->n_pending; i++) {
        const struct plain_place *place = &q->places[i];

        if (place->start_sec == 0 || place->start_sec == PLAN_FAR || place->refused)
            continue;
        compare(q, queue_job_at(q, q->n_running + i), place);
        if (!never(q, i))
            compare_choice(q, i);
    }
}

/* It has a place, and not now. */
static bool is_promised(const struct queue_case *q, size_t number)
{
    return has_place(q, number) && q->places[number].first > 0;
}

/* In the next walk each is lifted once more. Who was over a limit on nodes may do with
 * those of one behind him by now: it counts them already, where it allows that one
 * more. */
static void look_again(struct queue_case *q)
{
    struct stand stands[STANDS_MAX];
    const size_t n = stands_line_up(q, q->n_pending, stands);

    for (size_t i = 0; i < n && !q->left; i++) {
        if (is_promised(q, stands[i].number))
            place_plainly(q, &stands[i]);
    }
}

/* A place in the last slot is no promise but made anew in each walk, around the
 * promises of who comes behind: it ends the comparison. So does who is refused for the
 * nodes of its first place. True: all have been compared. */
static bool compare_all(struct queue_case *q)
{
    struct stand stands[STANDS_MAX];
    const size_t n = stands_line_up(q, q->n_pending, stands);
    bool whole = true;

    for (size_t i = 0; i < n && whole; i++)
        whole = place_plainly(q, &stands[i]);
    look_again(q);
    compare_placed(q, whole);
    return whole && !q->left;
}

/* ---- after a change ---- */

/* Now, with the first of its choices with which it fits: with that QOS. */
static bool find_plain_start(const struct queue_case *q, const struct stand *stand,
                             struct plain_job *plain, struct plain_job *others,
                             struct plain_place *place, const char **ret_qos)
{
    const struct job *job = queue_job_at(q, q->n_running + stand->number);
    bool found = false;

    for (size_t i = 0; i < queue_choices(q, job) && !found; i++) {
        if (!stand_has(q, stand, i))
            continue;
        choose(q, job, i, plain, others);
        *ret_qos = choice_qos(q, job, i);
        found = plain_plan_find(q->plain, plain, 1, place);
    }
    return found;
}

/* Of those that are alike, and before it in the queue, each has the place of the next,
 * if that is earlier, and it has that of the last: none is later than `promised`. Which
 * has its place then. */
static size_t pass_place_on(struct queue_case *q, size_t number, int64_t promised_sec,
                            const bool *waiting)
{
    const struct job *job = queue_job_at(q, q->n_running + number);
    size_t first = number;

    for (size_t i = 1; i < number; i++) {
        struct plain_place *place = &q->places[i], kept = *place;

        if (!waiting[i] || place->started || place->start_sec > promised_sec ||
            place->start_sec <= q->places[number].start_sec ||
            !queue_are_alike(q, queue_job_at(q, q->n_running + i), job))
            continue;
        *place = q->places[number];
        q->places[number] = kept;
        first = MIN(first, i);
    }
    return first;
}

/* Lifted alone: does it fit now? Else it is put back. Who starts there is the first of
 * those that are alike. */
static bool start_plainly(struct queue_case *q, const struct stand *stand,
                          const bool *waiting)
{
    const size_t number = stand->number;
    const struct job *job = queue_job_at(q, q->n_running + number);
    struct plain_job others[QUEUE_COMPONENTS], plain = plain_of(q, job, others);
    struct plain_place *old = &q->places[number], place;
    const int64_t promised_sec = old->start_sec;
    size_t first = number;
    const char *qos;

    if (!waiting[number] || old->first == 0)
        return false;
    choose_as_placed(q, number, &plain, others);
    plain_plan_give(q->plain, &plain, old);
    plain.promised = true;
    if (find_plain_start(q, stand, &plain, others, &place, &qos)) {
        note_choice(q, number, &plain, qos);
        plain_place_fini(old);
        *old = place;
        first = pass_place_on(q, number, promised_sec, waiting);
        set_started(q, queue_job_at(q, q->n_running + first), &q->places[first]);
    }
    choose_as_placed(q, number, &plain, others);
    plain_plan_take(q->plain, &plain, &q->places[first]);
    return q->places[first].first == 0;
}

static void end_some(struct queue_case *q)
{
    for (size_t i = 1; i <= q->n_running; i++) {
        const struct job *job = queue_job_at(q, i);
        AUTO_FREE char *uid = xasprintf("job-%zu", i);

        if (job == NULL || queue_draw(q, 3) > 0)
            continue;
        queue_hold_plainly(q, job, strtoul(job->alloc[0].node + 1, NULL, 10), -1);
        queue_tell(q, CHANGE_JOB_GONE, uid);
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
        ck_assert_msg(sched_step(q->s, QUEUE_NOW_SEC, budget, &decisions) == SCHED_MORE,
                      "seed %" PRIu64 ": there is no walk", q->seed);
    while (!piece_was_refused(q->s, PIECE_WALK));
}

/* Is a gap offered to `a`, which stands before `b`, before that one? */
static bool is_first(const struct queue_case *q, const struct stand *a,
                     const struct stand *b)
{
    struct plain_job of_a[QUEUE_COMPONENTS], of_b[QUEUE_COMPONENTS];
    struct plain_job x = plain_of(q, queue_job_at(q, q->n_running + a->number), of_a),
                     y = plain_of(q, queue_job_at(q, q->n_running + b->number), of_b);

    return a->reserved != b->reserved ||
           plain_plan_is_first(q->plain, q->order, &x, &y);
}

/* Where the first `n` jobs stand, in the order in which they are offered gaps; returns
 * how many. */
static size_t order_turns(const struct queue_case *q, size_t n, struct stand *ret)
{
    struct stand stands[STANDS_MAX];
    const size_t n_stands = stands_line_up(q, n, stands);

    for (size_t i = 0; i < n_stands; i++) {
        size_t at = i;

        for (; at > 0 && !is_first(q, &ret[at - 1], &stands[i]); at--)
            ret[at] = ret[at - 1];
        ret[at] = stands[i];
    }
    return n_stands;
}

/* What starts leaves its place to others, from the first one on. */
static void start_all_plainly(struct queue_case *q, const bool *waiting, size_t n)
{
    struct stand turns[STANDS_MAX];
    const size_t n_turns = order_turns(q, n, turns);
    size_t i = 0;

    while (i < n_turns) {
        if (start_plainly(q, &turns[i], waiting))
            i = 0;
        else
            i++;
    }
}

/* It is placed with all of its choices. */
static bool place_new(struct queue_case *q, size_t number)
{
    bool placed = true;

    for (int i = 0; i < 2 && placed; i++) {
        const struct stand stand = {number, i == 0};

        if (stand_has_any(q, &stand))
            placed = place_plainly(q, &stand);
    }
    return placed;
}

/* The new job is the last of the queue; but where gaps are not offered in the queue's
 * order, it is promised its start before they are, and then offered them as well. */
static void compare_starts(struct queue_case *q, bool *waiting)
{
    bool in_queue = q->order == BACKFILL_QUEUE;
    size_t n = q->n_pending + 1;

    if (in_queue)
        start_all_plainly(q, waiting, q->n_pending);
    if (!place_new(q, n) || never(q, n))
        return; /* one that cannot be promised a start ends the search */
    waiting[n] = true;
    if (!in_queue)
        start_all_plainly(q, waiting, n);
    for (size_t i = 1; i <= n; i++) {
        if (never(q, i))
            continue;
        compare(q, queue_job_at(q, q->n_running + i), &q->places[i]);
        compare_choice(q, i);
    }
}

static bool names_one_over(const struct queue_case *q, const struct job *job)
{
    bool over = false;

    for (size_t i = 0; i < job->n_reservations; i++)
        over |= queue_resv_named(q, job->reservations[i])->end_sec <= QUEUE_NOW_SEC;
    return over;
}

static void change(struct queue_case *q)
{
    bool waiting[QUEUE_JOBS_MAX + 2] = {false};
    const struct job *other;
    struct job *job;

    for (size_t i = 1; i <= q->n_pending; i++) {
        if (never(q, i))
            return; /* it is in the way of who is behind */
        waiting[i] = queue_job_at(q, q->n_running + i)->phase == JOB_PENDING;
    }
    end_some(q);
    job = queue_draw_job(q, q->n_running + q->n_pending + 1);
    other = queue_job_at(q, q->n_running + 1 + queue_draw(q, q->n_pending));
    queue_ask_as(job, other);     /* so that it may start at all */
    if (names_one_over(q, job)) { /* likewise */
        names_free(job->reservations, job->n_reservations);
        job->reservations = NULL;
        job->n_reservations = 0;
    }
    if (other->n_partitions > 0)
        names_add(&job->partitions, &job->n_partitions, other->partitions[0]);
    queue_draw_qos(q, job);
    queue_ask_plainly(q, job, 1);
    queue_tell(q, CHANGE_JOB, job);
    start_all(q);
    /* One that cannot be promised a start ends the search, and is left to the walk. */
    other = queue_job_at(q, q->n_running + q->n_pending + 1);
    if (other->phase == JOB_PENDING && !other->plan.promised)
        return;
    q->changes++;
    compare_starts(q, waiting);
}

/* ---- some are promised nothing ---- */

static void promise_so_many(struct queue_case *q, int64_t depth)
{
    struct sched_config config = q->s->config;

    config.reservation_depth = depth;
    queue_tell(q, CHANGE_CONFIG, &config);
}

/* It has no place unless it starts now: nobody is in its way but those that run, and
 * those that have been promised a start. */
static void place_start(struct queue_case *q, const struct stand *stand)
{
    const size_t number = stand->number;
    const struct job *job = queue_job_at(q, q->n_running + number);
    struct plain_job others[QUEUE_COMPONENTS], plain = plain_of(q, job, others);
    struct plain_place *place = &q->places[number];
    const char *qos = NULL;

    if (has_place(q, number) ||
        !find_plain_start(q, stand, &plain, others, place, &qos))
        return;
    note_choice(q, number, &plain, qos);
    set_started(q, job, place);
    plain_plan_take(q->plain, &plain, place);
}

/* The first who have to wait are promised a start, as they wait. In the order of the
 * queue others start in their turn, in any other one behind those. */
static bool place_promises(struct queue_case *q, size_t depth)
{
    struct stand stands[STANDS_MAX];
    const size_t n_stands = stands_line_up(q, q->n_pending, stands);
    size_t n = 0;

    for (size_t i = 0; i < n_stands; i++) {
        const bool had = is_promised(q, stands[i].number);

        if (n < depth || had) {
            if (!place_plainly(q, &stands[i]))
                return false;
            n += is_promised(q, stands[i].number);
            n -= had;
        } else if (q->order == BACKFILL_QUEUE) {
            place_start(q, &stands[i]);
        }
    }
    return true;
}

static void place_offers(struct queue_case *q)
{
    struct stand turns[STANDS_MAX];
    const size_t n = order_turns(q, q->n_pending, turns);

    for (size_t i = 0; i < n; i++)
        place_start(q, &turns[i]);
}

/* Forecasts last, so that they are in nobody's way. */
static bool place_forecasts(struct queue_case *q)
{
    struct stand stands[STANDS_MAX];
    const size_t n = stands_line_up(q, q->n_pending, stands);
    bool placed[QUEUE_JOBS_MAX + 2], whole = true;

    for (size_t i = 1; i <= q->n_pending; i++)
        placed[i] = has_place(q, i);
    for (size_t i = 0; i < n && whole; i++)
        whole = placed[stands[i].number] || place_plainly(q, &stands[i]);
    return whole;
}

/* True: all have been compared. */
static bool compare_depth(struct queue_case *q, size_t depth)
{
    bool whole = place_promises(q, depth);

    if (whole && q->order != BACKFILL_QUEUE)
        place_offers(q);
    look_again(q);
    whole = whole && place_forecasts(q);
    compare_placed(q, whole);
    return whole && !q->left;
}

static size_t run_case(uint64_t seed)
{
    struct sched_budget whole = {NULL, NULL};
    struct decisions decisions;
    struct queue_case q;

    queue_case_begin(&q, seed);
    sched_step(q.s, QUEUE_NOW_SEC, whole, &decisions);
    if (compare_all(&q))
        change(&q);
    queue_case_end(&q);
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

/* True: compared to the last forecast. */
static bool run_depth(uint64_t seed)
{
    const size_t depth = seed / 7 % 4;
    struct sched_budget whole = {NULL, NULL};
    struct decisions decisions;
    struct queue_case q;
    bool same;

    queue_case_begin(&q, seed);
    promise_so_many(&q, (int64_t)depth);
    sched_step(q.s, QUEUE_NOW_SEC, whole, &decisions);
    same = compare_depth(&q, depth);
    queue_case_end(&q);
    return same;
}

START_TEST(test_depths)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", CASES);
    size_t whole = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        whole += run_depth(seed);
    ck_assert_msg(seeds.alone || whole > seeds.last / 20, "only %zu to the end", whole);
}
END_TEST

/* A job of two reservations comes, is promised a start in one of them when the step's
 * time is up, and would start sooner in the other. */
static const uint64_t several[] = {8489, 15545};

START_TEST(test_several)
{
    ck_assert_int_eq(run_case(several[_i]), 1);
}
END_TEST

/* One could start before its time, and another one starts that is alike (twins.h). */
static const uint64_t twins[] = {2853, 2908, 19826, 20871, 22158, 22796};

START_TEST(test_twins)
{
    ck_assert_int_eq(run_case(twins[_i]), 1);
}
END_TEST

/* A job of two reservations is promised a start in one of them, and starts in the
 * other: it is none of the three that are promised one. */
START_TEST(test_depth_several)
{
    run_depth(13465);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/plan",
                      (struct suite_row[]){{test_plans, 1},
                                           {test_depths, 1},
                                           {test_several, ARRAY_LEN(several)},
                                           {test_twins, ARRAY_LEN(twins)},
                                           {test_depth_several, 1},
                                           {NULL, 0}});
}

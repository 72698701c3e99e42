#include "scheduler/jobchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/joined.h"
#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/charge.h"
#include "scheduler/check.h"
#include "scheduler/core.h"
#include "scheduler/eligible.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/overtake.h"
#include "scheduler/payers.h"
#include "scheduler/yield.h"

static void drop_alloc(struct job *job)
{
    slots_unref(job->alloc);
    job->alloc = NULL;
    job->n_alloc = 0;
}

static bool is_depending(const struct job *job)
{
    return job->phase == JOB_PENDING && job->n_depends > 0;
}

static bool is_early(const struct job *job)
{
    return job->phase == JOB_PENDING && circle_is_early(job);
}

/* Who goes away is waited for as such (book_span.c). Where running jobs may be
 * preempted it matters how far they are besides. */
static bool phase_equal(const struct sched *s, const struct job *a, const struct job *b)
{
    if (s->config.preempt_type != PREEMPT_BY_NOBODY || s->reserve.lends)
        return a->phase == b->phase;
    return (a->phase == JOB_COMPLETING) == (b->phase == JOB_COMPLETING);
}

/* Of two that hold nodes. */
static bool time_limits_equal(const struct sched *s, const struct job *a,
                              const struct job *b)
{
    return a->n_alloc == 0 || a->limit_sec == b->limit_sec ||
           jobrec_limit(s, a) == jobrec_limit(s, b);
}

/* What was decided is told before it is persisted: until then the job comes without. */
static void keep_preemption(const struct job *old, struct job *job)
{
    if (job->phase != JOB_RUNNING && job->phase != JOB_COMPLETING) {
        job->preempted_by = 0;
        job->preempt_sec = TIME_UNSET;
    } else if (old != NULL && old->phase == JOB_RUNNING && job->preempted_by == 0) {
        job->preempted_by = old->preempted_by;
        job->preempt_sec = old->preempt_sec;
    }
}

typedef void move_slots_fn(struct cluster *c, const struct slot *slots, size_t n);

/* Holds, or releases, what the job still has of its nodes. */
static void move_held(struct sched *s, const struct job *job, move_slots_fn *move)
{
    for (size_t i = 0; i < job->n_alloc; i++) {
        if (job_holds(job, &job->alloc[i]))
            move(&s->cluster, &job->alloc[i], 1);
    }
}

/* Takes the old state out of all counts. */
static void jobrec_clear(struct sched *s, struct jobrec *rec)
{
    struct job *job = rec->job;

    s->timeline.overcommitted |=
        job->n_alloc > 0 && reserve_is_overfull(s, job_reservation(job));
    book_strike(s, rec);
    follower_lift(s, rec);
    allowance_drop(s, rec);
    move_held(s, job, cluster_release);
    s->n_phase[job->phase]--;
    s->n_depending -= is_depending(job);
    s->circles.n_early -= is_early(job);
    crews_count(&s->crews, job, -1);
    if (job->phase < JOB_COMPLETING)
        asked_count(&s->asked, job, -1);
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
    jobrec_unlist(s, rec);
    yield_enlist(s, rec, false);
    s->singles.stale = true;
}

/* Does the plan say with which licence, where the job takes any of several? */
static bool is_licensed(const struct job *job)
{
    return job_license_choices(job) < 2 ? job->plan.license == NULL
                                        : job_licenses(job).n > 0;
}

/* And with which QOS, where it names several? */
static bool has_qos(const struct job *job)
{
    return job->n_qos_list == 0 ? job->plan.qos == NULL
                                : job_qos_named(job, job->plan.qos) < job->n_qos_list;
}

/* One that it names; whether another one draws it in the walk knows. */
static bool may_be_in(const struct job *job, const char *name)
{
    return job->n_reservations == 0 || job_names_reservation(job, name);
}

bool jobchange_is_settled(const struct job *job)
{
    const char *name = job->plan.reservation;

    return job->plan.partition != NULL && is_licensed(job) && has_qos(job) &&
           (name == NULL ? job->n_reservations < 2
                         : job->n_reservations != 1 && may_be_in(job, name));
}

/* A limit that is not set is up to the partition: it may be more than one that is, or
 * less. Tasks of an array may be planned in several partitions. */
static bool asks_no_longer(const struct sched *s, const struct job *old,
                           const struct job *job)
{
    const struct plan *plan = &old->plan;
    const struct partrec *part = cluster_partition(&s->cluster, plan->partition);
    struct job before;

    if (job->limit_sec == old->limit_sec)
        return true;
    if (job->array != NULL)
        return job->limit_sec != LIMIT_UNSET && job->limit_sec < old->limit_sec;
    if (part == NULL)
        return false;
    before = *job;
    before.limit_sec = old->limit_sec;
    return check_length(job, part->part, plan->start_sec) <=
           check_length(&before, part->part, plan->start_sec);
}

/* A promise stays while the job asks for the same, in the same partitions and
 * reservations, and for no longer. One that comes with the job is of a time before this
 * core: it is entered with all others, where it fits. True: plans of before stay. */
static bool keep_plan(struct sched *s, struct job *old, const struct shape *old_shape,
                      struct job *job, const struct shape *shape)
{
    if (job->phase != JOB_PENDING || job->n_alloc > 0 ||
        (job->plan.start_sec != TIME_UNSET &&
         !(job->plan.promised && jobchange_is_settled(job)))) {
        plan_clear(&job->plan);
        return false;
    }
    if (job->plan.promised) {
        s->timeline_gen = 0;
        return false;
    }
    if (old != NULL && old->phase == JOB_PENDING && shape == old_shape &&
        jobchange_partitions_equal(old, job) && asks_no_longer(s, old, job) &&
        jobchange_ends_equal(old, job) && job->time_min_sec == old->time_min_sec &&
        job->deadline_sec == old->deadline_sec &&
        jobchange_reservations_equal(old, job) && jobchange_qos_lists_equal(old, job)) {
        job->plan = old->plan;
        old->plan = (struct plan){.start_sec = TIME_UNSET};
        return true;
    }
    return false;
}

/* What was found of its dependencies holds while these are the same. */
static void keep_depends(struct job *old, struct job *job)
{
    if (old == NULL || !depends_equal(old, job))
        return;
    for (size_t i = 0; i < job->n_depends; i++) {
        job->depends[i].state = old->depends[i].state;
        if (job->depends[i].was == NULL)
            job->depends[i].was = TAKE(old->depends[i].was);
    }
}

static void drop_reached_in(struct job *job)
{
    reached_free(TAKE(job->reached_in), job->n_reached_in);
    job->n_reached_in = 0;
}

/* While it waits, and is not held. */
static void keep_reached(struct job *old, struct job *job)
{
    if (job->phase != JOB_PENDING || priority_hold(job) != HOLD_NONE) {
        job->reached = 0;
        drop_reached_in(job);
    } else if (old != NULL && old->phase == JOB_PENDING) {
        job->reached = MAX(job->reached, old->reached);
        if (job->n_reached_in > 0 || !jobchange_partitions_equal(old, job))
            return;
        job->reached_in = TAKE(old->reached_in);
        job->n_reached_in = old->n_reached_in;
        old->n_reached_in = 0;
    }
}

/* `old` is what was known of the job, NULL: nothing; `old_shape` its shape. */
static void jobrec_set(struct sched *s, struct jobrec *rec, struct job *job,
                       struct job *old, const struct shape *old_shape)
{
    struct guise *old_guises = TAKE(rec->guises);
    bool kept;

    rec->job = job;
    magnets_forget(&rec->magnets);
    eligible_keep(old, jobrec_array(s, job), job);
    guise_make(s, rec, old, old_guises);
    rec->claim.positions_gen = 0;
    rec->end_told = false;
    rec->ends_told = 0;
    move_held(s, job, cluster_hold);
    s->n_phase[job->phase]++;
    s->n_depending += is_depending(job);
    s->circles.n_early += is_early(job);
    crews_count(&s->crews, job, 1);
    if (job->phase < JOB_COMPLETING)
        asked_count(&s->asked, job, 1);
    if (job->phase != JOB_PENDING)
        jobrec_reset_told(rec);
    jobrec_list(s, rec);
    yield_count(s, rec);
    s->singles.stale = true;
    keep_reached(old, job);
    overtake_note(s, old, job);
    keep_depends(old, job);
    kept = keep_plan(s, old, old_shape, job, rec->shape);
    guise_rest(s, rec);
    keep_preemption(old, job);
    yield_enlist(s, rec, job->preempted_by != 0);
    book_enter(s, rec);
    allowance_take(s, rec);
    starts_enlist(s, rec);
    follower_put(s, rec, kept);
    guise_free(s, old, old_guises);
    if (old != NULL || job->phase != JOB_PENDING)
        follower_settle_of(s, job->array_id);
    s->end_sec = MIN(s->end_sec, jobrec_next_end(s, rec));
    rec->judge = job->phase == JOB_RUNNING;
    s->users_moved |= rec->judge;
}

static bool runs_longer(const struct job *old, const struct job *job)
{
    return old->phase == JOB_RUNNING && job->phase == JOB_RUNNING &&
           old->limit_sec != LIMIT_UNSET && job->limit_sec > old->limit_sec;
}

void jobchange_apply(struct sched *s, struct job *job)
{
    struct jobrec *rec = jobrec_get(s, job->uid);
    struct job *old = rec->job;
    struct shape *shape = rec->shape;
    bool again = old != NULL && !rec->gone;
    bool queued = job->phase == JOB_PENDING || (again && old->phase == JOB_PENDING);
    bool said_end = rec->end_told; /* if that still holds, it is said again */
    bool same;

    jobchange_make_sane(job);
    if (again)
        payers_keep(old, job);
    reserve_uncount(s, rec);
    charge_change(s, rec, again ? old : NULL, job);
    if (job->phase == JOB_ASIDE || job->phase == JOB_ENDED)
        drop_alloc(job);
    same = again && jobchange_slots_equal(old, job) && phase_equal(s, old, job);
    if (again) {
        /* Held for a moment, so that an equal shape keeps what is known of it. */
        if (shape != NULL)
            shape->refs++;
        jobrec_clear(s, rec);
    } else if (rec->gone) {
        jobrec_bring_back(s, rec);
        jobrec_reset_told(rec);
    }
    if (again && runs_longer(old, job))
        rec->prolonged = MAX(s->made, 1);
    jobrec_set(s, rec, job, again ? old : NULL, shape);
    same = same && time_limits_equal(s, old, job);
    if (queued)
        same = same && !said_end && jobchange_policy_equal(old, job) &&
               rec->shape == shape;
    if (s->n_depending > 0)
        same = same && jobchange_standing_equal(old, job);
    if (again)
        shape_put(&s->shapes, shape);
    job_free(old);
    if (same)
        return;
    rec->version++;
    rec->changed = true;
    rec->walk = 0;
    starts_enlist(s, rec);
    follower_change(s, rec);
    s->dirty = true;
}

/* May a job have ended since those that depend on it were looked at? On an array some
 * depend task by task, which is kept of it. */
static bool is_to_settle(const struct sched *s, const struct job *gone)
{
    return s->n_depending > 0 && (s->dirty || s->pass.filling || gone->array != NULL);
}

void jobchange_apply_gone(struct sched *s, const char *uid)
{
    struct jobrec *rec = jobrec_find(s, uid);

    if (rec == NULL)
        return;
    if (is_to_settle(s, rec->job))
        depend_settle(s, rec);
    reserve_uncount(s, rec);
    charge_change(s, rec, rec->job, NULL);
    jobrec_clear(s, rec);
    jobrec_put_away(s, rec);
    guise_free(s, rec->job, TAKE(rec->guises));
    follower_settle(s, rec);
    follower_settle_of(s, rec->job->array_id);
    rec->version++;
    starts_enlist(s, rec);
    s->dirty = true;
    if (!s->pass.running)
        jobrec_free(s, rec);
    freed_sort();
}

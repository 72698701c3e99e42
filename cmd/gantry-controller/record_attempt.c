/* The start and the attempt of a job: begun, resumed from what the API holds. */
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-controller/admission.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/record_private.h"
#include "cmd/gantry-controller/unseen.h"
#include "cmd/gantry-controller/watches.h"
#include "scheduler/magnet.h"

void record_forget_attempt(struct record *r)
{
    unseen_keep(r);
    attempt_clear(&r->attempt);
}

/* No pod is bound before all are made: where one is bound, a rank without a pod was
 * there before a restart, and was lost. */
static void resume_attempt(struct record *r)
{
    const struct jstatus *s = &r->job->status;
    struct attempt *a = &r->attempt;
    bool all_made = s->state == JOB_STATE_RUNNING;
    record_forget_attempt(r);
    attempt_begin(a, s->attempt, s->placement, s->n_placement,
                  loop_now_sec(r->ctl->loop));
    for (size_t i = 0; i < r->n_pods; i++)
        attempt_saw_pod(a, r->pods[i], watches_node_fate(r->ctl, r->pods[i]->node));
    if (s->state == JOB_STATE_RUNNING)
        attempt_claims_ready(a);
    for (size_t i = 0; i < a->n; i++)
        all_made |= a->ranks[i].state == RANK_BOUND;
    for (size_t i = 0; all_made && i < a->n; i++)
        if (a->ranks[i].state == RANK_NONE)
            a->ranks[i].state = RANK_GONE;
}

/* Slurm's, where all are in one pod. */
static int64_t tasks_of(const struct job *model)
{
    int64_t tasks = model->tasks;
    for (size_t i = 0; i < model->n_units; i++)
        tasks += (model->units[i].count - 1) * model->units[i].tasks;
    return tasks;
}

/* The pod of a job of one pod is its own intent: a controller that died behind the
 * create finds it here. A job that asks for a range may have been given one. */
static void adopt_single(struct record *r)
{
    const struct bjob *job = r->job;
    if (!job->model || job->model->min_pods > 1 || job->model->n_others > 0)
        return;
    for (size_t i = 0; i < r->n_pods; i++) {
        const struct pod *p = r->pods[i];
        if (p->attempt != job->status.attempt + 1 || !p->node || p->rank != 0)
            continue;
        const struct slot slot = {.node = p->node,
                                  .pods = 1,
                                  .each = p->use,
                                  .tasks = tasks_of(job->model),
                                  .cpu_milli = p->cpu_milli,
                                  .alone = p->alone,
                                  .owned = p->owned};
        r->start =
            (struct start){.on = true,
                           .attempt = p->attempt,
                           .generation = job->generation,
                           .slots = slots_new(&slot, 1),
                           .n_slots = 1,
                           .limit_sec = LIMIT_UNSET,
                           .partition = xstrdup_null(p->partition),
                           .reservation = xstrdup_null(job_reservation(job->model))};
        attempt_begin(&r->attempt, p->attempt, r->start.slots, 1,
                      loop_now_sec(r->ctl->loop));
        attempt_saw_pod(&r->attempt, p, watches_node_fate(r->ctl, p->node));
        return;
    }
}

/* Persisted, or overtaken: the job has ended, or its spec has changed and nothing was
 * made for the old one yet. */
static bool start_is_spent(const struct record *r)
{
    const struct jstatus *s = &r->job->status;
    if (s->attempt >= r->start.attempt || job_state_is_final(s->state))
        return true;
    return r->job->generation != r->start.generation && !attempt_busy(&r->attempt) &&
           r->attempt.n > 0 && r->attempt.ranks[0].state == RANK_NONE;
}

void record_fit_attempt(struct record *r)
{
    const struct jstatus *s = &r->job->status;
    if (r->start.on && start_is_spent(r))
        start_fini(&r->start);
    if (job_state_is_active(s->state)) {
        if (r->attempt.number != s->attempt)
            resume_attempt(r);
        return;
    }
    if (r->start.on)
        return;
    record_forget_attempt(r);
    if (s->state == JOB_STATE_PENDING && s->job_id > 0)
        adopt_single(r);
}

/* Which one has drawn it in its pod alone would not tell. */
static bool is_drawn(const struct record *r)
{
    return r->job->model && magnet_draws(r->job->model, r->start.reservation);
}

void record_take_start(struct record *r, struct start *take)
{
    start_fini(&r->start);
    r->start = *take;
    *take = (struct start){0};
    r->start.attempt = r->job->status.attempt + 1;
    r->start.generation = r->job->generation;
    r->start.unbound = admission_version(r->ctl, r->job) > 0 || r->tie.waits ||
                       bjob_chooses(r->job) || is_drawn(r);
    attempt_begin(&r->attempt, r->start.attempt, r->start.slots, r->start.n_slots,
                  loop_now_sec(r->ctl->loop));
    for (size_t i = 0; i < r->job->n_works; i++) {
        const struct admitted *admitted = admission_find(r->ctl, r->job, i);
        if (admitted)
            attempt_set_extra(&r->attempt, i, &admitted->extra);
    }
    attempt_wait(&r->attempt);
    record_reconcile(r);
}

void record_begin_start(struct record *r, const struct decision *d)
{
    struct start start;
    record_stand(r, d);
    if (r->job->array) {
        tasks_start(r, d);
        return;
    }
    start = start_of(d);
    record_take_start(r, &start);
    told_start(r);
}

/* Jobs come, start, end, and go back to the queue. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"
#include "crds/jobstate.h"

#define UID_MAX 24

static void uid_of(size_t job, char ret[UID_MAX])
{
    snprintf(ret, UID_MAX, "%zu", job);
}

/* Of the array that it is in, if it is. */
static void uid_that_waits(const struct engine *e, size_t job, char ret[UID_MAX])
{
    const struct array *array = arrays_with(e->arrays, job);
    if (array)
        snprintf(ret, UID_MAX, "%s", array->record->uid);
    else
        uid_of(job, ret);
}

size_t engine_job_of(const char *uid)
{
    return strtoul(uid, NULL, 10);
}

/* ---- in the queue ---- */

static struct job *model_of(const struct engine *e, size_t job)
{
    return pool_job(e->in->pool, &e->in->load->jobs[job], job);
}

/* Where it comes a while after another one, it may not start before, and waits since
 * then. */
static void await_thought(struct engine *e, size_t job, struct job *model)
{
    const int64_t comes_sec = kin_comes(e->kin, &e->in->load->jobs[job]);
    struct tale *t = &e->history->tales[job];
    if (comes_sec == TIME_UNSET || t->runs > 0 || comes_sec <= model->submit_sec)
        return;
    model->eligible_sec = comes_sec;
    t->queued_sec = comes_sec;
}

static void count_queued(struct engine *e, size_t job, int64_t since_sec)
{
    tale_queue(&e->history->tales[job], since_sec);
    e->at.waiting++;
    e->changed = true;
}

static void queue(struct engine *e, size_t job, struct job *take_model, int64_t now_sec)
{
    count_queued(e, job, MIN(take_model->submit_sec, now_sec));
    await_thought(e, job, take_model);
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = take_model});
}

/* ---- on nodes ---- */

static void overcommitted(struct engine *e, const struct slot *slot, size_t job,
                          int64_t now_sec)
{
    err_set(e->err, ERR_CONFLICT,
            "at %" PRId64 ": the core gives the job of row %zu what is not free on %s",
            now_sec, e->in->load->jobs[job].row, slot->node);
    e->failed = true;
}

/* NULL, or the first that is not free; those before are taken. */
static const struct slot *take_shares(struct engine *e, size_t job,
                                      const struct job *model, const struct slot *slots,
                                      size_t n)
{
    struct tale *t = &e->history->tales[job];
    t->shares = xcalloc(n, sizeof(*t->shares));
    for (size_t i = 0; i < n; i++) {
        int64_t node = ledger_find(e->ledger, slots[i].node);
        if (!job_holds(model, &slots[i]))
            continue;
        if (node < 0 || !ledger_take(e->ledger, (size_t)node, &slots[i]))
            return &slots[i];
        struct share *share = &t->shares[t->n_shares++];
        *share = (struct share){.node = (size_t)node, .slot = slots[i]};
        share->slot.node = NULL;
    }
    return NULL;
}

/* It ends by itself after so long; DURATION_UNLIMITED: it does not. */
static void add_end(struct engine *e, size_t job, int64_t now_sec, int64_t run_sec)
{
    if (run_sec == DURATION_UNLIMITED)
        return;
    ends_add(&e->ends, (struct end){.sec = now_sec + run_sec,
                                    .job = job,
                                    .run = e->history->tales[job].runs});
}

static void give_back(struct engine *e, size_t job)
{
    const struct tale *t = &e->history->tales[job];
    for (size_t i = 0; i < t->n_shares; i++)
        ledger_give(e->ledger, t->shares[i].node, &t->shares[i].slot);
    e->at.running--;
    e->changed = true;
}

void engine_start(struct engine *e, const struct decision *d, int64_t now_sec)
{
    struct array *array = arrays_named(e->arrays, d->job_uid);
    const size_t job = array ? array_job(array, d->task) : engine_job_of(d->job_uid);
    const int64_t run_sec = e->in->load->jobs[job].run_sec;
    struct job *model = array ? engine_array_start(e, array, d)
                              : job_copy(sched_job(e->sched, d->job_uid));
    const struct slot *taken = take_shares(e, job, model, d->slots, d->n_slots);
    if (taken)
        overcommitted(e, taken, job, now_sec);
    model->phase = JOB_RUNNING;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    if (e->history->tales[job].runs == 0)
        e->history->tales[job].broken = sched_job_broken(e->sched, d->job_uid);
    tale_start(&e->history->tales[job], now_sec);
    add_end(e, job, now_sec, run_sec != RUN_TO_LIMIT ? run_sec : d->limit_sec);
    e->at.waiting--;
    e->at.running++;
    e->changed = true;
}

/* It has its nodes since before the replay began. What is more than there is, or on a
 * node that is gone, is nowhere. */
static void resume(struct engine *e, size_t job, struct job *take_model,
                   int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    char uid[UID_MAX];
    uid_of(job, uid);
    take_model->phase = JOB_RUNNING;
    if (take_model->start_sec == TIME_UNSET)
        take_model->start_sec = now_sec;
    take_shares(e, job, take_model, take_model->alloc, take_model->n_alloc);
    t->queued_sec = now_sec;
    tale_start(t, now_sec);
    t->before = true;
    t->yields = take_model->preempted_by != 0;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = take_model});
    t->returns = sched_job_returns(e->sched, uid);
    const int64_t end_sec = sched_job_end(e->sched, uid);
    if (!t->yields && end_sec != INT64_MAX)
        add_end(e, job, now_sec, MAX(end_sec - now_sec, 0));
    e->at.running++;
    e->changed = true;
}

/* ---- the end ---- */

void engine_note_account(struct engine *e, size_t job)
{
    const struct pool *p = e->in->pool;
    char uid[UID_MAX];
    uid_that_waits(e, job, uid);
    const char *name =
        *e->in->load->jobs[job].account ? NULL : sched_job_account(e->sched, uid);
    for (size_t i = 0; name && i < p->n_accounts; i++)
        if (strcmp(p->accounts[i]->name, name) == 0)
            e->history->tales[job].account = p->accounts[i]->name;
}

/* Those who come a while after it know when, now. */
static void let_think(struct engine *e, const struct job *over, int64_t now_sec)
{
    size_t n;
    const size_t *heirs = kin_over(e->kin, over, now_sec, &n);
    for (size_t i = 0; i < n; i++) {
        char uid[UID_MAX];
        if (e->history->tales[heirs[i]].fate != FATE_WAITS)
            continue; /* it has not been submitted */
        uid_of(heirs[i], uid);
        struct job *model = job_copy(sched_job(e->sched, uid));
        await_thought(e, heirs[i], model);
        sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    }
}

/* The core forgets it, unless others wait for how it ended. */
static void leave(struct engine *e, size_t job, bool well, int64_t now_sec)
{
    char uid[UID_MAX];
    uid_of(job, uid);
    engine_note_account(e, job);
    struct job *model = job_copy(sched_job(e->sched, uid));
    let_think(e, model, now_sec);
    engine_array_task_over(e, model, well);
    if (kin_awaits(e->kin, model)) {
        model->phase = JOB_ENDED;
        model->end_sec = now_sec;
        model->failed = !well;
        sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
        return;
    }
    job_free(model);
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = uid});
}

/* ---- it is submitted ---- */

static void tell_refused(struct engine *e, size_t job, enum reason reason,
                         const char *message)
{
    struct tale *t = &e->history->tales[job];
    t->fate = FATE_REFUSED;
    t->reason = reason;
    t->message = xstrdup(message);
    e->ended++;
}

static void submit_array(struct engine *e, struct array *array, size_t job,
                         int64_t now_sec)
{
    engine_array_submit(e, array, now_sec);
    if (array->refused != REASON_NONE)
        tell_refused(e, job, array->refused, array->message);
    else
        count_queued(e, job, MIN(e->in->load->jobs[job].submit_sec, now_sec));
}

/* Whoever depends on it hears that it has failed. */
static void refuse(struct engine *e, struct job *take_model, int64_t now_sec)
{
    let_think(e, take_model, now_sec);
    if (!kin_awaits(e->kin, take_model)) {
        job_free(take_model);
        return;
    }
    take_model->phase = JOB_ENDED;
    take_model->start_sec = take_model->end_sec = now_sec;
    take_model->failed = true;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = take_model});
}

/* What a snapshot has in the queue is there. */
static void submit_job(struct engine *e, size_t job, struct job *take_model,
                       int64_t now_sec)
{
    enum reason reason = REASON_NONE;
    STR_AUTO struct str message;
    str_init(&message, ENTRY_TEXT_MAX);
    if (!e->in->load->jobs[job].whole)
        reason = engine_entry(e, take_model, &message);
    if (reason == REASON_NONE) {
        queue(e, job, take_model, now_sec);
        return;
    }
    tell_refused(e, job, reason, message.s);
    refuse(e, take_model, now_sec);
}

void engine_submit(struct engine *e, size_t job, int64_t now_sec)
{
    struct array *array = arrays_with(e->arrays, job);
    struct job *model = array ? NULL : model_of(e, job);
    if (array)
        submit_array(e, array, job, now_sec);
    else if (model->phase == JOB_PENDING)
        submit_job(e, job, model, now_sec);
    else
        resume(e, job, model, now_sec);
}

/* ---- the end, of those that came ---- */

static void end_job(struct engine *e, size_t job, enum fate fate, int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    leave(e, job, fate == FATE_COMPLETED, now_sec);
    t->fate = fate;
    t->end_sec = now_sec;
    e->ended++;
    give_back(e, job);
}

static void count_given_up(struct engine *e, size_t job, enum reason reason)
{
    struct tale *t = &e->history->tales[job];
    t->reason = reason;
    t->fate = FATE_GIVEN_UP;
    e->ended++;
    e->at.waiting--;
    e->changed = true;
    e->again = true; /* others may wait for that */
}

static void give_up_tasks(struct engine *e, struct array *array, enum reason reason)
{
    for (int64_t i = taskset_next(&array->left, 0); i >= 0;
         i = taskset_next(&array->left, i + 1)) {
        engine_note_account(e, array_job(array, i));
        count_given_up(e, array_job(array, i), reason);
    }
    engine_array_give_up(e, array);
}

void engine_give_up(struct engine *e, const struct decision *d, int64_t now_sec)
{
    struct array *array = arrays_named(e->arrays, d->job_uid);
    const size_t job = engine_job_of(d->job_uid);
    if (array) {
        give_up_tasks(e, array, d->reason);
        return;
    }
    leave(e, job, false, now_sec);
    count_given_up(e, job, d->reason);
}

void engine_complete(struct engine *e, size_t job, int64_t now_sec)
{
    end_job(e, job, FATE_COMPLETED, now_sec);
}

/* It holds nothing, and nothing is planned for it. */
static void make_pending(struct job *model)
{
    model->phase = JOB_PENDING;
    model->start_sec = TIME_UNSET;
    slots_unref(model->alloc);
    model->alloc = NULL;
    model->n_alloc = 0;
    free(model->partition);
    free(model->reservation);
    model->partition = model->reservation = NULL;
    model->preempted_by = 0;
    model->eligible_since_sec = model->accrue_sec = TIME_UNSET;
    model->reached = 0;
    plan_clear(&model->plan);
}

/* As in the controller: it has been submitted now, and is eligible after a while. */
static void requeue(struct engine *e, size_t job, int64_t now_sec, int64_t delay_sec)
{
    struct job *model = model_of(e, job);
    make_pending(model);
    model->submit_sec = now_sec;
    model->eligible_sec = now_sec + delay_sec;
    give_back(e, job);
    history_cut(e->history, job, now_sec);
    queue(e, job, model, now_sec);
}

void engine_cut_off(struct engine *e, size_t job, int64_t now_sec)
{
    const struct tale *t = &e->history->tales[job];
    if (t->fate != FATE_RUNS)
        return;
    if (!t->yields)
        end_job(e, job, FATE_TIMEOUT, now_sec);
    else if (t->returns)
        requeue(e, job, now_sec, e->in->config->requeue_delay_sec);
    else
        end_job(e, job, FATE_PREEMPTED, now_sec);
    e->again = true;
}

void engine_end_component(struct engine *e, const struct decision *d, int64_t now_sec)
{
    size_t job = engine_job_of(d->job_uid), n_cuts = e->history->n_cuts;
    struct job *model = job_copy(sched_job(e->sched, d->job_uid));
    struct job *own = &model->others[d->component - 1];
    own->end_sec = now_sec;
    own->gone = true;
    history_end_component(e->history, job, (int64_t)d->component, now_sec);
    for (; n_cuts < e->history->n_cuts; n_cuts++) {
        const struct stay *stay = &e->history->cuts[n_cuts];
        for (size_t i = 0; i < stay->n_shares; i++)
            ledger_give(e->ledger, stay->shares[i].node, &stay->shares[i].slot);
    }
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    e->changed = true;
    e->again = true;
}

static bool is_on(const struct tale *t, size_t node)
{
    for (size_t i = 0; t->fate == FATE_RUNS && i < t->n_shares; i++)
        if (t->shares[i].node == node)
            return true;
    return false;
}

static bool no_requeue(const struct engine *e, size_t job)
{
    const struct job *like = e->in->load->jobs[job].like;
    return like && like->no_requeue;
}

/* Whoever yields, too, has lost its node. */
void engine_lose_node(struct engine *e, size_t node, int64_t now_sec)
{
    for (size_t i = 0; i < e->next_job; i++) {
        struct tale *t = &e->history->tales[i];
        if (!is_on(t, node))
            continue;
        t->yields = false;
        if (no_requeue(e, i)) {
            end_job(e, i, FATE_LOST, now_sec);
            continue;
        }
        requeue(e, i, now_sec, job_backoff_sec(t->runs - 1));
    }
}

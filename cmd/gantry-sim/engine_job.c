/* Jobs come, start, end, and go back to the queue. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"
#include "crds/jobstate.h"

#define UID_MAX 24

static void uid_of(size_t job, char ret[UID_MAX])
{
    snprintf(ret, UID_MAX, "%zu", job);
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

static void queue(struct engine *e, size_t job, struct job *take_model, int64_t now_sec)
{
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = take_model});
    tale_queue(&e->history->tales[job], now_sec);
    e->at.waiting++;
    e->changed = true;
}

void engine_submit(struct engine *e, size_t job, int64_t now_sec)
{
    queue(e, job, model_of(e, job), now_sec);
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

static void take_shares(struct engine *e, const struct decision *d, size_t job,
                        int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    t->shares = xcalloc(d->n_slots, sizeof(*t->shares));
    for (size_t i = 0; i < d->n_slots; i++) {
        int64_t node = ledger_find(e->ledger, d->slots[i].node);
        if (node < 0 || !ledger_take(e->ledger, (size_t)node, &d->slots[i])) {
            overcommitted(e, &d->slots[i], job, now_sec);
            return;
        }
        struct share *share = &t->shares[t->n_shares++];
        *share = (struct share){.node = (size_t)node, .slot = d->slots[i]};
        share->slot.node = NULL;
    }
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
    size_t job = engine_job_of(d->job_uid);
    struct tale *t = &e->history->tales[job];
    struct job *model = job_copy(sched_job(e->sched, d->job_uid));
    take_shares(e, d, job, now_sec);
    model->phase = JOB_RUNNING;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    tale_start(t, now_sec);
    ends_add(&e->ends, (struct end){.sec = now_sec + e->in->load->jobs[job].run_sec,
                                    .job = job,
                                    .run = t->runs});
    e->at.waiting--;
    e->at.running++;
    e->changed = true;
}

/* ---- the end of a run ---- */

static void end_job(struct engine *e, size_t job, enum fate fate, int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    char uid[UID_MAX];
    uid_of(job, uid);
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = uid});
    t->fate = fate;
    t->end_sec = now_sec;
    e->ended++;
    give_back(e, job);
}

void engine_complete(struct engine *e, size_t job, int64_t now_sec)
{
    end_job(e, job, FATE_COMPLETED, now_sec);
}

/* As in the controller: it has been submitted now, and is eligible after a while. */
static void requeue(struct engine *e, size_t job, int64_t now_sec, int64_t delay_sec)
{
    struct job *model = model_of(e, job);
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
    e->timed_out = true;
}

static bool is_on(const struct tale *t, size_t node)
{
    for (size_t i = 0; t->fate == FATE_RUNS && i < t->n_shares; i++)
        if (t->shares[i].node == node)
            return true;
    return false;
}

/* Whoever yields, too, has lost its node. */
void engine_lose_node(struct engine *e, size_t node, int64_t now_sec)
{
    for (size_t i = 0; i < e->next_job; i++) {
        struct tale *t = &e->history->tales[i];
        if (!is_on(t, node))
            continue;
        t->yields = false;
        requeue(e, i, now_sec, job_backoff_sec(t->runs - 1));
    }
}

#include "cmd/gantry-sim/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/ends.h"
#include "cmd/gantry-sim/ledger.h"

#define UID_MAX 24

struct engine {
    const struct replay *in;
    struct history *history;
    struct sched *sched;
    struct ledger *ledger;
    struct ends ends;
    size_t next_job, next_outage;
    struct sample at; /* as things stand */
    size_t ended, told;
    bool changed; /* since the last sample */
    bool
        timed_out; /* jobs were ended in the last step: the core is to be asked again */
    struct err *err;
    bool failed;
};

static void uid_of(size_t job, char ret[UID_MAX])
{
    snprintf(ret, UID_MAX, "%zu", job);
}

static size_t job_of(const char *uid)
{
    return strtoul(uid, NULL, 10);
}

/* ---- jobs come, start and end ---- */

static void wait_(struct engine *e, size_t job, int64_t eligible_sec)
{
    struct job *model = pool_job(e->in->pool, &e->in->load->jobs[job], job);
    model->eligible_sec = eligible_sec;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    e->history->tales[job].fate = FATE_WAITS;
    e->at.waiting++;
    e->changed = true;
}

static void give_back(struct engine *e, size_t job)
{
    const struct tale *t = &e->history->tales[job];
    for (size_t i = 0; i < t->n_shares; i++)
        ledger_give(e->ledger, t->shares[i].node, &t->shares[i].slot);
    e->at.running--;
    e->changed = true;
}

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

static void requeue(struct engine *e, size_t job, int64_t now_sec, int64_t eligible_sec)
{
    struct tale *t = &e->history->tales[job];
    give_back(e, job);
    tale_reset_shares(t);
    t->lost_sec += now_sec - t->start_sec;
    t->start_sec = TIME_UNSET;
    wait_(e, job, eligible_sec);
}

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
    tale_reset_shares(t);
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

static void start_job(struct engine *e, const struct decision *d, size_t job,
                      int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    struct job *model = job_copy(sched_job(e->sched, d->job_uid));
    take_shares(e, d, job, now_sec);
    model->phase = JOB_RUNNING;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    t->fate = FATE_RUNS;
    t->start_sec = now_sec;
    t->planned_sec = TIME_UNSET;
    t->yields = false;
    t->runs++;
    ends_add(&e->ends, (struct end){.sec = now_sec + e->in->load->jobs[job].run_sec,
                                    .job = job,
                                    .run = t->runs});
    e->at.waiting--;
    e->at.running++;
    e->changed = true;
}

/* ---- one moment ---- */

static void note_plan(struct tale *t, const struct decision *d, int64_t now_sec)
{
    const struct forecast told = {now_sec, d->planned_sec};
    t->reason = d->reason;
    t->planned_sec = d->planned_sec;
    if (d->planned_sec == TIME_UNSET)
        return;
    if (t->foretold.told_sec == TIME_UNSET)
        t->foretold = told;
    if (d->promised && t->promised.told_sec == TIME_UNSET)
        t->promised = told;
}

/* Its time is up: by its limit, or for another job. */
static void cut_off(struct engine *e, size_t job, int64_t now_sec)
{
    struct tale *t = &e->history->tales[job];
    if (t->fate != FATE_RUNS)
        return;
    if (t->yields)
        t->preempt_lost_sec += now_sec - t->start_sec;
    if (!t->yields)
        end_job(e, job, FATE_TIMEOUT, now_sec);
    else if (t->returns)
        requeue(e, job, now_sec, now_sec + e->in->config->requeue_delay_sec);
    else
        end_job(e, job, FATE_PREEMPTED, now_sec);
    e->timed_out = true;
}

static void note_preemption(struct tale *t, const struct decision *d)
{
    t->yields = true;
    t->returns = d->requeue;
    t->preemptions++;
}

static void carry_out(struct engine *e, const struct decision *d, int64_t now_sec)
{
    size_t job = job_of(d->job_uid);
    switch (d->kind) {
    case DECIDE_START:
        start_job(e, d, job, now_sec);
        break;
    case DECIDE_END:
        cut_off(e, job, now_sec);
        break;
    case DECIDE_PREEMPT:
        note_preemption(&e->history->tales[job], d);
        break;
    case DECIDE_SPLIT:
    case DECIDE_GIVE_UP: /* jobs of a workload depend on nothing */
        break;
    case DECIDE_REASON:
        note_plan(&e->history->tales[job], d, now_sec);
        break;
    }
}

static void decide(struct engine *e, int64_t now_sec)
{
    struct decisions ds;
    enum sched_progress progress;
    do {
        e->timed_out = false;
        progress = sched_step(e->sched, now_sec, (struct sched_budget){0}, &ds);
        for (size_t i = 0; i < ds.n && !e->failed; i++)
            carry_out(e, &ds.items[i], now_sec);
    } while (!e->failed && (e->timed_out || progress == SCHED_MORE));
}

static void end_those_due(struct engine *e, int64_t now_sec)
{
    const struct end *first;
    while ((first = ends_first(&e->ends)) && first->sec <= now_sec) {
        struct end end = ends_take(&e->ends);
        const struct tale *t = &e->history->tales[end.job];
        if (t->fate == FATE_RUNS && t->runs == end.run)
            end_job(e, end.job, FATE_COMPLETED, now_sec);
    }
}

static bool is_on(const struct tale *t, size_t node)
{
    for (size_t i = 0; t->fate == FATE_RUNS && i < t->n_shares; i++)
        if (t->shares[i].node == node)
            return true;
    return false;
}

static void change_node(struct engine *e, const struct outage *o, int64_t now_sec)
{
    struct node *node = node_copy(e->in->pool->nodes[o->node]);
    node->ready = o->back;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_NODE, .u.node = node});
    for (size_t i = 0; !o->back && i < e->next_job; i++)
        if (is_on(&e->history->tales[i], o->node))
            requeue(e, i, now_sec, TIME_UNSET);
}

static void let_happen(struct engine *e, int64_t now_sec)
{
    const struct replay *in = e->in;
    end_those_due(e, now_sec);
    while (e->next_outage < in->n_outages && in->outages[e->next_outage].sec <= now_sec)
        change_node(e, &in->outages[e->next_outage++], now_sec);
    while (e->next_job < in->load->n &&
           in->load->jobs[e->next_job].submit_sec <= now_sec)
        wait_(e, e->next_job++, TIME_UNSET);
}

static void take_sample(struct engine *e, int64_t now_sec)
{
    struct ledger_sum sum = ledger_sum(e->ledger);
    if (!e->changed)
        return;
    e->changed = false;
    e->at.sec = now_sec;
    e->at.free = sum.free;
    e->at.fragments = sum.fragments;
    history_add(e->history, &e->at);
    if (!e->in->progress || e->ended < e->told + e->in->load->n / 200 + 1)
        return;
    e->told = e->ended;
    e->in->progress(e->in->arg, e->ended, (size_t)e->at.waiting, now_sec);
}

/* ---- from moment to moment ---- */

static bool some_are_planned(const struct engine *e, int64_t now_sec)
{
    for (size_t i = 0; i < e->history->n; i++)
        if (e->history->tales[i].fate == FATE_WAITS &&
            e->history->tales[i].planned_sec > now_sec)
            return true;
    return false;
}

/* INT64_MAX: nothing will change any more. */
static int64_t next_moment(const struct engine *e, int64_t now_sec)
{
    const struct replay *in = e->in;
    const struct end *first = ends_first(&e->ends);
    int64_t wake = sched_next_wake(e->sched, now_sec);
    int64_t next = first ? first->sec : INT64_MAX;
    if (e->next_job < in->load->n)
        next = MIN(next, in->load->jobs[e->next_job].submit_sec);
    if (e->next_outage < in->n_outages && e->at.waiting + e->at.running > 0)
        next = MIN(next, in->outages[e->next_outage].sec);
    if (next == INT64_MAX && !some_are_planned(e, now_sec))
        return next;
    return MIN(next, MAX(wake, now_sec + 1));
}

int engine_run(const struct replay *replay, struct history *ret, struct err *err)
{
    struct engine e = {.in = replay, .history = ret, .err = err};
    int64_t now_sec =
        replay->load->n > 0 ? replay->load->jobs[0].submit_sec : INT64_MAX;
    history_init(ret, replay->load->n);
    e.sched = sched_new(replay->config);
    e.ledger = ledger_new(replay->pool);
    pool_tell(replay->pool, e.sched, now_sec);
    for (; now_sec != INT64_MAX && !e.failed; now_sec = next_moment(&e, now_sec)) {
        let_happen(&e, now_sec);
        decide(&e, now_sec);
        take_sample(&e, now_sec);
    }
    ret->n_broken = sched_broken_promises(e.sched);
    ends_fini(&e.ends);
    ledger_free(e.ledger);
    sched_free(e.sched);
    return e.failed ? -1 : 0;
}

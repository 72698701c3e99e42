#include "cmd/gantry-sim/engine.h"

#include "base/util.h"
#include "cmd/gantry-sim/engine_private.h"

/* ---- one moment ---- */

static void note_plan(struct tale *t, int64_t planned_sec, bool promised,
                      int64_t now_sec)
{
    const struct forecast told = {now_sec, planned_sec};
    t->planned_sec = planned_sec;
    if (planned_sec == TIME_UNSET || t->runs > 0)
        return;
    if (t->foretold.told_sec == TIME_UNSET)
        t->foretold = told;
    if (promised && t->promised.told_sec == TIME_UNSET)
        t->promised = told;
}

static void note_reason(struct tale *t, const struct decision *d, int64_t now_sec)
{
    t->reason = d->reason;
    note_plan(t, d->planned_sec, d->promised, now_sec);
}

/* An array's plan is its next task's, what is promised further that of those behind. */
static void note_tasks(struct engine *e, const struct array *array,
                       const struct decision *d, int64_t now_sec)
{
    size_t n = 0;
    for (int64_t i = taskset_next(&array->left, 0); i >= 0;
         i = taskset_next(&array->left, i + 1), n++) {
        struct tale *t = &e->history->tales[array_job(array, i)];
        t->reason = d->reason;
        if (n == 0)
            note_plan(t, d->planned_sec, d->promised, now_sec);
        else if (n <= d->n_further)
            note_plan(t, d->further[n - 1].start_sec, true, now_sec);
        else
            t->planned_sec = TIME_UNSET;
    }
}

static void note_preemption(struct engine *e, size_t job, const struct decision *d)
{
    e->history->tales[job].yields = true;
    e->history->tales[job].returns =
        d->requeue && !sched_job(e->sched, d->job_uid)->no_requeue;
}

static void carry_out(struct engine *e, const struct decision *d, int64_t now_sec)
{
    struct array *array = arrays_named(e->arrays, d->job_uid);
    size_t job = engine_job_of(d->job_uid);
    switch (d->kind) {
    case DECIDE_START:
        engine_start(e, d, now_sec);
        break;
    case DECIDE_END:
        if (d->component > 0)
            engine_end_component(e, d, now_sec);
        else
            engine_cut_off(e, job, now_sec);
        break;
    case DECIDE_PREEMPT:
        note_preemption(e, job, d);
        break;
    case DECIDE_GIVE_UP:
        engine_give_up(e, d, now_sec);
        break;
    case DECIDE_SPLIT:
        engine_array_split(e, array, d);
        break;
    case DECIDE_REASON:
        if (array)
            note_tasks(e, array, d, now_sec);
        else
            note_reason(&e->history->tales[job], d, now_sec);
        break;
    }
}

static void decide(struct engine *e, int64_t now_sec)
{
    struct decisions ds;
    enum sched_progress progress;
    do {
        e->again = false;
        progress = sched_step(e->sched, now_sec, (struct sched_budget){0}, &ds);
        for (size_t i = 0; i < ds.n && !e->failed; i++)
            carry_out(e, &ds.items[i], now_sec);
    } while (!e->failed && (e->again || progress == SCHED_MORE));
}

static void end_those_due(struct engine *e, int64_t now_sec)
{
    const struct end *first;
    while ((first = ends_first(&e->ends)) && first->sec <= now_sec) {
        struct end end = ends_take(&e->ends);
        const struct tale *t = &e->history->tales[end.job];
        if (t->fate == FATE_RUNS && t->runs == end.run)
            engine_complete(e, end.job, now_sec);
    }
}

static void change_node(struct engine *e, const struct outage *o, int64_t now_sec)
{
    struct node *node = node_copy(e->in->pool->nodes[o->node]);
    node->ready = o->back;
    const bool open = pool_is_open(node);
    ledger_open(e->ledger, o->node, open);
    (open ? history_open : history_close)(e->history, o->node, now_sec);
    e->changed = true;
    sched_apply(e->sched, &(struct change){.kind = CHANGE_NODE, .u.node = node});
    if (!o->back)
        engine_lose_node(e, o->node, now_sec);
}

static void let_happen(struct engine *e, int64_t now_sec)
{
    const struct replay *in = e->in;
    end_those_due(e, now_sec);
    while (e->next_outage < in->n_outages && in->outages[e->next_outage].sec <= now_sec)
        change_node(e, &in->outages[e->next_outage++], now_sec);
    while (e->next_job < in->load->n &&
           in->load->jobs[e->next_job].submit_sec <= now_sec)
        engine_submit(e, e->next_job++, now_sec);
    engine_purge(e, now_sec);
}

static void take_sample(struct engine *e, int64_t now_sec)
{
    struct ledger_sum sum = ledger_sum(e->ledger);
    if (!e->changed)
        return;
    e->changed = false;
    e->at.sec = now_sec;
    e->at.total = sum.total;
    e->at.free = sum.free;
    e->at.fragments = sum.fragments;
    history_add(e->history, &e->at);
    if (!e->in->progress || e->ended < e->told + e->in->load->n / 200 + 1)
        return;
    e->told = e->ended;
    e->in->progress(e->in->arg, e->ended, (size_t)e->at.waiting, now_sec);
}

/* ---- from moment to moment ---- */

/* Also those that are not to start before a time. */
static bool some_are_planned(const struct engine *e, int64_t now_sec)
{
    for (size_t i = 0; i < e->history->n; i++) {
        const struct tale *t = &e->history->tales[i];
        if (t->fate == FATE_WAITS &&
            (t->planned_sec > now_sec || t->reason == REASON_BEGIN_TIME))
            return true;
    }
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
    const int64_t purge_sec = MAX(engine_next_purge(e), now_sec + 1);
    if (next == INT64_MAX && !some_are_planned(e, now_sec))
        return e->at.waiting > 0 ? purge_sec : next;
    next = MIN(next, MIN(purge_sec, engine_next_idle(e, now_sec)));
    return MIN(next, MAX(wake, now_sec + 1));
}

static void tell_records(struct engine *e)
{
    const struct workload *load = e->in->load;
    for (size_t i = 0; i < load->n_records; i++)
        if (!arrays_wait(e->arrays, i))
            sched_apply(e->sched,
                        &(struct change){.kind = CHANGE_JOB,
                                         .u.job = job_copy(load->records[i])});
}

/* Why it still waits, in the core's words; and by what a promise of it was broken. */
static void note_message(struct engine *e, size_t job)
{
    const struct array *array = arrays_with(e->arrays, job);
    AUTO_FREE char *own = xasprintf("%zu", job);
    const char *uid = array ? array->record->uid : own;
    struct tale *t = &e->history->tales[job];
    enum reason reason;
    const char *message;
    if (t->fate != FATE_WAITS)
        return;
    if (sched_job_reason(e->sched, uid, &reason, &message))
        t->message = xstrdup(message);
    if (t->first_sec == TIME_UNSET)
        t->broken = sched_job_broken(e->sched, uid);
}

int engine_run(const struct replay *replay, struct history *ret, struct err *err)
{
    struct engine e = {.in = replay, .history = ret, .err = err};
    int64_t now_sec = workload_begin(replay->load);
    history_init(ret, replay->load->n);
    e.sched = sched_new(replay->config);
    sched_leave_hints(e.sched);
    e.ledger = ledger_new(replay->pool);
    e.kin = kin_new(replay->load);
    e.arrays = arrays_new(replay->load);
    pool_tell(replay->pool, e.sched, now_sec);
    for (size_t i = 0; i < replay->pool->n; i++)
        if (!pool_is_open(replay->pool->nodes[i]))
            history_close(ret, i, now_sec);
    tell_records(&e);
    engine_reserve(&e, now_sec);
    for (; now_sec != INT64_MAX && !e.failed; now_sec = next_moment(&e, now_sec)) {
        let_happen(&e, now_sec);
        decide(&e, now_sec);
        if (!e.looked)
            engine_note_faults(&e);
        e.looked = true;
        engine_note_reservations(&e, now_sec);
        take_sample(&e, now_sec);
    }
    for (size_t i = 0; i < e.next_job; i++) { /* of those that are not over */
        engine_note_account(&e, i);
        note_message(&e, i);
    }
    for (enum broken cause = 0; cause < BROKEN_CAUSES; cause++)
        ret->broken[cause] = (int64_t)sched_broken_promises(e.sched, cause);
    ret->n_restless = sched_restless(e.sched);
    engine_note_unbegun(&e);
    engine_forget_reservations(&e);
    ends_fini(&e.ends);
    arrays_free(e.arrays);
    kin_free(e.kin);
    ledger_free(e.ledger);
    sched_free(e.sched);
    return e.failed ? -1 : 0;
}

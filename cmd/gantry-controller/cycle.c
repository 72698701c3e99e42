#include "cmd/gantry-controller/cycle.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/awaited.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/partwrite.h"
#include "cmd/gantry-controller/resvpurge.h"
#include "cmd/gantry-controller/resvwrite.h"
#include "cmd/gantry-controller/statuswrite.h"
#include "cmd/gantry-controller/usagewrite.h"

/* A step waits this long for more changes, so that a burst of events costs one pass. */
#define STEP_DELAY_MS 20
#define WAKE_MAX_SEC 86400 /* what lasts for ever ends after the end of milliseconds */
/* Launch deadlines and ttls are looked at this often. */
#define SWEEP_MS 5000

/* ---- steps ---- */

struct stopwatch {
    const struct loop *loop;
    int64_t until_ms;
};

static bool spent(void *arg, int64_t ahead_us)
{
    const struct stopwatch *w = arg;
    return loop_fresh_mono_ms(w->loop) + ahead_us / 1000 >= w->until_ms;
}

static void carry_out(struct controller *ctl, const struct decision *d)
{
    struct record *r = record_find(ctl, d->job_uid);
    if (!r || !r->job)
        return;
    switch (d->kind) {
    case DECIDE_START:
        record_begin_start(r, d);
        return;
    case DECIDE_END:
        if (d->component > 0) {
            r->ends |= UINT32_C(1) << d->component;
            break;
        }
        r->timed_out = true;
        text_set(&r->end_reason,
                 d->reason != REASON_NONE ? reason_word(d->reason) : "TimeLimit");
        text_set(&r->end_message, d->message);
        break;
    case DECIDE_GIVE_UP:
        r->given_up = true;
        r->reason = d->reason;
        text_set(&r->message, d->message);
        break;
    case DECIDE_SPLIT:
        if (r->job->array)
            tasks_split(r, d->task, d->met);
        break;
    case DECIDE_PREEMPT:
        record_preempt(r, d);
        break;
    case DECIDE_REASON:
        r->reason = d->reason;
        record_stand(r, d);
        text_set(&r->message, d->message);
        record_plan(r, d);
        break;
    }
    record_reconcile(r);
}

static void tell_resources(struct controller *ctl)
{
    if (ctl->told_resources == ctl->resources.n)
        return;
    ctl->told_resources = ctl->resources.n;
    sched_apply(ctl->sched, &(struct change){.kind = CHANGE_RESOURCES,
                                             .u.resources = &ctl->resources});
}

/* Jobs that limits kept from being queued may be let in, the first that came first. */
static void ask_limited(struct controller *ctl)
{
    struct record *r, *tmp;
    if (!ctl->limits_moved || ctl->n_limited == 0)
        return;
    ctl->limits_moved = false;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->intake.limited != REASON_NONE)
            record_ask_partitions(r);
}

/* Likewise those whose answer waited until the core had counted all. */
static void ask_waiting(struct controller *ctl)
{
    struct record *r, *tmp;
    if (ctl->n_waiting == 0 || sched_is_counting(ctl->sched))
        return;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->intake.waits)
            record_ask_partitions(r);
}

/* A bug that somebody should hear of, with what it takes to find it. */
static void tell_restless(struct controller *ctl)
{
    const size_t n = sched_restless(ctl->sched);
    if (n > ctl->n_restless)
        log_warn(ctl->log, "plans did not come to rest within a second: please report "
                           "this with a snapshot (kill -USR1)");
    ctl->n_restless = n;
}

static void step(void *arg)
{
    struct controller *ctl = arg;
    int64_t now_sec = loop_now_sec(ctl->loop);
    struct stopwatch watch = {ctl->loop,
                              loop_fresh_mono_ms(ctl->loop) + SCHED_STEP_US / 1000};
    struct decisions decisions = {0};
    ctl->stepping_soon = false;
    tell_resources(ctl);
    ask_limited(ctl);
    enum sched_progress progress = sched_step(
        ctl->sched, now_sec, (struct sched_budget){spent, &watch}, &decisions);
    for (size_t i = 0; i < decisions.n; i++)
        carry_out(ctl, &decisions.items[i]);
    ask_waiting(ctl);
    usage_write(ctl);
    resv_write(ctl);
    partwrite_want(ctl);
    purge_consider(ctl);
    promises_tell(ctl);
    tell_restless(ctl);
    if (progress == SCHED_MORE) {
        ctl->stepping_soon = true;
        loop_timer_start(ctl->step, 0);
    } else {
        doubt_decided(ctl);
    }
    if (ctl->stepping_soon)
        return;
    int64_t wake_sec = sched_next_wake(ctl->sched, now_sec);
    if (wake_sec == INT64_MAX)
        return;
    wake_sec = MIN(wake_sec, now_sec + WAKE_MAX_SEC);
    loop_timer_start(ctl->step,
                     MAX(wake_sec * 1000 - loop_now_ms(ctl->loop), STEP_DELAY_MS));
}

void cycle_want(struct controller *ctl)
{
    if (!ctl->synced || ctl->stepping_soon)
        return;
    ctl->stepping_soon = true;
    loop_timer_start(ctl->step, STEP_DELAY_MS);
}

/* ---- turns ---- */

void cycle_add(struct controller *ctl, struct record *r)
{
    if (r->dirty)
        return;
    r->dirty = true;
    r->next_dirty = NULL;
    *ctl->dirty_end = r;
    ctl->dirty_end = &r->next_dirty;
    if (!loop_timer_armed(ctl->turn))
        loop_timer_start(ctl->turn, 0);
}

static void turn(void *arg)
{
    struct controller *ctl = arg;
    struct record *r = ctl->dirty;
    ctl->dirty = NULL;
    ctl->dirty_end = &ctl->dirty;
    while (r) {
        struct record *next = r->next_dirty;
        r->dirty = false;
        record_run(r);
        record_drop_if_empty(r);
        r = next;
    }
}

/* Who depends on a job is looked for once, where a ttl has passed at all. */
struct sweeping {
    struct awaited awaited;
    bool found;
};

static void expire(struct sweeping *s, struct record *r)
{
    if (!status_has_expired(r))
        return;
    if (!s->found)
        awaited_find(r->ctl, &s->awaited);
    s->found = true;
    if (!awaited_has(&s->awaited, r->job->status.job_id, bjob_n_ids(r->job)))
        status_expire(r);
}

static void sweep(void *arg)
{
    struct controller *ctl = arg;
    struct record *r, *tmp;
    struct sweeping sweeping = {0};
    loop_timer_start(ctl->sweep, SWEEP_MS);
    if (!ctl->synced)
        return;
    HASH_ITER (hh, ctl->records, r, tmp) {
        if (!r->job)
            continue;
        if (job_state_is_final(r->job->status.state))
            expire(&sweeping, r);
        else if (r->attempt.number > 0 || r->start.on || r->tasks.failure ||
                 r->job->status.state == JOB_STATE_NONE)
            record_reconcile(r);
    }
    awaited_fini(&sweeping.awaited);
}

void cycle_start(struct controller *ctl)
{
    ctl->dirty_end = &ctl->dirty;
    ctl->step = loop_timer_new(ctl->loop, step, ctl);
    ctl->turn = loop_timer_new(ctl->loop, turn, ctl);
    ctl->sweep = loop_timer_new(ctl->loop, sweep, ctl);
    loop_timer_start(ctl->sweep, SWEEP_MS);
}

void cycle_stop(struct controller *ctl)
{
    loop_timer_free(ctl->step);
    loop_timer_free(ctl->turn);
    loop_timer_free(ctl->sweep);
}

#include "cmd/gantry-controller/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/cleanup.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/events.h"
#include "cmd/gantry-controller/quota.h"
#include "cmd/gantry-controller/record_private.h"
#include "cmd/gantry-controller/service.h"
#include "cmd/gantry-controller/split.h"
#include "cmd/gantry-controller/watches.h"

/* ---- life ---- */

struct record *record_find(const struct controller *ctl, const char *uid)
{
    struct record *r;
    HASH_FIND_STR(ctl->records, uid, r);
    return r;
}

struct record *record_get(struct controller *ctl, const char *uid)
{
    struct record *r = record_find(ctl, uid);
    if (r)
        return r;
    r = xcalloc(1, sizeof(*r));
    r->ctl = ctl;
    r->uid = xstrdup(uid);
    r->priority = PRIORITY_UNSET;
    r->eligible_sec = TIME_UNSET;
    r->accrue_sec = TIME_UNSET;
    r->bound_sec = LIMIT_UNSET;
    r->plan.start_sec = TIME_UNSET;
    r->preemption = preemption_none();
    HASH_ADD_KEYPTR(hh, ctl->records, r->uid, strlen(r->uid), r);
    return r;
}

/* Which of them are to be asked about again. */
static void count_intake(struct record *r, bool in)
{
    size_t one = in ? 1 : (size_t)-1;
    r->ctl->n_limited += r->intake.limited != REASON_NONE ? one : 0;
    r->ctl->n_waiting += r->intake.waits ? one : 0;
}

void record_free(struct record *r)
{
    if (r->status_call)
        kc_cancel(r->status_call);
    service_abandon(r);
    lanes_leave(r->ctl->lanes, &r->ticket);
    loop_timer_free(r->retry);
    loop_timer_free(r->warning);
    tasks_free(r);
    start_fini(&r->start);
    attempt_clear(&r->attempt);
    bjob_free(r->job);
    free(r->preemptor);
    free(r->message);
    free(r->account);
    free(r->qos);
    free(r->lacks_age);
    free(r->end_reason);
    free(r->end_message);
    free(r->dependency);
    plan_clear(&r->plan);
    count_intake(r, false);
    intake_fini(&r->intake);
    tie_fini(&r->tie);
    free(r->pods);
    free(r->service_uid);
    HASH_DEL(r->ctl->records, r);
    free(r->uid);
    free(r);
}

void record_drop_if_empty(struct record *r)
{
    if (!r->job && r->n_pods == 0 && !r->service && r->ops == 0 && !r->making &&
        !r->status_busy && !r->dirty && tasks_is_empty(r))
        record_free(r);
}

const struct slot *record_slots(const struct record *r, size_t *ret_n)
{
    const struct jstatus *s = &r->job->status;
    if (r->attempt.amended) {
        *ret_n = r->attempt.n_amended;
        return r->attempt.amended;
    }
    bool persisted = job_state_is_active(s->state);
    *ret_n = persisted ? s->n_placement : r->start.n_slots;
    return persisted ? s->placement : r->start.slots;
}

const char *record_partition(const struct record *r)
{
    return r->start.on ? r->start.partition : r->job->status.partition;
}

const char *record_reservation(const struct record *r)
{
    return r->start.on ? r->start.reservation : r->job->status.reservation;
}

const char *record_license(const struct record *r)
{
    return r->start.on ? r->start.license : r->job->status.license;
}

const char *record_qos(const struct record *r)
{
    return r->start.on ? r->start.qos : r->job->status.qos;
}

/* ---- pods ---- */

bool record_expects(const struct record *r, const struct pod *pod)
{
    if (!r->job || r->job->deleting)
        return false;
    if (job_state_is_active(r->job->status.state))
        return pod->attempt == r->job->status.attempt;
    return r->start.on && pod->attempt == r->start.attempt;
}

bool record_holds(const struct record *r, const struct pod *pod)
{
    const struct attempt *a = &r->attempt;
    const int64_t i = pod->rank;
    const int64_t component = i >= 0 && i < (int64_t)a->n ? a->ranks[i].component : 0;
    return (r->job->status.ends.gone >> component & 1) == 0;
}

bool record_keeps(const struct record *r, const struct pod *pod)
{
    return r->job && !r->job->deleting && job_state_is_final(r->job->status.state) &&
           pod->attempt == r->job->status.attempt;
}

void record_add_pod(struct record *r, struct pod *pod)
{
    GROW(r->pods, r->n_pods, r->cap_pods);
    r->pods[r->n_pods++] = pod;
}

void record_remove_pod(struct record *r, const struct pod *pod)
{
    for (size_t i = 0; i < r->n_pods; i++)
        if (r->pods[i] == pod) {
            r->pods[i] = r->pods[--r->n_pods];
            return;
        }
}

static void consider_things(struct record *r)
{
    for (size_t i = 0; i < r->n_pods; i++)
        watches_consider_pod(r->ctl, r->pods[i]);
    if (r->service)
        cleanup_service(r->ctl, r->service);
}

/* ---- versions ---- */

void record_update(struct record *r, struct bjob *take)
{
    if (r->job && r->job->version >= take->version) {
        bjob_free(take);
        return;
    }
    if (r->job)
        events_tell(r->ctl, r->job, take);
    bjob_free(r->job);
    r->job = take;
    if (take->status.job_id > 0)
        ids_seen(r->ctl->ids, take->status.job_id + bjob_n_ids(take) - 1);
    tasks_join(r);
    if (r->ctl->synced)
        record_settle(r);
}

/* True: it is another one. One that waits for its answer stays what it was; steps bring
 * that. */
static bool look_at_intake(struct record *r)
{
    struct intake intake;
    intake_decide(r->ctl->sched, r->job, r->start.on, &intake);
    bool same = intake.waits ? r->intake.waits : intake_equal(&intake, &r->intake);
    count_intake(r, false);
    if (intake.waits) {
        intake_fini(&intake);
        r->intake.waits = true;
        cycle_want(r->ctl);
    } else {
        intake_fini(&r->intake);
        r->intake = intake;
    }
    count_intake(r, true);
    return !same;
}

bool record_look_out(struct record *r)
{
    struct tie tie;
    bool changed = look_at_intake(r);
    volumes_tie(r->ctl, r->job, &tie);
    changed |= !tie_equal(&tie, &r->tie);
    tie_fini(&r->tie);
    r->tie = tie;
    r->outlooks += changed;
    return changed;
}

void record_ask_partitions(struct record *r)
{
    if (!r->job || !record_look_out(r))
        return;
    told_update(r);
    record_reconcile(r);
}

/* Another volume may have the same name and claim, and be elsewhere. */
void record_ask_volumes(struct record *r)
{
    record_look_out(r);
    r->outlooks++;
    told_update(r);
    record_reconcile(r);
}

void record_settle(struct record *r)
{
    if (!r->job)
        return;
    if (r->job->deleting)
        record_forget_attempt(r);
    else
        record_fit_attempt(r);
    record_look_out(r);
    split_hand_over(r);
    told_update(r);
    consider_things(r);
    record_reconcile(r);
    record_let_victims_end(r);
    tasks_tell(r);
}

void record_vanished(struct record *r)
{
    if (r->job)
        record_forget_attempt(r);
    bjob_free(r->job);
    r->job = NULL;
    start_fini(&r->start);
    loop_timer_free(TAKE(r->warning));
    quota_pass(r);
    if (r->ctl->synced) {
        told_update(r);
        consider_things(r);
        record_let_victims_end(r);
        tasks_tell(r);
    }
    tasks_leave(r);
    record_drop_if_empty(r);
}

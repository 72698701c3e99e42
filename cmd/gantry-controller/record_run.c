/* What is to be done for a job now, and has it done. */
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/podops.h"
#include "cmd/gantry-controller/quota.h"
#include "cmd/gantry-controller/record_private.h"
#include "cmd/gantry-controller/service.h"
#include "cmd/gantry-controller/signals.h"
#include "cmd/gantry-controller/split.h"
#include "cmd/gantry-controller/statuswrite.h"

static void drop_start(struct record *r)
{
    start_fini(&r->start);
    attempt_clear(&r->attempt);
    record_look_out(r);
    told_update(r);
    record_reconcile(r); /* what it waits for now is to be said */
}

void record_unwritten(struct record *r)
{
    if (r->job->status.state != JOB_STATE_NONE || r->id_first)
        return;
    r->id_first = true;
    drop_start(r);
}

/* Is there room for what the pods ask for? Where the core was told, and some node now
 * has less than nothing of what was raised, there is not. */
static bool amendment_fits(struct record *r, const struct slot *before, size_t n,
                           char **ret_why)
{
    const struct slot *after = r->attempt.amended;
    for (size_t i = 0; i < n; i++) {
        struct resvec used, free_;
        if (!sched_node_usage(r->ctl->sched, after[i].node, &used, &free_))
            continue;
        for (int k = 0; k < r->ctl->resources.n; k++)
            if (after[i].each.v[k] > before[i].each.v[k] && free_.v[k] < 0) {
                *ret_why = xasprintf(
                    "the server raised the request of a pod (%s), and node %s has no "
                    "room for that",
                    r->ctl->resources.name[k], after[i].node);
                return false;
            }
    }
    return true;
}

/* Pods that are bound are where they are; unbound ones go where there is room. */
static void amend(struct record *r)
{
    size_t n;
    AUTO_FREE char *why = NULL;
    bool bound = false;
    for (size_t i = 0; i < r->attempt.n; i++)
        bound |= r->attempt.ranks[i].state == RANK_BOUND;
    const struct slot *slots = record_slots(r, &n);
    const struct slot *before = slots_ref(slots);
    attempt_amend(&r->attempt, before, n);
    told_update(r);
    if (!bound && !amendment_fits(r, before, n, &why))
        attempt_fail(&r->attempt, why);
    slots_unref(before);
}

void record_run(struct record *r)
{
    if (!r->job)
        return;
    if (r->job->status.state == JOB_STATE_NONE && !r->job->unknown_state &&
        r->assigned_id == 0) {
        r->assigned_id = ids_take(r->ctl->ids, bjob_n_ids(r->job));
        record_look_out(r); /* others may have had theirs meanwhile */
        r->seen_sec = loop_now_sec(r->ctl->loop);
        split_hand_over(r);
        told_update(r);
    }
    if (attempt_differs(&r->attempt))
        amend(r);
    attempt_note_bound(&r->attempt, loop_now_sec(r->ctl->loop));
    doubt_ask(r);
    struct job_next next;
    record_next(r, &next);
    /* What is wanted is decided again when the write's turn comes, with the start still
     * known; a dropped start only matters where nothing else is to be persisted. */
    if (next.drop_start && !next.write)
        drop_start(r);
    if (!taskset_is_empty(&next.apart))
        tasks_set_apart(r, &next.apart);
    if (next.write || next.hold || next.inherit)
        status_queue(r, &next);
    if (next.launch || (r->job->status.state == JOB_STATE_RUNNING && !next.write))
        service_tend(r);
    if (next.launch)
        podops_launch(r);
    if (next.signal.on)
        podops_signal(r, &next.signal);
    if (next.kill)
        podops_kill(r, UINT32_MAX);
    else if (next.kill_only)
        podops_kill(r, next.kill_only);
    signals_await(r);
    quota_pass(r);
    jstatus_fini(&next.want);
}

void record_reconcile(struct record *r)
{
    if (r->ctl->synced)
        cycle_add(r->ctl, r);
}

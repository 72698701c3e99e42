#include "cmd/gantry-controller/doubt.h"

#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"

/* ---- of a job ---- */

/* A reservation may be made yet; sbatch wants it there all the same. */
static bool is_hopeless(const struct record *r)
{
    return r->priority != PRIORITY_UNSET && !r->start.on && !r->given_up &&
           (reason_class(r->reason) == WAIT_NEVER ||
            r->reason == REASON_RESERVATION_DELETED);
}

/* What is wrong with its own spec, or with its volumes, no look changes. */
static bool is_refused(const struct record *r)
{
    return r->job->status.state == JOB_STATE_NONE && r->job->model && !r->tie.lack &&
           !r->id_first && (r->intake.refusal || is_hopeless(r));
}

bool doubt_holds(const struct record *r)
{
    return (r->sure_at == 0 || r->sure_at > r->ctl->doubts.done) && is_refused(r);
}

/* ---- looks ---- */

static void look(struct controller *ctl)
{
    struct doubts *d = &ctl->doubts;
    d->begun++;
    d->wanted = false;
    for (int i = 0; i < POLICY_COUNT; i++) {
        d->lists[i] = kc_cache_lists(ctl->policies[i]) + 1;
        kc_cache_relist(ctl->policies[i]);
    }
}

void doubt_ask(struct record *r)
{
    struct doubts *d = &r->ctl->doubts;
    if (r->sure_at != 0 || !doubt_holds(r))
        return;
    r->sure_at = d->begun + 1;
    if (d->begun == d->done)
        look(r->ctl);
    else
        d->wanted = true;
}

static bool has_listed(const struct controller *ctl)
{
    for (int i = 0; i < POLICY_COUNT; i++)
        if (kc_cache_listed(ctl->policies[i]) < ctl->doubts.lists[i])
            return false;
    return ctl->doubts.begun > ctl->doubts.done;
}

void doubt_listed(struct controller *ctl)
{
    if (has_listed(ctl))
        cycle_want(ctl);
}

void doubt_decided(struct controller *ctl)
{
    struct doubts *d = &ctl->doubts;
    struct record *r, *tmp;
    if (!has_listed(ctl))
        return;
    d->done = d->begun;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->sure_at == d->done && r->job && r->job->status.state == JOB_STATE_NONE) {
            record_ask_partitions(r); /* limits that keep it out may be others now */
            record_reconcile(r);
        }
    if (d->wanted)
        look(ctl);
}

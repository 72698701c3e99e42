/* What limits allow when those are gone who end early for a job; and beside it. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/yield.h"

/* One that is planned, as if it had begun. */
struct ghost {
    const struct jobrec *rec;
    struct take *takes;
};

struct ghosts {
    struct ghost *items;
    size_t n, cap;
};

static bool yields_by(const struct jobrec *rec, size_t at)
{
    return rec->job->preempted_by != 0 && rec->claim.last <= at;
}

/* It has begun by then, or others end for it too. */
static bool goes_before(const struct jobrec *rec, const struct allowance_then *then)
{
    const struct claim *claim = &rec->claim;

    if (rec == then->rec || !rec->job->plan.promised || claim->last <= then->at)
        return false;
    return yield_any(rec) || claim->first < then->at;
}

static void lift_victims(struct sched *s, size_t at)
{
    for (size_t i = 0; i < s->n_holding; i++) {
        const struct jobrec *rec = s->holding[i];

        if (yields_by(rec, at))
            held_lift(rec->takes, rec->job->alloc, rec->job->n_alloc);
    }
}

static void lay_victims(struct sched *s, size_t at)
{
    for (size_t i = 0; i < s->n_holding; i++) {
        const struct jobrec *rec = s->holding[i];

        if (yields_by(rec, at))
            held_lay(rec->takes, rec->job->alloc, rec->job->n_alloc);
    }
}

static void enter_ghost(struct sched *s, struct ghosts *ghosts,
                        const struct jobrec *rec)
{
    struct job job = *rec->job;
    struct jobrec begun = {.job = &job};

    job.phase = JOB_RUNNING;
    job.partition = job.plan.partition;
    job.start_sec = job.plan.start_sec;
    job.alloc = job.plan.slots;
    job.n_alloc = job.plan.n_slots;
    allowance_count(s, &begun);
    GROW(ghosts->items, ghosts->n, ghosts->cap);
    ghosts->items[ghosts->n++] = (struct ghost){rec, begun.takes};
}

static void enter_ghosts(struct sched *s, struct ghosts *ghosts,
                         const struct allowance_then *then)
{
    for (size_t i = 0; i < s->lines.n; i++) {
        if (goes_before(s->lines.recs[i], then))
            enter_ghost(s, ghosts, s->lines.recs[i]);
    }
}

static void forget_ghosts(struct sched *s, struct ghosts *ghosts)
{
    for (size_t i = 0; i < ghosts->n; i++) {
        const struct plan *plan = &ghosts->items[i].rec->job->plan;

        held_forget(&s->held, &ghosts->items[i].takes, plan->slots, plan->n_slots);
    }
    free(ghosts->items);
}

static enum reason check_slots(struct sched *s, const struct allowance_then *then,
                               struct str *message)
{
    struct job view;
    const struct job *job = job_with_license(then->rec->job, then->license, &view);
    enum reason reason = allowance_check(s, job, then->part, message);

    return reason != REASON_NONE ? reason
                                 : allowance_check_tres(s, job, then->part, then->slots,
                                                        then->n_slots, message);
}

enum reason allowance_check_then(struct sched *s, const struct allowance_then *then,
                                 struct str *message)
{
    struct ghosts ghosts = {0};
    enum reason reason;

    if (!s->held.any)
        return REASON_NONE;
    lift_victims(s, then->at);
    enter_ghosts(s, &ghosts, then);
    reason = check_slots(s, then, message);
    forget_ghosts(s, &ghosts);
    lay_victims(s, then->at);
    s->held.broken = NULL; /* of a time to come */
    return reason;
}

struct comers {
    struct sched *s;
    struct ghosts ghosts;
};

static void enter_comer(void *arg, struct jobrec *rec)
{
    struct comers *c = arg;

    if (rec->job->plan.promised && rec->claim.on)
        enter_ghost(c->s, &c->ghosts, rec);
}

static void say_comers(const struct ghosts *ghosts, struct str *message)
{
    if (ghosts->n == 1)
        str_addf(message, "; job %lld, for which others end, comes before it",
                 (long long)ghosts->items[0].rec->job->job_id);
    else if (ghosts->n > 1)
        str_addf(message, "; %zu jobs, for which others end, come before it",
                 ghosts->n);
}

/* Those that end may count for the same limits: until they have, all of it is held. */
enum reason allowance_check_beside(struct sched *s, const struct allowance_then *now,
                                   struct str *message)
{
    struct comers comers = {.s = s};
    enum reason reason;

    if (!s->held.any || s->yielding == NULL || yield_any(now->rec))
        return REASON_NONE;
    yield_each_to(s, enter_comer, &comers);
    reason = check_slots(s, now, message);
    if (reason != REASON_NONE)
        say_comers(&comers.ghosts, message);
    forget_ghosts(s, &comers.ghosts);
    s->held.broken = NULL; /* of a time to come */
    return reason;
}

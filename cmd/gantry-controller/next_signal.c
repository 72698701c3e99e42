#include <signal.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/next_private.h"

static size_t n_signalled(const struct job_view *v)
{
    return attempt_n_signalled(v->attempt, v->job->is_script);
}

static bool all_run(const struct job_view *v, int64_t component)
{
    for (size_t i = 0; i < n_signalled(v); i++) {
        const struct rank *r = &v->attempt->ranks[i];
        if (rank_is_of(r, component) && !rank_ended(r) && !r->running)
            return false;
    }
    return true;
}

static bool is_lacking(const struct job_view *v, const char *id, int64_t component)
{
    for (size_t i = 0; i < n_signalled(v); i++)
        if (rank_is_of(&v->attempt->ranks[i], component) &&
            rank_lacks_signal(&v->attempt->ranks[i], id))
            return true;
    return false;
}

/* Why nobody can be sent it, heap; NULL: they can. */
static char *refusal_of(const struct job_view *v, const struct siglist_item *item,
                        int64_t component)
{
    if (item->signo == 0)
        return xstrdup("Refused: there is no such signal");
    if (component >= (int64_t)v->job->n_works)
        return xstrdup(NO_COMPONENT);
    if (item->scope == SIGLIST_BATCH && !v->job->is_script)
        return xstrdup("Refused: the job has no batch script");
    if (component > 0 && v->job->is_script)
        return xstrdup("Refused: the job's script is the first component's");
    if (v->deaf)
        return xasprintf("Refused: node %s passes no signals to containers that "
                         "gantry-launch does not run",
                         v->deaf);
    return NULL;
}

/* Nobody lacks it any more; heap. */
static char *outcome_of(const struct job_view *v, const char *id, int64_t component)
{
    bool sent = false;
    for (size_t i = 0; i < n_signalled(v); i++) {
        const struct rank *r = &v->attempt->ranks[i];
        if (!rank_is_of(r, component))
            continue;
        if (r->unsent.why && str_eq(r->unsent.id, id))
            return xasprintf("Refused: rank %zu: %s", i, r->unsent.why);
        sent |= siglist_has(r->signals, id);
    }
    return xstrdup(sent ? ACTION_DONE : "Refused: its processes have ended");
}

bool signal_attempt(const struct job_view *v, struct job_next *n,
                    const struct action *action)
{
    const int64_t of = action->component;
    AUTO_FREE char *refusal = refusal_of(v, &action->signal, of);
    if (refusal) {
        action_done(n, action, refusal);
        return true;
    }
    if (!all_run(v, of))
        return false;
    if (is_lacking(v, action->id, of)) {
        n->signal = (struct job_signal){true, action->signal, action->id, of, false};
        return true;
    }
    AUTO_FREE char *outcome = outcome_of(v, action->id, of);
    action_done(n, action, outcome);
    return true;
}

/* In the lists of signals; no action's. */
#define PREEMPTED_ID "gantry.dev/preempted"

void signal_preempted(const struct job_view *v, struct job_next *n)
{
    const struct siglist_item item = {SIGTERM, SIGLIST_ALL};
    bool told = v->preemption && v->job->status.preempted.by == v->preemption->by;
    if (told && !v->own_signal && !n->signal.on && all_run(v, -1) &&
        is_lacking(v, PREEMPTED_ID, -1))
        n->signal = (struct job_signal){true, item, PREEMPTED_ID, -1, true};
}

#define NOBODY (-2)

static bool may_warn(const struct job_view *v, int64_t component)
{
    return all_run(v, component) && is_lacking(v, NULL, component);
}

/* Who is to be sent it next: a component, -1 for all, or NOBODY. */
static int64_t warned(const struct job_view *v)
{
    if (v->warns == WARNS_ALL)
        return may_warn(v, -1) ? -1 : NOBODY;
    for (size_t i = 1; i < v->job->n_works; i++)
        if ((v->warns >> i & 1) != 0 && may_warn(v, (int64_t)i))
            return (int64_t)i;
    return NOBODY;
}

void signal_before_limit(const struct job_view *v, struct job_next *n)
{
    const struct siglist_item *item = &v->job->warning.signal;
    AUTO_FREE char *refusal = refusal_of(v, item, -1);
    int64_t component = v->warns != 0 && !n->signal.on && !refusal ? warned(v) : NOBODY;
    if (component != NOBODY)
        n->signal = (struct job_signal){true, *item, NULL, component, true};
}

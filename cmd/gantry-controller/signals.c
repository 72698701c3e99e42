#include "cmd/gantry-controller/signals.h"

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/watches.h"

#define NEVER INT64_MAX
#define TIMER_SEC_MAX 86400 /* a limit may be years away */

/* The first component's end is that of the job. */
static int64_t warning_sec(const struct record *r, size_t component)
{
    const struct warning *w = &r->job->warning;
    int64_t end_sec = w->signal.signo != 0 && r->job->status.state == JOB_STATE_RUNNING
                          ? sched_component_end(r->ctl->sched, r->uid, component)
                          : NEVER;
    return end_sec == NEVER ? NEVER : end_sec - w->before_sec;
}

uint32_t signals_warn(const struct record *r)
{
    int64_t now_sec = loop_now_sec(r->ctl->loop);
    uint32_t warned = 0;
    if (warning_sec(r, 0) <= now_sec)
        return WARNS_ALL;
    for (size_t i = 1; i < r->job->n_works; i++)
        warned |= (uint32_t)(warning_sec(r, i) <= now_sec) << i;
    return warned;
}

static void on_due(void *arg)
{
    record_reconcile(arg);
}

void signals_await(struct record *r)
{
    struct loop *loop = r->ctl->loop;
    int64_t due_sec = NEVER, now_sec = loop_now_sec(loop);
    for (size_t i = 0; i < r->job->n_works; i++) {
        int64_t sec = warning_sec(r, i);
        due_sec = sec > now_sec ? MIN(due_sec, sec) : due_sec;
    }
    if (due_sec == NEVER) {
        loop_timer_free(TAKE(r->warning));
        return;
    }
    if (!r->warning)
        r->warning = loop_timer_new(loop, on_due, r);
    loop_timer_start(r->warning, MIN(due_sec - now_sec, TIMER_SEC_MAX) * 1000);
}

/* gantry-launch that was brought along (convert.h) needs no help. */
const char *signals_deaf_node(const struct record *r, bool warns)
{
    const struct action *action = bjob_next_action(r->job);
    const struct attempt *a = &r->attempt;
    const size_t n = attempt_n_signalled(a, r->job->is_script);
    const bool asked = action && action->type == ACTION_SIGNAL;
    const int64_t of = asked && !warns ? action->component : -1;
    if ((!warns && !asked) || (r->job->is_script && r->ctl->convert.launch_image))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!rank_ended(&a->ranks[i]) && rank_is_of(&a->ranks[i], of) &&
            !watches_node_signals(r->ctl, a->ranks[i].node))
            return a->ranks[i].node;
    return NULL;
}

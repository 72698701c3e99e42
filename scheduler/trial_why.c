/* Why a job cannot start now, by what is free. */
#include "scheduler/trial_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/check.h"

/* Which of the licences of which it takes any; 0 also where it has no choice. */
static size_t choice_of(const struct entry *entry, const struct seeker *by)
{
    return entry->license != NULL
               ? (size_t)(by->takes.items - entry->rec->job->licenses)
               : 0;
}

/* Said once for all jobs of a shape, until what is free now is something else. */
static void judge_busy(struct sched *s, const struct entry *entry,
                       const struct seeker *by, struct fit *fit)
{
    struct placement at = trial_placement(s, entry, by);
    const uint64_t *kept = fence_kept(by->fence);
    struct seeker at_once = *by;

    at.few = trial_wants_few(s, entry->rec->job, 0);
    at_once.limit_sec = 1;
    window_set(&s->window, &at_once, 0);
    str_reset(&s->message);
    if (stock_short(&s->timeline.stock, by->takes, kept, 0, 1) != SLOT_NONE) {
        stock_say_short(&s->timeline.stock, by->takes, kept, &s->message);
        fit->busy = REASON_LICENSES;
    } else if (by->shape->like->n_others > 0) {
        struct seeker seekers[COMPONENTS_MAX];
        struct components all = trial_components(s, entry, &at_once, seekers);

        all.at.few = at.few;
        fit->busy = check_components_busy(&all, &s->message);
    } else {
        fit->busy = check_busy(&s->placer, &s->cluster, &at, &at_once, &s->message);
    }
    free(fit->busy_message);
    fit->busy_message = xstrdup(s->message.s);
    fit->busy_fence = by->fence;
    fit->busy_few = at.few;
    fit->busy_choice = choice_of(entry, by);
    fit->busy_moved = s->timeline.now_moved;
    fit->busy_gen = s->cluster.gen;
}

enum reason trial_why_not_now(struct sched *s, const struct entry *entry,
                              const struct seeker *by)
{
    struct fit *fit = shape_fit(trial_shape(s, entry), entry->part);
    const struct jobrec *rec = entry->rec;
    enum reason reason;

    str_reset(&s->message);
    reason = check_tasks(rec->job, crews_active(&s->crews, rec->job), &s->message);
    if (reason != REASON_NONE)
        return reason;
    str_reset(&s->message);
    reason = trial_limited(entry, &s->message);
    if (reason != REASON_NONE)
        return reason;
    reason = reserve_why(s, entry, by);
    if (reason != REASON_NONE)
        return reason;
    if (fit->busy_moved != s->timeline.now_moved || fit->busy_fence != by->fence ||
        fit->busy_few != trial_wants_few(s, rec->job, 0) ||
        fit->busy_choice != choice_of(entry, by) || fit->busy_gen != s->cluster.gen)
        judge_busy(s, entry, by, fit);
    str_reset(&s->message);
    str_add(&s->message, fit->busy_message);
    return fit->busy;
}

/* Why a job cannot start now, by what is free. */
#include "scheduler/trial_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/allowance.h"
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
    at_once.n_bounds = 0;
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
    fit->busy_owner = owner_has_for(by) ? by->owner : NULL;
    fit->busy_moved = s->timeline.now_moved;
    fit->busy_gen = s->cluster.gen;
}

/* Would it start if limits counted nobody else? Its own nodes count as open from its
 * plan's start on. */
static bool has_nodes(struct sched *s, const struct entry *entry,
                      const struct seeker *by)
{
    struct seeker bare = trial_hopeful(s, entry->rec, by);

    bare.n_bounds = 0;
    return window_find(&s->window, &bare, 0, 1);
}

/* Its own plan counts as one of another job; but it is asked only where that is not
 * now. */
static enum reason why_then(struct sched *s, const struct entry *entry,
                            const struct seeker *by, const struct job *job)
{
    const struct timeline *tl = &s->timeline;
    struct allowance_then now = {.job = job, .part = entry->part->part};

    timeline_span(tl, tl->bounds[0], window_end(by, 0), &now.first, &now.last);
    if (entry->rec->claim.on)
        now.last = MIN(now.last, entry->rec->claim.first);
    return allowance_check_then(s, &now, &s->message);
}

enum reason trial_why_limited(struct sched *s, const struct entry *entry,
                              const struct seeker *by, bool planless)
{
    struct job view;
    const struct job *job = job_with_license(entry->rec->job, entry->license, &view);
    const struct partition *part = entry->part->part;
    enum reason reason = REASON_NONE;

    str_reset(&s->message);
    if (trial_stands(entry))
        reason = allowance_check(s, job, part, &s->message);
    if (trial_stands(entry) && reason == REASON_NONE)
        reason = allowance_check_tres(s, job, part, NULL, 0, &s->message);
    if (reason == REASON_NONE)
        reason = trial_limited_now(entry, &s->message);
    if (reason != REASON_NONE || by->n_bounds == 0 ||
        !(planless || has_nodes(s, entry, by)))
        return reason;
    return why_then(s, entry, by, job);
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
    reason = trial_why_limited(s, entry, by, false);
    if (reason == REASON_NONE)
        reason = reserve_why(s, entry, by);
    if (reason != REASON_NONE)
        return reason;
    if (fit->busy_moved != s->timeline.now_moved || fit->busy_fence != by->fence ||
        fit->busy_few != trial_wants_few(s, rec->job, 0) ||
        fit->busy_choice != choice_of(entry, by) || fit->busy_gen != s->cluster.gen ||
        fit->busy_owner != (owner_has_for(by) ? by->owner : NULL))
        judge_busy(s, entry, by, fit);
    str_reset(&s->message);
    str_add(&s->message, fit->busy_message);
    return fit->busy;
}

/* Limits on what has been used: is it all used up, or may it become so? */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/charge.h"
#include "scheduler/decay.h"

/* What one that is used (used.h) is, in thousandths of the unit of a limit's amount. */
static int64_t unit_of(const struct limit *limit)
{
    if (limit->tres == TRES_MEM)
        return USED_MEM_UNIT;
    return limit->tres == TRES_CPU ? 1000 : 1;
}

/* GPUs by the name that nodes have for them are charged as GPUs. */
static int64_t used_under(const struct sched *s, const struct used *used,
                          const struct limit *limit)
{
    bool gpus = limit->tres == TRES_DEVICE && s->cluster.res.gpu >= 0 &&
                resource_of_tres(s, limit) == s->cluster.res.gpu;

    return gpus ? used_of(used, TRES_GPU, NULL)
                : used_of(used, limit->tres, limit->type);
}

/* Up to the end of the last period, as used.h has it. */
static int64_t past_of(const struct sched *s, const struct place_of *place,
                       const struct limit *limit)
{
    int64_t used;

    if (place->usage == NULL || place->usage_sec == TIME_UNSET)
        return 0;
    used = used_under(s, &place->usage->past, limit);
    return decay(used, s->charged_sec - place->usage_sec, place->half_life_sec);
}

bool usage_is_up(const struct sched *s, const struct place_of *place,
                 const struct limit *limit)
{
    return (__int128)past_of(s, place, limit) * unit_of(limit) >=
           (__int128)limit->amount * 1000;
}

static int64_t recent_of(const struct sched *s, const struct place_of *place,
                         const struct limit *limit)
{
    return place->usage != NULL ? used_under(s, &place->usage->recent, limit) : 0;
}

/* With so many thousandths that those who run may yet use. */
static int64_t spent_with(const struct sched *s, const struct place_of *place,
                          const struct limit *limit, __int128 left)
{
    const __int128 past =
        (__int128)past_of(s, place, limit) + recent_of(s, place, limit);
    const __int128 sum = past * unit_of(limit) + left;

    return (int64_t)MIN(sum / 1000, (__int128)INT64_MAX);
}

int64_t usage_spent(const struct sched *s, const struct place_of *place,
                    const struct limit *limit, const char *whose, bool charged)
{
    return spent_with(s, place, limit,
                      held_left(&s->held, limit, whose, s->charged_sec, charged));
}

void usage_past(const struct sched *s, const struct place_of *place,
                const struct limit *limit, const char *whose, struct pledge_past *ret)
{
    const struct qos *qos =
        place->qos != NULL ? policy_find_qos(&s->policy, place->qos) : NULL;
    const struct usage_rules rules = charge_rules(s, qos);
    int64_t reset_sec;

    *ret = (struct pledge_past){.used_sec = s->charged_sec,
                                .half_life_sec = rules.half_life_sec,
                                .period_sec = rules.period_sec,
                                .unit = unit_of(limit),
                                .now_sec = s->now_sec,
                                .reset_sec = TIME_UNSET};
    if (s->charged_sec == TIME_UNSET) {
        ret->used_sec = s->now_sec;
        return;
    }
    ret->used = past_of(s, place, limit);
    ret->recent = (__int128)recent_of(s, place, limit) * ret->unit +
                  held_used(&s->held, limit, whose, s->charged_sec, s->now_sec);
    reset_sec = usage_reset_after(&rules.reset, s->charged_sec);
    if (reset_sec != TIME_UNSET)
        ret->reset_sec = usage_period_after(&rules, reset_sec);
}

bool usage_stays_up(const struct sched *s, const struct asking *a,
                    const struct place_of *place, const struct limit *limit)
{
    struct pledge_past past;
    struct whose buffer;

    usage_past(s, place, limit, asking_whose(s, a, limit, &buffer), &past);
    return pledge_past_by(&past, a->job->plan.start_sec) >=
           (__int128)limit->amount * 1000;
}

/* A time to come, and when what is used up by then is forgotten; TIME_UNSET: never. */
struct by_then {
    int64_t at_sec, forgotten_sec;
};

/* Will all be used up then, if those that run, and those planned before, go on to their
 * ends? */
static bool usage_is_up_by(const struct sched *s, const struct asking *a,
                           const struct place_of *place, const struct limit *limit,
                           struct by_then *then)
{
    struct whose buffer;
    const char *whose = asking_whose(s, a, limit, &buffer);
    struct pledge_bound bound = {.pledge =
                                     pledges_find(&s->timeline.pledges, limit, whose)};
    size_t slot, end;

    usage_past(s, place, limit, whose, &bound.past);
    timeline_span(&s->timeline, then->at_sec, then->at_sec + 1, &slot, &end);
    then->forgotten_sec =
        bound.past.reset_sec > then->at_sec ? bound.past.reset_sec : TIME_UNSET;
    return pledge_used_by(&bound, s->timeline.bounds, slot) >=
           (__int128)limit->amount * 1000;
}

bool usage_may_run_out(const struct sched *s, const struct asking *a,
                       const struct place_of *place, const struct limit *limit,
                       int64_t need)
{
    struct whose buffer;
    const char *whose = asking_whose(s, a, limit, &buffer);

    return add_capped(usage_spent(s, place, limit, whose, false), need) > limit->amount;
}

/* Likewise by then, as those that run will have been charged. */
static bool may_run_out_by(const struct sched *s, const struct asking *a,
                           const struct place_of *place, const struct limit *limit,
                           int64_t need, const struct by_then *then)
{
    struct whose buffer;
    const char *whose = asking_whose(s, a, limit, &buffer);
    const __int128 left =
        held_left_by(&s->held, limit, whose, s->charged_sec, then->at_sec);

    return add_capped(spent_with(s, place, limit, left), need) > limit->amount;
}

/* ---- jobs that run ---- */

/* NULL: now. Where limits are safe it has to be there for the job as well. */
static bool is_up(const struct sched *s, const struct asker *by,
                  const struct place_of *place, const struct limit *limit,
                  struct by_then *then, int64_t *ret_need)
{
    *ret_need = 0;
    if (then == NULL)
        return usage_is_up(s, place, limit);
    if (!s->config.limits_safe)
        return usage_is_up_by(s, by->one, place, limit, then);
    *ret_need = asker_need(s, by, place, limit);
    return may_run_out_by(s, by->one, place, limit, *ret_need, then);
}

static enum reason find_used_up(const struct sched *s, const struct asker *by,
                                struct by_then *then, struct str *message)
{
    const struct asking *a = by->one;
    struct places places;
    int64_t need;

    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct place_of *place = &places.items[i];

        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *limit = &place->limits->items[k];

            if (!limit_is_of_usage(limit->kind) || places_mask(&places, i, limit) ||
                !asking_is_bound(a, limit) || !asking_has(s, a, limit) ||
                asking_is_free(s, a, limit) || !is_up(s, by, place, limit, then, &need))
                continue;
            allowance_say(place, a->job, limit, need, message);
            return reason_of_limit(limit->kind, limit->tres, place->qos == NULL);
        }
    }
    return REASON_NONE;
}

/* The reason of a limit of any of its components, with its sentence; REASON_NONE: none
 * is used up. */
static enum reason find_any_used_up(const struct sched *s, const struct job *job,
                                    struct str *message)
{
    enum reason reason = REASON_NONE;
    struct askings all;

    askings_init(s, &all, job, places_part(s, job), job->alloc, job->n_alloc);
    for (size_t i = 0; i < all.n && reason == REASON_NONE; i++) {
        if (all.items[i].job->phase == JOB_RUNNING)
            reason =
                find_used_up(s, &(struct asker){&all, &all.items[i]}, NULL, message);
    }
    return reason;
}

enum reason allowance_check_by(struct sched *s, const struct job *job,
                               const struct partition *part, const struct slot *slots,
                               size_t n, int64_t at_sec, struct str *message)
{
    struct by_then then = {.at_sec = at_sec, .forgotten_sec = TIME_UNSET};
    enum reason reason = REASON_NONE;
    struct askings all;

    if (!s->held.of_usage || (s->config.limits_safe && !s->held.of_charged))
        return REASON_NONE;
    askings_init(s, &all, job, part, slots, n);
    if (s->config.limits_safe)
        askings_measure(s, &all, job, part);
    for (size_t i = 0; i < all.n && reason == REASON_NONE; i++)
        reason = find_used_up(s, &(struct asker){&all, &all.items[i]}, &then, message);
    if (reason == REASON_NONE)
        return REASON_NONE;
    s->held.forgotten_sec = then.forgotten_sec;
    str_add(message, " by when it could start, if all that run and are planned "
                     "go on to their limits");
    s->pass.begin_sec = MIN(s->pass.begin_sec, charge_next_period(s, s->now_sec));
    return reason;
}

/* One that runs, and has not been told yet. */
static void end_if_over(struct sched *s, struct jobrec *rec)
{
    struct decision decision = {.kind = DECIDE_END, .job_uid = rec->uid};

    rec->judge = false;
    if (rec->gone || rec->end_told || rec->job->phase != JOB_RUNNING)
        return;
    str_reset(&s->message);
    decision.reason = find_any_used_up(s, rec->job, &s->message);
    decision.message = s->message.s;
    if (decision.reason == REASON_NONE)
        return;
    rec->end_told = true;
    decided_add(&s->decided, &decision);
}

static void end_all_over(struct sched *s)
{
    struct jobrec *rec, *next;

    HASH_ITER (hh, s->jobs, rec, next)
        end_if_over(s, rec);
}

void allowance_end_over(struct sched *s)
{
    const bool all = s->usage_moved, some = s->users_moved;

    s->usage_moved = s->users_moved = false;
    if (!s->held.of_usage || s->config.limits_safe)
        return;
    if (all)
        end_all_over(s);
    for (size_t i = 0; i < s->n_payers && some; i++) {
        if (s->payers[i]->judge)
            end_if_over(s, s->payers[i]);
    }
}

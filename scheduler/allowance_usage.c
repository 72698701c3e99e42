/* Limits on what has been used: is it all used up, or may it become so? */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/charge.h"
#include "scheduler/decay.h"

/* In the unit of the limit's amount. */
static int64_t in_unit(const struct limit *limit, int64_t used)
{
    __int128 amount = used;

    if (limit->tres == TRES_MEM)
        amount = amount * USED_MEM_UNIT / 1000;
    else if (limit->tres != TRES_CPU)
        amount /= 1000;
    return (int64_t)MIN(amount, (__int128)INT64_MAX);
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

/* Up to the end of the last period. */
static int64_t past_of(const struct sched *s, const struct place_of *place,
                       const struct limit *limit)
{
    int64_t used;

    if (place->usage == NULL || place->usage_sec == TIME_UNSET)
        return 0;
    used = used_under(s, &place->usage->past, limit);
    used = decay(used, s->charged_sec - place->usage_sec, place->half_life_sec);
    return in_unit(limit, used);
}

bool usage_is_up(const struct sched *s, const struct place_of *place,
                 const struct limit *limit)
{
    return past_of(s, place, limit) >= limit->amount;
}

static int64_t recent_of(const struct sched *s, const struct place_of *place,
                         const struct limit *limit)
{
    return place->usage != NULL
               ? in_unit(limit, used_under(s, &place->usage->recent, limit))
               : 0;
}

int64_t usage_spent(const struct sched *s, const struct place_of *place,
                    const struct limit *limit, const char *whose)
{
    int64_t sum = past_of(s, place, limit);

    sum = add_capped(sum, recent_of(s, place, limit));
    return add_capped(sum, held_of(&s->held, limit, whose, s->charged_sec));
}

bool usage_may_run_out(const struct sched *s, const struct asking *a,
                       const struct place_of *place, const struct limit *limit,
                       int64_t need)
{
    struct whose buffer;
    const char *whose = asking_whose(s, a, limit, &buffer);

    return add_capped(usage_spent(s, place, limit, whose), need) > limit->amount;
}

/* ---- jobs that run ---- */

static enum reason find_used_up(const struct sched *s, const struct asking *a,
                                struct str *message)
{
    struct places places;

    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct place_of *place = &places.items[i];

        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *limit = &place->limits->items[k];

            if (!limit_is_of_usage(limit->kind) || places_mask(&places, i, limit) ||
                !asking_is_bound(a, limit) || !asking_has(s, a, limit) ||
                !usage_is_up(s, place, limit))
                continue;
            allowance_say(place, a->job, limit, 0, message);
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
            reason = find_used_up(s, &all.items[i], message);
    }
    return reason;
}

void allowance_end_over(struct sched *s)
{
    struct jobrec *rec, *next;

    if (!s->usage_moved)
        return;
    s->usage_moved = false;
    if (!s->held.of_usage || s->config.limits_safe)
        return;
    HASH_ITER (hh, s->jobs, rec, next) {
        struct decision decision = {.kind = DECIDE_END, .job_uid = rec->uid};

        if (rec->gone || rec->end_told || rec->job->phase != JOB_RUNNING)
            continue;
        str_reset(&s->message);
        decision.reason = find_any_used_up(s, rec->job, &s->message);
        decision.message = s->message.s;
        if (decision.reason == REASON_NONE)
            continue;
        rec->end_told = true;
        decided_add(&s->decided, &decision);
    }
}

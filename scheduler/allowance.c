#include "scheduler/allowance_private.h"

#include "base/util.h"
#include "scheduler/charge.h"
#include "scheduler/check.h"

/* ---- checking ---- */

static bool is_counted(const struct limit *limit)
{
    return limit_rows[limit->kind].whose != WHOSE_JOB;
}

/* What all that count together would hold with the job. */
static int64_t held_with(const struct sched *s, const struct asking *a,
                         const struct limit *limit, int64_t need)
{
    bool nodes = limit_is_on_nodes(limit);
    STR_AUTO struct str whose;
    int64_t held;

    str_init(&whose, WHOSE_MAX);
    if (!is_counted(limit) || a->alone)
        return need;
    asking_whose(s, a, limit, &whose);
    if (nodes && a->slots != NULL)
        return held_nodes_with(&s->held, limit, whose.s, a->slots, a->n_slots);
    held = held_of(&s->held, limit, whose.s, s->now_sec);
    return nodes ? MAX(held, need) : add_capped(held, need);
}

/* Than what it asks for at least. */
static bool may_take_more(const struct job *job)
{
    for (size_t i = 0; i <= job->n_others; i++) {
        const struct job *component = job_component(job, i);

        if (component->n_units > 0 || component->max_pods > component->min_pods)
            return true;
    }
    return false;
}

/* What no slots are known for can be enough still. */
static bool may_be_enough(const struct asking *a, const struct limit *limit)
{
    return a->slots == NULL && (limit->tres == TRES_BILLING || may_take_more(a->job));
}

/* Sets the need to 0 where all is used up. */
static bool is_used_up(const struct sched *s, const struct asking *a,
                       const struct place_of *place, const struct limit *limit,
                       int64_t *need)
{
    if (a->alone || !asking_has(s, a, limit))
        return false;
    if (usage_is_up(s, place, limit)) {
        *need = 0;
        return true;
    }
    return s->config.limits_safe && usage_may_run_out(s, a, place, limit, *need);
}

/* What an account allows of TRES that are held, times the limit factor of the job's
 * QOS. */
static int64_t allowed(const struct sched *s, const struct asking *a,
                       const struct place_of *place, const struct limit *limit)
{
    enum limit_what what = limit_rows[limit->kind].what;
    const struct qos *qos;
    __int128 product;

    if (place->qos != NULL || (what != WHAT_HELD && what != WHAT_PER_NODE))
        return limit->amount;
    qos = policy_qos(&s->policy, a->job);
    product = (__int128)limit->amount * (qos != NULL ? qos->limit_factor : 1000) / 1000;
    return (int64_t)MIN(product, (__int128)INT64_MAX);
}

static bool is_broken(const struct sched *s, const struct asking *a,
                      const struct place_of *place, const struct limit *limit,
                      int64_t *ret_need)
{
    int64_t need = asking_need(s, a, limit);

    *ret_need = need;
    if (limit_rows[limit->kind].least)
        return need < limit->amount && !may_be_enough(a, limit);
    if (limit->tres == TRES_GPU && limit->type != NULL &&
        !job_asks_type(a->job, limit->type))
        return false;
    if (limit_is_of_usage(limit->kind))
        return is_used_up(s, a, place, limit, ret_need);
    return held_with(s, a, limit, need) > allowed(s, a, place, limit);
}

/* What has been used fades, and what is left grows less by itself; of anything else
 * some has to be given back. */
static void note_broken(struct sched *s, const struct asking *a,
                        const struct place_of *place, const struct limit *limit)
{
    STR_AUTO struct str whose;

    str_init(&whose, WHOSE_MAX);
    if (!is_counted(limit))
        return;
    if (limit_is_of_usage(limit->kind)) {
        if (place->qos == NULL || place->half_life_sec > 0)
            s->pass.begin_sec =
                MIN(s->pass.begin_sec, charge_next_period(s, s->now_sec));
        return;
    }
    if (limit_rows[limit->kind].what == WHAT_LEFT) {
        s->pass.begin_sec =
            MIN(s->pass.begin_sec, timeline_minute(s->now_sec) + TIMELINE_MINUTE_SEC);
        return;
    }
    asking_whose(s, a, limit, &whose);
    s->held.broken = held_counter(&s->held, limit, whose.s);
}

static enum limit_kind stage_of(enum limit_kind kind)
{
    if (kind >= LIMIT_SUBMITS)
        return kind >= LIMIT_ACCRUALS ? LIMIT_ACCRUALS
               : kind >= LIMIT_ASIDE  ? LIMIT_ASIDE
                                      : LIMIT_SUBMITS;
    return kind >= LIMIT_COUNTS ? LIMIT_COUNTS : 0;
}

/* `stage`: the first kind of those that are looked at. */
static enum reason check_places(struct sched *s, const struct asking *a,
                                enum limit_kind stage, struct str *message)
{
    struct places places;

    s->held.broken = NULL;
    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct place_of *place = &places.items[i];

        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *limit = &place->limits->items[k];
            struct limit said;
            int64_t need;

            if (stage_of(limit->kind) != stage || places_mask(&places, i, limit))
                continue;
            if (!is_broken(s, a, place, limit, &need))
                continue;
            note_broken(s, a, place, limit);
            said = *limit;
            said.amount = allowed(s, a, place, limit);
            allowance_say(place, a->job, &said, need, message);
            return reason_of_limit(limit->kind, limit->tres, place->qos == NULL);
        }
    }
    return REASON_NONE;
}

static struct asking asking_of(const struct job *job, const struct partition *part)
{
    return (struct asking){.job = job,
                           .part = part,
                           .limit_sec = check_limit(job, part),
                           .least = job_ask(job)};
}

int64_t allowance_least_priority(const struct sched *s, const struct job *job,
                                 const struct partition *part)
{
    struct places places;

    if (!s->held.of_priority)
        return 0;
    places_find(s, job, part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct limit *limit = limits_find(
            places.items[i].limits, LIMIT_MIN_PRIO_THRESHOLD, TRES_NONE, NULL);

        if (limit != NULL)
            return limit->amount;
    }
    return 0;
}

enum reason allowance_check(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message)
{
    struct asking a;

    if (!s->held.any)
        return REASON_NONE;
    a = asking_of(job, part);
    return check_places(s, &a, 0, message);
}

enum reason allowance_check_tres(struct sched *s, const struct job *job,
                                 const struct partition *part, const struct slot *slots,
                                 size_t n, struct str *message)
{
    struct asking a;

    if (!s->held.any)
        return REASON_NONE;
    a = asking_of(job, part);
    a.slots = slots;
    a.n_slots = n;
    return check_places(s, &a, LIMIT_COUNTS, message);
}

bool allowance_may_accrue(struct sched *s, const struct job *job, struct str *message)
{
    struct asking a = {.job = job, .part = places_part(s, job)};
    bool may = check_places(s, &a, LIMIT_ACCRUALS, message) == REASON_NONE;

    s->held.broken = NULL; /* it keeps the job from nothing else */
    return may;
}

/* ---- new jobs ---- */

/* A QOS in force says so, or there is none. */
static bool is_denying(const struct sched *s, const struct job *job,
                       const struct partition *part)
{
    const struct qos *own = policy_qos(&s->policy, job);
    const struct qos *of_part = policy_part_qos(&s->policy, part);

    if (own == NULL && of_part == NULL)
        return true;
    return (places_flags(s, job, part) & QOS_DENY_ON_LIMIT) != 0;
}

enum reason allowance_check_new(struct sched *s, const struct job *job,
                                const struct partition *part, struct str *message)
{
    struct asking a;
    enum reason reason;

    if (!s->held.any)
        return REASON_NONE;
    a = asking_of(job, part);
    reason = check_places(s, &a, LIMIT_SUBMITS, message);
    if (reason != REASON_NONE || !is_denying(s, job, part))
        return reason;
    a.alone = true;
    reason = check_places(s, &a, 0, message);
    return reason != REASON_NONE ? reason : check_places(s, &a, LIMIT_COUNTS, message);
}

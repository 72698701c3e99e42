#include "scheduler/allowance_private.h"

#include "base/util.h"
#include "scheduler/charge.h"
#include "scheduler/check.h"

/* ---- checking ---- */

static enum limit_kind stage_of(enum limit_kind kind)
{
    if (kind >= LIMIT_SUBMITS)
        return kind >= LIMIT_ACCRUALS ? LIMIT_ACCRUALS
               : kind >= LIMIT_ASIDE  ? LIMIT_ASIDE
                                      : LIMIT_SUBMITS;
    return kind >= LIMIT_COUNTS ? LIMIT_COUNTS : 0;
}

/* Does it count alone, as nobody else does, as they are looked at over time, or as it
 * takes nothing from them? */
static bool counts_alone(const struct sched *s, const struct asking *a,
                         const struct limit *limit)
{
    return !limit_is_shared(limit) || a->alone ||
           (a->promised && limit_is_kept_for_plans(s, limit)) ||
           asking_is_free(s, a, limit);
}

int64_t limit_allows(const struct place_of *place, const struct limit *limit)
{
    enum limit_what what = limit_rows[limit->kind].what;
    __int128 product;

    if (place->factor == 1000 || (what != WHAT_HELD && what != WHAT_PER_NODE))
        return limit->amount;
    product = (__int128)limit->amount * place->factor / 1000;
    return (int64_t)MIN(product, (__int128)INT64_MAX);
}

/* Would all that count together hold too many nodes with those of the job? Where it
 * adds none others may have more than there are, but not the job itself; before it has
 * any it may be on theirs. */
static bool has_too_many_nodes(const struct sched *s, const struct asker *by,
                               const struct place_of *place, const struct limit *limit,
                               int64_t need)
{
    int64_t most = limit_allows(place, limit), with;
    struct whose buffer;
    const char *whose;

    if (need > most || counts_alone(s, by->one, limit) || by->one->slots == NULL)
        return need > most;
    whose = asking_whose(s, by->one, limit, &buffer);
    with = asker_nodes(s, by, place, limit, whose);
    return with > most && with > held_nodes_with(&s->held, limit, whose, NULL, 0);
}

/* Would they hold too much of anything else? */
static bool is_over(const struct sched *s, const struct asker *by,
                    const struct place_of *place, const struct limit *limit,
                    int64_t need)
{
    struct whose buffer;
    int64_t held = 0;

    if (!counts_alone(s, by->one, limit))
        held = held_of(&s->held, limit, asking_whose(s, by->one, limit, &buffer),
                       s->now_sec);
    return add_capped(held, need) > limit_allows(place, limit);
}

/* Than what it asks for at least. */
static bool may_take_more(const struct asking *a)
{
    return a->job->n_units > 0 || a->job->max_pods > a->job->min_pods ||
           job_is_alone(a->job, a->part);
}

/* What no slots are known for can be enough still. */
static bool may_be_enough(const struct asking *a, const struct limit *limit)
{
    return a->slots == NULL && (limit->tres == TRES_BILLING || may_take_more(a));
}

/* Sets the need to 0 where all is used up. By itself it may use no more than there is,
 * as Slurm has it of who is refused, also where it could start without safe limits. Who
 * is free is kept by what others have used only where nothing is allowed at all. */
static bool is_used_up(const struct sched *s, const struct asking *a,
                       const struct place_of *place, const struct limit *limit,
                       int64_t *need)
{
    if (!asking_has(s, a, limit))
        return false;
    if (a->alone)
        return *need > limit->amount;
    if (asking_is_free(s, a, limit) && limit->amount > 0)
        return s->config.limits_safe && *need > limit->amount;
    if (usage_is_up(s, place, limit) &&
        (!a->promised || usage_stays_up(s, a, place, limit))) {
        *need = 0;
        return true;
    }
    return s->config.limits_safe && usage_may_run_out(s, a, place, limit, *need);
}

/* Would it be over a limit that is others' as well if nobody else held anything, nor
 * had used it? What it takes at least counts. */
static bool is_over_alone(const struct sched *s, const struct asker *by,
                          const struct place_of *place, const struct limit *limit)
{
    const struct asking *a = by->one;
    int64_t most = limit_allows(place, limit);

    if (a->slots != NULL || !limit_is_shared(limit) || limit->kind >= LIMIT_SUBMITS)
        return false;
    if (limit_is_of_usage(limit->kind) && !s->config.limits_safe)
        return most == 0;
    return asker_need(s, by, place, limit) > most;
}

static bool is_broken(const struct sched *s, const struct asker *by,
                      const struct place_of *place, const struct limit *limit,
                      int64_t *ret_need)
{
    const struct asking *a = by->one;
    int64_t need = asker_need(s, by, place, limit);

    *ret_need = need;
    if (!asking_is_bound(a, limit))
        return false;
    if (limit_rows[limit->kind].least)
        return need < limit->amount && !may_be_enough(a, limit);
    if (limit_is_of_usage(limit->kind))
        return is_used_up(s, a, place, limit, ret_need);
    if (!asking_holds(s, a, limit))
        return false;
    return limit_is_on_nodes(limit) ? has_too_many_nodes(s, by, place, limit, need)
                                    : is_over(s, by, place, limit, need);
}

/* What has been used fades, and what is left grows less by itself; of anything else
 * some has to be given back. */
static void note_broken(struct sched *s, const struct asker *by,
                        const struct place_of *place, const struct limit *limit,
                        int64_t need)
{
    struct whose buffer;
    const char *whose = asking_whose(s, by->one, limit, &buffer);

    s->held.of_nodes = limit_is_on_nodes(limit);
    if (s->held.of_nodes)
        s->held.nodes_of = asker_joined(s, by, place, limit);
    if (s->held.of_nodes && need > limit_allows(place, limit))
        s->held.nodes_most = limit_allows(place, limit);
    if (!limit_is_shared(limit))
        return;
    if (s->held.of_nodes)
        s->held.nodes_left = limit_allows(place, limit) -
                             held_nodes_with(&s->held, limit, whose, NULL, 0);
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
    s->held.broken = held_counter(&s->held, limit, whose);
}

/* What is each component's own to keep is said of it. */
void allowance_say_broken(const struct asker *by, const struct place_of *place,
                          const struct limit *limit, int64_t need, struct str *message)
{
    const struct asking *a = by->one;
    struct limit said = *limit;

    said.amount = limit_allows(place, limit);
    if (a->job == &by->all->alone[a->component] && !limit_is_shared(limit))
        check_say_component(a->component, message);
    allowance_say(place, a->job, &said, need, message);
}

static enum reason reason_broken(const struct sched *s, const struct asker *by,
                                 const struct place_of *place,
                                 const struct limit *limit)
{
    enum reason reason = reason_of_limit(limit->kind, limit->tres, place->qos == NULL);

    return is_over_alone(s, by, place, limit) ? reason_alone(reason) : reason;
}

/* `stage`: the first kind of those that are looked at. */
static enum reason check_component_places(struct sched *s, const struct asker *by,
                                          enum limit_kind stage, struct str *message)
{
    const struct asking *a = by->one;
    struct places places;

    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct place_of *place = &places.items[i];

        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *limit = &place->limits->items[k];
            int64_t need;

            if (stage_of(limit->kind) != stage || places_mask(&places, i, limit))
                continue;
            if (!is_broken(s, by, place, limit, &need))
                continue;
            note_broken(s, by, place, limit, need);
            allowance_say_broken(by, place, limit, need, message);
            return reason_broken(s, by, place, limit);
        }
    }
    return REASON_NONE;
}

static enum reason check_places(struct sched *s, const struct askings *all,
                                enum limit_kind stage, struct str *message)
{
    enum reason reason = REASON_NONE;

    s->held.broken = NULL;
    s->held.crowded = NULL;
    s->held.kept_type = NULL;
    s->held.of_nodes = false;
    s->held.nodes_most = LIMIT_UNLIMITED;
    s->held.forgotten_sec = TIME_UNSET;
    for (size_t i = 0; i < all->n && reason == REASON_NONE; i++)
        reason = check_component_places(s, &(struct asker){all, &all->items[i]}, stage,
                                        message);
    return reason;
}

static int64_t least_priority(const struct sched *s, const struct asking *a)
{
    struct places places;

    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++) {
        const struct limit *limit = limits_find(
            places.items[i].limits, LIMIT_MIN_PRIO_THRESHOLD, TRES_NONE, NULL);

        if (limit != NULL)
            return limit->amount;
    }
    return 0;
}

int64_t allowance_least_priority(const struct sched *s, const struct job *job,
                                 const struct partition *part)
{
    struct askings all;
    int64_t least = 0;

    if (!s->held.of_priority)
        return 0;
    askings_init(s, &all, job, part, NULL, 0);
    for (size_t i = 0; i < all.n; i++)
        least = MAX(least, least_priority(s, &all.items[i]));
    return least;
}

enum reason allowance_check(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message)
{
    struct askings all;

    if (!s->held.any)
        return REASON_NONE;
    askings_init(s, &all, job, part, NULL, 0);
    askings_measure(s, &all, job, part);
    return check_places(s, &all, 0, message);
}

enum reason allowance_check_tres(struct sched *s, const struct job *job,
                                 const struct partition *part, const struct slot *slots,
                                 size_t n, struct str *message)
{
    struct askings all;

    if (!s->held.any)
        return REASON_NONE;
    askings_init(s, &all, job, part, slots, n);
    askings_measure(s, &all, job, part);
    return check_places(s, &all, LIMIT_COUNTS, message);
}

enum reason allowance_check_own(struct sched *s, const struct job *job,
                                const struct partition *part, const struct slot *slots,
                                size_t n, struct str *message)
{
    struct askings all;
    enum reason reason;

    if (!s->held.any)
        return REASON_NONE;
    askings_init(s, &all, job, part, slots, n);
    askings_measure(s, &all, job, part);
    for (size_t i = 0; i < all.n; i++)
        all.items[i].promised = true;
    reason = check_places(s, &all, 0, message);
    return reason != REASON_NONE ? reason
                                 : check_places(s, &all, LIMIT_COUNTS, message);
}

bool allowance_may_accrue(struct sched *s, const struct job *job, struct str *message)
{
    struct askings all;
    struct job view;
    bool may;

    askings_init(s, &all, allowance_as_first(s, job, &view), places_part(s, job), NULL,
                 0);
    may = check_places(s, &all, LIMIT_ACCRUALS, message) == REASON_NONE;
    s->held.broken = NULL; /* it keeps the job from nothing else */
    return may;
}

/* ---- new jobs ---- */

/* A QOS in force says so, or there is none. */
static bool is_denying(const struct sched *s, const struct asking *a)
{
    const struct qos *own = policy_qos(&s->policy, a->job);
    const struct qos *of_part =
        a->part != NULL ? policy_part_qos(&s->policy, a->part) : NULL;

    if (own == NULL && of_part == NULL)
        return true;
    return (places_flags(s, a->job, a->part) & QOS_DENY_ON_LIMIT) != 0;
}

/* Leaves those that are held against limits though nobody else were there. */
static void keep_denying(const struct sched *s, struct askings *all)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!is_denying(s, &all->items[i]))
            continue;
        all->items[i].alone = true;
        all->items[kept++] = all->items[i];
    }
    all->n = kept;
}

/* Whatever others have. */
static enum reason check_alone(struct sched *s, const struct job *job,
                               const struct partition *part, struct str *message)
{
    struct askings all;
    enum reason reason;

    askings_init(s, &all, job, part, NULL, 0);
    askings_measure(s, &all, job, part);
    keep_denying(s, &all);
    reason = check_places(s, &all, 0, message);
    return reason != REASON_NONE ? reason
                                 : check_places(s, &all, LIMIT_COUNTS, message);
}

/* With one of the licences that it has the choice of. The first is told of. */
static enum reason check_choices(struct sched *s, const struct job *job,
                                 const struct partition *part, struct str *message)
{
    enum reason first = REASON_NONE;

    for (size_t i = 0; i < job_license_choices(job); i++) {
        STR_AUTO struct str own;
        struct job view;
        enum reason reason;

        str_init(&own, SIZE_MAX / 4);
        reason = check_alone(
            s, job_with_license(job, job_license_choice(job, i), &view), part, &own);
        if (reason == REASON_NONE)
            return REASON_NONE;
        if (first == REASON_NONE) {
            first = reason;
            str_add(message, own.s);
        }
    }
    return first;
}

/* Is a limit on it that counts who is submitted? */
static bool counts_submitted(const struct sched *s, const struct askings *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct places places;

        places_find(s, all->items[i].job, all->items[i].part, &places);
        for (size_t k = 0; k < places.n; k++) {
            const struct limits *limits = places.items[k].limits;

            for (size_t l = 0; l < limits->n; l++) {
                if (stage_of(limits->items[l].kind) == LIMIT_SUBMITS &&
                    limit_is_shared(&limits->items[l]))
                    return true;
            }
        }
    }
    return false;
}

enum reason allowance_check_new(struct sched *s, const struct job *job,
                                const struct partition *part, struct str *message,
                                bool *ret_waits)
{
    struct askings all;
    enum reason reason;

    if (!s->held.any)
        return REASON_NONE;
    askings_init(s, &all, job, part, NULL, 0);
    askings_measure(s, &all, job, part);
    if (s->held.stale && counts_submitted(s, &all)) {
        if (ret_waits != NULL) {
            *ret_waits = true;
            return REASON_NONE;
        }
        allowance_settle(s, (struct sched_budget){NULL, NULL});
    }
    reason = check_places(s, &all, LIMIT_SUBMITS, message);
    return reason != REASON_NONE ? reason : check_choices(s, job, part, message);
}

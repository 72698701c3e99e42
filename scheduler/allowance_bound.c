/* What bounds a job by itself. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"

static int64_t wall_of(const struct places *places)
{
    for (size_t i = 0; i < places->n; i++) {
        const struct limit *limit =
            limits_find(places->items[i].limits, LIMIT_MAX_WALL, TRES_NONE, NULL);

        if (limit != NULL)
            return limit->amount;
    }
    return LIMIT_UNLIMITED;
}

/* Does one that comes before it say another amount? */
static bool is_overruled(const struct places *places, size_t place,
                         const struct limit *limit)
{
    for (size_t i = 0; i < place; i++) {
        if (limits_find(places->items[i].limits, limit->kind, limit->tres,
                        limit->type) != NULL)
            return true;
    }
    return false;
}

/* For how many whole minutes it may have what it asks for at least, once. */
static int64_t minutes_of(const struct sched *s, const struct asking *a,
                          const struct limit *limit)
{
    __int128 rate, sec;

    if (limit->kind != LIMIT_MAX_TRES_MINS_PER_JOB || !asking_is_bound(a, limit))
        return LIMIT_UNLIMITED;
    rate = asking_rate(s, a, limit, false);
    if (rate <= 0)
        return LIMIT_UNLIMITED;
    sec = (__int128)limit->amount * 1000 / rate;
    return (int64_t)MIN(sec, (__int128)LIMIT_UNLIMITED) / TIMELINE_MINUTE_SEC *
           TIMELINE_MINUTE_SEC;
}

/* As far as who would do with less time shrinks for it. */
static int64_t minutes_in(const struct sched *s, const struct asking *a,
                          const struct places *places)
{
    struct asking own = *a;
    int64_t most = LIMIT_UNLIMITED;

    asking_measure(s, &own);
    for (size_t i = 0; i < places->n; i++) {
        const struct limits *limits = places->items[i].limits;

        for (size_t k = 0; k < limits->n; k++) {
            if (!is_overruled(places, i, &limits->items[k]))
                most = MIN(most, minutes_of(s, &own, &limits->items[k]));
        }
    }
    return most;
}

static bool bounds_accrual(const struct places *places)
{
    for (size_t i = 0; i < places->n; i++) {
        const struct limits *limits = places->items[i].limits;
        const struct limit *last = limits->n > 0 ? &limits->items[limits->n - 1] : NULL;

        if (last != NULL && last->kind >= LIMIT_ACCRUALS &&
            !place_passes_over(&places->items[i], last))
            return true;
    }
    return false;
}

/* Who is held gains no age, and begins anew; who comes back to the queue likewise. */
static int64_t accrual_of(const struct sched *s, const struct job *job,
                          const struct job *old, const struct places *places)
{
    int64_t since = job->accrue_sec;

    if (job->phase != JOB_PENDING || !s->held.of_accrual || !bounds_accrual(places))
        return TIME_UNSET;
    if (old != NULL && old->phase != JOB_PENDING && old->phase != JOB_ASIDE)
        return ACCRUES_NOT;
    if (old != NULL && old->accrue_sec != TIME_UNSET)
        since = old->accrue_sec;
    if (priority_hold(job) != HOLD_NONE)
        return ACCRUES_NOT;
    return since != TIME_UNSET ? since : ACCRUES_UNSEEN;
}

static void set_lifts(struct job *job, size_t component, int64_t lifts)
{
    if (component == 0)
        job->lifts = lifts;
    else
        job->others[component - 1].lifts = lifts;
}

/* In a partition; a time limit that none is given for is within those of all
 * components. */
static int64_t wall_in(const struct sched *s, const struct job *job,
                       const struct partition *part)
{
    int64_t wall_sec = LIMIT_UNLIMITED;
    struct askings all;

    askings_init(s, &all, job, part, NULL, 0);
    for (size_t i = 0; i < all.n; i++) {
        struct places places;

        places_find(s, all.items[i].job, all.items[i].part, &places);
        wall_sec = MIN(wall_sec, wall_of(&places));
        if (job->time_min_sec != LIMIT_UNSET)
            wall_sec = MIN(wall_sec, minutes_in(s, &all.items[i], &places));
    }
    return wall_sec;
}

static void find_walls(const struct sched *s, struct job *job)
{
    size_t n = job->partition == NULL ? job->n_partitions : 0;
    struct wall *walls = xcalloc(n + 1, sizeof(*walls));
    bool differ = false;

    job->wall_sec = wall_in(s, job, places_part(s, job));
    for (size_t i = 0; i < n; i++) {
        const struct partrec *part = cluster_partition(&s->cluster, job->partitions[i]);

        walls[i].limit_sec = part != NULL ? wall_in(s, job, part->part) : job->wall_sec;
        differ |= walls[i].limit_sec != job->wall_sec;
    }
    free(job->walls);
    job->walls = differ ? TAKE(walls) : NULL;
    job->n_walls = differ ? n : 0;
    free(walls);
}

static void find_bounds(const struct sched *s, struct job *job, const struct job *old)
{
    int64_t accrue_sec = TIME_UNSET;
    struct askings all;

    find_walls(s, job);
    caps_find(s, job);
    askings_init(s, &all, job, places_part(s, job), NULL, 0);
    for (size_t i = 0; i < all.n; i++) {
        const struct asking *a = &all.items[i];
        const struct qos *own = policy_qos(&s->policy, a->job);
        struct places places;
        int64_t accrues;

        places_find(s, a->job, a->part, &places);
        accrues = accrual_of(s, job, old, &places);
        accrue_sec = accrues != TIME_UNSET ? accrues : accrue_sec;
        set_lifts(job, i, own != NULL ? own->flags & QOS_LIFTS : 0);
    }
    job->accrue_sec = accrue_sec;
}

static int64_t lifts_of(const struct job *job, size_t component)
{
    return job != NULL && component <= job->n_others
               ? job_component(job, component)->lifts
               : 0;
}

static void drop_walls(struct job *job)
{
    free(TAKE(job->walls));
    job->n_walls = 0;
    job->wall_sec = LIMIT_UNLIMITED;
}

/* Until all is settled; of other partitions nothing is known but the first. */
static void keep_walls(struct job *job, const struct job *old)
{
    if (old == NULL || old == job)
        return;
    drop_walls(job);
    job->wall_sec = old->wall_sec;
    if (old->n_walls == 0 || !names_equal(job->partitions, job->n_partitions,
                                          old->partitions, old->n_partitions))
        return;
    job->n_walls = old->n_walls;
    job->walls = xmalloc(job->n_walls * sizeof(*job->walls));
    memcpy(job->walls, old->walls, job->n_walls * sizeof(*job->walls));
}

void allowance_bound_now(const struct sched *s, struct job *job, const struct job *old)
{
    if (s->held.of_bounds) {
        find_bounds(s, job, old);
        return;
    }
    for (size_t i = 0; i <= job->n_others; i++)
        set_lifts(job, i, 0);
    drop_walls(job);
    caps_drop(job);
    job->accrue_sec = TIME_UNSET;
}

void allowance_bound(const struct sched *s, struct job *job, const struct job *old)
{
    if (!s->held.stale) {
        allowance_bound_now(s, job, old);
        return;
    }
    keep_walls(job, old);
    caps_keep(job, old);
    job->accrue_sec = old != NULL ? old->accrue_sec : job->accrue_sec;
    for (size_t i = 0; old != NULL && i <= job->n_others; i++)
        set_lifts(job, i, lifts_of(old, i));
}

static uint64_t hash_caps(uint64_t hash, const struct job *component)
{
    for (size_t i = 0; i < component->n_caps; i++) {
        const struct node_cap *cap = &component->caps[i];

        hash = hash_bytes(hash, cap->partition, strlen(cap->partition) + 1);
        hash = hash_bytes(hash, &cap->most, sizeof(cap->most));
        hash = hash_bytes(hash, &cap->reason, sizeof(cap->reason));
    }
    return hash;
}

uint64_t bounds_lifts(const struct job *job)
{
    uint64_t hash = HASH_NOTHING;

    for (size_t i = 0; i <= job->n_others; i++) {
        const int64_t lifts = lifts_of(job, i);

        hash = hash_bytes(hash, &lifts, sizeof(lifts));
        hash = hash_caps(hash, job_component(job, i));
    }
    return hash;
}

uint64_t bounds_walls(const struct job *job)
{
    uint64_t hash = hash_bytes(HASH_NOTHING, &job->wall_sec, sizeof(job->wall_sec));

    return hash_bytes(hash, job->walls, job->n_walls * sizeof(*job->walls));
}

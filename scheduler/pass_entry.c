/* Entries of the queue: in which partition and reservation, before whom. */
#include "scheduler/pass_private.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/yield.h"

/* More than any partition's. */
#define TIER_RESERVED (INT64_C(1) << 40)

int64_t pass_size(struct sched *s, const struct jobrec *rec, const struct partrec *part)
{
    struct shape *shape;

    if (s->config.backfill_order == BACKFILL_QUEUE)
        return 0;
    shape = variant_of(&s->shapes, rec->shape, &s->cluster, part, LOT_NONE);
    shape_settle(shape, &s->cluster);
    return turn_size(s->config.backfill_order, check_limit(rec->job, part->part),
                     shape->share);
}

/* One that has started has no shape any more. */
static struct priority priority_in(struct sched *s, const struct jobrec *rec,
                                   const struct partrec *part, int64_t now_sec)
{
    const struct shape *shape = rec->shape;
    struct grounds grounds;

    if (shape == NULL)
        return core_priority(s, &s->norms, rec->job, part, now_sec);
    if (part != NULL)
        shape = variant_of(&s->shapes, rec->shape, &s->cluster, part, LOT_NONE);
    grounds = core_grounds(s, rec->job, part != NULL ? part->part : NULL, shape->like);
    return priority_of(&s->config, &s->norms, rec->job, &grounds, now_sec);
}

int64_t pass_place_tier(const struct sched *s, const struct partrec *part,
                        const char *resv)
{
    const int64_t above = reserve_is_on(s, resv) ? TIER_RESERVED : 0;

    return part->part->priority_tier + above;
}

int64_t pass_tier(const struct sched *s, const struct jobrec *rec,
                  const struct partrec *part, const char *resv)
{
    return yield_any(rec) ? INT64_MAX : pass_place_tier(s, part, resv);
}

/* With the QOS that it is looked at with, in that partition; NULL: in any. */
static int64_t best_priority(struct sched *s, const struct jobrec *rec,
                             const struct partrec *only, int64_t now_sec)
{
    const size_t n = reserve_n_partitions(rec->job);
    int64_t best = 0;

    for (size_t i = 0; i < n; i++) {
        const struct partrec *part = pass_partition(s, rec->job, i);

        if (part != NULL && (only == NULL || part == only))
            best = MAX(best, priority_in(s, rec, part, now_sec).total);
    }
    return best;
}

/* With any of its QOS. */
static int64_t best_of_all(struct sched *s, struct jobrec *rec,
                           const struct partrec *only, int64_t now_sec)
{
    struct job *job = rec->job;
    size_t worn = (size_t)job->qos_at;
    int64_t best = 0;

    for (size_t i = 0; i < MAX(job->n_qos_list, 1); i++) {
        guise_wear(s, rec, i);
        best = MAX(best, best_priority(s, rec, only, now_sec));
    }
    guise_wear(s, rec, worn);
    return best;
}

static struct reached *reached_in(struct job *job, const char *partition)
{
    struct reached *ret = NULL;

    for (size_t i = 0; i < job->n_reached_in && ret == NULL; i++) {
        if (strcmp(job->reached_in[i].partition, partition) == 0)
            ret = &job->reached_in[i];
    }
    if (ret != NULL)
        return ret;
    job->reached_in =
        xrealloc(job->reached_in, (job->n_reached_in + 1) * sizeof(*job->reached_in));
    ret = &job->reached_in[job->n_reached_in++];
    *ret = (struct reached){xstrdup(partition), 0};
    return ret;
}

/* In one of several; `kept` is what it keeps in all of them. A follower's list is its
 * array's. */
static int64_t kept_there(struct sched *s, struct jobrec *rec,
                          const struct partrec *part, int64_t now_sec, int64_t kept)
{
    struct reached *reached = reached_in(follower_array(rec)->job, part->part->name);
    int64_t there = best_of_all(s, rec, part, now_sec);

    kept = MAX(kept, priority_kept(&s->config, rec->job, reached->priority, there));
    reached->priority = MAX(reached->priority, there + kept);
    return kept;
}

/* What it has lost of its priority is given back: in each of its partitions alike what
 * the best of them has lost, and beside that what each has; with each of its QOS alike.
 * So it falls in none, and keeps its order among them as far as that goes. */
static int64_t kept_of(struct sched *s, struct jobrec *rec, const struct partrec *part,
                       int64_t now_sec)
{
    struct job *job = rec->job;
    int64_t best = best_of_all(s, rec, NULL, now_sec), all, ret;

    job->reached = MAX(job->reached, best);
    ret = all = priority_kept(&s->config, job, job->reached, best);
    for (size_t i = 0; i < job->n_partitions && job->n_partitions > 1; i++) {
        const struct partrec *one = pass_partition(s, job, i);
        int64_t kept = one != NULL ? kept_there(s, rec, one, now_sec, all) : all;

        if (one == part)
            ret = kept;
    }
    return ret;
}

struct priority pass_priority(struct sched *s, struct jobrec *rec,
                              const struct partrec *part, int64_t now_sec)
{
    struct priority p;

    rec->job->accrue_sec = follower_array(rec)->job->accrue_sec; /* as it is by now */
    p = priority_in(s, rec, part, now_sec);

    if (part == NULL || p.total == 0 || rec->job->phase != JOB_PENDING ||
        (s->config.priority_flags & PRIORITY_INCR_ONLY) == 0)
        return p;
    p.kept = kept_of(s, rec, part, now_sec);
    p.total += p.kept;
    return p;
}

struct entry pass_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                        size_t i, int64_t now_sec)
{
    const size_t qos_at = pass_qos(s, rec, i), worn = guise_wear(s, rec, qos_at);
    const struct entry entry = {
        .rec = rec,
        .part = part,
        .resv = pass_reservation(s, rec, i),
        .license = pass_license(s, rec, i),
        .qos_at = (uint32_t)qos_at,
        .version = rec->version,
        .listed = (uint32_t)i,
        .tier = pass_tier(s, rec, part, pass_reservation(s, rec, i)),
        .priority = pass_priority(s, rec, part, now_sec),
        .size = pass_size(s, rec, part),
        .submit_sec = rec->job->submit_sec,
        .job_id = queue_job_id(rec->job),
        .task = queue_task(rec->job),
        .uid = rec->uid,
    };

    guise_wear(s, rec, worn);
    return entry;
}

bool pass_is_open(struct sched *s, struct jobrec *rec, const struct partrec *part,
                  size_t i)
{
    const char *name = pass_reservation(s, rec, i);
    size_t worn;
    bool open;

    if (!magnet_draws(rec->job, name))
        return true;
    worn = guise_wear(s, rec, pass_qos(s, rec, i));
    open = magnet_admits(s, rec->job, part, name);
    guise_wear(s, rec, worn);
    return open;
}

bool pass_listed_before(const struct job *job, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(job->partitions[k], job->partitions[i]) == 0)
            return true;
    }
    return false;
}

/* In one that it names, or in one that draws it in, or in none. */
static size_t reservation_choices(struct sched *s, struct jobrec *rec)
{
    return rec->job->n_reservations > 0 ? rec->job->n_reservations
                                        : magnets_of(s, rec)->n + 1;
}

static size_t places_of(struct sched *s, struct jobrec *rec)
{
    return MAX(rec->job->n_partitions, 1) * reservation_choices(s, rec);
}

static size_t choices_but_qos(struct sched *s, struct jobrec *rec)
{
    return places_of(s, rec) * job_license_choices(rec->job);
}

size_t pass_choices(struct sched *s, struct jobrec *rec)
{
    return choices_but_qos(s, rec) * MAX(rec->job->n_qos_list, 1);
}

size_t pass_qos(struct sched *s, struct jobrec *rec, size_t i)
{
    return policy_qos_ranked(&s->policy, rec->job, i / choices_but_qos(s, rec));
}

const char *pass_reservation(struct sched *s, struct jobrec *rec, size_t i)
{
    const struct job *job = rec->job;
    const struct magnets *drawn = magnets_of(s, rec);
    const size_t k = i / MAX(job->n_partitions, 1) % reservation_choices(s, rec);

    if (job->n_reservations > 0)
        return job->reservations[k];
    return k < drawn->n ? drawn->names[k] : NULL;
}

const char *pass_license(struct sched *s, struct jobrec *rec, size_t i)
{
    return job_license_choice(rec->job,
                              i / places_of(s, rec) % job_license_choices(rec->job));
}

struct partrec *pass_partition(const struct sched *s, const struct job *job, size_t i)
{
    if (job->n_partitions > 0 && pass_listed_before(job, i % job->n_partitions))
        return NULL;
    return reserve_partition(s, job, i);
}

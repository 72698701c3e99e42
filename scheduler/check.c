#include "scheduler/check_private.h"

#include <inttypes.h>
#include "base/duration.h"
#include "base/util.h"
#include "scheduler/priority.h"

/* ---- the job itself ---- */

enum reason check_held(const struct job *job, struct str *message)
{
    if (job->n_alloc > 0) {
        str_add(message, "pods of its last run are not gone yet");
        return REASON_CLEANING;
    }
    switch (priority_hold(job)) {
    case HOLD_USER:
        str_add(message, "held by its owner");
        return REASON_JOB_HELD_USER;
    case HOLD_ADMIN:
        str_add(message, "held by an administrator");
        return REASON_JOB_HELD_ADMIN;
    case HOLD_NONE:
        break;
    }
    return REASON_NONE;
}

enum reason check_tasks(const struct job *job, int64_t active, struct str *message)
{
    if (job->tasks_limit == 0 || active < job->tasks_limit)
        return REASON_NONE;
    str_addf(message, "%" PRId64 " of %s tasks %s under way, and no more may be",
             active, job->array_id != 0 ? "its array's" : "its",
             active == 1 ? "is" : "are");
    return REASON_JOB_ARRAY_TASK_LIMIT;
}

enum reason check_begin(const struct job *job, int64_t now_sec, struct str *message)
{
    char when[TIME_TEXT_MAX];

    if (job->eligible_sec == TIME_UNSET || job->eligible_sec <= now_sec)
        return REASON_NONE;
    time_format_rfc3339(job->eligible_sec, when);
    str_addf(message, "may not start before %s", when);
    return REASON_BEGIN_TIME;
}

/* ---- partitions ---- */

static int64_t usual_limit(const struct partition *part)
{
    return part->default_time_sec != LIMIT_UNSET
               ? MIN(part->default_time_sec, part->max_time_sec)
               : part->max_time_sec;
}

/* Has it, unasked, what its QOS or account allow? Where they allow no time at all, or
 * less than would do, it has the partition's limit, and waits by theirs. */
static bool is_by_wall(const struct job *job, const struct partition *part)
{
    int64_t wall = job_wall(job, part);

    if (job->limit_sec != LIMIT_UNSET || wall == LIMIT_UNLIMITED || wall == 0 ||
        wall < job->time_min_sec)
        return false;
    return part->default_time_sec == LIMIT_UNSET || wall < usual_limit(part);
}

static int64_t asked_limit(const struct job *job, const struct partition *part)
{
    if (job->limit_sec != LIMIT_UNSET)
        return job->limit_sec;
    return is_by_wall(job, part) ? MIN(job_wall(job, part), job_max_time(job, part))
                                 : usual_limit(part);
}

/* A job that waits and would do with less asks for no more than it may have, as far as
 * its least limit. */
int64_t check_limit(const struct job *job, const struct partition *part)
{
    int64_t asked = asked_limit(job, part), most;
    bool waits = job->phase == JOB_PENDING || job->phase == JOB_ASIDE;

    if (job->time_min_sec == LIMIT_UNSET || !waits)
        return asked;
    most = MIN(job_max_time(job, part), job_wall(job, part));
    return MIN(asked, MAX(most, job->time_min_sec));
}

int64_t check_bound(const struct job *job, const struct partition *part)
{
    return part != NULL && is_by_wall(job, part) ? check_limit(job, part) : LIMIT_UNSET;
}

int64_t check_component_limit(const struct job *job, size_t component,
                              const struct partition *first)
{
    int64_t own = job_component(job, component)->limit_sec;

    return component == 0 || own == LIMIT_UNSET ? check_limit(job, first) : own;
}

int64_t check_least_limit(const struct job *job, const struct partition *part)
{
    int64_t limit = check_limit(job, part);

    return job->time_min_sec != LIMIT_UNSET ? MIN(job->time_min_sec, limit) : limit;
}

/* What a job asks for at least that has a deadline, and no limit. */
#define LEAST_SEC 60

int64_t check_length(const struct job *job, const struct partition *part,
                     int64_t start_sec)
{
    int64_t limit = check_least_limit(job, part);

    if (job->time_min_sec != LIMIT_UNSET || limit != LIMIT_UNLIMITED ||
        job->deadline_sec == TIME_UNSET)
        return limit;
    return MAX(job->deadline_sec - MIN(start_sec, job->deadline_sec), LEAST_SEC);
}

int64_t check_component_length(const struct job *job, size_t component,
                               const struct partition *first, int64_t start_sec)
{
    int64_t length = check_length(job, first, start_sec);
    int64_t own = job_component(job, component)->limit_sec;

    return component == 0 || own == LIMIT_UNSET ? length : MIN(own, length);
}

int64_t check_largest(const struct job *job, const struct partition *part,
                      int64_t start_sec)
{
    int64_t limit = check_limit(job, part), least = check_length(job, part, start_sec);

    if (job->deadline_sec == TIME_UNSET)
        return limit;
    return MAX(MIN(limit, job->deadline_sec - MIN(start_sec, job->deadline_sec)),
               least);
}

int64_t check_latest(const struct job *job, const struct partition *part)
{
    int64_t length;

    if (job->deadline_sec == TIME_UNSET)
        return TIME_NEVER;
    length = check_length(job, part, job->deadline_sec);
    return job->deadline_sec - (length == LIMIT_UNLIMITED ? LEAST_SEC : length);
}

static enum reason component_node_limit(const struct job *job, size_t i,
                                        const struct partition *part,
                                        struct str *message)
{
    const struct job *component = job_component(job, i);
    bool too_many =
        component->one_per_node && component->min_pods > job_max_nodes(component, part);

    if (!too_many && component->max_pods >= job_min_nodes(component, part))
        return REASON_NONE;
    if (job->n_others > 0)
        check_say_component(i, message);
    if (too_many)
        str_addf(message, "needs %lld node%s; partition %s allows at most %lld",
                 (long long)component->min_pods, component->min_pods == 1 ? "" : "s",
                 part->name, (long long)part->max_nodes);
    else
        str_addf(message, "can use %lld node%s; partition %s asks for at least %lld",
                 (long long)component->max_pods, component->max_pods == 1 ? "" : "s",
                 part->name, (long long)part->min_nodes);
    return REASON_PARTITION_NODE_LIMIT;
}

/* As in Slurm, each component has them for itself. */
static enum reason node_limit(const struct job *job, const struct partition *part,
                              struct str *message)
{
    enum reason reason = component_node_limit(job, 0, part, message);

    for (size_t i = 1; reason == REASON_NONE && i <= job->n_others; i++)
        if (job_component(job, i)->n_partitions == 0)
            reason = component_node_limit(job, i, part, message);
    return reason;
}

/* Of a job in the first partition; of a component, in its own or there. */
static enum reason time_limit(const struct job *job, size_t component,
                              const struct partition *first,
                              const struct partition *part, struct str *message)
{
    char limit[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];
    int64_t limit_sec = check_component_limit(job, component, first);
    bool least = limit_sec == job->time_min_sec; /* more it would not ask for */

    if (limit_sec <= job_max_time(job_component(job, component), part))
        return REASON_NONE;
    duration_format(limit_sec, limit);
    duration_format(part->max_time_sec, max);
    str_addf(message, "%stime limit %s is over the maximum of partition %s, %s",
             least ? "least " : "", limit, part->name, max);
    return REASON_PARTITION_TIME_LIMIT;
}

static enum reason part_state(const struct partition *part, struct str *message)
{
    switch (part->state) {
    case PART_UP:
    case PART_DRAIN: /* takes no new jobs, but starts what is queued */
        return REASON_NONE;
    case PART_DOWN:
        str_addf(message, "partition %s is down", part->name);
        return REASON_PARTITION_DOWN;
    case PART_INACTIVE:
        str_addf(message, "partition %s is inactive", part->name);
        return REASON_PARTITION_INACTIVE;
    }
    return REASON_NONE;
}

/* Of those that are where the job is, and have a limit of their own. */
static enum reason component_time_limits(const struct job *job,
                                         const struct partition *part,
                                         struct str *message)
{
    enum reason reason = REASON_NONE;

    for (size_t i = 1; i <= job->n_others && reason == REASON_NONE; i++) {
        const struct job *component = job_component(job, i);

        if (component->limit_sec == LIMIT_UNSET || component->n_partitions > 0)
            continue;
        check_say_component(i, message);
        reason = time_limit(job, i, part, part, message);
        if (reason == REASON_NONE)
            str_reset(message);
    }
    return reason;
}

enum reason check_partition(const struct job *job, const struct partition *part,
                            struct str *message)
{
    enum reason reason = node_limit(job, part, message);

    if (reason == REASON_NONE)
        reason = time_limit(job, 0, part, part, message);
    if (reason == REASON_NONE)
        reason = component_time_limits(job, part, message);
    return reason == REASON_NONE ? part_state(part, message) : reason;
}

enum reason check_component_partition(const struct job *job, size_t component,
                                      const struct partition *first,
                                      const struct partition *part, struct str *message)
{
    enum reason reason = component_node_limit(job, component, part, message);

    if (reason != REASON_NONE)
        return reason;
    check_say_component(component, message);
    reason = time_limit(job, component, first, part, message);
    if (reason == REASON_NONE)
        reason = part_state(part, message);
    if (reason == REASON_NONE)
        str_reset(message);
    return reason;
}

enum reason check_missing(const struct cluster *c, const char *name,
                          struct str *message)
{
    if (name != NULL)
        str_addf(message, "partition %s does not exist", name);
    else
        str_add(message, "no partition was asked for and none is the default");
    if (c->n_listed == 0)
        str_add(message, "; there are none");
    for (size_t i = 0; i < c->n_listed; i++)
        str_addf(message, "%s%s", i == 0 ? "; there are: " : ", ",
                 c->listed[i]->part->name);
    return REASON_PARTITION_CONFIG;
}

#include "scheduler/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/sched.h"

#define PRIORITY_FACTOR_MAX 65535

enum job_hold queue_hold(const struct job *job)
{
    if (job->hold == HOLD_NONE && job->priority == 0)
        return HOLD_USER;
    return job->hold;
}

/* Age counts from when the job could have started, as in Slurm. */
static int64_t age_of(const struct job *job, int64_t now_sec, int64_t max_sec)
{
    int64_t since = MAX(job->submit_sec, job->eligible_sec);
    int64_t age;

    if (now_sec <= since || __builtin_sub_overflow(now_sec, since, &age))
        return 0;
    return MIN(age, max_sec);
}

int64_t queue_priority(const struct sched_config *config, const struct job *job,
                       const struct partition *part, int64_t now_sec)
{
    __int128 sum = 0;

    if (queue_hold(job) != HOLD_NONE)
        return 0;
    if (job->priority != PRIORITY_UNSET)
        return job->priority;
    if (config->priority_max_age_sec > 0)
        sum += (__int128)config->priority_weight_age *
               age_of(job, now_sec, config->priority_max_age_sec) /
               config->priority_max_age_sec;
    if (part != NULL)
        sum += (__int128)config->priority_weight_partition * part->priority_job_factor /
               PRIORITY_FACTOR_MAX;
    sum -= job->nice;
    return sum < 1 ? 1 : sum > INT64_MAX ? INT64_MAX : (int64_t)sum;
}

void queue_fini(struct queue *q)
{
    free(q->entries);
    *q = (struct queue){0};
}

struct entry *queue_add(struct queue *q)
{
    GROW(q->entries, q->n, q->cap);
    return &q->entries[q->n++];
}

static int entry_compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (a->tier != b->tier)
        return a->tier > b->tier ? -1 : 1;
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->job_id != b->job_id)
        return a->job_id < b->job_id ? -1 : 1;
    if (a->rec != b->rec)
        return strcmp(a->uid, b->uid);
    return a->listed < b->listed ? -1 : a->listed > b->listed;
}

bool queue_is_sorted(const struct queue *q)
{
    for (size_t i = 1; i < q->n; i++) {
        if (entry_compare(&q->entries[i - 1], &q->entries[i]) > 0)
            return false;
    }
    return true;
}

/* Between two passes the order hardly changes, so that looking first pays. */
void queue_sort(struct queue *q)
{
    if (!queue_is_sorted(q))
        qsort(q->entries, q->n, sizeof(*q->entries), entry_compare);
}

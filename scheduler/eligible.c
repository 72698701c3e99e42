#include "scheduler/eligible.h"

#include "base/util.h"
#include "scheduler/depend.h"
#include "scheduler/priority.h"

/* TIME_UNSET is before any time. */
static int64_t earliest(const struct job *job)
{
    return MAX(job->submit_sec, job->eligible_sec);
}

int64_t eligible_since(const struct job *job)
{
    return job->eligible_since_sec != TIME_UNSET ? job->eligible_since_sec
                                                 : earliest(job);
}

int64_t eligible_told(const struct job *job)
{
    return job->eligible_since_sec != ELIGIBLE_NOT ? eligible_since(job) : TIME_UNSET;
}

static bool is_requeued(const struct job *old, const struct job *job)
{
    return old != NULL && old->phase != JOB_PENDING && old->phase != JOB_ASIDE &&
           job->phase == JOB_PENDING;
}

/* What was found of it before, or of what it was part of. */
static int64_t found_before(const struct job *old, const struct job *array,
                            const struct job *job)
{
    if (old != NULL && (old->phase == JOB_PENDING || job->phase != JOB_PENDING))
        return old->eligible_since_sec;
    return old == NULL && array != NULL ? eligible_since(array) : earliest(job);
}

void eligible_keep(const struct job *old, const struct job *array, struct job *job)
{
    if (is_requeued(old, job))
        job->eligible_since_sec = earliest(job);
    else if (job->eligible_since_sec == TIME_UNSET)
        job->eligible_since_sec = found_before(old, array, job);
    if (job->phase == JOB_PENDING && priority_hold(job) != HOLD_NONE)
        job->eligible_since_sec = ELIGIBLE_NOT;
}

/* One whose begin has been brought forward is eligible from then on, not before now. */
void eligible_look(struct job *job, int64_t now_sec)
{
    int64_t since = MAX(job->eligible_since_sec, job->eligible_sec);

    if (priority_hold(job) != HOLD_NONE || !depend_is_met(job))
        job->eligible_since_sec = ELIGIBLE_NOT;
    else
        job->eligible_since_sec = MIN(since, MAX(now_sec, earliest(job)));
}

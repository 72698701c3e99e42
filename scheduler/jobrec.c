/* What the core knows of a job, and has told of it. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/core.h"

struct jobrec *jobrec_find(const struct sched *s, const char *uid)
{
    struct jobrec *rec;

    HASH_FIND_STR(s->jobs, uid, rec);
    return rec != NULL && !rec->gone ? rec : NULL;
}

struct jobrec *jobrec_get(struct sched *s, const char *uid)
{
    struct jobrec *rec;

    HASH_FIND_STR(s->jobs, uid, rec);
    if (rec == NULL) {
        rec = xcalloc(1, sizeof(*rec));
        rec->uid = xstrdup(uid);
        rec->told_plan_sec = TIME_UNSET;
        HASH_ADD_KEYPTR(hh, s->jobs, rec->uid, strlen(rec->uid), rec);
    }
    return rec;
}

void jobrec_reset_told(struct jobrec *rec)
{
    free(rec->message);
    rec->message = NULL;
    rec->reason = REASON_NONE;
    rec->told_plan_sec = TIME_UNSET;
    rec->told_promised = false;
    rec->told_priority = (struct priority){0};
    rec->told_ahead = (struct ahead){0};
}

void jobrec_free(struct sched *s, struct jobrec *rec)
{
    HASH_DEL(s->jobs, rec);
    shape_put(&s->shapes, rec->shape);
    job_free(rec->job);
    free(rec->message);
    free(rec->found_message);
    free(rec->claim.positions);
    free(rec->uid);
    free(rec);
}

int64_t jobrec_end(const struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part = NULL;
    int64_t limit = job->limit_sec;

    if (job->start_sec == TIME_UNSET)
        return TIME_NEVER;
    if (limit == LIMIT_UNSET && job->partition != NULL)
        part = cluster_partition(&s->cluster, job->partition);
    if (part != NULL)
        limit = check_limit(job, part->part);
    return limit < 0 ? TIME_NEVER : timeline_end(job->start_sec, limit);
}

int64_t jobrec_end_to_tell(const struct sched *s, const struct jobrec *rec)
{
    if (rec->gone || rec->end_told || rec->job->phase != JOB_RUNNING)
        return TIME_NEVER;
    return jobrec_end(s, rec);
}

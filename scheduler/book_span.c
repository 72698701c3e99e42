/* From when to when a job is assumed to take it. */
#include "scheduler/book_private.h"

#include "base/util.h"
#include "scheduler/check.h"

/* From the decision to the pods' start: creates and binds of a large gang. */
#define LAUNCH_SLACK_SEC 60
/* From the limit to the last pod's end: the grace period is 30 s. */
#define END_SLACK_SEC 60
_Static_assert(END_SLACK_SEC <= FENCE_TAIL_SEC, "who ends with a reservation is gone");

int64_t book_length(int64_t limit_sec)
{
    /* A start within a minute counts from that minute. */
    int64_t slack = TIMELINE_MINUTE_SEC + LAUNCH_SLACK_SEC + END_SLACK_SEC;

    return limit_sec > INT64_MAX - slack ? LIMIT_UNLIMITED : limit_sec + slack;
}

size_t book_free_from(const struct sched *s, int64_t end_sec)
{
    const struct timeline *tl = &s->timeline;
    int64_t soon = tl->bounds[0] + TIMELINE_MINUTE_SEC;
    size_t first, last;

    timeline_span(tl, tl->bounds[0], MAX(timeline_end(end_sec, END_SLACK_SEC), soon),
                  &first, &last);
    return MIN(last, tl->n_slots - 1);
}

int64_t book_end_before(const struct sched *s, size_t slot)
{
    return s->timeline.bounds[slot - 1] + 1 - END_SLACK_SEC;
}

/* When nodes are assumed to be free of what is due to end then. What is late is taken
 * to need as long again: what hangs moves plans ever more rarely. */
static int64_t free_by(const struct timeline *tl, int64_t due_sec)
{
    int64_t slack = END_SLACK_SEC;

    while (timeline_end(due_sec, slack) <= tl->bounds[0])
        slack *= 2;
    return timeline_end(due_sec, slack);
}

/* One that begins may be over later than its limit says, not than its reservation. */
static int64_t starting_end(const struct sched *s, const struct job *job,
                            int64_t due_sec)
{
    int64_t end = timeline_end(timeline_minute(job->start_sec),
                               book_length(due_sec - job->start_sec));
    int64_t cut_sec = reserve_end(s, job);

    return cut_sec != TIME_NEVER ? MIN(end, free_by(&s->timeline, cut_sec)) : end;
}

int64_t book_assumed_end(const struct sched *s, const struct jobrec *rec,
                         size_t component)
{
    const struct job *job = rec->job;
    int64_t due_sec = jobrec_component_end(s, rec, component), end = TIME_NEVER;
    int64_t soon = s->timeline.bounds[0] + TIMELINE_MINUTE_SEC;

    if (due_sec != TIME_NEVER && job->phase == JOB_STARTING)
        end = starting_end(s, job, due_sec);
    else if (due_sec != TIME_NEVER)
        end = free_by(&s->timeline, due_sec);
    return MAX(end, soon);
}

size_t book_component_last(const struct sched *s, const struct jobrec *rec,
                           const struct span *span, size_t component)
{
    const struct job *job = rec->job;
    const struct timeline *tl = &s->timeline;
    int64_t own = job_component(job, component)->limit_sec;
    int64_t start_sec = job->n_alloc > 0 ? tl->bounds[0] : job->plan.start_sec, end_sec;
    size_t first, last;

    if (component == 0 || own == LIMIT_UNSET)
        return span->last;
    end_sec = job->n_alloc > 0 ? book_assumed_end(s, rec, component)
                               : timeline_end(start_sec, book_length(own));
    timeline_span(tl, start_sec, end_sec, &first, &last);
    return MIN(last, span->last);
}

int64_t book_component_over(const struct jobrec *rec, const struct span *span,
                            size_t component)
{
    const struct job *job = rec->job;
    int64_t own = job_component(job, component)->limit_sec;

    if (component == 0 || own == LIMIT_UNSET)
        return span->over_sec;
    return MIN(timeline_end(job->plan.start_sec, own), span->over_sec);
}

size_t book_use_last(const struct sched *s, const struct jobrec *rec,
                     const struct span *span, const struct use *use)
{
    return rec->job->n_others > 0 ? book_component_last(s, rec, span, use->component)
                                  : span->last;
}

const struct fence *book_fence(struct sched *s, const struct job *job)
{
    const char *part = job->n_alloc > 0 ? job->partition : job->plan.partition;

    return reserve_fence(s, job, cluster_partition(&s->cluster, part),
                         job_reservation(job));
}

/* A job in a reservation is over when that is. */
static void cut_off(struct sched *s, const struct job *job, struct span *span)
{
    const struct fence *fence = book_fence(s, job);
    int64_t given_sec = fence_license_end(fence, span->first, span->end_sec);
    bool cut = fence_end(fence, span->first, span->end_sec) < span->end_sec;

    span->over_sec = fence_end(fence, span->first, span->over_sec);
    span->end_sec = fence_end(fence, span->first, span->end_sec);
    span->licensed_sec = cut ? given_sec : span->over_sec;
    timeline_span(&s->timeline, job->plan.start_sec, given_sec, &span->first,
                  &span->given);
    timeline_span(&s->timeline, job->plan.start_sec, span->end_sec, &span->first,
                  &span->last);
}

struct span book_span(struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part;
    const struct timeline *tl = &s->timeline;
    struct span span = {job->alloc, job->n_alloc, .end_sec = TIME_NEVER,
                        .over_sec = TIME_NEVER, .licensed_sec = TIME_NEVER};
    int64_t length_sec;

    if (job->n_alloc > 0) {
        span.end_sec = book_assumed_end(s, rec, 0);
        timeline_span(tl, tl->bounds[0], span.end_sec, &span.first, &span.last);
        span.last = span.given = MIN(span.last, tl->n_slots - 1);
        return span;
    }
    part = cluster_partition(&s->cluster, job->plan.partition);
    if (part != NULL) {
        length_sec = check_length(job, part->part, job->plan.start_sec);
        span.over_sec = timeline_end(job->plan.start_sec, MAX(length_sec, 1));
        span.end_sec = timeline_end(job->plan.start_sec, book_length(length_sec));
    }
    timeline_span(tl, job->plan.start_sec, span.end_sec, &span.first, &span.last);
    span.given = span.last;
    if (s->reserve.n > 0)
        cut_off(s, job, &span);
    span.slots = job->plan.slots;
    span.n = job->plan.n_slots;
    return span;
}

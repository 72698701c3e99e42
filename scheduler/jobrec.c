/* What the core knows of a job, and has told of it. */
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/check.h"
#include "scheduler/component.h"
#include "scheduler/core.h"
#include "scheduler/eligible.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/trial.h"

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
        jobrec_reset_told(rec);
        HASH_ADD_KEYPTR(hh, s->jobs, rec->uid, strlen(rec->uid), rec);
    }
    return rec;
}

void jobrec_reset_told(struct jobrec *rec)
{
    free(rec->message);
    rec->message = NULL;
    free(rec->told_lack);
    rec->told_lack = NULL;
    rec->told_eligible_sec = TIME_UNSET;
    rec->told_accrue_sec = TIME_UNSET;
    rec->told_bound_sec = LIMIT_UNSET;
    rec->reason = REASON_NONE;
    rec->told_plan_sec = TIME_UNSET;
    rec->told_promised = false;
    rec->told_priority = (struct priority){0};
    rec->told_ahead = (struct ahead){0};
    rec->told_sooner = (struct sooner){0};
    rec->told_depends = 0;
    rec->told_further = 0;
}

void jobrec_list(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    s->numbers++;
    rec->job_id = job->job_id;
    if (job->job_id != 0)
        HASH_ADD(hh_id, s->by_id, job_id, sizeof(rec->job_id), rec);
    rec->task = (struct task_key){job->array_id, job->array_task};
    if (job->array_id != 0)
        HASH_ADD(hh_task, s->by_task, task, sizeof(rec->task), rec);
}

void jobrec_unlist(struct sched *s, struct jobrec *rec)
{
    s->numbers++;
    if (rec->job_id != 0)
        HASH_DELETE(hh_id, s->by_id, rec);
    if (rec->task.array_id != 0)
        HASH_DELETE(hh_task, s->by_task, rec);
    rec->job_id = 0;
    rec->task.array_id = 0;
}

struct jobrec *jobrec_numbered(const struct sched *s, int64_t job_id)
{
    struct jobrec *rec;

    HASH_FIND(hh_id, s->by_id, &job_id, sizeof(job_id), rec);
    return rec;
}

const struct job *jobrec_array(const struct sched *s, const struct job *job)
{
    const struct jobrec *rec =
        job->array_id != 0 ? jobrec_numbered(s, job->array_id) : NULL;

    return rec != NULL ? rec->job : NULL;
}

/* The nearest job before a number is the only one that it can be a component's of. */
const struct job *jobrec_by_id(const struct sched *s, int64_t job_id)
{
    const struct jobrec *rec = NULL;

    for (int64_t id = job_id; rec == NULL && id > 0 && id > job_id - COMPONENTS_MAX;
         id--)
        rec = jobrec_numbered(s, id);
    return rec != NULL && job_has_id(rec->job, job_id) ? rec->job : NULL;
}

const struct job *jobrec_by_task(const struct sched *s, int64_t array_id, int64_t task)
{
    const struct jobrec *rec;
    struct task_key key;

    memset(&key, 0, sizeof(key)); /* it is hashed as bytes */
    key.array_id = array_id;
    key.task = task;
    HASH_FIND(hh_task, s->by_task, &key, sizeof(key), rec);
    return rec != NULL ? rec->job : NULL;
}

void jobrec_put_away(struct sched *s, struct jobrec *rec)
{
    rec->gone = true;
    rec->gone_at = s->n_gone;
    GROW(s->gone, s->n_gone, s->gone_cap);
    s->gone[s->n_gone++] = rec;
}

void jobrec_bring_back(struct sched *s, struct jobrec *rec)
{
    struct jobrec *last = s->gone[--s->n_gone];

    s->gone[rec->gone_at] = last;
    last->gone_at = rec->gone_at;
    rec->gone = false;
}

void jobrec_free(struct sched *s, struct jobrec *rec)
{
    if (rec->gone)
        jobrec_bring_back(s, rec);
    allowance_drop(s, rec);
    follower_free(s, rec);
    if (s->settling.next == rec)
        s->settling.next = rec->hh.next;
    revisit_drop(&s->settling.changed, REVISIT_LIMITS, rec);
    reserve_skip(s, rec);
    HASH_DEL(s->jobs, rec);
    jobrec_unlist(s, rec);
    shape_put(&s->shapes, rec->shape);
    guise_free(s, rec->job, rec->guises);
    job_free(rec->job);
    free(rec->lacks_age);
    free(rec->message);
    free(rec->told_lack);
    free(rec->found_message);
    magnets_forget(&rec->magnets);
    trial_forget_limits(rec);
    free(rec->claim.positions);
    free(rec->claim.lasts);
    free(rec->claim.pledged);
    free(rec->uid);
    free(rec);
}

/* With the QOS that it is looked at with. */
static int64_t latest_as_it_is(const struct sched *s, const struct job *job)
{
    int64_t latest = INT64_MIN;

    for (size_t i = 0; i < reserve_n_partitions(job); i++) {
        const struct partrec *part = reserve_partition(s, job, i);

        if (part != NULL)
            latest = MAX(latest, check_latest(job, part->part));
    }
    return latest != INT64_MIN ? latest : TIME_NEVER;
}

/* When it may start at the latest, in some partition of its, with some QOS. */
static int64_t latest_start(struct sched *s, struct jobrec *rec)
{
    size_t worn = (size_t)rec->job->qos_at;
    int64_t latest = INT64_MIN;

    if (rec->job->deadline_sec == TIME_UNSET)
        return TIME_NEVER;
    for (size_t i = 0; i < MAX(rec->job->n_qos_list, 1); i++) {
        guise_wear(s, rec, i);
        latest = MAX(latest, latest_as_it_is(s, rec->job));
    }
    guise_wear(s, rec, worn);
    return latest;
}

static enum reason check_deadline(struct sched *s, struct jobrec *rec, int64_t now_sec)
{
    const struct job *job = rec->job;
    int64_t latest = latest_start(s, rec);
    char when[TIME_TEXT_MAX], start[TIME_TEXT_MAX];

    if (latest == TIME_NEVER)
        return REASON_NONE;
    if (now_sec <= latest) {
        s->pass.begin_sec = MIN(s->pass.begin_sec, latest + 1);
        return REASON_NONE;
    }
    time_format_rfc3339(job->deadline_sec, when);
    time_format_rfc3339(latest, start);
    str_addf(&s->message, "cannot be over by its deadline, %s: it had to start by %s",
             when, start);
    return REASON_DEADLINE;
}

/* How long a component waits for few switches; -1: any number will do. */
static int64_t switch_wait(const struct sched *s, const struct job *job)
{
    int64_t most_sec = s->config.max_switch_wait_sec;

    if (job->most_switches == 0)
        return -1;
    return job->switch_wait_sec == LIMIT_UNSET ? most_sec
                                               : MIN(most_sec, job->switch_wait_sec);
}

int64_t jobrec_switches_until(const struct sched *s, const struct job *job)
{
    int64_t wait_sec = switch_wait(s, job), until;

    for (size_t i = 0; i < job->n_others; i++)
        wait_sec = MAX(wait_sec, switch_wait(s, &job->others[i]));
    if (wait_sec < 0 || s->cluster.topology.n_levels == 0)
        return INT64_MIN;
    if (__builtin_add_overflow(eligible_since(job), wait_sec, &until))
        return INT64_MAX;
    return until;
}

/* Whether it may have its account and QOS, and its components theirs. */
static enum reason check_payers(struct sched *s, const struct job *job)
{
    enum reason reason = policy_check(&s->policy, job, &s->message);

    for (size_t i = 1; i <= job->n_others && reason == REASON_NONE; i++) {
        struct job alone;

        check_say_component(i, &s->message);
        reason = policy_check(&s->policy, component_alone(job, i, &alone), &s->message);
        if (reason == REASON_NONE)
            str_reset(&s->message);
    }
    return reason;
}

enum reason jobrec_check(struct sched *s, struct jobrec *rec, int64_t now_sec)
{
    struct job *job = rec->job;
    enum reason reason;

    str_reset(&s->message);
    depend_look(s, rec, now_sec, &s->pass.begin_sec);
    eligible_look(job, now_sec);
    if (jobrec_switches_until(s, job) > now_sec)
        s->pass.begin_sec = MIN(s->pass.begin_sec, jobrec_switches_until(s, job));
    reason = check_deadline(s, rec, now_sec);
    if (reason == REASON_NONE)
        reason = check_payers(s, job);
    if (reason == REASON_NONE)
        reason = check_held(job, &s->message);
    if (reason == REASON_NONE)
        reason = depend_check(s, rec, &s->message);
    if (reason == REASON_NONE)
        reason = check_begin(job, now_sec, &s->message);
    if (reason == REASON_BEGIN_TIME)
        s->pass.begin_sec = MIN(s->pass.begin_sec, job->eligible_sec);
    return reason;
}

int64_t jobrec_limit(const struct sched *s, const struct job *job)
{
    const struct partrec *part = NULL;

    if (job->limit_sec == LIMIT_UNSET)
        part = cluster_partition(&s->cluster, job->partition);
    return part != NULL ? check_limit(job, part->part) : job->limit_sec;
}

static int64_t end_by_limit(const struct sched *s, const struct job *job)
{
    int64_t limit = jobrec_limit(s, job);

    return limit < 0 ? TIME_NEVER : timeline_end(job->start_sec, limit);
}

/* By its reservation, past which it may run on for so long, or for another job. */
static int64_t end_by_others(const struct sched *s, const struct job *job,
                             int64_t over_run_sec)
{
    int64_t end = timeline_end(reserve_end(s, job), over_run_sec);

    return job->preempt_sec != TIME_UNSET ? MIN(end, job->preempt_sec) : end;
}

int64_t jobrec_end(const struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;

    int64_t end;

    if (job->start_sec == TIME_UNSET)
        return TIME_NEVER;
    end = MIN(end_by_limit(s, job), end_by_others(s, job, 0));
    return job->phase == JOB_COMPLETING && job->end_sec != TIME_UNSET
               ? MIN(end, job->end_sec)
               : end;
}

/* How long it may run on past its limit. */
static int64_t over_time(const struct sched *s, const struct job *job)
{
    const struct partrec *part = cluster_partition(&s->cluster, job->partition);

    if (part != NULL && part->part->over_time_sec != LIMIT_UNSET)
        return part->part->over_time_sec;
    return s->config.over_time_sec;
}

void jobrec_say_end(const struct sched *s, const struct jobrec *rec, struct str *out)
{
    const struct job *job = rec->job;
    int64_t end = timeline_end(reserve_end(s, job), s->config.resv_over_run_sec);

    if (job_reservation(job) != NULL &&
        end < timeline_end(end_by_limit(s, job), over_time(s, job)) &&
        (job->preempt_sec == TIME_UNSET || end < job->preempt_sec))
        str_addf(out, "its reservation, %s, is over", job_reservation(job));
}

int64_t jobrec_end_to_tell(const struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const int64_t over_run_sec = s->config.resv_over_run_sec;

    if (rec->gone || rec->end_told || job->phase != JOB_RUNNING ||
        job->start_sec == TIME_UNSET)
        return TIME_NEVER;
    return MIN(timeline_end(end_by_limit(s, job), over_time(s, job)),
               rec->withheld ? timeline_end(reserve_end(s, job), over_run_sec)
                             : end_by_others(s, job, over_run_sec));
}

int64_t jobrec_component_end(const struct sched *s, const struct jobrec *rec,
                             size_t component)
{
    const struct job *job = rec->job;
    int64_t end = jobrec_end(s, rec), own;

    if (component == 0 || component > job->n_others || job->start_sec == TIME_UNSET)
        return end;
    own = job_component(job, component)->limit_sec;
    return own == LIMIT_UNSET ? end : MIN(end, timeline_end(job->start_sec, own));
}

int64_t jobrec_component_end_to_tell(const struct sched *s, const struct jobrec *rec,
                                     size_t component)
{
    const struct job *job = rec->job, *own = job_component(job, component);

    if (component == 0 || own->limit_sec == LIMIT_UNSET || own->end_sec != TIME_UNSET ||
        (rec->ends_told >> component & 1) != 0 || rec->gone || rec->end_told ||
        job->phase != JOB_RUNNING || job->start_sec == TIME_UNSET)
        return TIME_NEVER;
    return timeline_end(timeline_end(job->start_sec, own->limit_sec),
                        over_time(s, job));
}

int64_t jobrec_next_end(const struct sched *s, const struct jobrec *rec)
{
    int64_t end = jobrec_end_to_tell(s, rec);

    for (size_t i = 1; i <= rec->job->n_others; i++)
        end = MIN(end, jobrec_component_end_to_tell(s, rec, i));
    return end;
}

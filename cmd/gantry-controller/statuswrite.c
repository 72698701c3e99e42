#include "cmd/gantry-controller/statuswrite.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/refusal.h"
#include "cmd/gantry-controller/statusdoc.h"
#include "cmd/gantry-controller/usagewrite.h"

/* A site's policy that refuses a status will refuse it again. */
#define REFUSED_RETRY_MS 10000

static void reread(struct record *r);

static struct kc_ref job_ref(const struct record *r, const char *subresource)
{
    return (struct kc_ref){.resource = &bjob_resource,
                           .ns = r->job->ns,
                           .name = r->job->name,
                           .subresource = subresource};
}

static void go_on(struct record *r)
{
    r->status_busy = false;
    if (r->job)
        record_reconcile(r);
    else
        record_drop_if_empty(r);
}

/* The write has ended, the record may go on. */
static void finish(struct record *r)
{
    lanes_leave(r->ctl->lanes, &r->ticket);
    go_on(r);
}

static void took_object(struct record *r, const struct json *object)
{
    struct err err = ERR_INIT;
    struct bjob *job = bjob_parse(&r->ctl->convert, object, &err);
    if (job && strcmp(job->uid, r->uid) == 0)
        record_update(r, job);
    else
        bjob_free(job);
}

static void on_retry(void *arg)
{
    go_on(arg);
}

/* The write did nothing, as far as is known: it is decided again, but not without a
 * pause, since what kept it (a webhook that fails, a deletion that the watch is late
 * with) may go on. If it happened after all, the next one is refused with 409. */
static void retry_later(struct record *r, int64_t delay_ms)
{
    lanes_leave(r->ctl->lanes, &r->ticket); /* it holds nobody else up */
    if (!r->retry)
        r->retry = loop_timer_new(r->ctl->loop, on_retry, r);
    loop_timer_start(r->retry, delay_ms);
}

static void finish_if_newer(struct record *r)
{
    if (r->job && r->job->version == r->status_version)
        retry_later(r, RETRY_MS);
    else
        finish(r);
}

/* Says whether the answer ends the write: the object came with it, or the job is gone.
 */
static bool has_ended(struct record *r, const struct kc_result *result)
{
    r->status_call = NULL;
    if (!r->job) {
        finish(r);
    } else if (result->outcome == KC_OK) {
        took_object(r, result->body);
        finish_if_newer(r);
    } else {
        return false;
    }
    return true;
}

static void on_read(void *arg, const struct kc_result *result)
{
    struct record *r = arg;
    if (!has_ended(r, result))
        retry_later(r, RETRY_MS);
}

static void reread(struct record *r)
{
    struct kc_ref ref = job_ref(r, NULL);
    r->status_call = kc_get(r->ctl->client, &ref, on_read, r);
}

static void on_written(void *arg, const struct kc_result *result)
{
    struct record *r = arg;
    if (has_ended(r, result))
        return;
    if (result->outcome == KC_UNKNOWN || result->reason == KC_REASON_CONFLICT) {
        reread(r);
    } else if (result->reason == KC_REASON_NOT_FOUND) {
        retry_later(r, RETRY_MS); /* the watch will tell of the deletion */
    } else {
        bool passes = refusal_passes(result->reason);
        if (!passes)
            log_warn(r->ctl->log, "job %s/%s: write status: %s: %s", r->job->ns,
                     r->job->name, kc_reason_name(result->reason), result->message);
        if (!passes)
            record_unwritten(r);
        retry_later(r, passes ? RETRY_MS : REFUSED_RETRY_MS);
    }
}

static struct kc_call *write_status(struct record *r, const struct jstatus *want)
{
    const struct slot *counts = r->job->model
                                    ? sched_counts(r->ctl->sched, r->job->model,
                                                   want->placement, want->n_placement)
                                    : NULL;
    JSON_AUTO struct json *patch = status_patch(&r->ctl->convert, r->job, want, counts);
    slots_unref(counts);
    struct kc_ref ref = job_ref(r, "status");
    return kc_patch(r->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, r);
}

static struct kc_call *write_hold(struct record *r)
{
    JSON_AUTO struct json *patch =
        json_build("{'metadata':{'uid':%s,'resourceVersion':%s},"
                   "'spec':{'hold':'User'}}",
                   r->job->uid, r->job->version_text);
    struct kc_ref ref = job_ref(r, NULL);
    return kc_patch(r->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, r);
}

/* The entry of the array's actions as one of its task's; who asked for it, the API
 * server would not take from us. */
static struct json *inherited_entry(const struct record *r, const char *id)
{
    JSON_AUTO struct json *theirs =
        json_parse_str(r->tasks.array->job->actions_text, NULL);
    for (size_t i = 0; i < json_len(theirs); i++) {
        if (!str_eq(json_str(json_item(theirs, i), "id"), id))
            continue;
        struct json *ret = json_copy(json_item(theirs, i));
        json_del(ret, "by");
        json_del(ret, "tasks");
        return ret;
    }
    return NULL;
}

static struct kc_call *write_inherited(struct record *r)
{
    const struct action *action = tasks_inherited(r);
    struct json *list = r->job->actions_text
                            ? json_parse_str(r->job->actions_text, NULL)
                            : json_new_array();
    json_append(list, inherited_entry(r, action->id));
    JSON_AUTO struct json *patch =
        json_build("{'metadata':{'uid':%s,'resourceVersion':%s},'spec':{}}",
                   r->job->uid, r->job->version_text);
    json_set(json_get(patch, "spec"), "actions", list);
    struct kc_ref ref = job_ref(r, NULL);
    return kc_patch(r->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, r);
}

static void send(void *arg)
{
    struct record *r = arg;
    struct job_next next;
    if (r->job) {
        record_next(r, &next);
        r->status_version = r->job->version;
        r->status_call = next.inherit ? write_inherited(r)
                         : next.hold  ? write_hold(r)
                         : next.write ? write_status(r, &next.want)
                                      : NULL;
        jstatus_fini(&next.want);
    }
    r->status_busy = r->status_call != NULL;
    if (!r->status_busy)
        lanes_leave(r->ctl->lanes, &r->ticket);
}

/* The intent of a gang is on the way to a start; that a job runs can wait for others to
 * start. */
static enum lane lane_of(const struct job_next *next)
{
    if (next->splits)
        return LANE_START;
    if (next->only_wait)
        return next->want.plan.promised ? LANE_PROMISE : LANE_FORECAST;
    if (next->only_reason)
        return LANE_REASON;
    switch (next->want.state) {
    case JOB_STATE_CONFIGURING:
        return LANE_START;
    case JOB_STATE_RUNNING:
        return LANE_RUNNING;
    default:
        return LANE_STATUS;
    }
}

void status_queue(struct record *r, const struct job_next *next)
{
    enum lane lane = lane_of(next);
    if (r->status_busy)
        return;
    if (r->ticket.state == TICKET_WAITS) {
        if (lane >= r->ticket.lane)
            return;
        /* What became more urgent while it waited moves up. */
        lanes_leave(r->ctl->lanes, &r->ticket);
    }
    lanes_enter(r->ctl->lanes, lane, &r->ticket, send, r);
}

/* ---- ttl ---- */

static void on_expired(void *arg, const struct kc_result *result)
{
    struct record *r = arg;
    (void)result; /* gone, or tried again by the next sweep */
    r->status_call = NULL;
    finish(r);
}

bool status_has_expired(const struct record *r)
{
    const struct bjob *job = r->job;
    return job && !job->deleting && job->ttl_sec >= 0 &&
           job_state_is_final(job->status.state) && !bjob_next_action(job) &&
           job->status.end_sec != TIME_UNSET &&
           loop_now_sec(r->ctl->loop) >= job->status.end_sec + job->ttl_sec &&
           tasks_end_is_recorded(r) &&
           (job->status.start_sec == TIME_UNSET || usage_is_written(r->ctl, job));
}

static void send_delete(void *arg)
{
    struct record *r = arg;
    if (!status_has_expired(r)) {
        lanes_leave(r->ctl->lanes, &r->ticket);
        return;
    }
    struct kc_ref ref = job_ref(r, NULL);
    struct kc_delete_options options = {
        .uid = r->job->uid, .resource_version = r->job->version_text, .grace_sec = -1};
    r->status_busy = true;
    r->status_call = kc_delete(r->ctl->client, &ref, &options, on_expired, r);
}

void status_expire(struct record *r)
{
    if (!r->status_busy && r->ticket.state == TICKET_IDLE && status_has_expired(r))
        lanes_enter(r->ctl->lanes, LANE_CLEANUP, &r->ticket, send_delete, r);
}

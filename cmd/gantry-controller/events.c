#include "cmd/gantry-controller/events.h"

#include <inttypes.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/jobevent.h"
#include "cmd/gantry-controller/refusal.h"

#define REPORTER "gantry-controller"

struct event {
    struct controller *ctl;
    char *ns;
    struct json *body;
    struct ticket ticket;
    struct kc_call *call;
    struct event *prev, *next;
};

static void event_free(struct event *e)
{
    struct events *all = &e->ctl->events;
    if (e->call)
        kc_cancel(e->call);
    lanes_leave(e->ctl->lanes, &e->ticket);
    DL_DELETE(all->first, e);
    all->n--;
    json_free(e->body);
    free(e->ns);
    free(e);
}

/* A right that is lacking is said once; a namespace that ends takes no more, either. Of
 * a server that is busy nothing is said. */
static void warn_refused(struct event *e, const struct kc_result *result)
{
    struct err err = ERR_INIT;
    if (e->ctl->events.refused)
        return;
    e->ctl->events.refused = true;
    kc_result_err(result, &err);
    log_warn(e->ctl->log, "events are not taken in namespace %s: %s", e->ns, err.msg);
}

static void on_made(void *arg, const struct kc_result *result)
{
    struct event *e = arg;
    e->call = NULL;
    if (result->outcome == KC_REFUSED && !refusal_passes(result->reason) &&
        result->reason != KC_REASON_ALREADY_EXISTS)
        warn_refused(e, result);
    event_free(e);
}

static void send(void *arg)
{
    struct event *e = arg;
    const struct kc_ref ref = {.resource = &kc_events, .ns = e->ns};
    e->call = kc_create(e->ctl->client, &ref, e->body, on_made, e);
}

static struct json *document(const struct bjob *job, const struct jobevent *told,
                             int64_t now_ms)
{
    char now[TIME_TEXT_MAX];
    AUTO_FREE char *name = xasprintf("%s.%016" PRIx64, job->name, job->version);
    AUTO_FREE char *version =
        xasprintf("%s/%s", bjob_resource.group, bjob_resource.version);
    time_format_micro(now_ms, now);
    return json_build(
        "{'apiVersion':'events.k8s.io/v1','kind':'Event','metadata':{'name':%s,"
        "'namespace':%s},'eventTime':%s,'reportingController':'" REPORTER "',"
        "'reportingInstance':'" REPORTER "','action':%s,'reason':%s,'type':%s,"
        "'note':%s,'regarding':{'apiVersion':%s,'kind':%s,'namespace':%s,'name':%s,"
        "'uid':%s,'resourceVersion':%s}}",
        name, job->ns, now, told->action, told->reason,
        told->warns ? "Warning" : "Normal", told->note, version, bjob_resource.kind,
        job->ns, job->name, job->uid, job->version_text);
}

/* Where there is none, that is said, and not again before all are written. */
static bool has_room(struct controller *ctl)
{
    struct events *all = &ctl->events;
    if (all->n == 0)
        all->full = false;
    if (all->n < EVENTS_WAITING_MAX)
        return true;
    if (!all->full)
        log_warn(ctl->log, "%d events wait to be written: further ones are left out",
                 EVENTS_WAITING_MAX);
    all->full = true;
    return false;
}

void events_tell(struct controller *ctl, const struct bjob *was, const struct bjob *is)
{
    struct jobevent told;
    if (is->deleting || is->unknown_state ||
        !jobevent_of(&was->status, &is->status, &told))
        return;
    if (!has_room(ctl)) {
        jobevent_fini(&told);
        return;
    }
    struct event *e = xcalloc(1, sizeof(*e));
    e->ctl = ctl;
    e->ns = xstrdup(is->ns);
    e->body = document(is, &told, loop_now_ms(ctl->loop));
    jobevent_fini(&told);
    DL_APPEND(ctl->events.first, e);
    ctl->events.n++;
    lanes_enter(ctl->lanes, LANE_EVENT, &e->ticket, send, e);
}

void events_free(struct controller *ctl)
{
    while (ctl->events.first)
        event_free(ctl->events.first);
}

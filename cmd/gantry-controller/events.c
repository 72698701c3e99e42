#include "cmd/gantry-controller/events.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/jobevent.h"
#include "cmd/gantry-controller/refusal.h"

#define REPORTER "gantry-controller"

enum state { EVENT_WAITS, EVENT_RESTS, EVENT_KEPT };

struct event {
    struct controller *ctl;
    char *key; /* what it says of which job */
    char *ns, *name;
    struct json *body;
    enum state state;
    int64_t count;    /* how often it was told */
    int64_t seen_ms;  /* when last */
    int64_t written;  /* the count that the server has; 0: nothing yet */
    int64_t sent;     /* that which is on its way */
    int tries;        /* of this write, so far */
    int64_t tried_ms; /* when the last of them ended */
    struct ticket ticket;
    struct kc_call *call;
    struct event *prev, *next;
    UT_hash_handle hh;
};

static void event_free(struct event *e)
{
    struct events *all = &e->ctl->events;
    if (e->call)
        kc_cancel(e->call);
    lanes_leave(e->ctl->lanes, &e->ticket);
    all->n_unwritten -= e->state != EVENT_KEPT;
    HASH_DEL(all->by_key, e);
    DL_DELETE(all->first, e);
    json_free(e->body);
    free(e->key);
    free(e->ns);
    free(e->name);
    free(e);
}

static void set_state(struct event *e, enum state state)
{
    struct events *all = &e->ctl->events;
    all->n_unwritten += state != EVENT_KEPT;
    all->n_unwritten -= e->state != EVENT_KEPT;
    e->state = state;
}

/* ---- writing ---- */

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

static void send(void *arg);

static void write_soon(struct event *e)
{
    set_state(e, EVENT_WAITS);
    lanes_enter(e->ctl->lanes, LANE_EVENT, &e->ticket, send, e);
}

static void keep(struct event *e)
{
    e->written = e->sent;
    e->tries = 0;
    set_state(e, EVENT_KEPT);
    if (e->written == 1 && e->count > 1)
        write_soon(e); /* the first repeat came while it was under way */
}

static void on_written(void *arg, const struct kc_result *result)
{
    const bool passes = result->outcome == KC_UNKNOWN || refusal_passes(result->reason);
    struct event *e = arg;
    e->call = NULL;
    e->tried_ms = loop_now_ms(e->ctl->loop);
    lanes_leave(e->ctl->lanes, &e->ticket);
    if (result->reason == KC_REASON_ALREADY_EXISTS)
        e->sent = 1; /* made by a write that seemed lost; what was told since is not */
    if (result->outcome == KC_OK || result->reason == KC_REASON_ALREADY_EXISTS) {
        keep(e);
    } else if (result->reason == KC_REASON_NOT_FOUND && e->written > 0) {
        e->written = 0; /* events are gone after an hour */
        write_soon(e);
    } else if (!passes) {
        warn_refused(e, result);
        event_free(e);
    } else if (++e->tries < EVENTS_TRIES) {
        set_state(e, EVENT_RESTS);
    } else {
        event_free(e);
    }
}

static void send(void *arg)
{
    struct event *e = arg;
    const struct kc_ref made = {&kc_events, e->ns, e->name, NULL};
    const struct kc_ref all = {&kc_events, e->ns, NULL, NULL};
    char seen[TIME_TEXT_MAX];

    time_format_micro(e->seen_ms, seen);
    JSON_AUTO struct json *series =
        json_build("{'series':{'count':%i,'lastObservedTime':%s}}", e->count, seen);
    e->sent = e->count;
    if (e->written > 0) {
        e->call =
            kc_patch(e->ctl->client, &made, KC_PATCH_MERGE, series, on_written, e);
        return;
    }
    if (e->count > 1)
        json_set(e->body, "series", json_copy(json_get(series, "series")));
    e->call = kc_create(e->ctl->client, &all, e->body, on_written, e);
}

/* ---- telling ---- */

static struct json *document(const char *name, const struct bjob *job,
                             const struct jobevent *told, int64_t now_ms)
{
    char now[TIME_TEXT_MAX];
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
    if (all->n_unwritten == 0)
        all->full = false;
    if (all->n_unwritten < EVENTS_WAITING_MAX)
        return true;
    if (!all->full)
        log_warn(ctl->log, "%d events wait to be written: further ones are left out",
                 EVENTS_WAITING_MAX);
    all->full = true;
    return false;
}

static int64_t due_ms(const struct event *e)
{
    const int64_t quiet_ms = e->seen_ms + EVENTS_QUIET_MS;

    switch (e->state) {
    case EVENT_WAITS:
        break;
    case EVENT_RESTS:
        return e->tried_ms + EVENTS_AGAIN_MS;
    case EVENT_KEPT:
        return e->count > e->written ? MIN(quiet_ms, e->tried_ms + EVENTS_REFRESH_MS)
                                     : quiet_ms;
    }
    return INT64_MAX;
}

/* Quiet ones go, when what was counted is written; what rested is sent again. */
static void sweep(void *arg)
{
    struct controller *ctl = arg;
    const int64_t now_ms = loop_now_ms(ctl->loop);
    struct event *e, *tmp;

    DL_FOREACH_SAFE(ctl->events.first, e, tmp)
    {
        if (due_ms(e) > now_ms)
            continue;
        if (e->state == EVENT_RESTS || e->count > e->written)
            write_soon(e);
        else
            event_free(e);
    }
    if (ctl->events.first)
        loop_timer_start(ctl->events.sweep, EVENTS_AGAIN_MS);
}

static void sweep_later(struct controller *ctl)
{
    if (!ctl->events.sweep)
        ctl->events.sweep = loop_timer_new(ctl->loop, sweep, ctl);
    if (!loop_timer_armed(ctl->events.sweep))
        loop_timer_start(ctl->events.sweep, EVENTS_AGAIN_MS);
}

static void tell_again(struct event *e)
{
    e->count++;
    e->seen_ms = loop_now_ms(e->ctl->loop);
    if (e->state == EVENT_KEPT && e->written == 1)
        write_soon(e);
}

static void tell_first(struct controller *ctl, const struct bjob *is,
                       const struct jobevent *told, char *take_key)
{
    struct event *e = xcalloc(1, sizeof(*e));
    e->ctl = ctl;
    e->key = take_key;
    e->ns = xstrdup(is->ns);
    e->name = xasprintf("%s.%016" PRIx64, is->name, is->version);
    e->count = 1;
    e->seen_ms = loop_now_ms(ctl->loop);
    e->body = document(e->name, is, told, e->seen_ms);
    DL_APPEND(ctl->events.first, e);
    HASH_ADD_KEYPTR(hh, ctl->events.by_key, e->key, strlen(e->key), e);
    ctl->events.n_unwritten++;
    write_soon(e);
    sweep_later(ctl);
}

void events_tell(struct controller *ctl, const struct bjob *was, const struct bjob *is)
{
    struct jobevent told;
    struct event *e;

    if (is->deleting || is->unknown_state ||
        !jobevent_of(&was->status, &is->status, &told))
        return;
    AUTO_FREE char *key =
        xasprintf("%s\n%" PRId64 "\n%s\n%s\n%s", is->uid, is->status.restarts,
                  told.action, told.reason, told.note);
    HASH_FIND_STR(ctl->events.by_key, key, e);
    if (e)
        tell_again(e);
    else if (has_room(ctl))
        tell_first(ctl, is, &told, TAKE(key));
    jobevent_fini(&told);
}

void events_free(struct controller *ctl)
{
    while (ctl->events.first)
        event_free(ctl->events.first);
    loop_timer_free(ctl->events.sweep);
}

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"

#define REPORTER "gantry-local"
/* The API's limit is 1024 bytes. */
#define NOTE_MAX 1000
#define NAME_BYTES_MAX 220
/* Events are for people: few travel at once, and where more than a screenful waits,
 * the newest are dropped. */
#define IN_FLIGHT_MAX 4
#define WAITING_MAX 500

struct kevent {
    TAILQ_ENTRY(kevent) link;
    struct kubelet *kubelet;
    char *ns;
    struct json *body;
    struct kc_call *call; /* NULL: it waits its turn */
};

static void event_free(struct kevent *e)
{
    TAILQ_REMOVE(&e->kubelet->events, e, link);
    e->kubelet->n_events--;
    if (e->call)
        kc_cancel(e->call);
    json_free(e->body);
    free(e->ns);
    free(e);
}

static void pump(struct kubelet *k);

/* One that did not arrive is not sent again: what matters is in the pod's status. */
static void arrived(void *arg, const struct kc_result *result)
{
    struct kevent *e = arg;
    struct kubelet *k = e->kubelet;

    (void)result;
    e->call = NULL;
    event_free(e);
    pump(k);
}

static void pump(struct kubelet *k)
{
    struct kevent *e;
    size_t in_flight = 0;

    TAILQ_FOREACH(e, &k->events, link)
    {
        const struct kc_ref ref = {.resource = &kc_events, .ns = e->ns};

        if (in_flight++ >= IN_FLIGHT_MAX)
            break;
        if (!e->call)
            e->call = kc_create(k->client, &ref, e->body, arrived, e);
    }
}

static struct json *event_body(struct kpod *pod, const char *reason, const char *type,
                               const char *field_path, const char *note)
{
    struct kubelet *k = pod->node->kubelet;
    const struct pod_spec *spec = pod->spec;
    const int64_t now_ms = loop_now_ms(k->loop);
    char now[TIME_TEXT_MAX];
    AUTO_FREE char *name = xasprintf(
        "%.*s.%llx%llx", NAME_BYTES_MAX, spec->name, (unsigned long long)now_ms,
        (unsigned long long)(k->event_number++ & 0xffff) | 0x10000);
    struct json *body;

    time_format_micro(now_ms, now);
    body = json_build(
        "{'apiVersion': 'events.k8s.io/v1', 'kind': 'Event', 'metadata': {'name': %s,"
        " 'namespace': %s}, 'eventTime': %s, 'reportingController': '" REPORTER "',"
        " 'reportingInstance': %s, 'action': %s, 'reason': %s, 'type': %s, 'note': %s,"
        " 'regarding': {'apiVersion': 'v1', 'kind': 'Pod', 'namespace': %s, 'name': %s,"
        " 'uid': %s}}",
        name, spec->ns, now, pod->node->name, reason, reason, type, note, spec->ns,
        spec->name, spec->uid);
    if (field_path)
        json_set_at(body, "regarding.fieldPath", json_new_string(field_path));
    return body;
}

static void send_event(struct kpod *pod, const struct krun *run, bool warns,
                       const char *reason, const char *note)
{
    struct kubelet *k = pod->node->kubelet;
    AUTO_FREE char *path =
        run ? xasprintf("spec.%s{%s}", run->is_init ? "initContainers" : "containers",
                        krun_spec(run)->name)
            : NULL;
    struct kevent *e;

    if (!k->executor->ops->runs_programs || k->n_events >= WAITING_MAX)
        return;
    e = xcalloc(1, sizeof(*e));
    e->kubelet = k;
    e->ns = xstrdup(pod->spec->ns);
    e->body = event_body(pod, reason, warns ? "Warning" : "Normal", path, note);
    TAILQ_INSERT_TAIL(&k->events, e, link);
    k->n_events++;
    pump(k);
}

void kpod_tell(struct kpod *pod, const char *reason, const char *fmt, ...)
{
    STR_AUTO struct str note;
    va_list ap;

    str_init(&note, NOTE_MAX);
    va_start(ap, fmt);
    str_vaddf(&note, fmt, ap);
    va_end(ap);
    send_event(pod, NULL, false, reason, note.s);
}

void kpod_warn(struct kpod *pod, const struct krun *run, const char *reason,
               const char *text)
{
    AUTO_FREE char *note = xstrndup(text, NOTE_MAX);

    /* what is tried again and again is told when it changes */
    if (str_eq(pod->last_warning, note))
        return;
    free(pod->last_warning);
    pod->last_warning = xstrdup(note);
    send_event(pod, run, true, reason, note);
}

void krun_note(struct krun *run, const char *reason, const char *fmt, ...)
{
    STR_AUTO struct str note;
    va_list ap;

    str_init(&note, NOTE_MAX);
    va_start(ap, fmt);
    str_vaddf(&note, fmt, ap);
    va_end(ap);
    send_event(run->pod, run, false, reason, note.s);
}

void krun_tell(struct krun *run, const char *reason, const char *what)
{
    krun_note(run, reason, "%s container %s", what, krun_spec(run)->name);
}

void kubelet_free_events(struct kubelet *k)
{
    while (!TAILQ_EMPTY(&k->events))
        event_free(TAILQ_FIRST(&k->events));
}

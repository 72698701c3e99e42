#include "cmd/gantry-controller/service.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/podbuild.h"
#include "cmd/gantry-controller/refusal.h"

/* A Service that is being asked for. */
struct making {
    struct record *record;
    struct ticket ticket;
    struct kc_call *call;
    struct loop_timer *retry; /* NULL until first needed */
};

#define SERVICE_PREFIX "gantry-"

char *service_name(const struct bjob *job)
{
    return xasprintf(SERVICE_PREFIX "%" PRId64, job->status.job_id);
}

/* Names resolve before the pods are ready: ranks look for each other as they begin. */
static struct json *document(const struct bjob *job)
{
    AUTO_FREE char *name = service_name(job);
    AUTO_FREE char *job_id = xasprintf("%" PRId64, job->status.job_id);
    JSON_AUTO struct json *owners = pod_owners(job);
    return json_build(
        "{'apiVersion':'v1','kind':'Service','metadata':{'name':%s,'namespace':%s,"
        "'labels':{%s:%s,%s:%s},'ownerReferences':%j},"
        "'spec':{'clusterIP':'None','publishNotReadyAddresses':true,"
        "'selector':{%s:%s}}}",
        name, job->ns, LABEL_JOB_ID, job_id, LABEL_JOB_UID, job->uid, owners,
        LABEL_JOB_UID, job->uid);
}

/* ---- reading ---- */

static const char *owner_uid(const struct json *object)
{
    const struct json *owners = json_at(object, "metadata.ownerReferences");
    for (size_t i = 0; i < json_len(owners); i++) {
        const struct json *o = json_item(owners, i);
        if (json_bool_or(o, "controller", false) &&
            str_eq(json_str(o, "kind"), bjob_resource.kind))
            return json_str(o, "uid");
    }
    return NULL;
}

static const char *label(const struct json *object, const char *key)
{
    const struct json *val = json_get(json_at(object, "metadata.labels"), key);
    return json_is(val, JSON_STRING) ? json_string(val) : NULL;
}

struct service *service_parse(const struct json *object)
{
    const char *name = json_str(object, "metadata.name"),
               *uid = json_str(object, "metadata.uid"),
               *job_uid = label(object, LABEL_JOB_UID),
               *job_id = label(object, LABEL_JOB_ID);
    if (!name || !uid || !job_uid || !job_id || !str_eq(job_uid, owner_uid(object)) ||
        !str_starts(name, SERVICE_PREFIX) ||
        strcmp(name + strlen(SERVICE_PREFIX), job_id) != 0)
        return NULL;
    struct service *s = xcalloc(1, sizeof(*s));
    *s = (struct service){.ns = xstrdup(json_str_or(object, "metadata.namespace", "")),
                          .name = xstrdup(name),
                          .uid = xstrdup(uid),
                          .job_uid = xstrdup(job_uid),
                          .deleting =
                              json_str(object, "metadata.deletionTimestamp") != NULL};
    return s;
}

void service_free(struct service *s)
{
    if (!s)
        return;
    free(s->ns);
    free(s->name);
    free(s->uid);
    free(s->job_uid);
    free(s);
}

/* ---- whose turn it is ---- */

static bool is_wanted(const struct record *r)
{
    if (!r->job || r->job->deleting || r->attempt.n < 2)
        return false;
    if (r->job->status.state == JOB_STATE_CONFIGURING)
        return !r->attempt.failure;
    return r->job->status.state == JOB_STATE_RUNNING;
}

bool service_stands(const struct record *r)
{
    return r->attempt.n < 2 || r->service_uid;
}

bool service_is_stray(const struct controller *ctl, const struct service *s)
{
    const struct record *r = record_find(ctl, s->job_uid);
    return !r || !r->job || r->job->deleting ||
           job_state_is_final(r->job->status.state);
}

/* ---- asking for it ---- */

static void send(void *arg);

static void making_free(struct making *m)
{
    if (m->call)
        kc_cancel(m->call);
    lanes_leave(m->record->ctl->lanes, &m->ticket);
    loop_timer_free(m->retry);
    m->record->making = NULL;
    free(m);
}

static void end(struct making *m)
{
    struct record *r = m->record;
    making_free(m);
    if (r->job)
        record_reconcile(r);
    else
        record_drop_if_empty(r);
}

static void on_retry(void *arg)
{
    struct making *m = arg;
    lanes_enter(m->record->ctl->lanes, LANE_START, &m->ticket, send, m);
}

static void again_later(struct making *m)
{
    struct controller *ctl = m->record->ctl;
    lanes_leave(ctl->lanes, &m->ticket);
    if (!m->retry)
        m->retry = loop_timer_new(ctl->loop, on_retry, m);
    loop_timer_start(m->retry, RETRY_MS);
}

static void fail(struct making *m, const char *why)
{
    struct record *r = m->record;
    AUTO_FREE char *line = xasprintf("create Service " SERVICE_PREFIX "%" PRId64 ": %s",
                                     r->job ? r->job->status.job_id : 0, why);
    /* A gang that runs goes on; its Service is asked for again. */
    if (r->job && r->job->status.state == JOB_STATE_RUNNING) {
        log_warn(r->ctl->log, "job %s/%s: %s", r->job->ns, r->job->name, line);
        again_later(m);
        return;
    }
    attempt_fail(&r->attempt, line);
    end(m);
}

/* False: it is another's. */
static bool took(struct record *r, const struct json *object)
{
    struct service *s = service_parse(object);
    bool ours = s && strcmp(s->job_uid, r->uid) == 0;
    if (ours)
        text_set(&r->service_uid, s->uid);
    service_free(s);
    return ours;
}

static void on_read(void *arg, const struct kc_result *result)
{
    struct making *m = arg;
    m->call = NULL;
    if (result->outcome != KC_OK)
        again_later(m);
    else if (took(m->record, result->body))
        end(m);
    else
        fail(m, "there is one of that name which is not this job's");
}

static struct kc_ref service_ref(const struct record *r, const char *name)
{
    return (struct kc_ref){.resource = &kc_services, .ns = r->job->ns, .name = name};
}

static void read_it(struct making *m)
{
    struct record *r = m->record;
    AUTO_FREE char *name = service_name(r->job);
    struct kc_ref ref = service_ref(r, name);
    m->call = kc_get(r->ctl->client, &ref, on_read, m);
}

static void on_made(void *arg, const struct kc_result *result)
{
    struct making *m = arg;
    m->call = NULL;
    if (!m->record->job || (result->outcome == KC_OK && took(m->record, result->body)))
        end(m);
    else if (result->outcome != KC_REFUSED ||
             result->reason == KC_REASON_ALREADY_EXISTS)
        read_it(m);
    else if (refusal_passes(result->reason))
        again_later(m);
    else
        fail(m, result->message);
}

static void send(void *arg)
{
    struct making *m = arg;
    struct record *r = m->record;
    if (!is_wanted(r) || service_stands(r)) {
        end(m);
        return;
    }
    attempt_has_turn(&r->attempt, loop_now_sec(r->ctl->loop));
    JSON_AUTO struct json *body = document(r->job);
    struct kc_ref ref = service_ref(r, NULL);
    m->call = kc_create(r->ctl->client, &ref, body, on_made, m);
}

void service_tend(struct record *r)
{
    if (r->making || service_stands(r) || !is_wanted(r))
        return;
    r->making = xcalloc(1, sizeof(*r->making));
    r->making->record = r;
    lanes_enter(r->ctl->lanes, LANE_START, &r->making->ticket, send, r->making);
}

void service_abandon(struct record *r)
{
    if (r->making)
        making_free(r->making);
}

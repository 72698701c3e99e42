#include "cmd/gantry-controller/cleanup.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/refusal.h"
#include "cmd/gantry-controller/service.h"
#include "cmd/gantry-controller/watches.h"

struct cleaning {
    struct controller *ctl;
    bool is_service; /* else a pod */
    char *ns, *name, *uid;
    UT_hash_handle hh;
    struct ticket ticket;
    bool again; /* something was told of it since the write began */
    struct kc_call *call;
    struct loop_timer *retry;
};

static void step(void *arg);

static void cleaning_free(struct cleaning *c)
{
    if (c->call)
        kc_cancel(c->call);
    lanes_leave(c->ctl->lanes, &c->ticket);
    loop_timer_free(c->retry);
    HASH_DEL(c->ctl->cleanings, c);
    free(c->ns);
    free(c->name);
    free(c->uid);
    free(c);
}

static void on_retry(void *arg)
{
    struct cleaning *c = arg;
    lanes_enter(c->ctl->lanes, LANE_CLEANUP, &c->ticket, step, c);
}

/* The watch brings the pod's next state, and with it the next step; it may do so before
 * the answer comes. A write that failed is looked at again a little later. */
static void on_done(void *arg, const struct kc_result *result)
{
    struct cleaning *c = arg;
    c->call = NULL;
    lanes_leave(c->ctl->lanes, &c->ticket);
    if (result->outcome == KC_OK || result->reason == KC_REASON_NOT_FOUND) {
        if (c->again)
            lanes_enter(c->ctl->lanes, LANE_CLEANUP, &c->ticket, step, c);
        else
            cleaning_free(c);
        return;
    }
    if (!c->retry)
        c->retry = loop_timer_new(c->ctl->loop, on_retry, c);
    loop_timer_start(c->retry, RETRY_MS);
}

static bool has_ended(const struct controller *ctl, const struct pod *pod)
{
    enum node_fate fate = watches_node_fate(ctl, pod->node);
    return pod->terminal || !pod->node || fate == NODE_GONE ||
           (pod->deleting && fate == NODE_SILENT);
}

static struct kc_call *delete_it(struct cleaning *c, const struct kc_ref *ref)
{
    struct kc_delete_options options = {.uid = c->uid, .grace_sec = -1};
    return kc_delete(c->ctl->client, ref, &options, on_done, c);
}

static struct kc_call *release_pod(struct cleaning *c, const struct kc_ref *ref)
{
    JSON_AUTO struct json *patch =
        json_build("{'metadata':{'uid':%s,'$deleteFromPrimitiveList/finalizers':[%s]}}",
                   c->uid, FINALIZER_ACCOUNTED);
    return kc_patch(c->ctl->client, ref, KC_PATCH_STRATEGIC, patch, on_done, c);
}

enum cleanup_step { CLEANUP_NOTHING, CLEANUP_DELETE, CLEANUP_RELEASE };

static enum cleanup_step next_step(const struct controller *ctl, const struct pod *pod)
{
    const struct record *r = record_find(ctl, pod->job_uid);
    if (r && (record_expects(r, pod) || (r->job && r->job->unknown_state)))
        return CLEANUP_NOTHING;
    bool stays = r && pod->terminal && record_keeps(r, pod);
    if (!pod->deleting && !stays)
        return CLEANUP_DELETE;
    return pod->accounted && has_ended(ctl, pod) ? CLEANUP_RELEASE : CLEANUP_NOTHING;
}

static struct kc_call *write_service(struct cleaning *c)
{
    const struct service *s = kc_cache_find(c->ctl->services, c->ns, c->name);
    if (!s || strcmp(s->uid, c->uid) != 0 || s->deleting ||
        !service_is_stray(c->ctl, s))
        return NULL;
    struct kc_ref ref = {.resource = &kc_services, .ns = c->ns, .name = c->name};
    return delete_it(c, &ref);
}

static struct kc_call *write_pod(struct cleaning *c)
{
    const struct pod *pod = kc_cache_find(c->ctl->pods, c->ns, c->name);
    if (!pod || strcmp(pod->uid, c->uid) != 0)
        return NULL;
    struct kc_ref ref = {.resource = &kc_pods, .ns = c->ns, .name = c->name};
    switch (next_step(c->ctl, pod)) {
    case CLEANUP_DELETE:
        return delete_it(c, &ref);
    case CLEANUP_RELEASE:
        return release_pod(c, &ref);
    case CLEANUP_NOTHING:
        return NULL;
    }
    return NULL;
}

static void step(void *arg)
{
    struct cleaning *c = arg;
    c->again = false;
    c->call = c->is_service ? write_service(c) : write_pod(c);
    if (!c->call) /* it needs nothing now */
        cleaning_free(c);
}

static void clean(struct controller *ctl, bool is_service, const char *ns,
                  const char *name, const char *uid)
{
    struct cleaning *c;
    HASH_FIND_STR(ctl->cleanings, uid, c);
    if (c) {
        c->again = true;
        return;
    }
    c = xcalloc(1, sizeof(*c));
    *c = (struct cleaning){.ctl = ctl,
                           .is_service = is_service,
                           .ns = xstrdup(ns),
                           .name = xstrdup(name),
                           .uid = xstrdup(uid)};
    HASH_ADD_KEYPTR(hh, ctl->cleanings, c->uid, strlen(c->uid), c);
    lanes_enter(ctl->lanes, LANE_CLEANUP, &c->ticket, step, c);
}

void cleanup_pod(struct controller *ctl, const struct pod *pod)
{
    if (next_step(ctl, pod) != CLEANUP_NOTHING)
        clean(ctl, false, pod->ns, pod->name, pod->uid);
}

void cleanup_service(struct controller *ctl, const struct service *s)
{
    if (!s->deleting && service_is_stray(ctl, s))
        clean(ctl, true, s->ns, s->name, s->uid);
}

void cleanup_free(struct controller *ctl)
{
    while (ctl->cleanings)
        cleaning_free(ctl->cleanings);
}

#include "cmd/gantry-controller/resvpurge.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/refusal.h"
#include "cmd/gantry-controller/resvwrite.h"

/* A reservation that may go. */
struct purging {
    struct controller *ctl;
    char *name, *uid;
    int64_t since_sec; /* nobody needs it; TIME_UNSET: somebody does */
    struct loop_timer *due;
    struct kc_call *call;
    UT_hash_handle hh;
};

static struct purging *purging_find(const struct controller *ctl, const char *name)
{
    struct purging *p;
    HASH_FIND_STR(ctl->purgings, name, p);
    return p;
}

static void purging_free(struct purging *p)
{
    HASH_DEL(p->ctl->purgings, p);
    if (p->call)
        kc_cancel(p->call);
    loop_timer_free(p->due);
    free(p->uid);
    free(p->name);
    free(p);
}

static void on_deleted(void *arg, const struct kc_result *result)
{
    struct purging *p = arg;
    p->call = NULL;
    p->since_sec = TIME_UNSET; /* unless it is gone, all begins anew */
    if (refusal_stays(result))
        log_warn(p->ctl->log, "reservation %s: delete: %s: %s", p->name,
                 kc_reason_name(result->reason), result->message);
}

static void purge(struct purging *p)
{
    const struct kc_ref ref = {.resource = &reservation_resource, .name = p->name};
    const struct kc_delete_options options = {.uid = p->uid, .grace_sec = -1};
    log_info(p->ctl->log, "reservation %s: nobody needs it any more", p->name);
    p->call = kc_delete(p->ctl->client, &ref, &options, on_deleted, p);
}

static void consider(struct purging *p)
{
    const struct reservation *r = sched_reservation(p->ctl->sched, p->name);
    int64_t now_sec = loop_now_sec(p->ctl->loop);
    if (p->call)
        return;
    if (!sched_reservation_idle(p->ctl->sched, p->name, now_sec)) {
        p->since_sec = TIME_UNSET;
        loop_timer_stop(p->due);
        return;
    }
    if (p->since_sec == TIME_UNSET) {
        p->since_sec = now_sec;
        loop_timer_start(p->due, r->purge_sec * 1000);
    } else if (now_sec - p->since_sec >= r->purge_sec) {
        purge(p);
    }
}

static void on_due(void *arg)
{
    consider(arg);
}

void purge_seen(struct controller *ctl, const struct reservation *r, const char *uid)
{
    struct purging *p = purging_find(ctl, r->name);
    if (r->purge_sec == LIMIT_UNSET) {
        purge_forget(ctl, r->name);
        return;
    }
    if (!p) {
        p = xcalloc(1, sizeof(*p));
        p->ctl = ctl;
        p->name = xstrdup(r->name);
        p->due = loop_timer_new(ctl->loop, on_due, p);
        HASH_ADD_KEYPTR(hh, ctl->purgings, p->name, strlen(p->name), p);
    }
    text_set(&p->uid, uid);
    p->since_sec = TIME_UNSET; /* perhaps it is another length of time */
}

void purge_forget(struct controller *ctl, const char *name)
{
    struct purging *p = purging_find(ctl, name);
    if (p)
        purging_free(p);
}

void purge_consider(struct controller *ctl)
{
    struct purging *p, *tmp;
    HASH_ITER (hh, ctl->purgings, p, tmp)
        consider(p);
}

void purge_free(struct controller *ctl)
{
    struct purging *p, *tmp;
    HASH_ITER (hh, ctl->purgings, p, tmp)
        purging_free(p);
}

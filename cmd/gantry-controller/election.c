#include "cmd/gantry-controller/election.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"

#define LEASE_SEC_MAX 3600

struct election {
    struct election_options o;
    struct loop *loop;
    struct json *lease; /* as last seen or written; NULL: none was seen */
    bool gone;          /* that was deleted since */
    int64_t changed_ms; /* boot time: when it was seen to change */
    bool fresh;         /* `lease` is what the server has, as far as is known */
    bool leads;
    int64_t leads_until_ms; /* boot time */
    int64_t sent_ms;        /* boot time: of the write under way */
    struct kc_call *call;   /* at most one request */
    struct loop_timer *next, *deadline, *patience;
    struct loop_timer *end; /* NULL before it resigns */
    char *told;             /* what was said last of why it does not lead */
    loop_fn *resigned;
    void *resigned_arg;
};

static struct kc_ref lease_ref(const struct election *e, const char *name)
{
    return (struct kc_ref){.resource = &kc_leases, .ns = e->o.ns, .name = name};
}

/* ---- what the Lease says ---- */

static const char *holder(const struct election *e)
{
    return json_str_or(e->lease, "spec.holderIdentity", "");
}

static bool is_ours(const struct election *e)
{
    return strcmp(holder(e), e->o.self) == 0;
}

static int64_t lease_ms(const struct election *e)
{
    int64_t sec =
        json_int_or(e->lease, "spec.leaseDurationSeconds", ELECTION_LEASE_SEC);

    return MAX(1, MIN(sec, LEASE_SEC_MAX)) * 1000;
}

/* Nobody leads by it. */
static bool is_free(const struct election *e)
{
    if (!e->lease || !*holder(e) || is_ours(e))
        return true;
    if (e->o.has_ended && e->o.has_ended(holder(e)))
        return true;
    return loop_mono_ms(e->loop) - e->changed_ms >= lease_ms(e);
}

/* Also for an equal one, where that is what we wrote. */
static void keep(struct election *e, const struct json *lease)
{
    const char *old = json_str_or(e->lease, "metadata.resourceVersion", "");
    const char *new = json_str_or(lease, "metadata.resourceVersion", "");

    if (!e->lease || strcmp(old, new) != 0)
        e->changed_ms = loop_mono_ms(e->loop);
    json_free(e->lease);
    e->lease = json_copy(lease);
    e->gone = false;
    e->fresh = true;
}

/* ---- to lead or not ---- */

/* Once, until there is something else to say. */
static void say(struct election *e, enum log_level level, const char *text)
{
    if (e->told && strcmp(e->told, text) == 0)
        return;
    free(e->told);
    e->told = xstrdup(text);
    log_line(e->o.log, level, "%s", text);
}

static void lose(struct election *e, const char *why)
{
    if (!e->leads)
        return;
    e->leads = false;
    loop_timer_stop(e->deadline);
    log_warn(e->o.log, "leads no more: %s", why);
    e->o.turned(e->o.arg, false);
}

static void on_deadline(void *arg)
{
    lose(arg, "its Lease could not be renewed in time");
}

/* By the write that has just succeeded; false: it took so long that it is worth
 * nothing. */
static bool win(struct election *e)
{
    const int64_t left_ms = e->sent_ms + ELECTION_DEADLINE_MS - loop_mono_ms(e->loop);

    if (left_ms <= 0)
        return false;
    e->leads_until_ms = e->sent_ms + ELECTION_DEADLINE_MS;
    loop_timer_start(e->deadline, left_ms);
    if (e->leads)
        return true;
    e->leads = true;
    AUTO_FREE char *text = xasprintf("leads, as %s", e->o.self);
    say(e, LOG_INFO, text);
    e->o.turned(e->o.arg, true);
    return true;
}

bool election_leads(const struct election *e)
{
    return e->leads && loop_fresh_mono_ms(e->loop) < e->leads_until_ms;
}

/* ---- requests ---- */

static void look_again(struct election *e)
{
    const int64_t ms = ELECTION_RETRY_MS;

    /* Candidates that began together should not go on so. */
    loop_timer_start(
        e->next,
        e->leads ? ms : ms + (int64_t)rng_below(&e->o.rng, (uint64_t)ms * 6 / 5));
}

static void ask(struct election *e, struct kc_call *call)
{
    e->call = call;
    kc_once(call);
    e->sent_ms = loop_mono_ms(e->loop);
    loop_timer_start(e->patience, ELECTION_REQUEST_MS);
}

static void give_up(struct election *e);

/* True: the election goes on; false: this was the last answer it waited for. */
static bool answered(struct election *e)
{
    e->call = NULL;
    loop_timer_stop(e->patience);
    if (e->resigned)
        give_up(e);
    return !e->resigned;
}

static void failed(struct election *e, const char *what, const struct kc_result *r)
{
    AUTO_FREE char *text =
        xasprintf("Lease %s/%s: %s: %s", e->o.ns, e->o.name, what, r->message);

    e->fresh = false;
    say(e, LOG_WARN, text);
    look_again(e);
}

static void on_written(void *arg, const struct kc_result *r)
{
    struct election *e = arg;

    if (r->outcome == KC_OK)
        keep(e, r->body);
    if (!answered(e))
        return;
    if (r->outcome == KC_OK) {
        loop_timer_start(e->next, win(e) ? ELECTION_RENEW_MS : 0);
    } else if (r->reason == KC_REASON_CONFLICT ||
               r->reason == KC_REASON_ALREADY_EXISTS) {
        e->fresh = false;
        loop_timer_start(e->next, 0); /* somebody was faster: who? */
    } else {
        failed(e, "write", r);
    }
}

/* The Lease as it is while we hold it; the caller frees it. */
static struct json *ours(const struct election *e)
{
    char now[TIME_TEXT_MAX];
    const struct json *old = e->gone ? NULL : e->lease;
    struct json *lease =
        old ? json_copy(old)
            : json_build("{'apiVersion':'coordination.k8s.io/v1','kind':'Lease',"
                         "'metadata':{'name':%s,'namespace':%s}}",
                         e->o.name, e->o.ns);

    time_format_micro(loop_now_ms(e->loop), now);
    json_set_at(lease, "spec.renewTime", json_new_string(now));
    json_set_at(lease, "spec.leaseDurationSeconds", json_new_int(ELECTION_LEASE_SEC));
    if (old && is_ours(e))
        return lease;
    json_set_at(lease, "spec.holderIdentity", json_new_string(e->o.self));
    json_set_at(lease, "spec.acquireTime", json_new_string(now));
    if (old)
        json_set_at(lease, "spec.leaseTransitions",
                    json_new_int(json_int_or(old, "spec.leaseTransitions", 0) + 1));
    return lease;
}

static void on_namespace(void *arg, const struct kc_result *r)
{
    struct election *e = arg;

    if (!answered(e))
        return;
    if (r->outcome != KC_OK && r->reason != KC_REASON_ALREADY_EXISTS)
        failed(e, "create its namespace", r);
    else
        loop_timer_start(e->next, 0);
}

static void on_created(void *arg, const struct kc_result *r)
{
    struct election *e = arg;

    if (r->outcome != KC_REFUSED || r->reason != KC_REASON_NOT_FOUND) {
        on_written(e, r);
        return;
    }
    if (!answered(e))
        return;
    JSON_AUTO struct json *body = json_build(
        "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':%s}}", e->o.ns);
    const struct kc_ref ref = {.resource = &kc_namespaces};
    ask(e, kc_create(e->o.client, &ref, body, on_namespace, e));
}

static void claim(struct election *e)
{
    JSON_AUTO struct json *lease = ours(e);
    const bool none = e->gone || !e->lease;
    const struct kc_ref ref = lease_ref(e, none ? NULL : e->o.name);

    ask(e, none ? kc_create(e->o.client, &ref, lease, on_created, e)
                : kc_update(e->o.client, &ref, lease, on_written, e));
}

static void consider(struct election *e)
{
    if (*holder(e) && !is_ours(e))
        lose(e, "another has its Lease");
    if (is_free(e)) {
        claim(e);
        return;
    }
    AUTO_FREE char *text = xasprintf("stands by: %s leads", holder(e));
    say(e, LOG_INFO, text);
    look_again(e);
}

static void on_read(void *arg, const struct kc_result *r)
{
    struct election *e = arg;

    if (!answered(e))
        return;
    if (r->outcome == KC_OK)
        keep(e, r->body);
    else if (r->outcome == KC_REFUSED && r->reason == KC_REASON_NOT_FOUND)
        e->gone = e->fresh = true;
    else {
        failed(e, "read", r);
        return;
    }
    consider(e);
}

/* A leader's own copy is as the server has it, or the write says so. */
static void on_next(void *arg)
{
    struct election *e = arg;

    if (e->leads && e->fresh) {
        claim(e);
        return;
    }
    const struct kc_ref ref = lease_ref(e, e->o.name);
    ask(e, kc_get(e->o.client, &ref, on_read, e));
}

static void on_no_answer(void *arg)
{
    struct election *e = arg;
    const struct kc_result nothing = {.outcome = KC_UNKNOWN, .message = "no answer"};

    kc_cancel(TAKE(e->call));
    failed(e, "request", &nothing);
}

/* ---- life ---- */

struct election *election_new(const struct election_options *options)
{
    struct election *e = xcalloc(1, sizeof(*e));

    e->o = *options;
    e->loop = kc_client_loop(options->client);
    e->next = loop_timer_new(e->loop, on_next, e);
    e->deadline = loop_timer_new(e->loop, on_deadline, e);
    e->patience = loop_timer_new(e->loop, on_no_answer, e);
    loop_timer_start(e->next, 0);
    return e;
}

void election_free(struct election *e)
{
    if (!e)
        return;
    if (e->call)
        kc_cancel(e->call);
    loop_timer_free(e->next);
    loop_timer_free(e->deadline);
    loop_timer_free(e->patience);
    loop_timer_free(e->end);
    json_free(e->lease);
    free(e->told);
    free(e);
}

/* ---- the end ---- */

static void on_resigned(void *arg)
{
    struct election *e = arg;

    if (e->call)
        kc_cancel(TAKE(e->call));
    e->resigned(e->resigned_arg);
}

static void on_given_up(void *arg, const struct kc_result *r)
{
    struct election *e = arg;

    e->call = NULL;
    if (r->outcome != KC_OK)
        log_warn(e->o.log, "Lease %s/%s: give up: %s", e->o.ns, e->o.name, r->message);
    loop_timer_start(e->end, 0);
}

/* As client-go does: no holder, and one second. */
static void give_up(struct election *e)
{
    if (!e->lease || e->gone || !is_ours(e)) {
        loop_timer_start(e->end, 0);
        return;
    }
    JSON_AUTO struct json *lease = json_copy(e->lease);
    const struct kc_ref ref = lease_ref(e, e->o.name);
    json_del(json_get(lease, "spec"), "holderIdentity");
    json_set_at(lease, "spec.leaseDurationSeconds", json_new_int(1));
    e->call = kc_update(e->o.client, &ref, lease, on_given_up, e);
    kc_once(e->call);
}

void election_resign(struct election *e, loop_fn *done, void *arg)
{
    e->leads = false;
    e->resigned = done;
    e->resigned_arg = arg;
    loop_timer_stop(e->next);
    loop_timer_stop(e->deadline);
    loop_timer_stop(e->patience);
    e->end = loop_timer_new(e->loop, on_resigned, e);
    loop_timer_start(e->end, ELECTION_RESIGN_MS);
    if (!e->call) /* else when that has ended */
        give_up(e);
}

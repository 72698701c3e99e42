#include "kubeclient/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct kc_probe {
    struct kc_client *client;
    const struct kc_resource *resource;
    struct log *log;
    void (*done)(void *arg, const char *refusal);
    void *arg;
    struct kc_call *call;
    struct loop_timer *again;
    const char *missing; /* what the log says is; NULL: nothing was */
};

/* Says once what is missing; again when it is something else. */
static void complain(struct kc_probe *p, const char *missing, const char *why)
{
    if (!p->missing || strcmp(p->missing, missing) != 0)
        log_warn(p->log, "%s: %s; trying on", missing, why);
    p->missing = missing;
}

static void not_served(struct kc_probe *p)
{
    AUTO_FREE char *why =
        xasprintf("no %s in %s/%s: apply its CustomResourceDefinition",
                  p->resource->plural, p->resource->group, p->resource->version);

    complain(p, "API server lacks a resource", why);
}

static void probed(void *arg, const struct kc_result *result)
{
    struct kc_probe *p = arg;
    struct err err = ERR_INIT;
    p->call = NULL;
    if (result->outcome == KC_OK) {
        if (p->missing)
            log_info(p->log, "API server answers");
        p->done(p->arg, NULL);
        return;
    }
    kc_result_err(result, &err);
    if (result->reason == KC_REASON_UNAUTHORIZED ||
        result->reason == KC_REASON_FORBIDDEN) {
        err_prefix(&err, "API server refuses these credentials");
        p->done(p->arg, err.msg);
        return;
    }
    if (result->reason == KC_REASON_NOT_FOUND)
        not_served(p);
    else
        complain(p, "API server does not answer", err.msg);
    loop_timer_start(p->again, PROBE_RETRY_MS);
}

static void ask(void *arg)
{
    struct kc_probe *p = arg;
    struct kc_ref ref = {.resource = p->resource};
    p->call = kc_list(p->client, &ref, "limit=1", probed, p);
    kc_once(p->call);
}

struct kc_probe *kc_probe_new(struct kc_client *client,
                              const struct kc_resource *resource, struct log *log,
                              void (*done)(void *arg, const char *refusal), void *arg)
{
    struct kc_probe *p = xcalloc(1, sizeof(*p));
    *p = (struct kc_probe){
        .client = client, .resource = resource, .log = log, .done = done, .arg = arg};
    p->again = loop_timer_new(kc_client_loop(client), ask, p);
    ask(p);
    return p;
}

void kc_probe_free(struct kc_probe *p)
{
    if (!p)
        return;
    if (p->call)
        kc_cancel(p->call);
    loop_timer_free(p->again);
    free(p);
}

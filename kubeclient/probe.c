#include "kubeclient/probe.h"

#include <stdlib.h>

#include "base/util.h"

struct kc_probe {
    struct kc_client *client;
    const struct kc_resource *resource;
    struct log *log;
    void (*done)(void *arg, const char *refusal);
    void *arg;
    struct kc_call *call;
    struct loop_timer *again;
    bool unreachable;
};

static void probed(void *arg, const struct kc_result *result)
{
    struct kc_probe *p = arg;
    struct err err = ERR_INIT;
    p->call = NULL;
    if (result->outcome == KC_OK) {
        if (p->unreachable)
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
    if (!p->unreachable)
        log_warn(p->log, "API server does not answer: %s; trying on", err.msg);
    p->unreachable = true;
    loop_timer_start(p->again, PROBE_RETRY_MS);
}

static void ask(void *arg)
{
    struct kc_probe *p = arg;
    struct kc_ref ref = {.resource = p->resource};
    p->call = kc_list(p->client, &ref, "limit=1", probed, p);
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

#include "kubeclient/probe.h"

#include <stdlib.h>

#include "base/util.h"

/* What was told last: each is told once, until there is another. */
enum trouble { NO_TROUBLE, SILENT, NOT_READY, NOT_SERVED, NOT_KUBERNETES };

struct kc_probe {
    struct kc_client *client;
    const struct kc_resource *resource;
    struct log *log;
    void (*done)(void *arg, const char *refusal);
    void *arg;
    struct kc_call *call;
    struct loop_timer *again;
    enum trouble told;
    struct err forbidden;      /* the last 403, until another answer comes */
    int64_t forbidden_from_ms; /* when the first of them came; -1: the last was none */
    bool ready;                /* so it says, and is asked once more */
};

/* The answer in a line. That a question has an unknown outcome means nothing. */
static void describe(const struct kc_result *result, struct err *err)
{
    struct kc_result said = *result;

    said.outcome = KC_REFUSED;
    if (said.reason == KC_REASON_NONE)
        err_set(err, ERR_INVALID, "%d: another kind of answer", said.http_status);
    else
        kc_result_err(&said, err);
}

static void try_on(struct kc_probe *p, enum trouble trouble, const char *line)
{
    if (p->told != trouble)
        log_warn(p->log, "%s; trying on", line);
    p->told = trouble;
    loop_timer_start(p->again, PROBE_RETRY_MS);
}

static void refuse(struct kc_probe *p, struct err *err)
{
    err_prefix(err, "API server refuses these credentials");
    p->done(p->arg, err->msg);
}

/* ---- what is there? ---- */

static void tell_not_served(struct kc_probe *p, const char *version)
{
    const struct kc_resource *r = p->resource;
    struct err err = ERR_INIT;

    err_set(&err, ERR_NOT_FOUND, "API server (%.40s) has no %s in %s%s%s%s", version,
            r->plural, r->group, r->group[0] ? "/" : "", r->version,
            r->group[0] ? ": apply its CustomResourceDefinition" : "");
    err_flatten(&err);
    try_on(p, NOT_SERVED, err.msg);
}

static void on_version(void *arg, const struct kc_result *result)
{
    struct kc_probe *p = arg;
    const char *version = json_str(result->body, "gitVersion");
    struct err err = ERR_INIT;

    p->call = NULL;
    if (version) {
        tell_not_served(p, version);
        return;
    }
    describe(result, &err);
    err_prefix(&err, "what answers is no Kubernetes API server");
    try_on(p, NOT_KUBERNETES, err.msg);
}

/* ---- have we no rights, or does it not know them yet? ---- */

static void probe(void *arg);

static void on_ready(void *arg, const struct kc_result *result)
{
    struct kc_probe *p = arg;
    const int64_t waited_ms =
        loop_mono_ms(kc_client_loop(p->client)) - p->forbidden_from_ms;

    p->call = NULL;
    if (result->http_status == 200) {
        p->ready = true;
        probe(p);
    } else if (waited_ms >= PROBE_RIGHTS_MS) {
        refuse(p, &p->forbidden);
    } else {
        err_prefix(&p->forbidden, "API server is not ready");
        try_on(p, NOT_READY, p->forbidden.msg);
    }
}

static void on_forbidden(struct kc_probe *p, const struct err *err)
{
    p->forbidden = *err;
    if (p->forbidden_from_ms < 0)
        p->forbidden_from_ms = loop_mono_ms(kc_client_loop(p->client));
    if (p->ready) {
        refuse(p, &p->forbidden);
        return;
    }
    p->call = kc_raw(p->client, "GET", "/readyz", NULL, NULL, on_ready, p);
    kc_once(p->call);
}

/* ---- is it there? ---- */

static bool is_list(const struct kc_result *result)
{
    return result->outcome == KC_OK &&
           str_ends(json_str_or(result->body, "kind", ""), "List");
}

static void on_list(void *arg, const struct kc_result *result)
{
    struct kc_probe *p = arg;
    struct err err = ERR_INIT;

    p->call = NULL;
    if (is_list(result)) {
        if (p->told != NO_TROUBLE)
            log_info(p->log, "API server answers");
        p->done(p->arg, NULL);
        return;
    }
    describe(result, &err);
    if (result->reason == KC_REASON_FORBIDDEN) {
        on_forbidden(p, &err);
        return;
    }
    p->ready = false;
    p->forbidden_from_ms = -1;
    if (result->reason == KC_REASON_UNAUTHORIZED) {
        refuse(p, &err);
    } else if (result->http_status == 0) {
        err_prefix(&err, "API server does not answer");
        try_on(p, SILENT, err.msg);
    } else if (result->http_status == 429 || result->http_status >= 500) {
        err_prefix(&err, "API server is not ready");
        try_on(p, NOT_READY, err.msg);
    } else {
        p->call = kc_raw(p->client, "GET", "/version", NULL, NULL, on_version, p);
        kc_once(p->call);
    }
}

/* The client's own repeats would keep the first failure back for ten seconds. */
static void probe(void *arg)
{
    struct kc_probe *p = arg;
    const struct kc_ref ref = {.resource = p->resource};

    p->call = kc_list(p->client, &ref, "limit=1", on_list, p);
    kc_once(p->call);
}

struct kc_probe *kc_probe_new(struct kc_client *client,
                              const struct kc_resource *resource, struct log *log,
                              void (*done)(void *arg, const char *refusal), void *arg)
{
    struct kc_probe *p = xcalloc(1, sizeof(*p));

    *p = (struct kc_probe){.client = client,
                           .resource = resource,
                           .log = log,
                           .done = done,
                           .arg = arg,
                           .forbidden_from_ms = -1};
    p->again = loop_timer_new(kc_client_loop(client), probe, p);
    probe(p);
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

#include "cmd/gantry-controller/licensemap.h"

#include <stdlib.h>

#include "base/util.h"
#include "crds/licenses.h"

#define NAME "licenses"
#define RETRY_MS 5000
#define TEXT_MAX (LICENSES_MAX * (LICENSE_NAME_MAX + 16))

struct licensemap {
    struct kc_client *client;
    struct log *log;
    char *ns;
    const struct license_table *table;
    struct kc_call *call; /* at most one request */
    bool again;           /* wanted while it is under way */
    struct loop_timer *retry;
};

static struct kc_ref map_ref(const struct licensemap *m, const char *name)
{
    return (struct kc_ref){.resource = &kc_configmaps, .ns = m->ns, .name = name};
}

static void fetch(void *arg);

static void trouble(struct licensemap *m, const char *what, const struct kc_result *r)
{
    log_warn(m->log, "%s ConfigMap %s/" NAME ": %s", what, m->ns, r->message);
    loop_timer_start(m->retry, RETRY_MS);
}

static void on_written(void *arg, const struct kc_result *r)
{
    struct licensemap *m = arg;
    m->call = NULL;
    if (r->outcome != KC_OK)
        trouble(m, "write", r);
    else if (m->again)
        fetch(m);
}

static void create(struct licensemap *m, const char *text)
{
    JSON_AUTO struct json *body =
        json_build("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" NAME
                   "','namespace':%s},'data':{'licenses':%s}}",
                   m->ns, text);
    struct kc_ref ref = map_ref(m, NULL);
    m->call = kc_create(m->client, &ref, body, on_written, m);
}

static void change(struct licensemap *m, const char *text)
{
    JSON_AUTO struct json *patch = json_build("{'data':{'licenses':%s}}", text);
    struct kc_ref ref = map_ref(m, NAME);
    m->call = kc_patch(m->client, &ref, KC_PATCH_MERGE, patch, on_written, m);
}

static void on_read(void *arg, const struct kc_result *r)
{
    struct licensemap *m = arg;
    STR_AUTO struct str text;
    const bool none = r->outcome != KC_OK && r->reason == KC_REASON_NOT_FOUND;
    m->call = NULL;
    str_init(&text, TEXT_MAX);
    license_table_format(m->table, &text);
    if (r->outcome != KC_OK && !none)
        trouble(m, "read", r);
    else if (none && text.len > 0)
        create(m, text.s);
    else if (!none && !str_eq(json_str(r->body, "data.licenses"), text.s))
        change(m, text.s);
    else if (m->again)
        fetch(m);
}

static void fetch(void *arg)
{
    struct licensemap *m = arg;
    struct kc_ref ref = map_ref(m, NAME);
    m->again = m->call != NULL;
    if (!m->call)
        m->call = kc_get(m->client, &ref, on_read, m);
}

struct licensemap *licensemap_new(struct kc_client *client, struct log *log,
                                  const char *ns, const struct license_table *table)
{
    struct licensemap *m = xcalloc(1, sizeof(*m));
    m->client = client;
    m->log = log;
    m->ns = xstrdup(ns);
    m->table = table;
    m->retry = loop_timer_new(kc_client_loop(client), fetch, m);
    return m;
}

void licensemap_free(struct licensemap *m)
{
    if (!m)
        return;
    if (m->call)
        kc_cancel(m->call);
    loop_timer_free(m->retry);
    free(m->ns);
    free(m);
}

void licensemap_want(struct licensemap *m)
{
    fetch(m);
}

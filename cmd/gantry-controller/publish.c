#include "cmd/gantry-controller/publish.h"

#include <stdlib.h>

#include "base/util.h"

#define RETRY_MS 5000

struct publish {
    struct kc_client *client;
    struct log *log;
    char *ns;
    enum published map;
    const struct settings *settings;
    struct kc_call *call; /* at most one request */
    bool again;           /* wanted while it is under way */
    struct loop_timer *retry;
};

static struct kc_ref map_ref(const struct publish *p, const char *name)
{
    return (struct kc_ref){.resource = &kc_configmaps, .ns = p->ns, .name = name};
}

static void fetch(void *arg);

static void trouble(struct publish *p, const char *what, const struct kc_result *r)
{
    log_warn(p->log, "%s ConfigMap %s/%s: %s", what, p->ns, published_name(p->map),
             r->message);
    loop_timer_start(p->retry, RETRY_MS);
}

static void on_written(void *arg, const struct kc_result *r)
{
    struct publish *p = arg;
    p->call = NULL;
    if (r->outcome != KC_OK)
        trouble(p, "write", r);
    else if (p->again)
        fetch(p);
}

static void create(struct publish *p, const struct json *data)
{
    JSON_AUTO struct json *body =
        json_build("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':%s,"
                   "'namespace':%s}}",
                   published_name(p->map), p->ns);
    struct kc_ref ref = map_ref(p, NULL);
    json_set_at(body, "data", json_copy(data));
    p->call = kc_create(p->client, &ref, body, on_written, p);
}

static void change(struct publish *p, const struct json *data)
{
    JSON_AUTO struct json *patch = json_new_object();
    struct kc_ref ref = map_ref(p, published_name(p->map));
    json_set_at(patch, "data", json_copy(data));
    p->call = kc_patch(p->client, &ref, KC_PATCH_MERGE, patch, on_written, p);
}

/* Does the map have these texts? What else is in it is somebody else's. */
static bool says(const struct json *map, const struct json *data)
{
    for (json_each (it, data))
        if (!str_eq(json_str(json_get(map, "data"), it.key), json_string(it.val)))
            return false;
    return true;
}

static void on_read(void *arg, const struct kc_result *r)
{
    struct publish *p = arg;
    JSON_AUTO struct json *data = published_data(p->map, p->settings);
    const bool none = r->outcome != KC_OK && r->reason == KC_REASON_NOT_FOUND;
    p->call = NULL;
    if (r->outcome != KC_OK && !none)
        trouble(p, "read", r);
    else if (none && published_is_used(p->map, p->settings))
        create(p, data);
    else if (!none && !says(r->body, data))
        change(p, data);
    else if (p->again)
        fetch(p);
}

static void fetch(void *arg)
{
    struct publish *p = arg;
    struct kc_ref ref = map_ref(p, published_name(p->map));
    p->again = p->call != NULL;
    if (!p->call)
        p->call = kc_get(p->client, &ref, on_read, p);
}

struct publish *publish_new(struct kc_client *client, struct log *log, const char *ns,
                            enum published map, const struct settings *settings)
{
    struct publish *p = xcalloc(1, sizeof(*p));
    p->client = client;
    p->log = log;
    p->ns = xstrdup(ns);
    p->map = map;
    p->settings = settings;
    p->retry = loop_timer_new(kc_client_loop(client), fetch, p);
    return p;
}

void publish_free(struct publish *p)
{
    if (!p)
        return;
    if (p->call)
        kc_cancel(p->call);
    loop_timer_free(p->retry);
    free(p->ns);
    free(p);
}

void publish_want(struct publish *p)
{
    fetch(p);
}

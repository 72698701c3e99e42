#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/podspec_private.h"

#define SLEEP_MAX_SEC (366 * 86400)
/* A request has no timeout of its own: the grace period ends one before the end. */
#define HTTP_TIMEOUT_SEC SLEEP_MAX_SEC

struct read {
    struct pod_spec *spec;
    const struct container_spec *c;
    const struct json *container;
};

/* exec, httpGet and sleep; the rest is noted as what cannot be had. */
static int read_hook(const struct read *r, struct hook_spec *ret, const char *name,
                     struct err *err)
{
    const struct json *hook = json_get(json_get(r->container, "lifecycle"), name);

    for (json_each (it, hook)) {
        if (str_eq(it.key, "exec")) {
            if (podspec_read_words(&ret->command, it.val, "command", err) < 0)
                return err_prefix(err, "lifecycle.%s.exec", name);
        } else if (str_eq(it.key, "httpGet")) {
            podspec_read_http(&ret->http, r->container, it.val);
            ret->http.is_hook = true;
            ret->http.timeout_sec = HTTP_TIMEOUT_SEC;
        } else if (str_eq(it.key, "sleep")) {
            ret->sleep_sec =
                MIN(MAX(json_int_or(it.val, "seconds", 0), 0), SLEEP_MAX_SEC);
        } else {
            podspec_need(r->spec,
                         xasprintf("lifecycle.%s.%.60s of container \"%.100s\"", name,
                                   it.key, r->c->name));
        }
    }
    return 0;
}

int podspec_read_hooks(struct pod_spec *spec, struct container_spec *c,
                       const struct json *container, struct err *err)
{
    const struct read r = {spec, c, container};

    c->post_start.sleep_sec = c->pre_stop.sleep_sec = -1;
    if (json_at(container, "lifecycle.stopSignal"))
        podspec_need(
            spec, xasprintf("lifecycle.stopSignal of container \"%.100s\"", c->name));
    if (read_hook(&r, &c->post_start, "postStart", err) < 0)
        return -1;
    return read_hook(&r, &c->pre_stop, "preStop", err);
}

void podspec_free_hooks(struct container_spec *c)
{
    words_free(c->post_start.command);
    words_free(c->pre_stop.command);
    podspec_free_probe(&c->post_start.http);
    podspec_free_probe(&c->pre_stop.http);
}

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/podspec_private.h"

#define SLEEP_MAX_SEC (366 * 86400)

/* exec and sleep; the rest is noted as what cannot be had. */
static int read_hook(struct pod_spec *spec, const struct container_spec *c,
                     struct hook_spec *ret, const struct json *hook, const char *name,
                     struct err *err)
{
    for (json_each (it, hook)) {
        if (str_eq(it.key, "exec")) {
            if (podspec_read_words(&ret->command, it.val, "command", err) < 0)
                return err_prefix(err, "lifecycle.%s.exec", name);
        } else if (str_eq(it.key, "sleep")) {
            ret->sleep_sec =
                MIN(MAX(json_int_or(it.val, "seconds", 0), 0), SLEEP_MAX_SEC);
        } else {
            podspec_need(spec, xasprintf("lifecycle.%s.%.60s of container \"%.100s\"",
                                         name, it.key, c->name));
        }
    }
    return 0;
}

int podspec_read_hooks(struct pod_spec *spec, struct container_spec *c,
                       const struct json *container, struct err *err)
{
    const struct json *lifecycle = json_get(container, "lifecycle");

    c->post_start.sleep_sec = c->pre_stop.sleep_sec = -1;
    if (json_get(lifecycle, "stopSignal"))
        podspec_need(
            spec, xasprintf("lifecycle.stopSignal of container \"%.100s\"", c->name));
    if (read_hook(spec, c, &c->post_start, json_get(lifecycle, "postStart"),
                  "postStart", err) < 0)
        return -1;
    return read_hook(spec, c, &c->pre_stop, json_get(lifecycle, "preStop"), "preStop",
                     err);
}

void podspec_free_hooks(struct container_spec *c)
{
    words_free(c->post_start.command);
    words_free(c->pre_stop.command);
}

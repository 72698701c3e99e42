#include "cmd/gantry/clusterconf.h"

#include "crds/settings.h"

int clusterconf_fetch(struct api *c, const char *ns, enum published map,
                      struct settings *settings, struct err *err)
{
    const struct kc_ref ref = {&kc_configmaps, ns ? ns : CONTROLLER_NAMESPACE,
                               published_name(map), NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_get(c, &ref, &a, err) < 0)
        return a.reason == KC_REASON_NOT_FOUND ? 0 : -1;
    return published_read(map, json_get(a.body, "data"), settings, err);
}

/* kind_default_pod - defaults of pods, and of their specs in templates. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_default_priv.h"

/* What is not pinned to a version is looked for anew at each start. */
static const char *pull_policy(const char *image)
{
    const char *name = strrchr(image, '/');
    const char *tag;

    name = name != NULL ? name + 1 : image;
    if (strchr(name, '@') != NULL)
        return "IfNotPresent";
    tag = strchr(name, ':');
    return tag == NULL || strcmp(tag, ":latest") == 0 ? "Always" : "IfNotPresent";
}

static void default_pull_policies(struct json *pod_spec)
{
    static const char *const lists[] = {"containers", "initContainers",
                                        "ephemeralContainers"};

    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *list = json_get(pod_spec, lists[l]);
        for (size_t i = 0; i < json_len(list); i++) {
            struct json *c = json_item(list, i);
            const char *image = json_str(c, "image");
            if (image != NULL && json_get(c, "imagePullPolicy") == NULL)
                json_set(c, "imagePullPolicy", json_new_string(pull_policy(image)));
        }
    }
}

static void default_volumes(struct json *pod_spec)
{
    const struct json *volumes = json_get(pod_spec, "volumes");

    for (size_t i = 0; i < json_len(volumes); i++)
        if (json_is(json_item(volumes, i), JSON_OBJECT) &&
            json_len(json_item(volumes, i)) == 1)
            json_set(json_item(volumes, i), "emptyDir", json_new_object());
}

/* On the node's own network a port is the node's. */
static void default_host_ports(struct json *pod_spec)
{
    static const char *const lists[] = {"containers", "initContainers"};

    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        const struct json *list = json_get(pod_spec, lists[l]);
        for (size_t i = 0; i < json_len(list); i++) {
            const struct json *ports = json_get(json_item(list, i), "ports");
            for (size_t k = 0; k < json_len(ports); k++)
                default_put(
                    json_item(ports, k), "hostPort",
                    json_new_int(json_int_or(json_item(ports, k), "containerPort", 0)));
        }
    }
}

void default_pod_spec(struct json *spec)
{
    const char *account = json_str(spec, "serviceAccountName");

    if (!json_is(spec, JSON_OBJECT))
        return;
    default_pull_policies(spec);
    default_volumes(spec);
    if (json_bool_or(spec, "hostNetwork", false))
        default_host_ports(spec);
    /* The deprecated name reads the same. */
    if (account != NULL && json_get(spec, "serviceAccount") == NULL)
        json_set(spec, "serviceAccount", json_new_string(account));
}

/* "podIP" is the first of "podIPs". */
static void default_addresses(struct json *status, const char *one, const char *all)
{
    const char *address = json_str(status, one);

    if (address != NULL && address[0] && json_get(status, all) == NULL)
        json_set(status, all, json_build("[{'ip': %s}]", address));
}

void default_pod(struct json *pod)
{
    if (json_is(json_get(pod, "spec"), JSON_OBJECT))
        default_put(pod, "spec.enableServiceLinks", json_new_bool(true));
    default_pod_spec(json_get(pod, "spec"));
    default_addresses(json_get(pod, "status"), "podIP", "podIPs");
    default_addresses(json_get(pod, "status"), "hostIP", "hostIPs");
}

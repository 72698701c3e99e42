/* kind_default - defaults of core kinds that depend on the object. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"

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

static void default_pod_spec(struct json *spec)
{
    const char *account = json_str(spec, "serviceAccountName");

    if (!json_is(spec, JSON_OBJECT))
        return;
    default_pull_policies(spec);
    default_volumes(spec);
    /* The deprecated name reads the same. */
    if (account != NULL && json_get(spec, "serviceAccount") == NULL)
        json_set(spec, "serviceAccount", json_new_string(account));
}

static void default_pod(struct json *pod)
{
    default_pod_spec(json_get(pod, "spec"));
}

static void default_template(struct json *object)
{
    default_pod_spec(json_at(object, "spec.template.spec"));
}

static void default_job(struct json *job)
{
    struct json *spec = json_get(job, "spec");

    default_template(job);
    if (!json_is(spec, JSON_OBJECT) || json_get(spec, "parallelism") != NULL)
        return;
    if (json_get(spec, "completions") == NULL)
        json_set(spec, "completions", json_new_int(1));
    json_set(spec, "parallelism", json_new_int(1));
}

static void default_service(struct json *service)
{
    const struct json *ports = json_at(service, "spec.ports");
    const char *ip = json_str(service, "spec.clusterIP");

    for (size_t i = 0; i < json_len(ports); i++) {
        struct json *port = json_item(ports, i);
        if (json_get(port, "targetPort") == NULL && json_get(port, "port") != NULL)
            json_set(port, "targetPort", json_copy(json_get(port, "port")));
    }
    if (ip != NULL && json_at(service, "spec.clusterIPs") == NULL)
        json_set_at(service, "spec.clusterIPs", json_build("[%s]", ip));
}

static char *base64(const char *bytes, size_t len)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = xmalloc((len + 2) / 3 * 4 + 1);
    char *p = out;

    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)(unsigned char)bytes[i] << 16;
        if (i + 1 < len)
            v |= (unsigned)(unsigned char)bytes[i + 1] << 8;
        if (i + 2 < len)
            v |= (unsigned char)bytes[i + 2];
        *p++ = digits[v >> 18];
        *p++ = digits[v >> 12 & 63];
        *p++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
        *p++ = i + 2 < len ? digits[v & 63] : '=';
    }
    *p = '\0';
    return out;
}

/* stringData is for writing only. */
static void default_secret(struct json *secret)
{
    const struct json *texts = json_get(secret, "stringData");

    if (!json_is(texts, JSON_OBJECT))
        return;
    if (!json_is(json_get(secret, "data"), JSON_OBJECT))
        json_set(secret, "data", json_new_object());
    for (json_each (it, texts)) {
        if (!json_is(it.val, JSON_STRING))
            continue;
        AUTO_FREE char *coded = base64(json_string(it.val), json_string_len(it.val));
        json_set(json_get(secret, "data"), it.key, json_new_string(coded));
    }
    json_del(secret, "stringData");
}

static const struct {
    const char *group, *plural;
    void (*fill)(struct json *object);
} hooks[] = {
    {"", "pods", default_pod},
    {"", "services", default_service},
    {"", "secrets", default_secret},
    {"apps", "deployments", default_template},
    {"apps", "daemonsets", default_template},
    {"apps", "replicasets", default_template},
    {"apps", "statefulsets", default_template},
    {"batch", "jobs", default_job},
};

void kind_default(const struct kind *kind, struct json *object)
{
    for (size_t i = 0; i < ARRAY_LEN(hooks) && !kind->is_custom; i++)
        if (strcmp(hooks[i].group, kind->group) == 0 &&
            strcmp(hooks[i].plural, kind->plural) == 0)
            hooks[i].fill(object);
}

#include "cmd/gantry-controller/podamount.h"

#include <string.h>

#include "base/quantity.h"
#include "base/str.h"
#include "base/util.h"

struct json *podamount_object(struct json *parent, const char *key)
{
    struct json *child = json_get(parent, key);
    if (json_is(child, JSON_OBJECT))
        return child;
    json_set(parent, key, json_new_object());
    return json_get(parent, key);
}

struct json *podamount_main(const struct json *pod)
{
    const struct json *list = json_at(pod, "spec.containers");
    const struct json *annotations = json_at(pod, "metadata.annotations");
    const struct json *named =
        json_get(annotations, "kubectl.kubernetes.io/default-container");
    for (size_t i = 0; json_is(named, JSON_STRING) && i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "name"), json_string(named)))
            return json_item(list, i);
    return json_len(list) > 0 ? json_item(list, 0) : NULL;
}

static int64_t amount_in(const struct json *list, const char *name, int resource)
{
    const struct json *val = json_get(list, name);
    int64_t amount = 0;
    if (val && resource == RES_CPU)
        quantity_read_milli(val, &amount, NULL);
    else if (val)
        quantity_read(val, &amount, NULL);
    return amount;
}

static void set_amount(struct json *list, const char *name, int resource,
                       int64_t amount)
{
    char text[QUANTITY_TEXT_MAX];
    if (resource == RES_CPU)
        quantity_format_milli(amount, text);
    else
        quantity_format_bytes(amount, text);
    json_set(list, name, json_new_string(text));
}

/* What is limited but not requested counts as requested; a limit that is there rises
 * with the request, and those of extended resources are equal to it. */
static void add_resource(struct json *resources, const char *name, int resource,
                         int64_t more)
{
    struct json *requests = podamount_object(resources, "requests"),
                *limits = json_get(resources, "limits");
    bool requested = json_get(requests, name), limited = json_get(limits, name);
    int64_t limit = amount_in(limits, name, resource),
            request = requested ? amount_in(requests, name, resource) : limit;
    set_amount(requests, name, resource, request + more);
    if (resource >= RES_FIXED)
        set_amount(podamount_object(resources, "limits"), name, resource,
                   request + more);
    else if (limited)
        set_amount(limits, name, resource, limit + more);
}

int podamount_add(const struct convert *c, struct json *pod, const struct resvec *each,
                  struct err *err)
{
    struct pod *own = convert_pod(c, pod, err);
    if (!own)
        return -1;
    struct json *resources = podamount_object(podamount_main(pod), "resources");
    for (int i = 0; i < c->resources->n; i++) {
        int64_t more = each->v[i] - own->use.v[i];
        if (i == RES_PODS || more <= 0)
            continue;
        add_resource(resources, c->resources->name[i], i, more);
    }
    pod_free(own);
    return 0;
}

/* ---- shared CPUs ---- */

/* What a container asks for, whether it says so or only limits it; 0: nothing. */
static int64_t cpu_asked(const struct json *resources)
{
    const struct json *requests = json_get(resources, "requests");
    return amount_in(json_get(requests, "cpu") ? requests
                                               : json_get(resources, "limits"),
                     "cpu", RES_CPU);
}

static void set_cpu(struct json *resources, int64_t milli)
{
    set_amount(podamount_object(resources, "requests"), "cpu", RES_CPU, milli);
}

/* A whole of which each keeps its part. */
struct part {
    int64_t of, whole;
};

static void lower(struct json *holder, struct part part)
{
    struct json *resources = json_get(holder, "resources");
    int64_t asked = cpu_asked(resources);
    if (asked > 0)
        set_cpu(resources, MAX((int64_t)((__int128)asked * part.of / part.whole), 1));
}

static void lower_all(struct json *pod, struct part part)
{
    static const char *const lists[] = {"containers", "initContainers"};
    struct json *spec = json_get(pod, "spec");
    lower(spec, part); /* what Kubernetes takes for the pod as a whole */
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        for (size_t k = 0; k < json_len(json_get(spec, lists[i])); k++)
            lower(json_item(json_get(spec, lists[i]), k), part);
}

static int read_cpu(const struct convert *c, const struct json *pod, int64_t *ret,
                    struct err *err)
{
    struct pod *own = convert_pod(c, pod, err);
    if (!own)
        return -1;
    *ret = own->use.v[RES_CPU];
    pod_free(own);
    return 0;
}

int podamount_share(const struct convert *c, struct json *pod, int64_t cpu_milli,
                    struct err *err)
{
    struct json *resources = podamount_object(podamount_main(pod), "resources");
    int64_t whole, left;
    if (read_cpu(c, pod, &whole, err) < 0)
        return -1;
    if (whole <= cpu_milli)
        return 0;
    lower_all(pod, (struct part){cpu_milli, whole});
    if (read_cpu(c, pod, &left, err) < 0)
        return -1;
    if (left < cpu_milli) /* parts are rounded down */
        set_cpu(resources, cpu_asked(resources) + cpu_milli - left);
    return 0;
}

#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"

static int amount_read(const struct json *value, const char *path, const char *name,
                       int64_t *ret, struct err *err)
{
    int failed = strcmp(name, "cpu") == 0 ? quantity_read_milli(value, ret, err)
                                          : quantity_read(value, ret, err);
    if (failed < 0)
        return err_prefix(err, "%s.%s", path, name);
    if (*ret < 0 || *ret > AMOUNT_MAX)
        return err_set(err, ERR_INVALID, "%s.%s: %s", path, name,
                       *ret < 0 ? "must not be negative" : "more than any machine has");
    return 0;
}

int resources_read(const struct convert *c, const struct json *list, const char *path,
                   bool optional, struct resvec *ret, struct err *err)
{
    if (list && !json_is(list, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: expected object", path);
    for (json_each (it, list)) {
        int64_t amount;
        if (amount_read(it.val, path, it.key, &amount, err) < 0)
            return -1;
        if (amount == 0)
            continue; /* a node's empty huge page sizes must not fill the table */
        int index = restable_intern(c->resources, it.key);
        if (index < 0 && optional)
            continue;
        if (index < 0)
            return err_set(err, ERR_TOO_LARGE,
                           "%s.%s: the cluster has more than %d kinds of resources",
                           path, it.key, RES_MAX);
        ret->v[index] = MIN(ret->v[index] + amount, AMOUNT_MAX);
    }
    return 0;
}

/* ---- the request of a pod ---- */

static void amounts_add(struct resvec *a, const struct resvec *b)
{
    for (int i = 0; i < RES_MAX; i++)
        a->v[i] = MIN(a->v[i] + b->v[i], AMOUNT_MAX);
}

static void resvec_max(struct resvec *a, const struct resvec *b)
{
    for (int i = 0; i < RES_MAX; i++)
        a->v[i] = MAX(a->v[i], b->v[i]);
}

/* Which record of a container's resources is summed. */
enum source { SOURCE_SPEC, SOURCE_STATUS, SOURCE_ALLOCATED };

/* `resources.requests`, and where a resource has only a limit, that (the API server's
 * default). */
static int spec_requests(const struct convert *c, const struct json *resources,
                         const char *path, struct resvec *ret, struct err *err)
{
    struct resvec limits = {0};
    const struct json *requests = json_get(resources, "requests");
    if (resources && !json_is(resources, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: expected object", path);
    AUTO_FREE char *requests_path = xasprintf("%s.requests", path);
    AUTO_FREE char *limits_path = xasprintf("%s.limits", path);
    if (resources_read(c, requests, requests_path, false, ret, err) < 0 ||
        resources_read(c, json_get(resources, "limits"), limits_path, false, &limits,
                       err) < 0)
        return -1;
    for (int i = 0; i < c->resources->n; i++)
        if (!json_get(requests, c->resources->name[i]))
            ret->v[i] = limits.v[i];
    return 0;
}

static const struct json *status_of(const struct json *status, const char *list,
                                    const char *name)
{
    const struct json *items = json_get(status, list);
    size_t n = json_is(items, JSON_ARRAY) ? json_len(items) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(json_str(json_item(items, i), "name"), name))
            return json_item(items, i);
    return NULL;
}

/* What one container counts in an account; a container that the status does not tell of
 * counts nothing there (the sum over spec is a lower bound anyway). */
static int container_requests(const struct convert *c, const struct json *container,
                              const struct json *its_status, enum source account,
                              struct resvec *ret, struct err *err)
{
    *ret = (struct resvec){0};
    const char *name = json_str_or(container, "name", "");
    AUTO_FREE char *path = xasprintf("container %.64s: resources", name);
    switch (account) {
    case SOURCE_SPEC:
        return spec_requests(c, json_get(container, "resources"), path, ret, err);
    case SOURCE_STATUS:
        return resources_read(c, json_at(its_status, "resources.requests"), path, true,
                              ret, err);
    case SOURCE_ALLOCATED:
        return resources_read(c, json_get(its_status, "allocatedResources"), path, true,
                              ret, err);
    }
    return -1;
}

struct summing {
    const struct convert *c;
    const struct json *status;
    enum source account;
    struct resvec containers; /* at once: containers and sidecars */
    struct resvec sidecars;   /* so far */
    struct resvec init_peak;
};

static int sum_list(struct summing *s, const struct json *spec, const char *list,
                    const char *status_list, struct err *err)
{
    const struct json *items = json_get(spec, list);
    bool init = strcmp(list, "initContainers") == 0;
    if (items && !json_is(items, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "%s: expected array", list);
    for (size_t i = 0; i < json_len(items); i++) {
        const struct json *item = json_item(items, i);
        struct resvec one;
        const struct json *its_status =
            status_of(s->status, status_list, json_str(item, "name"));
        if (container_requests(s->c, item, its_status, s->account, &one, err) < 0)
            return -1;
        if (!init) {
            amounts_add(&s->containers, &one);
        } else if (str_eq(json_str(item, "restartPolicy"), "Always")) {
            amounts_add(&s->containers, &one);
            amounts_add(&s->sidecars, &one);
            resvec_max(&s->init_peak, &s->sidecars);
        } else {
            amounts_add(&one, &s->sidecars);
            resvec_max(&s->init_peak, &one);
        }
    }
    return 0;
}

static int account_sum(const struct convert *c, const struct json *spec,
                       const struct json *status, enum source account,
                       struct resvec *ret, struct err *err)
{
    struct summing s = {.c = c, .status = status, .account = account};
    if (sum_list(&s, spec, "initContainers", "initContainerStatuses", err) < 0 ||
        sum_list(&s, spec, "containers", "containerStatuses", err) < 0)
        return -1;
    resvec_max(&s.containers, &s.init_peak);
    *ret = s.containers;
    return 0;
}

/* Pod-level requests take the place of the sums, for the resources they name. */
static int override_by(const struct convert *c, const struct json *requests,
                       const char *path, struct resvec *ret, struct err *err)
{
    struct resvec pod_level = {0};
    if (resources_read(c, requests, path, false, &pod_level, err) < 0)
        return -1;
    for (int i = 0; i < c->resources->n; i++)
        if (json_get(requests, c->resources->name[i]))
            ret->v[i] = pod_level.v[i];
    return 0;
}

static int status_sums(const struct convert *c, const struct json *spec,
                       const struct json *status, struct resvec *ret, struct err *err)
{
    struct resvec actual, allocated;
    const struct json *pod_actual = json_at(status, "resources.requests");
    const struct json *pod_allocated = json_get(status, "allocatedResources");
    if (account_sum(c, spec, status, SOURCE_STATUS, &actual, err) < 0 ||
        account_sum(c, spec, status, SOURCE_ALLOCATED, &allocated, err) < 0)
        return -1;
    if (pod_actual && pod_allocated &&
        (override_by(c, pod_actual, "status.resources.requests", &actual, err) < 0 ||
         override_by(c, pod_allocated, "status.allocatedResources", &allocated, err) <
             0))
        return -1;
    resvec_max(ret, &actual);
    resvec_max(ret, &allocated);
    return 0;
}

/* A resize that the kubelet finds infeasible: the new spec counts for nothing. */
static bool resize_is_infeasible(const struct json *status)
{
    const struct json *list = json_get(status, "conditions");
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct json *condition = json_item(list, i);
        if (str_eq(json_str(condition, "type"), "PodResizePending") &&
            str_eq(json_str(condition, "reason"), "Infeasible"))
            return true;
    }
    return false;
}

int podspec_requests(const struct convert *c, const struct json *spec,
                     const struct json *status, struct resvec *ret, struct err *err)
{
    struct resvec sum;
    if (account_sum(c, spec, NULL, SOURCE_SPEC, &sum, err) < 0)
        return -1;
    const struct json *pod_level = json_at(spec, "resources.requests");
    if (override_by(c, pod_level, "spec.resources.requests", &sum, err) < 0)
        return -1;
    if (resize_is_infeasible(status))
        sum = (struct resvec){0};
    if (status && status_sums(c, spec, status, &sum, err) < 0)
        return -1;
    if (resources_read(c, json_get(spec, "overhead"), "spec.overhead", false, &sum,
                       err) < 0)
        return -1;
    *ret = sum;
    return 0;
}

int podspec_default_container(const struct json *metadata, const struct json *spec)
{
    const struct json *containers = json_get(spec, "containers");
    size_t n = json_is(containers, JSON_ARRAY) ? json_len(containers) : 0;
    const char *name = json_text_of(
        json_get(json_get(metadata, "annotations"), ANNOTATION_DEFAULT_CONTAINER));
    if (!name)
        return n > 0 ? 0 : -1;
    for (size_t i = 0; i < n; i++)
        if (str_eq(json_str(json_item(containers, i), "name"), name))
            return (int)i;
    return -1;
}

/* evict - a pod is asked to go, and its disruption budget may say no.
 *
 * In a cluster a controller keeps in a budget's status how many pods may go; here it is
 * counted when it is asked for. All pods that the budget selects count as those that
 * should be there. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/label_selector.h"
#include "cmd/gantry-local/selectors.h"

struct count {
    int64_t expected, healthy, desired;
};

static bool is_ready(const struct json *pod)
{
    const struct json *conditions = json_at(pod, "status.conditions");

    for (size_t i = 0; i < json_len(conditions); i++)
        if (str_eq(json_str(json_item(conditions, i), "type"), "Ready"))
            return str_eq(json_str(json_item(conditions, i), "status"), "True");
    return false;
}

/* False: it selects no pod. */
static bool read_selector(const struct json *budget, struct selector *ret)
{
    const struct json *selector = json_at(budget, "spec.selector");
    struct err err = ERR_INIT;

    if (!selector)
        return false;
    AUTO_FREE char *text = label_selector_text(selector);
    return selector_parse_labels(ret, text, &err) == 0;
}

static bool selects(const struct json *budget, const struct object *pod)
{
    SELECTOR_AUTO struct selector selector = {0};

    return read_selector(budget, &selector) && selector_matches_labels(&selector, pod);
}

/* "20%" of what is expected, rounded up, or a number. */
static int64_t amount(const struct json *value, int64_t expected)
{
    if (!json_is(value, JSON_STRING))
        return value ? json_int(value) : 0;
    const int64_t percent = strtoll(json_string(value), NULL, 10);
    return (percent * expected + 99) / 100;
}

static void count_pods(struct call *call, const struct json *budget, struct count *ret)
{
    const struct store *store = call->server->store;
    const struct json *available = json_at(budget, "spec.minAvailable");
    const struct json *unavailable = json_at(budget, "spec.maxUnavailable");
    SELECTOR_AUTO struct selector selector = {0};
    struct object_list list;

    *ret = (struct count){0};
    if (!read_selector(budget, &selector))
        return;
    store_list(store, call->table, call->ns, store_version(store), &list);
    for (size_t i = 0; i < list.n; i++) {
        if (!selector_matches_labels(&selector, list.items[i]))
            continue;
        JSON_AUTO struct json *pod = object_tree(list.items[i]);
        ret->expected++;
        ret->healthy += is_ready(pod) && !list.items[i]->is_deleting;
    }
    object_list_fini(&list);
    ret->desired = unavailable
                       ? MAX(0, ret->expected - amount(unavailable, ret->expected))
                       : amount(available, ret->expected);
}

/* 429, as a client that drains a node understands it. */
static int refuse_budget(struct call *call, const struct object *budget,
                         const struct count *count)
{
    AUTO_FREE char *message = xasprintf("The disruption budget %s needs %" PRId64
                                        " healthy pods and has %" PRId64 " currently",
                                        budget->name, count->desired, count->healthy);
    JSON_AUTO struct json *causes =
        json_build("[{'reason': 'DisruptionBudget', 'message': %s}]", message);

    refuse(&call->refusal, 429, "TooManyRequests",
           "Cannot evict pod as it would violate the pod's disruption budget.");
    refusal_causes(&call->refusal, causes);
    return -1;
}

static int ask_budget(struct call *call, const struct object *budget,
                      const struct json *tree, const struct json *pod)
{
    const bool always =
        str_eq(json_str(tree, "spec.unhealthyPodEvictionPolicy"), "AlwaysAllow");
    struct count count;

    count_pods(call, tree, &count);
    /* One that is not healthy is no loss to those that are. */
    if (!is_ready(pod) &&
        (always || (count.healthy >= count.desired && count.desired > 0)))
        return 0;
    return count.healthy > count.desired ? 0 : refuse_budget(call, budget, &count);
}

static int ask_budgets(struct call *call, const struct object *object,
                       const struct json *pod)
{
    struct apiserver *server = call->server;
    const struct kind *kind =
        kinds_find(server->kinds, "policy", "v1", "poddisruptionbudgets");
    JSON_AUTO struct json *found_tree = NULL;
    const struct object *found = NULL;
    struct object_list list;
    int rc = 0;

    store_list(server->store, call_table(server, kind), call->ns,
               store_version(server->store), &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        JSON_AUTO struct json *tree = object_tree(list.items[i]);
        if (!selects(tree, object))
            continue;
        if (found)
            rc = refuse(&call->refusal, 500, "",
                        "This pod has more than one PodDisruptionBudget, which the "
                        "eviction subresource does not support.");
        found = list.items[i];
        json_free(found_tree);
        found_tree = TAKE(tree);
    }
    if (rc == 0 && found)
        rc = ask_budget(call, found, found_tree, pod);
    object_list_fini(&list);
    return rc;
}

/* Those that do not run yet, or any more, are no disruption. */
static bool is_disruption(const struct object *object, const struct json *pod)
{
    return !object->is_deleting && str_eq(json_str(pod, "status.phase"), "Running");
}

static int check_eviction(struct call *call, const struct json *eviction)
{
    const struct object *object = table_find(call->table, call->ns, call->name);
    const char *name = json_str_or(eviction, "metadata.name", call->name);

    if (strcmp(name, call->name) != 0)
        return refuse_bad_request(&call->refusal,
                                  "name in URL does not match name in Eviction object");
    if (!object)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    JSON_AUTO struct json *pod = object_tree(object);
    return is_disruption(object, pod) ? ask_budgets(call, object, pod) : 0;
}

int verb_evict(struct call *call)
{
    JSON_AUTO struct json *eviction = delete_parse_options(call, "Eviction");
    DELETE_OPTIONS_AUTO struct delete_options options = {0};
    struct object *was = NULL, *left = NULL;

    if (!eviction ||
        delete_read_options(call, json_get(eviction, "deleteOptions"), &options) != 0 ||
        check_eviction(call, eviction) != 0)
        return -1;
    options.evicts = true;
    const int rc = delete_named(call, &options, &was, &left);
    object_unref(was);
    object_unref(left);
    if (rc != 0)
        return -1;
    JSON_AUTO struct json *status = json_build(
        "{'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Success',"
        " 'code': 201}");
    return answer_tree(call, 201, status);
}

#include "cmd/gantry-local/pod_priority.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"

/* Every cluster has these. */
static const struct {
    const char *name;
    int64_t value;
} system_classes[] = {{"system-cluster-critical", 2000000000},
                      {"system-node-critical", 2000001000}};

struct priority {
    int64_t value;
    char *class_name; /* NULL: none */
    char *preemption;
};

static void priority_fini(struct priority *p)
{
    free(p->class_name);
    free(p->preemption);
}

static struct table *classes(const struct write *w)
{
    struct apiserver *server = w->call->server;

    return call_table(server, kinds_find(server->kinds, "scheduling.k8s.io", "v1",
                                         "priorityclasses"));
}

static void take_class(struct priority *p, const struct object *o)
{
    JSON_AUTO struct json *class_ = object_tree(o);

    priority_fini(p);
    p->value = json_int_or(class_, "value", 0);
    p->class_name = xstrdup(o->name);
    p->preemption =
        xstrdup(json_str_or(class_, "preemptionPolicy", "PreemptLowerPriority"));
}

/* Of the classes for all who name none the lowest counts. */
static void find_default(const struct write *w, struct priority *p)
{
    struct store *store = w->call->server->store;
    struct object_list list;

    store_list(store, classes(w), NULL, store_version(store), &list);
    for (size_t i = 0; i < list.n; i++) {
        JSON_AUTO struct json *class_ = object_tree(list.items[i]);
        if (json_bool_or(class_, "globalDefault", false) &&
            (!p->class_name || json_int_or(class_, "value", 0) < p->value))
            take_class(p, list.items[i]);
    }
    object_list_fini(&list);
}

/* False: there is no class of that name. */
static bool find_named(const struct write *w, const char *name, struct priority *p)
{
    const struct object *o = table_find(classes(w), NULL, name);

    for (size_t i = 0; !o && i < ARRAY_LEN(system_classes); i++)
        if (strcmp(system_classes[i].name, name) == 0) {
            p->value = system_classes[i].value;
            return true;
        }
    if (o)
        take_class(p, o);
    return o != NULL;
}

static int fill(struct write *w, const struct priority *p)
{
    const struct json *said = json_at(w->after, "spec.priority");

    if (json_is(said, JSON_INT) && json_int(said) != p->value)
        return refuse_forbidden(
            &w->call->refusal, w->call->kind,
            json_str_or(w->after, "metadata.name", ""),
            "the integer value of priority (%" PRId64
            ") must not be provided in pod spec; priority admission controller "
            "computed %" PRId64 " from the given PriorityClass name",
            json_int(said), p->value);
    json_set_at(w->after, "spec.priority", json_new_int(p->value));
    if (p->class_name)
        json_set_at(w->after, "spec.priorityClassName", json_new_string(p->class_name));
    if (!json_at(w->after, "spec.preemptionPolicy"))
        json_set_at(
            w->after, "spec.preemptionPolicy",
            json_new_string(p->preemption ? p->preemption : "PreemptLowerPriority"));
    return 0;
}

int pod_priority_admit(struct write *w)
{
    const char *name = json_str_or(w->after, "spec.priorityClassName", "");
    struct priority priority = {0};

    if (!name[0])
        find_default(w, &priority);
    else if (!find_named(w, name, &priority))
        return refuse_forbidden(&w->call->refusal, w->call->kind,
                                json_str_or(w->after, "metadata.name", ""),
                                "no PriorityClass with name %s was found", name);
    const int rc = fill(w, &priority);
    priority_fini(&priority);
    return rc;
}

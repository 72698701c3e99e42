#include "cmd/gantry/hetrow.h"

#include <inttypes.h>

#include "base/util.h"
#include "crds/convert.h"

enum field_type { FIELD_TEXT, FIELD_INT, FIELD_BOOL };

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
};

#define TEXT(name, field)                                \
    {                                                    \
        name, FIELD_TEXT, offsetof(struct jobrow, field) \
    }
#define INT(name, field)                                \
    {                                                   \
        name, FIELD_INT, offsetof(struct jobrow, field) \
    }
#define BOOL(name, field)                                \
    {                                                    \
        name, FIELD_BOOL, offsetof(struct jobrow, field) \
    }

/* Of spec.components: what else there is to a component is the job's. */
static const struct field asked[] = {
    TEXT("nodes", nodes),
    TEXT("gpus", gpus),
    TEXT("gpusPerNode", gpus_per_node),
    TEXT("gpusPerTask", gpus_per_task),
    TEXT("memPerNode", mem_per_node),
    TEXT("memPerCpu", mem_per_cpu),
    TEXT("memPerGpu", mem_per_gpu),
    TEXT("constraint", constraint),
    TEXT("nodeList", req_nodes),
    TEXT("exclude", exc_nodes),
    TEXT("switches", switches),
    INT("ntasks", ntasks),
    INT("ntasksPerNode", ntasks_per_node),
    INT("cpusPerTask", cpus_per_task),
    INT("cpusPerGpu", cpus_per_gpu),
    INT("replicas", replicas),
    BOOL("contiguous", contiguous),
};

/* Of status.components: these the job has too, for all of them. */
static const struct field found[] = {
    TEXT("nodeList", node_list),
    TEXT("batchHost", batch_host),
    TEXT("plannedNodes", planned_nodes),
    TEXT("reqTRES", req_tres),
    TEXT("allocTRES", alloc_tres),
    INT("numNodes", num_nodes),
    INT("numGPUs", num_gpus),
};

/* A number's text too. NULL: neither. */
static const char *text_of(const struct json *j, struct arena *arena)
{
    if (json_is(j, JSON_STRING))
        return arena_strdup(arena, json_string(j));
    if (!json_is(j, JSON_INT))
        return NULL;
    AUTO_FREE char *text = xasprintf("%" PRId64, json_int(j));
    return arena_strdup(arena, text);
}

static void put(struct jobrow *r, const struct field *field, const struct json *object,
                struct arena *arena)
{
    void *to = (char *)r + field->offset;

    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)to = text_of(json_get(object, field->name), arena);
        break;
    case FIELD_INT:
        *(int64_t *)to = json_int_or(object, field->name, -1);
        break;
    case FIELD_BOOL:
        *(bool *)to = json_bool_or(object, field->name, false);
        break;
    }
}

static void set_partition(struct jobrow *r, const struct json *component,
                          struct arena *arena)
{
    const char *own = text_of(json_get(component, "partition"), arena);

    if (own)
        r->asked_partition = r->ran_partition = own;
}

static void set_payers(struct jobrow *r, const struct json *component,
                       struct arena *arena)
{
    const char *account = text_of(json_get(component, "account"), arena);
    const char *qos = text_of(json_get(component, "qos"), arena);

    if (account)
        r->account = r->has_account = account;
    if (qos)
        r->qos = r->has_qos = qos;
}

/* One of its own ends it, though the job may go on: no start has shrunk it. */
static void set_limit(struct jobrow *r, const struct json *component,
                      struct arena *arena)
{
    const char *own = text_of(json_get(component, "timeLimit"), arena);

    if (!own)
        return;
    r->time_limit = own;
    r->limit_in_force = r->limit_asked = NULL;
}

static void set_end(struct jobrow *r, const struct json *status, struct arena *arena)
{
    const char *state = text_of(json_get(status, "state"), arena);

    if (!state || !json_str(status, "endTime"))
        return;
    r->state = state;
    r->reason = text_of(json_get(status, "reason"), arena);
    r->exit_code = "0:0";
    r->end_sec = time_read(status, "endTime");
}

size_t hetrow_split(const struct jobrow *whole, const struct partlist *parts,
                    struct arena *arena, struct jobrow ret[COMPONENTS_MAX])
{
    if (whole->het_id <= 0 || !whole->components)
        return 0;
    JSON_AUTO struct json *spec = json_parse_str(whole->components, NULL);
    JSON_AUTO struct json *status =
        whole->found_components ? json_parse_str(whole->found_components, NULL) : NULL;
    const size_t n = MIN(json_len(spec), COMPONENTS_MAX);

    for (size_t i = 0; i < n; i++) {
        struct jobrow *r = &ret[i];
        *r = *whole;
        r->id = whole->het_id + (int64_t)i;
        r->het_offset = (int64_t)i;
        r->het_size = (int64_t)n;
        r->components = r->found_components = NULL;
        set_partition(r, json_item(spec, i), arena);
        set_payers(r, json_item(spec, i), arena);
        set_limit(r, json_item(spec, i), arena);
        set_end(r, json_item(status, i), arena);
        for (size_t k = 0; k < ARRAY_LEN(asked); k++)
            put(r, &asked[k], json_item(spec, i), arena);
        for (size_t k = 0; k < ARRAY_LEN(found); k++)
            put(r, &found[k], json_item(status, i), arena);
        r->tres = r->alloc_tres ? r->alloc_tres : r->req_tres;
        jobrow_finish(r, parts, arena);
    }
    return n;
}

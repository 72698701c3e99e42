#include "cmd/gantry/noderow_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "crds/constraint.h"

/* ---- the list ---- */

static void forget(void *arg)
{
    struct nodelist *list = arg;

    for (size_t i = 0; i < list->n; i++)
        node_free(list->rows[i].model);
    list->n = 0;
}

void nodelist_init(struct nodelist *list)
{
    *list = (struct nodelist){.arena = arena_new()};
    restable_init(&list->resources);
    list->convert = (struct convert){.resources = &list->resources,
                                     .gpu_resource = GPU_RESOURCE,
                                     .gpu_type_label = GPU_TYPE_LABEL};
}

void nodelist_fini(struct nodelist *list)
{
    forget(list);
    free(list->rows);
    arena_free(list->arena);
    *list = (struct nodelist){0};
}

static int compare(const void *a, const void *b)
{
    return hostname_compare(((const struct noderow *)a)->name,
                            ((const struct noderow *)b)->name);
}

int nodelist_ask_gpus(struct nodelist *list, struct api *c, const char *controller_ns,
                      struct err *err)
{
    struct settings settings;
    struct err own = ERR_INIT;

    settings_default(&settings);
    if (clusterconf_fetch(c, controller_ns, PUBLISHED_GPUS, &settings, &own) < 0 &&
        own.http_status != 403) {
        if (err)
            *err = own;
        return -1;
    }
    list->convert.gpu_resource = arena_strdup(list->arena, settings.gpu_resource);
    list->convert.gpu_type_label = arena_strdup(list->arena, settings.gpu_type_label);
    return 0;
}

int nodelist_fetch(struct nodelist *list, struct api *c, struct err *err)
{
    const struct fetch fetch = {.resource = &kc_nodes,
                                .paths = noderow_paths,
                                .n_paths = NODEROW_PATHS,
                                .item = noderow_take,
                                .again = forget,
                                .arg = list};

    if (fetch_all(c, &fetch, err) < 0)
        return -1;
    if (list->n > 1)
        qsort(list->rows, list->n, sizeof(*list->rows), compare);
    return 0;
}

struct noderow *nodelist_find(const struct nodelist *list, const char *name)
{
    const struct noderow wanted = {.name = name};

    return list->n == 0
               ? NULL
               : bsearch(&wanted, list->rows, list->n, sizeof(*list->rows), compare);
}

/* ---- what jobs hold ---- */

static void hold_slot(struct nodelist *list, const struct jobrow *job,
                      const struct slot *slot)
{
    struct noderow *n = nodelist_find(list, slot->node);
    const int gpu = restable_find(&list->resources, list->convert.gpu_resource);

    if (!n)
        return;
    n->jobs++;
    n->completing += job_word_is(job->word, JOB_STATE_COMPLETING);
    n->used_milli += slot->pods * slot->each.v[RES_CPU];
    n->used_bytes += slot->pods * slot->each.v[RES_MEM];
    if (gpu >= 0)
        n->used_gpus += slot->pods * slot->each.v[gpu];
    if (slot->owned)
        n->owner = arena_strdup(list->arena, job->user);
    if (job->exclusive)
        n->used_milli = MAX(n->used_milli, n->cpus * 1000);
}

static void hold(struct nodelist *list, const struct jobrow *job)
{
    JSON_AUTO struct json *placement = json_parse_str(job->placement, NULL);
    const struct slot *slots;
    size_t n;

    if (convert_placement_from_json(&list->convert, placement, &slots, &n, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        hold_slot(list, job, &slots[i]);
    slots_unref(slots);
}

static void plan(struct nodelist *list, const struct jobrow *job)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};

    if (hostlist_parse(&nodes, job->planned_nodes, NULL) < 0)
        return;
    for (size_t i = 0; i < nodes.n; i++) {
        struct noderow *n = nodelist_find(list, nodes.names[i]);
        if (n)
            n->state.flags |= NODE_FLAG_PLANNED;
    }
}

static void settle(struct noderow *n)
{
    const int64_t active = n->jobs - n->completing;

    if (node_is_drained(n->model))
        n->state.flags |= NODE_FLAG_DRAIN;
    if (n->completing > 0)
        n->state.flags |= NODE_FLAG_COMPLETING;
    if (n->state.base == NODE_BASE_DOWN)
        return;
    if (active == 0)
        n->state.base = NODE_BASE_IDLE;
    else if (n->cpus > 0 && n->used_milli + 999 >= n->cpus * 1000)
        n->state.base = NODE_BASE_ALLOCATED;
    else
        n->state.base = NODE_BASE_MIXED;
}

void nodelist_settle(struct nodelist *list, const struct joblist *jobs)
{
    for (size_t i = 0; i < jobs->n; i++) {
        const struct jobrow *job = &jobs->rows[i];
        if (job->word->kind == JOB_KIND_ACTIVE && job->placement)
            hold(list, job);
        else if (job->word->kind == JOB_KIND_PENDING && job->promised &&
                 job->planned_nodes)
            plan(list, job);
    }
    for (size_t i = 0; i < list->n; i++)
        settle(&list->rows[i]);
}

int64_t noderow_used_cpus(const struct noderow *n)
{
    return MIN((n->used_milli + 999) / 1000, n->cpus);
}

void noderow_features(const struct noderow *n, struct str *out)
{
    const size_t before = out->len;

    constraint_features(n->model, out);
    if (out->len == before)
        str_add(out, "(null)");
}

void noderow_gres(const struct noderow *n, int64_t count, struct str *out)
{
    if (n->gpus == 0)
        str_add(out, "(null)");
    else if (n->model->gpu_type)
        str_addf(out, "gpu:%s:%" PRId64, n->model->gpu_type, count);
    else
        str_addf(out, "gpu:%" PRId64, count);
}

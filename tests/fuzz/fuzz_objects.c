/*
 * Objects of the API, as a server may hold them, through the conversion into a core
 * that steps: whatever is taken, no node gets more than it has, and a job all or none,
 * and none where a volume that it needs is not.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/convert.h"
#include "crds/convert_volume.h"
#include "scheduler/sched.h"

#define NOW_SEC 1800000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig {
    struct restable resources;
    struct convert convert;
    struct sched *sched;
    struct volume *volume; /* NULL: none */
};

static void add_node(struct rig *rig, const char *name, int64_t gpus)
{
    struct node *node = node_new();
    node->name = xstrdup(name);
    node->ready = true;
    labels_add(&node->labels, &node->n_labels, "host", name);
    node->capacity.v[RES_CPU] = 16000;
    node->capacity.v[RES_MEM] = INT64_C(64) << 30;
    node->capacity.v[RES_PODS] = 110;
    node->capacity.v[RES_FIXED] = gpus;
    sched_apply(rig->sched, &(struct change){.kind = CHANGE_NODE, .u.node = node});
}

/* It admits no node that its volume is not on. */
static void check_tied(const struct job *job, const struct volume *v)
{
    static const char *const names[] = {"n1", "n2", "n3"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct label host = {(char *)"host", (char *)names[i]};
        const struct node node = {.labels = &host, .n_labels = 1};
        bool admits = job->n_node_any == 0;
        for (size_t k = 0; k < job->n_node_any; k++)
            admits |= term_matches(&job->node_any[k], &host, 1);
        assert(!admits || volume_is_on(v, &node));
    }
}

static void add_job(struct rig *rig, const struct json *object, int64_t number)
{
    struct job *job = convert_job(&rig->convert, object, NULL);
    if (!job)
        return;
    if (rig->volume && !rig->volume->trouble && volume_require(rig->volume, job))
        check_tied(job, rig->volume);
    assert(job->min_pods >= 1 && job->min_pods <= job->max_pods &&
           job->n_units <= UNITS_MAX);
    job->job_id = number;
    free(job->uid);
    job->uid = xasprintf("u%lld", (long long)number);
    sched_apply(rig->sched, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

static void set_volume(struct rig *rig, const struct json *object)
{
    volume_free(rig->volume);
    rig->volume = convert_volume(object, NULL);
}

static void add_object(struct rig *rig, const struct json *object, int64_t number)
{
    const char *kind = json_str_or(object, "kind", "BatchJob");
    struct change change = {0};
    if (strcmp(kind, "Partition") == 0) {
        change.kind = CHANGE_PARTITION;
        change.u.partition = convert_partition(&rig->convert, object, NULL);
    } else if (strcmp(kind, "QOS") == 0) {
        change.kind = CHANGE_QOS;
        change.u.qos = convert_qos(object, NULL);
    } else if (strcmp(kind, "Account") == 0) {
        change.kind = CHANGE_ACCOUNT;
        change.u.account = convert_account(object, NULL);
    } else if (strcmp(kind, "PersistentVolume") == 0) {
        set_volume(rig, object);
        return;
    } else if (strcmp(kind, "PersistentVolumeClaim") == 0) {
        claim_free(convert_claim(object, NULL));
        return;
    } else {
        add_job(rig, object, number);
        return;
    }
    if (change.u.key)
        sched_apply(rig->sched, &change);
}

/* All of a component is there. */
static void check_component(const struct decision *d, const struct job *like,
                            int64_t component)
{
    int64_t pods = 0, tasks = 0;
    for (size_t i = 0; i < d->n_slots; i++) {
        if (d->slots[i].component != component)
            continue;
        pods += d->slots[i].pods;
        tasks += d->slots[i].tasks - like->tasks;
    }
    assert(pods >= like->min_pods && pods <= like->max_pods);
    for (size_t i = 0; i < like->n_units; i++)
        tasks -= (like->units[i].count - pods) * like->units[i].tasks;
    assert(tasks == 0 || like->n_units == 0);
}

static void check_start(const struct rig *rig, const struct decision *d)
{
    const struct job *job = sched_job(rig->sched, d->job_uid);
    for (size_t i = 0; i < d->n_slots; i++) {
        const struct slot *slot = &d->slots[i];
        struct resvec used, free_;
        assert(sched_node_usage(rig->sched, slot->node, &used, &free_));
        for (int r = 0; r < RES_MAX; r++)
            assert(slot->each.v[r] == 0 || free_.v[r] >= 0);
        assert(slot->component <= (int64_t)job->n_others);
    }
    for (size_t i = 0; i <= job->n_others; i++)
        check_component(d, job_component(job, i), (int64_t)i);
}

static void step(struct rig *rig)
{
    struct change resources = {.kind = CHANGE_RESOURCES,
                               .u.resources = &rig->resources};
    struct decisions decisions;
    sched_apply(rig->sched, &resources);
    sched_step(rig->sched, NOW_SEC, (struct sched_budget){NULL, NULL}, &decisions);
    for (size_t i = 0; i < decisions.n; i++)
        if (decisions.items[i].kind == DECIDE_START)
            check_start(rig, &decisions.items[i]);
}

/* A list of objects. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sched_config config = sched_config_default();
    JSON_AUTO struct json *list = json_parse((const char *)data, size, NULL);
    struct rig rig = {.sched = sched_new(&config)};
    restable_init(&rig.resources);
    rig.resources.gpu = restable_intern(&rig.resources, "nvidia.com/gpu");
    rig.convert = (struct convert){.resources = &rig.resources,
                                   .gpu_resource = "nvidia.com/gpu",
                                   .gpu_type_label = "gantry.dev/gpu-type"};
    add_node(&rig, "n1", 8);
    add_node(&rig, "n2", 8);
    add_node(&rig, "n3", 0);
    for (size_t i = 0; json_is(list, JSON_ARRAY) && i < json_len(list); i++)
        add_object(&rig, json_item(list, i), (int64_t)i + 1);
    step(&rig);
    volume_free(rig.volume);
    sched_free(rig.sched);
    return 0;
}

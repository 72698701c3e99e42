#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"

/* What the shape fields ask of one pod. */
struct ask {
    int64_t tasks, cpus_per_task; /* 0: not given */
    int64_t mem_per_node, mem_per_cpu;
    int64_t gpus;
};

static int read_count(const struct json *object, const char *path, int64_t max,
                      int64_t *ret, struct err *err)
{
    switch (json_read_int(object, path, ret, err)) {
    case JSON_ABSENT:
        return 0;
    case JSON_WRONG_TYPE:
        return -1;
    case JSON_FOUND:
        break;
    }
    if (*ret < 1 || *ret > max)
        return err_set(err, ERR_INVALID, "%s: must be from 1 to %" PRId64, path, max);
    return 0;
}

/* Digits alone, from 1 to `max`; moves `*text` behind them. */
static bool scan_count(const char **text, int64_t max, int64_t *ret)
{
    const char *s = *text;
    int64_t n = 0;
    for (; *s >= '0' && *s <= '9'; s++)
        n = MIN(n * 10 + (*s - '0'), max + 1);
    if (s == *text || n < 1 || n > max)
        return false;
    *text = s;
    *ret = n;
    return true;
}

/* ---- nodes: N or "a-b" ---- */

static bool parse_nodes(const char *text, int64_t *ret_min, int64_t *ret_max)
{
    int64_t low, high;
    if (!scan_count(&text, PODS_MAX, &low))
        return false;
    high = low;
    if (*text == '-') {
        text++;
        if (!scan_count(&text, PODS_MAX, &high))
            return false;
    }
    *ret_min = low;
    *ret_max = high;
    return *text == '\0' && low <= high;
}

/* An int-or-string field as text; NULL: absent or of another type. */
static char *int_or_string(const struct json *value)
{
    if (json_is(value, JSON_INT))
        return xasprintf("%" PRId64, json_int(value));
    return xstrdup_null(json_text_of(value));
}

static int read_nodes(const struct json *object, struct job *job, struct err *err)
{
    const struct json *value = json_at(object, "spec.nodes");
    AUTO_FREE char *text = int_or_string(value);
    if (!value || json_is(value, JSON_NULL))
        return 0;
    if (!text || !parse_nodes(text, &job->min_pods, &job->max_pods))
        return err_set(
            err, ERR_INVALID,
            "spec.nodes: \"%s\" is no count of nodes; right are 4 and \"2-4\" "
            "(at most %d)",
            text ? text : json_type_name(json_type(value)), PODS_MAX);
    return 0;
}

/* ---- gpusPerNode: "[type:]N" ---- */

static bool parse_gpus(const char *text, char **ret_type, int64_t *ret_n)
{
    const char *colon = strchr(text, ':');
    const char *count = colon ? colon + 1 : text;
    if (!scan_count(&count, PODS_MAX, ret_n) || *count != '\0' || colon == text)
        return false;
    *ret_type = colon ? xstrndup(text, (size_t)(colon - text)) : NULL;
    return true;
}

static int read_gpus(const struct json *object, struct job *job, int64_t *ret,
                     struct err *err)
{
    const struct json *value = json_at(object, "spec.gpusPerNode");
    AUTO_FREE char *text = int_or_string(value);
    if (!value || json_is(value, JSON_NULL))
        return 0;
    if (!text || !parse_gpus(text, &job->gpu_type, ret))
        return err_set(err, ERR_INVALID,
                       "spec.gpusPerNode: \"%s\" is no GPU request; right are 4 and "
                       "\"h100:4\"",
                       text ? text : json_type_name(json_type(value)));
    return 0;
}

/* ---- memory ---- */

static int read_size(const struct json *object, const char *path, int64_t *ret,
                     struct err *err)
{
    const char *text;
    switch (json_read_str(object, path, &text, err)) {
    case JSON_ABSENT:
        return 0;
    case JSON_WRONG_TYPE:
        return -1;
    case JSON_FOUND:
        break;
    }
    if (size_parse(text, ret, err) < 0)
        return err_prefix(err, "%s", path);
    if (*ret == 0)
        return err_set(err, ERR_INVALID,
                       "%s: 0 (all of a node's memory) is not supported yet; name an "
                       "amount",
                       path);
    if (*ret > AMOUNT_MAX)
        return err_set(err, ERR_INVALID, "%s: more than any machine has", path);
    return 0;
}

static int read_ask(const struct json *object, struct job *job, struct ask *ask,
                    struct err *err)
{
    if (read_nodes(object, job, err) < 0 ||
        read_gpus(object, job, &ask->gpus, err) < 0 ||
        read_count(object, "spec.ntasksPerNode", PODS_MAX, &ask->tasks, err) < 0 ||
        read_count(object, "spec.cpusPerTask", PODS_MAX, &ask->cpus_per_task, err) <
            0 ||
        read_size(object, "spec.memPerNode", &ask->mem_per_node, err) < 0 ||
        read_size(object, "spec.memPerCpu", &ask->mem_per_cpu, err) < 0)
        return -1;
    return 0;
}

/* Adds what is asked to the template's own request. Slurm's task has one CPU: where
 * neither fields nor template speak of CPUs, that is what a pod gets. */
static int add_ask(const struct convert *c, const struct ask *ask, struct resvec *each,
                   struct err *err)
{
    bool cpus_given = ask->tasks > 0 || ask->cpus_per_task > 0;
    if (cpus_given || each->v[RES_CPU] == 0)
        each->v[RES_CPU] += 1000 * MAX(ask->tasks, 1) * MAX(ask->cpus_per_task, 1);
    int64_t cpus = (each->v[RES_CPU] + 999) / 1000;
    each->v[RES_MEM] += ask->mem_per_node;
    int64_t by_cpu = times(ask->mem_per_cpu, cpus);
    if (by_cpu > AMOUNT_MAX)
        return err_set(
            err, ERR_INVALID,
            "spec.memPerCpu: with %" PRId64 " CPUs more than any machine has", cpus);
    each->v[RES_MEM] += by_cpu;
    if (ask->gpus == 0)
        return 0;
    int gpu = restable_intern(c->resources, c->gpu_resource);
    if (gpu < 0)
        return err_set(
            err, ERR_TOO_LARGE,
            "spec.gpusPerNode: the cluster has more than %d kinds of resources",
            RES_MAX);
    each->v[gpu] += ask->gpus;
    return 0;
}

/* Slurm's way: one pod per node. */
static int read_slurm_shape(const struct convert *c, const struct json *object,
                            struct job *job, struct err *err)
{
    struct ask ask = {0};
    job->one_per_node = true;
    if (read_ask(object, job, &ask, err) < 0)
        return -1;
    return add_ask(c, &ask, &job->each, err);
}

int shape_read(const struct convert *c, const struct json *batchjob,
               const struct json *template, struct job *job, struct err *err)
{
    if (podspec_requests(c, json_get(template, "spec"), NULL, &job->each, err) < 0)
        return err_prefix(err, "spec.template.spec");
    if (podspec_default_container(json_get(template, "metadata"),
                                  json_get(template, "spec")) < 0)
        return err_set(
            err, ERR_INVALID,
            "spec.template.metadata.annotations: " ANNOTATION_DEFAULT_CONTAINER
            " names none of the containers");
    job->each.v[RES_PODS] = 1;
    int64_t replicas = 0;
    if (read_count(batchjob, "spec.replicas", PODS_MAX, &replicas, err) < 0)
        return -1;
    if (replicas == 0)
        return read_slurm_shape(c, batchjob, job, err);
    job->min_pods = job->max_pods = replicas;
    return 0;
}

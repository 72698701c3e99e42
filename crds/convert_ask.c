#include "crds/convert_ask.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void ask_fini(struct ask *ask)
{
    free(ask->gpu_type);
    *ask = (struct ask){0};
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

/* An int-or-string field as text; NULL: absent or of another type. */
static char *int_or_string(const struct json *value)
{
    if (json_is(value, JSON_INT))
        return xasprintf("%" PRId64, json_int(value));
    return xstrdup_null(json_text_of(value));
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

static int read_nodes(const struct json *object, struct ask *ask, struct err *err)
{
    const struct json *value = json_at(object, "spec.nodes");
    AUTO_FREE char *text = int_or_string(value);
    if (!value || json_is(value, JSON_NULL))
        return 0;
    if (!text || !parse_nodes(text, &ask->min_nodes, &ask->max_nodes))
        return err_set(
            err, ERR_INVALID,
            "spec.nodes: \"%s\" is no count of nodes; right are 4 and \"2-4\" "
            "(at most %d)",
            text ? text : json_type_name(json_type(value)), PODS_MAX);
    return 0;
}

/* ---- GPUs: "[type:]N" ---- */

static bool parse_gpus(const char *text, char **ret_type, int64_t *ret_n)
{
    const char *colon = strchr(text, ':');
    const char *count = colon ? colon + 1 : text;
    if (!scan_count(&count, PODS_MAX, ret_n) || *count != '\0' || colon == text)
        return false;
    *ret_type = colon ? xstrndup(text, (size_t)(colon - text)) : NULL;
    return true;
}

/* All fields that name a type must name the same. */
static int read_gpus(const struct json *object, const char *path, struct ask *ask,
                     int64_t *ret, struct err *err)
{
    const struct json *value = json_at(object, path);
    AUTO_FREE char *text = int_or_string(value);
    AUTO_FREE char *type = NULL;
    if (!value || json_is(value, JSON_NULL))
        return 0;
    if (!text || !parse_gpus(text, &type, ret))
        return err_set(err, ERR_INVALID,
                       "%s: \"%s\" is no GPU request; right are 4 and \"h100:4\"", path,
                       text ? text : json_type_name(json_type(value)));
    if (!type)
        return 0;
    if (ask->gpu_type && strcmp(ask->gpu_type, type) != 0)
        return err_set(err, ERR_INVALID, "%s: GPU type %s, but %s beside it", path,
                       type, ask->gpu_type);
    free(ask->gpu_type);
    ask->gpu_type = TAKE(type);
    return 0;
}

static int read_all_gpus(const struct json *object, struct ask *ask, struct err *err)
{
    const struct {
        const char *path;
        int64_t *value;
    } fields[] = {
        {"spec.gpus", &ask->gpus},
        {"spec.gpusPerNode", &ask->gpus_per_node},
        {"spec.gpusPerTask", &ask->gpus_per_task},
    };
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (read_gpus(object, fields[i].path, ask, fields[i].value, err) < 0)
            return -1;
    return 0;
}

/* ---- counts and memory ---- */

static int read_counts(const struct json *object, struct ask *ask, struct err *err)
{
    const struct number_field fields[] = {
        {"spec.ntasks", &ask->tasks, 1, TASKS_MAX},
        {"spec.ntasksPerNode", &ask->tasks_per_node, 1, PODS_MAX},
        {"spec.cpusPerTask", &ask->cpus_per_task, 1, PODS_MAX},
        {"spec.cpusPerGpu", &ask->cpus_per_gpu, 1, PODS_MAX},
    };
    return numbers_read(object, fields, ARRAY_LEN(fields), err);
}

static int read_size(const struct json *object, const char *path, int64_t *ret,
                     struct err *err)
{
    *ret = -1;
    if (size_read(object, path, ret, err) < 0)
        return -1;
    if (*ret == 0)
        return err_set(err, ERR_INVALID,
                       "%s: 0 (all of a node's memory) is not supported yet; name an "
                       "amount",
                       path);
    *ret = MAX(*ret, 0);
    return 0;
}

int ask_read(const struct json *batchjob, struct ask *ret, struct err *err)
{
    if (json_read_bool(batchjob, "spec.spread", &ret->spread, err) == JSON_WRONG_TYPE ||
        json_read_bool(batchjob, "spec.useMinNodes", &ret->few, err) ==
            JSON_WRONG_TYPE ||
        read_nodes(batchjob, ret, err) < 0 || read_counts(batchjob, ret, err) < 0 ||
        read_all_gpus(batchjob, ret, err) < 0 ||
        read_size(batchjob, "spec.memPerNode", &ret->mem_per_node, err) < 0 ||
        read_size(batchjob, "spec.memPerCpu", &ret->mem_per_cpu, err) < 0 ||
        read_size(batchjob, "spec.memPerGpu", &ret->mem_per_gpu, err) < 0)
        return -1;
    return 0;
}

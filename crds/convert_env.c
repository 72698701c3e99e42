#include <inttypes.h>

#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"

#define MEBIBYTE (INT64_C(1) << 20)

/* sbatch(1), "OUTPUT ENVIRONMENT VARIABLES": those that repeat the request. */
static const struct {
    const char *name, *path;
    bool is_size; /* in MiB */
} variables[] = {
    {"SLURM_NTASKS_PER_NODE", "spec.ntasksPerNode", false},
    {"SLURM_CPUS_PER_TASK", "spec.cpusPerTask", false},
    {"SLURM_CPUS_PER_GPU", "spec.cpusPerGpu", false},
    {"SLURM_GPUS", "spec.gpus", false},
    {"SLURM_GPUS_PER_NODE", "spec.gpusPerNode", false},
    {"SLURM_GPUS_PER_TASK", "spec.gpusPerTask", false},
    {"SLURM_MEM_PER_NODE", "spec.memPerNode", true},
    {"SLURM_MEM_PER_CPU", "spec.memPerCpu", true},
    {"SLURM_MEM_PER_GPU", "spec.memPerGpu", true},
};

static char *value_of(const struct json *object, const char *path, bool is_size)
{
    const struct json *value = json_at(object, path);
    const char *text = json_text_of(value);
    int64_t bytes;
    if (json_is(value, JSON_INT))
        return xasprintf("%" PRId64, json_int(value));
    if (!text || !is_size)
        return xstrdup_null(text);
    if (size_parse(text, &bytes, NULL) < 0)
        return NULL;
    return xasprintf("%" PRId64, bytes / MEBIBYTE);
}

void convert_request_env(const struct json *batchjob,
                         void (*add)(void *arg, const char *name, const char *value),
                         void *arg)
{
    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        AUTO_FREE char *value =
            value_of(batchjob, variables[i].path, variables[i].is_size);
        if (value)
            add(arg, variables[i].name, value);
    }
}

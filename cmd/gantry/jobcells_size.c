/* Sizes: nodes, CPUs, memory, devices. */
#include "cmd/gantry/jobcells.h"

#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"

#define MEGA (INT64_C(1) << 20)

JOBCELL(jobcell_nodes)
{
    ROW;
    int64_t min, max;
    jobrow_node_range(r, &min, &max);
    jobcell_add_number(min, out);
}

JOBCELL(jobcell_max_nodes)
{
    ROW;
    int64_t min, max;
    jobrow_node_range(r, &min, &max);
    jobcell_add_number(max, out);
}

JOBCELL(jobcell_cpus)
{
    ROW;
    jobcell_add_number(MAX(r->cpus, 1), out);
}

JOBCELL(jobcell_min_cpus)
{
    ROW;
    jobcell_add_number(jobrow_min_cpus(r), out);
}

JOBCELL(jobcell_tasks)
{
    ROW;
    int64_t min, max;
    jobrow_node_range(r, &min, &max);
    if (r->ntasks > 0)
        jobcell_add_number(r->ntasks, out);
    else
        jobcell_add_number(
            r->replicas > 0 ? r->replicas : min * MAX(r->ntasks_per_node, 1), out);
}

JOBCELL(jobcell_tasks_per_node)
{
    ROW;
    jobcell_add_number(MAX(r->ntasks_per_node, 0), out);
}

JOBCELL(jobcell_cpus_per_task)
{
    ROW;
    jobcell_add_number(MAX(r->cpus_per_task, 1), out);
}

void jobcolumns_memory(const struct jobrow *r, bool noconvert, struct str *out)
{
    char text[QUANTITY_TEXT_MAX];
    int64_t min, max, bytes = 0;

    jobrow_node_range(r, &min, &max);
    const char *asked = r->mem_per_node ? r->mem_per_node : r->mem_per_cpu;
    if (!asked || size_parse(asked, &bytes, NULL) < 0)
        bytes = r->mem_bytes / MAX(min, 1);
    if (bytes == 0) {
        str_add(out, "0");
    } else if (noconvert) {
        str_addf(out, "%" PRId64 "M", (bytes + MEGA - 1) / MEGA);
    } else {
        size_format(bytes, text);
        str_add(out, text);
    }
}

JOBCELL(jobcell_memory)
{
    ROW;
    SHARED;
    jobcolumns_memory(r, s->noconvert, out);
}

/* One that runs tells by its placement what its partition has made of it. */
const char *jobcolumns_sharing(const struct jobrow *r)
{
    if (r->exclusive)
        return "NO";
    if (r->exclusive_user ||
        (r->placement && strstr(r->placement, "\"exclusiveUser\"")))
        return "USER";
    return r->oversubscribe || (r->placement && strstr(r->placement, "\"cpusPerPod\""))
               ? "YES"
               : "OK";
}

JOBCELL(jobcell_over_subscribe)
{
    ROW;
    str_add(out, jobcolumns_sharing(r));
}

JOBCELL(jobcell_contiguous)
{
    ROW;
    str_add(out, r->contiguous ? "1" : "0");
}

JOBCELL(jobcell_switches)
{
    int64_t most, wait_sec;
    ROW;
    jobrow_switches(r, &most, &wait_sec);
    jobcell_add_number(most, out);
}

JOBCELL(jobcell_switch_wait)
{
    char text[DURATION_TEXT_MAX];
    int64_t most, wait_sec;
    ROW;
    jobrow_switches(r, &most, &wait_sec);
    duration_format(MAX(wait_sec, 0), text);
    str_add(out, text);
}

JOBCELL(jobcell_tres)
{
    ROW;
    jobcell_add_text(r->tres, "N/A", out);
}

void jobcolumns_gpus(const char *gpus, struct str *out)
{
    if (gpus && *gpus)
        str_addf(out, "gres/gpu:%s", gpus);
    else
        str_add(out, "N/A");
}

#define GPUS(name, field)               \
    JOBCELL(name)                       \
    {                                   \
        ROW;                            \
        jobcolumns_gpus(r->field, out); \
    }
GPUS(jobcell_gpus_job, gpus)
GPUS(jobcell_gpus_node, gpus_per_node)
GPUS(jobcell_gpus_task, gpus_per_task)

JOBCELL(jobcell_cpus_per_tres)
{
    ROW;
    if (r->cpus_per_gpu > 0)
        str_addf(out, "gres/gpu:%" PRId64, r->cpus_per_gpu);
    else
        str_add(out, "N/A");
}

JOBCELL(jobcell_mem_per_tres)
{
    ROW;
    if (r->mem_per_gpu)
        str_addf(out, "gres/gpu:%s", r->mem_per_gpu);
    else
        str_add(out, "N/A");
}

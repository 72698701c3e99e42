/* A recorded job, as the core is to have it. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-sim/pool.h"
#include "crds/convert.h"

static int64_t divide_up(int64_t a, int64_t b)
{
    return a / b + (a % b != 0);
}

static struct resvec resvec_part(const struct resvec *all, int64_t parts)
{
    struct resvec part = {0};
    for (int i = 0; i < RES_MAX; i++)
        part.v[i] = divide_up(all->v[i], parts);
    return part;
}

/* Equal pods, one a node, or where the units do not come out even a divided job. */
static void shape_spread(struct job *job, const struct resvec *unit, int64_t units,
                         int64_t pods, int64_t per_pod)
{
    job->min_pods = job->max_pods = pods;
    job->each = *unit;
    if (units % pods == 0) {
        for (int i = 0; i < RES_MAX; i++)
            job->each.v[i] *= units / pods;
        return;
    }
    job_add_unit(job, units, unit)->most = per_pod;
}

static void shape_job(const struct pool *p, const struct work *work, struct job *job)
{
    const int gpu = p->resources.gpu;
    struct resvec all = {0};
    all.v[RES_CPU] = work->cpu_milli;
    all.v[RES_MEM] = work->mem_bytes;
    all.v[gpu] = work->gpus;
    job->one_per_node = true;
    int64_t units = work->gpus > 0 ? work->gpus : divide_up(work->cpu_milli, 1000);
    if (work->nodes <= 1 && (units <= 1 || resvec_fits(&all, &p->largest))) {
        job->each = all;
    } else if (units < work->nodes) {
        job->min_pods = job->max_pods = work->nodes;
        job->each = resvec_part(&all, work->nodes);
    } else {
        struct resvec unit = resvec_part(&all, units);
        int64_t most = MAX(MIN(resvec_times(&unit, &p->largest), units), 1);
        int64_t pods = work->nodes > 0 ? work->nodes : divide_up(units, most);
        int64_t even = divide_up(units, pods);
        shape_spread(job, &unit, units, pods, work->nodes > 0 ? MIN(even, most) : most);
    }
    job->each.v[RES_PODS] = 1;
}

/* One is asked for as by --gpus=h100:8, so that limits on it count; of several any
 * does, which only labels can say. */
static void allow_types(struct job *job, const char *types)
{
    if (!strchr(types, '|')) {
        free(job->gpu_type);
        job->gpu_type = xstrdup(types);
        return;
    }
    struct requirement *r = term_add(&job->node_all, GPU_TYPE_LABEL, SELECT_IN);
    while (*types) {
        size_t len = strcspn(types, "|");
        AUTO_FREE char *type = xstrndup(types, len);
        requirement_add_value(r, type);
        types += len + (types[len] == '|');
    }
}

struct job *pool_job(const struct pool *p, const struct work *work, size_t number)
{
    struct work named = *work;
    struct job *job = work->like ? job_copy(work->like) : job_new();
    free(job->uid);
    job->uid = xasprintf("%zu", number);
    if (work->whole)
        return job;
    if (p->n_partitions == 0)
        named.partition = "";
    job->job_id = work->job_id > 0 ? work->job_id : (int64_t)number + 1;
    job->ns = xstrdup(work->account);
    job->name = xasprintf("row-%zu", work->row);
    job->user = xstrdup(work->user);
    job->account = *work->account ? xstrdup(work->account) : NULL;
    job->submit_sec = work->submit_sec;
    job->limit_sec = work->limit_sec;
    work_choose(&named, job, NULL);
    shape_job(p, work, job);
    if (work->gpu_types && work->gpus > 0)
        allow_types(job, work->gpu_types);
    return job;
}

/* A job as it comes, made one that can be meant. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/jobchange.h"
#include "scheduler/license.h"

static void units_make_sane(struct job *job)
{
    job->n_units = MIN(job->n_units, UNITS_MAX);
    for (size_t k = 0; k < job->n_units; k++) {
        struct unit *unit = &job->units[k];

        unit->count = MAX(unit->count, 1);
        unit->most = MIN(MAX(unit->most, 1), unit->count);
        unit->tasks = MAX(unit->tasks, 0);
        for (int i = 0; i < RES_MAX; i++)
            unit->each.v[i] = MAX(unit->each.v[i], 0);
    }
    if (job->n_units > 0)
        job->one_per_node = true;
    job->min_pods = MIN(job->min_pods, job_least_units(job));
    job->max_pods = MIN(job->max_pods, job_least_units(job));
}

/* Numbers that cannot be meant become the nearest that can. */
static void shape_make_sane(struct job *job)
{
    size_t kept = 0;

    job->min_pods = MAX(job->min_pods, 1);
    job->max_pods = MAX(job->max_pods, job->min_pods);
    for (int i = 0; i < RES_MAX; i++)
        job->each.v[i] = MAX(job->each.v[i], 0);
    job->segment = MAX(job->segment, 0);
    job->most_switches = MAX(job->most_switches, 0);
    job->switch_wait_sec = MAX(job->switch_wait_sec, LIMIT_UNSET);
    units_make_sane(job);
    for (size_t i = 0; i < job->n_node_list; i++) {
        if (kept > 0 && strcmp(job->node_list[kept - 1], job->node_list[i]) == 0)
            free(job->node_list[i]);
        else
            job->node_list[kept++] = job->node_list[i];
    }
    job->n_node_list = kept;
}

/* One that ends before its job does so while that holds nodes. */
static void component_make_sane(const struct job *job, struct job *component)
{
    shape_make_sane(component);
    component->limit_sec = MAX(component->limit_sec, LIMIT_UNSET);
    if (job->phase == JOB_PENDING || job->phase == JOB_ASIDE)
        component->end_sec = TIME_UNSET;
    component->gone &= component->end_sec != TIME_UNSET;
}

/* Who waits has none of several yet. */
static void qos_make_sane(struct job *job)
{
    while (job->n_qos_list > QOS_LIST_MAX)
        free(job->qos_list[--job->n_qos_list]);
    if (job->n_qos_list > 0 && job->phase == JOB_PENDING)
        free(TAKE(job->qos));
    if (job->n_qos_list == 1 && job->qos == NULL)
        job->qos = xstrdup(job->qos_list[0]);
    if (job->n_qos_list == 1)
        free(job->qos_list[--job->n_qos_list]);
    if (job->qos_at < 0 || job->qos_at >= (int64_t)job->n_qos_list)
        job->qos_at = 0;
}

void jobchange_make_sane(struct job *job)
{
    shape_make_sane(job);
    qos_make_sane(job);
    job_cut_components(job, COMPONENTS_MAX - 1);
    for (size_t i = 0; i < job->n_others; i++)
        component_make_sane(job, &job->others[i]);
    for (size_t i = 0; i < job->n_licenses; i++)
        job->licenses[i].count = MIN(MAX(job->licenses[i].count, 0), LICENSE_COUNT_MAX);
}

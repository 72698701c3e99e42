#include "scheduler/component.h"

const struct slot *component_slots(const struct slot *slots, size_t n, size_t component,
                                   size_t *ret_n)
{
    size_t first = 0, end;

    while (first < n && slots[first].component != (int64_t)component)
        first++;
    for (end = first; end < n && slots[end].component == (int64_t)component; end++)
        ;
    *ret_n = end - first;
    return slots != NULL ? slots + first : NULL;
}

static void set_amounts(struct job *into, const struct job *own)
{
    into->min_pods = own->min_pods;
    into->max_pods = own->max_pods;
    into->one_per_node = own->one_per_node;
    into->each = own->each;
    into->added_milli = own->added_milli;
    into->tasks = own->tasks;
    into->gpu_type = own->gpu_type;
    into->units = own->units;
    into->n_units = own->n_units;
    into->lifts = own->lifts;
    into->caps = own->caps;
    into->n_caps = own->n_caps;
}

/* While the job runs on. */
static void set_end(struct job *into, const struct job *own)
{
    if (own->limit_sec != LIMIT_UNSET)
        into->limit_sec = own->limit_sec;
    if (own->end_sec == TIME_UNSET)
        return;
    into->phase = JOB_COMPLETING;
    into->end_sec = own->end_sec;
    into->gone = own->gone;
}

/* Those that it names; else it has the job's. */
static void set_payers(struct job *into, const struct job *own)
{
    if (own->account != NULL)
        into->account = own->account;
    if (own->qos != NULL) {
        into->qos = own->qos;
        into->n_qos_list = 0;
    }
}

/* Where it names one; else it is where the job is. */
static void set_partition(struct job *into, const struct job *own)
{
    if (own->n_partitions == 0)
        return;
    into->walls = NULL;
    into->n_walls = 0;
    into->partitions = own->partitions;
    into->n_partitions = 1;
    if (into->partition != NULL)
        into->partition = own->partitions[0];
}

const struct job *component_alone(const struct job *job, size_t component,
                                  struct job *into)
{
    if (job->n_others == 0)
        return job;
    *into = *job;
    into->others = NULL;
    into->n_others = 0;
    into->alloc = component_slots(job->alloc, job->n_alloc, component, &into->n_alloc);
    if (component == 0)
        return into;
    into->licenses = NULL;
    into->n_licenses = 0;
    set_amounts(into, job_component(job, component));
    set_payers(into, job_component(job, component));
    set_partition(into, job_component(job, component));
    set_end(into, job_component(job, component));
    return into;
}

/* What jobs ask for, of the data model. */
#include "base/util.h"
#include "scheduler/model.h"

struct unit *job_add_unit(struct job *j, int64_t count, const struct resvec *each)
{
    struct unit *unit;

    j->units = xrealloc(j->units, (j->n_units + 1) * sizeof(*j->units));
    unit = &j->units[j->n_units++];
    *unit = (struct unit){.count = count, .most = LIMIT_UNLIMITED, .each = *each};
    return unit;
}

int64_t job_least_units(const struct job *j)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < j->n_units; i++)
        least = MIN(least, j->units[i].count);
    return least;
}

bool job_unite(const struct job *j, struct job *ret, struct unit *ret_unit)
{
    int64_t least = job_least_units(j);

    *ret = *j;
    *ret_unit = (struct unit){.count = least, .most = least};
    for (size_t i = 0; i < j->n_units; i++) {
        const struct unit *unit = &j->units[i];
        int64_t times = unit->count / least, most = MIN(unit->most, unit->count);

        if (unit->count % least != 0 || most % times != 0)
            return false;
        ret_unit->most = MIN(ret_unit->most, most / times);
        ret_unit->tasks += times * unit->tasks;
        resvec_add_times(&ret_unit->each, &unit->each, times);
        ret->tasks += (times - 1) * unit->tasks;
        resvec_add_times(&ret->each, &unit->each, times - 1);
    }
    ret->units = ret_unit;
    ret->n_units = 1;
    return j->n_units > 1;
}

const struct job *job_component(const struct job *j, size_t component)
{
    return component == 0 ? j : &j->others[component - 1];
}

bool job_is_uneven(const struct job *j)
{
    bool uneven = false;

    for (size_t i = 0; i < j->n_others; i++)
        uneven |= j->others[i].limit_sec != LIMIT_UNSET;
    return uneven;
}

bool job_holds(const struct job *j, const struct slot *slot)
{
    size_t component = (size_t)slot->component;

    return component == 0 || component > j->n_others || !j->others[component - 1].gone;
}

struct resvec component_ask(const struct job *j)
{
    struct resvec sum;

    for (int i = 0; i < RES_MAX; i++) {
        __int128 n = (__int128)j->each.v[i] * j->min_pods;

        for (size_t k = 0; k < j->n_units; k++)
            n += (__int128)j->units[k].each.v[i] *
                 MAX(j->units[k].count - j->min_pods, 0);
        sum.v[i] = (int64_t)MIN(n, (__int128)INT64_MAX);
    }
    return sum;
}

struct resvec component_counts(const struct job *j, const struct resvec *v)
{
    struct resvec counts = *v;

    counts.v[RES_CPU] = v->v[j->cpus];
    return counts;
}

static struct resvec ask_that_counts(const struct job *component)
{
    const struct resvec ask = component_ask(component);

    return component_counts(component, &ask);
}

static void resvec_add_capped(struct resvec *sum, const struct resvec *more)
{
    for (int i = 0; i < RES_MAX; i++)
        sum->v[i] = add_capped(sum->v[i], more->v[i]);
}

struct resvec job_ask(const struct job *j)
{
    struct resvec sum = ask_that_counts(j);

    for (size_t i = 0; i < j->n_others; i++) {
        const struct resvec ask = ask_that_counts(&j->others[i]);

        resvec_add_capped(&sum, &ask);
    }
    return sum;
}

bool job_asks_type(const struct job *j, const char *gpu_type)
{
    for (size_t i = 0; i <= j->n_others; i++) {
        if (str_eq(job_component(j, i)->gpu_type, gpu_type))
            return true;
    }
    return false;
}

struct resvec job_ask_typed(const struct job *j, const char *gpu_type)
{
    struct resvec sum = {0};

    for (size_t i = 0; i <= j->n_others; i++) {
        const struct job *component = job_component(j, i);
        const struct resvec ask = ask_that_counts(component);

        if (str_eq(component->gpu_type, gpu_type))
            resvec_add_capped(&sum, &ask);
    }
    return sum;
}

int64_t job_counted_nodes(const struct job *j)
{
    int64_t sum = 0;

    for (size_t i = 0; i < j->n_counts; i++)
        sum += MIN(j->counts[i].count, INT32_MAX);
    return sum;
}

int64_t component_least_nodes(const struct job *j)
{
    return j->one_per_node ? j->min_pods : 1;
}

int64_t job_least_nodes(const struct job *j)
{
    int64_t nodes = component_least_nodes(j);

    for (size_t i = 0; i < j->n_others; i++)
        nodes += component_least_nodes(&j->others[i]);
    return nodes;
}

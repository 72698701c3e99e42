#include "scheduler/variant.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/portion.h"
#include "scheduler/quota.h"

/* Of anything: sums of a few of these stay within their type. */
#define AMOUNT_MAX (INT64_C(1) << 53)

static int64_t times(int64_t each, int64_t n)
{
    return (int64_t)MIN((__int128)each * n, (__int128)AMOUNT_MAX);
}

/* Begun ones count. */
static int64_t cpus_of(const struct resvec *v)
{
    return v->v[RES_CPU] / 1000 + (v->v[RES_CPU] % 1000 != 0);
}

static int64_t gpus_of(const struct resvec *v, int gpu)
{
    return gpu >= 0 ? v->v[gpu] : 0;
}

static bool changes_amounts(const struct part_amounts *a)
{
    return a->def_cpus_per_gpu != 0 || a->def_mem_per_node != 0 ||
           a->def_mem_per_cpu != 0 || a->def_mem_per_gpu != 0 ||
           a->max_mem_per_cpu != 0;
}

static bool says_nothing(const struct partrec *part, const struct job *like)
{
    return !part->part->exclusive && !part->part->exclusive_user && part->quota < 0 &&
           !oversubscribe_is_for(part->part, like) &&
           !changes_amounts(&part->part->amounts);
}

static bool all_say_nothing(const struct cluster *c, const struct job *like,
                            const struct partrec *part)
{
    bool nothing = c->portions.kinds == 0;

    for (size_t i = 0; i <= like->n_others && nothing; i++)
        nothing = says_nothing(cluster_component_partition(c, like, i, part), like);
    return nothing;
}

/* A pod's amounts, or those of a further unit of it: then nothing is by node. */
static void amounts_apply(const struct part_amounts *a, const struct job *asked,
                          int gpu, bool is_pod, struct resvec *v)
{
    int64_t gpus = gpus_of(v, gpu), mem;

    if (!asked->own_cpus)
        v->v[RES_CPU] = MAX(v->v[RES_CPU], times(1000 * a->def_cpus_per_gpu, gpus));
    if (!asked->own_mem) {
        mem = times(a->def_mem_per_cpu, cpus_of(v)) + times(a->def_mem_per_gpu, gpus);
        mem += is_pod ? a->def_mem_per_node : 0;
        v->v[RES_MEM] = MIN(v->v[RES_MEM] + mem, AMOUNT_MAX);
    }
    if (a->max_mem_per_cpu > 0) {
        int64_t least = v->v[RES_MEM] / a->max_mem_per_cpu +
                        (v->v[RES_MEM] % a->max_mem_per_cpu != 0);

        v->v[RES_CPU] = MAX(v->v[RES_CPU], times(1000, least));
    }
}

/* CPUs of GPUs cover those of so many tasks that lie beside them by themselves. */
static bool is_covered(const struct part_amounts *a, const struct job *asked,
                       const struct unit *unit, int gpu)
{
    return !asked->own_cpus && asked->n_units > 1 && gpus_of(&unit->each, gpu) == 0 &&
           unit->count <= a->def_cpus_per_gpu;
}

static void unit_apply(const struct part_amounts *a, int gpu, struct job *request,
                       struct unit *unit)
{
    if (is_covered(a, request, unit, gpu))
        unit->each.v[RES_CPU] = 0;
    amounts_apply(a, request, gpu, false, &unit->each);
}

static void shape_apply(const struct part_amounts *a, int gpu, struct job *request)
{
    amounts_apply(a, request, gpu, true, &request->each);
    for (size_t i = 0; i < request->n_units; i++)
        unit_apply(a, gpu, request, &request->units[i]);
}

/* Do units of each kind by themselves ask for what a share of both does? */
static bool adds_up(const struct job *request, const struct job *equal)
{
    struct job sum;
    struct unit unit;

    return job_unite(request, &sum, &unit) &&
           memcmp(&sum.each, &equal->each, sizeof(sum.each)) == 0 &&
           memcmp(&unit.each, &equal->units->each, sizeof(unit.each)) == 0;
}

/* CPUs that are the larger of two amounts are so of tasks and GPUs together: then only
 * equal shares of both have their size. */
void variant_apply_one(const struct partition *part, int gpu, struct job *request)
{
    struct job equal;
    struct unit share;
    bool shares = job_unite(request, &equal, &share);

    request->exclusive |= part->exclusive;
    request->exclusive_user |= part->exclusive_user;
    shape_apply(&part->amounts, gpu, request);
    if (!shares)
        return;
    shape_apply(&part->amounts, gpu, &equal);
    if (adds_up(request, &equal))
        return;
    request->each = equal.each;
    request->tasks = equal.tasks;
    request->units[0] = share;
    request->n_units = 1;
}

struct resvec variant_ask(const struct partition *part, int gpu,
                          const struct job *component, struct resvec *ret_pod)
{
    struct unit units[UNITS_MAX];
    struct job request;

    *ret_pod = component->each;
    if (!changes_amounts(&part->amounts))
        return job_ask(component);
    request = *component;
    for (size_t i = 0; i < component->n_units; i++)
        units[i] = component->units[i];
    request.units = units;
    variant_apply_one(part, gpu, &request);
    *ret_pod = request.each;
    return job_ask(&request);
}

void variant_apply(const struct cluster *c, const struct partrec *part, struct lot lot,
                   struct job *request)
{
    for (size_t i = 0; i <= request->n_others; i++) {
        const struct partrec *own = cluster_component_partition(c, request, i, part);
        struct job *component = i == 0 ? request : &request->others[i - 1];

        variant_apply_one(own->part, c->res.gpu, component);
        request->exclusive |= own->part->exclusive;
        request->exclusive_user |= own->part->exclusive_user;
    }
    for (size_t i = 0; i <= request->n_others; i++) { /* all of it is known now */
        const struct partrec *own = cluster_component_partition(c, request, i, part);
        struct job *component = i == 0 ? request : &request->others[i - 1];

        if (oversubscribe_is_for(own->part, request))
            oversubscribe_ask(c, own->part, component);
        quota_ask(own, request->exclusive, component);
        portion_ask(c, lot, component);
    }
}

/* It says all of its amounts now. */
static void own_all(struct job *request)
{
    request->own_cpus = request->own_mem = true;
    for (size_t i = 0; i < request->n_others; i++)
        request->others[i].own_cpus = request->others[i].own_mem = true;
}

static struct shape *make(struct shape **shapes, const struct shape *shape,
                          const struct cluster *c, const struct partrec *part,
                          struct lot lot)
{
    struct job *request = job_copy(shape->like);
    struct shape *variant;

    variant_apply(c, part, lot, request);
    own_all(request);
    variant = shape_get(shapes, request);
    job_free(request);
    return variant;
}

struct shape *variant_of(struct shape **shapes, struct shape *shape,
                         const struct cluster *c, const struct partrec *part,
                         struct lot lot)
{
    struct fit *fit;
    struct shape *variant;

    if (all_say_nothing(c, shape->like, part))
        return shape;
    fit = shape_fit_in(shape, part, lot);
    if (fit->variant_gen == c->gen)
        return fit->variant != NULL ? fit->variant : shape;
    variant = make(shapes, shape, c, part, lot);
    shape_put(shapes, fit->variant);
    fit->variant = variant;
    fit->variant_gen = c->gen;
    if (variant == shape) { /* it is not held by itself */
        shape_put(shapes, variant);
        fit->variant = NULL;
    }
    return variant;
}

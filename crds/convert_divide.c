#include <inttypes.h>

#include "base/util.h"
#include "crds/convert_ask.h"

/* A kind of unit: so many, each further one of a pod of so many tasks and GPUs. */
struct kind {
    int64_t count, tasks, gpus;
};

/* The ask with what follows from other fields filled in. */
struct division {
    struct ask ask;                  /* gpu_type is not its own */
    int64_t tasks_first, gpus_first; /* of a pod with one unit of each kind */
    struct kind kinds[UNITS_MAX];
    size_t n_kinds;
};

/* ---- what follows from what ---- */

/* gpus = gpusPerNode x nodes. */
static int settle_gpus_per_node(struct ask *a, struct err *err)
{
    if (a->gpus == 0 || a->gpus_per_node == 0)
        return 0;
    int64_t nodes = a->gpus / a->gpus_per_node;
    if (a->gpus % a->gpus_per_node != 0)
        return err_set(err, ERR_INVALID,
                       "spec.gpus: %" PRId64 " is no multiple of gpusPerNode, %" PRId64,
                       a->gpus, a->gpus_per_node);
    if (a->min_nodes > 0 && (nodes < a->min_nodes || nodes > a->max_nodes))
        return err_set(err, ERR_INVALID,
                       "spec.gpus: %" PRId64 " with gpusPerNode %" PRId64
                       " takes %" PRId64 " nodes, but nodes says otherwise",
                       a->gpus, a->gpus_per_node, nodes);
    a->min_nodes = a->max_nodes = nodes;
    a->gpus = 0;
    return 0;
}

/* GPUs in all, or of a node, divided by those of a task: tasks in all, or of a node. */
static int settle_by_task(int64_t gpus, int64_t per_task, int64_t *tasks,
                          const char *what, struct err *err)
{
    int64_t n = gpus / per_task;
    if (gpus % per_task != 0 || (*tasks > 0 && *tasks != n))
        return err_set(err, ERR_INVALID,
                       "spec.%s: %" PRId64 " with gpusPerTask %" PRId64
                       " is not that of so many tasks",
                       what, gpus, per_task);
    *tasks = n;
    return 0;
}

static int settle_gpus_per_task(struct ask *a, struct err *err)
{
    if (a->gpus_per_task == 0)
        return 0;
    if (a->gpus > 0 &&
        settle_by_task(a->gpus, a->gpus_per_task, &a->tasks, "gpus", err) < 0)
        return -1;
    if (a->gpus_per_node > 0 &&
        settle_by_task(a->gpus_per_node, a->gpus_per_task, &a->tasks_per_node,
                       "gpusPerNode", err) < 0)
        return -1;
    if (a->tasks == 0 && a->tasks_per_node == 0)
        return err_set(err, ERR_INVALID,
                       "spec.gpusPerTask: needs ntasks, ntasksPerNode, gpus or "
                       "gpusPerNode beside it");
    a->gpus = a->gpus_per_node = 0;
    return 0;
}

static int check_gpu_shares(const struct ask *a, struct err *err)
{
    bool gpus = a->gpus > 0 || a->gpus_per_node > 0 || a->gpus_per_task > 0;
    if (!gpus && (a->cpus_per_gpu > 0 || a->mem_per_gpu > 0))
        return err_set(err, ERR_INVALID,
                       "spec.%s: needs gpus, gpusPerNode or gpusPerTask beside it",
                       a->cpus_per_gpu > 0 ? "cpusPerGpu" : "memPerGpu");
    if (a->cpus_per_gpu > 0 && a->cpus_per_task > 0)
        return err_set(err, ERR_INVALID,
                       "spec.cpusPerGpu and cpusPerTask exclude each other");
    return 0;
}

/* Each counted feature has nodes of its own. */
static int settle_counted(struct ask *a, struct err *err)
{
    int64_t most = a->min_nodes > 0 ? a->max_nodes : PODS_MAX;

    if (a->tasks > 0 && a->tasks < a->counted_nodes)
        return err_set(err, ERR_INVALID,
                       "spec.constraint: %" PRId64 " nodes are counted, but there are "
                       "%" PRId64 " tasks, and each node has one at least",
                       a->counted_nodes, a->tasks);
    if (a->counted_nodes > most)
        return err_set(err, ERR_INVALID,
                       "spec.constraint: %" PRId64
                       " nodes are counted, more than nodes allows, %" PRId64,
                       a->counted_nodes, most);
    if (a->min_nodes == 0 && a->tasks == 0 && a->gpus <= 1)
        a->max_nodes = a->counted_nodes;
    a->min_nodes = MAX(a->min_nodes, a->counted_nodes);
    return 0;
}

static int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* The nodes that so many tasks may lie on; ntasksPerNode beside ntasks is the most of
 * one node (sbatch(1)). */
static int settle_nodes(struct ask *a, struct err *err)
{
    bool given = a->min_nodes > 0;
    int64_t least = a->tasks_per_node > 0 ? divide_up(a->tasks, a->tasks_per_node) : 1;
    if (a->tasks == 0)
        return 0;
    if (a->tasks < a->min_nodes)
        return err_set(err, ERR_INVALID,
                       "spec.ntasks: %" PRId64 " cannot be on %" PRId64
                       " nodes: each has one at least",
                       a->tasks, a->min_nodes);
    if (given && least > a->max_nodes)
        return err_set(err, ERR_INVALID,
                       "spec.ntasks: %" PRId64 " with ntasksPerNode %" PRId64
                       " takes %" PRId64 " nodes, more than nodes allows",
                       a->tasks, a->tasks_per_node, least);
    a->min_nodes = MAX(a->min_nodes, least);
    a->max_nodes = given ? MIN(a->max_nodes, a->tasks) : MIN(a->tasks, PODS_MAX);
    return 0;
}

/* ---- pods and units ---- */

static int64_t gcd(int64_t a, int64_t b)
{
    return b == 0 ? a : gcd(b, a % b);
}

/* So many nodes, each with as much as the others. */
static void divide_equally(struct division *d, struct job *job)
{
    const struct ask *a = &d->ask;
    int64_t nodes = a->max_nodes;
    job->min_pods = a->min_nodes;
    job->max_pods = nodes;
    d->tasks_first = a->tasks > 0 ? a->tasks / nodes : MAX(a->tasks_per_node, 1);
    d->gpus_first = a->gpus > 0            ? a->gpus / nodes
                    : a->gpus_per_node > 0 ? a->gpus_per_node
                                           : d->tasks_first * a->gpus_per_task;
}

/* Where one of tasks and GPUs lies equally on so many nodes, the other alone is
 * divided: no node has to hold more than that takes. False: neither does. */
static bool divide_apart(struct division *d)
{
    const struct ask *a = &d->ask;
    int64_t nodes = a->min_nodes;

    if (nodes != a->max_nodes || a->tasks == 0 || a->gpus == 0 ||
        (a->tasks % nodes != 0 && a->gpus % nodes != 0))
        return false;
    d->n_kinds = 1;
    d->tasks_first = d->gpus_first = 1;
    if (a->gpus % nodes == 0) {
        d->kinds[0] = (struct kind){a->tasks, 1, 0};
        d->gpus_first = a->gpus / nodes;
        return true;
    }
    d->kinds[0] = (struct kind){a->gpus, 0, 1};
    d->tasks_first = a->tasks / nodes;
    return true;
}

/* Tasks by themselves, and GPUs by themselves. */
static void divide_twice(struct division *d)
{
    d->kinds[0] = (struct kind){d->ask.tasks, 1, 0};
    d->kinds[1] = (struct kind){d->ask.gpus, 0, 1};
    d->n_kinds = 2;
    d->tasks_first = d->gpus_first = 1;
}

/* Of tasks and GPUs together, as they are in the whole job; without a count of tasks,
 * of a GPU each. */
static void divide_together(struct division *d, int64_t units)
{
    const struct ask *a = &d->ask;
    int64_t tasks = a->tasks / units;

    d->kinds[0] =
        (struct kind){units, tasks, a->gpus / units + tasks * a->gpus_per_task};
    d->n_kinds = 1;
    d->tasks_first = a->tasks > 0 ? tasks : MAX(a->tasks_per_node, 1);
    d->gpus_first = d->kinds[0].gpus + a->gpus_per_node;
}

/* Is there one of them only? Or do a GPU's CPUs cover those of tasks beside it, but not
 * of all? Such CPUs are so of both together: they need units of a task or a GPU at
 * least, and nodes that take a whole number of them. */
static bool go_together(const struct ask *a, int64_t units, int64_t least)
{
    if (a->tasks == 0 || a->gpus == 0)
        return true;
    return a->cpus_per_gpu > 0 && a->tasks > a->cpus_per_gpu && units == least &&
           a->tasks_per_node % (a->tasks / units) == 0;
}

static int divide_units(struct division *d, bool spread, struct job *job,
                        struct err *err)
{
    const struct ask *a = &d->ask;
    int64_t units = gcd(a->tasks, a->gpus);
    int64_t least =
        MIN(a->tasks > 0 ? a->tasks : INT64_MAX, a->gpus > 0 ? a->gpus : INT64_MAX);

    if (a->gpus > 0 && a->gpus < a->min_nodes)
        return err_set(err, ERR_INVALID,
                       "spec.gpus: Invalid generic resource (gres) specification: "
                       "%" PRId64 " cannot be on %" PRId64
                       " nodes, each has one at least",
                       a->gpus, a->min_nodes);
    bool apart = divide_apart(d);
    if (!apart && go_together(a, units, least))
        divide_together(d, units);
    else if (!apart)
        divide_twice(d);
    job->min_pods = MAX(a->min_nodes, 1);
    job->max_pods = MIN(a->max_nodes > 0 ? a->max_nodes : PODS_MAX, least);
    job->spread = spread;
    return 0;
}

static bool is_equal(const struct ask *a)
{
    if (a->tasks == 0 && a->gpus == 0)
        return true;
    return a->min_nodes == a->max_nodes && a->max_nodes > 0 &&
           a->tasks % a->max_nodes == 0 && a->gpus % a->max_nodes == 0;
}

/* ---- amounts ---- */

static int add_mem(struct resvec *v, int64_t each, int64_t n, const char *field,
                   const char *what, struct err *err)
{
    int64_t mem = times(each, n);
    if (mem > AMOUNT_MAX)
        return err_set(err, ERR_INVALID,
                       "spec.%s: with %" PRId64 " %s more than any machine has", field,
                       n, what);
    v->v[RES_MEM] += mem;
    return 0;
}

/* Adds what so many tasks and GPUs take. Slurm's task has one CPU: where neither fields
 * nor template speak of CPUs, that is what a pod gets. */
static int add_share(const struct convert *c, const struct ask *a, int64_t tasks,
                     int64_t gpus, struct resvec *v, struct err *err)
{
    bool cpus_given = a->tasks > 0 || a->tasks_per_node > 0 || a->cpus_per_task > 0;
    bool covered = gpus == 0 && a->tasks <= a->cpus_per_gpu; /* by those of a GPU */
    if (a->cpus_per_gpu > 0)
        v->v[RES_CPU] += covered ? 0 : 1000 * MAX(a->cpus_per_gpu * gpus, tasks);
    else if (cpus_given || v->v[RES_CPU] == 0)
        v->v[RES_CPU] += 1000 * tasks * MAX(a->cpus_per_task, 1);
    if (v->v[RES_CPU] > AMOUNT_MAX)
        return err_set(err, ERR_INVALID,
                       "spec.cpusPerTask: with %" PRId64
                       " tasks more than any machine has",
                       tasks);
    if (add_mem(v, a->mem_per_cpu, (v->v[RES_CPU] + 999) / 1000, "memPerCpu", "CPUs",
                err) < 0 ||
        add_mem(v, a->mem_per_gpu, gpus, "memPerGpu", "GPUs", err) < 0)
        return -1;
    if (gpus == 0)
        return 0;
    int gpu = restable_intern(c->resources, c->gpu_resource);
    if (gpu < 0)
        return err_set(err, ERR_TOO_LARGE,
                       "spec.%s: the cluster has more than %d kinds of resources",
                       a->gpus_per_node > 0   ? "gpusPerNode"
                       : a->gpus_per_task > 0 ? "gpusPerTask"
                                              : "gpus",
                       RES_MAX);
    v->v[gpu] += gpus;
    return 0;
}

/* ntasksPerNode beside ntasks is the most. */
static int add_units(const struct convert *c, const struct division *d, struct job *job,
                     struct err *err)
{
    for (size_t i = 0; i < d->n_kinds; i++) {
        const struct kind *kind = &d->kinds[i];
        const struct resvec nothing = {0};
        struct unit *unit = job_add_unit(job, kind->count, &nothing);

        unit->tasks = kind->tasks;
        if (kind->tasks > 0 && d->ask.tasks_per_node > 0)
            unit->most = d->ask.tasks_per_node / kind->tasks;
        if (add_share(c, &d->ask, kind->tasks, kind->gpus, &unit->each, err) < 0)
            return -1;
    }
    return 0;
}

int ask_divide(const struct convert *c, const struct ask *ask, struct job *job,
               struct err *err)
{
    struct division d = {.ask = *ask};
    bool spread = (ask->min_nodes > 0 && !ask->few) || ask->spread;
    if (ask->few && ask->spread)
        return err_set(err, ERR_INVALID,
                       "spec.useMinNodes and spread exclude each other");
    if (check_gpu_shares(&d.ask, err) < 0 || settle_gpus_per_node(&d.ask, err) < 0 ||
        settle_gpus_per_task(&d.ask, err) < 0 || settle_nodes(&d.ask, err) < 0 ||
        settle_counted(&d.ask, err) < 0)
        return -1;
    if (d.ask.min_nodes == 0 && d.ask.gpus <= 1)
        d.ask.min_nodes = d.ask.max_nodes = 1;
    if (ask->few && d.ask.tasks == 0 && d.ask.gpus == 0)
        d.ask.max_nodes = d.ask.min_nodes;
    job->one_per_node = true;
    job->own_cpus |= ask->cpus_per_task > 0 || ask->cpus_per_gpu > 0;
    job->own_mem |=
        ask->mem_per_node > 0 || ask->mem_per_cpu > 0 || ask->mem_per_gpu > 0;
    if (is_equal(&d.ask))
        divide_equally(&d, job);
    else if (divide_units(&d, spread, job, err) < 0)
        return -1;
    job->tasks = d.tasks_first;
    if (add_share(c, &d.ask, d.tasks_first, d.gpus_first, &job->each, err) < 0)
        return -1;
    job->each.v[RES_MEM] += ask->mem_per_node;
    return add_units(c, &d, job, err);
}

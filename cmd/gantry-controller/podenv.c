#include "cmd/gantry-controller/podenv.h"

#include <inttypes.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry-controller/service.h"

#define LIST_MAX (64u << 10)
#define NAME_MAX_BYTES 128

static void add_text(struct json *env, const char *name, const char *value)
{
    json_append(env, json_build("{'name':%s,'value':%s}", name, value));
}

/* `group` stands behind the name. */
static void add_in_group(struct json *env, const char *name, const char *group,
                         const char *value)
{
    AUTO_FREE char *full = xasprintf("%s%s", name, group);
    add_text(env, full, value);
}

static void add_number(struct json *env, const char *name, int64_t value)
{
    AUTO_FREE char *text = xasprintf("%" PRId64, value);
    add_text(env, name, text);
}

static void nodelist(const struct pod_plan *plan, struct str *out)
{
    HOSTLIST_AUTO struct hostlist hl = {0};
    for (size_t i = 0; i < plan->n_slots; i++)
        hostlist_add(&hl, plan->slots[i].node);
    hostlist_format(&hl, out);
}

static int64_t cpus_of(const struct slot *slot)
{
    return (slot_counts(slot).v[RES_CPU] + 999) / 1000;
}

/* What the pods of a slot count together. */
static int64_t slot_cpus(const struct slot *slot)
{
    return slot->pods * cpus_of(slot);
}

static int64_t slot_tasks(const struct slot *slot)
{
    return slot->pods * MAX(slot->tasks, 1);
}

/* Tasks of the slots in front of `end`. */
static int64_t tasks_before(const struct pod_plan *plan, size_t end)
{
    int64_t tasks = 0;
    for (size_t i = 0; i < end; i++)
        tasks += slot_tasks(&plan->slots[i]);
    return tasks;
}

/* Slurm's run lengths: "2(x3),1" is two on each of three nodes, then one. */
static void run_lengths(const struct pod_plan *plan,
                        int64_t (*count)(const struct slot *slot), struct str *out)
{
    for (size_t i = 0, n; i < plan->n_slots; i += n) {
        int64_t here = count(&plan->slots[i]);
        for (n = 1; i + n < plan->n_slots && count(&plan->slots[i + n]) == here; n++)
            ;
        str_addf(out, i ? ",%" PRId64 : "%" PRId64, here);
        if (n > 1)
            str_addf(out, "(x%zu)", n);
    }
}

/* The first rank's name within the job's Service. */
static void first_address(const struct pod_plan *plan, struct str *out)
{
    AUTO_FREE char *service = service_name(plan->job);
    pod_name(plan->job, plan->attempt, plan->slots[0].first_rank, out);
    str_addf(out, ".%s", service);
}

/* What one pod alone has nobody to speak to but itself. */
static void master_address(const struct pod_plan *plan, int64_t pods, struct str *out)
{
    if (pods == 1)
        str_add(out, "127.0.0.1");
    else
        first_address(plan, out);
}

static int64_t gpus_of(const struct convert *c, const struct resvec *each)
{
    int gpu = restable_find(c->resources, c->gpu_resource);
    return gpu < 0 ? 0 : each->v[gpu];
}

static void add_numbers(struct json *env, const struct pod_plan *plan, int64_t rank)
{
    struct seat seat = pod_seat(plan, rank);
    const struct resvec *each = &seat.slot->each;
    int64_t pods = slots_pods(plan->slots, plan->n_slots);
    int64_t gpus = gpus_of(plan->convert, each), cpus = slot_cpus(seat.slot);
    int64_t tasks = tasks_before(plan, plan->n_slots);
    int64_t local_task = seat.local_rank * MAX(seat.slot->tasks, 1);
    int64_t own_rank = rank - plan->slots[0].first_rank;
    const struct {
        const char *name;
        int64_t value;
        bool absent;
    } numbers[] = {
        {"SLURM_JOB_ID", plan->job->status.job_id, false},
        {"SLURM_JOBID", plan->job->status.job_id, false},
        {"SLURM_JOB_NUM_NODES", (int64_t)plan->n_slots, false},
        {"SLURM_NNODES", (int64_t)plan->n_slots, false},
        {"SLURM_NTASKS", tasks, false},
        {"SLURM_NPROCS", tasks, false},
        {"SLURM_PROCID", tasks_before(plan, seat.node_index) + local_task, false},
        {"SLURM_NODEID", (int64_t)seat.node_index, false},
        {"SLURM_LOCALID", local_task, false},
        {"SLURM_CPUS_ON_NODE", cpus, cpus == 0},
        {"SLURM_GPUS_ON_NODE", gpus * seat.slot->pods, gpus == 0},
        {"SLURM_RESTART_COUNT", plan->job->status.restarts,
         plan->job->status.restarts == 0},
        {"RANK", own_rank, false},
        {"WORLD_SIZE", pods, false},
        {"MASTER_PORT", MASTER_PORT, false},
        {"PET_NNODES", pods, false},
        {"PET_NODE_RANK", own_rank, false},
        {"PET_NPROC_PER_NODE", gpus, gpus == 0}, /* torchrun's own default is 1 */
        {"PET_MASTER_PORT", MASTER_PORT, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (!numbers[i].absent)
            add_number(env, numbers[i].name, numbers[i].value);
}

/* sbatch(1): of a task of a job array. */
static void add_array(struct json *env, const struct bjob_task *task)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"SLURM_ARRAY_JOB_ID", task->array_id},  {"SLURM_ARRAY_TASK_ID", task->index},
        {"SLURM_ARRAY_TASK_COUNT", task->count}, {"SLURM_ARRAY_TASK_MIN", task->first},
        {"SLURM_ARRAY_TASK_MAX", task->last},    {"SLURM_ARRAY_TASK_STEP", task->step},
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        add_number(env, numbers[i].name, numbers[i].value);
}

/* Where it stands, and for whom it counts. */
static void add_standing(struct json *env, const struct pod_plan *plan,
                         const char *group)
{
    const struct jstatus *status = &plan->job->status;
    const struct {
        const char *name, *value;
    } texts[] = {
        {"SLURM_JOB_PARTITION", plan->partition},
        {"SLURM_JOB_ACCOUNT", plan->account ? plan->account : status->account},
        {"SLURM_JOB_QOS", plan->qos ? plan->qos : status->qos},
        {"SLURM_JOB_RESERVATION", plan->reservation},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (texts[i].value)
            add_in_group(env, texts[i].name, group, texts[i].value);
}

/* "matlab:2,ansys:1", those that it has; with a choice the one. */
static void add_licenses(struct json *env, const struct pod_plan *plan)
{
    struct job view;
    struct license_list has;
    STR_AUTO struct str text;
    str_init(&text, LIST_MAX);
    if (!plan->job->model)
        return;
    has = job_licenses(job_with_license(plan->job->model, plan->license, &view));
    for (size_t i = 0; i < has.n; i++)
        str_addf(&text, "%s%s:%" PRId64, i > 0 ? "," : "", has.items[i].name,
                 has.items[i].count);
    if (has.n > 0)
        add_text(env, "SLURM_JOB_LICENSES", text.s);
}

static void add_texts(struct json *env, const struct pod_plan *plan, int64_t rank)
{
    const struct bjob *job = plan->job;
    struct seat seat = pod_seat(plan, rank);
    STR_AUTO struct str nodes, tasks, cpus, master;
    str_init(&nodes, LIST_MAX);
    str_init(&tasks, LIST_MAX);
    str_init(&cpus, LIST_MAX);
    str_init(&master, NAME_MAX_BYTES);
    nodelist(plan, &nodes);
    run_lengths(plan, slot_tasks, &tasks);
    run_lengths(plan, slot_cpus, &cpus);
    master_address(plan, slots_pods(plan->slots, plan->n_slots), &master);
    add_text(env, "SLURM_JOB_NAME", job->job_name);
    if (job->model && job->model->user && *job->model->user)
        add_text(env, "SLURM_JOB_USER", job->model->user);
    add_standing(env, plan, "");
    add_licenses(env, plan);
    add_text(env, "SLURM_JOB_NODELIST", nodes.s);
    add_text(env, "SLURM_NODELIST", nodes.s);
    add_text(env, "SLURM_TASKS_PER_NODE", tasks.s);
    if (slot_cpus(seat.slot) > 0)
        add_text(env, "SLURM_JOB_CPUS_PER_NODE", cpus.s);
    add_text(env, "SLURMD_NODENAME", seat.slot->node);
    add_text(env, "MASTER_ADDR", master.s);
    add_text(env, "PET_MASTER_ADDR", master.s);
}

/* `group` stands behind each name. */
static void add_request(struct json *env, const struct work *work, const char *group)
{
    for (size_t i = 0; i < work->n_env; i++) {
        const char *equals = strchr(work->env[i], '=');
        AUTO_FREE char *name =
            xasprintf("%.*s%s", (int)(equals - work->env[i]), work->env[i], group);
        add_text(env, name, equals + 1);
    }
}

/* ---- components ---- */

static void add_count(struct json *env, const char *name, const char *group,
                      int64_t value)
{
    AUTO_FREE char *text = xasprintf("%" PRId64, value);
    add_in_group(env, name, group, text);
}

static void add_component(struct json *env, const struct pod_plan *world, size_t i)
{
    const struct bjob *job = world->job;
    AUTO_FREE char *group = xasprintf("_HET_GROUP_%zu", i);
    STR_AUTO struct str nodes, tasks, cpus, master;
    str_init(&nodes, LIST_MAX);
    str_init(&tasks, LIST_MAX);
    str_init(&cpus, LIST_MAX);
    str_init(&master, NAME_MAX_BYTES);
    nodelist(world, &nodes);
    run_lengths(world, slot_tasks, &tasks);
    run_lengths(world, slot_cpus, &cpus);
    first_address(world, &master);
    add_count(env, "SLURM_JOB_ID", group, job->status.job_id + (int64_t)i);
    add_in_group(env, "SLURM_JOB_NAME", group, job->job_name);
    add_count(env, "SLURM_JOB_NUM_NODES", group, (int64_t)world->n_slots);
    add_count(env, "SLURM_NNODES", group, (int64_t)world->n_slots);
    add_count(env, "SLURM_NTASKS", group, tasks_before(world, world->n_slots));
    add_standing(env, world, group);
    add_in_group(env, "SLURM_JOB_NODELIST", group, nodes.s);
    add_in_group(env, "SLURM_TASKS_PER_NODE", group, tasks.s);
    if (slot_cpus(&world->slots[0]) > 0)
        add_in_group(env, "SLURM_JOB_CPUS_PER_NODE", group, cpus.s);
    add_in_group(env, "MASTER_ADDR", group, master.s);
    add_request(env, &job->works[i], group);
}

static void add_components(struct json *env, const struct pod_plan *plan)
{
    if (!bjob_is_het(plan->job))
        return;
    add_number(env, "SLURM_HET_SIZE", (int64_t)plan->job->n_works);
    for (size_t i = 0; i < plan->job->n_works; i++) {
        const struct pod_plan world = pod_world(plan, (int64_t)i);
        if (world.n_slots > 0)
            add_component(env, &world, i);
    }
}

static bool has(const struct json *env, const char *name)
{
    for (size_t i = 0; i < json_len(env); i++)
        if (str_eq(json_str(json_item(env, i), "name"), name))
            return true;
    return false;
}

/* A script's variables are mostly the submitter's own surroundings, taken along; if
 * that was a job, its SLURM_... are not this one's. */
static bool gives_way(const struct pod_plan *plan, const char *name)
{
    return plan->job->is_script && str_starts(name, "SLURM");
}

void podenv_set(struct json *container, const struct pod_plan *plan, int64_t rank)
{
    JSON_AUTO struct json *ours = json_new_array();
    const struct json *theirs = json_get(container, "env");
    struct json *env = json_new_array();
    int64_t component = pod_seat(plan, rank).slot->component;
    const struct pod_plan world = pod_world(plan, component);
    add_numbers(ours, &world, rank);
    add_texts(ours, &world, rank);
    if (plan->job->task)
        add_array(ours, plan->job->task);
    add_request(ours, pod_work(plan->job, component), "");
    add_components(ours, plan);
    for (size_t i = 0; i < json_len(ours); i++) {
        const char *name = json_str(json_item(ours, i), "name");
        if (gives_way(plan, name) || !has(theirs, name))
            json_append(env, json_copy(json_item(ours, i)));
    }
    for (size_t i = 0; i < json_len(theirs); i++) {
        const char *name = json_str_or(json_item(theirs, i), "name", "");
        if (!gives_way(plan, name) || !has(ours, name))
            json_append(env, json_copy(json_item(theirs, i)));
    }
    json_set(container, "env", env);
}

#include "cmd/gantry/jobpick.h"

#include <string.h>

#include "base/duration.h"
#include "base/util.h"

/* HERE: whether there is anything; several paths may say so. */
enum pick_type { PICK_TEXT, PICK_INT, PICK_BOOL, PICK_HERE, PICK_TIME, PICK_JSON };

/* `absent`: of integers and booleans. */
static const struct pick {
    const char *path;
    enum pick_type type;
    size_t offset;
    int64_t absent;
} picks[] = {
#define TEXT(path, field)                                  \
    {                                                      \
        path, PICK_TEXT, offsetof(struct jobrow, field), 0 \
    }
#define INT(path, field, absent)                               \
    {                                                          \
        path, PICK_INT, offsetof(struct jobrow, field), absent \
    }
#define BOOL(path, field)                                  \
    {                                                      \
        path, PICK_BOOL, offsetof(struct jobrow, field), 0 \
    }
#define HERE(path, field)                                  \
    {                                                      \
        path, PICK_HERE, offsetof(struct jobrow, field), 0 \
    }
#define TIME(path, field)                                  \
    {                                                      \
        path, PICK_TIME, offsetof(struct jobrow, field), 0 \
    }
#define JSON(path, field)                                  \
    {                                                      \
        path, PICK_JSON, offsetof(struct jobrow, field), 0 \
    }
    TEXT("metadata.namespace", ns),
    TEXT("metadata.name", object),
    TEXT("metadata.uid", uid),
    TEXT("metadata.resourceVersion", version),
    TEXT("metadata.creationTimestamp", created),
    JSON("metadata.labels", labels),
    JSON("metadata.ownerReferences", owners),
    TEXT("spec.jobName", name),
    TEXT("spec.user", user),
    TEXT("spec.account", account),
    TEXT("spec.qos", qos),
    TEXT("spec.partition", asked_partition),
    TEXT("spec.reservation", reservation),
    TEXT("spec.licenses", licenses),
    TEXT("spec.comment", comment),
    TEXT("spec.constraint", constraint),
    TEXT("spec.nodeList", req_nodes),
    TEXT("spec.exclude", exc_nodes),
    TEXT("spec.dependency", dependency),
    TEXT("spec.switches", switches),
    TEXT("spec.array", array),
    TEXT("status.array.states.PENDING", array_left),
    TEXT("spec.timeLimit", time_limit),
    TEXT("spec.timeMin", time_min),
    TEXT("spec.begin", begin),
    TEXT("spec.deadline", deadline),
    TEXT("spec.hold", hold),
    TEXT("spec.signal", signal),
    TEXT("spec.nodes", nodes),
    TEXT("spec.gpus", gpus),
    TEXT("spec.gpusPerNode", gpus_per_node),
    TEXT("spec.gpusPerTask", gpus_per_task),
    TEXT("spec.memPerNode", mem_per_node),
    TEXT("spec.memPerCpu", mem_per_cpu),
    TEXT("spec.memPerGpu", mem_per_gpu),
    HERE("spec.script", is_script),
    HERE("spec.scriptFrom", is_script),
    TEXT("spec.workDir", work_dir),
    TEXT("spec.input", input),
    TEXT("spec.output", output),
    TEXT("spec.error", error),
    INT("spec.ntasks", ntasks, -1),
    INT("spec.ntasksPerNode", ntasks_per_node, -1),
    INT("spec.cpusPerTask", cpus_per_task, -1),
    INT("spec.cpusPerGpu", cpus_per_gpu, -1),
    INT("spec.replicas", replicas, -1),
    INT("spec.nice", nice, 0),
    BOOL("spec.requeue", requeue),
    BOOL("spec.exclusive", exclusive),
    BOOL("spec.exclusiveUser", exclusive_user),
    BOOL("spec.overSubscribe", oversubscribe),
    BOOL("spec.contiguous", contiguous),
    INT("status.jobID", id, 0),
    INT("status.arrayJobID", array_id, -1),
    INT("status.arrayTaskID", array_task, -1),
    INT("status.hetJobID", het_id, -1),
    TEXT("status.state", state),
    TEXT("status.reason", reason),
    TEXT("status.message", message),
    TEXT("status.partition", ran_partition),
    TEXT("status.reservation", ran_reservation),
    TEXT("status.license", has_license),
    TEXT("status.account", has_account),
    TEXT("status.qos", has_qos),
    TEXT("status.dependency", found_dependency),
    TEXT("status.timeLimit", limit_in_force),
    TEXT("status.timeLimitAsked", limit_asked),
    TEXT("status.nodeList", node_list),
    TEXT("status.batchHost", batch_host),
    TEXT("status.pending.plannedNodes", planned_nodes),
    BOOL("status.pending.promised", promised),
    TEXT("status.reqTRES", req_tres),
    TEXT("status.allocTRES", alloc_tres),
    TEXT("status.exitCode", exit_code),
    JSON("spec.components", components),
    JSON("status.components", found_components),
    JSON("status.placement", placement),
    INT("status.numNodes", num_nodes, -1),
    INT("status.numGPUs", num_gpus, -1),
    INT("status.priority", priority, -1),
    INT("status.priorityFactors.age", factors.age, 0),
    INT("status.priorityFactors.fairshare", factors.fairshare, 0),
    INT("status.priorityFactors.assoc", factors.assoc, 0),
    INT("status.priorityFactors.jobSize", factors.job_size, 0),
    INT("status.priorityFactors.partition", factors.partition, 0),
    INT("status.priorityFactors.qos", factors.qos, 0),
    INT("status.priorityFactors.tres", factors.tres, 0),
    INT("status.priorityFactors.site", factors.site, 0),
    INT("status.priorityFactors.kept", factors.kept, 0),
    INT("status.priorityFactors.shortLimit", factors.short_limit, 0),
    INT("status.priorityFactors.smallSize", factors.small_size, 0),
    INT("status.priorityFactors.nice", factors.nice, 0),
    INT("status.restarts", restarts, 0),
    INT("status.attempt", attempt, 0),
    TIME("status.submitTime", submit_sec),
    TIME("status.eligibleTime", eligible_sec),
    TIME("status.accrueTime", accrue_sec),
    TEXT("status.accrueLimit", accrue_limit),
    TIME("status.plannedStartTime", planned_sec),
    TIME("status.startTime", start_sec),
    TIME("status.endTime", end_sec),
    TIME("status.suspendTime", suspend_sec),
    TIME("status.preemptEligibleTime", preempt_from_sec),
    TIME("status.preemptTime", preempt_sec),
    TIME("status.preemptEndTime", grace_end_sec),
};

/* Of the table: its columns' names. */
static const struct pick columns[] = {
    TEXT("Name", object),
    INT("JobID", id, 0),
    TEXT("State", state),
    TEXT("Reason", reason),
    INT("Nodes", num_nodes, -1),
    INT("GPUs", num_gpus, -1),
    TIME("Start", start_sec), /* or the planned one: see of_table */
    TEXT("Age", created),
    TEXT("User", user),
    TEXT("Partition", ran_partition),
    INT("Priority", priority, -1),
    TEXT("TimeLimit", time_limit),
    TEXT("StartLimit", limit_in_force),
    TEXT("StartLimitAsked", limit_asked),
    TEXT("NodeList", node_list),
    TEXT("JobName", name),
    TEXT("Account", has_account),
    TEXT("QOS", has_qos),
    TEXT("Partitions", asked_partition),
    TEXT("NodeRange", nodes),
    TEXT("TRES", tres),
    TIME("Submit", submit_sec),
    TIME("Planned", planned_sec),
    TEXT("PlannedNodes", planned_nodes),
    TIME("End", end_sec),
    INT("Array", array_id, -1),
    INT("Task", array_task, -1),
    TEXT("Tasks", array_left),
    TEXT("Indexes", array),
    INT("HetJob", het_id, -1),
#undef TEXT
#undef INT
#undef BOOL
#undef HERE
#undef TIME
#undef JSON
};

static int64_t moment(struct json_text t)
{
    char text[TIME_TEXT_MAX + 8];
    int64_t sec;

    if (t.len < 2 || t.len >= sizeof(text) || t.s[0] != '"')
        return TIME_UNSET;
    memcpy(text, t.s + 1, t.len - 2);
    text[t.len - 2] = '\0';
    return time_parse_rfc3339(text, &sec, NULL) == 0 ? sec : TIME_UNSET;
}

static char *json_copy_text(struct json_text t, struct arena *arena)
{
    if (!t.s)
        return NULL;
    char *ret = arena_alloc(arena, t.len + 1);
    memcpy(ret, t.s, t.len);
    return ret;
}

static void put(struct jobrow *r, const struct pick *pick, struct json_text value,
                struct arena *arena)
{
    void *field = (char *)r + pick->offset;

    switch (pick->type) {
    case PICK_TEXT:
        *(const char **)field = json_text_scalar(value, arena);
        break;
    case PICK_INT:
        *(int64_t *)field = json_text_int(value, pick->absent);
        break;
    case PICK_BOOL:
        *(bool *)field = json_text_is_true(value);
        break;
    case PICK_HERE:
        *(bool *)field |= value.len > 0 && value.s[0] != 'n'; /* null */
        break;
    case PICK_TIME:
        *(int64_t *)field = moment(value);
        break;
    case PICK_JSON:
        *(const char **)field = json_copy_text(value, arena);
        break;
    }
}

static const struct form {
    const struct pick *picks;
    size_t n;
} forms[] = {
    [JOBPICK_OBJECT] = {picks, ARRAY_LEN(picks)},
    [JOBPICK_TABLE] = {columns, ARRAY_LEN(columns)},
};
_Static_assert(ARRAY_LEN(picks) <= JOBPICK_MAX && ARRAY_LEN(columns) <= JOBPICK_MAX,
               "room for all");

size_t jobpick_paths(enum jobpick_form form, const char *ret_paths[JOBPICK_MAX])
{
    for (size_t i = 0; i < forms[form].n; i++)
        ret_paths[i] = forms[form].picks[i].path;
    return forms[form].n;
}

void jobpick_put(struct jobrow *r, enum jobpick_form form,
                 const struct json_text *values, struct arena *arena)
{
    for (size_t i = 0; i < forms[form].n; i++)
        put(r, &forms[form].picks[i], values[i], arena);
}

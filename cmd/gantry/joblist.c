#include "cmd/gantry/joblist.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/fetch.h"
#include "cmd/gantry/hetrow.h"
#include "cmd/gantry/jobtasks.h"

/* So many heterogeneous jobs are asked for one by one: of more, all jobs are. */
#define APART_MAX 16
/* Ages up to here stand in seconds. */
#define AGE_IN_SECONDS_MAX 120

/* ---- what is picked ---- */

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

/* ---- from objects ---- */

struct taking {
    struct joblist *list;
    const struct jobquery *query;
    int64_t now_sec;
    struct jobrow blank; /* with nothing picked */
    bool lacking;        /* a job's columns do not tell what is wanted */
    /* Heterogeneous jobs, whose components no column tells: where their rows are to be
     * once each has been asked for. */
    struct {
        const char *name;
        int64_t id;
        size_t at;
    } apart[APART_MAX];
    size_t n_apart;
    int64_t only_id; /* of the one that is asked for; 0: all are */
};

static void put_all(struct jobrow *r, const struct pick *from, size_t n,
                    const struct json_text *values, struct arena *arena)
{
    for (size_t i = 0; i < n; i++)
        put(r, &from[i], values[i], arena);
}

static void add(struct joblist *list, const struct jobrow *r)
{
    if (r->id > 0) {
        GROW(list->rows, list->n, list->cap);
        list->rows[list->n++] = *r;
        return;
    }
    if (list->unnumbered++ == 0 || r->created_sec < list->oldest_unnumbered_sec)
        list->oldest_unnumbered_sec = r->created_sec;
}

/* Its components; false: it has none. */
static bool take_apart(struct taking *t, const struct jobrow *whole)
{
    struct jobrow parts[COMPONENTS_MAX];
    const size_t n = hetrow_split(whole, t->query->parts, t->list->arena, parts);

    for (size_t i = 0; i < n; i++)
        add(t->list, &parts[i]);
    return n > 0;
}

static void take(void *arg, const struct json_text *values)
{
    struct taking *t = arg;
    struct jobrow r = {.het_offset = -1, .het_size = -1};

    put_all(&r, picks, ARRAY_LEN(picks), values, t->list->arena);
    if (t->only_id > 0 && r.id != t->only_id) /* of another namespace */
        return;
    if (r.id == 0)
        jobtasks_name(&r);
    if (t->query->about & JOB_APART && take_apart(t, &r))
        return;
    r.tres = r.alloc_tres ? r.alloc_tres : r.req_tres;
    jobrow_finish(&r, t->query->parts, t->list->arena);
    add(t->list, &r);
}

/* ---- from the table ---- */

/* How long ago, as kubectl says it: in seconds ("75s") up to two minutes ("2m10s"). */
static int64_t age_sec(const char *age)
{
    char *end;
    const int64_t n = strtoll(age ? age : "", &end, 10);

    if (strcmp(end, "s") == 0)
        return n;
    return n > 0 ? AGE_IN_SECONDS_MAX : 0;
}

/* The column has the start or, where there is none, the planned one. Of a job that
 * waits only the planned one is looked at; false: it does not wait, and which of the
 * two it is cannot be told. */
static bool settle_start(struct jobrow *r)
{
    if (r->planned_sec == TIME_UNSET || r->planned_sec != r->start_sec)
        return true;
    r->start_sec = TIME_UNSET;
    return r->word->kind == JOB_KIND_PENDING;
}

/* Whether the columns tell all that is wanted of the job. Without a number, one that
 * has an array's spec may be a task of it. */
static bool tells(const struct jobrow *r, unsigned about)
{
    if (r->id == 0)
        return !r->array;
    if ((about & JOB_SUBMIT && r->submit_sec == TIME_UNSET) ||
        (about & JOB_ACCOUNT && !r->has_account) || (about & JOB_QOS && !r->has_qos) ||
        (about & JOB_APART && r->het_id > 0))
        return false;
    /* When it may start stands elsewhere. */
    return !(about & JOB_START) || r->word->kind != JOB_KIND_PENDING ||
           r->planned_sec != TIME_UNSET || strcmp(r->reason, "BeginTime") != 0;
}

/* True: its rows come later. */
static bool puts_off(struct taking *t, const struct jobrow *r)
{
    if (!(t->query->about & JOB_APART) || r->het_id <= 0 || t->n_apart == APART_MAX)
        return false;
    t->apart[t->n_apart].name = r->object;
    t->apart[t->n_apart].id = r->id;
    t->apart[t->n_apart++].at = t->list->n;
    return true;
}

static void take_cells(void *arg, const struct json_text *values)
{
    struct taking *t = arg;
    struct jobrow r = t->blank;

    put_all(&r, columns, ARRAY_LEN(columns), values, t->list->arena);
    if (puts_off(t, &r))
        return;
    const int64_t created_sec = t->now_sec - age_sec(r.created);
    r.created = NULL;
    jobrow_finish(&r, t->query->parts, t->list->arena);
    r.created_sec = created_sec;
    if (!settle_start(&r) || !tells(&r, t->query->about))
        t->lacking = true;
    add(t->list, &r);
}

/* ---- the list ---- */

static void take_again(void *arg)
{
    struct taking *t = arg;

    t->list->n = 0;
    t->list->unnumbered = 0;
    t->n_apart = 0;
    t->lacking = false;
}

void joblist_init(struct joblist *list)
{
    *list = (struct joblist){.arena = arena_new()};
}

void joblist_fini(struct joblist *list)
{
    free(list->rows);
    arena_free(list->arena);
    *list = (struct joblist){0};
}

static struct fetch fetch_of(struct taking *t)
{
    return (struct fetch){.resource = &api_jobs,
                          .ns = t->query->ns,
                          .field_selector = t->query->field_selector,
                          .again = take_again,
                          .arg = t};
}

/* A list of one begins before it can be too old. */
static void keep(void *arg)
{
    (void)arg;
}

/* All of them, or that of a name. */
static int fetch_objects(struct taking *t, struct api *c, const char *name,
                         struct err *err)
{
    const char *paths[ARRAY_LEN(picks)];
    AUTO_FREE char *selector = name ? xasprintf("metadata.name=%s", name) : NULL;
    struct fetch fetch = fetch_of(t);

    if (name) {
        fetch.field_selector = selector;
        fetch.again = keep;
    }
    for (size_t i = 0; i < ARRAY_LEN(picks); i++)
        paths[i] = picks[i].path;
    fetch.paths = paths;
    fetch.n_paths = ARRAY_LEN(picks);
    fetch.item = take;
    return fetch_all(c, &fetch, err);
}

/* Puts the rows from `from` on before those that stand from `at` on. */
static void move_rows(struct joblist *list, size_t from, size_t at)
{
    struct jobrow moved[COMPONENTS_MAX];
    const size_t n = list->n - from;

    if (n == 0 || from == at)
        return;
    memcpy(moved, list->rows + from, n * sizeof(*moved));
    memmove(list->rows + at + n, list->rows + at, (from - at) * sizeof(*moved));
    memcpy(list->rows + at, moved, n * sizeof(*moved));
}

/* From the last on, so that those before stay where they are. */
static int fetch_apart(struct taking *t, struct api *c, struct err *err)
{
    for (size_t i = t->n_apart; i-- > 0;) {
        const size_t from = t->list->n;

        t->only_id = t->apart[i].id;
        if (fetch_objects(t, c, t->apart[i].name, err) < 0)
            return -1;
        move_rows(t->list, from, t->apart[i].at);
    }
    return 0;
}

/* `*ret_told` false: the table does not tell enough. */
static int fetch_cells(struct taking *t, struct api *c, bool *ret_told, struct err *err)
{
    const char *names[ARRAY_LEN(columns)];
    const struct json_text nothing[ARRAY_LEN(picks)] = {{NULL, 0}};
    struct fetch fetch = fetch_of(t);

    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        names[i] = columns[i].path;
    t->blank = (struct jobrow){.het_offset = -1, .het_size = -1};
    put_all(&t->blank, picks, ARRAY_LEN(picks), nothing, t->list->arena);
    fetch.paths = names;
    fetch.n_paths = ARRAY_LEN(columns);
    fetch.item = take_cells;
    fetch.enough = &t->lacking;
    if (fetch_table(c, &fetch, ret_told, err) < 0)
        return -1;
    *ret_told &= !t->lacking;
    return 0;
}

int joblist_fetch(struct joblist *list, struct api *c, const struct jobquery *query,
                  struct err *err)
{
    struct taking t = {.list = list, .query = query, .now_sec = loop_now_sec(c->loop)};
    bool told = false;

    if (!(query->about & JOB_WHOLE) && fetch_cells(&t, c, &told, err) < 0)
        return -1;
    if (!told)
        take_again(&t);
    if (told ? fetch_apart(&t, c, err) < 0 : fetch_objects(&t, c, NULL, err) < 0)
        return -1;
    jobtasks_settle(list);
    return 0;
}

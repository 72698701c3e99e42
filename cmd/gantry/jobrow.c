#include "cmd/gantry/jobrow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/dependency.h"

#define DEPENDENCY_TEXT_MAX (64u << 10)

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
    BOOL("spec.contiguous", contiguous),
    INT("status.jobID", id, 0),
    INT("status.arrayJobID", array_id, -1),
    INT("status.arrayTaskID", array_task, -1),
    TEXT("status.state", state),
    TEXT("status.reason", reason),
    TEXT("status.message", message),
    TEXT("status.partition", ran_partition),
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
    JSON("status.placement", placement),
    INT("status.numNodes", num_nodes, -1),
    INT("status.numGPUs", num_gpus, -1),
    INT("status.priority", priority, -1),
    INT("status.restarts", restarts, 0),
    INT("status.attempt", attempt, 0),
    TIME("status.submitTime", submit_sec),
    TIME("status.eligibleTime", eligible_sec),
    TIME("status.plannedStartTime", planned_sec),
    TIME("status.startTime", start_sec),
    TIME("status.endTime", end_sec),
    TIME("status.suspendTime", suspend_sec),
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

/* ---- what follows ---- */

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

/* The first partition that a list names; NULL: the list names none. */
static const struct partition *first_partition(const struct partlist *parts,
                                               const char *list)
{
    AUTO_FREE char *name = xstrndup(list, strcspn(list, ","));

    return partlist_find(parts, name);
}

static int64_t limit_of(const struct jobrow *r, const struct partlist *parts)
{
    int64_t sec;

    if (r->limit_in_force &&
        strcmp(or_empty(r->limit_asked), or_empty(r->time_limit)) == 0 &&
        duration_parse(r->limit_in_force, &sec, NULL) == 0)
        return sec;
    if (r->time_limit && duration_parse(r->time_limit, &sec, NULL) == 0)
        return sec > 0 ? sec : LIMIT_UNLIMITED; /* Slurm's 0 */
    const struct partition *p = first_partition(parts, r->partition);
    return p ? part_default_limit(p) : LIMIT_UNSET;
}

static void set_amounts(struct jobrow *r)
{
    const char *tres = r->alloc_tres ? r->alloc_tres : r->req_tres;
    const char *mem = tres ? strstr(tres, "mem=") : NULL;

    r->cpus = jobrow_tres(r, "cpu");
    if (mem) {
        AUTO_FREE char *text = xstrndup(mem + 4, strcspn(mem + 4, ","));
        if (size_parse(text, &r->mem_bytes, NULL) < 0)
            r->mem_bytes = 0;
    }
}

/* What it still waits for, as Slurm shows it; NULL: nothing. */
static const char *dependency_of(const struct jobrow *r, struct arena *arena)
{
    STR_AUTO struct str text;

    str_init(&text, DEPENDENCY_TEXT_MAX);
    if (!r->dependency || !r->found_dependency)
        return r->dependency;
    dependency_remaining(r->found_dependency, &text);
    return text.len > 0 ? arena_strdup(arena, text.s) : NULL;
}

static void finish(struct jobrow *r, const struct partlist *parts, struct arena *arena)
{
    const struct partition *dflt = partlist_default(parts);

    r->ns = or_empty(r->ns);
    r->object = or_empty(r->object);
    r->name = r->name ? r->name : r->object;
    r->user = or_empty(r->user);
    r->reason = r->reason && *r->reason ? r->reason : "None";
    r->word = job_word_of(r->state);
    const bool waits = r->word->kind == JOB_KIND_PENDING && r->asked_partition;
    r->partition = waits                ? r->asked_partition
                   : r->ran_partition   ? r->ran_partition
                   : r->asked_partition ? r->asked_partition
                   : dflt               ? arena_strdup(arena, dflt->name)
                                        : "";
    r->account = r->has_account ? r->has_account : r->account;
    r->qos = r->has_qos ? r->has_qos : r->qos;
    r->dependency = dependency_of(r, arena);
    r->limit_sec = limit_of(r, parts);
    if (time_parse_rfc3339(or_empty(r->created), &r->created_sec, NULL) < 0)
        r->created_sec = TIME_UNSET;
    if (r->submit_sec == TIME_UNSET)
        r->submit_sec = r->created_sec;
    if (r->eligible_sec == TIME_UNSET && r->begin && r->submit_sec != TIME_UNSET &&
        time_parse(r->begin, r->submit_sec, &r->eligible_sec, NULL) < 0)
        r->eligible_sec = TIME_UNSET;
    if (!r->deadline ||
        time_parse(r->deadline, r->created_sec, &r->deadline_sec, NULL) < 0)
        r->deadline_sec = TIME_UNSET;
    set_amounts(r);
}

/* ---- the list ---- */

struct taking {
    struct joblist *list;
    const struct partlist *parts;
};

static void take(void *arg, const struct json_text *values)
{
    struct taking *t = arg;
    struct joblist *list = t->list;

    GROW(list->rows, list->n, list->cap);
    struct jobrow *r = &list->rows[list->n];
    *r = (struct jobrow){0};
    for (size_t i = 0; i < ARRAY_LEN(picks); i++)
        put(r, &picks[i], values[i], list->arena);
    finish(r, t->parts, list->arena);
    if (r->id > 0) {
        list->n++;
        return;
    }
    if (list->unnumbered++ == 0 || r->created_sec < list->oldest_unnumbered_sec)
        list->oldest_unnumbered_sec = r->created_sec;
}

static void take_again(void *arg)
{
    struct taking *t = arg;

    t->list->n = 0;
    t->list->unnumbered = 0;
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

int joblist_fetch(struct joblist *list, struct api *c, const char *ns,
                  const char *field_selector, const struct partlist *parts,
                  struct err *err)
{
    const char *paths[ARRAY_LEN(picks)];
    struct taking taking = {list, parts};
    const struct fetch fetch = {.resource = &api_jobs,
                                .ns = ns,
                                .field_selector = field_selector,
                                .paths = paths,
                                .n_paths = ARRAY_LEN(picks),
                                .item = take,
                                .again = take_again,
                                .arg = &taking};

    for (size_t i = 0; i < ARRAY_LEN(picks); i++)
        paths[i] = picks[i].path;
    return fetch_all(c, &fetch, err);
}

/* ---- asked of a row ---- */

bool jobrow_has_started(const struct jobrow *r)
{
    return r->start_sec != TIME_UNSET && r->word->kind != JOB_KIND_PENDING;
}

int64_t jobrow_used_sec(const struct jobrow *r, int64_t now_sec)
{
    if (!jobrow_has_started(r))
        return 0;
    const bool over = r->word->kind == JOB_KIND_FINAL || r->end_sec != TIME_UNSET;
    const int64_t until = over && r->end_sec != TIME_UNSET ? r->end_sec : now_sec;
    return MAX(until - r->start_sec, 0);
}

int64_t jobrow_start_sec(const struct jobrow *r)
{
    if (r->word->kind != JOB_KIND_PENDING)
        return r->start_sec != TIME_UNSET ? r->start_sec : r->end_sec;
    if (r->planned_sec != TIME_UNSET)
        return r->planned_sec;
    return strcmp(r->reason, "BeginTime") == 0 ? r->eligible_sec : TIME_UNSET;
}

int64_t jobrow_end_sec(const struct jobrow *r)
{
    const int64_t start_sec = jobrow_start_sec(r);

    if (r->end_sec != TIME_UNSET && r->word->kind != JOB_KIND_PENDING)
        return r->end_sec;
    if (start_sec == TIME_UNSET || r->limit_sec == LIMIT_UNSET)
        return TIME_UNSET;
    return r->limit_sec == LIMIT_UNLIMITED ? LIMIT_UNLIMITED : start_sec + r->limit_sec;
}

void jobrow_id(const struct jobrow *r, struct str *out)
{
    if (r->array_id > 0 && r->array_task >= 0)
        str_addf(out, "%" PRId64 "_%" PRId64, r->array_id, r->array_task);
    else
        str_addf(out, "%" PRId64, r->id);
}

void jobrow_node_range(const struct jobrow *r, int64_t *ret_min, int64_t *ret_max)
{
    char *end;

    *ret_min = *ret_max = r->num_nodes > 0 ? r->num_nodes : 1;
    if (r->alloc_tres || !r->nodes)
        return;
    *ret_min = *ret_max = strtoll(r->nodes, &end, 10);
    if (*end == '-')
        *ret_max = strtoll(end + 1, NULL, 10);
}

int64_t jobrow_tres(const struct jobrow *r, const char *name)
{
    const char *s = r->alloc_tres ? r->alloc_tres : or_empty(r->req_tres);
    const size_t len = strlen(name);

    for (; *s; s += strcspn(s, ","), s += *s == ',')
        if (strncmp(s, name, len) == 0 && s[len] == '=')
            return strtoll(s + len + 1, NULL, 10);
    return -1;
}

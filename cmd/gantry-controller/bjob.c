#include "cmd/gantry-controller/bjob.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/signo.h"
#include "base/util.h"
#include "crds/convert_volume.h"
#include "crds/kinds.h"

const struct kc_resource bjob_resource = KIND_BATCHJOB;

void text_set(char **field, const char *text)
{
    char *copy = xstrdup_null(text);
    free(*field);
    *field = copy;
}

struct preemption preemption_none(void)
{
    return (struct preemption){
        .from_sec = TIME_UNSET, .since_sec = TIME_UNSET, .end_sec = TIME_UNSET};
}

void jstatus_init(struct jstatus *s)
{
    *s = (struct jstatus){.priority = PRIORITY_UNSET,
                          .limit_sec = LIMIT_UNSET,
                          .submit_sec = TIME_UNSET,
                          .eligible_sec = TIME_UNSET,
                          .accrue_sec = TIME_UNSET,
                          .start_sec = TIME_UNSET,
                          .end_sec = TIME_UNSET,
                          .preempted = preemption_none(),
                          .plan = {.start_sec = TIME_UNSET},
                          .planned_since_sec = TIME_UNSET,
                          .accepted_since_sec = TIME_UNSET,
                          .ahead = {.jobs = AHEAD_NONE},
                          .exit_code = -1,
                          .exit_signal = -1};
}

void jstatus_fini(struct jstatus *s)
{
    free(s->reason);
    free(s->message);
    free(s->last_action);
    free(s->last_outcome);
    free(s->refusal);
    free(s->refusal_reason);
    free(s->partition);
    free(s->reservation);
    free(s->account);
    free(s->qos);
    free(s->dependency);
    free(s->limit_asked);
    free(s->lacks_age);
    free(s->array);
    slots_free(s->placement, s->n_placement);
    plan_clear(&s->plan);
}

void jstatus_copy(struct jstatus *to, const struct jstatus *from)
{
    *to = *from;
    to->reason = xstrdup_null(from->reason);
    to->message = xstrdup_null(from->message);
    to->last_action = xstrdup_null(from->last_action);
    to->last_outcome = xstrdup_null(from->last_outcome);
    to->refusal = xstrdup_null(from->refusal);
    to->refusal_reason = xstrdup_null(from->refusal_reason);
    to->partition = xstrdup_null(from->partition);
    to->reservation = xstrdup_null(from->reservation);
    to->account = xstrdup_null(from->account);
    to->qos = xstrdup_null(from->qos);
    to->dependency = xstrdup_null(from->dependency);
    to->limit_asked = xstrdup_null(from->limit_asked);
    to->lacks_age = xstrdup_null(from->lacks_age);
    to->placement = slots_copy(from->placement, from->n_placement);
    to->plan = plan_copy(&from->plan);
    to->array = NULL;
    if (from->array)
        jstatus_set_array(to, from->array);
}

void jstatus_set_array(struct jstatus *s, const struct array_status *array)
{
    static const struct array_status none;
    if (array_status_equal(array, &none)) {
        free(TAKE(s->array));
        return;
    }
    if (!s->array)
        s->array = xcalloc(1, sizeof(*s->array));
    *s->array = *array;
}

bool arrays_equal(const struct array_status *a, const struct array_status *b)
{
    return a && b ? array_status_equal(a, b) : a == b;
}

static bool slots_equal(const struct slot *a, size_t n_a, const struct slot *b,
                        size_t n_b)
{
    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++)
        if (strcmp(a[i].node, b[i].node) != 0 || a[i].pods != b[i].pods ||
            a[i].component != b[i].component || a[i].first_rank != b[i].first_rank ||
            a[i].tasks != b[i].tasks ||
            memcmp(&a[i].each, &b[i].each, sizeof(a[i].each)) != 0)
            return false;
    return true;
}

bool plan_equal(const struct plan *a, const struct plan *b)
{
    return a->start_sec == b->start_sec && a->promised == b->promised &&
           str_eq(a->partition, b->partition) &&
           str_eq(a->reservation, b->reservation) &&
           slots_equal(a->slots, a->n_slots, b->slots, b->n_slots);
}

static bool ahead_equal(const struct ahead *a, const struct ahead *b)
{
    return a->jobs == b->jobs && a->gpus == b->gpus && a->job_id == b->job_id;
}

static bool preemption_equal(const struct preemption *a, const struct preemption *b)
{
    return a->by == b->by && a->requeue == b->requeue && a->from_sec == b->from_sec &&
           a->since_sec == b->since_sec && a->end_sec == b->end_sec;
}

bool jstatus_equal(const struct jstatus *a, const struct jstatus *b)
{
    return a->state == b->state && a->job_id == b->job_id && a->attempt == b->attempt &&
           a->restarts == b->restarts && a->submit_sec == b->submit_sec &&
           a->eligible_sec == b->eligible_sec && a->start_sec == b->start_sec &&
           a->end_sec == b->end_sec && a->exit_code == b->exit_code &&
           a->exit_signal == b->exit_signal && str_eq(a->reason, b->reason) &&
           str_eq(a->message, b->message) && str_eq(a->last_action, b->last_action) &&
           str_eq(a->refusal, b->refusal) &&
           str_eq(a->refusal_reason, b->refusal_reason) &&
           str_eq(a->partition, b->partition) &&
           str_eq(a->reservation, b->reservation) &&
           !priority_is_news(&a->factors, &b->factors) &&
           str_eq(a->account, b->account) && str_eq(a->qos, b->qos) &&
           str_eq(a->dependency, b->dependency) && a->limit_sec == b->limit_sec &&
           str_eq(a->limit_asked, b->limit_asked) && a->accrue_sec == b->accrue_sec &&
           str_eq(a->lacks_age, b->lacks_age) && plan_equal(&a->plan, &b->plan) &&
           ahead_equal(&a->ahead, &b->ahead) && arrays_equal(a->array, b->array) &&
           preemption_equal(&a->preempted, &b->preempted) &&
           slots_equal(a->placement, a->n_placement, b->placement, b->n_placement);
}

int64_t slots_pods(const struct slot *slots, size_t n)
{
    int64_t pods = 0;
    for (size_t i = 0; i < n; i++)
        pods += slots[i].pods;
    return pods;
}

/* ---- reading ---- */

static int64_t read_time(const struct json *object, const char *path)
{
    int64_t sec;
    const char *text = json_str(object, path);
    return text && time_parse_rfc3339(text, &sec, NULL) == 0 ? sec : TIME_UNSET;
}

/* "2:15" is exit code 2 by signal 15. */
static void read_exit(const char *text, struct jstatus *s)
{
    char *end;
    if (!text)
        return;
    s->exit_code = (int)strtol(text, &end, 10);
    s->exit_signal = *end == ':' ? (int)strtol(end + 1, NULL, 10) : 0;
}

static void read_condition(const struct json *c, struct jstatus *s)
{
    const char *type = json_str(c, "type");
    bool is_true = str_eq(json_str(c, "status"), "True");
    if (str_eq(type, "Accepted"))
        s->accepted_since_sec = read_time(c, "lastTransitionTime");
    if (str_eq(type, "Accepted") && str_eq(json_str(c, "status"), "False")) {
        text_set(&s->refusal, json_str_or(c, "message", "refused"));
        text_set(&s->refusal_reason, json_str_or(c, "reason", "BadConstraints"));
    }
    if (str_eq(type, "Planned") && is_true)
        s->planned_since_sec = read_time(c, "lastTransitionTime");
}

static void read_conditions(const struct json *status, struct jstatus *s)
{
    const struct json *conditions = json_get(status, "conditions");
    for (size_t i = 0; i < json_len(conditions); i++)
        read_condition(json_item(conditions, i), s);
}

static void read_ahead(const struct json *object, struct ahead *ret)
{
    const char *next = json_str_or(object, "next", "0");
    if (!json_is(object, JSON_OBJECT))
        return;
    *ret = (struct ahead){.jobs = json_int_or(object, "jobs", 0),
                          .gpus = json_int_or(object, "gpus", 0),
                          .job_id = strtoll(next, NULL, 10)};
}

static void read_factors(const struct json *object, struct priority *ret)
{
    *ret = (struct priority){.age = json_int_or(object, "age", 0),
                             .fairshare = json_int_or(object, "fairshare", 0),
                             .assoc = json_int_or(object, "assoc", 0),
                             .job_size = json_int_or(object, "jobSize", 0),
                             .partition = json_int_or(object, "partition", 0),
                             .qos = json_int_or(object, "qos", 0),
                             .tres = json_int_or(object, "tres", 0),
                             .site = json_int_or(object, "site", 0),
                             .kept = json_int_or(object, "kept", 0),
                             .short_limit = json_int_or(object, "shortLimit", 0),
                             .small_size = json_int_or(object, "smallSize", 0),
                             .nice = json_int_or(object, "nice", 0)};
}

static struct preemption read_preemption(const struct json *status)
{
    return (struct preemption){
        .by = json_int_or(status, "preemptedBy", 0),
        .requeue = str_eq(json_str(status, "preemptMode"), PREEMPT_MODE_REQUEUE),
        .from_sec = read_time(status, "preemptEligibleTime"),
        .since_sec = read_time(status, "preemptTime"),
        .end_sec = read_time(status, "preemptEndTime"),
    };
}

static void read_status(const struct convert *c, const struct json *status,
                        struct bjob *b)
{
    struct jstatus *s = &b->status;
    jstatus_init(s);
    b->unknown_state = job_state_parse(json_str(status, "state"), &s->state) < 0;
    s->job_id = json_int_or(status, "jobID", 0);
    s->attempt = json_int_or(status, "attempt", 0);
    s->restarts = json_int_or(status, "restarts", 0);
    s->priority = json_int_or(status, "priority", PRIORITY_UNSET);
    read_factors(json_get(status, "priorityFactors"), &s->factors);
    s->reason = xstrdup_null(json_str(status, "reason"));
    s->message = xstrdup_null(json_str(status, "message"));
    s->last_action = xstrdup_null(json_str(status, "lastAction.id"));
    s->last_outcome = xstrdup_null(json_str(status, "lastAction.outcome"));
    s->partition = xstrdup_null(json_str(status, "partition"));
    s->reservation = xstrdup_null(json_str(status, "reservation"));
    s->account = xstrdup_null(json_str(status, "account"));
    s->qos = xstrdup_null(json_str(status, "qos"));
    s->dependency = xstrdup_null(json_str(status, "dependency"));
    if (json_str(status, "timeLimit"))
        duration_parse(json_str(status, "timeLimit"), &s->limit_sec, NULL);
    s->limit_asked = xstrdup_null(json_str(status, "timeLimitAsked"));
    s->submit_sec = read_time(status, "submitTime");
    s->eligible_sec = read_time(status, "eligibleTime");
    s->lacks_age = xstrdup_null(json_str(status, "accrueLimit"));
    s->accrue_sec = s->lacks_age ? ACCRUES_NOT : read_time(status, "accrueTime");
    s->start_sec = read_time(status, "startTime");
    s->end_sec = read_time(status, "endTime");
    s->preempted = read_preemption(status);
    if (s->state == JOB_STATE_PENDING) {
        convert_plan_read(c, status, &s->plan);
        read_ahead(json_at(status, "pending.ahead"), &s->ahead);
    }
    read_exit(json_str(status, "exitCode"), s);
    if (b->array) {
        struct array_status array;
        array_status_read(json_get(status, "array"), &array);
        jstatus_set_array(s, &array);
    }
    read_conditions(status, s);
    const struct json *placement = json_get(status, "placement");
    if (json_is(placement, JSON_ARRAY))
        convert_placement_from_json(c, placement, &s->placement, &s->n_placement, NULL);
}

static enum action_type action_type_of(const char *word)
{
    static const struct {
        const char *word;
        enum action_type type;
    } types[] = {{"Cancel", ACTION_CANCEL},
                 {"Requeue", ACTION_REQUEUE},
                 {"RequeueHold", ACTION_REQUEUE_HOLD},
                 {"Signal", ACTION_SIGNAL},
                 {"Hold", ACTION_HOLD}};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_eq(types[i].word, word))
            return types[i].type;
    return ACTION_OTHER;
}

/* Absent is All. */
static struct siglist_item read_signal(const struct json *action)
{
    bool is_batch = str_eq(json_str(action, "scope"), "Batch");
    return (struct siglist_item){signo_parse(json_str_or(action, "signal", "")),
                                 is_batch ? SIGLIST_BATCH : SIGLIST_ALL};
}

static struct taskset *read_only(const struct json *action)
{
    const char *text = json_str(action, "tasks");
    struct taskset set;
    if (!text)
        return NULL;
    if (taskset_parse(text, &set, NULL) < 0)
        set = (struct taskset){{0}};
    struct taskset *ret = xcalloc(1, sizeof(*ret));
    *ret = set;
    return ret;
}

static void read_actions(const struct json *spec, struct bjob *b)
{
    const struct json *list = json_get(spec, "actions");
    size_t n = json_is(list, JSON_ARRAY) ? json_len(list) : 0;
    if (n == 0)
        return;
    b->actions = xcalloc(n, sizeof(*b->actions));
    for (size_t i = 0; i < n; i++) {
        const struct json *a = json_item(list, i);
        b->actions[b->n_actions++] =
            (struct action){.id = xstrdup(json_str_or(a, "id", "")),
                            .type = action_type_of(json_str(a, "type")),
                            .signal = read_signal(a),
                            .only = read_only(a)};
    }
}

static int read_warning(const struct json *spec, struct warning *ret, struct err *err)
{
    const char *text = json_str(spec, "signal");
    if (text && warning_parse(text, ret, err) < 0)
        return err_prefix(err, "spec.signal");
    return 0;
}

static void add_env(void *arg, const char *name, const char *value)
{
    struct work *work = arg;
    AUTO_FREE char *text = xasprintf("%s=%s", name, value);
    names_add(&work->env, &work->n_env, text);
}

/* It is an array, or a task of one, or neither. */
static void read_array(const struct json *object, struct bjob *b)
{
    const struct json *spec = json_get(object, "spec");
    struct bjob_task task = {0};
    struct array array;
    const char *owner = array_task_read(object, &task.array_id, &task.index);
    if (array_parse(json_str_or(spec, "array", ""), &array, NULL) < 0)
        return;
    if (json_is(json_get(spec, "actions"), JSON_ARRAY))
        b->actions_text = json_text(json_get(spec, "actions"), NULL);
    if (!owner) {
        b->array = xcalloc(1, sizeof(*b->array));
        *b->array = array;
        b->spec_text = json_text(spec, NULL);
        return;
    }
    task.count = taskset_count(&array.tasks);
    task.first = taskset_next(&array.tasks, 0);
    task.last = taskset_last(&array.tasks);
    task.step = taskset_step(&array.tasks);
    task.array_uid = xstrdup(owner);
    b->task = xcalloc(1, sizeof(*b->task));
    *b->task = task;
}

struct taskset bjob_tasks_left(const struct bjob *b, const struct array_status *status)
{
    static const struct array_status none;
    return array_status_left(status ? status : &none, &b->array->tasks);
}

/* Components may name the same. */
static void read_claims(const struct json *template, struct bjob *b)
{
    char **names = NULL;
    size_t n = 0;
    convert_claims(json_get(template, "spec"), NULL, &names, &n);
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < b->n_claims; k++)
            known |= str_eq(b->claims[k], names[i]);
        if (!known)
            names_add(&b->claims, &b->n_claims, names[i]);
    }
    names_free(names, n);
}

static void read_work(const struct convert *c, const struct json *object, size_t i,
                      struct bjob *b)
{
    struct work *work = &b->works[i];
    JSON_AUTO struct json *component = convert_component(object, i);
    JSON_AUTO struct json *template = convert_template(c, component);
    if (json_is(template, JSON_OBJECT))
        work->template_text = json_text(template, NULL);
    if (convert_n_components(object) > 0)
        work->name = xstrdup(json_str_or(component, "spec.name", ""));
    if (i > 0)
        work->partition = xstrdup_null(json_str(component, "spec.partition"));
    convert_request_env(component, add_env, work);
    read_claims(template, b);
}

static void read_works(const struct convert *c, const struct json *object,
                       struct bjob *b)
{
    b->n_works = MIN(MAX(convert_n_components(object), 1), COMPONENTS_MAX);
    b->works = xcalloc(b->n_works, sizeof(*b->works));
    for (size_t i = 0; i < b->n_works; i++)
        read_work(c, object, i, b);
}

static void read_spec(const struct convert *c, const struct json *object,
                      struct bjob *b)
{
    const struct json *spec = json_get(object, "spec");
    struct err err = ERR_INIT;
    if (read_warning(spec, &b->warning, &err) == 0)
        b->model = convert_job(c, object, &err);
    if (!b->model)
        b->refusal = xstrdup(err.msg);
    b->job_name = xstrdup(json_str_or(spec, "jobName", b->name));
    b->partition = xstrdup_null(json_str(spec, "partition"));
    b->time_limit = xstrdup_null(json_str(spec, "timeLimit"));
    read_works(c, object, b);
    b->is_script = convert_is_script(object);
    b->requeue = json_bool_or(spec, "requeue", true);
    b->ttl_sec = json_int_or(spec, "ttlSecondsAfterFinished", -1);
    read_actions(spec, b);
}

static uint64_t kin_of(const struct bjob *b, size_t i)
{
    const char *text = b->works[i].template_text;
    uint64_t hash = hash_bytes(HASH_NOTHING, b->ns, strlen(b->ns) + 1);
    if (text)
        hash = hash_bytes(hash, text, strlen(text));
    if (!b->model)
        return hash;
    const struct job *component = job_component(b->model, i);
    hash = hash_bytes(hash, &component->each, sizeof(component->each));
    for (size_t k = 0; k < component->n_units; k++)
        hash = hash_bytes(hash, &component->units[k].each,
                          sizeof(component->units[k].each));
    return hash;
}

struct bjob *bjob_parse(const struct convert *c, const struct json *object,
                        struct err *err)
{
    const struct json *meta = json_get(object, "metadata");
    const char *uid = json_str(meta, "uid"), *name = json_str(meta, "name");
    if (!uid || !name) {
        err_set(err, ERR_INVALID, "a BatchJob without metadata.name or metadata.uid");
        return NULL;
    }
    struct bjob *b = xcalloc(1, sizeof(*b));
    b->uid = xstrdup(uid);
    b->name = xstrdup(name);
    b->ns = xstrdup(json_str_or(meta, "namespace", "default"));
    b->version_text = xstrdup(json_str_or(meta, "resourceVersion", ""));
    b->version = strtoull(b->version_text, NULL, 10);
    b->generation = json_int_or(meta, "generation", 0);
    b->created_sec = read_time(meta, "creationTimestamp");
    b->deleting = json_str(meta, "deletionTimestamp") != NULL;
    read_array(object, b);
    read_spec(c, object, b);
    for (size_t i = 0; i < b->n_works; i++)
        b->works[i].kin = kin_of(b, i);
    read_status(c, json_get(object, "status"), b);
    return b;
}

static void work_fini(struct work *work)
{
    free(work->name);
    free(work->partition);
    free(work->template_text);
    names_free(work->env, work->n_env);
}

void bjob_free(struct bjob *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n_actions; i++) {
        free(b->actions[i].id);
        free(b->actions[i].only);
    }
    free(b->actions);
    for (size_t i = 0; i < b->n_works; i++)
        work_fini(&b->works[i]);
    free(b->works);
    for (size_t i = 0; i < b->n_claims; i++)
        free(b->claims[i]);
    free(b->claims);
    free(b->ns);
    free(b->name);
    free(b->job_name);
    free(b->partition);
    free(b->time_limit);
    free(b->uid);
    free(b->version_text);
    free(b->refusal);
    free(b->array);
    if (b->task)
        free(b->task->array_uid);
    free(b->task);
    free(b->spec_text);
    free(b->actions_text);
    job_free(b->model);
    jstatus_fini(&b->status);
    free(b);
}

bool bjob_is_het(const struct bjob *b)
{
    return b->works[0].name != NULL;
}

int64_t bjob_n_ids(const struct bjob *b)
{
    return bjob_is_het(b) ? (int64_t)b->n_works : 1;
}

static size_t next_index(const struct bjob *b)
{
    size_t next = 0;
    for (size_t i = 0; i < b->n_actions; i++)
        if (str_eq(b->actions[i].id, b->status.last_action))
            next = i + 1;
    return next;
}

bool bjob_shrinks(const struct bjob *b)
{
    return b->model && (b->model->time_min_sec != LIMIT_UNSET ||
                        b->model->deadline_sec != TIME_UNSET);
}

bool bjob_chooses(const struct bjob *b)
{
    return bjob_shrinks(b) || (b->model && b->model->n_reservations > 1);
}

const struct action *bjob_next_action(const struct bjob *b)
{
    size_t next = next_index(b);
    return next < b->n_actions ? &b->actions[next] : NULL;
}

const struct action *bjob_next_ending(const struct bjob *b)
{
    for (size_t i = next_index(b); i < b->n_actions; i++)
        if (b->actions[i].type != ACTION_SIGNAL && b->actions[i].type != ACTION_HOLD)
            return &b->actions[i];
    return NULL;
}

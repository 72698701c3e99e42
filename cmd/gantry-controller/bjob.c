#include "cmd/gantry-controller/bjob.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/convert_volume.h"
#include "crds/kinds.h"

const struct kc_resource bjob_resource = KIND_BATCHJOB;

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

/* Where it stands, by those that it names; an empty name is as good as none. */
static void read_standing(const struct json *component, struct work *work)
{
    const struct {
        const char *path;
        char **name;
    } own[] = {{"spec.partition", &work->partition},
               {"spec.account", &work->account},
               {"spec.qos", &work->qos}};
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        const char *text = json_str(component, own[i].path);
        *own[i].name = text && *text ? xstrdup(text) : NULL;
    }
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
        read_standing(component, work);
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
    b->actions = actions_read(spec, &b->n_actions);
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
    b->created_sec = jstatus_time(meta, "creationTimestamp");
    b->deleting = json_str(meta, "deletionTimestamp") != NULL;
    read_array(object, b);
    read_spec(c, object, b);
    for (size_t i = 0; i < b->n_works; i++)
        b->works[i].kin = kin_of(b, i);
    b->unknown_state =
        !jstatus_read(c, json_get(object, "status"), b->array != NULL, &b->status);
    return b;
}

static void work_fini(struct work *work)
{
    free(work->name);
    free(work->partition);
    free(work->account);
    free(work->qos);
    free(work->template_text);
    names_free(work->env, work->n_env);
}

void bjob_free(struct bjob *b)
{
    if (!b)
        return;
    actions_free(b->actions, b->n_actions);
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

bool bjob_shrinks(const struct bjob *b)
{
    return b->model && (b->model->time_min_sec != LIMIT_UNSET ||
                        b->model->deadline_sec != TIME_UNSET);
}

bool bjob_chooses(const struct bjob *b)
{
    return bjob_shrinks(b) ||
           (b->model && (b->model->n_reservations > 1 || b->model->n_qos_list > 0 ||
                         job_license_choices(b->model) > 1));
}

static size_t next_index(const struct bjob *b)
{
    size_t next = 0;
    for (size_t i = 0; i < b->n_actions; i++)
        if (str_eq(b->actions[i].id, b->status.last_action))
            next = i + 1;
    return next;
}

const struct action *bjob_next_action(const struct bjob *b)
{
    size_t next = next_index(b);
    return next < b->n_actions ? &b->actions[next] : NULL;
}

const struct action *bjob_next_ending(const struct bjob *b)
{
    for (size_t i = next_index(b); i < b->n_actions; i++)
        if (b->actions[i].type != ACTION_SIGNAL && b->actions[i].type != ACTION_HOLD &&
            b->actions[i].type != ACTION_CANCEL_COMPONENT)
            return &b->actions[i];
    return NULL;
}

int64_t slots_pods(const struct slot *slots, size_t n)
{
    int64_t pods = 0;
    for (size_t i = 0; i < n; i++)
        pods += slots[i].pods;
    return pods;
}

#include "crds/array.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- reading ---- */

int array_parse(const char *text, struct array *ret, struct err *err)
{
    const char *s = text;
    bool open = *s == '[', fine;
    s += open;
    ret->limit = 0;
    fine = taskset_read(&s, &ret->tasks);
    if (fine && *s == '%') {
        s++;
        fine = taskset_read_number(&s, &ret->limit);
    }
    if (fine && open)
        fine = *s++ == ']';
    if (fine && *s == '\0')
        return 0;
    return err_set(err, ERR_INVALID,
                   ARRAY_INVALID ": \"%.64s\"; right is \"0-15\", \"1,3,5\" or "
                                 "\"0-15:4%%2\", with indices below %d",
                   text, TASKSET_SIZE);
}

int array_check(const struct taskset *tasks, const char *text, int64_t max_array_size,
                struct err *err)
{
    if (max_array_size == 0 || taskset_last(tasks) < max_array_size)
        return 0;
    return err_set(err, ERR_INVALID,
                   ARRAY_INVALID ": \"%.64s\"; indices are below %" PRId64
                                 " here (maxArraySize)",
                   text, max_array_size);
}

/* ---- objects ---- */

/* The uid of the other BatchJob that owns it; NULL: none does. */
static const char *owner_of(const struct json *batchjob)
{
    const struct json *owners = json_at(batchjob, "metadata.ownerReferences");
    for (size_t i = 0; i < json_len(owners); i++) {
        const struct json *owner = json_item(owners, i);
        const char *uid = json_str(owner, "uid");
        if (json_bool_or(owner, "controller", false))
            return str_eq(json_str(owner, "kind"), "BatchJob") &&
                           !str_eq(uid, json_str(batchjob, "metadata.uid"))
                       ? uid
                       : NULL;
    }
    return NULL;
}

static bool read_label(const struct json *batchjob, const char *label, int64_t *ret)
{
    const struct json *value = json_get(json_at(batchjob, "metadata.labels"), label);
    const char *text = json_is(value, JSON_STRING) ? json_string(value) : "";
    return *text && strlen(text) <= 18 && text[strspn(text, "0123456789")] == '\0' &&
           (*ret = strtoll(text, NULL, 10), true);
}

const char *array_task_read(const struct json *batchjob, int64_t *ret_job_id,
                            int64_t *ret_index)
{
    const char *owner = owner_of(batchjob);
    int64_t job_id, index;
    if (!owner || !read_label(batchjob, LABEL_ARRAY_JOB, &job_id) ||
        !read_label(batchjob, LABEL_ARRAY_TASK, &index) || index >= TASKSET_SIZE)
        return NULL;
    *ret_job_id = job_id;
    *ret_index = index;
    return owner;
}

/* The sets by their names in status. */
static const struct {
    const char *name;
    size_t offset;
} sets[] = {
    {"SPLIT", offsetof(struct array_status, split)},
    {"RUNNING", offsetof(struct array_status, running)},
    {"COMPLETED", offsetof(struct array_status, completed)},
    {"FAILED", offsetof(struct array_status, failed)},
    {"CANCELLED", offsetof(struct array_status, cancelled)},
};

void array_status_read(const struct json *status_array, struct array_status *ret)
{
    const struct json *states = json_get(status_array, "states");
    *ret = (struct array_status){0};
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        struct taskset *set = (struct taskset *)((char *)ret + sets[i].offset);
        const char *text = json_str_or(states, sets[i].name, "");
        taskset_parse(text, set, NULL);
    }
}

/* A merge patch keeps what it does not name. */
static void write_set(struct json *to, const char *name, const struct taskset *set)
{
    STR_AUTO struct str text;
    str_init(&text, TASKSET_TEXT_MAX);
    taskset_format(set, &text);
    json_set(to, name, text.len > 0 ? json_new_string(text.s) : json_new_null());
}

struct json *array_status_write(const struct array_status *status,
                                const struct taskset *all)
{
    struct json *states = json_new_object();
    struct taskset left = array_status_left(status, all);
    write_set(states, "PENDING", &left);
    for (size_t i = 0; i < ARRAY_LEN(sets); i++)
        write_set(states, sets[i].name,
                  (const struct taskset *)((const char *)status + sets[i].offset));
    struct json *ret = json_new_object();
    json_set(ret, "states", states);
    return ret;
}

bool array_status_equal(const struct array_status *a, const struct array_status *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

struct taskset array_status_out(const struct array_status *status)
{
    struct taskset out = status->split;
    taskset_join(&out, &status->running);
    return out;
}

struct taskset array_status_left(const struct array_status *status,
                                 const struct taskset *all)
{
    struct taskset left = *all;
    for (size_t i = 0; i < ARRAY_LEN(sets); i++)
        taskset_drop(&left,
                     (const struct taskset *)((const char *)status + sets[i].offset));
    return left;
}

void array_status_sets(const struct array_status *status, const struct taskset *all,
                       struct job_array *ret)
{
    ret->left = array_status_left(status, all);
    ret->out = array_status_out(status);
    ret->well = status->completed;
    ret->ill = status->failed;
    taskset_join(&ret->ill, &status->cancelled);
}

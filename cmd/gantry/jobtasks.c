#include "cmd/gantry/jobtasks.h"

#include <stdlib.h>

#include "base/util.h"
#include "crds/array.h"

void jobtasks_name(struct jobrow *r)
{
    JSON_AUTO struct json *labels = r->labels ? json_parse_str(r->labels, NULL) : NULL;
    JSON_AUTO struct json *owners = r->owners ? json_parse_str(r->owners, NULL) : NULL;
    int64_t array_id, task;

    if (!labels || !owners)
        return;
    JSON_AUTO struct json *object =
        json_build("{'metadata':{'labels':%j,'ownerReferences':%j}}", labels, owners);
    if (!array_task_read(object, &array_id, &task))
        return;
    r->id = r->array_id = array_id;
    r->array_task = task;
}

/* An array's row, and the tasks that it stands for. */
struct whole {
    struct jobrow *row;
    struct taskset left;
    bool changed;
};

static int compare(const void *pa, const void *pb)
{
    const struct whole *a = pa, *b = pb;

    return (a->row->array_id > b->row->array_id) -
           (a->row->array_id < b->row->array_id);
}

/* By number; the caller frees them. */
static struct whole *wholes(const struct joblist *list, size_t *ret_n)
{
    struct whole *ret = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < list->n; i++) {
        struct jobrow *r = &list->rows[i];
        if (!jobrow_is_array(r))
            continue;
        GROW(ret, n, cap);
        ret[n] = (struct whole){.row = r};
        if (r->array_left)
            taskset_parse(r->array_left, &ret[n].left, NULL);
        n++;
    }
    if (n > 1)
        qsort(ret, n, sizeof(*ret), compare);
    *ret_n = n;
    return ret;
}

/* Nothing has been said of the task itself. */
static void stand_as(struct jobrow *r, const struct jobrow *array)
{
    r->submit_sec = array->submit_sec;
    r->eligible_sec = array->eligible_sec;
    r->priority = array->priority;
    r->factors = array->factors;
    r->account = array->account;
    r->qos = array->qos;
    r->num_nodes = array->num_nodes;
    r->num_gpus = array->num_gpus;
    r->req_tres = array->req_tres;
    r->tres = array->tres;
    r->cpus = array->cpus;
    r->mem_bytes = array->mem_bytes;
}

static void settle_task(struct jobrow *r, struct whole *array)
{
    if (!r->state)
        stand_as(r, array->row);
    if (!taskset_has(&array->left, r->array_task))
        return;
    taskset_remove(&array->left, r->array_task);
    array->changed = true;
}

static void write_left(const struct whole *array, struct arena *arena)
{
    STR_AUTO struct str text;

    str_init(&text, TASKSET_TEXT_MAX);
    taskset_format(&array->left, &text);
    array->row->array_left = text.len > 0 ? arena_strdup(arena, text.s) : NULL;
}

void jobtasks_settle(struct joblist *list)
{
    size_t n;
    AUTO_FREE struct whole *arrays = wholes(list, &n);

    for (size_t i = 0; n > 0 && i < list->n; i++) {
        struct jobrow *r = &list->rows[i];
        if (r->array_id <= 0 || r->array_task < 0)
            continue;
        struct whole *array =
            bsearch(&(struct whole){.row = r}, arrays, n, sizeof(*arrays), compare);
        if (array)
            settle_task(r, array);
    }
    for (size_t i = 0; i < n; i++)
        if (arrays[i].changed)
            write_left(&arrays[i], list->arena);
}

#include "cmd/gantry-sim/arrays.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct arrays {
    const struct workload *load;
    struct array *all; /* one for each record; those that do not wait have no berths */
    struct berth *berths;
};

static int by_record(const void *left, const void *right)
{
    const struct berth *a = left, *b = right;
    if (a->within != b->within)
        return a->within < b->within ? -1 : 1;
    return a->task < b->task ? -1 : a->task > b->task;
}

static size_t make_berths(struct arrays *a)
{
    const struct workload *w = a->load;
    size_t n = 0;
    a->berths = xcalloc(w->n + 1, sizeof(*a->berths));
    for (size_t i = 0; i < w->n; i++)
        if (w->jobs[i].within > 0)
            a->berths[n++] =
                (struct berth){w->jobs[i].within, w->jobs[i].like->array_task, i};
    qsort(a->berths, n, sizeof(*a->berths), by_record);
    return n;
}

struct arrays *arrays_new(const struct workload *load)
{
    struct arrays *a = xcalloc(1, sizeof(*a));
    a->load = load;
    a->all = xcalloc(load->n_records + 1, sizeof(*a->all));
    const size_t n = make_berths(a);
    for (size_t i = 0; i < n; i++) {
        struct array *array = &a->all[a->berths[i].within - 1];
        if (array->n++ == 0)
            array->berths = &a->berths[i];
        array->record = load->records[a->berths[i].within - 1];
        taskset_add(&array->left, a->berths[i].task);
    }
    return a;
}

void arrays_free(struct arrays *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->load->n_records; i++)
        free(a->all[i].message);
    free(a->all);
    free(a->berths);
    free(a);
}

/* Records are called record-0 and so on. */
struct array *arrays_named(struct arrays *a, const char *uid)
{
    if (strncmp(uid, RECORD_UID, strlen(RECORD_UID)) != 0)
        return NULL;
    return &a->all[strtoul(uid + strlen(RECORD_UID), NULL, 10)];
}

struct array *arrays_with(struct arrays *a, size_t job)
{
    const struct work *work = &a->load->jobs[job];
    struct array *array = work->within > 0 ? &a->all[work->within - 1] : NULL;
    return array && taskset_has(&array->left, work->like->array_task) ? array : NULL;
}

bool arrays_wait(const struct arrays *a, size_t record)
{
    return a->all[record].n > 0;
}

size_t array_job(const struct array *array, int64_t task)
{
    const struct berth key = {array->berths->within, task, 0};
    const struct berth *found =
        bsearch(&key, array->berths, array->n, sizeof(*array->berths), by_record);
    return found->job;
}

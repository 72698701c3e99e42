/* Arrays of jobs, of the data model. */
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

int64_t job_array_id(const struct job *j)
{
    if (j->array_id != 0)
        return j->array_id;
    return j->array != NULL ? j->job_id : 0;
}

char *job_task_uid(const char *array_uid, int64_t task)
{
    return xasprintf("%s/%lld", array_uid, (long long)task);
}

struct job_array *job_array(struct job *j)
{
    if (j->array == NULL)
        j->array = xcalloc(1, sizeof(*j->array));
    return j->array;
}

int64_t job_tasks(const struct job *j)
{
    return j->array != NULL ? MAX(taskset_count(&j->array->left), 1) : 1;
}

struct job_array *job_array_copy(const struct job_array *array)
{
    struct job_array *copy = NULL;

    if (array != NULL) {
        copy = xmalloc(sizeof(*copy));
        *copy = *array;
    }
    return copy;
}

bool job_arrays_equal(const struct job *a, const struct job *b)
{
    if (a->array == NULL || b->array == NULL)
        return a->array == b->array;
    return memcmp(a->array, b->array, sizeof(*a->array)) == 0;
}

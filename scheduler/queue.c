#include "scheduler/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void queue_fini(struct queue *q)
{
    free(q->entries);
    *q = (struct queue){0};
}

struct entry *queue_add(struct queue *q)
{
    GROW(q->entries, q->n, q->cap);
    return &q->entries[q->n++];
}

static int entry_compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (a->tier != b->tier)
        return a->tier > b->tier ? -1 : 1;
    if (a->priority.total != b->priority.total)
        return a->priority.total > b->priority.total ? -1 : 1;
    if (a->job_id != b->job_id)
        return a->job_id < b->job_id ? -1 : 1;
    if (a->rec != b->rec)
        return strcmp(a->uid, b->uid);
    return a->listed < b->listed ? -1 : a->listed > b->listed;
}

bool queue_is_sorted(const struct queue *q)
{
    for (size_t i = 1; i < q->n; i++) {
        if (entry_compare(&q->entries[i - 1], &q->entries[i]) > 0)
            return false;
    }
    return true;
}

/* Between two passes the order hardly changes, so that looking first pays. */
void queue_sort(struct queue *q)
{
    if (!queue_is_sorted(q))
        qsort(q->entries, q->n, sizeof(*q->entries), entry_compare);
}

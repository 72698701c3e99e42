#include "scheduler/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void queue_fini(struct queue *q)
{
    free(q->entries);
    *q = (struct queue){0};
}

int64_t queue_job_id(const struct job *job)
{
    return job->array_id != 0 ? job->array_id : job->job_id;
}

int64_t queue_task(const struct job *job)
{
    return job->array != NULL ? INT64_MAX : job->array_task;
}

int queue_compare_jobs(const struct job *a, const struct job *b)
{
    int order = compare_int64(a->submit_sec, b->submit_sec);

    if (order == 0)
        order = compare_int64(queue_job_id(a), queue_job_id(b));
    return order != 0 ? order : compare_int64(queue_task(a), queue_task(b));
}

struct entry *queue_add(struct queue *q)
{
    GROW(q->entries, q->n, q->cap);
    return &q->entries[q->n++];
}

struct queue_rank queue_rank_of(const struct entry *entry)
{
    return (struct queue_rank){
        .rec = entry->rec,
        .uid = entry->uid,
        .tier = entry->tier,
        .priority = entry->priority.total,
        .submit_sec = entry->submit_sec,
        .job_id = entry->job_id,
        .task = entry->task,
        .listed = entry->listed,
    };
}

int queue_compare_ranks(const struct queue_rank *a, const struct queue_rank *b)
{
    if (a->tier != b->tier)
        return a->tier > b->tier ? -1 : 1;
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->submit_sec != b->submit_sec)
        return a->submit_sec < b->submit_sec ? -1 : 1;
    if (a->job_id != b->job_id)
        return a->job_id < b->job_id ? -1 : 1;
    if (a->task != b->task)
        return a->task < b->task ? -1 : 1;
    if (a->rec != b->rec)
        return strcmp(a->uid, b->uid);
    return a->listed < b->listed ? -1 : a->listed > b->listed;
}

/* Where somebody is lifted. */
static int lifted_compare(const struct entry *a, const struct entry *b)
{
    const struct queue_rank own_a = queue_rank_of(a), own_b = queue_rank_of(b);
    int order = queue_compare_ranks(a->before != NULL ? a->before : &own_a,
                                    b->before != NULL ? b->before : &own_b);

    if (order != 0)
        return order;
    if (a->height != b->height)
        return a->height > b->height ? -1 : 1;
    if (own_a.priority != own_b.priority) /* within a QOS it is by priority */
        return own_a.priority > own_b.priority ? -1 : 1;
    return queue_compare_ranks(&own_a, &own_b);
}

static int entry_compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (a->before != NULL || b->before != NULL)
        return lifted_compare(a, b);
    if (a->tier != b->tier)
        return a->tier > b->tier ? -1 : 1;
    if (a->priority.total != b->priority.total)
        return a->priority.total > b->priority.total ? -1 : 1;
    return lifted_compare(a, b);
}

static void swap(struct entry *a, struct entry *b)
{
    struct entry both = *a;

    *a = *b;
    *b = both;
}

/* The middle one of three, so that what is almost in order is halved. */
static size_t find_middle(const struct entry *entries, size_t first, size_t last)
{
    size_t low = first, middle = first + (last - first) / 2, high = last - 1;

    if (entry_compare(&entries[low], &entries[middle]) > 0) {
        low = middle;
        middle = first;
    }
    if (entry_compare(&entries[middle], &entries[high]) <= 0)
        return middle;
    return entry_compare(&entries[low], &entries[high]) > 0 ? low : high;
}

/* Brings one to its place among [n_sorted, last), those before it before it: it becomes
 * a bound. At most so many are looked at; returns how many were. */
static size_t divide(struct queue *q, size_t last, size_t most)
{
    struct entry *entries = q->entries;
    size_t from, end;

    if (!q->dividing) {
        swap(&entries[find_middle(entries, q->n_sorted, last)], &entries[last - 1]);
        q->dividing = true;
        q->at = q->place = q->n_sorted;
    }
    from = q->at;
    end = last - 1 - from > most ? from + most : last - 1;
    for (; q->at < end; q->at++) {
        if (entry_compare(&entries[q->at], &entries[last - 1]) > 0)
            continue;
        if (q->at != q->place)
            swap(&entries[q->at], &entries[q->place]);
        q->place++;
    }
    if (end == last - 1) {
        swap(&entries[q->place], &entries[last - 1]);
        q->bounds[q->n_bounds++] = q->place + 1;
        q->dividing = false;
    }
    return end - from;
}

/* A bound is one past what comes before it; too many of them, and all up to the nearest
 * is put in order at once. Returns how many were looked at. */
static size_t sort_some(struct queue *q, size_t most)
{
    size_t last = q->bounds[q->n_bounds - 1], n = last - q->n_sorted;

    if (n > QUEUE_RUN && q->n_bounds < QUEUE_BOUNDS)
        return divide(q, last, most);
    q->n_bounds--;
    qsort(q->entries + q->n_sorted, n, sizeof(*q->entries), entry_compare);
    q->n_sorted = last;
    return n;
}

/* Between two walks the order hardly changes, so that looking first pays. */
void queue_order(struct queue *q)
{
    size_t n = MIN(q->n, 1);

    while (n < q->n && entry_compare(&q->entries[n - 1], &q->entries[n]) <= 0)
        n++;
    q->n_sorted = n == q->n ? n : 0;
    q->n_bounds = 1;
    q->bounds[0] = q->n;
    q->dividing = false;
}

bool queue_ready(struct queue *q, size_t i, size_t most)
{
    for (size_t n = 0; q->n_sorted <= i && n < most;)
        n += sort_some(q, most - n);
    return q->n_sorted > i;
}

struct entry *queue_at(struct queue *q, size_t i)
{
    queue_ready(q, i, SIZE_MAX);
    return &q->entries[i];
}

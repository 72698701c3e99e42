#include "scheduler/crew.h"

#include <stdlib.h>

#include <uthash.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"

struct crew {
    int64_t array_id;
    int64_t active;
    struct jobrec **claims; /* of those that are on the timeline */
    size_t n, cap;
    UT_hash_handle hh;
};

void crews_fini(struct crews *crews)
{
    struct crew *crew, *next;

    HASH_ITER (hh, crews->arrays, crew, next) {
        HASH_DEL(crews->arrays, crew);
        free(crew->claims);
        free(crew);
    }
}

static struct crew *find(const struct crews *crews, int64_t array_id)
{
    struct crew *crew;

    HASH_FIND(hh, crews->arrays, &array_id, sizeof(array_id), crew);
    return crew;
}

static struct crew *get(struct crews *crews, int64_t array_id)
{
    struct crew *crew = find(crews, array_id);

    if (crew != NULL)
        return crew;
    crew = xcalloc(1, sizeof(*crew));
    crew->array_id = array_id;
    HASH_ADD(hh, crews->arrays, array_id, sizeof(crew->array_id), crew);
    return crew;
}

static void drop_if_empty(struct crews *crews, struct crew *crew)
{
    if (crew->active != 0 || crew->n > 0)
        return;
    HASH_DEL(crews->arrays, crew);
    free(crew->claims);
    free(crew);
}

void crews_count(struct crews *crews, const struct job *job, int64_t sign)
{
    int64_t array_id = job_array_id(job);
    struct crew *crew;

    if (array_id == 0 || job->phase < JOB_STARTING || job->phase > JOB_COMPLETING)
        return;
    crew = get(crews, array_id);
    crew->active += sign;
    drop_if_empty(crews, crew);
}

int64_t crews_active(const struct crews *crews, const struct job *job)
{
    int64_t array_id = job_array_id(job);
    const struct crew *crew = array_id != 0 ? find(crews, array_id) : NULL;

    return crew != NULL ? crew->active : 0;
}

/* ---- over coming time ---- */

void crews_enter(struct crews *crews, struct jobrec *rec)
{
    int64_t array_id = job_array_id(rec->job);
    struct crew *crew;

    if (array_id == 0 || rec->job->tasks_limit == 0)
        return;
    crew = get(crews, array_id);
    GROW(crew->claims, crew->n, crew->cap);
    crew->claims[crew->n++] = rec;
}

void crews_leave(struct crews *crews, struct jobrec *rec)
{
    int64_t array_id = job_array_id(rec->job);
    struct crew *crew = array_id != 0 ? find(crews, array_id) : NULL;
    size_t i = 0;

    while (crew != NULL && i < crew->n && crew->claims[i] != rec)
        i++;
    if (crew == NULL || i == crew->n)
        return;
    crew->claims[i] = crew->claims[--crew->n];
    drop_if_empty(crews, crew);
}

void crews_empty(struct crews *crews)
{
    struct crew *crew, *next;

    HASH_ITER (hh, crews->arrays, crew, next) {
        crew->n = 0;
        drop_if_empty(crews, crew);
    }
}

static int later_first(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;

    return x > y ? -1 : x < y;
}

/* Slots in which others begin, and those behind their last ones, as far as they are
 * among [first, last). Returns how many there are. */
static size_t gather(struct sched *s, const struct crew *crew, const struct jobrec *rec,
                     size_t first, size_t last, size_t *begins, size_t *ends)
{
    size_t n = 0;

    for (size_t i = 0; i < crew->n; i++) {
        struct jobrec *other = crew->claims[i];

        book_freshen(s, other);
        if (other == rec || !other->claim.on || other->claim.last <= first ||
            other->claim.first >= last)
            continue;
        begins[n] = other->claim.first;
        ends[n++] = MIN(other->claim.last, last);
    }
    return n;
}

/* The last slot in which `most` of them are; SIZE_MAX. In the last slot of each as many
 * are under way as end behind it, less those that begin behind it. */
static size_t last_full(size_t *begins, size_t *ends, size_t n, size_t most)
{
    size_t later = 0;

    qsort(begins, n, sizeof(*begins), later_first);
    qsort(ends, n, sizeof(*ends), later_first);
    for (size_t i = 0; i < n; i++) {
        while (later < n && begins[later] >= ends[i])
            later++;
        if (i + 1 - later >= most)
            return ends[i] - 1;
    }
    return SIZE_MAX;
}

size_t crew_short(struct sched *s, const struct jobrec *rec, size_t first, size_t last)
{
    int64_t array_id = job_array_id(rec->job), most = rec->job->tasks_limit;
    const struct crew *crew;
    size_t full = SIZE_MAX;

    if (most == 0 || array_id == 0 || first >= last)
        return SIZE_MAX;
    crew = find(&s->crews, array_id);
    if (crew == NULL)
        return SIZE_MAX;
    if ((int64_t)crew->n >= most) {
        AUTO_FREE size_t *begins = xcalloc(crew->n, sizeof(*begins));
        AUTO_FREE size_t *ends = xcalloc(crew->n, sizeof(*ends));
        size_t n = gather(s, crew, rec, first, last, begins, ends);

        full = last_full(begins, ends, n, (size_t)most);
    }
    return full == SIZE_MAX && first == 0 && crew->active >= most ? 0 : full;
}

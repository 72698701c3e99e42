#include "scheduler/crew.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"

struct crew {
    int64_t array_id;
    int64_t active;
    struct jobrec **claims; /* of those that are on the timeline */
    size_t n, cap;
    uint32_t *counts; /* by slot: so many of these are under way; if it is counted */
    bool is_counted;
    uint64_t cut; /* sched.cuts that the slots are of */
    UT_hash_handle hh;
};

static void crew_free(struct crew *crew)
{
    free(crew->claims);
    free(crew->counts);
    free(crew);
}

void crews_fini(struct crews *crews)
{
    struct crew *crew, *next;

    HASH_ITER (hh, crews->arrays, crew, next) {
        HASH_DEL(crews->arrays, crew);
        crew_free(crew);
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
    crew_free(crew);
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

static bool is_counted(const struct sched *s, const struct crew *crew)
{
    return crew->is_counted && crew->cut == s->cuts;
}

/* Its place says so only if it stands there: where the timeline has been emptied it may
 * be of before, and those who had the others may be gone. */
static bool is_in(const struct crew *crew, const struct jobrec *rec)
{
    size_t place = rec->claim.crew;

    return place > 0 && place <= crew->n && crew->claims[place - 1] == rec;
}

static void count_claim(struct crew *crew, const struct claim *claim, uint32_t by)
{
    for (size_t slot = claim->first; claim->on && slot < claim->last; slot++)
        crew->counts[slot] += by;
}

/* How many are under way in each slot, once anybody asks; where slots are others, anew.
 */
static void count_slots(struct sched *s, struct crew *crew)
{
    size_t bytes = s->timeline.n_slots * sizeof(*crew->counts);

    if (is_counted(s, crew))
        return;
    crew->counts = xrealloc(crew->counts, bytes + 1);
    memset(crew->counts, 0, bytes);
    for (size_t i = 0; i < crew->n; i++) {
        book_freshen(s, crew->claims[i]);
        count_claim(crew, &crew->claims[i]->claim, 1);
    }
    crew->is_counted = true;
    crew->cut = s->cuts;
}

void crews_enter(struct sched *s, struct jobrec *rec)
{
    int64_t array_id = job_array_id(rec->job);
    struct crew *crew;

    if (array_id == 0 || rec->job->tasks_limit == 0)
        return;
    crew = get(&s->crews, array_id);
    GROW(crew->claims, crew->n, crew->cap);
    crew->claims[crew->n++] = rec;
    rec->claim.crew = crew->n;
    if (is_counted(s, crew))
        count_claim(crew, &rec->claim, 1);
}

void crews_leave(struct sched *s, struct jobrec *rec)
{
    size_t place = rec->claim.crew;
    struct crew *crew = place > 0 ? find(&s->crews, job_array_id(rec->job)) : NULL;
    struct jobrec *last;

    if (crew == NULL || !is_in(crew, rec))
        return;
    last = crew->claims[--crew->n];
    crew->claims[place - 1] = last;
    last->claim.crew = place;
    rec->claim.crew = 0;
    if (is_counted(s, crew))
        count_claim(crew, &rec->claim, -1U);
    drop_if_empty(&s->crews, crew);
}

void crews_empty(struct crews *crews)
{
    struct crew *crew, *next;

    HASH_ITER (hh, crews->arrays, crew, next) {
        crew->n = 0;
        crew->is_counted = false;
        drop_if_empty(crews, crew);
    }
}

/* The last slot in which `most` of the others are; SIZE_MAX. */
static size_t last_full(const struct crew *crew, const struct jobrec *rec, size_t first,
                        size_t last, int64_t most)
{
    const struct claim *claim = &rec->claim;
    const bool in = is_in(crew, rec);

    for (size_t slot = last; slot-- > first;) {
        const bool own = in && slot >= claim->first && slot < claim->last;

        if ((int64_t)crew->counts[slot] - own >= most)
            return slot;
    }
    return SIZE_MAX;
}

size_t crew_short(struct sched *s, const struct jobrec *rec, size_t first, size_t last)
{
    int64_t array_id = job_array_id(rec->job), most = rec->job->tasks_limit;
    size_t full = SIZE_MAX;
    struct crew *crew;

    if (most == 0 || array_id == 0 || first >= last)
        return SIZE_MAX;
    crew = find(&s->crews, array_id);
    if (crew == NULL)
        return SIZE_MAX;
    if ((int64_t)crew->n >= most) {
        count_slots(s, crew);
        full = last_full(crew, rec, first, last, most);
    }
    return full == SIZE_MAX && first == 0 && crew->active >= most ? 0 : full;
}

#include "scheduler/crew.h"

#include <stdlib.h>

#include <uthash.h>

#include "base/util.h"
#include "scheduler/model.h"

struct crew {
    int64_t array_id;
    int64_t active;
    UT_hash_handle hh;
};

void crews_fini(struct crews *crews)
{
    struct crew *crew, *next;

    HASH_ITER (hh, crews->arrays, crew, next) {
        HASH_DEL(crews->arrays, crew);
        free(crew);
    }
}

static struct crew *find(const struct crews *crews, int64_t array_id)
{
    struct crew *crew;

    HASH_FIND(hh, crews->arrays, &array_id, sizeof(array_id), crew);
    return crew;
}

void crews_count(struct crews *crews, const struct job *job, int64_t sign)
{
    int64_t array_id = job_array_id(job);
    struct crew *crew;

    if (array_id == 0 || job->phase < JOB_STARTING || job->phase > JOB_COMPLETING)
        return;
    crew = find(crews, array_id);
    if (crew == NULL) {
        crew = xcalloc(1, sizeof(*crew));
        crew->array_id = array_id;
        HASH_ADD(hh, crews->arrays, array_id, sizeof(crew->array_id), crew);
    }
    crew->active += sign;
    if (crew->active == 0) {
        HASH_DEL(crews->arrays, crew);
        free(crew);
    }
}

int64_t crews_active(const struct crews *crews, const struct job *job)
{
    int64_t array_id = job_array_id(job);
    const struct crew *crew = array_id != 0 ? find(crews, array_id) : NULL;

    return crew != NULL ? crew->active : 0;
}

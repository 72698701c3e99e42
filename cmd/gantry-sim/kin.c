#include "cmd/gantry-sim/kin.h"

#include <stdlib.h>

#include <uthash.h>

#include "base/util.h"

struct awaited {
    int64_t job_id;
    const char *array; /* its record's uid, lent; NULL: it is none */
    int64_t over_sec;  /* TIME_UNSET: it is not, or nobody thinks about it */
    size_t *heirs;     /* who comes a think time behind that */
    size_t n_heirs, cap_heirs;
    UT_hash_handle hh;
};

struct kin {
    struct awaited *all; /* hash */
};

static struct awaited *find(const struct kin *k, int64_t job_id)
{
    struct awaited *one;
    HASH_FIND(hh, k->all, &job_id, sizeof(job_id), one);
    return one;
}

static void await(struct kin *k, const struct job *job)
{
    for (size_t i = 0; i < job->n_depends; i++) {
        int64_t job_id = job->depends[i].job_id;
        if (job_id == 0 || find(k, job_id))
            continue;
        struct awaited *one = xcalloc(1, sizeof(*one));
        one->job_id = job_id;
        one->over_sec = TIME_UNSET;
        HASH_ADD(hh, k->all, job_id, sizeof(one->job_id), one);
    }
}

static struct awaited *thought_about(const struct kin *k, const struct work *work)
{
    const bool thinks = work->number > 0 && work->think_sec != TIME_UNSET &&
                        work->like && work->like->n_depends > 0;
    return thinks ? find(k, work->like->depends[0].job_id) : NULL;
}

static void add_heir(const struct kin *k, const struct workload *load, size_t place)
{
    struct awaited *one = thought_about(k, &load->jobs[place]);
    if (!one)
        return;
    GROW(one->heirs, one->n_heirs, one->cap_heirs);
    one->heirs[one->n_heirs++] = place;
}

struct kin *kin_new(const struct workload *load)
{
    struct kin *k = xcalloc(1, sizeof(*k));
    for (size_t i = 0; i < load->n; i++)
        if (load->jobs[i].like)
            await(k, load->jobs[i].like);
    for (size_t i = 0; i < load->n; i++)
        add_heir(k, load, i);
    for (size_t i = 0; i < load->n_records; i++) {
        struct awaited *one = find(k, load->records[i]->job_id);
        if (one && load->records[i]->array)
            one->array = load->records[i]->uid;
    }
    return k;
}

void kin_free(struct kin *k)
{
    struct awaited *one, *next;
    if (!k)
        return;
    HASH_ITER (hh, k->all, one, next) {
        HASH_DEL(k->all, one);
        free(one->heirs);
        free(one);
    }
    free(k);
}

bool kin_awaits(const struct kin *k, const struct job *job)
{
    for (size_t i = 0; k->all && i <= job->n_others; i++)
        if (find(k, job->job_id + (int64_t)i))
            return true;
    return false;
}

const size_t *kin_over(struct kin *k, const struct job *job, int64_t now_sec,
                       size_t *ret_n)
{
    struct awaited *one = find(k, job->job_id);
    *ret_n = one ? one->n_heirs : 0;
    if (one)
        one->over_sec = now_sec;
    return one ? one->heirs : NULL;
}

int64_t kin_comes(const struct kin *k, const struct work *work)
{
    const struct awaited *one = thought_about(k, work);
    return one && one->over_sec != TIME_UNSET ? one->over_sec + work->think_sec
                                              : TIME_UNSET;
}

const char *kin_array(const struct kin *k, const struct job *task)
{
    const struct awaited *one = task->array_id != 0 ? find(k, task->array_id) : NULL;
    return one ? one->array : NULL;
}

#include "cmd/gantry-controller/awaited.h"

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/record.h"

static bool is_open(const struct depend *d)
{
    return d->job_id != 0 && (d->state == DEPEND_NEW || d->state == DEPEND_OPEN);
}

/* The model has the states as they are persisted. */
static void add_job(struct awaited *a, const struct bjob *job)
{
    const struct job *model = job->model;
    bool waits =
        job->status.state == JOB_STATE_NONE || job->status.state == JOB_STATE_PENDING;
    if (!model || !waits || job->deleting)
        return;
    for (size_t i = 0; i < model->n_depends; i++) {
        if (!is_open(&model->depends[i]))
            continue;
        GROW(a->ids, a->n, a->cap);
        a->ids[a->n++] = model->depends[i].job_id;
    }
}

static int id_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void awaited_find(const struct controller *ctl, struct awaited *ret)
{
    const struct record *r, *tmp;
    *ret = (struct awaited){0};
    HASH_ITER (hh, ctl->records, r, tmp) {
        if (r->job)
            add_job(ret, r->job);
    }
    if (ret->n > 0)
        qsort(ret->ids, ret->n, sizeof(*ret->ids), id_compare);
}

bool awaited_has(const struct awaited *a, int64_t first_id, int64_t n)
{
    for (int64_t id = first_id; a->n > 0 && id < first_id + n; id++)
        if (bsearch(&id, a->ids, a->n, sizeof(*a->ids), id_compare))
            return true;
    return false;
}

void awaited_fini(struct awaited *a)
{
    free(a->ids);
    *a = (struct awaited){0};
}

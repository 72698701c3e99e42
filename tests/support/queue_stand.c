#include "tests/support/queue_stand.h"

#include "base/util.h"

static bool draws(const struct plain_resv *resv)
{
    return resv->magnetic && resv->float_sec == LIMIT_UNSET &&
           resv->end_sec > QUEUE_NOW_SEC;
}

const struct plain_resv *queue_choice_in(const struct queue_case *q,
                                         const struct job *job, size_t i, size_t *ret_n)
{
    size_t n = 0;

    *ret_n = job->n_reservations;
    if (job->n_reservations > 0)
        return queue_resv_named(q, job->reservations[i % job->n_reservations]);
    for (size_t k = 0; k < q->n_resvs && job->n_others == 0; k++)
        n += draws(&q->resvs[k]);
    *ret_n = n + 1;
    i %= n + 1;
    for (size_t k = 0; i < n; k++) {
        if (draws(&q->resvs[k]) && i-- == 0)
            return &q->resvs[k];
    }
    return NULL;
}

size_t queue_choices_but_qos(const struct queue_case *q, const struct job *job)
{
    size_t n;

    queue_choice_in(q, job, 0, &n);
    return n * job_license_choices(job);
}

size_t queue_choices(const struct queue_case *q, const struct job *job)
{
    return queue_choices_but_qos(q, job) * MAX(job->n_qos_list, 1);
}

static bool has_begun(const struct plain_resv *in)
{
    return in != NULL && in->float_sec == LIMIT_UNSET &&
           in->start_sec <= QUEUE_NOW_SEC && in->end_sec > QUEUE_NOW_SEC;
}

bool stand_has(const struct queue_case *q, const struct stand *stand, size_t i)
{
    const struct job *job = queue_job_at(q, q->n_running + stand->number);
    size_t n;

    return has_begun(queue_choice_in(q, job, i, &n)) == stand->reserved;
}

bool stand_has_any(const struct queue_case *q, const struct stand *stand)
{
    const struct job *job = queue_job_at(q, q->n_running + stand->number);
    bool has = false;

    for (size_t i = 0; i < queue_choices(q, job) && !has; i++)
        has = stand_has(q, stand, i);
    return has;
}

bool stand_is_last(const struct queue_case *q, const struct stand *stand)
{
    const struct stand other = {stand->number, false};

    return !stand->reserved || !stand_has_any(q, &other);
}

/* As far as they stand there, behind those that are there already; returns how many. */
static size_t add_stands(const struct queue_case *q, size_t n, bool reserved,
                         struct stand *ret, size_t n_ret)
{
    for (size_t i = 1; i <= n; i++) {
        const struct stand stand = {i, reserved};

        if (stand_has_any(q, &stand))
            ret[n_ret++] = stand;
    }
    return n_ret;
}

size_t stands_line_up(const struct queue_case *q, size_t n, struct stand *ret)
{
    return add_stands(q, n, false, ret, add_stands(q, n, true, ret, 0));
}

/* Two states of a job, compared. */
#include <string.h>

#include "base/util.h"
#include "scheduler/jobchange.h"

bool jobchange_ends_equal(const struct job *a, const struct job *b)
{
    bool equal = a->n_others == b->n_others;

    for (size_t i = 0; equal && i < a->n_others; i++)
        equal = a->others[i].limit_sec == b->others[i].limit_sec &&
                a->others[i].end_sec == b->others[i].end_sec &&
                a->others[i].gone == b->others[i].gone;
    return equal;
}

bool jobchange_slots_equal(const struct job *a, const struct job *b)
{
    if (a->n_alloc != b->n_alloc || a->exclusive != b->exclusive ||
        a->exclusive_user != b->exclusive_user ||
        (a->n_alloc > 0 && !jobchange_ends_equal(a, b)))
        return false;
    for (size_t i = 0; i < a->n_alloc; i++) {
        const struct slot *x = &a->alloc[i], *y = &b->alloc[i];

        if (x->pods != y->pods || x->cpu_milli != y->cpu_milli ||
            x->alone != y->alone || x->owned != y->owned ||
            strcmp(x->node, y->node) != 0 ||
            memcmp(&x->each, &y->each, sizeof(x->each)) != 0)
            return false;
    }
    return true;
}

bool jobchange_partitions_equal(const struct job *a, const struct job *b)
{
    return names_equal(a->partitions, a->n_partitions, b->partitions, b->n_partitions);
}

bool jobchange_reservations_equal(const struct job *a, const struct job *b)
{
    return names_equal(a->reservations, a->n_reservations, b->reservations,
                       b->n_reservations) &&
           str_eq(a->reservation, b->reservation) && str_eq(a->license, b->license);
}

bool jobchange_qos_lists_equal(const struct job *a, const struct job *b)
{
    return names_equal(a->qos_list, a->n_qos_list, b->qos_list, b->n_qos_list);
}

static bool payers_equal(const struct job *a, const struct job *b)
{
    bool equal = a->n_others == b->n_others && jobchange_qos_lists_equal(a, b);

    for (size_t i = 0; equal && i <= a->n_others; i++)
        equal = str_eq(job_component(a, i)->account, job_component(b, i)->account) &&
                str_eq(job_component(a, i)->qos, job_component(b, i)->qos);
    return equal;
}

bool jobchange_policy_equal(const struct job *a, const struct job *b)
{
    return a->phase == b->phase && a->job_id == b->job_id &&
           a->array_id == b->array_id && a->array_task == b->array_task &&
           job_arrays_equal(a, b) && a->tasks_limit == b->tasks_limit &&
           a->submit_sec == b->submit_sec && a->eligible_sec == b->eligible_sec &&
           a->limit_sec == b->limit_sec && jobchange_ends_equal(a, b) &&
           a->time_min_sec == b->time_min_sec && a->deadline_sec == b->deadline_sec &&
           a->nice == b->nice && a->priority == b->priority &&
           a->site_factor == b->site_factor && a->hold == b->hold &&
           a->borrow_sec == b->borrow_sec && payers_equal(a, b) &&
           str_eq(a->user, b->user) && str_eq(job_name(a), job_name(b)) &&
           jobchange_reservations_equal(a, b) && a->hopeless == b->hopeless &&
           depends_equal(a, b) && jobchange_partitions_equal(a, b);
}

bool jobchange_standing_equal(const struct job *a, const struct job *b)
{
    return a->phase == b->phase && a->job_id == b->job_id && a->failed == b->failed &&
           a->start_sec == b->start_sec && a->array_id == b->array_id &&
           a->array_task == b->array_task && a->n_others == b->n_others &&
           job_arrays_equal(a, b);
}

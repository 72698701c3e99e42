#include "scheduler/payers.h"

#include "base/util.h"
#include "scheduler/component.h"

static const char *qos_of(const struct policy *p, const struct job *job)
{
    const struct qos *qos = job_qos(job) == NULL ? policy_qos(p, job) : NULL;

    return qos != NULL ? qos->name : NULL;
}

/* A component has the job's QOS, unless its own account has another one by default. */
static void settle_component(const struct policy *p, struct job *job, size_t component,
                             const char *of_job)
{
    struct job alone;
    const char *qos = qos_of(p, component_alone(job, component, &alone));

    if (qos != NULL && !str_eq(qos, of_job))
        job->others[component - 1].qos = xstrdup(qos);
}

void payers_settle(const struct policy *p, struct job *job)
{
    const char *qos = qos_of(p, job);

    for (size_t i = 1; i <= job->n_others; i++)
        settle_component(p, job, i, qos);
    if (job->account == NULL)
        job->account = xstrdup_null(policy_account(p, job));
    if (qos != NULL)
        job->qos = xstrdup(qos);
}

static bool has_started(const struct job *job)
{
    return job->phase != JOB_PENDING && job->phase != JOB_ASIDE;
}

static void keep(const struct job *old, struct job *job)
{
    if (job->account == NULL)
        job->account = xstrdup_null(old->account);
    if (job->qos == NULL && job->n_qos_list == 0)
        job->qos = xstrdup_null(old->qos);
}

void payers_keep(const struct job *old, struct job *job)
{
    if (!has_started(old) || !has_started(job))
        return;
    keep(old, job);
    for (size_t i = 0; i < MIN(job->n_others, old->n_others); i++)
        keep(&old->others[i], &job->others[i]);
}

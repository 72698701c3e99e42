/* What many jobs are bounded by together: limits of a QOS, and licences. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "tests/world/checks_private.h"
#include "tests/world/wants.h"

/* Nobody can have thought then that it is over: one of its pods holds its node, and
 * nothing was to end it. */
static bool runs_surely(const struct checks *c, const struct job_fact *j, int64_t by_ms)
{
    const int64_t over_sec = j->start_sec + j->least_limit_sec;

    if (j->gone || j->deleting || j->now.state != JOB_STATE_RUNNING || j->cancels > 0 ||
        j->requeues > 0 || j->now.preempted_by != 0 || by_ms / 1000 >= over_sec)
        return false;
    for (size_t i = 0; i < j->n_pods; i++) {
        const struct pod_fact *p = j->pods[i];
        if (p->attempt == j->now.attempt && pod_holds(p) && !p->deleting && !p->late &&
            !p->meddled && p->bound_ms < by_ms - checks_lag_ms(c) &&
            !pod_unseen(c->ledger, p))
            return true;
    }
    return false;
}

/* Of the job that is bound, and of all that surely run beside it. */
static int64_t sum_of(const struct checks *c, const struct pod_fact *p,
                      int64_t decided_ms, int64_t (*amount)(const struct job_fact *j))
{
    const struct job_fact *j;
    int64_t sum = amount(p->job);

    for (j = c->ledger->jobs; j; j = j->hh.next)
        if (j != p->job && !j->is_array && runs_surely(c, j, decided_ms))
            sum += amount(j);
    return sum;
}

/* Each component counts as a job. */
static int64_t jobs_of_high(const struct job_fact *j)
{
    if (!str_eq(j->qos, "high"))
        return 0;
    return j->first_pods > 0 ? 1 + !j->part_over : 1;
}

static int64_t licenses_of(const struct job_fact *j)
{
    return j->licenses;
}

void checks_bounds(struct checks *c, const struct pod_fact *p, int64_t decided_ms)
{
    const int64_t most = c->ledger->high_jobs;
    int64_t n;

    if (most > 0 && jobs_of_high(p->job) > 0 &&
        (n = sum_of(c, p, decided_ms, jobs_of_high)) > most)
        journal_breach(c->journal, "limit",
                       "with pod %s %" PRId64 " jobs of QOS high run, of %" PRId64,
                       p->name, n, most);
    if (p->job->licenses > 0 &&
        (n = sum_of(c, p, decided_ms, licenses_of)) > WORLD_LICENSES)
        journal_breach(c->journal, "licences",
                       "with pod %s %" PRId64 " licences are in use, of %d", p->name, n,
                       WORLD_LICENSES);
}

/* What many jobs are bounded by together: limits of QOS and accounts, and licences; and
 * on how many nodes each may be, beside whom. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/world/checks_private.h"
#include "tests/world/wants.h"

/* Nobody can have thought then that it is over. */
static bool holds_surely(const struct checks *c, const struct pod_fact *p,
                         int64_t by_ms)
{
    return p->attempt == p->job->now.attempt && pod_holds(p) && !p->deleting &&
           !p->late && !p->meddled && p->bound_ms < by_ms - checks_lag_ms(c) &&
           !pod_unseen(c->ledger, p);
}

/* One of its pods holds its node, and nothing was to end it. */
static bool runs_surely(const struct checks *c, const struct job_fact *j, int64_t by_ms)
{
    const int64_t over_sec = j->start_sec + j->least_limit_sec;

    if (j->gone || j->deleting || j->now.state != JOB_STATE_RUNNING || j->cancels > 0 ||
        j->requeues > 0 || j->now.preempted_by != 0 || by_ms / 1000 >= over_sec)
        return false;
    for (size_t i = 0; i < j->n_pods; i++) {
        if (holds_surely(c, j->pods[i], by_ms))
            return true;
    }
    return false;
}

/* The job of a pod that is bound, as was decided then. */
struct bound_job {
    struct checks *c;
    const struct pod_fact *pod;
    int64_t decided_ms;
};

/* Are these pods of the job that is bound, or of one that surely runs beside it? */
static bool counts_beside(const struct bound_job *b, const struct job_fact *j)
{
    return j == b->pod->job || (!j->is_array && runs_surely(b->c, j, b->decided_ms));
}

/* Of all of them. */
static int64_t sum_of(const struct bound_job *b,
                      int64_t (*amount)(const struct job_fact *j))
{
    const struct job_fact *j;
    int64_t sum = 0;

    for (j = b->c->ledger->jobs; j; j = j->hh.next)
        if (counts_beside(b, j))
            sum += amount(j);
    return sum;
}

/* Each component counts as a job. */
static int64_t jobs_in(const struct job_fact *j)
{
    return j->first_pods > 0 ? 1 + !j->part_over : 1;
}

static int64_t jobs_of_high(const struct job_fact *j)
{
    return str_eq(j->qos, "high") ? jobs_in(j) : 0;
}

static int64_t licenses_of(const struct job_fact *j)
{
    return j->licenses;
}

static bool is_of_lab(const struct job_fact *j)
{
    return str_eq(j->account, "red") || str_eq(j->account, "blue");
}

static int64_t jobs_of_lab(const struct job_fact *j)
{
    return is_of_lab(j) ? jobs_in(j) : 0;
}

static bool is_of_red(const struct pod_fact *p)
{
    return str_eq(p->job->account, "red");
}

static bool is_of_side(const struct pod_fact *p)
{
    return str_eq(p->partition, "side");
}

static bool is_itself(const struct bound_job *b, const struct pod_fact *p)
{
    return p->job == b->pod->job && p->attempt == b->pod->attempt && p->node &&
           !p->gone;
}

/* The pods that count: of those jobs, or of the one that is bound. */
static bool is_there(const struct bound_job *b, const struct pod_fact *p,
                     bool (*of)(const struct pod_fact *p))
{
    if (!p->job || !of(p))
        return false;
    return is_itself(b, p) || (p->job != b->pod->job && counts_beside(b, p->job) &&
                               holds_surely(b->c, p, b->decided_ms));
}

static int64_t cpus_of(const struct bound_job *b, bool (*of)(const struct pod_fact *p))
{
    const struct pod_fact *p;
    int64_t sum = 0;

    for (p = b->c->ledger->pods; p; p = p->hh.next)
        if (is_there(b, p, of))
            sum += amounts_get(&p->use, "cpu");
    return sum;
}

/* Each once. */
static int64_t nodes_of(const struct bound_job *b, bool (*of)(const struct pod_fact *p))
{
    const struct node_fact *n;
    const struct pod_fact *p;
    int64_t count = 0;

    for (n = b->c->ledger->nodes; n; n = n->hh.next) {
        bool there = false;

        for (p = b->c->ledger->pods; p && !there; p = p->hh.next)
            there = str_eq(p->node, n->name) && is_there(b, p, of);
        count += there;
    }
    return count;
}

/* `most` 0: there is no such limit. */
static void hold(const struct bound_job *b, const char *what, int64_t n, int64_t most)
{
    if (most > 0 && n > most)
        journal_breach(b->c->journal, "limit",
                       "with pod %s %s: %" PRId64 " of %" PRId64, b->pod->name, what, n,
                       most);
}

static int64_t nodes_of_own(const struct pod_fact *p)
{
    const struct job_fact *j = p->job;
    int64_t count = 0;

    for (size_t i = 0; i < j->n_pods; i++) {
        const struct pod_fact *own = j->pods[i];
        bool again = false;

        if (own->attempt != p->attempt || !own->node)
            continue;
        for (size_t k = 0; k < i; k++)
            again |= j->pods[k]->attempt == p->attempt &&
                     str_eq(j->pods[k]->node, own->node);
        count += !again;
    }
    return count;
}

static void check_accounts(const struct bound_job *b)
{
    const struct ledger *l = b->c->ledger;

    /* The same limit of QOS high goes first, where it has one. */
    if (is_of_lab(b->pod->job) && (l->high_jobs == 0 || jobs_of_high(b->pod->job) == 0))
        hold(b, "jobs of account lab run", sum_of(b, jobs_of_lab), l->lab_jobs);
    if (!is_of_red(b->pod))
        return;
    hold(b, "thousandths of CPUs are account red's", cpus_of(b, is_of_red),
         1000 * l->red_cpus);
    /* The limit of side's QOS goes first, where it has one. */
    if (!is_of_side(b->pod) || l->side_nodes == 0)
        hold(b, "nodes are account red's", nodes_of(b, is_of_red), l->red_nodes);
}

/* Is it to be beside others of its user only, and that is none of these? */
static bool minds(const struct job_fact *j, const struct job_fact *other)
{
    return j->exclusive_user && !str_eq(j->user, other->user);
}

static void check_mates(const struct bound_job *b)
{
    const struct job_fact *own = b->pod->job;
    const struct pod_fact *p;

    for (p = b->c->ledger->pods; p; p = p->hh.next) {
        if (!p->job || p->job == own || !str_eq(p->node, b->pod->node) ||
            (!minds(own, p->job) && !minds(p->job, own)))
            continue;
        if (counts_beside(b, p->job) && holds_surely(b->c, p, b->decided_ms))
            journal_breach(b->c->journal, "owner",
                           "pod %s is on %s, where %s is, of another user",
                           b->pod->name, p->node, p->name);
    }
}

void checks_bounds(struct checks *c, const struct pod_fact *p, int64_t decided_ms)
{
    const struct bound_job b = {c, p, decided_ms};
    const struct part_fact *side = ledger_part(c->ledger, "side");

    if (jobs_of_high(p->job) > 0)
        hold(&b, "jobs of QOS high run", sum_of(&b, jobs_of_high),
             c->ledger->high_jobs);
    if (p->job->licenses > 0)
        hold(&b, "licences are in use", sum_of(&b, licenses_of), WORLD_LICENSES);
    check_accounts(&b);
    check_mates(&b);
    if (!is_of_side(p))
        return;
    hold(&b, "nodes are partition side's", nodes_of(&b, is_of_side),
         c->ledger->side_nodes);
    if (side && p->job->first_pods == 0)
        hold(&b, "nodes of side are the job's", nodes_of_own(p), side->max_nodes);
}

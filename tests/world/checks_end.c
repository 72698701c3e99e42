/* What must hold when all is calm: jobs have ended or wait rightly, nothing is left
 * over. */
#include "tests/world/checks.h"

#include <inttypes.h>

#include "base/util.h"

static const struct {
    enum outlook outlook;
    const char *reason;
} waits[] = {
    {OUTLOOK_TOO_LARGE, "PartitionNodeLimit"},
    {OUTLOOK_NOWHERE, "PartitionConfig"},
};

static bool waits_for(const struct job_fact *fact, const char *reason)
{
    return fact->now.state == JOB_STATE_PENDING && str_eq(fact->reason, reason);
}

/* Of an array, of which some are split off, each of these. */
static bool all_wait_for(const struct ledger *ledger, const struct job_fact *fact,
                         const char *reason)
{
    const struct job_fact *task;
    size_t n = 0;

    for (task = ledger->jobs; task; task = task->hh.next) {
        if (!fact->is_array || task->gone || !str_eq(task->array_uid, fact->uid))
            continue;
        if (!waits_for(task, reason))
            return false;
        n++;
    }
    return n > 0 || waits_for(fact, reason);
}

/* NULL: it has come to what was to be expected. */
static const char *still_awaited(const struct ledger *ledger,
                                 const struct job_fact *fact, const struct user_job *j)
{
    if (!fact)
        return "is unknown";
    if (fact->gone)
        return NULL;
    if (j->deleted)
        return "is not gone, though deleted";
    if (fact->actions_left > 0)
        return "has an action that was not carried out";
    if (job_state_is_final(fact->now.state))
        return fact->ttl_sec >= 0 ? "is not gone, though its ttl has passed" : NULL;
    for (size_t i = 0; i < ARRAY_LEN(waits); i++)
        if (j->outlook == waits[i].outlook &&
            all_wait_for(ledger, fact, waits[i].reason))
            return NULL;
    return "has not come to its end";
}

static bool pod_is_done(const struct pod_fact *p)
{
    return p->gone || (p->terminal && !p->accounted);
}

static bool pods_are_done(const struct checks *c)
{
    const struct pod_fact *p;

    for (p = c->ledger->pods; p; p = p->hh.next)
        if (p->job && (!pod_is_done(p) || p->running > 0))
            return false;
    return true;
}

bool checks_is_settled(const struct checks *c, const struct users *users)
{
    for (size_t i = 0; i < users_count(users); i++) {
        const struct user_job *j = users_job(users, i);
        if (still_awaited(c->ledger, ledger_job(c->ledger, j->uid), j))
            return false;
    }
    return pods_are_done(c);
}

static void check_job(struct checks *c, const struct user_job *j)
{
    const struct job_fact *fact = ledger_job(c->ledger, j->uid);
    const char *awaited = still_awaited(c->ledger, fact, j);

    if (awaited)
        journal_breach(c->journal, "lost", "%s (%s %s, attempt %" PRId64 ") %s",
                       j->name, fact ? job_state_word(fact->now.state) : "",
                       fact && fact->reason ? fact->reason : "",
                       fact ? fact->now.attempt : 0, awaited);
    else if (fact->gone && !j->deleted &&
             (fact->ttl_sec < 0 || !job_state_is_final(fact->now.state)))
        journal_breach(c->journal, "lost", "%s is gone, and nobody deleted it",
                       j->name);
}

/* Of an array one of its tasks. */
static bool has_started_since(const struct checks *c, int64_t job_id, int64_t since_ms)
{
    const struct job_fact *by = ledger_numbered(c->ledger, job_id), *j;

    for (j = c->ledger->jobs; by && j; j = j->hh.next)
        if ((j == by || str_eq(j->array_uid, by->uid)) && j->now.attempt > 0 &&
            j->intent_ms >= since_ms)
            return true;
    return false;
}

/* Where nobody interferes, who was made room for starts. */
static void check_worth(struct checks *c)
{
    const struct job_fact *j;

    for (j = c->ledger->jobs; j; j = j->hh.next)
        if (j->yielded_to != 0 && !has_started_since(c, j->yielded_to, j->yielded_ms))
            journal_breach(c->journal, "preempt",
                           "%s has ended for job %" PRId64 ", which did not start",
                           j->name, j->yielded_to);
}

void checks_settled(struct checks *c, const struct users *users)
{
    const struct pod_fact *p;

    for (size_t i = 0; i < users_count(users); i++)
        check_job(c, users_job(users, i));
    if (c->faultless && !c->meddled)
        check_worth(c);
    for (p = c->ledger->pods; p; p = p->hh.next)
        if (p->job && (!pod_is_done(p) || p->running > 0))
            journal_breach(c->journal, "stray", "pod %s is left%s%s", p->name,
                           p->accounted ? ", with our finalizer" : "",
                           p->running > 0 ? ", running" : "");
}

/* One pod is made on its node, unless its start says more than that. */
static bool is_bound_apart(const struct pod_fact *p)
{
    return p->job->pods_asked > 1 || (p->job->says_more && !p->made_bound);
}

void checks_writes(struct checks *c, const struct wire_counts *arrived)
{
    struct wire_counts needed = {0};
    const struct job_fact *j;
    const struct pod_fact *p;

    for (j = c->ledger->jobs; j; j = j->hh.next)
        needed.statuses += (uint64_t)j->status_writes;
    for (p = c->ledger->pods; p; p = p->hh.next) {
        needed.pods_made += p->job != NULL;
        needed.pods_bound += p->job && is_bound_apart(p) && p->node;
    }
    if (arrived->statuses != needed.statuses ||
        arrived->pods_made != needed.pods_made ||
        arrived->pods_bound != needed.pods_bound)
        journal_breach(c->journal, "writes",
                       "%" PRIu64 " pods made of %" PRIu64 ", %" PRIu64
                       " bound of %" PRIu64 ", %" PRIu64 " statuses of %" PRIu64,
                       arrived->pods_made, needed.pods_made, arrived->pods_bound,
                       needed.pods_bound, arrived->statuses, needed.statuses);
}

bool checks_is_empty(const struct checks *c)
{
    const struct job_fact *j;
    const struct pod_fact *p;

    for (j = c->ledger->jobs; j; j = j->hh.next)
        if (!j->gone)
            return false;
    for (p = c->ledger->pods; p; p = p->hh.next)
        if (!p->gone)
            return false;
    return c->ledger->services == 0;
}

void checks_empty(struct checks *c)
{
    const struct job_fact *j;
    const struct pod_fact *p;

    for (j = c->ledger->jobs; j; j = j->hh.next)
        if (!j->gone)
            journal_breach(c->journal, "stray", "%s is not gone", j->name);
    for (p = c->ledger->pods; p; p = p->hh.next)
        if (!p->gone)
            journal_breach(c->journal, "stray", "pod %s outlives its job", p->name);
    if (c->ledger->services != 0)
        journal_breach(c->journal, "stray", "%" PRId64 " services outlive their jobs",
                       c->ledger->services);
}

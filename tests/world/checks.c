#include "tests/world/checks_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/next.h"

/* How long the controller may be behind what is true: its watches are cut and held back
 * (reconnects back off to 30 s and more), its writes are slow. */
#define LAG_FAULTLESS_MS 1000
#define LAG_MS 120000
/* The API server was away, and unwell after it. */
#define LAG_OUTAGES_MS 300000
#define START_LATE_MS 11000
/* Beyond its deadline a gang's pods still have their grace period, and the kills their
 * turns. */
#define ROLLBACK_FAULTLESS_MS 60000
#define ROLLBACK_MS 300000
/* An old leader's late pod is seen and killed within this. */
#define LATE_KILL_MS 300000
#define CPU_WHOLE 1000

static int64_t now_ms(const struct checks *c)
{
    return loop_now_ms(c->ledger->loop);
}

int64_t checks_lag_ms(const struct checks *c)
{
    if (c->outages)
        return LAG_OUTAGES_MS;
    return c->faultless ? LAG_FAULTLESS_MS : LAG_MS;
}

/* ---- pods: overcommit, gang ---- */

/* What a pod's binding is measured by: all that could be known when it was decided. */
struct known {
    const struct checks *checks;
    const struct pod_fact *pod;
    int64_t by_ms;
};

/* Made on its node before anybody could see what it asks for. */
static bool is_surprise(const struct checks *c, const struct pod_fact *p)
{
    return c->admission && p->bound_ms == p->made_ms;
}

static bool counts(void *arg, const struct pod_fact *p)
{
    const struct known *known = arg;

    if (!pod_holds(p))
        return false;
    if (p == known->pod)
        return true;
    /* A foreign pod, an old leader's, or what admission made of one, that nobody could
     * know of yet. */
    return (p->job && !p->late && !is_surprise(known->checks, p)) ||
           p->bound_ms < known->by_ms;
}

static void check_fit(struct checks *c, const struct pod_fact *p, int64_t decided_ms)
{
    const struct node_fact *n = ledger_node(c->ledger, p->node);
    struct known known = {c, p, decided_ms - checks_lag_ms(c)};
    struct amounts used = {0}, none = {0};

    ledger_use(c->ledger, p->node, counts, &known, &used);
    const char *lacking = n ? amounts_lacking(&n->allocatable, &none, &used) : NULL;
    if (lacking)
        journal_breach(c->journal, "overcommit",
                       "pod %s on %s: %s: %" PRId64 " are used of %" PRId64, p->name,
                       p->node, lacking, amounts_get(&used, lacking),
                       amounts_get(&n->allocatable, lacking));
    amounts_fini(&used);
    if (!n || (!n->ready && n->ready_ms < now_ms(c) - checks_lag_ms(c)))
        journal_breach(c->journal, "overcommit", "pod %s on %s, which is not ready",
                       p->name, p->node);
}

/* Its job may name several. */
static const char *partition_of(const struct pod_fact *p)
{
    return p->partition ? p->partition : "main";
}

/* It runs in one that its job names. */
static void check_named(struct checks *c, const struct pod_fact *p)
{
    const char *names = p->job->partition ? p->job->partition : "main";
    const char *name = partition_of(p);
    const size_t len = strlen(name);
    const char *at = strstr(names, name);

    if (!at || (at > names && at[-1] != ',') || (at[len] && at[len] != ','))
        journal_breach(c->journal, "partition", "pod %s is in %s, its job names %s",
                       p->name, name, names);
}

/* What is left of a job that has let it go, on a node that was silent, is of none. */
static bool counts_in_partition(void *arg, const struct pod_fact *p)
{
    const struct known *known = arg;

    return p->job && (p->accounted || p == known->pod) &&
           strcmp(partition_of(p), partition_of(known->pod)) == 0 && counts(arg, p);
}

/* All jobs of its partition have no more CPUs of the node than that allows. */
static void check_quota(struct checks *c, const struct pod_fact *p, int64_t decided_ms)
{
    const struct part_fact *part = ledger_part(c->ledger, partition_of(p));
    struct known known = {c, p, decided_ms - checks_lag_ms(c)};
    struct amounts used = {0};

    if (!part || part->max_cpus == 0)
        return;
    ledger_use(c->ledger, p->node, counts_in_partition, &known, &used);
    if (amounts_get(&used, "cpu") > part->max_cpus * CPU_WHOLE)
        journal_breach(c->journal, "quota",
                       "pod %s on %s: partition %s has %" PRId64
                       " thousandths of CPUs there, of %" PRId64 " whole ones",
                       p->name, p->node, part->name, amounts_get(&used, "cpu"),
                       part->max_cpus);
    amounts_fini(&used);
}

/* With its job a component is over as well. */
static int64_t limit_of(const struct pod_fact *p)
{
    const struct job_fact *j = p->job;
    bool own = j->first_pods > 0 && p->rank >= j->first_pods && j->part_limit_sec >= 0;

    return own ? MIN(j->least_limit_sec, j->part_limit_sec) : j->least_limit_sec;
}

/* Who is not of a reservation that was known is over before it begins, and starts
 * behind it; who is due with a minute may come so late in it (timeline.h). */
static void check_reserved(struct checks *c, const struct pod_fact *p,
                           int64_t decided_ms)
{
    const struct resv_fact *r;
    int64_t limit_sec = MAX(limit_of(p), 0);

    for (r = c->ledger->resvs; r; r = r->hh.next)
        if (strcmp(r->node, p->node) == 0 &&
            decided_ms > r->made_ms + checks_lag_ms(c) && decided_ms < r->end_ms &&
            decided_ms + limit_sec * 1000 > r->start_ms + START_LATE_MS)
            journal_breach(c->journal, "reserved",
                           "pod %s, of %" PRId64 " s, is bound to %s, which %s has in"
                           " %" PRId64 " s",
                           p->name, limit_sec, p->node, r->name,
                           (r->start_ms - decided_ms) / 1000);
}

static void check_place(struct checks *c, const struct pod_fact *p, int64_t decided_ms)
{
    check_fit(c, p, decided_ms);
    check_quota(c, p, decided_ms);
    check_reserved(c, p, decided_ms);
    checks_bounds(c, p, decided_ms);
}

static void check_bound(struct checks *c, const struct pod_fact *p)
{
    const struct job_fact *j = p->job;
    /* Of a range it is known once status says what this attempt was given. */
    bool gang = j->pods_asked > 1 && (!j->is_range || j->now.attempt == p->attempt);

    if (!str_eq(p->planned, p->node))
        journal_breach(c->journal, "overcommit", "pod %s is on %s, planned for %s",
                       p->name, p->node, p->planned ? p->planned : "nowhere");
    if (!p->late && !is_surprise(c, p))
        check_place(c, p, gang ? MIN(j->intent_ms, p->made_ms) : p->made_ms);
}

static void note_pod(struct checks *c, struct pod_fact *p)
{
    unsigned now = 1u | (p->node != NULL) << 1 | p->deleting << 2 | p->terminal << 3 |
                   p->gone << 4 | !p->accounted << 5;

    if (now == p->noted)
        return;
    p->noted = now;
    journal_note(c->journal, "  pod %s on %s%s%s%s%s, %d", p->name,
                 p->node ? p->node : "no node", p->deleting ? ", deleting" : "",
                 p->terminal ? ", ended" : "", p->gone ? ", gone" : "",
                 p->accounted ? "" : ", released", p->exit_code);
}

/* A job that met a partition in DRAIN or INACTIVE, which is so still. */
static void check_closed(struct checks *c, const struct pod_fact *p)
{
    const struct job_fact *j = p->job;
    const char *name = partition_of(p);
    const struct part_fact *part = ledger_part(c->ledger, name);

    /* What is queued there is started, tasks of arrays too. */
    const struct job_fact *array = ledger_job(c->ledger, j->array_uid);
    int64_t made_ms = array ? array->made_ms : j->made_ms;

    if (part && part->closed_ms != NEVER_MS && !p->late &&
        made_ms > part->closed_ms + checks_lag_ms(c))
        journal_breach(
            c->journal, "closed",
            "pod %s is made, but partition %s has taken no jobs since %" PRId64
            " s before %s was made",
            p->name, name, (made_ms - part->closed_ms) / 1000, j->name);
}

/* Once it waits for nobody, the other may begin anew. */
static void check_corr(struct checks *c, const struct job_fact *task)
{
    const struct job_fact *array = ledger_job(c->ledger, task->array_uid);
    const struct job_fact *other =
        array && array->after_id ? ledger_numbered(c->ledger, array->after_id) : NULL;

    if (!other || other->gone || other->deleting ||
        !taskset_has(&other->tasks, task->index) ||
        taskset_has(&other->worked, task->index))
        return;
    journal_breach(c->journal, "corr",
                   "%s has a pod, but task %" PRId64 " of %s has not succeeded",
                   task->name, task->index, other->name);
}

/* No line of the list says the same, though two may be of one signal: who is preempted
 * is sent SIGTERM, as who nears his limit may be. */
static void check_signals(struct checks *c, const struct pod_fact *p)
{
    if (p->list_broken)
        journal_breach(c->journal, "signal", "pod %s was sent %s", p->name, p->signals);
    if (p->again)
        journal_breach(c->journal, "signal", "pod %s has had signal %d once too often",
                       p->name, p->again);
}

void checks_pod(struct checks *c, struct pod_fact *p)
{
    const struct job_fact *j = p->job;
    bool made = p->noted == 0;

    note_pod(c, p);

    if (!j)
        return;
    if (made) {
        check_closed(c, p);
        check_named(c, p);
    }
    if (made && j->array_uid && !p->late)
        check_corr(c, j);
    if (j->pods_asked > 1 && !j->is_range && j->now.attempt < p->attempt)
        journal_breach(c->journal, "gang",
                       "pod %s is there, but %s's status says attempt %" PRId64,
                       p->name, j->name, j->now.attempt);
    if (p->just_bound)
        check_bound(c, p);
    check_signals(c, p);
}

/* ---- runs: twice ---- */

static void check_other(struct checks *c, const struct pod_fact *p,
                        const struct pod_fact *other)
{
    if (other->attempt == p->attempt && other->rank == p->rank && other->starts > 0 &&
        !p->late)
        journal_breach(c->journal, "twice", "rank %" PRId64 " of %s has run in %s",
                       p->rank, p->job->name, other->name);
    /* One of them is where nobody could reach it, or comes from an old leader. */
    bool excused = pod_unseen(c->ledger, other) || pod_unseen(c->ledger, p) ||
                   p->late || other->late;
    if (other->running > 0 && other->attempt != p->attempt && !excused)
        journal_breach(c->journal, "twice", "%s starts while %s runs", p->name,
                       other->name);
}

void checks_run(struct checks *c, struct pod_fact *p)
{
    c->journal->counts.runs++;
    journal_note(c->journal, "  pod %s runs", p->name);
    /* A machine that dies before it could report a start has forgotten it. */
    if (p->running > 1 || (p->starts > 1 && p->reported))
        journal_breach(c->journal, "twice", "pod %s is started %d times", p->name,
                       p->starts);
    for (size_t i = 0; p->job && i < p->job->n_pods; i++)
        if (p->job->pods[i] != p)
            check_other(c, p, p->job->pods[i]);
}

/* ---- jobs: id, transition, exit ---- */

#define BIT(state) (1u << JOB_STATE_##state)
#define ENDS                                                                         \
    (BIT(COMPLETED) | BIT(CANCELLED) | BIT(FAILED) | BIT(TIMEOUT) | BIT(NODE_FAIL) | \
     BIT(OUT_OF_MEMORY) | BIT(PREEMPTED) | BIT(DEADLINE))

static const unsigned may_follow[] = {
    [JOB_STATE_NONE] = BIT(PENDING) | BIT(CONFIGURING) | BIT(CANCELLED) | BIT(DEADLINE),
    [JOB_STATE_PENDING] =
        BIT(PENDING) | BIT(CONFIGURING) | BIT(RUNNING) | BIT(COMPLETING) | ENDS,
    [JOB_STATE_CONFIGURING] = BIT(PENDING) | BIT(RUNNING) | BIT(COMPLETING) | ENDS,
    [JOB_STATE_RUNNING] = BIT(PENDING) | BIT(COMPLETING) | ENDS,
    [JOB_STATE_COMPLETING] = BIT(PENDING) | ENDS,
    [JOB_STATE_COMPLETED] = BIT(PENDING),
    [JOB_STATE_CANCELLED] = BIT(PENDING),
    [JOB_STATE_FAILED] = BIT(PENDING),
    [JOB_STATE_TIMEOUT] = BIT(PENDING),
    [JOB_STATE_NODE_FAIL] = BIT(PENDING),
    [JOB_STATE_DEADLINE] = BIT(PENDING),
    [JOB_STATE_OUT_OF_MEMORY] = BIT(PENDING),
    [JOB_STATE_PREEMPTED] = BIT(PENDING),
};

static void check_id(struct checks *c, const struct job_fact *job)
{
    const struct job_fact *other;

    if (job->was.job_id == job->now.job_id)
        return;
    if (job->was.job_id != 0)
        journal_breach(c->journal, "id", "%s was job %" PRId64 ", is job %" PRId64,
                       job->name, job->was.job_id, job->now.job_id);
    for (other = c->ledger->jobs; other; other = other->hh.next)
        if (other != job && other->now.job_id == job->now.job_id)
            journal_breach(c->journal, "id", "%s and %s are both job %" PRId64,
                           job->name, other->name, job->now.job_id);
}

static const struct pod_fact *pod_of(const struct job_fact *j, int64_t attempt,
                                     int64_t rank)
{
    for (size_t i = 0; i < j->n_pods; i++)
        if (j->pods[i]->attempt == attempt && j->pods[i]->rank == rank)
            return j->pods[i];
    return NULL;
}

static bool all_bound(const struct job_fact *j)
{
    for (int64_t rank = 0; rank < j->pods_asked; rank++) {
        const struct pod_fact *p = pod_of(j, j->now.attempt, rank);
        if (!p || !p->node)
            return false;
    }
    return true;
}

/* A component that has ended by its own limit need not. */
static bool all_succeeded(const struct job_fact *j, int64_t attempt)
{
    int64_t n = j->part_over ? j->first_pods : j->pods_asked;

    for (int64_t rank = 0; rank < n; rank++) {
        const struct pod_fact *p = pod_of(j, attempt, rank);
        if (!p || !p->succeeded)
            return false;
    }
    return true;
}

/* What is over must be over: no pod of the attempt holds anything that is known. */
static void check_ended(struct checks *c, const struct job_fact *j)
{
    for (size_t i = 0; i < j->n_pods; i++) {
        const struct pod_fact *p = j->pods[i];
        if (pod_holds(p) && p->attempt == j->now.attempt && !p->late &&
            !pod_unseen(c->ledger, p))
            journal_breach(c->journal, "transition", "%s is %s, but %s is not over",
                           j->name, job_state_word(j->now.state), p->name);
    }
}

static void check_transition(struct checks *c, const struct job_fact *j)
{
    const struct job_view_fact *was = &j->was, *now = &j->now;
    bool again = now->restarts != was->restarts;

    if (was->state != now->state && !(may_follow[was->state] & (1u << now->state)))
        journal_breach(c->journal, "transition", "%s: %s after %s", j->name,
                       job_state_word(now->state), job_state_word(was->state));
    if (now->attempt < was->attempt || now->attempt > was->attempt + 1 ||
        now->restarts < was->restarts || now->restarts > was->restarts + 1)
        journal_breach(c->journal, "transition",
                       "%s: attempt %" PRId64 " after %" PRId64 ", restarts %" PRId64
                       " after %" PRId64,
                       j->name, now->attempt, was->attempt, now->restarts,
                       was->restarts);
    if (now->state == JOB_STATE_RUNNING && j->deadline_sec >= 0 &&
        j->start_sec + j->least_limit_sec > j->deadline_sec + checks_lag_ms(c) / 1000)
        journal_breach(c->journal, "deadline",
                       "%s has started %" PRId64
                       " s before it is to be over, for %" PRId64 " s at least",
                       j->name, j->deadline_sec - j->start_sec, j->least_limit_sec);
    if (now->state == JOB_STATE_RUNNING && !all_bound(j))
        journal_breach(c->journal, "gang", "%s is RUNNING before all are bound",
                       j->name);
    if (job_state_is_final(now->state) || again)
        check_ended(c, j);
    if (again && j->requeues == 0 && was->preempted_by == 0 &&
        all_succeeded(j, was->attempt))
        journal_breach(c->journal, "twice", "%s goes back to the queue after success",
                       j->name);
}

static bool some_pod_ended(const struct job_fact *j, int code, int signal)
{
    for (size_t i = 0; i < j->n_pods; i++) {
        const struct pod_fact *p = j->pods[i];
        bool same = signal ? p->exit_signal == signal : p->exit_code == code;
        if (p->attempt == j->now.attempt && p->terminal && same)
            return true;
    }
    return false;
}

/* Does the recorded end tell what happened? */
static bool end_is_true(const struct checks *c, const struct job_fact *j)
{
    int64_t ran_sec = j->start_sec < 0 ? -1 : j->end_sec - j->start_sec;
    int code = -1, signal = 0;

    if (j->exit)
        code = (int)strtol(j->exit, NULL, 10);
    if (j->exit && strchr(j->exit, ':'))
        signal = (int)strtol(strchr(j->exit, ':') + 1, NULL, 10);
    switch (j->now.state) {
    case JOB_STATE_COMPLETED:
        return str_eq(j->exit, "0:0") && all_succeeded(j, j->now.attempt);
    case JOB_STATE_CANCELLED:
        return j->cancels > 0 || str_eq(j->reason, "DependencyNeverSatisfied");
    case JOB_STATE_TIMEOUT:
        return j->limit_sec >= 0 && ran_sec >= j->least_limit_sec;
    case JOB_STATE_DEADLINE: /* it could not be over by then any more */
        return j->deadline_sec >= 0 &&
               j->end_sec + j->least_limit_sec >= j->deadline_sec;
    case JOB_STATE_OUT_OF_MEMORY: /* nothing takes memory here */
        return false;
    case JOB_STATE_PREEMPTED:
        return j->now.preempted_by != 0;
    case JOB_STATE_NODE_FAIL:
        return (!c->faultless || c->meddled) && !j->requeue;
    case JOB_STATE_FAILED:
        return some_pod_ended(j, code, signal) &&
               (signal || (code != 0 && code == j->exit_wanted) || !c->faultless ||
                c->meddled);
    case JOB_STATE_NONE:
    case JOB_STATE_PENDING:
    case JOB_STATE_CONFIGURING:
    case JOB_STATE_RUNNING:
    case JOB_STATE_COMPLETING:
        break;
    }
    return true;
}

/* ---- arrays ---- */

static const struct job_fact *task_of(const struct checks *c,
                                      const struct job_fact *array, int64_t index)
{
    const struct job_fact *j;

    for (j = c->ledger->jobs; j; j = j->hh.next)
        if (str_eq(j->array_uid, array->uid) && j->index == index)
            return j;
    return NULL;
}

/* What comes of an array whose tasks have come to that. */
static enum job_state end_of_tasks(const struct array_status *is)
{
    if (taskset_count(&is->failed) > 0)
        return JOB_STATE_FAILED;
    return taskset_count(&is->cancelled) > 0 ? JOB_STATE_CANCELLED
                                             : JOB_STATE_COMPLETED;
}

/* Each task has run, and as its array says, or was cancelled. */
static bool array_is_true(const struct checks *c, const struct job_fact *array)
{
    const struct array_status *is = &array->states;

    for (int64_t i = taskset_next(&array->tasks, 0); i >= 0;
         i = taskset_next(&array->tasks, i + 1)) {
        const struct job_fact *task = task_of(c, array, i);
        bool well = task && task->now.state == JOB_STATE_COMPLETED;
        if (taskset_has(&is->cancelled, i))
            continue;
        if (!task || !job_state_is_final(task->now.state) ||
            taskset_has(&is->completed, i) != well ||
            taskset_has(&is->failed, i) != !well)
            return false;
    }
    return array->now.state == end_of_tasks(is) &&
           (array->now.state != JOB_STATE_CANCELLED || array->cancels > 0 ||
            array->after_id != 0);
}

static void check_array(struct checks *c, const struct job_fact *j)
{
    if (job_state_is_final(j->now.state) && j->was.state != j->now.state &&
        !array_is_true(c, j))
        journal_breach(c->journal, "exit", "%s is %s: not what its tasks are", j->name,
                       job_state_word(j->now.state));
}

static void check_task(struct checks *c, const struct job_fact *j)
{
    const struct job_fact *other;

    for (other = c->ledger->jobs; other; other = other->hh.next)
        if (other != j && str_eq(other->array_uid, j->array_uid) &&
            other->index == j->index)
            journal_breach(c->journal, "twice",
                           "%s and %s are the same task of an array", j->name,
                           other->name);
}

static void check_writes(struct checks *c, const struct job_fact *j)
{
    /* Only a whole life without turns is bounded: one attempt, to success. An array
     * that is asked to begin anew has no restarts of its own. */
    if (!c->faultless || j->now.restarts > 0 || (j->is_array && j->requeues > 0) ||
        j->now.state != JOB_STATE_COMPLETED)
        return;
    if (j->state_writes > 4)
        journal_breach(c->journal, "writes", "%s took %" PRId64 " states to %s",
                       j->name, j->state_writes, job_state_word(j->now.state));
}

/* With whichever of them. */
static bool asks_qos(const struct job_fact *j, const char *name)
{
    return j->qos_asked && strstr(j->qos_asked, name);
}

#define JUST_MS 2000

/* It has just begun, though who it ends for has been waiting: that one comes first. */
static bool has_begun_in_vain(const struct checks *c, const struct job_fact *j,
                              const struct job_fact *by)
{
    return c->faultless && by->made_ms < j->intent_ms - JUST_MS &&
           now_ms(c) - j->intent_ms < JUST_MS;
}

/* Who was made room for may have no number yet that people see. */
static void check_preempted(struct checks *c, const struct job_fact *j)
{
    const struct job_fact *by;

    if (j->now.preempted_by == j->was.preempted_by || j->now.preempted_by == 0)
        return;
    by = ledger_numbered(c->ledger, j->now.preempted_by);
    c->journal->counts.preemptions++;
    if (!asks_qos(j, "low") || (by && !asks_qos(by, "high")))
        journal_breach(c->journal, "preempt", "%s (QOS %s) ends for %s (QOS %s)",
                       j->name, j->qos_asked ? j->qos_asked : "none",
                       by ? by->name : "nobody",
                       by && by->qos_asked ? by->qos_asked : "none");
    if (by && has_begun_in_vain(c, j, by))
        journal_breach(c->journal, "preempt", "%s has begun to be ended at once for %s",
                       j->name, by->name);
}

void checks_job(struct checks *c, struct job_fact *j)
{
    if (j->gone)
        return;
    check_id(c, j);
    check_preempted(c, j);
    if (j->array_uid)
        check_task(c, j);
    if (j->is_array)
        check_array(c, j);
    else
        check_transition(c, j);
    if (j->was.state == j->now.state)
        return;
    j->state_writes++;
    journal_note(c->journal, "%s is %s %s %s", j->name, job_state_word(j->now.state),
                 j->reason ? j->reason : "", j->exit ? j->exit : "");
    if (!job_state_is_final(j->now.state))
        return;
    check_writes(c, j);
    if (!j->is_array && !end_is_true(c, j))
        journal_breach(c->journal, "exit", "%s is %s with %s, %s: not what happened",
                       j->name, job_state_word(j->now.state),
                       j->exit ? j->exit : "none", j->reason ? j->reason : "no reason");
}

/* ---- time: gang ---- */

/* When the first pod of an attempt was bound that still holds its node, if there are
 * ranks that never were bound; NEVER_MS: the gang is whole, or not there. */
static int64_t partly_since(const struct checks *c, const struct job_fact *j,
                            int64_t attempt)
{
    int64_t since_ms = NEVER_MS, bound = 0;

    for (size_t i = 0; i < j->n_pods; i++) {
        const struct pod_fact *p = j->pods[i];
        if (p->attempt != attempt || !p->node)
            continue;
        bound++;
        if (!pod_holds(p) || pod_unseen(c->ledger, p) || p->late || p->stuck)
            continue;
        since_ms = since_ms == NEVER_MS ? p->bound_ms : MIN(since_ms, p->bound_ms);
    }
    return bound < j->pods_asked ? since_ms : NEVER_MS;
}

static void check_deadline(struct checks *c, const struct job_fact *j)
{
    int64_t margin_ms = LAUNCH_DEADLINE_SEC * 1000 +
                        (c->faultless ? ROLLBACK_FAULTLESS_MS : ROLLBACK_MS);

    if (j->pods_asked < 2 || j->n_pods == 0)
        return;
    int64_t attempt = j->pods[j->n_pods - 1]->attempt;
    if (j->is_range && attempt != j->now.attempt)
        return; /* one pod perhaps, and no intent needed */
    int64_t since_ms = partly_since(c, j, attempt);
    if (since_ms != NEVER_MS && now_ms(c) - MAX(since_ms, c->controller_ms) > margin_ms)
        journal_breach(c->journal, "gang", "%s runs partly since %" PRId64 " s",
                       j->name, (now_ms(c) - since_ms) / 1000);
}

/* An old leader's pod must not stay. */
static void check_late(struct checks *c, const struct job_fact *j)
{
    for (size_t i = 0; i < j->n_pods; i++) {
        const struct pod_fact *p = j->pods[i];
        bool expected =
            job_state_is_active(j->now.state) || j->now.state == JOB_STATE_PENDING;
        if (p->late && !p->stuck && p->running > 0 && !pod_unseen(c->ledger, p) &&
            !(expected && p->attempt >= j->now.attempt) &&
            now_ms(c) - MAX(p->made_ms, c->controller_ms) > LATE_KILL_MS)
            journal_breach(c->journal, "stray", "the late pod %s goes on running",
                           p->name);
    }
}

void checks_step(struct checks *c)
{
    const struct job_fact *j;

    if (c->controller_ms == NEVER_MS || now_ms(c) / 1000 == c->last_ms / 1000)
        return;
    c->last_ms = now_ms(c);
    for (j = c->ledger->jobs; j; j = j->hh.next) {
        check_deadline(c, j);
        check_late(c, j);
    }
}

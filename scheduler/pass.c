/* The walk through the queue: for each job, may it start, does it fit, else why not. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/core.h"

/* A job that may start in several partitions waits for the most hopeful one. */
static const int hope[] = {
    [REASON_NONE] = 0,
    [REASON_PARTITION_CONFIG] = 1,
    [REASON_BAD_CONSTRAINTS] = 2,
    [REASON_PARTITION_NODE_LIMIT] = 2,
    [REASON_PARTITION_TIME_LIMIT] = 2,
    [REASON_PARTITION_INACTIVE] = 3,
    [REASON_PARTITION_DOWN] = 3,
    [REASON_CONSTRAINTS] = 4,
    [REASON_REQ_NODE_NOT_AVAIL] = 4,
    [REASON_PRIORITY] = 5,
    [REASON_RESOURCES] = 6,
    /* These are of the job, not of a partition; nothing competes with them. */
    [REASON_BEGIN_TIME] = 7,
    [REASON_JOB_HELD_USER] = 7,
    [REASON_JOB_HELD_ADMIN] = 7,
    [REASON_CLEANING] = 7,
    [REASON_INVALID_ACCOUNT] = 7,
    [REASON_INVALID_QOS] = 7,
};

/* ---- telling ---- */

static const char *qos_name(const struct sched *s, const struct job *job)
{
    const struct qos *qos = policy_qos(&s->policy, job);

    return qos != NULL ? qos->name : job->qos;
}

static void tell(struct sched *s, struct jobrec *rec, enum reason reason,
                 const char *message, const struct priority *priority)
{
    const struct plan *plan = &rec->job->plan;
    bool dated = plan->start_sec != PLAN_FAR;
    struct decision decision = {
        .kind = DECIDE_REASON,
        .job_uid = rec->uid,
        .reason = reason,
        .message = message,
        .priority = *priority,
        .account = policy_account(&s->policy, rec->job),
        .qos = qos_name(s, rec->job),
        .planned_sec = dated ? plan->start_sec : TIME_UNSET,
        .promised = plan->promised,
        .partition = dated ? plan->partition : NULL,
        .slots = plan->slots,
        .n_slots = dated ? plan->n_slots : 0,
        .waits_for_nodes = reason == REASON_RESOURCES || reason == REASON_PRIORITY,
    };

    if (decision.waits_for_nodes)
        decision.ahead = rec->ahead;

    if (rec->reason == reason && str_eq(rec->message, message) &&
        rec->told_plan_sec == decision.planned_sec &&
        !priority_is_news(priority, &rec->told_priority) &&
        !ahead_is_news(&decision.ahead, &rec->told_ahead))
        return;
    jobrec_reset_told(rec);
    rec->reason = reason;
    rec->message = xstrdup(message);
    rec->told_plan_sec = decision.planned_sec;
    rec->told_priority = *priority;
    rec->told_ahead = decision.ahead;
    decided_add(&s->decided, &decision);
}

/* One partition of the job was tried in vain; the sentence is in s->message. After the
 * last one the job is told. */
static void note(struct sched *s, struct jobrec *rec, enum reason reason,
                 const struct priority *priority)
{
    bool better = hope[reason] > hope[rec->found];

    if (rec->untried > 1 || !better) {
        if (better) {
            free(rec->found_message);
            rec->found = reason;
            rec->found_message = xstrdup(s->message.s);
            rec->found_priority = *priority;
        }
        if (--rec->untried == 0)
            tell(s, rec, rec->found, rec->found_message, &rec->found_priority);
        return;
    }
    rec->untried = 0;
    tell(s, rec, reason, s->message.s, priority);
}

/* ---- the queue ---- */

static struct priority priority_in(const struct sched *s, const struct jobrec *rec,
                                   const struct partition *part)
{
    return priority_of(&s->config, &s->norms, rec->job, part,
                       policy_qos(&s->policy, rec->job), s->pass.now_sec);
}

static void add_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                      size_t listed)
{
    *queue_add(&s->pass.queue) = (struct entry){
        .rec = rec,
        .part = part,
        .version = rec->version,
        .listed = (uint32_t)listed,
        .tier = part->part->priority_tier,
        .priority = priority_in(s, rec, part->part),
        .job_id = rec->job->job_id,
        .uid = rec->uid,
    };
}

static void add_missing(struct sched *s, struct jobrec *rec, const char *name)
{
    struct priority priority = priority_in(s, rec, NULL);

    str_reset(&s->message);
    note(s, rec, check_missing(&s->cluster, name, &s->message), &priority);
}

static bool listed_before(const struct job *job, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(job->partitions[k], job->partitions[i]) == 0)
            return true;
    }
    return false;
}

static void add_partitions(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    struct partrec *part;

    for (size_t i = 0; i < job->n_partitions; i++)
        rec->untried += !listed_before(job, i);
    for (size_t i = 0; i < job->n_partitions; i++) {
        if (listed_before(job, i))
            continue;
        part = cluster_partition(&s->cluster, job->partitions[i]);
        if (part != NULL)
            add_entry(s, rec, part, i);
        else
            add_missing(s, rec, job->partitions[i]);
    }
    if (job->n_partitions > 0)
        return;
    rec->untried = 1;
    part = cluster_default_partition(&s->cluster);
    if (part != NULL)
        add_entry(s, rec, part, 0);
    else
        add_missing(s, rec, NULL);
}

static void add_job(struct sched *s, struct jobrec *rec)
{
    struct pass *pass = &s->pass;
    struct priority priority;
    enum reason reason;

    if (!rec->job->plan.promised)
        book_cancel_plan(s, rec);
    rec->untried = 0;
    rec->joined = false;
    rec->ahead = (struct ahead){0};
    rec->found = REASON_NONE;
    free(rec->found_message);
    rec->found_message = NULL;
    str_reset(&s->message);
    reason = policy_check(&s->policy, rec->job, &s->message);
    if (reason == REASON_NONE)
        reason = check_job(rec->job, pass->now_sec, &s->message);
    if (reason == REASON_BEGIN_TIME)
        pass->begin_sec = MIN(pass->begin_sec, rec->job->eligible_sec);
    if (reason == REASON_NONE) {
        add_partitions(s, rec);
        return;
    }
    book_cancel_plan(s, rec);
    priority = priority_in(s, rec, NULL);
    tell(s, rec, reason, s->message.s, &priority);
}

static void forget_partition(void *arg, const struct partrec *part)
{
    const struct sched *s = arg;

    shapes_forget(s->shapes, part);
}

static void sweep_gone(struct sched *s)
{
    struct jobrec *rec, *next;

    if (s->n_gone == 0)
        return;
    HASH_ITER (hh, s->jobs, rec, next) {
        if (rec->gone)
            jobrec_free(s, rec);
    }
    s->n_gone = 0;
}

void pass_begin(struct sched *s, int64_t now_sec)
{
    struct pass *pass = &s->pass;
    struct cluster *c = &s->cluster;
    struct jobrec *rec, *next;

    sweep_gone(s);
    cluster_settle(c, forget_partition, s);
    if (s->timeline_gen != c->gen)
        s->timeline_gen = 0; /* its positions are of other nodes */
    pass->running = true;
    pass->now_sec = now_sec;
    pass->next = 0;
    pass->moved = false;
    pass->n_waiting = 0;
    pass->n_promised = 0;
    pass->begin_sec = INT64_MAX;
    pass->queue.n = 0;
    s->norms = core_norms(s);
    crowds_reset(&s->crowds, c->words);
    s->dirty = false;
    HASH_ITER (hh, s->jobs, rec, next) {
        if (rec->job->phase == JOB_PENDING && rec->job->job_id != 0)
            add_job(s, rec);
    }
    queue_sort(&pass->queue);
    book_renew(s, now_sec);
}

/* ---- one job in one partition ---- */

static void start(struct sched *s, const struct entry *entry, struct slot *slots,
                  size_t n, int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    struct job *job = rec->job;
    struct decision decision = {
        .kind = DECIDE_START,
        .job_uid = rec->uid,
        .partition = entry->part->part->name,
        .limit_sec = check_limit(job, entry->part->part),
        .slots = slots,
        .n_slots = n,
        .priority = entry->priority,
        .account = policy_account(&s->policy, job),
        .qos = qos_name(s, job),
        .planned_sec = TIME_UNSET,
    };

    cluster_hold(&s->cluster, slots, n);
    job->alloc = slots;
    job->n_alloc = n;
    free(job->partition);
    job->partition = xstrdup(decision.partition);
    job->limit_sec = decision.limit_sec;
    job->start_sec = now_sec;
    job->phase = JOB_STARTING;
    /* Others may use what was promised here, or have been told of what is free now. */
    s->pass.moved |= job->plan.promised || s->pass.n_waiting > 0;
    plan_clear(&job->plan);
    book_enter(s, rec);
    s->n_phase[JOB_PENDING]--;
    s->n_phase[JOB_STARTING]++;
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
    rec->version++;
    jobrec_reset_told(rec);
    decided_add(&s->decided, &decision);
}

/* What rules the job out in this partition, whatever is free; s->message says so. */
static enum reason why_not_at_all(struct sched *s, const struct entry *entry)
{
    const struct fit *fit;
    enum reason reason;

    reason = check_partition(entry->rec->job, entry->part->part, &s->message);
    if (reason != REASON_NONE)
        return reason;
    fit = check_nodes(&s->placer, &s->cluster, entry->rec->shape, entry->part);
    if (fit->verdict != REASON_NONE)
        str_add(&s->message, fit->message);
    return fit->verdict;
}

static struct seeker seeker_of(struct sched *s, const struct entry *entry)
{
    const struct job *like = entry->rec->shape->like;

    return (struct seeker){
        .timeline = &s->timeline,
        .shape = entry->rec->shape,
        .part = entry->part,
        .demand = timeline_demand(&s->timeline, &like->each, like->exclusive),
        .limit_sec = book_length(check_limit(entry->rec->job, entry->part->part)),
        .need = placement_min_nodes(like, entry->part->part),
    };
}

static struct placement placement_at(const struct sched *s, const struct entry *entry)
{
    return (struct placement){
        .view = VIEW_WINDOW,
        .shape = entry->rec->shape,
        .part = entry->part,
        .window = &s->window,
        .timeline = &s->timeline,
    };
}

/* What is known of such a seeker; NULL: nothing. */
static struct horizon_kind *kind_of(struct sched *s, const struct entry *entry,
                                    const struct seeker *by)
{
    if (s->grown)
        horizon_reset(&s->horizon, s->timeline.words);
    s->grown = false;
    return horizon_kind(&s->horizon, by, shape_fit(entry->rec->shape, entry->part));
}

/* The first place that is free for long enough, beginning before a slot. */
static struct slot *find_place(struct sched *s, const struct entry *entry,
                               const struct seeker *by, size_t before, size_t *ret_n)
{
    const struct placement at = placement_at(s, entry);
    struct horizon_kind *kind = kind_of(s, entry, by);
    size_t first = kind != NULL ? horizon_look(kind, by) : 0;
    struct slot *slots = NULL;
    bool found = window_find(&s->window, by, first, before);

    if (kind != NULL)
        horizon_raise(kind, by, found ? s->window.first : MAX(first, before));
    while (found && slots == NULL) {
        slots = placement_find(&s->placer, &s->cluster, &at, ret_n);
        if (slots == NULL)
            found = window_find(&s->window, by, s->window.first + 1, before);
    }
    return slots;
}

/* A job that has a plan looks for an earlier one only; first as if its own nodes were
 * free from its start on, which takes no lifting of the plan. */
static bool may_improve(struct sched *s, const struct jobrec *rec,
                        const struct seeker *by, size_t before)
{
    const struct plan *plan = &rec->job->plan;
    struct seeker hopeful = *by;
    const struct noderec *node;

    if (!rec->claim.on || rec->claim.first == 0)
        return true;
    s->own = xrealloc(s->own, (s->timeline.words + 1) * sizeof(*s->own));
    memset(s->own, 0, s->timeline.words * sizeof(*s->own));
    for (size_t i = 0; i < plan->n_slots; i++) {
        node = cluster_node(&s->cluster, plan->slots[i].node);
        if (node != NULL && node->position != POSITION_NONE)
            node_set_add(s->own, node->position);
    }
    hopeful.own = s->own;
    hopeful.own_from = rec->claim.first;
    return window_find(&s->window, &hopeful, 0, before);
}

static void set_plan(struct sched *s, const struct entry *entry, struct slot *slots,
                     size_t n)
{
    struct plan *plan = &entry->rec->job->plan;
    size_t first = s->window.first;

    bool promised = plan->promised;

    s->pass.moved |= promised;
    plan_clear(plan);
    *plan = (struct plan){
        .promised = promised,
        .start_sec =
            first < s->timeline.n_slots - 1 ? s->timeline.bounds[first] : PLAN_FAR,
        .partition = xstrdup(entry->part->part->name),
        .slots = slots,
        .n_slots = n,
    };
}

/* Before which slot a plan is looked for: an earlier one than there is; at once only,
 * where many wait already. */
static size_t before_what(const struct sched *s, const struct jobrec *rec)
{
    if (rec->claim.on)
        return MAX(rec->claim.first, 1);
    return s->pass.n_waiting < (size_t)s->config.max_job_test ? s->timeline.n_slots : 1;
}

/* The first dated plans in the order of the queue become promises. */
static void promise(struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;

    if (plan->start_sec == TIME_UNSET || plan->start_sec == PLAN_FAR ||
        s->pass.n_promised >= (size_t)s->config.reservation_depth)
        return;
    plan->promised = true;
    s->pass.n_promised++;
}

/* Starts the job (true), or sees to it that it has the earliest plan there is. */
static bool start_or_plan(struct sched *s, const struct entry *entry,
                          const struct seeker *by, int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    size_t before = before_what(s, rec), n;
    struct slot *slots;

    if (!may_improve(s, rec, by, before))
        return false;
    book_strike(s, rec);
    slots = find_place(s, entry, by, before, &n);
    if (slots != NULL && s->window.first == 0) {
        start(s, entry, slots, n, now_sec);
        return true;
    }
    if (slots != NULL)
        set_plan(s, entry, slots, n);
    book_enter(s, rec);
    return false;
}

static enum reason why_not_now(struct sched *s, const struct entry *entry,
                               const struct seeker *by)
{
    const struct placement at = placement_at(s, entry);
    struct seeker at_once = *by;

    at_once.limit_sec = 1;
    window_set(&s->window, &at_once, 0);
    return check_busy(&s->placer, &s->cluster, &at, &at_once, &s->message);
}

/* The nodes that a waiting job could use, in `s->own`. */
static void find_own_nodes(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    const node_set admits = entry->rec->shape->admits;
    size_t words = s->cluster.words;

    s->own = xrealloc(s->own, (words + 1) * sizeof(*s->own));
    memcpy(s->own, entry->part->nodes, words * sizeof(*s->own));
    for (size_t i = 0; i < job->n_partitions; i++) {
        const struct partrec *part = cluster_partition(&s->cluster, job->partitions[i]);

        for (size_t k = 0; part != NULL && k < words; k++)
            s->own[k] |= part->nodes[k];
    }
    for (size_t k = 0; k < words; k++)
        s->own[k] &= admits[k];
}

static int64_t gpus_of(const struct sched *s, const struct job *job)
{
    int gpu = s->cluster.res.gpu;

    return gpu < 0 ? 0 : job_ask(job).v[gpu];
}

/* Once for each job, at its first entry that waits. */
static void join_crowd(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;

    if (rec->joined)
        return;
    find_own_nodes(s, entry);
    rec->ahead =
        crowds_join(&s->crowds, s->own, rec->job->job_id, gpus_of(s, rec->job));
    rec->joined = true;
}

static void consider(struct sched *s, const struct entry *entry, int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    struct seeker by;
    enum reason reason;

    if (rec->gone || rec->version != entry->version)
        return;
    str_reset(&s->message);
    reason = why_not_at_all(s, entry);
    if (reason != REASON_NONE) {
        if (str_eq(rec->job->plan.partition, entry->part->part->name))
            book_cancel_plan(s, rec);
        note(s, rec, reason, &entry->priority);
        return;
    }
    by = seeker_of(s, entry);
    if (start_or_plan(s, entry, &by, now_sec))
        return;
    s->pass.n_waiting++;
    join_crowd(s, entry);
    promise(s, rec);
    note(s, rec, why_not_now(s, entry, &by), &entry->priority);
}

/* What changes nodes or partitions ends the walk: the timeline is of others. */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    while (pass->next < pass->queue.n && s->timeline_gen == s->cluster.gen) {
        consider(s, &pass->queue.entries[pass->next++], now_sec);
        if (pass->next < pass->queue.n && budget.spent != NULL &&
            budget.spent(budget.arg))
            return false;
    }
    pass->running = false;
    s->dirty |= pass->moved || pass->next < pass->queue.n;
    return true;
}

/* The walk through the queue: for each job, may it start, does it fit, else why not. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
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
};

/* ---- telling ---- */

static void tell(struct sched *s, struct jobrec *rec, enum reason reason,
                 const char *message, int64_t priority)
{
    struct decision decision = {
        .kind = DECIDE_REASON,
        .job_uid = rec->uid,
        .reason = reason,
        .message = message,
        .priority = priority,
    };

    if (rec->reason == reason && str_eq(rec->message, message))
        return;
    jobrec_reset_told(rec);
    rec->reason = reason;
    rec->message = xstrdup(message);
    decided_add(&s->decided, &decision);
}

/* One partition of the job was tried in vain; the sentence is in s->message. After the
 * last one the job is told. */
static void note(struct sched *s, struct jobrec *rec, enum reason reason,
                 int64_t priority)
{
    bool better = hope[reason] > hope[rec->found];

    if (rec->untried > 1 || !better) {
        if (better) {
            free(rec->found_message);
            rec->found = reason;
            rec->found_message = xstrdup(s->message.s);
            rec->found_priority = priority;
        }
        if (--rec->untried == 0)
            tell(s, rec, rec->found, rec->found_message, rec->found_priority);
        return;
    }
    rec->untried = 0;
    tell(s, rec, reason, s->message.s, priority);
}

/* ---- the queue ---- */

static void add_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                      size_t listed)
{
    int64_t priority =
        queue_priority(&s->config, rec->job, part->part, s->pass.now_sec);

    *queue_add(&s->pass.queue) = (struct entry){
        .rec = rec,
        .part = part,
        .version = rec->version,
        .listed = (uint32_t)listed,
        .tier = part->part->priority_tier,
        .priority = priority,
        .job_id = rec->job->job_id,
        .uid = rec->uid,
    };
}

static void add_missing(struct sched *s, struct jobrec *rec, const char *name)
{
    int64_t priority = queue_priority(&s->config, rec->job, NULL, s->pass.now_sec);

    str_reset(&s->message);
    note(s, rec, check_missing(&s->cluster, name, &s->message), priority);
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
    enum reason reason;

    rec->untried = 0;
    rec->found = REASON_NONE;
    rec->blocks = false;
    free(rec->found_message);
    rec->found_message = NULL;
    str_reset(&s->message);
    reason = check_job(rec->job, pass->now_sec, &s->message);
    if (reason == REASON_BEGIN_TIME)
        pass->begin_sec = MIN(pass->begin_sec, rec->job->eligible_sec);
    if (reason == REASON_NONE)
        add_partitions(s, rec);
    else
        tell(s, rec, reason, s->message.s,
             queue_priority(&s->config, rec->job, NULL, pass->now_sec));
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
    /* What was found best under the last pass's withheld nodes is void. */
    c->mutation++;
    for (size_t i = 0; i < c->n_listed; i++)
        c->listed[i]->blocked = false;
    pass->withheld = xrealloc(pass->withheld, c->words * sizeof(*pass->withheld));
    memset(pass->withheld, 0, c->words * sizeof(*pass->withheld));
    pass->running = true;
    pass->now_sec = now_sec;
    pass->next = 0;
    pass->lifted = false;
    pass->n_outranked = 0;
    pass->begin_sec = INT64_MAX;
    pass->queue.n = 0;
    s->dirty = false;
    s->checked_sec = now_sec;
    HASH_ITER (hh, s->jobs, rec, next) {
        if (rec->job->phase == JOB_PENDING && rec->job->job_id != 0)
            add_job(s, rec);
    }
    queue_sort(&pass->queue);
}

/* Takes jobs that have started out, they are in nobody's way, and ages the others. */
static void refresh_queue(struct sched *s, int64_t now_sec)
{
    struct queue *queue = &s->pass.queue;
    size_t kept = 0;

    for (size_t i = 0; i < queue->n; i++) {
        struct entry entry = queue->entries[i];

        if (entry.version != entry.rec->version)
            continue;
        entry.priority =
            queue_priority(&s->config, entry.rec->job, entry.part->part, now_sec);
        queue->entries[kept++] = entry;
    }
    queue->n = kept;
}

bool pass_order_changed(struct sched *s, int64_t now_sec)
{
    if (now_sec == s->checked_sec || s->pass.n_outranked == 0)
        return false;
    s->checked_sec = now_sec;
    refresh_queue(s, now_sec);
    return !queue_is_sorted(&s->pass.queue);
}

/* ---- one job ---- */

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
    };

    cluster_hold(&s->cluster, slots, n, job->exclusive);
    job->alloc = slots;
    job->n_alloc = n;
    free(job->partition);
    job->partition = xstrdup(decision.partition);
    job->limit_sec = decision.limit_sec;
    job->start_sec = now_sec;
    job->phase = JOB_STARTING;
    s->n_phase[JOB_PENDING]--;
    s->n_phase[JOB_STARTING]++;
    shape_put(&s->shapes, rec->shape);
    rec->shape = NULL;
    rec->version++;
    s->pass.lifted |= rec->blocks;
    jobrec_reset_told(rec);
    decided_add(&s->decided, &decision);
}

/* Keeps the partition's nodes that the job could use from all who come later. If some
 * were kept from it in turn, it waits because of the order, too. */
static void block(struct sched *s, const struct entry *entry)
{
    struct pass *pass = &s->pass;
    uint64_t shared = 0;

    entry->rec->blocks = true;
    entry->part->blocked = true;
    for (size_t i = 0; i < s->cluster.words; i++) {
        uint64_t wanted = entry->part->nodes[i] & entry->rec->shape->admits[i];

        shared |= pass->withheld[i] & wanted;
        pass->withheld[i] |= wanted;
    }
    pass->n_outranked += shared != 0;
}

static enum reason why_not_now(struct sched *s, const struct entry *entry)
{
    const struct placement at = {
        .view = VIEW_NOW,
        .shape = entry->rec->shape,
        .part = entry->part,
        .withheld = s->pass.withheld,
    };

    check_say_busy(&s->placer, &s->cluster, &at, &s->message);
    block(s, entry);
    return REASON_RESOURCES;
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

static struct slot *find_place(struct sched *s, const struct entry *entry,
                               size_t *ret_n)
{
    const struct placement at = {
        .view = VIEW_NOW,
        .shape = entry->rec->shape,
        .part = entry->part,
        .withheld = s->pass.withheld,
    };

    return placement_find(&s->placer, &s->cluster, &at, ret_n);
}

static void consider(struct sched *s, const struct entry *entry, int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    enum reason reason;
    struct slot *slots;
    size_t n;

    if (rec->gone || rec->version != entry->version || entry->part->gone)
        return;
    str_reset(&s->message);
    reason = why_not_at_all(s, entry);
    if (reason == REASON_NONE && entry->part->blocked) {
        str_addf(&s->message, "waits for jobs of higher priority in partition %s",
                 entry->part->part->name);
        reason = REASON_PRIORITY;
        s->pass.n_outranked++;
    }
    if (reason == REASON_NONE) {
        slots = find_place(s, entry, &n);
        if (slots != NULL) {
            start(s, entry, slots, n, now_sec);
            return;
        }
        reason = why_not_now(s, entry);
    }
    note(s, rec, reason, entry->priority);
}

bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    while (pass->next < pass->queue.n) {
        consider(s, &pass->queue.entries[pass->next++], now_sec);
        if (pass->next < pass->queue.n && budget.spent != NULL &&
            budget.spent(budget.arg))
            return false;
    }
    pass->running = false;
    s->dirty |= pass->lifted;
    return true;
}

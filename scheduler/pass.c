/* The walk through the queue: for each job, may it start, does it fit, else why not. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/accrue.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/core.h"
#include "scheduler/preempt.h"
#include "scheduler/tell.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

/* So many jobs are added to the queue between looks at the budget. */
#define FILL_JOBS 8
/* Of more jobs the order takes long enough to look at the budget behind it. */
#define ORDER_JOBS 1000
/* So many walks in a row nobody is preempted for a job. */
#define PUT_OFF_MAX 2

/* ---- the queue ---- */

int64_t pass_size(struct sched *s, const struct jobrec *rec, const struct partrec *part)
{
    struct shape *shape;

    if (s->config.backfill_order == BACKFILL_QUEUE)
        return 0;
    shape = variant_of(&s->shapes, rec->shape, &s->cluster, part);
    shape_settle(shape, &s->cluster);
    return turn_size(s->config.backfill_order, check_limit(rec->job, part->part),
                     shape->share);
}

/* One that has started has no shape any more. */
static struct priority priority_in(struct sched *s, const struct jobrec *rec,
                                   const struct partrec *part, int64_t now_sec)
{
    const struct shape *shape = rec->shape;
    struct grounds grounds;

    if (shape == NULL)
        return core_priority(s, &s->norms, rec->job, part, now_sec);
    if (part != NULL)
        shape = variant_of(&s->shapes, rec->shape, &s->cluster, part);
    grounds = core_grounds(s, rec->job, part != NULL ? part->part : NULL, shape->like);
    return priority_of(&s->config, &s->norms, rec->job, &grounds, now_sec);
}

int64_t pass_tier(const struct jobrec *rec, const struct partrec *part)
{
    return yield_any(rec) ? INT64_MAX : part->part->priority_tier;
}

/* What it has lost of its priority is given back in each of its partitions alike, so
 * that their order stays. */
static int64_t kept_of(struct sched *s, const struct jobrec *rec, int64_t now_sec)
{
    struct job *job = rec->job;
    int64_t best = 0;

    for (size_t i = 0; i < MAX(job->n_partitions, 1); i++) {
        const struct partrec *part = pass_partition(s, job, i);

        if (part != NULL)
            best = MAX(best, priority_in(s, rec, part, now_sec).total);
    }
    job->reached = MAX(job->reached, best);
    return priority_kept(&s->config, job, best);
}

struct priority pass_priority(struct sched *s, const struct jobrec *rec,
                              const struct partrec *part, int64_t now_sec)
{
    struct priority p = priority_in(s, rec, part, now_sec);

    if (part == NULL || p.total == 0 || rec->job->phase != JOB_PENDING ||
        (s->config.priority_flags & PRIORITY_INCR_ONLY) == 0)
        return p;
    p.kept = kept_of(s, rec, now_sec);
    p.total += p.kept;
    return p;
}

struct entry pass_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                        size_t i, int64_t now_sec)
{
    return (struct entry){
        .rec = rec,
        .part = part,
        .resv = pass_reservation(rec->job, i),
        .version = rec->version,
        .listed = (uint32_t)i,
        .tier = pass_tier(rec, part),
        .priority = pass_priority(s, rec, part, now_sec),
        .size = pass_size(s, rec, part),
        .job_id = queue_job_id(rec->job),
        .task = queue_task(rec->job),
        .uid = rec->uid,
    };
}

static void add_missing(struct sched *s, struct jobrec *rec, const char *name)
{
    struct priority priority = pass_priority(s, rec, NULL, s->pass.now_sec);

    str_reset(&s->message);
    tell_found(s, rec, check_missing(&s->cluster, name, &s->message), false, &priority);
}

static bool listed_before(const struct job *job, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(job->partitions[k], job->partitions[i]) == 0)
            return true;
    }
    return false;
}

size_t pass_choices(const struct job *job)
{
    return MAX(job->n_partitions, 1) * MAX(job->n_reservations, 1);
}

const char *pass_reservation(const struct job *job, size_t i)
{
    return job->n_reservations == 0 ? NULL
                                    : job->reservations[i / MAX(job->n_partitions, 1)];
}

struct partrec *pass_partition(const struct sched *s, const struct job *job, size_t i)
{
    if (job->n_partitions == 0)
        return cluster_default_partition(&s->cluster);
    i %= job->n_partitions;
    return listed_before(job, i) ? NULL
                                 : cluster_partition(&s->cluster, job->partitions[i]);
}

static void add_choices(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    size_t n = pass_choices(job), n_parts = MAX(job->n_partitions, 1), missing = 0;

    for (size_t i = 0; i < n; i++) {
        struct partrec *part = pass_partition(s, job, i);

        if (part != NULL)
            *queue_add(&s->pass.queue) = pass_entry(s, rec, part, i, s->pass.now_sec);
        missing += part == NULL && !listed_before(job, i % n_parts);
        rec->untried += part != NULL || !listed_before(job, i % n_parts);
    }
    for (size_t i = 0; i < n && missing > 0; i++) {
        if (pass_partition(s, job, i) == NULL && !listed_before(job, i % n_parts))
            add_missing(s, rec,
                        job->n_partitions > 0 ? job->partitions[i % n_parts] : NULL);
    }
}

static void add_job(struct sched *s, struct jobrec *rec)
{
    struct pass *pass = &s->pass;
    struct priority priority;
    enum reason reason;

    if (!rec->job->plan.promised)
        book_cancel_plan(s, rec);
    rec->changed = false;
    rec->untried = 0;
    rec->joined = false;
    rec->ahead = (struct ahead){0};
    rec->found = REASON_NONE;
    rec->found_planned = false;
    free(rec->found_message);
    rec->found_message = NULL;
    reason = jobrec_check(s, rec, pass->now_sec);
    if (reason == REASON_NONE) {
        starts_enlist(s, rec);
        add_choices(s, rec);
        return;
    }
    book_cancel_plan(s, rec);
    priority = pass_priority(s, rec, NULL, pass->now_sec);
    tell_job(s, rec, reason, s->message.s, &priority);
    if (reason == REASON_DEPENDENCY)
        tell_splits(s, rec);
    if (reason == REASON_DEADLINE ||
        (reason == REASON_DEPENDENCY_NEVER && depend_kills(s, rec)))
        tell_give_up(s, rec, reason, s->message.s);
}

static void forget_partition(void *arg, const struct partrec *part)
{
    struct sched *s = arg;

    shapes_forget(&s->shapes, part);
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

    sweep_gone(s);
    cluster_settle(c, forget_partition, s);
    reserve_settle(s, now_sec);
    if (s->timeline_gen != c->gen)
        s->timeline_gen = 0; /* its positions are of other nodes */
    pass->running = true;
    pass->filling = true;
    pass->fill_next = s->jobs;
    pass->gen = c->gen;
    pass->now_sec = now_sec;
    pass->next = 0;
    pass->again = NULL;
    pass->round =
        s->config.backfill_order == BACKFILL_QUEUE ? ROUND_WHOLE : ROUND_PROMISE;
    pass->n_waiting = 0;
    pass->n_promised = 0;
    pass->begin_sec = INT64_MAX;
    pass->queue.n = 0;
    pass->ordered = false;
    s->norms = core_norms(s);
    accrue_begin(s);
    asked_settle(&s->asked, c);
    crowds_reset(&s->crowds, c->words);
    s->dirty = false;
    s->rules_changed = false;
}

/* Jobs that come meanwhile are behind the others, and those that go are kept. */
static bool add_jobs(struct sched *s, struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    for (size_t n = 1; pass->fill_next != NULL; n++) {
        struct jobrec *rec = pass->fill_next;

        pass->fill_next = rec->hh.next;
        if (!rec->gone && rec->job->phase == JOB_PENDING && rec->job->job_id != 0)
            add_job(s, rec);
        if (n % FILL_JOBS == 0 && sched_is_spent(budget))
            return false;
    }
    return true;
}

/* False: the budget is spent, by the time that it takes. */
static bool order(struct sched *s, struct sched_budget budget)
{
    if (s->pass.ordered)
        return true;
    queue_order(&s->pass.queue);
    s->pass.ordered = true;
    return HASH_COUNT(s->jobs) <= ORDER_JOBS || !sched_is_spent(budget);
}

bool pass_fill(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    if (pass->gen == s->cluster.gen) {
        if (!accrue_run(s, budget) || !add_jobs(s, budget) || !order(s, budget) ||
            !book_renew(s, now_sec, budget))
            return false;
        pass->number++;
        pass->grown_sec = s->grown_sec;
        s->grown_sec = INT64_MIN;
        pass->moved = false;
    }
    pass->filling = false;
    return true;
}

/* ---- the walk ---- */

/* By any of its components. */
static uint64_t admitted_word(struct shape *shape, size_t word)
{
    uint64_t set = shape->admits[word];

    for (size_t i = 0; i < shape->like->n_others; i++)
        set |= shape->others[i]->admits[word];
    return set;
}

static void add_nodes(struct sched *s, const struct partrec *part)
{
    for (size_t k = 0; part != NULL && k < s->cluster.words; k++)
        s->own[k] |= part->nodes[k];
}

/* The nodes that a waiting job could use, in `s->own`. */
static void find_own_nodes(struct sched *s, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    struct shape *shape = trial_shape(s, entry);
    size_t words = s->cluster.words;

    s->own = xrealloc(s->own, (words + 1) * sizeof(*s->own));
    memcpy(s->own, entry->part->nodes, words * sizeof(*s->own));
    for (size_t i = 0; i < job->n_partitions; i++)
        add_nodes(s, cluster_partition(&s->cluster, job->partitions[i]));
    for (size_t i = 1; i <= job->n_others; i++)
        add_nodes(s, cluster_component_partition(&s->cluster, job, i, entry->part));
    for (size_t k = 0; k < words; k++)
        s->own[k] &= admitted_word(shape, k);
}

static int64_t gpus_of(const struct sched *s, const struct job *job)
{
    int gpu = s->cluster.res.gpu;

    return gpu < 0 ? 0 : job_ask(job).v[gpu];
}

/* For jobs of one shape that may start in one partition only it is found once. */
static size_t crowd_of(struct sched *s, const struct entry *entry)
{
    struct fit *fit = shape_fit(entry->rec->shape, entry->part);
    bool alone = entry->rec->job->n_partitions <= 1;
    size_t crowd;

    if (alone && fit->crowd_gen == s->crowds.gen)
        return fit->crowd;
    find_own_nodes(s, entry);
    crowd = crowds_get(&s->crowds, s->own);
    if (alone) {
        fit->crowd = crowd;
        fit->crowd_gen = s->crowds.gen;
    }
    return crowd;
}

/* Once for each job, at its first entry that waits. */
static void join_crowd(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;

    if (rec->joined)
        return;
    rec->ahead = crowds_join(&s->crowds, crowd_of(s, entry), rec->job->job_id,
                             gpus_of(s, rec->job));
    rec->joined = true;
}

static bool is_planned_there(const struct entry *entry)
{
    const struct plan *plan = &entry->rec->job->plan;

    return str_eq(plan->partition, entry->part->part->name) &&
           (entry->rec->job->n_reservations < 2 ||
            str_eq(plan->reservation, entry->resv));
}

/* It can never start here, whatever is free: it is told so. */
static bool rule_out(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    enum reason reason;

    str_reset(&s->message);
    reason = trial_ruled_out(s, entry);
    if (reason == REASON_NONE)
        return false;
    if (is_planned_there(entry)) {
        s->pass.moved |= rec->job->plan.promised;
        book_cancel_plan(s, rec);
    }
    tell_found(s, rec, reason, false, &entry->priority);
    return true;
}

static void count_waiting(struct sched *s, struct entry *entry)
{
    s->pass.n_waiting += !entry->waits;
    entry->waits = true;
}

/* An array with tasks left has its turn again at once. */
static void note_started(struct sched *s, struct entry *entry)
{
    s->pass.n_waiting -= entry->waits;
    entry->waits = false;
    if (entry->rec->version != entry->version)
        return;
    entry->done = false;
    s->pass.again = entry;
}

/* It starts (true), or is planned where it may be. */
static bool try_(struct sched *s, struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    struct seeker by = trial_seeker(s, entry);

    entry->done = true;
    if (rec->walk != s->pass.number)
        rec->walk_before = rec->walk;
    if (trial_run(s, entry, &by, trial_before(s, entry, s->pass.n_waiting))) {
        note_started(s, entry);
        return true;
    }
    count_waiting(s, entry);
    rec->walk = s->pass.number;
    return false;
}

static void tell_why(struct sched *s, const struct entry *entry,
                     const struct seeker *by)
{
    enum reason reason;

    if (entry->rec->limited == REASON_NONE)
        join_crowd(s, entry);
    str_reset(&s->message);
    reason = trial_why_not_now(s, entry, by);
    yield_say(s, entry->rec);
    preempt_say(s, entry->rec);
    tell_found(s, entry->rec, reason, is_planned_there(entry), &entry->priority);
}

/* Where promises have moved, the walk to come may find room that nobody has to make;
 * but it is not waited for over and over. A limit is not a lack of room. */
static bool is_put_off(const struct sched *s, struct jobrec *rec)
{
    bool off = s->pass.moved && rec->put_off < PUT_OFF_MAX;

    rec->put_off = off ? rec->put_off + 1 : 0;
    return off || rec->limited != REASON_NONE;
}

/* Those who wait are told why, once nobody can make room for them. */
static void tell_or_preempt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    struct seeker by = trial_seeker(s, entry);

    if (!is_put_off(s, entry->rec) && preempt_run(s, entry, &by, now_sec))
        note_started(s, entry);
    else
        tell_why(s, entry, &by);
}

static void go_whole(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (rule_out(s, entry) || try_(s, entry))
        return;
    s->pass.n_promised += trial_promise(s, entry, s->pass.n_promised);
    tell_or_preempt(s, entry, now_sec);
}

/* Where others wait without a promise, the first is tried before them all: they would
 * have what is free before its start for ever. */
static bool comes_first(const struct pass *pass, const struct sched_config *config)
{
    bool some = pass->queue.n > (size_t)config->reservation_depth ||
                config->min_age_reserve_sec > 0 || config->min_prio_reserve > 0;

    return pass->n_waiting == 0 && some;
}

/* The promises of before stay where they are, until their turn. */
static void go_promise(struct sched *s, struct entry *entry)
{
    struct pass *pass = &s->pass;
    struct jobrec *rec = entry->rec;

    if (rule_out(s, entry)) {
        entry->done = true;
    } else if (!trial_may_promise(s, entry, pass->n_promised)) {
        return;
    } else if (rec->job->plan.promised && rec->walk != pass->number &&
               !comes_first(pass, &s->config)) {
        pass->n_promised++;
        count_waiting(s, entry);
    } else if (!try_(s, entry)) {
        pass->n_promised += trial_promise(s, entry, pass->n_promised);
    }
}

/* Starts before it may have reached limits of its as well. */
static void go_offer(struct sched *s, struct entry *entry)
{
    bool limited = s->held.any || entry->rec->job->tasks_limit > 0;

    if (!limited || !rule_out(s, entry)) {
        try_(s, entry);
        return;
    }
    s->pass.n_waiting -= entry->waits;
    entry->waits = false;
    entry->done = true;
}

static void consider(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (entry->rec->gone || entry->rec->version != entry->version)
        return;
    switch (s->pass.round) {
    case ROUND_WHOLE:
        go_whole(s, entry, now_sec);
        break;
    case ROUND_PROMISE:
        go_promise(s, entry);
        break;
    case ROUND_OFFER:
        if (!entry->done)
            go_offer(s, entry);
        break;
    case ROUND_TELL:
        if (entry->waits)
            tell_or_preempt(s, entry, now_sec);
        break;
    }
}

/* False: that was the last one. */
static bool next_round(struct pass *pass)
{
    if (pass->round == ROUND_WHOLE || pass->round == ROUND_TELL)
        return false;
    pass->next = 0;
    if (pass->round == ROUND_PROMISE)
        turns_set(&pass->turns, &pass->queue);
    pass->round++;
    return true;
}

static struct entry *next_entry(struct pass *pass)
{
    size_t i;

    if (pass->again != NULL)
        return TAKE(pass->again);
    i = pass->next++;

    return queue_at(&pass->queue,
                    pass->round == ROUND_OFFER ? turns_next(&pass->turns) : i);
}

/* What changes nodes or partitions ends the walk: the timeline is of others. */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;
    bool whole = false;

    while (s->timeline_gen == s->cluster.gen && !whole) {
        if (pass->again != NULL || pass->next < pass->queue.n)
            consider(s, next_entry(pass), now_sec);
        whole = pass->again == NULL && pass->next >= pass->queue.n && !next_round(pass);
        if (!whole && sched_is_spent(budget))
            return false;
    }
    pass->running = false;
    s->dirty |= pass->moved || !whole;
    return true;
}

/* What comes before the walk: the queue is filled and put in order, and the timeline
 * made one of now. */
#include "scheduler/pass_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/accrue.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/overtake.h"
#include "scheduler/piece.h"
#include "scheduler/tell.h"

/* So many jobs are added to the queue between looks at the budget. */
#define FILL_JOBS 8
/* Of more jobs the order takes long enough to look at the budget behind it. */
#define ORDER_JOBS 1000
/* So many nodes are put in order in a microsecond. */
#define SETTLED_A_US 2

/* Its i-th choice, which has no place in the queue. */
static void add_missing(struct sched *s, struct jobrec *rec, size_t i)
{
    const char *name = reserve_partition_name(s, rec->job, i);
    const struct entry entry = {
        .rec = rec,
        .listed = (uint32_t)i,
        .priority = pass_priority(s, rec, NULL, s->pass.now_sec),
    };

    str_reset(&s->message);
    tell_found(s, &entry, check_missing(&s->cluster, name, &s->message), false);
}

/* Promises stay, unless the job may not start at all. */
static void cancel_plans(struct sched *s, struct jobrec *rec, enum reason reason)
{
    if (reason != REASON_NONE || !rec->job->plan.promised)
        book_cancel_plan(s, rec, broken_of_reason(reason));
    for (size_t i = 0; i < rec->n_followers; i++)
        cancel_plans(s, rec->followers[i], reason);
}

static void add_entry(struct sched *s, struct jobrec *rec, struct partrec *part,
                      size_t i)
{
    struct entry *entry = queue_add(&s->pass.queue);
    size_t worn;

    *entry = pass_entry(s, rec, part, i, s->pass.now_sec);
    worn = guise_wear(s, rec, entry->qos_at);
    lift_know(s, entry);
    guise_wear(s, rec, worn);
}

/* Where none of its partitions is there any more it has no place in the queue, and what
 * was promised to it is in nobody's way. */
static void add_choices(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    size_t n = pass_choices(s, rec), n_parts = MAX(job->n_partitions, 1), missing = 0,
           first = s->pass.queue.n;

    for (size_t i = 0; i < n; i++) {
        struct partrec *part = pass_partition(s, job, i);

        if (!pass_is_open(s, rec, part, i))
            continue;
        if (part != NULL)
            add_entry(s, rec, part, i);
        missing += part == NULL && !pass_listed_before(job, i % n_parts);
        rec->untried += part != NULL || !pass_listed_before(job, i % n_parts);
    }
    if (s->pass.queue.n == first)
        cancel_plans(s, rec, REASON_PARTITION_CONFIG);
    for (size_t i = 0; i < n && missing > 0; i++) {
        if (pass_partition(s, job, i) == NULL && pass_is_open(s, rec, NULL, i) &&
            !pass_listed_before(job, i % n_parts))
            add_missing(s, rec, i);
    }
}

/* Behind the array they have the choices that it has, which are the entries from
 * `first` on. */
static void add_followers(struct sched *s, struct jobrec *array, size_t first)
{
    size_t last = s->pass.queue.n;

    for (size_t i = 0; i < array->n_followers; i++) {
        struct jobrec *f = array->followers[i];

        f->changed = false;
        starts_enlist(s, f);
        for (size_t k = first; k < last; k++) {
            struct entry *entry = queue_add(&s->pass.queue);

            *entry = s->pass.queue.entries[k];
            entry->rec = f;
            entry->version = f->version;
            entry->uid = f->uid;
        }
    }
}

static void add_job(struct sched *s, struct jobrec *rec)
{
    struct pass *pass = &s->pass;
    struct priority priority;
    enum reason reason;
    size_t first = pass->queue.n;

    rec->changed = false;
    rec->untried = 0;
    rec->joined = false;
    rec->ahead = (struct ahead){0};
    rec->sooner = (struct sooner){0};
    rec->nowhere = false;
    rec->unsure = false;
    rec->found = REASON_NONE;
    rec->found_planned = false;
    free(rec->found_message);
    rec->found_message = NULL;
    reason = jobrec_check(s, rec, pass->now_sec);
    cancel_plans(s, rec, reason);
    magnets_look(s, rec);
    magnet_settle(s, rec);
    if (rec->job->array != NULL) {
        follower_settle(s, rec);
        follower_sort(s, rec);
    }
    if (rec->n_followers > 0) {
        GROW(pass->arrays, pass->n_arrays, pass->arrays_cap);
        pass->arrays[pass->n_arrays++] = rec;
    }
    if (reason == REASON_NONE) {
        starts_enlist(s, rec);
        add_choices(s, rec);
        add_followers(s, rec, first);
        return;
    }
    priority = pass_priority(s, rec, pass_partition(s, rec->job, 0), pass->now_sec);
    tell_job(s, rec, reason, s->message.s, &priority);
    if (reason != REASON_DEADLINE)
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

static void settle_cluster(struct sched *s)
{
    reserve_want_columns(s);
    cluster_settle(&s->cluster, forget_partition, s);
    if (s->timeline_gen != s->cluster.gen)
        s->timeline_gen = 0; /* its positions are of other nodes */
}

bool pass_prepare(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    if (s->reserve.n == 0)
        return true;
    if (s->cluster.unsettled &&
        !piece_has_time(s, PIECE_SETTLE, HASH_COUNT(s->cluster.nodes) / SETTLED_A_US,
                        budget))
        return false;
    settle_cluster(s);
    return reserve_prepare(s, now_sec, budget);
}

void pass_begin(struct sched *s, int64_t now_sec)
{
    struct pass *pass = &s->pass;
    struct cluster *c = &s->cluster;

    settle_cluster(s);
    reserve_settle(s);
    pass->running = true;
    pass->filling = true;
    pass->fill_next = s->jobs;
    pass->gen = c->gen;
    pass->rules_gen = s->rules_gen;
    pass->now_sec = now_sec;
    pass->next = 0;
    pass->again = NULL;
    pass->hunting.entry = NULL;
    pass_section_begin(pass, 0);
    hunters_clear(&pass->late);
    hunters_clear(&pass->all);
    pass->n_vain = 0;
    pass->spared = false;
    pass->was_cut = pass->cut_short;
    pass->cut_short = false;
    pass->round =
        s->config.backfill_order == BACKFILL_QUEUE ? ROUND_WHOLE : ROUND_PROMISE;
    pass->n_waiting = 0;
    pass->refused = false;
    pass->stopped = false;
    pass->n_promised = 0;
    pass->n_looked = 0;
    pass->n_hinted = 0;
    pass->begin_sec = INT64_MAX;
    pass->queue.n = 0;
    lift_begin(&s->lifts);
    pass->n_arrays = pass->n_ordered = 0;
    pass->ordered = false;
    circles_find(s, now_sec);
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
    lift_run(s);
    queue_order(&s->pass.queue);
    s->pass.ordered = true;
    return HASH_COUNT(s->jobs) <= ORDER_JOBS || !sched_is_spent(budget);
}

static bool has_forecasts(const struct sched *s)
{
    const struct sched_config *config = &s->config;

    return s->pass.queue.n > (size_t)config->reservation_depth ||
           config->min_age_reserve_sec > 0 || config->min_prio_reserve > 0;
}

bool pass_fill(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    if (pass->gen == s->cluster.gen && !s->reserve.changed) {
        if (!accrue_run(s, budget) || !add_jobs(s, budget) || !order(s, budget) ||
            !book_renew(s, now_sec, budget))
            return false;
        pass->number++;
        pass->grown_sec = s->grown_sec;
        s->grown_sec = INT64_MIN;
        pass->moved = false;
        overtake_run(s);
    }
    pass->forecasts = has_forecasts(s);
    pass->last = pass->n_entered = pass->queue.n;
    pass->filling = false;
    return true;
}

#include "scheduler/overtake.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/follower.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

/* ---- who is raised ---- */

static int64_t qos_priority(const struct sched *s, const struct job *job)
{
    const struct qos *qos = policy_qos(&s->policy, job);

    return qos != NULL ? qos->priority : 0;
}

/* A priority that is set is compared with what it has had. */
static bool is_higher(const struct sched *s, const struct job *old,
                      const struct job *job)
{
    if (job->priority != old->priority)
        return job->priority > MAX(old->priority, old->reached);
    return job->nice < old->nice || job->site_factor > old->site_factor ||
           qos_priority(s, job) > qos_priority(s, old);
}

void overtake_note(struct sched *s, const struct job *old, struct job *job)
{
    if (job->phase != JOB_PENDING)
        job->raised = false;
    else if (old != NULL && old->phase == JOB_PENDING)
        job->raised |= old->raised || is_higher(s, old, job);
    s->raised |= job->raised;
}

/* ---- whom they overtake ---- */

/* Entries of those who are raised, by partition, the first in the queue first; each
 * with the latest start of these so far. */
struct raised {
    const struct partrec *part;
    int64_t tier, priority;
    int64_t start_sec; /* TIME_NEVER: it has none */
};

static bool is_before(int64_t tier, int64_t priority, const struct entry *entry)
{
    return tier != entry->tier ? tier > entry->tier : priority > entry->priority.total;
}

static int compare(const void *a, const void *b)
{
    const struct raised *x = a, *y = b;

    if (x->part != y->part)
        return strcmp(x->part->part->name, y->part->part->name);
    if (x->tier != y->tier)
        return x->tier > y->tier ? -1 : 1;
    return (x->priority < y->priority) - (x->priority > y->priority);
}

static size_t gather(struct sched *s, struct raised **ret)
{
    struct raised *all = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < s->pass.queue.n; i++) {
        const struct entry *entry = &s->pass.queue.entries[i];
        int64_t start_sec = entry->rec->job->plan.start_sec;

        if (entry->rec->gone || !follower_array(entry->rec)->job->raised)
            continue;
        GROW(all, n, cap);
        all[n++] = (struct raised){
            .part = entry->part,
            .tier = entry->tier,
            .priority = entry->priority.total,
            .start_sec = start_sec != TIME_UNSET ? start_sec : TIME_NEVER,
        };
    }
    if (n > 0)
        qsort(all, n, sizeof(*all), compare);
    for (size_t i = 1; i < n; i++) {
        if (all[i].part == all[i - 1].part)
            all[i].start_sec = MAX(all[i].start_sec, all[i - 1].start_sec);
    }
    *ret = all;
    return n;
}

/* The latest start of those of a group, from the first on, that come before the entry;
 * INT64_MIN: none does. */
static int64_t latest_before(const struct raised *group, size_t n,
                             const struct entry *entry)
{
    size_t before = BISECT(n, i, is_before(group[i].tier, group[i].priority, entry));

    return before > 0 ? group[before - 1].start_sec : INT64_MIN;
}

static bool is_overtaken(const struct sched *s, const struct raised *all, size_t n,
                         const struct entry *entry)
{
    const struct plan *plan = &entry->rec->job->plan;

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && all[end].part == all[i].part;)
            end++;
        if (latest_before(&all[i], end - i, entry) > plan->start_sec &&
            cluster_slots_meet(&s->cluster, all[i].part->nodes, plan->slots,
                               plan->n_slots))
            return true;
    }
    return false;
}

static bool give_way(struct sched *s, const struct raised *all, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < s->pass.queue.n; i++) {
        const struct entry *entry = &s->pass.queue.entries[i];
        struct jobrec *rec = entry->rec;

        if (rec->gone || yield_any(rec) || !rec->job->plan.promised ||
            rec->job->phase != JOB_PENDING || follower_array(rec)->job->raised ||
            !trial_is_planned_there(entry) || !is_overtaken(s, all, n, entry))
            continue;
        book_cancel_plan(s, rec, BROKEN_PRIORITY);
        any = true;
    }
    return any;
}

/* They are planned in their turn, too. */
static void plan_anew(struct sched *s)
{
    for (size_t i = 0; i < s->pass.queue.n; i++) {
        struct jobrec *rec = s->pass.queue.entries[i].rec;

        if (!rec->gone && follower_array(rec)->job->raised)
            book_cancel_plan(s, rec, BROKEN_NOT);
    }
    s->pass.moved = true;
}

/* Those who may not start yet as well: later they are planned around others. */
static void forget(struct sched *s)
{
    for (struct jobrec *rec = s->jobs; s->raised && rec != NULL; rec = rec->hh.next)
        rec->job->raised = false;
    s->raised = false;
}

void overtake_run(struct sched *s)
{
    struct raised *all = NULL;
    size_t n = s->raised ? gather(s, &all) : 0;

    if (n > 0 && give_way(s, all, n))
        plan_anew(s);
    free(all);
    forget(s);
}

#include "scheduler/broken.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/book_private.h"

static const char *const words[BROKEN_CAUSES] = {
    [BROKEN_NOT] = "",
    [BROKEN_MAINTENANCE] = "maintenance",
    [BROKEN_NODE] = "node",
    [BROKEN_OVERRUN] = "overrun",
    [BROKEN_LIMIT] = "limit",
    [BROKEN_PREEMPTION] = "preemption",
    [BROKEN_PRIORITY] = "priority",
    [BROKEN_POD] = "pod",
    [BROKEN_RULES] = "rules",
    [BROKEN_OTHER] = "other",
};

const char *broken_word(enum broken cause)
{
    return words[cause];
}

void broken_note(struct sched *s, struct jobrec *rec, enum broken cause)
{
    if (cause == BROKEN_NOT || !rec->job->plan.promised || rec->array != NULL)
        return; /* of a follower nobody was told */
    s->n_broken[cause]++;
    rec->broken = cause;
}

static bool has_node(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        if (strcmp(plan->slots[i].node, name) == 0)
            return true;
    }
    return false;
}

static bool lacks_node(const struct sched *s, const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        const struct noderec *node = cluster_node(&s->cluster, plan->slots[i].node);

        if (node == NULL || !node->usable)
            return true;
    }
    return false;
}

static bool shares_node(const struct job *job, const struct plan *plan)
{
    for (size_t i = 0; i < job->n_alloc; i++) {
        if (has_node(plan, job->alloc[i].node))
            return true;
    }
    return false;
}

/* Does a job hold a node of it that should have ended by now, or has? */
static bool is_overrun(const struct sched *s, const struct plan *plan)
{
    for (size_t i = 0; i < s->n_holding; i++) {
        if (jobrec_end(s, s->holding[i]) <= s->now_sec &&
            shares_node(s->holding[i]->job, plan))
            return true;
    }
    return false;
}

/* Does one, whose limit was raised since the timeline was made, or just before? */
static bool is_outlasted(const struct sched *s, const struct plan *plan)
{
    for (size_t i = 0; i < s->n_holding; i++) {
        const struct jobrec *rec = s->holding[i];

        if (rec->prolonged > 0 && rec->prolonged + 1 >= s->made &&
            jobrec_end(s, rec) > plan->start_sec && shares_node(rec->job, plan))
            return true;
    }
    return false;
}

static bool has_pod(const struct sched *s, const struct plan *plan)
{
    const struct podrec *pod, *next;

    HASH_ITER (hh, s->cluster.pods, pod, next) {
        if (has_node(plan, pod->pod->node))
            return true;
    }
    return false;
}

enum broken broken_find(struct sched *s, struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;
    enum broken bars;

    if (!plan->promised)
        return BROKEN_NOT;
    if (s->reserve.n > 0 && book_is_shut(s, rec))
        return BROKEN_MAINTENANCE;
    if (lacks_node(s, plan))
        return BROKEN_NODE;
    bars = book_bars(s, rec);
    if (bars != BROKEN_NOT)
        return bars;
    if (is_overrun(s, plan))
        return BROKEN_OVERRUN;
    if (is_outlasted(s, plan))
        return BROKEN_LIMIT;
    if (has_pod(s, plan))
        return BROKEN_POD;
    return book_is_limited(s, rec) ? BROKEN_RULES : BROKEN_OTHER;
}

enum broken broken_of_reason(enum reason reason)
{
    switch (reason) {
    case REASON_JOB_HELD_USER:
    case REASON_JOB_HELD_ADMIN:
    case REASON_BEGIN_TIME:
    case REASON_DEPENDENCY:
    case REASON_DEPENDENCY_NEVER:
        return BROKEN_NOT;
    default:
        return BROKEN_RULES;
    }
}

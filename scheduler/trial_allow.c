/* What limits allow of a place that was found, by the nodes that are in it. */
#include "scheduler/trial_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/check.h"

static int64_t pods_of(const struct slot *slots, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += slots[i].pods;
    return sum;
}

/* One pod less, of equal ones. */
static void drop_pod(struct slot *slots, size_t *n)
{
    *n -= --slots[*n - 1].pods == 0;
}

bool trial_stands(const struct entry *entry)
{
    return entry->rec->job->plan.promised && trial_is_planned_there(entry);
}

/* All of what runs, and what it will have used by then. But for a later time limits on
 * nodes are looked at as they are by then, if it could be beside its group. */
static enum allowed check_all_held(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, const struct job *job,
                                   const struct slot *slots, size_t n, enum reason *ret)
{
    const struct partition *part = entry->part->part;
    const size_t first = s->window.first;

    *ret = allowance_check_tres(s, job, part, slots, n, &s->message);
    if (*ret != REASON_NONE && first > 0 && trial_may_go_beside(s, entry, by)) {
        str_reset(&s->message);
        *ret = allowance_check_own(s, job, part, slots, n, &s->message);
        if (*ret != REASON_NONE)
            return ALLOWED_NOT_SO;
    }
    if (*ret != REASON_NONE || first == 0)
        return *ret == REASON_NONE ? ALLOWED : ALLOWED_NOT;
    *ret = allowance_check_by(s, job, part, slots, n, s->timeline.bounds[first],
                              &s->message);
    return *ret == REASON_NONE ? ALLOWED : ALLOWED_NOT_BY;
}

/* What others hold, and have used, as it is in the window that was found last. */
static enum reason check_others(struct sched *s, const struct job *job,
                                const struct partition *part, const struct slot *slots,
                                size_t n)
{
    const size_t first = s->window.first;
    enum reason reason;

    if (first > 0)
        return allowance_check_by(s, job, part, slots, n, s->timeline.bounds[first],
                                  &s->message);
    reason = allowance_check(s, job, part, &s->message);
    return reason != REASON_NONE
               ? reason
               : allowance_check_tres(s, job, part, slots, n, &s->message);
}

/* What runs counts in full, but for one that is promised a start: at that time. Where
 * it would start now and may not, it may then. */
static enum allowed check_running(struct sched *s, const struct entry *entry,
                                  const struct seeker *by, const struct job *job,
                                  const struct slot *slots, size_t n, enum reason *ret)
{
    const struct partition *part = entry->part->part;

    if (trial_stands(entry)) {
        *ret = allowance_check_own(s, job, part, slots, n, &s->message);
        if (*ret != REASON_NONE)
            return ALLOWED_NOT_SO;
        *ret = check_others(s, job, part, slots, n);
        return *ret == REASON_NONE ? ALLOWED : ALLOWED_NOT_THEN;
    }
    return check_all_held(s, entry, by, job, slots, n, ret);
}

/* In the window that was found last. */
static enum reason check_then(struct sched *s, const struct entry *entry,
                              const struct seeker *by, const struct job *job,
                              const struct slot *slots, size_t n)
{
    struct allowance_then then = {
        .job = job, .part = entry->part->part, .slots = slots, .n_slots = n};
    const struct timeline *tl = &s->timeline;

    timeline_span(tl, tl->bounds[s->window.first], window_end(by, s->window.first),
                  &then.first, &then.last);
    return allowance_check_then(s, &then, &s->message);
}

bool trial_may_have(struct sched *s, const struct entry *entry, const struct seeker *by,
                    const struct slot *slots, size_t n)
{
    struct job view;
    const struct job *job = job_with_license(entry->rec->job, entry->license, &view);
    const struct partition *part = entry->part->part;
    enum reason reason;

    if (!s->held.any)
        return true;
    str_reset(&s->message);
    reason = allowance_check_own(s, job, part, slots, n, &s->message);
    if (reason == REASON_NONE)
        reason = check_others(s, job, part, slots, n);
    if (reason == REASON_NONE)
        reason = check_then(s, entry, by, job, slots, n);
    return reason == REASON_NONE;
}

/* More nodes of its own than it may have in all: for good, where it never fits on as
 * few; else perhaps at another time. Where it is not that: as before. */
static enum allowed judge_nodes(struct sched *s, const struct entry *entry,
                                enum allowed before, enum reason *reason)
{
    const int64_t most = allowance_nodes_most(s);
    const bool several = entry->rec->job->n_others > 0;
    int64_t fewest;

    if (most == LIMIT_UNLIMITED)
        return before;
    fewest = several ? trial_fewest_nodes(s, entry, NULL) : 0;
    if (fewest < 0)
        return before;
    if (several && fewest <= most)
        return ALLOWED_NOT_THEN;
    if (!several && check_fits_on(&s->placer, &s->cluster, trial_shape(s, entry),
                                  entry->part, most))
        return ALLOWED_NOT_THEN;
    *reason = reason_alone(*reason);
    return ALLOWED_NOT;
}

/* What is told of it, in s->message, and is to be known of it. */
static enum allowed note(const struct sched *s, const struct entry *entry,
                         enum allowed allowed, enum reason reason)
{
    switch (allowed) {
    case ALLOWED: /* but for those planned there */
    case ALLOWED_NOT_THEN:
    case ALLOWED_NOT_SO:
        if (s->window.first == 0 && reason_class(reason) != WAIT_NEVER)
            trial_set_limited_now(entry, reason, s->message.s);
        return ALLOWED_NOT_THEN;
    case ALLOWED_NOT_BY:
        trial_set_limited_later(entry, reason, s->message.s);
        return ALLOWED_NOT;
    case ALLOWED_NOT:
        trial_set_limited(entry, reason, s->message.s);
    }
    return ALLOWED_NOT;
}

enum allowed trial_check(struct sched *s, const struct entry *entry,
                         const struct seeker *by, const struct slot *slots, size_t n)
{
    struct job view;
    const struct job *job = job_with_license(entry->rec->job, entry->license, &view);
    enum reason reason;
    enum allowed allowed;

    str_reset(&s->message);
    allowed = check_running(s, entry, by, job, slots, n, &reason);
    if (allowed == ALLOWED)
        reason = check_then(s, entry, by, job, slots, n);
    if (reason == REASON_NONE)
        return ALLOWED;
    entry->rec->declined |= allowed == ALLOWED_NOT_SO;
    if (allowed == ALLOWED_NOT || allowed == ALLOWED_NOT_SO)
        allowed = judge_nodes(s, entry, allowed, &reason);
    return note(s, entry, allowed, reason);
}

/* How many pods it may have, without those that are too many; 0: the rest would be too
 * few. */
static int64_t cut(struct sched *s, const struct entry *entry, const struct seeker *by,
                   const struct slot *slots, size_t n)
{
    const struct job *job = entry->rec->job;
    bool equal = job->n_units == 0 && job->n_others == 0;
    int64_t spare = equal ? pods_of(slots, n) - job->min_pods : 0;
    AUTO_FREE struct slot *rest = slots_draft(slots, n);

    for (; spare > 0; spare--) {
        drop_pod(rest, &n);
        if (trial_check(s, entry, by, rest, n) == ALLOWED)
            return pods_of(rest, n);
    }
    return 0;
}

struct counted {
    const struct cluster *cluster;
    node_set nodes;
};

static void count_node(void *arg, const char *name)
{
    const struct counted *counted = arg;
    const struct noderec *rec = cluster_node(counted->cluster, name);

    if (rec != NULL && rec->position != POSITION_NONE)
        node_set_add(counted->nodes, rec->position);
}

node_set trial_group_nodes(const struct sched *s)
{
    struct counted counted = {&s->cluster,
                              xcalloc(s->cluster.words + 1, sizeof(uint64_t))};

    if (allowance_lacks_nodes(s))
        allowance_each_node(s, count_node, &counted);
    return counted.nodes;
}

static node_set nodes_but_of_type(const struct sched *s, const char *gpu_type)
{
    const struct cluster *c = &s->cluster;
    node_set nodes = xcalloc(c->words + 1, sizeof(uint64_t));

    for (size_t i = 0; i < c->n_order; i++) {
        const struct node *node = c->order[i]->node;

        if (node != NULL && !str_eq(node->gpu_type, gpu_type))
            node_set_add(nodes, i);
    }
    return nodes;
}

/* On which it would hold no more of what it lacks, as far as they are open to it: nodes
 * that its group has already, or with GPUs of another type. NULL: it is not that. */
static node_set free_of_limit(const struct sched *s)
{
    const char *kept_type = allowance_kept_type(s);
    node_set nodes;

    if (kept_type == NULL && !allowance_lacks_nodes(s))
        return NULL;
    nodes = kept_type != NULL ? nodes_but_of_type(s, kept_type) : trial_group_nodes(s);
    for (size_t word = 0; word < s->cluster.words; word++)
        nodes[word] &= s->window.nodes[word];
    return nodes;
}

static bool are_equal(const struct sched *s, const uint64_t *a, const uint64_t *b)
{
    return memcmp(a, b, s->cluster.words * sizeof(*a)) == 0;
}

static void exchange(struct placement *at)
{
    const uint64_t *first = at->rather;

    at->rather = at->next;
    at->next = first;
}

/* Nodes that are free of one limit; where others are of another one, those of both,
 * then of the one and then of the other, in either order. False: there is nothing else
 * to prefer. */
static bool prefer(const struct sched *s, struct placement *at, bool *exchanged)
{
    node_set nodes;

    if (at->next != NULL) {
        if (*exchanged)
            return false;
        exchange(at);
        *exchanged = true;
        return true;
    }
    nodes = free_of_limit(s);
    if (nodes == NULL || (at->rather != NULL && are_equal(s, at->rather, nodes))) {
        free(nodes);
        return false;
    }
    *(at->rather == NULL ? &at->rather : &at->next) = nodes;
    return true;
}

/* Tasks that are spread over as many nodes as there may be: over one less. */
static bool spread_less(const struct job *job, struct placement *at,
                        const struct slot *slots, size_t n)
{
    const int64_t nodes = slots_nodes(slots, n);

    if (!job->spread || job->n_units == 0 || nodes <= 1 ||
        (at->most_nodes > 0 && nodes > at->most_nodes))
        return false;
    at->most_nodes = nodes - 1;
    return true;
}

/* Of what it may not have so, the next to try; false: there is nothing else. */
static bool narrow(struct sched *s, const struct entry *entry, const struct seeker *by,
                   struct placement *at, const struct slot *slots, size_t n)
{
    int64_t pods;

    if (spread_less(entry->rec->job, at, slots, n))
        return true;
    pods = cut(s, entry, by, slots, n);
    if (pods == 0)
        return false;
    at->most_pods = pods;
    return true;
}

/* On the fewest nodes that its group does not have already: where best fit keeps its
 * components apart, they are brought together. */
static enum allowed bring_together(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, enum allowed before,
                                   const struct slot **slots, size_t *n)
{
    struct seeker seekers[COMPONENTS_MAX];
    struct components all = trial_components(s, entry, by, seekers);
    AUTO_FREE uint64_t *held = NULL;

    if (!allowance_is_of_nodes(s))
        return before;
    held = trial_group_nodes(s);
    all.first = s->window.first;
    all.at.few = trial_wants_few(s, entry->rec->job, all.first);
    slots_unref(*slots);
    *n = 0;
    *slots = components_place_on_fewest(&all, held, n);
    return *slots != NULL ? trial_check(s, entry, by, *slots, *n) : before;
}

/* Elsewhere: first on nodes that its group has already, or with GPUs of another type,
 * then on as few as are left to it. That is only a number: a node of the job's list may
 * be among those dropped, or one with a feature that it counts on. */
enum allowed trial_allow(struct sched *s, const struct entry *entry,
                         const struct seeker *by, const struct slot **slots, size_t *n)
{
    struct placement at = trial_placement(s, entry, by);
    bool exchanged = false;
    enum allowed allowed;

    if (!s->held.any)
        return ALLOWED;
    at.few = trial_wants_few(s, entry->rec->job, s->window.first);
    at.home = trial_home(s, entry);
    while ((allowed = trial_check(s, entry, by, *slots, *n)) != ALLOWED) {
        placement_forget(&at);
        if (entry->rec->job->n_others > 0) {
            allowed = bring_together(s, entry, by, allowed, slots, n);
            break;
        }
        if (!prefer(s, &at, &exchanged) && !narrow(s, entry, by, &at, *slots, *n))
            break;
        slots_unref(*slots);
        *n = 0;
        *slots = placement_find(&s->placer, &s->cluster, &at, n);
        if (*slots == NULL)
            break;
    }
    if (allowed != ALLOWED_NOT)
        trial_allow_then(entry);
    free((void *)at.rather);
    free((void *)at.next);
    return allowed;
}

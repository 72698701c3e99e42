#include "scheduler/hunters.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/guise.h"
#include "scheduler/herd.h"
#include "scheduler/preempt.h"
#include "scheduler/yield.h"

void hunters_clear(struct hunters *h)
{
    for (size_t i = 0; i < h->n; i++) {
        free(h->items[i].qos);
        free(h->items[i].part);
    }
    h->n = 0;
    h->gen = 0;
}

void hunters_fini(struct hunters *h)
{
    hunters_clear(h);
    free(h->items);
}

static void add_side(struct hunters *h, const struct preempt_side *side)
{
    const char *qos = side->qos != NULL ? side->qos->name : NULL;

    for (size_t i = 0; i < h->n; i++) {
        struct hunter *one = &h->items[i];

        if (str_eq(one->qos, qos) && str_eq(one->part, side->part->name)) {
            one->priority = MAX(one->priority, side->priority);
            return;
        }
    }
    GROW(h->items, h->n, h->cap);
    h->items[h->n++] =
        (struct hunter){xstrdup_null(qos), xstrdup(side->part->name), side->priority};
}

static struct preempt_side side_of(const struct sched *s, const struct entry *entry)
{
    struct preempt_side side = herd_side(s, entry->rec, entry->part);

    side.priority = entry->priority.total;
    return side;
}

/* One of them may have the room that others leave to it. */
static bool may_lose_room(const struct sched *s, const struct hunters *h,
                          const struct entry *entry)
{
    return yield_serves(s, entry->rec) && hunters_any(s, h, entry);
}

void hunters_add(struct sched *s, struct hunters *h, const struct entry *entry)
{
    const struct job *job = entry->rec->job;
    struct preempt_side whole;

    if (s->config.preempt_type == PREEMPT_BY_NOBODY || entry->rec->array != NULL ||
        (!preempt_may_hunt(s, entry) && !may_lose_room(s, h, entry)))
        return;
    whole = side_of(s, entry);
    for (size_t i = 0; i <= (herd_is_apart(job) ? job->n_others : 0); i++) {
        const struct preempt_side side = herd_component_side(s, &whole, i);

        if (side.part != NULL && preempt_may_any(&s->config, &side))
            add_side(h, &side);
    }
}

void hunters_add_job(struct sched *s, struct hunters *h, struct jobrec *rec,
                     int64_t now_sec)
{
    size_t n = pass_choices(s, rec);

    if (s->config.preempt_type == PREEMPT_BY_NOBODY || rec->array != NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        struct partrec *part = pass_partition(s, rec->job, i);
        struct entry entry;

        if (part == NULL)
            continue;
        entry = pass_entry(s, rec, part, i, now_sec);
        guise_wear(s, rec, entry.qos_at);
        hunters_add(s, h, &entry);
        guise_rest(s, rec);
    }
}

bool hunters_any(const struct sched *s, const struct hunters *h,
                 const struct entry *entry)
{
    struct preempt_side side;
    bool any = false;

    if (h->n == 0)
        return false;
    side = side_of(s, entry);
    for (size_t i = 0; i < h->n && !any; i++) {
        const struct hunter *one = &h->items[i];
        const struct partrec *part = cluster_partition(&s->cluster, one->part);
        struct preempt_side by = {.priority = one->priority};

        if (part == NULL)
            continue;
        by.part = part->part;
        by.qos = one->qos != NULL ? policy_find_qos(&s->policy, one->qos) : NULL;
        any = herd_is_prey(s, &by, &side);
    }
    return any;
}

bool hunters_outrank(const struct sched *s, const struct entry *entry)
{
    const struct hunters *h = &s->hunters;

    if (s->config.preempt_type == PREEMPT_BY_NOBODY)
        return false;
    return h->gen != s->rules_gen || hunters_any(s, h, entry);
}

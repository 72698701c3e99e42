/* Slots and plans, of the data model. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

/* What lies before and behind the slots that others see; the names come last. */
struct list {
    size_t n_holders;
    struct slot slots[];
};

static struct list *list_of(const struct slot *slots)
{
    return (struct list *)((char *)slots - offsetof(struct list, slots));
}

const struct slot *slots_new(const struct slot *from, size_t n)
{
    size_t size = sizeof(struct list) + n * sizeof(*from), names = 0;
    struct list *list;
    char *name;

    if (n == 0)
        return NULL;
    for (size_t i = 0; i < n; i++)
        names += strlen(from[i].node) + 1;
    list = xmalloc(size + names);
    list->n_holders = 1;
    memcpy(list->slots, from, n * sizeof(*from));
    name = (char *)list + size;
    for (size_t i = 0; i < n; i++) {
        list->slots[i].node = name;
        name = stpcpy(name, from[i].node) + 1;
    }
    return list->slots;
}

const struct slot *slots_ref(const struct slot *slots)
{
    if (slots != NULL)
        list_of(slots)->n_holders++;
    return slots;
}

void slots_unref(const struct slot *slots)
{
    if (slots != NULL && --list_of(slots)->n_holders == 0)
        free(list_of(slots));
}

struct slot *slots_draft(const struct slot *slots, size_t n)
{
    struct slot *draft = n > 0 ? xmalloc(n * sizeof(*draft)) : NULL;

    if (n > 0)
        memcpy(draft, slots, n * sizeof(*draft));
    return draft;
}

struct resvec slot_counts(const struct slot *slot)
{
    struct resvec v = slot->each;

    v.v[RES_CPU] = MAX(v.v[RES_CPU], slot->cpu_milli);
    return v;
}

void plan_clear(struct plan *plan)
{
    slots_unref(plan->slots);
    free(plan->partition);
    free(plan->reservation);
    free(plan->license);
    free(plan->qos);
    plans_free(plan->further, plan->n_further);
    *plan = (struct plan){.start_sec = TIME_UNSET};
}

struct plan plan_copy(const struct plan *plan)
{
    return (struct plan){
        .start_sec = plan->start_sec,
        .promised = plan->promised,
        .yielded = plan->yielded,
        .partition = xstrdup_null(plan->partition),
        .reservation = xstrdup_null(plan->reservation),
        .license = xstrdup_null(plan->license),
        .qos = xstrdup_null(plan->qos),
        .slots = slots_ref(plan->slots),
        .n_slots = plan->n_slots,
        .further = plans_copy(plan->further, plan->n_further),
        .n_further = plan->n_further,
    };
}

void plans_free(struct plan *plans, size_t n)
{
    for (size_t i = 0; i < n; i++)
        plan_clear(&plans[i]);
    free(plans);
}

struct plan *plans_copy(const struct plan *plans, size_t n)
{
    struct plan *copy = n > 0 ? xmalloc(n * sizeof(*copy)) : NULL;

    for (size_t i = 0; i < n; i++)
        copy[i] = plan_copy(&plans[i]);
    return copy;
}

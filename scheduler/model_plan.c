/* Slots and plans, of the data model. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/model.h"

void slots_free(struct slot *slots, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(slots[i].node);
    free(slots);
}

struct slot *slots_copy(const struct slot *slots, size_t n)
{
    struct slot *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++) {
        copy[i] = slots[i];
        copy[i].node = xstrdup(slots[i].node);
    }
    return copy;
}

struct resvec slot_counts(const struct slot *slot)
{
    struct resvec v = slot->each;

    v.v[RES_CPU] = MAX(v.v[RES_CPU], slot->cpu_milli);
    return v;
}

void plan_clear(struct plan *plan)
{
    slots_free(plan->slots, plan->n_slots);
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
        .partition = xstrdup_null(plan->partition),
        .reservation = xstrdup_null(plan->reservation),
        .license = xstrdup_null(plan->license),
        .qos = xstrdup_null(plan->qos),
        .slots = slots_copy(plan->slots, plan->n_slots),
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

#include "scheduler/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void decided_init(struct decided *d)
{
    *d = (struct decided){.arena = arena_new()};
}

void decided_fini(struct decided *d)
{
    arena_free(d->arena);
    free(d->items);
}

void decided_reset(struct decided *d)
{
    arena_reset(d->arena);
    d->n = 0;
}

static const struct slot *slots_in(struct arena *arena, const struct slot *slots,
                                   size_t n)
{
    struct slot *copy = arena_alloc(arena, n * sizeof(*copy));

    for (size_t i = 0; i < n; i++) {
        copy[i] = slots[i];
        copy[i].node = arena_strdup(arena, slots[i].node);
    }
    return copy;
}

static struct plan *plans_in(struct arena *arena, const struct plan *plans, size_t n)
{
    struct plan *copy = arena_alloc(arena, n * sizeof(*copy));

    for (size_t i = 0; i < n; i++) {
        const struct plan *from = &plans[i];

        copy[i] = (struct plan){
            .start_sec = from->start_sec,
            .promised = from->promised,
            .partition = arena_strdup(arena, from->partition),
            .reservation = arena_strdup(arena, from->reservation),
            .license = arena_strdup(arena, from->license),
            .qos = arena_strdup(arena, from->qos),
            .slots = (struct slot *)slots_in(arena, from->slots, from->n_slots),
            .n_slots = from->n_slots,
        };
    }
    return copy;
}

void decided_add(struct decided *d, const struct decision *decision)
{
    struct decision *copy;

    GROW(d->items, d->n, d->cap);
    copy = &d->items[d->n++];
    *copy = *decision;
    copy->job_uid = arena_strdup(d->arena, decision->job_uid);
    copy->preemptor_uid = arena_strdup(d->arena, decision->preemptor_uid);
    copy->partition = arena_strdup(d->arena, decision->partition);
    copy->reservation = arena_strdup(d->arena, decision->reservation);
    copy->license = arena_strdup(d->arena, decision->license);
    copy->account = arena_strdup(d->arena, decision->account);
    copy->qos = arena_strdup(d->arena, decision->qos);
    copy->chosen_qos = arena_strdup(d->arena, decision->chosen_qos);
    copy->message = arena_strdup(d->arena, decision->message);
    copy->lacks_age = arena_strdup(d->arena, decision->lacks_age);
    copy->slots = decision->n_slots > 0
                      ? slots_in(d->arena, decision->slots, decision->n_slots)
                      : NULL;
    copy->further = decision->n_further > 0
                        ? plans_in(d->arena, decision->further, decision->n_further)
                        : NULL;
}

void decided_drop(struct decided *d, size_t i)
{
    memmove(&d->items[i], &d->items[i + 1], (--d->n - i) * sizeof(*d->items));
}

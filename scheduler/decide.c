#include "scheduler/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void decided_init(struct decided *d)
{
    *d = (struct decided){.arena = arena_new()};
}

static void let_slots_go(const struct decision *d)
{
    slots_unref(d->slots);
    for (size_t i = 0; i < d->n_further; i++)
        slots_unref(d->further[i].slots);
}

void decided_fini(struct decided *d)
{
    decided_reset(d);
    arena_free(d->arena);
    free(d->items);
}

void decided_reset(struct decided *d)
{
    for (size_t i = 0; i < d->n; i++)
        let_slots_go(&d->items[i]);
    arena_reset(d->arena);
    d->n = 0;
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
            .slots = slots_ref(from->slots),
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
    copy->slots = decision->n_slots > 0 ? slots_ref(decision->slots) : NULL;
    copy->further = decision->n_further > 0
                        ? plans_in(d->arena, decision->further, decision->n_further)
                        : NULL;
}

void decided_drop(struct decided *d, size_t i)
{
    let_slots_go(&d->items[i]);
    memmove(&d->items[i], &d->items[i + 1], (--d->n - i) * sizeof(*d->items));
}

#include "scheduler/yield.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"

static bool yields_to(const struct jobrec *rec, const struct jobrec *to)
{
    return to->job_id != 0 && rec->job->preempted_by == to->job_id;
}

void yield_count(struct sched *s, struct jobrec *rec)
{
    rec->n_victims = 0;
    for (size_t i = 0; i < s->n_yielding; i++)
        rec->n_victims += yields_to(s->yielding[i], rec);
}

void yield_enlist(struct sched *s, struct jobrec *rec, bool yields)
{
    int64_t number = rec->job->preempted_by;
    struct jobrec *to;

    if (yields == rec->yields)
        return;
    rec->yields = yields;
    HASH_FIND(hh_id, s->by_id, &number, sizeof(number), to);
    if (to != NULL)
        to->n_victims += yields ? 1 : -1;
    if (yields) {
        GROW(s->yielding, s->n_yielding, s->yielding_cap);
        rec->yield_at = s->n_yielding;
        s->yielding[s->n_yielding++] = rec;
    } else {
        s->yielding[rec->yield_at] = s->yielding[--s->n_yielding];
        s->yielding[rec->yield_at]->yield_at = rec->yield_at;
    }
}

static bool slots_meet(const struct plan *plan, const struct job *victim)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        for (size_t k = 0; k < victim->n_alloc; k++) {
            if (strcmp(plan->slots[i].node, victim->alloc[k].node) == 0)
                return true;
        }
    }
    return false;
}

bool yield_follow(struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;
    const struct timeline *tl = &s->timeline;
    size_t from = 0;

    if (!yield_any(rec) || plan->start_sec == PLAN_FAR)
        return false;
    for (size_t i = 0; i < s->n_yielding; i++) {
        const struct jobrec *victim = s->yielding[i];

        if (yields_to(victim, rec) && slots_meet(plan, victim->job))
            from = MAX(from, book_free_from(s, jobrec_end(s, victim)));
    }
    if (from == 0 || from >= tl->n_slots - 1 || plan->start_sec >= tl->bounds[from])
        return false;
    plan->start_sec = tl->bounds[from];
    return true;
}

void yield_say(struct sched *s, const struct jobrec *rec)
{
    size_t n = rec->n_victims;

    if (n > 0)
        str_addf(&s->message, "; %zu job%s end%s early for it", n, n == 1 ? "" : "s",
                 n == 1 ? "s" : "");
}

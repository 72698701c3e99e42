#include "scheduler/yield.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/reserve.h"

/* Those that yield to one job, one at least. */
struct yielders {
    int64_t to;
    struct jobrec *by; /* who has that number; NULL: nobody, */
    uint64_t numbers;  /* as jobs were numbered then */
    struct jobrec **items;
    size_t n, cap;
    UT_hash_handle hh; /* in sched.yielding */
};

/* NULL: nobody. */
static struct yielders *find(const struct sched *s, int64_t to)
{
    struct yielders *y;

    HASH_FIND(hh, s->yielding, &to, sizeof(to), y);
    return y;
}

static void drop(struct sched *s, struct yielders *y)
{
    HASH_DEL(s->yielding, y);
    free(y->items);
    free(y);
}

void yield_fini(struct sched *s)
{
    struct yielders *y, *next;

    HASH_ITER (hh, s->yielding, y, next)
        drop(s, y);
}

/* Its turn is another one with the first of them, and once there are none; so is what
 * it is in the way of. */
static void set_count(struct sched *s, struct jobrec *rec, size_t n)
{
    if ((n > 0) != yield_any(rec))
        reserve_uncount(s, rec);
    rec->n_victims = n;
    line_forget_turn(s, rec);
}

void yield_count(struct sched *s, struct jobrec *rec)
{
    const struct yielders *y = find(s, rec->job_id);

    set_count(s, rec, y != NULL ? y->n : 0);
}

/* Each search for victims asks thousands: looked up once, until a number has come or
 * gone (0.8 of 2.5 ms of a search with 5,000 who yield). */
static struct jobrec *preemptor(const struct sched *s, struct yielders *y)
{
    if (y->numbers != s->numbers) {
        y->by = jobrec_numbered(s, y->to);
        y->numbers = s->numbers;
    }
    return y->by;
}

static void tell_count(struct sched *s, struct yielders *y)
{
    struct jobrec *to = preemptor(s, y);

    if (to != NULL)
        set_count(s, to, y->n);
}

static void join(struct sched *s, struct jobrec *rec)
{
    struct yielders *y = find(s, rec->job->preempted_by);

    if (y == NULL) {
        y = xcalloc(1, sizeof(*y));
        y->to = rec->job->preempted_by;
        HASH_ADD(hh, s->yielding, to, sizeof(y->to), y);
    }
    GROW(y->items, y->n, y->cap);
    rec->yields = y;
    rec->yield_at = y->n;
    y->items[y->n++] = rec;
    tell_count(s, y);
}

/* It has ended, and does not run on after all: what is promised to the other one is
 * still what it ended for. */
static void note_end(const struct sched *s, struct yielders *y,
                     const struct jobrec *rec)
{
    struct jobrec *to = preemptor(s, y);

    if (to != NULL && rec->job->preempted_by != 0)
        to->job->plan.yielded = to->job->plan.promised;
}

static void leave(struct sched *s, struct jobrec *rec)
{
    struct yielders *y = rec->yields;

    note_end(s, y, rec);
    y->items[rec->yield_at] = y->items[--y->n];
    y->items[rec->yield_at]->yield_at = rec->yield_at;
    rec->yields = NULL;
    tell_count(s, y);
    if (y->n == 0)
        drop(s, y);
}

void yield_enlist(struct sched *s, struct jobrec *rec, bool yields)
{
    if (yields && rec->yields == NULL)
        join(s, rec);
    else if (!yields && rec->yields != NULL)
        leave(s, rec);
}

size_t yield_gone(const struct sched *s, int64_t now_sec)
{
    int64_t grace_sec = policy_longest_grace(&s->policy);
    const struct partrec *part, *next;

    HASH_ITER (hh, s->cluster.parts, part, next)
        grace_sec = MAX(grace_sec, part->part->grace_sec);
    return book_free_from(s, timeline_end(now_sec, grace_sec));
}

size_t yield_all_gone(const struct sched *s, const struct jobrec *rec)
{
    const struct yielders *y = find(s, rec->job_id);
    size_t from = yield_gone(s, s->now_sec);

    for (size_t i = 0; y != NULL && i < y->n; i++)
        from = MAX(from, y->items[i]->claim.last);
    return MIN(from, s->timeline.n_slots - 1);
}

bool yield_serves(const struct sched *s, const struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;

    return yield_any(rec) && plan->promised &&
           plan->start_sec <= s->timeline.bounds[yield_all_gone(s, rec)];
}

struct jobrec *yield_find(const struct sched *s,
                          bool (*is)(void *arg, struct jobrec *rec), void *arg)
{
    struct yielders *y, *next;

    HASH_ITER (hh, s->yielding, y, next) {
        struct jobrec *rec = preemptor(s, y);

        if (rec != NULL && !rec->gone && rec->claim.on && rec->claim.planned &&
            rec->job->plan.promised && is(arg, rec))
            return rec;
    }
    return NULL;
}

static bool slots_meet(const struct plan *plan, const struct job *victim)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        for (size_t k = 0; k < victim->n_alloc; k++) {
            if (job_holds(victim, &victim->alloc[k]) &&
                strcmp(plan->slots[i].node, victim->alloc[k].node) == 0)
                return true;
        }
    }
    return false;
}

bool yield_follow(struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;
    const struct timeline *tl = &s->timeline;
    const struct yielders *y;
    size_t from = 0;

    if (!yield_any(rec) || plan->start_sec == PLAN_FAR)
        return false;
    y = find(s, rec->job_id);
    for (size_t i = 0; y != NULL && i < y->n; i++) {
        const struct jobrec *victim = y->items[i];

        if (slots_meet(plan, victim->job))
            from = MAX(from, book_free_from(s, jobrec_end(s, victim)));
    }
    if (from == 0 || from >= tl->n_slots - 1 || plan->start_sec >= tl->bounds[from])
        return false;
    broken_note(s, rec, BROKEN_OVERRUN);
    plan->start_sec = tl->bounds[from];
    return true;
}

void yield_say(struct sched *s, const struct jobrec *rec)
{
    size_t n = rec->n_victims;

    if (yield_serves(s, rec))
        str_addf(&s->message, "; %zu job%s end%s early for it", n, n == 1 ? "" : "s",
                 n == 1 ? "s" : "");
}

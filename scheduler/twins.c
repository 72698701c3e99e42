#include "scheduler/twins.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/exchange.h"
#include "scheduler/yield.h"

struct twins_mark twins_mark(const struct sched *s, const struct jobrec *rec)
{
    const size_t i = rec->claim.line;

    if (!rec->claim.on || !rec->claim.planned || rec->claim.first == 0 ||
        !rec->job->plan.promised)
        return (struct twins_mark){.start_sec = TIME_UNSET};
    return (struct twins_mark){
        .start_sec = rec->job->plan.start_sec,
        .length_sec = s->lines.lengths_sec[i],
        .first = s->lines.items[i].first,
        .demand = s->lines.items[i].demand,
        .need = s->lines.items[i].need,
    };
}

/* ---- who is alike ---- */

/* A task has others of its array to go by, and a component those beside it; and who is
 * to have what others leave has that. */
static bool is_single(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    return rec->array == NULL && job->array == NULL && job->tasks_limit == 0 &&
           job->n_others == 0 && !yield_keeps(rec) && !rec->listed &&
           rec->waiter.by == NULL && pass_choices(s, rec) == 1;
}

static bool have_same_payers(const struct sched *s, const struct job *a,
                             const struct job *b)
{
    return str_eq(a->user, b->user) && str_eq(a->ns, b->ns) &&
           str_eq(policy_account(&s->policy, a), policy_account(&s->policy, b));
}

/* Is there room for it that is none for others? */
static bool has_nodes(struct sched *s, const struct job *job)
{
    return owner_has(owner_of(s, job, SHARES_WITH_ALL), SHARES_WITH_ALL);
}

static bool matter_payers(struct sched *s, const struct jobrec *rec)
{
    return s->held.any || rec->claim.sharing == SHARES_WITH_USER ||
           has_nodes(s, rec->job);
}

static bool are_alike(struct sched *s, const struct jobrec *x, const struct jobrec *y)
{
    const struct job *a = x->job, *b = y->job;

    return x->shape == y->shape && a->limit_sec == b->limit_sec &&
           a->time_min_sec == b->time_min_sec && a->wall_sec == b->wall_sec &&
           a->borrow_sec == b->borrow_sec &&
           pass_partition(s, a, 0) == pass_partition(s, b, 0) &&
           names_equal(a->reservations, a->n_reservations, b->reservations,
                       b->n_reservations) &&
           policy_qos(&s->policy, a) == policy_qos(&s->policy, b) &&
           jobrec_switches_until(s, a) == jobrec_switches_until(s, b) &&
           ((!matter_payers(s, x) && !matter_payers(s, y)) ||
            have_same_payers(s, a, b));
}

/* ---- whose places come first ---- */

static int compare_places(const struct jobrec *a, const struct jobrec *b)
{
    int order = compare_int64(a->job->plan.start_sec, b->job->plan.start_sec);

    if (order == 0)
        order = queue_compare_jobs(a->job, b->job);
    return order != 0 ? order : strcmp(a->uid, b->uid);
}

/* In order; the last one goes where there is no room. */
static void add_place(struct twins *twins, struct jobrec *rec)
{
    size_t at = twins->n;

    while (at > 0 && compare_places(rec, twins->recs[at - 1]) < 0)
        at--;
    if (at == TWINS_MAX)
        return;
    twins->n = MIN(twins->n + 1, TWINS_MAX);
    memmove(&twins->recs[at + 1], &twins->recs[at],
            (twins->n - at - 1) * sizeof(twins->recs[0]));
    twins->recs[at] = rec;
}

/* Whose place comes after those of as many as there may be is not looked at: of the
 * others there may be a hundred thousand. */
static bool is_like(const struct lines *lines, size_t i, const struct twins_mark *mark,
                    const struct twins *known)
{
    const struct line *line = &lines->items[i];

    return lines->lengths_sec[i] == mark->length_sec && line->demand == mark->demand &&
           line->need == mark->need && line->first > 0 && line->first <= mark->first &&
           (known->n < TWINS_MAX ||
            line->first <= known->recs[TWINS_MAX - 1]->claim.first);
}

/* Later than now, and no later than its own was. */
static void find_places(struct sched *s, const struct jobrec *rec,
                        const struct twins_mark *mark, struct twins *ret)
{
    const struct lines *lines = &s->lines;
    uint32_t i = likes_first(&lines->likes,
                             line_like_key(mark->length_sec, mark->demand, mark->need));

    for (; i != LIKES_NONE; i = lines->likes.links[i].next) {
        struct jobrec *other;

        if (!is_like(lines, i, mark, ret))
            continue;
        other = lines->recs[i];
        if (other->job->plan.promised &&
            other->job->plan.start_sec <= mark->start_sec && are_alike(s, other, rec) &&
            is_single(s, other))
            add_place(ret, other);
    }
}

/* ---- who is before it ---- */

struct ranked {
    struct jobrec *rec;
    int64_t priority;
};

static struct ranked rank_of(struct sched *s, struct jobrec *rec,
                             const struct partrec *part)
{
    return (struct ranked){rec, pass_priority(s, rec, part, s->now_sec).total};
}

/* As in the queue. */
static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    int order = compare_int64(b->priority, a->priority);

    if (order == 0)
        order = queue_compare_jobs(a->rec->job, b->rec->job);
    return order != 0 ? order : strcmp(a->rec->uid, b->rec->uid);
}

/* Keeps those, in that order. */
static void keep_first(struct sched *s, const struct entry *entry, struct twins *twins)
{
    const struct ranked own = rank_of(s, entry->rec, entry->part);
    struct ranked all[TWINS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < twins->n; i++) {
        all[n] = rank_of(s, twins->recs[i], entry->part);
        n += compare_ranked(&all[n], &own) < 0;
    }
    qsort(all, n, sizeof(all[0]), compare_ranked);
    for (size_t i = 0; i < n; i++)
        twins->recs[i] = all[i].rec;
    twins->n = n;
}

bool twins_find(struct sched *s, const struct entry *entry,
                const struct twins_mark *mark, struct twins *ret)
{
    ret->n = 0;
    if (mark->start_sec == TIME_UNSET || !is_single(s, entry->rec))
        return false;
    find_places(s, entry->rec, mark, ret);
    if (ret->n > 0)
        keep_first(s, entry, ret);
    return ret->n > 0;
}

void twins_pass_on(struct sched *s, struct jobrec *rec, const struct twins *twins)
{
    for (size_t i = 0; i < twins->n; i++) {
        struct jobrec *before = twins->recs[i];

        if (before->job->plan.start_sec <= rec->job->plan.start_sec)
            continue;
        exchange_places(s, before, rec);
        before->placed++;
        rec->placed++;
    }
    s->dirty |= twins->n > 0; /* the first is to start */
}

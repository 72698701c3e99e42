/* A plan that stays where it is, in another partition of the job or in another of the
 * reservations that draw it in. */
#include "scheduler/book_private.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/guise.h"

/* Does it ask for the same in both? */
static bool asks_alike(struct sched *s, struct jobrec *rec, const struct partrec *a,
                       const struct partrec *b)
{
    const struct lot lot = reserve_lot(s, job_reservation(rec->job));

    return a != NULL && b != NULL &&
           variant_of(&s->shapes, rec->shape, &s->cluster, a, lot) ==
               variant_of(&s->shapes, rec->shape, &s->cluster, b, lot);
}

/* The plan is off the timeline; it is in that partition then, or as it was. */
static bool stands_in(struct sched *s, struct jobrec *rec, const struct partrec *part)
{
    struct plan *plan = &rec->job->plan;
    const struct partrec *from = cluster_partition(&s->cluster, plan->partition);
    char *was = plan->partition;

    if (rec->job->n_others > 0 || from == part || !asks_alike(s, rec, from, part))
        return false;
    plan->partition = xstrdup(part->part->name);
    if (book_fits(s, rec) && book_is_admitted(s, rec) &&
        book_bars(s, rec) == BROKEN_NOT) {
        free(was);
        rec->placed++;
        return true;
    }
    free(plan->partition);
    plan->partition = was;
    return false;
}

bool book_move_over(struct sched *s, struct jobrec *rec, const struct partrec *part)
{
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed, stands;

    book_strike(s, rec);
    stands = stands_in(s, rec, part);
    book_enter(s, rec);
    s->freed = freed;
    s->grown_sec = grown_sec;
    return stands;
}

/* The plan is off the timeline; it is in that reservation then (NULL: in none), or as
 * it was. */
static bool stands_drawn(struct sched *s, struct jobrec *rec, const char *name)
{
    struct plan *plan = &rec->job->plan;
    const struct partrec *part = cluster_partition(&s->cluster, plan->partition);
    char *was = plan->reservation;

    if (str_eq(was, name) || (name != NULL && !magnet_admits(s, rec->job, part, name)))
        return false;
    plan->reservation = xstrdup_null(name);
    if (book_fits(s, rec) && book_bars(s, rec) == BROKEN_NOT) {
        free(was);
        rec->placed++;
        return true;
    }
    free(plan->reservation);
    plan->reservation = was;
    return false;
}

/* With the QOS of its plan. */
static bool stands_in_any(struct sched *s, struct jobrec *rec)
{
    const struct magnets *drawn = magnets_of(s, rec);
    const size_t worn = guise_rest(s, rec);
    bool stands = false;

    for (size_t i = 0; i < drawn->n && !stands; i++)
        stands = stands_drawn(s, rec, drawn->names[i]);
    stands = stands || stands_drawn(s, rec, NULL);
    guise_wear(s, rec, worn);
    return stands;
}

bool book_is_drawn_elsewhere(struct sched *s, struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;

    return s->reserve.magnetic && plan->promised && rec->job->n_reservations == 0 &&
           plan->start_sec >= s->timeline.bounds[0] && stands_in_any(s, rec);
}

bool book_stands_elsewhere(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    for (size_t i = 0; i < reserve_n_partitions(job) && job->plan.promised; i++) {
        if (stands_in(s, rec, reserve_partition(s, job, i)))
            return true;
    }
    return false;
}

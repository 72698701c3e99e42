/* A plan that stays where it is, in another partition of the job. */
#include "scheduler/book_private.h"

#include <stdlib.h>

#include "base/util.h"

/* Does it ask for the same in both? */
static bool asks_alike(struct sched *s, struct jobrec *rec, const struct partrec *a,
                       const struct partrec *b)
{
    return a != NULL && b != NULL &&
           variant_of(&s->shapes, rec->shape, &s->cluster, a) ==
               variant_of(&s->shapes, rec->shape, &s->cluster, b);
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
    if (book_fits(s, rec) && book_bars(s, rec) == BROKEN_NOT) {
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

bool book_stands_elsewhere(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    for (size_t i = 0; i < job->n_partitions && job->plan.promised; i++) {
        if (stands_in(s, rec, cluster_partition(&s->cluster, job->partitions[i])))
            return true;
    }
    return false;
}

#include "scheduler/magnet.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"

void magnets_forget(struct magnets *m)
{
    names_free(m->names, m->n);
    *m = (struct magnets){0};
}

bool magnet_is(const struct reservation *r)
{
    return r->magnetic && !reservation_floats(r);
}

bool magnet_draws(const struct job *job, const char *name)
{
    return name != NULL && job->n_reservations == 0;
}

bool magnet_admits(const struct sched *s, const struct job *job,
                   const struct partrec *part, const char *name)
{
    const struct resvrec *rec = reserve_find(&s->reserve, name);

    return part != NULL && rec != NULL && magnet_is(rec->resv) &&
           reserve_admits(s, rec->resv, job, part);
}

/* In one of its partitions, with the QOS that it is looked at with. */
static bool admits_somewhere(const struct sched *s, const struct job *job,
                             const struct reservation *r)
{
    bool does = false;

    for (size_t i = 0; i < MAX(job->n_partitions, 1) && !does; i++) {
        const struct partrec *part =
            job->n_partitions > 0 ? cluster_partition(&s->cluster, job->partitions[i])
                                  : cluster_default_partition(&s->cluster);

        does = part != NULL && reserve_admits(s, r, job, part);
    }
    return does;
}

/* With one of its QOS. */
static bool admits(struct sched *s, struct jobrec *rec, const struct reservation *r)
{
    const size_t worn = (size_t)rec->job->qos_at;
    bool does = false;

    for (size_t i = 0; i < MAX(rec->job->n_qos_list, 1) && !does; i++) {
        guise_wear(s, rec, i);
        does = admits_somewhere(s, rec->job, r);
    }
    guise_wear(s, rec, worn);
    return does;
}

static bool is_to_come(const struct sched *s, const struct reservation *r)
{
    int64_t start, end;

    return reservation_occurrence(r, s->now_sec, &start, &end);
}

static size_t most_of(const struct job *job)
{
    const size_t others =
        MAX(job->n_partitions, 1) * MAX(job->n_qos_list, 1) * job_license_choices(job);

    return others < CHOICES_MAX ? CHOICES_MAX / others - 1 : 0;
}

static void find(struct sched *s, struct jobrec *rec, struct magnets *ret)
{
    const struct reserve *r = &s->reserve;
    const size_t most = most_of(rec->job);

    for (size_t i = 0; i < MIN(r->n, RESV_MAX) && ret->n < most; i++) {
        const struct reservation *resv = r->recs[i].resv;

        if (magnet_is(resv) && is_to_come(s, resv) && admits(s, rec, resv))
            names_add(&ret->names, &ret->n, resv->name);
    }
}

void magnets_look(struct sched *s, struct jobrec *rec)
{
    struct magnets now = {.known = true};
    const struct job *job = rec->job;

    if (s->reserve.magnetic && job->n_reservations == 0 && job->n_others == 0)
        find(s, rec, &now);
    if (names_equal(rec->magnets.names, rec->magnets.n, now.names, now.n))
        names_free(now.names, now.n);
    else {
        magnets_forget(&rec->magnets);
        rec->magnets = now;
    }
    rec->magnets.known = true;
}

const struct magnets *magnets_of(struct sched *s, struct jobrec *rec)
{
    struct jobrec *of = follower_array(rec);

    if (!of->magnets.known)
        magnets_look(s, of);
    return &of->magnets;
}

/* With the QOS of the plan: it is at rest. */
static bool is_drawn_there(struct sched *s, struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;
    const struct magnets *all = magnets_of(s, rec);

    return names_have(all->names, all->n, plan->reservation) &&
           magnet_admits(s, rec->job, cluster_partition(&s->cluster, plan->partition),
                         plan->reservation);
}

void magnet_settle(struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;

    if (magnet_draws(rec->job, plan->reservation) && !is_drawn_there(s, rec)) {
        free(TAKE(plan->reservation));
        rec->placed++;
        s->timeline_gen = 0; /* where it is entered if it fits */
    }
    for (size_t i = 0; i < rec->n_followers; i++)
        magnet_settle(s, rec->followers[i]);
}

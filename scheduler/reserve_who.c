/* Who may run in a reservation, and until when. */
#include <string.h>

#include "base/util.h"
#include "scheduler/access.h"
#include "scheduler/component.h"
#include "scheduler/core.h"
#include "scheduler/reserve.h"

static bool admits_account(const struct sched *s, const struct resv_list *list,
                           const char *name)
{
    if (access_lists_account(&s->policy, list->deny, list->n_deny, name))
        return false;
    return list->n_allow == 0 ||
           access_lists_account(&s->policy, list->allow, list->n_allow, name);
}

static bool admits_groups(const struct resv_list *list, const struct job *job)
{
    if (access_lists_group(list->deny, list->n_deny, job))
        return false;
    return list->n_allow == 0 || access_lists_group(list->allow, list->n_allow, job);
}

static bool admits_one(const struct sched *s, const struct reservation *r,
                       const struct job *job)
{
    const struct qos *qos = policy_qos(&s->policy, job);

    return resv_list_admits(&r->users, job->user) && admits_groups(&r->groups, job) &&
           admits_account(s, &r->accounts, policy_account(&s->policy, job)) &&
           resv_list_admits(&r->qos, qos != NULL ? qos->name : job_qos(job));
}

/* Each component runs in its own. */
static bool admits_part(const struct sched *s, const struct reservation *r,
                        const struct job *job, const struct partrec *part)
{
    bool does = true;

    if (r->parts.n_allow + r->parts.n_deny == 0)
        return true;
    for (size_t i = 0; i <= job->n_others && does; i++) {
        const struct partrec *own =
            cluster_component_partition(&s->cluster, job, i, part);

        does = resv_list_admits(&r->parts, own != NULL ? own->part->name : NULL);
    }
    return does;
}

bool reserve_admits(const struct sched *s, const struct reservation *r,
                    const struct job *job, const struct partrec *part)
{
    bool does = admits_part(s, r, job, part);

    for (size_t i = 0; i <= job->n_others && does; i++) {
        struct job alone;

        does = admits_one(s, r, component_alone(job, i, &alone));
    }
    return does;
}

static bool is_over(const struct reservation *r, int64_t sec)
{
    int64_t start, end;

    return !reservation_occurrence(r, sec, &start, &end);
}

const struct resvrec *reserve_own(const struct sched *s, const char *name)
{
    const struct resvrec *rec = name != NULL ? reserve_find(&s->reserve, name) : NULL;

    if (rec != NULL && rec->resv->no_hold && is_over(rec->resv, s->now_sec))
        return NULL;
    return rec;
}

const char *reserve_partition_name(const struct sched *s, const struct job *job,
                                   size_t i)
{
    const struct resvrec *rec;

    if (job->n_partitions > 0)
        return job->partitions[i % job->n_partitions];
    if (job->n_reservations == 0)
        return NULL;
    rec = reserve_find(&s->reserve, job->reservations[i % job->n_reservations]);
    return rec != NULL ? rec->resv->partition : NULL;
}

struct partrec *reserve_partition(const struct sched *s, const struct job *job,
                                  size_t i)
{
    const char *name = reserve_partition_name(s, job, i);

    return name != NULL ? cluster_partition(&s->cluster, name)
                        : cluster_default_partition(&s->cluster);
}

size_t reserve_n_partitions(const struct job *job)
{
    return job->n_partitions > 0 ? job->n_partitions : MAX(job->n_reservations, 1);
}

bool reserve_is_on(const struct sched *s, const char *name)
{
    const struct resvrec *rec = name != NULL ? reserve_find(&s->reserve, name) : NULL;
    int64_t start, end;

    return rec != NULL && reservation_occurrence(rec->resv, s->now_sec, &start, &end) &&
           (start <= s->now_sec || rec->resv->flex);
}

const uint64_t *reserve_home(const struct sched *s, const char *name)
{
    const struct resvrec *own = reserve_own(s, name);

    return own != NULL && own->resv->flex && !own->resv->any_nodes ? own->nodes : NULL;
}

const uint64_t *reserve_within(const struct sched *s, const char *name)
{
    const struct resvrec *own = reserve_own(s, name);

    return own != NULL && !own->resv->flex && !own->resv->any_nodes ? own->nodes : NULL;
}

const char *reserve_running_in(const struct sched *s, const char *name)
{
    return reserve_own(s, name) != NULL ? name : NULL;
}

bool reserve_replaces(const struct sched *s, const char *name)
{
    const struct resvrec *rec = name != NULL ? reserve_find(&s->reserve, name) : NULL;

    return rec != NULL && rec->resv->replace;
}

/* ---- what is lent ---- */

/* NULL: it lends nothing. */
static const struct resvrec *lender(const struct sched *s, const char *name)
{
    const struct resvrec *own = reserve_own(s, name);

    if (own == NULL || own - s->reserve.recs >= RESV_MAX ||
        own->resv->delay_sec == LIMIT_UNSET)
        return NULL;
    return own;
}

bool reserve_claims(const struct sched *s, const char *name)
{
    return lender(s, name) != NULL;
}

bool reserve_has_slot_of(const struct sched *s, const struct resvrec *rec,
                         const struct slot *slots, size_t n)
{
    return cluster_slots_meet(&s->cluster, rec->nodes, slots, n);
}

bool reserve_claims_from(const struct sched *s, const char *name,
                         const struct job *other)
{
    const struct resvrec *rec = lender(s, name);

    return rec != NULL && reservation_lends(rec->resv, other) &&
           !str_eq(job_reservation(other), rec->resv->name) &&
           (reserve_has_slot_of(s, rec, other->alloc, other->n_alloc) ||
            reserve_has_slot_of(s, rec, other->plan.slots, other->plan.n_slots));
}

/* Nobody else, or no other user, is to be on its nodes. */
static bool is_private(const struct job *job, const struct partrec *part)
{
    return job_is_private(job) ||
           (part != NULL && (part->part->exclusive || part->part->exclusive_user));
}

enum reason reserve_check(const struct sched *s, const struct job *job,
                          const struct partrec *part, const char *name,
                          struct str *message)
{
    const struct resvrec *rec;

    if (name == NULL)
        return REASON_NONE;
    rec = reserve_find(&s->reserve, name);
    if (rec == NULL) {
        str_addf(message, "reservation %s does not exist", name);
        return REASON_RESERVATION_DELETED;
    }
    if (is_over(rec->resv, s->now_sec)) {
        if (rec->resv->no_hold)
            return REASON_NONE;
        str_addf(message, "reservation %s is over", name);
        return REASON_RESERVATION_DELETED;
    }
    if (rec - s->reserve.recs >= RESV_MAX) {
        str_addf(message, "reservation %s ", name);
        reserve_say_idle(&s->reserve, name, message);
        return REASON_RESERVATION;
    }
    if (reservation_floats(rec->resv)) {
        str_addf(message, "no job runs in reservation %s, which floats", name);
        return REASON_RESERVATION;
    }
    if (!admits_part(s, rec->resv, job, part)) {
        str_addf(message, "reservation %s is not for jobs of its partition", name);
        return REASON_RESERVATION;
    }
    if (rec->lot.number > 0 && !rec->resv->flex && is_private(job, part)) {
        str_addf(message, "reservation %s has no whole nodes, which the job asks for",
                 name);
        return REASON_RESERVATION;
    }
    if (!reserve_admits(s, rec->resv, job, part)) {
        str_addf(message,
                 "reservation %s is not for this job's user, groups, account and QOS",
                 name);
        return REASON_RESERVATION;
    }
    return REASON_NONE;
}

int64_t reserve_end(const struct sched *s, const struct job *job)
{
    const char *name = job_reservation(job);
    const struct resvrec *rec = name != NULL ? reserve_find(&s->reserve, name) : NULL;
    int64_t start, end;

    if (rec == NULL || rec->resv->flex || reservation_floats(rec->resv) ||
        job->start_sec == TIME_UNSET ||
        !reservation_occurrence(rec->resv, job->start_sec, &start, &end) ||
        start > job->start_sec)
        return TIME_NEVER;
    return end;
}

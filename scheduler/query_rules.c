/* What others ask about accounts, QOS and reservations. */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/core.h"
#include "scheduler/portion.h"
#include "scheduler/preempt_rules.h"
#include "scheduler/relative.h"

const struct account *sched_account(const struct sched *s, const char *name)
{
    return policy_find_account(&s->policy, name);
}

const struct qos *sched_qos(const struct sched *s, const char *name)
{
    return policy_find_qos(&s->policy, name);
}

bool sched_say_account_fault(const struct sched *s, const char *account,
                             struct str *out)
{
    const struct assocs *a = &s->policy.assocs;
    size_t i = s->policy.stale ? ASSOC_NONE : assocs_find(a, account);

    if (i == ASSOC_NONE || a->places[i].fault == ASSOC_SOUND)
        return false;
    assocs_say_fault(a, i, out);
    return true;
}

bool sched_say_circle(const struct sched *s, const char *name, struct str *out)
{
    const struct qos *qos = policy_find_qos(&s->policy, name);

    if (qos == NULL || !qos->in_circle)
        return false;
    preempt_say_circle(s->policy.qos, s->policy.n_qos, qos, out);
    return true;
}

bool sched_say_relative(const struct sched *s, const char *name, struct str *out)
{
    const struct qos *qos = policy_find_qos(&s->policy, name);

    return qos != NULL && relative_say_fault(s, qos, out);
}

bool sched_say_within(const struct sched *s, const char *name, struct str *out)
{
    const struct qos *qos = policy_find_qos(&s->policy, name);

    if (qos == NULL || s->config.preempt_type != PREEMPT_BY_PARTITION ||
        (qos->preempt_mode & PREEMPT_WITHIN) == 0)
        return false;
    str_add(out, "its WITHIN does nothing: preemption goes by partitions here "
                 "(preemptType: partition_prio)");
    return true;
}

static enum reason check_new_as(struct sched *s, const struct job *job, size_t qos_at,
                                const struct partition *part, struct str *message,
                                bool *ret_waits)
{
    struct job *bound = job_copy(job);
    enum reason reason;

    bound->qos_at = (int64_t)qos_at;
    allowance_bound_now(s, bound, NULL); /* a limit that it does not ask for, for one */
    reason = allowance_check_new(s, bound, part, message, ret_waits);
    job_free(bound);
    return reason;
}

enum reason sched_check_new(struct sched *s, const struct job *job,
                            const struct partition *part, struct str *message,
                            bool *ret_waits)
{
    enum reason first = REASON_NONE;
    STR_AUTO struct str said, other;

    if (ret_waits != NULL)
        *ret_waits = false;
    s->charge_again |= policy_settle(&s->policy);
    allowance_begin(s);
    str_init(&said, message->max);
    str_init(&other, message->max);
    for (size_t i = 0; i < MAX(job->n_qos_list, 1); i++) {
        size_t qos_at = policy_qos_ranked(&s->policy, job, i);
        enum reason reason =
            check_new_as(s, job, qos_at, part, i == 0 ? &said : &other, ret_waits);

        if (reason == REASON_NONE)
            return REASON_NONE;
        first = i == 0 ? reason : first;
        str_reset(&other);
    }
    str_add(message, said.s);
    return first;
}

bool sched_is_counting(const struct sched *s)
{
    return s->held.stale;
}

const struct reservation *sched_reservation_clash(const struct sched *s,
                                                  const char *name)
{
    return reserve_clash(s, name);
}

bool sched_reservation_holds(const struct sched *s, const char *name, size_t i,
                             struct resvec *ret)
{
    const struct resvrec *rec = reserve_find(&s->reserve, name);

    if (rec == NULL || rec->lot.number == 0 || i >= rec->resv->n_chosen)
        return false;
    *ret = portion_of(&s->cluster, rec->resv, rec->resv->n_chosen, i);
    return true;
}

int64_t sched_reservation_run_into(const struct sched *s, const char *name)
{
    return reserve_run_into(s, name);
}

void sched_say_idle_reservation(const struct sched *s, const char *name,
                                struct str *out)
{
    reserve_say_idle(&s->reserve, name, out);
}

const struct reservation *sched_reservation(const struct sched *s, const char *name)
{
    const struct resvrec *rec = reserve_find(&s->reserve, name);

    return rec != NULL ? rec->resv : NULL;
}

/* A job runs in it, by its name, or waits for it. */
static bool is_needed(const struct sched *s, const char *name)
{
    struct jobrec *rec, *next;

    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && rec->job->phase <= JOB_COMPLETING &&
            job_names_reservation(rec->job, name))
            return true;
    }
    return false;
}

bool sched_reservation_idle(const struct sched *s, const char *name, int64_t now_sec)
{
    const struct reservation *r = sched_reservation(s, name);
    int64_t start_sec, end_sec;

    if (r == NULL || (reservation_occurrence(r, now_sec, &start_sec, &end_sec) &&
                      start_sec > now_sec))
        return false;
    return !is_needed(s, name);
}

/* Who may preempt whom: jobs as sides, component by component. */
#include "base/util.h"
#include "scheduler/component.h"
#include "scheduler/core.h"
#include "scheduler/herd.h"

static void set_part(const struct sched *s, struct preempt_side *side,
                     const struct partrec *part)
{
    side->part = part != NULL ? part->part : NULL;
    side->part_qos = part != NULL ? policy_part_qos(&s->policy, part->part) : NULL;
}

struct preempt_side herd_side(const struct sched *s, const struct jobrec *rec,
                              const struct partrec *part)
{
    struct preempt_side side = {.job = rec->job,
                                .qos = policy_qos(&s->policy, rec->job)};

    set_part(s, &side, part);
    return side;
}

struct preempt_side herd_component_side(const struct sched *s,
                                        const struct preempt_side *whole,
                                        size_t component)
{
    const struct job *own = job_component(whole->job, component);
    struct preempt_side side = *whole;
    struct job alone;

    if (component == 0)
        return side;
    side.qos = policy_qos(&s->policy, component_alone(whole->job, component, &alone));
    if (own->n_partitions > 0)
        set_part(s, &side, cluster_partition(&s->cluster, own->partitions[0]));
    return side;
}

bool herd_claims(const struct sched *s, const struct preempt_side *by)
{
    return reserve_claims(s, by->resv);
}

bool herd_claims_from(const struct sched *s, const struct preempt_side *by,
                      const struct preempt_side *victim)
{
    return s->reserve.lends && reserve_claims_from(s, by->resv, victim->job);
}

bool herd_is_apart(const struct job *job)
{
    bool apart = false;

    for (size_t i = 0; i < job->n_others; i++) {
        const struct job *own = &job->others[i];

        apart |= own->n_partitions > 0 || own->account != NULL || own->qos != NULL;
    }
    return apart;
}

static bool is_over(const struct job *job, size_t component)
{
    return component > 0 && job->others[component - 1].end_sec != TIME_UNSET;
}

bool herd_is_prey(const struct sched *s, const struct preempt_side *own,
                  const struct preempt_side *victim)
{
    bool may = own->part != NULL;

    for (size_t i = 0; i <= victim->job->n_others && may; i++) {
        const struct preempt_side side = herd_component_side(s, victim, i);

        may = is_over(victim->job, i) || preempt_may(&s->config, own, &side);
    }
    return may;
}

bool herd_component_may_have(const struct sched *s, const struct preempt_side *by,
                             size_t component, const struct preempt_side *victim)
{
    const struct preempt_side own = herd_component_side(s, by, component);

    return herd_claims_from(s, by, victim) || herd_is_prey(s, &own, victim);
}

bool herd_may_have(const struct sched *s, const struct preempt_side *by,
                   const struct preempt_side *victim)
{
    size_t n = herd_is_apart(by->job) ? by->job->n_others : 0;
    bool may = false;

    for (size_t i = 0; i <= n && !may; i++)
        may = herd_component_may_have(s, by, i, victim);
    return may;
}

bool herd_asks_priority(const struct sched *s, const struct preempt_side *by)
{
    bool asks = false;

    for (size_t i = 0; i <= by->job->n_others && !asks; i++) {
        const struct preempt_side own = herd_component_side(s, by, i);

        asks = preempt_asks_priority(&s->config, &own);
    }
    return asks;
}

int64_t herd_exempt_sec(const struct sched *s, const struct preempt_side *victim)
{
    int64_t exempt_sec = 0;

    for (size_t i = 0; i <= victim->job->n_others; i++) {
        const struct preempt_side side = herd_component_side(s, victim, i);

        exempt_sec = MAX(exempt_sec, preempt_exempt_sec(&s->config, &side));
    }
    return exempt_sec;
}

bool herd_requeues(const struct sched *s, const struct preempt_side *victim)
{
    bool back = false;

    for (size_t i = 0; i <= victim->job->n_others && !back; i++) {
        const struct preempt_side side = herd_component_side(s, victim, i);

        back = !is_over(victim->job, i) &&
               preempt_mode_of(&s->config, &side) == PREEMPT_REQUEUE;
    }
    return back;
}

int64_t herd_grace_sec(const struct sched *s, const struct preempt_side *victim)
{
    int64_t grace_sec = 0;

    for (size_t i = 0; i <= victim->job->n_others; i++) {
        const struct preempt_side side = herd_component_side(s, victim, i);

        if (!is_over(victim->job, i))
            grace_sec = MAX(grace_sec, preempt_grace_sec(&s->config, &side));
    }
    return grace_sec;
}

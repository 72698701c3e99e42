/* The places that a job is of: QOS and accounts with limits. */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/charge.h"

const struct partition *places_part(const struct sched *s, const struct job *job)
{
    const struct partrec *part = NULL;

    if (job->partition != NULL)
        part = cluster_partition(&s->cluster, job->partition);
    else if (job->n_partitions == 0)
        part = cluster_default_partition(&s->cluster);
    else
        part = cluster_partition(&s->cluster, job->partitions[0]);
    return part != NULL ? part->part : NULL;
}

static void add_qos(const struct sched *s, struct places *places, const struct qos *qos)
{
    if (qos != NULL && qos->limits.n > 0)
        places->items[places->n++] =
            (struct place_of){.limits = &qos->limits,
                              .qos = qos->name,
                              .usage = &qos->usage,
                              .usage_sec = qos->as_of.usage_sec,
                              .half_life_sec = charge_half_life(s, qos)};
}

static void add_both_qos(const struct sched *s, const struct job *job,
                         const struct partition *part, struct places *places)
{
    const struct qos *own = policy_qos(&s->policy, job);
    const struct qos *of_part = part != NULL ? policy_part_qos(&s->policy, part) : NULL;
    bool own_first = own != NULL && (own->flags & QOS_OVER_PART_QOS) != 0;

    add_qos(s, places, own_first ? own : of_part);
    if (own != of_part)
        add_qos(s, places, own_first ? of_part : own);
}

/* NULL: it is not summed up. */
static const struct usage *sum_of(const struct sched *s, const char *account)
{
    const struct assocs *a = &s->policy.assocs;
    size_t i = a->n_sums > 0 ? assocs_find(a, account) : ASSOC_NONE;

    return i < a->n_sums ? &a->sums[i] : NULL;
}

static void add_accounts(const struct sched *s, const char *name, struct places *places)
{
    for (int depth = 0; name != NULL && depth <= FAIRTREE_DEPTH_MAX; depth++) {
        const struct account *account = policy_find_account(&s->policy, name);

        if (account != NULL && account->limits.n > 0)
            places->items[places->n++] = (struct place_of){.limits = &account->limits,
                                                           .account = account->name,
                                                           .usage = sum_of(s, name),
                                                           .usage_sec = s->charged_sec};
        name = policy_parent(&s->policy, name);
    }
}

void places_find(const struct sched *s, const struct job *job,
                 const struct partition *part, struct places *ret)
{
    const char *account = s->held.of_accounts ? policy_account(&s->policy, job) : NULL;
    const struct member *member =
        account != NULL
            ? policy_member(&s->policy, job, part != NULL ? part->name : NULL)
            : NULL;

    ret->n = 0;
    add_both_qos(s, job, part, ret);
    if (member != NULL && member->limits.n > 0)
        ret->items[ret->n++] = (struct place_of){
            .limits = &member->limits,
            .account = account,
            .is_member = true,
            .usage = &member->usage,
            .usage_sec = policy_find_account(&s->policy, account)->as_of.usage_sec,
            .half_life_sec = charge_half_life(s, NULL)};
    add_accounts(s, account, ret);
}

bool places_mask(const struct places *places, size_t at, const struct limit *limit)
{
    for (size_t i = 0; i < at; i++) {
        const struct place_of *place = &places->items[i];

        if (place->qos == NULL && places->items[at].qos == NULL &&
            limit_rows[limit->kind].whose == WHOSE_ALL)
            continue;
        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *before = &place->limits->items[k];

            if (limit_masks(before->kind, limit->kind) && before->tres == limit->tres &&
                str_eq(before->type, limit->type))
                return true;
        }
    }
    return false;
}

int64_t places_flags(const struct sched *s, const struct job *job,
                     const struct partition *part)
{
    const struct qos *own = policy_qos(&s->policy, job);
    const struct qos *of_part = part != NULL ? policy_part_qos(&s->policy, part) : NULL;

    return (own != NULL ? own->flags : 0) | (of_part != NULL ? of_part->flags : 0);
}

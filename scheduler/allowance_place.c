/* The places that a job is of: QOS and accounts with limits. */
#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/charge.h"

const struct partition *places_part(const struct sched *s, const struct job *job)
{
    const struct partrec *part = NULL;

    if (job->partition != NULL)
        part = cluster_partition(&s->cluster, job->partition);
    else
        part = reserve_partition(s, job, 0);
    return part != NULL ? part->part : NULL;
}

static void add_qos(const struct sched *s, struct places *places, const struct qos *qos,
                    bool of_part)
{
    if (qos != NULL && qos->limits.n > 0)
        places->items[places->n++] =
            (struct place_of){.limits = &qos->limits,
                              .qos = qos->name,
                              .of_part = of_part,
                              .factor = 1000,
                              .usage = &qos->usage,
                              .usage_sec = qos->as_of.usage_sec,
                              .half_life_sec = charge_half_life(s, qos)};
}

/* Its own and its partition's, that first which stands for the other. */
static size_t qos_in_force(const struct qos *own, const struct qos *of_part,
                           const struct qos *ret[2])
{
    bool own_first = own != NULL && (own->flags & QOS_OVER_PART_QOS) != 0;
    size_t n = 0;

    if (own_first || own == of_part)
        ret[n++] = own;
    if (own != of_part)
        ret[n++] = of_part;
    if (!own_first && own != of_part)
        ret[n++] = own;
    return n;
}

/* That of the first that has one. */
static int64_t limit_factor(const struct qos *const *qos, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (qos[i] != NULL && qos[i]->limit_factor != LIMIT_UNSET)
            return qos[i]->limit_factor;
    }
    return 1000;
}

/* NULL: it is not summed up. */
static const struct usage *sum_of(const struct sched *s, const char *account)
{
    const struct assocs *a = &s->policy.assocs;
    size_t i = a->n_sums > 0 ? assocs_find(a, account) : ASSOC_NONE;

    return i < a->n_sums ? &a->sums[i] : NULL;
}

static const struct account *account_above(const struct sched *s,
                                           const struct account *account)
{
    const char *parent = account_parent(account);

    return parent != NULL ? policy_find_account(&s->policy, parent) : NULL;
}

/* One and all above it. */
static void add_accounts(const struct sched *s, const struct account *account,
                         int64_t factor, struct places *places)
{
    for (int depth = 0; account != NULL && depth <= FAIRTREE_DEPTH_MAX; depth++) {
        if (account->limits.n > 0)
            places->items[places->n++] =
                (struct place_of){.limits = &account->limits,
                                  .account = account->name,
                                  .factor = factor,
                                  .usage = sum_of(s, account->name),
                                  .usage_sec = s->charged_sec};
        account = account_above(s, account);
    }
}

static void add_member(const struct sched *s, const struct account *account,
                       const struct member *member, int64_t factor,
                       struct places *places)
{
    if (member->limits.n > 0)
        places->items[places->n++] =
            (struct place_of){.limits = &member->limits,
                              .account = account->name,
                              .is_member = true,
                              .factor = factor,
                              .usage = &member->usage,
                              .usage_sec = account->as_of.usage_sec,
                              .half_life_sec = charge_half_life(s, NULL)};
}

static void add_charged(const struct sched *s, const struct job *job,
                        const struct partition *part, int64_t factor,
                        struct places *places)
{
    const char *partition = part != NULL ? part->name : NULL, *name;
    const struct account *account = NULL;
    const struct member *member;
    size_t i;

    member = policy_member_at(&s->policy, job, partition, &i);
    if (member != NULL) {
        account = s->policy.accounts[i];
        add_member(s, account, member, factor, places);
    } else {
        name = policy_account(&s->policy, job);
        if (name != NULL)
            account = policy_find_account(&s->policy, name);
    }
    add_accounts(s, account, factor, places);
}

void places_find(const struct sched *s, const struct job *job,
                 const struct partition *part, struct places *ret)
{
    const struct qos *own = policy_qos(&s->policy, job), *qos[2];
    size_t n;

    n = qos_in_force(own, part != NULL ? policy_part_qos(&s->policy, part) : NULL, qos);
    ret->n = 0;
    for (size_t i = 0; i < n; i++)
        add_qos(s, ret, qos[i], qos[i] != own);
    if (s->held.of_accounts)
        add_charged(s, job, part, limit_factor(qos, n), ret);
}

static const struct qos *qos_of_part(const struct sched *s, const struct job *job,
                                     size_t i)
{
    const struct partrec *part = reserve_partition(s, job, i);

    return part != NULL ? policy_part_qos(&s->policy, part->part) : NULL;
}

void places_find_beside(const struct sched *s, const struct job *job, size_t i,
                        struct places *ret)
{
    const struct qos *qos = qos_of_part(s, job, i);
    bool again = qos == policy_qos(&s->policy, job);

    for (size_t k = 0; k < i; k++)
        again |= qos == qos_of_part(s, job, k);
    ret->n = 0;
    if (!again)
        add_qos(s, ret, qos, true);
}

bool place_passes_over(const struct place_of *place, const struct limit *limit)
{
    return place->of_part && limit->kind >= LIMIT_ACCRUALS;
}

bool places_mask(const struct places *places, size_t at, const struct limit *limit)
{
    if (place_passes_over(&places->items[at], limit))
        return true;
    for (size_t i = 0; i < at; i++) {
        const struct place_of *place = &places->items[i];

        if (place->qos == NULL && places->items[at].qos == NULL &&
            limit_rows[limit->kind].whose == WHOSE_ALL)
            continue;
        for (size_t k = 0; k < place->limits->n; k++) {
            const struct limit *before = &place->limits->items[k];

            if (!place_passes_over(place, before) &&
                limit_masks(before->kind, limit->kind) && before->tres == limit->tres &&
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

/* What a job counts for under limits, and together with whom. */
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/billing.h"

/* ---- whose jobs count together ---- */

/* Behind what is there, as far as there is room. */
static void add_name(struct whose *w, const char *name)
{
    size_t len = name != NULL ? strnlen(name, WHOSE_MAX - 1 - w->len) : 0;

    memcpy(w->text + w->len, name != NULL ? name : "", len);
    w->len += len;
    w->text[w->len] = '\0';
}

static const char *user_of(const struct job *job, struct whose *buffer)
{
    if (job_has_user(job))
        return job->user;
    buffer->len = 0;
    add_name(buffer, "/");
    add_name(buffer, job->ns);
    return buffer->text;
}

static const char *member_of(const struct sched *s, const struct asking *a,
                             struct whose *buffer)
{
    const struct partition *part = a->part;
    const struct member *member =
        policy_member(&s->policy, a->job, part != NULL ? part->name : NULL);
    struct whose user;
    const char *const parts[] = {
        policy_account(&s->policy, a->job),
        "/",
        member != NULL ? member->user : user_of(a->job, &user),
        member != NULL ? "/" : NULL,
        member != NULL ? member->ns : NULL,
        member != NULL ? "/" : NULL,
        member != NULL ? member->partition : NULL,
    };

    buffer->len = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        add_name(buffer, parts[i]);
    return buffer->text;
}

const char *asking_whose(const struct sched *s, const struct asking *a,
                         const struct limit *limit, struct whose *buffer)
{
    const char *account;

    switch (limit_rows[limit->kind].whose) {
    case WHOSE_ALL:
    case WHOSE_JOB:
        break;
    case WHOSE_USER:
        return user_of(a->job, buffer);
    case WHOSE_ACCOUNT:
        account = policy_account(&s->policy, a->job);
        return account != NULL ? account : "";
    case WHOSE_MEMBER:
        return member_of(s, a, buffer);
    }
    return "";
}

/* ---- amounts ---- */

/* NULL: of any, or no GPUs. */
static const char *gpu_type_of(const struct limit *limit)
{
    return limit->tres == TRES_GPU ? limit->type : NULL;
}

static bool is_of_type(const struct sched *s, const char *node, const char *type)
{
    const struct noderec *rec = type != NULL ? cluster_node(&s->cluster, node) : NULL;

    return type == NULL ||
           (rec != NULL && rec->node != NULL && str_eq(rec->node->gpu_type, type));
}

int resource_of_tres(const struct sched *s, const struct limit *limit)
{
    switch (limit->tres) {
    case TRES_CPU:
        return RES_CPU;
    case TRES_MEM:
        return RES_MEM;
    case TRES_GPU:
        return s->cluster.res.gpu;
    case TRES_DEVICE:
        return restable_find(&s->cluster.res, limit->type);
    case TRES_NONE:
    case TRES_NODE:
    case TRES_BILLING:
    case TRES_LICENSE:
    case TRES_KINDS:
        break;
    }
    return -1;
}

static struct holding holding_of(const struct asking *a)
{
    return (struct holding){a->slots, a->n_slots, job_is_alone(a->job, a->part),
                            job_licenses(a->job)};
}

int64_t asking_amount_on(const struct sched *s, const struct asking *a,
                         const struct limit *limit, const char *node)
{
    const struct holding h = holding_of(a);
    int resource = resource_of_tres(s, limit);
    int64_t sum = 0;

    for (size_t i = 0; i < a->n_slots && resource >= 0; i++) {
        const struct slot *slot = &a->slots[i];

        if ((node == NULL || strcmp(node, slot->node) == 0) &&
            is_of_type(s, slot->node, gpu_type_of(limit)))
            sum = add_capped(sum, cluster_counts(&s->cluster, &h, i).v[resource]);
    }
    return sum;
}

static int64_t billing_in(const struct sched *s, const struct asking *a)
{
    const struct holding h = holding_of(a);

    return billing_of(&s->cluster, a->part, &h, s->config.priority_flags);
}

static int64_t asked_at_least(const struct sched *s, const struct asking *a,
                              const struct limit *limit)
{
    int resource = resource_of_tres(s, limit);

    if (limit->tres == TRES_NODE)
        return job_least_nodes(a->job);
    if (resource < 0)
        return 0;
    return gpu_type_of(limit) == NULL ? a->least.v[resource]
                                      : job_ask_typed(a->job, limit->type).v[resource];
}

int64_t asking_amount(const struct sched *s, const struct asking *a,
                      const struct limit *limit)
{
    if (limit->tres == TRES_LICENSE)
        return license_count(job_licenses(a->job), limit->type);
    if (a->slots == NULL)
        return asked_at_least(s, a, limit);
    if (limit->tres == TRES_NODE)
        return slots_nodes(a->slots, a->n_slots);
    return limit->tres == TRES_BILLING ? billing_in(s, a)
                                       : asking_amount_on(s, a, limit, NULL);
}

static int64_t times(int64_t amount, int64_t sec)
{
    int64_t product;

    return __builtin_mul_overflow(amount, sec, &product) ? INT64_MAX : product;
}

bool asking_is_bound(const struct asking *a, const struct limit *limit)
{
    return limit->tres != TRES_GPU || limit->type == NULL ||
           job_asks_type(a->job, limit->type);
}

bool asking_is_exempt(const struct asking *a, const struct places *places, size_t at,
                      const struct limit *limit)
{
    return places_mask(places, at, limit) || !asking_is_bound(a, limit);
}

bool asking_has(const struct sched *s, const struct asking *a,
                const struct limit *limit)
{
    if (limit->tres == TRES_NONE || (limit->tres == TRES_BILLING && a->slots == NULL))
        return true;
    return asking_amount(s, a, limit) > 0;
}

bool asking_holds(const struct sched *s, const struct asking *a,
                  const struct limit *limit)
{
    return !limit_has_tres(limit->kind) || asking_amount(s, a, limit) > 0;
}

int64_t asking_usage_factor(const struct sched *s, const struct asking *a)
{
    const struct qos *qos = s->held.of_factors ? policy_qos(&s->policy, a->job) : NULL;

    return qos != NULL ? qos->usage_factor : 1000;
}

bool asking_is_free(const struct sched *s, const struct asking *a,
                    const struct limit *limit)
{
    return s->held.of_factors && limit_counts_left(limit->kind) &&
           asking_usage_factor(s, a) == 0;
}

int64_t asking_factor(const struct sched *s, const struct asking *a)
{
    const struct qos *qos = s->held.of_factors ? policy_qos(&s->policy, a->job) : NULL;
    bool counts = qos != NULL && (qos->flags & QOS_USAGE_FACTOR_SAFE) != 0;

    return counts ? qos->usage_factor : 1000;
}

int64_t asking_charged(const struct sched *s, const struct asking *a,
                       const struct limit *limit)
{
    const int64_t factor = asking_usage_factor(s, a);
    const bool needed = !limit_is_of_usage(limit->kind) || s->config.limits_safe;

    return needed ? MAX(factor, asking_factor(s, a)) : factor;
}

__int128 asking_rate(const struct sched *s, const struct asking *a,
                     const struct limit *limit, bool charged)
{
    const __int128 amount =
        limit_has_tres(limit->kind) ? asking_amount(s, a, limit) : 1;

    return amount * (charged ? asking_charged(s, a, limit) : asking_factor(s, a));
}

static int64_t factored(int64_t amount, int64_t factor)
{
    __int128 product = (__int128)amount * factor / 1000;

    if (amount == INT64_MAX && factor > 0)
        return amount;
    return (int64_t)MIN(product, (__int128)INT64_MAX);
}

/* Of a limit over time. */
static int64_t may_use(const struct sched *s, const struct asking *a,
                       const struct limit *limit)
{
    return limit_has_tres(limit->kind) ? times(asking_amount(s, a, limit), a->least_sec)
                                       : a->least_sec;
}

int64_t asking_need(const struct sched *s, const struct asking *a,
                    const struct limit *limit)
{
    switch (limit_rows[limit->kind].what) {
    case WHAT_JOBS:
    case WHAT_ACCRUING:
        return 1;
    case WHAT_SUBMITTED:
        return job_tasks(a->job);
    case WHAT_WALL:
        return a->limit_sec;
    case WHAT_PRIORITY:
        break;
    case WHAT_HELD:
        return asking_amount(s, a, limit);
    case WHAT_PER_NODE:
        return asking_on_a_node(s, a, limit);
    case WHAT_LEFT:
    case WHAT_WALL_USED:
    case WHAT_USED:
        return factored(may_use(s, a, limit), asking_factor(s, a));
    }
    return 0;
}

int64_t asking_takes(const struct sched *s, const struct asking *a,
                     const struct limit *limit)
{
    return limit_is_over_time(limit->kind)
               ? factored(may_use(s, a, limit), asking_charged(s, a, limit))
               : asking_need(s, a, limit);
}

#include "scheduler/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/preempt_rules.h"

/* ---- keeping ---- */

void policy_fini(struct policy *p)
{
    for (size_t i = 0; i < p->n_qos; i++)
        qos_free(p->qos[i]);
    for (size_t i = 0; i < p->n_accounts; i++)
        account_free(p->accounts[i]);
    free(p->qos);
    free(p->accounts);
    assocs_fini(&p->assocs);
    *p = (struct policy){0};
}

static size_t qos_place(const struct policy *p, const char *name)
{
    return named_place((void *const *)p->qos, p->n_qos, name);
}

static size_t account_place(const struct policy *p, const char *name)
{
    return named_place((void *const *)p->accounts, p->n_accounts, name);
}

struct qos *policy_find_qos(const struct policy *p, const char *name)
{
    size_t i = qos_place(p, name);

    return i < p->n_qos && strcmp(p->qos[i]->name, name) == 0 ? p->qos[i] : NULL;
}

const struct account *policy_find_account(const struct policy *p, const char *name)
{
    size_t i = account_place(p, name);

    return i < p->n_accounts && strcmp(p->accounts[i]->name, name) == 0 ? p->accounts[i]
                                                                        : NULL;
}

static bool times_equal(const struct usage_time *a, const struct usage_time *b)
{
    return a->usage_sec == b->usage_sec && a->recent_sec == b->recent_sec;
}

static bool qos_equal(const struct qos *a, const struct qos *b)
{
    return a->priority == b->priority && a->usage_factor == b->usage_factor &&
           a->limit_factor == b->limit_factor &&
           a->usage_threshold == b->usage_threshold && a->flags == b->flags &&
           limits_equal(&a->limits, &b->limits) && usage_equal(&a->usage, &b->usage) &&
           times_equal(&a->as_of, &b->as_of) && preempt_rules_equal(a, b);
}

bool policy_put_qos(struct policy *p, struct qos *qos)
{
    size_t i = qos_place(p, qos->name);
    const struct qos *old = policy_find_qos(p, qos->name);

    if (old != NULL && old->as_of.usage_sec >= qos->as_of.usage_sec) {
        usage_fini(&qos->usage);
        qos->usage = usage_copy(&old->usage);
        qos->as_of = old->as_of;
    }
    if (old != NULL && qos_equal(old, qos)) {
        qos_free(qos);
        return false;
    }
    if (old != NULL) {
        qos_free(p->qos[i]);
    } else {
        GROW(p->qos, p->n_qos, p->qos_cap);
        memmove(&p->qos[i + 1], &p->qos[i], (p->n_qos++ - i) * sizeof(*p->qos));
    }
    p->qos[i] = qos;
    p->open |= qos->as_of.owed_sec != USAGE_SETTLED;
    preempt_find_circles(p->qos, p->n_qos);
    return true;
}

bool policy_drop_qos(struct policy *p, const char *name)
{
    size_t i = qos_place(p, name);

    if (policy_find_qos(p, name) == NULL)
        return false;
    qos_free(p->qos[i]);
    memmove(&p->qos[i], &p->qos[i + 1], (--p->n_qos - i) * sizeof(*p->qos));
    preempt_find_circles(p->qos, p->n_qos);
    return true;
}

static bool members_equal(const struct member *a, const struct member *b)
{
    return member_compare(a, b) == 0 && a->shares == b->shares &&
           a->priority == b->priority && usage_equal(&a->usage, &b->usage) &&
           a->former == b->former && limits_equal(&a->limits, &b->limits) &&
           qos_choice_equal(&a->qos, &b->qos);
}

static bool accounts_equal(const struct account *a, const struct account *b)
{
    if (!str_eq(a->parent, b->parent) || a->shares != b->shares ||
        a->priority != b->priority || a->n_members != b->n_members ||
        !times_equal(&a->as_of, &b->as_of) || !limits_equal(&a->limits, &b->limits) ||
        !qos_choice_equal(&a->qos, &b->qos))
        return false;
    for (size_t i = 0; i < a->n_members; i++) {
        if (!members_equal(&a->members[i], &b->members[i]))
            return false;
    }
    return true;
}

/* Both are sorted, and so is what comes of it. */
static void keep_usage(const struct account *old, struct account *account)
{
    size_t n = account->n_members, at = 0;

    for (size_t i = 0; i < n; i++)
        usage_fini(&account->members[i].usage);
    account->as_of = old->as_of;
    for (size_t i = 0; i < old->n_members; i++) {
        const struct member *was = &old->members[i];
        struct member *now;

        if (was->usage.past.n == 0 && was->usage.recent.n == 0)
            continue;
        while (at < n && member_compare(&account->members[at], was) < 0)
            at++;
        if (at < n && member_compare(&account->members[at], was) == 0) {
            account->members[at].usage = usage_copy(&was->usage);
            continue;
        }
        now = account_add(account, was->user, was->ns, was->partition);
        now->usage = usage_copy(&was->usage);
        now->former = true;
    }
    account_sort(account);
}

bool policy_put_account(struct policy *p, struct account *account)
{
    size_t i = account_place(p, account->name);
    const struct account *old = policy_find_account(p, account->name);
    bool same;

    if (old != NULL && old->as_of.usage_sec >= account->as_of.usage_sec)
        keep_usage(old, account);
    same = old != NULL && accounts_equal(old, account);
    if (same) {
        account_free(account);
        return false;
    }
    p->stale = true;
    if (old != NULL) {
        account_free(p->accounts[i]);
    } else {
        GROW(p->accounts, p->n_accounts, p->accounts_cap);
        memmove(&p->accounts[i + 1], &p->accounts[i],
                (p->n_accounts++ - i) * sizeof(*p->accounts));
    }
    p->accounts[i] = account;
    p->open |= account->as_of.owed_sec != USAGE_SETTLED;
    return true;
}

bool policy_drop_account(struct policy *p, const char *name)
{
    size_t i = account_place(p, name);

    if (policy_find_account(p, name) == NULL)
        return false;
    p->stale = true;
    account_free(p->accounts[i]);
    memmove(&p->accounts[i], &p->accounts[i + 1],
            (--p->n_accounts - i) * sizeof(*p->accounts));
    return true;
}

bool policy_settle(struct policy *p)
{
    if (!p->stale && !p->grown)
        return false;
    assocs_make(&p->assocs, p->accounts, p->n_accounts);
    p->stale = false;
    p->grown = false;
    p->unranked = true;
    return true;
}

static bool same_rules(const struct fair_rules *a, const struct fair_rules *b)
{
    return a->half_life_sec == b->half_life_sec && a->classic == b->classic &&
           a->factors.damping == b->factors.damping &&
           a->factors.depth_oblivious == b->factors.depth_oblivious;
}

bool policy_rank(struct policy *p, const struct fair_rules *rules, int64_t at_sec)
{
    if (!p->unranked && p->ranked_sec == at_sec && same_rules(&p->rules, rules))
        return false;
    p->unranked = false;
    p->ranked_sec = at_sec;
    p->rules = *rules;
    return p->n_accounts > 0 && assocs_rank(&p->assocs, rules, at_sec);
}

void policy_sum(struct policy *p, int64_t half_life_sec, int64_t at_sec)
{
    if (p->assocs.summing && (p->unsummed || p->assocs.sums == NULL))
        assocs_sum(&p->assocs, half_life_sec, at_sec);
    else if (p->assocs.summing && p->recent_moved)
        assocs_sum_recent(&p->assocs);
    p->unsummed = p->recent_moved = false;
}

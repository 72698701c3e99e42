#include "scheduler/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/policy_private.h"
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

/* ---- accounts of jobs ---- */

const char *policy_who(const struct job *job)
{
    return job_has_user(job) ? job->user : "a job without a user";
}

/* The account that is charged; ASSOC_NONE: none, or none of that name. */
static size_t account_of(const struct policy *p, const struct job *job)
{
    size_t one = ASSOC_NONE;

    if (p->stale)
        return ASSOC_NONE;
    if (job->account != NULL)
        return assocs_find(&p->assocs, job->account);
    return assocs_of(&p->assocs, job, &one) == 1 ? one : ASSOC_NONE;
}

const char *policy_account(const struct policy *p, const struct job *job)
{
    size_t i;

    if (job->account != NULL)
        return job->account;
    i = account_of(p, job);
    return i != ASSOC_NONE ? p->accounts[i]->name : NULL;
}

/* Names them all, up to the ceiling of `message`. */
static enum reason say_accounts(const struct policy *p, const struct job *job,
                                struct str *message)
{
    size_t one, said = 0;

    str_addf(message, "%s is a member of %s", policy_who(job),
             assocs_of(&p->assocs, job, &one) == 0
                 ? "no account"
                 : "several accounts, and the job names none of: ");
    for (size_t i = 0; i < p->n_accounts; i++) {
        if (assocs_member(&p->assocs, i, job, NULL) != NULL)
            str_addf(message, "%s%s", said++ == 0 ? "" : ", ", p->accounts[i]->name);
    }
    return REASON_INVALID_ACCOUNT;
}

static enum reason check_account(const struct policy *p, const struct job *job,
                                 struct str *message)
{
    size_t i = account_of(p, job);

    if (p->n_accounts == 0)
        return REASON_NONE;
    if (i == ASSOC_NONE && job->account == NULL)
        return say_accounts(p, job, message);
    if (i == ASSOC_NONE)
        str_addf(message, "account %s does not exist", job->account);
    else if (assocs_member(&p->assocs, i, job, NULL) == NULL)
        str_addf(message, "%s is not a member of account %s", policy_who(job),
                 job->account);
    else if (p->assocs.places[i].fault != ASSOC_SOUND)
        assocs_say_fault(&p->assocs, i, message);
    else
        return REASON_NONE;
    return REASON_INVALID_ACCOUNT;
}

enum reason policy_check(const struct policy *p, const struct job *job,
                         struct str *message)
{
    enum reason reason = check_account(p, job, message);

    return reason != REASON_NONE ? reason : policy_check_qos(p, job, message);
}

const char *policy_parent(const struct policy *p, const char *account)
{
    const struct account *found = policy_find_account(p, account);

    if (found == NULL || strcmp(account, ACCOUNT_ROOT) == 0)
        return NULL;
    return found->parent != NULL ? found->parent : ACCOUNT_ROOT;
}

enum reason policy_check_partition(const struct policy *p, const struct job *job,
                                   const struct partition *part, struct str *message)
{
    size_t i = account_of(p, job);

    if (i != ASSOC_NONE && assocs_member(&p->assocs, i, job, part->name) == NULL) {
        str_addf(message, "%s is a member of account %s in other partitions than %s",
                 policy_who(job), p->accounts[i]->name, part->name);
        return REASON_INVALID_ACCOUNT;
    }
    return policy_check_part_qos(p, part, message);
}

const struct member *policy_member_at(const struct policy *p, const struct job *job,
                                      const char *partition, size_t *ret_account)
{
    const struct member *m;

    if (p->stale || p->grown)
        return NULL;
    m = assocs_spot(&p->assocs, job, ret_account);
    if (m != NULL)
        return m;
    *ret_account = account_of(p, job);
    return *ret_account != ASSOC_NONE
               ? assocs_member(&p->assocs, *ret_account, job, partition)
               : NULL;
}

const struct member *policy_member(const struct policy *p, const struct job *job,
                                   const char *partition)
{
    size_t account;

    return policy_member_at(p, job, partition, &account);
}

struct standing policy_standing(const struct policy *p, const struct job *job,
                                const char *partition)
{
    size_t i = ASSOC_NONE;
    const struct member *m = policy_member_at(p, job, partition, &i);

    return m != NULL ? assocs_standing(&p->assocs, i, m) : (struct standing){0};
}

/* Of the job's user, where it has one, else of its namespace. */
static struct member *former_of(struct policy *p, struct account *account,
                                const struct job *job)
{
    bool has_user = job_has_user(job);
    const struct member key = {.user = has_user ? job->user : NULL,
                               .ns = has_user ? NULL : job->ns};
    size_t i = account_member_place(account, &key);

    if (i < account->n_members && member_compare(&account->members[i], &key) == 0)
        return &account->members[i];
    account_add(account, key.user, key.ns, NULL)->former = true;
    account_sort(account);
    p->grown = true;
    return &account->members[i];
}

bool policy_charged(struct policy *p, const struct job *job, size_t *ret_account,
                    struct member **ret_member)
{
    const struct member *member;
    size_t i = account_of(p, job);

    if (i == ASSOC_NONE)
        return false;
    member = assocs_member(&p->assocs, i, job, job->partition);
    *ret_account = i;
    *ret_member = member != NULL
                      ? &p->accounts[i]->members[member - p->accounts[i]->members]
                      : former_of(p, p->accounts[i], job);
    return true;
}

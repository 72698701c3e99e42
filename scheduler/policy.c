#include "scheduler/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- keeping ---- */

void policy_fini(struct policy *p)
{
    for (size_t i = 0; i < p->n_qos; i++)
        qos_free(p->qos[i]);
    for (size_t i = 0; i < p->n_accounts; i++)
        account_free(p->accounts[i]);
    free(p->qos);
    free(p->accounts);
    *p = (struct policy){0};
}

/* The place of a name in a sorted list of structs that begin with theirs. */
static size_t place_of(void *const *items, size_t n, const char *name)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(*(char *const *)items[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t qos_place(const struct policy *p, const char *name)
{
    return place_of((void *const *)p->qos, p->n_qos, name);
}

static size_t account_place(const struct policy *p, const char *name)
{
    return place_of((void *const *)p->accounts, p->n_accounts, name);
}

static struct qos *qos_find(const struct policy *p, const char *name)
{
    size_t i = qos_place(p, name);

    return i < p->n_qos && strcmp(p->qos[i]->name, name) == 0 ? p->qos[i] : NULL;
}

static struct account *account_find(const struct policy *p, const char *name)
{
    size_t i = account_place(p, name);

    return i < p->n_accounts && strcmp(p->accounts[i]->name, name) == 0 ? p->accounts[i]
                                                                        : NULL;
}

bool policy_put_qos(struct policy *p, struct qos *qos)
{
    size_t i = qos_place(p, qos->name);
    const struct qos *old = qos_find(p, qos->name);
    bool same = old != NULL && old->priority == qos->priority;

    if (old != NULL) {
        qos_free(p->qos[i]);
    } else {
        GROW(p->qos, p->n_qos, p->qos_cap);
        memmove(&p->qos[i + 1], &p->qos[i], (p->n_qos++ - i) * sizeof(*p->qos));
    }
    p->qos[i] = qos;
    return !same;
}

bool policy_drop_qos(struct policy *p, const char *name)
{
    size_t i = qos_place(p, name);

    if (qos_find(p, name) == NULL)
        return false;
    qos_free(p->qos[i]);
    memmove(&p->qos[i], &p->qos[i + 1], (--p->n_qos - i) * sizeof(*p->qos));
    return true;
}

static bool names_equal(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
    for (size_t i = 0; n_a == n_b && i < n_a; i++) {
        if (strcmp(a[i], b[i]) != 0)
            return false;
    }
    return n_a == n_b;
}

static bool accounts_equal(const struct account *a, const struct account *b)
{
    return names_equal(a->users, a->n_users, b->users, b->n_users) &&
           names_equal(a->namespaces, a->n_namespaces, b->namespaces, b->n_namespaces);
}

bool policy_put_account(struct policy *p, struct account *account)
{
    size_t i = account_place(p, account->name);
    const struct account *old = account_find(p, account->name);
    bool same = old != NULL && accounts_equal(old, account);

    if (old != NULL) {
        account_free(p->accounts[i]);
    } else {
        GROW(p->accounts, p->n_accounts, p->accounts_cap);
        memmove(&p->accounts[i + 1], &p->accounts[i],
                (p->n_accounts++ - i) * sizeof(*p->accounts));
    }
    p->accounts[i] = account;
    return !same;
}

bool policy_drop_account(struct policy *p, const char *name)
{
    size_t i = account_place(p, name);

    if (account_find(p, name) == NULL)
        return false;
    account_free(p->accounts[i]);
    memmove(&p->accounts[i], &p->accounts[i + 1],
            (--p->n_accounts - i) * sizeof(*p->accounts));
    return true;
}

/* ---- asking ---- */

const struct qos *policy_qos(const struct policy *p, const struct job *job)
{
    return qos_find(p, job->qos != NULL ? job->qos : QOS_NORMAL);
}

int64_t policy_largest_priority(const struct policy *p)
{
    int64_t largest = 0;

    for (size_t i = 0; i < p->n_qos; i++)
        largest = MAX(largest, p->qos[i]->priority);
    return largest;
}

static enum reason check_qos(const struct policy *p, const struct job *job,
                             struct str *message)
{
    if (job->qos == NULL || qos_find(p, job->qos) != NULL)
        return REASON_NONE;
    str_addf(message, "QOS %s does not exist", job->qos);
    if (p->n_qos == 0)
        str_add(message, "; there are none");
    for (size_t i = 0; i < p->n_qos; i++)
        str_addf(message, "%s%s", i == 0 ? "; there are: " : ", ", p->qos[i]->name);
    return REASON_INVALID_QOS;
}

static bool is_member(const struct account *account, const struct job *job)
{
    return (job->user != NULL &&
            names_have(account->users, account->n_users, job->user)) ||
           (job->ns != NULL &&
            names_have(account->namespaces, account->n_namespaces, job->ns));
}

static const char *who(const struct job *job)
{
    return job->user != NULL && job->user[0] != '\0' ? job->user
                                                     : "a job without a user";
}

/* The accounts that it could have; `ret_one` is one of them. */
static size_t count_accounts(const struct policy *p, const struct job *job,
                             const char **ret_one)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n_accounts; i++) {
        if (!is_member(p->accounts[i], job))
            continue;
        *ret_one = p->accounts[i]->name;
        n++;
    }
    return n;
}

const char *policy_account(const struct policy *p, const struct job *job)
{
    const char *one = NULL;

    if (job->account != NULL)
        return job->account;
    return count_accounts(p, job, &one) == 1 ? one : NULL;
}

/* Names them all, up to the ceiling of `message`. */
static enum reason check_only_account(const struct policy *p, const struct job *job,
                                      struct str *message)
{
    const char *one = NULL;
    size_t n = count_accounts(p, job, &one), said = 0;

    if (n == 1)
        return REASON_NONE;
    str_addf(message, "%s is a member of %s", who(job),
             n == 0 ? "no account" : "several accounts, and the job names none of: ");
    for (size_t i = 0; i < p->n_accounts; i++) {
        if (is_member(p->accounts[i], job))
            str_addf(message, "%s%s", said++ == 0 ? "" : ", ", p->accounts[i]->name);
    }
    return REASON_INVALID_ACCOUNT;
}

static enum reason check_account(const struct policy *p, const struct job *job,
                                 struct str *message)
{
    const struct account *account;

    if (p->n_accounts == 0)
        return REASON_NONE;
    if (job->account == NULL)
        return check_only_account(p, job, message);
    account = account_find(p, job->account);
    if (account != NULL && is_member(account, job))
        return REASON_NONE;
    if (account == NULL)
        str_addf(message, "account %s does not exist", job->account);
    else
        str_addf(message, "%s is not a member of account %s", who(job), job->account);
    return REASON_INVALID_ACCOUNT;
}

enum reason policy_check(const struct policy *p, const struct job *job,
                         struct str *message)
{
    enum reason reason = check_account(p, job, message);

    return reason != REASON_NONE ? reason : check_qos(p, job, message);
}

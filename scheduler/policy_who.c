/* Which account a job has, whether it may, and how it stands there. */
#include "scheduler/policy_private.h"

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

    return found != NULL ? account_parent(found) : NULL;
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

/* NULL: it takes longer to find, or nothing is known yet. */
static const struct spot *spot_of(const struct policy *p, const struct job *job)
{
    return p->stale || p->grown ? NULL : assocs_spot(&p->assocs, job);
}

const struct member *policy_member_at(const struct policy *p, const struct job *job,
                                      const char *partition, size_t *ret_account)
{
    const struct spot *spot = spot_of(p, job);

    if (p->stale || p->grown)
        return NULL;
    if (spot != NULL) {
        *ret_account = spot->account;
        return &p->accounts[spot->account]->members[spot->member - 1];
    }
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
    const struct spot *spot = spot_of(p, job);
    size_t i = ASSOC_NONE;
    const struct member *m;

    if (spot != NULL)
        return assocs_standing_at(&p->assocs, spot);
    m = policy_member_at(p, job, partition, &i);
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

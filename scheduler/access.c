#include "scheduler/access.h"

#include <string.h>

#include "base/util.h"

/* Is the account, or one above it, in the list? One that has more above it has a fault
 * (assoc.h). */
bool access_lists_account(const struct policy *p, char *const *names, size_t n,
                          const char *name)
{
    for (int depth = 0; name != NULL && depth <= FAIRTREE_DEPTH_MAX; depth++) {
        if (names_have(names, n, name))
            return true;
        name = policy_parent(p, name);
    }
    return false;
}

bool access_lists_group(char *const *names, size_t n, const struct job *job)
{
    for (size_t i = 0; i < job->n_groups; i++) {
        if (names_have(names, n, job->groups[i]))
            return true;
    }
    return false;
}

static void say_list(char *const *names, size_t n, struct str *message)
{
    for (size_t i = 0; i < n; i++)
        str_addf(message, "%s%s", i == 0 ? "" : ", ", names[i]);
}

static enum reason check_account(const struct policy *p, const struct job *job,
                                 const struct partition *part, struct str *message)
{
    const struct access *a = &part->access;
    const char *name = policy_account(p, job);

    if (a->n_allow_accounts > 0 &&
        !access_lists_account(p, a->allow_accounts, a->n_allow_accounts, name)) {
        str_addf(message,
                 "partition %s takes jobs of these accounts only: ", part->name);
        say_list(a->allow_accounts, a->n_allow_accounts, message);
        return REASON_ACCOUNT_NOT_ALLOWED;
    }
    if (a->n_allow_accounts == 0 && a->n_deny_accounts > 0 &&
        access_lists_account(p, a->deny_accounts, a->n_deny_accounts, name)) {
        str_addf(message, "partition %s takes no jobs of account %s", part->name, name);
        return REASON_ACCOUNT_NOT_ALLOWED;
    }
    return REASON_NONE;
}

static enum reason check_qos(const struct policy *p, const struct job *job,
                             const struct partition *part, struct str *message)
{
    const struct access *a = &part->access;
    const struct qos *qos = policy_qos(p, job);
    const char *name = qos != NULL ? qos->name : job_qos(job);

    if (a->n_allow_qos > 0 &&
        (name == NULL || !names_have(a->allow_qos, a->n_allow_qos, name))) {
        str_addf(message, "partition %s takes jobs of these QOS only: ", part->name);
        say_list(a->allow_qos, a->n_allow_qos, message);
        return REASON_QOS_NOT_ALLOWED;
    }
    if (a->n_allow_qos == 0 && a->n_deny_qos > 0 && name != NULL &&
        names_have(a->deny_qos, a->n_deny_qos, name)) {
        str_addf(message, "partition %s takes no jobs of QOS %s", part->name, name);
        return REASON_QOS_NOT_ALLOWED;
    }
    return REASON_NONE;
}

static enum reason check_namespace(const struct job *job, const struct partition *part,
                                   struct str *message)
{
    const struct access *a = &part->access;

    if (a->n_allow_namespaces == 0 ||
        (job->ns != NULL &&
         names_have(a->allow_namespaces, a->n_allow_namespaces, job->ns)))
        return REASON_NONE;
    str_addf(message, "partition %s takes jobs of these namespaces only: ", part->name);
    say_list(a->allow_namespaces, a->n_allow_namespaces, message);
    return REASON_PARTITION_CONFIG;
}

static enum reason check_denied(const struct job *job, const struct partition *part,
                                struct str *message)
{
    const struct access *a = &part->access;

    for (size_t i = 0; i < a->n_deny_groups; i++) {
        if (!names_have(job->groups, job->n_groups, a->deny_groups[i]))
            continue;
        str_addf(message, "partition %s takes no jobs of group %s", part->name,
                 a->deny_groups[i]);
        return REASON_PARTITION_CONFIG;
    }
    return REASON_NONE;
}

static enum reason check_submitter(const struct job *job, const struct partition *part,
                                   struct str *message)
{
    const struct access *a = &part->access;

    if (a->operators && !names_have(job->groups, job->n_groups, GROUP_OPERATORS)) {
        str_addf(message, "partition %s " ACCESS_OPERATORS, part->name);
        return REASON_PARTITION_CONFIG;
    }
    if (a->n_allow_groups == 0)
        return check_denied(job, part, message);
    if (access_lists_group(a->allow_groups, a->n_allow_groups, job))
        return REASON_NONE;
    str_addf(message, "partition %s takes jobs of these groups only: ", part->name);
    say_list(a->allow_groups, a->n_allow_groups, message);
    str_addf(message, "; %s " ACCESS_NO_GROUP,
             job_has_user(job) ? job->user : "who submitted it");
    if (job->n_groups == 1 && strcmp(job->groups[0], GROUP_OPERATORS) == 0)
        str_add(message, " (spec.groups names none)");
    return REASON_PARTITION_CONFIG;
}

static enum reason check_reservation(const struct job *job,
                                     const struct partition *part, struct str *message)
{
    if (!part->req_resv || job->n_reservations > 0)
        return REASON_NONE;
    str_addf(message, "partition %s takes jobs of a reservation only", part->name);
    return REASON_PARTITION_CONFIG;
}

enum reason access_check(const struct policy *p, const struct job *job,
                         const struct partition *part, struct str *message)
{
    enum reason reason = check_account(p, job, part, message);

    if (reason == REASON_NONE)
        reason = check_qos(p, job, part, message);
    if (reason == REASON_NONE)
        reason = check_namespace(job, part, message);
    if (reason == REASON_NONE)
        reason = check_submitter(job, part, message);
    if (reason == REASON_NONE)
        reason = check_reservation(job, part, message);
    return reason;
}

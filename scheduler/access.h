/*
 * access - which jobs a partition takes, by account, QOS, namespace, the groups of who
 * submitted it, and reservation.
 *
 * As slurm.conf's AllowAccounts, DenyAccounts, AllowQos and DenyQos: an account stands
 * for those below it, a deny list counts where its allow list is empty. A job without
 * the thing that an allow list names is not allowed. Groups are those that the API
 * server knew of who submitted (AllowGroups; a list of those denied is ours), who may
 * be an operator (RootOnly).
 */
#ifndef GANTRY_SCHEDULER_ACCESS_H
#define GANTRY_SCHEDULER_ACCESS_H

#include "base/str.h"
#include "scheduler/policy.h"

/* Sentences about who submitted end so. */
#define ACCESS_NO_GROUP "is in none of them"
#define ACCESS_OPERATORS "takes jobs of operators only"

/* REASON_NONE, or AccountNotAllowed, QOSNotAllowed, or for all else PartitionConfig,
 * with its sentence appended to `message`. */
enum reason access_check(const struct policy *p, const struct job *job,
                         const struct partition *part, struct str *message);

/* Is the account, or one above it, in the list, which is sorted? NULL: no. */
bool access_lists_account(const struct policy *p, char *const *names, size_t n,
                          const char *name);
/* Is one of the job's groups? */
bool access_lists_group(char *const *names, size_t n, const struct job *job);

#endif

/*
 * policy - QOS and accounts: which of them a job has, and whether it may have it.
 *
 * A job that names no QOS has `normal`, if there is one. One that names no account has
 * the only one that its user is a member of. With no account at all anyone may submit,
 * under any name (api.md).
 */
#ifndef GANTRY_SCHEDULER_POLICY_H
#define GANTRY_SCHEDULER_POLICY_H

#include <stdbool.h>

#include "base/str.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

#define QOS_NORMAL "normal"

/* Sorted by name. All zero: none. */
struct policy {
    struct qos **qos;
    size_t n_qos, qos_cap;
    struct account **accounts;
    size_t n_accounts, accounts_cap;
};

void policy_fini(struct policy *p);

/* Each takes its struct over; true if anything changed. */
bool policy_put_qos(struct policy *p, struct qos *qos);
bool policy_drop_qos(struct policy *p, const char *name);
bool policy_put_account(struct policy *p, struct account *account);
bool policy_drop_account(struct policy *p, const char *name);

/* NULL: none, or none of that name. */
const struct qos *policy_qos(const struct policy *p, const struct job *job);
/* The account that is charged: asked for, or the only one; NULL: none. Lent. */
const char *policy_account(const struct policy *p, const struct job *job);
/* REASON_NONE, or InvalidQOS or InvalidAccount with its sentence in `message`. */
enum reason policy_check(const struct policy *p, const struct job *job,
                         struct str *message);
int64_t policy_largest_priority(const struct policy *p); /* of all QOS */

#endif

/*
 * policy - QOS and accounts: which of them a job has, whether it may have it, and how
 * it stands there.
 *
 * A job that names no QOS has the default of its member, else that of its account or
 * of one above, if it may have that one; else the only one that it may have; else
 * `normal`, if there is one. One that names no account has the only one that its user
 * is a member of. With no account at all anyone may submit,
 * under any name (api.md). One that names several QOS has to be allowed each of them.
 *
 * What is asked about accounts is true after policy_settle, until the next change.
 */
#ifndef GANTRY_SCHEDULER_POLICY_H
#define GANTRY_SCHEDULER_POLICY_H

#include <stdbool.h>

#include "base/str.h"
#include "scheduler/assoc.h"
#include "scheduler/model.h"
#include "scheduler/reason.h"

#define QOS_NORMAL "normal"

/* Sorted by name. All zero: none. */
struct policy {
    struct qos **qos;
    size_t n_qos, qos_cap;
    struct account **accounts;
    size_t n_accounts, accounts_cap;
    struct assocs assocs;
    bool stale;         /* accounts are not those of `assocs` */
    bool grown;         /* members of accounts are not those of `assocs` */
    bool unranked;      /* usage is not that of the ranks */
    bool unsummed;      /* nor that of the sums; or: */
    bool recent_moved;  /* what is recent is not */
    bool open;          /* some of them, or of QOS, may be half charged: charge.h */
    int64_t ranked_sec; /* the time that ranks are of, and: */
    struct fair_rules rules;
};

void policy_fini(struct policy *p);

/* Each takes its struct over; true if anything changed. Each keeps the usage that it
 * had, unless it comes with usage of a later time; a member that has some, and is
 * gone, becomes a former one. */
bool policy_put_qos(struct policy *p, struct qos *qos);
bool policy_drop_qos(struct policy *p, const char *name);
bool policy_put_account(struct policy *p, struct account *account);
bool policy_drop_account(struct policy *p, const char *name);
/* NULL: there is none of that name. */
const struct account *policy_find_account(const struct policy *p, const char *name);
struct qos *policy_find_qos(const struct policy *p, const char *name);

/* Finds who may charge which account anew, if an account has changed since: then true,
 * and nobody has a rank until policy_rank. */
bool policy_settle(struct policy *p);
/* Ranks members by usage at a time, if it is another than that of the last ranks, or
 * usage or rules have changed since. True: somebody has another rank than before. */
bool policy_rank(struct policy *p, const struct fair_rules *rules, int64_t at_sec);
/* Sums up what has been used of accounts at a time, where limits need it, if it is not
 * summed up. */
void policy_sum(struct policy *p, int64_t half_life_sec, int64_t at_sec);
/* Who pays for a job where it runs: a member, and where that is gone a former one, made
 * if need be (and then it is to be settled anew). False: there is no such account. */
bool policy_charged(struct policy *p, const struct job *job, size_t *ret_account,
                    struct member **ret_member);

/* The QOS that pay for a job, in a partition (NULL: in none): its own, and the
 * partition's, if that is another one. */
size_t policy_charged_qos(const struct policy *p, const struct job *job,
                          const struct partition *part, struct qos *ret[2]);

/* Of the QOS that a job names, which is tried as the rank-th: they are by priority, the
 * highest first, and those of the same as they are named. 0 where it names but one. */
size_t policy_qos_ranked(const struct policy *p, const struct job *job, size_t rank);
/* NULL: none, or none of that name. */
const struct qos *policy_qos(const struct policy *p, const struct job *job);
/* Of all jobs of a partition; NULL: none, or none of that name. */
const struct qos *policy_part_qos(const struct policy *p, const struct partition *part);
/* The account that is charged: asked for, or the only one; NULL: none. Lent. */
const char *policy_account(const struct policy *p, const struct job *job);
/* The account above one; NULL: it is the root, or none of that name. Lent. */
const char *policy_parent(const struct policy *p, const char *account);
/* REASON_NONE, or InvalidQOS or InvalidAccount with its sentence in `message`. */
enum reason policy_check(const struct policy *p, const struct job *job,
                         struct str *message);
/* Likewise InvalidAccount where its user is a member in other partitions only, and
 * InvalidQOS where the partition's own does not exist. */
enum reason policy_check_partition(const struct policy *p, const struct job *job,
                                   const struct partition *part, struct str *message);
/* QOSUsageThreshold where its QOS enforces a usage threshold that its fair share in the
 * partition is below. */
enum reason policy_check_threshold(const struct policy *p, const struct job *job,
                                   const struct partition *part, struct str *message);
/* The member that a job in a partition (NULL: any) is charged to; NULL: none. */
const struct member *policy_member(const struct policy *p, const struct job *job,
                                   const char *partition);
/* Likewise, with the index of its account. */
const struct member *policy_member_at(const struct policy *p, const struct job *job,
                                      const char *partition, size_t *ret_account);
/* How that one stands. */
struct standing policy_standing(const struct policy *p, const struct job *job,
                                const char *partition);
int64_t policy_largest_priority(const struct policy *p); /* of all QOS; likewise: */
int64_t policy_longest_grace(const struct policy *p);

#endif

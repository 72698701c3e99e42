/*
 * shares - the tree of accounts with shares and usage, as the scheduling core ranks it:
 * what sshare shows.
 *
 * All Accounts are read; what was used stands in their status, with the rules that the
 * controller finds fair shares by (crds/convert.h). Usage fades from then on: figures
 * are those of now, but for what running jobs have used since the last period's end.
 */
#ifndef GANTRY_CLI_SHARES_H
#define GANTRY_CLI_SHARES_H

#include "cmd/gantry/api.h"
#include "cmd/gantry/jobrow.h"
#include "scheduler/assoc.h"

/* Minutes that running jobs have left, times what they hold. */
struct run_minutes {
    int64_t cpu, mem_mib, node, gpu;
};

/* An account, or a member of it. */
struct share_row {
    const struct shares *of;
    const struct account *account; /* NULL: the root, without an object of its own */
    const struct member *member;   /* NULL: the account itself */
    size_t node;                   /* of the fair tree */
    struct run_minutes left;       /* of it and all below */
};

struct shares {
    struct account **accounts; /* sorted by name */
    size_t n_accounts;
    struct assocs assocs;
    struct fair_rules rules;
    struct share_row *rows; /* depth first: an account, its members, those below it */
    size_t n;
    size_t *at; /* rows, by nodes of the tree */
};
#define SHARES_AUTO __attribute__((cleanup(shares_fini)))

/* Accounts that are not in the tree have no row, and a line says why. */
int shares_fetch(struct shares *ret, struct api *c, struct err *err);
/* A running job of an account that is there. */
void shares_add_job(struct shares *s, const struct jobrow *job, int64_t now_sec);
void shares_fini(struct shares *s); /* all zero is fine */

/* The row of the account above; NULL: it is the root's. */
const struct share_row *share_row_parent(const struct share_row *row);
const struct fairnode *share_row_node(const struct share_row *row);
/* The name of its account. */
const char *share_row_account(const struct share_row *row);
/* Of a member: its user; a namespace, and behind it a slash and a star, stands for all
 * who submit in it. */
void share_row_user(const struct share_row *row, struct str *out);

/* Figures as the rules in force have them. False: it has none. */
bool share_row_norm_shares(const struct share_row *row, double *ret);
bool share_row_norm_usage(const struct share_row *row, double *ret);
bool share_row_effective(const struct share_row *row, double *ret);
bool share_row_fair_share(const struct share_row *row, double *ret);
bool share_row_level(const struct share_row *row, double *ret); /* may be infinite */
/* Its i-th limit on minutes that a group may use, in minutes of *ret_limit's TRES, of
 * memory in MiB. False: it has none after the one before. */
bool share_row_minutes_limit(const struct share_row *row, size_t *i,
                             const struct limit **ret_limit, int64_t *ret_minutes);

#endif

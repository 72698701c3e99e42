/*
 * assoc - Slurm's associations: who may charge which account, and how they stand.
 *
 * Made from all accounts (model.h, sorted by name); to be made anew whenever one of
 * them has changed, and ranked anew whenever time has made usage fade. Indices of
 * accounts are those of that list, and all pointers into it are lent.
 *
 * An account is in the tree when its parents lead to the root. Where they do not (there
 * is no such parent, it is among its own parents, the tree is too deep) it has a fault:
 * its jobs wait, and so do those of all accounts below; usage stays.
 */
#ifndef GANTRY_SCHEDULER_ASSOC_H
#define GANTRY_SCHEDULER_ASSOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/fairclassic.h"
#include "scheduler/fairtree.h"
#include "scheduler/model.h"

#define ASSOC_NONE SIZE_MAX

enum assoc_fault { ASSOC_SOUND, ASSOC_NO_PARENT, ASSOC_LOOP, ASSOC_TOO_DEEP };

/* Of an account. */
struct place {
    enum assoc_fault fault;
    size_t fault_at;         /* the account that has it: this one, or one above */
    size_t parent;           /* ASSOC_NONE: the root, or none that has an object */
    size_t depth;            /* of the root: 0 */
    size_t node;             /* of the fair tree */
    size_t first;            /* its first member's in assocs.nodes */
    int64_t priority;        /* its own, or that of one above; likewise: */
    const char *default_qos; /* NULL: none says */
    const struct qos_choice *allows; /* those allowed; none: all are */
};

/* One account that somebody is a member of. */
struct membership {
    const char *name; /* of a user, or of a namespace */
    bool ns;
    size_t account;
};

/* A user who is one member of an account alone, by the hash of both names; with all
 * that his standing takes in one place: what is asked for each of 100,000 jobs is in no
 * cache, and one fetch after the other takes most of the time (member and node looked
 * up apart: half as long again, and twice where others use the caches). */
struct spot {
    uint32_t hash;
    uint32_t account;
    uint32_t member;  /* from 1 on; 0: nothing here */
    uint32_t node;    /* as in assocs.nodes */
    const char *user; /* lent */
    int64_t priority; /* as it stands */
};

struct assocs {
    struct account *const *accounts;
    struct place *places; /* one each */
    size_t n;
    struct membership *memberships; /* sorted by ns, name, account; each once */
    size_t n_memberships, cap;
    struct spot *spots; /* open addressing, a power of two of them; NULL: none */
    size_t n_spots;
    size_t *nodes; /* of all members; FAIRTREE_ROOT: in no tree */
    struct fairtree tree;
    int64_t largest_priority;
    bool choosing; /* somebody says which QOS jobs may have */
    bool summing; /* an account has a limit on what is used of it and of those below: */
    struct usage *sums; /* of each, at a time; NULL: not summed up */
    size_t n_sums;
};

/* How fair shares are found. */
struct fair_rules {
    int64_t half_life_sec;      /* of usage */
    bool classic;               /* by fairclassic.h, not by rank in the fair tree */
    struct fairclassic factors; /* then */
};

/* How a member stands: rank r of n in the fair tree, or a factor r of n. */
struct standing {
    int64_t fair_rank, fair_of; /* 0 of 0: not in the tree */
    int64_t priority;
};

void assocs_fini(struct assocs *a);
/* By name, as they are to be for the next. */
void accounts_sort(struct account **accounts, size_t n);
/* Without ranks. */
void assocs_make(struct assocs *a, struct account *const *accounts, size_t n);
/* By usage as it is at a time. True if somebody has another rank than before. */
bool assocs_rank(struct assocs *a, const struct fair_rules *rules, int64_t at_sec);

/* Sums up what has been used, as it is at a time; or what is recent alone. */
void assocs_sum(struct assocs *a, int64_t half_life_sec, int64_t at_sec);
void assocs_sum_recent(struct assocs *a);

/* ASSOC_NONE: there is no such account. */
size_t assocs_find(const struct assocs *a, const char *account);
/* The member of an account that a job is charged to in a partition: the user before the
 * namespace, that partition before all; NULL: none. `partition` NULL: in whichever. */
const struct member *assocs_member(const struct assocs *a, size_t account,
                                   const struct job *job, const char *partition);
/* The same in a moment, for most jobs that name an account: NULL where it takes longer
 * to find. */
const struct spot *assocs_spot(const struct assocs *a, const struct job *job);
/* How many accounts the job could be charged to; `*ret_one` is one of them. */
size_t assocs_of(const struct assocs *a, const struct job *job, size_t *ret_one);
struct standing assocs_standing(const struct assocs *a, size_t account,
                                const struct member *member);
struct standing assocs_standing_at(const struct assocs *a, const struct spot *spot);
/* One sentence of an account that has a fault. */
void assocs_say_fault(const struct assocs *a, size_t account, struct str *out);

#endif

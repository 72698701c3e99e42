/*
 * limits - what a QOS or an account allows: Slurm's limits, one row of a table each.
 *
 * A limit is of a kind (whose jobs are counted, and how) and, where its row says so, of
 * a TRES. It says how much is allowed at most; LIMIT_MIN_TRES_PER_JOB alone how much at
 * least. Amounts are in the model's units: thousandths of CPUs, bytes, else counts; the
 * minutes of Slurm's names are seconds here, of a TRES as of wall time.
 *
 * The order of kinds is that in which Slurm looks at them, in each QOS and account that
 * a job is of: the first that it breaks is why it waits.
 */
#ifndef GANTRY_SCHEDULER_LIMITS_H
#define GANTRY_SCHEDULER_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/tres.h"

enum limit_kind {
    LIMIT_GRP_JOBS,
    LIMIT_GRP_WALL,
    LIMIT_MAX_JOBS_PER_ACCOUNT,
    LIMIT_MAX_JOBS_PER_USER,
    LIMIT_MAX_JOBS,
    LIMIT_MAX_WALL,
    LIMIT_COUNTS, /* those before are looked at before nodes are */

    LIMIT_GRP_TRES_MINS = LIMIT_COUNTS,
    LIMIT_GRP_TRES,
    LIMIT_GRP_TRES_RUN_MINS,
    LIMIT_MAX_TRES_MINS_PER_JOB,
    LIMIT_MAX_TRES_PER_JOB,
    LIMIT_MAX_TRES_PER_NODE,
    LIMIT_MIN_TRES_PER_JOB,
    LIMIT_MAX_TRES_PER_ACCOUNT,
    LIMIT_MAX_TRES_PER_USER,
    LIMIT_MAX_TRES_RUN_MINS_PER_ACCOUNT,
    LIMIT_MAX_TRES_RUN_MINS_PER_USER,
    LIMIT_SUBMITS, /* those from here on are looked at when a job is new */

    LIMIT_GRP_SUBMIT_JOBS = LIMIT_SUBMITS,
    LIMIT_MAX_SUBMIT_JOBS_PER_ACCOUNT,
    LIMIT_MAX_SUBMIT_JOBS_PER_USER,
    LIMIT_MAX_SUBMIT_JOBS,
    LIMIT_ASIDE, /* those from here on keep no job from starting */

    LIMIT_MIN_PRIO_THRESHOLD = LIMIT_ASIDE,
    LIMIT_ACCRUALS, /* those from here on keep it from gaining age: accrue.h */

    LIMIT_GRP_JOBS_ACCRUE = LIMIT_ACCRUALS,
    LIMIT_MAX_JOBS_ACCRUE_PER_ACCOUNT,
    LIMIT_MAX_JOBS_ACCRUE_PER_USER,
    LIMIT_MAX_JOBS_ACCRUE,
    LIMIT_KINDS
};

/* Who may have such a limit. */
#define LIMIT_OF_QOS 1
#define LIMIT_OF_ACCOUNT 2

/* Whose jobs are counted together. */
enum limit_whose {
    WHOSE_ALL,     /* all of the QOS, or of the account and those below */
    WHOSE_USER,    /* those of one user in the QOS */
    WHOSE_ACCOUNT, /* those of one account in the QOS */
    WHOSE_MEMBER,  /* those of the member; where it has no such limit its account's */
    WHOSE_JOB,     /* each alone; of members likewise */
};

/* What of them is counted. */
enum limit_what {
    WHAT_JOBS,
    WHAT_SUBMITTED, /* jobs that wait, or run */
    WHAT_PRIORITY,  /* of less nobody is kept room for */
    WHAT_ACCRUING,  /* jobs that wait and gain age */
    WHAT_WALL,      /* the time limit */
    WHAT_WALL_USED, /* the time that jobs have run: used.h */
    WHAT_HELD,      /* a TRES */
    WHAT_PER_NODE,  /* on one node */
    WHAT_LEFT,      /* a TRES for as long as the time limit still lets them hold it */
    WHAT_USED,      /* a TRES for as long as they have held it: used.h */
};

struct limit_row {
    const char *name; /* in the API */
    int of;           /* LIMIT_OF_* */
    enum limit_whose whose;
    enum limit_what what;
    bool least; /* and not most */
    /* Slurm's reasons, of a QOS and of an account. Jobs and time: the first. Those
     * aside have none. */
    const char *words[2][TRES_KINDS];
};

extern const struct limit_row limit_rows[LIMIT_KINDS];

struct limit {
    enum limit_kind kind;
    enum tres tres;
    char *type; /* of GPUs; NULL: any. Of licences and devices: their name */
    int64_t amount;
    int64_t percent; /* of a TRES in a relative QOS: `amount` follows (relative.h) */
};

/* Sorted; all zero: none. */
struct limits {
    struct limit *items;
    size_t n;
};

void limits_fini(struct limits *l);
struct limits limits_copy(const struct limits *l);
bool limits_equal(const struct limits *a, const struct limits *b);
/* Sets one; `type` NULL or copied. */
void limits_set(struct limits *l, enum limit_kind kind, enum tres tres,
                const char *type, int64_t amount);
/* Likewise one of a TRES in percent, of which nothing is known to be there yet. */
void limits_set_percent(struct limits *l, enum limit_kind kind, enum tres tres,
                        const char *type, int64_t percent);
/* NULL: there is none. */
const struct limit *limits_find(const struct limits *l, enum limit_kind kind,
                                enum tres tres, const char *type);

/* Is it on jobs that are in the queue at all? */
bool limit_is_on_submits(enum limit_kind kind);
/* Is it on what has been used? */
bool limit_is_of_usage(enum limit_kind kind);
/* Is it of a TRES over time, for as long as jobs may still hold it as well? */
bool limit_counts_left(enum limit_kind kind);
/* Is it on time, of a TRES or not: on what has been used, or is left? */
bool limit_is_over_time(enum limit_kind kind);
/* Is it of a TRES? */
bool limit_has_tres(enum limit_kind kind);
/* Is it on how many nodes are held? One that several jobs use counts once. */
bool limit_is_on_nodes(const struct limit *limit);
/* Does one of such a kind, of a place before, stand for those of the other kind in all
 * places behind? Those of all jobs of accounts stand beside each other. */
bool limit_masks(enum limit_kind before, enum limit_kind kind);

#endif

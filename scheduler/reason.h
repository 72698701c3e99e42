/*
 * reason - why a job is pending: Slurm's words, one table.
 *
 * The same word stands in status, event, squeue and web page. Class: whether the wait
 * ends by itself (api.md: status.pending.class).
 */
#ifndef GANTRY_SCHEDULER_REASON_H
#define GANTRY_SCHEDULER_REASON_H

#include <stdbool.h>

#include "scheduler/limits.h"

enum wait_class {
    WAIT_NEVER,       /* can never start as it is */
    WAIT_NOT_ALLOWED, /* not allowed yet: held, begin time, limits */
    WAIT_NOT_FREE,    /* allowed, but the nodes are not free */
};

enum reason {
    REASON_NONE,
    REASON_PRIORITY,
    REASON_RESOURCES,
    REASON_DEPENDENCY,
    REASON_DEPENDENCY_NEVER, /* what it depends on has ended otherwise */
    REASON_BEGIN_TIME,
    REASON_JOB_HELD_USER,
    REASON_JOB_HELD_ADMIN,
    REASON_PARTITION_DOWN,
    REASON_PARTITION_INACTIVE,
    REASON_PARTITION_NODE_LIMIT,
    REASON_PARTITION_TIME_LIMIT,
    REASON_MAX_MEM_PER_LIMIT,
    REASON_PARTITION_CONFIG, /* also: no such partition */
    REASON_REQ_NODE_NOT_AVAIL,
    REASON_BAD_CONSTRAINTS, /* no set of nodes of the cluster could ever hold it */
    REASON_CONSTRAINTS,     /* not satisfiable at present: nodes down or drained */
    REASON_CLEANING,
    REASON_RESERVATION, /* it has not begun, or its nodes are busy */
    REASON_RESERVATION_DELETED,
    REASON_LICENSES,        /* not enough of them are free */
    REASON_DEADLINE,        /* it cannot be over by its deadline any more */
    REASON_INVALID_ACCOUNT, /* no such account, or not a member */
    REASON_INVALID_QOS,
    REASON_ACCOUNT_NOT_ALLOWED, /* in that partition */
    REASON_QOS_NOT_ALLOWED,
    REASON_QOS_USAGE_THRESHOLD,  /* its fair share is too low */
    REASON_JOB_ARRAY_TASK_LIMIT, /* as many of its tasks as may be are under way */
    REASON_LIMITS,               /* from here on those of limits: reason_of_limit */
};

/* Of a limit of a QOS or of an account. */
enum reason reason_of_limit(enum limit_kind kind, enum tres tres, bool of_account);
/* The same of who would be over it alone: of the same word, but of class Never. */
enum reason reason_alone(enum reason of_limit);

const char *reason_word(enum reason r); /* "Resources" */
/* The reason of a word, of a limit as if others might make room; REASON_NONE for one
 * that is not in the table. */
enum reason reason_parse(const char *word);
enum wait_class reason_class(enum reason r);
const char *wait_class_word(enum wait_class c); /* "Never", "NotAllowed", "NotFree" */

#endif

#include "scheduler/reason.h"

#include "base/util.h"

#include <string.h>

#include <stddef.h>

struct reason_row {
    const char *word;
    enum wait_class class_;
};

static const struct reason_row reasons[] = {
    [REASON_NONE] = {"None", WAIT_NOT_FREE},
    [REASON_PRIORITY] = {"Priority", WAIT_NOT_FREE},
    [REASON_RESOURCES] = {"Resources", WAIT_NOT_FREE},
    [REASON_DEPENDENCY] = {"Dependency", WAIT_NOT_ALLOWED},
    [REASON_DEPENDENCY_NEVER] = {"DependencyNeverSatisfied", WAIT_NEVER},
    [REASON_BEGIN_TIME] = {"BeginTime", WAIT_NOT_ALLOWED},
    [REASON_JOB_HELD_USER] = {"JobHeldUser", WAIT_NOT_ALLOWED},
    [REASON_JOB_HELD_ADMIN] = {"JobHeldAdmin", WAIT_NOT_ALLOWED},
    [REASON_PARTITION_DOWN] = {"PartitionDown", WAIT_NOT_ALLOWED},
    [REASON_PARTITION_INACTIVE] = {"PartitionInactive", WAIT_NOT_ALLOWED},
    [REASON_PARTITION_NODE_LIMIT] = {"PartitionNodeLimit", WAIT_NEVER},
    [REASON_PARTITION_TIME_LIMIT] = {"PartitionTimeLimit", WAIT_NEVER},
    [REASON_MAX_MEM_PER_LIMIT] = {"MaxMemPerLimit", WAIT_NEVER},
    [REASON_PARTITION_CONFIG] = {"PartitionConfig", WAIT_NEVER},
    [REASON_REQ_NODE_NOT_AVAIL] = {"ReqNodeNotAvail", WAIT_NOT_FREE},
    [REASON_BAD_CONSTRAINTS] = {"BadConstraints", WAIT_NEVER},
    [REASON_CONSTRAINTS] = {"Constraints", WAIT_NOT_FREE},
    [REASON_INVALID_ACCOUNT] = {"InvalidAccount", WAIT_NEVER},
    [REASON_ACCOUNT_NOT_ALLOWED] = {"AccountNotAllowed", WAIT_NEVER},
    [REASON_QOS_NOT_ALLOWED] = {"QOSNotAllowed", WAIT_NEVER},
    [REASON_INVALID_QOS] = {"InvalidQOS", WAIT_NEVER},
    [REASON_QOS_USAGE_THRESHOLD] = {"QOSUsageThreshold", WAIT_NOT_ALLOWED},
    [REASON_DEADLINE] = {"DeadLine", WAIT_NEVER},
    [REASON_RESERVATION] = {"Reservation", WAIT_NOT_ALLOWED},
    [REASON_RESERVATION_DELETED] = {"ReservationDeleted", WAIT_NOT_ALLOWED},
    [REASON_LICENSES] = {"Licenses", WAIT_NOT_FREE},
    [REASON_CLEANING] = {"Cleaning", WAIT_NOT_ALLOWED},
    [REASON_JOB_ARRAY_TASK_LIMIT] = {"JobArrayTaskLimit", WAIT_NOT_ALLOWED},
};

static const char *const wait_classes[] = {
    [WAIT_NEVER] = "Never",
    [WAIT_NOT_ALLOWED] = "NotAllowed",
    [WAIT_NOT_FREE] = "NotFree",
};

/* ---- limits ---- */

#define OF_LIMITS (2 * LIMIT_KINDS * TRES_KINDS)

enum reason reason_of_limit(enum limit_kind kind, enum tres tres, bool of_account)
{
    int i = ((int)of_account * LIMIT_KINDS + (int)kind) * TRES_KINDS + (int)tres;

    return (enum reason)(REASON_LIMITS + i);
}

enum reason reason_alone(enum reason of_limit)
{
    return (enum reason)(of_limit + OF_LIMITS);
}

static bool is_alone(enum reason r)
{
    return (int)r >= REASON_LIMITS + OF_LIMITS;
}

static const struct limit_row *row_of(enum reason r, const char **ret_word)
{
    int i = ((int)r - REASON_LIMITS) % OF_LIMITS, kind = i / TRES_KINDS % LIMIT_KINDS;

    *ret_word = limit_rows[kind].words[i / TRES_KINDS / LIMIT_KINDS][i % TRES_KINDS];
    return &limit_rows[kind];
}

/* ---- all of them ---- */

const char *reason_word(enum reason r)
{
    const char *word;

    if (r < REASON_LIMITS)
        return reasons[r].word;
    row_of(r, &word);
    return word;
}

enum reason reason_parse(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
        if (strcmp(reasons[i].word, word) == 0)
            return (enum reason)i;
    for (int i = 0; i < OF_LIMITS; i++) {
        const char *of_limit = reason_word((enum reason)(REASON_LIMITS + i));

        if (of_limit != NULL && strcmp(of_limit, word) == 0)
            return (enum reason)(REASON_LIMITS + i);
    }
    return REASON_NONE;
}

enum wait_class reason_class(enum reason r)
{
    const char *word;

    if (r < REASON_LIMITS)
        return reasons[r].class_;
    return is_alone(r) || row_of(r, &word)->whose == WHOSE_JOB ? WAIT_NEVER
                                                               : WAIT_NOT_ALLOWED;
}

const char *wait_class_word(enum wait_class c)
{
    return wait_classes[c];
}

#include "crds/jobstate.h"

#include <string.h>

#include "base/util.h"

#define BACKOFF_FIRST_SEC 10
#define BACKOFF_DOUBLINGS 5
#define BACKOFF_MAX_SEC 300

static const char *const words[JOB_STATES] = {
    [JOB_STATE_NONE] = "",
    [JOB_STATE_PENDING] = "PENDING",
    [JOB_STATE_CONFIGURING] = "CONFIGURING",
    [JOB_STATE_RUNNING] = "RUNNING",
    [JOB_STATE_COMPLETING] = "COMPLETING",
    [JOB_STATE_COMPLETED] = "COMPLETED",
    [JOB_STATE_CANCELLED] = "CANCELLED",
    [JOB_STATE_FAILED] = "FAILED",
    [JOB_STATE_TIMEOUT] = "TIMEOUT",
    [JOB_STATE_NODE_FAIL] = "NODE_FAIL",
    [JOB_STATE_DEADLINE] = "DEADLINE",
    [JOB_STATE_OUT_OF_MEMORY] = "OUT_OF_MEMORY",
    [JOB_STATE_PREEMPTED] = "PREEMPTED",
};

const char *job_state_word(enum job_state s)
{
    return words[s];
}

int job_state_parse(const char *word, enum job_state *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], word ? word : "") != 0)
            continue;
        *ret = (enum job_state)i;
        return 0;
    }
    return -1;
}

bool job_state_is_final(enum job_state s)
{
    return s >= JOB_STATE_COMPLETED;
}

bool job_state_is_active(enum job_state s)
{
    return s >= JOB_STATE_CONFIGURING && s <= JOB_STATE_COMPLETING;
}

int64_t job_backoff_sec(int64_t restarts)
{
    return MIN((int64_t)BACKOFF_FIRST_SEC << MIN(restarts, BACKOFF_DOUBLINGS),
               BACKOFF_MAX_SEC);
}

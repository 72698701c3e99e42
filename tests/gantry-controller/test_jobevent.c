#include "cmd/gantry-controller/jobevent.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* A status, as far as events depend on it. */
struct brief {
    enum job_state state;
    const char *reason, *message;
    int64_t attempt, restarts;
    const char *refusal, *refusal_reason;
    int exit_code, exit_signal; /* of those that have ended */
    int64_t start_sec, end_sec; /* 0: unset */
    int64_t preempted_by;
    bool requeue;
};

#define WAITS                                     \
    {                                             \
        .state = JOB_STATE_PENDING, "Priority", 0 \
    }
#define RUNS                                                     \
    {                                                            \
        .state = JOB_STATE_RUNNING, .attempt = 1, .start_sec = 1 \
    }

/* All are of job 7 on n1 and n2 in partition main, where they have nodes at all. */
static const struct {
    const char *what;
    struct brief was, is;
    const char *told; /* "Type Reason Action: note"; NULL: nothing */
} rows[] = {
    {"queued", {.state = JOB_STATE_NONE}, WAITS, NULL},
    {"waits for something else",
     WAITS,
     {.state = JOB_STATE_PENDING, .reason = "QOSMaxJobsPerUserLimit"},
     NULL},
    {"starts", WAITS, RUNS,
     "Normal Started Starting: job 7 runs in partition main, on n[1-2]"},
    {"starts again",
     WAITS,
     {.state = JOB_STATE_RUNNING, .attempt = 3},
     "Normal Started Starting: job 7 runs in partition main, attempt 3, on n[1-2]"},
    {"runs on", RUNS, RUNS, NULL},
    {"is being started", WAITS, {.state = JOB_STATE_CONFIGURING, .attempt = 1}, NULL},
    {"completes",
     RUNS,
     {.state = JOB_STATE_COMPLETED, .start_sec = 1, .end_sec = 61},
     "Normal Completed Ending: COMPLETED after 00:01:00, exit code 0:0"},
    {"completes before it was seen to run",
     WAITS,
     {.state = JOB_STATE_COMPLETED, .start_sec = 60, .end_sec = 60},
     "Normal Completed Ending: COMPLETED after 00:00:00, exit code 0:0"},
    {"fails",
     RUNS,
     {.state = JOB_STATE_FAILED,
      .reason = "NonZeroExitCode",
      .exit_code = 3,
      .start_sec = 1,
      .end_sec = 3601},
     "Warning NonZeroExitCode Ending: FAILED after 01:00:00, exit code 3:0: "
     "NonZeroExitCode"},
    {"is killed",
     RUNS,
     {.state = JOB_STATE_FAILED,
      .reason = "RaisedSignal:9(Killed)",
      .message = "rank 1 ended first, with 0:9",
      .exit_signal = 9,
      .start_sec = 1,
      .end_sec = 2},
     "Warning RaisedSignal Ending: FAILED after 00:00:01, exit code 0:9: "
     "RaisedSignal:9(Killed): rank 1 ended first, with 0:9"},
    {"has no time left",
     {.state = JOB_STATE_COMPLETING, .reason = "TimeLimit"},
     {.state = JOB_STATE_TIMEOUT,
      .reason = "TimeLimit",
      .exit_code = -1,
      .start_sec = 1,
      .end_sec = 61},
     "Warning TimeLimit Ending: TIMEOUT after 00:01:00: TimeLimit"},
    {"is cancelled before it runs",
     WAITS,
     {.state = JOB_STATE_CANCELLED, .exit_code = -1, .end_sec = 5},
     "Normal Cancelled Ending: CANCELLED before it ran"},
    {"has ended before",
     {.state = JOB_STATE_FAILED},
     {.state = JOB_STATE_FAILED},
     NULL},
    {"is to end for another, and come back",
     RUNS,
     {.state = JOB_STATE_COMPLETING,
      .reason = "Preempted",
      .preempted_by = 9,
      .requeue = true},
     "Normal Preempted Preempting: ends for job 9, goes back to the queue if it may"},
    {"is to end for another",
     RUNS,
     {.state = JOB_STATE_COMPLETING, .reason = "Preempted", .preempted_by = 9},
     "Normal Preempted Preempting: ends for job 9, for good"},
    {"is to end otherwise",
     RUNS,
     {.state = JOB_STATE_COMPLETING, .reason = "TimeLimit"},
     NULL},
    {"goes back, asked to",
     {.state = JOB_STATE_COMPLETING, .reason = "Requeued"},
     {.state = JOB_STATE_PENDING, .reason = "Requeued", .restarts = 1},
     "Normal Requeued Requeueing: back in the queue, restart 1: Requeued"},
    {"goes back, long after its end",
     {.state = JOB_STATE_FAILED, .reason = "NonZeroExitCode", .restarts = 1},
     {.state = JOB_STATE_PENDING, .restarts = 2},
     "Normal Requeued Requeueing: back in the queue, restart 2"},
    {"its node is lost",
     RUNS,
     {.state = JOB_STATE_PENDING,
      .reason = "NodeDown",
      .message = "rank 0 was lost on node n1",
      .restarts = 1},
     "Warning Requeued Requeueing: back in the queue, restart 1: NodeDown: rank 0 was "
     "lost on node n1"},
    {"cannot be started",
     {.state = JOB_STATE_COMPLETING,
      .reason = "JobLaunchFailure",
      .message = "exceeded quota"},
     {.state = JOB_STATE_PENDING,
      .reason = "JobLaunchFailure",
      .message = "exceeded quota",
      .restarts = 1},
     "Warning Requeued Requeueing: back in the queue, restart 1: JobLaunchFailure: "
     "exceeded quota"},
    {"is not taken in",
     {.state = JOB_STATE_NONE},
     {.state = JOB_STATE_PENDING,
      .reason = "PartitionInactive",
      .message = "main is in state DRAIN",
      .refusal = "main is in state DRAIN",
      .refusal_reason = "PartitionInactive"},
     "Warning PartitionInactive Queueing: main is in state DRAIN"},
    {"still is not",
     {.state = JOB_STATE_PENDING,
      .refusal = "main is in state DRAIN",
      .refusal_reason = "PartitionInactive"},
     {.state = JOB_STATE_PENDING,
      .refusal = "main is in state INACTIVE",
      .refusal_reason = "PartitionInactive"},
     NULL},
    {"can never start",
     WAITS,
     {.state = JOB_STATE_PENDING,
      .reason = "BadConstraints",
      .message = "no node has 9 GPUs"},
     "Warning BadConstraints Queueing: no node has 9 GPUs"},
    {"still cannot",
     {.state = JOB_STATE_PENDING, .reason = "BadConstraints", .message = "this"},
     {.state = JOB_STATE_PENDING, .reason = "BadConstraints", .message = "that"},
     NULL},
    {"can after all",
     {.state = JOB_STATE_PENDING, .reason = "BadConstraints"},
     WAITS,
     NULL},
    {"waits for a word that we do not know",
     WAITS,
     {.state = JOB_STATE_PENDING, .reason = "Weather"},
     NULL},
};

static void status_of(const struct brief *b, struct jstatus *ret)
{
    jstatus_init(ret);
    ret->job_id = 7;
    ret->state = b->state;
    text_set(&ret->reason, b->reason);
    text_set(&ret->message, b->message);
    text_set(&ret->refusal, b->refusal);
    text_set(&ret->refusal_reason, b->refusal_reason);
    ret->attempt = b->attempt;
    ret->restarts = b->restarts;
    ret->start_sec = b->start_sec ? b->start_sec : TIME_UNSET;
    ret->end_sec = b->end_sec ? b->end_sec : TIME_UNSET;
    ret->exit_code = job_state_is_final(b->state) ? b->exit_code : -1;
    ret->exit_signal = b->exit_signal;
    ret->preempted.by = b->preempted_by;
    ret->preempted.requeue = b->requeue;
    text_set(&ret->partition, "main");
    if (!job_state_is_active(b->state))
        return;
    const struct slot slots[] = {{.node = "n1", .pods = 1}, {.node = "n2", .pods = 1}};
    ret->placement = slots_new(slots, ARRAY_LEN(slots));
    ret->n_placement = ARRAY_LEN(slots);
}

START_TEST(test_told)
{
    struct jstatus was, is;
    struct jobevent e;
    AUTO_FREE char *told = NULL;
    status_of(&rows[_i].was, &was);
    status_of(&rows[_i].is, &is);
    if (jobevent_of(&was, &is, &e)) {
        told = xasprintf("%s %s %s: %s", e.warns ? "Warning" : "Normal", e.reason,
                         e.action, e.note);
        jobevent_fini(&e);
    }
    ck_assert_msg(str_eq(told, rows[_i].told), "%s: %s", rows[_i].what, told);
    jstatus_fini(&was);
    jstatus_fini(&is);
}
END_TEST

/* What a server would not take is cut. */
START_TEST(test_long)
{
    char message[2 * JOBEVENT_NOTE_MAX];
    struct jstatus was, is;
    struct jobevent e;
    memset(message, 'x', sizeof(message) - 1);
    message[sizeof(message) - 1] = '\0';
    status_of(&(struct brief)WAITS, &was);
    status_of(&(struct brief){.state = JOB_STATE_PENDING,
                              .reason = "BadConstraints",
                              .message = message},
              &is);
    ck_assert(jobevent_of(&was, &is, &e));
    ck_assert_uint_eq(strlen(e.note), JOBEVENT_NOTE_MAX);
    jobevent_fini(&e);
    jstatus_fini(&was);
    jstatus_fini(&is);
}
END_TEST

/* An array runs nowhere itself. */
START_TEST(test_array)
{
    struct jstatus was, is;
    struct jobevent e;
    status_of(&(struct brief)WAITS, &was);
    status_of(&(struct brief)WAITS, &is);
    is.state = JOB_STATE_RUNNING;
    ck_assert(!jobevent_of(&was, &is, &e));
    jstatus_fini(&was);
    jstatus_fini(&is);
}
END_TEST

int main(void)
{
    return suite_main(
        "gantry-controller/jobevent",
        (struct suite_row[]){
            {test_told, ARRAY_LEN(rows)}, {test_long, 1}, {test_array, 1}, {NULL, 0}});
}

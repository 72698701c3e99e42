/* The transitions, a row for each: what is persisted and seen, and what comes of it. */
#include "cmd/gantry-controller/next.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/attempt_text.h"
#include "tests/support/suite.h"

#define CREATED 900
#define NOW 1000

/* When and where a waiting job is to start; start_sec 0: no plan. */
struct given_plan {
    int64_t start_sec;
    bool promised;
    const char *node; /* NULL: n1 */
};

struct given_ahead {
    bool waits; /* for nodes; else nobody is ahead of it */
    struct ahead ahead;
};

/* What is not said is as of a job of attempt 1 that may be requeued and has its id. */
struct given {
    enum job_state state;
    const char *reason, *message;
    int64_t eligible_sec; /* 0: CREATED */
    int restarts, attempt;
    const char *last_action;
    int exit_code; /* recorded; 0: none */

    const char *actions; /* "1:Cancel 2:Requeue" */
    bool no_requeue, deleting, held, unknown, is_script;
    const char *refusal; /* of the spec */
    const char *closed;  /* no partition takes it in */
    const char *refused; /* so says status, for another reason */

    const char *ranks; /* of the attempt under way; NULL: none */
    const char *failure;
    int64_t launching_sec; /* how long; 0: just now */
    int start;             /* pods of the core's START; 0: none */
    int64_t assigned_id;
    bool undecided;        /* the core's first word may still come */
    const char *queue;     /* partitions; NULL: none */
    bool unbound;          /* the one pod of the START is to be */
    int64_t amended_milli; /* CPUs that each pod was found to ask for; 0: as planned */
    bool timed_out;
    const char *core_reason, *core_message, *note;
    int64_t priority;
    struct given_plan had, told; /* in status, by the core */
    struct given_ahead had_ahead, told_ahead;
};

/*
 * `then` is what differs from the persisted status, in this order, and what is to be
 * done: "STATE id=7 attempt=2 restarts=1 partition=.. reason=.. message=.. submit=+0
 * eligible=+10 start=+0 end=+0 ahead=1/8/41 plan=+60 promise=+60 exit=0:0 action=1
 * pods=2 cpus=500 refusal=.. as=.. write only-reason only-wait hold launch kill drop". Times
 * are seconds from now; "-" is: none any more.
 */
static const struct {
    const char *what;
    struct given given;
    const char *then;
} cases[] = {
    /* ---- (none) ---- */
    {"no id yet", {.state = JOB_STATE_NONE}, ""},
    {"an id is at hand",
     {.state = JOB_STATE_NONE, .assigned_id = 7},
     "PENDING id=7 submit=-100 write"},
    {"an id is at hand, the core has not spoken",
     {.state = JOB_STATE_NONE, .assigned_id = 7, .undecided = true},
     ""},
    {"an id is at hand, and the reason",
     {.state = JOB_STATE_NONE,
      .assigned_id = 7,
      .queue = "a,b",
      .core_reason = "Resources",
      .core_message = "needs 2",
      .told = {.start_sec = NOW + 600}},
     "PENDING id=7 partition=a,b reason=Resources message=needs 2; forecast start "
     "1970-01-01T00:26:40Z submit=-100 plan=+600 write"},
    {"an id is at hand, a gang starts at once",
     {.state = JOB_STATE_NONE, .assigned_id = 7, .start = 2, .ranks = "none none"},
     "CONFIGURING id=7 attempt=1 submit=-100 pods=2 write"},
    {"an id is at hand, one pod starts at once: its name has the id",
     {.state = JOB_STATE_NONE, .assigned_id = 7, .start = 1, .ranks = "none"},
     "PENDING id=7 submit=-100 write"},
    {"one pod starts at once, behind an intent",
     {.state = JOB_STATE_NONE,
      .assigned_id = 7,
      .start = 1,
      .unbound = true,
      .ranks = "none"},
     "CONFIGURING id=7 attempt=1 submit=-100 pods=1 write"},
    {"new, and cancelled already: first the id",
     {.state = JOB_STATE_NONE,
      .assigned_id = 7,
      .start = 2,
      .ranks = "none none",
      .actions = "1:Cancel"},
     "PENDING id=7 submit=-100 write"},
    {"an id is at hand, refused",
     {.state = JOB_STATE_NONE, .assigned_id = 7, .refusal = "bad"},
     "PENDING id=7 reason=BadConstraints message=bad submit=-100 refusal=bad "
     "as=BadConstraints write"},
    {"an id is at hand, no partition takes it in",
     {.state = JOB_STATE_NONE, .assigned_id = 7, .queue = "a", .closed = "a drains"},
     "PENDING id=7 partition=a reason=PartitionInactive message=a drains submit=-100 "
     "refusal=a drains as=PartitionInactive write"},
    {"an id is at hand, no partition takes it in, and it is cancelled",
     {.state = JOB_STATE_NONE,
      .assigned_id = 7,
      .closed = "a drains",
      .actions = "1:Cancel"},
     "PENDING id=7 submit=-100 refusal=a drains as=PartitionInactive write"},

    /* ---- PENDING ---- */
    {"waits, the core has not spoken", {.state = JOB_STATE_PENDING}, ""},
    {"waits for a reason",
     {.state = JOB_STATE_PENDING,
      .core_reason = "Resources",
      .core_message = "needs 2",
      .priority = 5},
     "reason=Resources message=needs 2 write only-reason"},
    {"waits for the reason that stands",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "needs 2",
      .core_reason = "Resources",
      .core_message = "needs 2",
      .priority = 6},
     ""},
    {"waits, is given a forecast",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .core_reason = "Resources",
      .told = {.start_sec = NOW + 600}},
     "message=forecast start 1970-01-01T00:26:40Z plan=+600 write only-reason "
     "only-wait"},
    {"a forecast moves by a minute",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "forecast start 1970-01-01T00:26:40Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 600},
      .told = {.start_sec = NOW + 660}},
     ""},
    {"a forecast moves by less than a twentieth of the wait",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "forecast start 1970-01-01T05:50:00Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 20000},
      .told = {.start_sec = NOW + 19100}},
     ""},
    {"a forecast moves by more",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "forecast start 1970-01-01T05:50:00Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 20000},
      .told = {.start_sec = NOW + 18900}},
     "message=forecast start 1970-01-01T05:31:40Z plan=+18900 write only-reason "
     "only-wait"},
    {"a forecast becomes a promise",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "forecast start 1970-01-01T00:26:40Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 600},
      .told = {.start_sec = NOW + 600, .promised = true}},
     "message=planned start 1970-01-01T00:26:40Z promise=+600 write only-reason "
     "only-wait"},
    {"a promise stands",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "planned start 1970-01-01T00:26:40Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 600, .promised = true},
      .told = {.start_sec = NOW + 600, .promised = true}},
     ""},
    {"a promise is kept elsewhere",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "planned start 1970-01-01T00:26:40Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 600, .promised = true},
      .told = {.start_sec = NOW + 600, .promised = true, .node = "n2"}},
     "promise=+600 write only-reason only-wait"},
    {"a promise is given up",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "planned start 1970-01-01T00:26:40Z",
      .core_reason = "Resources",
      .had = {.start_sec = NOW + 600, .promised = true}},
     "message=- plan=- write only-reason only-wait"},
    {"waits, is told who is ahead",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "needs 2",
      .core_reason = "Resources",
      .core_message = "needs 2",
      .told_ahead = {true, {3, 24, 41}}},
     "message=needs 2; 3 jobs with 24 GPUs ahead ahead=3/24/41 write only-reason "
     "only-wait"},
    {"and that its volume ties it to nodes",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .core_reason = "Resources",
      .core_message = "needs 2",
      .note = "volume v is on n1",
      .told_ahead = {true, {1, 0, 41}}},
     "message=needs 2; volume v is on n1; 1 job ahead ahead=1/0/41 write only-reason "
     "only-wait"},
    {"one job of no GPUs is ahead, and there is a plan",
     {.state = JOB_STATE_PENDING,
      .core_reason = "Resources",
      .core_message = "needs 2",
      .told = {.start_sec = NOW + 600, .promised = true},
      .told_ahead = {true, {1, 0, 41}}},
     "reason=Resources message=needs 2; 1 job ahead; "
     "planned start 1970-01-01T00:26:40Z"
     " ahead=1/0/41 promise=+600 write only-reason"},
    {"the last one ahead has gone",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "needs 2; 1 job ahead",
      .core_reason = "Resources",
      .core_message = "needs 2",
      .had_ahead = {true, {1, 0, 41}},
      .told_ahead = {true, {0, 0, 0}}},
     "message=needs 2; no job ahead ahead=0/0/0 write only-reason only-wait"},
    {"far back, one less ahead",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "needs 2; 100 jobs ahead",
      .core_reason = "Resources",
      .core_message = "needs 2",
      .had_ahead = {true, {100, 0, 41}},
      .told_ahead = {true, {99, 0, 41}}},
     ""},
    {"held: nobody is ahead any more",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .message = "needs 2; 1 job ahead",
      .core_reason = "JobHeldUser",
      .core_message = "held",
      .had_ahead = {true, {1, 0, 41}}},
     "reason=JobHeldUser message=held ahead=- write only-reason"},
    {"begins: nobody is ahead any more",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .had_ahead = {true, {1, 0, 41}},
      .start = 2},
     "CONFIGURING attempt=1 reason=- ahead=- pods=2 write"},
    {"what was promised begins",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .had = {.start_sec = NOW, .promised = true},
      .start = 2},
     "CONFIGURING attempt=1 reason=- plan=- pods=2 write"},
    {"backs off: the failure stands, not BeginTime",
     {.state = JOB_STATE_PENDING,
      .reason = "JobLaunchFailure",
      .message = "quota",
      .eligible_sec = NOW + 1,
      .core_reason = "BeginTime"},
     ""},
    {"has backed off",
     {.state = JOB_STATE_PENDING,
      .reason = "JobLaunchFailure",
      .message = "quota",
      .eligible_sec = NOW,
      .core_reason = "Priority"},
     "reason=Priority message=- write only-reason"},
    {"became unreadable",
     {.state = JOB_STATE_PENDING, .reason = "Priority", .refusal = "bad"},
     "reason=BadConstraints message=bad refusal=bad as=BadConstraints write"},
    {"became unreadable: nothing is promised any more",
     {.state = JOB_STATE_PENDING,
      .reason = "Resources",
      .had = {.start_sec = NOW + 600, .promised = true},
      .refusal = "bad"},
     "reason=BadConstraints message=bad plan=- refusal=bad as=BadConstraints write"},
    {"became readable, the core has not spoken",
     {.state = JOB_STATE_PENDING, .reason = "BadConstraints", .refused = "bad"},
     ""},
    {"became readable, the core has spoken",
     {.state = JOB_STATE_PENDING,
      .reason = "BadConstraints",
      .refused = "bad",
      .core_reason = "Priority"},
     "reason=Priority refusal=- as=- write"},
    {"became readable, and a gang starts",
     {.state = JOB_STATE_PENDING,
      .reason = "BadConstraints",
      .refused = "bad",
      .start = 2},
     "CONFIGURING attempt=1 reason=- pods=2 refusal=- as=- write"},
    {"became readable, but no partition takes it in",
     {.state = JOB_STATE_PENDING,
      .reason = "BadConstraints",
      .refused = "bad",
      .closed = "a drains"},
     "reason=PartitionInactive message=a drains refusal=a drains as=PartitionInactive "
     "write"},
    {"cancelled",
     {.state = JOB_STATE_PENDING, .reason = "Resources", .actions = "1:Cancel"},
     "CANCELLED reason=- end=+0 action=1 write"},
    {"cancelled while unreadable",
     {.state = JOB_STATE_PENDING, .refusal = "bad", .actions = "1:Cancel"},
     "CANCELLED end=+0 action=1 write"},
    {"requeue of a pending job is nothing but done",
     {.state = JOB_STATE_PENDING, .actions = "1:Requeue"},
     "action=1 write"},
    {"requeued and held while pending: the hold",
     {.state = JOB_STATE_PENDING, .actions = "1:RequeueHold"},
     "hold"},
    {"requeued and held while it starts: not started",
     {.state = JOB_STATE_PENDING,
      .actions = "1:RequeueHold",
      .start = 2,
      .ranks = "none none"},
     "hold drop"},
    {"requeued and held while pending, held",
     {.state = JOB_STATE_PENDING, .actions = "1:RequeueHold", .held = true},
     "action=1 write"},
    {"only the first of two actions",
     {.state = JOB_STATE_PENDING, .actions = "1:Requeue 2:Cancel"},
     "action=1 write"},
    {"and then the second",
     {.state = JOB_STATE_PENDING, .last_action = "1", .actions = "1:Requeue 2:Cancel"},
     "CANCELLED end=+0 action=2 write"},
    {"all actions are carried out",
     {.state = JOB_STATE_PENDING, .last_action = "2", .actions = "1:Cancel 2:Requeue"},
     ""},
    {"the last action was taken out of the list: what is there is new",
     {.state = JOB_STATE_PENDING, .last_action = "1", .actions = "2:Cancel"},
     "CANCELLED end=+0 action=2 write"},
    {"being deleted", {.state = JOB_STATE_PENDING, .deleting = true, .start = 2}, ""},

    /* ---- a gang's START ---- */
    {"a gang: the intent first",
     {.state = JOB_STATE_PENDING,
      .reason = "Priority",
      .start = 2,
      .ranks = "none none"},
     "CONFIGURING attempt=1 reason=- pods=2 write"},
    {"a gang, cancelled before its intent",
     {.state = JOB_STATE_PENDING,
      .start = 2,
      .ranks = "none none",
      .actions = "1:Cancel"},
     "CANCELLED end=+0 action=1 write drop"},
    {"a gang, unreadable before its intent",
     {.state = JOB_STATE_PENDING, .start = 2, .ranks = "none none", .refusal = "bad"},
     "drop"},

    /* ---- START of one pod ---- */
    {"one pod: made at once",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "none"},
     "launch"},
    {"one pod: unbound, behind an intent",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "none", .unbound = true},
     "CONFIGURING attempt=1 pods=1 write"},
    {"one pod: counted with what it was found to ask for",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "bound", .amended_milli = 500},
     "RUNNING attempt=1 start=+0 pods=1 cpus=500 write"},
    {"one pod: being made",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "none+busy"},
     "launch"},
    {"one pod: bound",
     {.state = JOB_STATE_PENDING, .reason = "Priority", .start = 1, .ranks = "bound"},
     "RUNNING attempt=1 reason=- start=+0 pods=1 write"},
    {"one pod: over before it was seen",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "bound+ok"},
     "COMPLETED attempt=1 start=+0 end=+0 exit=0:0 pods=1 write"},
    {"one pod: failed before it was seen",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "bound+fail:2"},
     "FAILED attempt=1 reason=NonZeroExitCode end=+0 exit=2:0 pods=1 write"},
    {"one pod: refused by its node",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "bound+broken"},
     "attempt=1 restarts=1 reason=JobLaunchFailure message=rank 0 was refused by node "
     "n1: no room submit=+0 eligible=+10 write"},
    {"one pod: vanished",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "gone"},
     "attempt=1 restarts=1 reason=NodeDown message=rank 0 was lost on node n1 "
     "submit=+0 "
     "eligible=+10 write"},
    {"one pod: made and cancelled",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "bound", .actions = "1:Cancel"},
     "COMPLETING attempt=1 reason=Cancelled action=1 pods=1 write"},
    {"one pod: cancelled while it is made: the answer decides",
     {.state = JOB_STATE_PENDING,
      .start = 1,
      .ranks = "none+busy",
      .actions = "1:Cancel"},
     ""},
    {"one pod: cancelled before it is made",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "none", .actions = "1:Cancel"},
     "CANCELLED end=+0 action=1 write drop"},
    {"one pod: unreadable before it is made",
     {.state = JOB_STATE_PENDING, .start = 1, .ranks = "none", .refusal = "bad"},
     "drop"},
    {"one pod: refused",
     {.state = JOB_STATE_PENDING,
      .start = 1,
      .ranks = "none",
      .failure = "quota",
      .restarts = 2,
      .attempt = 2},
     "attempt=3 restarts=3 reason=JobLaunchFailure message=quota submit=+0 "
     "eligible=+40 write drop"},
    {"one pod: too long",
     {.state = JOB_STATE_PENDING,
      .start = 1,
      .ranks = "none",
      .launching_sec = LAUNCH_DEADLINE_SEC},
     "attempt=1 restarts=1 reason=JobLaunchFailure message=the start took too long "
     "submit=+0 eligible=+10 write drop"},
    {"one pod: too long, an answer is outstanding",
     {.state = JOB_STATE_PENDING,
      .start = 1,
      .ranks = "none+busy",
      .launching_sec = LAUNCH_DEADLINE_SEC},
     ""},

    /* ---- CONFIGURING ---- */
    {"pods are missing",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made none"},
     "launch"},
    {"pods are unbound",
     {.state = JOB_STATE_CONFIGURING, .ranks = "bound made"},
     "launch"},
    {"all made, and found to ask for something else: first that is persisted",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made made", .amended_milli = 500},
     "cpus=500 write"},
    {"and failed for lack of room",
     {.state = JOB_STATE_CONFIGURING,
      .ranks = "made made",
      .amended_milli = 500,
      .failure = "no room"},
     "COMPLETING reason=JobLaunchFailure message=no room cpus=500 write"},
    {"the spec became unreadable: it goes on",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made none", .refusal = "bad"},
     "launch"},
    {"all are bound",
     {.state = JOB_STATE_CONFIGURING, .ranks = "bound bound"},
     "RUNNING start=+0 write"},
    {"all are bound and one has ended well",
     {.state = JOB_STATE_CONFIGURING, .ranks = "bound bound+ok"},
     "RUNNING start=+0 write"},
    {"all are over before that was written",
     {.state = JOB_STATE_CONFIGURING, .ranks = "bound+ok bound+ok"},
     "COMPLETED start=+0 end=+0 exit=0:0 write"},
    {"refused",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made none", .failure = "quota"},
     "COMPLETING reason=JobLaunchFailure message=quota write"},
    {"a second less than the deadline",
     {.state = JOB_STATE_CONFIGURING,
      .ranks = "made none",
      .launching_sec = LAUNCH_DEADLINE_SEC - 1},
     "launch"},
    {"past its deadline",
     {.state = JOB_STATE_CONFIGURING,
      .ranks = "made none+busy",
      .launching_sec = LAUNCH_DEADLINE_SEC},
     "COMPLETING reason=JobLaunchFailure message=the start took too long write"},
    {"bound in time, late to be seen",
     {.state = JOB_STATE_CONFIGURING,
      .ranks = "bound bound",
      .launching_sec = LAUNCH_DEADLINE_SEC},
     "RUNNING start=+0 write"},
    {"a bound rank fails while another is unbound",
     {.state = JOB_STATE_CONFIGURING, .ranks = "bound+fail:1 made"},
     "COMPLETING reason=NonZeroExitCode message=rank 0 ended first, with 1:0 exit=1:0 "
     "write"},
    {"somebody deletes an unbound pod",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made+del made"},
     "COMPLETING reason=NodeDown message=rank 0 was lost on node n1 write"},
    {"all are over, but a write is under way: its pod may come yet",
     {.state = JOB_STATE_CONFIGURING, .ranks = "gone none+busy"},
     "COMPLETING reason=NodeDown message=rank 0 was lost on node n1 write"},
    {"cancelled in a start",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made none", .actions = "1:Cancel"},
     "COMPLETING reason=Cancelled action=1 write"},
    {"requeued in a start",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made none", .actions = "1:Requeue"},
     "COMPLETING reason=Requeued action=1 write"},
    {"deleted in a start",
     {.state = JOB_STATE_CONFIGURING, .ranks = "made none", .deleting = true},
     ""},

    /* ---- RUNNING ---- */
    {"runs", {.state = JOB_STATE_RUNNING, .ranks = "bound bound+ok"}, ""},
    {"runs on a silent node",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+silent bound"},
     ""},
    {"all have ended well",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+ok bound+ok"},
     "COMPLETED end=+0 exit=0:0 write"},
    {"one fails and says why",
     {.state = JOB_STATE_RUNNING, .ranks = "bound bound+fail:128+why"},
     "COMPLETING reason=NonZeroExitCode message=rank 1 ended first, with 128:0: it "
     "says why exit=128:0 write"},
    {"the only one fails and says why",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+fail:128+why"},
     "FAILED reason=NonZeroExitCode message=it says why end=+0 exit=128:0 write"},
    {"the script has ended, its other ranks wait",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+ok bound bound", .is_script = true},
     "COMPLETING reason=None exit=0:0 write"},
    {"those have ended too",
     {.state = JOB_STATE_COMPLETING,
      .reason = "None",
      .ranks = "bound+ok bound+sig:15",
      .is_script = true},
     "COMPLETED reason=- end=+0 exit=0:0 write"},
    {"the script fails",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+fail:3 bound", .is_script = true},
     "COMPLETING reason=NonZeroExitCode message=rank 0 ended first, with 3:0 exit=3:0 "
     "write"},
    {"one fails",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+ok bound bound+fail:7"},
     "COMPLETING reason=NonZeroExitCode message=rank 2 ended first, with 7:0 exit=7:0 "
     "write"},
    {"the last one fails",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+ok bound+fail:7"},
     "FAILED reason=NonZeroExitCode message=rank 1 ended first, with 7:0 end=+0 "
     "exit=7:0 write"},
    {"the only one is killed",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+sig:9"},
     "FAILED reason=RaisedSignal:9(Killed) end=+0 exit=0:9 write"},
    {"one vanishes",
     {.state = JOB_STATE_RUNNING, .ranks = "bound gone"},
     "COMPLETING reason=NodeDown message=rank 1 was lost on node n1 write"},
    {"all vanish",
     {.state = JOB_STATE_RUNNING, .ranks = "gone gone", .restarts = 9, .attempt = 10},
     "PENDING restarts=10 reason=NodeDown message=rank 0 was lost on node n1 submit=+0 "
     "eligible=+300 start=- pods=0 write"},
    {"evicted",
     {.state = JOB_STATE_RUNNING, .ranks = "bound bound+broken"},
     "COMPLETING reason=JobLaunchFailure message=rank 1 was refused by node n1: no "
     "room "
     "write"},
    {"its node goes down in good order",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+shut", .restarts = 9, .attempt = 10},
     "PENDING restarts=10 reason=NodeDown message=rank 0 was lost on node n1: no room "
     "submit=+0 "
     "eligible=+2 start=- pods=0 write"},
    {"end: one of a gang whose other pods were deleted then",
     {.state = JOB_STATE_COMPLETING,
      .reason = "NodeDown",
      .ranks = "gone bound+shut",
      .restarts = 1,
      .attempt = 2},
     "PENDING restarts=2 submit=+0 eligible=+2 start=- pods=0 write"},
    {"its node is gone",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+lost", .no_requeue = true},
     "NODE_FAIL reason=NodeDown message=rank 0 was lost on node n1 end=+0 write"},
    {"time is over",
     {.state = JOB_STATE_RUNNING, .ranks = "bound bound", .timed_out = true},
     "COMPLETING reason=TimeLimit write"},
    {"time is over as it ends well",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+ok", .timed_out = true},
     "COMPLETED end=+0 exit=0:0 write"},
    {"cancelled while it runs",
     {.state = JOB_STATE_RUNNING, .ranks = "bound bound", .actions = "x:Cancel"},
     "COMPLETING reason=Cancelled action=x write"},
    {"requeued while it runs",
     {.state = JOB_STATE_RUNNING, .ranks = "bound bound", .actions = "x:Requeue"},
     "COMPLETING reason=Requeued action=x write"},
    {"requeued and held",
     {.state = JOB_STATE_RUNNING, .ranks = "bound bound", .actions = "x:RequeueHold"},
     "COMPLETING reason=RequeuedHold action=x write"},
    {"deleted while it runs",
     {.state = JOB_STATE_RUNNING, .ranks = "bound+fail:1 bound", .deleting = true},
     ""},

    /* ---- COMPLETING: kill, then by the reason that stands ---- */
    {"a rank still runs",
     {.state = JOB_STATE_COMPLETING, .reason = "TimeLimit", .ranks = "bound+ok bound"},
     "kill"},
    {"a rank is being deleted",
     {.state = JOB_STATE_COMPLETING,
      .reason = "TimeLimit",
      .ranks = "bound+ok bound+del"},
     "kill"},
    {"a write is under way",
     {.state = JOB_STATE_COMPLETING, .reason = "TimeLimit", .ranks = "none+busy"},
     ""},
    {"being deleted on a silent node is over",
     {.state = JOB_STATE_COMPLETING,
      .reason = "NodeDown",
      .ranks = "bound+sig:15 bound+del+silent"},
     "PENDING restarts=1 submit=+0 eligible=+10 start=- pods=0 write"},
    {"end: TimeLimit",
     {.state = JOB_STATE_COMPLETING, .reason = "TimeLimit", .ranks = "bound+sig:15"},
     "TIMEOUT end=+0 exit=0:15 write"},
    {"end: TimeLimit, rank 0 had ended well",
     {.state = JOB_STATE_COMPLETING,
      .reason = "TimeLimit",
      .ranks = "bound+ok bound+sig:15"},
     "TIMEOUT end=+0 exit=0:0 write"},
    {"end: NonZeroExitCode keeps the code that decided",
     {.state = JOB_STATE_COMPLETING,
      .reason = "NonZeroExitCode",
      .exit_code = 3,
      .ranks = "bound+sig:15 bound+fail:3"},
     "FAILED end=+0 write"},
    {"end: RaisedSignal",
     {.state = JOB_STATE_COMPLETING,
      .reason = "RaisedSignal:9(Killed)",
      .exit_code = 3,
      .ranks = "bound+sig:9 gone"},
     "FAILED end=+0 write"},
    {"end: Cancelled",
     {.state = JOB_STATE_COMPLETING, .reason = "Cancelled", .ranks = "none none"},
     "CANCELLED reason=- end=+0 write"},
    {"end: NodeDown",
     {.state = JOB_STATE_COMPLETING,
      .reason = "NodeDown",
      .ranks = "gone",
      .restarts = 1,
      .attempt = 2},
     "PENDING restarts=2 submit=+0 eligible=+20 start=- pods=0 write"},
    {"end: NodeDown, not to be requeued",
     {.state = JOB_STATE_COMPLETING,
      .reason = "NodeDown",
      .ranks = "gone",
      .no_requeue = true},
     "NODE_FAIL end=+0 write"},
    {"end: JobLaunchFailure, also of one not to be requeued: it never ran",
     {.state = JOB_STATE_COMPLETING,
      .reason = "JobLaunchFailure",
      .message = "quota",
      .ranks = "none gone",
      .no_requeue = true,
      .restarts = 4,
      .attempt = 5},
     "PENDING restarts=5 submit=+0 eligible=+160 start=- pods=0 write"},
    {"end: Requeued, at once",
     {.state = JOB_STATE_COMPLETING,
      .reason = "Requeued",
      .ranks = "bound+sig:15",
      .exit_code = 3,
      .no_requeue = true},
     "PENDING restarts=1 submit=+0 eligible=+0 start=- exit=- pods=0 write"},
    {"end: RequeuedHold, the hold first",
     {.state = JOB_STATE_COMPLETING, .reason = "RequeuedHold", .ranks = "gone"},
     "hold"},
    {"end: RequeuedHold, a rank still runs",
     {.state = JOB_STATE_COMPLETING, .reason = "RequeuedHold", .ranks = "bound"},
     "kill"},
    {"end: RequeuedHold, held",
     {.state = JOB_STATE_COMPLETING,
      .reason = "RequeuedHold",
      .ranks = "gone",
      .held = true},
     "PENDING restarts=1 submit=+0 eligible=+0 start=- pods=0 write"},
    {"end: a reason that is not known is a failure that is seen",
     {.state = JOB_STATE_COMPLETING, .reason = "FromTheFuture", .ranks = "gone"},
     "FAILED end=+0 write"},
    {"end: no reason at all",
     {.state = JOB_STATE_COMPLETING, .ranks = "gone"},
     "FAILED end=+0 write"},
    {"a cancel in the middle of a requeue waits for its turn",
     {.state = JOB_STATE_COMPLETING,
      .reason = "Requeued",
      .last_action = "1",
      .actions = "1:Requeue 2:Cancel",
      .ranks = "bound"},
     "kill"},

    /* ---- final ---- */
    {"over", {.state = JOB_STATE_COMPLETED, .attempt = 1}, ""},
    {"over: cancel is nothing but done",
     {.state = JOB_STATE_FAILED, .reason = "NonZeroExitCode", .actions = "1:Cancel"},
     "action=1 write"},
    {"over: requeued",
     {.state = JOB_STATE_TIMEOUT,
      .reason = "TimeLimit",
      .exit_code = 3,
      .actions = "1:Requeue"},
     "PENDING restarts=1 reason=- submit=+0 eligible=+0 start=- end=- exit=- action=1 "
     "pods=0 "
     "write"},
    {"over: requeued, to where no partition takes it in",
     {.state = JOB_STATE_COMPLETED,
      .actions = "1:Requeue",
      .queue = "a",
      .closed = "a drains"},
     "PENDING restarts=1 partition=a submit=+0 eligible=+0 start=- end=- action=1 "
     "pods=0 refusal=a drains as=PartitionInactive write"},
    {"over: requeued, cancelled before",
     {.state = JOB_STATE_CANCELLED,
      .last_action = "1",
      .actions = "1:Cancel 2:Requeue"},
     "PENDING restarts=1 submit=+0 eligible=+0 start=- end=- action=2 pods=0 write"},
    {"over: cancelled before it started, requeued: the attempt that was never seen is "
     "spent",
     {.state = JOB_STATE_CANCELLED,
      .restarts = 2,
      .attempt = 2,
      .last_action = "1",
      .actions = "1:Cancel 2:Requeue"},
     "PENDING attempt=3 restarts=3 submit=+0 eligible=+0 start=- end=- action=2 pods=0 "
     "write"},
    {"over: requeued and held, the hold first",
     {.state = JOB_STATE_FAILED, .actions = "1:RequeueHold"},
     "hold"},
    {"over: requeued and held",
     {.state = JOB_STATE_FAILED, .actions = "1:RequeueHold", .held = true},
     "PENDING restarts=1 submit=+0 eligible=+0 start=- end=- action=1 pods=0 write"},
    {"a state that a newer one wrote",
     {.state = JOB_STATE_NONE, .unknown = true, .assigned_id = 7},
     ""},
    {"over and being deleted",
     {.state = JOB_STATE_NODE_FAIL, .actions = "1:Requeue", .deleting = true},
     ""},
};

/* ---- from a row to a view ---- */

static void give_actions(struct bjob *job, const char *text)
{
    static const struct {
        const char *word;
        enum action_type type;
    } types[] = {{"Cancel", ACTION_CANCEL},
                 {"Requeue", ACTION_REQUEUE},
                 {"RequeueHold", ACTION_REQUEUE_HOLD}};
    AUTO_FREE char *copy = xstrdup(text ? text : "");
    char *save, *word = strtok_r(copy, " ", &save);
    job->actions = xcalloc(4, sizeof(*job->actions));
    for (; word; word = strtok_r(NULL, " ", &save)) {
        char *colon = strchr(word, ':');
        struct action *a = &job->actions[job->n_actions++];
        a->id = xstrndup(word, (size_t)(colon - word));
        for (size_t i = 0; i < ARRAY_LEN(types); i++)
            if (strcmp(types[i].word, colon + 1) == 0)
                a->type = types[i].type;
    }
}

static struct ahead give_ahead(const struct given_ahead *g)
{
    return g->waits ? g->ahead : (struct ahead){.jobs = AHEAD_NONE};
}

static struct plan give_plan(const struct given_plan *g)
{
    struct slot slot = {.node = (char *)(g->node ? g->node : "n1"), .pods = 1};
    struct plan plan = {g->start_sec, g->promised, (char *)"main", &slot, 1};
    return g->start_sec ? plan_copy(&plan) : (struct plan){.start_sec = TIME_UNSET};
}

static void give_status(struct jstatus *s, const struct given *g)
{
    bool ran = g->state >= JOB_STATE_CONFIGURING;
    jstatus_init(s);
    s->state = g->state;
    s->restarts = g->restarts;
    text_set(&s->reason, g->reason);
    text_set(&s->message, g->message);
    text_set(&s->last_action, g->last_action);
    text_set(&s->refusal, g->refused);
    text_set(&s->refusal_reason, g->refused ? "BadConstraints" : NULL);
    if (g->state == JOB_STATE_NONE)
        return;
    s->job_id = 5;
    s->plan = give_plan(&g->had);
    s->ahead = give_ahead(&g->had_ahead);
    s->submit_sec = CREATED;
    s->eligible_sec = g->eligible_sec ? g->eligible_sec : CREATED;
    s->attempt = g->attempt ? g->attempt : ran;
    if (g->exit_code) {
        s->exit_code = g->exit_code;
        s->exit_signal = 0;
    }
    if (!ran)
        return;
    struct slot slot = {.node = (char *)"n1", .pods = 2};
    s->placement = slots_copy(&slot, 1);
    s->n_placement = 1;
    if (g->state != JOB_STATE_CONFIGURING)
        s->start_sec = NOW - 50;
    if (job_state_is_final(g->state))
        s->end_sec = NOW;
}

static struct bjob *give_job(const struct given *g)
{
    struct bjob *job = xcalloc(1, sizeof(*job));
    job->created_sec = CREATED;
    job->deleting = g->deleting;
    job->requeue = !g->no_requeue;
    job->is_script = g->is_script;
    job->refusal = xstrdup_null(g->refusal);
    job->model = g->refusal ? NULL : job_new();
    if (job->model && g->held)
        job->model->hold = HOLD_USER;
    job->unknown_state = g->unknown;
    give_actions(job, g->actions);
    give_status(&job->status, g);
    return job;
}

/* ---- from an answer to a text ---- */

static void say_time(struct str *out, const char *name, int64_t want, int64_t have)
{
    if (want == have)
        return;
    if (want == TIME_UNSET)
        str_addf(out, "%s=- ", name);
    else
        str_addf(out, "%s=%+" PRId64 " ", name, want - NOW);
}

static void say_text(struct str *out, const char *name, const char *want,
                     const char *have)
{
    if (!str_eq(want, have))
        str_addf(out, "%s=%s ", name, want ? want : "-");
}

static void say_number(struct str *out, const char *name, int64_t want, int64_t have)
{
    if (want != have)
        str_addf(out, "%s=%" PRId64 " ", name, want);
}

static void say_status(struct str *out, const struct jstatus *w,
                       const struct jstatus *h)
{
    if (w->state != h->state)
        str_addf(out, "%s ", job_state_word(w->state));
    say_number(out, "id", w->job_id, h->job_id);
    say_number(out, "attempt", w->attempt, h->attempt);
    say_number(out, "restarts", w->restarts, h->restarts);
    if (w->state == JOB_STATE_PENDING)
        say_text(out, "partition", w->partition, h->partition);
    say_text(out, "reason", w->reason, h->reason);
    say_text(out, "message", w->message, h->message);
    say_time(out, "submit", w->submit_sec, h->submit_sec);
    say_time(out, "eligible", w->eligible_sec, h->eligible_sec);
    say_time(out, "start", w->start_sec, h->start_sec);
    say_time(out, "end", w->end_sec, h->end_sec);
    if (w->ahead.jobs == AHEAD_NONE && h->ahead.jobs != AHEAD_NONE)
        str_add(out, "ahead=- ");
    else if (ahead_is_news(&w->ahead, &h->ahead))
        str_addf(out, "ahead=%" PRId64 "/%" PRId64 "/%" PRId64 " ", w->ahead.jobs,
                 w->ahead.gpus, w->ahead.job_id);
    if (!plan_equal(&w->plan, &h->plan))
        say_time(out, w->plan.promised ? "promise" : "plan", w->plan.start_sec,
                 INT64_MAX);
    if (w->exit_code != h->exit_code && w->exit_code < 0)
        str_add(out, "exit=- ");
    else if (w->exit_code != h->exit_code || w->exit_signal != h->exit_signal)
        str_addf(out, "exit=%d:%d ", w->exit_code, w->exit_signal);
    say_text(out, "action", w->last_action, h->last_action);
    say_number(out, "pods", slots_pods(w->placement, w->n_placement),
               slots_pods(h->placement, h->n_placement));
    if (w->n_placement > 0)
        say_number(out, "cpus", w->placement[0].each.v[RES_CPU],
                   h->n_placement > 0 ? h->placement[0].each.v[RES_CPU] : 0);
    say_text(out, "refusal", w->refusal, h->refusal);
    say_text(out, "as", w->refusal_reason, h->refusal_reason);
}

static void say(struct str *out, const struct job_next *n, const struct jstatus *have)
{
    const struct {
        bool on;
        const char *word;
    } flags[] = {{n->write, "write "},         {n->only_reason, "only-reason "},
                 {n->only_wait, "only-wait "}, {n->hold, "hold "},
                 {n->launch, "launch "},       {n->kill, "kill "},
                 {n->drop_start, "drop "}};
    say_status(out, &n->want, have);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        if (flags[i].on)
            str_add(out, flags[i].word);
    if (out->len > 0)
        out->s[--out->len] = '\0';
}

START_TEST(test_next)
{
    const struct given *g = &cases[_i].given;
    struct bjob *job = give_job(g);
    struct attempt attempt = {0};
    struct slot start = {.node = (char *)"n1", .pods = g->start};
    struct slot amended = {.node = (char *)"n1", .pods = g->start ? g->start : 2};
    STR_AUTO struct str got;
    amended.each.v[RES_CPU] = g->amended_milli;
    str_init(&got, 4096);
    if (g->ranks) {
        attempt_from_text(&attempt, 1, g->ranks, NOW - g->launching_sec);
        for (size_t i = 0; i < attempt.n; i++)
            if (attempt.ranks[i].terminal && attempt.ranks[i].exit_code < 0)
                attempt.ranks[i].reason = xstrdup("no room");
    }
    if (g->failure)
        attempt_fail(&attempt, g->failure);
    struct plan plan = give_plan(&g->told);
    struct job_view view = {.job = job,
                            .attempt = &attempt,
                            .start = g->start ? &start : NULL,
                            .n_start = g->start > 0,
                            .partition = g->start ? "main" : NULL,
                            .assigned_id = g->assigned_id,
                            .undecided = g->undecided,
                            .queue = g->queue,
                            .refusal = g->refusal ? g->refusal : g->closed,
                            .refusal_reason = g->refusal  ? "BadConstraints"
                                              : g->closed ? "PartitionInactive"
                                                          : NULL,
                            .unbound = g->unbound,
                            .amended = g->amended_milli ? &amended : NULL,
                            .n_amended = 1,
                            .timed_out = g->timed_out,
                            .reason = g->core_reason,
                            .message = g->core_message,
                            .note = g->note,
                            .plan = &plan,
                            .ahead = g->told_ahead.waits ? &g->told_ahead.ahead : NULL,
                            .priority = g->priority,
                            .now_sec = NOW};
    struct job_next next;
    job_next(&view, &next);
    say(&got, &next, &job->status);
    ck_assert_msg(strcmp(got.s, cases[_i].then) == 0, "%s:\nexpected %s\ngot      %s",
                  cases[_i].what, cases[_i].then, got.s);
    if (next.launch)
        ck_assert_msg(job_may_launch(&view), "%s: may launch", cases[_i].what);
    if (job->deleting || g->actions || g->state == JOB_STATE_COMPLETING)
        ck_assert_msg(!job_may_launch(&view) || str_eq(g->last_action, "2"),
                      "%s: may not launch", cases[_i].what);
    jstatus_fini(&next.want);
    plan_clear(&plan);
    attempt_clear(&attempt);
    bjob_free(job);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/next", (struct suite_row[]){
                                                    {test_next, ARRAY_LEN(cases)},
                                                    {NULL, 0},
                                                });
}

/* What is written is what is read: a status that came back different would be written
 * again and again. */
#include "cmd/gantry-controller/statusdoc.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define T0 1800000000 /* 2027-01-15T08:00:00Z */

/* Two slots of nodes with GPUs, or none. */
static const struct {
    const char *what;
    struct jstatus status; /* strings are constants */
    bool placed;           /* or, while it is pending, promised these slots */
    const char *parts;     /* of the patch's status */
} cases[] = {
    {"new",
     {.state = JOB_STATE_PENDING,
      .job_id = 7,
      .priority = PRIORITY_UNSET,
      .submit_sec = T0,
      .eligible_sec = TIME_UNSET,
      .start_sec = TIME_UNSET,
      .end_sec = TIME_UNSET,
      .exit_code = -1,
      .exit_signal = -1},
     false,
     "state=PENDING|jobID=7|attempt=0|restarts=0|submitTime=2027-01-15T08:00:00Z|"
     "eligibleTime=null|startTime=null|endTime=null|reason=null|message=null|"
     "priority=null|priorityFactors=null|account=null|qos=null|exitCode=null|"
     "lastAction=null|pending=null|"
     "partition=null|"
     "placement=null|nodeList=null|batchHost=null|allocTRES=null|conditions#1|"
     "conditions.0.type=Accepted|conditions.0.status=True|observedGeneration=3|"
     "numGPUs=null|reqTRES~cpu=1"},
    {"waits",
     {.state = JOB_STATE_PENDING,
      .job_id = 7,
      .attempt = 2,
      .restarts = 2,
      .reason = (char *)"BeginTime",
      .message = (char *)"says \"later\"",
      .priority = 1234,
      .account = (char *)"physics",
      .qos = (char *)"high",
      .factors = {.age = 700,
                  .fairshare = 500,
                  .assoc = 20,
                  .job_size = 34,
                  .qos = 600,
                  .short_limit = 50,
                  .small_size = 60,
                  .nice = 100},
      .submit_sec = T0,
      .eligible_sec = T0 + 20,
      .start_sec = TIME_UNSET,
      .end_sec = TIME_UNSET,
      .exit_code = -1,
      .exit_signal = -1,
      .last_action = (char *)"a1"},
     false,
     "reason=BeginTime|message=says \"later\"|priority=1234|pending.class=NotAllowed|"
     "pending.ahead=null|"
     "account=physics|qos=high|priorityFactors.age=700|priorityFactors.jobSize=34|"
     "priorityFactors.qos=600|priorityFactors.fairshare=500|priorityFactors.assoc=20|"
     "priorityFactors.shortLimit=50|priorityFactors.smallSize=60|priorityFactors.nice="
     "100|"
     "priorityFactors.partition=null|"
     "eligibleTime=2027-01-15T08:00:20Z|lastAction.id=a1|lastAction.outcome=Done|"
     "attempt=2|restarts=2"},
    {"is promised a start",
     {.state = JOB_STATE_PENDING,
      .job_id = 7,
      .reason = (char *)"Resources",
      .ahead = {3, 24, 41},
      .planned_since_sec = T0 + 5,
      .priority = 1,
      .submit_sec = T0,
      .eligible_sec = TIME_UNSET,
      .start_sec = TIME_UNSET,
      .end_sec = TIME_UNSET,
      .exit_code = -1,
      .exit_signal = -1},
     true,
     "plannedStartTime=2027-01-15T08:10:00Z|pending.promised=true|"
     "pending.plannedNodes=n[1-2]|pending.plannedPartition=main|pending."
     "plannedReservation=lab|pending.plannedLicense=octave|pending.plannedQOS=high|"
     "pending.class=NotFree|pending.ahead.jobs=3|pending.ahead.gpus=24|pending.ahead."
     "next=41|"
     "conditions.1.type=Planned|conditions.1.status=True|conditions.1.reason=Promised|"
     "conditions.1.lastTransitionTime=2027-01-15T08:00:05Z|"
     "placement=null|nodeList=null"},
    {"refused",
     {.state = JOB_STATE_PENDING,
      .job_id = 7,
      .reason = (char *)"BadConstraints",
      .message = (char *)"spec.nodes: no",
      .priority = PRIORITY_UNSET,
      .submit_sec = T0,
      .eligible_sec = TIME_UNSET,
      .start_sec = TIME_UNSET,
      .end_sec = TIME_UNSET,
      .exit_code = -1,
      .exit_signal = -1,
      .refusal = (char *)"spec.nodes: no",
      .refusal_reason = (char *)"BadConstraints",
      .accepted_since_sec = T0 + 5},
     false,
     "conditions.0.type=Accepted|conditions.0.status=False|"
     "conditions.0.reason=BadConstraints|conditions.0.message=spec.nodes: no|"
     "conditions.0.lastTransitionTime=2027-01-15T08:00:05Z|pending.class=Never"},
    {"runs",
     {.state = JOB_STATE_RUNNING,
      .job_id = 7,
      .attempt = 1,
      .priority = 5,
      .submit_sec = T0,
      .eligible_sec = T0,
      .start_sec = T0 + 1,
      .end_sec = TIME_UNSET,
      .exit_code = -1,
      .exit_signal = -1,
      .partition = (char *)"main"},
     true,
     "state=RUNNING|startTime=2027-01-15T08:00:01Z|partition=main|nodeList=n[1-2]|"
     "batchHost=n1|numNodes=2|numGPUs=12|allocTRES=cpu=6,node=2,gres/gpu=12|"
     "placement#2|placement.0.nodes=n1|placement.0.podsPerNode=1|"
     "placement.0.firstRank=0|placement.1.nodes=n2|placement.1.podsPerNode=2|"
     "placement.1.firstRank=1|conditions#2|conditions.1.type=GangStarted|"
     "conditions.1.status=True|pending=null"},
    {"completed",
     {.state = JOB_STATE_COMPLETED,
      .job_id = 7,
      .attempt = 1,
      .priority = 5,
      .submit_sec = T0,
      .eligible_sec = T0,
      .start_sec = T0 + 1,
      .end_sec = T0 + 61,
      .exit_code = 0,
      .exit_signal = 0,
      .partition = (char *)"main"},
     true,
     "state=COMPLETED|endTime=2027-01-15T08:01:01Z|exitCode=0:0|conditions#3|"
     "conditions.2.type=Complete|conditions.2.status=True|"
     "conditions.2.reason=Completed|"
     "conditions.2.lastTransitionTime=2027-01-15T08:01:01Z|nodeList=n[1-2]"},
    {"failed by a signal",
     {.state = JOB_STATE_FAILED,
      .job_id = 7,
      .attempt = 1,
      .reason = (char *)"RaisedSignal:9(Killed)",
      .message = (char *)"rank 1 ended first, with 0:9",
      .priority = 5,
      .submit_sec = T0,
      .eligible_sec = T0,
      .start_sec = T0 + 1,
      .end_sec = T0 + 61,
      .exit_code = 0,
      .exit_signal = 9},
     true,
     "exitCode=0:9|reason=RaisedSignal:9(Killed)|conditions.2.type=Failed|"
     "conditions.2.reason=RaisedSignal|conditions.2.message~rank 1"},
    {"cancelled before it started",
     {.state = JOB_STATE_CANCELLED,
      .job_id = 7,
      .priority = PRIORITY_UNSET,
      .submit_sec = T0,
      .eligible_sec = TIME_UNSET,
      .start_sec = TIME_UNSET,
      .end_sec = T0 + 5,
      .exit_code = -1,
      .exit_signal = -1,
      .last_action = (char *)"x",
      .last_outcome = (char *)"Refused: no"},
     false,
     "lastAction.id=x|lastAction.outcome=Refused: "
     "no|conditions#2|conditions.1.type=Failed|conditions.1.reason=Cancelled|"
     "exitCode=null"},
};

static void place(const struct convert *c, struct jstatus *s)
{
    int gpu = restable_intern(c->resources, c->gpu_resource);
    struct slot slots[] = {{.node = "n1", .pods = 1, .first_rank = 0},
                           {.node = "n2", .pods = 2, .first_rank = 1}};
    for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
        slots[i].each.v[RES_CPU] = 2000;
        slots[i].each.v[RES_PODS] = 1;
        slots[i].tasks = 1;
        slots[i].each.v[gpu] = 4;
    }
    if (s->state == JOB_STATE_PENDING) {
        s->plan = (struct plan){.start_sec = T0 + 600,
                                .promised = true,
                                .partition = xstrdup("main"),
                                .reservation = xstrdup("lab"),
                                .license = xstrdup("octave"),
                                .qos = xstrdup("high"),
                                .slots = slots_new(slots, 2),
                                .n_slots = 2};
        return;
    }
    s->placement = slots_new(slots, 2);
    s->n_placement = 2;
}

static struct json *object_new(void)
{
    return json_build(
        "{'metadata':{'name':'a','namespace':'b','uid':'u','generation':3,"
        "'resourceVersion':'17'},'spec':{'template':{'spec':{'containers':"
        "[{'name':'main','image':'i'}]}}}}");
}

static struct convert convert_with(struct restable *resources)
{
    restable_init(resources);
    return (struct convert){.resources = resources,
                            .gpu_resource = "nvidia.com/gpu",
                            .gpu_type_label = "gantry.dev/gpu-type"};
}

START_TEST(test_patch)
{
    struct restable resources;
    struct err err = ERR_INIT;
    struct convert c = convert_with(&resources);
    JSON_AUTO struct json *object = object_new();
    struct bjob *job = bjob_parse(&c, object, &err);
    struct jstatus want;
    jstatus_copy(&want, &cases[_i].status);
    want.plan.start_sec = TIME_UNSET;
    if (want.ahead.jobs == 0)
        want.ahead.jobs = AHEAD_NONE;
    if (cases[_i].placed)
        place(&c, &want);
    JSON_AUTO struct json *patch = status_patch(&c, job, &want, NULL);
    /* Fenced by what it was decided on. */
    apitest_expect_in(patch, cases[_i].what,
                      "metadata.uid=u|metadata.resourceVersion=17|spec!");
    apitest_expect_in(json_get(patch, "status"), cases[_i].what, cases[_i].parts);

    json_set(object, "status", json_copy(json_get(patch, "status")));
    struct bjob *back = bjob_parse(&c, object, &err);
    ck_assert_msg(jstatus_equal(&back->status, &want), "%s: read back different",
                  cases[_i].what);
    ck_assert_int_eq(back->status.priority, want.priority);
    if (want.plan.start_sec != TIME_UNSET)
        ck_assert_int_eq(back->status.planned_since_sec, want.planned_since_sec);
    bjob_free(back);
    jstatus_fini(&want);
    bjob_free(job);
}
END_TEST

/* Nobody ahead is something else than no saying who. */
START_TEST(test_first)
{
    struct restable resources;
    struct convert c = convert_with(&resources);
    JSON_AUTO struct json *object = object_new();
    struct bjob *job = bjob_parse(&c, object, NULL);
    struct jstatus want;
    jstatus_init(&want);
    want.state = JOB_STATE_PENDING;
    want.ahead = (struct ahead){0, 0, 0};
    text_set(&want.reason, "Priority");
    JSON_AUTO struct json *patch = status_patch(&c, job, &want, NULL);
    apitest_expect_in(json_get(patch, "status"), "first",
                      "pending.ahead.jobs=0|pending.ahead.gpus=0|"
                      "pending.ahead.next=null|conditions#1");
    json_set(object, "status", json_copy(json_get(patch, "status")));
    struct bjob *back = bjob_parse(&c, object, NULL);
    ck_assert(jstatus_equal(&back->status, &want));
    ck_assert_int_eq(back->status.ahead.jobs, 0);
    bjob_free(back);
    jstatus_fini(&want);
    bjob_free(job);
}
END_TEST

/* What it has alone is more than what its pods ask for. */
START_TEST(test_counts)
{
    struct restable resources;
    struct convert c = convert_with(&resources);
    JSON_AUTO struct json *object = object_new();
    struct bjob *job = bjob_parse(&c, object, NULL);
    struct jstatus want;
    jstatus_init(&want);
    want.state = JOB_STATE_RUNNING;
    place(&c, &want);
    AUTO_FREE struct slot *counts = slots_draft(want.placement, want.n_placement);
    for (size_t i = 0; i < want.n_placement; i++) {
        counts[i].pods = 1;
        counts[i].each = (struct resvec){.v[RES_CPU] = 64000};
    }
    AUTO_FREE char *expected =
        xasprintf("cpu=%zu,node=%zu", 64 * want.n_placement, want.n_placement);
    JSON_AUTO struct json *patch = status_patch(&c, job, &want, counts);
    ck_assert_str_eq(json_str(patch, "status.allocTRES"), expected);
    jstatus_fini(&want);
    bjob_free(job);
}
END_TEST

/* A status that says less takes back what an older one said. */
START_TEST(test_absolute)
{
    struct restable resources;
    struct err err = ERR_INIT;
    struct convert c = convert_with(&resources);
    JSON_AUTO struct json *object = object_new();
    struct bjob *job = bjob_parse(&c, object, &err);
    struct jstatus full, empty;
    jstatus_copy(&full, &cases[5].status);
    place(&c, &full);
    jstatus_init(&empty);
    empty.state = JOB_STATE_PENDING;
    JSON_AUTO struct json *more = status_patch(&c, job, &full, NULL);
    JSON_AUTO struct json *less = status_patch(&c, job, &empty, NULL);
    for (json_each (it, json_get(more, "status")))
        ck_assert_msg(json_get(json_get(less, "status"), it.key) != NULL,
                      "%s would stay", it.key);
    jstatus_fini(&full);
    jstatus_fini(&empty);
    bjob_free(job);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/statusdoc", (struct suite_row[]){
                                                         {test_patch, ARRAY_LEN(cases)},
                                                         {test_absolute, 1},
                                                         {test_first, 1},
                                                         {test_counts, 1},
                                                         {NULL, 0},
                                                     });
}

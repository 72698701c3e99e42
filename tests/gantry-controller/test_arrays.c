/* Arrays: their tasks are split off as they start, each runs once, whenever a
 * controller dies. */
#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
/* All of a node: four run at a time. */
#define WHOLE "'gpusPerNode':8,'array':"

static void expect_gone(struct ctltest *t, const char *name)
{
    AUTO_FREE char *path = xasprintf(JOBS "/%s", name);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 404);
}

START_TEST(test_life)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", WHOLE "'2-8:2'");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.jobID=1|status.arrayJobID=1|status.state=RUNNING|"
                   "status.array.states.RUNNING=2,4,6,8|"
                   "status.array.states.PENDING!");
    ctltest_expect(t, "a-1-4",
                   "status.state=RUNNING|status.arrayJobID=1|status.arrayTaskID=4|"
                   "spec.jobName=a");
    ctltest_end(t, "a-1-2", 0, 0);
    ctltest_end(t, "a-1-4", 0, 3);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.array.states.RUNNING=6,8|"
                   "status.array.states.COMPLETED=2|status.array.states.FAILED=4");
    ctltest_end(t, "a-1-6", 0, 0);
    ctltest_end(t, "a-1-8", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=FAILED|status.exitCode=3:0|"
                   "status.reason=NonZeroExitCode|status.message=task 4 failed|"
                   "status.array.states.COMPLETED=2,6,8");
    ctltest_free(t);
}
END_TEST

/* The others wait in the one record, with a reason and a plan. */
START_TEST(test_room)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", WHOLE "'0-9','timeLimit':'10'");
    ctltest_advance(t, 5);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=Resources|"
                   "status.array.states.RUNNING=0-3|status.array.states.PENDING=4-9|"
                   "status.plannedStartTime~2027");
    expect_gone(t, "a-1-4");
    ctltest_end(t, "a-1-1", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-1-4", "status.state=RUNNING");
    ctltest_expect(t, "a",
                   "status.array.states.RUNNING=0,2-4|status.array.states.PENDING=5-9");
    ctltest_free(t);
}
END_TEST

/* All that fit start before a job behind the array, for which there was room beside the
 * first of them. */
START_TEST(test_together)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", WHOLE "'0-4'");
    ctltest_submit(t, "b", "'gpusPerNode':8");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.array.states.RUNNING=0-3|status.array.states.PENDING=4");
    ctltest_expect(t, "b", "status.state=PENDING");
    ctltest_free(t);
}
END_TEST

START_TEST(test_limit)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-5%2'");
    ctltest_advance(t, 5);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=JobArrayTaskLimit|"
                   "status.array.states.RUNNING=0-1|status.array.states.PENDING=2-5");
    ctltest_expect(t, "a-1-1", "status.priority=1000");
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.array.states.RUNNING=1-2");
    ctltest_patch(t, JOBS "/a", "{'spec':{'array':'0-5%4'}}");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.array.states.RUNNING=1-4");
    ctltest_free(t);
}
END_TEST

/* An array in an empty cluster begins at once, in batches that grow. */
START_TEST(test_many)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'1-60'");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=RUNNING|status.array.states.RUNNING=1-60");
    ctltest_free(t);
}
END_TEST

START_TEST(test_cancel)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-5%2'");
    ctltest_advance(t, 2);
    ctltest_act_on(t, "a", "x", "Cancel", "1-3");
    ctltest_wind_up(t, 2);
    ctltest_expect(t, "a-1-1", "status.state=CANCELLED");
    ctltest_expect(t, "a",
                   "status.lastAction.id=x|status.lastAction.outcome=Done|"
                   "status.array.states.CANCELLED=1-3|"
                   "status.array.states.RUNNING=0,4|status.array.states.PENDING=5");
    ctltest_patch(t, JOBS "/a",
                  "{'spec':{'actions':[{'id':'x','type':'Cancel','tasks':'1-3'},"
                  "{'id':'y','type':'Cancel'}]}}");
    ctltest_wind_up(t, 2);
    ctltest_expect(t, "a",
                   "status.state=CANCELLED|status.array.states.CANCELLED=0-5|"
                   "status.lastAction.id=y");
    expect_gone(t, "a-1-5");
    ctltest_free(t);
}
END_TEST

/* What cannot be read is for no task, rather than for all. */
START_TEST(test_bad_tasks)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-5%2'");
    ctltest_advance(t, 2);
    ctltest_act_on(t, "a", "x", "Cancel", "3-");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.lastAction.outcome=Refused: its tasks are no list such as "
                   "3-5,7|status.array.states.RUNNING=0-1|"
                   "status.array.states.PENDING=2-5");
    ctltest_free(t);
}
END_TEST

/* A task that has been told as much as a job can be told hears nothing more but that it
 * is cancelled. */
START_TEST(test_full_list)
{
    struct ctltest *t = ctltest_new();
    STR_AUTO struct str patch;
    str_init(&patch, 8192);
    ctltest_submit(t, "a", "'array':'0-2%2'");
    ctltest_advance(t, 2);
    str_add(&patch, "{'spec':{'actions':[");
    for (int i = 0; i < 63; i++)
        str_addf(&patch, "%s{'id':'%d','type':'Signal','signal':'USR1'}", i ? "," : "",
                 i);
    str_add(&patch, "]}}");
    ctltest_patch(t, JOBS "/a-1-0", patch.s);
    ctltest_advance(t, 2);
    ctltest_act(t, "a", "x", "Requeue");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.lastAction.id=x|status.lastAction.outcome=Done, but not for "
                   "0: a job's list of actions has room for 63, and a Cancel");
    ctltest_expect(t, "a-1-0", "status.state=RUNNING");
    spy_forget(t->spy);
    ctltest_advance(t, 60);
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/batchjobs/a-1-0"), 0);
    ctltest_patch(t, JOBS "/a",
                  "{'spec':{'actions':[{'id':'x','type':'Requeue'},"
                  "{'id':'y','type':'Cancel'}]}}");
    ctltest_wind_up(t, 2);
    ctltest_expect(t, "a",
                   "status.lastAction.id=y|status.lastAction.outcome=Done|"
                   "status.array.states.CANCELLED=0-2");
    ctltest_free(t);
}
END_TEST

/* A task's BatchJob that somebody deletes is a task that he cancels. */
START_TEST(test_task_deleted)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-2%1'");
    ctltest_advance(t, 2);
    ctltest_kill(t);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a-1-0", NULL), 200);
    ctltest_start(t);
    ctltest_wind_up(t, 5);
    ctltest_expect(t, "a",
                   "status.array.states.CANCELLED=0|status.array.states.RUNNING=1");
    expect_gone(t, "a-1-0");
    ctltest_free(t);
}
END_TEST

/* One that is deleted before its array knows it has never run: it is made again. */
START_TEST(test_lost)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", WHOLE "'0','hold':'User'");
    ctltest_advance(t, 2);
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/batchjobs/a/status", SPY_REFUSE,
                                         403, "Forbidden", "policy", SPY_ALWAYS});
    ctltest_patch(t, JOBS "/a", "{'spec':{'hold':null}}");
    ctltest_advance(t, 5);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a-1-0", NULL), 200);
    ctltest_advance(t, 1);
    spy_spare(t->spy);
    ctltest_advance(t, 60);
    ctltest_expect(t, "a", "status.state=RUNNING|status.array.states.RUNNING=0");
    ctltest_expect(t, "a-1-0", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* One that is no longer marked as a task is none, and its array says so. */
START_TEST(test_unmarked)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-2%1'");
    ctltest_advance(t, 2);
    ctltest_patch(t, JOBS "/a-1-0",
                  "{'metadata':{'labels':{'gantry.dev/array-task':null}}}");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.array.states.CANCELLED=0|status.array.states.RUNNING=1");
    ctltest_free(t);
}
END_TEST

/* Nothing is a task of itself. */
START_TEST(test_own_owner)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=RUNNING");
    AUTO_FREE char *patch =
        xasprintf("{'metadata':{'labels':{'gantry.dev/array-job-id':'1',"
                  "'gantry.dev/array-task':'0'},'ownerReferences':[{'apiVersion':"
                  "'gantry.dev/v1alpha1','kind':'BatchJob','name':'a','uid':'%s',"
                  "'controller':true}]}}",
                  json_str(t->api->body, "metadata.uid"));
    ctltest_patch(t, JOBS "/a", patch);
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_settle(t);
    expect_gone(t, "a");
    ctltest_free(t);
}
END_TEST

/* Records of tasks go at their ttl, but not before their end is written. */
START_TEST(test_ttl)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-1%1','ttlSecondsAfterFinished':1");
    ctltest_advance(t, 2);
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/batchjobs/a/status", SPY_REFUSE,
                                         403, "Forbidden", "policy", SPY_ALWAYS});
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_advance(t, 20);
    ctltest_expect(t, "a-1-0", "status.state=COMPLETED");
    spy_spare(t->spy);
    ctltest_advance(t, 30);
    expect_gone(t, "a-1-0");
    ctltest_expect(t, "a",
                   "status.array.states.COMPLETED=0|status.array.states.RUNNING=1");
    ctltest_free(t);
}
END_TEST

START_TEST(test_requeue)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-1'");
    ctltest_advance(t, 2);
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_end(t, "a-1-1", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    ctltest_act(t, "a-1-0", "again", "Requeue");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-1-0", "status.state=RUNNING|status.restarts=1");
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.array.states.RUNNING=0|"
                   "status.array.states.COMPLETED=1");
    ctltest_free(t);
}
END_TEST

START_TEST(test_refused)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-1001'");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=BadConstraints|"
                   "status.message~Invalid job array specification: \"0-1001\"; "
                   "indices are below 1001 here (maxArraySize)");
    ctltest_free(t);
}
END_TEST

/* Where the site has larger ones. */
START_TEST(test_large)
{
    struct ctltest *t = ctltest_new();
    ctltest_kill(t);
    t->settings.max_array_size = 10001;
    ctltest_start(t);
    ctltest_submit(t, "a", "'array':'0-10000:5000'");
    ctltest_submit(t, "b", "'array':'0-10000:3333%1'");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.array.states.RUNNING=0-10000:5000");
    ctltest_expect(t, "a-1-10000", "status.state=RUNNING");
    ctltest_expect(t, "b", "status.array.states.PENDING=3333-9999:3333");
    ctltest_free(t);
}
END_TEST

/* The room of a task stays its own while it waits for a number. */
START_TEST(test_room_is_kept)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':4,'gpusPerNode':8,'array':'0-1'");
    ctltest_submit(t, "b", "'nodes':4,'gpusPerNode':8");
    ctltest_advance(t, 2);
    ctltest_kill(t);
    spy_spoil(t->spy, &(struct spy_rule){"PUT", "/configmaps/job-ids", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "away", SPY_ALWAYS});
    ctltest_start(t);
    ctltest_settle(t);
    for (int rank = 0; rank < 4; rank++)
        ctltest_end(t, "a-1-0", rank, 0);
    ctltest_advance(t, 5);
    ctltest_expect(t, "a-1-1", "status!");
    ctltest_expect(t, "b", "status.state=PENDING");
    spy_spare(t->spy);
    ctltest_advance(t, 20);
    ctltest_expect(t, "a-1-1", "status.state=RUNNING");
    ctltest_expect(t, "b", "status.state=PENDING");
    ctltest_free(t);
}
END_TEST

/* The controller dies in the n-th write of an array's life; no task is lost, and none
 * has two attempts. */
#define DEATHS 24

START_TEST(test_killed)
{
    struct ctltest *t = ctltest_new();
    spy_forget(t->spy);
    ctltest_submit(t, "a", WHOLE "'0-5'");
    ctltest_run_to_write(t, (size_t)_i, 0);
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_advance(t, 40);
    ctltest_expect(t, "a",
                   "status.array.states.RUNNING=0-3|status.array.states.PENDING=4-5");
    int64_t id = json_int_or(t->api->body, "status.jobID", 0); /* gaps are allowed */
    for (int i = 0; i < 6; i++) {
        AUTO_FREE char *name = xasprintf("a-%" PRId64 "-%d", id, i);
        ctltest_expect(t, name, "status.state=RUNNING|status.restarts=0");
        ck_assert_uint_eq(ctltest_pods(t, name, true), 1);
        ctltest_end(t, name, 0, 0);
        ctltest_advance(t, 2);
    }
    ctltest_expect(t, "a", "status.state=COMPLETED|status.array.states.COMPLETED=0-5");
    ctltest_free(t);
}
END_TEST

/* The places of its next tasks: those behind the first one, too, are where a controller
 * that starts anew goes on from; a job that has come meanwhile gets none of them. */
START_TEST(test_places)
{
    static const char *const places =
        "status.pending.promised=true|status.pending.plannedFurther.0.plannedPartition="
        "main|status.pending.plannedFurther.0.plannedPlacement.0.nodes=n2|"
        "status.pending.plannedFurther.1.plannedPlacement.0.nodes=n3|"
        "status.pending.plannedFurther.2!";
    struct ctltest *t = ctltest_new();

    ctltest_submit(t, "all", "'nodes':4,'exclusive':true,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_submit(t, "a", WHOLE "'0-2','timeLimit':'30'");
    ctltest_settle(t);
    ctltest_expect(t, "a", places);
    ctltest_kill(t);
    ctltest_submit(t, "first", "'gpusPerNode':8,'timeLimit':'30','priority':4000000");
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "a", places);
    ctltest_expect(t, "first", "status.pending.plannedNodes=n4");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/arrays",
                      (struct suite_row[]){
                          {test_life, 1},         {test_room, 1},
                          {test_together, 1},     {test_limit, 1},
                          {test_many, 1},         {test_cancel, 1},
                          {test_bad_tasks, 1},    {test_full_list, 1},
                          {test_task_deleted, 1}, {test_lost, 1},
                          {test_unmarked, 1},     {test_own_owner, 1},
                          {test_ttl, 1},          {test_requeue, 1},
                          {test_refused, 1},      {test_large, 1},
                          {test_room_is_kept, 1}, {test_killed, DEATHS},
                          {test_places, 1},       {NULL, 0},
                      });
}

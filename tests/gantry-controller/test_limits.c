/* Limits that shrink to fit, and deadlines: what status says, and a restart. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"

/* All nodes but one are held for two hours, then by a gang that is promised them. */
static struct ctltest *busy(void)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "long", "'nodes':3,'exclusive':true,'timeLimit':'120'");
    ctltest_settle(t);
    ctltest_submit(t, "gang", "'nodes':4,'exclusive':true,'timeLimit':'30'");
    ctltest_settle(t);
    ctltest_expect(t, "gang", "status.reason=Resources|status.pending.promised=true");
    return t;
}

START_TEST(test_shrunk)
{
    struct ctltest *t = busy();
    ctltest_submit(t, "fits", "'timeLimit':'1-0','timeMin':'30'");
    ctltest_submit(t, "does-not", "'timeLimit':'1-0'");
    ctltest_settle(t);
    ctltest_expect(t, "does-not", "status.state=PENDING");
    ctltest_expect(t, "fits",
                   "status.state=RUNNING|status.timeLimit=01:59:00|"
                   "status.timeLimitAsked=1-0");
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_advance(t, 119 * 60 - 10);
    ctltest_expect(t, "fits", "status.state=RUNNING");
    ctltest_advance(t, 20);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "fits", "status.state=TIMEOUT");
    ctltest_free(t);
}
END_TEST

/* A limit that is asked for later takes the place of the one in force. */
START_TEST(test_changed)
{
    struct ctltest *t = busy();
    ctltest_submit(t, "fits", "'timeLimit':'1-0','timeMin':'30'");
    ctltest_settle(t);
    ctltest_patch(t, JOBS "/fits", "{'spec':{'timeLimit':'10'}}");
    ctltest_settle(t);
    ctltest_advance(t, 9 * 60);
    ctltest_expect(t, "fits", "status.state=RUNNING");
    ctltest_advance(t, 70);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "fits", "status.state=TIMEOUT");
    ctltest_free(t);
}
END_TEST

START_TEST(test_deadline)
{
    struct ctltest *t = busy();
    ctltest_submit(t, "late", "'nodes':2,'timeLimit':'60','deadline':'now+90minutes'");
    ctltest_submit(t, "until", "'timeLimit':'UNLIMITED','deadline':'now+90minutes'");
    ctltest_settle(t);
    ctltest_expect(t, "until", "status.state=RUNNING|status.timeLimit=01:30:00");
    ctltest_expect(t, "late", "status.state=PENDING|status.reason=Resources");
    ctltest_advance(t, 29 * 60);
    ctltest_expect(t, "late", "status.state=PENDING");
    ctltest_advance(t, 70);
    ctltest_expect(
        t, "late",
        "status.state=DEADLINE|status.reason=DeadLine|"
        "status.message~cannot be over by its deadline, |"
        "status.conditions.1.type=Failed|status.conditions.1.reason=DeadLine");
    ctltest_submit(t, "next", "'dependency':'afterok:3'");
    ctltest_settle(t);
    ctltest_expect(t, "next", "status.reason=DependencyNeverSatisfied");
    ctltest_free(t);
}
END_TEST

/* Who asks for no limit has that of its QOS, and keeps it once it runs. */
START_TEST(test_bound)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "normal", "'limits':{'maxWall':'30'}");
    ctltest_submit(t, "runs", "'nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_submit(t, "waits", "'nodes':4,'exclusive':true");
    ctltest_submit(t, "asks", "'nodes':4,'exclusive':true,'timeLimit':'10'");
    ctltest_settle(t);
    ctltest_expect(t, "runs", "status.state=RUNNING|status.timeLimit=00:30:00");
    ctltest_expect(t, "waits", "status.state=PENDING|status.timeLimit=00:30:00");
    ctltest_expect(t, "asks", "status.state=PENDING|status.timeLimit!");
    ctltest_patch(t, "/apis/gantry.dev/v1alpha1/qos/normal",
                  "{'spec':{'limits':{'maxWall':'20'}}}");
    ctltest_settle(t);
    ctltest_restart(t);
    ctltest_expect(t, "runs", "status.timeLimit=00:30:00");
    ctltest_expect(t, "waits", "status.timeLimit=00:20:00");
    ctltest_advance(t, 29 * 60);
    ctltest_expect(t, "runs", "status.state=RUNNING");
    ctltest_advance(t, 70);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "runs", "status.state=TIMEOUT|status.reason=TimeLimit");
    ctltest_free(t);
}
END_TEST

/* So has each task of an array. */
START_TEST(test_bound_tasks)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "normal", "'limits':{'maxWall':'30'}");
    ctltest_submit(t, "a", "'array':'0-1','nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_expect(t, "a-1-0", "status.state=RUNNING|status.timeLimit=00:30:00");
    ctltest_expect(t, "a", "status.state=PENDING|status.timeLimit=00:30:00");
    ctltest_free(t);
}
END_TEST

/* Who gains age is persisted, and so is why somebody does not. */
START_TEST(test_accrue)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "normal", "'limits':{'maxJobsAccruePerUser':1}");
    ctltest_submit(t, "all", "'nodes':4,'exclusive':true,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_submit(t, "first", "'nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_submit(t, "second", "'nodes':4,'exclusive':true");
    ctltest_advance(t, 100);
    ctltest_restart(t);
    ctltest_expect(t, "first",
                   "status.reason=Resources|status.accrueTime=2027-01-15T08:00:01Z|"
                   "status.accrueLimit!");
    ctltest_expect(t, "second",
                   "status.reason=Resources|status.accrueTime!|"
                   "status.accrueLimit=QOS normal allows a user 1 job to gain age");
    ctltest_act(t, "first", "a", "Cancel");
    ctltest_settle(t);
    ctltest_restart(t);
    ctltest_expect(t, "second",
                   "status.accrueTime=2027-01-15T08:01:42Z|status.accrueLimit!");
    ctltest_free(t);
}
END_TEST

/* Since when a job is eligible is persisted, and outlives the controller: who was held,
 * or waited for another, when it went gains no age for that. */
START_TEST(test_eligible)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "all", "'nodes':4,'exclusive':true,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_submit(t, "held", "'nodes':4,'exclusive':true,'hold':'User'");
    ctltest_submit(t, "next", "'nodes':4,'exclusive':true,'dependency':'afterok:1'");
    ctltest_submit(t, "later", "'nodes':4,'exclusive':true,'begin':'now+1hour'");
    ctltest_submit(t, "ready", "'nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_expect(t, "all",
                   "status.state=RUNNING|"
                   "status.eligibleTime=2027-01-15T08:00:00Z");
    ctltest_expect(t, "held", "status.reason=JobHeldUser|status.eligibleTime!");
    ctltest_expect(t, "next", "status.reason=Dependency|status.eligibleTime!");
    ctltest_expect(t, "later", "status.reason=BeginTime|status.eligibleTime!");
    ctltest_expect(t, "ready", "status.eligibleTime=2027-01-15T08:00:01Z");
    ctltest_advance(t, 600);
    ctltest_kill(t);
    ctltest_patch(t, JOBS "/held", "{'spec':{'hold':null}}");
    ctltest_patch(t, JOBS "/ready", "{'spec':{'hold':'User'}}");
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "held",
                   "status.reason=Resources|"
                   "status.eligibleTime=2027-01-15T08:10:01Z");
    ctltest_expect(t, "ready", "status.reason=JobHeldUser|status.eligibleTime!");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/limits", (struct suite_row[]){
                                                      {test_shrunk, 1},
                                                      {test_changed, 1},
                                                      {test_deadline, 1},
                                                      {test_bound, 1},
                                                      {test_bound_tasks, 1},
                                                      {test_accrue, 1},
                                                      {test_eligible, 1},
                                                      {NULL, 0},
                                                  });
}

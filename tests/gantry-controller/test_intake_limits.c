/* Jobs that are past a limit when they come: which wait outside of the queue, and what
 * they are told. */
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define LIMITED                                                                      \
    "Job violates accounting/QOS policy (job submit limit, user's size and/or time " \
    "limits): "

static void add_qos(struct ctltest *t, const char *spec)
{
    ctltest_make(t, "QOS", "normal", spec);
    ctltest_settle(t);
}

static const char over[] =
    "status.state=PENDING|status.reason=QOSMaxSubmitJobPerUserLimit|"
    "status.pending.class=NotAllowed|status.conditions.0.type=Accepted|"
    "status.conditions.0.status=False|"
    "status.conditions.0.reason=QOSMaxSubmitJobPerUserLimit|"
    "status.conditions.0.message~" LIMITED
    "QOS normal allows a user 2 jobs in the queue";

/* Of jobs that come at once the first are in, a restart changes nothing, and when one
 * ends the next is let in. */
START_TEST(test_submit_limit)
{
    struct ctltest *t = ctltest_new();
    add_qos(t, "'limits':{'maxSubmitJobsPerUser':2}");
    ctltest_submit(t, "a", "'user':'ann'");
    ctltest_submit(t, "b", "'user':'ann','hold':'User'");
    ctltest_submit(t, "c", "'user':'ann'");
    ctltest_submit(t, "d", "'user':'ann'");
    ctltest_submit(t, "e", "'user':'bob'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_expect(t, "b", "status.reason=JobHeldUser");
    ctltest_expect(t, "c", over);
    ctltest_expect(t, "d", over);
    ctltest_expect(t, "e", "status.state=RUNNING");
    ctltest_restart(t);
    ctltest_expect(t, "c", over);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.state=RUNNING|status.conditions.0.status=True");
    ctltest_expect(t, "d", over);
    ctltest_change(t, "QOS", "normal", "'limits':{'maxSubmitJobsPerUser':3}");
    ctltest_settle(t);
    ctltest_expect(t, "d", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* While jobs are counted anew for a limit that has just changed nothing is said of new
 * ones, and those that were kept out stay so; then the first that came is in. */
START_TEST(test_limit_moves)
{
    struct ctltest *t = ctltest_new();
    add_qos(t, "'limits':{'maxSubmitJobsPerUser':1}");
    ctltest_submit(t, "a", "'user':'ann','hold':'User'");
    ctltest_submit(t, "b", "'user':'ann'");
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.conditions.0.status=False");
    spy_forget(t->spy);
    ctltest_change(t, "QOS", "normal",
                   "'limits':{'maxSubmitJobsPerUser':1},'priority':5");
    ctltest_settle(t);
    ctltest_restart(t);
    ck_assert_msg(spy_count(t->spy, NULL, "/batchjobs/b/status") == 0, "%.3000s",
                  spy_text(t->spy));
    ctltest_change(t, "QOS", "normal", "'limits':{'maxSubmitJobsPerUser':3}");
    ctltest_submit(t, "c", "'user':'ann'");
    ctltest_submit(t, "d", "'user':'ann'");
    ctltest_submit(t, "e", "'user':'bob'");
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_expect(t, "c", "status.state=RUNNING");
    ctltest_expect(t, "d",
                   "status.state=PENDING|status.reason=QOSMaxSubmitJobPerUserLimit|"
                   "status.conditions.0.status=False");
    ctltest_expect(t, "e", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* The controller dies at any write of that, and another ends it alike. */
START_TEST(test_limit_moves_and_restarts)
{
    struct ctltest *t = ctltest_new();
    add_qos(t, "'limits':{'maxSubmitJobsPerUser':1}");
    ctltest_submit(t, "a", "'user':'ann','hold':'User'");
    ctltest_settle(t);
    spy_forget(t->spy);
    ctltest_change(t, "QOS", "normal", "'limits':{'maxSubmitJobsPerUser':2}");
    ctltest_submit(t, "b", "'user':'ann'");
    ctltest_submit(t, "c", "'user':'ann'");
    ctltest_run_to_write(t, (size_t)_i / 3, _i % 3);
    ctltest_restart(t);
    ctltest_expect(t, "a", "status.reason=JobHeldUser");
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_expect(t, "c",
                   "status.state=PENDING|status.reason=QOSMaxSubmitJobPerUserLimit");
    ctltest_free(t);
}
END_TEST

/* An array is as many jobs as it has tasks, all or none; its tasks are in with it. */
START_TEST(test_array_submitted)
{
    struct ctltest *t = ctltest_new();
    add_qos(t, "'limits':{'maxSubmitJobsPerUser':3,'maxJobsPerUser':1}");
    ctltest_submit(t, "fits", "'user':'bob','array':'0-2'");
    ctltest_submit(t, "large", "'user':'ann','array':'0-3'");
    ctltest_submit(t, "one", "'user':'bob'");
    ctltest_settle(t);
    ctltest_expect(t, "large",
                   "status.reason=QOSMaxSubmitJobPerUserLimit|"
                   "status.conditions.0.status=False");
    ctltest_expect(t, "fits",
                   "status.reason=QOSMaxJobsPerUserLimit|"
                   "status.conditions.0.status=True");
    ctltest_expect(t, "fits-1-0", "status.state=RUNNING");
    ctltest_expect(t, "one", "status.reason=QOSMaxSubmitJobPerUserLimit");
    ctltest_end(t, "fits-1-0", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "fits-1-1", "status.state=RUNNING");
    ctltest_expect(
        t, "one",
        "status.reason=QOSMaxJobsPerUserLimit|status.conditions.0.status=True");
    ctltest_free(t);
}
END_TEST

/* What a job asks for alone keeps it out where its QOS says so; else it waits. */
START_TEST(test_deny_on_limit)
{
    struct ctltest *t = ctltest_new();
    add_qos(t, "'limits':{'maxTRESPerJob':{'node':1},'maxWall':'60'}");
    ctltest_submit(t, "waits", "'nodes':2,'timeLimit':'30'");
    ctltest_settle(t);
    ctltest_expect(
        t, "waits",
        "status.reason=QOSMaxNodePerJobLimit|status.conditions.0.status=True");
    ctltest_change(t, "QOS", "normal", "'flags':['DenyOnLimit']");
    ctltest_settle(t);
    ctltest_submit(t, "nodes", "'nodes':2,'timeLimit':'30'");
    ctltest_submit(t, "time", "'timeLimit':'61'");
    ctltest_submit(t, "fine", "'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_expect(t, "waits", "status.conditions.0.status=True");
    ctltest_expect(
        t, "nodes",
        "status.reason=QOSMaxNodePerJobLimit|status.conditions.0.status=False|"
        "status.message~" LIMITED "QOS normal allows a job node=1; it needs "
        "node=2");
    ctltest_expect(t, "time",
                   "status.reason=QOSMaxWallDurationPerJobLimit|"
                   "status.conditions.0.status=False");
    ctltest_expect(t, "fine", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/intake_limits",
                      (struct suite_row[]){
                          {test_submit_limit, 1},
                          {test_limit_moves, 1},
                          {test_limit_moves_and_restarts, 12},
                          {test_array_submitted, 1},
                          {test_deny_on_limit, 1},
                          {NULL, 0},
                      });
}

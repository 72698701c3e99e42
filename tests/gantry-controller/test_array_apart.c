/* Tasks that wait by themselves: split off before they start. */
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"

/* A task that is released starts before those that have no record, within the array's
 * limit. */
START_TEST(test_hold)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-4%2'");
    ctltest_advance(t, 2);
    ctltest_act_on(t, "a", "h", "Hold", "1,3-4");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.lastAction.id=h|status.lastAction.outcome=Done|"
                   "status.array.states.RUNNING=0-1|status.array.states.PENDING=2|"
                   "status.array.states.SPLIT=3-4|status.reason=JobArrayTaskLimit");
    ctltest_expect(t, "a-1-1", "status.state=RUNNING|spec.hold!");
    ctltest_expect(t, "a-1-4",
                   "status.state=PENDING|status.reason=JobHeldUser|spec.hold=User|"
                   "status.arrayTaskID=4|spec.actions!");
    ctltest_patch(t, JOBS "/a-1-4", "{'spec':{'hold':null}}");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-1-4", "status.reason=JobArrayTaskLimit");
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-1-4", "status.state=RUNNING");
    ctltest_expect(t, "a",
                   "status.array.states.RUNNING=1,4|status.array.states.PENDING=2|"
                   "status.array.states.SPLIT=3");
    ctltest_end(t, "a-1-1", 0, 0);
    ctltest_end(t, "a-1-4", 0, 0);
    ctltest_advance(t, 2);
    ctltest_end(t, "a-1-2", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=RUNNING|status.array.states.SPLIT=3");
    ctltest_act(t, "a-1-3", "x", "Cancel");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=CANCELLED|status.array.states.CANCELLED=3");
    ctltest_free(t);
}
END_TEST

/* Held and cancelled at once, which comes to them behind the hold. */
START_TEST(test_hold_cancel)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-3','hold':'User'");
    ctltest_advance(t, 2);
    ctltest_patch(t, JOBS "/a",
                  "{'spec':{'actions':[{'id':'h','type':'Hold','tasks':'0-1'},"
                  "{'id':'c','type':'Cancel'}]}}");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.state=CANCELLED|status.lastAction.id=c|"
                   "status.array.states.CANCELLED=0-3");
    ctltest_expect(t, "a-1-1", "status.state=CANCELLED");
    ctltest_free(t);
}
END_TEST

/* Tasks of an array that cannot be read cannot be made. */
START_TEST(test_hold_unread)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-3','hold':'User'");
    ctltest_advance(t, 2);
    ctltest_patch(t, JOBS "/a", "{'spec':{'dependency':'afterok:x'}}");
    ctltest_act_on(t, "a", "h", "Hold", "0-1");
    ctltest_advance(t, 2);
    ctltest_expect(
        t, "a",
        "status.state=PENDING|status.lastAction.id=h|"
        "status.lastAction.outcome=Refused: the job is not taken in as it is");
    ctltest_free(t);
}
END_TEST

/* It waits for what its array waits for, and is held as that is. */
START_TEST(test_waits)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "first", "");
    ctltest_submit(t, "second", "");
    ctltest_advance(t, 2);
    ctltest_end(t, "first", 0, 0);
    ctltest_advance(t, 1);
    ctltest_submit(t, "a",
                   "'array':'0-1','hold':'User','begin':'now+60',"
                   "'dependency':'afterok:1,afterok:2,singleton'");
    ctltest_advance(t, 2);
    ctltest_act_on(t, "a", "h", "Hold", "1");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-3-1",
                   "spec.dependency=afterok:2,singleton|spec.begin~2027-01-|"
                   "spec.hold=User|status.reason=JobHeldUser");
    ctltest_free(t);
}
END_TEST

/* What cannot be made is told, and tried again, not in a rush. */
START_TEST(test_refused)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-1','hold':'User'");
    ctltest_advance(t, 2);
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/batchjobs", SPY_REFUSE, 403,
                                         "Forbidden", "no more", 2});
    spy_forget(t->spy);
    ctltest_act_on(t, "a", "h", "Hold", "1");
    ctltest_advance(t, 9);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/batchjobs"), 1);
    ctltest_expect(t, "a", "status.message~no more|status.lastAction!");
    ctltest_advance(t, 40);
    ctltest_expect(t, "a-1-1", "status.reason=JobHeldUser");
    ctltest_expect(t, "a", "status.lastAction.outcome=Done");
    ctltest_free(t);
}
END_TEST

/* A job that is no array has no tasks to be held, and runs on. */
START_TEST(test_no_array)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "");
    ctltest_advance(t, 2);
    ctltest_act_on(t, "a", "h", "Hold", "1");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.lastAction.outcome=Refused: only tasks "
                   "of an array are held so; spec.hold holds a job");
    ctltest_free(t);
}
END_TEST

/* The controller dies in the n-th write; each task has one record all the same. */
#define DEATHS 8

START_TEST(test_killed)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-3%1'");
    ctltest_advance(t, 2);
    spy_forget(t->spy);
    ctltest_act_on(t, "a", "h", "Hold", "1-2");
    ctltest_run_to_write(t, (size_t)_i, 0);
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_advance(t, 20);
    ctltest_expect(t, "a",
                   "status.array.states.RUNNING=0|status.array.states.PENDING=3|"
                   "status.array.states.SPLIT=1-2|status.lastAction.outcome=Done");
    ctltest_expect(t, "a-1-1", "status.state=PENDING|status.reason=JobHeldUser");
    ctltest_expect(t, "a-1-2", "status.state=PENDING|status.reason=JobHeldUser");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/array_apart", (struct suite_row[]){
                                                           {test_hold, 1},
                                                           {test_waits, 1},
                                                           {test_refused, 1},
                                                           {test_no_array, 1},
                                                           {test_killed, DEATHS},
                                                           {test_hold_cancel, 1},
                                                           {test_hold_unread, 1},
                                                           {NULL, 0},
                                                       });
}

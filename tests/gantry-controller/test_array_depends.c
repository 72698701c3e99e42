/* Dependencies on arrays and their tasks, and those that arrays have. */
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"

/* A dependency on an array is one on all of its tasks. */
START_TEST(test_dependency)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-2%1'");
    ctltest_submit(t, "begun", "'dependency':'after:1'");
    ctltest_submit(t, "well", "'dependency':'afterok:1'");
    ctltest_submit(t, "failed", "'dependency':'afternotok:1'");
    ctltest_advance(t, 2);
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "begun", "status.reason=Dependency");
    ctltest_end(t, "a-1-1", 0, 1);
    ctltest_advance(t, 2);
    ctltest_expect(t, "begun", "status.state=RUNNING");
    ctltest_expect(t, "well", "status.reason=Dependency");
    ctltest_expect(t, "failed", "status.reason=Dependency");
    ctltest_end(t, "a-1-2", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "well", "status.reason=DependencyNeverSatisfied");
    ctltest_expect(t, "failed", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* An array that waits for others waits as one, and its tasks wait no more. */
START_TEST(test_depends)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "first", "");
    ctltest_advance(t, 1);
    ctltest_submit(t, "a", "'array':'0-1','dependency':'afterok:1','begin':'now'");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.reason=Dependency|status.array.states.PENDING=0-1");
    ctltest_end(t, "first", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a-2-1", "status.state=RUNNING|spec.dependency!|spec.begin!");
    ctltest_free(t);
}
END_TEST

/* One on tasks is looked up in the array where they have no record: not yet, or no
 * longer, a restart between or not. */
START_TEST(test_tasks)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-3%1','ttlSecondsAfterFinished':1");
    ctltest_submit(t, "first", "'dependency':'afterok:1_0'");
    ctltest_submit(t, "second", "'dependency':'afternotok:1_1'");
    ctltest_submit(t, "both", "'dependency':'afterok:1_[0-1]'");
    ctltest_submit(t, "none", "'dependency':'afterok:1_4'");
    ctltest_advance(t, 2);
    ctltest_expect(t, "first",
                   "status.reason=Dependency|status.message~waits for job 1_0 to "
                   "succeed|status.dependency=afterok:1_0(unfulfilled)");
    ctltest_expect(t, "none",
                   "status.reason=DependencyNeverSatisfied|status.message~no job 1_4");
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "first", "status.state=RUNNING");
    ctltest_expect(t, "second", "status.reason=Dependency");
    ctltest_end(t, "a-1-1", 0, 1);
    ctltest_advance(t, 20);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/a-1-1", NULL), 404);
    ctltest_expect(t, "second", "status.state=RUNNING");
    ctltest_expect(t, "both", "status.reason=DependencyNeverSatisfied");
    ctltest_kill(t);
    ctltest_submit(t, "late", "'dependency':'afterok:1_0,afternotok:1_1'");
    ctltest_start(t);
    ctltest_advance(t, 2);
    ctltest_expect(t, "late", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* Each task waits for the one of its index, and is a job of its own when that is
 * decided; a controller that dies in the n-th write changes nothing of it. */
#define DEATHS 8

START_TEST(test_corresponding)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-2%1'");
    ctltest_submit(t, "b",
                   "'array':'0-2','dependency':'aftercorr:1','killOnInvalidDep':true");
    ctltest_advance(t, 2);
    ctltest_expect(t, "b",
                   "status.reason=Dependency|status.array.states.PENDING=0-2|"
                   "status.message~waits for job 1 to succeed, task by task");
    spy_forget(t->spy);
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_run_to_write(t, (size_t)_i, 0);
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_advance(t, 20);
    ctltest_expect(t, "b",
                   "status.array.states.RUNNING=0|status.array.states.PENDING=1-2");
    ctltest_expect(t, "b-2-0", "status.state=RUNNING|spec.dependency!");
    ctltest_end(t, "a-1-1", 0, 1);
    ctltest_advance(t, 5);
    ctltest_expect(t, "b-2-1",
                   "status.state=CANCELLED|status.reason=DependencyNeverSatisfied|"
                   "status.message~job 1_1 has not succeeded|"
                   "spec.dependency=aftercorr:1");
    ctltest_end(t, "a-1-2", 0, 0);
    ctltest_advance(t, 5);
    ctltest_end(t, "b-2-0", 0, 0);
    ctltest_end(t, "b-2-2", 0, 0);
    ctltest_advance(t, 5);
    ctltest_expect(t, "b",
                   "status.state=CANCELLED|status.array.states.COMPLETED=0,2|"
                   "status.array.states.CANCELLED=1");
    ctltest_free(t);
}
END_TEST

/* Tasks of one that is held are split off too, as what they wait for may be forgotten
 * by the time that it is released. They are held themselves. */
START_TEST(test_corr_held)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-1'");
    ctltest_submit(t, "b", "'array':'0-1','dependency':'aftercorr:1','hold':'User'");
    ctltest_advance(t, 2);
    ctltest_expect(t, "b", "status.reason=JobHeldUser|status.array.states.PENDING=0-1");
    ctltest_end(t, "a-1-0", 0, 0);
    ctltest_end(t, "a-1-1", 0, 1);
    ctltest_advance(t, 5);
    ctltest_expect(t, "b", "status.array.states.SPLIT=0-1");
    ctltest_expect(t, "b-2-0",
                   "status.reason=JobHeldUser|spec.hold=User|spec.dependency!");
    ctltest_expect(t, "b-2-1",
                   "status.reason=JobHeldUser|spec.hold=User|"
                   "spec.dependency=aftercorr:1");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_reap(t);
    ctltest_advance(t, 5);
    ctltest_patch(t, JOBS "/b-2-0", "{'spec':{'hold':null}}");
    ctltest_patch(t, JOBS "/b-2-1", "{'spec':{'hold':null}}");
    ctltest_advance(t, 2);
    ctltest_expect(t, "b-2-0", "status.state=RUNNING");
    ctltest_expect(t, "b-2-1", "status.reason=DependencyNeverSatisfied");
    ctltest_free(t);
}
END_TEST

/* Tasks of an array that was cancelled before they started have not succeeded. */
START_TEST(test_corr_cancelled)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'array':'0-1','actions':[{'id':'x','type':'Cancel'}]");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=CANCELLED|status.array.states.CANCELLED=0-1");
    ctltest_submit(t, "b",
                   "'array':'0-1','dependency':'aftercorr:1','killOnInvalidDep':true");
    ctltest_advance(t, 5);
    ctltest_submit(t, "c", "'array':'0-1','dependency':'aftercorr:1'");
    ctltest_advance(t, 5);
    ctltest_expect(t, "c-5-1",
                   "spec.dependency=aftercorr:1|status.state=PENDING|"
                   "status.reason=DependencyNeverSatisfied");
    ctltest_expect(t, "b", "status.state=CANCELLED|status.array.states.CANCELLED=0-1");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/array_depends",
                      (struct suite_row[]){
                          {test_dependency, 1},
                          {test_depends, 1},
                          {test_tasks, 1},
                          {test_corresponding, DEATHS},
                          {test_corr_held, 1},
                          {test_corr_cancelled, 1},
                          {NULL, 0},
                      });
}

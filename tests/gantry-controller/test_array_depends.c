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

int main(void)
{
    return suite_main("gantry-controller/array_depends", (struct suite_row[]){
                                                             {test_dependency, 1},
                                                             {test_depends, 1},
                                                             {test_tasks, 1},
                                                             {NULL, 0},
                                                         });
}

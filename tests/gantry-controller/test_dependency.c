/* Jobs that wait for others: through their lives, restarts, and the ends of records. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"

/* Job 1, named first, runs; the others wait for it. */
static struct ctltest *chain(void)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "first", "'ttlSecondsAfterFinished':1");
    ctltest_settle(t);
    ctltest_submit(t, "ok", "'dependency':'afterok:1'");
    ctltest_submit(t, "not-ok", "'dependency':'afternotok:1'");
    ctltest_submit(t, "any", "'dependency':'afterany:1'");
    ctltest_settle(t);
    ctltest_expect(t, "ok",
                   "status.state=PENDING|status.reason=Dependency|"
                   "status.pending.class=NotAllowed|"
                   "status.message=waits for job 1 to succeed|"
                   "status.dependency=afterok:1(unfulfilled)");
    return t;
}

START_TEST(test_success)
{
    struct ctltest *t = chain();
    ctltest_end(t, "first", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "ok",
                   "status.state=RUNNING|status.dependency=afterok:1(fulfilled)");
    ctltest_expect(t, "any", "status.state=RUNNING");
    ctltest_expect(
        t, "not-ok",
        "status.reason=DependencyNeverSatisfied|status.pending.class=Never|"
        "status.message=its dependency can never be met: job 1 has not failed|"
        "status.dependency=afternotok:1(failed)");
    ctltest_free(t);
}
END_TEST

/* Its record goes, the controller begins anew: what was found is still known. */
START_TEST(test_failure_is_kept)
{
    struct ctltest *t = chain();
    ctltest_submit(t, "held", "'dependency':'afterok:1','hold':'User'");
    ctltest_settle(t);
    ctltest_expect(
        t, "held",
        "status.reason=JobHeldUser|status.dependency=afterok:1(unfulfilled)");
    ctltest_end(t, "first", 0, 1);
    ctltest_advance(t, 20);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/first", NULL), 404);
    ctltest_restart(t);
    ctltest_expect(t, "ok",
                   "status.state=PENDING|status.reason=DependencyNeverSatisfied|"
                   "status.message~no job 1 is known|"
                   "status.dependency=afterok:1(failed)");
    ctltest_expect(t, "not-ok", "status.state=RUNNING");
    ctltest_patch(t, JOBS "/held", "{'spec':{'hold':null}}");
    ctltest_settle(t);
    ctltest_expect(t, "held", "status.reason=DependencyNeverSatisfied");
    ctltest_patch(t, JOBS "/ok", "{'spec':{'dependency':null}}");
    ctltest_settle(t);
    ctltest_expect(t, "ok", "status.state=RUNNING|status.dependency!");
    ctltest_free(t);
}
END_TEST

/* A job is kept beyond its ttl while the status of one that depends on it cannot be
 * written. */
START_TEST(test_kept_while_awaited)
{
    struct ctltest *t = chain();
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/batchjobs/ok/status", SPY_REFUSE,
                                         403, "Forbidden", "policy", SPY_ALWAYS});
    ctltest_end(t, "first", 0, 1);
    ctltest_advance(t, 30);
    ctltest_expect(t, "ok", "status.reason=Dependency");
    ctltest_expect(t, "first", "status.state=FAILED");
    ctltest_kill(t);
    spy_spare(t->spy);
    ctltest_start(t);
    ctltest_advance(t, 30);
    ctltest_expect(t, "ok", "status.reason=DependencyNeverSatisfied");
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/first", NULL), 404);
    ctltest_free(t);
}
END_TEST

START_TEST(test_ended_when_hopeless)
{
    struct ctltest *t = chain();
    ctltest_submit(t, "killed", "'dependency':'afterok:1','killOnInvalidDep':true");
    ctltest_settle(t);
    ctltest_end(t, "first", 0, 1);
    ctltest_settle(t);
    ctltest_expect(t, "killed",
                   "status.state=CANCELLED|status.reason=DependencyNeverSatisfied|"
                   "status.message~job 1 has not succeeded|status.endTime~2027|"
                   "status.dependency=afterok:1(failed)|status.startTime!");
    ctltest_expect(t, "ok", "status.state=PENDING");
    ctltest_free(t);
}
END_TEST

/* What was given up for a dependency that it no longer has goes on, though its end was
 * on the way; one whose comment alone has changed ends. */
START_TEST(test_relented)
{
    struct ctltest *t = chain();
    ctltest_submit(t, "spared", "'dependency':'afterok:1','killOnInvalidDep':true");
    ctltest_submit(t, "killed", "'dependency':'afterok:1','killOnInvalidDep':true");
    ctltest_settle(t);
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "d/status", SPY_REFUSE, 409,
                                         "Conflict", "again", 2});
    spy_forget(t->spy);
    ctltest_end(t, "first", 0, 1);
    int64_t until_ms = loop_now_ms(t->api->loop) + 5000;
    while ((spy_count(t->spy, "PATCH", "/spared/status") == 0 ||
            spy_count(t->spy, "PATCH", "/killed/status") == 0) &&
           loop_step(t->api->loop, until_ms))
        ;
    ctltest_patch(t, JOBS "/spared", "{'spec':{'dependency':null}}");
    ctltest_patch(t, JOBS "/killed", "{'spec':{'comment':'so what'}}");
    ctltest_advance(t, 5);
    ctltest_expect(t, "spared", "status.state=RUNNING");
    ctltest_expect(t, "killed", "status.state=CANCELLED");
    ctltest_free(t);
}
END_TEST

/* A job that is deleted while it runs has been cancelled; one whose number nobody has
 * never was. */
START_TEST(test_deleted)
{
    struct ctltest *t = chain();
    ctltest_submit(t, "unknown", "'dependency':'afterok:4000'");
    ctltest_settle(t);
    ctltest_expect(t, "unknown",
                   "status.reason=DependencyNeverSatisfied|"
                   "status.message~no job 4000 is known");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/first", NULL), 200);
    ctltest_settle(t);
    ctltest_expect(t, "ok", "status.reason=DependencyNeverSatisfied");
    ctltest_expect(t, "any", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* A job that is not taken in is there all the same. */
START_TEST(test_not_taken_in)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "bad", "'nodes':1,'dependency':'before:3'");
    ctltest_submit(t, "next", "'dependency':'afterok:1'");
    ctltest_settle(t);
    ctltest_expect(t, "bad",
                   "status.reason=BadConstraints|status.message~spec.dependency: "
                   "\"before:3\" is none of after:|status.conditions.0.status=False");
    ctltest_expect(t, "next", "status.reason=Dependency");
    ctltest_patch(t, JOBS "/bad", "{'spec':{'dependency':''}}");
    ctltest_settle(t);
    ctltest_end(t, "bad", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "next", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

START_TEST(test_singleton)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'jobName':'train'");
    ctltest_settle(t);
    ctltest_submit(t, "b", "'jobName':'train','dependency':'singleton'");
    ctltest_submit(t, "c", "'dependency':'singleton'");
    ctltest_settle(t);
    ctltest_expect(t, "b",
                   "status.reason=Dependency|status.dependency=singleton(unfulfilled)|"
                   "status.message=waits for earlier jobs named train to end");
    ctltest_expect(t, "c", "status.state=RUNNING");
    ctltest_end(t, "a", 0, 1);
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* The number of a component stands for its job, whether that waits, runs or is not
 * taken in; and keeps it beyond its ttl likewise. */
START_TEST(test_component)
{
    const char *couple = "'ttlSecondsAfterFinished':1,'components':[{'name':'x'},"
                         "{'name':'y','partition':'other'}]";
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "Partition", "other", "'state':'DRAIN'");
    ctltest_submit(t, "first", couple);
    ctltest_settle(t);
    ctltest_expect(t, "first", "status.jobID=1|status.reason=PartitionInactive");
    ctltest_submit(t, "ok", "'dependency':'afterok:2'");
    ctltest_submit(t, "begun", "'dependency':'after:2'");
    ctltest_submit(t, "none", "'dependency':'afterok:3'");
    ctltest_settle(t);
    ctltest_expect(t, "ok",
                   "status.jobID=3|"
                   "status.message=waits for job 2 to succeed");
    ctltest_expect(t, "begun", "status.message=waits for job 2 to start");
    ctltest_change(t, "Partition", "other", "'state':'UP'");
    ctltest_settle(t);
    ctltest_expect(t, "first", "status.state=RUNNING");
    ctltest_expect(t, "begun", "status.state=RUNNING");
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/batchjobs/ok/status", SPY_REFUSE,
                                         403, "Forbidden", "policy", SPY_ALWAYS});
    ctltest_end(t, "first", 0, 0);
    ctltest_end(t, "first", 1, 1);
    ctltest_advance(t, 30);
    ctltest_expect(t, "first", "status.state=FAILED");
    ctltest_kill(t);
    spy_spare(t->spy);
    ctltest_start(t);
    ctltest_advance(t, 30);
    ctltest_expect(t, "ok",
                   "status.reason=DependencyNeverSatisfied|"
                   "status.dependency=afterok:2(failed)");
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/first", NULL), 404);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/dependency", (struct suite_row[]){
                                                          {test_success, 1},
                                                          {test_failure_is_kept, 1},
                                                          {test_kept_while_awaited, 1},
                                                          {test_ended_when_hopeless, 1},
                                                          {test_relented, 1},
                                                          {test_deleted, 1},
                                                          {test_not_taken_in, 1},
                                                          {test_singleton, 1},
                                                          {test_component, 1},
                                                          {NULL, 0},
                                                      });
}

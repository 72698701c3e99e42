/* Jobs that share their CPUs: what their pods ask for, and what is told of them. */
#include "scheduler/oversubscribe.h"

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"

static void expect_pod(struct ctltest *t, const char *parts)
{
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS, NULL), 200);
    apitest_expect(t->api, "the pods", parts);
}

/* Three have all CPUs of a node at once, each a third of them; the next one waits until
 * one has ended. */
START_TEST(test_force)
{
    struct ctltest *t = ctltest_new();
    ctltest_change(t, "Partition", "main", "'overSubscribe':'FORCE:3','nodes':'n1'");
    for (int i = 0; i < 4; i++) {
        AUTO_FREE char *name = xasprintf("job-%d", i);
        ctltest_submit(t, name, "'nodes':1,'cpusPerTask':16,'memPerNode':'1G'");
        ctltest_settle(t);
    }
    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *name = xasprintf("job-%d", i);
        ctltest_expect(t, name,
                       "status.state=RUNNING|status.allocTRES=cpu=16,mem=1G,node=1|"
                       "status.placement.0.cpusPerPod=16|"
                       "status.placement.0.requests.cpu=5333m");
    }
    ctltest_expect(t, "job-3",
                   "status.state=PENDING|status.reason=Resources|"
                   "status.reqTRES=cpu=16,mem=1G,node=1");
    expect_pod(t, "items#3|items.0.spec.containers.0.resources.requests.cpu=5333m");
    ctltest_end(t, "job-1", 0, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "job-3", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* YES: those that ask for it. */
START_TEST(test_yes)
{
    struct ctltest *t = ctltest_new();
    ctltest_change(t, "Partition", "main", "'overSubscribe':'YES:2','nodes':'n1'");
    ctltest_submit(t, "own", "'nodes':1,'cpusPerTask':8");
    ctltest_settle(t);
    ctltest_submit(t, "a", "'nodes':1,'cpusPerTask':8,'overSubscribe':true");
    ctltest_submit(t, "b", "'nodes':1,'cpusPerTask':8,'overSubscribe':true");
    ctltest_submit(t, "late", "'nodes':1,'cpusPerTask':8");
    ctltest_settle(t);
    ctltest_expect(t, "own",
                   "status.state=RUNNING|status.placement.0.cpusPerPod!|"
                   "status.placement.0.requests.cpu=8");
    ctltest_expect(t, "a", "status.state=RUNNING|status.placement.0.requests.cpu=4");
    ctltest_expect(t, "b", "status.state=RUNNING|status.placement.0.requests.cpu=4");
    ctltest_expect(t, "late", "status.state=PENDING");
    ctltest_free(t);
}
END_TEST

/* A webhook's, or one whose request is a LimitRange's default. */
static void add_sidecar(struct json *pod)
{
    json_append(json_at(pod, "spec.containers"),
                json_build("{'name':'side','image':'local','resources':{'requests':"
                           "{'cpu':'1'}}}"));
}

/* It is nobody's to share, nor does it count: what the first one teaches is planned
 * beside the others' parts, whose main containers have all of these; a job of all CPUs
 * of the node has no more than those. */
START_TEST(test_added)
{
    struct ctltest *t = ctltest_new();
    ctltest_change(t, "Partition", "main", "'overSubscribe':'FORCE:4','nodes':'n1'");
    spy_admit(t->spy, add_sidecar);
    for (int i = 0; i < 2; i++) {
        AUTO_FREE char *name = xasprintf("job-%d", i);
        ctltest_submit(t, name, "'nodes':1,'cpusPerTask':12");
        ctltest_settle(t);
        ctltest_expect(t, name,
                       "status.state=RUNNING|status.allocTRES=cpu=12,node=1|"
                       "status.placement.0.requests.cpu=4");
    }
    expect_pod(t, "items#2|items.0.spec.containers.0.resources.requests.cpu=3|"
                  "items.1.spec.containers.0.resources.requests.cpu=3");
    ctltest_free(t);
}
END_TEST

/* A controller that dies at any write of a start leaves one that knows all of it. */
START_TEST(test_killed)
{
    const bool gang = _i % 2 == 1;
    struct ctltest *t = ctltest_new();
    ctltest_change(t, "Partition", "main", "'overSubscribe':'FORCE:4'");
    ctltest_settle(t);
    spy_forget(t->spy);
    ctltest_submit(t, "a", gang ? "'nodes':2,'cpusPerTask':12" : "'cpusPerTask':12");
    if (!ctltest_run_to_write(t, (size_t)_i / 6 + 1, _i / 2 % 3)) {
        ck_assert(!gang && _i / 6 > 1);
        ctltest_free(t);
        return;
    }
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_advance(t, 60);
    ctltest_expect(t, "a",
                   gang ? "status.state=RUNNING|status.allocTRES=cpu=24,node=2|"
                          "status.placement.0.requests.cpu=3"
                        : "status.state=RUNNING|status.allocTRES=cpu=12,node=1|"
                          "status.placement.0.requests.cpu=3");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/oversubscribe",
                      (struct suite_row[]){{test_force, 1},
                                           {test_yes, 1},
                                           {test_added, 1},
                                           {test_killed, 24},
                                           {NULL, 0}});
}

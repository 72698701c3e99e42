/* How jobs end that others interfere with, and who takes over their starts. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define POD "/api/v1/namespaces/default/pods/a-1-1-0"

/* A pod is deleted by somebody, and ends by itself with 0 within its grace period: the
 * work is done, and is not done again. */
START_TEST(test_success_after_all)
{
    struct ctltest *t = ctltest_new();

    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", POD, NULL), 200);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETING|status.reason=NodeDown");
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=COMPLETED|status.exitCode=0:0|status.reason!|"
                   "status.restarts=0");
    ctltest_free(t);
}
END_TEST

/* It ends by the signal: then the job runs again. */
START_TEST(test_pod_deleted)
{
    struct ctltest *t = ctltest_new();

    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", POD, NULL), 200);
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=PENDING|status.restarts=1");
    ctltest_free(t);
}
END_TEST

static void set_ready(struct ctltest *t, const char *node, const char *status)
{
    AUTO_FREE char *path = xasprintf("/api/v1/nodes/%s/status", node);
    AUTO_FREE char *body =
        xasprintf("{'status':{'conditions':[{'type':'Ready','status':'%s'}]}}", status);

    ctltest_patch(t, path, body);
}

static void set_unready(struct ctltest *t, const char *node)
{
    set_ready(t, node, "Unknown");
}

/* A job that asks for one to three nodes is given one, and the controller dies behind
 * the create: the next one takes the pod for what it is. */
START_TEST(test_range_adopted)
{
    struct ctltest *t = ctltest_new();

    for (int i = 2; i <= 4; i++) {
        AUTO_FREE char *node = xasprintf("n%d", i);
        set_unready(t, node);
    }
    ctltest_submit(t, "a", "'nodes': '1-3', 'partition': 'later'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=PENDING|status.reason=PartitionConfig");
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/status", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "busy", SPY_ALWAYS});
    ctltest_make(t, "Partition", "later", "");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=PENDING");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 1);
    ctltest_kill(t);
    spy_spare(t->spy);
    spy_forget(t->spy);
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1|status.nodeList=n1");
    ck_assert_uint_eq(spy_count(t->spy, "DELETE", "/pods/a-1-1-0"), 0);
    ctltest_free(t);
}
END_TEST

/* A component ends by its own limit while its nodes are silent, and holds them no more.
 * They come back, and its pods are still there: nobody else begins beside them. */
START_TEST(test_component_comes_back)
{
    static const char *const nodes[] = {"n1", "n2", "n3"};
    const char *spec = "'timeLimit':'60','components':[{'name':'x'},{'name':'y',"
                       "'nodes':3,'gpusPerNode':8,'timeLimit':'1'}]";
    struct ctltest *t = ctltest_new();

    ctltest_submit(t, "a", spec);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.components.1.nodeList=n[1-3]");
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
        set_unready(t, nodes[i]);
    ctltest_advance(t, 70);
    ctltest_expect(t, "a", "status.state=RUNNING|status.components.1.state=TIMEOUT");
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
        set_ready(t, nodes[i], "True");
    ctltest_submit(t, "b", "'nodes':3,'gpusPerNode':8");
    ctltest_advance(t, 5);
    ctltest_expect(t, "b", "status.state=PENDING|status.reason=Resources");
    ctltest_reap(t);
    ctltest_advance(t, 5);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* A node fails between the creates and the binds: the start is rolled back, and nothing
 * is bound to that node. */
START_TEST(test_node_fails_before_bind)
{
    struct ctltest *t = ctltest_new();

    spy_spoil(t->spy, &(struct spy_rule){"POST", "/binding", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "busy", SPY_ALWAYS});
    ctltest_submit(t, "a", "'nodes': 4");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=CONFIGURING");
    ck_assert_uint_eq(ctltest_pods(t, "a", false), 4);
    set_unready(t, "n2");
    ctltest_settle(t);
    spy_spare(t->spy);
    ctltest_advance(t, 2);
    ctltest_reap(t);
    ctltest_advance(t, 1);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=JobLaunchFailure|"
                   "status.message=node n2 is not ready|status.restarts=1");
    ck_assert_uint_eq(ctltest_pods(t, "a", false), 0);
    ctltest_free(t);
}
END_TEST

/* ---- a start that another controller takes over ---- */

static const struct {
    const char *spec;
    int64_t tasks;
} adopted[] = {
    {"", 1},
    {"'ntasks':4,'cpusPerTask':2", 4},
    {"'ntasks':4,'nodes':1,'gpus':'4'", 4},
    {"'ntasksPerNode':3,'nodes':'1-2'", 3},
};

static void expect_tasks(struct ctltest *t, int64_t tasks, const char *when)
{
    ctltest_expect(t, "a", "status.state=RUNNING");
    const struct json *placement = json_at(t->api->body, "status.placement");
    int64_t got = json_int_or(json_item(placement, 0), "tasksPerPod", 1);
    ck_assert_msg(got == tasks, "%s: %d tasks", when, (int)got);
}

/* Wherever the first one dies, the pods have as many tasks. */
START_TEST(test_tasks_adopted)
{
    for (size_t writes = 1; writes <= 5; writes++) {
        AUTO_FREE char *when = xasprintf("killed behind %zu writes", writes);
        struct ctltest *t = ctltest_new();
        spy_forget(t->spy);
        ctltest_submit(t, "a", adopted[_i].spec);
        ctltest_run_to_write(t, writes, 2);
        ctltest_restart(t);
        ctltest_advance(t, 5);
        expect_tasks(t, adopted[_i].tasks, when);
        ctltest_free(t);
    }
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/endings",
                      (struct suite_row[]){
                          {test_success_after_all, 1},
                          {test_pod_deleted, 1},
                          {test_range_adopted, 1},
                          {test_component_comes_back, 1},
                          {test_node_fails_before_bind, 1},
                          {test_tasks_adopted, (int)ARRAY_LEN(adopted)},
                          {NULL, 0},
                      });
}

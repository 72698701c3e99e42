/* What the status of partitions tells: of their nodes, what is used, what is wrong. */
#include "cmd/gantry-controller/partwrite.h"

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define PARTITIONS "/apis/gantry.dev/v1alpha1/partitions"
#define LOOK_SEC (2 * PARTWRITE_DELAY_MS / 1000 + 1) /* seen, and looked at */

static void expect(struct ctltest *t, const char *name, const char *parts)
{
    AUTO_FREE char *path = xasprintf(PARTITIONS "/%s", name);

    ctltest_advance(t, LOOK_SEC);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    apitest_expect(t->api, name, parts);
}

START_TEST(test_nodes)
{
    struct ctltest *t = ctltest_new();

    expect(t, "main",
           "status.nodes=n[1-4]|status.nodeCount=4|status.nodeStates.idle=4|"
           "status.totalTRES=cpu=64,mem=256G,node=4,gres/gpu=32|status.usedTRES=|"
           "status.message!|status.nodeStates.down!");
    ctltest_submit(t, "part", "'gpusPerNode':2");
    expect(t, "main",
           "status.nodeStates.idle=3|status.nodeStates.mixed=1|"
           "status.usedTRES=cpu=1,node=1,gres/gpu=2");
    ctltest_patch(t, "/api/v1/nodes/n1", "{'spec':{'unschedulable':true}}");
    ctltest_patch(t, "/api/v1/nodes/n2", "{'spec':{'unschedulable':true}}");
    expect(t, "main",
           "status.nodeStates.idle=2|status.nodeStates.draining=1|"
           "status.nodeStates.drained=1|status.nodeStates.mixed!");
    ctltest_end(t, "part", 0, 0);
    expect(t, "main", "status.nodeStates.drained=2|status.usedTRES=");
    ctltest_change(t, "Partition", "main", "'nodes':'n[3-9]'");
    expect(t, "main",
           "status.nodes=n[3-4]|status.nodeCount=2|status.nodeStates.idle=2");
    ctltest_change(t, "Partition", "main", "'nodes':'n9'");
    expect(t, "main", "status.nodes=|status.nodeCount=0|status.totalTRES=");
    ctltest_free(t);
}
END_TEST

/* One write for what many jobs change; none where nothing does, whoever leads. */
START_TEST(test_seldom)
{
    struct ctltest *t = ctltest_new();

    expect(t, "main", "status.nodeCount=4");
    spy_forget(t->spy);
    for (int i = 0; i < 4; i++) {
        AUTO_FREE char *name = xasprintf("job-%d", i);
        ctltest_submit(t, name, "'gpusPerNode':1");
        ctltest_settle(t);
    }
    expect(t, "main", "status.usedTRES~gres/gpu=4");
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/partitions/main/status"), 1);
    ctltest_restart(t);
    spy_forget(t->spy);
    ctltest_advance(t, 3600);
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/partitions/main/status"), 0);
    ctltest_free(t);
}
END_TEST

/* The server's rules let pass what only the controller can tell. */
START_TEST(test_ignored)
{
    struct ctltest *t = ctltest_new();

    ctltest_make(t, "Partition", "side", "'nodes':'n['");
    expect(t, "side", "status.message~is ignored: spec.nodes|status.nodeCount!");
    ctltest_change(t, "Partition", "side", "'nodes':'n[1-2]'");
    expect(t, "side", "status.message!|status.nodeCount=2");
    ctltest_change(t, "Partition", "side", "'nodes':'n[2-'");
    expect(t, "side", "status.message~is ignored: |status.nodes!|status.totalTRES!");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", PARTITIONS "/side", NULL), 200);
    ctltest_make(t, "Partition", "side", "'nodes':'n1'");
    expect(t, "side", "status.message!|status.nodes=n1");
    ctltest_free(t);
}
END_TEST

/* It acts all the same, and says what keeps its jobs from it. */
START_TEST(test_missing)
{
    struct ctltest *t = ctltest_new();

    ctltest_make(t, "Partition", "side",
                 "'nodes':'n[3-9]','qos':'night','alternate':'other'");
    expect(t, "side", "status.message=QOS night does not exist: its jobs wait");
    ctltest_make(t, "QOS", "night", "");
    expect(t, "side", "status.message=its alternate other does not exist");
    ctltest_change(t, "Partition", "side", "'alternate':'main'");
    expect(t, "side",
           "status.message=nodes that do not exist: n[5-9]|status.nodes=n[3-4]");
    ctltest_change(t, "Partition", "side", "'nodes':'n[3-4]'");
    expect(t, "side", "status.message!|status.nodeCount=2");
    ctltest_free(t);
}
END_TEST

/* No watch tells the end of one that is ignored; the server does, once. */
START_TEST(test_ignored_and_gone)
{
    struct ctltest *t = ctltest_new();

    ctltest_make(t, "Partition", "side", "'nodes':'n['");
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", PARTITIONS "/side", NULL), 200);
    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *name = xasprintf("job-%d", i);
        ctltest_submit(t, name, "'gpusPerNode':1");
        ctltest_advance(t, LOOK_SEC);
    }
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/partitions/side/status"), 1);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/partitions",
                      (struct suite_row[]){{test_nodes, 1},
                                           {test_seldom, 1},
                                           {test_ignored, 1},
                                           {test_missing, 1},
                                           {test_ignored_and_gone, 1},
                                           {NULL, 0}});
}

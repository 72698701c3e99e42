/* Jobs that got their nodes alone in a partition that is not exclusive any more. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

static void open_partition(struct ctltest *t)
{
    ctltest_change(t, "Partition", "main", "'exclusive':false,'nodes':'n[1-2]'");
    ctltest_settle(t);
    ctltest_submit(t, "late", "'cpusPerTask':1");
    ctltest_settle(t);
}

/* They keep them, and count for all of them, through another controller. */
START_TEST(test_kept)
{
    struct ctltest *t = ctltest_new();

    ctltest_change(t, "Partition", "main", "'exclusive':true,'nodes':'n[1-2]'");
    ctltest_submit(t, "gang", "'nodes':2,'timeLimit':'10'");
    ctltest_settle(t);
    ctltest_expect(t, "gang",
                   "status.state=RUNNING|status.placement.0.exclusive=true|"
                   "status.allocTRES=cpu=32,node=2,gres/gpu=16");
    open_partition(t);
    ctltest_expect(t, "late", "status.state=PENDING");
    ctltest_restart(t);
    ctltest_expect(t, "late", "status.state=PENDING");
    ctltest_expect(t, "gang", "status.allocTRES=cpu=32,node=2,gres/gpu=16");
    ctltest_end(t, "gang", 0, 0);
    ctltest_end(t, "gang", 1, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "late",
                   "status.state=RUNNING|status.placement.0.exclusive!|"
                   "status.allocTRES=cpu=1,node=1");
    ctltest_free(t);
}
END_TEST

/* Nodes are one user's, through another controller, and whatever becomes of the
 * partition; its other jobs may be there. */
START_TEST(test_owned)
{
    struct ctltest *t = ctltest_new();

    ctltest_change(t, "Partition", "main", "'exclusiveUser':true,'nodes':'n[1-2]'");
    ctltest_submit(t, "gang", "'user':'ann','nodes':2,'timeLimit':'10'");
    ctltest_settle(t);
    ctltest_change(t, "Partition", "main", "'exclusiveUser':false,'nodes':'n[1-2]'");
    ctltest_submit(t, "bob", "'user':'bob'");
    ctltest_submit(t, "ann", "'user':'ann','exclusiveUser':true");
    ctltest_settle(t);
    ctltest_expect(t, "gang",
                   "status.state=RUNNING|status.placement.0.exclusiveUser=true|"
                   "status.placement.0.exclusive!|status.allocTRES=cpu=2,node=2");
    ctltest_expect(t, "ann",
                   "status.state=RUNNING|status.placement.0.exclusiveUser=true");
    ctltest_restart(t);
    ctltest_settle(t);
    ctltest_expect(t, "bob", "status.state=PENDING|status.reason=Resources");
    ctltest_end(t, "gang", 0, 0);
    ctltest_end(t, "gang", 1, 0);
    ctltest_advance(t, 2);
    ctltest_expect(t, "bob", "status.state=RUNNING|status.placement.0.exclusiveUser!");
    ctltest_free(t);
}
END_TEST

/* Of a job of one pod the pod is all that a controller leaves that dies at a write. */
START_TEST(test_killed)
{
    struct ctltest *t = ctltest_new();

    ctltest_change(t, "Partition", "main", "'exclusive':true,'nodes':'n[1-2]'");
    ctltest_settle(t);
    spy_forget(t->spy);
    ctltest_submit(t, "a", "'cpusPerTask':1,'nodeList':'n1'");
    ck_assert(ctltest_run_to_write(t, 3, _i));
    ctltest_kill(t);
    ctltest_change(t, "Partition", "main", "'exclusive':false,'nodes':'n1'");
    ctltest_start(t);
    ctltest_advance(t, 60);
    ctltest_submit(t, "late", "'cpusPerTask':16,'nodeList':'n1'");
    ctltest_advance(t, 60);
    ctltest_expect(t, "a",
                   _i == 0 ? "status.state=RUNNING|status.allocTRES=cpu=1,node=1"
                           : "status.state=RUNNING|status.placement.0.exclusive=true|"
                             "status.allocTRES=cpu=16,node=1,gres/gpu=8");
    ctltest_free(t);
}
END_TEST

START_TEST(test_owned_killed)
{
    struct ctltest *t = ctltest_new();

    ctltest_change(t, "Partition", "main", "'exclusiveUser':true,'nodes':'n1'");
    ctltest_settle(t);
    spy_forget(t->spy);
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':1");
    ck_assert(ctltest_run_to_write(t, 3, 1));
    ctltest_kill(t);
    ctltest_change(t, "Partition", "main", "'exclusiveUser':false,'nodes':'n1'");
    ctltest_start(t);
    ctltest_advance(t, 60);
    ctltest_submit(t, "bob", "'user':'bob'");
    ctltest_advance(t, 60);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.placement.0.exclusiveUser=true|"
                   "status.allocTRES=cpu=1,node=1");
    ctltest_expect(t, "bob", "status.state=PENDING");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/alone",
                      (struct suite_row[]){{test_kept, 1},
                                           {test_owned, 1},
                                           {test_killed, 3},
                                           {test_owned_killed, 1},
                                           {NULL, 0}});
}

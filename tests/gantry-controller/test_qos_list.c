/* Jobs that name several QOS: which they have, in status and in their pods, also over
 * the death of a controller. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

static struct ctltest *with_qos(void)
{
    struct ctltest *t = ctltest_new();

    ctltest_make(t, "QOS", "high", "'priority':10,'limits':{'grpTRES':{'cpu':16}}");
    ctltest_make(t, "QOS", "low", "");
    ctltest_settle(t);
    return t;
}

/* It starts with the one that has room, and counts there; a new controller goes on with
 * what status says. */
START_TEST(test_has_one)
{
    struct ctltest *t = with_qos();

    ctltest_submit(t, "a",
                   "'qos':'low,high','nodes':1,'cpusPerTask':16,"
                   "'timeLimit':'60'");
    ctltest_submit(t, "b",
                   "'qos':'low,high','nodes':1,'cpusPerTask':16,"
                   "'timeLimit':'60'");
    ctltest_submit(t, "c", "'qos':'high','nodes':1,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.qos=high");
    ctltest_expect(t, "b", "status.state=RUNNING|status.qos=low");
    ctltest_expect(t, "c", "status.state=PENDING|status.reason=QOSGrpCpuLimit");
    ctltest_restart(t);
    ctltest_expect(t, "b", "status.state=RUNNING|status.qos=low");
    ctltest_expect(t, "c", "status.state=PENDING|status.reason=QOSGrpCpuLimit");
    ctltest_end(t, "b", 0, 0);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=COMPLETED|status.qos=low");
    ctltest_expect(t, "c", "status.state=PENDING|status.reason=QOSGrpCpuLimit");
    ctltest_end(t, "a", 0, 0);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.state=RUNNING|status.qos=high");
    ctltest_free(t);
}
END_TEST

/* While it waits it has all of them, and is planned with one; that stays as it is. */
START_TEST(test_waits)
{
    struct ctltest *t = with_qos();

    ctltest_submit(t, "a",
                   "'qos':'high','nodes':1,'cpusPerTask':16,"
                   "'timeLimit':'60'");
    ctltest_submit(t, "b", "'qos':'low','nodes':3,'exclusive':true,'timeLimit':'30'");
    ctltest_settle(t);
    ctltest_submit(t, "c",
                   "'qos':'high,low','nodes':3,'exclusive':true,"
                   "'timeLimit':'10'");
    ctltest_settle(t);
    ctltest_expect(t, "c",
                   "status.state=PENDING|status.qos=high,low|"
                   "status.pending.promised=true|status.pending.plannedQOS=low");
    ctltest_restart(t);
    ctltest_expect(t, "c",
                   "status.state=PENDING|status.qos=high,low|"
                   "status.pending.promised=true|status.pending.plannedQOS=low");
    for (int i = 0; i < 3; i++)
        ctltest_end(t, "b", i, 0);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.state=RUNNING|status.qos=low");
    ctltest_free(t);
}
END_TEST

/* A controller dies behind each of the writes of a start: the job has one QOS all the
 * same, and its limit is kept. */
START_TEST(test_dies)
{
    struct ctltest *t = with_qos();

    spy_forget(t->spy);
    ctltest_submit(t, "a",
                   "'qos':'low,high','nodes':1,'cpusPerTask':16,"
                   "'timeLimit':'60'");
    ctltest_run_to_write(t, (size_t)_i, 1);
    ctltest_restart(t);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.qos=high");
    ctltest_submit(t, "b", "'qos':'high','nodes':1,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=PENDING|status.reason=QOSGrpCpuLimit");
    ctltest_free(t);
}
END_TEST

/* Tasks of an array have each their own. */
START_TEST(test_tasks)
{
    struct ctltest *t = with_qos();

    ctltest_submit(t, "a",
                   "'qos':'high,low','array':'0-1','cpusPerTask':12,"
                   "'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_expect(t, "a-1-0", "status.state=RUNNING|status.qos=high");
    ctltest_expect(t, "a-1-1", "status.state=RUNNING|status.qos=low");
    ctltest_restart(t);
    ctltest_expect(t, "a-1-1", "status.state=RUNNING|status.qos=low");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/qos_list", (struct suite_row[]){
                                                        {test_has_one, 1},
                                                        {test_waits, 1},
                                                        {test_dies, 6},
                                                        {test_tasks, 1},
                                                        {NULL, 0},
                                                    });
}

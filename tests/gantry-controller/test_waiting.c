/* What a job that waits for nodes is told: who is ahead, when it starts; and how often
 * that is written. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define MANY 100

/* All nodes busy for an hour. */
static struct ctltest *busy(void)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "busy", "'nodes':4,'exclusive':true,'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_expect(t, "busy", "status.state=RUNNING|status.pending!");
    return t;
}

/* What could start only after the planning window has no time, and is told so. */
START_TEST(test_beyond_window)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "busy", "'nodes':4,'exclusive':true,'timeLimit':'8-0'");
    ctltest_settle(t);
    ctltest_submit(t, "next", "'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_expect(t, "next",
                   "status.reason=Resources|status.plannedStartTime!|"
                   "status.message~; start later than the window of 7-00:00:00|"
                   "status.conditions#1");
    ctltest_free(t);
}
END_TEST

START_TEST(test_told)
{
    struct ctltest *t = busy();
    ctltest_submit(t, "first", "'nodes':2,'gpusPerNode':8,'timeLimit':'60'");
    ctltest_submit(t, "second", "'nodes':4,'gpusPerNode':8,'timeLimit':'60'");
    ctltest_submit(t, "third", "'timeLimit':'60'");
    ctltest_submit(t, "held", "'hold':'User'");
    ctltest_settle(t);
    ctltest_expect(t, "first",
                   "status.reason=Resources|status.pending.ahead.jobs=0|"
                   "status.pending.ahead.next!|status.plannedStartTime~2027|"
                   "status.message~; no job ahead; planned start 2027|"
                   "status.conditions.1.type=Planned|status.conditions.1.status=True|"
                   "status.conditions.1.reason=Promised|"
                   "status.priorityFactors.partition=1000");
    ctltest_expect(t, "third",
                   "status.pending.ahead.jobs=2|status.pending.ahead.gpus=48|"
                   "status.pending.ahead.next=3|"
                   "status.message~; 2 jobs with 48 GPUs ahead; planned start 2027");
    ctltest_expect(t, "held",
                   "status.reason=JobHeldUser|status.pending.ahead!|"
                   "status.message=held by its owner|status.conditions#1");
    ctltest_act(t, "second", "1", "Cancel");
    ctltest_settle(t);
    ctltest_advance(t, 2);
    ctltest_expect(t, "third",
                   "status.pending.ahead.jobs=1|status.pending.ahead.next=2|"
                   "status.message~; 1 job with 16 GPUs ahead");
    for (int rank = 0; rank < 4; rank++)
        ctltest_end(t, "busy", rank, 0);
    ctltest_settle(t);
    ctltest_expect(t, "third",
                   "status.state=RUNNING|status.pending!|status.plannedStartTime!|"
                   "status.message!|status.conditions.1.type=GangStarted");
    ctltest_free(t);
}
END_TEST

/* One end is news to all behind, which is written bit by bit. */
START_TEST(test_budget)
{
    struct ctltest *t = busy();
    for (int i = 0; i < MANY; i++) {
        AUTO_FREE char *name = xasprintf("job-%d", i);
        ctltest_submit(t, name, "'nodes':4,'exclusive':true");
    }
    ctltest_advance(t, 60);
    ctltest_expect(t, "job-19", "status.pending.ahead.jobs=19");
    spy_forget(t->spy);
    ctltest_act(t, "job-0", "1", "Cancel");
    ctltest_settle(t);
    /* The end, and what half a second has beside the first second's worth. */
    ck_assert_uint_le(spy_count(t->spy, NULL, ""), 1 + 20 + 10);
    ctltest_advance(t, 10);
    ctltest_expect(t, "job-1", "status.pending.ahead.jobs=0");
    ctltest_expect(t, "job-19", "status.pending.ahead.jobs=18");
    /* To the last one it was none. */
    ctltest_expect(t, "job-99", "status.pending.ahead.jobs=99");
    spy_forget(t->spy);
    ctltest_advance(t, 600);
    ck_assert_msg(spy_count(t->spy, NULL, "") == 0, "%.3000s", spy_text(t->spy));
    ctltest_free(t);
}
END_TEST

/* Another controller goes on with what was told. */
START_TEST(test_restart)
{
    struct ctltest *t = busy();
    ctltest_submit(t, "first", "'nodes':2,'timeLimit':'60'");
    ctltest_submit(t, "second", "'timeLimit':'60'");
    ctltest_settle(t);
    ctltest_kill(t);
    spy_forget(t->spy);
    ctltest_start(t);
    ctltest_advance(t, 5);
    ctltest_expect(t, "second", "status.pending.ahead.jobs=1");
    ck_assert_msg(spy_count(t->spy, NULL, "/status") ==
                      spy_count(t->spy, NULL, "/partitions/main/status"),
                  "%.3000s", spy_text(t->spy));
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/waiting", (struct suite_row[]){
                                                       {test_told, 1},
                                                       {test_beyond_window, 1},
                                                       {test_budget, 1},
                                                       {test_restart, 1},
                                                       {NULL, 0},
                                                   });
}

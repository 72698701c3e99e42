/* Jobs that end early for another: what becomes of them, also when the controller dies
 * in the middle. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"
#define LOW "'qos':'low','timeLimit':'600',"
#define HIGH "'qos':'high','timeLimit':'60','exclusive':true"

/* All four nodes are held by jobs of QOS low, whose spec is given; `job` is more of the
 * spec of one of them. */
static struct ctltest *busy(const char *spec, const char *job)
{
    AUTO_FREE char *one = xasprintf(LOW "'exclusive':true%s", job);

    struct ctltest *t = ctltest_new();
    ctltest_preempting(t);
    ctltest_make(t, "QOS", "low", spec);
    ctltest_make(t, "QOS", "high", "'preempt':['low']");
    ctltest_submit(t, "gang", LOW "'nodes':3,'exclusive':true");
    ctltest_submit(t, "one", one);
    ctltest_settle(t);
    ctltest_expect(t, "gang", "status.state=RUNNING");
    ctltest_expect(t, "one", "status.state=RUNNING");
    return t;
}

/* And a job comes for which one of them has to end. */
static void submit_urgent(struct ctltest *t)
{
    ctltest_submit(t, "urgent", HIGH);
    ctltest_settle(t);
}

/* The nodes let go of it. */
static void let_go(struct ctltest *t)
{
    ctltest_reap(t);
    ctltest_settle(t);
}

static void expect_grace(struct ctltest *t, const char *sec)
{
    AUTO_FREE char *want = xasprintf("metadata.deletionGracePeriodSeconds=%s", sec);
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/one-2-1-0", NULL), 200);
    apitest_expect(t->api, "the pod", want);
}

START_TEST(test_requeue)
{
    struct ctltest *t = busy("", "");
    submit_urgent(t);
    ctltest_expect(t, "urgent",
                   "status.state=PENDING|status.reason=Resources|"
                   "status.message~1 job ends early for it|"
                   "status.pending.promised=true");
    ctltest_expect(t, "gang", "status.state=RUNNING");
    ctltest_expect(t, "one",
                   "status.state=COMPLETING|status.reason=Preempted|"
                   "status.message=for job 3|status.preemptedBy=3|"
                   "status.preemptMode=REQUEUE");
    let_go(t);
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_expect(t, "one",
                   "status.state=PENDING|status.restarts=1|status.preemptedBy!");
    ctltest_end(t, "urgent", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "one", "status.state=PENDING|status.reason=BeginTime");
    ctltest_advance(t, 100);
    ctltest_expect(t, "one", "status.state=PENDING");
    ctltest_advance(t, 21);
    ctltest_expect(t, "one", "status.state=RUNNING|status.attempt=2");
    ctltest_free(t);
}
END_TEST

START_TEST(test_cancel)
{
    struct ctltest *t = busy("'preemptMode':'CANCEL'", "");
    submit_urgent(t);
    let_go(t);
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_expect(t, "one",
                   "status.state=PREEMPTED|status.reason=Preempted|"
                   "status.preemptedBy=3|status.preemptMode=CANCEL|"
                   "status.conditions.2.type=Failed|"
                   "status.conditions.2.reason=Preempted");
    ctltest_free(t);
}
END_TEST

/* Who may not go back to the queue is over. */
START_TEST(test_no_requeue)
{
    struct ctltest *t = busy("", ",'requeue':false");
    submit_urgent(t);
    let_go(t);
    ctltest_expect(t, "one", "status.state=PREEMPTED|status.restarts=0");
    ctltest_free(t);
}
END_TEST

/* The nodes are told how long. */
START_TEST(test_grace)
{
    struct ctltest *t = busy("'graceTime':'120'", "");
    submit_urgent(t);
    ctltest_expect(t, "one", "status.state=COMPLETING|status.preemptedBy=3");
    expect_grace(t, "120");
    ctltest_free(t);
}
END_TEST

static void pass_signals(struct ctltest *t)
{
    for (int i = 1; i <= 4; i++) {
        AUTO_FREE char *path = xasprintf("/api/v1/nodes/n%d", i);
        ctltest_patch(t, path,
                      "{'metadata':{'labels':{'gantry.dev/signals':'delivered'}}}");
    }
    ctltest_patch(t, PODS "/one-2-1-0/status", "{'status':{'phase':'Running'}}");
    ctltest_settle(t);
}

/* Where they pass signals on it is sent them, and runs on until the time is over. */
START_TEST(test_grace_runs)
{
    struct ctltest *t = busy("'graceTime':'120'", "");
    pass_signals(t);
    submit_urgent(t);
    ctltest_expect(t, "one",
                   "status.state=RUNNING|status.preemptedBy=3|"
                   "status.preemptMode=REQUEUE");
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/one-2-1-0", NULL), 200);
    apitest_expect(t->api, "the pod", "metadata.deletionTimestamp!");
    const struct json *notes = json_at(t->api->body, "metadata.annotations");
    ck_assert_str_eq(json_string(json_get(notes, "gantry.dev/signals")),
                     "CONT All gantry.dev/preempted\nTERM All gantry.dev/preempted\n");
    ctltest_restart(t);
    ctltest_expect(t, "one", "status.state=RUNNING");
    ctltest_advance(t, 121);
    ctltest_expect(t, "one", "status.state=COMPLETING|status.reason=Preempted");
    expect_grace(t, "1");
    let_go(t);
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_expect(t, "one", "status.state=PENDING|status.restarts=1");
    ctltest_free(t);
}
END_TEST

/* However it ends meanwhile, it was preempted. */
START_TEST(test_grace_ends)
{
    struct ctltest *t = busy("'graceTime':'120'", "");
    pass_signals(t);
    submit_urgent(t);
    ctltest_end(t, "one", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "one", "status.state=PENDING|status.restarts=1");
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* It is let run for a while; status says since when it might have been preempted. */
START_TEST(test_exempt)
{
    struct ctltest *t = busy("'preemptExemptTime':'2'", "");
    submit_urgent(t);
    ctltest_expect(t, "one", "status.state=RUNNING|status.preemptEligibleTime!");
    ctltest_advance(t, 180);
    ctltest_expect(t, "one",
                   "status.state=COMPLETING|status.startTime=2027-01-15T08:00:00Z|"
                   "status.preemptEligibleTime=2027-01-15T08:02:00Z");
    ctltest_restart(t);
    let_go(t);
    ctltest_expect(t, "one", "status.state=PENDING|status.preemptEligibleTime!");
    ctltest_free(t);
}
END_TEST

/* Where the nodes hear of it too late the time is over, and is not given anew. */
START_TEST(test_grace_over)
{
    struct ctltest *t = busy("'graceTime':'5'", "");
    spy_spoil(t->spy, &(struct spy_rule){"DELETE", "/pods/one-2-1-0", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "away", SPY_ALWAYS});
    submit_urgent(t);
    ctltest_advance(t, 20);
    ctltest_expect(t, "one", "status.state=COMPLETING|status.preemptedBy=3");
    spy_spare(t->spy);
    ctltest_advance(t, 20);
    expect_grace(t, "1");
    ctltest_free(t);
}
END_TEST

/* OFF of a QOS is no mode of its own: the configured one holds, as in Slurm. */
START_TEST(test_off)
{
    struct ctltest *t = busy("'preemptMode':'OFF'", "");
    submit_urgent(t);
    ctltest_expect(t, "one",
                   "status.state=COMPLETING|status.preemptedBy=3|"
                   "status.preemptMode=REQUEUE");
    ctltest_expect(t, "urgent", "status.state=PENDING");
    ctltest_free(t);
}
END_TEST

/* Killed before and behind each write: nobody else ends, and all comes to the same. */
START_TEST(test_killed)
{
    struct ctltest *t = busy("", "");
    ctltest_submit(t, "urgent", HIGH);
    ctltest_advance(t, 0);
    ctltest_restart(t);
    ctltest_expect(t, "one", "status.state=COMPLETING|status.reason=Preempted");
    ctltest_restart(t);
    ctltest_expect(t, "gang", "status.state=RUNNING");
    ctltest_reap(t);
    ctltest_restart(t);
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_expect(t, "one", "status.state=PENDING|status.restarts=1");
    ctltest_expect(t, "gang", "status.state=RUNNING|status.restarts=0");
    ctltest_free(t);
}
END_TEST

/* While its victim is late to go, nobody else is taken. */
START_TEST(test_late)
{
    struct ctltest *t = busy("", "");
    submit_urgent(t);
    ctltest_advance(t, 1800);
    ctltest_expect(t, "gang", "status.state=RUNNING");
    ctltest_expect(t, "one", "status.state=COMPLETING");
    ctltest_expect(t, "urgent", "status.state=PENDING|status.pending.promised=true");
    let_go(t);
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

static int64_t number_in(struct ctltest *t, const char *job, const char *path)
{
    AUTO_FREE char *url =
        xasprintf("/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/%s", job);
    ck_assert_int_eq(apitest_request(t->api, "GET", url, NULL), 200);
    return json_int_or(t->api->body, path, 0);
}

/* Killed at any write: the number for which a job ends is that of a job. */
START_TEST(test_killed_before_the_number)
{
    for (size_t k = 1; k <= 3; k++) {
        struct ctltest *t = busy("", "");
        spy_forget(t->spy);
        ctltest_submit(t, "urgent", HIGH);
        ck_assert(ctltest_run_to_write(t, k, _i));
        ctltest_kill(t);
        int64_t by = number_in(t, "one", "status.preemptedBy");
        int64_t number = number_in(t, "urgent", "status.jobID");
        ck_assert_msg(by == 0 || by == number, "write %zu: for job %d, it is job %d", k,
                      (int)by, (int)number);
        ctltest_start(t);
        ctltest_settle(t);
        let_go(t);
        ctltest_expect(t, "urgent", "status.state=RUNNING");
        ctltest_expect(t, "gang", "status.state=RUNNING");
        ctltest_free(t);
    }
}
END_TEST

/* Its time is up when its end for another is due, which waits for that one's number:
 * it still ends for that one, not by its limit. */
START_TEST(test_number_refused)
{
    struct ctltest *t = busy("", "");
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/urgent/status", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "unwell", 3});
    ctltest_submit(t, "urgent", HIGH);
    ctltest_settle(t);
    ctltest_expect(t, "one", "status.state=RUNNING|status.preemptedBy!");
    ctltest_advance(t, 30);
    let_go(t);
    ctltest_expect(t, "urgent", "status.state=RUNNING");
    ctltest_expect(t, "one", "status.state=PENDING|status.restarts=1");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/preempt",
                      (struct suite_row[]){{test_requeue, 1},
                                           {test_cancel, 1},
                                           {test_no_requeue, 1},
                                           {test_grace, 1},
                                           {test_grace_runs, 1},
                                           {test_grace_ends, 1},
                                           {test_exempt, 1},
                                           {test_grace_over, 1},
                                           {test_off, 1},
                                           {test_killed, 1},
                                           {test_killed_before_the_number, 3},
                                           {test_number_refused, 1},
                                           {test_late, 1},
                                           {NULL, 0}});
}

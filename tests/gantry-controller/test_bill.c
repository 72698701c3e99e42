/* What jobs are charged for, also those that ran under a controller that has died.
 * Nothing fades here: the numbers are CPU seconds. */
#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/suite.h"
#include "tests/support/usagetest.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PERIOD USAGE_PERIOD_SEC

/* What ann has used of an account, in seconds. */
static int64_t account_used(struct ctltest *t, const char *account)
{
    return usagetest_used(t, account, "ann") / 1000;
}

/* Runs a job of ann's, of 4 CPUs, for so long. */
static void run_job(struct ctltest *t, int64_t sec)
{
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4");
    ctltest_settle(t);
    ctltest_advance(t, sec);
}

/* ---- up to when ---- */

enum restart { NEVER_DEAD, DEAD_WHILE_COMPLETING, DEAD_AFTER };

/* Its pods outlive its limit of a minute by far: that is not charged. */
static void let_complete(struct ctltest *t, enum restart restart)
{
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4,'timeLimit':'1'");
    ctltest_settle(t);
    ctltest_advance(t, 65);
    ctltest_expect(t, "a",
                   "status.state=COMPLETING|status.startTime=2027-01-15T08:00:01Z|"
                   "status.endTime=2027-01-15T08:01:01Z");
    ctltest_advance(t, 100);
    if (restart == DEAD_WHILE_COMPLETING)
        ctltest_restart(t);
    ctltest_advance(t, 50);
    ctltest_end(t, "a", 0, 143);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=TIMEOUT|status.endTime=2027-01-15T08:01:01Z");
    if (restart == DEAD_AFTER)
        ctltest_restart(t);
}

START_TEST(test_completing)
{
    struct ctltest *t = usagetest_begin();
    let_complete(t, (enum restart)_i);
    usagetest_go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 60 * 4);
    ctltest_free(t);
}
END_TEST

/* Nor does it end others that share a limit on minutes: of 12 CPU minutes, 4 are used
 * by the one and 6 by the other. */
START_TEST(test_completing_ends_nobody)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "QOS", "normal", "'limits':{'grpTRESMins':{'cpu':12}}");
    ctltest_submit(t, "b", "'user':'bob','timeLimit':'8'");
    let_complete(t, DEAD_WHILE_COMPLETING);
    ctltest_advance(t, 150);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* Its next life has not ended. */
START_TEST(test_requeued)
{
    struct ctltest *t = usagetest_begin();
    run_job(t, 60);
    ctltest_act(t, "a", "1", "RequeueHold");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETING|status.endTime~2027");
    ctltest_wind_up(t, 2);
    ctltest_expect(t, "a", "status.state=PENDING|status.endTime!");
    ctltest_free(t);
}
END_TEST

/* Also where the core has nothing to do between its start and its end. */
START_TEST(test_deleted)
{
    struct ctltest *t = usagetest_begin();
    run_job(t, 200);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_wind_up(t, 2);
    usagetest_go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 200 * 4);
    ctltest_free(t);
}
END_TEST

/* It had ended before. */
START_TEST(test_deleted_while_completing)
{
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4,'timeLimit':'1'");
    ctltest_settle(t);
    ctltest_advance(t, 165);
    ctltest_expect(t, "a", "status.state=COMPLETING");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_wind_up(t, 2);
    usagetest_go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 60 * 4);
    ctltest_free(t);
}
END_TEST

/* ---- for what ---- */

static const char *const licences[] = {"'licenses':'x:2'", "'licenses':'y:2|x:2'"};

/* Each licence x costs as much as 10 CPUs; the job takes that where it may take another
 * that there is none of. */
START_TEST(test_licences)
{
    struct ctltest *t = usagetest_begin();
    ctltest_kill(t);
    ck_assert_int_eq(license_table_parse("x:4,y:1", &t->settings.sched.licenses, NULL),
                     0);
    ctltest_start(t);
    ctltest_change(t, "Partition", "main",
                   "'tresBillingWeights':{'cpu':1,'license/x':10}");
    ctltest_settle(t);
    AUTO_FREE char *spec = xasprintf("'user':'ann','cpusPerTask':4,%s", licences[_i]);
    ctltest_submit(t, "a", spec);
    ctltest_settle(t);
    ctltest_advance(t, 100);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=COMPLETED|status.startTime=2027-01-15T08:00:01Z|"
                   "status.endTime=2027-01-15T08:01:42Z");
    ctltest_restart(t);
    usagetest_go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 101 * (4 + 2 * 10));
    ctltest_free(t);
}
END_TEST

/* ---- who ---- */

static int64_t qos_used(struct ctltest *t, const char *qos)
{
    AUTO_FREE char *path = xasprintf("/apis/gantry.dev/v1alpha1/qos/%s", qos);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    return json_int_or(json_at(t->api->body, "status.usage"), "billingMilliseconds",
                       0) /
           1000;
}

/* She is a member of another account now, with another QOS by default. */
static void move_ann(struct ctltest *t)
{
    ctltest_make(t, "QOS", "fresh", "");
    ctltest_make(t, "Account", "new",
                 "'members':[{'user':'ann'}],'defaultQOS':'fresh'");
    ctltest_change(t, "Account", "lab", "'members':[{'user':'bob'}]");
    ctltest_settle(t);
}

/* A job that runs stays with those that it was started for, whoever looks after it. */
START_TEST(test_moved)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "QOS", "normal", "");
    run_job(t, PERIOD - 101);
    move_ann(t);
    if (_i > 0)
        ctltest_restart(t);
    ctltest_advance(t, 100);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.account=lab|status.qos=normal|"
                   "status.startTime=2027-01-15T08:00:01Z");
    usagetest_go_to(t, 2);
    ck_assert_int_eq(account_used(t, "lab"), (2 * PERIOD - 1) * 4);
    ck_assert_int_eq(account_used(t, "new"), 0);
    ck_assert_int_eq(qos_used(t, "normal"), (2 * PERIOD - 1) * 4);
    ck_assert_int_eq(qos_used(t, "fresh"), 0);
    ctltest_free(t);
}
END_TEST

/* So does one that has ended, where it is the next controller that charges it. */
START_TEST(test_moved_behind_its_end)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "QOS", "normal", "");
    run_job(t, 100);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=COMPLETED|status.startTime=2027-01-15T08:00:01Z|"
                   "status.endTime=2027-01-15T08:01:41Z");
    move_ann(t);
    ctltest_restart(t);
    usagetest_go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 100 * 4);
    ck_assert_int_eq(account_used(t, "new"), 0);
    ck_assert_int_eq(qos_used(t, "normal"), 100 * 4);
    ck_assert_int_eq(qos_used(t, "fresh"), 0);
    ctltest_free(t);
}
END_TEST

/* Nobody paid for it: an account and a QOS that are made later do not. */
START_TEST(test_nobody)
{
    struct ctltest *t = ctltest_new();
    run_job(t, 100);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED|status.account!|status.qos!");
    ctltest_make(t, "Account", "lab", "'members':[{'user':'ann'}]");
    ctltest_make(t, "QOS", "normal", "");
    ctltest_settle(t);
    ctltest_restart(t);
    usagetest_go_to(t, 2);
    ck_assert_int_eq(account_used(t, "lab"), 0);
    ck_assert_int_eq(qos_used(t, "normal"), 0);
    ctltest_free(t);
}
END_TEST

/* By an account of its own a component has another QOS than its job. */
START_TEST(test_component)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "QOS", "normal", "");
    ctltest_make(t, "QOS", "own", "");
    ctltest_make(t, "Account", "side", "'members':[{'user':'ann'}],'defaultQOS':'own'");
    ctltest_submit(t, "a",
                   "'user':'ann','account':'lab','components':[{'name':'x'},"
                   "{'name':'y','account':'side','cpusPerTask':4}]");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.startTime=2027-01-15T08:00:01Z");
    ctltest_advance(t, 100);
    ctltest_restart(t);
    if (_i > 0)
        ctltest_advance(t, 50);
    if (_i > 1) {
        ctltest_end(t, "a", 0, 0);
        ctltest_end(t, "a", 1, 0);
        ctltest_settle(t);
        ctltest_expect(t, "a", "status.state=COMPLETED");
        ctltest_restart(t);
    }
    usagetest_go_to(t, 1);
    int64_t ran_sec = account_used(t, "lab");
    ck_assert_int_gt(ran_sec, 100);
    ck_assert_int_eq(account_used(t, "side"), ran_sec * 4);
    ck_assert_int_eq(qos_used(t, "normal"), ran_sec);
    ck_assert_int_eq(qos_used(t, "own"), ran_sec * 4);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/bill",
                      (struct suite_row[]){{test_completing, 3},
                                           {test_completing_ends_nobody, 1},
                                           {test_requeued, 1},
                                           {test_deleted, 1},
                                           {test_deleted_while_completing, 1},
                                           {test_licences, ARRAY_LEN(licences)},
                                           {test_moved, 2},
                                           {test_moved_behind_its_end, 1},
                                           {test_nobody, 1},
                                           {test_component, 3},
                                           {NULL, 0}});
}

/* What jobs are charged for, also those that ran under a controller that has died.
 * Nothing fades here: the numbers are CPU seconds. */
#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define ACCOUNTS "/apis/gantry.dev/v1alpha1/accounts/"
#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PERIOD 300

static struct ctltest *begin(void)
{
    struct ctltest *t = ctltest_new();
    ctltest_kill(t);
    t->settings.sched.decay_half_life_sec = 0;
    ctltest_start(t);
    ctltest_make(t, "Account", "lab", "'members':[{'user':'ann'},{'user':'bob'}]");
    ctltest_settle(t);
    return t;
}

/* Half a period after the end of the n-th. */
static void go_to(struct ctltest *t, int n)
{
    int64_t until = APITEST_START_SEC + n * PERIOD + PERIOD / 2;
    ctltest_advance(t, until - loop_now_sec(t->api->loop));
}

/* What ann has used of an account, in seconds. */
static int64_t account_used(struct ctltest *t, const char *account)
{
    AUTO_FREE char *path = xasprintf(ACCOUNTS "%s", account);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    const struct json *rows = json_at(t->api->body, "status.usage.members");
    for (size_t i = 0; i < json_len(rows); i++)
        if (str_eq(json_str(json_item(rows, i), "user"), "ann"))
            return json_int_or(json_item(rows, i), "billingMilliseconds", -1) / 1000;
    return 0;
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
    struct ctltest *t = begin();
    let_complete(t, (enum restart)_i);
    go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 60 * 4);
    ctltest_free(t);
}
END_TEST

/* Nor does it end others that share a limit on minutes: of 12 CPU minutes, 4 are used
 * by the one and 6 by the other. */
START_TEST(test_completing_ends_nobody)
{
    struct ctltest *t = begin();
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
    struct ctltest *t = begin();
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4");
    ctltest_settle(t);
    ctltest_advance(t, 60);
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
    struct ctltest *t = begin();
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4");
    ctltest_settle(t);
    ctltest_advance(t, 200);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_wind_up(t, 2);
    go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 200 * 4);
    ctltest_free(t);
}
END_TEST

/* It had ended before. */
START_TEST(test_deleted_while_completing)
{
    struct ctltest *t = begin();
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4,'timeLimit':'1'");
    ctltest_settle(t);
    ctltest_advance(t, 165);
    ctltest_expect(t, "a", "status.state=COMPLETING");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_wind_up(t, 2);
    go_to(t, 1);
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
    struct ctltest *t = begin();
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
    go_to(t, 1);
    ck_assert_int_eq(account_used(t, "lab"), 101 * (4 + 2 * 10));
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
                                           {NULL, 0}});
}

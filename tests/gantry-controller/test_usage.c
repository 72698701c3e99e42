/* What accounts have used, charged by the core and kept in their status: also over the
 * death of a controller. Nothing fades here: the numbers are CPU seconds. */
#include "cmd/gantry-controller/usagewrite.h"

#include <stdlib.h>

#include "base/duration.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/usagetest.h"

#define ACCOUNTS "/apis/gantry.dev/v1alpha1/accounts"
#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define QOS "/apis/gantry.dev/v1alpha1/qos"
#define PERIOD USAGE_PERIOD_SEC

static void read_account(struct ctltest *t)
{
    ck_assert_int_eq(apitest_request(t->api, "GET", ACCOUNTS "/lab", NULL), 200);
}

static int64_t used_by(struct ctltest *t, const char *user)
{
    return usagetest_used(t, "lab", user);
}

/* Thousandths of seconds that a job of 4 CPUs has run at a time. */
static int64_t cost_of(struct ctltest *t, const char *job, int64_t at_sec)
{
    AUTO_FREE char *path =
        xasprintf("/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/%s", job);
    int64_t start_sec = 0, end_sec = at_sec;
    struct err err = ERR_INIT;
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    const char *start = json_str(t->api->body, "status.startTime");
    const char *end = json_str(t->api->body, "status.endTime");
    ck_assert_int_eq(time_parse_rfc3339(start, &start_sec, &err), 0);
    if (end)
        ck_assert_int_eq(time_parse_rfc3339(end, &end_sec, &err), 0);
    return (MIN(at_sec, end_sec) - start_sec) * 4 * 1000;
}

#define END_OF(n) (APITEST_START_SEC + (n)*PERIOD)

START_TEST(test_written)
{
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','nodes':1,'cpusPerTask':4");
    usagetest_go_to(t, 0);
    read_account(t);
    apitest_expect(t->api, "before the first period ends", "status!");
    usagetest_go_to(t, 1);
    int64_t cost = cost_of(t, "a", END_OF(1));
    ck_assert_int_gt(cost, 0);
    ck_assert_int_eq(used_by(t, "ann"), cost);
    ck_assert_int_eq(used_by(t, "bob"), 0);
    apitest_expect(t->api, "the first", "status.usage.asOf=2027-01-15T08:05:00Z");
    usagetest_go_to(t, 3);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(3)));
    read_account(t);
    apitest_expect(t->api, "the third", "status.usage.asOf=2027-01-15T08:15:00Z");
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    usagetest_go_to(t, 4);
    cost = cost_of(t, "a", END_OF(4));
    ck_assert_int_eq(used_by(t, "ann"), cost);
    AUTO_FREE char *version =
        xstrdup(json_str(t->api->body, "metadata.resourceVersion"));
    usagetest_go_to(t, 8);
    ck_assert_int_eq(used_by(t, "ann"), cost);
    ck_assert_str_eq(json_str(t->api->body, "metadata.resourceVersion"), version);
    ctltest_free(t);
}
END_TEST

/* A component in a dearer partition costs what it does there, also where its end is
 * found by another controller. */
START_TEST(test_components)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "Partition", "dear", "'tresBillingWeights':{'cpu':3}");
    ctltest_settle(t);
    ctltest_submit(t, "a",
                   "'user':'ann','components':[{'name':'x'},{'name':'y','partition':"
                   "'dear'}]");
    usagetest_go_to(t, 2);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(2)));
    ctltest_end(t, "a", 0, 0);
    ctltest_end(t, "a", 1, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    ctltest_kill(t);
    ctltest_start(t);
    usagetest_go_to(t, 3);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(3)));
    ctltest_free(t);
}
END_TEST

/* Killed within a period, and dead past its end: nothing is charged twice, and nothing
 * is lost. */
START_TEST(test_survives)
{
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','nodes':1,'cpusPerTask':4");
    ctltest_submit(t, "b", "'user':'bob','nodes':1,'cpusPerTask':4");
    usagetest_go_to(t, 2);
    ctltest_end(t, "b", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=COMPLETED");
    ctltest_kill(t);
    usagetest_go_to(t, 4);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(2)));
    ctltest_start(t);
    ctltest_settle(t);
    usagetest_go_to(t, 5);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(5)));
    ck_assert_int_eq(used_by(t, "bob"), cost_of(t, "b", END_OF(5)));
    ctltest_kill(t);
    ctltest_start(t);
    usagetest_go_to(t, 7);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(7)));
    ck_assert_int_eq(used_by(t, "bob"), cost_of(t, "b", END_OF(7)));
    ctltest_free(t);
}
END_TEST

/* Its partition gets a QOS while no controller runs: that pays from the last period on
 * that all had in writing for sure, not for all of its past; its account as ever. */
START_TEST(test_begins_to_pay)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "Partition", "side", "");
    ctltest_submit(t, "a", "'user':'ann','partition':'side','nodes':1,'cpusPerTask':4");
    usagetest_go_to(t, 5);
    ctltest_kill(t);
    ctltest_make(t, "QOS", "late", "");
    ctltest_change(t, "Partition", "side", "'qos':'late'");
    ctltest_start(t);
    usagetest_go_to(t, 7);
    ck_assert_int_eq(apitest_request(t->api, "GET", QOS "/late", NULL), 200);
    ck_assert_int_eq(json_int_or(t->api->body, "status.usage.tresMilliseconds.cpu", -1),
                     INT64_C(3) * PERIOD * 4 * 1000);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(7)));
    ctltest_free(t);
}
END_TEST

/* It is still there when its account has it in writing, and not for ever. */
START_TEST(test_ttl_waits)
{
    static const char job[] =
        "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/a";
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','cpusPerTask':4,'ttlSecondsAfterFinished':10");
    ctltest_submit(t, "never",
                   "'user':'ann','hold':'User','ttlSecondsAfterFinished':10");
    ctltest_settle(t);
    ctltest_end(t, "a", 0, 0);
    ctltest_act(t, "never", "1", "Cancel");
    ctltest_settle(t);
    ctltest_advance(t, 60);
    ctltest_reap(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    int64_t cost = cost_of(t, "a", END_OF(1));
    usagetest_go_to(t, 1);
    ck_assert_int_eq(used_by(t, "ann"), cost);
    ck_assert_int_eq(apitest_request(t->api, "GET", job, NULL), 404);
    ctltest_free(t);
}
END_TEST

/* It has used nothing since a period ended, though its pods were gone behind that only:
 * no more is written of its account. */
START_TEST(test_ttl_in_between)
{
    struct ctltest *t = usagetest_begin();
    ctltest_advance(t, PERIOD - 70);
    ctltest_submit(t, "a",
                   "'user':'ann','cpusPerTask':4,'timeLimit':'1',"
                   "'ttlSecondsAfterFinished':10");
    ctltest_settle(t);
    ctltest_advance(t, 65);
    ctltest_expect(t, "a", "status.state=COMPLETING");
    ctltest_advance(t, 10);
    ctltest_end(t, "a", 0, 143);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=TIMEOUT");
    ctltest_advance(t, 30);
    ck_assert_int_eq(used_by(t, "ann"), 60 * 4 * 1000);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/a", NULL), 404);
    ctltest_free(t);
}
END_TEST

/* Likewise, when the QOS of the partition that a component was in has it. */
START_TEST(test_component_qos)
{
    static const char job[] =
        "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/a";
    struct ctltest *t = usagetest_unfading();
    ctltest_make(t, "QOS", "lent", "");
    ctltest_make(t, "Partition", "side", "'qos':'lent'");
    ctltest_submit(t, "a",
                   "'ttlSecondsAfterFinished':10,'components':[{'name':'x'},"
                   "{'name':'y','partition':'side','cpusPerTask':4}]");
    ctltest_settle(t);
    ctltest_advance(t, 60);
    ctltest_end(t, "a", 0, 0);
    ctltest_end(t, "a", 1, 0);
    ctltest_settle(t);
    ctltest_advance(t, 60);
    ctltest_reap(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    int64_t cost = cost_of(t, "a", END_OF(1));
    usagetest_go_to(t, 1);
    ck_assert_int_eq(apitest_request(t->api, "GET", job, NULL), 404);
    ck_assert_int_eq(apitest_request(t->api, "GET", QOS "/lent", NULL), 200);
    const struct json *usage = json_at(t->api->body, "status.usage");
    ck_assert_int_eq(json_int_or(usage, "billingMilliseconds", -1), cost);
    ctltest_free(t);
}
END_TEST

/* What a QOS has used is kept as well, each TRES of it, and jobs wait for that too. */
START_TEST(test_qos)
{
    static const char job[] =
        "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/a";
    struct ctltest *t = usagetest_unfading();
    ctltest_make(t, "QOS", "normal", "'usageFactor':0.5");
    ctltest_submit(t, "a", "'nodes':1,'cpusPerTask':4,'ttlSecondsAfterFinished':10");
    ctltest_settle(t);
    ctltest_advance(t, 60);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_advance(t, 60);
    ctltest_reap(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    int64_t cost = cost_of(t, "a", END_OF(1)) / 2;
    ctltest_kill(t);
    ctltest_start(t);
    usagetest_go_to(t, 1);
    ck_assert_int_eq(apitest_request(t->api, "GET", job, NULL), 404);
    ck_assert_int_eq(apitest_request(t->api, "GET", QOS "/normal", NULL), 200);
    const struct json *usage = json_at(t->api->body, "status.usage");
    ck_assert_int_eq(json_int_or(usage, "billingMilliseconds", -1), cost);
    ck_assert_int_eq(json_int_or(usage, "tresMilliseconds.cpu", -1), cost);
    ck_assert_int_eq(json_int_or(usage, "wallMilliseconds", -1), cost / 4);
    apitest_expect(t->api, "QOS", "status.usage.asOf=2027-01-15T08:05:00Z");
    ctltest_free(t);
}
END_TEST

/* A limit on TRES minutes: who runs when they are used up ends, and others wait. */
START_TEST(test_minutes)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "QOS", "normal", "'limits':{'grpTRESMins':{'cpu':15}}");
    ctltest_make(t, "QOS", "free", "'usageFactor':0");
    ctltest_submit(t, "a", "'user':'ann','nodes':1,'cpusPerTask':4");
    ctltest_submit(t, "b", "'user':'bob','nodes':1,'cpusPerTask':4,'qos':'free'");
    usagetest_go_to(t, 0);
    ctltest_expect(t, "a", "status.state=RUNNING");
    usagetest_go_to(t, 1);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=TIMEOUT|status.reason=QOSGrpCPUMinutesLimit|"
                   "status.message=QOS normal allows cpu=15 minutes in all, past jobs "
                   "included; that is used up");
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_submit(t, "c", "'user':'ann','nodes':1,'cpusPerTask':1");
    ctltest_settle(t);
    ctltest_expect(t, "c",
                   "status.state=PENDING|status.reason=QOSGrpCPUMinutesLimit|"
                   "status.message=QOS normal allows cpu=15 minutes in all, past jobs "
                   "included; that is used up");
    ctltest_free(t);
}
END_TEST

/* A write that is refused is made again. */
START_TEST(test_refused)
{
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','nodes':1,'cpusPerTask':4");
    usagetest_go_to(t, 0);
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/lab/status", SPY_REFUSE, 409,
                                         "Conflict", "try again", 1});
    usagetest_go_to(t, 2);
    ck_assert_int_eq(used_by(t, "ann"), cost_of(t, "a", END_OF(2)));
    ctltest_free(t);
}
END_TEST

/* What was used before a controller began is forgotten when its first period ends. */
START_TEST(test_reset_now)
{
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','nodes':1,'cpusPerTask':4");
    usagetest_go_to(t, 2);
    ck_assert_int_gt(used_by(t, "ann"), 0);
    ctltest_kill(t);
    t->settings.sched.usage_reset = USAGE_RESET_NOW;
    ctltest_start(t);
    ctltest_settle(t);
    usagetest_go_to(t, 3);
    ck_assert_int_eq(used_by(t, "ann"), 0);
    usagetest_go_to(t, 5);
    ck_assert_int_eq(used_by(t, "ann"), (int64_t)2 * PERIOD * 4 * 1000);
    ctltest_free(t);
}
END_TEST

/* An account that is in no tree says so, and so do those below it. */
START_TEST(test_fault)
{
    struct ctltest *t = usagetest_begin();
    ctltest_make(t, "Account", "sub", "'parent':'lost','members':[{'user':'ann'}]");
    ctltest_make(t, "Account", "leaf", "'parent':'sub','members':[]");
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "GET", ACCOUNTS "/sub", NULL), 200);
    apitest_expect(t->api, "sub",
                   "status.message=account lost does not exist, the parent of sub");
    ck_assert_int_eq(apitest_request(t->api, "GET", ACCOUNTS "/leaf", NULL), 200);
    apitest_expect(t->api, "leaf",
                   "status.message=account leaf is below sub: account lost does not "
                   "exist, the parent of sub");
    read_account(t);
    apitest_expect(t->api, "lab", "status!");
    ctltest_make(t, "Account", "lost", "'members':[]");
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "GET", ACCOUNTS "/leaf", NULL), 200);
    apitest_expect(t->api, "leaf", "status.message!");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", ACCOUNTS "/lost", NULL), 200);
    ctltest_settle(t);
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "GET", ACCOUNTS "/sub", NULL), 200);
    apitest_expect(t->api, "sub",
                   "status.message=account lost does not exist, the parent of sub");
    ctltest_free(t);
}
END_TEST

/* An account that is ignored is charged nothing: nobody waits for that. */
static const struct {
    const char *spec, *message;
} ignored[] = {
    {"{'spec':{'members':[{'user':'ann','limits':{'grpTRES':{'cores':4}}}]}}",
     "is ignored: spec.members[0]"},
    {"{'spec':{'parent':'none'}}", "account none does not exist"},
};

START_TEST(test_ignored)
{
    struct ctltest *t = usagetest_begin();
    ctltest_submit(t, "a", "'user':'ann','nodes':1,'ttlSecondsAfterFinished':10");
    usagetest_go_to(t, 1);
    ctltest_patch(t, ACCOUNTS "/lab", ignored[_i].spec);
    ctltest_settle(t);
    read_account(t);
    AUTO_FREE char *says = xasprintf("status.message~%s", ignored[_i].message);
    apitest_expect(t->api, "lab", says);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED|status.account=lab");
    usagetest_go_to(t, 3);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/a", NULL), 404);
    ctltest_free(t);
}
END_TEST

/* Likewise where it is the only one, and so keeps nobody from running. */
START_TEST(test_ignored_from_the_first)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "Account", "lab",
                 "'members':[{'user':'ann','limits':{'grpTRES':{'cores':4}}}]");
    ctltest_settle(t);
    ctltest_submit(t, "a", "'account':'lab','ttlSecondsAfterFinished':10");
    ctltest_settle(t);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    usagetest_go_to(t, 3);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/a", NULL), 404);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/usage",
                      (struct suite_row[]){
                          {test_written, 1},
                          {test_components, 1},
                          {test_survives, 1},
                          {test_begins_to_pay, 1},
                          {test_reset_now, 1},
                          {test_fault, 1},
                          {test_ttl_waits, 1},
                          {test_ttl_in_between, 1},
                          {test_component_qos, 1},
                          {test_refused, 1},
                          {test_qos, 1},
                          {test_minutes, 1},
                          {test_ignored, (int)ARRAY_LEN(ignored)},
                          {test_ignored_from_the_first, 1},
                          {NULL, 0},
                      });
}

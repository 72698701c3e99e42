/* Partitions, QOS and accounts as the server has them, and the jobs under them. */
#include "cmd/gantry-controller/policies.h"

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define API "/apis/gantry.dev/v1alpha1/"

static void unmake(struct ctltest *t, const char *plural, const char *name)
{
    AUTO_FREE char *path = xasprintf(API "%s/%s", plural, name);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", path, NULL), 200);
}

START_TEST(test_qos)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "early", "'qos':'high'");
    ctltest_settle(t);
    ctltest_expect(t, "early",
                   "status.state=PENDING|status.reason=InvalidQOS|"
                   "status.pending.class=Never|"
                   "status.message=QOS high does not exist; there are none");
    ctltest_make(t, "QOS", "high", "'priority':80");
    ctltest_make(t, "QOS", "normal", "'priority':20");
    ctltest_submit(t, "all", "'nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_expect(t, "early",
                   "status.state=RUNNING|status.priority=2000|"
                   "status.priorityFactors.qos=1000|status.qos=high|status.account!");
    ctltest_expect(t, "all",
                   "status.qos=normal|"
                   "status.state=PENDING|status.priority=1250|"
                   "status.priorityFactors.qos=250|"
                   "status.priorityFactors.partition=1000");
    /* Normal is the largest now, and that is news; age alone would not be. */
    unmake(t, "qos", "high");
    ctltest_settle(t);
    ctltest_expect(t, "all",
                   "status.state=PENDING|status.priority=2000|"
                   "status.priorityFactors.qos=1000");
    ctltest_expect(t, "early", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* The fair tree: ann has no shares, so bob comes first. Without its parent the account
 * is none. */
START_TEST(test_fairshare)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(
        t, "Account", "optics",
        "'parent':'physics','members':[{'user':'ann','fairshare':0},{'user':'bob'}]");
    ctltest_submit(t, "ann", "'user':'ann','nodes':4,'exclusive':true");
    ctltest_submit(t, "bob", "'user':'bob','nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_expect(t, "ann",
                   "status.state=PENDING|status.reason=InvalidAccount|"
                   "status.message=account physics does not exist, the parent of "
                   "optics");
    ctltest_make(t, "Account", "physics", "'fairshare':3");
    ctltest_settle(t);
    ctltest_expect(t, "bob",
                   "status.state=RUNNING|status.priorityFactors.fairshare=1000");
    ctltest_expect(t, "ann",
                   "status.state=PENDING|status.priorityFactors.fairshare=500");
    ctltest_free(t);
}
END_TEST

/* A QOS in percent of a partition is of that one only. */
START_TEST(test_relative)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "half",
                 "'flags':['Relative'],'limits':{'grpTRES':{'gres/gpu':50}}");
    ctltest_make(t, "Partition", "side", "'nodes':'n[1-2]','qos':'half'");
    ctltest_submit(t, "fits", "'partition':'side','gpusPerNode':8");
    ctltest_submit(t, "more", "'partition':'side','gpusPerNode':1");
    ctltest_settle(t);
    ctltest_expect(t, "fits", "status.state=RUNNING");
    ctltest_expect(t, "more",
                   "status.reason=QOSGrpGRES|status.message~allows gres/gpu=8 in all");
    ctltest_make(t, "Partition", "third", "'nodes':'n3','qos':'half'");
    ctltest_settle(t);
    apitest_request(t->api, "GET", API "qos/half", NULL);
    apitest_expect(t->api, "half",
                   "status.message=it is relative to partition side, and cannot be the "
                   "QOS of third as well");
    ctltest_free(t);
}
END_TEST

/* What cannot be read is ignored, and says why; so does a circle of QOS. */
START_TEST(test_told)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "Account", "optics",
                 "'members':[{'user':'ann','limits':{'grpTRES':{'cores':4}}}]");
    ctltest_make(t, "QOS", "high", "'preempt':['low']");
    ctltest_make(t, "QOS", "low", "'preempt':['high']");
    ctltest_settle(t);
    apitest_request(t->api, "GET", API "accounts/optics", NULL);
    apitest_expect(t->api, "optics",
                   "status.message~is ignored: spec.members[0]: limits.grpTRES: cores: "
                   "no such TRES");
    apitest_request(t->api, "GET", API "qos/low", NULL);
    apitest_expect(t->api, "low", "status.message~low");
    ctltest_patch(t, API "qos/low", "{'spec':{'preempt':null}}");
    ctltest_patch(t, API "accounts/optics", "{'spec':{'members':[{'user':'ann'}]}}");
    ctltest_settle(t);
    apitest_request(t->api, "GET", API "accounts/optics", NULL);
    apitest_expect(t->api, "optics", "spec.members.0.user=ann|status.message!");
    apitest_request(t->api, "GET", API "qos/low", NULL);
    apitest_expect(t->api, "low", "status.message!");
    ctltest_free(t);
}
END_TEST

/* A QOS whose WITHIN nobody asks says so, for as long as that is so. */
START_TEST(test_within)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "high", "'preemptMode':'REQUEUE,WITHIN'");
    ctltest_settle(t);
    apitest_request(t->api, "GET", API "qos/high", NULL);
    apitest_expect(t->api, "high", "status.message!");
    struct settings fresh = t->settings;
    fresh.sched.preempt_type = PREEMPT_BY_PARTITION;
    fresh.sched.preempt_mode = PREEMPT_REQUEUE;
    controller_configure(t->ctl, &fresh);
    ctltest_settle(t);
    apitest_request(t->api, "GET", API "qos/high", NULL);
    apitest_expect(t->api, "high",
                   "status.message=its WITHIN does nothing: preemption goes by "
                   "partitions here (preemptType: partition_prio)");
    fresh.sched.preempt_type = PREEMPT_BY_QOS;
    controller_configure(t->ctl, &fresh);
    ctltest_settle(t);
    apitest_request(t->api, "GET", API "qos/high", NULL);
    apitest_expect(t->api, "high", "status.message!");
    ctltest_free(t);
}
END_TEST

/* A changed gantry.yaml holds for jobs that wait already. */
START_TEST(test_configure)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "normal", "'priority':20");
    ctltest_submit(t, "first", "'nodes':4,'exclusive':true");
    ctltest_submit(t, "second", "'nodes':4,'exclusive':true,'timeLimit':'10'");
    ctltest_settle(t);
    ctltest_expect(t, "second", "status.state=PENDING|status.priority=2000");
    struct settings fresh = t->settings;
    fresh.sched.priority_weight_qos = 500;
    controller_configure(t->ctl, &fresh);
    ctltest_settle(t);
    ctltest_expect(t, "second",
                   "status.state=PENDING|status.priority=1500|"
                   "status.priorityFactors.qos=500");
    ctltest_free(t);
}
END_TEST

/* The QOS of an account's jobs: by default, and those that are allowed. */
START_TEST(test_account_qos)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "long", "'priority':20");
    ctltest_make(t, "QOS", "short", "'priority':80");
    ctltest_make(t, "Account", "ours",
                 "'defaultQOS':'long','qos':['long'],"
                 "'members':[{'user':'ann'},{'user':'bob','qos':['short']}]");
    ctltest_submit(t, "ann", "'user':'ann'");
    ctltest_submit(t, "ann-short", "'user':'ann','qos':'short'");
    ctltest_submit(t, "bob", "'user':'bob'");
    ctltest_settle(t);
    ctltest_expect(t, "ann", "status.state=RUNNING|status.qos=long");
    ctltest_expect(t, "bob", "status.state=RUNNING|status.qos=short");
    ctltest_expect(t, "ann-short",
                   "status.state=PENDING|status.reason=InvalidQOS|"
                   "status.message=account ours allows ann no QOS short; it allows: "
                   "long");
    ctltest_free(t);
}
END_TEST

START_TEST(test_accounts)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "before", "'account':'any'");
    ctltest_settle(t);
    ctltest_expect(t, "before", "status.state=RUNNING");
    ctltest_make(t, "Account", "theirs", "'members':[{'user':'carl'}]");
    ctltest_submit(t, "none", "'user':'ann'");
    ctltest_submit(t, "other", "'user':'ann','account':'theirs'");
    ctltest_submit(t, "carl", "'user':'carl'");
    ctltest_settle(t);
    ctltest_expect(t, "carl", "status.state=RUNNING|status.account=theirs|status.qos!");
    ctltest_expect(t, "before", "status.account=any");
    ctltest_expect(t, "none",
                   "status.state=PENDING|status.reason=InvalidAccount|"
                   "status.message=ann is a member of no account");
    ctltest_expect(t, "other",
                   "status.reason=InvalidAccount|status.pending.class=Never|"
                   "status.message=ann is not a member of account theirs");
    ctltest_make(t, "Account", "ours", "'members':[{'namespace':'default'}]");
    ctltest_settle(t);
    ctltest_expect(t, "none", "status.state=RUNNING");
    ctltest_expect(t, "other", "status.state=PENDING");
    unmake(t, "accounts", "theirs");
    ctltest_settle(t);
    ctltest_expect(t, "other", "status.message=account theirs does not exist");
    ctltest_free(t);
}
END_TEST

/* A new controller knows them before it decides anything. */
START_TEST(test_restart)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "high", "'priority':80");
    ctltest_make(t, "Account", "ours", "'members':[{'user':'ann'}]");
    ctltest_settle(t);
    ctltest_kill(t);
    ctltest_submit(t, "good", "'user':'ann','qos':'high'");
    ctltest_submit(t, "bad", "'user':'bob'");
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "good", "status.state=RUNNING");
    ctltest_expect(t, "bad", "status.reason=InvalidAccount");
    ctltest_free(t);
}
END_TEST

/* No watch tells the end of one that is ignored; the server does, once. */
START_TEST(test_ignored_and_gone)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/accounts/optics/status", SPY_REFUSE,
                                         503, "ServiceUnavailable", "unwell", 1});
    ctltest_make(t, "Account", "optics",
                 "'members':[{'user':'ann','limits':{'grpTRES':{'cores':4}}}]");
    ctltest_settle(t);
    spy_forget(t->spy);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", API "accounts/optics", NULL),
                     200);
    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *name = xasprintf("lab-%d", i);
        ctltest_make(t, "Account", name, "'fairshare':1");
        ctltest_settle(t);
    }
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/accounts/optics/status"), 1);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/policies", (struct suite_row[]){
                                                        {test_qos, 1},
                                                        {test_fairshare, 1},
                                                        {test_relative, 1},
                                                        {test_told, 1},
                                                        {test_ignored_and_gone, 1},
                                                        {test_configure, 1},
                                                        {test_within, 1},
                                                        {test_accounts, 1},
                                                        {test_account_qos, 1},
                                                        {test_restart, 1},
                                                        {NULL, 0},
                                                    });
}

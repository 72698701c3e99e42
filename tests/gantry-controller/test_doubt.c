/* Jobs that come before what they name has been seen: they wait for it, and are refused
 * only once it is sure that it is not there. */
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define KINDS "/apis/gantry.dev/v1alpha1/"
#define JOBS KINDS "namespaces/default/batchjobs"
/* Longer than any watch lasts. */
#define WATCH_OVER_SEC 700
/* Longer than the longest pause between tries, and its jitter. */
#define TRIED_AGAIN_SEC 70

static void lose_watch(struct ctltest *t, const char *path)
{
    spy_spoil(t->spy, &(struct spy_rule){"GET", path, SPY_REFUSE, 503,
                                         "ServiceUnavailable", "", SPY_ALWAYS});
    ctltest_advance(t, WATCH_OVER_SEC);
}

static void find_watch(struct ctltest *t)
{
    spy_spare(t->spy);
    ctltest_advance(t, TRIED_AGAIN_SEC);
}

/* Whatever is made or changed under the controller's eyes, then behind its back. */
static const struct {
    const char *what, *path, *kind, *name;
    const char *before; /* its spec; NULL: it is made afterwards */
    const char *after;
    const char *job;
} cases[] = {
    {"a QOS", KINDS "qos", "QOS", "long", NULL, "", "'qos':'long'"},
    {"a QOS of several", KINDS "qos", "QOS", "long", NULL, "", "'qos':'fine,long'"},
    {"an account", KINDS "accounts", "Account", "new", NULL,
     "'members':[{'user':'ann'}]", "'user':'ann','account':'new'"},
    {"a member", KINDS "accounts", "Account", "late", "'members':[{'user':'cat'}]",
     "'members':[{'user':'ann'}]", "'user':'ann','account':'late'"},
    {"a partition", KINDS "partitions", "Partition", "side", NULL, "'nodes':'n1'",
     "'partition':'side'"},
    {"nodes of a partition", KINDS "partitions", "Partition", "side", "'nodes':'n1'",
     "'nodes':'n[1-2]'", "'partition':'side','nodes':2"},
    {"a partition that opens", KINDS "partitions", "Partition", "side",
     "'nodes':'n1','state':'DRAIN'", "'state':'UP'", "'partition':'side'"},
    {"a limit that keeps it out", KINDS "qos", "QOS", "long",
     "'limits':{'maxWall':'5'},'flags':['DenyOnLimit']", "'limits':{'maxWall':'60'}",
     "'qos':'long','timeLimit':'60'"},
    {"a reservation", KINDS "reservations", "Reservation", "now", NULL,
     "'startTime':'2027-01-15T08:00:00Z','duration':'1-0','nodes':'n1','users':['ann']",
     "'user':'ann','timeLimit':'5','reservation':'now'"},
};

START_TEST(test_unseen)
{
    struct ctltest *t = ctltest_new();
    ctltest_make(t, "QOS", "fine", "");
    if (strcmp(cases[_i].kind, "Account") == 0)
        ctltest_make(t, "Account", "any", "'members':[{'user':'bob'}]");
    if (cases[_i].before)
        ctltest_make(t, cases[_i].kind, cases[_i].name, cases[_i].before);
    lose_watch(t, cases[_i].path);
    if (cases[_i].before)
        ctltest_change(t, cases[_i].kind, cases[_i].name, cases[_i].after);
    else
        ctltest_make(t, cases[_i].kind, cases[_i].name, cases[_i].after);
    ctltest_submit(t, "early", cases[_i].job);
    ctltest_submit(t, "other", "'user':'bob'");
    ctltest_advance(t, 10);
    spy_forget(t->spy);
    ctltest_expect(t, "early", "status.state!|status.jobID!");
    ctltest_expect(t, "other", "status.state=RUNNING");
    find_watch(t);
    ctltest_expect(t, "early", "status.state=RUNNING|status.conditions.0.status=True");
    ck_assert_msg(spy_count(t->spy, "PATCH", "/early/status") <= 2, "%s: %s",
                  cases[_i].what, spy_text(t->spy));
    ctltest_free(t);
}
END_TEST

/* What is not there is said in the first status, and when it comes the job is taken
 * up; one that has had a status waits for no look. */
START_TEST(test_missing)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "early", "'qos':'long'");
    ctltest_settle(t);
    ctltest_expect(t, "early",
                   "status.state=PENDING|status.reason=InvalidQOS|"
                   "status.pending.class=Never|status.message~does not exist");
    ctltest_make(t, "QOS", "long", "");
    ctltest_settle(t);
    ctltest_expect(t, "early", "status.state=RUNNING");
    ctltest_submit(t, "held", "'qos':'long','hold':'User'");
    ctltest_settle(t);
    lose_watch(t, KINDS "qos");
    ctltest_patch(t, JOBS "/held", "{'spec':{'hold':null,'qos':'other'}}");
    ctltest_settle(t);
    ctltest_expect(t, "held", "status.reason=InvalidQOS");
    ctltest_free(t);
}
END_TEST

/* Many that come at once are looked into at once, but for the first. */
START_TEST(test_together)
{
    struct ctltest *t = ctltest_new();
    spy_forget(t->spy);
    for (int i = 0; i < 20; i++) {
        AUTO_FREE char *name = xasprintf("j%d", i);
        ctltest_submit(t, name, "'qos':'long'");
    }
    ctltest_settle(t);
    for (int i = 0; i < 20; i++) {
        AUTO_FREE char *name = xasprintf("j%d", i);
        ctltest_expect(t, name, "status.state=PENDING|status.reason=InvalidQOS");
    }
    ck_assert_uint_ge(spy_count(t->spy, "GET", KINDS "qos"), 1);
    ck_assert_uint_le(spy_count(t->spy, "GET", KINDS "qos"), 4); /* and to watch on */
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/doubt", (struct suite_row[]){
                                                     {test_unseen, ARRAY_LEN(cases)},
                                                     {test_missing, 1},
                                                     {test_together, 1},
                                                     {NULL, 0},
                                                 });
}

/* Where a ResourceQuota exists, one gang at a time is created in its namespace. */
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define QUOTAS "/api/v1/namespaces/default/resourcequotas"

static void make_quota(struct ctltest *t)
{
    int status = apitest_request(
        t->api, "POST", QUOTAS,
        "{'metadata':{'name':'q'},'spec':{'hard':{'requests.cpu':'8'}}}");
    ck_assert_msg(status == 201, "%s", t->api->text.s);
    ctltest_settle(t);
}

static void drop_quota(struct ctltest *t)
{
    ck_assert_int_eq(apitest_request(t->api, "DELETE", QUOTAS "/q", NULL), 200);
    ctltest_settle(t);
}

/* The create of a's second rank does not get through for now. */
static void hold_up(struct ctltest *t)
{
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/pods", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "", SPY_ALWAYS});
}

/* Gang a has its intent, and none of its pods can be made; gang b comes after it. */
static struct ctltest *begin(bool quota)
{
    struct ctltest *t = ctltest_new();
    if (quota)
        make_quota(t);
    hold_up(t);
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_submit(t, "b", "'nodes':2");
    ctltest_settle(t);
    spy_forget(t->spy);
    ctltest_advance(t, 5);
    return t;
}

static size_t creates(struct ctltest *t)
{
    return spy_count(t->spy, "POST", "/pods");
}

/* Each of the two ranks is tried once a second, or all four are. */
START_TEST(test_turns)
{
    struct ctltest *t = begin(_i);
    if (_i)
        ck_assert_msg(creates(t) <= 12, "%s", spy_text(t->spy));
    else
        ck_assert_msg(creates(t) >= 16, "%s", spy_text(t->spy));
    spy_spare(t->spy);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1");
    ctltest_expect(t, "b", "status.state=RUNNING|status.attempt=1");
    ctltest_free(t);
}
END_TEST

/* One of one pod needs no turn. */
START_TEST(test_one_pod)
{
    struct ctltest *t = begin(true);
    ctltest_submit(t, "c", "");
    ctltest_settle(t);
    spy_forget(t->spy);
    ctltest_advance(t, 5);
    ck_assert_msg(creates(t) >= 14, "%s", spy_text(t->spy));
    ctltest_free(t);
}
END_TEST

enum end { CANCELLED, DELETED, REFUSED, QUOTA_GONE };

/* Whatever ends a's start passes the turn on. */
START_TEST(test_passed_on)
{
    struct ctltest *t = begin(true);
    switch ((enum end)_i) {
    case CANCELLED:
        ctltest_act(t, "a", "1", "Cancel");
        break;
    case DELETED:
        ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
        break;
    case REFUSED:
        spy_spare(t->spy);
        spy_spoil(t->spy, &(struct spy_rule){"POST", "/pods", SPY_REFUSE, 403,
                                             "Forbidden", "exceeded quota: q", 2});
        ctltest_advance(t, 2);
        break;
    case QUOTA_GONE:
        drop_quota(t);
        break;
    }
    ctltest_settle(t);
    spy_spare(t->spy);
    ctltest_advance(t, 2);
    ctltest_expect(t, "b", "status.state=RUNNING|status.attempt=1");
    ctltest_free(t);
}
END_TEST

/* The wait for the turn is not a launch that takes too long. */
START_TEST(test_patient)
{
    struct ctltest *t = ctltest_new();
    make_quota(t);
    hold_up(t);
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_advance(t, 60);
    ctltest_submit(t, "b", "'nodes':2");
    ctltest_advance(t, 80); /* a has had its two minutes, and b has the turn */
    ctltest_expect(t, "a", "status.restarts=1");
    ctltest_expect(t, "b", "status.state=CONFIGURING|status.restarts=0");
    ctltest_advance(t, 80); /* of which b's deadline counts from its turn */
    ctltest_expect(t, "b", "status.state=CONFIGURING|status.restarts=0");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/quota", (struct suite_row[]){
                                                     {test_turns, 2},
                                                     {test_one_pod, 1},
                                                     {test_passed_on, QUOTA_GONE + 1},
                                                     {test_patient, 1},
                                                     {NULL, 0},
                                                 });
}

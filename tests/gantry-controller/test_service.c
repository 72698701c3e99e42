/* The Service of a gang, from its start to its end. */
#include "cmd/gantry-controller/service.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define SERVICES "/api/v1/namespaces/default/services"

/* ---- which Services are a job's ---- */

static const struct {
    const char *what, *meta;
    const char *job_uid; /* NULL: none of ours */
    bool deleting;
} metas[] = {
    {"ours",
     "'name':'gantry-7','labels':{'gantry.dev/job-id':'7','gantry.dev/job-uid':'u'},"
     "'ownerReferences':[{'kind':'BatchJob','uid':'u','controller':true}]",
     "u", false},
    {"ours, on its way out",
     "'deletionTimestamp':'2027-01-15T08:00:00Z','name':'gantry-7','labels':"
     "{'gantry.dev/job-id':'7','gantry.dev/job-uid':'u'},'ownerReferences':"
     "[{'kind':'Other','uid':'x'},{'kind':'BatchJob','uid':'u','controller':true}]",
     "u", true},
    {"made by `kubectl expose pod`, which copies labels",
     "'name':'mine','labels':{'gantry.dev/job-id':'7','gantry.dev/job-uid':'u'}", NULL,
     false},
    {"with another name",
     "'name':'gantry-8','labels':{'gantry.dev/job-id':'7','gantry.dev/job-uid':'u'},"
     "'ownerReferences':[{'kind':'BatchJob','uid':'u','controller':true}]",
     NULL, false},
    {"without an owner",
     "'name':'gantry-7','labels':{'gantry.dev/job-id':'7','gantry.dev/job-uid':'u'}",
     NULL, false},
    {"of another owner",
     "'name':'gantry-7','labels':{'gantry.dev/job-id':'7','gantry.dev/job-uid':'u'},"
     "'ownerReferences':[{'kind':'BatchJob','uid':'v','controller':true}]",
     NULL, false},
    {"without labels",
     "'name':'gantry-7',"
     "'ownerReferences':[{'kind':'BatchJob','uid':'u','controller':true}]",
     NULL, false},
};

START_TEST(test_parse)
{
    AUTO_FREE char *tmpl =
        xasprintf("{'metadata':{'uid':'s','namespace':'a',%s}}", metas[_i].meta);
    JSON_AUTO struct json *object = json_build(tmpl);
    struct service *s = service_parse(object);
    ck_assert_msg((s != NULL) == (metas[_i].job_uid != NULL), "%s", metas[_i].what);
    if (s) {
        ck_assert_str_eq(s->job_uid, metas[_i].job_uid);
        ck_assert_str_eq(s->ns, "a");
        ck_assert_str_eq(s->name, "gantry-7");
        ck_assert_str_eq(s->uid, "s");
        ck_assert_int_eq(s->deleting, metas[_i].deleting);
    }
    service_free(s);
}
END_TEST

/* ---- in a cluster ---- */

START_TEST(test_gang_has_one)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.jobID=1");
    ck_assert_int_eq(apitest_request(t->api, "GET", SERVICES "/gantry-1", NULL), 200);
    apitest_expect(t->api, "Service",
                   "spec.clusterIP=None|spec.publishNotReadyAddresses=true|"
                   "metadata.ownerReferences.0.kind=BatchJob|"
                   "metadata.ownerReferences.0.name=a");
    AUTO_FREE char *selected = xstrdup(json_string(
        json_get(json_at(t->api->body, "spec.selector"), "gantry.dev/job-uid")));
    ctltest_expect(t, "a", "metadata.name=a");
    ck_assert_str_eq(json_str(t->api->body, "metadata.uid"), selected);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect_service(t, "a", true);
    ctltest_end(t, "a", 1, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    ctltest_expect_service(t, "a", false);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/services"), 1);
    ctltest_free(t);
}
END_TEST

START_TEST(test_one_pod_has_none)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/services"), 0);
    ctltest_free(t);
}
END_TEST

START_TEST(test_stays_over_requeue)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_act(t, "a", "1", "Requeue");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETING");
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=2");
    ctltest_expect_service(t, "a", true);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/services"), 1);
    ctltest_free(t);
}
END_TEST

/* Somebody deletes it under a running gang: it comes back. */
START_TEST(test_made_again)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", SERVICES "/gantry-1", NULL),
                     200);
    ctltest_settle(t);
    ctltest_expect_service(t, "a", true);
    /* Not while the server refuses; the gang runs on. */
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/services", SPY_REFUSE, 403,
                                         "Forbidden", "no", 1});
    apitest_request(t->api, "DELETE", SERVICES "/gantry-1", NULL);
    ctltest_settle(t);
    ctltest_expect_service(t, "a", false);
    ctltest_advance(t, 2);
    ctltest_expect_service(t, "a", true);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* How the create may go, and what stands in its way. */
static const struct {
    const char *what;
    struct spy_rule rule;
    const char *there; /* made by others before; NULL */
    const char *parts; /* of the job, 3 s later */
} troubles[] = {
    {"a quota",
     {"POST", "/services", SPY_REFUSE, 403, "Forbidden", "quota", 1},
     NULL,
     "status.state=PENDING|status.reason=JobLaunchFailure|"
     "status.message=create Service gantry-1: quota|status.restarts=1"},
    {"a busy server",
     {"POST", "/services", SPY_REFUSE, 503, "ServiceUnavailable", "busy", 2},
     NULL,
     "status.state=RUNNING|status.attempt=1"},
    {"a webhook that is away",
     {"POST", "/services", SPY_REFUSE, 500, "InternalError", "webhook", 2},
     NULL,
     "status.state=RUNNING|status.attempt=1"},
    {"the request is lost",
     {"POST", "/services", SPY_LOSE_REQUEST, 0, "", "", 1},
     NULL,
     "status.state=RUNNING|status.attempt=1"},
    {"the answer is lost",
     {"POST", "/services", SPY_LOSE_ANSWER, 0, "", "", 1},
     NULL,
     "status.state=RUNNING|status.attempt=1"},
    {"another's of that name",
     {"POST", "/none", SPY_REFUSE, 0, "", "", 0},
     "{'metadata':{'name':'gantry-1'},'spec':{'ports':[{'port':80}]}}",
     "status.state=PENDING|status.reason=JobLaunchFailure|"
     "status.message=create Service gantry-1: there is one of that name which is not "
     "this job's"},
};

START_TEST(test_trouble)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &troubles[_i].rule);
    if (troubles[_i].there)
        ck_assert_int_eq(apitest_request(t->api, "POST", SERVICES, troubles[_i].there),
                         201);
    ctltest_submit(t, "a", "'nodes':2");
    /* Nothing is bound before it stands. */
    for (int i = 0; i < 6; i++) {
        ctltest_settle(t);
        if (spy_count(t->spy, "POST", "/binding") > 0)
            ctltest_expect_service(t, "a", true);
    }
    ctltest_expect(t, "a", troubles[_i].parts);
    if (troubles[_i].there) /* it is left alone */
        ck_assert_int_eq(apitest_request(t->api, "GET", SERVICES "/gantry-1", NULL),
                         200);
    ctltest_free(t);
}
END_TEST

/* The controller is dead when the job goes: the next one finds what is left. */
START_TEST(test_left_by_a_dead_controller)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_kill(t);
    apitest_request(t->api, "DELETE", JOBS "/a", NULL);
    ck_assert_int_eq(apitest_request(t->api, "GET", SERVICES "/gantry-1", NULL), 200);
    ctltest_start(t);
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "GET", SERVICES "/gantry-1", NULL), 404);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/service",
                      (struct suite_row[]){
                          {test_parse, ARRAY_LEN(metas)},
                          {test_gang_has_one, 1},
                          {test_one_pod_has_none, 1},
                          {test_stays_over_requeue, 1},
                          {test_made_again, 1},
                          {test_trouble, ARRAY_LEN(troubles)},
                          {test_left_by_a_dead_controller, 1},
                          {NULL, 0},
                      });
}

/* The controller against the embedded API server, on a virtual clock. */
#include "cmd/gantry-controller/controller.h"

#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PODS "/api/v1/namespaces/default/pods"

/* Up to the end of a job that starts at once, in writes; see service.h for the one of a
 * gang that design 4.3 does not count. */
#define WRITES_ONE_POD 4
#define WRITES_GANG(n) (2 * (n) + 4)

/* ---- the life of a job ---- */

/* The first job's id costs a block of ids. */
static struct ctltest *warm(void)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "warm", "");
    ctltest_settle(t);
    ctltest_end(t, "warm", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "warm", "status.state=COMPLETED");
    spy_forget(t->spy);
    return t;
}

static const struct {
    const char *spec;
    int pods;
    size_t writes; /* up to its end */
    const char *running;
} lives[] = {
    {"", 1, WRITES_ONE_POD,
     "status.nodeList=n1|status.batchHost=n1|status.numNodes=1|status.attempt=1"},
    {"'nodes':2,'gpusPerNode':8", 2, WRITES_GANG(2),
     "status.nodeList=n[1-2]|status.numNodes=2|status.numGPUs=16|"
     "status.allocTRES~gres/gpu=16"},
    {"'nodes':4", 4, WRITES_GANG(4), "status.nodeList=n[1-4]|status.numNodes=4"},
    {"'replicas':24", 24, WRITES_GANG(24), "status.numNodes~"},
    {"'components':[{'name':'x'},{'name':'y','nodes':2,'gpusPerNode':8}]", 3,
     WRITES_GANG(3),
     "status.nodeList=n[1-2]|status.batchHost=n1|status.numGPUs=16|status.placement#2|"
     "status.placement.0.component!|status.placement.1.component=1|status.jobID=2|"
     "status.hetJobID=2|status.components#2|status.components.0.jobID=2|"
     "status.components.0.numNodes=1|status.components.0.nodeList=n1|"
     "status.components.0.numGPUs!|status.components.1.jobID=3|"
     "status.components.1.numNodes=2|status.components.1.nodeList=n[1-2]|"
     "status.numNodes=2|status.components.1.batchHost=n1|status.components.1.numGPUs="
     "16|"
     "status.components.1.reqTRES~gres/gpu=16|status.components.1.allocTRES~node=2,|"
     "status.components.1.plannedNodes!"},
};

START_TEST(test_life)
{
    struct ctltest *t = warm();
    ctltest_submit(t, "a", lives[_i].spec);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.startTime~2027|status.partition=main|"
                   "status.endTime!|status.reason!|status.exitCode!");
    ctltest_expect(t, "a", lives[_i].running);
    ck_assert_uint_eq(ctltest_pods(t, "a", true), (size_t)lives[_i].pods);
    for (int rank = lives[_i].pods - 1; rank >= 0; rank--) {
        ctltest_expect(t, "a", "status.state=RUNNING");
        ctltest_end(t, "a", rank, 0);
        ctltest_settle(t);
    }
    ctltest_expect(t, "a",
                   "status.state=COMPLETED|status.exitCode=0:0|"
                   "status.endTime~2027|status.restarts=0");
    /* Clean-up comes after: pods are let go, the Service goes. */
    size_t clean_up = spy_count(t->spy, "DELETE", "");
    for (int rank = 0; rank < lives[_i].pods; rank++) {
        AUTO_FREE char *pod = xasprintf("/a-2-1-%d", rank);
        clean_up += spy_count(t->spy, "PATCH", pod);
    }
    ck_assert_uint_eq(clean_up, (size_t)lives[_i].pods + (lives[_i].pods > 1));
    /* Nor are events part of what a job waits for: that it runs, that it has ended. And
     * the partition tells of its nodes now and then. */
    const size_t events = spy_count(t->spy, "POST", "/events");
    const size_t told = spy_count(t->spy, "PATCH", "/partitions/main/status");
    ck_assert_uint_eq(events, 2);
    ck_assert_msg(
        spy_count(t->spy, NULL, "") - clean_up - events - told <= lives[_i].writes,
        "%zu writes:\n%.3000s", spy_count(t->spy, NULL, ""), spy_text(t->spy));
    /* They stay, without our finalizer, for whoever reads their logs. */
    ck_assert_uint_eq(ctltest_pods(t, "a", true), (size_t)lives[_i].pods);
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/a-2-1-0", NULL), 200);
    apitest_expect(t->api, "rank 0", "metadata.finalizers!");
    ctltest_free(t);
}
END_TEST

START_TEST(test_quiet)
{
    struct ctltest *t = warm();
    ctltest_submit(t, "gang", "'nodes':4,'gpusPerNode':8");
    ctltest_submit(t, "waits", "'gpusPerNode':1");
    ctltest_submit(t, "never", "'gpusPerNode':9");
    ctltest_submit(t, "held", "'hold':'User'");
    ctltest_settle(t);
    ctltest_expect(t, "gang", "status.state=RUNNING");
    ctltest_expect(
        t, "waits",
        "status.state=PENDING|status.reason=Resources|status.partition=main");
    ctltest_expect(t, "never", "status.state=PENDING|status.pending.class=Never");
    ctltest_expect(t, "held", "status.state=PENDING|status.reason=JobHeldUser");
    ctltest_advance(t, 12);
    /* Id and reason come in one write. */
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/waits/status"), 1);
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/never/status"), 1);
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/held/status"), 1);
    spy_forget(t->spy);
    ctltest_advance(t, 3600);
    ck_assert_msg(spy_count(t->spy, NULL, "") == 0, "written in an hour:\n%.3000s",
                  spy_text(t->spy));
    ctltest_free(t);
}
END_TEST

/* ---- trouble ---- */

/* Quota, admission: the whole gang is rolled back, again and again more slowly. */
static const struct {
    const char *spec;
    struct spy_rule rule;
    const char *message;
} refusals[] = {
    {"'nodes':4",
     {"POST", "/pods", SPY_REFUSE, 403, "Forbidden", "exceeded quota", SPY_ALWAYS},
     "exceeded quota"},
    {"'nodes':4",
     {"POST", "/binding", SPY_REFUSE, 403, "Forbidden", "not allowed", SPY_ALWAYS},
     "not allowed"},
    {"",
     {"POST", "/pods", SPY_REFUSE, 422, "Invalid", "a webhook says no", SPY_ALWAYS},
     "a webhook says no"},
};

START_TEST(test_back_off)
{
    static const int64_t waits_sec[] = {10, 20, 40, 80, 160, 300, 300};
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &refusals[_i].rule);
    ctltest_submit(t, "a", refusals[_i].spec);
    for (size_t i = 0; i < ARRAY_LEN(waits_sec); i++) {
        int64_t eligible = 0, submit = 0;
        ctltest_settle(t);
        ctltest_reap(t);
        ctltest_settle(t);
        AUTO_FREE char *parts = xasprintf(
            "status.state=PENDING|status.reason=JobLaunchFailure|status.message~%s|"
            "status.restarts=%zu|status.attempt=%zu",
            refusals[_i].message, i + 1, i + 1);
        ctltest_expect(t, "a", parts);
        ck_assert_int_eq(
            time_parse_rfc3339(json_str(t->api->body, "status.eligibleTime"), &eligible,
                               NULL),
            0);
        ck_assert_int_eq(time_parse_rfc3339(json_str(t->api->body, "status.submitTime"),
                                            &submit, NULL),
                         0);
        ck_assert_int_eq(eligible - submit, waits_sec[i]);
        ck_assert_uint_eq(ctltest_pods(t, "a", false), 0);
        /* Nothing is tried before that. */
        size_t tried = spy_count(t->spy, "POST", refusals[_i].rule.path_end);
        ctltest_advance(t, waits_sec[i] - 3);
        ck_assert_uint_eq(spy_count(t->spy, "POST", refusals[_i].rule.path_end), tried);
        ctltest_advance(t, 2);
    }
    spy_spare(t->spy);
    ctltest_advance(t, 301);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* What stands there under a rank's name, when the answer to its create is lost. */
static const struct {
    const char *what, *labels;
} others[] = {
    {"another's", ""},
    {"this one's, of another rank",
     "'gantry.dev/job-uid':'%s','gantry.dev/attempt':'1','gantry.dev/rank':'1'"},
};

START_TEST(test_other_pod)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/pods", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "", SPY_ALWAYS});
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=PENDING");
    STR_AUTO struct str labels;
    str_init(&labels, 1024);
    const char *uid = strstr(others[_i].labels, "%s");
    if (uid)
        str_addf(&labels, "%.*s%s%s", (int)(uid - others[_i].labels), others[_i].labels,
                 json_str(t->api->body, "metadata.uid"), uid + 2);
    AUTO_FREE char *body = xasprintf(
        "{'metadata':{'name':'a-1-1-0','labels':{%s}},'spec':{'containers':[{'name':"
        "'main','image':'i'}]}}",
        labels.s);
    ck_assert_int_eq(apitest_request(t->api, "POST", PODS, body), 201);
    spy_spare(t->spy);
    ctltest_advance(t, 2);
    ctltest_expect(
        t, "a",
        "status.state=PENDING|status.reason=JobLaunchFailure|status.attempt=1|"
        "status.message=another pod has the name that this attempt needs|"
        "status.restarts=1");
    /* It goes on under its next name, and what is not its own stays. */
    ctltest_advance(t, 12);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=2");
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/a-1-1-0", NULL),
                     uid ? 404 : 200);
    ctltest_free(t);
}
END_TEST

/* A server that cannot take a write now is asked about once a second, never in a row,
 * and a start that lasts too long is rolled back. */
static const struct {
    const char *what, *spec;
    struct spy_rule rule;
} stalls[] = {
    {"one pod, a webhook is away",
     "",
     {"POST", "/pods", SPY_REFUSE, 500, "InternalError", "webhook", SPY_ALWAYS}},
    {"one pod, the server is busy",
     "",
     {"POST", "/pods", SPY_REFUSE, 503, "ServiceUnavailable", "busy", SPY_ALWAYS}},
    {"one pod, requests are lost",
     "",
     {"POST", "/pods", SPY_LOSE_REQUEST, 0, "", "", SPY_ALWAYS}},
    {"gang, a webhook is away",
     "'nodes':2",
     {"POST", "/pods", SPY_REFUSE, 500, "InternalError", "webhook", SPY_ALWAYS}},
    {"gang, binds are lost",
     "'nodes':2",
     {"POST", "/binding", SPY_LOSE_REQUEST, 0, "", "", SPY_ALWAYS}},
    {"gang, binds fail",
     "'nodes':2",
     {"POST", "/binding", SPY_REFUSE, 500, "InternalError", "etcd", SPY_ALWAYS}},
};

START_TEST(test_stall)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &stalls[_i].rule);
    ctltest_submit(t, "a", stalls[_i].spec);
    ctltest_advance(t, 60);
    size_t tries = spy_count(t->spy, "POST", stalls[_i].rule.path_end);
    ck_assert_msg(tries > 10 && tries <= 2 * 61, "%s: %zu tries in a minute",
                  stalls[_i].what, tries);
    ctltest_advance(t, 66);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=JobLaunchFailure|"
                   "status.message=the start took too long|status.restarts=1");
    ck_assert_uint_eq(ctltest_pods(t, "a", false), 0);
    spy_spare(t->spy);
    ctltest_advance(t, 15);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=2");
    ctltest_free(t);
}
END_TEST

/* Cancelled in the middle of a start that cannot go on: no pod more is asked for. */
START_TEST(test_cancel_stalled)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &stalls[_i].rule);
    ctltest_submit(t, "a", stalls[_i].spec);
    ctltest_advance(t, 10);
    ctltest_act(t, "a", "1", "Cancel");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, 3);
    ctltest_expect(t, "a", "status.state=CANCELLED");
    size_t tries = spy_count(t->spy, "POST", stalls[_i].rule.path_end);
    ctltest_advance(t, 60);
    ck_assert_uint_eq(spy_count(t->spy, "POST", stalls[_i].rule.path_end), tries);
    ck_assert_uint_eq(ctltest_pods(t, "a", false), 0);
    ctltest_free(t);
}
END_TEST

static const struct {
    const char *bad, *good;
} refused[] = {{"", ""}, {"'nodes':4,'gpusPerNode':8", "'nodes':4,'gpusPerNode':8"}};

/* Status writes that are refused hold nobody else up; nor does the start of a job whose
 * first status is not there. */
START_TEST(test_status_refused)
{
    struct ctltest *t = warm();
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/batchjobs/bad/status", SPY_REFUSE,
                                         403, "Forbidden", "policy", SPY_ALWAYS});
    ctltest_submit(t, "bad", refused[_i].bad);
    ctltest_settle(t);
    ctltest_submit(t, "good", refused[_i].good);
    ctltest_settle(t);
    ctltest_expect(t, "good", "status.state=RUNNING");
    spy_forget(t->spy);
    ctltest_advance(t, 60);
    size_t tries = spy_count(t->spy, "PATCH", "/batchjobs/bad/status");
    ck_assert_msg(tries >= 3 && tries <= 7, "%zu tries in a minute", tries);
    spy_spare(t->spy);
    for (int i = 0; i < (_i ? 4 : 1); i++)
        ctltest_end(t, "good", i, 0);
    ctltest_advance(t, 15);
    ctltest_expect(t, "bad", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* The spec changes between the core's decision and the intent: it is decided anew. */
START_TEST(test_changed_before_start)
{
    struct ctltest *t = warm();
    ctltest_submit(t, "big", "'nodes':4,'gpusPerNode':8");
    ctltest_submit(t, "a", "'nodes':2,'gpusPerNode':8");
    ctltest_settle(t);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=PENDING|status.reason=Resources");
    spy_spoil(t->spy, &(struct spy_rule){"PATCH", "/batchjobs/a/status", SPY_REFUSE,
                                         503, "ServiceUnavailable", "", SPY_ALWAYS});
    for (int rank = 0; rank < 4; rank++)
        ctltest_end(t, "big", rank, 0);
    ctltest_settle(t);
    ck_assert_int_eq(
        apitest_send(t->api,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = JOBS "/a",
                                               .type = "application/merge-patch+json",
                                               .body = "{'spec':{'nodes':3}}"}),
        200);
    ctltest_settle(t);
    spy_spare(t->spy);
    ctltest_advance(t, 5);
    ctltest_expect(t, "a", "status.state=RUNNING|status.numNodes=3|status.attempt=1");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 3);
    ctltest_free(t);
}
END_TEST

/* ---- restarts ---- */

/* Jobs that were submitted while no controller lived get their ids in their order. */
START_TEST(test_ids_in_order)
{
    struct ctltest *t = ctltest_new();
    ctltest_kill(t);
    ctltest_submit(t, "c", "");
    ctltest_submit(t, "a", "");
    ctltest_advance(t, 2);
    ctltest_submit(t, "b", "");
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.jobID=1");
    ctltest_expect(t, "a", "status.jobID=2");
    ctltest_expect(t, "b", "status.jobID=3");
    ctltest_free(t);
}
END_TEST

/* What runs and what is planned, component by component. */
START_TEST(test_components_again)
{
    const char *spec = "'timeLimit':'60','components':[{'name':'x'},{'name':'y',"
                       "'nodes':3,'gpusPerNode':8}]";
    const char *runs = "status.state=RUNNING|status.attempt=1|status.placement#2|"
                       "status.placement.1.component=1";
    const char *waits = "status.state=PENDING|status.pending.promised=true|"
                        "status.pending.plannedNodes=n[1-3]|"
                        "status.pending.plannedPlacement.1.component=1|"
                        "status.jobID=3|status.components.1.jobID=4|"
                        "status.components.1.numNodes=3|"
                        "status.components.1.plannedNodes=n[1-3]|"
                        "status.components.1.nodeList!";
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", spec);
    ctltest_submit(t, "b", spec);
    ctltest_settle(t);
    for (int i = 0; i < 2; i++) {
        ctltest_expect(t, "a", runs);
        ctltest_expect(t, "b", waits);
        ck_assert_uint_eq(ctltest_pods(t, "a", true), 4);
        ctltest_restart(t);
        ctltest_settle(t);
    }
    for (int rank = 0; rank < 4; rank++)
        ctltest_end(t, "a", rank, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "b", runs);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/controller",
                      (struct suite_row[]){
                          {test_life, ARRAY_LEN(lives)},
                          {test_quiet, 1},
                          {test_back_off, ARRAY_LEN(refusals)},
                          {test_other_pod, ARRAY_LEN(others)},
                          {test_stall, ARRAY_LEN(stalls)},
                          {test_cancel_stalled, ARRAY_LEN(stalls)},
                          {test_status_refused, ARRAY_LEN(refused)},
                          {test_changed_before_start, 1},
                          {test_ids_in_order, 1},
                          {test_components_again, 1},
                          {NULL, 0},
                      });
}

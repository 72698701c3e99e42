/* How jobs end, and that a controller which dies at any write is followed by one that
 * goes on from what the server holds. */
#include "cmd/gantry-controller/controller.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PODS "/api/v1/namespaces/default/pods"

/* ---- ends ---- */

enum deed {
    NOTHING,
    EXIT,
    CANCEL,
    REQUEUE,
    REQUEUE_HOLD,
    LATE,
    NODE_LOSS,
    EVICT,
    SHUTDOWN,
    VANISH,
    RELABEL,
};

static const struct {
    const char *what, *spec;
    enum deed deed;
    int code;              /* EXIT: of rank 1 of a gang, or of the one pod */
    const char *at_once;   /* half a second later */
    const char *when_over; /* when the nodes have let go what was deleted */
} ends[] = {
    {"one pod fails", "", EXIT, 3,
     "status.state=FAILED|status.reason=NonZeroExitCode|status.exitCode=3:0",
     "status.state=FAILED"},
    {"one pod is killed", "", EXIT, 128 + 9,
     "status.state=FAILED|status.reason=RaisedSignal:9(Killed)|status.exitCode=0:9",
     "status.state=FAILED"},
    {"a rank fails: all others end", "'nodes':3", EXIT, 3,
     "status.state=COMPLETING|status.reason=NonZeroExitCode|"
     "status.message=rank 1 ended first, with 3:0|status.exitCode=3:0",
     "status.state=FAILED|status.reason=NonZeroExitCode|status.exitCode=3:0|"
     "status.restarts=0"},
    {"cancelled", "'nodes':2", CANCEL, 0,
     "status.state=COMPLETING|status.reason=Cancelled|status.lastAction.id=1",
     "status.state=CANCELLED|status.reason!|status.lastAction.id=1"},
    {"one pod, cancelled", "", CANCEL, 0,
     "status.state=COMPLETING|status.reason=Cancelled", "status.state=CANCELLED"},
    {"requeued", "'nodes':2", REQUEUE, 0,
     "status.state=COMPLETING|status.reason=Requeued",
     "status.state=RUNNING|status.attempt=2|status.restarts=1|status.exitCode!"},
    {"requeued although it says no", "'requeue':false", REQUEUE, 0,
     "status.state=COMPLETING", "status.state=RUNNING|status.attempt=2"},
    {"requeued and held", "'nodes':2", REQUEUE_HOLD, 0,
     "status.state=COMPLETING|status.reason=RequeuedHold|spec.hold!",
     "status.state=PENDING|status.reason=JobHeldUser|spec.hold=User|status.restarts=1|"
     "status.attempt=1"},
    {"its own time limit", "'nodes':2,'timeLimit':'10'", LATE, 0,
     "status.state=COMPLETING|status.reason=TimeLimit",
     "status.state=TIMEOUT|status.reason=TimeLimit"},
    {"a node is lost: the gang starts elsewhere", "'nodes':2,'gpusPerNode':8",
     NODE_LOSS, 0,
     "status.state=COMPLETING|status.reason=NodeDown|"
     "status.message=rank 0 was lost on node n1",
     "status.state=RUNNING|status.attempt=2|status.nodeList=n[2-3]|status.restarts=1"},
    {"a node is lost, of one pod", "", NODE_LOSS, 0,
     "status.state=PENDING|status.restarts=1",
     "status.state=RUNNING|status.nodeList=n2"},
    {"a node is lost, not to be requeued", "'nodes':2,'requeue':false", NODE_LOSS, 0,
     "status.state=COMPLETING|status.reason=NodeDown",
     "status.state=NODE_FAIL|status.reason=NodeDown"},
    {"somebody deletes a pod", "'nodes':2", EVICT, 0,
     "status.state=COMPLETING|status.reason=NodeDown",
     "status.state=RUNNING|status.attempt=2"},
    {"a pod is taken from it by its labels", "'nodes':2", RELABEL, 0,
     "status.state=COMPLETING|status.reason=NodeDown",
     "status.state=RUNNING|status.attempt=2"},
    {"a node shuts down and ends a pod", "'nodes':2", SHUTDOWN, 0,
     "status.state=COMPLETING|status.reason=NodeDown|"
     "status.message=rank 0 was lost on node n1: stopped|status.exitCode!",
     "status.state=RUNNING|status.attempt=2|status.restarts=1"},
    {"a node shuts down under one that is not to be requeued",
     "'nodes':2,'requeue':false", SHUTDOWN, 0, "status.reason=NodeDown",
     "status.state=NODE_FAIL"},
    {"a pod vanishes", "'nodes':2", VANISH, 0,
     "status.state=COMPLETING|status.reason=NodeDown",
     "status.state=RUNNING|status.attempt=2"},
};

static void ask(struct ctltest *t, const char *method, const char *path,
                const char *body)
{
    int status = apitest_send(
        t->api,
        &(struct apitest_request){.method = method,
                                  .path = path,
                                  .type = body ? "application/merge-patch+json" : NULL,
                                  .body = body});
    ck_assert_msg(status == 200, "%s %s: %d: %s", method, path, status, t->api->text.s);
}

static void do_deed(struct ctltest *t, enum deed deed, int rank, int code)
{
    switch (deed) {
    case NOTHING:
        break;
    case EXIT:
        ctltest_end(t, "a", rank, code);
        break;
    case CANCEL:
        ctltest_act(t, "a", "1", "Cancel");
        break;
    case REQUEUE:
        ctltest_act(t, "a", "1", "Requeue");
        break;
    case REQUEUE_HOLD:
        ctltest_act(t, "a", "1", "RequeueHold");
        break;
    case LATE:
        ctltest_advance(t, 598);
        ctltest_expect(t, "a", "status.state=RUNNING");
        ctltest_advance(t, 2);
        break;
    case NODE_LOSS:
        ask(t, "DELETE", "/api/v1/nodes/n1", NULL);
        break;
    case EVICT:
        ask(t, "DELETE", PODS "/a-1-1-0", NULL);
        break;
    case SHUTDOWN:
        ask(t, "PATCH", PODS "/a-1-1-0/status",
            "{'status':{'phase':'Failed','reason':'Terminated','message':'stopped',"
            "'containerStatuses':[{'name':'main','image':'local','state':{'terminated':"
            "{'exitCode':143,"
            "'signal':15}}}]}}");
        break;
    case RELABEL:
        ask(t, "PATCH", PODS "/a-1-1-0",
            "{'metadata':{'labels':{'gantry.dev/job-uid':null}}}");
        break;
    case VANISH:
        ask(t, "PATCH", PODS "/a-1-1-0", "{'metadata':{'finalizers':null}}");
        ask(t, "DELETE", PODS "/a-1-1-0?gracePeriodSeconds=0", NULL);
        break;
    }
}

START_TEST(test_end)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", ends[_i].spec);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    bool gang = ctltest_pods(t, "a", true) > 1;
    do_deed(t, ends[_i].deed, gang, ends[_i].code);
    ctltest_settle(t);
    ctltest_expect(t, "a", ends[_i].at_once);
    for (int i = 0; i < 3; i++) {
        ctltest_reap(t);
        ctltest_settle(t);
    }
    ctltest_advance(t, 12); /* a back-off of 10 s */
    ctltest_expect(t, "a", ends[_i].when_over);
    ctltest_free(t);
}
END_TEST

/* ---- pending jobs ---- */

START_TEST(test_pending)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'gpusPerNode':9");
    ctltest_submit(t, "b", "'hold':'User'");
    ctltest_settle(t);
    ctltest_act(t, "a", "1", "Cancel");
    ask(t, "DELETE", JOBS "/b", NULL);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=CANCELLED|status.startTime!|"
                   "status.lastAction.id=1|status.reason!");
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/b", NULL), 404);
    ck_assert_uint_eq(controller_active_jobs(t->ctl), 0);
    /* A finished job can be put into the queue again. */
    ask(t, "PATCH", JOBS "/a",
        "{'spec':{'actions':[{'id':'1','type':'Cancel'},"
        "{'id':'2','type':'Requeue'}]}}");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=BadConstraints|"
                   "status.restarts=1|status.endTime!|"
                   "status.lastAction.id=2");
    ctltest_free(t);
}
END_TEST

START_TEST(test_delete_running)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2,'gpusPerNode':1");
    ctltest_submit(t, "b", "'nodes':4,'gpusPerNode':8");
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=PENDING");
    ask(t, "DELETE", JOBS "/a", NULL);
    ctltest_settle(t);
    /* What it holds is free when its pods are gone, not before. */
    ctltest_expect(t, "b", "status.state=PENDING");
    ctltest_reap(t);
    ctltest_settle(t);
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/a-1-1-0", NULL), 404);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

START_TEST(test_ttl)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'ttlSecondsAfterFinished':60");
    ctltest_settle(t);
    ctltest_end(t, "a", 0, 0);
    ctltest_advance(t, 50);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    ctltest_advance(t, 20);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/a", NULL), 404);
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/a-1-1-0", NULL), 404);
    ctltest_free(t);
}
END_TEST

/* A newer Gantry's job is left as it is. */
START_TEST(test_unknown_state)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_kill(t);
    ask(t, "PATCH", JOBS "/a/status", "{'status':{'state':'SUSPENDED'}}");
    ctltest_start(t);
    spy_forget(t->spy);
    ctltest_advance(t, 60);
    ck_assert_msg(spy_count(t->spy, NULL, "") ==
                      spy_count(t->spy, "PATCH", "/partitions/main/status"),
                  "%s", spy_text(t->spy));
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 2);
    ctltest_free(t);
}
END_TEST

/* ---- the controller dies ---- */

static void die_and_rise(struct ctltest *t)
{
    ctltest_kill(t);
    ctltest_settle(t);
    ctltest_start(t);
    ctltest_settle(t);
}

static const struct {
    const char *spec;
    int pods;
} killed[] = {{"", 1}, {"'nodes':3,'gpusPerNode':8", 3}, {"'replicas':5", 5}};

/* It dies in a start: the next one goes on with the same attempt. */
START_TEST(test_killed_in_start)
{
    for (int steps = 0; steps < 3; steps++)
        for (size_t k = 1;; k++) {
            struct ctltest *t = ctltest_new();
            ctltest_submit(t, "a", killed[_i].spec);
            bool reached = ctltest_run_to_write(t, k, steps);
            die_and_rise(t);
            ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1");
            ck_assert_uint_eq(ctltest_pods(t, "a", true), (size_t)killed[_i].pods);
            ck_assert_uint_eq(ctltest_pods(t, "a", false), (size_t)killed[_i].pods);
            for (int rank = 0; rank < killed[_i].pods; rank++)
                ctltest_end(t, "a", rank, 0);
            ctltest_settle(t);
            ctltest_expect(t, "a", "status.state=COMPLETED|status.restarts=0");
            ctltest_free(t);
            if (!reached)
                break;
        }
}
END_TEST

/* It dies in an end, or the end comes while it is dead: the end is the same. */
START_TEST(test_killed_in_end)
{
    bool dead = false;
    for (size_t k = 0;; k++) {
        struct ctltest *t = ctltest_new();
        ctltest_submit(t, "a", ends[_i].spec);
        ctltest_settle(t);
        bool gang = ctltest_pods(t, "a", true) > 1;
        spy_forget(t->spy);
        dead = k == 0 && ends[_i].deed != LATE;
        if (dead)
            ctltest_kill(t);
        do_deed(t, ends[_i].deed, gang, ends[_i].code);
        bool reached = dead || ctltest_run_to_write(t, k, 1);
        die_and_rise(t);
        for (int i = 0; i < 3; i++) {
            ctltest_reap(t);
            ctltest_settle(t);
        }
        ctltest_advance(t, 12);
        ctltest_expect(t, "a", ends[_i].when_over);
        ctltest_free(t);
        if (!reached)
            break;
    }
}
END_TEST

/* A bound pod of a gang vanishes while no controller lives, and another is unbound: the
 * rank had begun, so it is not made again within the attempt. */
START_TEST(test_lost_in_start)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/a-1-1-1/binding", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "", SPY_ALWAYS});
    ctltest_submit(t, "a", "'nodes':3");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=CONFIGURING");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 2);
    ctltest_kill(t);
    do_deed(t, VANISH, 0, 0);
    spy_spare(t->spy);
    ctltest_start(t);
    for (int i = 0; i < 3; i++) {
        ctltest_settle(t);
        ctltest_reap(t);
    }
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=BeginTime|"
                   "status.restarts=1|status.attempt=1");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/controller_ends",
                      (struct suite_row[]){
                          {test_end, ARRAY_LEN(ends)},
                          {test_pending, 1},
                          {test_delete_running, 1},
                          {test_ttl, 1},
                          {test_unknown_state, 1},
                          {test_lost_in_start, 1},
                          {test_killed_in_start, ARRAY_LEN(killed)},
                          {test_killed_in_end, ARRAY_LEN(ends)},
                          {NULL, 0},
                      });
}

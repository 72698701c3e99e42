#include "cmd/gantry-local/nodehealth.h"

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define LEASES "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
#define READY "status.conditions.0.status=True"
#define UNKNOWN "status.conditions.0.status=Unknown"

struct rig {
    struct apitest *t;
    struct nodehealth *health;
};

static void post_ready(struct apitest *t)
{
    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){
                         .method = "PATCH",
                         .path = "/api/v1/nodes/n1/status",
                         .type = "application/strategic-merge-patch+json",
                         .body = "{'status':{'conditions':[{'type':'Ready','status':"
                                 "'True','reason':'KubeletReady','message':'',"
                                 "'lastHeartbeatTime':'2027-01-15T08:00:00Z',"
                                 "'lastTransitionTime':'2027-01-15T08:00:00Z'}]}}"}),
        200);
}

static void rig_init(struct rig *r)
{
    *r = (struct rig){.t = apitest_new()};
    r->health = nodehealth_new(r->t->loop, r->t->server, NULL);
    ck_assert_int_eq(
        apitest_request(r->t, "POST", "/api/v1/nodes", "{'metadata':{'name':'n1'}}"),
        201);
    post_ready(r->t);
    ck_assert_int_eq(apitest_request(r->t, "POST", LEASES,
                                     "{'metadata':{'name':'n1'},'spec':{"
                                     "'holderIdentity':'n1'}}"),
                     201);
}

static void rig_fini(struct rig *r)
{
    nodehealth_free(r->health);
    apitest_free(r->t);
}

static void renew(struct apitest *t, int i)
{
    AUTO_FREE char *body = xasprintf("{'spec':{'leaseTransitions':%d}}", i);

    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = LEASES "/n1",
                                               .type = "application/merge-patch+json",
                                               .body = body}),
        200);
}

static void expect(struct apitest *t, const char *what, const char *parts)
{
    ck_assert_int_eq(apitest_request(t, "GET", "/api/v1/nodes/n1", NULL), 200);
    apitest_expect(t, what, parts);
}

START_TEST(test_life)
{
    struct rig r;

    rig_init(&r);
    for (int i = 1; i <= 12; i++) {
        apitest_advance(r.t, 10);
        renew(r.t, i);
    }
    expect(r.t, "renewed", READY);
    apitest_advance(r.t, 39);
    expect(r.t, "late", READY);
    apitest_advance(r.t, 11);
    expect(r.t, "dead",
           UNKNOWN "|status.conditions#1|"
                   "status.conditions.0.reason=NodeStatusUnknown|"
                   "status.conditions.0.lastHeartbeatTime=2027-01-15T08:00:00Z");
    renew(r.t, 99);
    post_ready(r.t);
    apitest_advance(r.t, 30);
    expect(r.t, "back", READY);
    apitest_advance(r.t, 20);
    expect(r.t, "dead again", UNKNOWN);
    rig_fini(&r);
}
END_TEST

/* Nothing is written of a node that says itself that it is not ready, nor of one that
 * is gone. */
START_TEST(test_left_alone)
{
    struct rig r;

    rig_init(&r);
    ck_assert_int_eq(
        apitest_send(r.t,
                     &(struct apitest_request){
                         .method = "PATCH",
                         .path = "/api/v1/nodes/n1/status",
                         .type = "application/strategic-merge-patch+json",
                         .body = "{'status':{'conditions':[{'type':'Ready',"
                                 "'status':'False'}]}}"}),
        200);
    apitest_advance(r.t, 100);
    expect(r.t, "not ready", "status.conditions.0.status=False");
    ck_assert_int_eq(apitest_request(r.t, "DELETE", "/api/v1/nodes/n1", NULL), 200);
    ck_assert_int_eq(apitest_request(r.t, "DELETE", LEASES "/n1", NULL), 200);
    apitest_advance(r.t, 100);
    ck_assert_int_eq(apitest_request(r.t, "GET", "/api/v1/nodes/n1", NULL), 404);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/nodehealth", (struct suite_row[]){
                                                     {test_life, 1},
                                                     {test_left_alone, 1},
                                                     {NULL, 0},
                                                 });
}

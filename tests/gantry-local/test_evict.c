/* A pod is asked to go, and its disruption budget may say no. */
#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"
#define BUDGETS "/apis/policy/v1/namespaces/default/poddisruptionbudgets"

static void request(struct apitest *t, const char *method, const char *path,
                    const char *body, int status)
{
    const int got = apitest_request(t, method, path, body);

    ck_assert_msg(got == status, "%s %s: %d: %s", method, path, got, t->text.s);
}

static void make_pod(struct apitest *t, const char *name, const char *phase, bool ready)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata':{'name':'%s','labels':{'app':'x'}},'spec':{'nodeName':"
                  "'n','containers':[{'name':'c','image':'i'}]}}",
                  name);
    AUTO_FREE char *path = xasprintf(PODS "/%s/status", name);
    AUTO_FREE char *status = xasprintf(
        "{'status':{'phase':'%s','conditions':[{'type':'Ready','status':'%s'}]}}",
        phase, ready ? "True" : "False");

    request(t, "POST", PODS, body, 201);
    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = path,
                                               .type = "application/merge-patch+json",
                                               .body = status}),
        200);
}

static void make_budget(struct apitest *t, const char *name, const char *spec)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata':{'name':'%s'},'spec':{%s}}", name, spec);

    request(t, "POST", BUDGETS, body, 201);
}

#define OF_X "'selector':{'matchLabels':{'app':'x'}}"

/* Evicts one of four pods of x: a and b are ready, c is not, d is pending. */
static const struct {
    const char *name, *budget, *pod;
    int status;
    const char *expect;
} evictions[] = {
    {"no budget", NULL, "a", 201, "status=Success"},
    {"enough are left", "'minAvailable':1," OF_X, "a", 201, "status=Success"},
    {"too few", "'minAvailable':2," OF_X, "a", 429,
     "reason=TooManyRequests|details.causes.0.reason=DisruptionBudget|"
     "details.causes.0.message=The disruption budget p needs 2 healthy pods and has 2 "
     "currently"},
    {"half of four", "'minAvailable':'50%'," OF_X, "a", 429,
     "message~disruption budget"},
    {"a quarter", "'minAvailable':'25%'," OF_X, "a", 201, "status=Success"},
    {"a part of one is one", "'minAvailable':'26%'," OF_X, "a", 429, "code=429"},
    {"none may be missing", "'maxUnavailable':0," OF_X, "a", 429,
     "details.causes.0.message~needs 4 healthy"},
    {"all may be missing", "'maxUnavailable':'100%'," OF_X, "a", 201, "status=Success"},
    {"another's", "'minAvailable':9,'selector':{'matchLabels':{'app':'y'}}", "a", 201,
     "status=Success"},
    {"of whatever has an app",
     "'minAvailable':9,'selector':{'matchExpressions':[{'key':'app','operator':"
     "'Exists'}]}",
     "a", 429, "code=429"},
    {"of all", "'minAvailable':9,'selector':{}", "a", 429, "code=429"},
    {"of none", "'minAvailable':9", "a", 201, "status=Success"},
    {"not ready, and the others suffice", "'minAvailable':2," OF_X, "c", 201,
     "status=Success"},
    {"not ready, and the others do not", "'minAvailable':3," OF_X, "c", 429,
     "code=429"},
    {"not ready in any case",
     "'minAvailable':3,'unhealthyPodEvictionPolicy':'AlwaysAllow'," OF_X, "c", 201,
     "status=Success"},
    {"pending", "'minAvailable':9," OF_X, "d", 201, "status=Success"},
    {"no such pod", "'minAvailable':9," OF_X, "nosuch", 404, "reason=NotFound"},
};

static struct apitest *with_pods(void)
{
    struct apitest *t = apitest_new();

    make_pod(t, "a", "Running", true);
    make_pod(t, "b", "Running", true);
    make_pod(t, "c", "Running", false);
    make_pod(t, "d", "Pending", false);
    return t;
}

static void evict(struct apitest *t, const char *name, const char *pod, int status)
{
    AUTO_FREE char *path = xasprintf(PODS "/%s/eviction", pod);
    AUTO_FREE char *body = xasprintf("{'apiVersion':'policy/v1','kind':'Eviction',"
                                     "'metadata':{'name':'%s'}}",
                                     pod);
    const int got = apitest_request(t, "POST", path, body);

    ck_assert_msg(got == status, "%s: %d: %s", name, got, t->text.s);
}

START_TEST(test_evict)
{
    struct apitest *t = with_pods();
    AUTO_FREE char *path = xasprintf(PODS "/%s", evictions[_i].pod);

    if (evictions[_i].budget)
        make_budget(t, "p", evictions[_i].budget);
    evict(t, evictions[_i].name, evictions[_i].pod, evictions[_i].status);
    apitest_expect(t, evictions[_i].name, evictions[_i].expect);
    if (evictions[_i].status == 429) {
        request(t, "GET", path, NULL, 200);
        ck_assert(!json_at(t->body, "metadata.deletionTimestamp"));
    }
    apitest_free(t);
}
END_TEST

/* The second has to wait until the first has gone and another has come. */
START_TEST(test_one_by_one)
{
    struct apitest *t = with_pods();

    make_budget(t, "p", "'minAvailable':1," OF_X);
    evict(t, "the first", "a", 201);
    evict(t, "the first again", "a", 201);
    evict(t, "the second", "b", 429);
    make_pod(t, "e", "Running", true);
    evict(t, "the second then", "b", 201);
    apitest_free(t);
}
END_TEST

START_TEST(test_two_budgets)
{
    struct apitest *t = with_pods();

    make_budget(t, "p", "'minAvailable':0," OF_X);
    make_budget(t, "q", "'minAvailable':0," OF_X);
    evict(t, "two", "a", 500);
    apitest_expect(t, "two", "message~more than one PodDisruptionBudget");
    request(t, "DELETE", BUDGETS "/q", NULL, 200);
    evict(t, "one", "a", 201);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/evict", (struct suite_row[]){
                                                {test_evict, ARRAY_LEN(evictions)},
                                                {test_one_by_one, 1},
                                                {test_two_budgets, 1},
                                                {NULL, 0},
                                            });
}

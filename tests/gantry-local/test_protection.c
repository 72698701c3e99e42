#include "cmd/gantry-local/protection.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define SPACE "/api/v1/namespaces/default"
#define CLAIMS SPACE "/persistentvolumeclaims"
#define PODS SPACE "/pods"
#define VOLUMES "/api/v1/persistentvolumes"

static void make_claim(struct apitest *t, const char *name)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata': {'name': '%s'}, 'spec': {'accessModes': "
                  "['ReadWriteOnce'], 'resources': {'requests': {'storage': '1Gi'}}}}",
                  name);

    ck_assert_int_eq(apitest_request(t, "POST", CLAIMS, body), 201);
    apitest_expect(t, name, "metadata.finalizers.0=kubernetes.io/pvc-protection");
}

/* `volume` is one of its volumes; "" for a pod on no node. */
static void make_pod(struct apitest *t, const char *volume, const char *node)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': 'p'}, 'spec': {'nodeName': '%s', 'volumes': [%s], "
        "'terminationGracePeriodSeconds': 0, 'containers': [{'name': 'c', 'image': "
        "'i'}]}}",
        node, volume);

    ck_assert_int_eq(apitest_request(t, "POST", PODS, body), 201);
}

/* What is looked at in a turn of its own has been. */
static int status_after(struct apitest *t, const char *path)
{
    apitest_advance(t, 1);
    return apitest_request(t, "GET", path, NULL);
}

/* ---- claims ---- */

static const struct {
    const char *name, *volume, *node;
    bool holds;
} pods[] = {
    {"one that names it", "{'name': 'v', 'persistentVolumeClaim': {'claimName': 'x'}}",
     "n", true},
    {"one on no node", "{'name': 'v', 'persistentVolumeClaim': {'claimName': 'x'}}", "",
     false},
    {"one that names another",
     "{'name': 'v', 'persistentVolumeClaim': {'claimName': 'y'}}", "n", false},
    {"one without claims", "{'name': 'v', 'emptyDir': {}}", "n", false},
    {"one that it was made for",
     "{'name': 'v', 'ephemeral': {'volumeClaimTemplate': {'spec': {'accessModes': "
     "['ReadWriteOnce'], 'resources': {'requests': {'storage': '1Gi'}}}}}}",
     "n", false},
};

START_TEST(pods_hold_claims)
{
    struct apitest *t = apitest_new();

    make_claim(t, "x");
    make_pod(t, pods[_i].volume, pods[_i].node);
    ck_assert_int_eq(apitest_request(t, "DELETE", CLAIMS "/x", NULL), 200);
    apitest_expect(t, pods[_i].name, "kind=PersistentVolumeClaim");
    ck_assert_msg(status_after(t, CLAIMS "/x") == (pods[_i].holds ? 200 : 404), "%s",
                  pods[_i].name);
    ck_assert_int_eq(apitest_request(t, "DELETE", PODS "/p", NULL), 200);
    ck_assert_msg(status_after(t, CLAIMS "/x") == 404, "%s", pods[_i].name);
    apitest_free(t);
}
END_TEST

START_TEST(pods_hold_claims_made_for_them)
{
    struct apitest *t = apitest_new();

    make_claim(t, "p-v");
    make_pod(t, pods[ARRAY_LEN(pods) - 1].volume, "n");
    apitest_request(t, "DELETE", CLAIMS "/p-v", NULL);
    ck_assert_int_eq(status_after(t, CLAIMS "/p-v"), 200);
    apitest_request(t, "DELETE", PODS "/p", NULL);
    ck_assert_int_eq(status_after(t, CLAIMS "/p-v"), 404);
    apitest_free(t);
}
END_TEST

START_TEST(another_finalizer_holds_too)
{
    struct apitest *t = apitest_new();

    make_claim(t, "x");
    apitest_send(t, &(struct apitest_request){
                        .method = "PATCH",
                        .path = CLAIMS "/x",
                        .type = "application/json-patch+json",
                        .body = "[{'op': 'add', 'path': '/metadata/finalizers/-', "
                                "'value': 'x.io/a'}]"});
    apitest_request(t, "DELETE", CLAIMS "/x", NULL);
    ck_assert_int_eq(status_after(t, CLAIMS "/x"), 200);
    apitest_expect(t, "left", "metadata.finalizers#1|metadata.finalizers.0=x.io/a");
    apitest_free(t);
}
END_TEST

/* A namespace ends with its pods and the claims that they hold. */
START_TEST(namespaces_end)
{
    struct apitest *t = apitest_new();

    apitest_request(t, "POST", "/api/v1/namespaces", "{'metadata': {'name': 'a'}}");
    apitest_request(t, "POST", "/api/v1/namespaces/a/persistentvolumeclaims",
                    "{'metadata': {'name': 'x'}, 'spec': {'accessModes': "
                    "['ReadWriteOnce'], 'resources': {'requests': {'storage': "
                    "'1Gi'}}}}");
    apitest_request(t, "DELETE", "/api/v1/namespaces/a", NULL);
    ck_assert_int_eq(status_after(t, "/api/v1/namespaces/a"), 404);
    apitest_free(t);
}
END_TEST

/* ---- volumes ---- */

static void set_phase(struct apitest *t, const char *phase)
{
    AUTO_FREE char *body = xasprintf("{'status': {'phase': '%s'}}", phase);

    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = VOLUMES "/v/status",
                                               .type = "application/merge-patch+json",
                                               .body = body}),
        200);
}

START_TEST(bound_volumes_stay)
{
    struct apitest *t = apitest_new();

    ck_assert_int_eq(apitest_request(t, "POST", VOLUMES,
                                     "{'metadata': {'name': 'v'}, 'spec': {'capacity': "
                                     "{'storage': '1Gi'}, 'accessModes': "
                                     "['ReadWriteOnce'], 'hostPath': {'path': '/x'}}}"),
                     201);
    apitest_expect(t, "made",
                   "metadata.finalizers.0=kubernetes.io/pv-protection|status.phase="
                   "Pending|status.lastPhaseTransitionTime=2027-01-15T08:00:00Z");
    apitest_advance(t, 60);
    set_phase(t, "Bound");
    apitest_expect(t, "bound", "status.lastPhaseTransitionTime=2027-01-15T08:01:00Z");
    apitest_request(t, "DELETE", VOLUMES "/v", NULL);
    ck_assert_int_eq(status_after(t, VOLUMES "/v"), 200);
    set_phase(t, "Released");
    ck_assert_int_eq(status_after(t, VOLUMES "/v"), 404);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/protection",
                      (struct suite_row[]){{pods_hold_claims, ARRAY_LEN(pods)},
                                           {pods_hold_claims_made_for_them, 1},
                                           {another_finalizer_holds_too, 1},
                                           {namespaces_end, 1},
                                           {bound_volumes_stay, 1},
                                           {NULL, 0}});
}

#include "cmd/gantry-local/crd_end.h"

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define DEFINITIONS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#define DEFINITION DEFINITIONS "/things.example.dev"
#define THINGS "/apis/example.dev/v1/namespaces/default/things"
#define OURS "customresourcecleanup.apiextensions.k8s.io"

static struct apitest *defined(const char *finalizers)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *body = xasprintf(
        "{'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition',"
        "'metadata':{'name':'things.example.dev','finalizers':[%s]},'spec':{'group':"
        "'example.dev','scope':'Namespaced','names':{'kind':'Thing','plural':'things'},"
        "'versions':[{'name':'v1','served':true,'storage':true,'schema':"
        "{'openAPIV3Schema':{'type':'object'}}}]}}",
        finalizers);

    ck_assert_int_eq(apitest_request(t, "POST", DEFINITIONS, body), 201);
    return t;
}

static int make_thing(struct apitest *t, const char *name, const char *finalizers)
{
    AUTO_FREE char *body =
        xasprintf("{'apiVersion':'example.dev/v1','kind':'Thing','metadata':{'name':"
                  "'%s','finalizers':[%s]}}",
                  name, finalizers);

    return apitest_request(t, "POST", THINGS, body);
}

static int patch(struct apitest *t, const char *path, const char *body)
{
    return apitest_send(
        t, &(struct apitest_request){.method = "PATCH",
                                     .path = path,
                                     .type = "application/merge-patch+json",
                                     .body = body});
}

/* What is looked at in a turn of its own has been. */
static int status_after(struct apitest *t, const char *path)
{
    apitest_advance(t, 1);
    return apitest_request(t, "GET", path, NULL);
}

START_TEST(goes_after_its_objects)
{
    struct apitest *t = defined("");

    ck_assert_int_eq(make_thing(t, "free", ""), 201);
    ck_assert_int_eq(make_thing(t, "held", "'example.dev/hold'"), 201);
    ck_assert_int_eq(apitest_request(t, "DELETE", DEFINITION, NULL), 200);
    ck_assert_int_eq(status_after(t, DEFINITION), 200);
    apitest_expect(t, "held",
                   "metadata.finalizers#1|metadata.finalizers.0=" OURS
                   "|metadata.deletionTimestamp=2027-01-15T08:00:00Z"
                   "|status.conditions.2.type=Terminating"
                   "|status.conditions.2.reason=InstanceDeletionInProgress");
    ck_assert_int_eq(apitest_request(t, "GET", THINGS "/free", NULL), 404);
    ck_assert_int_eq(apitest_request(t, "GET", THINGS "/held", NULL), 200);
    ck_assert_int_eq(make_thing(t, "new", ""), 403);
    apitest_expect(t, "new",
                   "message~create not allowed while custom resource definition is "
                   "terminating");
    ck_assert_int_eq(patch(t, THINGS "/held", "{'metadata':{'finalizers':null}}"), 200);
    ck_assert_int_eq(status_after(t, DEFINITION), 404);
    ck_assert_int_eq(apitest_request(t, "GET", THINGS, NULL), 404);
    apitest_free(t);
}
END_TEST

START_TEST(goes_at_once_without_objects)
{
    struct apitest *t = defined("");

    ck_assert_int_eq(apitest_request(t, "DELETE", DEFINITION, NULL), 200);
    ck_assert_int_eq(status_after(t, DEFINITION), 404);
    apitest_free(t);
}
END_TEST

START_TEST(stays_for_another_finalizer)
{
    struct apitest *t = defined("'example.dev/mine'");

    ck_assert_int_eq(make_thing(t, "free", ""), 201);
    ck_assert_int_eq(apitest_request(t, "DELETE", DEFINITION, NULL), 200);
    ck_assert_int_eq(status_after(t, DEFINITION), 200);
    apitest_expect(t, "its own",
                   "metadata.finalizers#1|metadata.finalizers.0=example.dev/mine"
                   "|status.conditions.2.status=False"
                   "|status.conditions.2.reason=InstanceDeletionCompleted");
    ck_assert_int_eq(patch(t, DEFINITION, "{'metadata':{'finalizers':null}}"), 200);
    ck_assert_int_eq(status_after(t, DEFINITION), 404);
    apitest_free(t);
}
END_TEST

START_TEST(a_dry_run_marks_nothing)
{
    struct apitest *t = defined("");

    ck_assert_int_eq(make_thing(t, "free", ""), 201);
    ck_assert_int_eq(apitest_request(t, "DELETE", DEFINITION "?dryRun=All", NULL), 200);
    ck_assert_int_eq(status_after(t, DEFINITION), 200);
    apitest_expect(t, "not marked", "metadata.deletionTimestamp!|metadata.finalizers!");
    ck_assert_int_eq(apitest_request(t, "GET", THINGS "/free", NULL), 200);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/crd_end",
                      (struct suite_row[]){{goes_after_its_objects, 1},
                                           {goes_at_once_without_objects, 1},
                                           {stays_for_another_finalizer, 1},
                                           {a_dry_run_marks_nothing, 1},
                                           {NULL, 0}});
}

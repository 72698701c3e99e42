/* The number of replicas of whatever has one, read and written as a Scale. */
#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define DEPLOYMENT "/apis/apps/v1/namespaces/default/deployments/d"
#define FOO "/apis/x.y/v1/namespaces/default/foos/f"

static void request(struct apitest *t, const char *method, const char *path,
                    const char *body, int status)
{
    const int got = apitest_request(t, method, path, body);

    ck_assert_msg(got == status, "%s %s: %d: %s", method, path, got, t->text.s);
}

static struct apitest *with_deployment(void)
{
    struct apitest *t = apitest_new();

    request(t, "POST", "/apis/apps/v1/namespaces/default/deployments",
            "{'metadata':{'name':'d'},'spec':{'replicas':2,'selector':{'matchLabels':"
            "{'b':'2','a':'1'},'matchExpressions':[{'key':'z','operator':'NotIn',"
            "'values':['y','x']},{'key':'q','operator':'DoesNotExist'},{'key':'p',"
            "'operator':'Exists'}]},'template':{'metadata':{'labels':{'a':'1','b':'2',"
            "'p':'1'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}",
            201);
    return t;
}

START_TEST(test_get)
{
    struct apitest *t = with_deployment();

    request(t, "GET", DEPLOYMENT "/scale", NULL, 200);
    apitest_expect(
        t, "the scale",
        "kind=Scale|apiVersion=autoscaling/v1|metadata.name=d|metadata.uid~-|"
        "metadata.labels!|spec.replicas=2|status.replicas=0|"
        "status.selector=a=1,b=2,p,!q,z notin (x,y)");
    request(t, "GET", "/apis/apps/v1/namespaces/default/deployments/nosuch/scale", NULL,
            404);
    request(t, "GET", "/api/v1/namespaces/default/pods/p/scale", NULL, 404);
    apitest_free(t);
}
END_TEST

static const struct {
    const char *name, *method, *type, *body;
    int status;
    const char *expect; /* of the answer */
    int replicas;       /* of the deployment afterwards */
} writes[] = {
    {"merge patch", "PATCH", "application/merge-patch+json", "{'spec':{'replicas':5}}",
     200, "kind=Scale|spec.replicas=5|metadata.generation!", 5},
    {"strategic patch", "PATCH", "application/strategic-merge-patch+json",
     "{'spec':{'replicas':5}}", 200, "kind=Scale|spec.replicas=5", 5},
    {"JSON patch", "PATCH", "application/json-patch+json",
     "[{'op':'replace','path':'/spec/replicas','value':1}]", 200, "spec.replicas=1", 1},
    {"to nothing", "PATCH", "application/merge-patch+json", "{'spec':{'replicas':0}}",
     200, "kind=Scale|spec.replicas!", 0},
    {"without a number", "PUT", NULL, "{'metadata':{'name':'d'}}", 200, "kind=Scale",
     0},
    {"put", "PUT", NULL,
     "{'apiVersion':'autoscaling/v1','kind':'Scale','metadata':{'name':'d'},'spec':"
     "{'replicas':7}}",
     200, "spec.replicas=7", 7},
    {"too few", "PATCH", "application/merge-patch+json", "{'spec':{'replicas':-1}}",
     422,
     "message=Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: "
     "must be greater than or equal to 0",
     2},
    {"too many", "PATCH", "application/merge-patch+json",
     "{'spec':{'replicas':2147483648}}", 422, "reason=Invalid", 2},
    {"no number", "PATCH", "application/merge-patch+json", "{'spec':{'replicas':'x'}}",
     400, "message~spec.replicas", 2},
    {"another's name", "PUT", NULL, "{'metadata':{'name':'e'}}", 400,
     "message~does not match the name", 2},
    {"no Scale", "PUT", NULL, "{'apiVersion':'v1','kind':'Pod'}", 400,
     "message~Pod in version \"v1\" cannot be handled as a Scale: converting (v1.Pod) "
     "to (autoscaling.Scale)",
     2},
    {"an older version", "PATCH", "application/merge-patch+json",
     "{'metadata':{'resourceVersion':'1'},'spec':{'replicas':5}}", 409,
     "reason=Conflict", 2},
    {"an apply", "PATCH", "application/apply-patch+yaml", "{'spec':{'replicas':5}}",
     415, "message~send a merge patch", 2},
    {"no JSON", "PUT", NULL, "{", 400, "reason=BadRequest", 2},
};

START_TEST(test_write)
{
    struct apitest *t = with_deployment();
    const int got = apitest_send(
        t, &(struct apitest_request){.method = writes[_i].method,
                                     .path = DEPLOYMENT "/scale?fieldManager=me",
                                     .type = writes[_i].type,
                                     .body = writes[_i].body});

    ck_assert_msg(got == writes[_i].status, "%s: %d: %s", writes[_i].name, got,
                  t->text.s);
    apitest_expect(t, writes[_i].name, writes[_i].expect);
    request(t, "GET", DEPLOYMENT, NULL, 200);
    ck_assert_msg(json_int_or(t->body, "spec.replicas", -1) == writes[_i].replicas,
                  "%s: %s", writes[_i].name, t->text.s);
    ck_assert_int_eq(json_int_or(t->body, "metadata.generation", 0),
                     writes[_i].replicas == 2 ? 1 : 2);
    apitest_free(t);
}
END_TEST

START_TEST(test_dry_run)
{
    struct apitest *t = with_deployment();

    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = DEPLOYMENT "/scale?dryRun=All",
                                               .type = "application/merge-patch+json",
                                               .body = "{'spec':{'replicas':5}}"}),
        200);
    apitest_expect(t, "the answer", "spec.replicas=5");
    request(t, "GET", DEPLOYMENT "/scale", NULL, 200);
    apitest_expect(t, "what is there", "spec.replicas=2");
    apitest_free(t);
}
END_TEST

/* A definition says where its objects keep the number. */
static void define(struct apitest *t, const char *scale, int status)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata':{'name':'foos.x.y'},'spec':{'group':'x.y','scope':'Namespaced',"
        "'names':{'plural':'foos','singular':'foo','kind':'Foo','listKind':'FooList'},"
        "'versions':[{'name':'v1','served':true,'storage':true,'subresources':{'status'"
        ":{},'scale':%s},'schema':{'openAPIV3Schema':{'type':'object','properties':{"
        "'spec':{'type':'object','properties':{'n':{'type':'integer'}}},'status':{"
        "'type':'object','properties':{'n':{'type':'integer'},'s':{'type':'string'}}}}}"
        "}}]}}",
        scale);

    request(t, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body,
            status);
}

START_TEST(test_custom)
{
    struct apitest *t = apitest_new();

    define(t,
           "{'specReplicasPath':'.spec.n','statusReplicasPath':'.status.n',"
           "'labelSelectorPath':'.status.s'}",
           201);
    request(t, "GET", "/apis/x.y/v1", NULL, 200);
    ck_assert_msg(strstr(t->text.s, "\"foos/scale\""), "%s", t->text.s);
    request(t, "POST", "/apis/x.y/v1/namespaces/default/foos",
            "{'apiVersion':'x.y/v1','kind':'Foo','metadata':{'name':'f'}}", 201);
    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = FOO "/status",
                                               .type = "application/merge-patch+json",
                                               .body = "{'status':{'n':3,'s':'a=b'}}"}),
        200);
    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = FOO "/scale",
                                               .type = "application/merge-patch+json",
                                               .body = "{'spec':{'replicas':4}}"}),
        200);
    apitest_expect(t, "the scale",
                   "spec.replicas=4|status.replicas=3|status.selector=a=b");
    request(t, "GET", FOO, NULL, 200);
    apitest_expect(t, "the object", "spec.n=4|status.n=3");
    apitest_free(t);
}
END_TEST

static const char *const bad_paths[] = {
    "{'specReplicasPath':'spec.n','statusReplicasPath':'.status.n'}",
    "{'specReplicasPath':'.spec.n[0]','statusReplicasPath':'.status.n'}",
    "{'statusReplicasPath':'.status.n'}",
    "{'specReplicasPath':'.spec.n'}",
};

START_TEST(test_bad_paths)
{
    struct apitest *t = apitest_new();

    define(t, bad_paths[_i], 422);
    ck_assert_msg(strstr(t->text.s, "ReplicasPath"), "%s", t->text.s);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/scale", (struct suite_row[]){
                                                {test_get, 1},
                                                {test_write, ARRAY_LEN(writes)},
                                                {test_dry_run, 1},
                                                {test_custom, 1},
                                                {test_bad_paths, ARRAY_LEN(bad_paths)},
                                                {NULL, 0},
                                            });
}

#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define MAPS "/api/v1/namespaces/default/configmaps"

static void request(struct apitest *t, const char *method, const char *path,
                    const char *body, int status)
{
    const int got = apitest_request(t, method, path, body);

    ck_assert_msg(got == status, "%s %s: %d: %s", method, path, got, t->text.s);
}

/* An owner, or a dependent. Heap: its uid. */
static char *make(struct apitest *t, const char *name, const char *owners)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata':{'name':'%s','ownerReferences':[%s]}}", name, owners);

    request(t, "POST", MAPS, body, 201);
    return xstrdup(json_str(t->body, "metadata.uid"));
}

static char *owner(const char *api_version, const char *kind, const char *name,
                   const char *uid)
{
    return xasprintf("{'apiVersion':'%s','kind':'%s','name':'%s','uid':'%s'}",
                     api_version, kind, name, uid);
}

static void expect_there(struct apitest *t, const char *name, bool there)
{
    AUTO_FREE char *path = xasprintf(MAPS "/%s", name);

    request(t, "GET", path, NULL, there ? 200 : 404);
}

START_TEST(test_last_owner)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *a = make(t, "a", "");
    AUTO_FREE char *b = make(t, "b", "");
    AUTO_FREE char *of_a = owner("v1", "ConfigMap", "a", a);
    AUTO_FREE char *of_b = owner("v1", "ConfigMap", "b", b);
    AUTO_FREE char *both = xasprintf("%s,%s", of_a, of_b);
    AUTO_FREE char *mine = make(t, "shared", both);
    AUTO_FREE char *other = make(t, "other", "");

    request(t, "DELETE", MAPS "/a", NULL, 200);
    expect_there(t, "shared", true);
    request(t, "DELETE", MAPS "/b", NULL, 200);
    expect_there(t, "shared", false);
    expect_there(t, "other", true);
    apitest_free(t);
}
END_TEST

/* Another of its name is not the owner; one of a kind that is not served may be. */
static const struct {
    const char *name, *second; /* a second owner, beside the one that goes */
    bool stays;
} seconds[] = {
    {"another of that name",
     "{'apiVersion':'v1','kind':'ConfigMap','name':'other','uid':'not-it'}", false},
    {"one that never was", "{'apiVersion':'v1','kind':'Secret','name':'x','uid':'y'}",
     false},
    {"a kind that is not served",
     "{'apiVersion':'x.y/v1','kind':'Nope','name':'x','uid':'y'}", true},
};

START_TEST(test_second_owner)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *other = make(t, "other", "");
    AUTO_FREE char *a = make(t, "a", "");
    AUTO_FREE char *of_a = owner("v1", "ConfigMap", "a", a);
    AUTO_FREE char *both = xasprintf("%s,%s", of_a, seconds[_i].second);
    AUTO_FREE char *mine = make(t, "mine", both);

    request(t, "DELETE", MAPS "/a", NULL, 200);
    expect_there(t, "mine", seconds[_i].stays);
    apitest_free(t);
}
END_TEST

/* An owner that a finalizer held goes by an update. */
START_TEST(test_finalizer)
{
    struct apitest *t = apitest_new();

    request(t, "POST", MAPS, "{'metadata':{'name':'a','finalizers':['x/y']}}", 201);
    AUTO_FREE char *a = xstrdup(json_str(t->body, "metadata.uid"));
    AUTO_FREE char *of_a = owner("v1", "ConfigMap", "a", a);
    AUTO_FREE char *mine = make(t, "mine", of_a);
    request(t, "DELETE", MAPS "/a", NULL, 200);
    expect_there(t, "mine", true);
    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = MAPS "/a",
                                               .type = "application/merge-patch+json",
                                               .body = "{'metadata':{'finalizers':"
                                                       "null}}"}),
        200);
    expect_there(t, "a", false);
    expect_there(t, "mine", false);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/dependents",
                      (struct suite_row[]){
                          {test_last_owner, 1},
                          {test_second_owner, ARRAY_LEN(seconds)},
                          {test_finalizer, 1},
                          {NULL, 0},
                      });
}

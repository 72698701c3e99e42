#include "kubeclient/client.h"

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

static const struct kc_resource batchjobs = {"gantry.dev", "v1alpha1", "batchjobs",
                                             "BatchJob", true};

static const struct {
    const char *path;
    struct kc_ref ref;
} paths[] = {
    {"/api/v1/pods", {&kc_pods, NULL, NULL, NULL}},
    {"/api/v1/namespaces/a/pods", {&kc_pods, "a", NULL, NULL}},
    {"/api/v1/namespaces/a/pods/x", {&kc_pods, "a", "x", NULL}},
    {"/api/v1/namespaces/a/pods/x/binding", {&kc_pods, "a", "x", "binding"}},
    {"/api/v1/nodes/n1/status", {&kc_nodes, NULL, "n1", "status"}},
    {"/api/v1/namespaces/a", {&kc_namespaces, NULL, "a", NULL}},
    {"/apis/gantry.dev/v1alpha1/batchjobs", {&batchjobs, NULL, NULL, NULL}},
    {"/apis/gantry.dev/v1alpha1/namespaces/a/batchjobs/x/status",
     {&batchjobs, "a", "x", "status"}},
    {"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1",
     {&kc_leases, "kube-node-lease", "n1", NULL}},
    {"/apis/events.k8s.io/v1/namespaces/a/events", {&kc_events, "a", NULL, NULL}},
    /* Nothing in a name gets out of its part of the path. */
    {"/api/v1/namespaces/a%2F..%2Fb/pods/x%3Fy%23z%25",
     {&kc_pods, "a/../b", "x?y#z%", NULL}},
    {"/api/v1/nodes/system%3Anode%20%C3%89",
     {&kc_nodes, NULL, "system:node \xc3\x89", NULL}},
};

START_TEST(test_path)
{
    STR_AUTO struct str out;

    str_init(&out, 1000);
    kc_path(&paths[_i].ref, &out);
    ck_assert_str_eq(out.s, paths[_i].path);
}
END_TEST

static const struct {
    const char *value, *escaped;
} values[] = {
    {"", ""},
    {"azAZ09-._~", "azAZ09-._~"},
    {"a=b,c in (d)", "a%3Db%2Cc%20in%20%28d%29"},
    {"spec.nodeName!=n&x", "spec.nodeName%21%3Dn%26x"},
    {"\x01\x7f\xff", "%01%7F%FF"},
};

START_TEST(test_escape)
{
    STR_AUTO struct str out;

    str_init(&out, 1000);
    str_add(&out, "q=");
    kc_escape(values[_i].value, &out);
    ck_assert_str_eq(out.s + 2, values[_i].escaped);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/client_path", (struct suite_row[]){
                                                    {test_path, ARRAY_LEN(paths)},
                                                    {test_escape, ARRAY_LEN(values)},
                                                    {NULL, 0},
                                                });
}

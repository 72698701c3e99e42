/* manifests/rbac/nodes.yaml gives nodes what they need (nodetest holds every request of
 * every test against it), and nothing besides. */
#include "base/util.h"
#include "kubeclient/probe.h"
#include "tests/support/nodetest.h"
#include "tests/support/suite.h"

#define CONTAINER "'containers': [{'name': 'c', 'image': 'i', 'command': ['x']}]"
#define VOLUMES                                                         \
    "'volumes': [{'name': 'v', 'projected': {'sources': [{'configMap':" \
    " {'name': 'm'}}, {'secret': {'name': 's'}}]}}], "

/* The next so many reads are refused as by a server without streaming lists. */
static void refuse_streams(struct nodetest *t, const char *path_end, int times)
{
    spy_spoil(t->spy, &(struct spy_rule){"GET", path_end, SPY_REFUSE, 422, "Invalid",
                                         "no streaming lists", times});
}

static void probed(void *arg, const char *refusal)
{
    (void)arg;
    ck_assert_msg(!refusal, "%s", refusal);
}

/* What the program does before its nodes come. */
static void probe(struct nodetest *t)
{
    struct kc_probe *probe = kc_probe_new(t->client, &kc_nodes, NULL, probed, NULL);
    apitest_advance(t->api, 1);
    kc_probe_free(probe);
}

/* A pod that waits for what its files are made of, follows it while it runs, and is
 * deleted, on a node that was there before, by a server that does not stream lists. */
START_TEST(test_all_are_needed)
{
    struct nodetest t;
    STR_AUTO struct str unused;
    nodetest_init(&t);
    refuse_streams(&t, "/pods", 1);
    refuse_streams(&t, "/configmaps", 1);
    refuse_streams(&t, "/secrets", 1);
    nodetest_restart(&t);
    probe(&t);
    nodetest_pod(&t, "p", VOLUMES CONTAINER);
    nodetest_create(&t, "/api/v1/namespaces/default/configmaps",
                    "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    nodetest_create(&t, "/api/v1/namespaces/default/secrets",
                    "{'metadata': {'name': 's'}, 'data': {'k': 'MQ=='}}");
    apitest_advance(t.api, 130);
    nodetest_expect(&t, "p", "status.phase=Running");
    ck_assert_int_eq(apitest_request(t.api, "DELETE", NODETEST_PODS "/p", NULL), 200);
    nodetest_end(&t, "p", "c", 0);
    apitest_advance(t.api, 60);
    ck_assert_int_eq(apitest_request(t.api, "GET", NODETEST_PODS "/p", NULL), 404);
    str_init(&unused, 10000);
    rights_unused(t.rights, &unused);
    ck_assert_str_eq(unused.s, "");
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/rights",
                      (struct suite_row[]){{test_all_are_needed, 1}, {NULL, 0}});
}

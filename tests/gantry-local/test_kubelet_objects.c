/* Pods whose ConfigMaps and Secrets are not there (yet). */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "tests/support/nodetest.h"
#include "tests/support/suite.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define SECRETS "/api/v1/namespaces/default/secrets"

#define FROM_MAP                                                                    \
    "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'env': [{'name':" \
    " 'A', 'valueFrom': {'configMapKeyRef': {'name': 'm', 'key': 'k'}}}]}]"
#define IN_VOLUME                                                              \
    "'volumes': [{'name': 'v', 'secret': {'secretName': 's'}}], 'containers':" \
    " [{'name': 'c', 'image': 'i', 'command': ['x']}]"

START_TEST(test_variable_waits)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p", FROM_MAP);
    nodetest_expect(
        &t, "p",
        "status.phase=Pending|status.containerStatuses.0.state.waiting."
        "reason=CreateContainerConfigError|status.containerStatuses.0.state."
        "waiting.message~configmap \"m\" not found");
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'x': '1'}}");
    apitest_advance(t.api, 3);
    nodetest_expect(&t, "p",
                    "status.containerStatuses.0.state.waiting.message~couldn't find key"
                    " k in ConfigMap default/m");
    nodetest_patch(&t, MAPS "/m", "{'data': {'k': 'v'}}");
    apitest_advance(t.api, 3);
    nodetest_expect(&t, "p",
                    "status.phase=Running|status.containerStatuses.0.restartCount=0");
    ck_assert_str_eq(env_get(nodetest_run(&t, "p", "c")->envp, "A"), "v");
    nodetest_fini(&t);
}
END_TEST

START_TEST(test_volume_waits)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p", IN_VOLUME);
    nodetest_expect(&t, "p",
                    "status.phase=Pending|status.containerStatuses.0.state.waiting."
                    "reason=ContainerCreating|status.containerStatuses.0.state."
                    "waiting.message~secret \"s\" not found");
    nodetest_create(&t, SECRETS, "{'metadata': {'name': 's'}, 'data': {}}");
    apitest_advance(t.api, 3);
    nodetest_expect(&t, "p", "status.phase=Running");
    nodetest_fini(&t);
}
END_TEST

/* A full disk is told, and the node goes on. */
START_TEST(test_volume_fails)
{
    struct nodetest t;

    nodetest_init(&t);
    t.fails_prepare = true;
    nodetest_pod(&t, "p", "'containers': [{'name': 'c', 'image': 'i'}]");
    nodetest_expect(&t, "p",
                    "status.phase=Failed|status.reason=FailedMount|status.message~No"
                    " space left on device");
    t.fails_prepare = false;
    nodetest_pod(&t, "q", "'containers': [{'name': 'c', 'image': 'i'}]");
    nodetest_expect(&t, "q", "status.phase=Running");
    nodetest_fini(&t);
}
END_TEST

/* The node lets go of a pod that waits. */
START_TEST(test_deleted_while_waiting)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p", FROM_MAP);
    ck_assert_int_eq(apitest_request(t.api, "DELETE", NODETEST_PODS "/p", NULL), 200);
    apitest_advance(t.api, 3);
    ck_assert_int_eq(apitest_request(t.api, "GET", NODETEST_PODS "/p", NULL), 404);
    ck_assert_uint_eq(kubelet_active_pods(t.kubelet), 0);
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    apitest_advance(t.api, 5);
    ck_assert_str_eq(t.history.s, "");
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet_objects",
                      (struct suite_row[]){
                          {test_variable_waits, 1},
                          {test_volume_waits, 1},
                          {test_volume_fails, 1},
                          {test_deleted_while_waiting, 1},
                          {NULL, 0},
                      });
}

/* Names and addresses of the pods of a gang, also of those on others' nodes. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "tests/support/nodetest.h"
#include "tests/support/openwatches.h"
#include "tests/support/suite.h"

/* A pod of the gang; `node` may be another program's. */
static void create(struct nodetest *t, const char *name, const char *node,
                   const char *more)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': '%s', 'labels': {'gantry.dev/job-uid': 'j1'}}, 'spec':"
        " {'nodeName': '%s', 'restartPolicy': 'Never', 'hostname': '%s', 'subdomain':"
        " 'gantry-7', 'containers': [{'name': 'c', 'image': 'i', 'command': "
        "['x']%s}]}}",
        name, node, name, more);

    nodetest_create(t, NODETEST_PODS, body);
    apitest_advance(t->api, 1);
}

/* What the other program reports. */
static void report(struct nodetest *t, const char *name, const char *status)
{
    AUTO_FREE char *path = xasprintf(NODETEST_PODS "/%s/status", name);
    AUTO_FREE char *body = xasprintf("{'status': {%s}}", status);

    nodetest_patch(t, path, body);
    apitest_advance(t->api, 1);
}

static void expect(const struct nodetest *t, const char *part, bool there)
{
    ck_assert_msg((t->hosts && strstr(t->hosts, part) != NULL) == there, "%s\n%s", part,
                  t->hosts ? t->hosts : "nothing");
}

START_TEST(test_peers)
{
    struct nodetest t;

    nodetest_init(&t);
    create(&t, "a-0", "n1", "");
    expect(&t, "\ta-0.gantry-7.default.svc.cluster.local ", true);
    expect(&t, "a-1", false);
    create(&t, "a-1", "far", "");
    expect(&t, "a-1", false);
    report(&t, "a-1", "'phase': 'Running', 'podIP': '127.7.7.7'");
    expect(&t, "a-0: ", true);
    expect(&t, "127.7.7.7\ta-1.gantry-7.default.svc.cluster.local ", true);
    expect(&t, "127.7.7.7\tgantry-7.default.svc.cluster.local ", true);
    report(&t, "a-1", "'phase': 'Succeeded'");
    expect(&t, "127.7.7.7", false);
    nodetest_fini(&t);
}
END_TEST

static size_t watches(const struct nodetest *t)
{
    return openwatches_count(t->transport, "/pods?") - 1; /* that of the node's own */
}

static void create_one(struct nodetest *t, const char *letter, int i, const char *node)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': '%s%d'}, 'spec': {'nodeName': '%s', 'subdomain': 's%d',"
        " 'restartPolicy': 'Never', 'containers': [{'name': 'c', 'image': 'i',"
        " 'command': ['x']}]}}",
        letter, i, node, i);

    nodetest_create(t, NODETEST_PODS, body);
}

#define GANGS 60

/* Past a number of gangs they share a watch, since connections are few; what their pods
 * hear of each other stays the same. */
START_TEST(test_many)
{
    struct nodetest t;

    nodetest_init(&t);
    for (int i = 0; i < GANGS; i++) {
        create_one(&t, "here", i, "n1");
        create_one(&t, "far", i, "n9");
    }
    apitest_advance(t.api, 1);
    ck_assert_uint_eq(watches(&t), 17);
    report(&t, "far5", "'podIP': '127.7.7.5'");
    expect(&t, "here5: ", true);
    expect(&t, "127.7.7.5\tfar5.s5.default.svc.cluster.local ", true);
    report(&t, "far50", "'podIP': '127.7.7.6'");
    expect(&t, "here50: ", true);
    expect(&t, "127.7.7.6\tfar50.s50.default.svc.cluster.local ", true);
    report(&t, "far51", "'podIP': '127.7.7.7'");
    expect(&t, "here51: ", true);
    expect(&t, "127.7.7.6", false);
    for (int i = GANGS - 1; i >= 0; i--) {
        AUTO_FREE char *name = xasprintf("here%d", i);

        nodetest_end(&t, name, "c", 0);
        apitest_advance(t.api, 0);
        ck_assert_uint_eq(watches(&t), (size_t)(i > 16 ? 17 : i));
    }
    nodetest_fini(&t);
}
END_TEST

/* Another job's pods, or another subdomain's, are none of its peers. */
START_TEST(test_strangers)
{
    struct nodetest t;

    nodetest_init(&t);
    create(&t, "a-0", "n1", "");
    nodetest_create(
        &t, NODETEST_PODS,
        "{'metadata': {'name': 'b', 'labels': {'gantry.dev/job-uid': 'j2'}},"
        " 'spec': {'nodeName': 'far', 'subdomain': 'gantry-7', 'containers':"
        " [{'name': 'c', 'image': 'i'}]}}");
    nodetest_create(
        &t, NODETEST_PODS,
        "{'metadata': {'name': 'd', 'labels': {'gantry.dev/job-uid': 'j1'}},"
        " 'spec': {'nodeName': 'far', 'subdomain': 'other', 'containers':"
        " [{'name': 'c', 'image': 'i'}]}}");
    report(&t, "b", "'podIP': '127.7.7.8'");
    report(&t, "d", "'podIP': '127.7.7.9'");
    expect(&t, "127.7.7", false);
    nodetest_fini(&t);
}
END_TEST

/* A gang ends with its last pod here, and may come again. */
START_TEST(test_again)
{
    struct nodetest t;

    nodetest_init(&t);
    create(&t, "a-0", "n1", "");
    nodetest_end(&t, "a-0", "c", 0);
    apitest_advance(t.api, 1);
    create(&t, "a-1", "n1", "");
    expect(&t, "a-1: ", true);
    expect(&t, "a-0", false);
    nodetest_fini(&t);
}
END_TEST

/* Without an /etc/hosts of its own, a pod is told addresses. */
START_TEST(test_addresses)
{
    struct nodetest t;
    const struct nodetest_run *run;

    nodetest_init(&t);
    t.has_no_hosts = true;
    create(&t, "a-1", "n1",
           ", 'env': [{'name': 'MASTER_ADDR', 'value': 'a-0.gantry-7.default.svc'},"
           " {'name': 'ENDPOINT', 'value': 'a-0.gantry-7:29500'}, {'name': 'SELF',"
           " 'value': 'a-1'}]");
    nodetest_expect(
        &t, "a-1",
        "status.podIP~127.|status.containerStatuses.0.state.waiting.message~"
        "a-0.gantry-7.default.svc has no address yet");
    create(&t, "a-0", "far", "");
    report(&t, "a-0", "'phase': 'Running', 'podIP': '127.7.7.7'");
    apitest_advance(t.api, 3);
    run = nodetest_run(&t, "a-1", "c");
    ck_assert_ptr_nonnull(run);
    ck_assert_str_eq(env_get(run->envp, "MASTER_ADDR"), "127.7.7.7");
    ck_assert_str_eq(env_get(run->envp, "ENDPOINT"), "127.7.7.7:29500");
    ck_assert_str_eq(env_get(run->envp, "SELF"), "a-1");
    nodetest_fini(&t);
}
END_TEST

START_TEST(test_host_network)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p",
                 "'hostNetwork': true, 'containers': [{'name': 'c', 'image': 'i'}]");
    nodetest_expect(&t, "p", "status.phase=Running|status.hostIP~127.");
    ck_assert_str_eq(json_str(t.api->body, "status.podIP"),
                     json_str(t.api->body, "status.hostIP"));
    ck_assert_ptr_null(t.hosts);
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet_gang", (struct suite_row[]){
                                                       {test_peers, 1},
                                                       {test_strangers, 1},
                                                       {test_many, 1},
                                                       {test_again, 1},
                                                       {test_addresses, 1},
                                                       {test_host_network, 1},
                                                       {NULL, 0},
                                                   });
}

/* Nodes against the embedded API server, in virtual time, pods simulated. */
#include "cmd/gantry-local/kubelet.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/support/apitest.h"
#include "tests/support/faulty.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"

struct fixture {
    struct apitest *t;
    struct transport *transport;
    struct faulty *faulty; /* between client and transport; NULL */
    int conflicts;         /* what it still answers deletes with */
    struct kc_client *client;
    struct executor *executor;
    struct kubelet *kubelet;
    bool stopped;
};

static void start_groups(struct fixture *f, const struct nodegroups *groups)
{
    struct kubelet_options o = {
        .loop = f->t->loop,
        .client = f->client,
        .executor = f->executor,
        .name_prefix = "n",
        .groups = *groups,
        .cpu_milli = 4000,
        .mem_bytes = INT64_C(8) << 30,
        .gpu_resource = "nvidia.com/gpu",
        .lease_sec = 10,
    };
    struct err err = ERR_INIT;

    rng_seed(&o.rng, 1);
    f->kubelet = kubelet_new(&o, &err);
    ck_assert_msg(f->kubelet != NULL, "%s", err.msg);
}

static void start_kubelet(struct fixture *f, int64_t count)
{
    start_groups(
        f, &(struct nodegroups){
               .items = {{.count = count, .gpus = 4, .gpu_type = "h100"}}, .n = 1});
}

static void setup(struct fixture *f, int64_t count)
{
    struct rng rng;

    rng_seed(&rng, 2);
    *f = (struct fixture){.t = apitest_new()};
    f->transport = direct_new(f->t->loop, f->t->server, "node", true);
    f->client = kc_client_new(f->t->loop, f->transport, &rng);
    f->executor = executor_simulate_new(f->t->loop);
    start_kubelet(f, count);
    apitest_advance(f->t, 1);
}

static void teardown(struct fixture *f)
{
    kubelet_free(f->kubelet);
    kc_client_free(f->client);
    faulty_free(f->faulty);
    transport_free(f->transport);
    executor_free(f->executor);
    apitest_free(f->t);
}

static void expect_get(struct fixture *f, const char *path, const char *parts)
{
    ck_assert_msg(apitest_request(f->t, "GET", path, NULL) == 200, "%s", path);
    apitest_expect(f->t, path, parts);
}

/* A pod on n1; `annotations` and `fields` (of the spec) are JSON members, `res` is of
 * the container's resources. */
static void create_pod(struct fixture *f, const char *name, const char *annotations,
                       const char *fields, const char *res)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': '%s', 'annotations': {%s}}, 'spec': {'nodeName': 'n1',"
        " 'restartPolicy': 'Never'%s, 'containers': [{'name': 'c', 'image': 'i',"
        " 'resources': {%s}}]}}",
        name, annotations, fields, res);

    ck_assert_int_eq(apitest_request(f->t, "POST", PODS, body), 201);
    apitest_advance(f->t, 0);
}

static void expect_pod(struct fixture *f, const char *name, const char *parts)
{
    AUTO_FREE char *path = xasprintf(PODS "/%s", name);

    apitest_advance(f->t, 0);
    expect_get(f, path, parts);
}

static void expect_no_pod(struct fixture *f, const char *name)
{
    AUTO_FREE char *path = xasprintf(PODS "/%s", name);

    apitest_advance(f->t, 0);
    ck_assert_int_eq(apitest_request(f->t, "GET", path, NULL), 404);
}

static void delete_pod(struct fixture *f, const char *name, const char *options)
{
    AUTO_FREE char *path = xasprintf(PODS "/%s", name);

    ck_assert_int_eq(apitest_request(f->t, "DELETE", path, options), 200);
}

/* ---- nodes ---- */

START_TEST(test_register)
{
    struct fixture f;

    setup(&f, 3);
    expect_get(&f, "/api/v1/nodes", "items#3");
    expect_get(&f, "/api/v1/nodes/n2",
               "metadata.labels~\"gantry.dev/gpu-type\":\"h100\"|"
               "metadata.labels~\"gantry.dev/images\":\"not-pulled\"|"
               "metadata.labels~\"gantry.dev/"
               "cpu-limits\":\"not-enforced\"|metadata.labels~\"gantry.dev/"
               "signals\":\"delivered\"|status.capacity.cpu=4|"
               "status.allocatable.memory=8Gi|status.allocatable.pods=110|"
               "status.conditions#4");
    expect_get(&f, "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
               "items#3|items.0.spec.holderIdentity=n1|"
               "items.0.spec.leaseDurationSeconds=40");
    teardown(&f);
}
END_TEST

static int64_t renew_time(struct fixture *f, char ret[32])
{
    ck_assert_int_eq(
        apitest_request(
            f->t, "GET",
            "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1", NULL),
        200);
    snprintf(ret, 32, "%s", json_str_or(f->t->body, "spec.renewTime", ""));
    return 0;
}

START_TEST(test_lease_renewed)
{
    struct fixture f;
    char before[32], after[32];

    setup(&f, 1);
    renew_time(&f, before);
    apitest_advance(f.t, 11);
    renew_time(&f, after);
    ck_assert_str_ne(before, after);
    apitest_advance(f.t, 10);
    renew_time(&f, before);
    ck_assert_str_ne(before, after);
    teardown(&f);
}
END_TEST

/* A Node that was there keeps what others put into it, and is ready again. */
START_TEST(test_register_again)
{
    struct fixture f;

    setup(&f, 1);
    ck_assert_int_eq(
        apitest_send(f.t,
                     &(struct apitest_request){
                         .method = "PATCH",
                         .path = "/api/v1/nodes/n1",
                         .type = "application/merge-patch+json",
                         .body = "{'metadata': {'labels': {'mine': 'yes'}}}",
                     }),
        200);
    kubelet_free(f.kubelet);
    start_kubelet(&f, 1);
    apitest_advance(f.t, 1);
    expect_get(&f, "/api/v1/nodes/n1",
               "metadata.labels.mine=yes|status.conditions.3.status=True");
    teardown(&f);
}
END_TEST

/* A server that forgot all (it keeps nothing when it ends) learns of the nodes anew
 * with the next lease. */
START_TEST(test_forgotten)
{
    struct fixture f;

    setup(&f, 2);
    ck_assert_int_eq(apitest_request(f.t, "DELETE", "/api/v1/nodes/n1", NULL), 200);
    ck_assert_int_eq(
        apitest_request(
            f.t, "DELETE",
            "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1", NULL),
        200);
    apitest_advance(f.t, 12);
    expect_get(&f, "/api/v1/nodes/n1",
               "metadata.labels~gpu-type|status.conditions.3.status=True");
    expect_get(&f, "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
               "items#2");
    teardown(&f);
}
END_TEST

/* ---- pods ---- */

static const struct {
    const char *name, *annotations, *fields, *resources;
    int64_t after_sec;
    const char *expect;
} lives[] = {
    {"runs", "'gantry.dev/run-seconds': '60'", "", "", 59,
     "status.phase=Running|status.conditions.1.status=True|"
     "status.containerStatuses.0.state.running.startedAt~T|status.podIP~127.|"
     "status.hostIP~127.|status.startTime~T"},
    {"succeeds", "'gantry.dev/run-seconds': '60'", "", "", 60,
     "status.phase=Succeeded|"
     "status.containerStatuses.0.state.terminated.exitCode=0|"
     "status.containerStatuses.0.state.terminated.reason=Completed"},
    {"fails", "'gantry.dev/run-seconds': '60', 'gantry.dev/exit-code': '3'", "", "", 60,
     "status.phase=Failed|status.containerStatuses.0.state.terminated.exitCode=3|"
     "status.containerStatuses.0.state.terminated.reason=Error"},
    {"is restarted at once",
     "'gantry.dev/run-seconds': '60', 'gantry.dev/exit-code': '3'",
     ", 'restartPolicy': 'OnFailure'", "", 61,
     "status.phase=Running|status.containerStatuses.0.restartCount=1|"
     "status.containerStatuses.0.lastState.terminated.exitCode=3"},
    {"waits before the second restart",
     "'gantry.dev/run-seconds': '60', 'gantry.dev/exit-code': '3'",
     ", 'restartPolicy': 'OnFailure'", "", 125,
     "status.phase=Running|"
     "status.containerStatuses.0.state.waiting.reason=CrashLoopBackOff"},
    {"passes the deadline", "", ", 'activeDeadlineSeconds': 30", "", 31,
     "status.phase=Failed|status.reason=DeadlineExceeded"},
    {"init first", "'gantry.dev/run-seconds': '60'",
     ", 'initContainers': [{'name': 'i', 'image': 'i'}]", "", 1,
     "status.phase=Running|"
     "status.initContainerStatuses.0.state.terminated.exitCode=0"},
    {"a sidecar beside", "'gantry.dev/run-seconds': '60'",
     ", 'initContainers': [{'name': 'i', 'image': 'i', 'restartPolicy': 'Always'}]", "",
     59,
     "status.phase=Running|status.initContainerStatuses.0.state.running.startedAt~T"},
    {"a sidecar ends with the rest", "'gantry.dev/run-seconds': '60'",
     ", 'initContainers': [{'name': 'i', 'image': 'i', 'restartPolicy': 'Always'}]", "",
     61,
     "status.phase=Succeeded|"
     "status.initContainerStatuses.0.state.terminated.signal=15"},
    {"too much cpu", "", "", "'requests': {'cpu': '5'}", 1,
     "status.phase=Failed|status.reason=OutOfcpu|status.message~requested: 5000"},
    {"too much memory", "", "", "'requests': {'memory': '9Gi'}", 1,
     "status.phase=Failed|status.reason=OutOfmemory"},
    {"too many GPUs", "", "", "'limits': {'nvidia.com/gpu': '5'}", 1,
     "status.phase=Failed|status.reason=OutOfnvidia.com/gpu"},
    {"bad annotation", "'gantry.dev/exit-code': 'x'", "", "", 1,
     "status.phase=Failed|status.reason=InvalidAnnotation"},
};

START_TEST(test_life)
{
    struct fixture f;

    setup(&f, 1);
    create_pod(&f, "p", lives[_i].annotations, lives[_i].fields, lives[_i].resources);
    apitest_advance(f.t, lives[_i].after_sec);
    ck_assert_int_eq(apitest_request(f.t, "GET", PODS "/p", NULL), 200);
    apitest_expect(f.t, lives[_i].name, lives[_i].expect);
    teardown(&f);
}
END_TEST

/* What a pod holds is free again when it has ended, not before. */
START_TEST(test_resources_return)
{
    struct fixture f;

    setup(&f, 1);
    create_pod(&f, "a", "'gantry.dev/run-seconds': '60'", "",
               "'limits': {'nvidia.com/gpu': '3'}");
    create_pod(&f, "b", "", "", "'limits': {'nvidia.com/gpu': '2'}");
    expect_pod(&f, "b", "status.reason=OutOfnvidia.com/gpu");
    apitest_advance(f.t, 60);
    create_pod(&f, "c", "", "", "'limits': {'nvidia.com/gpu': '4'}");
    expect_pod(&f, "c", "status.phase=Running");
    ck_assert_uint_eq(kubelet_active_pods(f.kubelet), 1);
    teardown(&f);
}
END_TEST

START_TEST(test_other_nodes_pods)
{
    struct fixture f;

    setup(&f, 2);
    ck_assert_int_eq(
        apitest_request(f.t, "POST", PODS,
                        "{'metadata': {'name': 'p'}, 'spec': {'nodeName': 'n3',"
                        " 'containers': [{'name': 'c', 'image': 'i'}]}}"),
        201);
    ck_assert_int_eq(
        apitest_request(f.t, "POST", PODS,
                        "{'metadata': {'name': 'q'}, 'spec': {'nodeName': 'n2',"
                        " 'containers': [{'name': 'c', 'image': 'i'}]}}"),
        201);
    expect_pod(&f, "p", "status.phase=Pending");
    expect_pod(&f, "q", "status.phase=Running");
    teardown(&f);
}
END_TEST

static const struct {
    const char *name, *annotations, *options;
    int64_t gone_after_sec;
} deletions[] = {
    {"ends when asked", "", NULL, 0},
    {"is slow, within its grace", "'gantry.dev/stop-seconds': '20'", NULL, 20},
    {"is killed after its grace", "'gantry.dev/stop-seconds': '100'", NULL, 30},
    {"is killed after the caller's grace", "'gantry.dev/stop-seconds': '100'",
     "{'gracePeriodSeconds': 5}", 5},
    {"is forced away", "'gantry.dev/stop-seconds': '100'", "{'gracePeriodSeconds': 0}",
     0},
};

START_TEST(test_delete)
{
    struct fixture f;

    setup(&f, 1);
    create_pod(&f, "p", deletions[_i].annotations, "", "");
    apitest_advance(f.t, 1);
    delete_pod(&f, "p", deletions[_i].options);
    if (deletions[_i].gone_after_sec > 0) {
        apitest_advance(f.t, deletions[_i].gone_after_sec - 1);
        expect_pod(&f, "p", "status.phase=Running|metadata.deletionTimestamp~T");
        ck_assert_uint_eq(kubelet_active_pods(f.kubelet), 1);
        apitest_advance(f.t, 1);
    }
    expect_no_pod(&f, "p");
    ck_assert_msg(kubelet_active_pods(f.kubelet) == 0, "%s", deletions[_i].name);
    teardown(&f);
}
END_TEST

static enum faulty_verdict conflict(void *arg, const struct transport_request *req)
{
    struct fixture *f = arg;

    if (strcmp(req->method, "DELETE") != 0 || f->conflicts == 0)
        return FAULTY_PASS;
    f->conflicts--;
    return FAULTY_CONFLICT;
}

/* A conflict need not be the uid's: the pod does not stay for it. */
START_TEST(test_delete_conflict)
{
    struct fixture f;
    struct rng rng;

    setup(&f, 1);
    kubelet_free(f.kubelet);
    kc_client_free(f.client);
    rng_seed(&rng, 3);
    f.conflicts = 2;
    f.faulty = faulty_new(&(struct faulty_options){.loop = f.t->loop,
                                                   .inner = f.transport,
                                                   .rng = rng,
                                                   .hooks = {.write = conflict},
                                                   .arg = &f});
    f.client = kc_client_new(f.t->loop, faulty_transport(f.faulty), &rng);
    start_kubelet(&f, 1);
    create_pod(&f, "p", "", "", "");
    apitest_advance(f.t, 1);
    delete_pod(&f, "p", NULL);
    apitest_advance(f.t, 10);
    ck_assert_int_eq(f.conflicts, 0);
    expect_no_pod(&f, "p");
    teardown(&f);
}
END_TEST

/* The exit code is there to be read before the object may go. */
START_TEST(test_delete_held_by_finalizer)
{
    struct fixture f;

    setup(&f, 1);
    ck_assert_int_eq(
        apitest_request(
            f.t, "POST", PODS,
            "{'metadata': {'name': 'p', 'finalizers': ['gantry.dev/accounted']},"
            " 'spec': {'nodeName': 'n1', 'restartPolicy': 'Never', 'containers':"
            " [{'name': 'c', 'image': 'i'}]}}"),
        201);
    apitest_advance(f.t, 1);
    delete_pod(&f, "p", NULL);
    apitest_advance(f.t, 1);
    expect_pod(&f, "p",
               "status.phase=Failed|metadata.deletionGracePeriodSeconds=0|"
               "status.containerStatuses.0.state.terminated.exitCode=143|"
               "status.containerStatuses.0.state.terminated.signal=15");
    ck_assert_int_eq(apitest_send(f.t,
                                  &(struct apitest_request){
                                      .method = "PATCH",
                                      .path = PODS "/p",
                                      .type = "application/merge-patch+json",
                                      .body = "{'metadata': {'finalizers': null}}",
                                  }),
                     200);
    expect_no_pod(&f, "p");
    teardown(&f);
}
END_TEST

/* ---- the program's own end ---- */

START_TEST(test_restart)
{
    struct fixture f;

    setup(&f, 1);
    create_pod(&f, "ran", "", "", "");
    create_pod(&f, "ended", "'gantry.dev/run-seconds': '0'", "", "");
    apitest_advance(f.t, 1);
    kubelet_free(f.kubelet);
    create_pod(&f, "new", "", "", "");
    start_kubelet(&f, 1);
    apitest_advance(f.t, 1);
    expect_pod(&f, "ran",
               "status.phase=Failed|status.reason=NodeRestarted|"
               "status.containerStatuses.0.state.terminated.exitCode=137");
    expect_pod(&f, "ended", "status.phase=Succeeded|status.reason!");
    expect_pod(&f, "new", "status.phase=Running");
    teardown(&f);
}
END_TEST

static void note_stopped(void *arg)
{
    *(bool *)arg = true;
}

START_TEST(test_stop)
{
    struct fixture f;

    setup(&f, 2);
    create_pod(&f, "p", "'gantry.dev/stop-seconds': '3'", "", "");
    create_pod(&f, "q", "'gantry.dev/stop-seconds': '100'", "", "");
    apitest_advance(f.t, 1);
    kubelet_stop(f.kubelet, 5, note_stopped, &f.stopped);
    apitest_advance(f.t, 4);
    ck_assert(!f.stopped);
    expect_pod(&f, "p", "status.phase=Failed|status.reason=Terminated");
    expect_get(&f, "/api/v1/nodes/n2", "status.conditions.3.status=False");
    apitest_advance(f.t, 1);
    ck_assert(f.stopped);
    expect_pod(&f, "q",
               "status.phase=Failed|"
               "status.containerStatuses.0.state.terminated.exitCode=137");
    teardown(&f);
}
END_TEST

/* Numbered through all groups, each with its own GPUs. */
START_TEST(test_groups)
{
    struct fixture f;

    setup(&f, 1);
    kubelet_free(f.kubelet);
    start_groups(
        &f, &(struct nodegroups){.items = {{.count = 1, .gpus = 8},
                                           {.count = 2, .gpus = 2, .gpu_type = "a100"}},
                                 .n = 2});
    apitest_advance(f.t, 2);
    expect_get(&f, "/api/v1/nodes/n1", "status.capacity~\"nvidia.com/gpu\":\"8\"");
    expect_get(&f, "/api/v1/nodes/n3",
               "status.capacity~\"nvidia.com/gpu\":\"2\"|"
               "metadata.labels~\"gantry.dev/gpu-type\":\"a100\"");
    teardown(&f);
}
END_TEST

static const struct {
    const char *prefix;
    int64_t count, gpus;
    const char *want;
} wrong[] = {
    {"", 1, 0, "name"},       {"Node", 1, 0, "name"},   {"-n", 1, 0, "name"},
    {"n", 0, 0, "count"},     {"n", 10001, 0, "count"}, {"n", 1, 65, "gpus"},
    {"a/b", 1, 0, "\"a/b\""},
};

START_TEST(test_bad_options)
{
    struct kubelet_options o = {
        .name_prefix = wrong[_i].prefix,
        .groups = {.items = {{.count = wrong[_i].count, .gpus = wrong[_i].gpus}},
                   .n = 1},
        .cpu_milli = 1,
        .mem_bytes = 1,
        .lease_sec = 1};
    struct err err = ERR_INIT;

    ck_assert_ptr_null(kubelet_new(&o, &err));
    ck_assert_msg(strstr(err.msg, wrong[_i].want) != NULL, "%s", err.msg);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet", (struct suite_row[]){
                                                  {test_register, 1},
                                                  {test_lease_renewed, 1},
                                                  {test_forgotten, 1},
                                                  {test_register_again, 1},
                                                  {test_life, ARRAY_LEN(lives)},
                                                  {test_resources_return, 1},
                                                  {test_other_nodes_pods, 1},
                                                  {test_delete, ARRAY_LEN(deletions)},
                                                  {test_delete_conflict, 1},
                                                  {test_delete_held_by_finalizer, 1},
                                                  {test_restart, 1},
                                                  {test_stop, 1},
                                                  {test_groups, 1},
                                                  {test_bad_options, ARRAY_LEN(wrong)},
                                                  {NULL, 0},
                                              });
}

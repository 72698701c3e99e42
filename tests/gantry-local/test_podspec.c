#include "cmd/gantry-local/podspec.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define META "'metadata': {'name': 'p', 'namespace': 'd', 'uid': 'u'}"

static struct pod_spec *parse(const char *spec_fields)
{
    AUTO_FREE char *text = xasprintf("{" META ", 'spec': {%s}}", spec_fields);
    JSON_AUTO struct json *object = json_build(text);

    return podspec_new(object);
}

static const struct {
    const char *name, *spec;
    const char *invalid; /* part of it; NULL: valid */
    const char *needs;   /* likewise */
} cases[] = {
    {"plain", "'containers': [{'name': 'c', 'command': ['true']}]", NULL, NULL},
    {"no containers", "", "containers", NULL},
    {"containers of the wrong type", "'containers': 3", "expected array", NULL},
    {"bad name", "'containers': [{'name': 'a/b'}]", "containers[0]: name", NULL},
    {"command not strings", "'containers': [{'name': 'c', 'command': [1]}]",
     "command[0]", NULL},
    {"bad quantity",
     "'containers': [{'name': 'c', 'resources': {'requests': {'cpu': 'x'}}}]", "cpu",
     NULL},
    {"negative quantity",
     "'containers': [{'name': 'c', 'resources': {'requests': {'cpu': '-1'}}}]",
     "negative", NULL},
    {"variable without a name",
     "'containers': [{'name': 'c', 'env': [{'value': 'x'}]}]", "env[0]", NULL},
    {"restart policy", "'restartPolicy': 'Once', 'containers': [{'name': 'c'}]",
     "\"Once\"", NULL},
    {"volumes of all kinds",
     "'volumes': [{'name': 'a', 'hostPath': {'path': '/'}}, {'name': 'b', 'emptyDir':"
     " {}}, {'name': 'c', 'configMap': {'name': 'm'}}, {'name': 'd', 'secret':"
     " {'secretName': 's'}}, {'name': 'e', 'downwardAPI': {}}, {'name': 'f',"
     " 'projected': {}}], 'containers': [{'name': 'c'}]",
     NULL, NULL},
    {"a claim",
     "'volumes': [{'name': 'v', 'persistentVolumeClaim': {'claimName': 'x'}}],"
     " 'containers': [{'name': 'c'}]",
     NULL, "volume \"v\" (persistentVolumeClaim)"},
    {"token volume",
     "'volumes': [{'name': 'kube-api-access-x', 'projected': {}}], 'containers': "
     "[{'name':"
     " 'c', 'volumeMounts': [{'name': 'kube-api-access-x', 'mountPath': '/var/run'}]}]",
     NULL, NULL},
    {"token asked for",
     "'volumes': [{'name': 't', 'projected': {'sources': [{'serviceAccountToken':"
     " {'path': 'token'}}]}}], 'containers': [{'name': 'c'}]",
     NULL, "volume \"t\" (projected serviceAccountToken)"},
    {"huge pages",
     "'volumes': [{'name': 'v', 'emptyDir': {'medium': 'HugePages'}}], 'containers':"
     " [{'name': 'c'}]",
     NULL, "medium HugePages"},
    {"mounts to the machine",
     "'volumes': [{'name': 'v', 'emptyDir': {}}], 'containers': [{'name': 'c',"
     " 'volumeMounts': [{'name': 'v', 'mountPath': '/a', 'mountPropagation':"
     " 'Bidirectional'}]}]",
     NULL, "mountPropagation Bidirectional at /a"},
    {"no such volume",
     "'containers': [{'name': 'c', 'volumeMounts': [{'name': 'v', 'mountPath':"
     " '/a'}]}]",
     "volumeMounts[0]: name \"v\"", NULL},
    {"mounted out of the way",
     "'volumes': [{'name': 'v', 'emptyDir': {}}], 'containers': [{'name': 'c',"
     " 'volumeMounts': [{'name': 'v', 'mountPath': '/a/../b'}]}]",
     "mountPath", NULL},
    {"mounted at the root",
     "'volumes': [{'name': 'v', 'emptyDir': {}}], 'containers': [{'name': 'c',"
     " 'volumeMounts': [{'name': 'v', 'mountPath': '/'}]}]",
     "mountPath", NULL},
    {"subPath out of the volume",
     "'volumes': [{'name': 'v', 'emptyDir': {}}], 'containers': [{'name': 'c',"
     " 'volumeMounts': [{'name': 'v', 'mountPath': '/a', 'subPath': 'x/..'}]}]",
     "subPath \"x/..\"", NULL},
    {"item out of the volume",
     "'volumes': [{'name': 'v', 'configMap': {'name': 'm', 'items': [{'key': 'k',"
     " 'path': '../k'}]}}], 'containers': [{'name': 'c'}]",
     "volumes[0]: items[0]: path", NULL},
    {"item in the node's own place",
     "'volumes': [{'name': 'v', 'configMap': {'name': 'm', 'items': [{'key': 'k',"
     " 'path': './..data'}]}}], 'containers': [{'name': 'c'}]",
     "volumes[0]: items[0]: path \"..data\"", NULL},
    {"host path not absolute",
     "'volumes': [{'name': 'v', 'hostPath': {'path': 'x'}}], 'containers': [{'name':"
     " 'c'}]",
     "volumes[0]: path \"x\"", NULL},
    {"variables from elsewhere",
     "'containers': [{'name': 'c', 'env': [{'name': 'A', 'valueFrom': {'secretKeyRef':"
     " {'name': 's', 'key': 'k'}}}], 'envFrom': [{'configMapRef': {'name': 'm'}}]}]",
     NULL, NULL},
    {"variable from a file",
     "'containers': [{'name': 'c', 'env': [{'name': 'A', 'valueFrom': {'fileKeyRef':"
     " {}}}]}]",
     NULL, "env A from fileKeyRef"},
    {"envFrom nothing", "'containers': [{'name': 'c', 'envFrom': [{}]}]", "envFrom[0]",
     NULL},
    {"probes",
     "'containers': [{'name': 'c', 'readinessProbe': {'exec': {'command': ['true']}},"
     " 'livenessProbe': {'httpGet': {'port': 80}},"
     " 'startupProbe': {'tcpSocket': {'port': 'x'}}}]",
     NULL, NULL},
    {"probe without a command",
     "'containers': [{'name': 'c', 'readinessProbe': {'exec': {}}}]",
     "c: readinessProbe: exec.command: must be", NULL},
    {"probe by grpc",
     "'containers': [{'name': 'c', 'livenessProbe': {'grpc': {'port': 1}}}]", NULL,
     "livenessProbe by grpc of container \"c\""},
    {"sidecar",
     "'initContainers': [{'name': 's', 'restartPolicy': 'Always'}], 'containers':"
     " [{'name': 'c'}]",
     NULL, NULL},
    {"a policy of one container",
     "'containers': [{'name': 'c', 'restartPolicy': 'Never'}]", NULL,
     "restartPolicy of container"},
    {"hooks that are programs",
     "'containers': [{'name': 'c', 'lifecycle': {'preStop': {'exec': {'command':"
     " ['x']}}, 'postStart': {'sleep': {'seconds': 1}}}}]",
     NULL, NULL},
    {"hooks that are connections",
     "'containers': [{'name': 'c', 'lifecycle': {'preStop': {'tcpSocket': {'port':"
     " 80}}}}]",
     NULL, "lifecycle.preStop.tcpSocket of container \"c\""},
    {"a signal of its own",
     "'containers': [{'name': 'c', 'lifecycle': {'stopSignal': 'SIGUSR1'}}]", NULL,
     "lifecycle.stopSignal"},
    {"a hook's command is no list",
     "'containers': [{'name': 'c', 'lifecycle': {'preStop': {'exec': {'command':"
     " 'x'}}}}]",
     "lifecycle.preStop.exec: command", NULL},
};

/* Of each kind, given and by default. */
START_TEST(test_probes)
{
    struct pod_spec *spec = parse(
        "'containers': [{'name': 'c', 'ports': [{'name': 'web', 'containerPort':"
        " 8080}], 'readinessProbe': {'httpGet': {'port': 'web', 'scheme': 'HTTPS',"
        " 'host': '127.0.0.1', 'httpHeaders': [{'name': 'A', 'value': 'b'}]},"
        " 'initialDelaySeconds': 1, 'periodSeconds': 2, 'timeoutSeconds': 3,"
        " 'successThreshold': 4, 'failureThreshold': 5}, 'livenessProbe':"
        " {'exec': {'command': ['a', 'b']}, 'terminationGracePeriodSeconds': 6},"
        " 'startupProbe': {'tcpSocket': {'port': 'none'}}}]");
    const struct probe_spec *p = spec->mains[0].probes;

    ck_assert_int_eq(p[PROBE_READINESS].action, PROBE_HTTP);
    ck_assert_int_eq(p[PROBE_READINESS].port, 8080);
    ck_assert(p[PROBE_READINESS].https);
    ck_assert_str_eq(p[PROBE_READINESS].path, "/");
    ck_assert_str_eq(p[PROBE_READINESS].host, "127.0.0.1");
    ck_assert_str_eq(p[PROBE_READINESS].headers[0], "A: b");
    ck_assert_int_eq(p[PROBE_READINESS].initial_delay_sec, 1);
    ck_assert_int_eq(p[PROBE_READINESS].period_sec, 2);
    ck_assert_int_eq(p[PROBE_READINESS].timeout_sec, 3);
    ck_assert_int_eq(p[PROBE_READINESS].successes, 4);
    ck_assert_int_eq(p[PROBE_READINESS].failures, 5);
    ck_assert_int_eq(p[PROBE_LIVENESS].action, PROBE_EXEC);
    ck_assert_str_eq(p[PROBE_LIVENESS].command[1], "b");
    ck_assert_int_eq(p[PROBE_LIVENESS].grace_sec, 6);
    ck_assert_int_eq(p[PROBE_STARTUP].action, PROBE_TCP);
    ck_assert_int_eq(p[PROBE_STARTUP].port, 0);
    ck_assert_ptr_null(p[PROBE_STARTUP].host);
    ck_assert_int_eq(p[PROBE_STARTUP].initial_delay_sec, 0);
    ck_assert_int_eq(p[PROBE_STARTUP].period_sec, 10);
    ck_assert_int_eq(p[PROBE_STARTUP].timeout_sec, 1);
    ck_assert_int_eq(p[PROBE_STARTUP].successes, 1);
    ck_assert_int_eq(p[PROBE_STARTUP].failures, 3);
    ck_assert_int_eq(p[PROBE_STARTUP].grace_sec, -1);
    podspec_free(spec);
}
END_TEST

/* What no port can be is none, whoever wrote it. */
START_TEST(test_bad_port)
{
    static const char *const ports[] = {"0", "-1", "65536", "4294967376", "'web'"};
    AUTO_FREE char *text = xasprintf("'containers': [{'name': 'c', 'ports': [{'name': "
                                     "'web', 'containerPort': 70000}],"
                                     " 'livenessProbe': {'tcpSocket': {'port': %s}}}]",
                                     ports[_i]);
    struct pod_spec *spec = parse(text);

    ck_assert_int_eq(spec->mains[0].probes[PROBE_LIVENESS].port, 0);
    podspec_free(spec);
}
END_TEST

START_TEST(test_read)
{
    struct pod_spec *spec = parse(cases[_i].spec);
    const char *name = cases[_i].name;

    if (cases[_i].invalid)
        ck_assert_msg(spec->invalid && strstr(spec->invalid, cases[_i].invalid),
                      "%s: %s", name, spec->invalid ? spec->invalid : "valid");
    else
        ck_assert_msg(!spec->invalid, "%s: %s", name, spec->invalid);
    if (cases[_i].needs)
        ck_assert_msg(spec->needs && strstr(spec->needs, cases[_i].needs), "%s: %s",
                      name, spec->needs ? spec->needs : "nothing");
    else
        ck_assert_msg(!spec->needs, "%s: %s", name, spec->needs);
    podspec_free(spec);
}
END_TEST

START_TEST(test_requests)
{
    struct pod_spec *spec = parse(
        "'overhead': {'cpu': '100m'}, 'initContainers': [{'name': 'i', 'resources':"
        " {'requests': {'cpu': '8', 'memory': '1Gi'}}}], 'containers': [{'name': 'a',"
        " 'resources': {'requests': {'cpu': '2', 'memory': '1Gi'}, 'limits':"
        " {'nvidia.com/gpu': '2'}}}, {'name': 'b', 'resources': {'requests': {'cpu':"
        " '500m', 'memory': '2Gi'}}}]");

    ck_assert_ptr_null(spec->invalid);
    ck_assert_int_eq(amounts_get(&spec->requests, "cpu"), 8100);
    ck_assert_int_eq(amounts_get(&spec->requests, "memory"), INT64_C(3) << 30);
    ck_assert_int_eq(amounts_get(&spec->requests, "nvidia.com/gpu"), 2);
    ck_assert_int_eq(amounts_get(&spec->requests, "pods"), 1);
    ck_assert_str_eq(spec->qos_class, "Burstable");
    ck_assert_int_eq(spec->grace_sec, 30);
    podspec_free(spec);
}
END_TEST

/* Sidecars count beside the containers, and beside init containers after them. */
START_TEST(test_sidecar_requests)
{
    struct pod_spec *spec = parse(
        "'initContainers': [{'name': 'i', 'resources': {'requests': {'cpu': '4'}}},"
        " {'name': 's', 'restartPolicy': 'Always', 'resources': {'requests': {'cpu':"
        " '1'}}}, {'name': 'j', 'resources': {'requests': {'cpu': '5'}}}],"
        " 'containers': [{'name': 'c', 'resources': {'requests': {'cpu': '2'}}}]");

    ck_assert_int_eq(amounts_get(&spec->requests, "cpu"), 6000);
    podspec_free(spec);
}
END_TEST

START_TEST(test_lacking)
{
    struct amounts total = {0}, used = {0}, need = {0};

    amounts_set(&total, "cpu", 4000);
    amounts_set(&used, "cpu", 3000);
    amounts_set(&need, "cpu", 1000);
    amounts_set(&need, "gpu", 0);
    ck_assert_ptr_null(amounts_lacking(&total, &used, &need));
    amounts_set(&need, "gpu", 1);
    ck_assert_str_eq(amounts_lacking(&total, &used, &need), "gpu");
    amounts_add(&used, &need);
    ck_assert_str_eq(amounts_lacking(&total, &used, &need), "cpu");
    amounts_sub(&used, &need);
    ck_assert_int_eq(amounts_get(&used, "cpu"), 3000);
    amounts_set(&need, "cpu", INT64_MAX);
    amounts_add(&used, &need);
    ck_assert_int_eq(amounts_get(&used, "cpu"), INT64_MAX);
    amounts_fini(&total);
    amounts_fini(&used);
    amounts_fini(&need);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/podspec", (struct suite_row[]){
                                                  {test_read, ARRAY_LEN(cases)},
                                                  {test_probes, 1},
                                                  {test_bad_port, 5},
                                                  {test_requests, 1},
                                                  {test_sidecar_requests, 1},
                                                  {test_lacking, 1},
                                                  {NULL, 0},
                                              });
}

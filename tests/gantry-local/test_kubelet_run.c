/* The order in which a pod's containers begin and end. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "tests/support/nodetest.h"
#include "tests/support/suite.h"

#define C(name) "{'name': '" name "', 'image': 'i', 'command': ['x']}"
#define SIDECAR(name) \
    "{'name': '" name "', 'image': 'i', 'command': ['x'], 'restartPolicy': 'Always'}"
#define ONCE "'restartPolicy': 'Never', "

static void delete_pod(struct nodetest *t, const char *options)
{
    ck_assert_int_eq(apitest_request(t->api, "DELETE", NODETEST_PODS "/p", options),
                     200);
    apitest_advance(t->api, 0);
}

/*
 * What happens, step by step: "+p" the pod is made, "x" deleted, "-c" container c ends
 * with 0, "!c" with 1, "ok" and "no" are answers to a hook's request, "5" that many
 * seconds pass; then what the node has done, and
 * what the pod's status says.
 */
static const struct {
    const char *name, *spec;
    const char *steps[6];
    const char *history, *expect; /* NULL: the pod is gone */
} lives[] = {
    {"init containers in order",
     ONCE "'initContainers': [" C("i") ", " C("j") "], 'containers': [" C("c") "]",
     {"-i", "-j", "-c"},
     "+i -i +j -j +c -c ",
     "status.phase=Succeeded"},
    {"an init container fails",
     ONCE "'initContainers': [" C("i") ", " C("j") "], 'containers': [" C("c") "]",
     {"!i"},
     "+i -i ",
     "status.phase=Failed|status.conditions.0.status=False"},
    {"an init container is tried again",
     "'restartPolicy': 'OnFailure', 'initContainers': [" C("i") "], 'containers':"
                                                                " [" C("c") "]",
     {"!i", "1", "-i"},
     "+i -i +i -i +c ",
     "status.initContainerStatuses.0.restartCount=1"},
    {"a sidecar stays beside the others",
     ONCE
     "'initContainers': [" SIDECAR("s") ", " C("i") "], 'containers': [" C("c") "]",
     {"-i"},
     "+s +i -i +c ",
     "status.phase=Running|status.conditions.0.status=True|"
     "status.initContainerStatuses.0.ready=true|"
     "status.initContainerStatuses.0.started=true"},
    {"a sidecar ends after the last other",
     ONCE "'initContainers': [" SIDECAR("s") "], 'containers': [" C("c") "]",
     {"-c"},
     "+s +c -c s!15 ",
     "status.phase=Running"},
    {"how it ends is no failure",
     ONCE "'initContainers': [" SIDECAR("s") "], 'containers': [" C("c") "]",
     {"-c", "!s"},
     "+s +c -c s!15 -s ",
     "status.phase=Succeeded"},
    {"a slow one is killed",
     ONCE "'terminationGracePeriodSeconds': 5, 'initContainers': [" SIDECAR(
         "s") "], 'containers': [" C("c") "]",
     {"!c", "5"},
     "+s +c -c s!15 s!9 ",
     "status.phase=Running"},
    {"a sidecar is started again, whatever the policy",
     ONCE "'initContainers': [" SIDECAR("s") "], 'containers': [" C("c") "]",
     {"-s", "1"},
     "+s +c -s +s ",
     "status.initContainerStatuses.0.restartCount=1"},
    {"an init container's failure ends sidecars",
     ONCE
     "'initContainers': [" SIDECAR("s") ", " C("i") "], 'containers': [" C("c") "]",
     {"!i", "-s"},
     "+s +i -i s!15 -s ",
     "status.phase=Failed"},
    {"deleted: sidecars last, the latest first",
     "'initContainers': [" SIDECAR("s") ", " SIDECAR("r") "], 'containers':"
                                                          " [" C("c") "]",
     {"x", "-c", "-r", "-s"},
     "+s +r +c c!15 -c r!15 -r s!15 -s ",
     NULL},
    {"preStop, then SIGTERM",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'preStop': {'exec': {'command': ['bye']}}}}]",
     {"x", "-bye", "-c"},
     "+c +c:bye -bye c!15 -c ",
     NULL},
    {"preStop that fails",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'preStop': {'exec': {'command': ['bye']}}}}]",
     {"x", "!bye"},
     "+c +c:bye -bye c!15 ",
     "status.phase=Running"},
    {"preStop within the grace period",
     "'terminationGracePeriodSeconds': 5, 'containers': [{'name': 'c', 'image': 'i',"
     " 'command': ['x'], 'lifecycle': {'preStop': {'exec': {'command': ['bye']}}}}]",
     {"x", "5"},
     "+c +c:bye c!9 ",
     "status.phase=Running"},
    {"preStop sleeps",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'preStop': {'sleep': {'seconds': 3}}}}]",
     {"x", "2", "1"},
     "+c c!15 ",
     "status.phase=Running"},
    {"no preStop for a container that ends itself",
     ONCE "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
          " {'preStop': {'exec': {'command': ['bye']}}}}]",
     {"-c"},
     "+c -c ",
     "status.phase=Succeeded"},
    {"preStop by a request",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'preStop': {'httpGet': {'port': 80, 'path': '/bye'}}}}]",
     {"x", "ok", "-c"},
     "+c +c/bye c!15 -c ",
     NULL},
    {"preStop by a request that fails",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'preStop': {'httpGet': {'port': 80, 'path': '/bye'}}}}]",
     {"x", "no"},
     "+c +c/bye c!15 ",
     "status.phase=Running"},
    {"preStop by a request without an answer",
     "'terminationGracePeriodSeconds': 5, 'containers': [{'name': 'c', 'image': 'i',"
     " 'command': ['x'], 'lifecycle': {'preStop': {'httpGet': {'port': 80, 'path':"
     " '/bye'}}}}]",
     {"x", "5", "-c"},
     "+c +c/bye c!9 -c ",
     NULL},
    {"postStart by a request",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'postStart': {'httpGet': {'port': 80, 'path': '/hi'}}}}]",
     {"ok"},
     "+c +c/hi ",
     "status.phase=Running"},
    {"postStart by a request that fails ends the container",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'postStart': {'httpGet': {'port': 80, 'path': '/hi'}}}}]",
     {"no", "!c", "1", "ok"},
     "+c +c/hi c!9 -c +c +c/hi ",
     "status.phase=Running|status.containerStatuses.0.restartCount=1"},
    {"a container that ends before its postStart is answered",
     ONCE "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
          " {'postStart': {'httpGet': {'port': 80, 'path': '/hi'}}}}]",
     {"-c"},
     "+c +c/hi -c ",
     "status.phase=Succeeded"},
    {"postStart",
     "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
     " {'postStart': {'exec': {'command': ['hello']}}}}]",
     {"-hello"},
     "+c +c:hello -hello ",
     "status.phase=Running"},
    {"postStart that fails ends the container",
     ONCE "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'lifecycle':"
          " {'postStart': {'exec': {'command': ['hello']}}}}]",
     {"!hello", "!c"},
     "+c +c:hello -hello c!9 -c ",
     "status.phase=Failed"},
};

static void step(struct nodetest *t, const char *s)
{
    switch (*s) {
    case 'o':
        nodetest_answer(t, PROBER_WELL);
        break;
    case 'n':
        nodetest_answer(t, PROBER_FAILED);
        break;
    case 'x':
        delete_pod(t, NULL);
        break;
    case '-':
        nodetest_end(t, "p", s + 1, 0);
        break;
    case '!':
        nodetest_end(t, "p", s + 1, 1);
        break;
    default:
        apitest_advance(t->api, atoi(s));
    }
}

START_TEST(test_life)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p", lives[_i].spec);
    for (size_t i = 0; i < ARRAY_LEN(lives[_i].steps) && lives[_i].steps[i]; i++)
        step(&t, lives[_i].steps[i]);
    ck_assert_msg(strcmp(t.history.s, lives[_i].history) == 0, "%s: %s", lives[_i].name,
                  t.history.s);
    if (lives[_i].expect)
        nodetest_expect(&t, "p", lives[_i].expect);
    else
        ck_assert_msg(apitest_request(t.api, "GET", NODETEST_PODS "/p", NULL) == 404,
                      "%s: it is there", lives[_i].name);
    nodetest_fini(&t);
}
END_TEST

/* Within a kubelet's time; only pods whose volumes have limits are looked at. */
START_TEST(test_evicted)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p",
                 ONCE "'volumes': [{'name': 'v', 'emptyDir': {'sizeLimit': '1Mi'}}],"
                      " 'containers': [" C("c") "]");
    nodetest_pod(
        &t, "q",
        ONCE "'volumes': [{'name': 'v', 'emptyDir': {}}], 'containers': [" C("d") "]");
    apitest_advance(t.api, 25);
    ck_assert_str_eq(t.history.s, "+c +d ");
    t.is_past_limit = true;
    apitest_advance(t.api, 11);
    ck_assert_str_eq(t.history.s, "+c +d c!9 ");
    nodetest_end(&t, "p", "c", 137);
    nodetest_expect(&t, "p",
                    "status.phase=Failed|status.reason=Evicted|status.message~past its"
                    " limit");
    nodetest_fini(&t);
}
END_TEST

/* Past its memory: as a kubelet tells it, and the restart policy decides. */
START_TEST(test_over_memory)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p", "'containers': [" C("c") "]");
    t.over_memory = true;
    nodetest_end(&t, "p", "c", 137);
    nodetest_expect(&t, "p",
                    "status.containerStatuses.0.lastState.terminated.reason=OOMKilled|"
                    "status.containerStatuses.0.lastState.terminated.exitCode=137|"
                    "status.containerStatuses.0.restartCount=1");
    nodetest_fini(&t);
}
END_TEST

/* Indices of one's own, and none where none were asked for. */
START_TEST(test_gpus)
{
    struct nodetest t;
    char *const *envp;

    nodetest_init(&t);
    nodetest_pod(&t, "p",
                 "'containers': [{'name': 'a', 'image': 'i', 'resources': {'limits':"
                 " {'nvidia.com/gpu': '2'}}}, {'name': 'b', 'image': 'i', 'resources':"
                 " {'limits': {'nvidia.com/gpu': '1'}}}, {'name': 'c', 'image': 'i',"
                 " 'env': [{'name': 'NVIDIA_VISIBLE_DEVICES', 'value': 'all'}]}]");
    envp = nodetest_run(&t, "p", "a")->envp;
    ck_assert_str_eq(env_get(envp, "CUDA_VISIBLE_DEVICES"), "0,1");
    ck_assert_str_eq(env_get(envp, "NVIDIA_VISIBLE_DEVICES"), "0,1");
    envp = nodetest_run(&t, "p", "b")->envp;
    ck_assert_str_eq(env_get(envp, "CUDA_VISIBLE_DEVICES"), "2");
    envp = nodetest_run(&t, "p", "c")->envp;
    ck_assert_str_eq(env_get(envp, "CUDA_VISIBLE_DEVICES"), "");
    ck_assert_str_eq(env_get(envp, "NVIDIA_VISIBLE_DEVICES"), "void");
    nodetest_pod(&t, "q",
                 "'containers': [{'name': 'a', 'image': 'i', 'resources': {'limits':"
                 " {'nvidia.com/gpu': '1'}}}]");
    envp = nodetest_run(&t, "q", "a")->envp;
    ck_assert_str_eq(env_get(envp, "CUDA_VISIBLE_DEVICES"), "3");
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet_run", (struct suite_row[]){
                                                      {test_life, ARRAY_LEN(lives)},
                                                      {test_evicted, 1},
                                                      {test_over_memory, 1},
                                                      {test_gpus, 1},
                                                      {NULL, 0},
                                                  });
}

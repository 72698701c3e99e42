#include "crds/convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

#define TEXT_MAX_LEN 4096

static struct json *parse(const char *name, const char *text)
{
    struct err err = ERR_INIT;
    struct json *ret = yaml_parse_one(text, strlen(text), name, &err);
    ck_assert_msg(ret != NULL, "%s: %s", name, err.msg);
    return ret;
}

/* ---- what a pod uses ---- */

#define C(name, requests) "{name: " name ", resources: {requests: {" requests "}}}"
#define SIDECAR(name, requests) \
    "{name: " name ", restartPolicy: Always, resources: {requests: {" requests "}}}"

static const struct {
    const char *name, *pod;
    const char *use; /* or the error */
} uses[] = {
    {"nothing", "spec: {containers: [{name: a}]}", "pods=1"},
    {"no spec", "{}", "pods=1"},
    {"a sum",
     "spec: {containers: [" C("a", "cpu: 1, memory: 1k") ", " C("b", "cpu: 500m") "]}",
     "cpu=1500 memory=1000 pods=1"},
    {"init containers go one by one",
     "spec: {initContainers: [" C("i", "cpu: 3") ", " C(
         "j", "cpu: 2") "], containers: [" C("a", "cpu: 1") "]}",
     "cpu=3000 pods=1"},
    {"sidecars stay",
     "spec: {initContainers: [" SIDECAR("s", "cpu: 1") ", " C(
         "i", "cpu: 3") "], containers: [" C("a", "cpu: 1") "]}",
     "cpu=4000 pods=1"},
    {"a sidecar after the peak",
     "spec: {initContainers: [" C("i", "cpu: 3") ", " SIDECAR(
         "s", "cpu: 3") "], containers: [" C("a", "cpu: 1") "]}",
     "cpu=4000 pods=1"},
    {"a pod's own request",
     "spec: {resources: {requests: {cpu: 4}}, containers: [" C(
         "a", "cpu: 1, memory: 5") "]}",
     "cpu=4000 memory=5 pods=1"},
    {"overhead", "spec: {overhead: {cpu: 250m}, containers: [" C("a", "cpu: 1") "]}",
     "cpu=1250 pods=1"},
    {"limits where requests are missing",
     "spec: {containers: [{name: a, resources: {limits: {cpu: 2, memory: 7}, requests: "
     "{cpu: 1}}}]}",
     "cpu=1000 memory=7 pods=1"},
    {"grown by resize, not yet seen in spec",
     "spec: {containers: [" C("a", "cpu: 1") ", " C(
         "b", "cpu: 1") "]}\n"
                        "status: {containerStatuses: [{name: a, resources: {requests: "
                        "{cpu: 3}}, allocatedResources: "
                        "{cpu: 2}}, {name: b, resources: {requests: {cpu: 1}}, "
                        "allocatedResources: {cpu: 1}}]}",
     "cpu=4000 pods=1"},
    {"sums first, then the largest",
     "spec: {containers: [" C("a", "cpu: 3") ", " C(
         "b", "cpu: 1") "]}\n"
                        "status: {containerStatuses: [{name: a, resources: {requests: "
                        "{cpu: 1}}}, "
                        "{name: b, resources: {requests: {cpu: 3}}}]}",
     "cpu=4000 pods=1"},
    {"a resize that cannot be",
     "spec: {containers: [" C(
         "a", "cpu: 8") "]}\n"
                        "status: {conditions: [{type: PodResizePending, reason: "
                        "Infeasible}], containerStatuses: "
                        "[{name: a, resources: {requests: {cpu: 2}}, "
                        "allocatedResources: {cpu: 2}}]}",
     "cpu=2000 pods=1"},
    {"pod-level accounts replace the sums",
     "spec: {resources: {requests: {cpu: 2}}, containers: [{name: a}]}\n"
     "status: {resources: {requests: {cpu: 5}}, allocatedResources: {cpu: 4}}",
     "cpu=5000 pods=1"},
    {"devices", "spec: {containers: [" C("a", "nvidia.com/gpu: 8") "]}",
     "pods=1 nvidia.com/gpu=8"},
    {"past all machines", "spec: {containers: [" C("a", "memory: 8Ei") "]}",
     "container a: resources.requests.memory: quantity \"8Ei\" is too large"},
    {"no quantity", "spec: {containers: [" C("a", "cpu: x") "]}",
     "container a: resources.requests.cpu: "},
    {"containers of another type", "spec: {containers: x}",
     "containers: expected array"},
};

static void add_use(const struct restable *t, const struct resvec *use, struct str *out)
{
    for (int i = 0; i < t->n; i++)
        if (use->v[i] != 0)
            str_addf(out, "%s%s=%" PRId64, out->len > 0 ? " " : "", t->name[i],
                     use->v[i]);
}

START_TEST(test_use)
{
    struct restable resources;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_LEN);
    restable_init(&resources);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    JSON_AUTO struct json *object = parse(uses[_i].name, uses[_i].pod);
    struct pod *pod = convert_pod(&c, object, &err);
    if (pod)
        add_use(&resources, &pod->use, &text);
    else
        str_add(&text, err.msg);
    ck_assert_msg(pod ? strcmp(text.s, uses[_i].use) == 0
                      : str_starts(text.s, uses[_i].use),
                  "%s:\n got %s\nwant %s", uses[_i].name, text.s, uses[_i].use);
    pod_free(pod);
}
END_TEST

/* ---- how a pod goes ---- */

static const struct {
    const char *name, *pod;
    const char *state;
} states[] = {
    {"unbound", "{spec: {}}", "exit -1:-1"},
    {"sent signals",
     "{metadata: {annotations: {gantry.dev/signals: USR1 All a}}, spec: {}}",
     "sent USR1 All a exit -1:-1"},
    {"running",
     "{spec: {nodeName: n1}, status: {phase: Running, startTime: "
     "'2026-11-24T19:06:11Z'}}",
     "on n1 running exit -1:-1 started 1795547171"},
    {"succeeded",
     "{spec: {containers: [{name: a}]}, status: {phase: Succeeded, containerStatuses: "
     "[{name: a, "
     "state: {terminated: {exitCode: 0, finishedAt: '2026-11-24T19:06:12Z'}}}]}}",
     "terminal succeeded exit 0:0 finished 1795547172"},
    {"failed by a signal",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, reason: Evicted, "
     "message: m, "
     "containerStatuses: [{name: a, state: {terminated: {exitCode: 137, signal: "
     "9}}}]}}",
     "terminal lost exit 137:9 because Evicted: m"},
    {"ended by a condition of disruption",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, conditions: [{type: "
     "Ready, status: 'True'}, {type: DisruptionTarget, status: 'True'}]}}",
     "terminal lost exit -1:-1"},
    {"whose node goes down in good order",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, reason: Terminated, "
     "message: m, startTime: '2026-11-24T19:06:11Z'}}",
     "terminal lost shut-down exit -1:-1 because Terminated: m started 1795547171"},
    {"deleted before it had begun",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, reason: Terminated, "
     "message: m}}",
     "terminal lost exit -1:-1 because Terminated: m"},
    {"not disrupted after all",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, conditions: [{type: "
     "DisruptionTarget, status: 'False'}]}}",
     "terminal exit -1:-1"},
    {"succeeded on a node that restarts",
     "{spec: {containers: [{name: a}]}, status: {phase: Succeeded, reason: Terminated, "
     "message: m}}",
     "terminal succeeded exit -1:-1 because Terminated: m"},
    {"over its own deadline",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, reason: "
     "DeadlineExceeded, message: m, containerStatuses: [{name: a, state: {terminated: "
     "{exitCode: 143, signal: 15}}}]}}",
     "terminal exit 143:15 because DeadlineExceeded: m"},
    {"by a signal that gantry-launch tells of",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, containerStatuses: "
     "[{name: a, state: {terminated: {exitCode: 137, message: signal 9}}}]}}",
     "terminal exit 137:9"},
    {"with a message of its own",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, containerStatuses: "
     "[{name: a, state: {terminated: {exitCode: 137, message: signal 11}}}]}}",
     "terminal exit 137:0"},
    {"could not be started",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, containerStatuses: "
     "[{name: a, state: {terminated: {exitCode: 128, reason: StartError, message: "
     "\"run x: no such file\\nand more\"}}}]}}",
     "terminal exit 128:0 (StartError: run x: no such file)"},
    {"out of memory",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, containerStatuses: "
     "[{name: a, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}}",
     "terminal out-of-memory exit 137:0 (OOMKilled)"},
    {"for no other reason",
     "{spec: {containers: [{name: a}]}, status: {phase: Failed, containerStatuses: "
     "[{name: a, state: {terminated: {exitCode: 1, reason: Error, message: last "
     "words}}}]}}",
     "terminal exit 1:0"},
    {"the named container's exit counts",
     "{metadata: {annotations: {kubectl.kubernetes.io/default-container: b}}, spec: "
     "{containers: "
     "[{name: a}, {name: b}]}, status: {phase: Failed, containerStatuses: [{name: a, "
     "state: "
     "{terminated: {exitCode: 1, finishedAt: '2026-11-24T19:06:13Z'}}}, {name: b, "
     "state: {terminated: "
     "{exitCode: 2, finishedAt: '2026-11-24T19:06:12Z'}}}]}}",
     "terminal exit 2:0 finished 1795547173"},
    {"ours",
     "{metadata: {labels: {gantry.dev/job-uid: u, gantry.dev/job-id: '42', "
     "gantry.dev/attempt: '3', "
     "gantry.dev/rank: '7'}, finalizers: [x, gantry.dev/accounted]}}",
     "accounted job u 42.3.7 exit -1:-1"},
    {"labels that we did not write",
     "{metadata: {labels: {gantry.dev/job-uid: u, gantry.dev/job-id: '-4', "
     "gantry.dev/attempt: 3x}}}",
     "job u 0.0.0 exit -1:-1"},
    {"with volumes of claims",
     "{metadata: {name: p}, spec: {volumes: [{name: a, persistentVolumeClaim: "
     "{claimName: c}}, {name: b, ephemeral: {}}, {name: e, emptyDir: {}}]}}",
     "claim c claim p-b exit -1:-1"},
    {"with a gate", "{spec: {schedulingGates: [{name: example.com/g}]}}",
     "gated exit -1:-1"},
    {"whose gates are gone", "{spec: {schedulingGates: []}}", "exit -1:-1"},
    {"deleting", "{metadata: {deletionTimestamp: '2026-11-24T19:06:12Z'}}",
     "deleting exit -1:-1"},
};

static void describe(const struct pod *pod, struct str *out)
{
    const struct {
        bool is;
        const char *word;
    } flags[] = {{pod->running, "running "},
                 {pod->terminal, "terminal "},
                 {pod->succeeded, "succeeded "},
                 {pod->lost, "lost "},
                 {pod->shut_down, "shut-down "},
                 {pod->deleting, "deleting "},
                 {pod->accounted, "accounted "},
                 {pod->gated, "gated "},
                 {pod->out_of_memory, "out-of-memory "}};
    for (size_t i = 0; i < pod->n_claims; i++)
        str_addf(out, "claim %s ", pod->claims[i]);
    if (pod->node)
        str_addf(out, "on %s ", pod->node);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        str_add(out, flags[i].is ? flags[i].word : "");
    if (pod->job_uid)
        str_addf(out, "job %s %" PRId64 ".%" PRId64 ".%" PRId64 " ", pod->job_uid,
                 pod->job_id, pod->attempt, pod->rank);
    if (pod->signals)
        str_addf(out, "sent %s ", pod->signals);
    str_addf(out, "exit %d:%d", pod->exit_code, pod->exit_signal);
    if (pod->exit_reason)
        str_addf(out, " (%s)", pod->exit_reason);
    if (pod->reason)
        str_addf(out, " because %s: %s", pod->reason, pod->message);
    if (pod->started_sec != TIME_UNSET)
        str_addf(out, " started %" PRId64, pod->started_sec);
    if (pod->finished_sec != TIME_UNSET)
        str_addf(out, " finished %" PRId64, pod->finished_sec);
}

START_TEST(test_state)
{
    struct restable resources;
    STR_AUTO struct str text;
    str_init(&text, TEXT_MAX_LEN);
    restable_init(&resources);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    JSON_AUTO struct json *object = parse(states[_i].name, states[_i].pod);
    struct pod *pod = convert_pod(&c, object, NULL);
    ck_assert_ptr_nonnull(pod);
    describe(pod, &text);
    ck_assert_msg(strcmp(text.s, states[_i].state) == 0, "%s:\n got %s\nwant %s",
                  states[_i].name, text.s, states[_i].state);
    pod_free(pod);
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_pod", (struct suite_row[]){
                                              {test_use, ARRAY_LEN(uses)},
                                              {test_state, ARRAY_LEN(states)},
                                              {NULL, 0},
                                          });
}

/* When probes are asked and what comes of the answers, in virtual time; the answers are
 * the test's. */
#include "cmd/gantry-local/kubelet.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"

/*
 * A prober that answers from a script, one letter an answer: '.' well, 'x' failed, '!'
 * cannot be asked, '-' says nothing until the probe's timeout, which is a failure. The
 * last letter stands for all that follow. Every ask is noted as "<second>" by the clock
 * of the test.
 */
struct script {
    struct prober prober;
    struct loop *loop;
    const char *answers[PROBE_TYPES];
    struct str asked[PROBE_TYPES];
    int64_t start_ms;
    size_t open; /* calls that have not ended */
};

struct script_call {
    struct prober_call base;
    struct loop_timer *timer;
    enum prober_answer answer;
    prober_done_fn *done;
    void *arg;
};

/* Probes tell each other apart by their port. */
static enum probe_type type_of(const struct prober_ask *ask)
{
    return (enum probe_type)(ask->probe->port - 1);
}

static void call_free(struct script_call *c)
{
    ((struct script *)c->base.prober)->open--;
    loop_timer_free(c->timer);
    free(c);
}

static void call_due(void *arg)
{
    struct script_call *c = arg;
    prober_done_fn *done = c->done;
    void *done_arg = c->arg;
    const enum prober_answer answer = c->answer;

    call_free(c);
    done(done_arg, answer, answer == PROBER_WELL ? "" : "said the test");
}

static struct prober_call *script_start(struct prober *p, const struct prober_ask *ask,
                                        prober_done_fn *done, void *arg)
{
    struct script *s = (struct script *)p;
    const enum probe_type type = type_of(ask);
    const char **answers = &s->answers[type];
    struct script_call *c = xcalloc(1, sizeof(*c));
    const char letter = **answers;

    ck_assert(ask->run != NULL);
    ck_assert(str_starts(ask->pod_ip, "127."));
    if ((*answers)[1])
        (*answers)++;
    str_addf(&s->asked[type], "%s%lld", s->asked[type].len ? " " : "",
             (long long)(loop_mono_ms(s->loop) - s->start_ms) / 1000);
    c->base.prober = p;
    c->answer = letter == '.'   ? PROBER_WELL
                : letter == '!' ? PROBER_ERROR
                                : PROBER_FAILED;
    c->done = done;
    c->arg = arg;
    c->timer = loop_timer_new(s->loop, call_due, c);
    loop_timer_start(c->timer, letter == '-' ? ask->probe->timeout_sec * 1000 : 0);
    s->open++;
    return &c->base;
}

static void script_cancel(struct prober_call *call)
{
    call_free((struct script_call *)call);
}

static const struct prober_ops script_ops = {script_start, script_cancel, NULL};

/* ---- the rig ---- */

struct rig {
    struct apitest *t;
    struct script script;
    struct transport *transport;
    struct kc_client *client;
    struct executor *executor;
    struct kubelet *kubelet;
};

static void rig_init(struct rig *r)
{
    struct kubelet_options o = {
        .name_prefix = "n",
        .cpu_milli = 4000,
        .mem_bytes = INT64_C(8) << 30,
        .gpu_resource = "nvidia.com/gpu",
        .lease_sec = 10,
        .groups = {.items = {{.count = 1}}, .n = 1},
    };
    struct err err = ERR_INIT;
    struct rng rng;

    rng_seed(&rng, 2);
    *r = (struct rig){.t = apitest_new()};
    r->script = (struct script){.prober.ops = &script_ops, .loop = r->t->loop};
    for (size_t i = 0; i < PROBE_TYPES; i++) {
        r->script.answers[i] = ".";
        str_init(&r->script.asked[i], 10000);
    }
    r->transport = direct_new(r->t->loop, r->t->server, "node", true);
    r->client = kc_client_new(r->t->loop, r->transport, &rng);
    r->executor = executor_simulate_new(r->t->loop);
    o.loop = r->t->loop;
    o.client = r->client;
    o.executor = r->executor;
    o.prober = &r->script.prober;
    rng_seed(&o.rng, 1);
    r->kubelet = kubelet_new(&o, &err);
    ck_assert_msg(r->kubelet != NULL, "%s", err.msg);
    apitest_advance(r->t, 1);
}

static void rig_fini(struct rig *r)
{
    kubelet_free(r->kubelet);
    ck_assert_uint_eq(r->script.open, 0);
    kc_client_free(r->client);
    transport_free(r->transport);
    executor_free(r->executor);
    for (size_t i = 0; i < PROBE_TYPES; i++)
        str_fini(&r->script.asked[i]);
    apitest_free(r->t);
}

/* `probes` are members of the container, `fields` of the spec, `notes` annotations. */
static void create(struct rig *r, const char *probes, const char *fields,
                   const char *notes)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': 'p', 'annotations': {%s}}, 'spec': {'nodeName': 'n1'%s,"
        " 'containers': [{'name': 'c', 'image': 'i'%s}]}}",
        notes, fields, probes);

    r->script.start_ms = loop_mono_ms(r->t->loop);
    ck_assert_msg(apitest_request(r->t, "POST", PODS, body) == 201, "%s", r->t->text.s);
    apitest_advance(r->t, 0);
}

static void expect(struct rig *r, const char *what, const char *parts)
{
    apitest_advance(r->t, 0);
    ck_assert_int_eq(apitest_request(r->t, "GET", PODS "/p", NULL), 200);
    apitest_expect(r->t, what, parts);
}

#define STATUS "status.containerStatuses.0."
#define READY STATUS "ready=true|" STATUS "started=true"
#define STARTED STATUS "ready=false|" STATUS "started=true"
#define NOT_STARTED STATUS "ready=false|" STATUS "started=false"

#define STARTUP(more) ", 'startupProbe': {'tcpSocket': {'port': 1}" more "}"
#define READINESS(more) ", 'readinessProbe': {'tcpSocket': {'port': 2}" more "}"
#define LIVENESS(more) ", 'livenessProbe': {'tcpSocket': {'port': 3}" more "}"

/* ---- when it is asked, and what the status says ---- */

static const struct {
    const char *name, *probes;
    const char *answers[PROBE_TYPES];
    int64_t after_sec;
    const char *asked[PROBE_TYPES]; /* NULL: not looked at */
    const char *parts;
} cases[] = {
    {"none", "", {0}, 5, {"", "", ""}, READY},
    {"ready at once",
     READINESS(),
     {[PROBE_READINESS] = "."},
     25,
     {"", "0 10 20", ""},
     READY},
    {"not asked yet",
     READINESS(", 'initialDelaySeconds': 7"),
     {[PROBE_READINESS] = "."},
     6,
     {"", "", ""},
     STARTED},
    {"after its delay",
     READINESS(", 'initialDelaySeconds': 7, 'periodSeconds': 3"),
     {[PROBE_READINESS] = "."},
     11,
     {"", "7 10", ""},
     READY},
    {"success in a row",
     READINESS(", 'periodSeconds': 1, 'successThreshold': 3"),
     {[PROBE_READINESS] = "..x..."},
     4,
     {"", "0 1 2 3 4", ""},
     STARTED},
    {"enough in a row",
     READINESS(", 'periodSeconds': 1, 'successThreshold': 3"),
     {[PROBE_READINESS] = "..x..."},
     5,
     {"", "0 1 2 3 4 5", ""},
     READY},
    {"failure not in a row",
     READINESS(", 'periodSeconds': 1"),
     {[PROBE_READINESS] = ".xx.xx"},
     5,
     {0},
     READY},
    {"not ready any more",
     READINESS(", 'periodSeconds': 1"),
     {[PROBE_READINESS] = ".xx.xxx"},
     6,
     {0},
     STARTED},
    {"an error is a failure",
     READINESS(", 'periodSeconds': 1, 'failureThreshold': 1"),
     {[PROBE_READINESS] = ".!"},
     1,
     {0},
     STARTED},
    {"slower than its period",
     READINESS(", 'periodSeconds': 2, 'timeoutSeconds': 5"),
     {[PROBE_READINESS] = "-"},
     16,
     {"", "0 5 10 15", ""},
     STARTED},
    {"the others wait for the start",
     STARTUP(", 'periodSeconds': 2") READINESS() LIVENESS(),
     {"xx.", ".", "."},
     3,
     {"0 2", "", ""},
     NOT_STARTED},
    {"then they are asked",
     STARTUP(", 'periodSeconds': 2") READINESS() LIVENESS(),
     {"xx.", ".", "."},
     20,
     {"0 2 4", "4 14", "4 14"},
     READY},
    {"started, not ready",
     STARTUP() READINESS(", 'initialDelaySeconds': 9"),
     {".", ".", NULL},
     8,
     {"0", "", ""},
     STARTED},
    {"alive",
     LIVENESS(", 'periodSeconds': 1"),
     {[PROBE_LIVENESS] = "xx.xx."},
     7,
     {0},
     READY "|" STATUS "restartCount=0"},
};

START_TEST(test_asked)
{
    struct rig r;

    rig_init(&r);
    for (size_t i = 0; i < PROBE_TYPES; i++)
        if (cases[_i].answers[i])
            r.script.answers[i] = cases[_i].answers[i];
    create(&r, cases[_i].probes, "", "");
    apitest_advance(r.t, cases[_i].after_sec);
    for (size_t i = 0; i < PROBE_TYPES; i++)
        ck_assert_msg(!cases[_i].asked[i] ||
                          strcmp(r.script.asked[i].s, cases[_i].asked[i]) == 0,
                      "%s: asked at %s", cases[_i].name, r.script.asked[i].s);
    expect(&r, cases[_i].name, cases[_i].parts);
    rig_fini(&r);
}
END_TEST

/* The pod's conditions follow, each with the time of its change. */
START_TEST(test_conditions)
{
    struct rig r;

    rig_init(&r);
    r.script.answers[PROBE_READINESS] = "xx.";
    create(&r, READINESS(), "", "");
    expect(&r, "before",
           "status.phase=Running|status.conditions.1.type=Ready|"
           "status.conditions.1.status=False|status.conditions.1.reason="
           "ContainersNotReady|status.conditions.2.type=ContainersReady|"
           "status.conditions.2.status=False");
    apitest_advance(r.t, 20);
    expect(&r, "after",
           "status.conditions.1.status=True|status.conditions.2.status=True|"
           "status.conditions.1.lastTransitionTime=2027-01-15T08:00:21Z");
    rig_fini(&r);
}
END_TEST

/* What follows a sidecar waits until that has started. */
START_TEST(test_sidecar)
{
    struct rig r;

    rig_init(&r);
    r.script.answers[PROBE_STARTUP] = "x.";
    create(&r, "",
           ", 'initContainers': [{'name': 's', 'image': 'i', 'restartPolicy': "
           "'Always'" STARTUP(", 'periodSeconds': 5") "}]",
           "");
    apitest_advance(r.t, 4);
    expect(&r, "before",
           "status.phase=Pending|status.initContainerStatuses.0.started=false|" STATUS
           "state.waiting.reason=PodInitializing");
    apitest_advance(r.t, 1);
    expect(&r, "after",
           "status.phase=Running|status.initContainerStatuses.0.started=true|" READY);
    rig_fini(&r);
}
END_TEST

/* ---- the end of the unhealthy ---- */

static const struct {
    const char *name, *probes, *fields, *notes;
    const char *answers[PROBE_TYPES];
    int64_t after_sec;
    const char *parts;
} ends[] = {
    {"started again",
     LIVENESS(),
     "",
     "",
     {[PROBE_LIVENESS] = "xxx."},
     21,
     STATUS "restartCount=1|" READY "|" STATUS "lastState.terminated.exitCode=143"},
    {"not before the third",
     LIVENESS(),
     "",
     "",
     {[PROBE_LIVENESS] = "xxx."},
     19,
     STATUS "restartCount=0|" READY},
    {"again and again",
     LIVENESS(", 'periodSeconds': 1, 'failureThreshold': 1"),
     "",
     "",
     {[PROBE_LIVENESS] = "x"},
     5,
     STATUS "restartCount=1|" STATUS "state.waiting.reason=CrashLoopBackOff"},
    {"never again",
     LIVENESS(),
     ", 'restartPolicy': 'Never'",
     "",
     {[PROBE_LIVENESS] = "x"},
     21,
     "status.phase=Failed|" STATUS "restartCount=0|" STATUS
     "state.terminated.exitCode=143"},
    {"never started",
     STARTUP(", 'periodSeconds': 2, 'failureThreshold': 2"),
     "",
     "",
     {"xx."},
     3,
     STATUS "restartCount=1|" READY},
    {"within its own grace",
     LIVENESS(", 'failureThreshold': 1, 'terminationGracePeriodSeconds': 5"),
     "",
     "'gantry.dev/stop-seconds': '1000'",
     {[PROBE_LIVENESS] = "x."},
     4,
     STATUS "restartCount=0"},
    {"past its own grace",
     LIVENESS(", 'failureThreshold': 1, 'terminationGracePeriodSeconds': 5"),
     "",
     "'gantry.dev/stop-seconds': '1000'",
     {[PROBE_LIVENESS] = "x."},
     5,
     STATUS "restartCount=1|" STATUS "lastState.terminated.exitCode=137"},
    {"past the pod's grace",
     LIVENESS(", 'failureThreshold': 1"),
     ", 'terminationGracePeriodSeconds': 8",
     "'gantry.dev/stop-seconds': '1000'",
     {[PROBE_LIVENESS] = "x."},
     8,
     STATUS "restartCount=1|" STATUS "lastState.terminated.exitCode=137"},
};

START_TEST(test_ends)
{
    struct rig r;

    rig_init(&r);
    for (size_t i = 0; i < PROBE_TYPES; i++)
        if (ends[_i].answers[i])
            r.script.answers[i] = ends[_i].answers[i];
    create(&r, ends[_i].probes, ends[_i].fields, ends[_i].notes);
    apitest_advance(r.t, ends[_i].after_sec);
    expect(&r, ends[_i].name, ends[_i].parts);
    rig_fini(&r);
}
END_TEST

/* A pod that is being deleted is asked whether it is ready, and not ended twice. */
START_TEST(test_deleted)
{
    struct rig r;

    rig_init(&r);
    r.script.answers[PROBE_LIVENESS] = ".x";
    create(&r, READINESS(", 'periodSeconds': 1") LIVENESS(", 'periodSeconds': 1"), "",
           "'gantry.dev/stop-seconds': '20'");
    ck_assert_int_eq(apitest_request(r.t, "DELETE", PODS "/p", NULL), 200);
    apitest_advance(r.t, 15);
    ck_assert_str_eq(r.script.asked[PROBE_LIVENESS].s, "0");
    ck_assert(str_ends(r.script.asked[PROBE_READINESS].s, " 14 15"));
    apitest_advance(r.t, 10);
    ck_assert_int_eq(apitest_request(r.t, "GET", PODS "/p", NULL), 404);
    rig_fini(&r);
}
END_TEST

/* The node is gone in the middle of an ask. */
START_TEST(test_dropped)
{
    struct rig r;

    rig_init(&r);
    r.script.answers[PROBE_READINESS] = "-";
    create(&r, READINESS(", 'timeoutSeconds': 5"), "", "");
    apitest_advance(r.t, 2);
    ck_assert_uint_eq(r.script.open, 1);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/probes", (struct suite_row[]){
                                                 {test_asked, ARRAY_LEN(cases)},
                                                 {test_conditions, 1},
                                                 {test_sidecar, 1},
                                                 {test_ends, ARRAY_LEN(ends)},
                                                 {test_deleted, 1},
                                                 {test_dropped, 1},
                                                 {NULL, 0},
                                             });
}

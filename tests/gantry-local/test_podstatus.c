#include "cmd/gantry-local/podstatus.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define NOW_MS INT64_C(1795500000000)

/* Containers by letter: w waiting, b in back-off, r running, 0 ended with 0, 1 ended
 * with 1. */
static void set_states(struct container_state *list, const char *letters)
{
    for (size_t i = 0; letters[i]; i++) {
        struct container_end end = {.exit_code = letters[i] == '0' ? 0 : 1,
                                    .reason = "Error"};

        switch (letters[i]) {
        case 'r':
            container_state_run(&list[i], NOW_MS);
            break;
        case 'b':
            container_state_restart(&list[i], "CrashLoopBackOff", &end);
            break;
        case '0':
        case '1':
            container_state_end(&list[i], &end);
            break;
        default:
            break;
        }
    }
}

static struct pod_spec *make_spec(const char *inits, const char *mains)
{
    JSON_AUTO struct json *object =
        json_build("{'metadata': {'name': 'p', 'namespace': 'd', 'uid': 'u-1'}, 'spec':"
                   " {'initContainers': [], 'containers': []}}");
    const char *const letters[] = {inits, mains};
    const char *const paths[] = {"spec.initContainers", "spec.containers"};

    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; letters[k][i]; i++) {
            AUTO_FREE char *name = xasprintf("c%zu", i);

            json_append(json_at(object, paths[k]),
                        json_build("{'name': %s, 'image': 'img'}", name));
        }
    return podspec_new(object);
}

static const struct {
    const char *name, *inits, *mains;
    bool stopping;
    const char *reason;
    enum pod_phase phase;
    bool initialized, ready;
} cases[] = {
    {"new", "", "w", false, NULL, POD_PENDING, true, false},
    {"init waits", "w", "w", false, NULL, POD_PENDING, false, false},
    {"init runs", "r", "w", false, NULL, POD_PENDING, false, false},
    {"init in back-off", "b", "w", false, NULL, POD_PENDING, false, false},
    {"init failed", "1", "w", false, NULL, POD_FAILED, false, false},
    {"init done", "0", "w", false, NULL, POD_PENDING, true, false},
    {"runs", "0", "r", false, NULL, POD_RUNNING, true, true},
    {"one of two runs", "", "rw", false, NULL, POD_RUNNING, true, false},
    {"back-off", "", "b", false, NULL, POD_RUNNING, true, false},
    {"one ended", "", "r1", false, NULL, POD_RUNNING, true, false},
    {"all well", "", "00", false, NULL, POD_SUCCEEDED, true, false},
    {"one failed", "", "01", false, NULL, POD_FAILED, true, false},
    {"stopping, runs", "", "r", true, NULL, POD_RUNNING, true, true},
    {"stopped well", "", "0", true, NULL, POD_SUCCEEDED, true, false},
    {"stopped in back-off", "", "b", true, NULL, POD_FAILED, true, false},
    {"stopped before", "", "w", true, NULL, POD_FAILED, true, false},
    {"failed but runs", "", "r", true, "DeadlineExceeded", POD_RUNNING, true, true},
    {"failed", "", "0", true, "DeadlineExceeded", POD_FAILED, true, false},
};

START_TEST(test_settle)
{
    struct pod_spec *spec = make_spec(cases[_i].inits, cases[_i].mains);
    struct pod_state state;

    pod_state_init(&state, spec);
    state.start_ms = NOW_MS;
    state.stopping = cases[_i].stopping;
    state.reason = cases[_i].reason;
    set_states(state.inits, cases[_i].inits);
    set_states(state.mains, cases[_i].mains);
    podstatus_settle(spec, &state, NOW_MS);
    ck_assert_msg(state.phase == cases[_i].phase, "%s: phase %d", cases[_i].name,
                  state.phase);
    ck_assert_msg(state.conditions[POD_INITIALIZED].is_true == cases[_i].initialized,
                  "%s: initialized", cases[_i].name);
    ck_assert_msg(state.conditions[POD_READY].is_true == cases[_i].ready, "%s: ready",
                  cases[_i].name);
    pod_state_fini(&state, spec);
    podspec_free(spec);
}
END_TEST

START_TEST(test_condition_times)
{
    struct pod_spec *spec = make_spec("", "w");
    struct pod_state state;

    pod_state_init(&state, spec);
    state.start_ms = NOW_MS;
    podstatus_settle(spec, &state, NOW_MS);
    podstatus_settle(spec, &state, NOW_MS + 1000);
    ck_assert_int_eq(state.conditions[POD_READY].since_ms, NOW_MS);
    container_state_run(&state.mains[0], NOW_MS + 2000);
    podstatus_settle(spec, &state, NOW_MS + 2000);
    ck_assert_int_eq(state.conditions[POD_READY].since_ms, NOW_MS + 2000);
    ck_assert_int_eq(state.conditions[POD_INITIALIZED].since_ms, NOW_MS);
    pod_state_fini(&state, spec);
    podspec_free(spec);
}
END_TEST

START_TEST(test_patch)
{
    struct pod_spec *spec = make_spec("", "w");
    struct container_end end = {.exit_code = 143,
                                .signal = 15,
                                .reason = "Error",
                                .started_ms = NOW_MS,
                                .finished_ms = NOW_MS + 5000};
    struct pod_state state;
    JSON_AUTO struct json *patch = NULL;
    const struct json *c;

    pod_state_init(&state, spec);
    state.start_ms = NOW_MS;
    snprintf(state.ip, sizeof(state.ip), "127.1.1.2");
    snprintf(state.host_ip, sizeof(state.host_ip), "127.1.1.1");
    container_state_end(&state.mains[0], &end);
    podstatus_settle(spec, &state, NOW_MS + 5000);
    patch = podstatus_patch(spec, &state);
    ck_assert_str_eq(json_str(patch, "metadata.uid"), "u-1");
    ck_assert_str_eq(json_str(patch, "status.phase"), "Failed");
    ck_assert_str_eq(json_str(patch, "status.podIP"), "127.1.1.2");
    ck_assert_str_eq(json_str(patch, "status.startTime"), "2026-11-24T06:00:00Z");
    ck_assert_uint_eq(json_len(json_at(patch, "status.conditions")), 4);
    c = json_item(json_at(patch, "status.containerStatuses"), 0);
    ck_assert_int_eq(json_int_or(c, "state.terminated.exitCode", -1), 143);
    ck_assert_int_eq(json_int_or(c, "state.terminated.signal", -1), 15);
    ck_assert_str_eq(json_str(c, "state.terminated.finishedAt"),
                     "2026-11-24T06:00:05Z");
    ck_assert_ptr_null(json_at(patch, "status.initContainerStatuses"));
    pod_state_fini(&state, spec);
    podspec_free(spec);
}
END_TEST

/* A pod that was refused shows no containers: none was ever made. */
START_TEST(test_patch_refused)
{
    struct pod_spec *spec = make_spec("", "w");
    struct pod_state state;
    JSON_AUTO struct json *patch = NULL;

    pod_state_init(&state, spec);
    state.reason = "OutOfcpu";
    state.message = xstrdup("too much");
    podstatus_settle(spec, &state, NOW_MS);
    patch = podstatus_patch(spec, &state);
    ck_assert_str_eq(json_str(patch, "status.phase"), "Failed");
    ck_assert_str_eq(json_str(patch, "status.reason"), "OutOfcpu");
    ck_assert_str_eq(json_str(patch, "status.message"), "too much");
    ck_assert_ptr_null(json_at(patch, "status.containerStatuses"));
    ck_assert_ptr_null(json_at(patch, "status.startTime"));
    pod_state_fini(&state, spec);
    podspec_free(spec);
}
END_TEST

/* All containers' messages together stay below 12 KiB. */
START_TEST(test_long_messages)
{
    struct pod_spec *spec = make_spec("i", "abc");
    struct pod_state state;
    char text[5001];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    pod_state_init(&state, spec);
    state.start_ms = NOW_MS;
    for (size_t i = 0; i < spec->n_mains; i++)
        container_state_end(&state.mains[i],
                            &(struct container_end){.exit_code = 1,
                                                    .reason = "Error",
                                                    .message = xstrdup(text)});
    JSON_AUTO struct json *patch = podstatus_patch(spec, &state);
    const struct json *list = json_at(patch, "status.containerStatuses");
    for (size_t i = 0; i < spec->n_mains; i++)
        ck_assert_uint_eq(
            strlen(json_str(json_item(list, i), "state.terminated.message")), 3072);
    pod_state_fini(&state, spec);
    podspec_free(spec);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/podstatus", (struct suite_row[]){
                                                    {test_settle, ARRAY_LEN(cases)},
                                                    {test_condition_times, 1},
                                                    {test_patch, 1},
                                                    {test_long_messages, 1},
                                                    {test_patch_refused, 1},
                                                    {NULL, 0},
                                                });
}

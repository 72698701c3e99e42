#include <signal.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/executor.h"
#include "tests/support/suite.h"

#define NOW_MS INT64_C(1795500000000)
#define FOREVER_MS (NOW_MS + INT64_C(1000) * 86400 * 365)

static const struct {
    const char *name;
    const char *annotations;
    bool is_init;
    int stop_after_sec;     /* -1: never */
    int signo;              /* negative: for every process of it */
    int64_t ends_after_sec; /* -1: never */
    int exit_code, signal;
} cases[] = {
    {"runs for a time", "'gantry.dev/run-seconds': '60'", false, -1, 0, 60, 0, 0},
    {"with a code", "'gantry.dev/run-seconds': '5', 'gantry.dev/exit-code': '3'", false,
     -1, 0, 5, 3, 0},
    {"no time", "'gantry.dev/run-seconds': '0'", false, -1, 0, 0, 0, 0},
    {"until stopped", "", false, -1, 0, -1, 0, 0},
    {"init container", "'gantry.dev/run-seconds': '60', 'gantry.dev/exit-code': '3'",
     true, -1, 0, 0, 0, 0},
    {"asked", "", false, 10, SIGTERM, 10, 143, 15},
    {"killed", "", false, 10, SIGKILL, 10, 137, 9},
    {"slow to stop", "'gantry.dev/stop-seconds': '7'", false, 10, SIGTERM, 17, 143, 15},
    {"slow but killed", "'gantry.dev/stop-seconds': '7'", false, 10, SIGKILL, 10, 137,
     9},
    {"signalled", "'gantry.dev/run-seconds': '60'", false, 10, -SIGTERM, 60, 0, 0},
    {"all of it killed", "", false, 10, -SIGKILL, 10, 137, 9},
};

struct seen {
    struct loop *loop;
    bool ended;
    int64_t after_sec;
    struct executor_exit how;
};

static void exited(void *arg, const struct executor_exit *how)
{
    struct seen *seen = arg;

    seen->ended = true;
    seen->after_sec = (loop_now_ms(seen->loop) - NOW_MS) / 1000;
    seen->how = *how;
}

static struct pod_spec *make_pod(const char *annotations)
{
    AUTO_FREE char *text = xasprintf(
        "{'metadata': {'name': 'p', 'namespace': 'd', 'uid': 'u', 'annotations': {%s}},"
        " 'spec': {'containers': [{'name': 'c'}]}}",
        annotations);
    JSON_AUTO struct json *object = json_build(text);

    return podspec_new(object);
}

static struct executor_run *start(struct executor *x, const struct pod_spec *pod,
                                  bool is_init, struct seen *seen)
{
    char *none[] = {NULL};
    struct executor_start s = {.pod = pod,
                               .container = &pod->mains[0],
                               .is_init = is_init,
                               .argv = none,
                               .envp = none};
    struct err err = ERR_INIT;
    struct executor_run *run = x->ops->start(x, &s, exited, seen, &err);

    ck_assert_msg(run != NULL, "%s", err.msg);
    return run;
}

START_TEST(test_run)
{
    struct loop *loop = loop_new_virtual(NOW_MS);
    struct executor *x = executor_simulate_new(loop);
    struct pod_spec *pod = make_pod(cases[_i].annotations);
    struct seen seen = {.loop = loop};
    struct executor_run *run = start(x, pod, cases[_i].is_init, &seen);
    const char *name = cases[_i].name;

    ck_assert_msg(!seen.ended, "%s: from within start", name);
    if (cases[_i].stop_after_sec >= 0) {
        while (loop_step(loop, NOW_MS + cases[_i].stop_after_sec * 1000))
            ;
        if (cases[_i].signo < 0)
            x->ops->signal_all(run, -cases[_i].signo);
        else
            x->ops->signal(run, cases[_i].signo);
        ck_assert_msg(!seen.ended, "%s: from within signal", name);
    }
    while (loop_step(loop, FOREVER_MS))
        ;
    ck_assert_msg(seen.ended == (cases[_i].ends_after_sec >= 0), "%s", name);
    if (seen.ended) {
        ck_assert_msg(seen.after_sec == cases[_i].ends_after_sec, "%s: after %lld",
                      name, (long long)seen.after_sec);
        ck_assert_msg(seen.how.exit_code == cases[_i].exit_code &&
                          seen.how.signal == cases[_i].signal,
                      "%s: %d", name, seen.how.exit_code);
    } else {
        x->ops->drop(run);
    }
    podspec_free(pod);
    executor_free(x);
    loop_free(loop);
}
END_TEST

static const struct {
    const char *annotations;
    bool refused;
} wishes[] = {
    {"", false},
    {"'gantry.dev/run-seconds': '10', 'gantry.dev/exit-code': '255'", false},
    {"'gantry.dev/run-seconds': '-1'", true},
    {"'gantry.dev/run-seconds': '1h'", true},
    {"'gantry.dev/run-seconds': ''", true},
    {"'gantry.dev/run-seconds': '99999999999999999999'", true},
    {"'gantry.dev/exit-code': '256'", true},
};

START_TEST(test_refuse)
{
    struct loop *loop = loop_new_virtual(NOW_MS);
    struct executor *x = executor_simulate_new(loop);
    struct pod_spec *pod = make_pod(wishes[_i].annotations);
    struct err err = ERR_INIT;
    const char *word = x->ops->refuse(x, pod, &err);

    ck_assert_msg((word != NULL) == wishes[_i].refused, "%s", wishes[_i].annotations);
    podspec_free(pod);
    executor_free(x);
    loop_free(loop);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/executor_simulate",
                      (struct suite_row[]){
                          {test_run, ARRAY_LEN(cases)},
                          {test_refuse, ARRAY_LEN(wishes)},
                          {NULL, 0},
                      });
}

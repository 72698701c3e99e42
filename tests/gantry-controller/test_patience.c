/* A write that goes on failing is tried again and again, but not without a pause: a
 * server that refuses is not to be drowned in requests. */
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define SECONDS 20
/* Two ranks, a try a second, each of two requests, and as much again for good measure.
 * Without pauses it would be all the steps there are. */
#define WRITES_MAX 80
#define STEPS_MAX 50000

static const struct {
    const char *what;
    struct spy_rule rule;
} refusals[] = {
    {"a status, by a webhook that fails",
     {"PATCH", "/status", SPY_REFUSE, 500, "InternalError", "calling webhook", -1}},
    {"a status, by a lost answer", {"PATCH", "/status", SPY_LOSE_REQUEST, .times = -1}},
    {"a status, for the job is gone",
     {"PATCH", "/status", SPY_REFUSE, 404, "NotFound", "not found", -1}},
    {"a pod, by a webhook that fails",
     {"POST", "/pods", SPY_REFUSE, 500, "InternalError", "calling webhook", -1}},
    {"a pod, by a lost request", {"POST", "/pods", SPY_LOSE_REQUEST, .times = -1}},
    {"a binding, by a gate",
     {"POST", "/binding", SPY_REFUSE, 409, "Conflict", "non-empty gates", -1}},
    {"a binding, by a lost request",
     {"POST", "/binding", SPY_LOSE_REQUEST, .times = -1}},
    {"a service, by a webhook that fails",
     {"POST", "/services", SPY_REFUSE, 500, "InternalError", "calling webhook", -1}},
};

START_TEST(test_pauses)
{
    const struct spy_rule *rule = &refusals[_i].rule;
    struct ctltest *t = ctltest_new();
    int64_t until_ms = loop_now_ms(t->api->loop) + SECONDS * 1000;
    int steps = 0;

    spy_spoil(t->spy, rule);
    ctltest_submit(t, "a", "'nodes': 2");
    spy_forget(t->spy);
    while (steps < STEPS_MAX && loop_step(t->api->loop, until_ms))
        steps++;
    size_t n = spy_count(t->spy, rule->method, rule->path_end);
    ck_assert_msg(steps < STEPS_MAX && n <= WRITES_MAX, "%s: %zu tries in %d steps",
                  refusals[_i].what, n, steps);
    ck_assert_msg(n >= SECONDS / 2, "%s: given up after %zu", refusals[_i].what, n);

    /* Once it passes, all goes on. */
    spy_spare(t->spy);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/patience",
                      (struct suite_row[]){
                          {test_pauses, ARRAY_LEN(refusals)},
                          {NULL, 0},
                      });
}

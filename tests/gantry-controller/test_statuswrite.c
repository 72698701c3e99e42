/* What a status says when it could not be written in time. */
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PODS "/api/v1/namespaces/default/pods"

/* The text of a field of what stands at `path`; heap. */
static char *field_of(struct ctltest *t, const char *path, const char *field)
{
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    const struct json *value = apitest_at(t->api->body, field);
    ck_assert_msg(json_is(value, JSON_STRING), "%s has no %s", path, field);
    return xstrdup(json_string(value));
}

/* RUNNING is written seconds after the pod was bound, and says when that was. */
START_TEST(test_late_running_has_its_time)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "first", "'nodes': 4, 'gpusPerNode': 8");
    ctltest_settle(t);
    ctltest_submit(t, "late", "'gpusPerNode': 8");
    ctltest_settle(t);
    ctltest_expect(t, "late", "status.state=PENDING|status.reason=Resources");
    spy_spoil(t->spy, &(struct spy_rule){.method = "PATCH",
                                         .path_end = "/batchjobs/late/status",
                                         .fate = SPY_REFUSE,
                                         .status = 503,
                                         .reason = "ServiceUnavailable",
                                         .message = "busy",
                                         .times = SPY_ALWAYS});
    ctltest_act(t, "first", "1", "Cancel");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_settle(t);
    ck_assert_uint_eq(ctltest_pods(t, "late", true), 1);
    ctltest_advance(t, 7);
    ctltest_expect(t, "late", "status.state=PENDING");
    spy_spare(t->spy);
    ctltest_advance(t, 3);
    ctltest_expect(t, "late", "status.state=RUNNING");

    AUTO_FREE char *start = field_of(t, JOBS "/late", "status.startTime");
    AUTO_FREE char *made =
        field_of(t, PODS "/late-2-1-0", "metadata.creationTimestamp");
    ck_assert_str_eq(start, made);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/statuswrite",
                      (struct suite_row[]){
                          {test_late_running_has_its_time, 1},
                          {NULL, 0},
                      });
}

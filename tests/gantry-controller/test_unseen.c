/* Pods that are known from answers alone, since the watch of pods is away, hold their
 * nodes after their job is gone. */
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PODS "/api/v1/namespaces/default/pods"
#define ALL_PODS "/api/v1/pods"
/* Longer than any watch lasts. */
#define WATCH_OVER_SEC 700
/* Longer than the longest pause between tries, and its jitter. */
#define TRIED_AGAIN_SEC 70

static void ask(struct ctltest *t, const char *method, const char *path,
                const char *body)
{
    int status = apitest_send(
        t->api,
        &(struct apitest_request){.method = method,
                                  .path = path,
                                  .type = body ? "application/merge-patch+json" : NULL,
                                  .body = body});
    ck_assert_msg(status == 200, "%s %s: %d: %s", method, path, status, t->api->text.s);
}

/* From now on the controller learns of pods by the answers to its own writes only. */
static void lose_watch(struct ctltest *t)
{
    spy_spoil(t->spy, &(struct spy_rule){"GET", ALL_PODS, SPY_REFUSE, 503,
                                         "ServiceUnavailable", "", SPY_ALWAYS});
    ctltest_advance(t, WATCH_OVER_SEC);
}

static void find_watch(struct ctltest *t)
{
    spy_spare(t->spy);
    ctltest_advance(t, TRIED_AGAIN_SEC);
}

/* As if the kubelets had ended it, and somebody had stripped our finalizer. */
static void erase_pod(struct ctltest *t, const char *path)
{
    AUTO_FREE char *now = xasprintf("%s?gracePeriodSeconds=0", path);
    ask(t, "PATCH", path, "{'metadata':{'finalizers':null}}");
    ask(t, "DELETE", now, NULL);
}

static void reap_all(struct ctltest *t)
{
    for (int i = 0; i < 3; i++) {
        ctltest_reap(t);
        ctltest_settle(t);
    }
}

#define WHOLE "'nodes':4,'gpusPerNode':8"

static const struct {
    const char *what, *spec;
    size_t pods;
} shapes[] = {
    {"a gang", "'nodes':4,'gpusPerNode':1", 4},
    {"one pod, made on its node", "'gpusPerNode':1", 1},
};

START_TEST(test_deleted)
{
    struct ctltest *t = ctltest_new();
    lose_watch(t);
    ctltest_submit(t, "a", shapes[_i].spec);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), shapes[_i].pods);
    ask(t, "DELETE", JOBS "/a", NULL);
    ctltest_submit(t, "b", WHOLE);
    ctltest_advance(t, 60);
    ctltest_expect(t, "b", "status.state=PENDING|status.reason=Resources");
    find_watch(t);
    ctltest_expect(t, "b", "status.state=PENDING|status.reason=Resources");
    reap_all(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* They came and went unseen: a list that lacks them says so. */
START_TEST(test_gone_unseen)
{
    struct ctltest *t = ctltest_new();
    lose_watch(t);
    ctltest_submit(t, "a", "'nodes':2,'gpusPerNode':1");
    ctltest_settle(t);
    ask(t, "DELETE", JOBS "/a", NULL);
    ctltest_submit(t, "b", WHOLE);
    erase_pod(t, PODS "/a-1-1-0");
    erase_pod(t, PODS "/a-1-1-1");
    ctltest_advance(t, 60);
    ctltest_expect(t, "b", "status.state=PENDING");
    apiserver_compact(t->api->server);
    find_watch(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* Steps until the job's last write of that kind is sent. */
static void run_to(struct ctltest *t, const char *path_end, size_t writes)
{
    int64_t until_ms = loop_now_ms(t->api->loop) + 3000;
    while (spy_count(t->spy, "POST", path_end) < writes)
        ck_assert(loop_step(t->api->loop, until_ms));
}

static const struct {
    const char *what, *spec, *path_end;
    size_t writes;
} underway[] = {
    {"binds", "'nodes':4,'gpusPerNode':1", "/binding", 4},
    {"the create of one pod", "'gpusPerNode':1", "/pods", 1},
};

/* The job is deleted while its binds are on their way: that they happened is told
 * after it. */
START_TEST(test_deleted_in_start)
{
    struct ctltest *t = ctltest_new();
    lose_watch(t);
    spy_spoil(t->spy, &(struct spy_rule){"POST", underway[_i].path_end, SPY_LOSE_ANSWER,
                                         0, NULL, NULL, SPY_ALWAYS});
    ctltest_submit(t, "a", underway[_i].spec);
    run_to(t, underway[_i].path_end, underway[_i].writes);
    ask(t, "DELETE", JOBS "/a", NULL);
    ctltest_submit(t, "b", WHOLE);
    ctltest_advance(t, 60);
    ctltest_expect(t, "b", "status.state=PENDING");
    find_watch(t);
    reap_all(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* Binds that never arrived hold nothing: no list is needed to learn that. */
START_TEST(test_never_bound)
{
    struct ctltest *t = ctltest_new();
    lose_watch(t);
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/binding", SPY_LOSE_REQUEST, 0, NULL,
                                         NULL, 4});
    ctltest_submit(t, "a", "'nodes':4,'gpusPerNode':1");
    run_to(t, "/binding", 4);
    ask(t, "DELETE", JOBS "/a", NULL);
    ctltest_submit(t, "b", WHOLE);
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/unseen",
                      (struct suite_row[]){
                          {test_deleted, ARRAY_LEN(shapes)},
                          {test_gone_unseen, 1},
                          {test_deleted_in_start, ARRAY_LEN(underway)},
                          {test_never_bound, 1},
                          {NULL, 0},
                      });
}

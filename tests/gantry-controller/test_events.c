/* What becomes of jobs, as events tell it. */
#include "cmd/gantry-controller/events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/lanes.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define EVENTS "/apis/events.k8s.io/v1/namespaces/default/events"
#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define REASONS_MAX 16384

/* "REASON REASON ", of the events about a job; heap. */
static char *told_of(struct ctltest *t, const char *job)
{
    STR_AUTO struct str told;
    str_init(&told, REASONS_MAX);
    ck_assert_int_eq(apitest_request(t->api, "GET", EVENTS, NULL), 200);
    const struct json *items = json_get(t->api->body, "items");
    for (size_t i = 0; i < json_len(items); i++)
        if (str_eq(json_str(json_item(items, i), "regarding.name"), job))
            str_addf(&told, "%s ", json_str(json_item(items, i), "reason"));
    return str_take(&told);
}

static void expect_told(struct ctltest *t, const char *job, const char *want)
{
    AUTO_FREE char *told = told_of(t, job);
    ck_assert_str_eq(told, want);
}

/* The event of a job that is all there is. */
static void expect_event(struct ctltest *t, const char *parts)
{
    ck_assert_int_eq(apitest_request(t->api, "GET", EVENTS, NULL), 200);
    apitest_expect(t->api, "events", "items#1");
    apitest_expect_in(apitest_at(t->api->body, "items.0"), "event", parts);
}

START_TEST(test_life)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    AUTO_FREE char *uid = xstrdup(json_str(t->api->body, "metadata.uid"));
    AUTO_FREE char *about = xasprintf("regarding.uid=%s", uid);
    expect_event(t, about);
    expect_event(t, "reason=Started|type=Normal|action=Starting|"
                    "note=job 1 runs in partition main, on n[1-2]|"
                    "regarding.apiVersion=gantry.dev/v1alpha1|regarding.kind=BatchJob|"
                    "regarding.namespace=default|regarding.name=a|"
                    "reportingController=gantry-controller|eventTime~2027-01-15T");
    for (int rank = 0; rank < 2; rank++)
        ctltest_end(t, "a", rank, 0);
    ctltest_settle(t);
    expect_told(t, "a", "Started Completed ");
    ctltest_advance(t, 3600);
    expect_told(t, "a", "Started Completed ");
    ctltest_free(t);
}
END_TEST

/* Whoever comes to lead tells nothing of what was before. */
START_TEST(test_not_twice)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "");
    ctltest_submit(t, "never", "'gpusPerNode':9");
    ctltest_settle(t);
    ctltest_restart(t);
    expect_told(t, "a", "Started ");
    expect_told(t, "never", "BadConstraints ");
    ctltest_end(t, "a", 0, 3);
    ctltest_settle(t);
    ctltest_restart(t);
    expect_told(t, "a", "Started NonZeroExitCode ");
    ctltest_free(t);
}
END_TEST

START_TEST(test_requeued)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_act(t, "a", "1", "Requeue");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_settle(t);
    expect_told(t, "a", "Started Requeued Started ");
    ctltest_patch(t, JOBS "/a",
                  "{'spec':{'actions':[{'id':'1','type':'Requeue'},"
                  "{'id':'2','type':'Cancel'}]}}");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_settle(t);
    expect_told(t, "a", "Started Requeued Started Cancelled ");
    ctltest_free(t);
}
END_TEST

START_TEST(test_preempted)
{
    struct ctltest *t = ctltest_new();
    ctltest_preempting(t);
    ctltest_make(t, "QOS", "low", "");
    ctltest_make(t, "QOS", "high", "'preempt':['low']");
    ctltest_submit(t, "a", "'qos':'low','nodes':4,'exclusive':true");
    ctltest_settle(t);
    ctltest_submit(t, "b", "'qos':'high','nodes':4,'exclusive':true");
    ctltest_settle(t);
    expect_told(t, "a", "Started Preempted ");
    ctltest_reap(t);
    ctltest_settle(t);
    expect_told(t, "a", "Started Preempted Requeued ");
    expect_told(t, "b", "Started ");
    ctltest_free(t);
}
END_TEST

START_TEST(test_refused)
{
    struct ctltest *t = ctltest_new();
    ctltest_change(t, "Partition", "main", "'state':'DRAIN'");
    ctltest_settle(t);
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    expect_event(t, "reason=PartitionInactive|type=Warning|note~in state DRAIN");
    ctltest_free(t);
}
END_TEST

/* Of a queue nothing is told while it waits, whatever comes to stand ahead. */
START_TEST(test_waiting_is_no_news)
{
    enum { N = 100 };
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "all", "'nodes':4,'exclusive':true,'timeLimit':'600'");
    ctltest_settle(t);
    for (int i = 0; i < N; i++) {
        AUTO_FREE char *name = xasprintf("w%d", i);
        AUTO_FREE char *spec = xasprintf("'priority':%d,'exclusive':true", 1000 + i);
        ctltest_submit(t, name, spec);
    }
    ctltest_submit(t, "held", "'hold':'User'");
    ctltest_submit(t, "later", "'begin':'now+3600'");
    ctltest_advance(t, 300);
    ctltest_expect(t, "w0", "status.state=PENDING");
    expect_event(t, "reason=Started|regarding.name=all");
    ctltest_free(t);
}
END_TEST

/* ---- many at once ---- */

/* Ends of many jobs at once are told LANES_EVENTS a second, and no more are kept than
 * there is room for; the jobs themselves are not held up. */
START_TEST(test_many)
{
    enum { N = EVENTS_WAITING_MAX + 200 };
    struct ctltest *t = ctltest_new();
    for (int i = 0; i < N; i++) {
        AUTO_FREE char *name = xasprintf("n%d", i);
        ctltest_submit(t, name, "'gpusPerNode':9");
    }
    ctltest_advance(t, 20);
    AUTO_FREE char *last = xasprintf("n%d", N - 1);
    ctltest_expect(t, last, "status.state=PENDING|status.reason=BadConstraints");
    size_t told = spy_count(t->spy, "POST", "/events");
    ck_assert_msg(told > 0 && told <= (20 + 1) * LANES_EVENTS, "%zu in 20 s", told);
    ctltest_advance(t, N / LANES_EVENTS);
    told = spy_count(t->spy, "POST", "/events");
    ck_assert_msg(told >= EVENTS_WAITING_MAX && told < N, "%zu in all", told);
    ctltest_advance(t, 60);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/events"), told);
    ctltest_free(t);
}
END_TEST

/* ---- faults ---- */

static const struct {
    const char *name;
    struct spy_rule rule;
    size_t least, most; /* how often each event is sent within a minute */
    const char *told;   /* when the fault is over */
} faults[] = {
    {"no right to write any",
     {"POST", "/events", SPY_REFUSE, 403, "Forbidden", "no events", SPY_ALWAYS},
     1,
     1,
     ""},
    {"the server is busy",
     {"POST", "/events", SPY_REFUSE, 503, "ServiceUnavailable", "busy", SPY_ALWAYS},
     3,
     7,
     "Started Completed "},
    {"lost on the way",
     {"POST", "/events", SPY_LOSE_REQUEST, .times = SPY_ALWAYS},
     3,
     7,
     "Started Completed "},
    {"only the answers are lost",
     {"POST", "/events", SPY_LOSE_ANSWER, .times = 2},
     2,
     2,
     "Started Completed "},
};

START_TEST(test_fault)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &faults[_i].rule);
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_end(t, "a", 0, 0);
    ctltest_advance(t, 60);
    ctltest_expect(t, "a", "status.state=COMPLETED");
    const size_t sent = spy_count(t->spy, "POST", "/events");
    ck_assert_msg(sent >= 2 * faults[_i].least && sent <= 2 * faults[_i].most,
                  "%s: %zu events", faults[_i].name, sent);
    spy_spare(t->spy);
    ctltest_advance(t, 60);
    expect_told(t, "a", faults[_i].told);
    ctltest_free(t);
}
END_TEST

/* What fails for ever is tried EVENTS_TRIES times. */
START_TEST(test_given_up)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/events", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "busy", SPY_ALWAYS});
    ctltest_submit(t, "a", "");
    ctltest_advance(t, 2 * EVENTS_TRIES * EVENTS_AGAIN_MS / 1000 + 60);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/events"), EVENTS_TRIES);
    ctltest_free(t);
}
END_TEST

/* ---- what is told again ---- */

/* Held and released, it can still never start: that is told anew each time. */
static void tell_again(struct ctltest *t, int times)
{
    for (int i = 0; i < times; i++) {
        ctltest_patch(t, JOBS "/never", "{'spec':{'hold':'User'}}");
        ctltest_settle(t);
        ctltest_expect(t, "never", "status.reason=JobHeldUser");
        ctltest_patch(t, JOBS "/never", "{'spec':{'hold':null}}");
        ctltest_settle(t);
        ctltest_expect(t, "never", "status.reason=BadConstraints");
    }
}

static struct ctltest *new_told(void)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "never", "'gpusPerNode':9");
    ctltest_settle(t);
    expect_event(t, "reason=BadConstraints|series!");
    return t;
}

START_TEST(test_series)
{
    struct ctltest *t = new_told();
    tell_again(t, 1);
    expect_event(t, "reason=BadConstraints|series.count=2|"
                    "series.lastObservedTime~2027-01-15T");
    tell_again(t, 3);
    expect_event(t, "series.count=2");
    ctltest_advance(t, EVENTS_QUIET_MS / 1000 + EVENTS_AGAIN_MS / 1000);
    expect_event(t, "series.count=5");
    ctltest_advance(t, EVENTS_AGAIN_MS / 1000);
    tell_again(t, 1);
    expect_told(t, "never", "BadConstraints BadConstraints ");
    ctltest_free(t);
}
END_TEST

/* Each attempt tells its own, be it in the same words. */
START_TEST(test_attempts)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "a", "");
    for (int i = 0; i < 2; i++) {
        ctltest_settle(t);
        ctltest_expect(t, "a", "status.state=RUNNING");
        ctltest_end(t, "a", 0, 0);
        ctltest_settle(t);
        ctltest_expect(t, "a", "status.state=COMPLETED");
        if (i == 0)
            ctltest_act(t, "a", "1", "Requeue");
    }
    expect_told(t, "a", "Started Completed Requeued Started Completed ");
    const struct json *items = json_get(t->api->body, "items");
    ck_assert_str_eq(json_str(json_item(items, 1), "note"),
                     json_str(json_item(items, 4), "note"));
    ctltest_free(t);
}
END_TEST

/* One that goes on is written every EVENTS_REFRESH_MS. */
START_TEST(test_long_series)
{
    const int each_sec = EVENTS_QUIET_MS / 1000 / 2;
    struct ctltest *t = new_told();
    for (int sec = 0; sec < EVENTS_REFRESH_MS / 1000; sec += each_sec) {
        tell_again(t, 1);
        expect_event(t, "series.count=2");
        ctltest_advance(t, each_sec);
    }
    ctltest_advance(t, EVENTS_AGAIN_MS / 1000);
    AUTO_FREE char *count =
        xasprintf("series.count=%d", EVENTS_REFRESH_MS / 1000 / each_sec + 1);
    expect_event(t, count);
    ctltest_free(t);
}
END_TEST

/* It was there and is gone: the series is made anew. */
START_TEST(test_series_gone)
{
    struct ctltest *t = new_told();
    AUTO_FREE char *path =
        xasprintf(EVENTS "/%s", json_str(json_item(json_get(t->api->body, "items"), 0),
                                         "metadata.name"));
    ck_assert_int_eq(apitest_request(t->api, "DELETE", path, NULL), 200);
    tell_again(t, 1);
    expect_event(t, "reason=BadConstraints|series.count=2");
    ctltest_free(t);
}
END_TEST

/* Repeats while the first cannot be written come with it. */
START_TEST(test_series_late)
{
    struct ctltest *t = ctltest_new();
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/events", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "busy", SPY_ALWAYS});
    ctltest_submit(t, "never", "'gpusPerNode':9");
    ctltest_settle(t);
    tell_again(t, 2);
    spy_spare(t->spy);
    ctltest_advance(t, 3 * EVENTS_AGAIN_MS / 1000);
    expect_event(t, "reason=BadConstraints|series.count=3");
    ctltest_free(t);
}
END_TEST

/* That a right is lacking is said once, and not of a server that is busy. */
START_TEST(test_refusal_is_told)
{
    struct ctltest *t = ctltest_new();
    char *said = NULL;
    size_t said_len;
    FILE *out = open_memstream(&said, &said_len);
    struct log *log = log_new(out, NULL, LOG_WARN);
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/events", SPY_REFUSE, 503,
                                         "ServiceUnavailable", "busy", 1});
    spy_spoil(t->spy, &(struct spy_rule){"POST", "/events", SPY_REFUSE, 403,
                                         "Forbidden", "no events", SPY_ALWAYS});
    ctltest_kill(t);
    t->ctl = controller_new(t->api->loop, t->client, log, &t->settings);
    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *name = xasprintf("n%d", i);
        ctltest_submit(t, name, "");
        ctltest_settle(t);
    }
    ctltest_free(t);
    log_free(log);
    fclose(out);
    ck_assert_msg(!strstr(said, "busy"), "%s", said);
    const char *first = strstr(said, "events are not taken in namespace default");
    ck_assert_msg(first && strstr(first, "no events"), "%s", said);
    ck_assert_msg(!strstr(first + 1, "events are not taken"), "%s", said);
    free(said);
}
END_TEST

/* It dies with events under way and events that wait. */
START_TEST(test_killed)
{
    struct ctltest *t = ctltest_new();
    for (int i = 0; i < 3 * LANES_EVENTS; i++) {
        AUTO_FREE char *name = xasprintf("n%d", i);
        ctltest_submit(t, name, "'gpusPerNode':9");
    }
    while (spy_count(t->spy, "POST", "/events") == 0)
        ck_assert(loop_step(t->api->loop, INT64_MAX));
    ctltest_kill(t);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/events", (struct suite_row[]){
                                                      {test_life, 1},
                                                      {test_not_twice, 1},
                                                      {test_requeued, 1},
                                                      {test_preempted, 1},
                                                      {test_refused, 1},
                                                      {test_waiting_is_no_news, 1},
                                                      {test_many, 1},
                                                      {test_fault, ARRAY_LEN(faults)},
                                                      {test_refusal_is_told, 1},
                                                      {test_given_up, 1},
                                                      {test_series, 1},
                                                      {test_attempts, 1},
                                                      {test_long_series, 1},
                                                      {test_series_gone, 1},
                                                      {test_series_late, 1},
                                                      {test_killed, 1},
                                                      {NULL, 0},
                                                  });
}

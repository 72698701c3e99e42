/* Signals for jobs that run: what is given in spec.actions stands in the annotation of
 * their pods, each once, in order, whatever becomes of the controller meanwhile. */
#include "cmd/gantry-controller/controller.h"

#include <string.h>

#include "base/siglist.h"
#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOB "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/a"
#define PODS "/api/v1/namespaces/default/pods"
#define USR1 "{'id':'1','type':'Signal','signal':'USR1'}"
#define TERM "{'id':'2','type':'Signal','signal':'SIGTERM','scope':'All'}"
#define LIST "USR1 All 1\nTERM All 2\n"

/* Job a runs, and its nodes pass signals on. */
static struct ctltest *begin(const char *spec)
{
    struct ctltest *t = ctltest_new();

    for (int i = 1; i <= 4; i++) {
        AUTO_FREE char *path = xasprintf("/api/v1/nodes/n%d", i);
        ctltest_patch(t, path,
                      "{'metadata':{'labels':{'gantry.dev/signals':'delivered'}}}");
    }
    ctltest_submit(t, "a", spec);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    return t;
}

static void say_running(struct ctltest *t, int rank)
{
    AUTO_FREE char *path = xasprintf(PODS "/a-1-1-%d/status", rank);

    ctltest_patch(t, path, "{'status':{'phase':'Running'}}");
}

static void act(struct ctltest *t, const char *actions)
{
    AUTO_FREE char *body = xasprintf("{'spec':{'actions':[%s]}}", actions);

    ctltest_patch(t, JOB, body);
}

static void expect_list(struct ctltest *t, int rank, const char *want)
{
    AUTO_FREE char *path = xasprintf(PODS "/a-1-1-%d", rank);

    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    const struct json *notes = apitest_at(t->api->body, "metadata.annotations");
    const struct json *list = json_get(notes, "gantry.dev/signals");
    const char *got = list ? json_string(list) : NULL;
    ck_assert_msg(str_eq(got, want), "rank %d has %s", rank, got ? got : "(none)");
}

static void begin_pods(struct ctltest *t, int n)
{
    for (int rank = 0; rank < n; rank++)
        say_running(t, rank);
    ctltest_settle(t);
}

/* It waits until all pods run, which it does not when it is given. */
START_TEST(test_order)
{
    struct ctltest *t = begin("'nodes':2");

    say_running(t, 0);
    act(t, USR1);
    ctltest_settle(t);
    expect_list(t, 0, NULL);
    ctltest_expect(t, "a", "status.lastAction!");
    say_running(t, 1);
    ctltest_settle(t);
    expect_list(t, 0, "USR1 All 1\n");
    expect_list(t, 1, "USR1 All 1\n");
    ctltest_expect(t, "a", "status.lastAction.id=1|status.lastAction.outcome=Done");
    act(t, USR1 "," TERM);
    ctltest_settle(t);
    expect_list(t, 0, LIST);
    expect_list(t, 1, LIST);
    ctltest_expect(t, "a", "status.lastAction.id=2|status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* The outcome outlives later writes of the status, also another controller's. */
START_TEST(test_deaf)
{
    struct ctltest *t = begin("");

    begin_pods(t, 1);
    ctltest_patch(t, "/api/v1/nodes/n1",
                  "{'metadata':{'labels':{'gantry.dev/signals':null}}}");
    act(t, USR1);
    ctltest_settle(t);
    expect_list(t, 0, NULL);
    ctltest_expect(t, "a",
                   "status.lastAction.outcome=Refused: node n1 passes no signals to "
                   "containers that gantry-launch does not run");
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=COMPLETED|status.lastAction.outcome~Refused: node n1");
    ctltest_free(t);
}
END_TEST

static const struct {
    const char *what;
    struct spy_rule rule;
    const char *list, *outcome;
} troubles[] = {
    {"a write that was carried out, but not answered",
     {"PATCH", "/a-1-1-0", SPY_LOSE_ANSWER, 0, NULL, NULL, 1},
     LIST,
     "Done"},
    {"a write that was lost",
     {"PATCH", "/a-1-1-0", SPY_LOSE_REQUEST, 0, NULL, NULL, 2},
     LIST,
     "Done"},
    {"a server that is busy",
     {"PATCH", "/a-1-1-0", SPY_REFUSE, 429, "TooManyRequests", "later", 2},
     LIST,
     "Done"},
    {"a pod that was changed meanwhile",
     {"PATCH", "/a-1-1-0", SPY_REFUSE, 409, "Conflict", "the object has been modified",
      1},
     LIST,
     "Done"},
    {"a policy that will not have it",
     {"PATCH", "/a-1-1-0", SPY_REFUSE, 403, "Forbidden", "no annotations", SPY_ALWAYS},
     NULL,
     "Refused: rank 0: no annotations"},
};

START_TEST(test_trouble)
{
    struct ctltest *t = begin("'nodes':2");

    begin_pods(t, 2);
    spy_spoil(t->spy, &troubles[_i].rule);
    act(t, USR1 "," TERM);
    ctltest_advance(t, 20);
    expect_list(t, 0, troubles[_i].list);
    expect_list(t, 1, LIST);
    AUTO_FREE char *parts = xasprintf(
        "status.lastAction.id=2|status.lastAction.outcome=%s", troubles[_i].outcome);
    ctltest_expect(t, "a", parts);
    ctltest_free(t);
}
END_TEST

/* A list has an end: what it cannot hold is refused, and leaves it as it is. */
START_TEST(test_full)
{
    struct ctltest *t = begin("");
    STR_AUTO struct str list, body;

    begin_pods(t, 1);
    str_init(&list, SIGLIST_MAX);
    str_init(&body, 2 * SIGLIST_MAX);
    str_add(&body, "{'metadata':{'annotations':{'gantry.dev/signals':'");
    while (list.len + strlen("TERM All x\n") <= SIGLIST_MAX) {
        str_add(&list, "TERM All x\n");
        str_add(&body, "TERM All x\\n");
    }
    str_add(&body, "'}}}");
    ctltest_patch(t, PODS "/a-1-1-0", body.s);
    act(t, USR1);
    ctltest_advance(t, 2);
    ctltest_expect(t, "a",
                   "status.lastAction.id=1|status.lastAction.outcome=Refused: rank 0: "
                   "its pod cannot be sent more signals");
    expect_list(t, 0, list.s);
    ctltest_free(t);
}
END_TEST

START_TEST(test_killed)
{
    bool reached = true;

    for (size_t k = 1; reached; k++) {
        struct ctltest *t = begin("'nodes':3");

        begin_pods(t, 3);
        spy_forget(t->spy);
        act(t, USR1 "," TERM);
        reached = ctltest_run_to_write(t, k, _i);
        ctltest_kill(t);
        ctltest_settle(t);
        ctltest_start(t);
        ctltest_settle(t);
        for (int rank = 0; rank < 3; rank++)
            expect_list(t, rank, LIST);
        ctltest_expect(t, "a", "status.lastAction.id=2|status.lastAction.outcome=Done");
        ctltest_free(t);
        ck_assert_uint_lt(k, 100);
    }
}
END_TEST

/* A new attempt has pods of its own, which were sent nothing yet. */
START_TEST(test_requeued)
{
    struct ctltest *t = begin("");

    begin_pods(t, 1);
    act(t, USR1 ",{'id':'r','type':'Requeue'}");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.lastAction.id=r|status.state=COMPLETING");
    expect_list(t, 0, "USR1 All 1\n");
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=2");
    ck_assert_int_eq(apitest_request(t->api, "GET", PODS "/a-1-2-0", NULL), 200);
    ck_assert_ptr_null(strstr(t->api->text.s, "USR1"));
    ctltest_free(t);
}
END_TEST

/* ---- before the time limit ---- */

#define TOLD(signal) "CONT All @time-limit\n" signal " All @time-limit\n"

/* The limit is ten minutes: when a signal is sent, and in which words. */
static const struct {
    const char *signal;
    int after_sec;
    const char *list;
} warnings[] = {
    {"TERM", 540, TOLD("TERM")},
    {"SIGUSR1@90", 510, TOLD("USR1")},
    {"10@5", 595, TOLD("USR1")},
    {"USR2@6000", 0, TOLD("USR2")},
};

static struct ctltest *begin_warned(const char *signal)
{
    AUTO_FREE char *spec =
        xasprintf("'nodes':2,'timeLimit':'10','signal':'%s'", signal);
    struct ctltest *t = begin(spec);

    begin_pods(t, 2); /* half a second, as begin takes */
    return t;
}

START_TEST(test_warning)
{
    struct ctltest *t = begin_warned(warnings[_i].signal);

    if (warnings[_i].after_sec > 0) {
        ctltest_advance(t, warnings[_i].after_sec - 3);
        expect_list(t, 0, NULL);
        ctltest_advance(t, 2);
    }
    ctltest_settle(t);
    for (int rank = 0; rank < 2; rank++)
        expect_list(t, rank, warnings[_i].list);
    ctltest_expect(t, "a", "status.state=RUNNING|status.lastAction!");
    ctltest_free(t);
}
END_TEST

/* At most once, whoever comes after; and an action has its turn besides. */
START_TEST(test_warned_once)
{
    struct ctltest *t = begin_warned("TERM");

    ctltest_advance(t, 545);
    for (int i = 0; i < 3; i++) {
        ctltest_restart(t);
    }
    act(t, USR1);
    ctltest_settle(t);
    expect_list(t, 1, TOLD("TERM") "USR1 All 1\n");
    ctltest_free(t);
}
END_TEST

/* The controller is dead at that time: the next one sends it. */
START_TEST(test_warned_late)
{
    struct ctltest *t = begin_warned("TERM");

    ctltest_kill(t);
    ctltest_advance(t, 545);
    expect_list(t, 0, NULL);
    ctltest_start(t);
    ctltest_settle(t);
    expect_list(t, 0, TOLD("TERM"));
    ctltest_free(t);
}
END_TEST

/* The end that counts is that of the limit in force. */
START_TEST(test_warned_by_new_limit)
{
    struct ctltest *t = begin_warned("TERM");

    ctltest_patch(t, JOB, "{'spec':{'timeLimit':'5'}}");
    ctltest_advance(t, 235);
    expect_list(t, 0, NULL);
    ctltest_advance(t, 6);
    expect_list(t, 0, TOLD("TERM"));
    ctltest_free(t);
}
END_TEST

/* A component with a time limit of its own is warned before that. */
START_TEST(test_warned_apart)
{
    struct ctltest *t =
        begin("'timeLimit':'10','signal':'TERM','components':[{'name':'a','nodes':1},"
              "{'name':'b','nodes':1,'timeLimit':'5'},{'name':'c','nodes':1}]");

    begin_pods(t, 3);
    ctltest_advance(t, 235);
    expect_list(t, 1, NULL);
    ctltest_advance(t, 6);
    expect_list(t, 0, NULL);
    expect_list(t, 1, TOLD("TERM"));
    expect_list(t, 2, NULL);
    ctltest_restart(t);
    ctltest_advance(t, 300);
    for (int rank = 0; rank < 3; rank += 2)
        expect_list(t, rank, TOLD("TERM"));
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/signals",
                      (struct suite_row[]){
                          {test_order, 1},
                          {test_deaf, 1},
                          {test_trouble, ARRAY_LEN(troubles)},
                          {test_full, 1},
                          {test_killed, 3},
                          {test_requeued, 1},
                          {test_warning, ARRAY_LEN(warnings)},
                          {test_warned_once, 1},
                          {test_warned_late, 1},
                          {test_warned_by_new_limit, 1},
                          {test_warned_apart, 1},
                          {NULL, 0},
                      });
}

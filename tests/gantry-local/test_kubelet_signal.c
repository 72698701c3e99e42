/* Signals that a pod's annotation holds: each once, to the containers it is for. */
#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "tests/support/nodetest.h"
#include "tests/support/suite.h"

#define P NODETEST_PODS "/p"
#define C(name) "{'name': '" name "', 'image': 'i', 'command': ['x']}"
#define SIDECAR(name) \
    "{'name': '" name "', 'image': 'i', 'command': ['x'], 'restartPolicy': 'Always'}"

static void expect_history(struct nodetest *t, const char *want)
{
    ck_assert_str_eq(t->history.s, want);
    str_reset(&t->history);
}

/* "p{} " in the history: its volumes' files, of which there are none, follow too. */
static void send(struct nodetest *t, const char *list)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata': {'annotations': {'gantry.dev/signals': '%s'}}}", list);

    nodetest_patch(t, P, body);
}

static void begin(struct nodetest *t, const char *spec)
{
    nodetest_init(t);
    nodetest_pod(t, "p", spec);
    apitest_advance(t->api, 1);
    str_reset(&t->history);
}

/* To every process of the containers, sidecars aside. */
START_TEST(test_each_once)
{
    struct nodetest t;

    begin(&t, "'initContainers': [" SIDECAR("s") "], 'containers': [" C("c") ", " C(
                  "d") "]");
    send(&t, "USR1 All a\\n");
    expect_history(&t, "c*10 d*10 p{} ");
    nodetest_patch(&t, P, "{'metadata': {'labels': {'other': 'change'}}}");
    expect_history(&t, "p{} ");
    send(&t, "USR1 All a\\nUSR1 All b\\nHUP All c\\n");
    expect_history(&t, "c*10 c*1 d*10 d*1 p{} ");
    nodetest_fini(&t);
}
END_TEST

/* What nobody here can act on. */
START_TEST(test_passed_over)
{
    struct nodetest t;

    begin(&t, "'containers': [" C("c") "]");
    send(&t, "USR1 Batch a\\nFOO All b\\nUSR2 All c\\n");
    expect_history(&t, "c*12 p{} ");
    nodetest_fini(&t);
}
END_TEST

/* A container that starts later has them then; one that starts anew, but the new ones.
 */
START_TEST(test_later)
{
    struct nodetest t;

    begin(&t, "'restartPolicy': 'OnFailure', 'initContainers': [" C(
                  "i") "], 'containers': [" C("c") "]");
    send(&t, "USR1 All a\\n");
    expect_history(&t, "p{} ");
    nodetest_end(&t, "p", "i", 0);
    expect_history(&t, "-i +c c*10 ");
    nodetest_end(&t, "p", "c", 1);
    apitest_advance(t.api, 1);
    expect_history(&t, "-c +c ");
    send(&t, "USR1 All a\\nHUP All b\\n");
    expect_history(&t, "c*1 p{} ");
    nodetest_fini(&t);
}
END_TEST

/* gantry-launch has them by a file, and nothing else. */
START_TEST(test_launch)
{
    struct nodetest t;

    begin(&t, "'restartPolicy': 'Never', 'containers': [{'name': 'c', 'image': 'i',"
              " 'command': ['/run/gantry/bin/gantry-launch']}]");
    ck_assert_str_eq(env_get(nodetest_run(&t, "p", "c")->envp, "GANTRY_SIGNALS"),
                     "/inbox/p");
    send(&t, "USR1 Batch a\\n");
    expect_history(&t, "[USR1 Batch a\n] p{} ");
    nodetest_end(&t, "p", "c", 0);
    str_reset(&t.history);
    send(&t, "USR1 Batch a\\nUSR1 Batch b\\n");
    expect_history(&t, "");
    nodetest_fini(&t);
}
END_TEST

/* It has one when it starts, so that it can wait for more. */
START_TEST(test_launch_begins)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p",
                 "'containers': [{'name': 'c', 'image': 'i', 'args':"
                 " ['gantry-launch', '--']}]");
    apitest_advance(t.api, 1);
    expect_history(&t, "[] +c ");
    nodetest_fini(&t);
}
END_TEST

/* Where its pod has a volume for that, the node keeps out of it. */
START_TEST(test_own_volume)
{
    struct nodetest t;

    begin(&t, "'containers': [{'name': 'c', 'image': 'i', 'command': ['gantry-launch'],"
              " 'env': [{'name': 'GANTRY_SIGNALS', 'value': '/run/x'}]}]");
    ck_assert_str_eq(env_get(nodetest_run(&t, "p", "c")->envp, "GANTRY_SIGNALS"),
                     "/run/x");
    send(&t, "USR1 All a\\n");
    expect_history(&t, "p{} ");
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet_signal", (struct suite_row[]){
                                                         {test_each_once, 1},
                                                         {test_passed_over, 1},
                                                         {test_later, 1},
                                                         {test_launch, 1},
                                                         {test_launch_begins, 1},
                                                         {test_own_volume, 1},
                                                         {NULL, 0},
                                                     });
}

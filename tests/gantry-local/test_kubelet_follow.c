/* Pods whose ConfigMaps, Secrets, labels and annotations change while they run. */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "tests/support/nodetest.h"
#include "tests/support/openwatches.h"
#include "tests/support/suite.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define SECRETS "/api/v1/namespaces/default/secrets"
#define EVENTS "/apis/events.k8s.io/v1/namespaces/default/events"
#define C "'containers': [{'name': 'c', 'image': 'i', 'command': ['x']}]"
#define MAP_VOLUME(more) \
    "'volumes': [{'name': 'v', 'configMap': {'name': 'm'" more "}}], " C

static void drop(struct nodetest *t, const char *path)
{
    ck_assert_int_eq(apitest_request(t->api, "DELETE", path, NULL), 200);
    apitest_advance(t->api, 0);
}

static void expect_history(struct nodetest *t, const char *want)
{
    ck_assert_str_eq(t->history.s, want);
    str_reset(&t->history);
}

static size_t watches(const struct nodetest *t)
{
    return openwatches_count(t->transport, "/configmaps?") +
           openwatches_count(t->transport, "/secrets?");
}

/* One watch for all pods that need the object, of it alone, until the last has gone. */
START_TEST(test_config_map)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'other'}, 'data': {'k': '1'}}");
    ck_assert_uint_eq(watches(&t), 0);
    nodetest_pod(&t, "p", MAP_VOLUME(""));
    nodetest_pod(&t, "q", MAP_VOLUME(""));
    apitest_advance(t.api, 1);
    ck_assert_uint_eq(watches(&t), 1);
    ck_assert_uint_eq(openwatches_count(t.transport, "metadata.name%3Dm"), 1);
    str_reset(&t.history);
    nodetest_patch(&t, MAPS "/m", "{'data': {'k': '2'}}");
    expect_history(&t, "p{k=2} q{k=2} ");
    nodetest_patch(&t, MAPS "/other", "{'data': {'k': '2'}}");
    expect_history(&t, "");
    nodetest_end(&t, "p", "c", 0);
    drop(&t, NODETEST_PODS "/p");
    nodetest_end(&t, "p", "c", 0);
    ck_assert_uint_eq(watches(&t), 1);
    str_reset(&t.history);
    nodetest_patch(&t, MAPS "/m", "{'data': {'k': '3'}}");
    expect_history(&t, "q{k=3} ");
    drop(&t, NODETEST_PODS "/q");
    nodetest_end(&t, "q", "c", 0);
    ck_assert_uint_eq(watches(&t), 0);
    nodetest_fini(&t);
}
END_TEST

/* One that is needed and goes leaves its files, which is told once. */
START_TEST(test_needed_goes)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    nodetest_pod(&t, "p", MAP_VOLUME(""));
    apitest_advance(t.api, 1);
    str_reset(&t.history);
    drop(&t, MAPS "/m");
    apitest_advance(t.api, 130);
    expect_history(&t, "");
    ck_assert_int_eq(apitest_request(t.api, "GET", EVENTS, NULL), 200);
    ck_assert_ptr_nonnull(strstr(t.api->text.s, "configmap \\\"m\\\" not found"));
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '2'}}");
    expect_history(&t, "p{k=2} ");
    nodetest_expect(&t, "p", "status.phase=Running");
    nodetest_fini(&t);
}
END_TEST

START_TEST(test_optional_comes_and_goes)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(&t, "p", MAP_VOLUME(", 'optional': true"));
    apitest_advance(t.api, 1);
    str_reset(&t.history);
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    expect_history(&t, "p{k=1} ");
    drop(&t, MAPS "/m");
    expect_history(&t, "p{} ");
    nodetest_fini(&t);
}
END_TEST

/* Neither one that is from the start nor one that becomes so. */
START_TEST(test_immutable)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_create(
        &t, MAPS, "{'metadata': {'name': 'm'}, 'immutable': true, 'data': {'k': '1'}}");
    nodetest_create(&t, SECRETS, "{'metadata': {'name': 's'}, 'data': {'k': 'MQ=='}}");
    nodetest_pod(&t, "p",
                 "'volumes': [{'name': 'v', 'projected': {'sources': [{'configMap':"
                 " {'name': 'm'}}, {'secret': {'name': 's'}}]}}], " C);
    apitest_advance(t.api, 1);
    ck_assert_uint_eq(watches(&t), 1);
    ck_assert_uint_eq(openwatches_count(t.transport, "/secrets?"), 1);
    str_reset(&t.history);
    nodetest_patch(&t, SECRETS "/s", "{'data': {'k': 'Mg=='}, 'immutable': true}");
    expect_history(&t, "p{k=1k=2} ");
    ck_assert_uint_eq(watches(&t), 0);
    nodetest_fini(&t);
}
END_TEST

START_TEST(test_labels)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_pod(
        &t, "p",
        "'volumes': [{'name': 'v', 'downwardAPI': {'items': [{'path': 'a',"
        " 'fieldRef': {'fieldPath': 'metadata.labels[\\u0027a\\u0027]'}}, {'path': 'b',"
        " 'fieldRef': {'fieldPath': 'metadata.annotations'}}]}}], " C);
    apitest_advance(t.api, 1);
    ck_assert_uint_eq(watches(&t), 0);
    str_reset(&t.history);
    nodetest_patch(&t, NODETEST_PODS "/p",
                   "{'metadata': {'labels': {'a': 'x'}, 'annotations': {'y': 'z'}}}");
    expect_history(&t, "p{xy=\"z\"} ");
    nodetest_patch(&t, NODETEST_PODS "/p", "{'spec': {'activeDeadlineSeconds': 1000}}");
    expect_history(&t, "");
    nodetest_patch(&t, NODETEST_PODS "/p", "{'metadata': {'labels': null}}");
    expect_history(&t, "p{y=\"z\"} ");
    nodetest_fini(&t);
}
END_TEST

/* A container that starts anew has its variables as they are by now, and none is
 * changed in one that runs. */
START_TEST(test_variable)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    nodetest_pod(&t, "p",
                 "'containers': [{'name': 'c', 'image': 'i', 'command': ['x'], 'env':"
                 " [{'name': 'A', 'valueFrom': {'configMapKeyRef': {'name': 'm', 'key':"
                 " 'k'}}}]}]");
    apitest_advance(t.api, 1);
    ck_assert_uint_eq(watches(&t), 0);
    nodetest_patch(&t, MAPS "/m", "{'data': {'k': '2'}}");
    ck_assert_str_eq(env_get(nodetest_run(&t, "p", "c")->envp, "A"), "1");
    nodetest_end(&t, "p", "c", 1);
    apitest_advance(t.api, 0);
    ck_assert_str_eq(env_get(nodetest_run(&t, "p", "c")->envp, "A"), "2");
    nodetest_patch(&t, MAPS "/m", "{'data': {'k': '3'}}");
    nodetest_end(&t, "p", "c", 1);
    apitest_advance(t.api, 15); /* the second time it is made to wait */
    ck_assert_str_eq(env_get(nodetest_run(&t, "p", "c")->envp, "A"), "3");
    expect_history(&t, "+c -c +c -c +c ");
    nodetest_fini(&t);
}
END_TEST

/* A disk that is full for a while. */
START_TEST(test_tried_again)
{
    struct nodetest t;

    nodetest_init(&t);
    nodetest_create(&t, MAPS, "{'metadata': {'name': 'm'}, 'data': {'k': '1'}}");
    nodetest_pod(&t, "p", MAP_VOLUME(""));
    apitest_advance(t.api, 1);
    str_reset(&t.history);
    t.fails_prepare = true;
    nodetest_patch(&t, MAPS "/m", "{'data': {'k': '2'}}");
    t.fails_prepare = false;
    expect_history(&t, "");
    apitest_advance(t.api, 61);
    expect_history(&t, "p{k=2} ");
    nodetest_expect(&t, "p", "status.phase=Running");
    nodetest_fini(&t);
}
END_TEST

/* Past so many the rest is asked for once a minute. */
START_TEST(test_many)
{
    struct nodetest t;
    STR_AUTO struct str sources;

    nodetest_init(&t);
    str_init(&sources, 10000);
    for (int i = 0; i < 20; i++) {
        AUTO_FREE char *body =
            xasprintf("{'metadata': {'name': 'm%d'}, 'data': {'k%d': '1'}}", i, i);

        nodetest_create(&t, MAPS, body);
        str_addf(&sources, "%s{'configMap': {'name': 'm%d'}}", i ? ", " : "", i);
    }
    AUTO_FREE char *spec = xasprintf(
        "'volumes': [{'name': 'v', 'projected': {'sources': [%s]}}], " C, sources.s);
    nodetest_pod(&t, "p", spec);
    apitest_advance(t.api, 1);
    ck_assert_uint_eq(watches(&t), 16);
    nodetest_patch(&t, MAPS "/m3", "{'data': {'k3': '2'}}");
    ck_assert_ptr_nonnull(strstr(t.history.s, "k3=2"));
    const size_t asked = openwatches_asked(t.transport, "/configmaps/m19");
    nodetest_patch(&t, MAPS "/m19", "{'data': {'k19': '2'}}");
    apitest_advance(t.api, 61);
    ck_assert_ptr_nonnull(strstr(t.history.s, "k19=2"));
    ck_assert_uint_eq(openwatches_asked(t.transport, "/configmaps/m19"), asked + 1);
    drop(&t, NODETEST_PODS "/p");
    nodetest_end(&t, "p", "c", 0);
    apitest_advance(t.api, 120);
    ck_assert_uint_eq(openwatches_asked(t.transport, "/configmaps/m19"), asked + 1);
    ck_assert_uint_eq(watches(&t), 0);
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet_follow",
                      (struct suite_row[]){
                          {test_config_map, 1},
                          {test_needed_goes, 1},
                          {test_optional_comes_and_goes, 1},
                          {test_immutable, 1},
                          {test_labels, 1},
                          {test_variable, 1},
                          {test_tried_again, 1},
                          {test_many, 1},
                          {NULL, 0},
                      });
}

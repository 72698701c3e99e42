/* What a node tells people of its pods. */
#include <string.h>

#include "base/util.h"
#include "tests/support/nodetest.h"
#include "tests/support/suite.h"

#define EVENTS "/api/v1/namespaces/default/events"

/* "Reason: message" of each, in their order, a line each. */
static char *events(struct nodetest *t)
{
    STR_AUTO struct str out;
    const struct json *items;

    str_init(&out, 100000);
    apitest_advance(t->api, 0);
    ck_assert_int_eq(apitest_request(t->api, "GET", EVENTS, NULL), 200);
    items = json_get(t->api->body, "items");
    for (size_t i = 0; i < json_len(items); i++) {
        const struct json *e = json_item(items, i);

        ck_assert_str_eq(json_str_or(e, "involvedObject.kind", ""), "Pod");
        ck_assert_str_eq(json_str_or(e, "reportingInstance", ""), "n1");
        str_addf(&out, "%s %s: %s\n", json_str_or(e, "type", ""),
                 json_str_or(e, "reason", ""), json_str_or(e, "message", ""));
    }
    return str_take(&out);
}

#define FIRST                                                                         \
    "Normal ImagesNotPulled: images are not pulled: commands run as processes of the" \
    " machine that node n1 is on\n"

START_TEST(test_life)
{
    struct nodetest t;
    AUTO_FREE char *told = NULL;

    nodetest_init(&t);
    nodetest_pod(&t, "p", "'containers': [{'name': 'c', 'image': 'i'}]");
    ck_assert_int_eq(apitest_request(t.api, "DELETE", NODETEST_PODS "/p", NULL), 200);
    told = events(&t);
    ck_assert_str_eq(told, FIRST "Normal Started: Started container c\n"
                                 "Normal Killing: Stopping container c\n");
    ck_assert_str_eq(
        apitest_at(t.api->body, "items.1.involvedObject.fieldPath")
            ? json_string(apitest_at(t.api->body, "items.1.involvedObject.fieldPath"))
            : "",
        "spec.containers{c}");
    nodetest_fini(&t);
}
END_TEST

#define WITH(hook) \
    "'containers': [{'name': 'c', 'image': 'i', 'lifecycle': {'" hook "}}}]"

/* Hooks that fail, programs and requests, at the start and before the end. */
static const struct {
    const char *spec;
    bool asks, stops;
    const char *line;
} hooks[] = {
    {WITH("postStart': {'exec': {'command': ['hi']}"), false, false,
     "Warning FailedPostStartHook: container c: postStart ended with 3\n"},
    {WITH("postStart': {'httpGet': {'port': 80, 'path': '/hi'}"), true, false,
     "Warning FailedPostStartHook: container c: postStart: nobody there\n"},
    {WITH("preStop': {'exec': {'command': ['hi']}"), false, true,
     "Warning FailedPreStopHook: container c: preStop ended with 3\n"},
    {WITH("preStop': {'httpGet': {'port': 80, 'path': '/hi'}"), true, true,
     "Warning FailedPreStopHook: container c: preStop: nobody there\n"},
};

START_TEST(test_hook_fails)
{
    struct nodetest t;
    AUTO_FREE char *told = NULL;

    nodetest_init(&t);
    nodetest_pod(&t, "p", hooks[_i].spec);
    if (hooks[_i].stops)
        ck_assert_int_eq(apitest_request(t.api, "DELETE", NODETEST_PODS "/p", NULL),
                         200);
    apitest_advance(t.api, 0);
    if (hooks[_i].asks)
        nodetest_answer(&t, PROBER_FAILED);
    else
        nodetest_end(&t, "p", "hi", 3);
    told = events(&t);
    ck_assert_msg(strstr(told, hooks[_i].line) != NULL, "%s", told);
    nodetest_fini(&t);
}
END_TEST

/* However often it is tried. */
START_TEST(test_lacking_told_once)
{
    struct nodetest t;
    AUTO_FREE char *told = NULL;

    nodetest_init(&t);
    nodetest_pod(&t, "p",
                 "'containers': [{'name': 'c', 'image': 'i', 'envFrom':"
                 " [{'configMapRef': {'name': 'm'}}]}]");
    apitest_advance(t.api, 30);
    told = events(&t);
    ck_assert_str_eq(told, FIRST "Warning Failed: Error: configmap \"m\" not found\n");
    nodetest_fini(&t);
}
END_TEST

START_TEST(test_failures)
{
    struct nodetest t;
    AUTO_FREE char *told = NULL;

    nodetest_init(&t);
    nodetest_pod(&t, "p",
                 "'containers': [{'name': 'c', 'image': 'i', 'resources': {'requests':"
                 " {'cpu': '100'}}}]");
    told = events(&t);
    ck_assert_ptr_nonnull(strstr(told, "Warning OutOfcpu: Node didn't have enough"));
    nodetest_fini(&t);
}
END_TEST

START_TEST(test_back_off)
{
    struct nodetest t;
    AUTO_FREE char *told = NULL;

    nodetest_init(&t);
    nodetest_pod(&t, "p", "'containers': [{'name': 'c', 'image': 'i'}]");
    nodetest_end(&t, "p", "c", 1);
    apitest_advance(t.api, 1);
    nodetest_end(&t, "p", "c", 1);
    told = events(&t);
    ck_assert_str_eq(told, FIRST
                     "Normal Started: Started container c\n"
                     "Normal Started: Started container c\n"
                     "Warning BackOff: Back-off restarting failed container c in pod"
                     " p\n");
    nodetest_fini(&t);
}
END_TEST

/* Where many start at once, the server gets them a few at a time; none is lost. */
START_TEST(test_many)
{
    struct nodetest t;

    nodetest_init(&t);
    for (int i = 0; i < 40; i++) {
        AUTO_FREE char *name = xasprintf("p%d", i);

        nodetest_pod(&t, name, "'containers': [{'name': 'c', 'image': 'i'}]");
    }
    apitest_advance(t.api, 1);
    ck_assert_int_eq(apitest_request(t.api, "GET", EVENTS, NULL), 200);
    apitest_expect(t.api, "many", "items#80");
    nodetest_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/kubelet_events",
                      (struct suite_row[]){
                          {test_life, 1},
                          {test_hook_fails, ARRAY_LEN(hooks)},
                          {test_lacking_told_once, 1},
                          {test_failures, 1},
                          {test_back_off, 1},
                          {test_many, 1},
                          {NULL, 0},
                      });
}

/* Events go an hour after they came; nothing else does. */
#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define EVENTS "/api/v1/namespaces/default/events"
#define MAPS "/api/v1/namespaces/default/configmaps"
#define MINUTE 60

static void create_event(struct apitest *t, const char *name)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': '%s'}, 'involvedObject': {'kind': 'Pod', 'name': 'p',"
        " 'namespace': 'default'}, 'reason': 'R'}",
        name);

    ck_assert_int_eq(apitest_request(t, "POST", EVENTS, body), 201);
}

START_TEST(test_hour)
{
    struct apitest *t = apitest_new();

    apiserver_expire_events(t->server);
    ck_assert_int_eq(apitest_request(t, "POST", MAPS, "{'metadata': {'name': 'm'}}"),
                     201);
    create_event(t, "old");
    apitest_advance(t, 30 * MINUTE);
    create_event(t, "young");
    apitest_advance(t, 30 * MINUTE);
    ck_assert_int_eq(apitest_request(t, "GET", EVENTS, NULL), 200);
    apitest_expect(t, "within the hour", "items#2");
    apitest_advance(t, 6 * MINUTE);
    ck_assert_int_eq(apitest_request(t, "GET", EVENTS, NULL), 200);
    apitest_expect(t, "after it", "items#1|items.0.metadata.name=young");
    apitest_advance(t, 24 * 60 * MINUTE);
    ck_assert_int_eq(apitest_request(t, "GET", EVENTS, NULL), 200);
    apitest_expect(t, "after a day", "items#0");
    ck_assert_int_eq(apitest_request(t, "GET", MAPS "/m", NULL), 200);
    apitest_free(t);
}
END_TEST

/* Who watches is told. */
START_TEST(test_watched)
{
    struct apitest *t = apitest_new();
    struct apitest_watch *w;

    apiserver_expire_events(t->server);
    create_event(t, "old");
    w = apitest_watch(t, EVENTS "?watch=1&resourceVersion=0&timeoutSeconds=7200", NULL);
    apitest_watch_expect(w, "ADDED", "metadata.name=old");
    apitest_advance(t, 70 * MINUTE);
    for (const struct json *e = apitest_watch_next(w);; e = apitest_watch_next(w)) {
        ck_assert_ptr_nonnull(e);
        if (str_eq(json_str(e, "type"), "DELETED"))
            break;
    }
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/expire", (struct suite_row[]){
                                                 {test_hour, 1},
                                                 {test_watched, 1},
                                                 {NULL, 0},
                                             });
}

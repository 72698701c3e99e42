#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define LIVE                                                           \
    "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan" \
    "&allowWatchBookmarks=true"
#define TABLE "application/json;as=Table;v=v1;g=meta.k8s.io"

static void put(struct apitest *t, const char *name, const char *color)
{
    AUTO_FREE char *path = xasprintf(MAPS "/%s", name);
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': '%s', 'labels': {'color': '%s'}}}", name, color);

    if (apitest_request(t, "PUT", path, body) == 404)
        ck_assert_int_eq(apitest_request(t, "POST", MAPS, body), 201);
}

static void drop(struct apitest *t, const char *name)
{
    AUTO_FREE char *path = xasprintf(MAPS "/%s", name);

    ck_assert_int_eq(apitest_request(t, "DELETE", path, NULL), 200);
}

START_TEST(test_initial_events)
{
    struct apitest *t = apitest_new();
    put(t, "b", "red");
    put(t, "a", "red");
    struct apitest_watch *w = apitest_watch(t, MAPS "?" LIVE, NULL);

    apitest_watch_expect(w, "ADDED", "metadata.name=a");
    apitest_watch_expect(w, "ADDED", "metadata.name=b");
    apitest_watch_expect(
        w, "BOOKMARK",
        "metadata.annotations.k8s/io/initial-events-end!|kind=ConfigMap");
    ck_assert(!apitest_watch_next(w));
    put(t, "a", "blue");
    drop(t, "b");
    apitest_watch_expect(w, "MODIFIED", "metadata.labels.color=blue");
    apitest_watch_expect(w, "DELETED", "metadata.name=b");
    ck_assert(!apitest_watch_ended(w));
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

/* The annotation's name has a point, which paths cannot say. */
START_TEST(test_initial_end_is_marked)
{
    struct apitest *t = apitest_new();
    struct apitest_watch *w = apitest_watch(t, MAPS "?" LIVE, NULL);

    const struct json *event = apitest_watch_next(w);
    const struct json *notes = json_at(event, "object.metadata.annotations");
    ck_assert_str_eq(json_string(json_get(notes, "k8s.io/initial-events-end")), "true");
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

START_TEST(test_resume)
{
    struct apitest *t = apitest_new();
    put(t, "a", "red");
    AUTO_FREE char *path =
        xasprintf(MAPS "?watch=1&resourceVersion=%s", apitest_version(t));
    put(t, "a", "blue");
    put(t, "b", "red");
    struct apitest_watch *w = apitest_watch(t, path, NULL);

    apitest_watch_expect(w, "MODIFIED", "metadata.name=a");
    apitest_watch_expect(w, "ADDED", "metadata.name=b");
    ck_assert(!apitest_watch_next(w));
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

START_TEST(test_too_old)
{
    struct apitest *t = apitest_new_history(2);
    put(t, "a", "red");
    AUTO_FREE char *path =
        xasprintf(MAPS "?watch=1&resourceVersion=%s", apitest_version(t));
    for (int i = 0; i < 3; i++)
        put(t, "a", i % 2 ? "red" : "blue");
    struct apitest_watch *w = apitest_watch(t, path, NULL);

    apitest_watch_expect(w, "ERROR", "code=410|reason=Expired|kind=Status");
    ck_assert(apitest_watch_ended(w));
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

START_TEST(test_compact)
{
    struct apitest *t = apitest_new();
    put(t, "a", "red");
    AUTO_FREE char *path =
        xasprintf(MAPS "?watch=1&resourceVersion=%s", apitest_version(t));
    put(t, "a", "blue");
    apiserver_compact(t->server);
    struct apitest_watch *w = apitest_watch(t, path, NULL);

    apitest_watch_expect(w, "ERROR", "code=410");
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

/* What leaves the selector is DELETED as it was, at the new resourceVersion. */
START_TEST(test_leaves_selector)
{
    struct apitest *t = apitest_new();
    put(t, "a", "red");
    struct apitest_watch *w =
        apitest_watch(t, MAPS "?watch=1&labelSelector=color%3Dred", NULL);

    apitest_watch_expect(w, "ADDED", "metadata.name=a");
    put(t, "a", "blue");
    AUTO_FREE char *parts = xasprintf(
        "metadata.labels.color=red|metadata.resourceVersion=%s", apitest_version(t));
    apitest_watch_expect(w, "DELETED", parts);
    put(t, "a", "green");
    ck_assert(!apitest_watch_next(w));
    put(t, "a", "red");
    apitest_watch_expect(w, "ADDED", "metadata.labels.color=red");
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

START_TEST(test_table)
{
    struct apitest *t = apitest_new();
    put(t, "a", "red");
    struct apitest_watch *w = apitest_watch(t, MAPS "?watch=1", TABLE);

    apitest_watch_expect(w, "ADDED",
                         "kind=Table|columnDefinitions.0.name=Name|rows.0.cells.0=a");
    put(t, "a", "blue");
    apitest_watch_expect(w, "MODIFIED", "columnDefinitions=null|rows#1");
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

START_TEST(test_bookmarks_and_timeout)
{
    struct apitest *t = apitest_new();
    struct apitest_watch *w = apitest_watch(
        t, MAPS "?watch=1&allowWatchBookmarks=true&timeoutSeconds=90", NULL);

    apitest_advance(t, 59);
    ck_assert(!apitest_watch_next(w));
    apitest_advance(t, 2);
    apitest_watch_expect(w, "BOOKMARK", "kind=ConfigMap");
    apitest_advance(t, 28);
    ck_assert(!apitest_watch_ended(w));
    apitest_advance(t, 2);
    apitest_watch_expect(w, "BOOKMARK", "apiVersion=v1");
    ck_assert(apitest_watch_ended(w) && !apitest_watch_was_cut(w));
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

START_TEST(test_laggard_is_cut)
{
    struct apitest *t = apitest_new();
    struct apitest_watch *w = apitest_watch(t, MAPS "?watch=1", NULL);
    AUTO_FREE char *filler = xmalloc(400001);

    memset(filler, 'x', 400000);
    filler[400000] = '\0';
    AUTO_FREE char *body =
        xasprintf("{'metadata': {'generateName': 'm-'}, 'data': {'x': '%s'}}", filler);
    apitest_watch_stall(w);
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(apitest_watch_was_cut(w), i > 10);
        ck_assert_int_eq(apitest_request(t, "POST", MAPS, body), 201);
    }
    ck_assert(apitest_watch_was_cut(w));
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

static const struct {
    const char *query;
    int status;
} refused[] = {
    {"watch=1&resourceVersionMatch=NotOlderThan", 422},
    {"watch=1&sendInitialEvents=true", 422},
    {"sendInitialEvents=true", 422},
    {"watch=1&labelSelector=%3D", 400},
    {"watch=1&fieldSelector=spec.x%3Dy", 400},
    {"watch=1&resourceVersion=x", 500},
    {"watch=1&timeoutSeconds=-1", 400},
    {"watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
     "&resourceVersion=9999999999999999",
     504},
};

START_TEST(test_refused)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *path = xasprintf(MAPS "?%s", refused[_i].query);

    ck_assert_msg(apitest_request(t, "GET", path, NULL) == refused[_i].status, "%s: %s",
                  path, t->text.s);
    apitest_expect(t, refused[_i].query, "kind=Status|status=Failure");
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/watch", (struct suite_row[]){
                                                {test_initial_events, 1},
                                                {test_initial_end_is_marked, 1},
                                                {test_resume, 1},
                                                {test_too_old, 1},
                                                {test_compact, 1},
                                                {test_leaves_selector, 1},
                                                {test_table, 1},
                                                {test_bookmarks_and_timeout, 1},
                                                {test_laggard_is_cut, 1},
                                                {test_refused, ARRAY_LEN(refused)},
                                                {NULL, 0},
                                            });
}

#include "cmd/gantry-local/store.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static char *selectable[] = {"spec.color"};
static const struct kind thing = {.group = "",
                                  .version = "v1",
                                  .plural = "things",
                                  .name = "Thing",
                                  .namespaced = true,
                                  .selectable = selectable,
                                  .n_selectable = 1};

static struct object *make(const struct store *s, const char *ns, const char *name,
                           const char *color)
{
    JSON_AUTO struct json *tree =
        json_build("{'kind': 'Thing', 'spec': {'color': %s}, 'apiVersion': 'v1',"
                   " 'metadata': {'namespace': %s, 'name': %s, 'labels': {'l': %s}}}",
                   color, ns, name, color);

    return object_new(tree, &thing, store_next_version(s));
}

static void put(struct store *s, const char *ns, const char *name, const char *color)
{
    store_put(s, store_table(s, "things"), make(s, ns, name, color));
}

static void drop(struct store *s, const char *ns, const char *name)
{
    struct table *table = store_table(s, "things");

    store_remove(s, table, object_ref(table_find(table, ns, name)));
}

/* "a/x=red a/y=blue": keys and colours in order. */
static void expect_list(struct store *s, const char *ns, int64_t version,
                        const char *want)
{
    struct object_list list;
    STR_AUTO struct str got;

    str_init(&got, 4096);
    store_list(s, store_table(s, "things"), ns, version, &list);
    for (size_t i = 0; i < list.n; i++)
        str_addf(&got, "%s%s=%s", i ? " " : "", list.items[i]->key,
                 object_field(list.items[i], "spec.color"));
    ck_assert_str_eq(got.s, want);
    object_list_fini(&list);
}

START_TEST(test_put_and_remove)
{
    struct store *s = store_new(100, 10);
    struct table *table = store_table(s, "things");

    put(s, "a", "x", "red");
    ck_assert_int_eq(store_version(s), 101);
    ck_assert_uint_eq(table_count(table), 1);
    ck_assert_int_eq(table_find(table, "a", "x")->version, 101);
    ck_assert(!table_find(table, "b", "x"));
    ck_assert(table_has_namespace(table, "a") && !table_has_namespace(table, "b"));
    put(s, "a", "x", "blue");
    ck_assert_str_eq(object_field(table_find(table, "a", "x"), "spec.color"), "blue");
    drop(s, "a", "x");
    ck_assert_uint_eq(table_count(table), 0);
    ck_assert_int_eq(store_version(s), 103);
    store_free(s);
}
END_TEST

START_TEST(test_list_at)
{
    struct store *s = store_new(0, 100);

    put(s, "a", "x", "red");
    put(s, "b", "x", "red");
    put(s, "a", "x", "blue");
    put(s, "a", "y", "green");
    drop(s, "b", "x");
    put(s, "b", "x", "white");
    expect_list(s, NULL, 6, "a/x=blue a/y=green b/x=white");
    expect_list(s, "a", 6, "a/x=blue a/y=green");
    expect_list(s, NULL, 5, "a/x=blue a/y=green");
    expect_list(s, NULL, 4, "a/x=blue a/y=green b/x=red");
    expect_list(s, NULL, 3, "a/x=blue b/x=red");
    expect_list(s, "a", 2, "a/x=red");
    expect_list(s, NULL, 1, "a/x=red");
    expect_list(s, NULL, 0, "");
    store_free(s);
}
END_TEST

static void count_event(void *arg, const struct store_event *e)
{
    static const char letters[] = "AMD";
    struct str *text = arg;

    str_addf(text, "%c%s ", letters[e->change], e->object->name);
}

START_TEST(test_history)
{
    struct store *s = store_new(0, 3);
    STR_AUTO struct str text;

    str_init(&text, 4096);
    for (int i = 0; i < 3; i++)
        put(s, "a", i == 1 ? "y" : "x", "red");
    ck_assert(store_reaches(s, 0));
    put(s, "a", "z", "red");
    ck_assert(!store_reaches(s, 0) && store_reaches(s, 1) && !store_reaches(s, 5));
    store_replay(s, store_table(s, "things"), 1, count_event, &text);
    ck_assert_str_eq(text.s, "Ay Mx Az ");
    str_reset(&text);
    store_replay(s, store_table(s, "others"), 1, count_event, &text);
    ck_assert_str_eq(text.s, "");
    store_compact(s);
    ck_assert(!store_reaches(s, 3) && store_reaches(s, 4));
    store_free(s);
}
END_TEST

START_TEST(test_listener)
{
    struct store *s = store_new(0, 2);
    STR_AUTO struct str text;

    str_init(&text, 4096);
    store_listen(s, count_event, &text);
    put(s, "a", "x", "red");
    put(s, "a", "x", "blue");
    drop(s, "a", "x");
    ck_assert_str_eq(text.s, "Ax Mx Dx ");
    store_free(s);
}
END_TEST

START_TEST(test_print)
{
    struct store *s = store_new(16, 10);
    struct object *o = make(s, "a", "x\"", "red");
    STR_AUTO struct str text;

    str_init(&text, 4096);
    object_print(o, "v1", 17, &text);
    ck_assert_str_eq(
        text.s, "{\"apiVersion\":\"v1\",\"kind\":\"Thing\",\"metadata\":"
                "{\"resourceVersion\":\"17\",\"namespace\":\"a\",\"name\":\"x\\\"\","
                "\"labels\":{\"l\":\"red\"}},\"spec\":{\"color\":\"red\"}}");
    str_reset(&text);
    object_print(o, "g/v2", 1234, &text);
    ck_assert_str_eq(
        text.s, "{\"apiVersion\":\"g/v2\",\"kind\":\"Thing\",\"metadata\":"
                "{\"resourceVersion\":\"1234\",\"namespace\":\"a\",\"name\":\"x\\\"\","
                "\"labels\":{\"l\":\"red\"}},\"spec\":{\"color\":\"red\"}}");
    ck_assert_str_eq(object_label(o, "l"), "red");
    ck_assert(!object_label(o, "m"));
    ck_assert_str_eq(object_field(o, "metadata.namespace"), "a");
    ck_assert(!object_field(o, "spec.size"));
    object_unref(o);
    store_free(s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/store", (struct suite_row[]){
                                                {test_put_and_remove, 1},
                                                {test_list_at, 1},
                                                {test_history, 1},
                                                {test_listener, 1},
                                                {test_print, 1},
                                                {NULL, 0},
                                            });
}

#include "base/json_pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

static const char *const paths[] = {"metadata.name", "status.jobID", "status.where",
                                    "spec", "status.pending.nodes"};
enum { N_PATHS = ARRAY_LEN(paths) };

static void show(struct str *out, const struct json_text *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? " | " : "");
        str_addn(out, values[i].s ? values[i].s : "-", values[i].s ? values[i].len : 1);
    }
}

static void unquote(char *s)
{
    for (; *s; s++)
        *s = *s == '\'' ? '"' : *s;
}

static const struct {
    const char *doc; /* single quotes for double ones */
    const char *found;
} picks[] = {
    {"{}", "- | - | - | - | -"},
    {"{'metadata':{'name':'a'},'status':{'jobID':7}}", "'a' | 7 | - | - | -"},
    {"{'x':[{'metadata':{'name':'no'}}],'metadata':{'uid':'u','name':'a'}}",
     "'a' | - | - | - | -"},
    {"{'spec':{'a':[1,{'b':'}'}]},'z':1}", "- | - | - | {'a':[1,{'b':'}'}]} | -"},
    {" { 'status' : { 'where' : [ ] , 'jobID' : null } } ", "- | null | [ ] | - | -"},
    {"{'status':{'jobID':1,'jobID':2}}", "- | 2 | - | - | -"},
    {"{'status':[{'jobID':1}],'metadata':'name'}", "- | - | - | - | -"},
    {"{'metadata.name':'a','metadata':{'names':'b','nam':'c'}}", "- | - | - | - | -"},
    {"{'status':{'pending':{'nodes':'n[1-2]'},'x':{'pending':{'nodes':'no'}}}}",
     "- | - | - | - | 'n[1-2]'"},
};

START_TEST(test_pick)
{
    AUTO_FREE char *doc = xstrdup(picks[_i].doc), *want = xstrdup(picks[_i].found);
    struct json_picker *p = json_picker_new(paths, N_PATHS);
    struct json_text values[N_PATHS];
    struct err err = ERR_INIT;
    STR_AUTO struct str out;

    unquote(doc);
    unquote(want);
    str_init(&out, 4096);
    ck_assert_msg(json_pick(p, doc, strlen(doc), values, &err) == 0, "%s: %s", doc,
                  err.msg);
    show(&out, values, N_PATHS);
    ck_assert_str_eq(out.s, want);
    json_picker_free(p);
}
END_TEST

static const struct {
    const char *doc, *says;
} bad[] = {
    {"", "byte 0: expected an object"},
    {"[]", "byte 0: expected an object"},
    {"{'a'", "byte 1: expected a key"},
    {"{'a':}", "byte 5: expected a value"},
    {"{'a':1", "byte 6: expected ',' or '}'"},
    {"{'a':[1,2", "byte 9: the document is cut"},
    {"{'a':1 'b':2}", "byte 7: expected ',' or '}'"},
    {"{'a':1,}", "behind ','"},
    {"{'a':tru}", "byte 5: expected a value"},
    {"{} x", "byte 3"},
    {"{} {}", "byte 3: something follows"},
    {"{'metadata':{'name':", "byte 20: expected a value"},
    {"{'items':[1]}", "byte 10: expected an object"},
    {"{'items':[{} {}]}", "byte 13: expected ',' or ']'"},
};

static void ignore(void *arg, const struct json_text *values)
{
    (void)values;
    ++*(int *)arg;
}

START_TEST(test_bad)
{
    AUTO_FREE char *doc = xstrdup(bad[_i].doc);
    struct json_picker *p = json_picker_new(paths, N_PATHS);
    struct json_text values[N_PATHS];
    struct err err = ERR_INIT;
    int n = 0;

    unquote(doc);
    ck_assert_int_eq(
        json_pick_list(&(struct json_list_picks){p, values, p, ignore, &n, NULL}, doc,
                       strlen(doc), &err),
        -1);
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_msg(strstr(err.msg, bad[_i].says) != NULL, "%s: %s", doc, err.msg);
    json_picker_free(p);
}
END_TEST

/* Every beginning of a document is refused, none reads past its end. */
START_TEST(test_cut)
{
    char doc[] = "{'status':{'jobID':-12,'where':[{'a':'\\u00e9\\n'}]},"
                 "'items':[{'metadata':{'name':'x'}},{}],'metadata':{'name':null}}";
    struct json_picker *p = json_picker_new(paths, N_PATHS);
    struct json_text values[N_PATHS];

    unquote(doc);
    for (size_t len = 0; len < strlen(doc); len++) {
        char *exact = xmalloc(len + 1);
        struct err err = ERR_INIT;
        int n = 0;
        memcpy(exact, doc, len);
        exact = xrealloc(exact, len ? len : 1);
        ck_assert_msg(
            json_pick_list(&(struct json_list_picks){p, values, p, ignore, &n, NULL},
                           exact, len, &err) == -1,
            "the first %zu bytes pass", len);
        free(exact);
    }
    json_picker_free(p);
}
END_TEST

static void collect(void *arg, const struct json_text *values)
{
    struct str *out = arg;

    show(out, values, N_PATHS);
    str_addc(out, '\n');
}

START_TEST(test_list)
{
    static const char *const of_list[] = {"metadata.continue", "kind"};
    char doc[] = "{'kind':'JobList','metadata':{'continue':'x-1'},'items':["
                 "{'metadata':{'name':'a'},'status':{'jobID':1}},"
                 "{'items':[{'metadata':{'name':'no'}}]},"
                 "{'spec':1,'metadata':{'name':'c'}}]}";
    struct json_picker *list = json_picker_new(of_list, 2),
                       *item = json_picker_new(paths, N_PATHS);
    struct json_text values[2];
    struct err err = ERR_INIT;
    STR_AUTO struct str out;

    unquote(doc);
    str_init(&out, 4096);
    ck_assert_int_eq(json_pick_list(&(struct json_list_picks){list, values, item,
                                                              collect, &out, NULL},
                                    doc, strlen(doc), &err),
                     0);
    ck_assert_str_eq(out.s, "\"a\" | 1 | - | - | -\n"
                            "- | - | - | - | -\n"
                            "\"c\" | - | - | 1 | -\n");
    str_reset(&out);
    show(&out, values, 2);
    ck_assert_str_eq(out.s, "\"x-1\" | \"JobList\"");
    json_picker_free(list);
    json_picker_free(item);
}
END_TEST

START_TEST(test_items_may_be_missing)
{
    static const char *const docs[] = {"{}", "{\"items\":null}", "{\"items\":[]}"};
    struct json_picker *p = json_picker_new(paths, N_PATHS);
    struct json_text values[N_PATHS];
    int n = 0;

    for (size_t i = 0; i < ARRAY_LEN(docs); i++)
        ck_assert_int_eq(
            json_pick_list(&(struct json_list_picks){p, values, p, ignore, &n, NULL},
                           docs[i], strlen(docs[i]), NULL),
            0);
    ck_assert_int_eq(n, 0);
    json_picker_free(p);
}
END_TEST

static struct json_text text(const char *s)
{
    return (struct json_text){s, strlen(s)};
}

/* Items may stand under another key; "items" is then a field as others. What stands
 * before them is known to the first of them. */
START_TEST(test_other_key)
{
    static const char *const of_table[] = {"columns", "items"}, *const of_row[] = {"x"};
    const char *doc = "{\"columns\":[1],\"items\":2,\"rows\":[{\"x\":1},{}]}";
    struct json_picker *table = json_picker_new(of_table, 2),
                       *row = json_picker_new(of_row, 1);
    struct json_text values[2];
    int n = 0;

    ck_assert_int_eq(json_pick_list(&(struct json_list_picks){table, values, row,
                                                              ignore, &n, "rows"},
                                    doc, strlen(doc), NULL),
                     0);
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(json_text_int(values[1], 0), 2);
    json_picker_free(table);
    json_picker_free(row);
}
END_TEST

static const struct {
    const char *array;
    size_t n;
    const char *found; /* of the first three */
} arrays[] = {
    {"[]", 0, ""},
    {" [1]", 0, ""},
    {"[1]", 1, "1"},
    {"[\"a,b\", null,{\"x\":[1,2]}]", 3, "\"a,b\" | null | {\"x\":[1,2]}"},
    {"[[],{},\"]\",4,5]", 5, "[] | {} | \"]\""},
    {"[1,2 3]", 2, "1 | 2"},
    {"[1,", 1, "1"},
    {"[1,]", 1, "1"},
    {"{\"a\":1}", 0, ""},
    {"null", 0, ""},
    {"", 0, ""},
};

START_TEST(test_array)
{
    struct json_text items[3];
    STR_AUTO struct str out;

    str_init(&out, 4096);
    const size_t n = json_text_items(text(arrays[_i].array), items, ARRAY_LEN(items));
    ck_assert_int_eq(n, arrays[_i].n);
    show(&out, items, MIN(n, ARRAY_LEN(items)));
    ck_assert_str_eq(out.s ? out.s : "", arrays[_i].found);
}
END_TEST

START_TEST(test_values)
{
    struct arena *a = arena_new();
    const struct json_text none = {NULL, 0};

    ck_assert(json_text_is_true(text("true")));
    ck_assert(!json_text_is_true(text("false")) && !json_text_is_true(none));
    ck_assert(!json_text_is_true(text("\"true\"")));
    ck_assert_int_eq(json_text_int(text("-42"), 7), -42);
    ck_assert_int_eq(json_text_int(text("9223372036854775807"), 7), INT64_MAX);
    ck_assert_int_eq(json_text_int(text("9223372036854775808"), 7), 7);
    ck_assert_int_eq(json_text_int(text("1.5"), 7), 7);
    ck_assert_int_eq(json_text_int(text("\"3\""), 7), 7);
    ck_assert_int_eq(json_text_int(text("null"), 7), 7);
    ck_assert_int_eq(json_text_int(none, 7), 7);
    ck_assert_str_eq(json_text_str(text("\"abc\""), a), "abc");
    ck_assert_str_eq(json_text_str(text("\"\""), a), "");
    ck_assert_str_eq(json_text_str(text("\"a\\n\\u00e9\\\"\""), a), "a\n\xc3\xa9\"");
    ck_assert_ptr_null(json_text_str(text("12"), a));
    ck_assert_ptr_null(json_text_str(none, a));
    ck_assert_str_eq(json_text_scalar(text("12"), a), "12");
    ck_assert_str_eq(json_text_scalar(text("\"2-4\""), a), "2-4");
    ck_assert_ptr_null(json_text_scalar(text("[1]"), a));
    arena_free(a);
}
END_TEST

int main(void)
{
    return suite_main("base/json_pick", (struct suite_row[]){
                                            {test_pick, ARRAY_LEN(picks)},
                                            {test_bad, ARRAY_LEN(bad)},
                                            {test_cut, 1},
                                            {test_list, 1},
                                            {test_items_may_be_missing, 1},
                                            {test_other_key, 1},
                                            {test_array, ARRAY_LEN(arrays)},
                                            {test_values, 1},
                                            {NULL, 0},
                                        });
}

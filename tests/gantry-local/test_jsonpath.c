#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table.h"
#include "tests/support/suite.h"

static const char object_text[] = "{\"a\":{\"b\":\"c\",\"x.y\":1},\"l\":[{\"t\":\"A\","
                                  "\"s\":1},{\"t\":\"Ready\",\"s\":2}],"
                                  "\"n\":[1,2,3],\"t\":true,\"z\":null}";

static const struct {
    const char *path, *want;
} cases[] = {
    {".a.b", "\"c\""},
    {"{.a.b}", "\"c\""},
    {".a['b']", "\"c\""},
    {".a['x.y']", "1"},
    {".a['x.y','b']", "1"},
    {".a['none','b']", "\"c\""},
    {"['none',\"a\"].b", "\"c\""},
    {".a['none','other']", "null"},
    {".a['none',]", "null"},
    {".a['none','b'", "null"},
    {".a['none' 'b']", "null"},
    {".a.x\\.y", "1"},
    {".n[0]", "1"},
    {".n[-1]", "3"},
    {".n[3]", "null"},
    {".n[*]", "1"},
    {".l[*].t", "\"A\""},
    {".l[?(@.t==\"Ready\")].s", "2"},
    {".l[?(@.t=='Ready')].s", "2"},
    {".l[?(@.s == 2)].t", "\"Ready\""},
    {".l[?(@.t!=\"A\")].s", "2"},
    {".l[?(@.t==\"No\")].s", "null"},
    {".t", "true"},
    {".n", "[1,2,3]"},
    {".none.deeper", "null"},
    {".z", "null"},
    {".a[", "null"},
    {".a['b", "null"},
    {".l[?(@.t", "null"},
    {"..b", "null"},
    {".", "null"},
    {"a", "null"},
};

START_TEST(test_path)
{
    JSON_AUTO struct json *object = json_parse_str(object_text, NULL);
    JSON_AUTO struct json *got = jsonpath_cell(object, cases[_i].path);
    AUTO_FREE char *text = json_text(got, NULL);

    ck_assert_msg(strcmp(text, cases[_i].want) == 0, "%s: %s", cases[_i].path, text);
}
END_TEST

static const struct {
    const char *path, *want; /* apart by spaces */
} plain[] = {
    {".a.b", "a.b"},
    {"{.a.b}", "a.b"},
    {".a['b']", "a.b"},
    {".a['b','c'].d", ""},
    {".a.b['c','d']", "a.b.c a.b.d"},
    {"['a',\"b\"]", "a b"},
    {".a['b','c','d','e']", "a.b a.c a.d a.e"},
    {".a['b','c','d','e','f']", ""},
    {".a['b','x.y']", ""},
    {".a['b','']", ""},
    {".a.x\\.y", ""},
    {".n[0]", ""},
    {".n[*]", ""},
    {".a.*", ""},
    {".l[?(@.t==\"Ready\")]", ""},
    {".a['b',]", ""},
    {"..b", ""},
    {"", ""},
};

START_TEST(test_plain)
{
    char *found[JSONPATH_CHOICES_MAX];
    STR_AUTO struct str text;

    str_init(&text, 4096);
    const size_t n = jsonpath_plain(plain[_i].path, found);
    for (size_t i = 0; i < n; i++) {
        str_addf(&text, "%s%s", i ? " " : "", found[i]);
        free(found[i]);
    }
    ck_assert_msg(str_eq(text.s ? text.s : "", plain[_i].want), "%s: %s",
                  plain[_i].path, text.s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/jsonpath", (struct suite_row[]){
                                                   {test_path, ARRAY_LEN(cases)},
                                                   {test_plain, ARRAY_LEN(plain)},
                                                   {NULL, 0},
                                               });
}

#include "base/yaml_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

#define OUT_MAX (1u << 20)

/* ---- strings: the JSON text and what stands behind "v:" ---- */

static const struct {
    const char *json;
    const char *yaml;
} values[] = {
    {"\"\"", " \"\"\n"},
    {"\"a\"", " a\n"},
    {"\"a b: c\"", " 'a b: c'\n"},
    {"\"- x\"", " '- x'\n"},
    {"\" lead\"", " ' lead'\n"},
    {"\"trail \"", " 'trail '\n"},
    {"\"# c\"", " '# c'\n"},
    {"\"a #b\"", " 'a #b'\n"},
    {"\"it's\"", " it's\n"},
    {"\"*x\"", " '*x'\n"},
    {"\"@x\"", " '@x'\n"},
    {"\"{a}\"", " '{a}'\n"},
    {"\"\\\"quoted\\\"\"", " '\"quoted\"'\n"},
    {"\"tab\\there\"", " \"tab\\there\"\n"},
    {"\"a\\r\\nb\"", " \"a\\r\\nb\"\n"},
    {"\"uni \xc3\xbc \xe6\xbc\xa2 \\u0001 \\u2028\"",
     " \"uni \xc3\xbc \xe6\xbc\xa2 \\x01 \\L\"\n"},
    {"\"yes\"", " \"yes\"\n"},
    {"\"Off\"", " \"Off\"\n"},
    {"\"null\"", " \"null\"\n"},
    {"\"~\"", " \"~\"\n"},
    {"\"<<\"", " \"<<\"\n"},
    {"\"true\"", " \"true\"\n"},
    {"\"1\"", " \"1\"\n"},
    {"\"1e3\"", " \"1e3\"\n"},
    {"\"0x1f\"", " \"0x1f\"\n"},
    {"\"089\"", " \"089\"\n"},
    {"\"1_000\"", " \"1_000\"\n"},
    {"\".inf\"", " \".inf\"\n"},
    {"\"12:30\"", " \"12:30\"\n"},
    {"\"12:70\"", " 12:70\n"},
    {"\"1.2.3\"", " 1.2.3\n"},
    {"\"2001-01-01\"", " \"2001-01-01\"\n"},
    {"\"2001-13-01\"", " 2001-13-01\n"},
    {"\"2001-02-29\"", " 2001-02-29\n"},
    {"\"2026-11-26T11:15:51Z\"", " \"2026-11-26T11:15:51Z\"\n"},
    {"\"2026-11-26T11:15:51.123456Z\"", " \"2026-11-26T11:15:51.123456Z\"\n"},
    {"\"2026-11-26 11:15:51\"", " \"2026-11-26 11:15:51\"\n"},
    {"\"line1\\nline2\\n\"", " |\n  line1\n  line2\n"},
    {"\"line\\nno end\"", " |-\n  line\n  no end\n"},
    {"\"a\\n\\nb\\n\\n\"", " |+\n  a\n\n  b\n\n"},
    {"\"\\n\"", " |2+\n\n"},
    {"\"  \\n a\"", " \"  \\n a\"\n"},
    {"12", " 12\n"},
    {"-1.5", " -1.5\n"},

    {"null", " null\n"},
    {"false", " false\n"},
    {"{}", " {}\n"},
    {"[]", " []\n"},
    {"[[],{}]", "\n- []\n- {}\n"},
    {"[{\"b\":1,\"a\":[2]}]", "\n- a:\n  - 2\n  b: 1\n"},
    {"{\"n\":\"x\",\"f:m\":{\".\":{}}}", "\n  f:m:\n    .: {}\n  \"n\": x\n"},
};

static char *print(const char *json)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *tree = json_parse(json, strlen(json), &err);
    STR_AUTO struct str out;

    ck_assert_msg(tree != NULL, "%s: %s", json, err.msg);
    str_init(&out, OUT_MAX);
    yaml_print(tree, &out);
    return str_take(&out);
}

START_TEST(values_are_written_as_kubernetes_does)
{
    AUTO_FREE char *json = xasprintf("{\"v\":%s}", values[_i].json);
    AUTO_FREE char *want = xasprintf("v:%s", values[_i].yaml);
    AUTO_FREE char *got = print(json);

    ck_assert_str_eq(got, want);
}
END_TEST

/* Whoever reads it gets the same again. */
START_TEST(values_are_read_again)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *json = xasprintf("{\"v\":%s}", values[_i].json);
    AUTO_FREE char *text = print(json);
    JSON_AUTO struct json *want = json_parse(json, strlen(json), &err);
    JSON_AUTO struct json *got = yaml_parse_one(text, strlen(text), "y", &err);

    ck_assert_msg(got && json_equal(got, want), "%s became %s: %s", json, text,
                  err.msg);
}
END_TEST

START_TEST(long_lines_are_folded)
{
    AUTO_FREE char *got =
        print("{\"m\":{\"a\":{\"long\":\"aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk "
              "lll mmm nnn ooo ppp qqq rrr sss ttt uuu vvv www xxx yyy zzz\"}}}");

    ck_assert_str_eq(got, "m:\n"
                          "  a:\n"
                          "    long: aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk lll "
                          "mmm nnn ooo ppp qqq rrr\n"
                          "      sss ttt uuu vvv www xxx yyy zzz\n");
}
END_TEST

/* Names of files and paths of requests may have any bytes. */
START_TEST(bytes_that_are_no_text_are_replaced)
{
    JSON_AUTO struct json *tree = json_new_object();
    STR_AUTO struct str out;

    str_init(&out, OUT_MAX);
    json_set(tree, "k\xff", json_new_string("a\xc3 \xc3\xbc"));
    json_set(tree, "lines", json_new_string("a\n\xed\xa0\x80"));
    yaml_print(tree, &out);
    ck_assert_str_eq(out.s, "k\xef\xbf\xbd: a\xef\xbf\xbd \xc3\xbc\n"
                            "lines: |-\n"
                            "  a\n"
                            "  \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n");
}
END_TEST

START_TEST(whole_numbers_have_no_exponent)
{
    AUTO_FREE char *got = print("[1e3,-2.0,1e30]");

    ck_assert_str_eq(got, "- 1000\n- -2\n- 1e30\n");
}
END_TEST

/* ---- the order of fields ---- */

static const struct {
    const char *first, *then;
} orders[] = {
    {"a", "b"},       {"B", "a"},      {"a", "aa"},
    {"a2", "a10"},    {"a02", "a3"},   {"a2", "a02"},
    {"1", "a"},       {"-", "a"},      {"f:a", "f:b"},
    {".", "f:a"},     {"a-b", "ab"},   {"a100", "a1000"},
    {"a.9x", "a.10"}, {"a.9", "a.10"}, {"k:{\"a\"}", "k:{\"b\"}"},
};

START_TEST(fields_are_in_the_order_of_people)
{
    const char *first = orders[_i].first, *then = orders[_i].then;

    ck_assert_msg(yaml_print_compare(first, then) < 0, "%s, %s", first, then);
    ck_assert_msg(yaml_print_compare(then, first) > 0, "%s, %s", then, first);
    ck_assert_int_eq(yaml_print_compare(first, first), 0);
}
END_TEST

int main(void)
{
    return suite_main("base/yaml_print",
                      (struct suite_row[]){
                          {values_are_written_as_kubernetes_does, ARRAY_LEN(values)},
                          {values_are_read_again, ARRAY_LEN(values)},
                          {long_lines_are_folded, 1},
                          {bytes_that_are_no_text_are_replaced, 1},
                          {whole_numbers_have_no_exponent, 1},
                          {fields_are_in_the_order_of_people, ARRAY_LEN(orders)},
                          {NULL, 0},
                      });
}

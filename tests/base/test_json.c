#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static struct json *parse(const char *text)
{
    struct err err = ERR_INIT;
    struct json *j = json_parse_str(text, &err);

    ck_assert_msg(j != NULL, "%s: %s", text, err.msg);
    return j;
}

static void assert_text(const struct json *j, const char *want)
{
    AUTO_FREE char *text = json_text(j, NULL);

    ck_assert_str_eq(text, want);
}

/* ---- parsing and printing ---- */

static const struct {
    const char *name, *in, *out;
} good[] = {
    {"null", "null", "null"},
    {"space around", " \t\r\n{ } \n", "{}"},
    {"order kept", "{\"b\":1,\"a\":[true,false,null]}",
     "{\"b\":1,\"a\":[true,false,null]}"},
    {"last key wins", "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"},
    {"int64 least", "-9223372036854775808", "-9223372036854775808"},
    {"int64 greatest", "9223372036854775807", "9223372036854775807"},
    {"uint64 greatest", "18446744073709551615", "18446744073709551615"},
    {"past uint64", "18446744073709551616", "18446744073709551616"},
    {"far below int64", "-9223372036854775809", "-9223372036854775809"},
    {"long beside doubles", "[18446744073709551616,1e0,{\"a\":12e0,\"b\":0e0}]",
     "[18446744073709551616,1e0,{\"a\":12e0,\"b\":0e0}]"},
    {"long in fields", "{\"a\":99999999999999999999 , \"b\":-9223372036854775809}",
     "{\"a\":99999999999999999999,\"b\":-9223372036854775809}"},
    {"long and last", "[0,\n123456789012345678901234567890\n]",
     "[0,123456789012345678901234567890]"},
    {"double kept", "[1.0,1e3,-0.10,2E-2]", "[1.0,1e3,-0.10,2E-2]"},
    {"escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"",
     "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\""},
    {"runes", "\"\\u00e9\\u20ac\\ud83d\\ude00\"",
     "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {"plain UTF-8", "\"\xc3\xa9 \xf4\x8f\xbf\xbf\"", "\"\xc3\xa9 \xf4\x8f\xbf\xbf\""},
    {"half a pair", "\"\\ud83dx\\ude00\"", "\"\xef\xbf\xbdx\xef\xbf\xbd\""},
    {"half before another", "\"\\ud83d\\u0041\"",
     "\"\xef\xbf\xbd"
     "A\""},
    {"NUL in a string", "\"a\\u0000b\"", "\"a\\u0000b\""},
    {"empty key", "{\"\":\"\"}", "{\"\":\"\"}"},
    {"escaped key", "{\"a\\n\\\"\":1}", "{\"a\\n\\\"\":1}"},
    {"percent and quote", "\"100% it's\"", "\"100% it's\""},
};

START_TEST(test_good)
{
    JSON_AUTO struct json *j = parse(good[_i].in);
    JSON_AUTO struct json *copy = json_copy(j);
    AUTO_FREE char *text = json_text(j, NULL);

    ck_assert_msg(str_eq(text, good[_i].out), "%s: %s", good[_i].name, text);
    assert_text(copy, good[_i].out);
    ck_assert(json_equal(j, copy));
}
END_TEST

static const struct {
    const char *name, *in;
    size_t at; /* byte that the message names */
} bad[] = {
    {"empty", "", 0},
    {"only space", "  ", 2},
    {"NaN", "NaN", 0},
    {"Infinity", "[-Infinity]", 2},
    {"upper case", "True", 0},
    {"word cut", "nul", 0},
    {"trailing comma, object", "{\"a\":1,}", 7},
    {"trailing comma, array", "[1,]", 3},
    {"leading comma", "[,1]", 1},
    {"comment", "/* x */ 1", 0},
    {"comment inside", "[1 // x\n]", 3},
    {"single quotes", "{'a':1}", 1},
    {"single-quoted value", "['a']", 1},
    {"bare key", "{a:1}", 1},
    {"percent", "%s", 0},
    {"no colon", "{\"a\" 1}", 5},
    {"no value", "{\"a\":}", 5},
    {"object not closed", "{\"a\":1", 6},
    {"wrong bracket", "[1}", 2},
    {"two documents", "{} {}", 3},
    {"leading zero", "01", 1},
    {"leading zero, negative", "-01", 2},
    {"leading zero, double", "[01.5]", 2},
    {"digits behind the exponent", "1e5e5", 3},
    {"long integer where a key is due", "{18446744073709551616:1}", 1},
    {"word behind a long integer", "[18446744073709551616 1]", 22},
    {"two long integers", "18446744073709551616 18446744073709551616", 21},
    {"the first of two errors", "{\"a\" 1, \"b\": nul}", 5},
    {"the first of two in one word", "{\"a\":1-}", 6},
    {"the first of two, whole", "{} nul", 3},
    {"key in single quotes behind others", "{\"a\":1,'b':2}", 7},
    {"Infinity in an array", "[1,Infinity]", 3},
    {"form feed", "[\f1]", 1},
    {"no digit before the point", ".5", 0},
    {"no digit behind the point", "1.", 2},
    {"no exponent", "1e+", 3},
    {"lone minus", "-", 1},
    {"plus", "+1", 0},
    {"past double", "1e999", 0},
    {"hexadecimal", "0x10", 1},
    {"string not closed", "\"abc", 4},
    {"control character", "\"a\nb\"", 2},
    {"unknown escape", "\"\\x\"", 2},
    {"short escape", "\"\\u12g4\"", 5},
    {"NUL in a key", "{\"a\\u0000\":1}", 10},
    {"stray continuation", "\"\x80\"", 1},
    {"overlong", "\"\xc0\xaf\"", 1},
    {"overlong, three bytes", "\"\xe0\x80\xaf\"", 1},
    {"surrogate in bytes", "\"\xed\xa0\x80\"", 1},
    {"past U+10FFFF", "\"\xf4\x90\x80\x80\"", 1},
    {"sequence cut", "\"\xe2\x82", 1},
    {"control character in a key", "{\"a\tb\":1}", 3},
    {"UTF-8 in a key", "{\"\xff\":1}", 2},
    {"byte order mark", "\xef\xbb\xbf{}", 0},
};

START_TEST(test_bad)
{
    struct err err = ERR_INIT;
    char want[64];

    snprintf(want, sizeof(want), "invalid JSON at byte %zu: ", bad[_i].at);
    ck_assert_msg(json_parse_str(bad[_i].in, &err) == NULL, "%s: accepted",
                  bad[_i].name);
    ck_assert_msg(err.code == ERR_INVALID, "%s: code %d", bad[_i].name, err.code);
    ck_assert_msg(str_starts(err.msg, want), "%s: %s", bad[_i].name, err.msg);
    ck_assert(json_parse_str(bad[_i].in, NULL) == NULL);
}
END_TEST

static const struct {
    const char *name, *in;
    size_t len, at;
} with_nul[] = {
    {"NUL between words", "[\0]", 3, 1},
    {"NUL in a string", "\"a\0\"", 4, 2},
    {"NUL behind a backslash", "\"\\\0\"", 4, 2},
    {"NUL among the digits of an escape",
     "\"\\u0\0"
     "00\"",
     8, 4},
    {"the same in a key",
     "{\"\\u0\0"
     "00\":1}",
     12, 5},
};

START_TEST(test_bytes_of_zero)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str path;
    char want[64];

    str_init(&path, 64);
    snprintf(want, sizeof(want), "invalid JSON at byte %zu: ", with_nul[_i].at);
    ck_assert_msg(json_parse(with_nul[_i].in, with_nul[_i].len, &err) == NULL,
                  "%s: accepted", with_nul[_i].name);
    ck_assert_msg(str_starts(err.msg, want), "%s: %s", with_nul[_i].name, err.msg);
    ck_assert(!json_duplicate_key(with_nul[_i].in, with_nul[_i].len, &path));
}
END_TEST

/* `depth` brackets around nothing. */
static struct json *parse_nested(int depth, struct err *err)
{
    STR_AUTO struct str text;
    int i;

    str_init(&text, 1024);
    for (i = 0; i < depth; i++)
        str_addc(&text, '[');
    for (i = 0; i < depth; i++)
        str_addc(&text, ']');
    return json_parse(text.s, text.len, err);
}

START_TEST(test_depth)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *deepest = parse_nested(JSON_DEPTH_MAX, &err);
    JSON_AUTO struct json *deeper = NULL;

    ck_assert_msg(deepest != NULL, "%s", err.msg);
    ck_assert(parse_nested(JSON_DEPTH_MAX + 1, &err) == NULL);
    ck_assert_str_eq(err.msg, "invalid JSON at byte 64: nested too deeply");
    deeper = json_build("{'in': [%j]}", deepest);
    ck_assert_int_eq(json_len(json_at(deeper, "in")), 1);
}
END_TEST

START_TEST(test_bounds_are_the_callers)
{
    const char text[4] = {'[', '1', ']', '2'};
    struct err err = ERR_INIT;
    JSON_AUTO struct json *j = json_parse(text, 3, &err);

    ck_assert_int_eq(json_len(j), 1);
    ck_assert(json_parse(text, 2, &err) == NULL);
    ck_assert(json_parse(text, 4, &err) == NULL);
    ck_assert(json_parse("1\0", 2, &err) == NULL);
}
END_TEST

START_TEST(test_pretty)
{
    JSON_AUTO struct json *j = parse("{\"a\":[1,{\"b\":{}}],\"c\":[]}");
    STR_AUTO struct str out;

    str_init(&out, 1024);
    json_print_pretty(j, &out);
    ck_assert_str_eq(out.s,
                     "{\n  \"a\": [\n    1,\n    {\n      \"b\": {}\n    }\n  ],\n"
                     "  \"c\": []\n}");
    str_reset(&out);
    json_print(NULL, &out);
    ck_assert_str_eq(out.s, "null");
}
END_TEST

START_TEST(test_print_ceiling)
{
    JSON_AUTO struct json *j = parse("[\"0123456789\",\"0123456789\"]");
    STR_AUTO struct str out;

    str_init(&out, 20);
    json_print(j, &out);
    ck_assert(out.overflow);
    ck_assert_uint_le(out.len, 20);
}
END_TEST

START_TEST(test_bytes_that_are_not_text)
{
    JSON_AUTO struct json *s = json_new_string("a\xff\xe2\x82z");
    JSON_AUTO struct json *o = json_build("{%s: 1}", "k\x80");

    assert_text(s, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
    assert_text(o, "{\"k\xef\xbf\xbd\":1}");
}
END_TEST

static const struct {
    double v;
    const char *text;
} doubles[] = {
    {0.1, "0.1"},      {0.5, "0.5"},
    {1e300, "1e+300"}, {1.0 / 3, "0.3333333333333333"},
    {-2.25, "-2.25"},  {INFINITY, "null"},
    {NAN, "null"},
};

START_TEST(test_doubles)
{
    JSON_AUTO struct json *j = json_new_double(doubles[_i].v);

    assert_text(j, doubles[_i].text);
    if (isfinite(doubles[_i].v))
        ck_assert(json_double(j) == doubles[_i].v);
}
END_TEST

/* ---- duplicate keys ---- */

static const struct {
    const char *in, *path; /* NULL: none */
} duplicates[] = {
    {"{}", NULL},
    {"[{\"a\":1},{\"a\":1}]", NULL},
    {"{\"a\":{\"b\":1},\"b\":{\"b\":1}}", NULL},
    {"{\"a\":1,\"a\":1}", "a"},
    {"{\"a\":null,\"a\":1}", "a"},
    {"{\"spec\":{\"nodes\":1,\"x\":2,\"nodes\":3}}", "spec.nodes"},
    {"{\"a\":1,\"\\u0061\":1}", "a"},
    {"{\"a\\\"b\" : 1, \"a\\u0022b\" : 1}", "a\"b"},
    {"[[{\"a\":\"a\"}],[\"a\",\"a\",{\"\":[],\"\":{}}]]", "[1][2]."},
    /* no documents: an answer, whichever it is */
    {"}]{\"a\":1,]\"a\":2", NULL},
    {"\"a\":1,\"a\":2", NULL},
    {"[\"a\":1,\"a\":2", NULL},
    {"{\"c\":[{},{\"env\":[[0,{\"k\":1,\"k\":2}]]}]}", "c[1].env[0][1].k"},
    {"{\"a\":{\"x\":1,\"x\":2},\"a\":1}", "a.x"},
};

START_TEST(test_duplicates)
{
    STR_AUTO struct str path;
    const char *in = duplicates[_i].in;
    bool found;

    str_init(&path, 256);
    found = json_duplicate_key(in, strlen(in), &path);
    ck_assert_msg(found == (duplicates[_i].path != NULL), "%s: %d", in, found);
    ck_assert_str_eq(path.s, found ? duplicates[_i].path : "");
}
END_TEST

/* ---- reading ---- */

#define DOC                                                                          \
    "{\"s\":\"x\",\"n\":null,\"i\":7,\"d\":2.9,\"t\":true,\"a\":[1,null,\"z\"],"     \
    "\"o\":{\"p\":{\"q\":\"deep\"}},\"a.b\":5,\"u\":18446744073709551615,\"empty\":" \
    "\"\"}"

START_TEST(test_null_is_not_absent)
{
    JSON_AUTO struct json *j = parse(DOC);
    struct json *n = json_get(j, "n");

    ck_assert_ptr_nonnull(n);
    ck_assert(json_is(n, JSON_NULL));
    ck_assert(!json_is(NULL, JSON_NULL));
    ck_assert_int_eq(json_type(NULL), JSON_NULL);
    ck_assert_ptr_null(json_get(j, "nothing"));
    ck_assert(json_is(json_item(json_get(j, "a"), 1), JSON_NULL));
    ck_assert_ptr_null(json_item(json_get(j, "a"), 3));
    ck_assert_ptr_null(json_item(j, 0));
    ck_assert(!json_equal(n, NULL));
    ck_assert(json_equal(n, json_new_null()));
    json_free(json_ref(n));
    json_free(NULL);
    ck_assert_ptr_null(json_copy(NULL));
}
END_TEST

START_TEST(test_paths)
{
    JSON_AUTO struct json *j = parse(DOC);

    ck_assert_str_eq(json_str(j, "o.p.q"), "deep");
    ck_assert_ptr_null(json_at(j, "o.x.q"));
    ck_assert_ptr_null(json_at(j, "s.x"));
    ck_assert_ptr_null(json_at(j, "n.x"));
    ck_assert_ptr_null(json_at(j, ""));
    ck_assert_ptr_null(json_at(j, "a.b"));
    ck_assert_ptr_null(json_at(NULL, "a"));
    ck_assert_int_eq(json_int(json_get(j, "a.b")), 5);
    ck_assert_str_eq(json_str_or(j, "i", "other"), "other");
    ck_assert_str_eq(json_str_or(j, "empty", "other"), "");
    ck_assert_ptr_null(json_str(j, "n"));
    ck_assert_int_eq(json_int_or(j, "i", -1), 7);
    ck_assert_int_eq(json_int_or(j, "s", -1), -1);
    ck_assert(json_bool_or(j, "t", false));
    ck_assert(json_bool_or(j, "nothing", true));
}
END_TEST

START_TEST(test_long_path)
{
    JSON_AUTO struct json *j = json_new_object();
    char path[210];

    memset(path, 'k', sizeof(path));
    path[100] = '.';
    path[sizeof(path) - 1] = '\0';
    json_set_at(j, path, json_new_int(1));
    ck_assert_int_eq(json_int_or(j, path, 0), 1);
}
END_TEST

static const struct {
    const char *path;
    enum json_type type; /* that is asked for */
    enum json_found found;
    const char *msg;
} reads[] = {
    {"s", JSON_STRING, JSON_FOUND, ""},
    {"i", JSON_INT, JSON_FOUND, ""},
    {"t", JSON_BOOL, JSON_FOUND, ""},
    {"a", JSON_ARRAY, JSON_FOUND, ""},
    {"o.p", JSON_OBJECT, JSON_FOUND, ""},
    {"n", JSON_STRING, JSON_ABSENT, ""},
    {"n.x", JSON_INT, JSON_ABSENT, ""},
    {"o.p.x", JSON_BOOL, JSON_ABSENT, ""},
    {"x.y", JSON_OBJECT, JSON_ABSENT, ""},
    {"s", JSON_INT, JSON_WRONG_TYPE, "s: expected integer, got string"},
    {"d", JSON_INT, JSON_WRONG_TYPE, "d: expected integer, got number"},
    {"u", JSON_INT, JSON_WRONG_TYPE,
     "u: expected integer up to 9223372036854775807, got a larger one"},
    {"o.p", JSON_STRING, JSON_WRONG_TYPE, "o.p: expected string, got object"},
    {"a", JSON_BOOL, JSON_WRONG_TYPE, "a: expected boolean, got array"},
    {"t", JSON_ARRAY, JSON_WRONG_TYPE, "t: expected array, got boolean"},
    {"o.p.q.r", JSON_STRING, JSON_WRONG_TYPE, "o.p.q: expected object, got string"},
};

static enum json_found read_as(const struct json *j, size_t i, struct err *err)
{
    struct json *node;
    const char *s;
    int64_t n;
    bool b;

    switch (reads[i].type) {
    case JSON_STRING:
        return json_read_str(j, reads[i].path, &s, err);
    case JSON_INT:
        return json_read_int(j, reads[i].path, &n, err);
    case JSON_BOOL:
        return json_read_bool(j, reads[i].path, &b, err);
    case JSON_ARRAY:
        return json_read_array(j, reads[i].path, &node, err);
    default:
        return json_read_object(j, reads[i].path, &node, err);
    }
}

START_TEST(test_reads)
{
    JSON_AUTO struct json *j = parse(DOC);
    struct err err = ERR_INIT;

    ck_assert_msg(read_as(j, (size_t)_i, &err) == reads[_i].found, "%s as %s",
                  reads[_i].path, json_type_name(reads[_i].type));
    ck_assert_str_eq(err.msg, reads[_i].msg);
}
END_TEST

START_TEST(test_values)
{
    JSON_AUTO struct json *j = parse(DOC);

    ck_assert_int_eq(json_int(json_get(j, "d")), 2);
    ck_assert(json_double(json_get(j, "i")) == 7.0);
    ck_assert_int_eq(json_int(json_get(j, "u")), INT64_MAX);
    ck_assert_uint_eq(json_string_len(json_get(j, "s")), 1);
    ck_assert_uint_eq(json_len(json_get(j, "a")), 3);
    ck_assert_uint_eq(json_len(json_get(j, "s")), 0);
    ck_assert_uint_eq(json_len(NULL), 0);
}
END_TEST

START_TEST(test_each)
{
    JSON_AUTO struct json *j = parse("{\"a\":1,\"b\":null,\"c\":3}");
    STR_AUTO struct str seen;

    str_init(&seen, 64);
    for (json_each (it, j))
        str_addf(&seen, "%s%c", it.key, json_is(it.val, JSON_NULL) ? '-' : '+');
    ck_assert_str_eq(seen.s, "a+b-c+");
    for (json_each (it, NULL))
        ck_abort_msg("NULL has fields");
    for (json_each (it, json_get(j, "a")))
        ck_abort_msg("an integer has fields");
    for (json_each (it, json_get(j, "b")))
        ck_abort_msg("null has fields");
}
END_TEST

START_TEST(test_sorted_keys)
{
    JSON_AUTO struct json *j = parse("{\"b\":1,\"a\":null,\"B\":[\"z\"],\"\":2}");
    AUTO_FREE const char **keys = json_sorted_keys(j);
    AUTO_FREE const char **none = json_sorted_keys(json_get(j, "B"));
    static const char *const want[] = {"", "B", "a", "b"};

    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        ck_assert_str_eq(keys[i], want[i]);
    ck_assert_ptr_null(keys[ARRAY_LEN(want)]);
    ck_assert_ptr_null(none[0]);
}
END_TEST

static const struct {
    const char *a, *b;
    bool equal;
} pairs[] = {
    {"{\"a\":1,\"b\":[null]}", "{\"b\":[null],\"a\":1}", true},
    {"[1,2]", "[2,1]", false},
    {"{\"a\":null}", "{}", false},
    {"{\"a\":null}", "{\"b\":null}", false},
    {"null", "null", true},
    {"null", "0", false},
    {"\"a\\u0000b\"", "\"a\\u0000c\"", false},
    {"18446744073709551615", "-1", false},
    {"9223372036854775807", "9223372036854775806", false},
};

START_TEST(test_equal)
{
    JSON_AUTO struct json *a = parse(pairs[_i].a);
    JSON_AUTO struct json *b = parse(pairs[_i].b);

    ck_assert_msg(json_equal(a, b) == pairs[_i].equal, "%s and %s", pairs[_i].a,
                  pairs[_i].b);
    ck_assert(json_equal(b, a) == pairs[_i].equal);
}
END_TEST

/* ---- writing ---- */

START_TEST(test_set)
{
    JSON_AUTO struct json *j = json_new_object();

    json_set(j, "a", json_new_int(1));
    json_set(j, "b", json_new_null());
    json_set(j, "c", json_new_bool(true));
    json_set(j, "a", json_new_string("again"));
    assert_text(j, "{\"a\":\"again\",\"b\":null,\"c\":true}");
    json_set(j, "a", NULL);
    json_del(j, "c");
    json_del(j, "never there");
    assert_text(j, "{\"b\":null}");
    json_set_at(j, "b.x.y", json_new_int(2));
    json_set_at(j, "b.x.z", json_new_int(3));
    json_set_at(j, "q.r", NULL);
    assert_text(j, "{\"b\":{\"x\":{\"y\":2,\"z\":3}}}");
}
END_TEST

START_TEST(test_arrays)
{
    JSON_AUTO struct json *j = json_new_array();

    json_append(j, json_new_int(1));
    json_append(j, json_new_null());
    json_array_insert(j, 0, json_new_int(0));
    json_array_insert(j, 3, json_new_string("end"));
    json_array_insert(j, 2, json_new_object());
    assert_text(j, "[0,1,{},null,\"end\"]");
    json_array_set(j, 0, json_new_null());
    json_array_set(j, 3, json_new_int(3));
    json_array_del(j, 1);
    assert_text(j, "[null,{},3,\"end\"]");
}
END_TEST

START_TEST(test_copy_is_deep)
{
    JSON_AUTO struct json *j = parse("{\"a\":{\"b\":[1.50]}}");
    JSON_AUTO struct json *copy = json_copy(j);
    JSON_AUTO struct json *ref = json_ref(j);

    json_set_at(copy, "a.c", json_new_int(1));
    json_append(json_at(copy, "a.b"), json_new_int(2));
    assert_text(j, "{\"a\":{\"b\":[1.50]}}");
    assert_text(copy, "{\"a\":{\"b\":[1.50,2],\"c\":1}}");
    ck_assert_ptr_eq(ref, j);
}
END_TEST

START_TEST(test_build)
{
    JSON_AUTO struct json *in = parse("{\"x\":null}");
    JSON_AUTO struct json *j = json_build(
        "{'kind': 'B', %s: %s, 'n': %i, 'ok': [%b, %b], 'j': %j, 'none': [%s, %j],"
        " 'p': '100%%', \"q\": 1}",
        "it's \"a\" key", "quote ' \" % \\", INT64_MIN, 1, 0, in, NULL, NULL);
    JSON_AUTO struct json *bare = json_build("%j", json_new_null());

    assert_text(j, "{\"kind\":\"B\",\"it's \\\"a\\\" key\":\"quote ' \\\" % \\\\\","
                   "\"n\":-9223372036854775808,\"ok\":[true,false],\"j\":{\"x\":null},"
                   "\"none\":[null,null],\"p\":\"100%\",\"q\":1}");
    json_set_at(j, "j.x", json_new_int(1));
    assert_text(in, "{\"x\":null}");
    ck_assert(json_is(bare, JSON_NULL));
}
END_TEST

/* What is put in is never read as JSON or as a template. */
START_TEST(test_build_takes_values_as_they_are)
{
    JSON_AUTO struct json *j =
        json_build("{'a': [%s, %s], %s : {'b': %s, 'c\\n': '\"%%s\"'}}",
                   "\x01"
                   "0",
                   "x\", \"y\": \"", "\"%s': {", "%j");

    assert_text(j, "{\"a\":[\"\\u00010\",\"x\\\", \\\"y\\\": \\\"\"],"
                   "\"\\\"%s': {\":{\"b\":\"%j\",\"c\\n\":\"\\\"%s\\\"\"}}");
}
END_TEST

int main(void)
{
    return suite_main("base/json", (struct suite_row[]){
                                       {test_good, ARRAY_LEN(good)},
                                       {test_bad, ARRAY_LEN(bad)},
                                       {test_bytes_of_zero, ARRAY_LEN(with_nul)},
                                       {test_depth, 1},
                                       {test_bounds_are_the_callers, 1},
                                       {test_pretty, 1},
                                       {test_print_ceiling, 1},
                                       {test_bytes_that_are_not_text, 1},
                                       {test_doubles, ARRAY_LEN(doubles)},
                                       {test_duplicates, ARRAY_LEN(duplicates)},
                                       {test_null_is_not_absent, 1},
                                       {test_paths, 1},
                                       {test_long_path, 1},
                                       {test_reads, ARRAY_LEN(reads)},
                                       {test_values, 1},
                                       {test_each, 1},
                                       {test_sorted_keys, 1},
                                       {test_equal, ARRAY_LEN(pairs)},
                                       {test_set, 1},
                                       {test_arrays, 1},
                                       {test_copy_is_deep, 1},
                                       {test_build, 1},
                                       {test_build_takes_values_as_they_are, 1},
                                       {NULL, 0},
                                   });
}

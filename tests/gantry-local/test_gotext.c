#include "cmd/gantry-local/gotext.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text, *said; /* NULL: nothing */
} base64s[] = {
    {"", NULL},
    {"YQ==", NULL},
    {"YWJj\nYWI=\n", NULL},
    {"%%%", "illegal base64 data at input byte 0"},
    {"YWJj!", "illegal base64 data at input byte 4"},
    {"YWJjY", "illegal base64 data at input byte 4"},
    {"YQ", "illegal base64 data at input byte 0"},
    {"YQ=", "illegal base64 data at input byte 3"},
    {"=Q==", "illegal base64 data at input byte 0"},
    {"YQ==YQ==", "illegal base64 data at input byte 4"},
};

START_TEST(test_base64)
{
    AUTO_FREE char *said = gotext_base64(base64s[_i].text);

    ck_assert_msg(str_eq(said, base64s[_i].said), "\"%s\": %s", base64s[_i].text, said);
}
END_TEST

#define SECONDS "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \""
#define MICROS "\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \""

static const struct {
    const char *text;
    bool micro;
    const char *said;
} times[] = {
    {"2001-01-01T00:00:00Z", false, NULL},
    {"2001-01-01T00:00:00.123+01:00", false, NULL},
    {"2001-01-01T00:00:00.123456Z", true, NULL},
    {"", false, "parsing time \"" SECONDS "\" as \"2006\""},
    {"soon", false, "parsing time \"soon" SECONDS "soon\" as \"2006\""},
    {"2001-1-01", false, "parsing time \"2001-1-01" SECONDS "1-01\" as \"01\""},
    {"2001-13-01", false, "parsing time \"2001-13-01\": month out of range"},
    {"2001-01-01", false, "parsing time \"2001-01-01" SECONDS "\" as \"T\""},
    {"2001-01-01T24:00:00Z", false,
     "parsing time \"2001-01-01T24:00:00Z\": hour out of range"},
    {"2001-01-01T00:00:00+1:00", false,
     "parsing time \"2001-01-01T00:00:00+1:00" SECONDS "+1:00\" as \"Z07:00\""},
    {"2001-01-01T00:00:00Zx", false,
     "parsing time \"2001-01-01T00:00:00Zx\": extra text: \"x\""},
    {"2001-01-01T00:00:00Z", true,
     "parsing time \"2001-01-01T00:00:00Z" MICROS "Z\" as \".000000\""},
    {"2001-01-01T00:00:00.123Z", true,
     "parsing time \"2001-01-01T00:00:00.123Z" MICROS ".123Z\" as \".000000\""},
};

START_TEST(test_time)
{
    AUTO_FREE char *said = gotext_time(times[_i].text, times[_i].micro);

    ck_assert_msg(str_eq(said, times[_i].said), "\"%s\": %s", times[_i].text, said);
}
END_TEST

#define CHARACTER "invalid character "

static const struct {
    const char *text, *said;
} jsons[] = {
    {" {\"a\": [1, -2.5e+3, true, null, \"\\u00e9\\n\"], \"b\": {}, \"c\": []} ", NULL},
    {"", "unexpected end of JSON input"},
    {"{", "unexpected end of JSON input"},
    {"[1,", "unexpected end of JSON input"},
    {"\"a", "unexpected end of JSON input"},
    {"tru", "unexpected end of JSON input"},
    {"xyz", CHARACTER "'x' looking for beginning of value"},
    {"'a'", CHARACTER "'\\'' looking for beginning of value"},
    {"[,]", CHARACTER "',' looking for beginning of value"},
    {"not", CHARACTER "'o' in literal null (expecting 'u')"},
    {"{a}", CHARACTER "'a' looking for beginning of object key string"},
    {"{\"a\" 1}", CHARACTER "'1' after object key"},
    {"{\"a\": 1 \"b\"}", CHARACTER "'\"' after object key:value pair"},
    {"[1 2]", CHARACTER "'2' after array element"},
    {"{} x", CHARACTER "'x' after top-level value"},
    {"01", CHARACTER "'1' after top-level value"},
    {"-x", CHARACTER "'x' in numeric literal"},
    {"1.x", CHARACTER "'x' after decimal point in numeric literal"},
    {"1ex", CHARACTER "'x' in exponent of numeric literal"},
    {"\"\\x\"", CHARACTER "'x' in string escape code"},
    {"\"\\u00g0\"", CHARACTER "'g' in \\u hexadecimal character escape"},
    {"\"a\nb\"", CHARACTER "'\\n' in string literal"},
    {"\x01", CHARACTER "'\\x01' looking for beginning of value"},
    {"\xc3\xa9", CHARACTER "'\\u00c3' looking for beginning of value"},
};

START_TEST(test_json)
{
    const char *text = jsons[_i].text;
    AUTO_FREE char *said = gotext_json(text, strlen(text));

    ck_assert_msg(str_eq(said, jsons[_i].said), "%s: %s", text, said);
}
END_TEST

/* Deeper than anybody reads. */
START_TEST(test_deep)
{
    char text[100000];
    memset(text, '[', sizeof(text));
    AUTO_FREE char *said = gotext_json(text, sizeof(text));

    ck_assert_ptr_nonnull(said);
}
END_TEST

START_TEST(test_base64url)
{
    static const char *const rows[][2] = {
        {"", NULL},
        {"YQ", NULL},
        {"a-_9", NULL},
        {"YQ==", "illegal base64 data at input byte 2"},
        {"a+b", "illegal base64 data at input byte 1"},
        {"YWJjZ", "illegal base64 data at input byte 4"}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO_FREE char *said = gotext_base64url(rows[i][0]);
        ck_assert_msg(str_eq(said, rows[i][1]), "\"%s\": %s", rows[i][0], said);
    }
}
END_TEST

START_TEST(test_value)
{
    static const char *const rows[][2] = {
        {"{}", "map[]"},
        {"{\"b\":[1,\"x\",{}],\"a\":null,\"$c\":true}",
         "map[$c:true a:<nil> b:[1 x map[]]]"},
        {"[{\"name\":\"a\"},{\"name\":\"f\"}]", "[map[name:a] map[name:f]]"}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        JSON_AUTO struct json *value = json_parse_str(rows[i][0], NULL);
        AUTO_FREE char *said = gotext_value(value);
        ck_assert_str_eq(said, rows[i][1]);
    }
}
END_TEST

START_TEST(test_struct)
{
    static const struct gotext_field rule[] = {{"count", "0", NULL}, {NULL}};
    static const struct gotext_field fields[] = {
        {"type", "\"\"", NULL}, {"rules", "null", rule}, {"one", "null", rule}, {NULL}};
    static const char *const rows[][2] = {
        {"{\"rules\":[]}", "{\"Type\":\"\",\"Rules\":[],\"One\":null}"},
        {"{}", "{\"Type\":\"\",\"Rules\":null,\"One\":null}"},
        {"{\"type\":\"a\",\"rules\":[{\"count\":2},{}],\"one\":{}}",
         "{\"Type\":\"a\",\"Rules\":[{\"Count\":2},{\"Count\":0}],"
         "\"One\":{\"Count\":0}}"}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        JSON_AUTO struct json *value = json_parse_str(rows[i][0], NULL);
        AUTO_FREE char *said = gotext_struct(value, fields);
        ck_assert_str_eq(said, rows[i][1]);
    }
}
END_TEST

START_TEST(test_int)
{
    static const struct {
        const char *text, *said;
        int64_t value;
    } rows[] = {
        {"0", NULL, 0},
        {"-7", NULL, -7},
        {"+007", NULL, 7},
        {"9223372036854775807", NULL, INT64_MAX},
        {"-9223372036854775808", NULL, INT64_MIN},
        {"9223372036854775808",
         "strconv.ParseInt: parsing \"9223372036854775808\": value out of range", 5},
        {"", "strconv.ParseInt: parsing \"\": invalid syntax", 5},
        {"-", "strconv.ParseInt: parsing \"-\": invalid syntax", 5},
        {"1 ", "strconv.ParseInt: parsing \"1 \": invalid syntax", 5},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t value = 5;
        AUTO_FREE char *said = gotext_int(rows[i].text, &value);
        ck_assert_msg(str_eq(said, rows[i].said), "\"%s\": %s", rows[i].text, said);
        ck_assert_int_eq(value, rows[i].value);
    }
}
END_TEST

START_TEST(test_yaml)
{
    static const char *const rows[][2] = {
        {"a: 1\n", NULL},
        {"a: 1\na: 2\n", NULL},
        {"", NULL},
        {"a: 'x", "yaml: found unexpected end of stream"},
        {"a:\n\tb: 1\n", "yaml: line 2: found character that cannot start any token"},
        {"a: [b\n", "yaml: line 1: did not find expected ',' or ']'"},
        {"a: [b", "yaml: line 1: did not find expected ',' or ']'"},
        {"a: 1\nb: \001\n", "yaml: control characters are not allowed"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct yaml_fault fault;
        json_free(
            yaml_parse_checked(rows[i][0], strlen(rows[i][0]), "x", &fault, NULL));
        AUTO_FREE char *said = gotext_yaml(&fault);
        ck_assert_msg(str_eq(said, rows[i][1]), "%s: %s", rows[i][0], said);
    }
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/gotext",
                      (struct suite_row[]){{test_base64, ARRAY_LEN(base64s)},
                                           {test_time, ARRAY_LEN(times)},
                                           {test_json, ARRAY_LEN(jsons)},
                                           {test_deep, 1},
                                           {test_base64url, 1},
                                           {test_value, 1},
                                           {test_int, 1},
                                           {test_yaml, 1},
                                           {test_struct, 1},
                                           {NULL, 0}});
}

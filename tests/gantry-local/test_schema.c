#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/pattern.h"
#include "cmd/gantry-local/schema.h"
#include "tests/support/suite.h"

static struct json *parse(const char *text)
{
    struct err err = ERR_INIT;
    struct json *j = json_parse_str(text, &err);

    ck_assert_msg(j != NULL, "%s: %s", text, err.msg);
    return j;
}

/* A root with one property `x`. */
static struct schema *schema_of(const char *x, struct err *err)
{
    AUTO_FREE char *text =
        xasprintf("{\"type\":\"object\",\"properties\":{\"x\":%s}}", x);
    JSON_AUTO struct json *j = parse(text);

    return schema_parse(j, err);
}

static void add_cause(void *arg, const struct cause *cause)
{
    str_addf(arg, "%s|%s|%s\n", cause->field, cause->reason, cause->message);
}

/* What a real API server says of the value, word for word; "" for nothing. */
static const struct {
    const char *schema, *value, *causes;
} values[] = {
    {"{\"type\":\"integer\"}", "1", ""},
    {"{\"type\":\"integer\"}", "1.0", ""},
    {"{\"type\":\"integer\"}", "\"a\"",
     "x|FieldValueTypeInvalid|Invalid value: \"string\": x in body must be of type "
     "integer: \"string\"\n"},
    {"{\"type\":\"integer\"}", "1.5",
     "x|FieldValueTypeInvalid|Invalid value: \"number\": x in body must be of type "
     "integer: \"number\"\n<nil>|FieldValueInvalid|Invalid value: \"\": Checked value "
     "must be of type integer (default format) in x\n"},
    {"{\"type\":\"string\",\"maxLength\":1,\"pattern\":\"^a\"}", "\"bb\"",
     "x|FieldValueTooLong|Too long: may not be more than 1 bytes\n"},
    {"{\"type\":\"string\",\"enum\":[\"a\"]}", "1",
     "x|FieldValueTypeInvalid|Invalid value: \"integer\": x in body must be of type "
     "string: \"integer\"\nx|FieldValueNotSupported|Unsupported value: 1: supported "
     "values: \"a\"\n"},
    {"{\"type\":\"integer\",\"format\":\"int32\"}", "5000000000",
     "<nil>|FieldValueInvalid|Invalid value: \"\": Checked value must be of type "
     "integer "
     "with format int32 in x\n"},
    {"{\"type\":\"object\"}", "[]",
     "x|FieldValueTypeInvalid|Invalid value: \"array\": x in body must be of type "
     "object: "
     "\"array\"\n"},
    {"{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}", "\"z\"",
     "x|FieldValueNotSupported|Unsupported value: \"z\": supported values: \"a\", "
     "\"b\"\n"},
    {"{\"type\":\"integer\",\"enum\":[1,2]}", "7",
     "x|FieldValueNotSupported|Unsupported value: 7: supported values: \"1\", \"2\"\n"},
    {"{\"type\":\"string\",\"maxLength\":3}", "\"abcd\"",
     "x|FieldValueTooLong|Too long: may not be more than 3 bytes\n"},
    {"{\"type\":\"string\",\"maxLength\":3}", "\"\xc3\xa4\xc3\xb6\xc3\xbc\"", ""},
    {"{\"type\":\"string\",\"minLength\":3}", "\"a\"",
     "x|FieldValueInvalid|Invalid value: \"a\": x in body should be at least 3 chars "
     "long\n"},
    {"{\"type\":\"string\",\"pattern\":\"^a+$\"}", "\"b\"",
     "x|FieldValueInvalid|Invalid value: \"b\": x in body should match '^a+$'\n"},
    {"{\"type\":\"integer\",\"maximum\":5}", "6",
     "x|FieldValueInvalid|Invalid value: 6: x in body should be less than or equal to "
     "5\n"},
    {"{\"type\":\"integer\",\"minimum\":1}", "0",
     "x|FieldValueInvalid|Invalid value: 0: x in body should be greater than or equal "
     "to "
     "1\n"},
    {"{\"type\":\"integer\",\"maximum\":5,\"exclusiveMaximum\":true}", "5",
     "x|FieldValueInvalid|Invalid value: 5: x in body should be less than 5\n"},
    {"{\"type\":\"number\",\"minimum\":1,\"exclusiveMinimum\":true}", "1",
     "x|FieldValueInvalid|Invalid value: 1: x in body should be greater than 1\n"},
    {"{\"type\":\"integer\",\"multipleOf\":2}", "3",
     "x|FieldValueInvalid|Invalid value: 3: x in body should be a multiple of 2\n"},
    {"{\"type\":\"array\",\"maxItems\":1,\"items\":{\"type\":\"string\"}}",
     "[\"a\",\"b\"]", "x|FieldValueTooMany|Too many: 2: must have at most 1 item\n"},
    {"{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"string\"}}", "[]",
     "x|FieldValueInvalid|Invalid value: 0: x in body should have at least 1 items\n"},
    {"{\"type\":\"object\",\"maxProperties\":1,\"additionalProperties\":{\"type\":"
     "\"string\"}}",
     "{\"a\":\"\",\"b\":\"\"}",
     "x|FieldValueTooMany|Too many: 2: must have at most 1 item\n"},
    {"{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":{\"type\":"
     "\"string\"}}",
     "{}",
     "x|FieldValueInvalid|Invalid value: 0: x in body should have at least 1 "
     "properties\n"},
    {"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}",
     "{\"a\":\"b\"}",
     "x.a|FieldValueTypeInvalid|Invalid value: \"string\": x.a in body must be of type "
     "integer: \"string\"\n"},
    {"{\"type\":\"string\",\"format\":\"date-time\"}", "\"foo\"",
     "x|FieldValueTypeInvalid|Invalid value: \"foo\": x in body must be of type "
     "date-time: \"foo\"\n"},
    {"{\"type\":\"string\",\"format\":\"uuid\"}", "\"z\"",
     "x|FieldValueTypeInvalid|Invalid value: \"z\": x in body must be of type uuid: "
     "\"z\"\n"},
    {"{\"type\":\"string\",\"format\":\"duration\"}", "\"1h30m\"", ""},
    {"{\"type\":\"object\",\"required\":[\"p\"],\"properties\":{\"p\":{\"type\":"
     "\"string\"}}}",
     "{}", "x.p|FieldValueRequired|Required value\n"},
    {"{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"},\"q\":{\"type\":"
     "\"string\"}},\"anyOf\":[{\"required\":[\"p\"]},{\"required\":[\"q\"]}]}",
     "{}",
     "<nil>|FieldValueInvalid|Invalid value: \"\": \"x\" must validate at least one "
     "schema "
     "(anyOf)\nx.p|FieldValueRequired|Required value\n"},
    {"{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"},\"q\":{\"type\":"
     "\"string\"}},\"oneOf\":[{\"required\":[\"p\"]},{\"required\":[\"q\"]}]}",
     "{\"p\":\"\",\"q\":\"\"}",
     "<nil>|FieldValueInvalid|Invalid value: \"\": \"x\" must validate one and only "
     "one "
     "schema (oneOf). Found 2 valid alternatives\n"},
    {"{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"}},\"not\":"
     "{\"required\":[\"p\"]}}",
     "{\"p\":\"\"}",
     "<nil>|FieldValueInvalid|Invalid value: \"\": \"x\" must not validate the schema "
     "(not)\n"},
    {"{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"}},\"allOf\":["
     "{\"required\":[\"p\"]}]}",
     "{}",
     "x.p|FieldValueRequired|Required value\n<nil>|FieldValueInvalid|Invalid value: "
     "\"\": \"x\" must validate all the schemas (allOf)\n"},
    {"{\"x-kubernetes-int-or-string\":true}", "true",
     "x|FieldValueTypeInvalid|Invalid value: \"boolean\": x in body must be of type "
     "integer,string: \"boolean\"\n"},
    {"{\"type\":\"array\",\"x-kubernetes-list-type\":\"set\",\"items\":{\"type\":"
     "\"string\"}}",
     "[\"a\",\"b\",\"a\"]", "x[2]|FieldValueDuplicate|Duplicate value: \"a\"\n"},
    {"{\"type\":\"array\",\"x-kubernetes-list-type\":\"map\",\"x-kubernetes-list-map-"
     "keys\""
     ":[\"k\"],\"items\":{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{"
     "\"k\":"
     "{\"type\":\"string\"}}}}",
     "[{\"k\":\"1\"},{\"k\":\"1\"}]",
     "x[1]|FieldValueDuplicate|Duplicate value: {\"k\":\"1\"}\n"},
    {"{\"type\":\"string\",\"nullable\":true}", "null", ""},
    {"{\"type\":\"object\",\"x-kubernetes-embedded-resource\":true,"
     "\"x-kubernetes-preserve-unknown-fields\":true}",
     "{\"kind\":\"A\"}", "x.apiVersion|FieldValueRequired|Required value\n"},
};

START_TEST(test_value)
{
    struct err err = ERR_INIT;
    struct schema *s = schema_of(values[_i].schema, &err);
    STR_AUTO struct str causes;
    AUTO_FREE char *text = xasprintf("{\"x\":%s}", values[_i].value);
    JSON_AUTO struct json *object = parse(text);

    ck_assert_msg(s != NULL, "%s: %s", values[_i].schema, err.msg);
    str_init(&causes, 65536);
    schema_validate(s, object, add_cause, &causes);
    ck_assert_msg(strcmp(causes.s, values[_i].causes) == 0, "%s against %s: %s",
                  values[_i].value, values[_i].schema, causes.s);
    schema_free(s);
}
END_TEST

/* Refused schemas, and what the message names. */
static const struct {
    const char *schema, *message;
} bad_schemas[] = {
    {"{}", ".properties[x].type: Required value: must not be empty"},
    {"{\"type\":\"text\"}", ".properties[x].type: must be object, array"},
    {"{\"type\":\"string\",\"maxlength\":1}",
     ".properties[x].maxlength: unknown keyword"},
    {"{\"type\":\"string\",\"maxLength\":-1}", "maxLength: must be an integer"},
    {"{\"type\":\"string\",\"pattern\":\"(\"}", "pattern"},
    {"{\"type\":\"string\",\"pattern\":\"a(?=b)\"}", "not understood"},
    {"{\"type\":\"array\"}", ".items: must be specified"},
    {"{\"type\":\"object\",\"additionalProperties\":false}", "not structural"},
    {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},"
     "\"additionalProperties\":{\"type\":\"string\"}}",
     "mutually exclusive"},
    {"{\"type\":\"object\",\"anyOf\":[{\"default\":1}]}", "forbidden inside"},
    {"{\"type\":\"array\",\"x-kubernetes-list-type\":\"map\",\"items\":{\"type\":"
     "\"string\"}}",
     "map needs items"},
    {"{\"type\":\"array\",\"x-kubernetes-list-type\":\"map\",\"x-kubernetes-list-map-"
     "keys\""
     ":[\"k\"],\"items\":{\"type\":\"object\",\"properties\":{\"k\":{\"type\":"
     "\"string\"}}}"
     "}",
     "required in the items"},
    {"{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":false}",
     "must be true or absent"},
    {"{\"type\":\"object\",\"x-kubernetes-validations\":[{}]}", "needs a rule"},
    {"3", "must be an object"},
};

START_TEST(test_bad_schema)
{
    struct err err = ERR_INIT;
    struct schema *s = schema_of(bad_schemas[_i].schema, &err);

    ck_assert_msg(s == NULL, "%s", bad_schemas[_i].schema);
    ck_assert_msg(strstr(err.msg, bad_schemas[_i].message) != NULL, "%s: %s",
                  bad_schemas[_i].schema, err.msg);
}
END_TEST

static void add_path(void *arg, const char *path, const char *near)
{
    str_addf(arg, "%s%s%s ", path, near ? "?" : "", near ? near : "");
}

START_TEST(test_prune_and_default)
{
    struct err err = ERR_INIT;
    struct schema *s = schema_of(
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"default\":"
        "\"d\"},"
        "\"l\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
        "\"k\":"
        "{\"type\":\"integer\",\"default\":7}}}},\"keep\":{\"type\":\"object\","
        "\"x-kubernetes-preserve-unknown-fields\":true},\"n\":{\"type\":\"string\"}}}",
        &err);
    JSON_AUTO struct json *object = parse(
        "{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"n\"},\"z\":1,"
        "\"x\":{\"kep\":2,\"l\":[{\"y\":1},{\"k\":2}],\"keep\":{\"any\":{}},\"n\":null"
        "}}");
    JSON_AUTO struct json *want = parse(
        "{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"n\"},\"x\":{"
        "\"l\":[{\"k\":7},{\"k\":2}],\"keep\":{\"any\":{}},\"a\":\"d\"}}");
    STR_AUTO struct str found;

    ck_assert_msg(s != NULL, "%s", err.msg);
    str_init(&found, 4096);
    schema_prune(s, object, add_path, &found);
    ck_assert_str_eq(found.s, "z x.kep?keep x.l[0].y ");
    schema_default(s, object);
    ck_assert(json_equal(object, want));
    schema_free(s);
}
END_TEST

static const struct {
    const char *pattern, *text;
    bool matches;
} patterns[] = {
    {"^\\d+$", "12", true},
    {"^\\d+$", "1a", false},
    {"^[\\w.-]+$", "a_9.b-c", true},
    {"^[\\w.-]+$", "a b", false},
    {"^(?:a|b)+?$", "abab", true},
    {"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a-b", true},
    {"^[\\-\\]\\^]+$", "-]^", true},
    {"^[^\\s]+$", "a b", false},
    {"^\\.\\/$", "./", true},
    {"^[^,]*$", "a,b", false},
    {"^a{2,3}$", "aaa", true},
    {"^[[:digit:]]$", "5", true},
    {"^[\\\\]$", "\\", true},
    {"^[a-z]{1,63}(\\.[a-z]{1,63}){0,9}$", "a.b", true},
    {"^[]{]{2}x{,3}$", "{{x", true},
    {"^a{2,}$", "aaa", true},
};

static const char *const bad_patterns[] = {
    "[a-",
    "[[:alpha:]-",
    "[",
    "(?i)a",
    "((a{99}){99}){99}",
    "(((a{1,99}){1,99}){0,99})",
    "((((((((((a{2,9}){9}){9}){9}){9}){9}){9}){9}){9}){9})",
    "(a{999999999999999999999}){2}",
    "a{1001}",
    "(){99}+{99}",
    "a**",
    "(((){99})+){9}",
    "(((a*)+){30}){30}",
    "((()+){99}){9}",
    "(((a?|b){30})*){2}",
    "((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+",
};

/* Not a byte past its end is read, and memory is not taken without bounds. */
START_TEST(test_bad_pattern)
{
    AUTO_FREE char *pattern = xstrdup(bad_patterns[_i]);
    struct err err = ERR_INIT;
    regex_t regex;

    ck_assert_msg(pattern_compile(pattern, &regex, &err) < 0, "%s", pattern);
    ck_assert_int_eq(err.code, ERR_INVALID);
}
END_TEST

START_TEST(test_pattern)
{
    struct err err = ERR_INIT;
    regex_t regex;

    ck_assert_msg(pattern_compile(patterns[_i].pattern, &regex, &err) == 0, "%s: %s",
                  patterns[_i].pattern, err.msg);
    ck_assert_msg((regexec(&regex, patterns[_i].text, 0, NULL, 0) == 0) ==
                      patterns[_i].matches,
                  "%s on %s", patterns[_i].pattern, patterns[_i].text);
    regfree(&regex);
}
END_TEST

/* What is parsed prints as it was, so that explain and clients see the author's words.
 */
START_TEST(test_openapi_round_trip)
{
    static const char text[] =
        "{\"type\":\"object\",\"description\":\"d\",\"required\":[\"a\"],"
        "\"properties\":{"
        "\"a\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"],\"default\":\"x\","
        "\"minLength\":1},"
        "\"b\":{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"minimum\":0,"
        "\"maximum\":9},\"x-kubernetes-list-type\":\"set\"},"
        "\"c\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true,"
        "\"x-kubernetes-map-type\":\"atomic\",\"nullable\":true}},"
        "\"x-kubernetes-validations\":[{\"rule\":\"true\"}]}";
    JSON_AUTO struct json *j = parse(text);
    struct err err = ERR_INIT;
    struct schema *s = schema_parse(j, &err);

    ck_assert_msg(s != NULL, "%s", err.msg);
    JSON_AUTO struct json *back = schema_to_openapi(s);
    ck_assert(json_equal(j, back));
    schema_free(s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/schema",
                      (struct suite_row[]){
                          {test_value, ARRAY_LEN(values)},
                          {test_bad_schema, ARRAY_LEN(bad_schemas)},
                          {test_prune_and_default, 1},
                          {test_pattern, ARRAY_LEN(patterns)},
                          {test_bad_pattern, ARRAY_LEN(bad_patterns)},
                          {test_openapi_round_trip, 1},
                          {NULL, 0},
                      });
}

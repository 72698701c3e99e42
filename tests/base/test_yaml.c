#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static struct json *parse(const char *text, struct err *err)
{
    return yaml_parse_one(text, strlen(text), "job.yaml", err);
}

/* ---- scalars: the value of "v: ..." as JSON ---- */

static const struct {
    const char *yaml;
    const char *json;
} scalars[] = {
    {"", "null"},
    {"~", "null"},
    {"null", "null"},
    {"Null", "null"},
    {"NULL", "null"},
    {"nULL", "\"nULL\""},
    {"true", "true"},
    {"True", "true"},
    {"FALSE", "false"},
    {"tRUE", "\"tRUE\""},
    {"yes", "\"yes\""},
    {"on", "\"on\""},
    {"y", "\"y\""},
    {"Off", "\"Off\""},
    {"0", "0"},
    {"12", "12"},
    {"-12", "-12"},
    {"+12", "12"},
    {"1_000", "1000"},
    {"0x1F", "31"},
    {"-0x1f", "-31"},
    {"0x0x1", "\"0x0x1\""},
    {"0x", "\"0x\""},
    {"0o755", "493"},
    {"0755", "493"},
    {"0b101", "5"},
    {"0b0b1", "\"0b0b1\""},
    {"089", "89"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"1.5", "1.5"},
    {".5", "0.5"},
    {"-.5", "-0.5"},
    {"1.", "1"},
    {"1.0", "1"},
    {"1e3", "1000"},
    {"1e400", "\"1e400\""},
    {"1e", "\"1e\""},
    {".", "\".\""},
    {"-", NULL},
    {"--1", "\"--1\""},
    {"1:30", "\"1:30\""},
    {"2:00:00", "\"2:00:00\""},
    {"1-12", "\"1-12\""},
    {"2026-11-24", "\"2026-11-24\""},
    {"2026-11-24T19:06:11Z", "\"2026-11-24T19:06:11Z\""},
    {"64Gi", "\"64Gi\""},
    {"infinity", "\"infinity\""},
    {"\"12\"", "\"12\""},
    {"'true'", "\"true\""},
    {"\"\"", "\"\""},
    {"|\n  a\n  b\n", "\"a\\nb\\n\""},
    {">-\n  a\n  b\n", "\"a b\""},
    {"!!str 12", "\"12\""},
    {"! 12", "\"12\""},
    {"!!int \"12\"", "12"},
    {"!!float 1", "1"},
    {"!!bool true", "true"},
    {"!!null ''", "null"},
    {"[1, a, {b: 2}]", "[1,\"a\",{\"b\":2}]"},
    {"{\"a\": [true, null]}", "{\"a\":[true,null]}"},
    {"!!map {a: 1}", "{\"a\":1}"},
    {"!!seq [1]", "[1]"},
};

START_TEST(test_scalar)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str text = {0};
    str_init(&text, 4096);
    str_addf(&text, "v: %s", scalars[_i].yaml);
    JSON_AUTO struct json *doc = parse(text.s, &err);
    if (!scalars[_i].json) {
        ck_assert_msg(doc == NULL, "%s is taken", text.s);
        return;
    }
    ck_assert_msg(doc != NULL, "%s: %s", text.s, err.msg);
    AUTO_FREE char *shown = json_text(json_get(doc, "v"), NULL);
    ck_assert_msg(strcmp(shown, scalars[_i].json) == 0, "%s: %s", text.s, shown);
}
END_TEST

/* ---- documents ---- */

static const struct {
    const char *yaml;
    const char *json;
} docs[] = {
    {"a: 1\nb:\n- x\n- y: 2\n", "{\"a\":1,\"b\":[\"x\",{\"y\":2}]}"},
    {"{\"a\": 1}", "{\"a\":1}"},
    {"12", "12"},
    {"1: a\ntrue: b\n", "{\"1\":\"a\",\"true\":\"b\"}"},
    {"# only this\n---\na: 1\n...\n---\n# nothing\n", "{\"a\":1}"},
    {"a: &x {k: 1}\nb: *x\n", "{\"a\":{\"k\":1},\"b\":{\"k\":1}}"},
    {"a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"},
    {"d: &d {a: 1, b: 2}\ne:\n  b: 3\n  <<: *d\n",
     "{\"d\":{\"a\":1,\"b\":2},\"e\":{\"b\":3,\"a\":1}}"},
    {"e:\n  <<: [{a: 1}, {a: 2, b: 2}]\n  c: 3\n", "{\"e\":{\"c\":3,\"a\":1,\"b\":2}}"},
    {"\"<<\": 1\n", "{\"<<\":1}"},
    {"\xef\xbb\xbf"
     "a: \xc3\xa4\n",
     "{\"a\":\"\xc3\xa4\"}"},
};

START_TEST(test_document)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *doc = parse(docs[_i].yaml, &err);
    ck_assert_msg(doc != NULL, "%s: %s", docs[_i].yaml, err.msg);
    AUTO_FREE char *shown = json_text(doc, NULL);
    ck_assert_str_eq(shown, docs[_i].json);
}
END_TEST

static const struct {
    const char *yaml;
    enum err_code code;
    const char *says;
} bad[] = {
    {"", ERR_INVALID, "job.yaml: empty"},
    {"---\n---\n", ERR_INVALID, "job.yaml: empty"},
    {"a: 1\n---\nb: 2\n", ERR_INVALID, "job.yaml:3: a second document"},
    {"a: 1\nb: 2\na: 3\n", ERR_INVALID, "job.yaml:3: duplicate key \"a\""},
    {"<<: {a: 1}\n<<: {b: 1}\n", ERR_INVALID, "job.yaml:2: duplicate key \"<<\""},
    {"<<: 3\n", ERR_INVALID, "job.yaml:1: \"<<\" merges mappings, this is int"},
    {"a:\n  b: .inf\n", ERR_INVALID, "job.yaml:2: .inf is no value here"},
    {"a: -.INF\n", ERR_INVALID, "job.yaml:1: -.INF"},
    {"a: .nan\n", ERR_INVALID, "job.yaml:1: .nan"},
    {"a: *x\n", ERR_INVALID, "job.yaml:1: alias *x"},
    {"a: &x [*x]\n", ERR_INVALID, "job.yaml:1: alias *x"},
    {"? [a]\n: 1\n", ERR_INVALID, "job.yaml:1: a key must be a plain string"},
    {"? {a: 1}\n: 1\n", ERR_INVALID, "job.yaml:1: a key must be"},
    {"&k a: 1\n", ERR_INVALID, "anchors and tags cannot stand on keys"},
    {"\"a\\0b\": 1\n", ERR_INVALID, "contains a NUL"},
    {"a: !!binary aGk=\n", ERR_INVALID, "job.yaml:1: tag tag:yaml.org,2002:binary"},
    {"a: !foo {b: 1}\n", ERR_INVALID, "job.yaml:1: tag !foo is not known"},
    {"a: !!map [1]\n", ERR_INVALID, "tag"},
    {"a: !!int x\n", ERR_INVALID, "is not what its tag says"},
    {"a: [1\nb: 2\n", ERR_INVALID, "job.yaml:2: not YAML: "},
    {"a:\n\tb: 1\n", ERR_INVALID, "job.yaml:2: not YAML: "},
    {"a: 1\nb: \xff\n", ERR_INVALID, "job.yaml:2: not YAML: "},
    {"a: \"x", ERR_INVALID, "not YAML: "},
    /* what is quoted comes as one line */
    {"\"a\\nb\": 1\n\"a\\nb\": 2\n", ERR_INVALID, "job.yaml:2: duplicate key \"a b\""},
    {"&k \"a\\eb\": 1\n", ERR_INVALID, "key \"a b\": anchors and tags"},
    {"\"a\\n\\0\": 1\n", ERR_INVALID, "key \"a \" contains a NUL"},
    {"a: !!int \"x\\ty\"\n", ERR_INVALID, "\"x y\" is not what its tag says"},
    {"a: !x%0Ay {b: 1}\n", ERR_INVALID, "tag !x y is not known"},
    {"a: !x%0Ay b\n", ERR_INVALID, "tag !x y is not known"},
};

START_TEST(test_bad)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *doc = parse(bad[_i].yaml, &err);
    ck_assert_msg(doc == NULL, "%s is taken", bad[_i].yaml);
    ck_assert_int_eq(err.code, bad[_i].code);
    ck_assert_msg(strstr(err.msg, bad[_i].says) != NULL, "%s: %s", bad[_i].yaml,
                  err.msg);
}
END_TEST

/* ---- several documents ---- */

static int note_doc(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct str *out = arg;
    JSON_AUTO struct json *doc = take_doc;
    str_addf(out, "%zu:", line);
    json_print(doc, out);
    str_addc(out, ' ');
    if (json_get(doc, "stop"))
        return err_set(err, ERR_EXISTS, "stopped");
    return 0;
}

START_TEST(test_stream)
{
    static const char text[] =
        "---\na: 1\n---\n---\n# c\n\nb: &x 2\n---\nstop: 1\n---\nc: 1\n";
    struct err err = ERR_INIT;
    STR_AUTO struct str out = {0};
    str_init(&out, 4096);
    ck_assert_int_eq(yaml_parse(text, strlen(text), "f", note_doc, &out, &err), -1);
    ck_assert_str_eq(err.msg, "stopped");
    ck_assert_str_eq(out.s, "2:{\"a\":1} 7:{\"b\":2} 9:{\"stop\":1} ");
}
END_TEST

START_TEST(test_anchors_end_with_document)
{
    static const char text[] = "a: &x 1\n---\nb: *x\n";
    struct err err = ERR_INIT;
    STR_AUTO struct str out = {0};
    str_init(&out, 4096);
    ck_assert_int_eq(yaml_parse(text, strlen(text), "f", note_doc, &out, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "f:3: alias *x"));
}
END_TEST

/* ---- ceilings ---- */

static void refused(const struct str *text, enum err_code code, const char *says)
{
    struct err err = ERR_INIT;
    ck_assert(!text->overflow);
    JSON_AUTO struct json *doc = yaml_parse_one(text->s, text->len, "f", &err);
    ck_assert_ptr_null(doc);
    ck_assert_int_eq(err.code, code);
    ck_assert_msg(strstr(err.msg, says) != NULL, "%s", err.msg);
}

static void add_nested(struct str *out, int depth, const char *inner)
{
    for (int i = 0; i < depth; i++)
        str_addc(out, '[');
    str_add(out, inner);
    for (int i = 0; i < depth; i++)
        str_addc(out, ']');
}

START_TEST(test_depth)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str text = {0};
    str_init(&text, 1 << 20);
    add_nested(&text, JSON_DEPTH_MAX, "");
    JSON_AUTO struct json *doc = yaml_parse_one(text.s, text.len, "f", &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    str_reset(&text);
    add_nested(&text, JSON_DEPTH_MAX + 1, "");
    refused(&text, ERR_INVALID, "f:1: nested deeper than 64 levels");
    str_reset(&text);
    add_nested(&text, 900, "");
    refused(&text, ERR_INVALID, "f:1: nested deeper than 64 levels");
    str_reset(&text);
    add_nested(&text, 100000, "");
    refused(&text, ERR_INVALID, "f:1: nested deeper than 64 levels");
}
END_TEST

START_TEST(test_alias_depth)
{
    STR_AUTO struct str text = {0};
    str_init(&text, 1 << 20);
    str_add(&text, "a: &a ");
    add_nested(&text, 40, "");
    str_add(&text, "\nb: ");
    add_nested(&text, 40, "*a");
    refused(&text, ERR_INVALID, "f:2: nested deeper than 64 levels");
}
END_TEST

/* Each level names the one before nine times: 9^9 values of less than 1,000 bytes. */
static void add_bomb(struct str *out)
{
    str_add(out, "a0: &a0 [x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        str_addf(out, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++)
            str_addf(out, "%s*a%d", k ? ", " : "", i - 1);
        str_add(out, "]\n");
    }
}

START_TEST(test_alias_bomb)
{
    STR_AUTO struct str text = {0};
    str_init(&text, 1 << 20);
    add_bomb(&text);
    refused(&text, ERR_TOO_LARGE, "more than 200000 values, aliases expanded");
    ck_assert_uint_lt(text.len, 1000);
}
END_TEST

/* One bomb per document, each within the bound: it is for all of them together. */
START_TEST(test_bomb_of_documents)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str text = {0}, out = {0};
    str_init(&text, 1 << 20);
    str_init(&out, 64);
    for (int i = 0; i < 1000; i++)
        str_add(&text, "---\na: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a]\n"
                       "c: [*b,*b,*b,*b,*b,*b,*b]\n");
    ck_assert_int_eq(yaml_parse(text.s, text.len, "f", note_doc, &out, &err), -1);
    ck_assert_int_eq(err.code, ERR_TOO_LARGE);
}
END_TEST

START_TEST(test_sizes)
{
    STR_AUTO struct str text = {0};
    str_init(&text, YAML_BYTES_MAX + 10);
    for (unsigned i = 0; i < YAML_NODES_MAX; i++)
        str_add(&text, "- 1\n");
    refused(&text, ERR_TOO_LARGE, "more than 200000 values");
    str_reset(&text);
    for (int i = 0; i < 1001; i++)
        str_addf(&text, "- &a%d 1\n", i);
    refused(&text, ERR_TOO_LARGE, "f:1001: more than 1000 anchors");
    str_reset(&text);
    while (text.len <= YAML_BYTES_MAX)
        str_add(&text, "          ");
    refused(&text, ERR_TOO_LARGE, "f: 419431");
    ck_assert_uint_eq(yaml_line_of(text.s, text.len, "a"), 0);
}
END_TEST

/* ---- lines ---- */

static const char config[] = "# gantry.yaml\n"      /* 1 */
                             "cluster: c\n"         /* 2 */
                             "priority:\n"          /* 3 */
                             "  age:\n"             /* 4 */
                             "    weight: 1\n"      /* 5 */
                             "partitions:\n"        /* 6 */
                             "- name: a\n"          /* 7 */
                             "  nodes: x\n"         /* 8 */
                             "- {name: b,\n"        /* 9 */
                             "   nodes: y}\n"       /* 10 */
                             "labels: {a.b/c: 1}\n" /* 11 */
                             "? [complex]\n"        /* 12 */
                             ": 1\n"                /* 13 */
                             "last: [[1, 2], [3,\n" /* 14 */
                             "  4]]\n";             /* 15 */

static const struct {
    const char *path;
    size_t line;
} lines[] = {
    {"cluster", 2},
    {"priority", 3},
    {"priority.age", 4},
    {"priority.age.weight", 5},
    {"partitions", 6},
    {"partitions[0]", 7},
    {"partitions[0].nodes", 8},
    {"partitions[1].name", 9},
    {"partitions[1].nodes", 10},
    {"labels.a.b/c", 11},
    {"last", 14},
    {"last[1][1]", 15},
    {"", 0},
    {"nothing", 0},
    {"cluster.x", 0},
    {"priority.age.weight.x", 0},
    {"partitions[2]", 0},
    {"partitions[x]", 0},
    {"partitions[", 0},
    {"partitions.name", 0},
    {"clust", 0},
};

START_TEST(test_line_of)
{
    ck_assert_msg(yaml_line_of(config, strlen(config), lines[_i].path) ==
                      lines[_i].line,
                  "%s", lines[_i].path);
}
END_TEST

START_TEST(test_line_of_broken)
{
    ck_assert_uint_eq(yaml_line_of("a: [", 4, "a"), 1);
    static const char twice[] = "a:\n  b: {c: 1}\n  d: 2\na.b: 3\na.d: 4\n";
    ck_assert_uint_eq(yaml_line_of(twice, strlen(twice), "a.b"), 2);
    ck_assert_uint_eq(yaml_last_line_of(twice, strlen(twice), "a.b"), 4);
    ck_assert_uint_eq(yaml_last_line_of(twice, strlen(twice), "a.b.c"), 2);
    ck_assert_uint_eq(yaml_last_line_of(twice, strlen(twice), "a.e"), 0);
    ck_assert_uint_eq(yaml_line_of("a: [", 4, "b"), 0);
    ck_assert_uint_eq(yaml_line_of("", 0, "b"), 0);
}
END_TEST

int main(void)
{
    return suite_main("base/yaml", (struct suite_row[]){
                                       {test_scalar, ARRAY_LEN(scalars)},
                                       {test_document, ARRAY_LEN(docs)},
                                       {test_bad, ARRAY_LEN(bad)},
                                       {test_stream, 1},
                                       {test_anchors_end_with_document, 1},
                                       {test_depth, 1},
                                       {test_alias_depth, 1},
                                       {test_alias_bomb, 1},
                                       {test_bomb_of_documents, 1},
                                       {test_sizes, 1},
                                       {test_line_of, ARRAY_LEN(lines)},
                                       {test_line_of_broken, 1},
                                       {NULL, 0},
                                   });
}

#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/patch.h"
#include "tests/support/suite.h"

static struct json *parse(const char *text)
{
    struct err err = ERR_INIT;
    struct json *j = json_parse_str(text, &err);

    ck_assert_msg(j != NULL, "%s: %s", text, err.msg);
    return j;
}

static void check_equal(const char *name, const struct json *got, const char *want)
{
    JSON_AUTO struct json *expected = parse(want);
    AUTO_FREE char *text = json_text(got, NULL);

    ck_assert_msg(json_equal(got, expected), "%s: got %s, want %s", name, text, want);
}

/* RFC 7396, appendix A. */
static const struct {
    const char *doc, *patch, *want;
} merges[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
     "{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
};

START_TEST(test_merge)
{
    JSON_AUTO struct json *doc = parse(merges[_i].doc);
    JSON_AUTO struct json *patch = parse(merges[_i].patch);
    JSON_AUTO struct json *got = patch_merge(doc, patch);

    check_equal(merges[_i].patch, got, merges[_i].want);
    check_equal("untouched", doc, merges[_i].doc);
}
END_TEST

/* RFC 6902, appendix A, and what it leaves to be refused. want NULL: refused, `code`.
 */
static const struct {
    const char *name, *doc, *ops, *want;
    enum err_code code;
} json_patches[] = {
    {"add member", "{\"foo\":\"bar\"}",
     "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
     "{\"baz\":\"qux\",\"foo\":\"bar\"}", ERR_NONE},
    {"add element", "{\"foo\":[\"bar\",\"baz\"]}",
     "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
     "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", ERR_NONE},
    {"remove member", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
     "[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}", ERR_NONE},
    {"remove element", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
     "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}",
     ERR_NONE},
    {"replace", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
     "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
     "{\"baz\":\"boo\",\"foo\":\"bar\"}", ERR_NONE},
    {"move", "{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"g\"}}",
     "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
     "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"g\",\"thud\":\"fred\"}}",
     ERR_NONE},
    {"move element", "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
     "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
     "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}", ERR_NONE},
    {"test", "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
     "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
     "{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
     "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}", ERR_NONE},
    {"test fails", "{\"baz\":\"qux\"}",
     "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", NULL, ERR_CONFLICT},
    {"add nested", "{\"foo\":\"bar\"}",
     "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
     "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}", ERR_NONE},
    {"unknown members", "{\"foo\":\"bar\"}",
     "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
     "{\"foo\":\"bar\",\"baz\":\"qux\"}", ERR_NONE},
    {"no such target", "{\"foo\":\"bar\"}",
     "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL, ERR_INVALID},
    {"escapes", "{\"/\":9,\"~1\":10}",
     "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10},"
     "{\"op\":\"remove\",\"path\":\"/~1\"}]",
     "{\"~1\":10}", ERR_NONE},
    {"strings are not numbers", "{\"/\":9,\"~1\":10}",
     "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", NULL, ERR_CONFLICT},
    {"add array", "{\"foo\":[\"bar\"]}",
     "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
     "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}", ERR_NONE},
    {"copy", "{\"a\":{\"b\":1}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/c\"}]",
     "{\"a\":{\"b\":1},\"c\":{\"b\":1}}", ERR_NONE},
    {"whole document", "{\"a\":1}",
     "[{\"op\":\"add\",\"path\":\"\",\"value\":{\"b\":2}}]", "{\"b\":2}", ERR_NONE},
    {"remove nothing", "{}", "[{\"op\":\"remove\",\"path\":\"/a\"}]", NULL,
     ERR_INVALID},
    {"remove all", "{}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL, ERR_INVALID},
    {"index past end", "{\"a\":[]}", "[{\"op\":\"add\",\"path\":\"/a/1\",\"value\":1}]",
     NULL, ERR_INVALID},
    {"index with zero", "{\"a\":[1,2]}", "[{\"op\":\"remove\",\"path\":\"/a/01\"}]",
     NULL, ERR_INVALID},
    {"into itself", "{\"a\":{}}",
     "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", NULL, ERR_INVALID},
    {"no value", "{}", "[{\"op\":\"add\",\"path\":\"/a\"}]", NULL, ERR_INVALID},
    {"null value", "{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]",
     "{\"a\":null}", ERR_NONE},
    {"unknown op", "{}", "[{\"op\":\"merge\",\"path\":\"/a\"}]", NULL, ERR_INVALID},
    {"no list", "{}", "{\"op\":\"add\"}", NULL, ERR_INVALID},
    {"no pointer", "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"a\"}]", NULL,
     ERR_INVALID},
};

START_TEST(test_json_patch)
{
    JSON_AUTO struct json *doc = parse(json_patches[_i].doc);
    JSON_AUTO struct json *ops = parse(json_patches[_i].ops);
    struct err err = ERR_INIT;
    JSON_AUTO struct json *got = patch_json(doc, ops, &err);

    if (json_patches[_i].want != NULL) {
        ck_assert_msg(got != NULL, "%s: %s", json_patches[_i].name, err.msg);
        check_equal(json_patches[_i].name, got, json_patches[_i].want);
    } else {
        ck_assert_msg(got == NULL, "%s", json_patches[_i].name);
        ck_assert_msg(err.code == json_patches[_i].code, "%s: %s",
                      json_patches[_i].name, err.msg);
    }
}
END_TEST

/* Each operation doubles the document: refused before it fills the memory. */
START_TEST(test_copy_bomb)
{
    JSON_AUTO struct json *doc = parse("{\"a\":\"0123456789\"}");
    JSON_AUTO struct json *ops = json_new_array();
    struct err err = ERR_INIT;

    for (int i = 0; i < 60; i++) {
        AUTO_FREE char *path = xasprintf("/c%d", i);
        json_append(ops, json_build("{'op': 'copy', 'from': '', 'path': %s}", path));
    }
    ck_assert_ptr_null(patch_json(doc, ops, &err));
    ck_assert_int_eq(err.code, ERR_TOO_LARGE);
}
END_TEST

/* Against the Pod's own schema; `want` NULL: refused. */
static const struct {
    const char *name, *doc, *patch, *want;
} strategics[] = {
    {"merge by key",
     "{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\"},{\"name\":\"b\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"y\"},{\"name\":\"c\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x\"},"
     "{\"name\":\"b\",\"image\":\"y\"},{\"name\":\"c\"}]}}"},
    {"what is new goes first", "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"b\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"b\"},{\"name\":\"a\"}]}}"},
    {"the patch's order",
     "{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"c\"},{\"name\":\"d\"},{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"b\"},{\"name\":\"c\"},{\"name\":\"d\"},"
     "{\"name\":\"a\"}]}}"},
    {"delete item", "{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}",
     "{\"spec\":{\"containers\":[{\"$patch\":\"delete\",\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"b\"}]}}"},
    {"replace list", "{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"c\"},{\"$patch\":\"replace\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"c\"}]}}"},
    {"list without key is replaced", "{\"spec\":{\"tolerations\":[{\"key\":\"a\"}]}}",
     "{\"spec\":{\"tolerations\":[{\"key\":\"b\"}]}}",
     "{\"spec\":{\"tolerations\":[{\"key\":\"b\"}]}}"},
    {"scalars merge", "{\"metadata\":{\"finalizers\":[\"a\"]}}",
     "{\"metadata\":{\"finalizers\":[\"b\",\"a\"]}}",
     "{\"metadata\":{\"finalizers\":[\"b\",\"a\"]}}"},
    {"delete scalar", "{\"metadata\":{\"finalizers\":[\"a\",\"b\"]}}",
     "{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":[\"a\"]}}",
     "{\"metadata\":{\"finalizers\":[\"b\"]}}"},
    {"order",
     "{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"x\"},{\"name\":\"b\"}]}}",
     "{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"b\"},{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"x\"},{\"name\":\"b\"},{\"name\":\"a\"}]}"
     "}"},
    {"order of what is new",
     "{\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}",
     "{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"c\"},{\"name\":\"b\"}],"
     "\"containers\":[{\"name\":\"c\"},{\"name\":\"a\",\"$patch\":\"delete\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"c\"},{\"name\":\"b\"}]}}"},
    {"order that is another than the patch's", "{\"spec\":{}}",
     "{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
     "\"containers\":[{\"name\":\"b\"},{\"name\":\"a\"}]}}",
     NULL},
    {"order that is no list", "{\"spec\":{\"containers\":[]}}",
     "{\"spec\":{\"$setElementOrder/containers\":1}}", NULL},
    {"order of a list that is not", "{\"spec\":{}}",
     "{\"spec\":{\"$setElementOrder/containers\":[]}}", "{\"spec\":{}}"},
    {"null removes", "{\"metadata\":{\"labels\":{\"a\":\"1\",\"b\":\"2\"}}}",
     "{\"metadata\":{\"labels\":{\"a\":null}}}",
     "{\"metadata\":{\"labels\":{\"b\":\"2\"}}}"},
    {"replace map", "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}",
     "{\"metadata\":{\"labels\":{\"$patch\":\"replace\",\"b\":\"2\"}}}",
     "{\"metadata\":{\"labels\":{\"b\":\"2\"}}}"},
    {"retain keys", "{\"spec\":{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}}",
     "{\"spec\":{\"volumes\":[{\"$retainKeys\":[\"name\",\"hostPath\"],\"name\":\"v\","
     "\"hostPath\":{\"path\":\"/\"}}]}}",
     "{\"spec\":{\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}]}}"},
    {"retain less than is said", "{\"spec\":{\"volumes\":[{\"name\":\"v\"}]}}",
     "{\"spec\":{\"volumes\":[{\"$retainKeys\":[\"name\"],\"name\":\"v\",\"emptyDir\":{"
     "}}]}}",
     NULL},
    {"retain no list", "{\"spec\":{}}", "{\"spec\":{\"$retainKeys\":1}}", NULL},
    {"delete map", "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}",
     "{\"metadata\":{\"labels\":{\"$patch\":\"delete\"}}}",
     "{\"metadata\":{\"labels\":{}}}"},
    {"directives where nothing is", "{}",
     "{\"spec\":{\"nodeSelector\":{\"$patch\":\"delete\"},\"containers\":[{\"$patch\":"
     "\"replace\"},{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}"},
    {"no key", "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"image\":\"a\"}]}}", NULL},
    {"delete without a key", "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[{\"$patch\":\"delete\"}]}}", NULL},
    {"a scalar among objects", "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
     "{\"spec\":{\"containers\":[\"a\"]}}", NULL},
    {"merge is no directive", "{\"metadata\":{\"labels\":{}}}",
     "{\"metadata\":{\"labels\":{\"$patch\":\"merge\"}}}", NULL},
    {"the whole object", "{}", "{\"$patch\":\"delete\"}", NULL},
    {"unknown directive", "{}", "{\"$what\":1}", NULL},
    {"unknown strategy", "{}", "{\"$patch\":\"what\"}", NULL},
    {"no object", "{}", "[]", NULL},
};

START_TEST(test_strategic)
{
    struct kinds *kinds = kinds_new();
    const struct kind *pods = kinds_find(kinds, "", "v1", "pods");
    JSON_AUTO struct json *doc = parse(strategics[_i].doc);
    JSON_AUTO struct json *patch = parse(strategics[_i].patch);
    struct err err = ERR_INIT;
    JSON_AUTO struct json *got = patch_strategic(doc, patch, pods->schema, &err);

    if (strategics[_i].want == NULL) {
        ck_assert_msg(got == NULL, "%s", strategics[_i].name);
        ck_assert_int_eq(err.code, ERR_INVALID);
    } else {
        ck_assert_msg(got != NULL, "%s: %s", strategics[_i].name, err.msg);
        check_equal(strategics[_i].name, got, strategics[_i].want);
    }
    kinds_free(kinds);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/patch",
                      (struct suite_row[]){
                          {test_merge, ARRAY_LEN(merges)},
                          {test_json_patch, ARRAY_LEN(json_patches)},
                          {test_copy_bomb, 1},
                          {test_strategic, ARRAY_LEN(strategics)},
                          {NULL, 0},
                      });
}

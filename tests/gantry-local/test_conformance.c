/*
 * The API server against what a real Kubernetes answered: e2e/conformance.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/support/apitest.h"
#include "tests/support/checkout.h"
#include "tests/support/conform.h"
#include "tests/support/conform_names.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define DIR "e2e/conformance"
#define OUT_MAX (1u << 20)
#define SAID_MAX 4000 /* libcheck gives up where a message is far longer */

static struct conform *suite;
static struct conform_known *known;
static struct apitest *server;
static struct transport *transport;
static struct str out; /* not a test's own: a failing one does not return */

START_TEST(test_start)
{
    server = apitest_new();
    transport = direct_new(server->loop, server->server, "admin", true);
}
END_TEST

START_TEST(test_case)
{
    const struct conform_server to = {server->loop, transport, "here", "."};

    str_reset(&out);
    const size_t n = conform_play(&suite->cases[_i], &to, known, false, &out);
    ck_assert_msg(n == 0, "%.*s", SAID_MAX, out.s);
}
END_TEST

START_TEST(test_known)
{
    str_reset(&out);
    const size_t n = conform_known_unmet(known, &out);
    ck_assert_msg(n == 0, "%s", out.s);
}
END_TEST

/* ---- the suite itself ---- */

static const struct {
    const char *name, *answer, *plain; /* single quotes for double ones */
} answers[] = {
    {"uids",
     "{'uid': '11111111-2222-3333-4444-555555555555', 'message': 'no "
     "11111111-2222-3333-4444-555555555555'}",
     "{'message':'no $uid1','uid':'$uid1'}"},
    {"versions",
     "{'metadata': {'resourceVersion': '12'}, 'x': [{'resourceVersion': "
     "'13'}, {'resourceVersion': '12'}, {'resourceVersion': ''}]}",
     "{'metadata':{'resourceVersion':'$rv1'},'x':[{'resourceVersion':'$rv2'},"
     "{'resourceVersion':'$rv1'},{'resourceVersion':''}]}"},
    {"times",
     "{'a': '2026-01-02T03:04:05Z', 'b': '2026-01-02T03:04:05.000006Z',"
     " 'c': '2001-01-02T03:04:05Z', 'd': '2026-01-02'}",
     "{'a':'<time>','b':'<microtime>','c':'2001-01-02T03:04:05Z','d':'2026-01-02'}"},
    {"names", "{'a': 'c-case-here', 'b': 'pods in c-case-here', 'c': 'ab'}",
     "{'a':'$ns','b':'pods in $ns','c':'ab'}"},
    {"messages", "{'message': 'too old resource version: 1 (4711)', 'n': 4711}",
     "{'message':'too old resource version: 1 (<version>)','n':4711}"},
    {"managers",
     "{'managedFields': [{'manager': 'b'}, {'manager': 'a', 'subresource': 's'},"
     " {'manager': 'a'}]}",
     "{'managedFields':[{'manager':'a'},{'manager':'a','subresource':'s'},"
     "{'manager':'b'}]}"},
    {"lists", "{'kind': 'PodList', 'metadata': {'resourceVersion': '7'}}",
     "{'kind':'PodList','metadata':{'resourceVersion':'<version>'}}"},
    {"causes",
     "{'message': 'X is invalid: [b: two, a: one]', 'details': {'causes': "
     "[{'field': 'b', 'message': 'two'}, {'field': 'a', 'message': 'one'}]}}",
     "{'details':{'causes':[{'field':'a','message':'one'},{'field':'b','message':"
     "'two'}]},'message':'X is invalid: [a: one, b: two]'}"},
};

START_TEST(test_plain)
{
    struct conform_names *names = conform_names_new();
    JSON_AUTO struct json *answer = json_build(answers[_i].answer);
    JSON_AUTO struct json *want = json_build(answers[_i].plain);

    conform_names_save(names, "ns", "c-case-here");
    conform_names_save(names, "short", "ab");
    JSON_AUTO struct json *got = conform_names_plain(names, answer);
    AUTO_FREE char *want_text = json_text(want, NULL);
    AUTO_FREE char *got_text = json_text(got, NULL);
    conform_names_free(names);
    ck_assert_msg(strcmp(got_text, want_text) == 0, "%s: %s", answers[_i].name,
                  got_text);
}
END_TEST

static const struct {
    const char *name, *want, *got;
    const char *unknown; /* what is said of what is not listed; "" */
} compared[] = {
    {"alike", "[{'code': 200, 'body': {'a': 1, 'b': [2]}}]",
     "[{'code': 200, 'body': {'b': [2], 'a': 1}}]", ""},
    {"a value", "[{'code': 200, 'body': {'a': 1}}]",
     "[{'code': 200, 'body': {'a': 2}}]", "f/c: 0.body.a: want 1, got 2\n"},
    {"too much and too little", "[{'body': {'a': [1, 2]}}]",
     "[{'body': {'a': [1], 'b': 3}}]",
     "f/c: 0.body.a.1: want 2, got nothing\nf/c: 0.body.b: want nothing, got 3\n"},
    {"another code", "[{'code': 200, 'body': {'a': 1}}]", "[{'code': 404, 'body': {}}]",
     "f/c: 0.code: want 200, got 404\n"},
    {"an answer more", "[]", "[{'code': 200}]",
     "f/c: 0: want nothing, got {\"code\":200}\n"},
    {"a listed one", "[{'body': {'listed': 1}}]", "[{'body': {'listed': 2}}]", ""},
};

START_TEST(test_compare)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "list");
    static const char list[] = "- {case: 'f/*', at: '*.listed', why: a reason}\n";
    struct err err = ERR_INIT;
    JSON_AUTO struct json *want = json_build(compared[_i].want);
    JSON_AUTO struct json *got = json_build(compared[_i].got);

    ck_assert_int_eq(files_write(path, list, strlen(list), 0600, &err), 0);
    struct conform_known *listed = conform_known_read(path, &err);
    ck_assert_msg(listed != NULL, "%s", err.msg);
    str_reset(&out);
    conform_known_compare(listed, "f/c", want, got, &out);
    ck_assert_msg(strcmp(out.s, compared[_i].unknown) == 0, "%s: %s", compared[_i].name,
                  out.s);
    /* What is listed and not met is an error. */
    str_reset(&out);
    const bool met = strcmp(compared[_i].name, "a listed one") == 0;
    ck_assert_uint_eq(conform_known_unmet(listed, &out), met ? 0 : 1);
    conform_known_free(listed);
    tempdir_free(dir);
}
END_TEST

/* Steps that make no sense. */
static const struct {
    const char *step, *why;
} senseless[] = {
    {"{'ask': 'GET'}", "step 2: ask: \"GET\": METHOD and path are wanted"},
    {"{'ask': 'POST /api', 'base64': '!'}", "step 2: base64: malformed"},
    {"{'ask': 'GET /version', 'save': {'x': 'none.such'}}",
     "step 2: save: the answer has no \"none.such\""},
    {"{'events': 'w'}", "step 2: no watch is called \"w\""},
    {"{'ask': 'GET /version', 'onyl': []}", "step 2: a step has no field \"onyl\""},
    {"{'quiet': true}", "step 2: none of ask, watch, events, close"},
};

START_TEST(test_senseless)
{
    const struct conform_server to = {server->loop, transport, "there", "."};
    AUTO_FREE char *id = xasprintf("senseless/%d", _i);
    JSON_AUTO struct json *step = json_build(senseless[_i].step);
    JSON_AUTO struct json *one =
        json_build("{'case': 'x', 'steps': [{'ask': 'GET /version'}, %j]}", step);
    struct err err = ERR_INIT;

    ck_assert_ptr_null(conform_run(&to, id, one, &err));
    ck_assert_str_eq(err.msg, senseless[_i].why);
}
END_TEST

int main(void)
{
    struct err err = ERR_INIT;

    checkout_enter();
    suite = conform_read(DIR, &err);
    known = suite ? conform_known_read(DIR "/differences.yaml", &err) : NULL;
    if (!known) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    str_init(&out, OUT_MAX);
    const int rc = suite_main("gantry-local/conformance",
                              (struct suite_row[]){
                                  {test_start, 1},
                                  {test_case, suite->n},
                                  {test_known, 1},
                                  {test_plain, ARRAY_LEN(answers)},
                                  {test_senseless, ARRAY_LEN(senseless)},
                                  {test_compare, ARRAY_LEN(compared)},
                                  {NULL, 0},
                              });
    str_fini(&out);
    transport_free(transport);
    apitest_free(server);
    conform_known_free(known);
    conform_free(suite);
    return rc;
}

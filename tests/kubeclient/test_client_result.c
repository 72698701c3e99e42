#include "kubeclient/client.h"

#include "base/util.h"
#include "tests/support/got.h"
#include "tests/support/suite.h"
#include "tests/support/transcript.h"

#define STATUS(code, reason)                                                       \
    "{'kind':'Status','apiVersion':'v1','status':'Failure','message':'no, sorry'," \
    "'reason':'" reason "','code':" #code "}"
#define HTML "<html>\n<b>upstream gone</b></html>"
#define NOT_STATUS "the answer is not a Kubernetes Status "

/* What one answer to a PUT (or as the row says) means. */
static const struct {
    int status;
    const char *body;
    enum kc_outcome outcome;
    enum kc_reason reason;
    enum err_code code;
    const char *line;
    const char *method, *type; /* NULL: "PUT", "application/json" */
} answers[] = {
    /* The words of metav1.StatusReason. */
    {401, STATUS(401, "Unauthorized"), KC_REFUSED, KC_REASON_UNAUTHORIZED,
     ERR_FORBIDDEN, "401 Unauthorized: no, sorry", NULL, NULL},
    {403, STATUS(403, "Forbidden"), KC_REFUSED, KC_REASON_FORBIDDEN, ERR_FORBIDDEN,
     "403 Forbidden: no, sorry", NULL, NULL},
    {404, STATUS(404, "NotFound"), KC_REFUSED, KC_REASON_NOT_FOUND, ERR_NOT_FOUND,
     "404 NotFound: no, sorry", NULL, NULL},
    {409, STATUS(409, "AlreadyExists"), KC_REFUSED, KC_REASON_ALREADY_EXISTS,
     ERR_EXISTS, "409 AlreadyExists: no, sorry", NULL, NULL},
    {409, STATUS(409, "Conflict"), KC_REFUSED, KC_REASON_CONFLICT, ERR_CONFLICT,
     "409 Conflict: no, sorry", "POST", NULL},
    {410, STATUS(410, "Gone"), KC_REFUSED, KC_REASON_GONE, ERR_CONFLICT,
     "410 Gone: no, sorry", NULL, NULL},
    {410, STATUS(410, "Expired"), KC_REFUSED, KC_REASON_GONE, ERR_CONFLICT,
     "410 Gone: no, sorry", NULL, NULL},
    {422, STATUS(422, "Invalid"), KC_REFUSED, KC_REASON_INVALID, ERR_INVALID,
     "422 Invalid: no, sorry", NULL, NULL},
    {400, STATUS(400, "BadRequest"), KC_REFUSED, KC_REASON_BAD_REQUEST, ERR_INVALID,
     "400 BadRequest: no, sorry", NULL, NULL},
    {405, STATUS(405, "MethodNotAllowed"), KC_REFUSED, KC_REASON_METHOD_NOT_ALLOWED,
     ERR_INVALID, "405 MethodNotAllowed: no, sorry", NULL, NULL},
    {406, STATUS(406, "NotAcceptable"), KC_REFUSED, KC_REASON_NOT_ACCEPTABLE,
     ERR_INVALID, "406 NotAcceptable: no, sorry", NULL, NULL},
    {415, STATUS(415, "UnsupportedMediaType"), KC_REFUSED,
     KC_REASON_UNSUPPORTED_MEDIA_TYPE, ERR_INVALID,
     "415 UnsupportedMediaType: no, sorry", NULL, NULL},
    {413, STATUS(413, "RequestEntityTooLarge"), KC_REFUSED, KC_REASON_TOO_LARGE,
     ERR_TOO_LARGE, "413 RequestEntityTooLarge: no, sorry", NULL, NULL},
    {429, STATUS(429, "TooManyRequests"), KC_REFUSED, KC_REASON_TOO_MANY_REQUESTS,
     ERR_UNAVAILABLE, "429 TooManyRequests: no, sorry", NULL, NULL},
    {503, STATUS(503, "ServiceUnavailable"), KC_REFUSED, KC_REASON_SERVICE_UNAVAILABLE,
     ERR_UNAVAILABLE, "503 ServiceUnavailable: no, sorry", NULL, NULL},
    {418, STATUS(418, "Teapot"), KC_REFUSED, KC_REASON_OTHER, ERR_INVALID,
     "418 other: no, sorry", NULL, NULL},

    /* The server may still commit it. */
    {500, STATUS(500, "InternalError"), KC_UNKNOWN, KC_REASON_INTERNAL, ERR_UNKNOWN,
     "outcome unknown: 500 InternalError: no, sorry", NULL, NULL},
    {500, STATUS(500, "ServerTimeout"), KC_UNKNOWN, KC_REASON_TIMEOUT, ERR_UNKNOWN,
     "outcome unknown: 500 Timeout: no, sorry", NULL, NULL},
    {504, STATUS(504, "Timeout"), KC_UNKNOWN, KC_REASON_TIMEOUT, ERR_UNKNOWN,
     "outcome unknown: 504 Timeout: no, sorry", NULL, NULL},
    {500, STATUS(500, "Teapot"), KC_UNKNOWN, KC_REASON_OTHER, ERR_UNKNOWN,
     "outcome unknown: 500 other: no, sorry", NULL, NULL},
    {501, "{}", KC_UNKNOWN, KC_REASON_INTERNAL, ERR_UNKNOWN,
     "outcome unknown: 501 InternalError: " NOT_STATUS "(application/json): {}", NULL,
     NULL},
    /* A proxy lost the server, perhaps after it had passed the request on. */
    {502, HTML, KC_UNKNOWN, KC_REASON_INTERNAL, ERR_UNKNOWN,
     "outcome unknown: 502 InternalError: " NOT_STATUS
     "(text/html): <html> <b>upstream gone</b></html>",
     NULL, "text/html"},
    {503, HTML, KC_UNKNOWN, KC_REASON_SERVICE_UNAVAILABLE, ERR_UNKNOWN,
     "outcome unknown: 503 ServiceUnavailable: " NOT_STATUS
     "(text/html): <html> <b>upstream gone</b></html>",
     NULL, "text/html"},

    /* The reason counts before the code, the code where there is no reason. */
    {403, STATUS(403, "NotFound"), KC_REFUSED, KC_REASON_NOT_FOUND, ERR_NOT_FOUND,
     "403 NotFound: no, sorry", NULL, NULL},
    {404, STATUS(404, ""), KC_REFUSED, KC_REASON_NOT_FOUND, ERR_NOT_FOUND,
     "404 NotFound: no, sorry", NULL, NULL},
    {409, STATUS(409, ""), KC_REFUSED, KC_REASON_CONFLICT, ERR_CONFLICT,
     "409 Conflict: no, sorry", NULL, NULL},
    {409, STATUS(409, ""), KC_REFUSED, KC_REASON_ALREADY_EXISTS, ERR_EXISTS,
     "409 AlreadyExists: no, sorry", "POST", NULL},
    {404, "404 page not found\n", KC_REFUSED, KC_REASON_NOT_FOUND, ERR_NOT_FOUND,
     "404 NotFound: " NOT_STATUS "(text/plain): 404 page not found ", NULL,
     "text/plain"},
    {409,
     "{'kind':'Status','apiVersion':'v1','reason':'Conflict','message':'2 "
     "conflicts:\\n- .spec'}",
     KC_REFUSED, KC_REASON_CONFLICT, ERR_CONFLICT, "409 Conflict: 2 conflicts: - .spec",
     NULL, NULL},
    {404, "", KC_REFUSED, KC_REASON_NOT_FOUND, ERR_NOT_FOUND,
     "404 NotFound: the answer is empty", NULL, ""},
    {400, "{}", KC_REFUSED, KC_REASON_BAD_REQUEST, ERR_INVALID,
     "400 BadRequest: " NOT_STATUS "(no content type): {}", NULL, ""},
    {302, "", KC_REFUSED, KC_REASON_OTHER, ERR_INVALID,
     "302 other: the answer is empty", NULL, "text/html"},
    /* A Status of another group is somebody's object. */
    {404, "{'kind':'Status','apiVersion':'x/v1','message':'hm'}", KC_REFUSED,
     KC_REASON_NOT_FOUND, ERR_NOT_FOUND,
     "404 NotFound: " NOT_STATUS
     "(application/json): {\"kind\":\"Status\",\"apiVersion\":\"x/v1\","
     "\"message\":\"hm\"}",
     NULL, NULL},

    /* A failure that comes as a success. */
    {200, STATUS(409, "Conflict"), KC_REFUSED, KC_REASON_CONFLICT, ERR_CONFLICT,
     "409 Conflict: no, sorry", NULL, NULL},
    {201, "{'kind':'Status','apiVersion':'v1','message':'odd'}", KC_REFUSED,
     KC_REASON_OTHER, ERR_INVALID, "201 other: odd", NULL, NULL},
    /* A success that cannot be read. */
    {200, "{'kind': 'Pod'", KC_UNKNOWN, KC_REASON_OTHER, ERR_UNKNOWN,
     "outcome unknown: 200 other: the answer is not JSON: invalid JSON at byte 14: "
     "the text ends too early",
     NULL, NULL},
};

START_TEST(test_refusal)
{
    const char *method = answers[_i].method ? answers[_i].method : "PUT";
    AUTO_FREE char *name = xasprintf("%d %s", answers[_i].status, answers[_i].body);
    AUTO_FREE char *ask = xasprintf("%s /x", method);
    const struct exchange script[] = {{.ask = ask,
                                       .status = answers[_i].status,
                                       .head_type = answers[_i].type,
                                       .say = {answers[_i].body}},
                                      {0}};
    struct transcript *t = transcript_new(name, script);
    struct got got = {0};

    kc_raw(t->client, method, "/x", NULL, NULL, got_done, &got);
    transcript_run(t);
    got_expect(&got, name, answers[_i].outcome, answers[_i].reason, answers[_i].line);
    ck_assert_msg(got.err.code == answers[_i].code, "%s: %s", name,
                  err_code_name(got.err.code));
    ck_assert_int_eq(got.err.http_status, got.http_status);
    got_fini(&got);
    transcript_free(t);
}
END_TEST

/* ---- successes ---- */

static const struct {
    int status;
    const char *type, *text;
    const char *body; /* NULL: none */
} successes[] = {
    {200, "application/json", "{'kind': 'Pod', 'n': 1}", "{'kind':'Pod','n':1}"},
    {201, "application/json", "[1, 2]", "[1,2]"},
    {204, "", "", NULL},
    {200, "application/json;charset=utf-8",
     "{'kind':'Status','apiVersion':'v1','status':'Success'}",
     "{'kind':'Status','apiVersion':'v1','status':'Success'}"},
    /* Logs and health are text. */
    {200, "text/plain", "ok", NULL},
    {200, "", "two\nlines\n", NULL},
};

START_TEST(test_success)
{
    AUTO_FREE char *text = transcript_text(successes[_i].text);
    const struct exchange script[] = {{.ask = "GET /x",
                                       .status = successes[_i].status,
                                       .head_type = successes[_i].type,
                                       .say = {successes[_i].text}},
                                      {0}};
    struct transcript *t = transcript_new(text, script);
    struct got got = {0};

    kc_raw(t->client, "GET", "/x", NULL, NULL, got_done, &got);
    transcript_run(t);
    got_expect_ok(&got, text, successes[_i].body);
    ck_assert_int_eq(got.http_status, successes[_i].status);
    ck_assert_str_eq(got.text, text);
    got_fini(&got);
    transcript_free(t);
}
END_TEST

/* Text is for those who ask for any content; an object is JSON. */
START_TEST(test_object_is_json)
{
    const struct kc_ref node = {&kc_nodes, NULL, "n1", NULL};
    static const struct exchange script[] = {
        {.ask = "GET /api/v1/nodes/n1", .head_type = "text/plain", .say = {"ok"}}, {0}};
    struct transcript *t = transcript_new("text for a node", script);
    struct got got = {0};

    kc_get(t->client, &node, got_done, &got);
    transcript_run(t);
    got_expect(&got, "text for a node", KC_UNKNOWN, KC_REASON_OTHER,
               "outcome unknown: 200 other: the answer is not JSON: invalid JSON at "
               "byte 0: unexpected character");
    got_fini(&got);
    transcript_free(t);
}
END_TEST

/* A long list stays text, whatever is in it; a refusal is read all the same. */
START_TEST(test_list_text)
{
    const struct kc_ref nodes = {&kc_nodes, NULL, NULL, NULL};
    static const struct exchange script[] = {
        {.ask = "GET /api/v1/nodes?limit=5", .say = {"{'items':[", "{'a"}},
        {.ask = "GET /api/v1/nodes", .status = 403, .say = {STATUS(403, "Forbidden")}},
        {0}};
    struct transcript *t = transcript_new("a list as text", script);
    struct got got = {0}, refused = {0};

    kc_list_text(t->client, &nodes, "limit=5", got_done, &got);
    kc_list_text(t->client, &nodes, NULL, got_done, &refused);
    transcript_run(t);
    got_expect_ok(&got, "a list as text", NULL);
    ck_assert_str_eq(got.text, "{\"items\":[{\"a");
    got_expect(&refused, "a refused list", KC_REFUSED, KC_REASON_FORBIDDEN,
               "403 Forbidden: no, sorry");
    got_fini(&got);
    got_fini(&refused);
    transcript_free(t);
}
END_TEST

START_TEST(test_list_table)
{
    const struct kc_ref nodes = {&kc_nodes, NULL, NULL, NULL};
    static const struct exchange script[] = {
        {.ask = "GET /api/v1/nodes?includeObject=None",
         .accept = "application/json;as=Table;v=v1;g=meta.k8s.io",
         .say = {"{'rows':[", "{'a"}},
        {.ask = "GET /api/v1/nodes",
         .status = 406,
         .say = {STATUS(406, "NotAcceptable")}},
        {0}};
    struct transcript *t = transcript_new("a list as a table", script);
    struct got got = {0}, refused = {0};

    kc_list_table(t->client, &nodes, "includeObject=None", got_done, &got);
    kc_list_table(t->client, &nodes, NULL, got_done, &refused);
    transcript_run(t);
    got_expect_ok(&got, "a list as a table", NULL);
    ck_assert_str_eq(got.text, "{\"rows\":[{\"a");
    got_expect(&refused, "a refused table", KC_REFUSED, KC_REASON_NOT_ACCEPTABLE,
               "406 NotAcceptable: no, sorry");
    got_fini(&got);
    got_fini(&refused);
    transcript_free(t);
}
END_TEST

/* The wait stands in the head or in the Status; the head's counts. */
START_TEST(test_retry_after)
{
    static const struct {
        const char *head, *body;
        int64_t sec;
    } rows[] = {
        {NULL, STATUS(429, "TooManyRequests"), -1},
        {"99", STATUS(429, "TooManyRequests"), 99},
        {NULL, "{'kind':'Status','apiVersion':'v1','details':{'retryAfterSeconds':7}}",
         7},
        {"99", "{'kind':'Status','apiVersion':'v1','details':{'retryAfterSeconds':7}}",
         99},
        {"99", "busy", 99},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct exchange script[] = {{.ask = "GET /x",
                                           .status = 429,
                                           .retry_after = rows[i].head,
                                           .say = {rows[i].body}},
                                          {0}};
        struct transcript *t = transcript_new(rows[i].body, script);
        struct got got = {0};

        kc_raw(t->client, "GET", "/x", NULL, NULL, got_done, &got);
        transcript_run(t);
        ck_assert_int_eq(got.reason, KC_REASON_TOO_MANY_REQUESTS);
        ck_assert_int_eq(got.retry_after_sec, rows[i].sec);
        got_fini(&got);
        transcript_free(t);
    }
}
END_TEST

START_TEST(test_reason_names)
{
    ck_assert_str_eq(kc_reason_name(KC_REASON_NONE), "none");
    for (int r = KC_REASON_NONE + 1; r <= KC_REASON_OTHER; r++)
        ck_assert_msg(!str_eq(kc_reason_name((enum kc_reason)r), "none"), "reason %d",
                      r);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/client_result",
                      (struct suite_row[]){
                          {test_refusal, ARRAY_LEN(answers)},
                          {test_success, ARRAY_LEN(successes)},
                          {test_object_is_json, 1},
                          {test_list_text, 1},
                          {test_list_table, 1},
                          {test_retry_after, 1},
                          {test_reason_names, 1},
                          {NULL, 0},
                      });
}

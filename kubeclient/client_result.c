#include "kubeclient/client_private.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define SNIPPET_MAX 120

struct reason_row {
    const char *word; /* metav1.StatusReason */
    int http_status;  /* 0: the word alone means it */
    enum kc_reason reason;
    enum err_code err;
};

/* The first row of a reason has its usual name; the first row of an HTTP status is what
 * the status alone means (a proxy's answer, an absent reason). */
static const struct reason_row reason_rows[] = {
    {"Unauthorized", 401, KC_REASON_UNAUTHORIZED, ERR_FORBIDDEN},
    {"Forbidden", 403, KC_REASON_FORBIDDEN, ERR_FORBIDDEN},
    {"NotFound", 404, KC_REASON_NOT_FOUND, ERR_NOT_FOUND},
    {"Conflict", 409, KC_REASON_CONFLICT, ERR_CONFLICT},
    {"AlreadyExists", 409, KC_REASON_ALREADY_EXISTS, ERR_EXISTS},
    {"Gone", 410, KC_REASON_GONE, ERR_CONFLICT},
    {"Expired", 410, KC_REASON_GONE, ERR_CONFLICT},
    {"Invalid", 422, KC_REASON_INVALID, ERR_INVALID},
    {"BadRequest", 400, KC_REASON_BAD_REQUEST, ERR_INVALID},
    {"MethodNotAllowed", 405, KC_REASON_METHOD_NOT_ALLOWED, ERR_INVALID},
    {"NotAcceptable", 406, KC_REASON_NOT_ACCEPTABLE, ERR_INVALID},
    {"UnsupportedMediaType", 415, KC_REASON_UNSUPPORTED_MEDIA_TYPE, ERR_INVALID},
    {"RequestEntityTooLarge", 413, KC_REASON_TOO_LARGE, ERR_TOO_LARGE},
    {"TooManyRequests", 429, KC_REASON_TOO_MANY_REQUESTS, ERR_UNAVAILABLE},
    {"ServiceUnavailable", 503, KC_REASON_SERVICE_UNAVAILABLE, ERR_UNAVAILABLE},
    {"Timeout", 504, KC_REASON_TIMEOUT, ERR_UNAVAILABLE},
    {"ServerTimeout", 0, KC_REASON_TIMEOUT, ERR_UNAVAILABLE},
    {"InternalError", 500, KC_REASON_INTERNAL, ERR_UNAVAILABLE},
    {"no connection", 0, KC_REASON_NO_CONNECTION, ERR_UNAVAILABLE},
    {"other", 0, KC_REASON_OTHER, ERR_INVALID},
};

static const struct reason_row *row_of_reason(enum kc_reason reason)
{
    for (size_t i = 0; i < ARRAY_LEN(reason_rows); i++)
        if (reason_rows[i].reason == reason)
            return &reason_rows[i];
    return NULL;
}

const char *kc_reason_name(enum kc_reason reason)
{
    const struct reason_row *row = row_of_reason(reason);

    return row ? row->word : "none";
}

static enum kc_reason reason_of_word(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(reason_rows); i++)
        if (strcmp(reason_rows[i].word, word) == 0)
            return reason_rows[i].reason;
    return KC_REASON_OTHER;
}

static enum kc_reason reason_of_code(int http_status, const char *method)
{
    if (http_status == 409 && strcmp(method, "POST") == 0)
        return KC_REASON_ALREADY_EXISTS;
    for (size_t i = 0; i < ARRAY_LEN(reason_rows); i++)
        if (reason_rows[i].http_status == http_status)
            return reason_rows[i].reason;
    return http_status >= 500 ? KC_REASON_INTERNAL : KC_REASON_OTHER;
}

/* Whether the server may still carry out (or has carried out) what it answered so. */
static bool may_have_happened(int http_status, enum kc_reason reason, bool is_status)
{
    if (reason == KC_REASON_INTERNAL || reason == KC_REASON_TIMEOUT)
        return true;
    /* A 503 that is not the API server's own comes from a proxy, which may have passed
     * the request on before it lost the connection. */
    if (http_status == 503)
        return !is_status;
    return http_status >= 500;
}

static bool is_status_object(const struct json *doc)
{
    return json_is(doc, JSON_OBJECT) && str_eq(json_str(doc, "kind"), "Status") &&
           str_eq(json_str(doc, "apiVersion"), "v1");
}

struct kc_result kc_result_of_status(const struct json *status, int http_status,
                                     const char *method)
{
    const char *word = json_str_or(status, "reason", "");
    int64_t code = json_int_or(status, "code", http_status);
    struct kc_result r = {
        .http_status = http_status,
        .message = json_str_or(status, "message", ""),
        .retry_after_sec = json_int_or(status, "details.retryAfterSeconds", -1),
        .status = status,
    };

    if (http_status < 300 && code >= 300 && code < 600)
        r.http_status = (int)code;
    r.reason = word[0] ? reason_of_word(word) : reason_of_code(r.http_status, method);
    r.outcome = KC_REFUSED;
    if (http_status >= 300 && may_have_happened(http_status, r.reason, true))
        r.outcome = KC_UNKNOWN;
    return r;
}

/* "text/html: <html><body>upstream..." in one line of printable characters. */
static void describe_bytes(const struct kc_answer *a, char *ret, size_t size)
{
    if (a->len == 0) {
        snprintf(ret, size, "the answer is empty");
        return;
    }
    int n = snprintf(ret, size, "the answer is not a Kubernetes Status (%.60s): ",
                     a->content_type[0] ? a->content_type : "no content type");
    size_t at = (size_t)n;

    for (size_t i = 0; i < MIN(a->len, (size_t)SNIPPET_MAX) && at + 1 < size; i++) {
        unsigned char c = (unsigned char)a->bytes[i];
        ret[at++] = c >= 0x20 && c < 0x7f ? (char)c : ' ';
    }
    ret[at] = '\0';
}

static struct kc_result success(const struct kc_answer *a, struct kc_result_memory *m)
{
    struct kc_result r = {.outcome = KC_OK,
                          .http_status = a->http_status,
                          .message = "",
                          .retry_after_sec = -1,
                          .text = a->bytes,
                          .text_len = a->len};
    struct err err = ERR_INIT;

    if (a->len == 0 || a->text_only)
        return r;
    m->doc = json_parse(a->bytes, a->len, &err);
    r.body = m->doc;
    if (is_status_object(m->doc) && !str_eq(json_str(m->doc, "status"), "Success"))
        return kc_result_of_status(m->doc, a->http_status, a->method);
    if (m->doc || (a->any_content && !str_starts(a->content_type, "application/json")))
        return r;
    /* It said yes, but what it did cannot be read. */
    snprintf(m->message, sizeof(m->message), "the answer is not JSON: %.300s", err.msg);
    return (struct kc_result){.outcome = KC_UNKNOWN,
                              .reason = KC_REASON_OTHER,
                              .http_status = a->http_status,
                              .message = m->message,
                              .retry_after_sec = -1};
}

struct kc_result kc_result_of_answer(const struct kc_answer *a,
                                     struct kc_result_memory *m)
{
    struct kc_result r = {.http_status = a->http_status};

    if (a->http_status >= 200 && a->http_status < 300) {
        r = success(a, m);
    } else {
        m->doc = a->len ? json_parse(a->bytes, a->len, NULL) : NULL;
        if (is_status_object(m->doc)) {
            r = kc_result_of_status(m->doc, a->http_status, a->method);
        } else {
            r.reason = reason_of_code(a->http_status, a->method);
            r.outcome = may_have_happened(a->http_status, r.reason, false) ? KC_UNKNOWN
                                                                           : KC_REFUSED;
            describe_bytes(a, m->message, sizeof(m->message));
            r.message = m->message;
            r.retry_after_sec = -1;
        }
    }
    if (a->retry_after_sec >= 0)
        r.retry_after_sec = a->retry_after_sec;
    return r;
}

void kc_result_memory_fini(struct kc_result_memory *m)
{
    json_free(m->doc);
    *m = (struct kc_result_memory){0};
}

int kc_result_err(const struct kc_result *r, struct err *err)
{
    const struct reason_row *row = row_of_reason(r->reason);
    enum err_code code = r->outcome == KC_UNKNOWN ? ERR_UNKNOWN
                         : row                    ? row->err
                                                  : ERR_INVALID;
    const char *unknown = r->outcome == KC_UNKNOWN ? "outcome unknown: " : "";

    if (r->http_status)
        err_set(err, code, "%s%d %s: %s", unknown, r->http_status,
                kc_reason_name(r->reason), r->message);
    else if (r->reason == KC_REASON_NO_CONNECTION)
        err_set(err, code, "no connection: %s", r->message);
    else
        err_set(err, code, "%s%s", unknown, r->message);
    err_flatten(err);
    if (err)
        err->http_status = r->http_status;
    return -1;
}

#include "tests/support/got.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/util.h"
#include "tests/support/transcript.h"

static const char *const outcomes[] = {
    [KC_OK] = "ok", [KC_REFUSED] = "refused", [KC_UNKNOWN] = "unknown"};

void got_done(void *arg, const struct kc_result *r)
{
    struct got *got = arg;

    got->times++;
    got->outcome = r->outcome;
    got->reason = r->reason;
    got->http_status = r->http_status;
    got->retry_after_sec = r->retry_after_sec;
    got->has_status = r->status != NULL;
    free(got->body);
    free(got->text);
    got->body = r->body ? json_text(r->body, NULL) : NULL;
    got->text = r->text ? xstrndup(r->text, r->text_len) : NULL;
    if (r->outcome != KC_OK)
        kc_result_err(r, &got->err);
    else
        ck_assert_str_eq(r->message, "");
}

void got_fini(struct got *got)
{
    free(got->body);
    free(got->text);
    *got = (struct got){0};
}

void got_expect_ok(const struct got *got, const char *what, const char *body)
{
    AUTO_FREE char *want = body ? transcript_text(body) : NULL;

    ck_assert_msg(got->times == 1, "%s: told %d times", what, got->times);
    ck_assert_msg(got->outcome == KC_OK, "%s: %s: %s", what, outcomes[got->outcome],
                  got->err.msg);
    ck_assert_int_eq(got->reason, KC_REASON_NONE);
    ck_assert_msg(str_eq(got->body, want), "%s: the body is %s, not %s", what,
                  got->body ? got->body : "none", want ? want : "none");
}

void got_expect(const struct got *got, const char *what, enum kc_outcome outcome,
                enum kc_reason reason, const char *line)
{
    ck_assert_msg(got->times == 1, "%s: told %d times", what, got->times);
    ck_assert_msg(got->outcome == outcome, "%s: %s (%s), not %s", what,
                  outcomes[got->outcome], got->err.msg, outcomes[outcome]);
    ck_assert_msg(got->reason == reason, "%s: reason %s, not %s", what,
                  kc_reason_name(got->reason), kc_reason_name(reason));
    ck_assert_msg(str_eq(got->err.msg, line), "%s: the line is\n  %s\nnot\n  %s", what,
                  got->err.msg, line);
}

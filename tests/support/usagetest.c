#include "tests/support/usagetest.h"

#include "base/util.h"
#include "tests/support/suite.h"

struct ctltest *usagetest_unfading(void)
{
    struct ctltest *t = ctltest_new();

    ctltest_kill(t);
    t->settings.sched.decay_half_life_sec = 0;
    ctltest_start(t);
    return t;
}

struct ctltest *usagetest_begin(void)
{
    struct ctltest *t = usagetest_unfading();

    ctltest_make(t, "Account", "lab", "'members':[{'user':'ann'},{'user':'bob'}]");
    ctltest_settle(t);
    return t;
}

void usagetest_go_to(struct ctltest *t, int n)
{
    int64_t until = APITEST_START_SEC + n * USAGE_PERIOD_SEC + USAGE_PERIOD_SEC / 2;

    ctltest_advance(t, until - loop_now_sec(t->api->loop));
}

int64_t usagetest_used(struct ctltest *t, const char *account, const char *user)
{
    AUTO_FREE char *path = xasprintf("/apis/gantry.dev/v1alpha1/accounts/%s", account);
    const struct json *rows;

    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    rows = json_at(t->api->body, "status.usage.members");
    for (size_t i = 0; i < json_len(rows); i++) {
        if (str_eq(json_str(json_item(rows, i), "user"), user))
            return json_int_or(json_item(rows, i), "billingMilliseconds", -1);
    }
    return 0;
}

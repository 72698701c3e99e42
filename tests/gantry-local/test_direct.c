#include "cmd/gantry-local/direct.h"

#include <string.h>

#include "base/util.h"
#include "kubeclient/cache.h"
#include "kubeclient/client.h"
#include "tests/support/apitest.h"
#include "tests/support/flood.h"
#include "tests/support/suite.h"

/* What came of one exchange. */
struct heard {
    struct apitest *t;
    struct transport_call *call;
    bool cancel_at_head;
    int heads, datas, dones;
    int status;
    enum transport_end end;
    struct str text;
};

static void on_head(void *arg, const struct transport_head *head)
{
    struct heard *h = arg;

    h->heads++;
    h->status = head->status;
    if (h->cancel_at_head)
        transport_cancel(h->call);
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct heard *h = arg;

    h->datas++;
    str_addn(&h->text, bytes, len);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct heard *h = arg;

    (void)why;
    h->dones++;
    h->end = end;
}

static const struct transport_events heard_events = {on_head, on_data, on_done};

struct rig {
    struct apitest *t;
    struct transport *transport;
    struct heard heard;
};

static void rig_init(struct rig *r)
{
    *r = (struct rig){.t = apitest_new()};
    r->transport = direct_new(r->t->loop, r->t->server, "admin", true);
    str_init(&r->heard.text, 1 << 20);
}

static void rig_fini(struct rig *r)
{
    str_fini(&r->heard.text);
    transport_free(r->transport);
    apitest_free(r->t);
}

static void rig_start(struct rig *r, const struct transport_request *req)
{
    struct err err = ERR_INIT;

    r->heard.call = transport_start(r->transport, req, &heard_events, &r->heard, &err);
    ck_assert_msg(r->heard.call != NULL, "%s", err.msg);
}

START_TEST(test_request)
{
    struct rig r;

    rig_init(&r);
    rig_start(&r, &(struct transport_request){.method = "GET", .path = "/version"});
    ck_assert_int_eq(r.heard.heads + r.heard.dones, 0);
    apitest_advance(r.t, 0);
    ck_assert_int_eq(r.heard.heads, 1);
    ck_assert_int_eq(r.heard.dones, 1);
    ck_assert_int_eq(r.heard.status, 200);
    ck_assert_int_eq(r.heard.end, TRANSPORT_DONE);
    ck_assert(strstr(r.heard.text.s, "v1.37.2+gantry"));
    rig_fini(&r);
}
END_TEST

START_TEST(test_bad_path)
{
    struct rig r;
    struct err err = ERR_INIT;

    rig_init(&r);
    ck_assert(!transport_start(
        r.transport, &(struct transport_request){.method = "GET", .path = "version"},
        &heard_events, &r.heard, &err));
    ck_assert_int_eq(err.code, ERR_INVALID);
    rig_fini(&r);
}
END_TEST

static const struct transport_request watch = {
    .method = "GET", .path = "/api/v1/configmaps?watch=1", .stream = true};

START_TEST(test_stream_and_cancel)
{
    struct rig r;

    rig_init(&r);
    rig_start(&r, &watch);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(r.heard.heads, 1);
    apitest_request(r.t, "POST", "/api/v1/namespaces/default/configmaps",
                    "{'metadata': {'name': 'a'}}");
    ck_assert_int_eq(r.heard.datas, 0);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(r.heard.datas, 1);
    ck_assert(strstr(r.heard.text.s, "ADDED"));
    transport_cancel(r.heard.call);
    apitest_request(r.t, "DELETE", "/api/v1/namespaces/default/configmaps/a", NULL);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(r.heard.datas, 1);
    ck_assert_int_eq(r.heard.dones, 0);
    rig_fini(&r);
}
END_TEST

/* At once, or from its own callback. */
START_TEST(test_cancel_early)
{
    struct rig r;

    rig_init(&r);
    r.heard.cancel_at_head = _i == 1;
    rig_start(&r, &watch);
    if (_i == 0)
        transport_cancel(r.heard.call);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(r.heard.heads, _i);
    ck_assert_int_eq(r.heard.dones, 0);
    rig_fini(&r);
}
END_TEST

START_TEST(test_timeout)
{
    struct rig r;
    struct transport_request req = watch;

    rig_init(&r);
    req.timeout_sec = 10;
    rig_start(&r, &req);
    apitest_advance(r.t, 9);
    ck_assert_int_eq(r.heard.dones, 0);
    apitest_advance(r.t, 2);
    ck_assert_int_eq(r.heard.dones, 1);
    ck_assert_int_eq(r.heard.end, TRANSPORT_CUT);
    rig_fini(&r);
}
END_TEST

/* An app that waits for what it wrote to be taken. */
START_TEST(test_paused)
{
    struct rig r;
    struct flood flood;

    rig_init(&r);
    transport_free(r.transport);
    flood_init(&flood, 4 * FLOOD_PART);
    r.transport = direct_app_new(r.t->loop, &flood.app, "anybody", false);
    str_fini(&r.heard.text);
    str_init(&r.heard.text, 8 * FLOOD_PART);
    rig_start(&r, &watch);
    transport_pause(r.heard.call, true);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(r.heard.heads, 1);
    ck_assert_int_eq(r.heard.datas, 0);
    ck_assert_uint_eq(flood.written, FLOOD_PART);
    transport_pause(r.heard.call, false);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(r.heard.dones, 1);
    ck_assert_uint_eq(r.heard.text.len, 4 * FLOOD_PART);
    rig_fini(&r);
}
END_TEST

/* ---- the client library on top ---- */

struct names {
    int added, modified, deleted, synced;
};

static void *make_item(void *arg, const struct json *object)
{
    (void)arg;
    return xstrdup(json_str_or(object, "metadata.name", ""));
}

static void item_changed(void *arg, enum kc_change change, void *old_item,
                         void *new_item, const struct json *object)
{
    struct names *n = arg;

    (void)old_item, (void)new_item, (void)object;
    n->added += change == KC_ADDED;
    n->modified += change == KC_MODIFIED;
    n->deleted += change == KC_DELETED;
}

static void cache_synced(void *arg)
{
    ((struct names *)arg)->synced++;
}

static void cache_trouble(void *arg, const char *line)
{
    (void)arg;
    ck_abort_msg("%s", line);
}

static const struct kc_cache_ops cache_ops = {make_item, item_changed, free,
                                              cache_synced, cache_trouble};

START_TEST(test_cache)
{
    struct rig r;
    struct names n = {0};
    struct rng rng;

    rig_init(&r);
    rng_seed(&rng, 7);
    struct kc_client *client = kc_client_new(r.t->loop, r.transport, &rng);
    apitest_request(r.t, "POST", "/api/v1/namespaces/default/configmaps",
                    "{'metadata': {'name': 'a'}}");
    struct kc_cache *cache = kc_cache_new(
        client, &(struct kc_cache_spec){.resource = &kc_configmaps}, &cache_ops, &n);
    apitest_advance(r.t, 1);
    ck_assert_int_eq(n.synced, 1);
    ck_assert_int_eq(n.added, 1);
    apitest_request(r.t, "DELETE", "/api/v1/namespaces/default/configmaps/a", NULL);
    apitest_request(r.t, "POST", "/api/v1/namespaces/default/configmaps",
                    "{'metadata': {'name': 'b'}}");
    apitest_advance(r.t, 1);
    ck_assert_int_eq(n.deleted, 1);
    ck_assert_int_eq(n.added, 2);
    /* Watches end and resume; nothing is told twice. */
    apitest_advance(r.t, 3600);
    ck_assert_int_eq(n.added, 2);
    ck_assert_uint_eq(kc_cache_count(cache), 1);
    kc_cache_free(cache);
    kc_client_free(client);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/direct", (struct suite_row[]){
                                                 {test_request, 1},
                                                 {test_bad_path, 1},
                                                 {test_stream_and_cancel, 1},
                                                 {test_cancel_early, 2},
                                                 {test_timeout, 1},
                                                 {test_paused, 1},
                                                 {test_cache, 1},
                                                 {NULL, 0},
                                             });
}

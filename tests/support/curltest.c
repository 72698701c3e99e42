#include "tests/support/curltest.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/util.h"

/* A test waits for its condition at most this long. */
#define PATIENCE_MS 30000

/* ---- what came of one exchange ---- */

static void cancel_if(struct heard *h, char at)
{
    if (h->cancel_at != at)
        return;
    h->cancel_at = '\0';
    if (h->cancels)
        transport_cancel(TAKE(h->cancels->call));
    else
        transport_cancel(TAKE(h->call));
}

static void on_head(void *arg, const struct transport_head *head)
{
    struct heard *h = arg;

    h->heads++;
    h->status = head->status;
    h->content_type = xstrdup(head->content_type);
    h->warning = xstrdup_null(head->warning);
    h->retry_after_sec = head->retry_after_sec;
    h->renewed = head->renewed;
    cancel_if(h, 'h');
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct heard *h = arg;

    ck_assert_int_eq(h->heads, 1);
    str_addn(&h->text, bytes, len);
    cancel_if(h, 'd');
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct heard *h = arg;

    h->dones++;
    h->end = end;
    h->why = xstrdup(why);
    cancel_if(h, 'e');
    h->call = NULL;
}

const struct transport_events heard_events = {on_head, on_data, on_done};

void heard_init(struct heard *h)
{
    *h = (struct heard){0};
    str_init(&h->text, 128u << 20);
}

void heard_fini(struct heard *h)
{
    free(h->content_type);
    free(h->warning);
    free(h->why);
    str_fini(&h->text);
}

/* ---- a transport and whom it talks to, on one real loop ---- */

void curltest_connect(struct curltest *r)
{
    struct err err = ERR_INIT;

    transport_free(r->transport);
    r->transport = transport_curl_new(r->loop, &r->config, "test/1.0", &err);
    ck_assert_msg(r->transport != NULL, "%s", err.msg);
}

void curltest_init_bare(struct curltest *r)
{
    struct err err = ERR_INIT;

    *r = (struct curltest){.loop = loop_new(&err)};
    ck_assert_msg(r->loop != NULL, "%s", err.msg);
}

void curltest_init_raw(struct curltest *r, const char *scheme,
                       const struct raw_answer *script)
{
    curltest_init_bare(r);
    r->raw = rawserver_new(r->loop, script);
    r->config.server = xasprintf("%s://127.0.0.1:%d", scheme, rawserver_port(r->raw));
    r->config.token = xstrdup("s3cret");
    curltest_connect(r);
}

/* The API server over TLS. */
void curltest_init_tls(struct curltest *r)
{
    struct err err = ERR_INIT;
    struct apiserver_config server = {0};

    curltest_init_bare(r);
    memcpy(r->dir, "/tmp/gantry-curl-XXXXXX", sizeof("/tmp/gantry-curl-XXXXXX"));
    ck_assert(mkdtemp(r->dir) != NULL);
    r->auth = auth_open(r->dir, loop_now_sec(r->loop), &err);
    ck_assert_msg(r->auth != NULL, "%s", err.msg);
    server.loop = r->loop;
    rng_seed(&server.rng, 1);
    r->server = apiserver_new(&server, &err);
    const struct http_config http = {.loop = r->loop,
                                     .app = apiserver_app(r->server),
                                     .tls = auth_tls(r->auth),
                                     .auth = r->auth,
                                     .user = "admin"};
    r->http = http_new(&http, &err);
    ck_assert_msg(r->http != NULL, "%s", err.msg);
    ck_assert_int_eq(auth_write_kubeconfig(r->auth, http_port(r->http), &err), 0);
    const struct kc_config_source source = {.explicit_path =
                                                auth_kubeconfig_path(r->auth)};
    ck_assert_msg(kc_config_load(&r->config, &source, &err) == 0, "%s", err.msg);
    curltest_connect(r);
}

void curltest_fini(struct curltest *r)
{
    transport_free(r->transport);
    kc_config_fini(&r->config);
    if (r->raw)
        rawserver_free(r->raw);
    if (r->auth) {
        AUTO_FREE char *command = xasprintf("rm -rf %s", r->dir);
        http_free(r->http);
        apiserver_free(r->server);
        auth_free(r->auth);
        ck_assert_int_eq(system(command), 0);
    }
    loop_free(r->loop);
}

void curltest_start(struct curltest *r, struct heard *h,
                    const struct transport_request *req)
{
    struct err err = ERR_INIT;

    h->call = transport_start(r->transport, req, &heard_events, h, &err);
    ck_assert_msg(h->call != NULL, "%s", err.msg);
    ck_assert_int_eq(h->heads + h->dones, 0);
}

bool heard_is_done(const struct heard *h)
{
    return h->dones > 0;
}

bool heard_line(const struct heard *h)
{
    return strchr(h->text.s, '\n') != NULL;
}

void curltest_wait(struct curltest *r, bool (*holds)(const struct heard *h),
                   const struct heard *h)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;

    while (!holds(h) && loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
    ck_assert_msg(holds(h), "nothing came: %.200s", h->text.s);
}

void curltest_ask(struct curltest *r, struct heard *h,
                  const struct transport_request *req)
{
    heard_init(h);
    curltest_start(r, h, req);
    curltest_wait(r, heard_is_done, h);
}

static const char *const end_names[] = {[TRANSPORT_DONE] = "done",
                                        [TRANSPORT_NOT_SENT] = "not sent",
                                        [TRANSPORT_CUT] = "cut"};

void heard_expect(const struct heard *h, const char *name, enum transport_end end,
                  const char *why)
{
    ck_assert_msg(h->dones == 1, "%s: told %d times", name, h->dones);
    ck_assert_msg(h->end == end, "%s: %s (%s), not %s", name, end_names[h->end], h->why,
                  end_names[end]);
    ck_assert_msg(strstr(h->why, why) != NULL, "%s: %s", name, h->why);
    ck_assert_msg((h->why[0] == '\0') == (end == TRANSPORT_DONE), "%s: %s", name,
                  h->why);
    ck_assert_msg(strchr(h->why, '\n') == NULL, "%s: two lines: %s", name, h->why);
}

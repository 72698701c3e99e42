/* The log endpoint over TLS: who is let in, and the way from kubectl's side to it. */
#include "cmd/gantry-local/nodelogs.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/apiserver.h"
#include "cmd/gantry-local/direct.h"
#include "cmd/gantry-local/http.h"
#include "cmd/gantry-local/nodedial.h"
#include "cmd/gantry-local/pki.h"
#include "kubeclient/transport_curl.h"
#include "tests/support/flood.h"
#include "tests/support/suite.h"

#define PATIENCE_MS 20000
#define NODES "/api/v1/nodes"
#define PODS "/api/v1/namespaces/default/pods"

/* An API server, its nodes' endpoint, and a client of either. */
struct rig {
    char dir[32];
    struct loop *loop;
    struct apiserver *server;
    struct transport *direct, *client;
    struct kc_client *kc;
    struct executor *executor;
    struct kubelet *kubelet;
    struct nodelogs *logs;
    struct node_dialer *dialer;
    struct pki pki; /* the API server's */
    char *cert, *key;
    /* the last request */
    int status;
    bool done;
    enum transport_end end;
    struct str text;
    char why[300];
};

static void must(int rc, const struct err *err)
{
    ck_assert_msg(rc == 0, "%s", err->msg);
}

/* ---- requests ---- */

static void on_head(void *arg, const struct transport_head *head)
{
    ((struct rig *)arg)->status = head->status;
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    str_addn(&((struct rig *)arg)->text, bytes, len);
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct rig *r = arg;

    r->done = true;
    r->end = end;
    snprintf(r->why, sizeof(r->why), "%s", why);
}

static const struct transport_events events = {on_head, on_data, on_done};

static struct transport_call *start(struct rig *r, struct transport *t,
                                    const struct transport_request *req)
{
    struct err err = ERR_INIT;
    struct transport_call *call;

    r->done = false;
    r->status = 0;
    str_reset(&r->text);
    call = transport_start(t, req, &events, r, &err);
    ck_assert_msg(call != NULL, "%s", err.msg);
    return call;
}

static void wait_done(struct rig *r)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;

    while (!r->done && loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
    ck_assert(r->done);
}

static void get(struct rig *r, struct transport *t, const char *path)
{
    start(r, t,
          &(struct transport_request){
              .method = "GET", .path = path, .accept = "*/*", .stream = true});
    wait_done(r);
}

static void post(struct rig *r, const char *path, const char *body)
{
    start(r, r->direct,
          &(struct transport_request){.method = "POST",
                                      .path = path,
                                      .content_type = "application/json",
                                      .body = body,
                                      .body_len = strlen(body)});
    wait_done(r);
    ck_assert_msg(r->status == 201, "%s", r->text.s);
}

/* ---- the rig ---- */

static void rig_init(struct rig *r)
{
    struct apiserver_config config = {0};
    struct err err = ERR_INIT;

    *r = (struct rig){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(r->dir));
    str_init(&r->text, 256 << 20);
    r->loop = loop_new(&err);
    config.loop = r->loop;
    rng_seed(&config.rng, 1);
    r->server = apiserver_new(&config, &err);
    r->direct = direct_new(r->loop, r->server, "admin", true);
    r->kc = kc_client_new(r->loop, r->direct, &config.rng);
    must(pki_open(&r->pki, r->dir, loop_now_sec(r->loop), &err), &err);
    must(pki_open_client(r->dir, loop_now_sec(r->loop), &r->cert, &r->key, &err), &err);
    r->dialer = nodedial_curl_new(r->loop, r->cert, r->key);
    apiserver_dial_nodes(r->server, r->dialer);
}

static void rig_fini(struct rig *r)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", r->dir);

    transport_free(r->client);
    nodelogs_free(r->logs);
    kubelet_free(r->kubelet);
    executor_free(r->executor);
    kc_client_free(r->kc);
    transport_free(r->direct);
    apiserver_free(r->server);
    nodedial_free(r->dialer);
    pki_fini(&r->pki);
    loop_free(r->loop);
    free(r->cert);
    free(r->key);
    str_fini(&r->text);
    ck_assert_int_eq(system(command), 0);
}

/* Two nodes whose endpoint lets in who shows a certificate of `client_ca`. `address` is
 * that of both; NULL: each has its own. */
static void serve_nodes_at(struct rig *r, const char *client_ca, bool ours_only,
                           const char *address)
{
    AUTO_FREE char *dir = xasprintf("%s/nodes", r->dir);
    const struct nodelogs_config config = {
        .loop = r->loop, .dir = dir, .client_ca = client_ca, .ours_only = ours_only};
    struct kubelet_options o = {.loop = r->loop,
                                .client = r->kc,
                                .name_prefix = "tlsnode",
                                .address = address,
                                .cpu_milli = 4000,
                                .mem_bytes = INT64_C(8) << 30,
                                .gpu_resource = "nvidia.com/gpu",
                                .lease_sec = 10};
    struct err err = ERR_INIT;

    r->logs = nodelogs_new(&config, &err);
    ck_assert_msg(r->logs != NULL, "%s", err.msg);
    r->executor = executor_process_new(r->loop, dir, &err);
    ck_assert_msg(r->executor != NULL, "%s", err.msg);
    o.executor = r->executor;
    o.groups = (struct nodegroups){.items = {{.count = 2}}, .n = 1};
    o.serving_ca = nodelogs_serving_ca(r->logs);
    rng_seed(&o.rng, 1);
    r->kubelet = kubelet_new(&o, &err);
    ck_assert_msg(r->kubelet != NULL, "%s", err.msg);
    must(nodelogs_serve(r->logs, r->kubelet, &err), &err);
}

static void serve_nodes(struct rig *r, const char *client_ca, bool ours_only)
{
    serve_nodes_at(r, client_ca, ours_only, NULL);
}

/* Until the node has told where its endpoint is; into `text`. */
static void wait_node(struct rig *r, const char *node)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;
    AUTO_FREE char *path = xasprintf(NODES "/%s", node);

    do
        get(r, r->direct, path);
    while ((!strstr(r->text.s, "\"Port\":") || strstr(r->text.s, "\"Port\":0")) &&
           loop_mono_ms(r->loop) < until_ms);
}

static int port_of(struct rig *r, const char *node)
{
    JSON_AUTO struct json *object = NULL;

    wait_node(r, node);
    object = json_parse_str(r->text.s, NULL);
    return (int)json_int_or(object, "status.daemonEndpoints.kubeletEndpoint.Port", 0);
}

/* ---- who is let in ---- */

enum shown { NOTHING, OURS, STRANGERS, SERVERS };

static const struct {
    const char *name;
    bool ours_only;
    enum shown shown;
    bool admitted;
} peers[] = {
    {"our API server", true, OURS, true},
    {"whom the CA signed", false, OURS, true},
    {"no certificate", true, NOTHING, false},
    {"no certificate, any of the CA", false, NOTHING, false},
    {"another CA's, of the same name", true, STRANGERS, false},
    {"another CA's", false, STRANGERS, false},
    {"the CA's, for servers", false, SERVERS, false},
};

static char *read_file(const struct rig *r, const char *name)
{
    AUTO_FREE char *path = xasprintf("%s/%s", r->dir, name);
    STR_AUTO struct str text;

    str_init(&text, 100000);
    ck_assert_int_eq(str_read_file(&text, path, NULL), 0);
    return str_take(&text);
}

static void show(const struct rig *r, enum shown what, char **cert, char **key)
{
    AUTO_FREE char *other = xasprintf("%s/other", r->dir);
    struct pki pki;
    struct err err = ERR_INIT;

    switch (what) {
    case NOTHING:
        break;
    case OURS:
        *cert = xstrdup(r->cert);
        *key = xstrdup(r->key);
        break;
    case STRANGERS:
        must(pki_open(&pki, other, loop_now_sec(r->loop), &err), &err);
        pki_fini(&pki);
        must(pki_open_client(other, loop_now_sec(r->loop), cert, key, &err), &err);
        break;
    case SERVERS:
        *cert = read_file(r, "pki/server.crt");
        *key = read_file(r, "pki/server.key");
        break;
    }
}

START_TEST(test_admission)
{
    struct rig r;
    AUTO_FREE char *cert = NULL;
    AUTO_FREE char *key = NULL;
    AUTO_FREE char *ca = NULL;
    struct err err = ERR_INIT;
    struct kc_config config = {0};

    rig_init(&r);
    serve_nodes(&r, r.pki.ca_pem, peers[_i].ours_only);
    show(&r, peers[_i].shown, &cert, &key);
    ca = xstrdup(nodelogs_serving_ca(r.logs));
    AUTO_FREE char *server = xasprintf("https://%s:%d", kubelet_address(r.kubelet, 1),
                                       port_of(&r, "tlsnode2"));
    AUTO_FREE char *host = xstrdup("localhost");
    config = (struct kc_config){.server = server,
                                .tls_server_name = host,
                                .ca_pem = ca,
                                .client_cert_pem = cert,
                                .client_key_pem = key};
    r.client = transport_curl_new(r.loop, &config, "test/1.0", &err);
    get(&r, r.client, "/containerLogs/default/p/c");
    ck_assert_msg(r.status == (peers[_i].admitted ? 404 : 0), "%s: %d %s",
                  peers[_i].name, r.status, r.why);
    rig_fini(&r);
}
END_TEST

/* A certificate by another name than ours, of a CA that signs many. */
START_TEST(test_ours_only)
{
    struct rig r;
    AUTO_FREE char *command = NULL;
    struct err err = ERR_INIT;

    rig_init(&r);
    command = xasprintf(
        "cd %s && { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-subj "
        "/CN=alice -keyout alice.key -out alice.csr && openssl x509 -req -in alice.csr "
        "-CA pki/ca.crt -CAkey pki/ca.key -set_serial 7 -out alice.crt; } 2>log",
        r.dir);
    ck_assert_int_eq(system(command), 0);
    AUTO_FREE char *cert = read_file(&r, "alice.crt");
    AUTO_FREE char *key = read_file(&r, "alice.key");
    serve_nodes(&r, r.pki.ca_pem, _i == 0);
    struct node_dialer *alice = nodedial_curl_new(r.loop, cert, key);
    const struct node_endpoint to = {.address = kubelet_address(r.kubelet, 0),
                                     .port = port_of(&r, "tlsnode1"),
                                     .ca_pem = nodelogs_serving_ca(r.logs)};
    r.client = alice->dial(alice, &to, &err);
    get(&r, r.client, "/containerLogs/default/p/c");
    ck_assert_int_eq(r.status, _i == 0 ? 0 : 404);
    nodedial_free(alice);
    rig_fini(&r);
}
END_TEST

/* ---- through the API server ---- */

#define ON_NODE1                                                                       \
    "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"tlsnode1\","              \
    "\"restartPolicy\":"                                                               \
    "\"Never\",\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"command\":[\"echo\"," \
    "\"hello\"]}]}}"

/* An address of this machine that is not of loopback, if it has any. */
static void far_address(char ret[INET_ADDRSTRLEN])
{
    struct ifaddrs *list = NULL;

    snprintf(ret, INET_ADDRSTRLEN, "127.0.0.77");
    ck_assert_int_eq(getifaddrs(&list), 0);
    for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
        const struct sockaddr_in *at = (const void *)i->ifa_addr;

        if (at && at->sin_family == AF_INET &&
            (ntohl(at->sin_addr.s_addr) >> 24) != 127)
            inet_ntop(AF_INET, &at->sin_addr, ret, INET_ADDRSTRLEN);
    }
    freeifaddrs(list);
}

/* Of nodes that have an address each, and of some that share one. */
START_TEST(test_log)
{
    struct rig r;
    char address[INET_ADDRSTRLEN];

    rig_init(&r);
    far_address(address);
    serve_nodes_at(&r, r.pki.ca_pem, true, _i == 0 ? NULL : address);
    wait_node(&r, "tlsnode2");
    ck_assert_int_eq(_i == 1, strstr(r.text.s, address) != NULL);
    wait_node(&r, "tlsnode1");
    post(&r, PODS, ON_NODE1);
    do { /* until it has run */
        get(&r, r.direct, PODS "/p");
    } while (!strstr(r.text.s, "\"phase\":\"Succeeded\""));
    AUTO_FREE char *host_ip =
        xasprintf("\"hostIP\":\"%s\"", kubelet_address(r.kubelet, 0));
    ck_assert_ptr_nonnull(strstr(r.text.s, host_ip));
    get(&r, r.direct, PODS "/p/log?follow=true");
    ck_assert_msg(r.status == 200, "%s", r.text.s);
    ck_assert_str_eq(r.text.s, "hello\n");
    rig_fini(&r);
}
END_TEST

static void post_endpoint(struct rig *r, int port, const char *ca)
{
    JSON_AUTO struct json *node = json_build(
        "{'metadata': {'name': 'tlsnode1', 'annotations': {'gantry.dev/serving-ca':"
        " %s}}, 'status': {'addresses': [{'type': 'InternalIP', 'address':"
        " '127.0.0.1'}], 'daemonEndpoints': {'kubeletEndpoint': {'Port': %i}}}}",
        ca, (int64_t)port);
    AUTO_FREE char *text = json_text(node, NULL);

    post(r, NODES, text);
    post(r, PODS, ON_NODE1);
}

/* A port of 127.0.0.1 where nobody listens any more. */
static int dead_port(const struct rig *r)
{
    struct flood flood;
    struct err err = ERR_INIT;
    const struct http_config config = {
        .loop = r->loop, .app = &flood.app, .tls = r->pki.tls, .user = "x"};
    struct http *http = http_new(&config, &err);
    int port;

    ck_assert_msg(http != NULL, "%s", err.msg);
    port = http_port(http);
    http_free(http);
    return port;
}

START_TEST(test_dead_node)
{
    struct rig r;
    JSON_AUTO struct json *status = NULL;

    rig_init(&r);
    const int port = dead_port(&r);
    post_endpoint(&r, port, r.pki.ca_pem);
    get(&r, r.direct, PODS "/p/log?tailLines=1");
    ck_assert_int_eq(r.status, 500);
    status = json_parse_str(r.text.s, NULL);
    AUTO_FREE char *want =
        xasprintf("Get \"https://127.0.0.1:%d/containerLogs/default/p/c?tailLines=1\": "
                  "dial tcp 127.0.0.1:%d: connect: connection refused",
                  port, port);
    ck_assert_str_eq(json_str_or(status, "message", ""), want);
    rig_fini(&r);
}
END_TEST

/* Somebody else on the node's port is not taken for the node. */
START_TEST(test_false_node)
{
    struct rig r;
    struct flood flood;
    struct err err = ERR_INIT;
    AUTO_FREE char *other = NULL;
    struct pki pki;

    rig_init(&r);
    flood_init(&flood, FLOOD_PART);
    other = xasprintf("%s/other", r.dir);
    must(pki_open(&pki, other, loop_now_sec(r.loop), &err), &err);
    const struct http_config config = {
        .loop = r.loop, .app = &flood.app, .tls = pki.tls, .user = "x"};
    struct http *http = http_new(&config, &err);
    post_endpoint(&r, http_port(http), r.pki.ca_pem);
    get(&r, r.direct, PODS "/p/log");
    ck_assert_int_eq(r.status, 500);
    ck_assert_msg(strstr(r.text.s, "vouches for") != NULL, "%s", r.text.s);
    http_free(http);
    pki_fini(&pki);
    rig_fini(&r);
}
END_TEST

#define FLOOD_BYTES (48u << 20)

/* kubectl does not read: neither does the API server, and the node stops writing. */
START_TEST(test_held_up)
{
    struct rig r;
    struct flood flood;
    struct err err = ERR_INIT;
    size_t before;

    rig_init(&r);
    flood_init(&flood, FLOOD_BYTES);
    const struct http_config node = {
        .loop = r.loop, .app = &flood.app, .tls = r.pki.tls, .user = "x"};
    const struct http_config front = {
        .loop = r.loop, .app = apiserver_app(r.server), .tls = r.pki.tls, .user = "x"};
    struct http *node_http = http_new(&node, &err);
    struct http *front_http = http_new(&front, &err);
    post_endpoint(&r, http_port(node_http), r.pki.ca_pem);
    const struct node_endpoint to = {
        .address = "127.0.0.1", .port = http_port(front_http), .ca_pem = r.pki.ca_pem};
    r.client = r.dialer->dial(r.dialer, &to, &err);
    struct transport_call *call =
        start(&r, r.client,
              &(struct transport_request){
                  .method = "GET", .path = PODS "/p/log", .stream = true});
    while (r.text.len == 0)
        loop_poll(r.loop, 100);
    transport_pause(call, true);
    do {
        before = flood.written;
        loop_poll(r.loop, 100);
    } while (flood.written != before);
    ck_assert_uint_lt(flood.written, FLOOD_BYTES / 2);
    transport_pause(call, false);
    wait_done(&r);
    ck_assert_int_eq(r.end, TRANSPORT_DONE);
    ck_assert_uint_eq(r.text.len, FLOOD_BYTES);
    ck_assert(str_ends(r.text.s, "\n6291455\n"));
    http_free(front_http);
    http_free(node_http);
    rig_fini(&r);
}
END_TEST

/* The client hangs up before the node has answered, and while it does. */
START_TEST(test_hang_up)
{
    struct rig r;
    struct flood flood;
    struct err err = ERR_INIT;

    rig_init(&r);
    flood_init(&flood, FLOOD_BYTES);
    const struct http_config node = {
        .loop = r.loop, .app = &flood.app, .tls = r.pki.tls, .user = "x"};
    const struct http_config front = {
        .loop = r.loop, .app = apiserver_app(r.server), .tls = r.pki.tls, .user = "x"};
    struct http *node_http = http_new(&node, &err);
    struct http *front_http = http_new(&front, &err);
    post_endpoint(&r, http_port(node_http), r.pki.ca_pem);
    const struct node_endpoint to = {
        .address = "127.0.0.1", .port = http_port(front_http), .ca_pem = r.pki.ca_pem};
    r.client = r.dialer->dial(r.dialer, &to, &err);
    struct transport_call *call =
        start(&r, r.client,
              &(struct transport_request){
                  .method = "GET", .path = PODS "/p/log", .stream = true});
    while (_i == 0 ? !flood.sink : r.text.len == 0)
        loop_poll(r.loop, 100);
    transport_cancel(call);
    transport_free(TAKE(r.client)); /* closes the connection */
    while (!flood.closed)
        loop_poll(r.loop, 100);
    http_free(front_http);
    http_free(node_http);
    rig_fini(&r);
}
END_TEST

START_TEST(test_bad_ca)
{
    struct rig r;
    struct err err = ERR_INIT;

    rig_init(&r);
    const struct nodelogs_config config = {
        .loop = r.loop, .dir = r.dir, .client_ca = "no certificate"};
    ck_assert_ptr_null(nodelogs_new(&config, &err));
    ck_assert_int_eq(err.code, ERR_INVALID);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("gantry-local/nodelogs", (struct suite_row[]){
                                                   {test_admission, ARRAY_LEN(peers)},
                                                   {test_ours_only, 2},
                                                   {test_log, 2},
                                                   {test_dead_node, 1},
                                                   {test_false_node, 1},
                                                   {test_held_up, 1},
                                                   {test_hang_up, 2},
                                                   {test_bad_ca, 1},
                                                   {NULL, 0},
                                               });
}

/* pods/log from client to container, in virtual time: API server, kubelet and their
 * endpoints in one process. */
#include "cmd/gantry-local/podlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "cmd/gantry-local/kubelet.h"
#include "cmd/gantry-local/nodedial.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"

/* An executor that runs nothing and has the logs that the test writes. */
struct logging {
    struct executor executor;
    struct executor *inner;
    char dir[32];
    struct conlog *log; /* of container "c", which runs; NULL */
};

struct rig {
    struct apitest *t;
    struct logging x;
    struct transport *node_transport, *client;
    struct kc_client *kc;
    struct kubelet *kubelet;
    struct node_dialer dialer;
    /* the last request */
    struct transport_call *call;
    int status;
    bool done;
    struct str text;
};

/* ---- the executor ---- */

static const char *refuse_pod(struct executor *x, const struct pod_spec *pod,
                              struct err *err)
{
    struct executor *inner = ((struct logging *)x)->inner;

    return inner->ops->refuse(inner, pod, err);
}

static struct executor_run *run_start(struct executor *x,
                                      const struct executor_start *s,
                                      executor_exit_fn *exited, void *arg,
                                      struct err *err)
{
    struct executor *inner = ((struct logging *)x)->inner;

    return inner->ops->start(inner, s, exited, arg, err);
}

static void forget(struct executor *x, const struct pod_spec *pod)
{
    (void)x, (void)pod;
}

static struct conread *read_log(struct executor *x, const struct executor_log *what,
                                struct err *err)
{
    struct logging *l = (struct logging *)x;
    struct conread *r =
        conread_new(l->dir, what->container, what->previous, &what->options, err);

    if (r && what->options.follow)
        conread_follow(r, what->previous ? NULL : l->log, what->changed, what->arg);
    return r;
}

static struct executor_ops logging_ops; /* with the inner one's signal and drop */

static void logging_init(struct logging *l, struct loop *loop)
{
    *l = (struct logging){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(l->dir));
    l->inner = executor_simulate_new(loop);
    logging_ops = *l->inner->ops;
    logging_ops.refuse = refuse_pod;
    logging_ops.start = run_start;
    logging_ops.forget = forget;
    logging_ops.read_log = read_log;
    l->executor.ops = &logging_ops;
}

static void logging_fini(struct logging *l)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", l->dir);

    conlog_free(l->log);
    executor_free(l->inner);
    ck_assert_int_eq(system(command), 0);
}

/* ---- the rig ---- */

static struct rig *of_dialer(struct node_dialer *d)
{
    return (struct rig *)(void *)((char *)d - offsetof(struct rig, dialer));
}

static struct transport *dial(struct node_dialer *d, const struct node_endpoint *to,
                              struct err *err)
{
    struct rig *r = of_dialer(d);

    (void)err;
    ck_assert_int_eq(to->port, 10250);
    ck_assert_str_eq(to->address, kubelet_address(r->kubelet, 0));
    ck_assert_str_eq(to->ca_pem, "the CA");
    return direct_app_new(r->t->loop, kubelet_logs(r->kubelet), "apiserver", false);
}

static void start_kubelet(struct rig *r)
{
    struct kubelet_options o = {
        .loop = r->t->loop,
        .client = r->kc,
        .executor = &r->x.executor,
        .name_prefix = "n",
        .cpu_milli = 4000,
        .mem_bytes = INT64_C(8) << 30,
        .gpu_resource = "nvidia.com/gpu",
        .lease_sec = 10,
        .serving_ca = "the CA",
    };
    struct err err = ERR_INIT;

    o.groups = (struct nodegroups){.items = {{.count = 1}}, .n = 1};
    rng_seed(&o.rng, 1);
    r->kubelet = kubelet_new(&o, &err);
    ck_assert_msg(r->kubelet != NULL, "%s", err.msg);
    kubelet_set_log_port(r->kubelet, 0, 10250);
}

static void rig_init(struct rig *r)
{
    struct rng rng;

    rng_seed(&rng, 2);
    *r = (struct rig){.t = apitest_new(), .dialer.dial = dial};
    apiserver_dial_nodes(r->t->server, &r->dialer);
    r->node_transport = direct_new(r->t->loop, r->t->server, "node", true);
    r->client = direct_new(r->t->loop, r->t->server, "admin", true);
    r->kc = kc_client_new(r->t->loop, r->node_transport, &rng);
    logging_init(&r->x, r->t->loop);
    str_init(&r->text, 64 << 20);
    start_kubelet(r);
    apitest_advance(r->t, 1);
}

static void rig_fini(struct rig *r)
{
    if (r->call && !r->done)
        transport_cancel(r->call);
    apitest_advance(r->t, 1); /* what was let go frees itself */
    kubelet_free(r->kubelet);
    kc_client_free(r->kc);
    transport_free(r->client);
    transport_free(r->node_transport);
    apitest_free(r->t);
    logging_fini(&r->x);
    str_fini(&r->text);
}

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
    ck_assert_msg(end == TRANSPORT_DONE, "%s", why);
    ((struct rig *)arg)->done = true;
}

static const struct transport_events events = {on_head, on_data, on_done};

static void ask(struct rig *r, const char *path)
{
    const struct transport_request req = {
        .method = "GET", .path = path, .stream = true};
    struct err err = ERR_INIT;

    r->done = false;
    r->status = 0;
    str_reset(&r->text);
    r->call = transport_start(r->client, &req, &events, r, &err);
    ck_assert_msg(r->call != NULL, "%s", err.msg);
    apitest_advance(r->t, 0);
}

static void create_noted(struct rig *r, const char *name, const char *annotations,
                         const char *spec)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata': {'name': '%s', 'annotations': {%s}}, 'spec': {%s}}",
                  name, annotations, spec);

    ck_assert_int_eq(apitest_request(r->t, "POST", PODS, body), 201);
    apitest_advance(r->t, 0);
}

static void create(struct rig *r, const char *name, const char *spec)
{
    create_noted(r, name, "", spec);
}

static void write_log(struct rig *r, const char *text)
{
    if (!r->x.log)
        r->x.log = conlog_new(r->x.dir, "c", 0, NULL);
    conlog_append(r->x.log, text, strlen(text), loop_now_ms(r->t->loop));
    apitest_advance(r->t, 0);
}

#define ONE "'nodeName': 'n1', 'containers': [{'name': 'c', 'image': 'i'}]"

/* ---- what is answered ---- */

static const struct {
    const char *name, *path;
    int status;
    const char *text; /* all of it, or of a refusal its message */
} cases[] = {
    {"all", "p/log", 200, "one\ntwo\nthree\n"},
    {"by name", "p/log?container=c", 200, "one\ntwo\nthree\n"},
    {"tail", "p/log?tailLines=1", 200, "three\n"},
    {"limit", "p/log?limitBytes=5", 200, "one\nt"},
    {"since", "p/log?sinceSeconds=16", 200, "two\nthree\n"},
    {"since a time", "p/log?sinceTime=2027-01-15T08%3A00%3A20Z", 200, "three\n"},
    {"times", "p/log?timestamps=true&tailLines=1", 200,
     "2027-01-15T08:00:21.000000000Z three\n"},
    {"previous", "p/log?previous=true", 400,
     "previous terminated container \"c\" in pod \"p\" not found"},
    {"unbound", "unbound/log", 204, ""},
    {"waiting", "waits/log", 400,
     "container \"w\" in pod \"waits\" is waiting to start: CrashLoopBackOff"},
    {"which one", "two/log", 400,
     "a container name must be specified for pod two, choose one of: [a b]"},
    {"which one of three", "waits2/log", 400,
     "a container name must be specified for pod waits2, choose one of: [i x y]"},
    {"another one", "p/log?container=d", 400, "container d is not valid for pod p"},
    {"none such", "none/log", 404, "pods \"none\" not found"},
    {"no node", "lost/log", 404, "nodes \"far\" not found"},
    {"not there yet", "refused/log?container=z", 400,
     "container \"z\" in pod \"refused\" is not available"},
    {"bad tail", "p/log?tailLines=-1", 422,
     "PodLogOptions \"p\" is invalid: tailLines: Invalid value: -1: must be greater "
     "than or equal to 0"},
    {"bad limit", "p/log?limitBytes=0", 422,
     "PodLogOptions \"p\" is invalid: limitBytes: Invalid value: 0: must be greater "
     "than 0"},
    {"no number", "p/log?tailLines=x", 400,
     "strconv.ParseInt: parsing \"x\": invalid syntax"},
    {"bad time", "p/log?sinceTime=noon", 400,
     "sinceTime: \"noon\" is not an RFC 3339 time such as 2026-11-24T16:00:00Z"},
    {"two beginnings", "p/log?sinceTime=2027-01-15T08:00:20Z&sinceSeconds=1", 422,
     "PodLogOptions \"p\" is invalid: []: Forbidden: at most one of `sinceTime` or "
     "`sinceSeconds` may be specified"},
};

static void create_all(struct rig *r)
{
    create(r, "p", ONE);
    write_log(r, "one\n");
    apitest_advance(r->t, 10);
    write_log(r, "two\n");
    apitest_advance(r->t, 10);
    write_log(r, "three\n");
    create(r, "unbound", "'containers': [{'name': 'c', 'image': 'i'}]");
    create(
        r, "two",
        "'nodeName': 'n1', 'containers': [{'name': 'a', 'image': 'i'}, {'name': 'b', "
        "'image': 'i'}]");
    create(r, "lost", "'nodeName': 'far', 'containers': [{'name': 'c', 'image': 'i'}]");
    create(r, "refused",
           "'nodeName': 'n1', 'containers': [{'name': 'z', 'image': 'i'}, {'name': 'c',"
           " 'image': 'i', 'resources': {'requests': {'cpu': '99'}}}]");
    create(r, "waits2",
           "'nodeName': 'n1', 'initContainers': [{'name': 'i', 'image': 'i'}],"
           " 'containers': [{'name': 'x', 'image': 'i'}, {'name': 'y', 'image': 'i'}]");
    create_noted(r, "waits", "'gantry.dev/run-seconds': '0'",
                 "'nodeName': 'n1', 'containers': [{'name': 'w', 'image': 'i'}]");
    apitest_advance(r->t, 1);
}

START_TEST(test_answers)
{
    struct rig r;
    AUTO_FREE char *path = xasprintf(PODS "/%s", cases[_i].path);
    JSON_AUTO struct json *status = NULL;

    rig_init(&r);
    create_all(&r);
    ask(&r, path);
    ck_assert_msg(r.done, "%s", cases[_i].name);
    ck_assert_msg(r.status == cases[_i].status, "%s: %d %s", cases[_i].name, r.status,
                  r.text.s);
    if (r.status != 200)
        status = json_parse_str(r.text.s, NULL);
    ck_assert_str_eq(status ? json_str_or(status, "message", "?") : r.text.s,
                     cases[_i].text);
    rig_fini(&r);
}
END_TEST

/* A follower gets what is written when it is written, and its end with the run's. */
START_TEST(test_follow)
{
    struct rig r;

    rig_init(&r);
    create(&r, "p", ONE);
    write_log(&r, "one\n");
    ask(&r, PODS "/p/log?follow=true");
    ck_assert_str_eq(r.text.s, "one\n");
    ck_assert(!r.done);
    write_log(&r, "two\n");
    ck_assert_str_eq(r.text.s, "one\ntwo\n");
    apitest_advance(r.t, 100000); /* quiet for a day */
    ck_assert(!r.done);
    write_log(&r, "three\n");
    conlog_free(TAKE(r.x.log));
    apitest_advance(r.t, 0);
    ck_assert_str_eq(r.text.s, "one\ntwo\nthree\n");
    ck_assert(r.done);
    rig_fini(&r);
}
END_TEST

/* Whoever goes away leaves nothing behind; the container goes on. */
START_TEST(test_follower_leaves)
{
    struct rig r;

    rig_init(&r);
    create(&r, "p", ONE);
    write_log(&r, "one\n");
    ask(&r, PODS "/p/log?follow=true");
    transport_cancel(TAKE(r.call));
    write_log(&r, "two\n");
    apitest_advance(r.t, 1);
    ck_assert_str_eq(r.text.s, "one\n");
    rig_fini(&r);
}
END_TEST

/* The server, or the node, ends while somebody follows. */
START_TEST(test_ends)
{
    struct rig r;

    rig_init(&r);
    create(&r, "p", ONE);
    write_log(&r, "one\n");
    ask(&r, PODS "/p/log?follow=true");
    if (_i == 0)
        kubelet_free(TAKE(r.kubelet));
    else
        podlogs_end((struct apiserver *)apiserver_app(r.t->server));
    apitest_advance(r.t, 1);
    ck_assert(r.done);
    ck_assert_str_eq(r.text.s, "one\n");
    rig_fini(&r);
}
END_TEST

/* A client that takes nothing holds up the node's reading, and misses nothing. */
START_TEST(test_slow_client)
{
    struct rig r;
    const size_t lines = 1 << 17;

    rig_init(&r);
    create(&r, "p", ONE);
    for (size_t i = 0; i < lines; i++) {
        AUTO_FREE char *line = xasprintf("line %08zu.\n", i);

        if (!r.x.log)
            r.x.log = conlog_new(r.x.dir, "c", 0, NULL);
        conlog_append(r.x.log, line, strlen(line), loop_now_ms(r.t->loop));
    }
    ask(&r, PODS "/p/log?follow=true");
    ck_assert_uint_eq(r.text.len, lines * 15);
    transport_cancel(r.call);
    ask(&r, PODS "/none/log"); /* then with one that pauses at once */
    const struct transport_request req = {
        .method = "GET", .path = PODS "/p/log", .stream = true};
    str_reset(&r.text);
    r.done = false;
    r.call = transport_start(r.client, &req, &events, &r, NULL);
    transport_pause(r.call, true);
    apitest_advance(r.t, 1);
    ck_assert_uint_eq(r.text.len, 0);
    ck_assert(!r.done);
    transport_pause(r.call, false);
    apitest_advance(r.t, 1);
    ck_assert_uint_eq(r.text.len, lines * 15);
    ck_assert(r.done);
    rig_fini(&r);
}
END_TEST

/* What a kubelet says to who does not ask as an API server does. */
static const struct {
    const char *method, *path;
    int status;
    const char *text;
} raw[] = {
    {"GET", "/", 404, "404 page not found\n"},
    {"GET", "/containerLogs/default/p", 404, "404 page not found\n"},
    {"GET", "/pods", 404, "404 page not found\n"},
    {"POST", "/exec/default/p/c?command=x", 501,
     "gantry-local does not serve pods/exec: containers are processes of their node's "
     "machine: look there"},
    {"POST", "/attach/default/p/c", 501,
     "gantry-local does not serve pods/attach: containers are processes of their "
     "node's machine: look there"},
    {"GET", "/portForward/default/p?port=80", 501,
     "gantry-local does not serve pods/portforward: connect to the pod's own address "
     "(kubectl get pods -o wide) on its node's machine"},
    {"POST", "/containerLogs/default/p/c", 405, "405: Method Not Allowed\n"},
    {"GET", "/containerLogs/other/p/c", 404, "pod \"p\" does not exist"},
    {"GET", "/containerLogs/default/p/d", 404,
     "container \"d\" not found in pod \"p\""},
    {"GET", "/containerLogs/default/p/c?tailLines=-5", 422,
     "PodLogOptions \"p\" is invalid: tailLines: Invalid value: -5: must be greater "
     "than "
     "or equal to 0"},
    {"GET", "/containerLogs/default/%zz/c", 400,
     "the path has a bad escape: /containerLogs/default/%zz/c"},
    {"GET", "/containerLogs/default/p/c", 200, "one\n"},
};

START_TEST(test_node_endpoint)
{
    struct rig r;
    const struct transport_request req = {
        .method = raw[_i].method, .path = raw[_i].path, .accept = "*/*"};

    rig_init(&r);
    create(&r, "p", ONE);
    write_log(&r, "one\n");
    transport_free(r.client);
    r.client = direct_app_new(r.t->loop, kubelet_logs(r.kubelet), "apiserver", false);
    r.call = transport_start(r.client, &req, &events, &r, NULL);
    apitest_advance(r.t, 0);
    ck_assert(r.done);
    ck_assert_msg(r.status == raw[_i].status, "%s: %d", raw[_i].path, r.status);
    ck_assert_str_eq(r.text.s, raw[_i].text);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/podlog", (struct suite_row[]){
                                                 {test_answers, ARRAY_LEN(cases)},
                                                 {test_follow, 1},
                                                 {test_follower_leaves, 1},
                                                 {test_ends, 2},
                                                 {test_slow_client, 1},
                                                 {test_node_endpoint, ARRAY_LEN(raw)},
                                                 {NULL, 0},
                                             });
}

/* Asking real processes, on the real loop. */
#include "cmd/gantry-local/prober.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/http.h"
#include "cmd/gantry-local/pki.h"
#include "tests/support/flood.h"
#include "tests/support/rawserver.h"
#include "tests/support/suite.h"

#define WAIT_MS 20000

struct rig {
    struct loop *loop;
    char dir[64];
    struct executor *x;
    struct prober *prober;
    struct pod_spec *pod;
    struct executor_run *run;
    bool ended;
    bool done;
    enum prober_answer answer;
    char *text;
};

static void exited(void *arg, const struct executor_exit *how)
{
    (void)how;
    ((struct rig *)arg)->ended = true;
}

static void rig_init(struct rig *r)
{
    struct err err = ERR_INIT;

    *r = (struct rig){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(r->dir));
    r->loop = loop_new(&err);
    r->x = executor_process_new(r->loop, r->dir, &err);
    ck_assert_msg(r->x != NULL, "%s", err.msg);
    r->prober = prober_process_new(r->loop, r->x);
}

static void rig_fini(struct rig *r)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", r->dir);

    if (r->run && !r->ended)
        r->x->ops->drop(r->run);
    podspec_free(r->pod);
    prober_free(r->prober);
    executor_free(r->x);
    loop_free(r->loop);
    free(r->text);
    ck_assert_int_eq(system(command), 0);
}

/* A container that runs `script`, with `probe` as its readiness probe. */
static void run(struct rig *r, const char *script, const struct json *probe)
{
    JSON_AUTO struct json *object =
        json_build("{'metadata': {'name': 'p', 'namespace': 'd', 'uid': 'u-1'}, "
                   "'spec': {'hostname':"
                   " 'own', 'containers': [{'name': 'c', 'command': ['sh', '-c', %s],"
                   " 'readinessProbe': %j, 'lifecycle': {'postStart': %j}}]}}",
                   script, probe, probe);
    char *envp[] = {"FRUIT=pear", NULL};
    struct executor_start start = {.envp = envp};
    struct err err = ERR_INIT;

    r->pod = podspec_new(object);
    ck_assert_msg(!r->pod->invalid, "%s", r->pod->invalid);
    start.pod = r->pod;
    start.container = &r->pod->mains[0];
    start.argv = r->pod->mains[0].command;
    r->run = r->x->ops->start(r->x, &start, exited, r, &err);
    ck_assert_msg(r->run != NULL, "%s", err.msg);
}

static void answered(void *arg, enum prober_answer answer, const char *text)
{
    struct rig *r = arg;

    r->done = true;
    r->answer = answer;
    free(r->text);
    r->text = xstrdup(text);
}

static struct prober_call *ask(struct rig *r)
{
    const struct prober_ask what = {.probe = &r->pod->mains[0].probes[PROBE_READINESS],
                                    .pod_ip = "127.0.0.1",
                                    .run = r->run};

    r->done = false;
    return r->prober->ops->start(r->prober, &what, answered, r);
}

static void wait_answer(struct rig *r)
{
    const int64_t until_ms = loop_fresh_mono_ms(r->loop) + WAIT_MS;

    while (!r->done && loop_fresh_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
    ck_assert(r->done);
}

/* Until the container has written `file` into its directory. */
static void wait_file(struct rig *r, const char *file)
{
    const int64_t until_ms = loop_fresh_mono_ms(r->loop) + WAIT_MS;
    AUTO_FREE char *path = xasprintf("%s/work/d_p_u-1/%s", r->dir, file);
    STR_AUTO struct str text;

    str_init(&text, 10000);
    while ((str_read_file(&text, path, NULL) < 0 || text.len == 0) &&
           loop_fresh_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 10);
    ck_assert_uint_gt(text.len, 0);
}

/* ---- exec ---- */

#define SLEEP "echo $$ >begun; exec sleep 1000"

static const struct {
    const char *name, *script, *command;
    int64_t timeout_sec;
    enum prober_answer answer;
    const char *text;
} execs[] = {
    {"well", SLEEP, "echo fine", 10, PROBER_WELL, "fine\n"},
    {"failed", SLEEP, "echo out; echo err >&2; exit 3", 10, PROBER_FAILED,
     "out\nerr\n"},
    {"by a signal", SLEEP, "kill -9 $$", 10, PROBER_FAILED, ""},
    {"its environment", SLEEP, "echo $FRUIT", 10, PROBER_WELL, "pear\n"},
    {"its directory", SLEEP, "[ \"$(cat begun)\" -gt 0 ] && echo here", 10, PROBER_WELL,
     "here\n"},
    {"its host name", "hostname >begun; exec sleep 1000",
     "[ $(hostname) = $(cat begun) ] && echo same", 10, PROBER_WELL, "same\n"},
    {"its view of the files", "readlink /proc/self/ns/mnt >begun; exec sleep 1000",
     "[ $(readlink /proc/self/ns/mnt) = $(cat begun) ] && echo same", 10, PROBER_WELL,
     "same\n"},
    {"too slow", SLEEP, "echo slow; exec sleep 1000", 1, PROBER_FAILED,
     "command \"sh -c echo slow; exec sleep 1000\" timed out"},
};

START_TEST(test_exec)
{
    struct rig r;
    JSON_AUTO struct json *probe =
        json_build("{'timeoutSeconds': %i, 'exec': {'command': ['sh', '-c', %s]}}",
                   execs[_i].timeout_sec, execs[_i].command);

    rig_init(&r);
    run(&r, execs[_i].script, probe);
    wait_file(&r, "begun");
    ask(&r);
    wait_answer(&r);
    ck_assert_msg(r.answer == execs[_i].answer && strcmp(r.text, execs[_i].text) == 0,
                  "%s: %d \"%s\"", execs[_i].name, (int)r.answer, r.text);
    rig_fini(&r);
}
END_TEST

START_TEST(test_no_program)
{
    struct rig r;
    JSON_AUTO struct json *probe =
        json_build("{'exec': {'command': ['/no/such/program']}}");

    rig_init(&r);
    run(&r, SLEEP, probe);
    ask(&r);
    wait_answer(&r);
    ck_assert_int_eq(r.answer, PROBER_ERROR);
    ck_assert_msg(strstr(r.text, "/no/such/program: No such file"), "%s", r.text);
    rig_fini(&r);
}
END_TEST

/* Much output, of which the beginning is kept. */
START_TEST(test_much_output)
{
    struct rig r;
    JSON_AUTO struct json *probe = json_build(
        "{'timeoutSeconds': 10, 'exec': {'command': ['seq', '1', '100000']}}");

    rig_init(&r);
    run(&r, SLEEP, probe);
    ask(&r);
    wait_answer(&r);
    ck_assert_int_eq(r.answer, PROBER_WELL);
    ck_assert_uint_eq(strlen(r.text), 10240);
    ck_assert(str_starts(r.text, "1\n2\n3\n"));
    rig_fini(&r);
}
END_TEST

/* What a cancelled probe ran has ended. */
START_TEST(test_cancel)
{
    struct rig r;
    JSON_AUTO struct json *probe =
        json_build("{'timeoutSeconds': 100, 'exec': {'command': ['sh', '-c',"
                   " 'trap \"\" TERM; echo $$ >asked; sleep 1000']}}");
    struct prober_call *call;
    AUTO_FREE char *path = NULL;
    STR_AUTO struct str pid;

    rig_init(&r);
    str_init(&pid, 100);
    run(&r, SLEEP, probe);
    call = ask(&r);
    wait_file(&r, "asked");
    path = xasprintf("%s/work/d_p_u-1/asked", r.dir);
    ck_assert_int_eq(str_read_file(&pid, path, NULL), 0);
    r.prober->ops->cancel(call);
    while (kill(atoi(pid.s), 0) == 0)
        loop_poll(r.loop, 10);
    ck_assert(!r.done);
    rig_fini(&r);
}
END_TEST

/* ---- HTTP ---- */

#define HEAD(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

static const struct {
    const char *name, *answer;
    enum prober_answer want;
    const char *text;
} https[] = {
    {"well", HEAD("200 OK"), PROBER_WELL, ""},
    {"elsewhere", HEAD("302 Found"), PROBER_WELL, ""},
    {"not found", HEAD("404 Not Found"), PROBER_FAILED,
     "HTTP probe failed with statuscode: 404"},
    {"broken", HEAD("500 Internal Server Error"), PROBER_FAILED,
     "HTTP probe failed with statuscode: 500"},
    {"an endless answer", "HTTP/1.1 200 OK\r\n\r\nmore", PROBER_WELL, ""},
    {"says nothing", "", PROBER_FAILED, "context deadline exceeded"},
};

START_TEST(test_http)
{
    struct rig r;
    const struct raw_answer script[] = {{.bytes = https[_i].answer}, {0}};
    struct rawserver *server;
    JSON_AUTO struct json *probe = NULL;

    rig_init(&r);
    server = rawserver_new(r.loop, script);
    probe = json_build("{'httpGet': {'port': %i, 'path': '/healthz?a=b', 'httpHeaders':"
                       " [{'name': 'X-Who', 'value': 'me'}, {'name': 'Host', 'value':"
                       " 'here'}]}}",
                       (int64_t)rawserver_port(server));
    run(&r, SLEEP, probe);
    ask(&r);
    wait_answer(&r);
    ck_assert_msg(r.answer == https[_i].want && strstr(r.text, https[_i].text),
                  "%s: %d %s", https[_i].name, (int)r.answer, r.text);
    ck_assert(str_starts(rawserver_heard(server), "GET /healthz?a=b HTTP/1.1\r\n"));
    ck_assert(strstr(rawserver_heard(server), "\r\nX-Who: me\r\n"));
    ck_assert(strstr(rawserver_heard(server), "\r\nHost: here\r\n"));
    ck_assert(strstr(rawserver_heard(server), "\r\nUser-Agent: kube-probe/1.37\r\n"));
    ck_assert(strstr(rawserver_heard(server), "\r\nAccept: */*\r\n"));
    rawserver_free(server);
    rig_fini(&r);
}
END_TEST

/* Any answer will do, but there must be one. */
START_TEST(test_hook)
{
    struct rig r;
    const struct raw_answer script[] = {{.bytes = HEAD("500 Internal Server Error")},
                                        {0}};
    struct rawserver *server;
    JSON_AUTO struct json *probe = NULL;
    struct prober_ask what = {.pod_ip = "127.0.0.1"};

    rig_init(&r);
    server = rawserver_new(r.loop, script);
    probe = json_build("{'httpGet': {'port': %i, 'path': '/x'}}",
                       (int64_t)rawserver_port(server));
    run(&r, SLEEP, probe);
    what.probe = &r.pod->mains[0].post_start.http;
    ck_assert(what.probe->action == PROBE_HTTP);
    r.prober->ops->start(r.prober, &what, answered, &r);
    wait_answer(&r);
    ck_assert_int_eq(r.answer, PROBER_WELL);
    ck_assert(str_starts(rawserver_heard(server), "GET /x HTTP/1.1\r\n"));
    ck_assert(
        strstr(rawserver_heard(server), "\r\nUser-Agent: kube-lifecycle/1.37\r\n"));
    rawserver_free(server);
    rig_fini(&r);
}
END_TEST

/* Whoever signed its certificate. */
START_TEST(test_https)
{
    struct rig r;
    struct flood flood;
    struct pki pki;
    struct err err = ERR_INIT;
    JSON_AUTO struct json *probe = NULL;

    rig_init(&r);
    flood_init(&flood, FLOOD_PART);
    ck_assert_int_eq(pki_open(&pki, r.dir, loop_now_sec(r.loop), &err), 0);
    const struct http_config config = {
        .loop = r.loop, .app = &flood.app, .tls = pki.tls, .user = "x"};
    struct http *http = http_new(&config, &err);
    probe = json_build("{'httpGet': {'port': %i, 'scheme': 'HTTPS'}}",
                       (int64_t)http_port(http));
    run(&r, SLEEP, probe);
    ask(&r);
    wait_answer(&r);
    ck_assert_msg(r.answer == PROBER_WELL, "%s", r.text);
    http_free(http);
    pki_fini(&pki);
    rig_fini(&r);
}
END_TEST

/* ---- nobody there, somebody there ---- */

static const struct {
    const char *action;
    bool listens;
    enum prober_answer want;
    const char *text; /* "@" is the address */
} dials[] = {
    {"tcpSocket", true, PROBER_WELL, ""},
    {"tcpSocket", false, PROBER_FAILED, "dial tcp @: connect: connection refused"},
    {"httpGet", false, PROBER_FAILED,
     "Get \"http://@/\": dial tcp @: connect: connection refused"},
};

START_TEST(test_dial)
{
    struct rig r;
    const struct raw_answer script[] = {{0}};
    struct rawserver *server;
    JSON_AUTO struct json *probe = NULL;
    int port;

    rig_init(&r);
    server = rawserver_new(r.loop, script);
    port = dials[_i].listens ? rawserver_port(server) : rawserver_closed_port();
    probe = json_build("{%s: {'port': %i}}", dials[_i].action, (int64_t)port);
    run(&r, SLEEP, probe);
    ask(&r);
    wait_answer(&r);
    ck_assert_int_eq(r.answer, dials[_i].want);
    STR_AUTO struct str want;
    str_init(&want, 1000);
    for (const char *p = dials[_i].text; *p; p++)
        if (*p == '@')
            str_addf(&want, "127.0.0.1:%d", port);
        else
            str_addc(&want, *p);
    ck_assert_str_eq(r.text, want.s);
    rawserver_free(server);
    rig_fini(&r);
}
END_TEST

static const struct {
    const char *probe, *text;
} errors[] = {
    {"{'tcpSocket': {'port': 'web'}}", "its port is none of the container's"},
    {"{'tcpSocket': {'port': 80, 'host': 'example'}}",
     "\"example\" is no IPv4 address"},
    {"{'httpGet': {'port': 80, 'path': '/a b'}}", "unescaped character 0x20"},
};

START_TEST(test_error)
{
    struct rig r;
    JSON_AUTO struct json *probe = json_build(errors[_i].probe);

    rig_init(&r);
    run(&r, SLEEP, probe);
    ask(&r);
    wait_answer(&r);
    ck_assert_int_eq(r.answer, PROBER_ERROR);
    ck_assert_msg(strstr(r.text, errors[_i].text), "%s", r.text);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("gantry-local/prober_process",
                      (struct suite_row[]){
                          {test_exec, ARRAY_LEN(execs)},
                          {test_no_program, 1},
                          {test_much_output, 1},
                          {test_cancel, 1},
                          {test_http, ARRAY_LEN(https)},
                          {test_hook, 1},
                          {test_https, 1},
                          {test_dial, ARRAY_LEN(dials)},
                          {test_error, ARRAY_LEN(errors)},
                          {NULL, 0},
                      });
}

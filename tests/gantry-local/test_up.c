/* `gantry-local up`, `down` and `status` as programs: what they start and say, and that
 * nothing is lost, whatever is killed. */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "cmd/gantry-local/ask.h"
#include "cmd/gantry-local/daemons.h"
#include "crds/kinds.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define LOCAL "gantry-local"
#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PATIENCE_MS 30000
#define TEXT_MAX (4u << 20)

/* A directory for a cluster in a directory that is HOME. */
struct rig {
    char *home, *dir;
    struct loop *loop;
};

static void rig_init(struct rig *r)
{
    struct err err = ERR_INIT;

    *r = (struct rig){.home = tempdir_new(), .loop = loop_new(&err)};
    ck_assert_msg(r->loop != NULL, "%s", err.msg);
    r->dir = xasprintf("%s/.local/state/gantry-local", r->home);
}

/* ---- commands ---- */

/* The command must end with `status` and say all of `parts` ('|' between them). */
static void run(struct rig *r, int status, const char *const *args, const char *parts)
{
    struct program p;
    AUTO_FREE char *copy = xstrdup(parts);
    char *rest = copy;

    program_start(&p, r->home, args);
    const int got = program_end(&p);
    ck_assert_msg(got == status, "%s: status %d, not %d: %s", args[1], got, status,
                  p.said.s);
    for (char *part; (part = strsep(&rest, "|"));)
        ck_assert_msg(strstr(p.said.s, part), "%s: \"%s\" is not in: %s", args[1], part,
                      p.said.s);
    program_fini(&p);
}

#define RUN(rig, status, parts, ...) \
    run(rig, status, (const char *[PROGRAM_ARGS_MAX]){LOCAL, __VA_ARGS__}, parts)

static void rig_fini(struct rig *r)
{
    if (access(r->dir, F_OK) == 0)
        RUN(r, 0, "", "down");
    loop_free(r->loop);
    tempdir_free(r->home);
    free(r->dir);
}

/* ---- objects ---- */

static struct ask *open_ask(struct rig *r)
{
    AUTO_FREE char *path = tempdir_path(r->dir, "kubeconfig");
    struct err err = ERR_INIT;
    struct ask *a = ask_open(r->loop, path, &err);

    ck_assert_msg(a != NULL, "%s", err.msg);
    return a;
}

static void send_to(struct rig *r, const char *path, const char *body)
{
    struct ask *a = open_ask(r);
    struct err err = ERR_INIT;
    JSON_AUTO struct json *json = json_build(body);
    const struct ask_request request = {"POST", path, "application/json", json};

    ck_assert_msg(ask_send(a, &request, &err) == 0, "%s: %s", path, err.msg);
    ask_close(a);
}

static void get_list(struct rig *r, const struct kc_resource *resource, struct str *ret)
{
    struct ask *a = open_ask(r);
    struct err err = ERR_INIT;

    ck_assert_msg(ask_list(a, resource, 0, ret, &err) == 0, "%s", err.msg);
    ask_close(a);
}

static const struct kc_resource jobs = KIND_BATCHJOB;
static const struct kc_resource parts[] = {
    KIND_PARTITION,
    KIND_QOS,
    KIND_ACCOUNT,
    {"apiextensions.k8s.io", "v1", "customresourcedefinitions",
     "CustomResourceDefinition", false},
    {"", "v1", "secrets", "Secret", true},
};

/* What nobody changes by itself; the controller may write a status at any time. */
static void add_lasting(const struct json *item, struct str *all)
{
    static const char *const paths[] = {"metadata.uid", "metadata.labels", "spec",
                                        "data"};

    str_addf(all, "\"name\":\"%s\"", json_str_or(item, "metadata.name", ""));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const struct json *value = json_at(item, paths[i]);
        AUTO_FREE char *text = value != NULL ? json_text(value, NULL) : NULL;

        str_addf(all, " %s", text != NULL ? text : "-");
    }
    str_add(all, "\n");
}

/* Of all items of these lists, one behind another. */
static char *objects(struct rig *r)
{
    STR_AUTO struct str all;

    str_init(&all, TEXT_MAX);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        STR_AUTO struct str one;
        get_list(r, &parts[i], &one);
        struct err err = ERR_INIT;
        JSON_AUTO struct json *list = json_parse(one.s, one.len, &err);
        ck_assert_msg(list != NULL, "%s", err.msg);
        const struct json *items = json_get(list, "items");
        ck_assert_ptr_nonnull(items);
        for (size_t k = 0; k < json_len(items); k++)
            add_lasting(json_item(items, k), &all);
    }
    return str_take(&all);
}

static void expect_same(const char *before, const char *after)
{
    size_t at = 0;

    while (before[at] != '\0' && before[at] == after[at])
        at++;
    ck_assert_msg(before[at] == after[at], "\"%.500s\" has become \"%.500s\"",
                  before + at, after + at);
}

/* Waits until the list has the text. */
static void wait_for(struct rig *r, const struct kc_resource *resource,
                     const char *text)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;
    bool found = false;

    while (!found) {
        STR_AUTO struct str list;
        get_list(r, resource, &list);
        found = strstr(list.s, text) != NULL;
        ck_assert_msg(found || loop_mono_ms(r->loop) < until_ms, "no \"%s\" in %.2000s",
                      text, list.s);
        if (!found)
            loop_poll(r->loop, 50);
    }
}

static void kill_program(struct rig *r, enum daemon which)
{
    struct proc p;

    ck_assert(daemon_find(r->dir, which, &p));
    const int fd = proc_open(&p);
    proc_signal(fd, SIGKILL);
    close(fd);
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;
    while (proc_runs(&p) && loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 10);
}

/* ---- life ---- */

START_TEST(test_life)
{
    struct rig r;
    struct stat st;

    rig_init(&r);
    RUN(&r, 3, "Gantry is not up in ", "status");
    RUN(&r, 0, "Gantry is not up in ", "down");
    ck_assert_int_ne(stat(r.dir, &st), 0); /* neither makes it */
    RUN(&r, 0,
        "API server   https://127.0.0.1:|nodes        2xh100:8,2xa100:8\n|"
        "controller   ready\n|Gantry is up|    export KUBECONFIG=/tmp/",
        "up");
    ck_assert_int_eq(stat(r.dir, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0700);
    RUN(&r, 0,
        "Gantry is up in |https://127.0.0.1:|4 of 4 ready|jobs: 0 running, 0 pending|"
        "export KUBECONFIG=/tmp/",
        "status");
    RUN(&r, 0, "Gantry was up|controller   ready (ran already)", "up");
    wait_for(&r, &kc_nodes, "\"gantry.dev/gpu-type\":\"a100\"");
    AUTO_FREE char *all = objects(&r);
    ck_assert_ptr_nonnull(strstr(all, "\"name\":\"batch\""));
    ck_assert_ptr_nonnull(strstr(all, "\"default\":true"));
    ck_assert_ptr_nonnull(strstr(all, "\"name\":\"normal\""));
    ck_assert_ptr_nonnull(strstr(all, "\"members\":[{\"user\":"));
    RUN(&r, 0,
        "  nodes        stopped\n  controller   stopped\n  API server   stopped\n"
        "Gantry is down.\n",
        "down");
    RUN(&r, 3, "Gantry is not up in ", "status");
    rig_fini(&r);
}
END_TEST

static const struct {
    enum daemon which; /* DAEMONS: down, then up */
    const char *title;
} kills[] = {{DAEMON_SERVER, "API server   does not run\n"},
             {DAEMON_NODES, "nodes        does not run\n"},
             {DAEMON_CONTROLLER, "controller   does not run\n"},
             {DAEMONS, ""}};

/* Whatever is killed: `status` says so, `up` repairs it, objects are as before. */
START_TEST(test_nothing_lost)
{
    struct rig r;

    rig_init(&r);
    RUN(&r, 0, "", "up", "--nodes", "1xh100:8,1");
    send_to(&r, "/api/v1/namespaces/default/secrets",
            "{'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 's'},"
            " 'stringData': {'k': 'v'}}");
    send_to(
        &r, JOBS,
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'BatchJob', 'metadata':"
        " {'name': 'j'}, 'spec': {'hold': 'User', 'template': {'spec': {"
        "'containers': [{'name': 'main', 'image': 'local', 'command': ['true']}]}}}}");
    wait_for(&r, &jobs, "\"reason\":\"JobHeldUser\"");
    AUTO_FREE char *before = objects(&r);
    if (kills[_i].which == DAEMONS) {
        RUN(&r, 0, "Gantry is down. 1 job waits for the next `gantry-local up`.",
            "down");
    } else {
        kill_program(&r, kills[_i].which);
        AUTO_FREE char *want =
            xasprintf("Gantry is only partly up|%s", kills[_i].title);
        RUN(&r, 1, want, "status");
    }
    RUN(&r, 0, "nodes        1xh100:8,1xh100:8", "up");
    AUTO_FREE char *after = objects(&r);
    expect_same(before, after);
    wait_for(&r, &jobs, "\"reason\":\"JobHeldUser\"");
    wait_for(&r, &jobs, "\"jobID\":1");
    RUN(&r, 0, "2 of 2 ready|jobs: 0 running, 1 pending", "status");
    rig_fini(&r);
}
END_TEST

#define JOB(name, more)                                                               \
    "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': 'BatchJob', 'metadata': {'name': " \
    "'" name "'}, 'spec': {" more                                                     \
    " 'template': {'spec': {'containers': [{'name': 'main', 'image': 'local',"        \
    " 'command': ['sleep', '1000']}]}}}}"

/* Jobs that run: back to the queue, or their end, as when their nodes restart. */
START_TEST(test_running_jobs)
{
    struct rig r;
    const bool killed = _i == 1;

    rig_init(&r);
    RUN(&r, 0, "", "up", "--nodes", "2", "--gpus", "a100:4");
    send_to(&r, JOBS, JOB("back", "'nodes': '2',"));
    wait_for(&r, &jobs, "\"state\":\"RUNNING\"");
    send_to(&r, JOBS, JOB("ends", "'requeue': false,"));
    wait_for(&r, &jobs, "\"jobID\":2");
    wait_for(&r, &kc_pods, "\"name\":\"ends-2-1-0\"");
    if (killed) {
        kill_program(&r, DAEMON_NODES);
        RUN(&r, 0, "nodes        2xa100:4\n", "up");
    } else {
        RUN(&r, 0,
            "1 running job is stopped and goes back to the queue\n|"
            "1 running job ends as NODE_FAIL, by requeue: false\n|"
            "Gantry is down. 1 job waits",
            "down");
        RUN(&r, 0, "nodes        2xa100:4\n", "up");
    }
    wait_for(&r, &jobs, "\"state\":\"NODE_FAIL\"");
    wait_for(&r, &jobs, "\"restarts\":1");
    /* where its nodes were killed, after its back-off */
    wait_for(&r, &jobs, "\"attempt\":2");
    rig_fini(&r);
}
END_TEST

/* ---- places ---- */

/* A port of loopback (0: any), in use until it is closed. */
static int take_port(int port)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    return fd;
}

/* The usual port is not ours alone: one that nobody else asks for. */
static void keep_free_port(struct rig *r)
{
    struct sockaddr_in at = {0};
    socklen_t len = sizeof(at);
    const int fd = take_port(0);

    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    AUTO_FREE char *path = tempdir_path(r->dir, "port");
    AUTO_FREE char *text = xasprintf("%d\n", ntohs(at.sin_port));
    ck_assert_int_eq(files_make_dir(r->dir, NULL), 0);
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, NULL), 0);
}

static int port_of(struct rig *r)
{
    struct ask *a = open_ask(r);
    const int port = (int)strtol(strrchr(ask_server(a), ':') + 1, NULL, 10);

    ask_close(a);
    return port;
}

/* The address stays, unless others have taken it; then the rest follows. */
START_TEST(test_port)
{
    struct rig r;

    rig_init(&r);
    keep_free_port(&r);
    RUN(&r, 0, "", "up", "--nodes", "1");
    const int port = port_of(&r);
    RUN(&r, 0, "", "down");
    RUN(&r, 0, "", "up");
    ck_assert_int_eq(port_of(&r), port);
    kill_program(&r, DAEMON_SERVER);
    const int taken = take_port(port);
    RUN(&r, 0, "controller   ready\n", "up");
    close(taken);
    ck_assert_int_ne(port_of(&r), port);
    RUN(&r, 0, "1 of 1 ready", "status");
    rig_fini(&r);
}
END_TEST

/* ---- refusals ---- */

START_TEST(test_refused)
{
    struct rig r;

    rig_init(&r);
    RUN(&r, 0, "", "up", "--nodes", "1");
    RUN(&r, 3,
        "gantry-local up: other nodes run already, 1xh100:8: `gantry-local down` "
        "first\n",
        "up", "--nodes", "2");
    AUTO_FREE char *lock = tempdir_path(r.dir, "up.lock");
    const int fd = files_lock(lock, NULL);
    ck_assert_int_ge(fd, 0);
    RUN(&r, 3, "gantry-local up: another `up` or `down` is at work there: ", "up");
    RUN(&r, 3, "gantry-local down: another `up` or `down` is at work there: ", "down");
    RUN(&r, 0, "Gantry is up", "status"); /* looks on */
    close(fd);
    rig_fini(&r);
}
END_TEST

START_TEST(test_foreign_server)
{
    struct rig r;
    struct program server;

    rig_init(&r);
    program_start(&server, r.home,
                  (const char *[PROGRAM_ARGS_MAX]){LOCAL, "serve", "--port", "0",
                                                   "--dir",
                                                   "@/.local/state/gantry-local"});
    program_until(&server, "KUBECONFIG");
    RUN(&r, 3, "gantry-local up: API server: ended: |another server uses it", "up");
    ck_assert_int_eq(program_stop(&server), 0);
    program_fini(&server);
    RUN(&r, 0, "Gantry is up", "up");
    rig_fini(&r);
}
END_TEST

START_TEST(test_damaged)
{
    struct rig r;

    rig_init(&r);
    RUN(&r, 0, "", "up", "--nodes", "1");
    RUN(&r, 0, "", "down");
    AUTO_FREE char *path = tempdir_path(r.dir, "objects.db");
    AUTO_FREE char *aside = tempdir_path(r.dir, "aside");
    ck_assert_int_eq(rename(path, aside), 0);
    ck_assert_int_eq(files_write(path, "", 0, 0600, NULL), 0);
    RUN(&r, 4,
        "gantry-local up: API server: ended: |objects.db is damaged: it is empty",
        "up");
    RUN(&r, 3, "Gantry is not up", "status");
    ck_assert_int_eq(rename(aside, path), 0);
    RUN(&r, 0, "Gantry is up", "up");
    rig_fini(&r);
}
END_TEST

static void copy_program(const char *from, const char *to)
{
    struct stat st;
    const int in = open(from, O_RDONLY | O_CLOEXEC);
    const int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    off_t at = 0;

    ck_assert_int_eq(fstat(in, &st), 0);
    while (at < st.st_size)
        ck_assert_int_gt(sendfile(out, in, &at, (size_t)(st.st_size - at)), 0);
    close(in);
    close(out);
}

/* Installed without its controller. */
START_TEST(test_no_controller)
{
    struct rig r;
    const char *bin = getenv("BIN");
    AUTO_FREE char *from = xasprintf("%s/gantry-local", bin);
    AUTO_FREE char *saved = xstrdup(bin);

    rig_init(&r);
    AUTO_FREE char *to = tempdir_path(r.home, "gantry-local");
    copy_program(from, to);
    setenv("BIN", r.home, 1);
    RUN(&r, 2, "/gantry-controller: is not there: it belongs beside gantry-local\n",
        "up");
    setenv("BIN", saved, 1);
    ck_assert_int_ne(access(r.dir, F_OK), 0); /* nothing was begun */
    rig_fini(&r);
}
END_TEST

/* What is to be typed works whatever the path is. */
START_TEST(test_odd_path)
{
    struct rig r;
    AUTO_FREE char *dir = NULL;

    rig_init(&r);
    dir = tempdir_path(r.home, "it's a $dir");
    RUN(&r, 0, "/it'\\''s a $dir/kubeconfig'\n|    export PATH=/", "up", "--dir", dir,
        "--nodes", "1");
    RUN(&r, 0, "  export KUBECONFIG='/tmp/", "status", "--dir", dir);
    RUN(&r, 0, "Gantry is down", "down", "--dir", dir);
    rig_fini(&r);
}
END_TEST

/* A pid file of another boot, or whose number is another process by now. */
static const char *const stale[] = {"1 1 %s\n", "%d 1 some-boot\n", "garbage", ""};

START_TEST(test_stale_pid)
{
    struct rig r;
    struct proc self;
    STR_AUTO struct str text;

    rig_init(&r);
    str_init(&text, 4096);
    ck_assert_int_eq(proc_self(&self, NULL), 0);
    if (strstr(stale[_i], "%s"))
        str_addf(&text, "%d 1 %s\n", (int)getpid(), self.boot);
    else if (strstr(stale[_i], "%d"))
        str_addf(&text, "%d %llu some-boot\n", (int)getpid(),
                 (unsigned long long)self.start_ticks);
    else
        str_add(&text, stale[_i]);
    ck_assert_int_eq(files_make_dir(r.dir, NULL), 0);
    AUTO_FREE char *path = tempdir_path(r.dir, "controller.pid");
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, NULL), 0);
    RUN(&r, 3, "Gantry is not up", "status");
    RUN(&r, 0, "Gantry is not up", "down"); /* and nobody is hit */
    rig_fini(&r);
}
END_TEST

static const struct {
    const char *args[PROGRAM_ARGS_MAX];
    const char *want;
} wrong[] = {
    {{LOCAL, "up", "--nodes", "many"},
     "gantry-local up: --nodes: \"many\": must be a number of nodes, or NxGPUS as in "
     "2xh100:8\n"},
    {{LOCAL, "up", "--gpus", "h100"},
     "gantry-local up: --gpus: \"h100\": must be a number up to 64, or TYPE:N as in "
     "h100:8\n"},
    {{LOCAL, "up", "now"}, "gantry-local up: unexpected \"now\"; see --help\n"},
    {{LOCAL, "up", "--noeds", "3"},
     "gantry-local up: unknown option --noeds; did you mean --nodes?\n"},
    {{LOCAL, "down", "now"}, "gantry-local down: unexpected \"now\"; see --help\n"},
    {{LOCAL, "status", "x"}, "gantry-local status: unexpected \"x\"; see --help\n"},
    {{LOCAL, "up", "--dir", ""}, "gantry-local up: --dir: the path is empty\n"},
    {{LOCAL, "status", "--dir", ""}, "gantry-local status: --dir: the path is empty\n"},
    {{LOCAL, "up", "--dir", "/dev/null/x"},
     "gantry-local up: --dir: /dev/null/x: Not a directory\n"},
    {{LOCAL, "up", "--dir", "/tmp"},
     "gantry-local up: --dir: others may write in /tmp (mode 1777): choose a directory "
     "that is yours alone\n"},
};

START_TEST(test_wrong)
{
    struct rig r;
    struct program p;

    rig_init(&r);
    program_start(&p, r.home, wrong[_i].args);
    ck_assert_int_eq(program_end(&p), 2);
    ck_assert_str_eq(p.said.s, wrong[_i].want);
    program_fini(&p);
    rig_fini(&r);
}
END_TEST

static const struct {
    const char *command, *exit;
} helps[] = {{"up", "  4  "}, {"down", "  3  "}, {"status", "  3  it is down"}};

START_TEST(test_help)
{
    struct rig r;

    rig_init(&r);
    RUN(&r, 0, helps[_i].exit, helps[_i].command, "--help");
    rig_fini(&r);
}
END_TEST

int main(void)
{
    unsetenv("XDG_STATE_HOME");
    unsetenv("GANTRY_LOCAL_DIR");

    return suite_main("gantry-local/up", (struct suite_row[]){
                                             {test_life, 1},
                                             {test_nothing_lost, ARRAY_LEN(kills)},
                                             {test_running_jobs, 2},
                                             {test_port, 1},
                                             {test_refused, 1},
                                             {test_foreign_server, 1},
                                             {test_damaged, 1},
                                             {test_odd_path, 1},
                                             {test_no_controller, 1},
                                             {test_stale_pid, ARRAY_LEN(stale)},
                                             {test_wrong, ARRAY_LEN(wrong)},
                                             {test_help, ARRAY_LEN(helps)},
                                             {NULL, 0},
                                         });
}

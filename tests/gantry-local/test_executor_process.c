/* Real processes on the real loop; nothing waits longer than it must. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/executor.h"
#include "tests/support/podtest.h"

#define WAIT_MS 10000

struct fixture {
    struct loop *loop;
    char dir[64];
    struct executor *x;
    bool ended;
    struct executor_exit how;
    char note[4096]; /* its own; "": none */
};

static void setup(struct fixture *f)
{
    struct err err = ERR_INIT;

    *f = (struct fixture){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(f->dir));
    f->loop = loop_new(&err);
    f->x = executor_process_new(f->loop, f->dir, &err);
    ck_assert_msg(f->x != NULL, "%s", err.msg);
}

static void teardown(struct fixture *f)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", f->dir);

    executor_free(f->x);
    loop_free(f->loop);
    ck_assert_int_eq(system(command), 0);
}

/* The container runs `script` by sh. */
static struct pod_spec *make_pod(const char *fields, const char *script)
{
    AUTO_FREE char *text =
        xasprintf("{'metadata': {'name': 'p', 'namespace': 'd', 'uid': 'u-1'}, 'spec':"
                  " {'containers': [{'name': 'c', 'command': ['sh', '-c', %%s]%s}]}}",
                  fields);
    JSON_AUTO struct json *object = json_build(text, script);

    return podspec_new(object);
}

static void exited(void *arg, const struct executor_exit *how)
{
    struct fixture *f = arg;

    f->ended = true;
    f->how = *how;
    snprintf(f->note, sizeof(f->note), "%s", how->note ? how->note : "");
}

static struct executor_run *start(struct fixture *f, const struct pod_spec *pod,
                                  struct err *err)
{
    char *envp[] = {"FRUIT=pear", NULL};
    struct executor_start s = {.pod = pod,
                               .container = &pod->mains[0],
                               .argv = pod->mains[0].command,
                               .envp = envp};

    f->ended = false;
    return f->x->ops->start(f->x, &s, exited, f, err);
}

static void wait_end(struct fixture *f)
{
    int64_t until_ms = loop_fresh_mono_ms(f->loop) + WAIT_MS;

    while (!f->ended && loop_fresh_mono_ms(f->loop) < until_ms)
        loop_poll(f->loop, 100);
    ck_assert(f->ended);
}

static char *read_log(const struct fixture *f)
{
    AUTO_FREE char *path = xasprintf("%s/logs/d_p_u-1/c.log", f->dir);
    STR_AUTO struct str text;

    str_init(&text, 100000);
    (void)str_read_file(&text, path, NULL); /* not there yet: empty */
    return str_take(&text);
}

/* Until the log has `text`: then the process is where the test wants it. */
static void wait_log(struct fixture *f, const char *want)
{
    int64_t until_ms = loop_fresh_mono_ms(f->loop) + WAIT_MS;
    bool found = false;

    while (!found && loop_fresh_mono_ms(f->loop) < until_ms) {
        AUTO_FREE char *log = read_log(f);

        found = strstr(log, want) != NULL;
        loop_poll(f->loop, 10);
    }
    ck_assert_msg(found, "no \"%s\" in the log", want);
}

static const struct {
    const char *name, *fields, *script;
    int exit_code, signal;
    const char *log; /* part of it */
} cases[] = {
    {"well", "", "echo hello", 0, 0, "hello\n"},
    {"code", "", "exit 7", 7, 0, ""},
    {"own signal", "", "kill -SEGV $$", 139, 11, ""},
    {"both outputs", "", "echo out; echo err >&2", 0, 0, "out\nerr\n"},
    {"environment", "", "echo $FRUIT $HOME-${PATH%:*}", 0, 0, "pear /"},
    {"no input", "", "cat; echo eof", 0, 0, "eof\n"},
    {"working directory", ", 'workingDir': '/usr'", "pwd", 0, 0, "/usr\n"},
    {"its own directory", "", "pwd; : >file", 0, 0, "/work/d_p_u-1\n"},
    {"no descriptors of ours", "", "ls /proc/$$/fd | tr '\\n' ' '", 0, 0, "0 1 2 "},
    /* 32 and 33 are the C library's own, which no program can set. */
    {"default signals", "",
     "echo ignored $((0x$(sed -n 's/SigIgn:.//p' /proc/self/status) & 0x7fffffff))", 0,
     0, "ignored 0\n"},
    {"own session", "", "[ $(cut -d' ' -f6 /proc/$$/stat) = $$ ] && echo yes", 0, 0,
     "yes\n"},
};

START_TEST(test_run)
{
    struct fixture f;
    struct pod_spec *pod = make_pod(cases[_i].fields, cases[_i].script);
    struct err err = ERR_INIT;
    AUTO_FREE char *log = NULL;

    setup(&f);
    ck_assert_ptr_null(f.x->ops->refuse(f.x, pod, &err));
    ck_assert_msg(start(&f, pod, &err) != NULL, "%s: %s", cases[_i].name, err.msg);
    wait_end(&f);
    log = read_log(&f);
    ck_assert_msg(f.how.exit_code == cases[_i].exit_code &&
                      f.how.signal == cases[_i].signal,
                  "%s: code %d signal %d: %s", cases[_i].name, f.how.exit_code,
                  f.how.signal, log);
    ck_assert_msg(strstr(log, cases[_i].log) != NULL, "%s: %s", cases[_i].name, log);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

static pid_t read_pid(struct fixture *f, const char *word)
{
    AUTO_FREE char *log = NULL;

    wait_log(f, word);
    log = read_log(f);
    return (pid_t)atoi(strstr(log, word) + strlen(word));
}

/* A zombie whose new parent has not looked yet counts as ended. */
static bool is_alive(pid_t pid)
{
    AUTO_FREE char *path = xasprintf("/proc/%d/stat", pid);
    STR_AUTO struct str stat;
    const char *state;

    str_init(&stat, 4096);
    if (str_read_file(&stat, path, NULL) < 0)
        return false;
    state = strrchr(stat.s, ')');
    return state && state[2] != 'Z' && state[2] != 'X';
}

static void wait_dead(struct fixture *f, pid_t pid)
{
    int64_t until_ms = loop_fresh_mono_ms(f->loop) + WAIT_MS;

    while (is_alive(pid) && loop_fresh_mono_ms(f->loop) < until_ms)
        loop_poll(f->loop, 10);
    ck_assert(!is_alive(pid));
}

static const struct {
    const char *name, *script;
    int signo;
    int exit_code, signal;
} stops[] = {
    {"asked", "echo ready; exec sleep 60", SIGTERM, 143, 15},
    {"handles it", "trap 'exit 4' TERM; echo ready; sleep 60 & wait", SIGTERM, 4, 0},
    {"asked, as its first process alone",
     "trap 'kill -USR1 $c; wait $c; exit $?' TERM; sleep 60 & c=$!; echo ready; wait "
     "$c",
     SIGTERM, 128 + SIGUSR1, 0},
    {"killed", "trap '' TERM; echo ready; sleep 60", SIGKILL, 137, 9},
};

START_TEST(test_stop)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", stops[_i].script);
    struct executor_run *run;

    setup(&f);
    run = start(&f, pod, NULL);
    wait_log(&f, "ready\n");
    f.x->ops->signal(run, stops[_i].signo);
    wait_end(&f);
    ck_assert_msg(f.how.exit_code == stops[_i].exit_code &&
                      f.how.signal == stops[_i].signal,
                  "%s: code %d", stops[_i].name, f.how.exit_code);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* What is for all of a container is for what its first process has started, too. */
START_TEST(test_signal_all)
{
    struct fixture f;
    struct pod_spec *pod = make_pod(
        "",
        "trap : USR1; sh -c 'trap \"exit 6\" USR1; echo ready; while :; do sleep 60 & "
        "wait; done' & c=$!; wait $c; wait $c; exit $?");
    struct executor_run *run;

    setup(&f);
    run = start(&f, pod, NULL);
    wait_log(&f, "ready\n");
    f.x->ops->signal_all(run, SIGUSR1);
    wait_end(&f);
    ck_assert_int_eq(f.how.exit_code, 6);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* A container finds the file of its pod's signals where it is told, whatever its view,
 * and what is written later. */
START_TEST(test_inbox)
{
    struct fixture f;
    struct pod_spec *nobody = make_pod("", "");
    struct pod_spec *pod;
    struct err err = ERR_INIT;

    setup(&f);
    AUTO_FREE char *path = f.x->ops->inbox(f.x, nobody);
    AUTO_FREE char *script =
        xasprintf("cat %s; echo read; until grep b %s; do sleep 0.1; done", path, path);
    pod = make_pod("", script);
    ck_assert_msg(f.x->ops->set_inbox(f.x, pod, "USR1 All a\n", &err) == 0, "%s",
                  err.msg);
    ck_assert_ptr_nonnull(start(&f, pod, NULL));
    wait_log(&f, "USR1 All a\nread\n");
    ck_assert_int_eq(f.x->ops->set_inbox(f.x, pod, "USR1 All a\nHUP All b\n", &err), 0);
    wait_end(&f);
    ck_assert_int_eq(f.how.exit_code, 0);
    podspec_free(pod);
    podspec_free(nobody);
    teardown(&f);
}
END_TEST

/* The last one has left the group, as launchers of ranks do; it is found by its mount
 * namespace. */
static const char *const leavers[] = {
    "sleep 60 & echo pid=$!; exit 3",
    "setsid sh -c 'echo pid=$$; exec sleep 60' & until grep -q pid="
    " ../../logs/d_p_u-1/c.log; do sleep .01; done; exit 3",
};

START_TEST(test_group_ends_with_first)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", leavers[_i]);
    pid_t left;

    setup(&f);
    ck_assert_ptr_nonnull(start(&f, pod, NULL));
    wait_end(&f);
    ck_assert_int_eq(f.how.exit_code, 3);
    left = read_pid(&f, "pid=");
    wait_dead(&f, left);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

START_TEST(test_drop)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", "sleep 60 & echo pid=$!; wait");
    struct executor_run *run;
    pid_t left;

    setup(&f);
    run = start(&f, pod, NULL);
    left = read_pid(&f, "pid=");
    f.x->ops->drop(run);
    wait_dead(&f, left);
    ck_assert(!f.ended);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* A program that is killed leaves no process behind, not even a child's child that
 * ignores its parent's death. */
static const char *const survivors[] = {
    "sleep 60 & echo pid=$!; wait",
    "setsid sh -c 'echo pid=$$; exec sleep 60' & wait",
};

START_TEST(test_killed_program)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", survivors[_i]);
    pid_t program, left;

    setup(&f);
    program = fork();
    if (program == 0) {
        struct fixture inner = {.loop = loop_new(NULL)};

        inner.x = executor_process_new(inner.loop, f.dir, NULL);
        if (!start(&inner, pod, NULL))
            _exit(1);
        loop_run(inner.loop);
        _exit(0);
    }
    ck_assert_int_gt(program, 0);
    for (int64_t until_ms = loop_fresh_mono_ms(f.loop) + WAIT_MS;
         !f.x->ops->refuse(f.x, pod, NULL) && loop_fresh_mono_ms(f.loop) < until_ms;)
        loop_poll(f.loop, 10); /* until it has made its log folder */
    left = read_pid(&f, "pid=");
    ck_assert(is_alive(left));
    kill(program, SIGKILL);
    ck_assert_int_eq(waitpid(program, NULL, 0), program);
    wait_dead(&f, left);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

static const struct {
    const char *fields;
    const char *command; /* NULL: sh */
    const char *want;
} failures[] = {
    {", 'workingDir': '/no/such'", NULL, "working directory /no/such"},
    {"", "/no/such/program", "run /no/such/program: No such file"},
    {"", "/etc/passwd", "run /etc/passwd: Permission denied"},
};

START_TEST(test_start_fails)
{
    struct fixture f;
    struct pod_spec *pod = make_pod(failures[_i].fields, "true");
    struct err err = ERR_INIT;

    setup(&f);
    if (failures[_i].command) {
        free(pod->mains[0].command[0]);
        pod->mains[0].command[0] = xstrdup(failures[_i].command);
    }
    ck_assert_ptr_null(start(&f, pod, &err));
    ck_assert_msg(strstr(err.msg, failures[_i].want) != NULL, "%s", err.msg);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

static const struct {
    const char *name, *spec, *word, *message;
} refusals[] = {
    {"no command", "'containers': [{'name': 'c', 'image': 'busybox'}]",
     "CommandMissing", "busybox"},
    {"volume",
     "'volumes': [{'name': 'v', 'nfs': {}}], 'containers': [{'name': 'c', 'command':"
     " ['true']}]",
     "NotSupported", "volume \"v\" (nfs)"},
    {"another user",
     "'containers': [{'name': 'c', 'command': ['true'], 'securityContext':"
     " {'runAsUser': 4242}}]",
     "UserNotAvailable", "is to run as user 4242"},
    {"another user of the whole pod",
     "'securityContext': {'runAsUser': 4242}, 'containers': [{'name': 'c', 'command':"
     " ['true']}]",
     "UserNotAvailable", "is to run as user 4242"},
    {"another group",
     "'containers': [{'name': 'c', 'command': ['true'], 'securityContext':"
     " {'runAsGroup': 4242}}]",
     "GroupNotAvailable", "is to run as group 4242"},
};

START_TEST(test_refuse)
{
    struct fixture f;
    AUTO_FREE char *text = xasprintf(
        "{'metadata': {'name': 'p', 'namespace': 'd', 'uid': 'u'}, 'spec': {%s}}",
        refusals[_i].spec);
    JSON_AUTO struct json *object = json_build(text);
    struct pod_spec *pod = podspec_new(object);
    struct err err = ERR_INIT;
    const char *word;

    setup(&f);
    word = f.x->ops->refuse(f.x, pod, &err);
    ck_assert_msg(str_eq(word, refusals[_i].word), "%s: %s", refusals[_i].name, word);
    ck_assert_msg(strstr(err.msg, refusals[_i].message) != NULL, "%s", err.msg);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* The log folder says that a pod was started, whoever started it. */
START_TEST(test_never_twice)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", "true");
    struct err err = ERR_INIT;

    setup(&f);
    ck_assert_ptr_nonnull(start(&f, pod, NULL));
    wait_end(&f);
    executor_free(f.x);
    f.x = executor_process_new(f.loop, f.dir, NULL);
    ck_assert_str_eq(f.x->ops->refuse(f.x, pod, &err), "NodeRestarted");
    f.x->ops->forget(f.x, pod);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* ---- logs ---- */

static void log_changed(void *arg)
{
    (void)arg; /* the test looks whenever the loop has turned */
}

/* Reads what comes until it ends with `want`, or the run has ended. */
static enum conread_result pull_until(struct fixture *f, struct conread *r,
                                      struct str *text, const char *want)
{
    int64_t until_ms = loop_fresh_mono_ms(f->loop) + WAIT_MS;
    enum conread_result result;

    do {
        loop_poll(f->loop, 10);
        while ((result = conread_next(r, text)) == CONREAD_MORE)
            ;
    } while (result == CONREAD_WAIT && !str_ends(text->s, want) &&
             loop_fresh_mono_ms(f->loop) < until_ms);
    return result;
}

/* A follower sees what is written while it is written, the last word included, and
 * then that it was the last. */
START_TEST(test_follow)
{
    struct fixture f;
    struct pod_spec *pod =
        make_pod("", "echo one; read x <go; echo two; echo three >&2; printf end");
    struct err err = ERR_INIT;
    struct executor_log what = {
        .pod = pod, .container = "c", .options = CONREAD_ALL, .changed = log_changed};
    STR_AUTO struct str text;
    AUTO_FREE char *go = NULL;
    struct conread *r;

    setup(&f);
    str_init(&text, 100000);
    AUTO_FREE char *dir = xasprintf("%s/work", f.dir);
    go = xasprintf("%s/work/d_p_u-1/go", f.dir);
    AUTO_FREE char *make = xasprintf("mkdir -p %s/d_p_u-1 && mkfifo %s", dir, go);
    ck_assert_int_eq(system(make), 0);
    ck_assert_ptr_nonnull(start(&f, pod, &err));
    what.options.follow = true;
    r = f.x->ops->read_log(f.x, &what, &err);
    ck_assert_msg(r != NULL, "%s", err.msg);
    ck_assert_int_eq(pull_until(&f, r, &text, "one\n"), CONREAD_WAIT);
    AUTO_FREE char *release = xasprintf("echo >%s", go);
    ck_assert_int_eq(system(release), 0);
    ck_assert_int_eq(pull_until(&f, r, &text, "nothing ends so"), CONREAD_END);
    ck_assert_str_eq(text.s, "one\ntwo\nthree\nend");
    ck_assert(f.ended);
    conread_free(r);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* Of a container that was started again both runs can be read. */
START_TEST(test_previous_log)
{
    struct fixture f;
    struct pod_spec *pod =
        make_pod("", "echo run; [ -e again ] || echo first; : >again");
    struct err err = ERR_INIT;

    setup(&f);
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_nonnull(start(&f, pod, &err));
        wait_end(&f);
    }
    for (int previous = 0; previous < 2; previous++) {
        struct executor_log what = {
            .pod = pod, .container = "c", .previous = previous, .options = CONREAD_ALL};
        STR_AUTO struct str text;
        struct conread *r = f.x->ops->read_log(f.x, &what, &err);

        str_init(&text, 1000);
        ck_assert_msg(r != NULL, "%s", err.msg);
        while (conread_next(r, &text) == CONREAD_MORE)
            ;
        ck_assert_str_eq(text.s, previous ? "run\nfirst\n" : "run\n");
        conread_free(r);
    }
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* The node program takes all descriptors there are; containers get what it was given.
 * */
START_TEST(test_descriptors)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", "ulimit -n");
    struct err err = ERR_INIT;
    struct rlimit was, few, now;
    AUTO_FREE char *log = NULL;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &was), 0);
    few = was;
    few.rlim_cur = 256;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    setup(&f);
    getrlimit(RLIMIT_NOFILE, &now);
    ck_assert_uint_eq(now.rlim_cur, was.rlim_max);
    ck_assert_ptr_nonnull(start(&f, pod, &err));
    wait_end(&f);
    log = read_log(&f);
    ck_assert_str_eq(log, "256\n");
    podspec_free(pod);
    teardown(&f);
    setrlimit(RLIMIT_NOFILE, &was);
}
END_TEST

#define FALLBACK ", 'terminationMessagePolicy': 'FallbackToLogsOnError'"

/* Where the pod wants it, the end of the log says why a container failed. */
static const struct {
    const char *name, *fields, *script;
    size_t len;
    const char *note; /* its end */
} messages[] = {
    {"failed", FALLBACK, "echo why; exit 1", 4, "why\n"},
    {"failed without a word", FALLBACK, "exit 1", 0, ""},
    {"well", FALLBACK, "echo fine", 0, ""},
    {"not asked for", "", "echo why; exit 1", 0, ""},
    {"the last lines", FALLBACK, "seq 100; exit 1", 2 * 79 + 4, "99\n100\n"},
    {"the last bytes", FALLBACK, "seq 1000000 1000400; exit 1", 8 * 80, "1000400\n"},
    {"of a long line", FALLBACK, "head -c 5000 /dev/zero | tr '\\0' x; exit 1", 2048,
     "xxx"},
};

START_TEST(test_message)
{
    struct fixture f;
    struct pod_spec *pod = make_pod(messages[_i].fields, messages[_i].script);
    struct err err = ERR_INIT;

    setup(&f);
    ck_assert_ptr_nonnull(start(&f, pod, &err));
    wait_end(&f);
    ck_assert_msg(strlen(f.note) >= messages[_i].len &&
                      str_ends(f.note, messages[_i].note),
                  "%s: %zu %s", messages[_i].name, strlen(f.note), f.note);
    ck_assert(messages[_i].len > 0 || !*f.note);
    ck_assert_uint_le(strlen(f.note), 2048);
    podspec_free(pod);
    teardown(&f);
}
END_TEST

/* More than a pipe holds: nothing is lost at the end. */
START_TEST(test_much_output)
{
    struct fixture f;
    struct pod_spec *pod = make_pod("", "seq 200000 | tail -c 1000000; echo end");
    struct err err = ERR_INIT;
    AUTO_FREE char *path = NULL;
    STR_AUTO struct str text;

    setup(&f);
    str_init(&text, 2000000);
    ck_assert_ptr_nonnull(start(&f, pod, &err));
    wait_end(&f);
    path = xasprintf("%s/logs/d_p_u-1/c.log", f.dir);
    ck_assert_int_eq(str_read_file(&text, path, &err), 0);
    ck_assert_uint_eq(text.len, 1000004);
    ck_assert(str_ends(text.s, "\n200000\nend\n"));
    podspec_free(pod);
    teardown(&f);
}
END_TEST

int main(void)
{
    const size_t blind = podtest_has_views() ? 0 : 1; /* the last rows need one */

    return podtest_main("gantry-local/executor_process",
                        (struct suite_row[]){
                            {test_run, ARRAY_LEN(cases)},
                            {test_stop, ARRAY_LEN(stops)},
                            {test_signal_all, 1},
                            {test_inbox, 1},
                            {test_group_ends_with_first, ARRAY_LEN(leavers) - blind},
                            {test_drop, 1},
                            {test_killed_program, ARRAY_LEN(survivors) - blind},
                            {test_start_fails, ARRAY_LEN(failures)},
                            {test_refuse, ARRAY_LEN(refusals)},
                            {test_never_twice, 1},
                            {test_follow, 1},
                            {test_previous_log, 1},
                            {test_much_output, 1},
                            {test_descriptors, 1},
                            {test_message, ARRAY_LEN(messages)},
                            {NULL, 0},
                        });
}

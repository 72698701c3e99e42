/* The program itself: what a script sees, where its output goes, how it ends. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define SAID_MAX (1u << 20)
#define ARGS_MAX 6
#define PATIENCE_MS 30000

#define ROOT "/tmp/gantry-launch-test-XXXXXX"
static char root[sizeof(ROOT)];

/* ---- one run ---- */

struct run {
    pid_t pid;
    int out;
    struct str said;
};

/* '@' of a value stands for the test's directory. */
static void set_variables(const char *const *env)
{
    setenv("TMPDIR", root, 1);
    for (size_t i = 0; i < ARGS_MAX && env[i]; i++) {
        const char *value = strchr(env[i], '=') + 1, *at = strchr(value, '@');
        AUTO_FREE char *name = xstrndup(env[i], (size_t)(value - 1 - env[i]));
        AUTO_FREE char *whole =
            at ? xasprintf("%.*s%s%s", (int)(at - value), value, root, at + 1)
               : xstrdup(value);
        setenv(name, whole, 1);
    }
}

static _Noreturn void be_launch(const char *const *env, const char *const *args,
                                int out)
{
    AUTO_FREE char *path = xasprintf("%s/gantry-launch", getenv("BIN"));
    char *argv[ARGS_MAX + 2] = {(char *)"gantry-launch"};
    for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
        argv[i + 1] = (char *)args[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid(); /* as a node starts it */
    set_variables(env);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(path, argv);
    _exit(125);
}

static void start(struct run *r, const char *const *env, const char *const *args)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    r->out = ends[0];
    r->pid = fork();
    ck_assert_int_ge(r->pid, 0);
    if (r->pid == 0)
        be_launch(env, args, ends[1]);
    close(ends[1]);
    str_init(&r->said, SAID_MAX);
}

static bool hear(struct run *r)
{
    struct pollfd ready = {.fd = r->out, .events = POLLIN};
    char bytes[4096];
    if (poll(&ready, 1, PATIENCE_MS) != 1) {
        kill(-r->pid, SIGKILL);
        ck_abort_msg("it neither speaks nor ends; it said: %s", r->said.s);
    }
    ssize_t n = read(r->out, bytes, sizeof(bytes));
    if (n > 0)
        str_addn(&r->said, bytes, (size_t)n);
    return n > 0;
}

static void until(struct run *r, const char *part)
{
    while (!strstr(r->said.s, part))
        ck_assert_msg(hear(r), "it ended without \"%s\": %s", part, r->said.s);
}

/* Its end: the exit code, or minus the signal. What it leaves in its group ends then,
 * as on a node: a `sleep` begun after the signal would keep the pipe open. */
static int end(struct run *r)
{
    struct pollfd ended = {.fd = pidfd_open(r->pid, 0), .events = POLLIN};
    int status;
    ck_assert_int_ge(ended.fd, 0);
    bool in_time = poll(&ended, 1, PATIENCE_MS) == 1;
    kill(-r->pid, SIGKILL);
    ck_assert_int_eq(waitpid(r->pid, &status, 0), r->pid);
    close(ended.fd);
    while (hear(r))
        ;
    close(r->out);
    ck_assert_msg(in_time, "it does not end; it said: %s", r->said.s);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void make_root(void)
{
    memcpy(root, ROOT, sizeof(root));
    ck_assert_ptr_nonnull(mkdtemp(root));
}

/* Nothing of ours may be left in it. */
static void remove_root(void)
{
    AUTO_FREE char *command = xasprintf("cd %s && rm -f out err in long; cd / && rmdir "
                                        "%s",
                                        root, root);
    ck_assert_int_eq(system(command), 0);
}

/* ---- scripts ---- */

#define SCRIPT "GANTRY_SCRIPT=#!/bin/sh\n"

static const struct {
    const char *name;
    const char *env[ARGS_MAX], *args[ARGS_MAX];
    int status;
    const char *said; /* all of it; '@' for the directory */
    const char *out;  /* what file "out" has; NULL: not looked at */
} cases[] = {
    {"says", {SCRIPT "echo hello"}, {"--"}, 0, "hello\n", NULL},
    {"code", {SCRIPT "exit 7"}, {"--"}, 7, "", NULL},
    {"signal", {SCRIPT "kill -KILL $$"}, {"--"}, -SIGKILL, "", NULL},
    {"another signal", {SCRIPT "kill -SEGV $$"}, {"--"}, -SIGSEGV, "", NULL},
    {"arguments", {SCRIPT "echo \"$#:$1:$2\""}, {"--", "a b", ""}, 0, "2:a b:\n", NULL},
    {"an argument that looks like ours",
     {SCRIPT "echo $1"},
     {"--", "--wait"},
     0,
     "--wait\n",
     NULL},
    {"its name", {SCRIPT "basename $0"}, {"--"}, 0, "slurm_script\n", NULL},
    {"no input", {SCRIPT "read x || echo end"}, {"--"}, 0, "end\n", NULL},
    {"our variables are gone",
     {SCRIPT "env | grep -c ^GANTRY_", "GANTRY_WORK_DIR=/"},
     {"--"},
     1,
     "0\n",
     NULL},
    {"where it was submitted",
     {SCRIPT "pwd; echo $SLURM_SUBMIT_DIR", "GANTRY_WORK_DIR=/usr"},
     {"--"},
     0,
     "/usr\n/usr\n",
     NULL},
    {"output",
     {SCRIPT "pwd; echo e >&2", "GANTRY_WORK_DIR=@", "GANTRY_OUTPUT=out"},
     {"--"},
     0,
     "gantry-launch: output goes to out\n",
     "@\ne\n"},
    {"an absolute name, and a pattern",
     {SCRIPT "echo o", "GANTRY_OUTPUT=@/%x", "SLURM_JOB_NAME=out"},
     {"--"},
     0,
     "gantry-launch: output goes to @/out\n",
     "o\n"},
    {"errors apart",
     {SCRIPT "echo o; echo e >&2", "GANTRY_WORK_DIR=@", "GANTRY_OUTPUT=out",
      "GANTRY_ERROR=err"},
     {"--"},
     0,
     "gantry-launch: output goes to out\ngantry-launch: output goes to err\n",
     "o\n"},
    {"errors to the same file",
     {SCRIPT "echo o; echo e >&2", "GANTRY_WORK_DIR=@", "GANTRY_OUTPUT=out",
      "GANTRY_ERROR=out"},
     {"--"},
     0,
     "gantry-launch: output goes to out\n",
     "o\ne\n"},
    {"a node without the directory",
     {SCRIPT "pwd; echo o", "GANTRY_WORK_DIR=@/absent", "GANTRY_OUTPUT=out"},
     {"--"},
     0,
     "gantry-launch: this node has no directory @/absent (No such file or directory): "
     "the script runs in /tmp\n"
     "gantry-launch: this node has no directory for out: see this log\n/tmp\no\n",
     NULL},
    {"an output's directory is absent",
     {SCRIPT "echo o", "GANTRY_OUTPUT=@/absent/out"},
     {"--"},
     0,
     "gantry-launch: this node has no directory for @/absent/out: see this log\no\n",
     NULL},
    {"an output that is a directory",
     {SCRIPT "echo o", "GANTRY_OUTPUT=/usr"},
     {"--"},
     1,
     "gantry-launch: cannot open /usr: Is a directory\n",
     NULL},
    {"no such input",
     {SCRIPT "echo o", "GANTRY_INPUT=@/absent"},
     {"--"},
     1,
     "gantry-launch: cannot open the input @/absent: No such file or directory\n",
     NULL},
    {"a job step",
     {SCRIPT "srun hostname", "SLURM_JOB_NUM_NODES=4"},
     {"--"},
     1,
     "srun: error: Gantry runs no job steps: a batch script runs on the first of its 4 "
     "node(s)\nsrun: error: to run a command on all of them, submit a BatchJob with a "
     "pod template (kubectl explain batchjob.spec.template)\n",
     NULL},
    {"no such interpreter",
     {"GANTRY_SCRIPT=#!/bin/absent\n"},
     {"--"},
     127,
     "gantry-launch: /bin/absent: bad interpreter: No such file or directory\n",
     NULL},
    {"an interpreter that is none",
     {"GANTRY_SCRIPT=#!/etc/passwd\n"},
     {"--"},
     126,
     "gantry-launch: /etc/passwd: bad interpreter: Permission denied\n",
     NULL},
    {"no interpreter",
     {"GANTRY_SCRIPT=echo hello\n"},
     {"--"},
     2,
     "gantry-launch: the script must begin with #! and the path of its interpreter\n",
     NULL},
    {"no script",
     {NULL},
     {"--"},
     2,
     "gantry-launch: no script: GANTRY_SCRIPT or GANTRY_SCRIPT_FILE must be set\n",
     NULL},
    {"no such file",
     {"GANTRY_SCRIPT_FILE=@/absent"},
     {"--"},
     2,
     "gantry-launch: @/absent: no such file\n",
     NULL},
};

/* `text` with the directory in place of each '@'. */
static char *placed(const char *text)
{
    STR_AUTO struct str out;
    str_init(&out, SAID_MAX);
    for (const char *c = text; *c; c++)
        if (*c == '@')
            str_add(&out, root);
        else
            str_addc(&out, *c);
    return str_take(&out);
}

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", root, name);
}

static void write_file(const char *name, const char *text)
{
    AUTO_FREE char *path = path_of(name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static void check_file(const char *name, const char *want)
{
    AUTO_FREE char *path = path_of(name), *whole = placed(want);
    STR_AUTO struct str got;
    struct err err = ERR_INIT;
    str_init(&got, SAID_MAX);
    ck_assert_msg(str_read_file(&got, path, &err) == 0, "%s", err.msg);
    ck_assert_str_eq(got.s, whole);
}

START_TEST(test_script)
{
    struct run r;
    make_root();
    AUTO_FREE char *said = placed(cases[_i].said);
    start(&r, cases[_i].env, cases[_i].args);
    int status = end(&r);
    ck_assert_msg(status == cases[_i].status, "%s: %d: %s", cases[_i].name, status,
                  r.said.s);
    ck_assert_msg(strcmp(r.said.s, said) == 0, "%s: %s", cases[_i].name, r.said.s);
    if (cases[_i].out)
        check_file("out", cases[_i].out);
    str_fini(&r.said);
    remove_root();
}
END_TEST

/* ---- what lies there before ---- */

static const struct {
    const char *mode, *out;
} modes[] = {{NULL, "new\n"},
             {"GANTRY_OPEN_MODE=truncate", "new\n"},
             {"GANTRY_OPEN_MODE=append", "old\nnew\n"}};

START_TEST(test_open_mode)
{
    const char *env[ARGS_MAX] = {SCRIPT "cat", "GANTRY_OUTPUT=@/out",
                                 "GANTRY_INPUT=@/in", modes[_i].mode};
    const char *args[ARGS_MAX] = {"--"};
    struct run r;
    make_root();
    write_file("out", "old\n");
    write_file("in", "new\n");
    start(&r, env, args);
    ck_assert_int_eq(end(&r), 0);
    check_file("out", modes[_i].out);
    str_fini(&r.said);
    remove_root();
}
END_TEST

START_TEST(test_long_script)
{
    const char *env[ARGS_MAX] = {"GANTRY_SCRIPT_FILE=@/long"};
    const char *args[ARGS_MAX] = {"--", "x"};
    struct run r;
    make_root();
    write_file("long", "#!/bin/sh -e\necho $1; false; echo not here\n");
    start(&r, env, args);
    ck_assert_int_eq(end(&r), 1);
    ck_assert_str_eq(r.said.s, "x\n");
    str_fini(&r.said);
    remove_root();
}
END_TEST

/* ---- signals ---- */

static const struct {
    const char *script;
    int signo, status;
    const char *said;
} signals[] = {
    {SCRIPT
     "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 60 & wait; done",
     SIGTERM, 3, "ready\ngot\n"},
    {SCRIPT "trap 'echo saved; exit 0' USR1; echo ready; while :; do sleep 60 & wait; "
            "done",
     SIGUSR1, 0, "ready\nsaved\n"},
    {SCRIPT "echo ready; exec sleep 60", SIGTERM, -SIGTERM, "ready\n"},
    {SCRIPT "echo ready; exec sleep 60", SIGINT, -SIGINT, "ready\n"},
    /* to all that the script has started */
    {SCRIPT
     "trap 'wait; exit 5' TERM; "
     "sh -c 'trap \"echo below; exit\" TERM; echo ready; sleep 60 & wait' & wait",
     SIGTERM, 5, "ready\nbelow\n"},
};

START_TEST(test_signal)
{
    const char *env[ARGS_MAX] = {signals[_i].script};
    const char *args[ARGS_MAX] = {"--"};
    struct run r;
    make_root();
    start(&r, env, args);
    until(&r, "ready\n");
    kill(r.pid, signals[_i].signo);
    until(&r, signals[_i].said);
    ck_assert_int_eq(end(&r), signals[_i].status);
    ck_assert_str_eq(r.said.s, signals[_i].said);
    str_fini(&r.said);
    remove_root();
}
END_TEST

/* ---- the inbox ---- */

#define INBOX "GANTRY_SIGNALS=@/in"

/* As a kubelet or a node does it: in one piece. */
static void put_inbox(const char *text)
{
    AUTO_FREE char *path = path_of("in");
    struct err err = ERR_INIT;
    ck_assert_msg(files_write(path, text, strlen(text), 0600, &err) == 0, "%s",
                  err.msg);
}

/* Says "s SIGNAL" in the script, "c SIGNAL" in what it has started. */
#define BOTH                                                                           \
    "for i in USR1 USR2; do trap \"echo s $i\" $i; done; trap 'exit 4' TERM; "         \
    "sh -c 'for i in USR1 USR2; do trap \"echo c $i\" $i; done; trap exit TERM; echo " \
    "ready; while :; do sleep 60 & wait; done' & "                                     \
    "while :; do wait; done"

static const struct {
    const char *name, *texts[3];
    const char *has, *has_not;
} inboxes[] = {
    {"to the script", {"USR1 Batch a\n"}, "s USR1\n", "c USR1"},
    {"to all", {"USR1 All a\n"}, "c USR1\n", NULL},
    {"each once, however many there are at a time",
     {"USR1 Batch a\n", "USR1 Batch a\nUSR2 Batch b\n"},
     "s USR1\ns USR2\n",
     "s USR1\ns USR1"},
    {"two at once", {"USR1 Batch a\nUSR2 All b\n"}, "c USR2\n", "c USR1"},
    {"a line that is none of ours is passed over",
     {"\nUSR3 All a\nUSR1 Batch b\n"},
     "s USR1\n",
     "c USR1"},
};

/* The last word is TERM, which ends all and is no signal of the row. */
START_TEST(test_inbox)
{
    const char *env[ARGS_MAX] = {SCRIPT BOTH, INBOX};
    const char *args[ARGS_MAX] = {"--"};
    struct run r;
    const char *last = NULL;
    make_root();
    start(&r, env, args);
    until(&r, "ready\n");
    for (size_t i = 0; i < ARRAY_LEN(inboxes[_i].texts) && inboxes[_i].texts[i]; i++) {
        last = inboxes[_i].texts[i];
        put_inbox(last);
        if (i == 0)
            until(&r, "USR");
    }
    until(&r, inboxes[_i].has);
    AUTO_FREE char *whole = xasprintf("%sTERM All end\n", last);
    put_inbox(whole);
    ck_assert_int_eq(end(&r), 4);
    if (inboxes[_i].has_not)
        ck_assert_msg(!strstr(r.said.s, inboxes[_i].has_not), "%s: %s",
                      inboxes[_i].name, r.said.s);
    str_fini(&r.said);
    remove_root();
}
END_TEST

/* What was there before the script began is for it too. */
START_TEST(test_inbox_before)
{
    const char *env[ARGS_MAX] = {SCRIPT "exec sleep 60", INBOX};
    const char *args[ARGS_MAX] = {"--"};
    struct run r;
    make_root();
    put_inbox("USR1 Batch a\n");
    start(&r, env, args);
    ck_assert_int_eq(end(&r), -SIGUSR1);
    str_fini(&r.said);
    remove_root();
}
END_TEST

static char state_of(const char *pid)
{
    AUTO_FREE char *path = xasprintf("/proc/%.*s/stat", (int)strcspn(pid, " "), pid);
    STR_AUTO struct str text;
    str_init(&text, 4096);
    ck_assert_int_eq(str_read_file(&text, path, NULL), 0);
    return strrchr(text.s, ')')[2];
}

/* Stopped, and going on: gantry-launch itself is not. */
START_TEST(test_inbox_stop)
{
    const char *env[ARGS_MAX] = {
        SCRIPT "trap 'echo on; exit 3' CONT; echo $$ ready; while :; do sleep 60 & "
               "wait; done",
        INBOX};
    const char *args[ARGS_MAX] = {"--"};
    struct run r;
    make_root();
    start(&r, env, args);
    until(&r, " ready\n");
    put_inbox("STOP All a\n");
    for (int ms = 0; state_of(r.said.s) != 'T'; ms++) {
        ck_assert_msg(ms < PATIENCE_MS, "it is not stopped");
        poll(NULL, 0, 1);
    }
    put_inbox("STOP All a\nCONT All b\n");
    until(&r, "on\n");
    ck_assert_int_eq(end(&r), 3);
    str_fini(&r.said);
    remove_root();
}
END_TEST

#define WAITS "gantry-launch: the script runs on rank 0, this rank waits for its end\n"

START_TEST(test_wait)
{
    static const int ends[] = {SIGTERM, SIGINT, SIGHUP};
    const char *env[ARGS_MAX] = {NULL}, *args[ARGS_MAX] = {"--wait"};
    struct run r;
    make_root();
    start(&r, env, args);
    until(&r, WAITS);
    kill(r.pid, ends[_i]);
    ck_assert_int_eq(end(&r), 0);
    ck_assert_str_eq(r.said.s, WAITS);
    str_fini(&r.said);
    remove_root();
}
END_TEST

/* ---- the rest ---- */

START_TEST(test_install)
{
    const char *env[ARGS_MAX] = {NULL}, *args[ARGS_MAX] = {"--install", NULL};
    struct run r;
    struct stat st;
    make_root();
    args[1] = root;
    AUTO_FREE char *path = path_of("gantry-launch");
    start(&r, env, args);
    ck_assert_int_eq(end(&r), 0);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0755);
    AUTO_FREE char *command = xasprintf("%s --help >/dev/null", path);
    ck_assert_int_eq(system(command), 0);
    unlink(path);
    str_fini(&r.said);
    remove_root();
}
END_TEST

static const struct {
    const char *args[ARGS_MAX];
    int status;
    const char *said; /* a part */
} uses[] = {
    {{NULL}, 2, "Usage: gantry-launch"},
    {{"--help"}, 0, "Usage: gantry-launch"},
    {{"--version"}, 0, "gantry 0.1\n"},
    {{"--install"}, 2, "Usage: gantry-launch"},
    {{"--wait", "x"}, 2, "Usage: gantry-launch"},
    {{"x"}, 2, "Usage: gantry-launch"},
    {{"--install", "/absent"},
     1,
     "gantry-launch: install /absent/gantry-launch: No such file or directory"},
};

START_TEST(test_use)
{
    const char *env[ARGS_MAX] = {NULL};
    struct run r;
    make_root();
    start(&r, env, uses[_i].args);
    ck_assert_int_eq(end(&r), uses[_i].status);
    ck_assert_msg(strstr(r.said.s, uses[_i].said) != NULL, "%s", r.said.s);
    str_fini(&r.said);
    remove_root();
}
END_TEST

int main(void)
{
    return suite_main("gantry-launch/launch",
                      (struct suite_row[]){{test_script, ARRAY_LEN(cases)},
                                           {test_open_mode, ARRAY_LEN(modes)},
                                           {test_long_script, 1},
                                           {test_signal, ARRAY_LEN(signals)},
                                           {test_inbox, ARRAY_LEN(inboxes)},
                                           {test_inbox_before, 1},
                                           {test_inbox_stop, 1},
                                           {test_wait, 3},
                                           {test_install, 1},
                                           {test_use, ARRAY_LEN(uses)},
                                           {NULL, 0}});
}

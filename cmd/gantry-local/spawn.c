#include "cmd/gantry-local/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/guardian.h"

enum step { STEP_SETUP, STEP_VIEW, STEP_DIR, STEP_EXEC, STEP_IN_VIEW };

/* What the child says when it cannot go on; and, with STEP_IN_VIEW, when it can. */
struct failure {
    int step;
    int errnum;
    char text[ERR_MSG_MAX]; /* STEP_VIEW's */
};

/* The child's ends of two pipes. */
struct ends {
    int report; /* it writes failures */
    int go;     /* it reads nothing, but waits for the other end to close */
};

/* In the child: says why, and takes its announcement back. */
static _Noreturn void report(const struct spawn *s, int report_fd,
                             const struct failure *f)
{
    struct guardian_note note = {.pgid = getpid()};

    if (write(s->announce_fd, &note, sizeof(note)) < 0 ||
        write(report_fd, f, sizeof(*f)) < 0)
        _exit(126);
    _exit(127);
}

static _Noreturn void give_up(const struct spawn *s, int report_fd, enum step step)
{
    const struct failure f = {.step = (int)step, .errnum = errno};

    report(s, report_fd, &f);
}

static int open_of(pid_t pid, const char *name, int flags)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    return open(path, flags | O_CLOEXEC);
}

/* All are opened first: afterwards /proc may be another. The namespace's own root need
 * not be the process's: the node program may be in a chroot. */
static int join_view(pid_t pid, bool with_user)
{
    static const struct {
        const char *name;
        int type;
    } spaces[] = {
        {"ns/user", CLONE_NEWUSER}, {"ns/mnt", CLONE_NEWNS}, {"ns/uts", CLONE_NEWUTS}};
    const int root = open_of(pid, "root", O_PATH | O_DIRECTORY);
    int fds[ARRAY_LEN(spaces)];

    for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
        fds[i] = open_of(pid, spaces[i].name, O_RDONLY);
        if (fds[i] < 0)
            return -1;
    }
    for (size_t i = with_user ? 0 : 1; i < ARRAY_LEN(spaces); i++)
        if (setns(fds[i], spaces[i].type) < 0)
            return -1;
    return root < 0 || fchdir(root) < 0 ? -1 : chroot(".");
}

static void enter_view(const struct spawn *s, int report_fd)
{
    struct failure f = {.step = STEP_VIEW};
    struct err err = ERR_INIT;

    if (s->join > 0 && join_view(s->join, s->join_user) < 0)
        give_up(s, report_fd, STEP_SETUP);
    if (!s->view || mountns_enter(s->view, &err) == 0)
        return;
    snprintf(f.text, sizeof(f.text), "%s", err.msg);
    report(s, report_fd, &f);
}

static void announce(const struct spawn *s, int report_fd, bool in_view)
{
    const struct guardian_note note = {.pgid = getpid(), .alive = 1, .has_ns = in_view};

    if (write(s->announce_fd, &note, sizeof(note)) < 0 && errno != EPIPE)
        give_up(s, report_fd, STEP_SETUP);
}

/* The parent looks at the namespace before there is a program that could end. */
static void show_view(const struct spawn *s, const struct ends *ends)
{
    const struct failure f = {.step = STEP_IN_VIEW};
    char byte;

    if (!s->view)
        return;
    announce(s, ends->report, true);
    if (write(ends->report, &f, sizeof(f)) < 0 || read(ends->go, &byte, 1) < 0)
        give_up(s, ends->report, STEP_SETUP);
}

static void reset_signals(void)
{
    sigset_t none;

    for (int signo = 1; signo < NSIG; signo++)
        signal(signo, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int set_descriptors(int output_fd)
{
    const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int out_fd = output_fd >= 0 ? output_fd : null_fd;

    if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(out_fd, 1) < 0 ||
        dup2(out_fd, 2) < 0)
        return -1;
    /* libraries open descriptors without asking us */
    return close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

/* Death of the parent before this call would go unnoticed, hence the look at it. */
static int die_with(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -1;
    if (getppid() != parent) {
        errno = ESRCH;
        return -1;
    }
    return 0;
}

/* What the bounding set has not, no program can have. An ordinary user has nothing to
 * drop, nor may he. */
static int drop_rights(const struct spawn *s)
{
    for (unsigned cap = 0; cap < 64; cap++) {
        if (!(s->drop_capabilities >> cap & 1) || prctl(PR_CAPBSET_READ, cap) != 1)
            continue;
        if (prctl(PR_CAPBSET_DROP, cap) < 0 && geteuid() == 0)
            return -1;
    }
    return s->no_new_privs ? prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) : 0;
}

static _Noreturn void child(const struct spawn *s, pid_t parent,
                            const struct ends *ends)
{
    const int report_fd = ends->report;

    setsid();
    announce(s, report_fd, false);
    reset_signals();
    if (set_descriptors(s->output_fd) < 0)
        give_up(s, report_fd, STEP_SETUP);
    enter_view(s, report_fd);
    show_view(s, ends);
    if (chdir(s->dir) < 0)
        give_up(s, report_fd, STEP_DIR);
    if (drop_rights(s) < 0 || die_with(parent) < 0 ||
        (s->files && setrlimit(RLIMIT_NOFILE, s->files) < 0))
        give_up(s, report_fd, STEP_SETUP);
    environ = (char **)s->envp;
    execvp(s->argv[0], s->argv);
    give_up(s, report_fd, STEP_EXEC);
}

static int explain(const struct spawn *s, const struct failure *f, struct err *err)
{
    switch ((enum step)f->step) {
    case STEP_SETUP:
        return err_errno(err, f->errnum, "set up the process");
    case STEP_VIEW:
        return err_set(err, ERR_IO, "%s", f->text);
    case STEP_DIR:
        return err_errno(err, f->errnum, "working directory %.200s", s->dir);
    case STEP_IN_VIEW:
        break;
    case STEP_EXEC:
        return err_errno(err, f->errnum, "run %.200s", s->argv[0]);
    }
    return -1;
}

/* False: the pipe is closed, for the program has been executed. */
static bool read_report(int fd, struct failure *ret)
{
    ssize_t n;

    do
        n = read(fd, ret, sizeof(*ret));
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(*ret);
}

static int wait_started(const struct spawn *s, int fd, int go_fd, struct spawned *ret,
                        struct err *err)
{
    struct failure f = {0};
    bool failed = read_report(fd, &f);

    ret->ns_fd = -1;
    if (failed && f.step == STEP_IN_VIEW) {
        ret->ns_fd = mountns_open(ret->pid);
        close(go_fd);
        failed = read_report(fd, &f);
    } else {
        close(go_fd);
    }
    close(fd);
    if (!failed)
        return 0;
    while (waitpid(ret->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    if (ret->ns_fd >= 0)
        close(ret->ns_fd);
    return explain(s, &f, err);
}

static int make_pipes(int report[2], int go[2], struct err *err)
{
    if (pipe2(report, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    if (pipe2(go, O_CLOEXEC) == 0)
        return 0;
    err_errno(err, errno, "pipe");
    close(report[0]);
    close(report[1]);
    return -1;
}

int spawn_process(const struct spawn *s, struct spawned *ret, struct err *err)
{
    const pid_t parent = getpid();
    struct spawned started = {.ns_fd = -1};
    int report[2], go[2], errnum;

    if (make_pipes(report, go, err) < 0)
        return -1;
    started.pid = fork();
    errnum = errno;
    if (started.pid == 0) {
        close(go[1]);
        child(s, parent, &(struct ends){report[1], go[0]});
    }
    close(report[1]);
    close(go[0]);
    if (started.pid < 0) {
        close(report[0]);
        close(go[1]);
        return err_errno(err, errnum, "fork");
    }
    if (wait_started(s, report[0], go[1], &started, err) < 0)
        return -1;
    *ret = started;
    return 0;
}
